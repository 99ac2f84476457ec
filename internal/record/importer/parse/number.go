package parse

import (
	"unicode/utf8"
)

// Status says how the reading of a cell went.
type Status uint8

// What reading a cell can come to.
const (
	OK       Status = iota
	Bad             // not written like that
	Overflow        // written like that, but too large to hold
)

// NumberStyle is how the numbers of a column are written.
type NumberStyle struct {
	// Decimal is '.' or ',' as decided over the column; 0 where no cell told: each is then read by itself, and
	// "1,234" is one thousand and "1.234" one and a bit.
	Decimal byte
}

// Parse reads a number with its sign, thousands separators, currency and accounting brackets.
func (s NumberStyle) Parse(b []byte) (Decimal, Sign, Status) {
	if d, ok := plain(b, s.Decimal); ok {
		return d, "", OK
	}
	return s.parseAny(b)
}

// plain is the fast road: digits with at most one dot and a minus before them.
func plain(b []byte, mark byte) (Decimal, bool) {
	if len(b) == 0 || len(b) > maxDigits {
		return Decimal{}, false
	}
	i, negative := 0, false
	if b[0] == '-' {
		i, negative = 1, true
	}
	var m int64
	start := i
	for ; i < len(b); i++ {
		c := b[i] - '0'
		if c > 9 {
			break
		}
		m = m*10 + int64(c)
	}
	if i == start {
		return Decimal{}, false
	}
	var scale int
	if i < len(b) {
		if b[i] != '.' || mark == ',' {
			return Decimal{}, false
		}
		i++
		scale = len(b) - i
		for ; i < len(b); i++ {
			c := b[i] - '0'
			if c > 9 {
				return Decimal{}, false
			}
			m = m*10 + int64(c)
		}
	}
	if negative {
		m = -m
	}
	return Decimal{m, uint8(scale)}, true
}

// parseAny reads everything that is not plain.
func (s NumberStyle) parseAny(b []byte) (Decimal, Sign, Status) {
	body, sign, negative, ok := strip(b)
	if !ok {
		return Decimal{}, "", Bad
	}
	shape, ok := scan(body)
	if !ok {
		return Decimal{}, "", Bad
	}
	mark := s.Decimal
	if mark == 0 {
		mark, _ = shape.mark()
	}
	if !shape.follows(mark) {
		return Decimal{}, "", Bad
	}
	d, status := shape.value(mark)
	if negative {
		d = d.Neg()
	}
	return d, sign, status
}

// strip takes brackets, signs and the currency off and says what they meant.
func strip(b []byte) (body []byte, sign Sign, negative, ok bool) {
	b = TrimSpace(b)
	minus := 0
	if n := len(b); n > 2 && b[0] == '(' && b[n-1] == ')' {
		b, minus = b[1:n-1], 1
	}
	currencies := 0
	for len(b) > 0 {
		n, m, word := affixBefore(b)
		if n == 0 {
			break
		}
		minus += m
		if word != nil {
			if sign, ok = SignOf(word); !ok {
				return nil, "", false, false
			}
			currencies++
		}
		b = b[n:]
	}
	for len(b) > 0 {
		n, m, word := affixAfter(b)
		if n == 0 {
			break
		}
		minus += m
		if word != nil {
			if sign, ok = SignOf(word); !ok {
				return nil, "", false, false
			}
			currencies++
		}
		b = b[:len(b)-n]
	}
	if minus > 1 || currencies > 2 || len(b) == 0 {
		return nil, "", false, false
	}
	return b, sign, minus == 1, true
}

// affixBefore is the sign, blank or currency word in front: its length, how many minus signs it is, the word.
func affixBefore(b []byte) (n, minus int, word []byte) {
	r, size := utf8.DecodeRune(b)
	switch {
	case r == '-' || r == '−':
		return size, 1, nil
	case r == '+' || isBlank(r):
		return size, 0, nil
	case !isSignRune(r):
		return 0, 0, nil
	}
	n = size
	for n < len(b) {
		r, size = utf8.DecodeRune(b[n:])
		if !isSignRune(r) {
			break
		}
		n += size
	}
	word = b[:n]
	if n < len(b) && b[n] == '.' && n+1 < len(b) && (b[n+1] < '0' || b[n+1] > '9') {
		n++ // "руб. 5": the dot belongs to the word
	}
	return n, 0, word
}

// affixAfter is affixBefore from the end.
func affixAfter(b []byte) (n, minus int, word []byte) {
	r, size := utf8.DecodeLastRune(b)
	switch {
	case r == '-' || r == '−':
		return size, 1, nil
	case isBlank(r):
		return size, 0, nil
	}
	end := len(b)
	if r == '.' {
		end--
		if r, _ = utf8.DecodeLastRune(b[:end]); !isSignRune(r) {
			return 0, 0, nil
		}
	}
	i := end
	for i > 0 {
		r, size = utf8.DecodeLastRune(b[:i])
		if !isSignRune(r) {
			break
		}
		i -= size
	}
	if i == end {
		return 0, 0, nil
	}
	return len(b) - i, 0, b[i:end]
}

// shape is what a bare number is made of: digits, and where its marks stand.
type shape struct {
	body          []byte
	dots, commas  int
	groups        int // blanks and apostrophes between digits
	lastDot       int // offset in body, -1: none
	lastComma     int
	exponent      int
	digits, first int // digits in all, and before the first mark of any kind
	after         int // digits after the last dot or comma
}

