package files

import (
	"regulars/internal/record/fact"
)

func (r *run) refuse(f *file, b *batch, outcomes []fact.Outcome) error { return nil }
func (r *run) reject(f *file) error                                    { return nil }
