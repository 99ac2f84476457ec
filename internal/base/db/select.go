package db

import (
	"fmt"
	"strings"
)

// Select is a SELECT being put together. Whoever writes more into Text numbers its arguments by the length of Args.
type Select struct {
	Text strings.Builder
	Args []any

	asked bool
}

// Where adds a condition that must hold as well; $ in it stands for its next argument.
func (s *Select) Where(condition string, args ...any) {
	if s.asked {
		s.Text.WriteString(" AND ")
	} else {
		s.Text.WriteString(" WHERE ")
	}
	s.asked = true
	for i, part := range strings.Split(condition, "$") {
		if i > 0 {
			s.Args = append(s.Args, args[i-1])
			fmt.Fprintf(&s.Text, "$%d", len(s.Args))
		}
		s.Text.WriteString(part)
	}
}

// Among adds that a column is one of the numbers, of which there is at least one.
func (s *Select) Among(column string, numbers []int64) {
	args := make([]any, len(numbers))
	for i, n := range numbers {
		args[i] = n
	}
	s.Where(column+" IN ($"+strings.Repeat(", $", len(numbers)-1)+")", args...)
}
