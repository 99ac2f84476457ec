package page

import (
	"strings"
	"testing"
)

func TestLayoutPieces(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"abc": 3, "漢字": 4, "e\u0301": 1, "Ελλάδα": 6, "ｆｕ": 4, "": 0} {
		if got := ScreenWidth(text); got != want {
			t.Errorf("%q takes %d columns, want %d", text, got, want)
		}
	}
	if got := Cut("漢字漢字", 5); got != "漢字…" {
		t.Errorf("cut: %q", got)
	}
	for text, want := range map[string]string{
		"one two three":       "one two|three",
		"38\u00a0% of people": "38\u00a0% of|people",
		"比前一年上升，真实变化。":        "比前一年|上升，真|实变化。",
		"abcdefghijkl":        "abcdefgh|ijkl",
	} {
		if got := strings.Join(Wrap(text, 8), "|"); got != want {
			t.Errorf("%q wraps as %q, want %q", text, got, want)
		}
	}
}
