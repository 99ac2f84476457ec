package predict

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// NBD is the law without leaving: everybody keeps buying at a rate of their own, which differs between customers
// (gamma: R, Alpha in days).
type NBD struct {
	R     float64
	Alpha float64 // days
}

// Name is nbd.
func (NBD) Name() string { return "nbd" }

// Parameters lists them.
func (m NBD) Parameters() []Parameter {
	return []Parameter{{"r", m.R, 1}, {"alpha", m.Alpha, daysPerWeek}}
}

// With is the law with other parameters, in the same order.
func (NBD) With(v []float64) Model { return NBD{R: v[0], Alpha: v[1]} }

// Alive is certain.
func (NBD) Alive(Stat) float64 { return 1 }

// LogLikelihood is that of one customer, with time in weeks.
func (m NBD) LogLikelihood(c Stat) float64 {
	w := NBD{R: m.R, Alpha: m.Alpha / daysPerWeek}
	return w.logLikelihood([]row{inWeeks(c)}, nil)
}

// logLikelihood adds up over rows, with Alpha in weeks; into grad, where it is not nil, the derivatives by R and Alpha.
func (m NBD) logLikelihood(rows []row, grad []float64) float64 {
	total, byR, byAlpha := 0.0, 0.0, 0.0
	fixed, logAlpha, psi := lgamma(m.R), math.Log(m.Alpha), mathext.Digamma(m.R)
	value, slope := 0.0, 0.0
	last := -1
	for _, r := range rows {
		shape := m.R + float64(r.x)
		if r.x != last {
			value, slope, last = lgamma(shape)-fixed+m.R*logAlpha, mathext.Digamma(shape)-psi+logAlpha, r.x
		}
		end := m.Alpha + r.t
		logEnd := math.Log(end)
		total += r.n * (value - shape*logEnd)
		byR += r.n * (slope - logEnd)
		byAlpha += r.n * (m.R/m.Alpha - shape/end)
	}
	if grad != nil {
		grad[0] += byR
		grad[1] += byAlpha
	}
	return total
}

// Expect is how many purchases the customer makes in so many days.
func (m NBD) Expect(c Stat, days float64) float64 {
	return max(0, days) * (m.R + float64(c.Repeats)) / (m.Alpha + c.Age)
}

// Expects is Expect for several stretches at once.
func (m NBD) Expects(c Stat, days, into []float64) []float64 {
	for _, d := range days {
		into = append(into, m.Expect(c, d))
	}
	return into
}

// None is the chance that the customer buys nothing in the next so many days.
func (m NBD) None(c Stat, days float64) float64 {
	return math.Exp(-(m.R + float64(c.Repeats)) * math.Log1p(max(0, days)/(m.Alpha+c.Age)))
}

// Overdue is the chance that a gap grows as long as the present one.
func (m NBD) Overdue(c Stat) float64 { return gapOver(m.R, m.Alpha, c) }

// gapOver is the chance of a gap without memory as long as the present one, at a rate known from the gaps before it.
func gapOver(r, alpha float64, c Stat) float64 {
	return math.Exp((r + float64(c.Repeats)) * math.Log((alpha+c.Last)/(alpha+c.Age)))
}

// Newcomer is how many repeats a new customer makes within so many days.
func (m NBD) Newcomer(days float64) float64 { return m.Expect(Stat{}, days) }
