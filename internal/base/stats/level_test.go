package stats_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"regulars/internal/base/stats"
)

// Without a difference, a test at 5 % must find one in about 5 % of the trials, or "real" means nothing.

func TestLevelOfProportions(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		n, m int
		p    float64
	}{{50, 50, .5}, {100, 60, .3}, {200, 200, .1}, {1000, 1000, .8}} {
		a, b := binomial(test.n, test.p), binomial(test.m, test.p)
		rejects(t, fmt.Sprintf("proportions %+v", test), 20000, func(r *rand.Rand) float64 {
			return stats.TwoProportions(a(r), float64(test.n), b(r), float64(test.m)).P
		})
		rejects(t, fmt.Sprintf("log ratios %+v", test), 20000, func(r *rand.Rand) float64 {
			k, l := a(r), b(r)
			return stats.LogRatioChange(k, float64(test.n)-k, l, float64(test.m)-l).P
		})
	}
}

func TestLevelOfNPSChange(t *testing.T) {
	t.Parallel()
	for _, n := range []int{30, 50, 100, 400} {
		for _, mix := range [][2]float64{{.7, .1}, {.4, .3}, {.2, .5}} {
			a := answers(n, mix[0], mix[1])
			rejects(t, fmt.Sprintf("NPS n %d of %v", n, mix), 5000, func(r *rand.Rand) float64 {
				p, pa, d := a(r)
				q, qa, e := a(r)
				return stats.NPSChange(p, pa, d, q, qa, e).P
			})
		}
	}
}

func TestLevelOfMeansAndRanks(t *testing.T) {
	t.Parallel()
	draw := func(r *rand.Rand, n int, of func(*rand.Rand) float64) []float64 {
		xs := make([]float64, n)
		for i := range xs {
			xs[i] = of(r)
		}
		return xs
	}
	normal := func(r *rand.Rand) float64 { return r.NormFloat64() }
	skewed := func(r *rand.Rand) float64 { return r.ExpFloat64() }
	score := func(r *rand.Rand) float64 { return float64(r.IntN(5)) }
	rejects(t, "Welch of normal", 5000, func(r *rand.Rand) float64 {
		s, q, n := moments(draw(r, 8, normal))
		u, v, m := moments(draw(r, 20, normal))
		return stats.WelchSums(s, q, n, u, v, m).P
	})
	rejects(t, "Mann-Whitney of skewed", 5000, func(r *rand.Rand) float64 {
		return stats.MannWhitney(draw(r, 20, skewed), draw(r, 30, skewed)).P
	})
	rejects(t, "Mann-Whitney of scores with ties", 5000, func(r *rand.Rand) float64 {
		return stats.MannWhitney(draw(r, 20, score), draw(r, 30, score)).P
	})
	rejects(t, "permutation of few and skewed", 3000, func(r *rand.Rand) float64 {
		return stats.PermutationP(r.Uint64(), draw(r, 6, skewed), draw(r, 8, skewed), 199)
	})
}

func TestLevelOfLogRank(t *testing.T) {
	t.Parallel()
	rejects(t, "log-rank", 4000, func(r *rand.Rand) float64 {
		a, b := lifetimes(r, 40), lifetimes(r, 60)
		return stats.LogRank(a.times, a.events, b.times, b.events).P
	})
}

func TestLevelOfSmoothChange(t *testing.T) {
	t.Parallel()
	// Prices as before, so that nothing changed; the same customers on both sides.
	rejects(t, "same customers", 3000, func(r *rand.Rand) float64 {
		c := shoppers(r, 150)
		for i := range c {
			c[i].revenueBefore /= priceBefore
		}
		now, before := c.now(), c.before()
		return stats.SmoothChange(sumsOf(now...), sumsOf(before...), crossOf(now, before), revenuePerOrder).P
	})
	rejects(t, "other customers", 3000, func(r *rand.Rand) float64 {
		return stats.SmoothChange(sumsOf(shoppers(r, 150).now()...), sumsOf(shoppers(r, 80).now()...), nil, revenuePerOrder).P
	})
}

func TestLevelOfBenjaminiHochberg(t *testing.T) {
	t.Parallel()
	// Twenty segments, five of them truly different: of those called real, on average at most 5 % are not.
	random := newRandom(20)
	var wrong, found float64
	const trials = 4000
	for range trials {
		p := make([]float64, 20)
		for i := range p {
			z := random.NormFloat64()
			if i < 5 {
				z += 3
			}
			p[i] = stats.NormalP(z)
		}
		var calls, false5 float64
		for i, adjusted := range stats.BenjaminiHochberg(p) {
			if adjusted < .05 {
				calls++
				if i >= 5 {
					false5++
				}
			}
		}
		if calls > 0 {
			wrong += false5 / calls
		}
		found += (calls - false5) / 5
	}
	// The procedure promises .05 x 15 / 20.
	near(t, "false discoveries", wrong/trials, .05*15/20, .006)
	if found/trials < .6 {
		t.Errorf("finds %.2f of the true differences", found/trials)
	}
}
