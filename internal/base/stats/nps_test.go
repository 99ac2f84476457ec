package stats_test

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"regulars/internal/base/stats"
)

// Source of every number in this file unless a line says otherwise: the check values of the design page on measures
// (tables "NPS", "Change", "Weighted", "Answers needed", "nps_with_passives").

func TestNPSCheckValues(t *testing.T) {
	t.Parallel()
	tests := []struct {
		detractors, passives, promoters                 float64
		nps, se, waldLow, waldHigh, scoreLow, scoreHigh string
	}{
		{10, 20, 70, "60", "6.633", "45.27", "71.24", "45.22", "71.28"},
		{30, 30, 40, "10", "8.307", "-6.27", "25.69", "-6.40", "25.81"},
		{2, 3, 15, "65", "14.620", "28.06", "84.98", "26.95", "84.66"},
		{0, 0, 5, "100", "0", "17.49", "100", "13.10", "100"},
		{456, 677, 819, "18.596", "1.780", "15.08", "22.05", "15.08", "22.06"},
	}
	for _, test := range tests {
		name := fmt.Sprintf("%v detractors, %v, %v", test.detractors, test.passives, test.promoters)
		wald := stats.NPSAdjustedWald(test.promoters, test.passives, test.detractors)
		score := stats.NPSScore(test.promoters, test.passives, test.detractors)
		for _, got := range []stats.Interval{wald, score} {
			rounded(t, name+": nps", got.Value, test.nps)
			rounded(t, name+": SE", got.SE, test.se)
		}
		rounded(t, name+": Wald low", wald.Low, test.waldLow)
		rounded(t, name+": Wald high", wald.High, test.waldHigh)
		rounded(t, name+": score low", score.Low, test.scoreLow)
		rounded(t, name+": score high", score.High, test.scoreHigh)
	}
}

func TestNPSChoosesByNumberAndSpread(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		p, pa, d  float64
		wantScore bool
	}{
		{"29 answers", 15, 9, 5, true},
		{"30 answers", 15, 10, 5, false},
		{"all promoters", 300, 0, 0, true},
		{"all passives", 0, 300, 0, true},
		{"all detractors", 0, 0, 300, true},
	}
	for _, test := range tests {
		want := stats.NPSAdjustedWald(test.p, test.pa, test.d)
		if test.wantScore {
			want = stats.NPSScore(test.p, test.pa, test.d)
		}
		if got := stats.NPS(test.p, test.pa, test.d); got != want {
			t.Errorf("%s: got %v, want %v", test.name, got, want)
		}
	}
}

func TestNPSSkipsAreNoAnswers(t *testing.T) {
	t.Parallel()
	// 100 answers and 25 skips beside them: the caller hands over the answers, and the skips are not passives.
	rounded(t, "skips", stats.NPS(50, 30, 20).Value, "30.0")
}

func TestNPSWithPassivesCheckValues(t *testing.T) {
	t.Parallel()
	a := stats.NPSWithPassives(70, 20, 10)
	rounded(t, "value", a.Value, "80")
	rounded(t, "low", a.Low, "65.13")
	rounded(t, "high", a.High, "88.95")
	b := stats.NPSWithPassives(40, 30, 30)
	rounded(t, "value", b.Value, "40")
	rounded(t, "low", b.Low, "20.83")
	rounded(t, "high", b.High, "56.21")
}

func TestNPSWeightedCheckValues(t *testing.T) {
	t.Parallel()
	w := stats.NPSWeighted([]stats.Stratum{
		{Share: .9, Detractors: 5, Passives: 10, Promoters: 35},
		{Share: .1, Detractors: 25, Passives: 15, Promoters: 10},
	})
	rounded(t, "raw", w.Raw, "15.0")
	rounded(t, "weighted", w.Value, "51.0")
	rounded(t, "SE", w.SE, "8.51")
	rounded(t, "effective n", w.EffectiveN, "60.98")
	near(t, "covered", w.Covered, 1, 1e-12)
	near(t, "n", w.N, 100, 0)
	if !(w.Low < 51-8 && w.High > 51+8 && w.Low > 51-20 && w.High < 51+20) {
		t.Errorf("interval %v..%v does not fit the SE", w.Low, w.High)
	}
}