// scan reads a bare number into its shape; false when it holds anything else.
func scan(b []byte) (shape, bool) {
	s := shape{lastDot: -1, lastComma: -1}
	before := true
	for i := 0; i < len(b); {
		c := b[i]
		switch {
		case c >= '0' && c <= '9':
			s.digits++
			s.after++
			if before {
				s.first++
			}
			i++
			continue
		case c == '.':
			s.dots, s.lastDot, s.after = s.dots+1, i, 0
			i++
		case c == ',':
			s.commas, s.lastComma, s.after = s.commas+1, i, 0
			i++
		case (c == 'e' || c == 'E') && s.digits > 0:
			e, ok := exponent(b[i+1:])
			s.exponent, s.body = e, b[:i]
			return s, ok
		default:
			r, n := utf8.DecodeRune(b[i:])
			if !isGroupMark(r) {
				return s, false
			}
			s.groups++
			i += n
		}
		before = false
	}
	s.body = b
	return s, s.digits > 0
}

// exponent reads what follows the E of "1.5E+03".
func exponent(b []byte) (int, bool) {
	negative := false
	if len(b) > 0 && (b[0] == '+' || b[0] == '-') {
		negative = b[0] == '-'
		b = b[1:]
	}
	if len(b) == 0 || len(b) > 3 {
		return 0, false
	}
	e := 0
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		e = e*10 + int(c-'0')
	}
	if negative {
		e = -e
	}
	return e, true
}

// mark says which of the two is the decimal mark of this number alone, and whether that is certain.
// Without any mark it is the dot, and nothing is said.
func (s shape) mark() (mark byte, certain bool) {
	switch {
	case s.dots > 0 && s.commas > 0:
		if s.lastDot > s.lastComma {
			return '.', true
		}
		return ',', true
	case s.dots > 1:
		return ',', true
	case s.commas > 1:
		return '.', true
	case s.dots+s.commas == 0:
		return '.', false
	}
	this, other, at := byte('.'), byte(','), s.lastDot
	if s.commas > 0 {
		this, other, at = ',', '.', s.lastComma
	}
	if s.groups > 0 || s.after != 3 || s.first > 3 || s.first == 0 || (at > 0 && s.body[0] == '0') {
		return this, true // "12,5", "1 234,567", "0.123", "1234.567": no thousands look like that
	}
	if this == ',' {
		return other, false
	}
	return this, false
}

// follows is true when the number is well written for that decimal mark: at most one mark, after all groups, and
// groups of three (of two or three before the last: 12,34,567).
func (s shape) follows(mark byte) bool {
	marks, at, seps := s.dots, s.lastDot, s.commas
	if mark == ',' {
		marks, at, seps = s.commas, s.lastComma, s.dots
	}
	if marks > 1 {
		return false
	}
	end := len(s.body)
	if marks == 1 {
		end = at
		for _, c := range s.body[at+1:] {
			if c < '0' || c > '9' {
				return false
			}
		}
	}
	if seps+s.groups == 0 {
		return true
	}
	return grouped(s.body[:end])
}

// grouped checks the whole part of a number with thousands separators.
func grouped(b []byte) bool {
	run, first := 0, true
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		i += n
		if r >= '0' && r <= '9' {
			run++
			continue
		}
		if run == 0 || run > 3 || (!first && run < 2) {
			return false
		}
		run, first = 0, false
	}
	return run == 3
}

// value puts the digits together.
func (s shape) value(mark byte) (Decimal, Status) {
	var m int64
	digits, scale, fraction := 0, 0, false
	for _, c := range s.body {
		if c == mark {
			fraction = true
			continue
		}
		if c < '0' || c > '9' {
			continue
		}
		if digits == maxDigits {
			if fraction {
				continue // beyond what rounding to minor units could ever see
			}
			return Decimal{}, Overflow
		}
		if m != 0 || c != '0' {
			digits++
		}
		if fraction {
			if scale == maxDigits {
				continue
			}
			scale++
		}
		m = m*10 + int64(c-'0')
	}
	scale -= s.exponent
	if scale < 0 {
		up, ok := scaleUp(m, -scale)
		if !ok {
			return Decimal{}, Overflow
		}
		return Decimal{up, 0}, OK
	}
	for ; scale > maxDigits; scale-- {
		m /= 10
	}
	return Decimal{m, uint8(scale)}, OK
}

// isBlank is true for every kind of space that numbers are written with.
func isBlank(r rune) bool {
	return r == ' ' || r == '\t' || r == '\u00a0' || r == '\u2009' || r == '\u202f' || r == '\u2007' || r == '\u3000'
}

// isGroupMark is true for what separates thousands besides dot and comma.
func isGroupMark(r rune) bool { return isBlank(r) || r == '\'' || r == '’' || r == '٬' || r == '_' }

// TrimSpace takes all kinds of blanks off both ends, without allocating.
func TrimSpace(b []byte) []byte {
	for len(b) > 0 {
		c := b[0]
		if c > ' ' && c < utf8.RuneSelf {
			break
		}
		if c <= ' ' {
			b = b[1:]
			continue
		}
		r, n := utf8.DecodeRune(b)
		if !isBlank(r) && r != '\ufeff' {
			break
		}
		b = b[n:]
	}
	for len(b) > 0 {
		c := b[len(b)-1]
		if c > ' ' && c < utf8.RuneSelf {
			break
		}
		if c <= ' ' {
			b = b[:len(b)-1]
			continue
		}
		r, n := utf8.DecodeLastRune(b)
		if !isBlank(r) {
			break
		}
		b = b[:len(b)-n]
	}
	return b
}
