package stats_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"regulars/internal/base/stats"
)

// Student's sleep data (Student 1908; "sleep" in R): extra hours under two drugs.
var (
	sleep1 = []float64{0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0}
	sleep2 = []float64{1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4}
)

func moments(xs []float64) (sum, sumsq, n float64) {
	for _, x := range xs {
		sum += x
		sumsq += x * x
	}
	return sum, sumsq, float64(len(xs))
}

func TestTAgainstSleep(t *testing.T) {
	t.Parallel()
	// Source: R 4.2.2, t.test(sleep$extra[sleep$group == 1]).
	got := stats.TSum(moments(sleep1))
	nearInterval(t, "sleep", got, 0.75, -0.529780413526, 2.029780413526, 1e-10)
	near(t, "SE", got.SE, 0.565734527456, 1e-11)
	near(t, "n", got.N, 10, 0)
}

func TestTCountsCheckValues(t *testing.T) {
	t.Parallel()
	// Source: check values of the design page on measures; bounds by R 4.2.2, t.test(rep(1:7, counts)).
	ces := stats.TCounts([]float64{1, 2, 3, 4, 5, 6, 7}, []float64{2, 3, 5, 10, 20, 35, 25})
	rounded(t, "CES mean", ces.Value, "5.48")
	nearInterval(t, "CES", ces, 5.48, 5.19729963494, 5.76270036506, 1e-10)
	csat := stats.TCounts([]float64{1, 2, 3, 4, 5}, []float64{10, 5, 5, 30, 50})
	rounded(t, "CSAT mean", csat.Value, "4.05")
	nearInterval(t, "CSAT", csat, 4.05, 3.7940328282, 4.3059671718, 1e-10)
}

func TestWelchAgainstSleep(t *testing.T) {
	t.Parallel()
	// Source: R 4.2.2, t.test(extra ~ group, sleep): t -1.8608, df 17.776, p .07939.
	s1, q1, n1 := moments(sleep1)
	s2, q2, n2 := moments(sleep2)
	c := stats.WelchSums(s1, q1, n1, s2, q2, n2)
	near(t, "difference", c.Difference, -1.58, 1e-12)
	near(t, "low", c.Low, -3.3654832307117, 1e-9)
	near(t, "high", c.High, 0.2054832307117, 1e-9)
	near(t, "SE", c.SE, 0.8490910172388, 1e-12)
	near(t, "t", c.Z, -1.8608134674869, 1e-11)
	near(t, "p", c.P, 0.0793941401874, 1e-10)
}

func TestStudentAgainstR(t *testing.T) {
	t.Parallel()
	// Source: R 4.2.2, qt(.975, df) and 2 * pt(-2.5, df).
	for df, want := range map[float64]float64{
		1: 12.70620473617, 2: 4.30265272975, 5: 2.57058183564, 10: 2.22813885199, 30: 2.04227245630,
		100: 1.98397151852, 1000: 1.96233908083, 1e9: stats.Z95, math.Inf(1): stats.Z95,
	} {
		near(t, "quantile", stats.StudentQuantile95(df), want, 1e-8)
	}
	for df, want := range map[float64]float64{
		1: 0.2422378831817, 3: 0.0877066470081, 10: 0.0314468442366, 200: 0.0132231726417,
		math.Inf(1): stats.NormalP(2.5),
	} {
		near(t, "p", stats.StudentP(2.5, df), want, 1e-10)
		near(t, "p", stats.StudentP(-2.5, df), want, 1e-10)
	}
	near(t, "a million degrees of freedom", stats.StudentP(2.5, 1e6), 0.0124194895022, 1e-11)
	near(t, "too many to tell from the normal", stats.StudentP(2.5, 1e15), stats.NormalP(2.5), 0)
	near(t, "5 % of the normal", stats.NormalP(stats.Z95), 0.05, 1e-15)
	near(t, "no freedom", stats.StudentQuantile95(0), math.NaN(), 0)
	near(t, "no freedom", stats.StudentP(1, 0), math.NaN(), 0)
}

func TestMeanEdges(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	nearInterval(t, "nobody", stats.TSum(0, 0, 0), nan, nan, nan, 0)
	nearInterval(t, "one", stats.TSum(7, 49, 1), 7, nan, nan, 0)
	nearInterval(t, "no spread", stats.TSum(21, 147, 3), 7, 7, 7, 0)
	nearInterval(t, "rounding is no spread", stats.TSum(0.3, 0.03, 3), .1, .1, .1, 1e-12)
	nearInterval(t, "NaN", stats.T(nan, 1, 10), nan, nan, nan, 0)
	nearInterval(t, "NaN variance", stats.T(3, nan, 10), 3, nan, nan, 0)
	nearInterval(t, "lengths", stats.TCounts([]float64{1}, []float64{1, 2}), nan, nan, nan, 0)
	nearInterval(t, "no answers", stats.TCounts([]float64{1, 2}, []float64{0, 0}), nan, nan, nan, 0)
	nearInterval(t, "one answer", stats.TCounts([]float64{1, 2}, []float64{0, 1}), 2, nan, nan, 0)

	same := stats.WelchDifference(5, 0, 3, 5, 0, 4)
	near(t, "same without spread: p", same.P, 1, 0)
	unlike := stats.WelchDifference(5, 0, 3, 4, 0, 4)
	near(t, "unlike without spread: p", unlike.P, nan, 0)
	near(t, "unlike without spread: difference", unlike.Difference, 1, 0)
	alone := stats.WelchDifference(5, nan, 1, 4, 2, 4)
	near(t, "one against four: difference", alone.Difference, 1, 0)
	near(t, "one against four: low", alone.Low, nan, 0)
	near(t, "empty side", stats.WelchSums(0, 0, 0, 4, 6, 4).Difference, nan, 0)
	near(t, "no relative change of a negative mean", stats.WelchDifference(5, 1, 9, -4, 1, 9).Relative, nan, 0)
}

func TestMeanIdentities(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		xs := rapid.SliceOfN(rapid.Float64Range(0, 1000), 2, 40).Draw(t, "xs")
		ys := rapid.SliceOfN(rapid.Float64Range(0, 1000), 2, 40).Draw(t, "ys")
		scale := rapid.Float64Range(0.01, 100).Draw(t, "scale")
		sx, qx, nx := moments(xs)
		sy, qy, ny := moments(ys)
		a, b := stats.TSum(sx, qx, nx), stats.TSum(scale*sx, scale*scale*qx, nx)
		if math.Abs(b.Low-scale*a.Low) > 1e-6*(1+math.Abs(b.Low)) {
			t.Fatalf("a change of unit changes the interval: %v, %v", a, b)
		}
		c, d := stats.WelchSums(sx, qx, nx, sy, qy, ny), stats.WelchSums(sy, qy, ny, sx, qx, nx)
		if math.Abs(c.Low+d.High) > 1e-9 || !math.IsNaN(c.P) && math.Abs(c.P-d.P) > 1e-12 {
			t.Fatalf("sides exchanged do not mirror: %v, %v", c, d)
		}
		if !math.IsNaN(c.P) && (c.P < 0.05) != (c.Low > 0 || c.High < 0) && math.Abs(c.P-0.05) > 1e-6 {
			t.Fatalf("p and interval disagree: %v", c)
		}
		counts, scores := make([]float64, len(xs)), xs
		for i := range counts {
			counts[i] = 1
		}
		if e := stats.TCounts(scores, counts); math.Abs(e.Low-a.Low) > 1e-6 {
			t.Fatalf("counts of one and sums disagree: %v, %v", e, a)
		}
	})
}
