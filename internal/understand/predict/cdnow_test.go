package predict

import (
	"math"
	"testing"
)

// published is a fit as papers and packages print it: parameters in the order of the model's, times in weeks.
type published struct {
	name       string
	parameters []float64
	ll         float64
	errors     []float64
}

func (want published) check(t *testing.T, s *Sample) Fit {
	t.Helper()
	f, err := FitModel(want.name, s)
	if err != nil {
		t.Fatal(err)
	}
	if !f.Converged || f.Degenerate {
		t.Errorf("%s: converged %v, degenerate %v (%s)", want.name, f.Converged, f.Degenerate, f.Why)
	}
	for i, p := range f.Model.Parameters() {
		near(t, want.name+" "+p.Name, p.Weeks(), want.parameters[i], 1e-3)
		if want.errors != nil {
			near(t, want.name+" error of "+p.Name, f.Errors[i]/p.PerWeek, want.errors[i], 5e-3)
		}
	}
	within(t, want.name+" log-likelihood", f.LogLikelihood, want.ll, 1e-3)
	near(t, want.name+" BIC", f.BIC, float64(len(want.parameters))*math.Log(float64(s.Customers))-2*want.ll, 1e-6)
	return f
}

// The 1/10 sample of CDNOW, 2,357 customers, calibration to 30 September 1997. Sources: BG/NBD Fader, Hardie and Lee 2005
// (.243, 4.414, .793, 2.426; -9582.4), its digits from the tests of CLVTools; Pareto/NBD likewise (.553, 10.578, .606,
// 11.669; -9595.0), digits and standard errors from CLVTools; MBG/NBD and NBD from a run of BTYDplus.
func TestCDNOWSample(t *testing.T) {
	t.Parallel()
	h := cdnow(t, "cdnow_sample.txt.gz")
	stats, _ := h.Stats(endOfCalibration(t))
	s := NewSample(stats)
	if s.Customers != 2357 || s.Repeats != 2457 || s.Repeaters != 946 {
		t.Fatalf("%d customers, %d repeats, %d repeaters; want 2357, 2457, 946", s.Customers, s.Repeats, s.Repeaters)
	}
	for _, want := range []published{
		{"nbd", []float64{.3847659, 12.0720137}, -9763.6576, nil},
		{"bg-nbd", []float64{.2425945, 4.4136019, .7929199, 2.4258881}, -9582.429, nil},
		{"mbg-nbd", []float64{.5248436, 6.1830928, .8913878, 1.6140483}, -9582.1357, nil},
		{"pareto-nbd", []float64{.55315, 10.57633, .60625, 11.67150}, -9594.976, []float64{.0476264, .8427222, .1872594, 6.2105448}},
	} {
		t.Run(want.name, func(t *testing.T) { want.check(t, s) })
	}
	// Among k of 1, 2, 3 the gaps of CDNOW are no more regular than chance (BTYDplus chooses k = 1).
	for _, name := range []string{"bg-cnbd-2", "mbg-cnbd-2", "mbg-cnbd-3"} {
		if f, _ := FitModel(name, s); f.LogLikelihood > -9582.1357 {
			t.Errorf("%s has %.3f, better than k = 1", name, f.LogLikelihood)
		}
	}
}

// All of CDNOW, 23,570 customers. Source: runs of BTYD, BTYDplus and CLVTools, which agree with each other.
func TestCDNOWFull(t *testing.T) {
	t.Parallel()
	h := cdnow(t, "cdnow_master.txt.gz")
	stats, _ := h.Stats(endOfCalibration(t))
	s := NewSample(stats)
	last, age := 0.0, 0.0
	for _, c := range stats {
		last, age = last+c.Last, age+c.Age
	}
	within(t, "sum of t_x", last/7, 161377.7143, 1e-3)
	within(t, "sum of T", age/7, 771390.8571, 1e-3)
	if s.Customers != 23570 || s.Repeats != 24337 || s.Customers-s.Repeaters != 14119 {
		t.Fatalf("%d customers, %d repeats, %d once; want 23570, 24337, 14119", s.Customers, s.Repeats, s.Customers-s.Repeaters)
	}
	holdout := 0
	for i := range h.People {
		holdout += len(h.People[i].Days) - h.People[i].Until(endOfCalibration(t))
	}
	if holdout != 19684 {
		t.Errorf("%d purchases in the hold-out, want 19684", holdout)
	}
	for _, want := range []published{
		{"bg-nbd", []float64{.2516240, 4.7889425, .7234308, 2.1610784}, -95368.44393, nil},
		{"mbg-nbd", []float64{.6371297, 7.3102251, .8074913, 1.2284429}, -95336.95832, nil},
		{"pareto-nbd", []float64{.597406, 11.585454, .522330, 8.832897}, -95415.11863, nil},
	} {
		t.Run(want.name, func(t *testing.T) { want.check(t, s) })
	}
}
