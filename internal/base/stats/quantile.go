package stats

import "math"

// Quantile7 is the quantile by linear interpolation between order statistics, R's default type 7 (Hyndman and Fan
// 1996). The values must ascend. NaN of none, or with q outside 0..1.
func Quantile7(sorted []float64, q float64) float64 {
	if len(sorted) == 0 || math.IsNaN(q) || q < 0 || q > 1 {
		return math.NaN()
	}
	at := q * float64(len(sorted)-1)
	low := math.Floor(at)
	i := int(low)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	a, b := sorted[i], sorted[i+1]
	if a == b { // also two infinities
		return a
	}
	return a + (at-low)*(b-a)
}

// exactRanks is the size up to which the binomial distribution is computed to the last rank; beyond it the normal
// approximation is off by a rank or two in a hundred million, and the incomplete beta function by more.
const exactRanks = 100_000_000

// QuantileRanks are the ranks (from 1) of the two order statistics that enclose the q quantile with at least 95 %
// certainty, at most 2.5 % on either side, whatever the distribution (David and Nagaraja 2003, 7.1).
// lo is 0 and hi is n + 1 where the sample is too small to have such a bound (below 6 for a median).
func QuantileRanks(n int, q float64) (lo, hi int) {
	if n <= 0 || math.IsNaN(q) || q < 0 || q > 1 {
		return 0, max(n, 0) + 1
	}
	size := float64(n)
	if n > exactRanks {
		mean, half := size*q, Z95*math.Sqrt(size*q*(1-q))
		return int(math.Ceil(mean - half - 0.5)), int(math.Ceil(mean+half-0.5)) + 1
	}
	// P(X_(k) > quantile) = P(B < k) = CDF(k - 1): the largest k that keeps it within 2.5 %.
	lo = firstRank(n, func(k int) bool { return binomialCDF(size, q, float64(k)-1) > 0.025 }) - 1
	// P(X_(k) < quantile) = P(B >= k) = 1 - CDF(k - 1): the smallest k that keeps it within 2.5 %.
	hi = firstRank(n, func(k int) bool { return binomialCDF(size, q, float64(k)-1) >= 0.975 })
	return lo, hi
}

// firstRank is the smallest k in 1..n with yes(k), or n + 1; yes must not turn back to false.
func firstRank(n int, yes func(k int) bool) int {
	low, high := 1, n+1
	for low < high {
		mid := low + (high-low)/2
		if yes(mid) {
			high = mid
		} else {
			low = mid + 1
		}
	}
	return low
}

// QuantileInterval is Quantile7 with the order statistics of QuantileRanks as bounds; NaN where there is none.
// The values must ascend. SE is a normal equivalent of the width.
func QuantileInterval(sorted []float64, q float64) Interval {
	out := unknown()
	out.Value, out.N = Quantile7(sorted, q), float64(len(sorted))
	if math.IsNaN(out.Value) {
		return out
	}
	// An extreme quantile of few, being interpolated, may lie beyond its rank: the interval then reaches to it.
	lo, hi := QuantileRanks(len(sorted), q)
	if lo >= 1 {
		out.Low = math.Min(sorted[lo-1], out.Value)
	}
	if hi <= len(sorted) {
		out.High = math.Max(sorted[hi-1], out.Value)
	}
	out.SE = (out.High - out.Low) / (2 * Z95)
	return out
}
