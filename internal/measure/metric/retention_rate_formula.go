package metric

import (
	"regulars/internal/base/stats"
)

// retentionRateFormula is the text-book formula, literally: ((E - N) / S) x 100 with all customers current at the end
// and all new ones. It may fall below 0 or pass 100.
func retentionRateFormula() *Definition {
	value := func(t []float64) float64 { return (t[0] - t[1]) / t[2] * 100 }
	return &Definition{
		Key: "retention_rate_formula", Unit: percent, Better: higher, Variant: true, Empty: reasonNoHistory,
		Columns: []Column{atEnd, newCurrent, atStart}, Value: value, N: nth(2),
		Interval: func(s stats.Sums, _ float64) stats.Interval { return stats.Smooth(s, value) },
		Formula:  "(({0} - {1}) / {2}) x 100", Operands: operands(count, count, count),
	}
}