func TestNPSWeightedIdentities(t *testing.T) {
	t.Parallel()
	one := stats.NPSWeighted([]stats.Stratum{{Share: 3, Promoters: 70, Passives: 20, Detractors: 10}})
	plain := stats.NPS(70, 20, 10)
	nearInterval(t, "one stratum is the plain score", one.Interval, plain.Value, plain.Low, plain.High, 1e-9)
	near(t, "effective n of one stratum", one.EffectiveN, 100, 1e-9)

	// Shares as answered: weighted is raw, and effective n the number of answers.
	same := stats.NPSWeighted([]stats.Stratum{
		{Share: 40, Promoters: 30, Passives: 5, Detractors: 5},
		{Share: 60, Promoters: 10, Passives: 20, Detractors: 30},
	})
	near(t, "proportional shares", same.Value, same.Raw, 1e-9)
	near(t, "effective n", same.EffectiveN, 100, 1e-9)

	// A stratum without answers is left out and said to be.
	part := stats.NPSWeighted([]stats.Stratum{
		{Share: 3, Promoters: 30, Passives: 5, Detractors: 5}, {Share: 1},
	})
	near(t, "covered", part.Covered, .75, 1e-12)
	near(t, "value of the rest", part.Value, stats.NPS(30, 5, 5).Value, 1e-9)

	// All alike: no spread to show, and still an interval.
	alike := stats.NPSWeighted([]stats.Stratum{{Share: 1, Promoters: 4}, {Share: 1, Promoters: 4}})
	near(t, "alike", alike.Value, 100, 1e-9)
	if !(alike.Low < 90) {
		t.Errorf("eight promoters cannot be certain: low %v", alike.Low)
	}

	// A single answer takes the spread of all, not none.
	single := stats.NPSWeighted([]stats.Stratum{
		{Share: 1, Promoters: 1}, {Share: 1, Promoters: 20, Passives: 20, Detractors: 20},
	})
	if !(single.SE > 30) {
		t.Errorf("half the weight on one answer: SE %v is too small", single.SE)
	}
	for _, none := range [][]stats.Stratum{nil, {{Share: 1}}, {{Promoters: 3}}, {{Share: math.NaN(), Promoters: 3}}} {
		if w := stats.NPSWeighted(none); !math.IsNaN(w.Value) || !math.IsNaN(w.Low) {
			t.Errorf("%v: got %v, want NaN", none, w)
		}
	}
}

func TestNPSChangeCheckValues(t *testing.T) {
	t.Parallel()
	// Detractors, passives, promoters (5, 10, 35) against (10, 12, 28): noise.
	c := stats.NPSChange(35, 10, 5, 28, 12, 10)
	rounded(t, "difference", c.Difference, "22.64")
	rounded(t, "SE", c.SE, "14.36")
	rounded(t, "z", c.Z, "1.577")
	rounded(t, "p", c.P, "0.115")
	// (10, 20, 70) against (30, 30, 40): real.
	c = stats.NPSChange(70, 20, 10, 40, 30, 30)
	rounded(t, "difference", c.Difference, "48.54")
	rounded(t, "z", c.Z, "4.62")
	near(t, "p", c.P, 3.8e-6, 0.05e-6)
}

func TestNPSChangeRelative(t *testing.T) {
	t.Parallel()
	high := stats.NPSChange(700, 200, 100, 600, 250, 150)
	if !(high.Relative > 0 && high.RelativeLow < high.Relative && high.Relative < high.RelativeHigh) {
		t.Errorf("relative change of clear scores: %v", high)
	}
	near(t, "relative fits the difference", high.Relative, 1003.0*0.6/(1003.0*0.45)-1, 0.01)
	// 10 with SE 8 may be 0: a quotient by it means nothing.
	if c := stats.NPSChange(70, 20, 10, 40, 30, 30); !math.IsNaN(c.Relative) || !math.IsNaN(c.RelativeHigh) {
		t.Errorf("relative to a score that may be 0: %v", c)
	}
}

func TestAnswersNeededCheckValues(t *testing.T) {
	t.Parallel()
	tests := []struct {
		variance, margin float64
		want             int
	}{
		{.66, 10, 254}, {.66, 5, 1015}, {1, 10, 385}, {1, 5, 1537},
		{0, 5, 0}, {.5, 0, 0}, {.5, -1, 0}, {math.NaN(), 5, 0}, {1, 1e-9, math.MaxInt32},
	}
	for _, test := range tests {
		if got := stats.AnswersNeeded(test.variance, test.margin); got != test.want {
			t.Errorf("variance %v margin %v: got %d, want %d", test.variance, test.margin, got, test.want)
		}
	}
}

