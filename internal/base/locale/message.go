package locale

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/unicode/bidi"
)

// Has tells whether there is a text for the key itself (a key with plural forms has texts only for its forms).
func (l *Locale) Has(key string) bool {
	_, ok := l.messages[key]
	return ok
}

// T is the text of a key with {0} {1} ... replaced by the arguments. Strings stand as they are; integers are
// written as the language writes them, so a year must be given as a string. A key without a text comes back in
// brackets, ⟦key⟧, to be seen and mended.
func (l *Locale) T(key string, args ...any) string {
	text, ok := l.messages[key]
	if !ok {
		return missing(key)
	}
	return l.expand(text, args)
}

// P is the text of a key in the plural form that n asks for; {0} is n as the language writes it, {1} ... are args.
func (l *Locale) P(key string, n int64, args ...any) string {
	return l.inflect(key, float64(n), 0, append([]any{l.Integer(n)}, args...))
}

// inflect chooses the form for v as written with so many digits: 1.5 and 1 ask for different words.
func (l *Locale) inflect(key string, v float64, digits int, args []any) string {
	text, ok := l.messages[key+"."+l.form(v, digits)]
	if !ok {
		text, ok = l.messages[key+".other"]
	}
	if !ok {
		return missing(key)
	}
	return l.expand(text, args)
}

func missing(key string) string { return "⟦" + key + "⟧" }

// form is the CLDR name of the plural form of v written with so many digits after the point.
func (l *Locale) form(v float64, digits int) string {
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(rounded(v, digits), "-"), ".")
	// No rule looks further back than the last six digits of a number that is longer than that.
	if len(whole) > 7 {
		whole = "1" + whole[len(whole)-6:]
	}
	significant := strings.TrimRight(fraction, "0")
	i, f, t := atoi(whole), atoi(fraction), atoi(significant)
	form := plural.Cardinal.MatchPlural(l.style.language, i, len(fraction), len(significant), f, t)
	if l.tag == "mk" && form == plural.One && (fraction == "" && i%100 == 11 || f%100 == 11) {
		form = plural.Other // eleven is plural in Macedonian; the tables of x/text (CLDR 32) predate that rule
	}
	return formName(form)
}

func formName(form plural.Form) string {
	switch form {
	case plural.Zero:
		return "zero"
	case plural.One:
		return "one"
	case plural.Two:
		return "two"
	case plural.Few:
		return "few"
	case plural.Many:
		return "many"
	default:
		return "other"
	}
}

// atoi reads digits; none is zero.
func atoi(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return n
}

// expand replaces {n} by the n-th argument; braces around anything else, or without an argument, stay.
func (l *Locale) expand(text string, args []any) string {
	if len(args) == 0 || !strings.Contains(text, "{") {
		return text
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, after, closed := strings.Cut(rest, "}")
		n, err := strconv.Atoi(name)
		if !closed || err != nil || n < 0 || n >= len(args) {
			b.WriteByte('{')
			text = rest
			continue
		}
		argument := l.argument(args[n])
		b.WriteString(argument)
		if strings.HasSuffix(argument, ".") && strings.HasPrefix(after, ".") && !strings.HasPrefix(after, "..") {
			after = after[1:] // an abbreviation ("дн.") ends its sentence too
		}
		text = after
	}
}

// isolated is a text that what stands around it in a sentence does not mix with: a name that is written from right to left would
// otherwise pull a number beside it to its other side, and signs that turn the direction would turn the rest of the sentence.
func isolated(text string) string {
	for _, r := range text {
		p, _ := bidi.LookupRune(r)
		switch p.Class() {
		case bidi.R, bidi.AL, bidi.AN, bidi.LRO, bidi.RLO, bidi.LRE, bidi.RLE, bidi.PDF, bidi.LRI, bidi.RLI, bidi.FSI, bidi.PDI:
			return "\u2068" + text + "\u2069"
		}
	}
	return text
}

func (l *Locale) argument(arg any) string {
	switch v := arg.(type) {
	case string:
		return isolated(v)
	case int:
		return l.Integer(int64(v))
	case int32:
		return l.Integer(int64(v))
	case int64:
		return l.Integer(v)
	default:
		return fmt.Sprint(v)
	}
}
