package stats_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"regulars/internal/base/stats"
)

// yesNo is the sums of a share: successes and customers, one row each.
func yesNo(successes, n float64) stats.Sums {
	return stats.Sums{N: n, T: []float64{successes, n}, C: [][]float64{{successes, successes}, {successes, n}}}
}

// camps is the sums of promoters, detractors and answers, one answer a customer.
func camps(p, pa, d float64) stats.Sums {
	return stats.Sums{
		N: p + pa + d,
		T: []float64{p, d, p + pa + d},
		C: [][]float64{{p, 0, p}, {0, d, d}, {p, d, p + pa + d}},
	}
}

func zeros(n int) [][]float64 {
	out := make([][]float64, n)
	for i := range out {
		out[i] = make([]float64, n)
	}
	return out
}

func TestWithIsMoreCustomers(t *testing.T) {
	t.Parallel()
	s := sumsOf([]float64{1, 2}, []float64{3, 4})
	got, want := s.With(2, 5, 6), sumsOf([]float64{1, 2, 5, 5}, []float64{3, 4, 6, 6})
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if fmt.Sprint(s) != fmt.Sprint(sumsOf([]float64{1, 2}, []float64{3, 4})) {
		t.Error("the sums themselves changed")
	}
	if got := s.With(1, 1, 1, 1); got.N != 3 || len(got.T) != 2 {
		t.Errorf("a row too long: %v", got)
	}
}

func TestNPSChangeSumsCheckValues(t *testing.T) {
	t.Parallel()
	// Source: the check values of the design page on measures: z 1.577, p .115 of the adjusted difference, SE 14.36, here
	// with other customers on both sides (nobody in common) and as many customers as make t normal.
	a, b := camps(35, 10, 5), camps(28, 12, 10)
	a.N, b.N = 1e12, 1e12
	c := stats.NPSChangeSums(a, b, zeros(3), 0, 1, 2)
	rounded(t, "SE", c.SE, "14.36")
	rounded(t, "z", c.Z, "1.577")
	rounded(t, "p", c.P, "0.115")
	near(t, "difference as shown", c.Difference, 24, 1e-9)
	near(t, "low", c.Low, 22.6415-stats.Z95*14.3589, 1e-2)

	// The same fifty answering alike twice, but for one: what they have in common is no uncertainty.
	same := stats.NPSChangeSums(camps(35, 10, 5), camps(34, 11, 5), [][]float64{{34, 0, 35}, {0, 5, 5}, {34, 5, 50}}, 0, 1, 2)
	other := stats.NPSChangeSums(camps(35, 10, 5), camps(34, 11, 5), nil, 0, 1, 2)
	if !(same.SE < .6*other.SE) {
		t.Errorf("the same people: SE %v, others: %v", same.SE, other.SE)
	}
}

func TestShareChangeIsAgrestiCaffo(t *testing.T) {
	t.Parallel()
	// Agresti and Caffo (2000): Wald's interval after adding one success and one failure to each sample.
	a, b := yesNo(56, 70), yesNo(48, 80)
	a.N, b.N = 1e12, 1e12
	c := stats.ShareChange(a, b, nil, 0, 1)
	p, q := 57.0/72, 49.0/82
	se := math.Sqrt(p*(1-p)/72 + q*(1-q)/82)
	near(t, "difference as shown", c.Difference, .2, 1e-12)
	near(t, "low", c.Low, p-q-stats.Z95*se, 1e-6)
	near(t, "high", c.High, p-q+stats.Z95*se, 1e-6)
	near(t, "relative as shown", c.Relative, .8/.6-1, 1e-12)

	lost := stats.ShareChange(yesNo(0, 8), yesNo(300, 1000), nil, 0, 1)
	near(t, "none of eight: relative", lost.Relative, -1, 0)
	if !(lost.P > .05) {
		t.Errorf("none of eight where a third do is no news: p %v", lost.P)
	}
	for _, bad := range []stats.Change{
		stats.ShareChange(yesNo(1, 8), yesNo(1, 8), nil, 0, 2), stats.ShareChange(yesNo(0, 0), yesNo(1, 8), nil, 0, 1),
		stats.NPSChangeSums(camps(1, 2, 3), camps(0, 0, 0), nil, 0, 1, 2), stats.NPSChangeSums(camps(1, 2, 3), yesNo(1, 2), nil, 0, 1, 2),
	} {
		if !math.IsNaN(bad.P) || !math.IsNaN(bad.Difference) {
			t.Errorf("got %v, want NaN", bad)
		}
	}
}

func TestSmallSideWithoutSpread(t *testing.T) {
	t.Parallel()
	// Eight customers of whom none came back, against a thousand of whom a third did: their own spread is 0, and a z test on
	// it would be sure of itself.
	none, all := yesNo(0, 8), yesNo(300, 1000)
	c := stats.SmoothChange(none, all, none.C, revenuePerOrder)
	near(t, "difference", c.Difference, -.3, 1e-12)
	near(t, "p", c.P, math.NaN(), 0)
	s := stats.SegmentChange(none, all, revenuePerOrder)
	// The score test of a sample of 8 out of these 1,000.
	near(t, "score SE", s.SE, math.Sqrt(.3*.7/999*(1000.0/8-1)), 1e-9)
	near(t, "score p", s.P, stats.NormalP(-.3/s.SE), 1e-12)
	w := stats.WelchDifference(5, 0, 6, 4.2, 1, 1000)
	near(t, "six answers alike: p", w.P, math.NaN(), 0)
	near(t, "six answers alike: difference", w.Difference, .8, 1e-12)
	if w := stats.WelchDifference(5, 0, 60, 4.2, 1, 1000); !(w.P < .05) {
		t.Errorf("sixty answers alike say something: %v", w)
	}
}

