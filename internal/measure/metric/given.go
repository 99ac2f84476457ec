package metric

import (
	"context"

	"regulars/internal/base/stats"
)

// Given is a measure that a higher floor brings: it has the figure, or names the reason why there is none. It is of the
// moment the facts are looked at from, and has no series, no groups and nothing before it.
func Given(key, unit, better string, figure func(set *Settings) (value stats.Interval, reason string)) *Definition {
	return &Definition{
		Key: key, Unit: unit, Better: better, Single: true,
		Compute: func(_ context.Context, e *Engine, _ []int) (map[int]Estimate, error) {
			value, reason := figure(&e.set)
			if reason != "" {
				return map[int]Estimate{frameWindow: noEstimate(reason)}, nil
			}
			return map[int]Estimate{frameWindow: {Interval: value}}, nil
		},
	}
}

// Units and directions of measures that are given.
const (
	Percent = percent
	Minor   = minor
	Higher  = higher
	Lower   = lower
)
