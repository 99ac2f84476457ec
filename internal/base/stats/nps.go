package stats

import "math"

// smallNPS is the number of answers below which NPS takes the score interval.
const smallNPS = 30

// NPSVariance is the variance of one answer counted +1, 0 or -1: p + d - (p - d)^2, between 0 and 1.
func NPSVariance(promoters, passives, detractors float64) float64 {
	n := promoters + passives + detractors
	if badNPS(promoters, passives, detractors) {
		return math.NaN()
	}
	p, d := promoters/n, detractors/n
	return math.Max(p+d-(p-d)*(p-d), 0)
}

// NPSStandardError is the standard error of the score in points (-100..100).
func NPSStandardError(promoters, passives, detractors float64) float64 {
	return 100 * math.Sqrt(NPSVariance(promoters, passives, detractors)/(promoters+passives+detractors))
}

func badNPS(promoters, passives, detractors float64) bool {
	n := promoters + passives + detractors
	return anyNaN(n) || anyNegative(promoters, passives, detractors) || n <= 0
}

// NPS is the net promoter score (-100..100) with the interval that suits its size: the score interval with fewer than
// 30 answers or when all answered alike, the adjusted Wald interval otherwise.
func NPS(promoters, passives, detractors float64) Interval {
	n := promoters + passives + detractors
	if n < smallNPS || NPSVariance(promoters, passives, detractors) == 0 {
		return NPSScore(promoters, passives, detractors)
	}
	return NPSAdjustedWald(promoters, passives, detractors)
}

// NPSAdjustedWald is the score with the Wald interval around the score of the answers plus 0.75 promoters, 1.5 passives
// and 0.75 detractors (Rocks 2016, after Agresti and Min 2005), clamped to -100..100. Value and SE are of the
// answers as they are.
func NPSAdjustedWald(promoters, passives, detractors float64) Interval {
	if badNPS(promoters, passives, detractors) {
		return unknown()
	}
	n := promoters + passives + detractors
	centre, se := adjustedNPS(promoters, passives, detractors)
	return Interval{
		Value: 100 * (promoters - detractors) / n,
		Low:   clamp(centre-Z95*se, -100, 100),
		High:  clamp(centre+Z95*se, -100, 100),
		SE:    NPSStandardError(promoters, passives, detractors),
		N:     n,
	}
}

// adjustedNPS is score and standard error, in points, after adding three answers.
func adjustedNPS(promoters, passives, detractors float64) (score, se float64) {
	p, pa, d := promoters+0.75, passives+1.5, detractors+0.75
	return 100 * (p - d) / (p + pa + d), NPSStandardError(p, pa, d)
}

// NPSScore is the score with the interval of all values that a score test does not reject, the variance under each
// value being that of the constrained multinomial maximum likelihood (Tango 1998, for the difference of paired
// proportions, which is the same figure). It needs no clamping and works with one answer.
func NPSScore(promoters, passives, detractors float64) Interval {
	if badNPS(promoters, passives, detractors) {
		return unknown()
	}
	n := promoters + passives + detractors
	out := Interval{
		Value: 100 * (promoters - detractors) / n,
		High:  100 * upperScoreLimit(promoters, passives, detractors),
		SE:    NPSStandardError(promoters, passives, detractors),
		N:     n,
	}
	// The lower limit is the upper one with the camps exchanged.
	out.Low = -100 * upperScoreLimit(detractors, passives, promoters)
	return out
}

// upperScoreLimit bisects for the largest difference p - d that is not rejected.
func upperScoreLimit(promoters, passives, detractors float64) float64 {
	n := promoters + passives + detractors
	p, d := promoters/n, detractors/n
	low, high := p-d, 1.0
	for range 100 {
		mid := (low + high) / 2
		if mid <= low || mid >= high {
			break
		}
		miss := p - d - mid
		if n*miss*miss <= Z95*Z95*constrainedVariance(p, d, mid) {
			low = mid
		} else {
			high = mid
		}
	}
	return high
}

// constrainedVariance is p + d - difference^2 at the shares that are likeliest, given the shares p and d observed, among
// those that differ by difference. The likelihood equation is quadratic in the share x of detractors,
// 2x^2 + bx + c = 0, and the larger root is the one within 0..1.
func constrainedVariance(p, d, difference float64) float64 {
	b := -p - d + (2-p+d)*difference
	c := -d * difference * (1 - difference)
	root := math.Sqrt(math.Max(b*b-8*c, 0))
	x := (root - b) / 4
	if b > 0 { // the same root without subtracting nearly equal numbers
		x = -2 * c / (root + b)
	}
	x = clamp(x, math.Max(0, -difference), (1-difference)/2)
	return math.Max(2*x+difference-difference*difference, 0)
}

// NPSWithPassives is the formula some guides print, (promoters + passives - detractors) / answers: 100 less twice the
// detractors' share, and so its interval is 100 less twice theirs (Wilson).
func NPSWithPassives(promoters, passives, detractors float64) Interval {
	if badNPS(promoters, passives, detractors) {
		return unknown()
	}
	return Wilson(detractors, promoters+passives+detractors).Scale(200).Complement(100)
}

// NPSChange is the first score less the second, of independent samples: difference and variance of both after adding
// 0.75, 1.5, 0.75 to each, so Difference differs a little from that of the two scores as shown. z is normal.
// The relative change needs both scores clearly above zero (by their own standard errors) and is NaN elsewhere.
func NPSChange(promoters1, passives1, detractors1, promoters2, passives2, detractors2 float64) Change {
	if badNPS(promoters1, passives1, detractors1) || badNPS(promoters2, passives2, detractors2) {
		return unknownChange()
	}
	first, se1 := adjustedNPS(promoters1, passives1, detractors1)
	second, se2 := adjustedNPS(promoters2, passives2, detractors2)
	c := tested(first-second, math.Hypot(se1, se2), math.Inf(1))
	c.Low, c.High = clamp(c.Low, -200, 200), clamp(c.High, -200, 200)
	if first > Z95*se1 && second > Z95*se2 {
		c = c.withRelative(first, second, se1, se2, Z95)
	}
	return c
}

// AnswersNeeded is how many answers give a 95 % interval of +- marginPoints at that variance of one answer
// (NPSVariance; 1 is the worst case). 0 where the question makes no sense.
func AnswersNeeded(variance, marginPoints float64) int {
	if anyNaN(variance, marginPoints) || variance <= 0 || marginPoints <= 0 {
		return 0
	}
	margin := marginPoints / 100
	need := math.Ceil(Z95 * Z95 * variance / (margin * margin))
	if !(need <= math.MaxInt32) {
		return math.MaxInt32
	}
	return int(need)
}
