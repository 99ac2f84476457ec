package metric_test

import (
	"maps"
	"math"
	"slices"

	"regulars/internal/base/stats"
)

// vec is one quantity by customer.
type vec map[string]float64

// sum adds up in the order of the ids: whoever runs the test, rounding is the same.
func (v vec) sum() (s float64) {
	for _, id := range slices.Sorted(maps.Keys(v)) {
		s += v[id]
	}
	return s
}

// with is the vector of f of each element.
func (v vec) with(f func(string, float64) float64) vec {
	out := vec{}
	for id, x := range v {
		out[id] = f(id, x)
	}
	return out
}

// figure is a value with its interval, and what it is made of, so that it can be compared with another.
type figure struct {
	value, low, high float64
	n                float64
	quartiles        *[2]float64

	// Of figures made of totals: the quantities by customer, how many customers there are, the figure as a function of
	// the totals, and its slopes there, worked out by hand.
	columns []vec
	units   float64
	of      func(t []float64) float64
	slopes  []float64
	total   bool
	change  func(a, b stats.Sums, cross [][]float64) stats.Change // where shares and scores are compared by rules of their own
}

func nothing() figure {
	nan := math.NaN()
	return figure{value: nan, low: nan, high: nan}
}

func plain(value, n float64) figure {
	f := nothing()
	f.value, f.n = value, n
	return f
}

func interval(i stats.Interval) figure {
	return figure{value: i.Value, low: i.Low, high: i.High, n: i.N}
}

// known says whether there is a figure at all.
func (f figure) known() bool {
	return !math.IsNaN(f.value) && !math.IsInf(f.value, 0) && (f.n > 0 || f.total || f.columns == nil)
}

// quotient is the total of a over that of b, clustered by customer: Student's t on the standard error of the linear
// form (a - r b) / total of b.
func quotient(a, b vec, scale, units float64) figure {
	x, y := a.sum(), b.sum()
	f := plain(x/y*scale, y)
	f.columns, f.units = []vec{a, b}, units
	f.of = func(t []float64) float64 { return t[0] / t[1] * scale }
	f.slopes = []float64{scale / y, -scale * x / y / y}
	f.linear()
	return f
}

// shareOf is a quotient of counts in percent, with Wilson's interval.
func shareOf(a, b vec, units float64) figure {
	f := quotient(a, b, 100, units)
	w := stats.Wilson(a.sum(), b.sum())
	f.low, f.high = 100*w.Low, 100*w.High
	f.change = func(a, b stats.Sums, cross [][]float64) stats.Change {
		return stats.ShareChange(a, b, cross, 0, 1).Scale(100)
	}
	return f
}

// totalOf is a plain total; n is what it rests on.
func totalOf(a vec, n float64) figure {
	f := plain(a.sum(), n)
	f.columns, f.units, f.total = []vec{a}, float64(len(a)), true
	f.of = func(t []float64) float64 { return t[0] }
	f.slopes = []float64{1}
	return f
}

// linear sets the interval by the linear form of the slopes.
func (f *figure) linear() {
	if f.units < 2 {
		f.low, f.high = math.NaN(), math.NaN()
		return
	}
	v := f.form(1).variance(f.units)
	half := stats.StudentQuantile95(f.units-1) * math.Sqrt(v)
	f.low, f.high = f.value-half, f.value+half
}

// form is a linear form by customer, with the size of the terms that it was added up from: what is left of terms that
// cancel is rounding.
type form struct{ z, size vec }

func (f figure) form(by float64) form {
	out := form{vec{}, vec{}}
	out.add(f, by)
	return out
}

func (m form) add(f figure, by float64) {
	for k, c := range f.columns {
		for id, x := range c {
			m.z[id] += by * f.slopes[k] * x
			m.size[id] += math.Abs(by * f.slopes[k] * x)
		}
	}
}

// centred is the sum of squares about the mean of n customers, those not in the form being zeros.
func (m form) centred(n float64) float64 {
	var squares, size float64
	for _, id := range slices.Sorted(maps.Keys(m.z)) {
		squares += m.z[id] * m.z[id]
		size += m.size[id] * m.size[id]
	}
	v := squares - m.z.sum()*m.z.sum()/n
	if v <= 1e-13*size {
		return 0
	}
	return v
}

