package predict

import (
	"cmp"
	"math"
	"slices"
)

// ChanceDays is how long a period is in which a customer of BG/BB takes the chance to buy, or does not.
const ChanceDays = 30

const bgbb = "bg-bb"

// Periods is BG/BB for purchases on any day: each period of ChanceDays from the first purchase on is a chance, taken where
// there was a purchase. It is fitted when asked for, and not compared with the laws of days: its likelihood is of other data.
type Periods struct {
	Chances
	// Each is how many purchases a chance that was taken holds, on average.
	Each float64
}

// taken counts chances in the purchase days of a customer, known at the end of a day. The period that is not over does
// not count.
func taken(days []int32, day int32) Taken {
	t := Taken{Of: max(0, int(day-days[0]+1)/ChanceDays-1)}
	for _, d := range days[1:] {
		period := int(d-days[0]) / ChanceDays
		if period == 0 || period > t.Of {
			continue
		}
		t.Purchases++
		if period > t.Last {
			t.Repeats, t.Last = t.Repeats+1, period
		}
	}
	return t
}

// countTaken counts equal customers together, in order.
func countTaken(stats []Stat) []Taken {
	all := make([]Taken, len(stats))
	for i, s := range stats {
		all[i] = s.Chances
		all[i].Customers = 1
	}
	slices.SortFunc(all, func(a, b Taken) int {
		return cmp.Or(cmp.Compare(a.Of, b.Of), cmp.Compare(a.Repeats, b.Repeats), cmp.Compare(a.Last, b.Last))
	})
	out := all[:0]
	for _, c := range all {
		if n := len(out); n > 0 && out[n-1].Of == c.Of && out[n-1].Repeats == c.Repeats && out[n-1].Last == c.Last {
			out[n-1].Customers++
			out[n-1].Purchases += c.Purchases
			continue
		}
		out = append(out, c)
	}
	return out
}

// fitPeriods finds the likeliest parameters.
func fitPeriods(s *Sample) Fit {
	taken := countTaken(s.stats)
	found := FitChances(taken)
	m := Periods{Chances: found.Chances, Each: 1}
	chances, purchases, there, back := 0.0, 0.0, 0.0, 0.0
	for _, c := range taken {
		chances, purchases = chances+c.Customers*float64(c.Repeats), purchases+float64(c.Purchases)
		if c.Repeats > 0 {
			there += c.Customers * m.Chances.Alive(c)
			back += c.Customers
		}
	}
	if chances > 0 {
		m.Each = max(1, purchases/chances)
	}
	f := Fit{Model: m, LogLikelihood: found.LogLikelihood, BIC: found.BIC, Errors: found.Errors[:], Converged: found.Converged,
		Covariance: found.covariance}
	switch {
	case s.Customers == 0:
		f.Why = NoCustomers
	case chances == 0:
		f.Why = NobodyReturns
	case there/back > nobodyLeft:
		f.Why = NobodyLeaves
	case found.Degenerate:
		f.Why = Undetermined
	}
	f.Degenerate = f.Why != NoCorner
	return f
}

// Name is bg-bb.
func (Periods) Name() string { return bgbb }

// Parameters lists them; none is a time.
func (m Periods) Parameters() []Parameter {
	return []Parameter{{"alpha", m.Alpha, 1}, {"beta", m.Beta, 1}, {"gamma", m.Gamma, 1}, {"delta", m.Delta, 1}}
}

// With is the law with other parameters, in the same order.
func (m Periods) With(v []float64) Model {
	return Periods{Chances: Chances{v[0], v[1], v[2], v[3]}, Each: m.Each}
}

// LogLikelihood is that of the chances of one customer.
func (m Periods) LogLikelihood(c Stat) float64 { return m.logLikelihood(c.Chances, nil) }

// Alive is the chance that the customer will still be there at the next chance.
func (m Periods) Alive(c Stat) float64 { return min(1, m.Chances.Alive(c.Chances)) }

// Expect is how many purchases the customer makes in so many days; a part of a period counts as that part of its chance.
func (m Periods) Expect(c Stat, days float64) float64 {
	whole := math.Floor(max(0, days) / ChanceDays)
	part := max(0, days)/ChanceDays - whole
	low, high := m.Chances.Expect(c.Chances, int(whole)), 0.0
	if part > 0 {
		high = m.Chances.Expect(c.Chances, int(whole)+1) - low
	}
	return m.Each * (low + part*high)
}

// Expects is Expect for several stretches at once.
func (m Periods) Expects(c Stat, days, into []float64) []float64 {
	for _, d := range days {
		into = append(into, m.Expect(c, d))
	}
	return into
}

// None is the chance that the customer buys nothing in so many days: no chance is taken.
func (m Periods) None(c Stat, days float64) float64 {
	whole := math.Floor(max(0, days) / ChanceDays)
	part := max(0, days)/ChanceDays - whole
	now := m.logLikelihood(c.Chances, nil)
	after := func(n float64) float64 {
		longer := c.Chances
		longer.Of += int(n)
		return m.logLikelihood(longer, nil)
	}
	low := after(whole)
	if part > 0 {
		low += part * (after(whole+1) - low)
	}
	return min(1, math.Exp(low-now))
}

// Overdue is the chance that somebody who is there lets as many chances go by as have gone by.
func (m Periods) Overdue(c Stat) float64 {
	x, last := float64(c.Chances.Repeats), float64(c.Chances.Last)
	gap := float64(c.Chances.Of - c.Chances.Last)
	return math.Exp(logBeta(m.Alpha+x, m.Beta+last-x+gap) - logBeta(m.Alpha+x, m.Beta+last-x))
}

// Newcomer is how many repeats a new customer makes within so many days.
func (m Periods) Newcomer(days float64) float64 { return m.Expect(Stat{}, days) }
