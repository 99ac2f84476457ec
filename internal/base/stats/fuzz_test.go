package stats_test

import (
	"encoding/binary"
	"math"
	"sort"
	"testing"

	"regulars/internal/base/stats"
)

// Whatever the numbers, nothing panics, and an interval is either unknown or in order and in range.

func sound(t *testing.T, what string, i stats.Interval, least, most float64) {
	t.Helper()
	if math.IsNaN(i.Value) {
		if i.Known() {
			t.Errorf("%s: bounds without a value: %v", what, i)
		}
		return
	}
	const slack = 1e-9
	width := slack * (1 + math.Abs(i.Value))
	if i.Low > i.Value+width || i.High < i.Value-width || i.Low < least-slack || i.High > most+slack || i.SE < 0 {
		t.Errorf("%s: %v is out of order or out of %v..%v", what, i, least, most)
	}
}

func soundChange(t *testing.T, what string, c stats.Change) {
	t.Helper()
	if c.P < 0 || c.P > 1+1e-12 || c.Low > c.High || c.SE < 0 || c.RelativeLow > c.RelativeHigh || c.Relative < -1 {
		t.Errorf("%s: %v is out of order", what, c)
	}
}

func FuzzCounts(f *testing.F) {
	inf, nan := math.Inf(1), math.NaN()
	f.Add(70., 20., 10., 3.)
	f.Add(0., 0., 0., 0.)
	f.Add(1., 0., 0., 1.)
	f.Add(-1., 5., 1e300, 1e-300)
	f.Add(nan, inf, -inf, 0.5)
	f.Add(1e15, 1., 1., 1e15)
	f.Add(1e308, 1e308, 1e308, 1e308)
	f.Fuzz(func(t *testing.T, a, b, c, d float64) {
		sound(t, "Wilson", stats.Wilson(a, b), 0, 1)
		soundChange(t, "two proportions", stats.TwoProportions(a, b, c, d))
		sound(t, "log ratio", stats.LogRatio(a, b), 0, math.Inf(1))
		soundChange(t, "log ratio change", stats.LogRatioChange(a, b, c, d))
		sound(t, "NPS", stats.NPS(a, b, c), -100, 100)
		sound(t, "score", stats.NPSScore(a, b, c), -100, 100)
		sound(t, "with passives", stats.NPSWithPassives(a, b, c), -100, 100)
		soundChange(t, "NPS change", stats.NPSChange(a, b, c, d, a, b))
		sound(t, "weighted", stats.NPSWeighted([]stats.Stratum{{Share: d, Promoters: a, Passives: b, Detractors: c},
			{Share: a, Promoters: b, Passives: c, Detractors: d}}).Interval, -100, 100)
		sound(t, "t", stats.T(a, b, c), math.Inf(-1), math.Inf(1))
		sound(t, "t of sums", stats.TSum(a, b, c), math.Inf(-1), math.Inf(1))
		soundChange(t, "Welch", stats.WelchDifference(a, b, c, d, a, b))
		if n := stats.AnswersNeeded(a, b); n < 0 {
			t.Errorf("answers needed: %d", n)
		}
		if p := stats.StudentP(a, b); p < 0 || p > 1 {
			t.Errorf("StudentP(%v, %v) = %v", a, b, p)
		}
	})
}

// numbers cuts bytes into floats: any float at all, NaN and infinity among them.
func numbers(data []byte) []float64 {
	var out []float64
	for ; len(data) >= 8 && len(out) < 64; data = data[8:] {
		out = append(out, math.Float64frombits(binary.LittleEndian.Uint64(data)))
	}
	return out
}

func bytesOf(xs ...float64) []byte {
	var out []byte
	for _, x := range xs {
		out = binary.LittleEndian.AppendUint64(out, math.Float64bits(x))
	}
	return out
}

func FuzzSamples(f *testing.F) {
	f.Add(bytesOf(), .5)
	f.Add(bytesOf(1), .5)
	f.Add(bytesOf(3, 1, 2, 2, 9, 4), .25)
	f.Add(bytesOf(math.NaN(), 1, math.Inf(1)), 1.)
	f.Add(bytesOf(1e308, -1e308, 1e308, 5e-324), 0.)
	f.Fuzz(func(t *testing.T, data []byte, q float64) {
		xs := numbers(data)
		half := xs[:len(xs)/2]
		rest := xs[len(half):]
		events := make([]bool, len(xs))
		for i := range events {
			events[i] = i%3 != 0
		}
		curve := stats.KaplanMeier(xs, events)
		sound(t, "curve", curve.At(q), 0, 1)
		curve.Quantile(q)
		sound(t, "counts", stats.KaplanMeierCounts(half, half, half).At(q), 0, 1)
		if p := stats.LogRankCurves(curve, stats.KaplanMeier(half, events[:len(half)])).P; p < 0 || p > 1 {
			t.Errorf("log-rank p %v", p)
		}
		if p := stats.MannWhitney(half, rest).P; p < 0 || p > 1 {
			t.Errorf("Mann-Whitney p %v", p)
		}
		if p := stats.PermutationP(1, half, rest, 5); p < 0 || p > 1 {
			t.Errorf("permutation p %v", p)
		}
		if got := stats.BenjaminiHochberg(xs); len(got) != len(xs) {
			t.Errorf("%d of %d adjusted", len(got), len(xs))
		}
		stats.TCounts(half, rest)
		m := min(len(xs), 3)
		s := stats.Sums{N: q, T: xs[:m], C: [][]float64{half, half, rest}[:m]}
		stats.Ratio(s, 0, 1)
		stats.LogRatioSums(s, 0, 1)
		f := func(t []float64) float64 { return t[0] }
		if m > 0 {
			stats.Smooth(s, f)
			stats.SmoothChange(s, s, s.C, f)
		}
		sort.Float64s(xs)
		stats.QuantileInterval(xs, q)
	})
}
