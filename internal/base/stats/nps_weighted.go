package stats

import "math"

// Stratum is one group of customers: its share of all customers and what those of it who were asked answered.
type Stratum struct {
	Share                           float64 // any positive scale; shares are put to a sum of 1
	Promoters, Passives, Detractors float64
}

// Weighted is a post-stratified score beside the raw one.
type Weighted struct {
	Interval           // N is the number of answers
	Raw        float64 // the score of all answers, unweighted
	EffectiveN float64 // Kish: (sum of weights)^2 / sum of squared weights
	Covered    float64 // share of customers whose stratum has answers; the rest is left out and the others scaled up
}

// NPSWeighted is the score with each stratum counted by its share of customers and not by who answered.
// SE^2 is the sum of share^2 x variance / n over the strata; a stratum with a single answer, which shows no spread of
// its own, takes the variance of all. The bounds come from each stratum's own NPS interval, by the distances to its
// value, weighted, squared and added (Zou and Donner 2008): few or equal answers in a stratum count as what they are.
func NPSWeighted(strata []Stratum) Weighted {
	out := Weighted{Interval: unknown(), Raw: math.NaN(), EffectiveN: math.NaN(), Covered: math.NaN()}
	var all, share, p, d, pa, n float64
	for _, s := range strata {
		if anyNaN(s.Share, s.Promoters, s.Passives, s.Detractors) ||
			anyNegative(s.Share, s.Promoters, s.Passives, s.Detractors) {
			return out
		}
		all += s.Share
		m := s.Promoters + s.Passives + s.Detractors
		n += m
		p, pa, d = p+s.Promoters, pa+s.Passives, d+s.Detractors
		if m > 0 {
			share += s.Share
		}
	}
	if n == 0 || share == 0 {
		return out
	}
	out.Raw, out.N, out.Covered = 100*(p-d)/n, n, share/all

	var value, kish, variance, below, above float64
	for _, s := range strata {
		m := s.Promoters + s.Passives + s.Detractors
		if m == 0 {
			continue
		}
		w := s.Share / share
		one := NPS(s.Promoters, s.Passives, s.Detractors)
		value += w * one.Value
		kish += w * w / m
		v := NPSVariance(s.Promoters, s.Passives, s.Detractors)
		if m < 2 {
			v = NPSVariance(p, pa, d)
		}
		variance += w * w * v / m
		below = math.Hypot(below, w*math.Max(one.Value-one.Low, 0))
		above = math.Hypot(above, w*math.Max(one.High-one.Value, 0))
	}
	out.EffectiveN = 1 / kish
	out.Value, out.SE = value, 100*math.Sqrt(variance)
	out.Low, out.High = clamp(value-below, -100, 100), clamp(value+above, -100, 100)
	return out
}
