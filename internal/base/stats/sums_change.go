package stats

import "math"

// SmoothChange is f of a less f of b, linearised by customer. cross[i][j] is the sum over customers of a's quantity i
// times b's quantity j, for the same people stand on both sides: of a comparison in time, or of a segment (a) with
// everybody (b). With cross nil the sides are independent samples.
//
// Each N is the number of customers of that side. t has Welch's degrees of freedom, but no more than the larger N less
// one (with equal N and cross: n - 1, and the variance n/(n-1) times the centred squares), so that a segment of five is
// judged as five. A side of fewer than 30 without any spread cannot be judged against an unlike one: P is NaN.
// Shares and scores have their own functions, which can: ShareChange, NPSChangeSums.
func SmoothChange(a, b Sums, cross [][]float64, f func(t []float64) float64) Change {
	if !a.valid() || !b.valid() || a.N <= 0 || b.N <= 0 || len(a.T) != len(b.T) {
		return unknownChange()
	}
	joint, ok := join(a, b, cross)
	if !ok {
		return unknownChange()
	}
	first, second := f(append([]float64(nil), a.T...)), f(append([]float64(nil), b.T...))
	if anyNaN(first, second) {
		return unknownChange()
	}
	ga, gb := gradient(a, f), gradient(b, f)
	va, vb := linearVariance(a, ga), linearVariance(b, gb)
	if unjudged(first-second, va, a.N) || unjudged(first-second, vb, b.N) {
		c := unknownChange()
		c.Difference = first - second
		return c
	}
	df := welchFreedom(va, a.N, vb, b.N)
	// variance of the first side's figure x by less the second's x bb
	variance := func(by, bb float64) float64 { return by*by*va + bb*bb*vb }
	if cross != nil {
		df = math.Min(df, joint.N-1)
		variance = func(by, bb float64) float64 {
			return centredSquares(joint, contrast(ga, by, gb, bb)) * (df + 1) / df
		}
	}
	c := tested(first-second, math.Sqrt(variance(1, 1)), df)
	return c.withRelativeSE(first, second, math.Sqrt(variance(1/first, 1/second)), StudentQuantile95(df))
}

// SegmentChange is f of a segment less f of everybody, the segment included, where f is a quotient of totals or made of
// such (twice the customers leave it as it is). Interval as by SmoothChange. P is the larger of its p and that of the
// score test, which takes the spread from everybody, as it would be if the segment were any customers: few customers
// seldom show their own spread, least of all in money. A segment of one, or without spread, is judged by everybody's
// alone.
func SegmentChange(segment, everybody Sums, f func(t []float64) float64) Change {
	c := SmoothChange(segment, everybody, segment.C, f)
	if math.IsNaN(c.Difference) || !(everybody.N >= segment.N) {
		return c
	}
	v := linearVariance(everybody, gradient(everybody, f)) * (everybody.N/segment.N - 1)
	score := tested(c.Difference, math.Sqrt(v), math.Inf(1))
	if own := linearVariance(segment, gradient(segment, f)); math.IsNaN(c.SE) || own == 0 {
		first, second := f(append([]float64(nil), segment.T...)), f(append([]float64(nil), everybody.T...))
		return score.withRelativeSE(first, second, score.SE/second, Z95)
	}
	if score.P > c.P {
		c.Z, c.P = score.Z, score.P
	}
	return c
}

// ShareChange is T[num] / T[den] of a less that of b, for a share (0..1): one or nothing a customer, or a part of a
// count. As SmoothChange, after adding to each side one customer counted in both and one in den only (Agresti and Caffo
// 2000), without which a small segment of all or none is called different from everybody far too often. Difference
// and Relative are of the shares as they are.
func ShareChange(a, b Sums, cross [][]float64, num, den int) Change {
	if !inside(a, num, den) || !inside(b, num, den) {
		return unknownChange()
	}
	in, out := make([]float64, len(a.T)), make([]float64, len(a.T))
	in[num]++
	in[den]++
	out[den]++
	return padded(a, b, cross, func(s Sums) Sums { return s.With(1, in...).With(1, out...) }, func(t []float64) float64 {
		return t[num] / t[den]
	})
}

