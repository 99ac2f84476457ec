package stats

import (
	"math"
	"math/rand/v2"
	"sort"

	"gonum.org/v1/gonum/stat/distuv"
)

// Test is the outcome of a test; NaN throughout where it could not be made.
type Test struct {
	Statistic, P float64
}

func noTest() Test { return Test{math.NaN(), math.NaN()} }

// LogRank tests whether two groups have the same curve (Mantel 1966): chi-squared with one degree of freedom.
func LogRank(times1 []float64, event1 []bool, times2 []float64, event2 []bool) Test {
	return LogRankCurves(KaplanMeier(times1, event1), KaplanMeier(times2, event2))
}

// LogRankCurves is LogRank of two curves, which carry all it needs.
func LogRankCurves(a, b Curve) Test {
	if a.N <= 0 || b.N <= 0 {
		return noTest()
	}
	riskA, riskB := a.N, b.N
	var excess, variance float64
	i, j := 0, 0
	for i < len(a.Points) || j < len(b.Points) {
		t := math.Inf(1)
		if i < len(a.Points) {
			t = a.Points[i].Time
		}
		if j < len(b.Points) {
			t = math.Min(t, b.Points[j].Time)
		}
		var pa, pb CurvePoint
		if i < len(a.Points) && a.Points[i].Time == t {
			pa = a.Points[i]
			i++
		}
		if j < len(b.Points) && b.Points[j].Time == t {
			pb = b.Points[j]
			j++
		}
		n, d := riskA+riskB, pa.Events+pb.Events
		excess += pa.Events - d*riskA/n
		if n > 1 {
			variance += d * (riskA / n) * (riskB / n) * (n - d) / (n - 1)
		}
		riskA -= pa.Events + pa.Censored
		riskB -= pb.Events + pb.Censored
	}
	if !(variance > 0) {
		return noTest()
	}
	chi := excess * excess / variance
	return Test{Statistic: chi, P: math.Erfc(math.Sqrt(chi / 2))}
}

// RankTest is the outcome of MannWhitney.
type RankTest struct {
	U           float64 // pairs in which the first sample's value is larger, ties counting a half
	Superiority float64 // U as a share of all pairs: the chance that one of the first beats one of the second
	Z, P        float64
}

// MannWhitney tests whether values of the first sample tend to be larger than those of the second (Mann and Whitney
// 1947): normal approximation with the correction for ties and without that for continuity. NaN with an empty side.
func MannWhitney(first, second []float64) RankTest {
	nan := math.NaN()
	if len(first) == 0 || len(second) == 0 || anyNaN(first...) || anyNaN(second...) {
		return RankTest{nan, nan, nan, nan}
	}
	type mark struct {
		value float64
		first bool
	}
	all := make([]mark, 0, len(first)+len(second))
	for _, x := range first {
		all = append(all, mark{x, true})
	}
	for _, x := range second {
		all = append(all, mark{x, false})
	}
	sort.Slice(all, func(i, j int) bool { return all[i].value < all[j].value })
	var rankSum, ties float64
	for i := 0; i < len(all); {
		j, mine := i, 0
		for ; j < len(all) && all[j].value == all[i].value; j++ {
			if all[j].first {
				mine++
			}
		}
		t := float64(j - i)
		rankSum += float64(mine) * (float64(i) + (t+1)/2)
		ties += t * (t*t - 1)
		i = j
	}
	n1, n2 := float64(len(first)), float64(len(second))
	n := n1 + n2
	out := RankTest{U: rankSum - n1*(n1+1)/2, P: 1}
	out.Superiority = out.U / (n1 * n2)
	variance := n1 * n2 / 12 * (n + 1 - ties/(n*(n-1)))
	if variance > 0 {
		out.Z = (out.U - n1*n2/2) / math.Sqrt(variance)
		out.P = NormalP(out.Z)
	}
	return out
}

// PermutationP is the two-sided p of a difference of means under random relabelling, (1 + as extreme) / (1 + tries);
// the same seed gives the same p. For samples too small or too skewed for Welch.
func PermutationP(seed uint64, first, second []float64, tries int) float64 {
	if len(first) == 0 || len(second) == 0 || tries < 1 || anyNaN(first...) || anyNaN(second...) {
		return math.NaN()
	}
	all := append(append([]float64(nil), first...), second...)
	var total, sum float64
	for _, x := range all {
		total += x
	}
	for _, x := range first {
		sum += x
	}
	n1 := float64(len(first))
	expected := total * n1 / float64(len(all))
	observed := math.Abs(sum - expected)
	random := rand.New(rand.NewPCG(seed, 0x5ca1ab1e))
	extreme := 0
	for range tries {
		var s float64
		for i := range first {
			j := i + random.IntN(len(all)-i)
			all[i], all[j] = all[j], all[i]
			s += all[i]
		}
		if math.Abs(s-expected) >= observed*(1-1e-12)-1e-300 {
			extreme++
		}
	}
	return float64(1+extreme) / float64(1+tries)
}

// BenjaminiHochberg adjusts p values of many tests at once (Benjamini and Hochberg 1995): calling those below .05
// real makes at most 5 % of the calls wrong, on average. Order is kept. A NaN stays NaN and is no test.
func BenjaminiHochberg(p []float64) []float64 {
	out := make([]float64, len(p))
	order := make([]int, 0, len(p))
	for i, x := range p {
		out[i] = math.NaN()
		if !math.IsNaN(x) {
			order = append(order, i)
		}
	}
	sort.SliceStable(order, func(i, j int) bool { return p[order[i]] < p[order[j]] })
	least := 1.0
	for rank := len(order); rank >= 1; rank-- {
		i := order[rank-1]
		// max: the factor is 1 at the last rank, but not after rounding
		least = math.Min(least, math.Max(p[i], p[i]*float64(len(order))/float64(rank)))
		out[i] = least
	}
	return out
}

// binomialCDF is P(X <= k).
func binomialCDF(n, q, k float64) float64 {
	if k < 0 {
		return 0
	}
	if k >= n {
		return 1
	}
	return distuv.Binomial{N: n, P: q}.CDF(k)
}
