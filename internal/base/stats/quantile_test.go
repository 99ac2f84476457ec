package stats_test

import (
	"math"
	"sort"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"

	"regulars/internal/base/stats"
)

func TestQuantile7AgainstR(t *testing.T) {
	t.Parallel()
	// Source: R 4.2.2, quantile(mtcars$mpg, ...) and quantile(2^(0:6), ...).
	sorted := append([]float64(nil), mpg...)
	sort.Float64s(sorted)
	for q, want := range map[float64]float64{.1: 14.34, .25: 15.425, .5: 19.2, .75: 22.8, .9: 30.09} {
		near(t, "mpg", stats.Quantile7(sorted, q), want, 1e-12)
	}
	powers := []float64{1, 2, 4, 8, 16, 32, 64}
	for q, want := range map[float64]float64{0: 1, .1: 1.6, .25: 3, .5: 8, .8: 28.8, .9: 44.8, 1: 64} {
		near(t, "powers", stats.Quantile7(powers, q), want, 1e-12)
	}
}

func TestQuantileRanksAgainstR(t *testing.T) {
	t.Parallel()
	// Source: R 4.2.2: lo the largest k with pbinom(k - 1, n, q) <= .025, hi the smallest with pbinom(k - 1, n, q) >= .975;
	// from a million on qbinom(.025, n, q) and qbinom(.975, n, q) + 1.
	tests := []struct {
		n      int
		q      float64
		lo, hi int
	}{
		{5, .25, 0, 4}, {5, .5, 0, 6}, {5, .75, 2, 6}, {6, .5, 1, 6}, {10, .25, 0, 6}, {10, .5, 2, 9}, {10, .75, 5, 11},
		{20, .25, 2, 10}, {20, .5, 6, 15}, {20, .75, 11, 19}, {50, .25, 7, 20}, {50, .5, 18, 33}, {50, .75, 31, 44},
		{100, .25, 17, 35}, {100, .5, 40, 61}, {100, .75, 66, 84}, {1000, .25, 223, 278}, {1000, .5, 469, 532},
		{1000, .75, 723, 778}, {1e6, .5, 499020, 500981}, {1e7, .9, 8998140, 9001860},
		{1e8, .5, 49990200, 50009801}, {1e8, .9, 89994120, 90005881},
	}
	for _, test := range tests {
		if lo, hi := stats.QuantileRanks(test.n, test.q); lo != test.lo || hi != test.hi {
			t.Errorf("n %d q %v: got %d, %d, want %d, %d", test.n, test.q, lo, hi, test.lo, test.hi)
		}
	}
	// Beyond, approximate: R has 499962046 and 500037956.
	lo, hi := stats.QuantileRanks(2e9, .25)
	near(t, "two thousand million, lo", float64(lo), 499962046, 2)
	near(t, "two thousand million, hi", float64(hi), 500037956, 2)
}

func TestQuantileRanksCover(t *testing.T) {
	t.Parallel()
	// Free of any distribution, the coverage is a sum of binomial probabilities: never under 95 %, and hardly over.
	for _, n := range []int{6, 10, 30, 50, 100, 300, 1000, 10000} {
		for _, q := range []float64{.25, .5, .75} {
			lo, hi := stats.QuantileRanks(n, q)
			b := distuv.Binomial{N: float64(n), P: q}
			coverage := 0.0
			for k := lo; k < hi; k++ {
				coverage += b.Prob(float64(k))
			}
			if coverage < .95-1e-9 {
				t.Errorf("n %d q %v covers %v", n, q, coverage)
			}
			if n >= 100 && coverage > .97 {
				t.Errorf("n %d q %v covers %v: too wide", n, q, coverage)
			}
		}
	}
}

func TestQuantileInterval(t *testing.T) {
	t.Parallel()
	sorted := make([]float64, 100)
	for i := range sorted {
		sorted[i] = float64(i + 1)
	}
	nearInterval(t, "median of 1..100", stats.QuantileInterval(sorted, .5), 50.5, 40, 61, 1e-12)
	nan := math.NaN()
	nearInterval(t, "none", stats.QuantileInterval(nil, .5), nan, nan, nan, 0)
	nearInterval(t, "one", stats.QuantileInterval(sorted[:1], .5), 1, nan, nan, 0)
	nearInterval(t, "five have no bounds", stats.QuantileInterval(sorted[:5], .5), 3, nan, nan, 0)
	nearInterval(t, "six have", stats.QuantileInterval(sorted[:6], .5), 3.5, 1, 6, 0)
	nearInterval(t, "q outside", stats.QuantileInterval(sorted, 1.5), nan, nan, nan, 0)
	nearInterval(t, "q NaN", stats.QuantileInterval(sorted, nan), nan, nan, nan, 0)
	if lo, hi := stats.QuantileRanks(-3, .5); lo != 0 || hi != 1 {
		t.Errorf("fewer than none: %d, %d", lo, hi)
	}
	inf := math.Inf(1)
	if got := stats.Quantile7([]float64{0, inf, inf}, .75); got != inf {
		t.Errorf("between two infinities: %v", got)
	}
}

func TestQuantileIdentities(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		xs := rapid.SliceOfN(rapid.Float64Range(-1e6, 1e6), 1, 80).Draw(t, "xs")
		sort.Float64s(xs)
		q := rapid.Float64Range(0, 1).Draw(t, "q")
		r := rapid.Float64Range(0, 1).Draw(t, "r")
		if a, b := stats.Quantile7(xs, math.Min(q, r)), stats.Quantile7(xs, math.Max(q, r)); a > b+1e-9 {
			t.Fatalf("quantiles fall: %v, %v", a, b)
		}
		turned := make([]float64, len(xs))
		for i, x := range xs {
			turned[len(xs)-1-i] = -x
		}
		if a, b := stats.Quantile7(xs, q), stats.Quantile7(turned, 1-q); math.Abs(a+b) > 1e-6 {
			t.Fatalf("signs turned do not mirror: %v, %v", a, b)
		}
		i := stats.QuantileInterval(xs, q)
		if i.Low > i.Value || i.Value > i.High {
			t.Fatalf("out of order: %v", i)
		}
	})
}
