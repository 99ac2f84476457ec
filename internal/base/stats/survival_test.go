package stats_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"regulars/internal/base/stats"
)

// aml is survival in acute myelogenous leukaemia (Miller 1981; "aml" in R): weeks, and whether the end was seen.
var (
	maintained = lives{
		[]float64{9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161},
		[]bool{true, true, false, true, true, false, true, true, false, true, false},
	}
	nonmaintained = lives{
		[]float64{5, 5, 8, 8, 12, 16, 23, 27, 30, 33, 43, 45},
		[]bool{true, true, true, true, true, false, true, true, true, true, true, true},
	}
)

func (l lives) curve() stats.Curve { return stats.KaplanMeier(l.times, l.events) }

func TestKaplanMeierWaltons(t *testing.T) {
	t.Parallel()
	// Source: the design page on prediction, 4.7 (medians 58 and 26; S(20), S(50)); standard errors, bounds and numbers at
	// risk: R 4.2.2, survival 3.5.3, survfit(Surv(T, E) ~ group, conf.type = "log-log").
	data := waltons(t)
	tests := []struct {
		group               string
		time, value         float64
		se, low, high, left float64
	}{
		{"control", 20, .98443508515, .01092031865, .93919920588, .9960845049, 126},
		{"control", 50, .76507645847, .03752758410, .68151323093, .8294379926, 97},
		{"control", 62, .30609771008, .04103219660, .22808915097, .3874258199, 36},
		{"miR-137", 6, .97058823529, .02897601077, .80901021015, .9958039415, 34},
		{"miR-137", 20, .64705882353, .08195653483, .46302827102, .7818309341, 22},
		{"miR-137", 50, .05882352941, .04035260827, .01052676443, .1715789278, 2},
	}
	for _, test := range tests {
		got := data[test.group].curve().At(test.time)
		nearInterval(t, test.group, got, test.value, test.low, test.high, 1e-9)
		near(t, test.group+" SE", got.SE, test.se, 1e-10)
		near(t, test.group+" at risk", got.N, test.left, 0)
	}
	rounded(t, "S(20) control", data["control"].curve().At(20).Value, "0.984435")
	rounded(t, "S(50) miR-137", data["miR-137"].curve().At(50).Value, "0.058824")
	nearInterval(t, "median control", data["control"].curve().Median(), 58, 56, 60, 0)
	nearInterval(t, "median miR-137", data["miR-137"].curve().Median(), 26, 19, 29, 0)
}

func TestKaplanMeierLeukaemia(t *testing.T) {
	t.Parallel()
	// Source: R 4.2.2, survival 3.5.3, survfit(Surv(time, status) ~ x, aml, conf.type = "log-log").
	m, n := maintained.curve(), nonmaintained.curve()
	for _, test := range []struct{ time, value, se, low, high float64 }{
		{9, .90909091, .086678417, .508080206, .98667382},
		{18, .71590909, .139664971, .350190386, .89902397},
		{31, .49090909, .164193267, .167330910, .75339979},
		{48, .18409091, .153492746, .011738480, .52501484},
		{100, .18409091, .153492746, .011738480, .52501484},
	} {
		got := m.At(test.time)
		nearInterval(t, "maintained", got, test.value, test.low, test.high, 5e-9)
		near(t, "maintained SE", got.SE, test.se, 5e-9)
	}
	for _, test := range []struct{ time, value, low, high float64 }{
		{5, .833333333, .4817149422, .95550937},
		{23, .486111111, .1918766196, .72967157},
		{43, .097222222, .0057463057, .34890386},
	} {
		nearInterval(t, "nonmaintained", n.At(test.time), test.value, test.low, test.high, 5e-9)
	}
	nearInterval(t, "median maintained", m.Median(), 31, 13, math.NaN(), 0)
	nearInterval(t, "median nonmaintained", n.Median(), 23, 5, 33, 0)
	nearInterval(t, "quartile maintained", m.Quantile(.25), 18, 9, 34, 0)
	nearInterval(t, "quartile nonmaintained", n.Quantile(.25), 8, 5, 23, 0)
}

func TestLogRankCheckValues(t *testing.T) {
	t.Parallel()
	// Source: the design page on prediction, 4.7 (waltons 122.24913); p and aml: R 4.2.2, survdiff.
	data := waltons(t)
	a, b := data["control"], data["miR-137"]
	got := stats.LogRank(a.times, a.events, b.times, b.events)
	rounded(t, "waltons", got.Statistic, "122.24913")
	near(t, "waltons p", got.P, 2.03598322229e-28, 1e-37)
	got = stats.LogRank(maintained.times, maintained.events, nonmaintained.times, nonmaintained.events)
	near(t, "aml", got.Statistic, 3.3963886989776, 1e-11)
	near(t, "aml p", got.P, 0.0653393220405, 1e-11)
}

