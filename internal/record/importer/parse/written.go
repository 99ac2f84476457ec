package parse

import (
	"unicode"
	"unicode/utf8"
)

// parts is what a written date consists of before anybody knows which number is which.
type parts struct {
	nums   [3]int
	widths [3]int
	n      int
	month  int // from a name; 0: none
	clock  []byte
	hyphen bool // the numbers are joined by hyphens
}

// written reads dates with separators and month names: 1/12/2011 8:26, 1 декабря 2011 г., Dec 1, 2011, 2011年12月1日.
func (s DateStyle) written(b []byte) (Stamp, bool) {
	p, ok := split(b)
	if !ok {
		return Stamp{}, false
	}
	y, m, d, ok := s.assign(&p)
	if !ok {
		return Stamp{}, false
	}
	days, ok := dayNumber(y, m, d)
	if !ok {
		return Stamp{}, false
	}
	return withClock(days, p.clock)
}

// split takes a written date apart; what begins with the time of day is left to clock.
func split(b []byte) (parts, bool) {
	var p parts
	for i := 0; i < len(b); {
		c := b[i]
		switch {
		case c-'0' <= 9:
			n := leadingDigits(b[i:])
			if p.full() || (i+n < len(b) && b[i+n] == ':') {
				p.clock = b[i:]
				return p, true
			}
			if p.n == 3 || n > 4 {
				return p, false
			}
			p.nums[p.n], p.widths[p.n] = number(b[i:i+n]), n
			p.n++
			i += n
		case c == '-':
			p.hyphen = true
			i++
		case c == ' ' || c == '/' || c == '.' || c == ',' || c == '\t':
			i++
		default:
			n, ok := p.word(b[i:])
			if !ok {
				return p, false
			}
			if n == 0 {
				p.clock = b[i:]
				return p, true
			}
			i += n
		}
	}
	return p, true
}

// full is true when day, month and year are all there.
func (p *parts) full() bool { return p.n == 3 || (p.n == 2 && p.month != 0) }

// word reads a word inside a date: its length, 0 where the time of day begins; false: no word of a date.
func (p *parts) word(b []byte) (int, bool) {
	n := 0
	for n < len(b) {
		r, size := utf8.DecodeRune(b[n:])
		if !unicode.IsLetter(r) && !unicode.IsMark(r) {
			break
		}
		n += size
		if r == '年' || r == '月' || r == '日' || r == '号' {
			if n == size {
				return n, true
			}
			n -= size
			break
		}
	}
	if n == 0 {
		r, size := utf8.DecodeRune(b)
		return size, isBlank(r)
	}
	var folded [48]byte
	w := foldWord(folded[:0], b[:n])
	if m := months[string(w)]; m != 0 && p.month == 0 {
		p.month = int(m)
		return n, true
	}
	if p.full() && (len(w) == 1 && w[0] == 't' || meridiems[string(w)] != 0) {
		return 0, true
	}
	return n, fillers[string(w)]
}

// assign says which number is year, month and day.
func (s DateStyle) assign(p *parts) (y, m, d int, ok bool) {
	n, w := p.nums, p.widths
	switch {
	case p.month != 0 && p.n == 2 && w[0] == 4:
		return n[0], p.month, n[1], w[1] <= 2
	case p.month != 0 && p.n == 2:
		return year(n[1], w[1]), p.month, n[0], w[0] <= 2
	case p.month != 0 && p.n == 1:
		return n[0], p.month, 1, s.Months && w[0] == 4
	case p.month != 0:
		return 0, 0, 0, false
	case p.n == 2 && s.Months && w[0] == 4 && w[1] <= 2:
		return n[0], n[1], 1, true
	case p.n == 2 && s.Months && w[1] == 4 && w[0] <= 2:
		return n[1], n[0], 1, true
	case p.n != 3 || w[1] > 2:
		return 0, 0, 0, false
	case w[0] == 4:
		return n[0], n[1], n[2], w[2] <= 2
	case w[0] > 2:
		return 0, 0, 0, false
	case w[2] == 4 || s.Order != YearMonthDay:
		y = year(n[2], w[2])
		if s.Order == MonthDayYear {
			return y, n[0], n[1], true
		}
		return y, n[1], n[0], true
	}
	return year(n[0], w[0]), n[1], n[2], w[0] == 2 && w[2] <= 2
}

// year widens two digits as POSIX does: 69 to 99 are of the last century.
func year(n, width int) int {
	switch {
	case width == 4:
		return n
	case width != 2:
		return 0
	case n >= 69:
		return 1900 + n
	}
	return 2000 + n
}

// foldWord lowers the case and takes accents off the letters that month names have.
func foldWord(dst, b []byte) []byte {
	for i := 0; i < len(b) && len(dst) < 40; {
		r, n := utf8.DecodeRune(b[i:])
		i += n
		if unicode.IsMark(r) {
			continue
		}
		r = unicode.ToLower(r)
		switch r {
		case 'ά':
			r = 'α'
		case 'έ':
			r = 'ε'
		case 'ή':
			r = 'η'
		case 'ί', 'ϊ', 'ΐ':
			r = 'ι'
		case 'ό':
			r = 'ο'
		case 'ύ', 'ϋ', 'ΰ':
			r = 'υ'
		case 'ώ':
			r = 'ω'
		case 'ς':
			r = 'σ'
		case 'ё':
			r = 'е'
		}
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}

// NamesMonth is true for a date that has its month in letters.
func NamesMonth(b []byte) bool {
	p, _ := split(b)
	return p.month != 0
}
