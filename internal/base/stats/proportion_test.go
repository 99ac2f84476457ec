package stats_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"regulars/internal/base/stats"
)

func TestWilsonCheckValues(t *testing.T) {
	t.Parallel()
	// Source: check values of the design page on measures ("Wilson", "CSAT", "CES", in percent).
	tests := []struct {
		k, n             float64
		value, low, high string
	}{
		{80, 100, "80", "71.12", "86.66"},
		{8, 10, "80", "49.02", "94.33"},
		{0, 10, "0", "0", "27.75"},
		{30 + 50, 10 + 5 + 5 + 30 + 50, "80.0", "71.12", "86.66"},             // CSAT top two
		{20 + 35 + 25, 2 + 3 + 5 + 10 + 20 + 35 + 25, "80", "71.12", "86.66"}, // CES easy
	}
	for _, test := range tests {
		got := stats.Wilson(test.k, test.n).Scale(100)
		rounded(t, "value", got.Value, test.value)
		rounded(t, "low", got.Low, test.low)
		rounded(t, "high", got.High, test.high)
	}
}

func TestWilsonDifferenceAgainstNewcombe(t *testing.T) {
	t.Parallel()
	// Source: Newcombe (1998), Interval estimation for the difference between independent proportions, Statistics in
	// Medicine 17, table II, method 10.
	tests := []struct {
		k1, n1, k2, n2 float64
		low, high      string
	}{
		{56, 70, 48, 80, "0.0524", "0.3339"},
		{9, 10, 3, 10, "0.1705", "0.8090"},
		{10, 10, 0, 20, "0.6791", "1.0000"},
		{10, 10, 0, 10, "0.6075", "1.0000"},
	}
	for _, test := range tests {
		got, _ := stats.WilsonDifference(test.k1, test.n1, test.k2, test.n2)
		rounded(t, "low", got.Low, test.low)
		rounded(t, "high", got.High, test.high)
	}
}

func TestTwoProportionsAgainstAspirin(t *testing.T) {
	t.Parallel()
	// Source: Physicians' Health Study, heart attacks on placebo 189 of 11,034 and on aspirin 104 of 11,037, as worked in
	// Agresti, Categorical Data Analysis: difference .0077 with SE .0015, relative risk 1.82 (1.43, 2.31).
	// p: R 4.2.2, prop.test(c(189,104), c(11034,11037), correct=FALSE), X-squared 25.0138839672.
	c := stats.TwoProportions(189, 11034, 104, 11037)
	rounded(t, "difference", c.Difference, "0.0077")
	rounded(t, "SE", c.SE, "0.0015")
	rounded(t, "relative", 1+c.Relative, "1.82")
	rounded(t, "relative low", 1+c.RelativeLow, "1.43")
	rounded(t, "relative high", 1+c.RelativeHigh, "2.31")
	near(t, "z squared", c.Z*c.Z, 25.0138839672, 1e-9)
	near(t, "p", c.P, 5.69189697374e-07, 1e-16)
	d, p := stats.WilsonDifference(189, 11034, 104, 11037)
	if d.Low != c.Low || d.High != c.High || p != c.P {
		t.Errorf("WilsonDifference %v, p %v differs from TwoProportions %v", d, p, c)
	}
}

func TestLogRatioAgainstLogit(t *testing.T) {
	t.Parallel()
	// Source: R 4.2.2, m <- glm(cbind(30, 70) ~ 1, binomial); exp(c(coef(m), confint.default(m))).
	nearInterval(t, "30 to 70", stats.LogRatio(30, 70), 0.428571428571, 0.279431788066, 0.657310575362, 1e-9)
}

func TestLogRatioEdges(t *testing.T) {
	t.Parallel()
	none := stats.LogRatio(0, 50)
	nearInterval(t, "nobody bought several kinds", none, 0, 0, stats.Z95*stats.Z95/50, 1e-12)
	for _, bad := range []stats.Interval{stats.LogRatio(5, 0), stats.LogRatio(-1, 5), stats.LogRatio(math.NaN(), 5)} {
		if !math.IsNaN(bad.Value) || bad.Known() {
			t.Errorf("got %v, want NaN", bad)
		}
	}
}

func TestLogRatioChange(t *testing.T) {
	t.Parallel()
	c := stats.LogRatioChange(60, 40, 40, 60)
	near(t, "difference", c.Difference, 1.5-2.0/3, 1e-12)
	near(t, "relative", c.Relative, 1.25, 1e-12)
	// The log of the quotient of two odds has the variance of the fourfold table.
	half := math.Exp(stats.Z95 * math.Sqrt(2.0/60+2.0/40))
	near(t, "relative low", c.RelativeLow, 2.25/half-1, 1e-12)
	near(t, "relative high", c.RelativeHigh, 2.25*half-1, 1e-12)
	near(t, "p of the same", stats.LogRatioChange(6, 4, 6, 4).P, 1, 1e-12)
	if c := stats.LogRatioChange(0, 4, 6, 4); !math.IsNaN(c.P) || math.IsNaN(c.Low) {
		t.Errorf("a side without the kind: %v", c)
	}
}