// variance is that of the total of the form.
func (m form) variance(n float64) float64 {
	if n < 2 {
		return math.NaN()
	}
	return m.centred(n) * n / (n - 1)
}

// sums adds up what stats needs of the customers.
func (f figure) sums() stats.Sums {
	out := stats.Sums{N: f.units, C: crossed(f, f)}
	for _, c := range f.columns {
		out.T = append(out.T, c.sum())
	}
	if f.total {
		out.N = multitude
	}
	return out
}

// crossed adds up the products of the same customers in two figures.
func crossed(a, b figure) [][]float64 {
	out := make([][]float64, len(a.columns))
	for i, x := range a.columns {
		out[i] = make([]float64, len(b.columns))
		for j, y := range b.columns {
			for _, id := range slices.Sorted(maps.Keys(x)) {
				out[i][j] += x[id] * y[id]
			}
		}
	}
	return out
}

// multitude is how many people might be customers: a total is judged as a sum over all of them.
const multitude = 1e12

// changeFrom compares a figure with that of the window before.
func (f figure) changeFrom(b figure) stats.Change {
	switch {
	case f.columns == nil || b.columns == nil:
		return stats.IndependentDifference(
			stats.Interval{Value: f.value, Low: f.low, High: f.high}, stats.Interval{Value: b.value, Low: b.low, High: b.high})
	case f.change != nil:
		return f.change(f.sums(), b.sums(), crossed(f, b))
	}
	return f.jointly(b)
}

// jointly takes the difference as one linear form over everybody in either: who is in both stands in it once.
func (f figure) jointly(b figure) stats.Change {
	nan := math.NaN()
	out := stats.Change{
		Difference: nan, Low: nan, High: nan, SE: nan, Z: nan, P: nan, Relative: nan, RelativeLow: nan, RelativeHigh: nan,
	}
	na, nb := f.units, b.units
	if f.total {
		na, nb = multitude, multitude
	}
	if na == 0 || nb == 0 {
		return out
	}
	va, vb := f.form(1).variance(na), b.form(1).variance(nb)
	out.Difference = f.value - b.value
	if out.Difference != 0 && (va == 0 && na < 30 || vb == 0 && nb < 30) {
		return out // all alike and too few to show how unlike others may be
	}
	df := na + nb - 2
	if va+vb != 0 {
		df = (va + vb) * (va + vb) / (va*va/(na-1) + vb*vb/(nb-1))
	}
	n := math.Max(na, nb)
	df = math.Min(df, n-1)
	se := func(by, bb float64) float64 {
		m := f.form(by)
		m.add(b, -bb)
		return math.Sqrt(m.centred(n) * (df + 1) / df)
	}
	crit := stats.StudentQuantile95(df)
	out.SE = se(1, 1)
	out.Low, out.High = out.Difference-crit*out.SE, out.Difference+crit*out.SE
	out.P = stats.StudentP(out.Difference/out.SE, df)
	if out.SE == 0 {
		out.P = nan
		if out.Difference == 0 {
			out.P = 1
		}
	}
	if b.value > 0 && f.value >= 0 {
		out.Relative = f.value/b.value - 1
		if f.value > 0 {
			half := crit * se(1/f.value, 1/b.value)
			out.RelativeLow, out.RelativeHigh = f.value/b.value*math.Exp(-half)-1, f.value/b.value*math.Exp(half)-1
		}
	}
	return out
}

// against compares a group with everybody.
func (f figure) against(everybody figure, bySale bool) stats.Change {
	switch {
	case f.columns == nil:
		return f.changeFrom(everybody)
	case bySale:
		// Parts of one customer's purchases may be in several groups: the more cautious of two tests.
		c := stats.SegmentChange(f.sums(), everybody.sums(), f.of)
		if joint := f.jointly(everybody); !(joint.P < c.P) {
			return joint
		}
		return c
	}
	return stats.SegmentChange(f.sums(), everybody.sums(), f.of)
}
