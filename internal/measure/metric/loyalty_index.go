package metric

import (
	"regulars/internal/base/stats"
	"regulars/internal/measure/mirror"
)

// The columns of the index: of the NPS question, of repurchase, and of kinds of product.
var indexColumns = []Column{promoters, detractors, npsAnswers, boughtAgain, activeCustomers, severalKinds, oneKind}

// loyaltyIndex is the weighted mean of three parts on 0-100: (NPS + 100) / 2, repurchase rate, share buying several
// kinds. Without one of the parts there is no index; the parts are measures of their own.
func loyaltyIndex(weights [3]float64) *Definition {
	parts := func(t []float64) [3]float64 {
		return [3]float64{((t[0]-t[1])/t[2]*100 + 100) / 2, t[3] / t[4] * 100, t[5] / t[4] * 100}
	}
	value := func(t []float64) float64 {
		p := parts(t)
		return (weights[0]*p[0] + weights[1]*p[1] + weights[2]*p[2]) / (weights[0] + weights[1] + weights[2])
	}
	return &Definition{
		Key: "loyalty_index", Unit: points, Better: higher, Empty: reasonMissingPart, Needs: needIndexParts,
		Columns: indexColumns, Value: value,
		N:        func(t []float64) float64 { return min(t[2], t[4]) },
		Interval: func(s stats.Sums, _ float64) stats.Interval { return stats.Smooth(s, value) },
		Formula:  "({0} x {1} + {2} x {3} + {4} x {5}) / ({0} + {2} + {4})",
		Operands: func(_ *Engine, t []float64) []Operand {
			p := parts(t)
			return []Operand{
				{weights[0], ratio}, {p[0], points}, {weights[1], ratio}, {p[1], percent}, {weights[2], ratio}, {p[2], percent},
			}
		},
	}
}

// loyaltyIndexPlain is the mean of NPS, repurchase rate and upsell ratio x 100, as guides print it.
func loyaltyIndexPlain() *Definition {
	parts := func(t []float64) [3]float64 {
		return [3]float64{(t[0] - t[1]) / t[2] * 100, t[3] / t[4] * 100, t[5] / t[6] * 100}
	}
	value := func(t []float64) float64 { p := parts(t); return (p[0] + p[1] + p[2]) / 3 }
	return &Definition{
		Key: "loyalty_index_plain", Unit: points, Better: higher, Variant: true, Empty: reasonMissingPart,
		Needs: needIndexParts, Columns: indexColumns, Value: value,
		N:        func(t []float64) float64 { return min(t[2], t[4]) },
		Interval: func(s stats.Sums, _ float64) stats.Interval { return stats.Smooth(s, value) },
		Formula:  "({0} + {1} + {2}) / 3",
		Operands: func(_ *Engine, t []float64) []Operand {
			p := parts(t)
			return []Operand{{p[0], points}, {p[1], percent}, {p[2], percent}}
		},
	}
}

func needIndexParts(f *mirror.Facts) string {
	if needAnswers(f) != "" || needKinds(f) != "" {
		return reasonMissingPart
	}
	return ""
}
