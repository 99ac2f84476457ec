package importer

import (
	"bytes"
	"sync"

	"regulars/internal/record/importer/parse"
)

// nobodyWords mean that nothing is known.
var nobodyWords = map[string]bool{
	"": true, "nan": true, "null": true, "na": true, "n/a": true, "#n/a": true, "n.a.": true, "-": true, "--": true, "—": true, "–": true,
	"none": true, "nil": true, "(null)": true, "<null>": true, "<na>": true, "\\n": true, "undefined": true, "(none)": true, "(blank)": true,
}

// isNobody is true for a cell that names nobody.
func isNobody(b []byte) bool {
	if len(b) == 0 {
		return true
	}
	if len(b) > 9 {
		return false
	}
	if c := b[0]; c >= '0' && c <= '9' {
		return false
	}
	var low [9]byte
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		low[i] = c
	}
	return nobodyWords[string(low[:len(b)])]
}

// withoutPoint0 takes the ".0" off an id that a spreadsheet or data frame took for a number.
func withoutPoint0(b []byte) []byte {
	n := len(b)
	if n < 3 || b[n-1] != '0' || b[n-2] != '.' || !allDigits(b[:n-2]) {
		return b
	}
	return b[:n-2]
}

func allDigits(b []byte) bool {
	for _, c := range b {
		if c-'0' > 9 {
			return false
		}
	}
	return len(b) > 0
}

// isCancelledID is true for an id such as C536379 in a column of plain digits; the letter may be Cyrillic.
func isCancelledID(b []byte) bool {
	switch {
	case len(b) > 1 && (b[0] == 'C' || b[0] == 'c'):
		return allDigits(b[1:])
	case len(b) > 2 && (string(b[:2]) == "С" || string(b[:2]) == "с"):
		return allDigits(b[2:])
	}
	return false
}

// foldKeys turns a table of words by meaning into one of meanings by folded word, when it is first asked for.
func foldKeys[T comparable](table map[T][]string) func() map[string]T {
	return sync.OnceValue(func() map[string]T {
		out := map[string]T{}
		for meaning, list := range table {
			for _, w := range list {
				out[fold(w)] = meaning
			}
		}
		return out
	})
}

// lookup finds the meaning of a cell in a table of folded words, remembering the last cell.
type lookup[T comparable] struct {
	table map[string]T
	last  string
	value T
	known bool
	used  bool
}

// of gives the meaning of the cell, and whether the table knows it.
func (l *lookup[T]) of(cell []byte) (T, bool) {
	if !l.used || l.last != string(cell) {
		l.last, l.used = string(cell), true
		l.value, l.known = l.table[fold(l.last)]
	}
	return l.value, l.known
}

// currencyCode reads a cell that names a currency.
func currencyCode(b []byte) string {
	if s, ok := parse.SignOf(bytes.TrimRight(b, ".")); ok {
		return string(s)
	}
	if len(b) == 3 && b[0]|0x20 >= 'a' && b[0]|0x20 <= 'z' {
		code := []byte{b[0] &^ 0x20, b[1] &^ 0x20, b[2] &^ 0x20}
		return string(code)
	}
	return ""
}
