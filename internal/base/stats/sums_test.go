package stats_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"regulars/internal/base/stats"
)

// Columns of Motor Trend's road tests (1974; "mtcars" in R): 32 cars stand for customers.
var (
	mpg = []float64{21, 21, 22.8, 21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2, 17.8, 16.4, 17.3, 15.2, 10.4, 10.4, 14.7,
		32.4, 30.4, 33.9, 21.5, 15.5, 15.2, 13.3, 19.2, 27.3, 26, 30.4, 15.8, 19.7, 15, 21.4}
	wt = []float64{2.62, 2.875, 2.32, 3.215, 3.44, 3.46, 3.57, 3.19, 3.15, 3.44, 3.44, 4.07, 3.73, 3.78, 5.25, 5.424,
		5.345, 2.2, 1.615, 1.835, 2.465, 3.52, 3.435, 3.84, 3.845, 1.935, 2.14, 1.513, 3.17, 2.77, 3.57, 2.78}
	hp = []float64{110, 110, 93, 110, 175, 105, 245, 62, 95, 123, 123, 180, 180, 180, 205, 215, 230, 66, 52, 65, 97, 150,
		150, 245, 175, 66, 91, 113, 264, 175, 335, 109}
	qsec = []float64{16.46, 17.02, 18.61, 19.44, 17.02, 20.22, 15.84, 20, 22.9, 18.3, 18.9, 17.4, 17.6, 18, 17.98, 17.82,
		17.42, 19.47, 18.52, 19.9, 20.01, 16.87, 17.3, 15.41, 17.05, 18.9, 16.7, 16.9, 14.5, 15.5, 14.6, 18.6}
)

// sumsOf adds up columns of one row a customer.
func sumsOf(columns ...[]float64) stats.Sums {
	m := len(columns)
	s := stats.Sums{N: float64(len(columns[0])), T: make([]float64, m)}
	for i := range columns {
		for _, x := range columns[i] {
			s.T[i] += x
		}
	}
	s.C = crossOf(columns, columns)
	return s
}

func crossOf(a, b [][]float64) [][]float64 {
	out := make([][]float64, len(a))
	for i := range a {
		out[i] = make([]float64, len(b))
		for j := range b {
			for k := range a[i] {
				out[i][j] += a[i][k] * b[j][k]
			}
		}
	}
	return out
}

// Source of the figures in these tests: R 4.2.2 with package survey 4.1.1, design svydesign(id = ~1, weights = ~1), whose
// linearised standard errors come from influence values, not from sums.

func TestRatioAgainstSurvey(t *testing.T) {
	t.Parallel()
	// svyratio(~mpg, ~wt)
	got := stats.Ratio(sumsOf(mpg, wt), 0, 1)
	near(t, "ratio", got.Value, 6.244657704561, 1e-11)
	near(t, "SE", got.SE, 0.644449620239, 1e-11)
	near(t, "t with 31 degrees of freedom", (got.High-got.Value)/got.SE, stats.StudentQuantile95(31), 1e-9)

	// svydesign(id = ~rep(1:8, each = 4)): four rows to a customer count as one observation.
	eight := make([][]float64, 2)
	for i, column := range [][]float64{mpg, wt} {
		eight[i] = make([]float64, 8)
		for k, x := range column {
			eight[i][k/4] += x
		}
	}
	near(t, "clustered SE", stats.Ratio(sumsOf(eight...), 0, 1).SE, 0.94328322713, 1e-10)
}

func TestSmoothAgainstSurvey(t *testing.T) {
	t.Parallel()
	s := sumsOf(mpg, wt, hp, qsec)
	tests := []struct {
		name      string
		f         func(t []float64) float64
		value, se float64
	}{
		// svycontrast(svytotal(...), quote(...))
		{"mpg^2 / (wt hp)", func(t []float64) float64 { return t[0] * t[0] / (t[1] * t[2]) }, 0.855281303422, 0.191854792794},
		{"log(mpg / wt)", func(t []float64) float64 { return math.Log(t[0] / t[1]) }, 1.83172633096, 0.10320015135},
		{"sqrt(mpg) + wt, not homogeneous", func(t []float64) float64 { return math.Sqrt(t[0]) + t[1] }, 128.30747278202, 4.96292180835},
		{"mpg/wt - qsec/hp", func(t []float64) float64 { return t[0]/t[1] - t[3]/t[2] }, 6.12297896575, 0.63638539570},
	}
	for _, test := range tests {
		got := stats.Smooth(s, test.f)
		near(t, test.name, got.Value, test.value, 1e-10)
		near(t, test.name+": SE", got.SE, test.se, 1e-9)
	}
}

