package predict

import (
	"math"
	"math/rand/v2"
	"testing"

	"regulars/internal/base/stats/fit"
)

// someStats is a few customers of all kinds.
func someStats() []Stat {
	return []Stat{
		weeks(0, 0, 38.86), weeks(0, 0, 0), weeks(1, 1.71, 38.86), weeks(2, 30.43, 38.86), weeks(26, 30.86, 31), weeks(5, 5, 5),
		weeks(200, 38, 40), weeks(3, 0.43, 250), weeks(132, 200, 200),
	}
}

// slope compares a gradient with differences of the value.
func slope(t *testing.T, what string, f fit.Objective, theta []float64) {
	t.Helper()
	grad, waste := make([]float64, len(theta)), make([]float64, len(theta))
	f(theta, grad)
	const h = 1e-5
	for i := range theta {
		at := append([]float64(nil), theta...)
		at[i] += h
		up := f(at, waste)
		at[i] -= 2 * h
		want := (up - f(at, waste)) / (2 * h)
		if math.Abs(grad[i]-want) > 1e-6*(1+math.Abs(want)) {
			t.Errorf("%s at %v: slope %d is %.9g, by differences %.9g", what, theta, i, grad[i], want)
		}
	}
}

func TestGradients(t *testing.T) {
	t.Parallel()
	stats := someStats()
	for i := range stats {
		stats[i].LogGaps = float64(i) - 3
	}
	s := NewSample(stats)
	random := rand.New(rand.NewPCG(1, 2))
	for _, name := range []string{"nbd", "bg-nbd", "mbg-nbd", "pareto-nbd", "bg-cnbd-2", "mbg-cnbd-3", "bg-cnbd-8"} {
		l, err := lawOf(name, s)
		if err != nil {
			t.Fatal(err)
		}
		for range 10 {
			theta := make([]float64, len(l.starts[0]))
			for i := range theta {
				theta[i] = 2 * random.NormFloat64()
			}
			slope(t, name, l.objective(s), theta)
		}
	}
	spent := []Spent{{1, 20}, {3, 35.5}, {12, 4}, {2, 900}}
	lost := []float64{300, 100, 0, 50}
	for range 10 {
		theta := []float64{random.NormFloat64(), random.NormFloat64(), 3 * random.NormFloat64()}
		slope(t, "Gamma-Gamma", spendObjective(spent), theta)
		slope(t, "BdW", contractObjective(lost, 400, 850), []float64{theta[0], theta[1], theta[2] / 4})
		slope(t, "sBG", contractObjective(lost, 400, 850), theta[:2])
	}
}

// The integral of Pareto/NBD against many small steps of the same integral.
func TestDepartureByBruteForce(t *testing.T) {
	t.Parallel()
	for _, m := range []Pareto{{.55, 10.58, .61, 11.67}, {.5, 3, .3, 400}, {2, 400, 1.5, 3}, {.1, .01, .2, .02}, {5, 100, 3, 1e-3}, {1, 1e-3, 3, 50}} {
		for _, c := range []row{{x: 0, t: 39, n: 1}, {x: 2, tx: 30.43, t: 38.86, n: 1}, {x: 7, tx: 1, t: 520, n: 1}, {x: 40, tx: 3, t: 60, n: 1}} {
			shape := m.R + float64(c.x)
			// Simpson in u = log(beta + y), finely; the steps are its error.
			const steps = 200000
			from, to := math.Log(m.Beta+c.tx), math.Log(m.Beta+c.t)
			sum := 0.0
			for i := range steps + 1 {
				u := from + (to-from)*float64(i)/steps
				w := 2.0 + 2*float64(i%2)
				if i == 0 || i == steps {
					w = 1
				}
				y := math.Exp(u) - m.Beta
				sum += w * m.S * math.Exp(-shape*math.Log((m.Alpha+y)/(m.Alpha+c.tx))-m.S*u+m.S*from)
			}
			sum *= (to - from) / steps / 3
			var d departure
			m.departure(c.x, c.tx, c.t, &d)
			near(t, "integral", d.whole-d.here, sum, 1e-5)
		}
	}
}

// Log-likelihoods one by one add up to that of the whole, and days or weeks make no difference but the one that is known.
func TestOneCustomerAtATime(t *testing.T) {
	t.Parallel()
	stats := someStats()
	s := NewSample(append(stats, stats...))
	for _, name := range []string{"nbd", "bg-nbd", "mbg-nbd", "pareto-nbd", "bg-cnbd-3"} {
		f, err := FitModel(name, s)
		if err != nil {
			t.Fatal(err)
		}
		near(t, name, LogLikelihood(f.Model, s), f.LogLikelihood, 1e-9)
	}
}

// The chance of buying nothing is how likely the history is with empty days added, over how likely it is.
func TestNothingBoughtIsALongerHistory(t *testing.T) {
	t.Parallel()
	for name, m := range laws() {
		for _, c := range someStats() {
			for _, days := range []float64{0, 1, 90, 2000} {
				longer := c
				longer.Age += days
				want := math.Exp(m.LogLikelihood(longer) - m.LogLikelihood(c))
				if got := m.None(c, days); math.Abs(got-want) > 1e-9*(1+want) {
					t.Errorf("%s %+v: nothing in %v days: %v, want %v", name, c, days, got, want)
				}
			}
		}
	}
}
