package console

import (
	"slices"
	"testing"
)

func TestCodesInALine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"":                              nil,
		" \n\r\n":                       nil,
		"A-1":                           {"A-1"},
		"\ufeffA-1\r\nA-2\rA-3\n":       {"A-1", "A-2", "A-3"},
		"\ufeffCode;note\r\nA-1;x":      {"A-1"},
		"\"Κωδικός\"\nA-1":              {"A-1"},
		"A-1\ncode":                     {"A-1", "code"},
		"A-1,ten off\nA-2;x\nA-3\tlast": {"A-1", "A-2", "A-3"},
		"\"A 1\"\n  A-2  \n,nothing":    {"A 1", "A-2"},
		"twice\ntwice":                  {"twice", "twice"},
	} {
		if got := codesIn(text); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
