package metric

import (
	"regulars/internal/base/stats"
)

// clvHistoric is the text-book product on the 365 days to the end of the window: value of a customer a year x mean
// lifespan of the same customers.
func clvHistoric() *Definition {
	value := func(t []float64) float64 { return t[0] / t[2] * (t[1] / t[2]) }
	return &Definition{
		Key: "clv_historic", Unit: minor, Better: higher, Empty: reasonNoOrders, Yearly: true,
		Columns: []Column{netRevenue, lifespan, activeCustomers}, Value: value, N: nth(2),
		Interval: func(s stats.Sums, _ float64) stats.Interval { return stats.Smooth(s, value) },
		Formula:  "{0} / {1} x {2}",
		Operands: func(_ *Engine, t []float64) []Operand {
			return []Operand{{t[0], minor}, {t[2], count}, {t[1] / t[2], years}}
		},
	}
}
