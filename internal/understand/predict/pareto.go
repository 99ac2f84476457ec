package predict

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// Pareto is Pareto/NBD: purchases come at a rate that differs between customers (gamma: R, Alpha in days), and each
// customer leaves at some moment, at a rate that differs too (gamma: S, Beta in days).
type Pareto struct {
	R     float64
	Alpha float64 // days
	S     float64
	Beta  float64 // days
}

// Name is pareto-nbd.
func (Pareto) Name() string { return "pareto-nbd" }

// Parameters lists them.
func (m Pareto) Parameters() []Parameter {
	return []Parameter{{"r", m.R, 1}, {"alpha", m.Alpha, daysPerWeek}, {"s", m.S, 1}, {"beta", m.Beta, daysPerWeek}}
}

// With is the law with other parameters, in the same order.
func (Pareto) With(v []float64) Model { return Pareto{R: v[0], Alpha: v[1], S: v[2], Beta: v[3]} }

// departure is the integral over the moment y at which a customer may have left, between the last purchase and the end:
// of S (Alpha + y)^-(R+x) (Beta + y)^-(S+1), over the likelihood of still being there. The papers write it by Gauss's
// hypergeometric function; as an integral it is a sum of positive terms, and its derivatives are sums over the same terms.
type departure struct {
	nodes int
	y, w  [64]float64 // moments and their weights, over the likelihood of leaving right after the last purchase
	a, b  [64]float64 // logarithms of Alpha + y and of Beta + y
	here  float64     // the likelihood of still being there, over the same
	shift float64     // the logarithm of what both are over, less that of being there
	whole float64     // here and all weights
}

// furthest is by how much a term may be smaller than the largest and still count: e^-45 is below rounding.
const furthest = 45

func (m Pareto) departure(x int, tx, t float64, d *departure) {
	shape := m.R + float64(x)
	fall := shape*math.Log((m.Alpha+t)/(m.Alpha+tx)) + m.S*math.Log((m.Beta+t)/(m.Beta+tx))
	d.nodes, d.here, d.shift, d.whole = 0, math.Exp(-fall), fall, math.Exp(-fall)
	if t <= tx {
		return
	}
	// In u = log(least + y) the term has no singularity nearer than pi beside the real line.
	least := min(m.Alpha, m.Beta)
	from, to := math.Log(least+tx), math.Log(least+t)
	if fall > furthest {
		to, fall = m.until(shape, tx, least, from, to), furthest
	}
	x1, w1 := nodesFor(fall, to-from)
	d.nodes = len(x1)
	half := (to - from) / 2
	logA, logB := math.Log(m.Alpha+tx), math.Log(m.Beta+tx)
	for i, at := range x1 {
		u := from + half*(1+at)
		reach := math.Exp(u)
		y, a, b := reach-least, u, u
		if least < m.Alpha {
			a = math.Log(m.Alpha + y)
		} else {
			b = math.Log(m.Beta + y)
		}
		term := m.S * half * w1[i] * reach / (m.Beta + y) * math.Exp(shape*(logA-a)+m.S*(logB-b))
		d.y[i], d.w[i], d.a[i], d.b[i] = y, term, a, b
		d.whole += term
	}
}

// until is where the terms have fallen by furthest.
func (m Pareto) until(shape, tx, least, from, to float64) float64 {
	low, high := from, to
	for range 24 {
		mid := (low + high) / 2
		y := math.Exp(mid) - least
		if shape*math.Log((m.Alpha+y)/(m.Alpha+tx))+m.S*math.Log((m.Beta+y)/(m.Beta+tx)) > furthest {
			high = mid
		} else {
			low = mid
		}
	}
	return high
}

// Alive is the chance that the customer has not left.
func (m Pareto) Alive(c Stat) float64 {
	var d departure
	m.departure(c.Repeats, c.Last, c.Age, &d)
	return d.here / d.whole
}

// LogLikelihood is that of one customer, with time in weeks.
func (m Pareto) LogLikelihood(c Stat) float64 {
	w := Pareto{R: m.R, Alpha: m.Alpha / daysPerWeek, S: m.S, Beta: m.Beta / daysPerWeek}
	return w.logLikelihood([]row{inWeeks(c)}, nil)
}

