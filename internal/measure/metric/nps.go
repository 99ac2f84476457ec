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

// Meaning is what a business reads from an NPS: four limits part five bands. The zero value has the usual limits, and where a
// sentence is empty the usual one is said.
type Meaning struct {
	Limits    [4]float64 `json:"limits"`
	Sentences [5]string  `json:"sentences"`
}

// usualLimits are those that a Meaning has of which nothing was said.
var usualLimits = [4]float64{0, 30, 50, 70}

// MeaningBands are the keys of the bands, the lowest first; what each means is under band.nps.X in the locale.
func MeaningBands() []string { return []string{"very_low", "average", "good", "better", "leader"} }

// Edges are the limits that hold. A score at a limit is in the band below it.
func (m *Meaning) Edges() [4]float64 {
	if m.Limits == [4]float64{} {
		return usualLimits
	}
	return m.Limits
}

// Band is the key of the band that a score lies in.
func (m *Meaning) Band(nps float64) string {
	bands := MeaningBands()
	for i, edge := range m.Edges() {
		if nps <= edge {
			return bands[i]
		}
	}
	return bands[len(bands)-1]
}

// NPSBand is the band of the usual meaning that a score lies in.
func NPSBand(nps float64) string { return (&Meaning{}).Band(nps) }