func TestKaplanMeierEdges(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	empty := stats.KaplanMeier(nil, nil)
	nearInterval(t, "nobody", empty.At(1), nan, nan, nan, 0)
	nearInterval(t, "nobody's median", empty.Median(), nan, nan, nan, 0)
	for name, c := range map[string]stats.Curve{
		"lengths":   stats.KaplanMeier([]float64{1, 2}, []bool{true}),
		"NaN":       stats.KaplanMeier([]float64{1, nan}, []bool{true, true}),
		"counts":    stats.KaplanMeierCounts([]float64{1}, []float64{1}, nil),
		"negative":  stats.KaplanMeierCounts([]float64{1}, []float64{-1}, []float64{2}),
		"zero rows": stats.KaplanMeierCounts([]float64{1}, []float64{0}, []float64{0}),
	} {
		if len(c.Points) != 0 || c.N != 0 || c.At(0).Known() {
			t.Errorf("%s: got %v, want an empty curve", name, c)
		}
	}

	watched := stats.KaplanMeierCounts([]float64{30, 90}, []float64{0, 0}, []float64{60, 40})
	nearInterval(t, "no event yet, hundred watched", watched.At(10), 1, stats.Wilson(100, 100).Low, 1, 1e-12)
	nearInterval(t, "no event yet, forty watched", watched.At(60), 1, stats.Wilson(40, 40).Low, 1, 1e-12)
	nearInterval(t, "no event yet, at the end", watched.At(90), 1, stats.Wilson(40, 40).Low, 1, 1e-12)
	nearInterval(t, "nobody watched that long", watched.At(91), nan, nan, nan, 0)
	nearInterval(t, "median not reached", watched.Median(), nan, nan, nan, 0)

	gone := stats.KaplanMeier([]float64{1, 2, 3}, []bool{true, true, true})
	nearInterval(t, "all gone", gone.At(99), 0, 0, stats.Wilson(0, 3).High, 1e-12)
	nearInterval(t, "NaN time", gone.At(nan), nan, nan, nan, 0)
	nearInterval(t, "share 0", gone.Quantile(0), nan, nan, nan, 0)
	one := stats.KaplanMeier([]float64{5}, []bool{true})
	nearInterval(t, "one customer, before", one.At(4), 1, stats.Wilson(1, 1).Low, 1, 1e-12)
	nearInterval(t, "one customer, after", one.At(5), 0, 0, stats.Wilson(0, 1).High, 1e-12)

	for name, test := range map[string]stats.Test{
		"empty side": stats.LogRankCurves(empty, gone),
		"no events":  stats.LogRankCurves(watched, watched),
	} {
		if !math.IsNaN(test.P) || !math.IsNaN(test.Statistic) {
			t.Errorf("%s: got %v, want NaN", name, test)
		}
	}
	near(t, "a group against itself", stats.LogRankCurves(gone, gone).P, 1, 1e-12)
}

func TestKaplanMeierIdentities(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 60).Draw(t, "n")
		times, events := make([]float64, n), make([]bool, n)
		for i := range times {
			times[i] = float64(rapid.IntRange(0, 12).Draw(t, "time"))
			events[i] = rapid.Bool().Draw(t, "event")
		}
		c := stats.KaplanMeier(times, events)
		last := 1.0
		for _, p := range c.Points {
			if p.Survival > last || p.Low > p.Survival || p.Survival > p.High || p.Low < 0 || p.High > 1 || math.IsNaN(p.Low+p.High+p.SE) {
				t.Fatalf("the curve rises or leaves its bounds: %v", p)
			}
			last = p.Survival
		}
		// Order and grouping of the rows do not matter.
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		random.Shuffle(n, func(i, j int) {
			times[i], times[j] = times[j], times[i]
			events[i], events[j] = events[j], events[i]
		})
		d, e := make([]float64, 13), make([]float64, 13)
		grid := make([]float64, 13)
		for i := range grid {
			grid[i] = float64(i)
		}
		for i, x := range times {
			if events[i] {
				d[int(x)]++
			} else {
				e[int(x)]++
			}
		}
		other := stats.KaplanMeierCounts(grid, d, e)
		for i, p := range stats.KaplanMeier(times, events).Points {
			if p != c.Points[i] || other.Points[i] != p {
				t.Fatalf("rows in another order or grouped give another curve: %v, %v", p, c.Points[i])
			}
		}
		// Everything seen, it is the plain share, with its binomial standard error.
		all := make([]bool, n)
		left := 0.0
		for i := range all {
			all[i] = true
			if times[i] > 6 {
				left++
			}
		}
		at := stats.KaplanMeier(times, all).At(6)
		share := left / float64(n)
		if math.Abs(at.Value-share) > 1e-9 || share < 1 && math.Abs(at.SE-math.Sqrt(share*(1-share)/float64(n))) > 1e-9 {
			t.Fatalf("without censoring: %v, share %v", at, share)
		}
	})
}