func TestSmoothChangeAgainstSurvey(t *testing.T) {
	t.Parallel()
	ratio := func(t []float64) float64 { return t[0] / t[1] }
	a, b := [][]float64{mpg, wt}, [][]float64{qsec, hp}
	c := stats.SmoothChange(sumsOf(a...), sumsOf(b...), crossOf(a, b), ratio)
	// svycontrast(svytotal(~mpg+wt+qsec+hp), quote(mpg/wt - qsec/hp)) and quote(log(mpg/wt) - log(qsec/hp)).
	near(t, "difference", c.Difference, 6.12297896575, 1e-10)
	near(t, "SE", c.SE, 0.63638539570, 1e-9)
	near(t, "log relative", math.Log(1+c.Relative), 3.9380973268052, 1e-10)
	crit := stats.StudentQuantile95(31)
	near(t, "log relative low", math.Log(1+c.RelativeLow), 3.9380973268052-crit*0.0780319267926, 1e-8)
	near(t, "log relative high", math.Log(1+c.RelativeHigh), 3.9380973268052+crit*0.0780319267926, 1e-8)
	near(t, "p", c.P, stats.StudentP(c.Z, 31), 1e-15)
}

func TestSmoothChangeOfIndependentSidesIsWelch(t *testing.T) {
	t.Parallel()
	// A mean is the ratio of a total to a count, and its linearised variance is s^2/n: Welch's test of the sleep data.
	ones := make([]float64, len(sleep1))
	for i := range ones {
		ones[i] = 1
	}
	c := stats.SmoothChange(sumsOf(sleep1, ones), sumsOf(sleep2, ones), nil, func(t []float64) float64 { return t[0] / t[1] })
	s1, q1, n1 := moments(sleep1)
	s2, q2, n2 := moments(sleep2)
	w := stats.WelchSums(s1, q1, n1, s2, q2, n2)
	near(t, "low", c.Low, w.Low, 1e-9)
	near(t, "high", c.High, w.High, 1e-9)
	near(t, "p", c.P, w.P, 1e-9)
}

func TestLogRatioSumsIsTheExponentialOfSmooth(t *testing.T) {
	t.Parallel()
	s := sumsOf(mpg, wt)
	got := stats.LogRatioSums(s, 0, 1)
	log := stats.Smooth(s, func(t []float64) float64 { return math.Log(t[0] / t[1]) })
	nearInterval(t, "ratio", got, math.Exp(log.Value), math.Exp(log.Low), math.Exp(log.High), 1e-9)
	near(t, "SE of the log, by survey's log(mpg / wt)", got.SE/got.Value, 0.10320015135, 1e-10)

	// Ones and zeros of one sample: the same as LogRatio of the two counts, but for n/(n-1) and t.
	several, one := make([]float64, 4000), make([]float64, 4000)
	for i := range several {
		if i < 900 {
			several[i] = 1
		} else if i < 3000 {
			one[i] = 1
		}
	}
	a, b := stats.LogRatioSums(sumsOf(several, one), 0, 1), stats.LogRatio(900, 2100)
	nearInterval(t, "counts", a, b.Value, b.Low, b.High, 5e-4)
}

