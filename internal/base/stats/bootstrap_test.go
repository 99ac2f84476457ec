package stats_test

import (
	"math"
	"sort"
	"testing"

	"regulars/internal/base/stats"
)

// Survival of mice after surgery (Efron and Tibshirani 1993, table 2.1).
var (
	treated = []float64{94, 197, 16, 38, 99, 141, 23}
	control = []float64{52, 104, 146, 10, 51, 30, 40, 27, 46}
)

func meanOf(xs []float64) func([]int) float64 {
	return func(indices []int) float64 {
		var sum float64
		for _, i := range indices {
			sum += xs[i]
		}
		return sum / float64(len(indices))
	}
}

func medianOf(xs []float64) func([]int) float64 {
	return func(indices []int) float64 {
		picked := make([]float64, len(indices))
		for k, i := range indices {
			picked[k] = xs[i]
		}
		sort.Float64s(picked)
		return stats.Quantile7(picked, .5)
	}
}

func TestBootstrapMice(t *testing.T) {
	t.Parallel()
	// Source: Efron and Tibshirani (1993), An Introduction to the Bootstrap, table 2.1 and 2.2: means 86.86 and 56.22;
	// ideal standard errors of the treated mean 23.36 and median 37.83. 20,000 replicates leave half a percent of noise.
	const replicates = 20000
	got := stats.Bootstrap(1, len(treated), replicates, meanOf(treated))
	rounded(t, "treated mean", got.Value, "86.86")
	near(t, "SE of the treated mean", got.SE, 23.36, 4*.005*23.36)
	near(t, "SE of the treated median", stats.Bootstrap(2, len(treated), replicates, medianOf(treated)).SE, 37.83, 4*.005*37.83)
	rounded(t, "control mean", stats.Bootstrap(3, len(control), 10, meanOf(control)).Value, "56.22")
	if !(got.Low < got.Value && got.Value < got.High) {
		t.Errorf("out of order: %v", got)
	}
}

func TestBootstrapIsSeeded(t *testing.T) {
	t.Parallel()
	a := stats.Bootstrap(42, len(mpg), 200, meanOf(mpg))
	if b := stats.Bootstrap(42, len(mpg), 200, meanOf(mpg)); a != b {
		t.Errorf("the same seed: %v, %v", a, b)
	}
	if b := stats.Bootstrap(43, len(mpg), 200, meanOf(mpg)); a == b {
		t.Error("another seed gives the same replicates")
	}
}

// TestBootstrapAgreesWithLinearisation is what lets the program use linearised standard errors: on a ratio, and on a
// change of ratio with the same customers on both sides, the two roads meet.
func TestBootstrapAgreesWithLinearisation(t *testing.T) {
	t.Parallel()
	customers := shoppers(newRandom(99), 1500)
	now, before := customers.now(), customers.before()
	const replicates = 3000 // the SE of an SE is 1.3 %
	ratioAt := func(columns [][]float64) func([]int) float64 {
		return func(indices []int) float64 {
			var num, den float64
			for _, i := range indices {
				num += columns[0][i]
				den += columns[1][i]
			}
			return num / den
		}
	}
	linear := stats.Ratio(sumsOf(now...), 0, 1)
	boot := stats.Bootstrap(5, 1500, replicates, ratioAt(now))
	near(t, "SE of the ratio", linear.SE/boot.SE, 1, .06)
	near(t, "low", (linear.Low-boot.Low)/boot.SE, 0, .25)
	near(t, "high", (linear.High-boot.High)/boot.SE, 0, .25)

	a, b := ratioAt(now), ratioAt(before)
	change := stats.SmoothChange(sumsOf(now...), sumsOf(before...), crossOf(now, before), revenuePerOrder)
	boot = stats.Bootstrap(6, 1500, replicates, func(indices []int) float64 { return a(indices) - b(indices) })
	near(t, "SE of the change", change.SE/boot.SE, 1, .06)
	independent := stats.SmoothChange(sumsOf(now...), sumsOf(before...), nil, revenuePerOrder)
	if !(change.SE < .95*independent.SE) {
		t.Errorf("the same customers must shrink the SE: %v against %v", change.SE, independent.SE)
	}
}

func TestBootstrapEdges(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	nearInterval(t, "nobody", stats.Bootstrap(1, 0, 10, meanOf(nil)), nan, nan, nan, 0)
	nearInterval(t, "no replicates", stats.Bootstrap(1, 7, 0, meanOf(treated)), 608.0/7, nan, nan, 1e-12)
	nearInterval(t, "negative replicates", stats.Bootstrap(1, 7, -1, meanOf(treated)), 608.0/7, nan, nan, 1e-12)
	nearInterval(t, "one customer", stats.Bootstrap(1, 1, 50, meanOf(treated)), 94, 94, 94, 0)
	nearInterval(t, "always NaN", stats.Bootstrap(1, 7, 50, func([]int) float64 { return nan }), nan, nan, nan, 0)
	calls := 0
	some := stats.Bootstrap(1, 7, 50, func(indices []int) float64 {
		if calls++; calls%2 == 0 {
			return nan
		}
		return meanOf(treated)(indices)
	})
	if !some.Known() {
		t.Errorf("half of the replicates undefined: %v", some)
	}
}