func TestIndependentDifference(t *testing.T) {
	t.Parallel()
	// Two symmetric intervals give the square root of the sum of squares: Zou and Donner (2008) reduce to Wald.
	a := stats.Interval{Value: 10, Low: 7, High: 13}
	b := stats.Interval{Value: 6, Low: 2, High: 10}
	c := stats.IndependentDifference(a, b)
	near(t, "difference", c.Difference, 4, 0)
	near(t, "low", c.Low, -1, 1e-12)
	near(t, "high", c.High, 9, 1e-12)
	near(t, "z", c.Z, 4/(5/stats.Z95), 1e-12)
	near(t, "relative", c.Relative, 10.0/6-1, 1e-12)
	// With Wilson's intervals it is Newcombe's.
	n := stats.IndependentDifference(stats.Wilson(56, 70), stats.Wilson(48, 80))
	rounded(t, "Newcombe low", n.Low, "0.0524")
	rounded(t, "Newcombe high", n.High, "0.3339")
	if c := stats.IndependentDifference(a, stats.Interval{Value: 1, Low: math.NaN(), High: 2}); !math.IsNaN(c.P) {
		t.Errorf("an interval without a bound: %v", c)
	}
}

func TestWilsonIdentities(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := float64(rapid.IntRange(1, 5000).Draw(t, "n"))
		k := math.Floor(rapid.Float64Range(0, 1).Draw(t, "share") * n)
		a, b := stats.Wilson(k, n), stats.Wilson(n-k, n)
		if !(0 <= a.Low && a.Low <= a.Value && a.Value <= a.High && a.High <= 1) {
			t.Fatalf("out of order: %v", a)
		}
		if math.Abs(a.Low+b.High-1) > 1e-12 || math.Abs(a.High+b.Low-1) > 1e-12 {
			t.Fatalf("success and failure do not mirror: %v, %v", a, b)
		}
		// Its definition: the bounds are the p whose score test just rejects k.
		for _, p := range []float64{a.Low, a.High} {
			if p > 1e-9 && p < 1-1e-9 && math.Abs(math.Abs(k-n*p)/math.Sqrt(n*p*(1-p))-stats.Z95) > 1e-6 {
				t.Fatalf("bound %v does not solve the score equation", p)
			}
		}
		if k < n {
			if up := stats.Wilson(k+1, n); up.Low <= a.Low || up.High < a.High {
				t.Fatalf("one success more lowers a bound")
			}
		}
		m := float64(rapid.IntRange(1, 5000).Draw(t, "m"))
		l := math.Floor(rapid.Float64Range(0, 1).Draw(t, "share2") * m)
		c, d := stats.TwoProportions(k, n, l, m), stats.TwoProportions(l, m, k, n)
		if math.Abs(c.Low+d.High) > 1e-12 || c.Difference != -d.Difference || math.Abs(c.P-d.P) > 1e-12 {
			t.Fatalf("sides exchanged do not mirror: %v, %v", c, d)
		}
		if c.Low < -1 || c.High > 1 || c.P < 0 || c.P > 1 {
			t.Fatalf("out of range: %v", c)
		}
		if !math.IsNaN(c.RelativeLow) && (1+c.RelativeLow)*(1+d.RelativeHigh) < 1-1e-9 {
			t.Fatalf("relative changes are not reciprocal: %v, %v", c, d)
		}
	})
}

func TestProportionEdges(t *testing.T) {
	t.Parallel()
	nan, inf := math.NaN(), math.Inf(1)
	for _, bad := range [][2]float64{{0, 0}, {1, 0}, {2, 1}, {-1, 3}, {nan, 3}, {1, nan}, {1, inf}, {1, -3}} {
		if got := stats.Wilson(bad[0], bad[1]); !math.IsNaN(got.Value) || got.Known() {
			t.Errorf("Wilson(%v, %v): got %v, want NaN", bad[0], bad[1], got)
		}
		if got := stats.TwoProportions(bad[0], bad[1], 1, 2); !math.IsNaN(got.Difference) || !math.IsNaN(got.P) {
			t.Errorf("TwoProportions(%v, %v, 1, 2): got %v, want NaN", bad[0], bad[1], got)
		}
	}
	nearInterval(t, "1 of 1", stats.Wilson(1, 1), 1, 1/(1+stats.Z95*stats.Z95), 1, 1e-12)
	nearInterval(t, "all", stats.Wilson(1e9, 1e9), 1, 1-stats.Z95*stats.Z95/1e9, 1, 1e-12)
	nobody := stats.TwoProportions(0, 10, 0, 20)
	near(t, "nobody on both sides: p", nobody.P, 1, 0)
	near(t, "nobody on both sides: relative", nobody.Relative, nan, 0)
	lost := stats.TwoProportions(0, 10, 5, 20)
	near(t, "all lost: relative", lost.Relative, -1, 0)
	near(t, "all lost: relative low", lost.RelativeLow, nan, 0)
}

func TestIntervalArithmetic(t *testing.T) {
	t.Parallel()
	i := stats.Interval{Value: .8, Low: .7, High: .9, SE: .05, N: 50}
	if got := i.Complement(1).Scale(100); math.Abs(got.Value-20) > 1e-9 || math.Abs(got.Low-10) > 1e-9 ||
		math.Abs(got.High-30) > 1e-9 || got.SE != 5 || got.N != 50 {
		t.Errorf("churn of retention: %v", got)
	}
	if got := i.Scale(-1); got.Low != -.9 || got.High != -.7 || got.SE != .05 {
		t.Errorf("turned round: %v", got)
	}
	c := stats.TwoProportions(30, 100, 50, 100)
	d := c.Scale(-100)
	if d.Difference != -100*c.Difference || d.Low != -100*c.High || d.Z != -c.Z || d.P != c.P || d.Relative != c.Relative {
		t.Errorf("scaled change: %v of %v", d, c)
	}
}
