package locale

import (
	"math"
	"strconv"
	"strings"
)

// Integer writes a whole number with the language's thousands separators.
func (l *Locale) Integer(n int64) string {
	if n < 0 {
		return minus + l.grouped(strconv.FormatUint(-uint64(n), 10)) // right for the smallest int64 too
	}
	return l.grouped(strconv.FormatInt(n, 10))
}

// Number writes v rounded to so many digits after the decimal sign, always all of them; a half goes away from zero,
// as people round: 12.95 is 13.0. What is not a number, or not finite, is a dash.
func (l *Locale) Number(v float64, digits int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return none
	}
	text, negative := strings.CutPrefix(rounded(v, digits), "-")
	if negative && strings.Trim(text, "0.") != "" { // what rounds to zero has no sign
		return minus + l.decimal(text)
	}
	return l.decimal(text)
}

// rounded takes v for the decimal number it is written as. By its binary value, which strconv goes by, 12.95 is a
// hair below itself and would become 12.9.
func rounded(v float64, digits int) string {
	exact := strconv.FormatFloat(v, 'f', -1, 64)
	_, fraction, _ := strings.Cut(exact, ".")
	if half, tie := strings.CutSuffix(exact, "5"); tie && len(fraction) == digits+1 {
		if above, err := strconv.ParseFloat(half+"6", 64); err == nil {
			v = above
		}
	}
	return strconv.FormatFloat(v, 'f', digits, 64)
}

// Plain is a number as one types it into a field: with the language's decimal sign, and no thousands separators, which are
// a decimal sign elsewhere. It takes one written with a point.
func (l *Locale) Plain(number string) string { return strings.Replace(number, ".", l.style.decimal, 1) }

// Percent writes v, which is in per cent already, with its sign: 36 is 36.0%.
func (l *Locale) Percent(v float64, digits int) string {
	text := l.Number(v, digits)
	if text == none {
		return none
	}
	return text + l.style.percent
}

// decimal turns plain digits with a point, 1234.5, into the language's form.
func (l *Locale) decimal(plain string) string {
	whole, fraction, found := strings.Cut(plain, ".")
	if !found {
		return l.grouped(whole)
	}
	return l.grouped(whole) + l.style.decimal + fraction
}

// grouped puts the thousands separator into a row of digits.
func (l *Locale) grouped(digits string) string {
	if len(digits) <= 3 {
		return digits
	}
	var b strings.Builder
	first := len(digits) % 3
	b.WriteString(digits[:first])
	for i := first; i < len(digits); i += 3 {
		if i > 0 {
			b.WriteString(l.style.group)
		}
		b.WriteString(digits[i : i+3])
	}
	return b.String()
}
