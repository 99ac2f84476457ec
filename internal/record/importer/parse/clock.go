package parse

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// timeOfDay is what the text after a date says.
type timeOfDay struct {
	micros int64
	offset int32
	zoned  bool
	timed  bool
}

// TimeOfDay reads a cell that holds a time of day alone, as microseconds after midnight.
func TimeOfDay(b []byte) (int64, bool) {
	b = TrimSpace(b)
	if len(b) == 0 {
		return 0, false
	}
	c, ok := clock(b)
	if !ok || c.zoned || !c.timed || !hasMark(b) {
		return 0, false
	}
	return c.micros, true
}

// hasMark is true for what can be nothing but a time: 8:26, 8时26分.
func hasMark(b []byte) bool {
	return bytes.IndexByte(b, ':') >= 0 || bytes.Contains(b, []byte("时")) || bytes.Contains(b, []byte("点"))
}

// clock reads " 8:26 PM", "T08:26:00.123+03:00", "082600Z", "上午8:26" and the like; blanks alone are no time and fine.
func clock(b []byte) (timeOfDay, bool) {
	var c timeOfDay
	b = skipBlank(b)
	if len(b) > 0 && (b[0] == 'T' || b[0] == 't') {
		b = b[1:]
	}
	if len(b) == 0 {
		return c, true
	}
	half, b := meridiem(b)
	hour, minute, second, b, ok := hourMinute(b)
	if !ok {
		return c, false
	}
	var micros int64
	if micros, b, ok = fraction(b); !ok {
		return c, false
	}
	if half == 0 {
		half, b = meridiem(b)
	}
	if half != 0 {
		if hour < 1 || hour > 12 {
			return c, false
		}
		if hour %= 12; half == pm {
			hour += 12
		}
	}
	if hour > 23 || minute > 59 || second > 59 {
		return c, false
	}
	c.timed = true
	c.micros = int64(hour*3600+minute*60+second)*microsPerSecond + micros
	c.offset, c.zoned, ok = offset(b)
	return c, ok
}

// hourMinute reads 8:26, 08:26:00, 0826 or 082600.
func hourMinute(b []byte) (h, m, s int, rest []byte, ok bool) {
	n := leadingDigits(b)
	if n == 4 || n == 6 {
		h, m = number(b[:2]), number(b[2:4])
		if n == 6 {
			s = number(b[4:6])
		}
		return h, m, s, b[n:], true
	}
	if n < 1 || n > 2 {
		return 0, 0, 0, nil, false
	}
	h = number(b[:n])
	b = b[n:]
	if rest, found := cutHan(b, "时", "点"); found {
		m, s, b, ok = hanMinute(rest)
		return h, m, s, b, ok
	}
	if len(b) == 0 || b[0] != ':' {
		// "8 PM" has no minutes; a bare hour is no time.
		half, _ := meridiem(b)
		return h, 0, 0, b, half != 0
	}
	if m, b, ok = twoDigits(b[1:]); !ok {
		return 0, 0, 0, nil, false
	}
	if len(b) > 0 && b[0] == ':' {
		if s, b, ok = twoDigits(b[1:]); !ok {
			return 0, 0, 0, nil, false
		}
	}
	return h, m, s, b, true
}

// hanMinute reads 26分30秒 after the hour; both parts may be missing.
func hanMinute(b []byte) (m, s int, rest []byte, ok bool) {
	for _, part := range []struct {
		value *int
		sign  string
	}{{&m, "分"}, {&s, "秒"}} {
		n := leadingDigits(b)
		if n == 0 {
			continue
		}
		if rest, ok = cutHan(b[n:], part.sign); !ok || n > 2 {
			return 0, 0, nil, false
		}
		*part.value, b = number(b[:n]), rest
	}
	return m, s, b, true
}

// cutHan takes one of the signs off the beginning.
func cutHan(b []byte, signs ...string) (rest []byte, found bool) {
	for _, sign := range signs {
		if rest, found = bytes.CutPrefix(b, []byte(sign)); found {
			return rest, true
		}
	}
	return b, false
}

func twoDigits(b []byte) (n int, rest []byte, ok bool) {
	if w := leadingDigits(b); w != 2 {
		return 0, nil, false
	}
	return number(b[:2]), b[2:], true
}

// fraction reads the decimals of a second, to the microsecond.
func fraction(b []byte) (int64, []byte, bool) {
	if len(b) < 2 || (b[0] != '.' && b[0] != ',') {
		return 0, b, true
	}
	n := leadingDigits(b[1:])
	if n == 0 || n > 9 {
		return 0, nil, b[0] == '.' && n == 0
	}
	micros := int64(0)
	for i := 0; i < 6; i++ {
		micros *= 10
		if i < n {
			micros += int64(b[1+i] - '0')
		}
	}
	return micros, b[1+n:], true
}

// meridiem reads am or pm in the five languages; 0 where there is none.
func meridiem(b []byte) (int8, []byte) {
	b = skipBlank(b)
	n := 0
	for n < len(b) {
		r, size := utf8.DecodeRune(b[n:])
		if !unicode.IsLetter(r) && r != '.' {
			break
		}
		n += size
	}
	if n == 0 {
		return 0, b
	}
	var buf, dotless [48]byte
	w := dotless[:0]
	for _, c := range foldWord(buf[:0], b[:n]) {
		if c != '.' {
			w = append(w, c)
		}
	}
	if half := meridiems[string(w)]; half != 0 {
		return half, b[n:]
	}
	return 0, b
}

// offset reads Z, UTC, GMT+3, +03:00, +0300, +03; nothing at all is fine and says nothing.
func offset(b []byte) (seconds int32, zoned, ok bool) {
	b = skipBlank(b)
	switch {
	case len(b) == 0:
		return 0, false, true
	case len(b) == 1 && (b[0] == 'Z' || b[0] == 'z'):
		return 0, true, true
	case len(b) >= 3 && (string(b[:3]) == "UTC" || string(b[:3]) == "GMT"):
		if b = b[3:]; len(b) == 0 {
			return 0, true, true
		}
	}
	if b[0] != '+' && b[0] != '-' {
		return 0, false, false
	}
	n := leadingDigits(b[1:])
	digits := b[1 : 1+n]
	rest := b[1+n:]
	var h, m int
	switch n {
	case 4:
		h, m = number(digits[:2]), number(digits[2:])
	case 1, 2:
		h = number(digits)
		if len(rest) == 3 && rest[0] == ':' && leadingDigits(rest[1:]) == 2 {
			m, rest = number(rest[1:]), nil
		}
	default:
		return 0, false, false
	}
	if rest = skipBlank(rest); len(rest) > 0 && (rest[0] != '(' || rest[len(rest)-1] != ')') {
		return 0, false, false // "(MSK)" after the offset only repeats it
	}
	if h > 15 || m > 59 {
		return 0, false, false
	}
	seconds = int32(h*3600 + m*60)
	if b[0] == '-' {
		seconds = -seconds
	}
	return seconds, true, true
}

func skipBlank(b []byte) []byte {
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if !isBlank(r) {
			break
		}
		b = b[n:]
	}
	return b
}
