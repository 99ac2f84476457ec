package metric

import (
	"regulars/internal/base/stats"
)

// Columns of the answers to the NPS question.
var (
	promoters  = voice("nps", "top")
	detractors = voice("nps", "low")
	npsAnswers = voice("nps", "n")
)

// nps is promoters less detractors among valid answers, x 100. The answers are few and far apart, so the interval is
// that of a multinomial; the change accounts for people who answered twice.
func nps() *Definition {
	return &Definition{
		Key: "nps", Unit: points, Better: higher, Empty: reasonNoAnswers, Needs: needAnswers,
		Columns:  []Column{promoters, detractors, npsAnswers},
		Value:    func(t []float64) float64 { return (t[0] - t[1]) / t[2] * 100 },
		N:        nth(2),
		Interval: func(s stats.Sums, _ float64) stats.Interval { return stats.NPS(s.T[0], s.T[2]-s.T[0]-s.T[1], s.T[1]) },
		Change: func(a, b stats.Sums, cross [][]float64) stats.Change {
			return stats.NPSChangeSums(a, b, cross, 0, 1, 2)
		},
		Formula: "({0} - {1}) / {2} x 100", Operands: operands(count, count, count),
	}
}

// NPSBand is the band of meaning that a score lies in; what each means is under band.nps.X in the locale.
func NPSBand(nps float64) string {
	switch {
	case nps <= 0:
		return "very_low"
	case nps <= 30:
		return "average"
	case nps <= 50:
		return "good"
	case nps <= 70:
		return "better"
	default:
		return "leader"
	}
}
