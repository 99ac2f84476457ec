package predict

import "testing"

// Fader and Hardie 2007 ("How to project customer retention"): two segments of a cohort of 1,000 over twelve years.
func regular() []float64 {
	return []float64{100, 63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1, 22.3, 20.7, 19.4, 18.3, 17.3}
}

func highEnd() []float64 {
	return []float64{100, 86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1, 46.8, 44.5, 42.7, 40.9, 39.4}
}

// thousand is the first years of a cohort of 1,000.
func thousand(percent []float64, years int) []float64 {
	var out []float64
	for _, p := range percent[:years+1] {
		out = append(out, p*10)
	}
	return out
}

func TestContracts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name            string
		alive           []float64
		alpha, beta, ll float64
	}{
		{"Regular", thousand(regular(), 7), .7041, 1.1820, -1680.265},
		{"High End", thousand(highEnd(), 7), .6681, 3.8061, -1611.158},
	} {
		f := FitContract(c.alive, false)
		near(t, c.name+" alpha", f.Alpha, c.alpha, 1e-3)
		near(t, c.name+" beta", f.Beta, c.beta, 1e-3)
		within(t, c.name+" log-likelihood", f.LogLikelihood, c.ll, 1e-3)
		if !f.Converged || f.Degenerate || f.C != 1 {
			t.Errorf("%s: %+v", c.name, f)
		}
	}
}

// Fader, Hardie, Liu, Davin and Steenburgh 2018: from four years of the High End segment, BdW foresees the other eight.
// (retenmod agrees to three digits.)
func TestFourYearsOfAContract(t *testing.T) {
	t.Parallel()
	bent, plain := FitContract(thousand(highEnd(), 4), true), FitContract(thousand(highEnd(), 4), false)
	near(t, "alpha", bent.Alpha, .2593, 1e-3)
	near(t, "beta", bent.Beta, 1.7226, 1e-3)
	near(t, "c", bent.C, 1.5844, 1e-3)
	for i, want := range []float64{54.661, 51.036, 48.104, 45.668, 43.603, 41.822} {
		within(t, "share there", 100*bent.Survives(float64(5+i)), want, 2e-3)
	}
	missed := func(m Contract) float64 {
		total := 0.0
		for year := 8; year <= 12; year++ {
			total += abs(100*m.Survives(float64(year))/highEnd()[year]-1) / 5 * 100
		}
		return total
	}
	within(t, "error of BdW over years 8 to 12", missed(bent.Contract), 1.87, 0.01)
	digits(t, "error of sBG", missed(plain.Contract), 17.4, 1)
}

func abs(v float64) float64 { return max(v, -v) }

func TestContractsWithoutData(t *testing.T) {
	t.Parallel()
	for _, alive := range [][]float64{nil, {5}, {0, 0}, {100, 100, 100}, {100, 0}, {1, 1}, {100, 120, 90}, {3, 2, 2}} {
		for _, bent := range []bool{false, true} {
			f := FitContract(alive, bent)
			if s := f.Survives(3); !(s >= 0 && s <= 1) {
				t.Errorf("%v: share there %v", alive, s)
			}
		}
	}
	if f := FitContract([]float64{100, 100, 100}, false); !f.Degenerate {
		t.Errorf("nobody left, yet %+v", f)
	}
}