// NPSChangeSums is NPSChange where the same customers may have answered on both sides: sums of promoters, detractors and
// all answers, with 0.75, 0.75 and 1.5 (passives) added as there. Difference is of the scores as they are.
func NPSChangeSums(a, b Sums, cross [][]float64, promoters, detractors, answers int) Change {
	if !inside(a, promoters, detractors, answers) || !inside(b, promoters, detractors, answers) {
		return unknownChange()
	}
	row := func(indices ...int) []float64 {
		r := make([]float64, len(a.T))
		for _, i := range indices {
			r[i]++
		}
		return r
	}
	return padded(a, b, cross, func(s Sums) Sums {
		return s.With(0.75, row(promoters, answers)...).With(1.5, row(answers)...).With(0.75, row(detractors, answers)...)
	}, func(t []float64) float64 { return 100 * (t[promoters] - t[detractors]) / t[answers] })
}

// padded judges the change after making up customers, and shows the one before; bounds reach to what is shown.
func padded(a, b Sums, cross [][]float64, pad func(Sums) Sums, f func(t []float64) float64) Change {
	if !a.valid() || !b.valid() || a.N <= 0 || b.N <= 0 {
		return unknownChange()
	}
	first, second := f(a.T), f(b.T)
	if anyNaN(first, second) {
		return unknownChange()
	}
	c := SmoothChange(pad(a), pad(b), cross, f)
	c.Difference = first - second
	c.Low, c.High = math.Min(c.Low, c.Difference), math.Max(c.High, c.Difference)
	if second > 0 && first >= 0 && !math.IsNaN(c.Relative) {
		c.Relative = first/second - 1
		c.RelativeLow, c.RelativeHigh = math.Min(c.RelativeLow, c.Relative), math.Max(c.RelativeHigh, c.Relative)
	} else {
		c.Relative, c.RelativeLow, c.RelativeHigh = math.NaN(), math.NaN(), math.NaN()
	}
	return c
}

// fewAlike is the number below which units that are all alike say nothing of how unlike others may be.
const fewAlike = 30

// unjudged says whether a difference rests on a side that shows no spread because it is too small to.
func unjudged(difference, variance, n float64) bool {
	return variance == 0 && difference != 0 && n < fewAlike
}

// welchFreedom is Satterthwaite's approximation for the sum of two variances of means or totals.
func welchFreedom(va, na, vb, nb float64) float64 {
	if va+vb == 0 {
		return na + nb - 2
	}
	return (va + vb) * (va + vb) / (va*va/(na-1) + vb*vb/(nb-1))
}

func contrast(ga []float64, by float64, gb []float64, bb float64) []float64 {
	g := make([]float64, 0, len(ga)+len(gb))
	for _, x := range ga {
		g = append(g, by*x)
	}
	for _, x := range gb {
		g = append(g, -bb*x)
	}
	return g
}

// join lays both sides into one set of sums, so that the variance of the difference is that of one linear form and
// cannot come out wrong where the sides are nearly alike.
func join(a, b Sums, cross [][]float64) (Sums, bool) {
	m := len(a.T)
	if cross == nil {
		return Sums{}, true
	}
	if len(cross) != m {
		return Sums{}, false
	}
	out := Sums{N: math.Max(a.N, b.N), T: append(append([]float64(nil), a.T...), b.T...), C: make([][]float64, 2*m)}
	for i := range out.C {
		out.C[i] = make([]float64, 2*m)
	}
	for i := range m {
		if len(cross[i]) != m || anyNaN(cross[i]...) {
			return Sums{}, false
		}
		for j := range m {
			out.C[i][j] = a.C[i][j]
			out.C[m+i][m+j] = b.C[i][j]
			out.C[i][m+j] = cross[i][j]
			out.C[m+j][i] = cross[i][j]
		}
	}
	return out, true
}
