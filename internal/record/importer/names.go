package importer

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// fold makes names comparable: letters and digits only, lower case, without accents, wide forms made narrow.
func fold(name string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(name) {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			continue
		}
		if r = unicode.ToLower(r); r == 'ς' {
			r = 'σ'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// words splits a name at blanks, punctuation and changes of case, and folds each word.
func words(name string) []string {
	var out []string
	var word []rune
	end := func() {
		if len(word) > 0 {
			if w := fold(string(word)); w != "" {
				out = append(out, w)
			}
			word = word[:0]
		}
	}
	runes := []rune(name)
	for i, r := range runes {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) {
			end()
			continue
		}
		if i > 0 && unicode.IsUpper(r) && (unicode.IsLower(runes[i-1]) ||
			(i+1 < len(runes) && unicode.IsUpper(runes[i-1]) && unicode.IsLower(runes[i+1]))) {
			end()
		}
		word = append(word, r)
	}
	end()
	return out
}

// bare takes what stands in brackets, and units after a comma, off a name: "Total (EUR)", "Сумма, руб.".
func bare(name string) string {
	if i := strings.IndexAny(name, "([（,，"); i > 0 {
		return name[:i]
	}
	return name
}

// isHan is true for words that are written without blanks.
func isHan(s string) bool {
	for _, r := range s {
		if unicode.Is(unicode.Han, r) {
			return true
		}
	}
	return false
}

// isLatin is true for words whose head stands last: in "order date" it is the date.
func isLatin(s string) bool { return s != "" && s[0] < 0x80 }

// likeness says how well a column's name fits a synonym: 0 not at all, 100 the same.
func likeness(n *columnName, s *synonym) int {
	fits := false
	switch {
	case n.folded == s.folded:
		return 100
	case n.bare == s.folded:
		return 90
	case s.han:
		fits = utf8.RuneCountInString(s.folded) >= 2 && strings.HasSuffix(n.bare, s.folded)
	case len(n.words) <= len(s.parts):
	case isLatin(s.folded):
		fits = equalWords(n.words[len(n.words)-len(s.parts):], s.parts)
	default:
		fits = equalWords(n.words[:len(s.parts)], s.parts)
	}
	if fits {
		return 60
	}
	return 0
}

func equalWords(a, b []string) bool {
	for i := range b {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// columnName is a header in the forms it is compared in.
type columnName struct {
	folded, bare string
	words        []string
}

func newColumnName(name string) columnName {
	return columnName{fold(name), fold(bare(name)), words(bare(name))}
}

// has is true when one of the words is in the name.
func (n *columnName) has(list []string) bool {
	for _, w := range list {
		if isHan(w) {
			if strings.Contains(n.folded, w) {
				return true
			}
			continue
		}
		for _, have := range n.words {
			if have == w {
				return true
			}
		}
	}
	return false
}