// Promoters and detractors are the b and c discordant pairs of n in Tango (1998). The limits must solve his equation,
// whose nuisance parameter tangoStatistic finds without the closed form.
func TestNPSScoreSolvesTangosEquation(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := float64(rapid.IntRange(0, 60).Draw(t, "promoters"))
		pa := float64(rapid.IntRange(0, 60).Draw(t, "passives"))
		d := float64(rapid.IntRange(0, 60).Draw(t, "detractors"))
		if p+pa+d == 0 {
			return
		}
		got := stats.NPSScore(p, pa, d)
		for _, limit := range []float64{got.Low / 100, got.High / 100} {
			if math.Abs(limit) > 1-1e-9 {
				continue
			}
			if z := tangoStatistic(p, d, p+pa+d, limit); math.Abs(math.Abs(z)-stats.Z95) > 1e-5 {
				t.Fatalf("%v %v %v: |z| at limit %v is %v", p, pa, d, limit, z)
			}
		}
	})
}

// tangoStatistic is (b - c - n delta) / sqrt(n (2 q21 + delta (1 - delta))) with q21 found by golden-section search on
// the likelihood itself instead of the closed form.
func tangoStatistic(b, c, n, delta float64) float64 {
	logLikelihood := func(q float64) float64 {
		term := func(k, x float64) float64 {
			if k == 0 {
				return 0
			}
			return k * math.Log(x)
		}
		return term(b, q+delta) + term(c, q) + term(n-b-c, 1-2*q-delta)
	}
	low, high := math.Max(0, -delta), (1-delta)/2
	const golden = 0.6180339887498949
	for range 200 {
		x, y := high-golden*(high-low), low+golden*(high-low)
		if logLikelihood(x) >= logLikelihood(y) {
			high = y
		} else {
			low = x
		}
	}
	q := (low + high) / 2
	return (b - c - n*delta) / math.Sqrt(n*(2*q+delta*(1-delta)))
}

func TestNPSIdentities(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := float64(rapid.IntRange(0, 2000).Draw(t, "promoters"))
		pa := float64(rapid.IntRange(0, 2000).Draw(t, "passives"))
		d := float64(rapid.IntRange(0, 2000).Draw(t, "detractors"))
		if p+pa+d == 0 {
			return
		}
		for name, f := range map[string]func(p, pa, d float64) stats.Interval{
			"Wald": stats.NPSAdjustedWald, "score": stats.NPSScore, "NPS": stats.NPS,
		} {
			a, b := f(p, pa, d), f(d, pa, p)
			if !(a.Low < a.High && a.Low >= -100 && a.High <= 100) {
				t.Fatalf("%s: %v is no interval", name, a)
			}
			if name != "Wald" && !(a.Low <= a.Value && a.Value <= a.High) { // Wald misses 100 of a few alike answers
				t.Fatalf("%s: %v is out of order", name, a)
			}
			if math.Abs(a.Low+b.High) > 1e-9 || math.Abs(a.High+b.Low) > 1e-9 || a.Value != -b.Value {
				t.Fatalf("%s: camps exchanged do not mirror: %v, %v", name, a, b)
			}
			more := f(10*p, 10*pa, 10*d)
			if name != "NPS" && more.High-more.Low > a.High-a.Low {
				t.Fatalf("%s: ten times the answers widen the interval", name)
			}
			up := f(p+1, pa, d)
			if name == "score" && (up.Low < a.Low-1e-9 || up.High < a.High-1e-9) { // the others change centre
				t.Fatalf("%s: one promoter more lowers a bound: %v, %v", name, a, up)
			}
		}
		c, r := stats.NPSChange(p, pa, d, d, pa, p), stats.NPSChange(d, pa, p, p, pa, d)
		if math.Abs(c.Difference+r.Difference) > 1e-9 || math.Abs(c.P-r.P) > 1e-12 {
			t.Fatalf("change does not mirror: %v, %v", c, r)
		}
	})
}

func TestNPSBandsGiveUnlikeScores(t *testing.T) {
	t.Parallel()
	scores := []int{6, 6, 9, 9, 10, 3, 8, 7, 5, 10}
	score := func(topDetractor, topPassive int) float64 {
		var p, pa, d float64
		for _, s := range scores {
			switch {
			case s <= topDetractor:
				d++
			case s <= topPassive:
				pa++
			default:
				p++
			}
		}
		return stats.NPS(p, pa, d).Value
	}
	rounded(t, "0-6, 7-8, 9-10", score(6, 8), "0")
	rounded(t, "1-5, 6-8, 9-10", score(5, 8), "20")
}
