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
		Compute: func(_ context.Context, e *Engine, frames []int) (map[int]Estimate, error) {
			out := map[int]Estimate{}
			for _, f := range frames {
				out[f] = noEstimate("")
			}
			value, reason := figure(&e.set)
			if out[frameWindow] = (Estimate{Interval: value}); reason != "" {
				out[frameWindow] = noEstimate(reason)
			}
			return out, nil
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
