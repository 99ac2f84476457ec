package stats_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"regulars/internal/base/stats"
)

func TestMannWhitneyAgainstR(t *testing.T) {
	t.Parallel()
	// Source: Hollander and Wolfe (1973), table 4.1, as in R's help of wilcox.test (W = 35); p and the sleep data, which has
	// ties: R 4.2.2, wilcox.test(x, y, exact = FALSE, correct = FALSE).
	x := []float64{0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46}
	y := []float64{1.15, 0.88, 0.90, 0.74, 1.21}
	got := stats.MannWhitney(x, y)
	near(t, "U", got.U, 35, 0)
	near(t, "superiority", got.Superiority, 0.7, 1e-15)
	near(t, "p", got.P, 0.22067136192, 1e-10)
	ties := stats.MannWhitney(sleep1, sleep2)
	near(t, "U with ties", ties.U, 25.5, 0)
	near(t, "p with ties", ties.P, 0.063722250155, 1e-11)
}

func TestPermutationNearsTheFullEnumeration(t *testing.T) {
	t.Parallel()
	// The sleep data by all 184,756 relabellings, counted here: the sampled p must agree within four standard errors.
	all := append(append([]float64(nil), sleep1...), sleep2...)
	var total, first float64
	for i, x := range all {
		total += x
		if i < len(sleep1) {
			first += x
		}
	}
	observed := math.Abs(first - total/2)
	extreme, count := 0, 0
	var walk func(from, left int, sum float64)
	walk = func(from, left int, sum float64) {
		if left == 0 {
			count++
			if math.Abs(sum-total/2) >= observed-1e-9 {
				extreme++
			}
			return
		}
		for i := from; i <= len(all)-left; i++ {
			walk(i+1, left-1, sum+all[i])
		}
	}
	walk(0, len(sleep1), 0)
	exact := float64(extreme) / float64(count)
	const tries = 20000
	got := stats.PermutationP(7, sleep1, sleep2, tries)
	near(t, "relabellings", float64(count), 184756, 0)
	near(t, "p", got, exact, 4*math.Sqrt(exact*(1-exact)/tries))
	near(t, "the same seed", stats.PermutationP(7, sleep1, sleep2, tries), got, 0)
	near(t, "alike", stats.PermutationP(7, []float64{1, 1}, []float64{1, 1}, 99), 1, 0)
}

func TestBenjaminiHochbergPublished(t *testing.T) {
	t.Parallel()
	// Source: the worked example of Benjamini and Hochberg (1995), section 3.1: four of fifteen are called at 5 %.
	// Adjusted values: R 4.2.2, p.adjust(p, "BH").
	p := []float64{.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .3240, .4262, .5719, .6528, .7590, 1.000}
	want := []float64{.0015, .0030, .0095, .035625, .0603, .0638571428571, .0638571428571, .0645, .0765, .4860,
		.5811818181818, .7148750000000, .7532307692308, .8132142857143, 1}
	called := 0
	for i, got := range stats.BenjaminiHochberg(p) {
		near(t, "adjusted", got, want[i], 1e-12)
		if got < .05 {
			called++
		}
	}
	if called != 4 {
		t.Errorf("called %d, want 4", called)
	}
}

func TestBenjaminiHochbergIdentities(t *testing.T) {
	t.Parallel()
	if got := stats.BenjaminiHochberg(nil); len(got) != 0 {
		t.Errorf("no tests: %v", got)
	}
	mixed := stats.BenjaminiHochberg([]float64{.04, math.NaN(), .01})
	near(t, "largest", mixed[0], .04, 1e-15)
	near(t, "no test", mixed[1], math.NaN(), 0)
	near(t, "smallest, of two tests", mixed[2], .02, 1e-15)
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SliceOfN(rapid.Float64Range(0, 1), 1, 50).Draw(t, "p")
		adjusted := stats.BenjaminiHochberg(p)
		for i := range p {
			if adjusted[i] < p[i] || adjusted[i] > 1 {
				t.Fatalf("adjusted %v of %v", adjusted[i], p[i])
			}
			for j := range p {
				if p[i] < p[j] && adjusted[i] > adjusted[j] {
					t.Fatalf("the order turned: %v", adjusted)
				}
			}
		}
	})
}

func TestMannWhitneyIdentities(t *testing.T) {
	t.Parallel()
	near(t, "empty", stats.MannWhitney(nil, []float64{1}).P, math.NaN(), 0)
	near(t, "NaN", stats.MannWhitney([]float64{math.NaN()}, []float64{1}).P, math.NaN(), 0)
	near(t, "all alike", stats.MannWhitney([]float64{1, 1}, []float64{1, 1, 1}).P, 1, 0)
	near(t, "all alike", stats.MannWhitney([]float64{1, 1}, []float64{1, 1, 1}).Superiority, .5, 0)
	near(t, "permutation, empty", stats.PermutationP(1, nil, []float64{1}, 9), math.NaN(), 0)
	near(t, "permutation, no tries", stats.PermutationP(1, []float64{1}, []float64{1}, 0), math.NaN(), 0)
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOfN(rapid.IntRange(0, 9), 1, 30).Draw(t, "x")
		y := rapid.SliceOfN(rapid.IntRange(0, 9), 1, 30).Draw(t, "y")
		fx, fy := make([]float64, len(x)), make([]float64, len(y))
		var pairs float64
		for i := range x {
			fx[i] = math.Exp(float64(x[i])) // any rising scale will do
			for j := range y {
				fy[j] = math.Exp(float64(y[j]))
				switch {
				case x[i] > y[j]:
					pairs++
				case x[i] == y[j]:
					pairs += .5
				}
			}
		}
		a, b := stats.MannWhitney(fx, fy), stats.MannWhitney(fy, fx)
		if a.U != pairs || math.Abs(a.Superiority+b.Superiority-1) > 1e-12 || math.Abs(a.P-b.P) > 1e-12 {
			t.Fatalf("U %v of %v pairs; turned round %v", a, pairs, b)
		}
	})
}
