package reward

import "regulars/internal/record/fact"

// Begins is the day that a period begins on.
func Begins(p Period, at fact.Moment) int64 { return p.begins(at) }
