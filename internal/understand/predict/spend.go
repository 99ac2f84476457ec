package predict

import (
	"math"

	"gonum.org/v1/gonum/mathext"

	"regulars/internal/base/stats/fit"
)

// Spending is the Gamma-Gamma law: a customer's purchases scatter around an average of their own (gamma of shape P), and
// averages differ between customers (inverse gamma of Q and Gamma). Money is in whole units of the currency. It holds that
// how much a customer spends at a time has nothing to do with how often they come.
type Spending struct{ P, Q, Gamma float64 }

// Spent is one customer's repeat purchases: how many, and what they came to on average, in whole units.
type Spent struct {
	Repeats int
	Mean    float64
}

// Expect is what a purchase of the customer comes to on average, from what their purchases came to so far.
func (m Spending) Expect(c Spent) float64 {
	x := float64(c.Repeats)
	if m.P*x+m.Q <= 1 {
		return math.NaN() // the average of such a law is without bound
	}
	return m.P * (m.Gamma + x*c.Mean) / (m.P*x + m.Q - 1)
}

// SpendFit is the law found, and how sure it is.
type SpendFit struct {
	Spending
	LogLikelihood float64
	Errors        [3]float64 // of P, Q and Gamma
	Customers     int        // with repeats that came to something, or so-maniest of them where they are very many
	LeftOut       int        // with repeats that came to nothing
	Converged     bool
	Degenerate    bool
	Average       float64 // of a purchase: what is expected where the law says nothing
}

// FitSpending finds it for customers with repeats. Those who came back and paid nothing are left out, and counted.
func FitSpending(all []Spent) SpendFit {
	var f SpendFit
	kept := make([]Spent, 0, len(all))
	paid, purchases := 0.0, 0.0
	for _, c := range all {
		switch {
		case c.Repeats <= 0:
		case !(c.Mean > 0):
			f.LeftOut++
		default:
			kept = append(kept, c)
			paid += float64(c.Repeats) * c.Mean
			purchases += float64(c.Repeats)
		}
	}
	if every := (len(kept) + mostFitted - 1) / mostFitted; every > 1 {
		thin := make([]Spent, 0, len(kept)/every+1)
		for i := every / 2; i < len(kept); i += every {
			thin = append(thin, kept[i])
		}
		kept = thin
	}
	f.Customers = len(kept)
	f.Errors = [3]float64{math.NaN(), math.NaN(), math.NaN()}
	if len(kept) == 0 {
		f.Degenerate = true
		return f
	}
	f.Average = paid / purchases
	n := float64(len(kept))
	objective := spendObjective(kept)
	var starts [][]float64
	for _, s := range [][2]float64{{2, 3}, {6, 4}, {1, 10}} {
		starts = append(starts, []float64{math.Log(s[0]), math.Log(s[1]), math.Log(f.Average * (s[1] - 1) / s[0])})
	}
	r := fit.Minimise(objective, starts)
	f.P, f.Q, f.Gamma = math.Exp(r.Theta[0]), math.Exp(r.Theta[1]), math.Exp(r.Theta[2])
	f.LogLikelihood, f.Converged = -r.Value*n, r.Converged
	covariance, known := r.Covariance(n)
	if known {
		for i, p := range []float64{f.P, f.Q, f.Gamma} {
			f.Errors[i] = p * math.Sqrt(covariance[i][i])
		}
	}
	f.Degenerate = !known || f.Q <= 1
	return f
}

// Expect is what a purchase of the customer comes to; where the law says nothing, what one comes to on average.
func (f SpendFit) Expect(c Spent) float64 {
	if f.Degenerate {
		return f.Average
	}
	return f.Spending.Expect(c)
}

func spendObjective(all []Spent) fit.Objective {
	n := float64(len(all))
	logs := make([]float64, len(all)) // of the means
	for i, c := range all {
		logs[i] = math.Log(c.Mean)
	}
	type byCount struct{ value, byP, byQ float64 }
	return func(theta, grad []float64) float64 {
		p, q, g := math.Exp(theta[0]), math.Exp(theta[1]), math.Exp(theta[2])
		logG, logQ, psiQ := theta[2], lgamma(q), mathext.Digamma(q)
		table := make(map[int]byCount)
		total, byP, byQ, byG := 0.0, 0.0, 0.0, 0.0
		for i, c := range all {
			x := float64(c.Repeats)
			fixed, known := table[c.Repeats]
			if !known {
				psi := mathext.Digamma(p*x + q)
				fixed = byCount{
					lgamma(p*x+q) - lgamma(p*x) - logQ + q*logG + p*x*math.Log(x),
					x * (psi - mathext.Digamma(p*x) + math.Log(x)), psi - psiQ + logG,
				}
				table[c.Repeats] = fixed
			}
			both := math.Log(g + x*c.Mean)
			total += fixed.value + (p*x-1)*logs[i] - (p*x+q)*both
			byP += fixed.byP + x*(logs[i]-both)
			byQ += fixed.byQ - both
			byG += q/g - (p*x+q)/(g+x*c.Mean)
		}
		grad[0], grad[1], grad[2] = -byP*p/n, -byQ*q/n, -byG*g/n
		return -total / n
	}
}
