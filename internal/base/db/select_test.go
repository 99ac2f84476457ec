package db_test

import (
	"slices"
	"testing"

	"regulars/internal/base/db"
)

func TestASelectIsPutTogether(t *testing.T) {
	t.Parallel()
	var s db.Select
	s.Text.WriteString("SELECT 1 FROM t")
	s.Where("a IS NULL")
	s.Where("(b, c) < ($, $)", 2, "x")
	s.Where("d = $", true)
	if got, want := s.Text.String(), "SELECT 1 FROM t WHERE a IS NULL AND (b, c) < ($1, $2) AND d = $3"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if !slices.Equal(s.Args, []any{2, "x", true}) {
		t.Errorf("%v", s.Args)
	}
}
