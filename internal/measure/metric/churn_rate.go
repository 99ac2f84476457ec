package metric

import (
	"regulars/internal/base/stats"
)

// churnRate is 100 - retention rate, exactly.
func churnRate() *Definition {
	return &Definition{
		Key: "churn_rate", Unit: percent, Better: lower, Empty: reasonNoHistory,
		Columns:  []Column{keptCustomer, atStart},
		Value:    func(t []float64) float64 { return 100 - t[0]/t[1]*100 },
		N:        nth(1),
		Interval: func(s stats.Sums, v float64) stats.Interval { return wilson(0, 1)(s, v).Complement(100) },
		Formula:  "100 - {0} / {1} x 100", Operands: operands(count, count),
	}
}
