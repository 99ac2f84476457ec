package stats

import "math"

// Wilson is the score interval of a proportion (0..1) by Wilson (1927); Value is k / n.
// It stays inside 0..1 and is honest at 0 and at n. NaN where n is not above 0 or k is not within 0..n.
func Wilson(successes, n float64) Interval {
	if anyNaN(successes, n) || n <= 0 || successes < 0 || successes > n {
		return unknown()
	}
	p := successes / n
	z2 := Z95 * Z95
	centre := (successes + z2/2) / (n + z2)
	half := Z95 * math.Sqrt(successes*(1-p)+z2/4) / (n + z2)
	out := Interval{Value: p, Low: centre - half, High: centre + half, SE: math.Sqrt(p * (1 - p) / n), N: n}
	// Algebraically exact, but not in floating point.
	if successes == 0 {
		out.Low = 0
	}
	if successes == n {
		out.High = 1
	}
	return out
}

// WilsonDifference is k1/n1 - k2/n2 with Newcombe's hybrid score interval (1998, method 10: both Wilson intervals
// squared and added) and the two-sided p of the score test of equality (z with the pooled proportion; its square is
// Pearson's chi-squared without continuity correction). SE is the unpooled one. The samples must be independent.
func WilsonDifference(k1, n1, k2, n2 float64) (Interval, float64) {
	c := TwoProportions(k1, n1, k2, n2)
	return Interval{Value: c.Difference, Low: c.Low, High: c.High, SE: c.SE, N: n1 + n2}, c.P
}

// TwoProportions is WilsonDifference as a Change, with the relative change k1/n1 : k2/n2 - 1 on the log scale
// (Katz 1978). Relative is NaN where k2 is 0; its interval is NaN where either is.
func TwoProportions(k1, n1, k2, n2 float64) Change {
	a, b := Wilson(k1, n1), Wilson(k2, n2)
	if !a.Known() || !b.Known() {
		return unknownChange()
	}
	c := unknownChange()
	c.Difference = a.Value - b.Value
	c.Low, c.High = mover(a, b)
	c.SE = math.Hypot(a.SE, b.SE)
	pooled := (k1 + k2) / (n1 + n2)
	se := math.Sqrt(pooled * (1 - pooled) * (1/n1 + 1/n2))
	if se > 0 {
		c.Z = c.Difference / se
	} else {
		c.Z = 0 // nobody or everybody on both sides
	}
	c.P = NormalP(c.Z)
	return c.withRelative(a.Value, b.Value, a.SE, b.SE, Z95)
}

// mover recovers the interval of a - b from the intervals of both ("method of variance estimates recovery",
// Zou and Donner 2008): each bound uses the distances that push it.
func mover(a, b Interval) (low, high float64) {
	d := a.Value - b.Value
	return d - math.Hypot(a.Value-a.Low, b.High-b.Value), d + math.Hypot(a.High-a.Value, b.Value-b.Low)
}

// IndependentDifference compares two figures from independent samples of which only the intervals are known, such as
// medians: bounds by Zou and Donner's method, SE from the width of both intervals, and z = difference / SE.
// The relative change treats the same SEs as variances on the log scale.
func IndependentDifference(a, b Interval) Change {
	if !a.Known() || !b.Known() {
		return unknownChange()
	}
	sa, sb := (a.High-a.Low)/(2*Z95), (b.High-b.Low)/(2*Z95)
	c := tested(a.Value-b.Value, math.Hypot(sa, sb), math.Inf(1))
	c.Low, c.High = mover(a, b)
	return c.withRelative(a.Value, b.Value, sa, sb, Z95)
}

// LogRatio is k1 / k2 where both are counts of one sample (customers of several kinds over customers of one), with the
// interval on the log scale: variance 1/k1 + 1/k2, in which the multinomial covariance is already accounted for.
// With k1 = 0 the log scale fails and the bounds are the odds of Wilson's interval of k1 in k1 + k2: 0 to z^2/k2.
// NaN where k2 is 0. SE is on the scale of the ratio, NaN with k1 = 0.
func LogRatio(k1, k2 float64) Interval {
	if anyNaN(k1, k2) || k1 < 0 || k2 <= 0 {
		return unknown()
	}
	if k1 == 0 {
		w := Wilson(0, k2)
		return Interval{Value: 0, Low: 0, High: w.High / (1 - w.High), SE: math.NaN(), N: k2}
	}
	r := k1 / k2
	se := math.Sqrt(1/k1 + 1/k2)
	return Interval{Value: r, Low: r * math.Exp(-Z95*se), High: r * math.Exp(Z95*se), SE: r * se, N: k1 + k2}
}

// LogRatioChange compares two such ratios from independent samples, log scale throughout for the relative change and
// the test; the difference has the bounds of Zou and Donner.
func LogRatioChange(k1, k2, l1, l2 float64) Change {
	a, b := LogRatio(k1, k2), LogRatio(l1, l2)
	if !a.Known() || !b.Known() {
		return unknownChange()
	}
	c := unknownChange()
	c.Difference = a.Value - b.Value
	c.Low, c.High = mover(a, b)
	c.SE = math.Hypot(a.SE, b.SE)
	if k1 > 0 && l1 > 0 {
		c.Z = math.Log(a.Value/b.Value) / math.Sqrt(1/k1+1/k2+1/l1+1/l2)
		c.P = NormalP(c.Z)
	}
	return c.withRelative(a.Value, b.Value, a.SE, b.SE, Z95)
}
