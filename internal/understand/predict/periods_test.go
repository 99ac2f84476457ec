package predict

import (
	"math"
	"testing"
)

func TestTakenByHand(t *testing.T) {
	t.Parallel()
	// First on day 100; periods of 30 days: 1 is days 130 to 159, 2 is 160 to 189, 3 is 190 to 219.
	days := []int32{100, 110, 135, 150, 195}
	for day, want := range map[int32]Taken{
		100: {}, 150: {}, 159: {Repeats: 1, Last: 1, Of: 1, Purchases: 2}, 188: {Repeats: 1, Last: 1, Of: 1, Purchases: 2},
		189: {Repeats: 1, Last: 1, Of: 2, Purchases: 2}, 219: {Repeats: 2, Last: 3, Of: 3, Purchases: 3}, 400: {Repeats: 2, Last: 3, Of: 9, Purchases: 3},
	} {
		n := 0
		for n < len(days) && days[n] <= day {
			n++
		}
		if got := taken(days[:n], day); got != want {
			t.Errorf("at the end of day %d: %+v, want %+v", day, got, want)
		}
	}
}

// The law of periods answers like the others, foretells what comes about as well, and is chosen only when asked for.
func TestPeriods(t *testing.T) {
	t.Parallel()
	h := business(Geometric{K: 1, AtOnce: true, R: 1.5, Alpha: 25, A: .8, B: 2}, 1500, 700, 6, nil)
	o := options(h)
	o.Model = "bg-bb"
	out := foresee(t, h, o)
	if out.Best().Name != "bg-bb" || out.Choice != AskedFor || !out.Best().Converged || out.Best().Degenerate {
		t.Fatalf("%s, %s, %+v", out.Best().Name, out.Choice, out.Best().Fit)
	}
	if test := out.Best().Tests[0]; math.Abs(test.Miss()) > .15 || test.AUC.Value < .8 {
		t.Errorf("%.0f foretold, %.0f came, AUC %.3f", test.Predicted, test.Actual, test.AUC.Value)
	}
	m := out.Best().Model
	for _, s := range out.Scores[:50] {
		before, none := 0.0, 1.0
		for _, days := range []float64{0, 10, 30, 45, 90, 600} {
			e, q := m.Expect(s.Stat, days), m.None(s.Stat, days)
			if e < before-1e-12 || q > none+1e-12 || math.IsNaN(e) || math.IsNaN(q) || 1-q > e+1e-9 {
				t.Errorf("%+v: %v days: %v purchases after %v, nothing %v after %v", s.Stat, days, e, before, q, none)
			}
			before, none = e, q
		}
		if p := m.Alive(s.Stat); !(p >= 0 && p <= 1) || !(m.Overdue(s.Stat) <= 1) {
			t.Errorf("%+v: there %v, overdue %v", s.Stat, p, m.Overdue(s.Stat))
		}
	}
	o.Model = "auto"
	for _, c := range foresee(t, h, o).Candidates {
		if c.Name == "bg-bb" {
			t.Error("bg-bb is compared with laws of other data")
		}
	}
	if f := fitPeriods(NewSample(nil)); f.Why != NoCustomers {
		t.Errorf("of nobody: %+v", f)
	}
	if f := fitPeriods(NewSample(repeated(Stat{Age: 100, Chances: Taken{Of: 2}}, 50))); f.Why != NobodyReturns {
		t.Errorf("of those who never came back: %+v", f)
	}
}