// logLikelihood adds up over rows, with times in weeks; into grad, where it is not nil, the derivatives by R, Alpha, S
// and Beta.
func (m Pareto) logLikelihood(rows []row, grad []float64) float64 {
	total := 0.0
	var by [4]float64
	var d departure
	fixed, logAlpha, logBeta, psi := lgamma(m.R), math.Log(m.Alpha), math.Log(m.Beta), mathext.Digamma(m.R)
	value, slope := 0.0, 0.0
	last := -1
	for i := range rows {
		r := &rows[i]
		shape := m.R + float64(r.x)
		if r.x != last {
			value, slope, last = lgamma(shape)-fixed+m.R*logAlpha+m.S*logBeta, mathext.Digamma(shape)-psi+logAlpha, r.x
		}
		m.departure(r.x, r.tx, r.t, &d)
		logEnd, logOut := math.Log(m.Alpha+r.t), math.Log(m.Beta+r.t)
		total += r.n * (value - shape*logEnd - m.S*logOut + d.shift + math.Log(d.whole))
		if grad == nil {
			continue
		}
		here := d.here / d.whole
		byR, byA := -here*logEnd, -here*shape/(m.Alpha+r.t)
		byS, byB := -here*logOut, -here*m.S/(m.Beta+r.t)
		for k := range d.nodes {
			p, a, b := d.w[k]/d.whole, m.Alpha+d.y[k], m.Beta+d.y[k]
			byR -= p * d.a[k]
			byA -= p * shape / a
			byS += p * (1/m.S - d.b[k])
			byB -= p * (m.S + 1) / b
		}
		by[0] += r.n * (slope + byR)
		by[1] += r.n * (m.R/m.Alpha + byA)
		by[2] += r.n * (logBeta + byS)
		by[3] += r.n * (m.S/m.Beta + byB)
	}
	for i := range grad {
		grad[i] += by[i]
	}
	return total
}

// Expect is how many purchases the customer makes in so many days from now.
func (m Pareto) Expect(c Stat, days float64) float64 {
	if days <= 0 {
		return 0
	}
	return m.pace(c) * m.presence(c.Age, days)
}

// Expects is Expect for several stretches at once.
func (m Pareto) Expects(c Stat, days, into []float64) []float64 {
	pace := m.pace(c)
	for _, d := range days {
		into = append(into, pace*m.presence(c.Age, max(0, d)))
	}
	return into
}

// pace is how many purchases a day of presence brings, of a customer who may have left.
func (m Pareto) pace(c Stat) float64 {
	return m.Alive(c) * (m.R + float64(c.Repeats)) / (m.Alpha + c.Age)
}

// None is the chance that the customer buys nothing in the next so many days.
func (m Pareto) None(c Stat, days float64) float64 {
	var before, after departure
	age := c.Age + max(0, days)
	m.departure(c.Repeats, c.Last, c.Age, &before)
	m.departure(c.Repeats, c.Last, age, &after)
	// Both are over the likelihood of leaving right after the last purchase.
	return min(1, after.whole/before.whole)
}

// Overdue is the chance that a gap of somebody who is there grows as long as the present one.
func (m Pareto) Overdue(c Stat) float64 { return gapOver(m.R, m.Alpha, c) }

// presence is how many of the next days somebody who is there now will still be there.
func (m Pareto) presence(age, days float64) float64 {
	longer := math.Log1p(days / (m.Beta + age))
	if math.Abs(m.S-1) < 1e-12 {
		return (m.Beta + age) * longer
	}
	return (m.Beta + age) * math.Expm1((1-m.S)*longer) / (1 - m.S)
}

// Newcomer is how many repeats a new customer makes within so many days.
func (m Pareto) Newcomer(days float64) float64 { return m.R / m.Alpha * m.presence(0, days) }

// Residual is how many purchases the customer still makes, for ever, each discounted at the rate a day, continuously
// (Fader, Hardie and Lee 2005, "RFM and CLV"): the chance of being there times the rate times the discounted presence.
func (m Pareto) Residual(c Stat, discount float64) float64 {
	scale := m.Beta + c.Age
	// With u = scale (e^v - 1) the presence falls as e^(v (1 - S)) against exp(-discount u), which ends it.
	end := math.Log1p(furthest / (discount * scale))
	total := 0.0
	const pieces = 8
	x1, w1 := nodesFor(furthest, 0)
	for piece := range pieces {
		from, half := end*float64(piece)/pieces, end/pieces/2
		for i, at := range x1 {
			v := from + half*(1+at)
			total += half * w1[i] * scale * math.Exp(v*(1-m.S)-discount*scale*math.Expm1(v))
		}
	}
	return m.pace(c) * total
}
