package stats

import "math"

// T is Student's interval of a mean, from the sample variance (divisor n - 1), with n - 1 degrees of freedom.
// With n < 2 the bounds are NaN. With variance 0 the interval is a point: nothing in the data shows spread.
func T(mean, variance, n float64) Interval {
	if anyNaN(mean, n) || n <= 0 {
		return unknown()
	}
	if n < 2 || anyNaN(variance) || variance < 0 {
		out := unknown()
		out.Value, out.N = mean, n
		return out
	}
	return symmetric(mean, math.Sqrt(variance/n), StudentQuantile95(n-1), n)
}

// TSum is T from the sum, the sum of squares and the number. It loses digits where the mean is very large beside the
// spread (about 2 log10(mean / standard deviation) of 16): subtract a constant first there.
func TSum(sum, sumsq, n float64) Interval {
	if anyNaN(sum, sumsq, n) || n <= 0 {
		return unknown()
	}
	return T(sum/n, varianceOfSums(sum, sumsq, n), n)
}

// TCounts is T of a scale (1..5, 1..7, 0..10) given how many answered each score.
func TCounts(scores, counts []float64) Interval {
	if len(scores) != len(counts) || anyNaN(scores...) || anyNaN(counts...) || anyNegative(counts...) {
		return unknown()
	}
	var n, sum float64
	for i, c := range counts {
		n += c
		sum += c * scores[i]
	}
	if n == 0 {
		return unknown()
	}
	mean := sum / n
	var squares float64
	for i, c := range counts {
		squares += c * (scores[i] - mean) * (scores[i] - mean)
	}
	return T(mean, squares/(n-1), n)
}

// varianceOfSums never comes out below 0; what is only rounding is 0.
func varianceOfSums(sum, sumsq, n float64) float64 {
	if n < 2 {
		return math.NaN()
	}
	centred := sumsq - sum*sum/n
	if centred <= 1e-14*sumsq {
		return 0
	}
	return centred / (n - 1)
}

// WelchDifference is mean1 - mean2 of independent samples with unlike variances (Welch 1947): t with Satterthwaite's
// degrees of freedom, both in the interval and in P. Bounds and P are NaN where a side has fewer than two, or fewer than
// 30 that are all alike while the means are not: they cannot show how far they may be off.
func WelchDifference(mean1, variance1, n1, mean2, variance2, n2 float64) Change {
	if anyNaN(mean1, n1, mean2, n2) || n1 <= 0 || n2 <= 0 {
		return unknownChange()
	}
	v1, v2 := variance1/n1, variance2/n2
	if n1 < 2 || n2 < 2 || anyNaN(v1, v2) || v1 < 0 || v2 < 0 ||
		unjudged(mean1-mean2, v1, n1) || unjudged(mean1-mean2, v2, n2) {
		c := unknownChange()
		c.Difference = mean1 - mean2
		return c
	}
	df := welchFreedom(v1, n1, v2, n2)
	c := tested(mean1-mean2, math.Sqrt(v1+v2), df)
	return c.withRelative(mean1, mean2, math.Sqrt(v1), math.Sqrt(v2), StudentQuantile95(df))
}

// WelchSums is WelchDifference from sums, sums of squares and numbers.
func WelchSums(sum1, sumsq1, n1, sum2, sumsq2, n2 float64) Change {
	return WelchDifference(sum1/n1, varianceOfSums(sum1, sumsq1, n1), n1, sum2/n2, varianceOfSums(sum2, sumsq2, n2), n2)
}
