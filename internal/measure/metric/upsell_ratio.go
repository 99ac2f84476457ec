package metric

import (
	"regulars/internal/base/stats"
)

// upsellRatio is customers who bought more than one kind of product / customers who bought exactly one.
func upsellRatio() *Definition {
	return &Definition{
		Key: "upsell_ratio", Unit: ratio, Better: higher, Empty: reasonDivisorZero, Needs: needKinds,
		Columns: []Column{severalKinds, oneKind}, Value: quotient(0, 1, 1),
		N:        func(t []float64) float64 { return t[0] + t[1] },
		Interval: func(s stats.Sums, _ float64) stats.Interval { return stats.LogRatio(s.T[0], s.T[1]) },
		Formula:  "{0} / {1}", Operands: operands(count, count),
	}
}