func TestSumsIdentities(t *testing.T) {
	t.Parallel()
	ratio := func(t []float64) float64 { return t[0] / t[1] }
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 40).Draw(t, "n")
		column := func(name string) []float64 {
			return rapid.SliceOfN(rapid.Float64Range(0.1, 1000), n, n).Draw(t, name)
		}
		x, y, u, v := column("x"), column("y"), column("u"), column("v")
		a, b := [][]float64{x, y}, [][]float64{u, v}
		sa, sb := sumsOf(a...), sumsOf(b...)
		r, s := stats.Ratio(sa, 0, 1), stats.Smooth(sa, ratio)
		if math.Abs(r.SE-s.SE) > 1e-6*(r.SE+1e-3) {
			t.Fatalf("Smooth of a ratio is not Ratio: %v, %v", s, r)
		}
		// Influence values, one a customer, say the same as the sums.
		var squares float64
		for i := range x {
			e := (x[i] - r.Value*y[i]) / sa.T[1]
			squares += e * e
		}
		if want := math.Sqrt(squares * float64(n) / float64(n-1)); math.Abs(r.SE-want) > 1e-6*(want+1e-3) {
			t.Fatalf("SE %v, by influence %v", r.SE, want)
		}
		c := stats.SmoothChange(sa, sb, crossOf(a, b), ratio)
		d := stats.SmoothChange(sb, sa, crossOf(b, a), ratio)
		if math.Abs(c.Low+d.High) > 1e-6*(1+math.Abs(c.Low)) {
			t.Fatalf("sides exchanged do not mirror: %v, %v", c, d)
		}
		same := stats.SmoothChange(sa, sa, crossOf(a, a), ratio)
		if same.Difference != 0 || same.SE != 0 || same.P != 1 {
			t.Fatalf("a figure changed against itself: %v", same)
		}
		// What is the same for everybody carries no uncertainty.
		if one := stats.Ratio(sumsOf(x, x), 0, 1); one.Value != 1 || one.SE != 0 {
			t.Fatalf("x / x: %v", one)
		}
	})
}

func TestSumsEdges(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	ratio := func(t []float64) float64 { return t[0] / t[1] }
	good := sumsOf(mpg, wt)
	bad := map[string]stats.Sums{
		"empty":        {},
		"no customers": {T: []float64{0, 0}, C: [][]float64{{0, 0}, {0, 0}}},
		"no cross":     {N: 3, T: []float64{1, 2}},
		"ragged":       {N: 3, T: []float64{1, 2}, C: [][]float64{{1, 2}, {1}}},
		"NaN total":    {N: 3, T: []float64{nan, 2}, C: [][]float64{{1, 2}, {2, 1}}},
		"NaN product":  {N: 3, T: []float64{1, 2}, C: [][]float64{{nan, 2}, {2, 1}}},
		"divisor 0":    {N: 3, T: []float64{1, 0}, C: [][]float64{{1, 0}, {0, 0}}},
	}
	for name, s := range bad {
		for _, got := range []stats.Interval{stats.Ratio(s, 0, 1), stats.Smooth(s, ratio), stats.LogRatioSums(s, 0, 1)} {
			if name == "empty" && got.Known() || name != "empty" && !math.IsNaN(got.Value) {
				t.Errorf("%s: got %v, want NaN", name, got)
			}
		}
		if name == "empty" {
			continue
		}
		if c := stats.SmoothChange(good, s, nil, ratio); !math.IsNaN(c.Difference) {
			t.Errorf("%s: change %v, want NaN", name, c)
		}
	}
	near(t, "index outside", stats.Ratio(good, 0, 2).Value, nan, 0)
	near(t, "index below", stats.Ratio(good, -1, 1).Value, nan, 0)
	near(t, "cross of another shape", stats.SmoothChange(good, good, [][]float64{{1}}, ratio).Difference, nan, 0)

	single := stats.Ratio(sumsOf([]float64{6}, []float64{2}), 0, 1)
	nearInterval(t, "one customer", single, 3, nan, nan, 0)
	never := stats.Smooth(sumsOf([]float64{0, 0, 0}, []float64{1, 1, 2}), ratio)
	nearInterval(t, "nothing happened", never, 0, 0, 0, 0)
	none := stats.LogRatioSums(sumsOf([]float64{0, 0, 0}, []float64{1, 1, 2}), 0, 1)
	nearInterval(t, "nothing on the log scale", none, 0, nan, nan, 0)
}
