package predict

import (
	"math"
	"reflect"
	"testing"
)

// all laws by name.
func everyLaw() []string {
	return []string{"nbd", "bg-nbd", "mbg-nbd", "pareto-nbd", "bg-bb", "bg-cnbd-2", "mbg-cnbd-2", "mbg-cnbd-3", "bg-cnbd-8"}
}

func repeated(c Stat, n int) []Stat {
	all := make([]Stat, n)
	for i := range all {
		all[i] = c
	}
	return all
}

// No sample makes a fit fail: what it gives are numbers, and where they mean nothing that is said.
func TestNoFitFails(t *testing.T) {
	t.Parallel()
	once := func(n int) (all []Stat) {
		for i := range n {
			all = append(all, Stat{Age: float64(i % 300)})
		}
		return all
	}
	daily := func(n int) (all []Stat) { // every day for a year, without a break
		for range n {
			all = append(all, Stat{Repeats: 365, Last: 365, Age: 365, LogGaps: 365 * math.Log(1.0/7)})
		}
		return all
	}
	for name, c := range map[string]struct {
		stats      []Stat
		degenerate bool
	}{
		"nobody":                 {nil, true},
		"one customer":           {[]Stat{{Repeats: 2, Last: 30, Age: 60, LogGaps: 1.5}}, true},
		"one customer, once":     {[]Stat{{Age: 60}}, true},
		"all one-time buyers":    {once(1000), true},
		"all identical":          {repeated(Stat{Repeats: 3, Last: 90, Age: 120, LogGaps: 4}, 500), true},
		"a thousand in a day":    {repeated(Stat{}, 1000), true},
		"every day for a year":   {daily(50), true},
		"ten years of gaps":      {append(repeated(Stat{Repeats: 1, Last: 3650, Age: 3650, LogGaps: math.Log(3650.0 / 7)}, 40), once(60)...), false},
		"a few years, far apart": {append(repeated(Stat{Repeats: 4, Last: 3000, Age: 3650, LogGaps: 20}, 5), repeated(Stat{Repeats: 900, Last: 3600, Age: 3650, LogGaps: -500}, 3)...), false},
		"nonsense":               {[]Stat{{Repeats: -3, Last: -5, Age: -1}, {Repeats: 2, Last: 50, Age: 10}, {Repeats: 0, Last: 9, Age: 20}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := NewSample(c.stats)
			for _, law := range everyLaw() {
				f, err := FitModel(law, s)
				if err != nil {
					t.Fatal(err)
				}
				if c.degenerate && law != "nbd" && !f.Degenerate {
					t.Errorf("%s is sure of %v", law, f.Model)
				}
				if f.Degenerate != (f.Why != NoCorner) {
					t.Errorf("%s: degenerate %v, %q", law, f.Degenerate, f.Why)
				}
				for _, p := range f.Model.Parameters() {
					if !(p.Value > 0) || math.IsInf(p.Value, 0) {
						t.Errorf("%s: %s is %v", law, p.Name, p.Value)
					}
				}
				if math.IsNaN(f.LogLikelihood) || math.IsInf(f.LogLikelihood, 0) {
					t.Errorf("%s: log-likelihood %v", law, f.LogLikelihood)
				}
				for _, st := range append(c.stats, Stat{}) {
					st = NewSample([]Stat{st}).rows[0].days()
					for _, v := range []float64{f.Model.Alive(st), f.Model.Expect(st, 90), f.Model.None(st, 90)} {
						if math.IsNaN(v) || v < 0 || math.IsInf(v, 0) {
							t.Errorf("%s foretells %v of %+v", law, v, st)
						}
					}
				}
			}
		})
	}
}

// Where nobody leaves the laws say so, and agree with the one that knows no leaving.
func TestNobodyLeaves(t *testing.T) {
	t.Parallel()
	s := NewSample(statsOf(draw(NBD{R: 2, Alpha: 40}, 2000, 300, 0, 3)))
	nbd, _ := FitModel("nbd", s)
	for _, name := range []string{"bg-nbd", "mbg-nbd", "pareto-nbd"} {
		f, err := FitModel(name, s)
		if err != nil {
			t.Fatal(err)
		}
		if f.Why != NobodyLeaves && f.LogLikelihood-nbd.LogLikelihood < 0.5 {
			t.Errorf("%s: %q at %v, %.4f over nbd", name, f.Why, f.Model, f.LogLikelihood-nbd.LogLikelihood)
		}
		if f.LogLikelihood < nbd.LogLikelihood-0.01 {
			t.Errorf("%s has %.4f, worse than nbd's %.4f, which it contains", name, f.LogLikelihood, nbd.LogLikelihood)
		}
	}
}

func TestSpendingWithoutData(t *testing.T) {
	t.Parallel()
	for name, all := range map[string][]Spent{
		"nobody": nil, "zero spend": {{3, 0}, {1, 0}}, "one": {{2, 10}}, "all alike": {{1, 10}, {1, 10}, {1, 10}, {2, 10}},
		"huge and tiny": {{1, 1e-9}, {1, 1e12}, {4, 3}}, "negative": {{1, -5}, {2, 7}, {3, 8}},
	} {
		f := FitSpending(all)
		if e := f.Expect(Spent{2, 10}); math.IsNaN(e) || math.IsInf(e, 0) || e < 0 {
			t.Errorf("%s: a purchase comes to %v (%+v)", name, e, f)
		}
	}
	if f := FitSpending([]Spent{{3, 0}, {1, 0}}); f.LeftOut != 2 || !f.Degenerate {
		t.Errorf("zero spend: %+v", f)
	}
}

// The same customers in another order, on another number of hands, give the same bits.
func TestSameBits(t *testing.T) {
	t.Parallel()
	stats := statsOf(draw(Pareto{R: .7, Alpha: 40, S: .7, Beta: 120}, 5000, 180, 0, 4))
	for _, name := range []string{"bg-nbd", "pareto-nbd", "mbg-cnbd-2"} {
		first, _ := FitModel(name, NewSample(stats))
		turned := make([]Stat, len(stats))
		for i, c := range stats {
			turned[len(stats)-1-i] = c
		}
		second, _ := FitModel(name, NewSample(turned))
		if !reflect.DeepEqual(first, second) {
			t.Errorf("%s: %v and %v", name, first, second)
		}
	}
}

func TestUnknownModel(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "auto", "bg", "bg-cnbd-1", "bg-cnbd-x", "mbg-cnbd-9", "x-cnbd-2"} {
		if _, err := FitModel(name, NewSample(nil)); err == nil {
			t.Errorf("%q is a model", name)
		}
	}
}
