package predict

import (
	"math"

	"gonum.org/v1/gonum/mathext"

	"regulars/internal/base/stats/fit"
)

// Chances is BG/BB: customers have chances to buy at fixed times (a year's appeal, a weekly market), take each with a
// probability of their own (beta: Alpha, Beta), and leave for good before any of them with another (beta: Gamma, Delta).
type Chances struct{ Alpha, Beta, Gamma, Delta float64 }

// Taken is what is known of a customer: how many chances were taken after the first purchase, which was the last one
// taken (0: none), how many there were; and how many customers are like this.
type Taken struct {
	Repeats, Last, Of int
	Customers         float64
	Purchases         int // in the chances taken, where one may hold several
}

// logLikelihood of one customer, and into by, where it is not nil, its derivatives by the four parameters.
func (m Chances) logLikelihood(c Taken, by *[4]float64) float64 {
	a, b, g, d := m.Alpha, m.Beta, m.Gamma, m.Delta
	x, last, of := float64(c.Repeats), float64(c.Last), float64(c.Of)
	bought, left := logBeta(a, b), logBeta(g, d)
	// Still there after all of them, or left at some moment after the last one taken.
	logs := []float64{logBeta(a+x, b+of-x) + logBeta(g, d+of) - bought - left}
	total := logs[0]
	for i := range c.Of - c.Last {
		f := float64(i)
		l := logBeta(a+x, b+last-x+f) + logBeta(g+1, d+last+f) - bought - left
		logs = append(logs, l)
		total = logAdd(total, l)
	}
	if by == nil {
		return total
	}
	psi := mathext.Digamma
	for i, l := range logs {
		p := math.Exp(l - total)
		refused, gone, seen := of-x, 0.0, of
		if i > 0 {
			refused, gone, seen = last-x+float64(i-1), 1, last+float64(i-1)
		}
		by[0] += p * (psi(a+x) - psi(a+b+x+refused))
		by[1] += p * (psi(b+refused) - psi(a+b+x+refused))
		by[2] += p * (psi(g+gone) - psi(g+d+gone+seen))
		by[3] += p * (psi(d+seen) - psi(g+d+gone+seen))
	}
	by[0] += psi(a+b) - psi(a)
	by[1] += psi(a+b) - psi(b)
	by[2] += psi(g+d) - psi(g)
	by[3] += psi(g+d) - psi(d)
	return total
}

// ChancesFit is BG/BB found for a sample.
type ChancesFit struct {
	Chances
	LogLikelihood, BIC float64
	Errors             [4]float64
	Converged          bool
	Degenerate         bool
	covariance         [][]float64
}

// FitChances finds the likeliest parameters.
func FitChances(all []Taken) ChancesFit {
	n := 0.0
	for _, c := range all {
		n += c.Customers
	}
	f := ChancesFit{Chances: Chances{1, 1, 1, 2}, Degenerate: true, Errors: [4]float64{math.NaN(), math.NaN(), math.NaN(), math.NaN()}}
	if n == 0 {
		return f
	}
	objective := func(theta, grad []float64) float64 {
		m := Chances{math.Exp(theta[0]), math.Exp(theta[1]), math.Exp(theta[2]), math.Exp(theta[3])}
		total := 0.0
		var sum [4]float64
		for _, c := range all {
			var by [4]float64
			total += c.Customers * m.logLikelihood(c, &by)
			for i := range by {
				sum[i] += c.Customers * by[i]
			}
		}
		for i := range grad {
			grad[i] = -sum[i] * math.Exp(theta[i]) / n
		}
		return -total / n
	}
	r := fit.Minimise(objective, [][]float64{{0, 0, 0, 0.7}, {0.5, 0, -1, 0.5}, {-0.7, 0.7, -0.7, 1.5}})
	f.Chances = Chances{math.Exp(r.Theta[0]), math.Exp(r.Theta[1]), math.Exp(r.Theta[2]), math.Exp(r.Theta[3])}
	f.LogLikelihood, f.Converged = -r.Value*n, r.Converged
	f.BIC = 4*math.Log(n) - 2*f.LogLikelihood
	covariance, known := r.Covariance(n)
	f.Degenerate, f.covariance = !known, covariance
	for i, p := range []float64{f.Alpha, f.Beta, f.Gamma, f.Delta} {
		if known {
			f.Errors[i] = p * math.Sqrt(covariance[i][i])
		}
	}
	return f
}

// Alive is the probability that the customer will still be there at the next chance.
func (m Chances) Alive(c Taken) float64 {
	x, of := float64(c.Repeats), float64(c.Of)
	return math.Exp(logBeta(m.Alpha+x, m.Beta+of-x) + logBeta(m.Gamma, m.Delta+of+1) -
		logBeta(m.Alpha, m.Beta) - logBeta(m.Gamma, m.Delta) - m.logLikelihood(c, nil))
}

// Expect is how many of the next chances the customer takes.
func (m Chances) Expect(c Taken, next int) float64 {
	x, of := float64(c.Repeats), float64(c.Of)
	bought := logBeta(m.Alpha+x+1, m.Beta+of-x) - logBeta(m.Alpha, m.Beta) - logBeta(m.Gamma, m.Delta) - m.logLikelihood(c, nil)
	total := 0.0
	for i := range next {
		total += math.Exp(bought + logBeta(m.Gamma, m.Delta+of+float64(i)+1))
	}
	return total
}

// Newcomer is how many of the first chances a new customer takes.
func (m Chances) Newcomer(next int) float64 { return m.Expect(Taken{}, next) }

// Residual is how many chances the customer still takes, for ever, each discounted by the rate a chance.
func (m Chances) Residual(c Taken, rate float64) float64 {
	x, of := float64(c.Repeats), float64(c.Of)
	bought := logBeta(m.Alpha+x+1, m.Beta+of-x) - logBeta(m.Alpha, m.Beta) - logBeta(m.Gamma, m.Delta) - m.logLikelihood(c, nil)
	total, discounted := 0.0, 1/(1+rate)
	// The chance of still being there goes from one to the next by a ratio.
	there := math.Exp(bought + logBeta(m.Gamma, m.Delta+of+1))
	for i := 1; i < 1<<20 && there*discounted > 1e-15*total; i++ {
		total += there * discounted
		seen := m.Delta + of + float64(i)
		there *= seen / (m.Gamma + seen)
		discounted /= 1 + rate
	}
	return total
}

// Count is how likely a new customer is to take exactly so many of the first chances.
func (m Chances) Count(repeats, of int) float64 {
	x, n := float64(repeats), float64(of)
	choose := func(n float64) float64 { return lgamma(n+1) - lgamma(x+1) - lgamma(n-x+1) }
	fixed := logBeta(m.Alpha, m.Beta) + logBeta(m.Gamma, m.Delta)
	total := math.Exp(choose(n) + logBeta(m.Alpha+x, m.Beta+n-x) + logBeta(m.Gamma, m.Delta+n) - fixed)
	for i := repeats; i < of; i++ {
		f := float64(i)
		total += math.Exp(choose(f) + logBeta(m.Alpha+x, m.Beta+f-x) + logBeta(m.Gamma+1, m.Delta+f) - fixed)
	}
	return total
}
