package predict

import (
	"math"

	"regulars/internal/base/stats"
)

// Bounds are the 95 % intervals of one customer's figures. Those of chances say how well the law's parameters are known.
// Those of purchases, spend and value say what may come: one customer does as they like, and beside that the parameters
// weigh little.
type Bounds struct {
	Alive, None            stats.Interval
	Expected, Spend, Value stats.Interval
}

// Bounds finds them for a score that Foretell gave for the day.
func (f *Forecaster) Bounds(s *Score, day int32) Bounds {
	days := float64(f.Days)
	factor := f.Season.ahead(day, 0, days)
	b := Bounds{
		Alive: f.chance(s.Alive, func(m Model) float64 { return m.Alive(s.Stat) }),
		None:  f.chance(s.None, func(m Model) float64 { return m.None(s.Stat, factor*days) }),
	}
	low, high := counts(s.Expected, s.None, s.Alive)
	b.Expected = stats.Interval{Value: s.Expected, Low: low, High: high, SE: math.NaN(), N: 1}
	b.Spend = b.Expected.Scale(s.Purchase)
	// Of the months of the value, the same: as many purchases as may come, each worth what it is on average.
	ahead := float64(f.Terms.Months) * f.Terms.MonthDays
	longer := f.Season.ahead(day, 0, ahead)
	expected := longer * f.Model.Expect(s.Stat, ahead)
	low, high = counts(expected, f.Model.None(s.Stat, longer*ahead), s.Alive)
	each := 0.0
	if expected > 0 {
		each = s.Value / expected
	}
	b.Value = stats.Interval{Value: s.Value, Low: low * each, High: high * each, SE: math.NaN(), N: 1}
	return b
}

// chance is the interval of a probability for want of knowing the parameters: by the delta method, on the scale of its
// log-odds, so that it stays between 0 and 1.
func (f *Forecaster) chance(p float64, figure func(Model) float64) stats.Interval {
	out := stats.Interval{Value: p, Low: math.NaN(), High: math.NaN(), SE: math.NaN(), N: 1}
	if f.Covariance == nil {
		return out
	}
	values := valuesOf(f.Model)
	slopes := make([]float64, len(values))
	const step = 1e-3
	for i, v := range values {
		values[i] = v * math.Exp(step)
		slopes[i] = (figure(f.Model.With(values)) - p) / step
		values[i] = v
	}
	out.SE = math.Sqrt(max(0, quadratic(slopes, f.Covariance)))
	const edge = 1e-9
	if p < edge || p > 1-edge {
		out.Low, out.High = p, p
		return out
	}
	odds, half := math.Log(p/(1-p)), stats.Z95*out.SE/(p*(1-p))
	out.Low, out.High = 1/(1+math.Exp(half-odds)), 1/(1+math.Exp(-half-odds))
	return out
}

func quadratic(v []float64, m [][]float64) float64 {
	sum := 0.0
	for i := range v {
		for j := range v {
			sum += v[i] * v[j] * m[i][j]
		}
	}
	return sum
}

// counts is where 95 of 100 counts of purchases lie that have the mean, the chance of none at all and the chance of being
// there: nothing from those who have left, and from the others a negative binomial count that agrees with both, or a
// Poisson one where gaps are more regular than chance.
func counts(mean, none, alive float64) (low, high float64) {
	const tail = 0.025
	if !(mean > 0) || !(alive > 0) {
		return 0, 0
	}
	each := mean / alive
	if each > largeCount {
		half := stats.Z95 * math.Sqrt(mean+mean*mean*(1-alive)/alive)
		return max(0, mean-half), mean + half
	}
	k := shape(each, (none-(1-alive))/alive)
	p := noneBy(each, k) // of n purchases by somebody who is there
	sum, low := 1-alive+alive*p, -1.0
	if sum >= tail {
		low = 0
	}
	n := 0.0
	for ; sum < 1-tail && n < 20*largeCount; n++ {
		p *= oneMore(n, each, k)
		sum += alive * p
		if low < 0 && sum >= tail {
			low = n + 1
		}
	}
	return max(0, low), n
}

// noneBy is the chance of none of a negative binomial count with a mean and a shape, or of a Poisson one where that is without
// bound.
func noneBy(mean, k float64) float64 {
	if math.IsInf(k, 1) {
		return math.Exp(-mean)
	}
	return math.Exp(-k * math.Log1p(mean/k))
}

// oneMore is how much likelier n + 1 is than n of such a count.
func oneMore(n, mean, k float64) float64 {
	if math.IsInf(k, 1) {
		return mean / (n + 1)
	}
	return (k + n) / (n + 1) * mean / (k + mean)
}

// AtLeast is the chance that the customer makes so many purchases, or more, in the days ahead: that of one is the chance of
// buying at all, and of more by the count that agrees with it and with the purchases expected.
func (s *Score) AtLeast(purchases int64) float64 {
	switch {
	case purchases <= 0:
		return 1
	case purchases == 1:
		return 1 - s.None
	case !(s.Expected > 0) || !(s.Alive > 0):
		return 0
	}
	each, want := s.Expected/s.Alive, float64(purchases)
	if each > largeCount {
		return s.Alive * math.Erfc((want-0.5-each)/math.Sqrt(2*each)) / 2
	}
	k := shape(each, (s.None-(1-s.Alive))/s.Alive)
	p := noneBy(each, k)
	fewer := 0.0
	for n := 0.0; n < want; n++ {
		fewer += p
		if p *= oneMore(n, each, k); n > each && p < negligible {
			break
		}
	}
	return s.Alive * max(0, 1-fewer)
}

// largeCount is the mean above which a count is taken for normal.
const largeCount = 400

// shape is the k of a negative binomial count with a mean and a chance of none; without bound where the chance is as
// small as that of a Poisson count.
func shape(mean, none float64) float64 {
	none = min(none, 1-1e-9)
	if none <= math.Exp(-mean)*(1+1e-9) {
		return math.Inf(1)
	}
	low, high := math.Log(1e-6), math.Log(1e6)
	for range 60 {
		middle := (low + high) / 2
		k := math.Exp(middle)
		if math.Exp(-k*math.Log1p(mean/k)) > none {
			low = middle
		} else {
			high = middle
		}
	}
	return math.Exp(low)
}