func TestSegmentChangeIdentities(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(3, 30).Draw(t, "n")
		column := func(name string) []float64 {
			return rapid.SliceOfN(rapid.Float64Range(0.1, 1000), n, n).Draw(t, name)
		}
		x, y := column("x"), column("y")
		everybody := sumsOf(x, y)
		if c := stats.SegmentChange(everybody, everybody, revenuePerOrder); c.Difference != 0 || c.P != 1 {
			t.Fatalf("everybody against everybody: %v", c)
		}
		m := rapid.IntRange(2, n-1).Draw(t, "m")
		segment := sumsOf(x[:m], y[:m])
		c := stats.SegmentChange(segment, everybody, revenuePerOrder)
		s := stats.SmoothChange(segment, everybody, segment.C, revenuePerOrder)
		if c.Difference != s.Difference || c.P < s.P || c.P > 1 {
			t.Fatalf("the score test may only hold back: %v, %v", c, s)
		}
		one := sumsOf(x[:1], y[:1])
		if c := stats.SegmentChange(one, everybody, revenuePerOrder); math.IsNaN(c.P) && c.Difference != 0 {
			t.Fatalf("one customer is judged by everybody's spread: %v", c)
		}
	})
}

// A segment of few customers out of a thousand, who are any customers: at most one in twenty may be called different.
func TestLevelOfSegmentChange(t *testing.T) {
	t.Parallel()
	const all, trials = 1000, 800
	for _, n := range []int{5, 20, 100, 500} {
		var shares, scores, orders, heads float64
		random := newRandom(uint64(n))
		for range trials {
			c := shoppers(random, all)
			everybody, segment := sumsOf(c.now()...), sumsOf(c[:n].now()...)
			count := func(f func(t []float64) float64) float64 {
				if stats.SegmentChange(segment, everybody, f).P < .05 {
					return 1
				}
				return 0
			}
			orders += count(revenuePerOrder)
			heads += count(func(t []float64) float64 { return t[0] / t[2] })
			k, l := segmentOf(random, n, all, .1)
			if stats.SegmentChange(yesNo(k, float64(n)), yesNo(l, all), revenuePerOrder).P < .05 {
				shares++
			}
			if stats.ShareChange(yesNo(k, float64(n)), yesNo(l, all), yesNo(k, float64(n)).C, 0, 1).P < .05 {
				scores++
			}
		}
		for name, got := range map[string]float64{
			"revenue an order": orders, "revenue an active customer": heads, "share": shares, "share by ShareChange": scores,
		} {
			if got/trials > .07 {
				t.Errorf("%s, segment of %d: rejects %.4f, want at most .07", name, n, got/trials)
			} else {
				t.Logf("%s, segment of %d: rejects %.4f", name, n, got/trials)
			}
		}
	}
}

// segmentOf counts successes of n customers and of all of whom they are part.
func segmentOf(r *rand.Rand, n, all int, p float64) (k, l float64) {
	for i := range all {
		if r.Float64() < p {
			l++
			if i < n {
				k++
			}
		}
	}
	return k, l
}

// A segment that does spend more is found, or caution would be all there is.
func TestPowerOfSegmentChange(t *testing.T) {
	t.Parallel()
	const trials = 400
	for n, least := range map[int]float64{50: .5, 200: .95} {
		got := share(fmt.Sprintf("power %d", n), trials, func(r *rand.Rand) bool {
			c := shoppers(r, 1000)
			for i := range n {
				c[i].revenue *= 1.3
			}
			return stats.SegmentChange(sumsOf(c[:n].now()...), sumsOf(c.now()...), revenuePerOrder).P < .05
		})
		if got < least {
			t.Errorf("a segment of %d that spends 30 %% more an order is found in %.3f, want %.2f", n, got, least)
		}
	}
}

// The same customers in two periods, yes or no in each, half of them creatures of habit.
func TestShareAndNPSChangeSumsHold(t *testing.T) {
	t.Parallel()
	for _, n := range []int{20, 50, 200} {
		covers(t, fmt.Sprintf("share change of %d", n), 4000, .1, func(r *rand.Rand) (float64, float64) {
			var both, a, b float64
			for range n {
				u, v := r.Float64(), r.Float64()
				if r.Float64() < .5 {
					v = u
				}
				if u < .5 {
					a++
				}
				if v < .4 {
					b++
				}
				if u < .5 && v < .4 {
					both++
				}
			}
			size := float64(n)
			return endsOf(stats.ShareChange(yesNo(a, size), yesNo(b, size), [][]float64{{both, a}, {b, size}}, 0, 1))
		})
		first, second := answers(n, .5, .2), answers(n, .4, .3)
		covers(t, fmt.Sprintf("NPS change of %d others", n), 4000, 20, func(r *rand.Rand) (float64, float64) {
			p, pa, d := first(r)
			q, qa, e := second(r)
			return endsOf(stats.NPSChangeSums(camps(p, pa, d), camps(q, qa, e), nil, 0, 1, 2))
		})
	}
}
