package metric

import (
	"regulars/internal/base/stats"
)

// npsWithPassives is the formula some guides print: (promoters + passives - detractors) / answers x 100.
func npsWithPassives() *Definition {
	return &Definition{
		Key: "nps_with_passives", Unit: points, Better: higher, Variant: true, Empty: reasonNoAnswers, Needs: needAnswers,
		Columns: []Column{promoters, detractors, npsAnswers},
		Value:   func(t []float64) float64 { return 100 - 2*t[1]/t[2]*100 },
		N:       nth(2),
		Interval: func(s stats.Sums, _ float64) stats.Interval {
			return stats.NPSWithPassives(s.T[0], s.T[2]-s.T[0]-s.T[1], s.T[1])
		},
		Formula: "({0} + {1} - {2}) / {3} x 100",
		Operands: func(_ *Engine, t []float64) []Operand {
			return []Operand{{t[0], count}, {t[2] - t[0] - t[1], count}, {t[1], count}, {t[2], count}}
		},
	}
}
