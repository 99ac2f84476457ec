package predict

import (
	"math"

	"gonum.org/v1/gonum/mathext"

	"regulars/internal/base/stats/fit"
)

// Contract is the law of customers who must cancel to leave (subscriptions, memberships): each renewal they stay with a
// probability of their own (beta: Beta, Alpha). C bends time: below 1 they become more faithful the longer they stay,
// beyond what the mixture does by itself. C of 1 is sBG, else BdW.
type Contract struct{ Alpha, Beta, C float64 }

// Survives is the share of a cohort that is there after so many renewals.
func (m Contract) Survives(renewals float64) float64 {
	if renewals <= 0 {
		return 1
	}
	return math.Exp(logBeta(m.Alpha, m.Beta+math.Pow(renewals, m.C)) - logBeta(m.Alpha, m.Beta))
}

// Renews is the share of those there after so many renewals who renew once more.
func (m Contract) Renews(renewals float64) float64 {
	return m.Survives(renewals+1) / m.Survives(renewals)
}

// ContractFit is the law found for a cohort.
type ContractFit struct {
	Contract
	LogLikelihood, BIC float64
	Errors             [3]float64 // of Alpha, Beta, C; NaN where C is held at 1, or the data leave it open
	Converged          bool
	Degenerate         bool
}

// FitContract finds it from how many of a cohort were there at the start and after each renewal. Bent lets C differ from 1.
// Counts that rise are taken for unchanged: nobody who left by contract comes back into the cohort.
func FitContract(alive []float64, bent bool) ContractFit {
	f := ContractFit{Contract: Contract{1, 1, 1}, Degenerate: true, Errors: [3]float64{math.NaN(), math.NaN(), math.NaN()}}
	if len(alive) < 2 || !(alive[0] > 0) {
		return f
	}
	lost := make([]float64, len(alive)-1)
	left := alive[0]
	for i, n := range alive[1:] {
		n = min(left, max(0, n))
		lost[i], left = left-n, n
	}
	starts := [][]float64{{0, 0}, {-0.5, 1.5}, {1, 3}}
	if bent {
		starts = [][]float64{{0, 0, 0}, {-0.5, 1.5, 0}, {-1, 1, 0.4}, {0.5, 1, -0.5}}
	}
	r := fit.Minimise(contractObjective(lost, left, alive[0]), starts)
	f.Alpha, f.Beta = math.Exp(r.Theta[0]), math.Exp(r.Theta[1])
	if bent {
		f.C = math.Exp(r.Theta[2])
	}
	f.LogLikelihood, f.Converged = -r.Value*alive[0], r.Converged
	f.BIC = float64(len(r.Theta))*math.Log(alive[0]) - 2*f.LogLikelihood
	covariance, known := r.Covariance(alive[0])
	f.Degenerate = !known
	for i, p := range []float64{f.Alpha, f.Beta, f.C}[:len(r.Theta)] {
		if known {
			f.Errors[i] = p * math.Sqrt(covariance[i][i])
		}
	}
	return f
}

// contractObjective is the likelihood of the losses at each renewal, and of those left.
func contractObjective(lost []float64, left, n float64) fit.Objective {
	psi := mathext.Digamma
	return func(theta, grad []float64) float64 {
		a, b, c := math.Exp(theta[0]), math.Exp(theta[1]), 1.0
		if len(theta) == 3 {
			c = math.Exp(theta[2])
		}
		// The share there after t renewals, in logarithms, with its derivatives by a, b and c.
		share := func(t float64) (v, byA, byB, byC float64) {
			if t == 0 {
				return 0, 0, 0, 0
			}
			bent := math.Pow(t, c)
			v = lgamma(b+bent) - lgamma(a+b+bent) + lgamma(a+b) - lgamma(b)
			byA = psi(a+b) - psi(a+b+bent)
			byB = psi(b+bent) - psi(a+b+bent) + psi(a+b) - psi(b)
			byC = (psi(b+bent) - psi(a+b+bent)) * bent * math.Log(t)
			return v, byA, byB, byC
		}
		total := 0.0
		var by [3]float64
		for i, count := range lost {
			if count == 0 {
				continue
			}
			v0, a0, b0, c0 := share(float64(i))
			v1, a1, b1, c1 := share(float64(i + 1))
			s0, s1 := math.Exp(v0), math.Exp(v1)
			gone := s0 * -math.Expm1(v1-v0)
			total += count * math.Log(gone)
			by[0] += count * (s0*a0 - s1*a1) / gone
			by[1] += count * (s0*b0 - s1*b1) / gone
			by[2] += count * (s0*c0 - s1*c1) / gone
		}
		v, byA, byB, byC := share(float64(len(lost)))
		total += left * v
		by[0], by[1], by[2] = by[0]+left*byA, by[1]+left*byB, by[2]+left*byC
		for i, p := range []float64{a, b, c}[:len(theta)] {
			grad[i] = -by[i] * p / n
		}
		return -total / n
	}
}
