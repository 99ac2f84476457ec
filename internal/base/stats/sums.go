package stats

import "math"

// Sums is all that a figure made of totals needs to know of its customers: N of them, the total T of each of m
// quantities (orders, revenue, "was active" as 0 or 1 ...), and C[i][j], the sum over customers of quantity i times
// quantity j. Customers are the unit that varies; what one customer does is one observation, however many orders.
type Sums struct {
	N float64
	T []float64
	C [][]float64 // symmetric
}

// valid checks shape and finiteness.
func (s Sums) valid() bool {
	if anyNaN(s.N) || anyNaN(s.T...) || len(s.C) != len(s.T) {
		return false
	}
	for _, row := range s.C {
		if len(row) != len(s.T) || anyNaN(row...) {
			return false
		}
	}
	return true
}

// Ratio is T[num] / T[den] by the delta method, clustered by customer: variance n/(n-1) x g'Cg with g the gradient
// (the centring term is 0 for a quotient), and Student's t with n - 1 degrees of freedom.
// NaN where the divisor is 0; no bounds under two customers.
func Ratio(s Sums, num, den int) Interval {
	if !s.valid() || !inside(s, num, den) || s.T[den] == 0 || s.N <= 0 {
		return unknown()
	}
	r := s.T[num] / s.T[den]
	g := make([]float64, len(s.T))
	g[num] += 1 / s.T[den]
	g[den] -= r / s.T[den]
	return symmetric(r, math.Sqrt(linearVariance(s, g)), StudentQuantile95(s.N-1), s.N)
}

// LogRatioSums is Ratio with its interval on the log scale, for positive totals: never below 0, and better where few
// customers carry the figure. SE is on the scale of the ratio. With T[num] = 0 there are no bounds.
func LogRatioSums(s Sums, num, den int) Interval {
	out := Ratio(s, num, den)
	if !(out.Value >= 0) {
		return unknown()
	}
	half := StudentQuantile95(s.N-1) * out.SE / out.Value
	out.Low, out.High = out.Value*math.Exp(-half), out.Value*math.Exp(half)
	return out
}

// Smooth is f of the totals, linearised: variance n/(n-1) x (g'Cg - (g'T)^2/n), g the gradient of f at T (numeric,
// five points), Student's t with n - 1 degrees of freedom. f must be smooth at T and must not keep its argument.
func Smooth(s Sums, f func(t []float64) float64) Interval {
	if !s.valid() || s.N <= 0 {
		return unknown()
	}
	value := f(append([]float64(nil), s.T...))
	if anyNaN(value) {
		return unknown()
	}
	return symmetric(value, math.Sqrt(linearVariance(s, gradient(s, f))), StudentQuantile95(s.N-1), s.N)
}

// SmoothChange is f of a less f of b. cross[i][j] is the sum over customers of a's quantity i times b's quantity j:
// the same people stand on both sides of a comparison in time. With cross given, a and b are totals over the same N
// customers (where the two N differ, the larger counts); with cross nil the sides are independent samples.
// t with n - 1 degrees of freedom, or with Welch's where the sides are independent.
func SmoothChange(a, b Sums, cross [][]float64, f func(t []float64) float64) Change {
	if !a.valid() || !b.valid() || a.N <= 0 || b.N <= 0 || len(a.T) != len(b.T) {
		return unknownChange()
	}
	first, second := f(append([]float64(nil), a.T...)), f(append([]float64(nil), b.T...))
	if anyNaN(first, second) {
		return unknownChange()
	}
	ga, gb := gradient(a, f), gradient(b, f)
	if cross == nil {
		va, vb := linearVariance(a, ga), linearVariance(b, gb)
		df := (va + vb) * (va + vb) / (va*va/(a.N-1) + vb*vb/(b.N-1))
		if va+vb == 0 {
			df = a.N + b.N - 2
		}
		c := tested(first-second, math.Sqrt(va+vb), df)
		return c.withRelative(first, second, va, vb, 0, StudentQuantile95(df))
	}
	joint, ok := join(a, b, cross)
	if !ok {
		return unknownChange()
	}
	m := len(a.T)
	g := make([]float64, 2*m)
	copy(g, ga)
	va := linearVariance(joint, g)
	for i, x := range gb {
		g[m+i] = -x
	}
	v := linearVariance(joint, g)
	clear(g[:m])
	vb := linearVariance(joint, g)
	df := joint.N - 1
	c := tested(first-second, math.Sqrt(v), df)
	return c.withRelative(first, second, va, vb, (va+vb-v)/2, StudentQuantile95(df))
}

// join lays both sides into one set of sums, so that the variance of the difference is that of one linear form and
// cannot come out wrong where the sides are nearly alike.
func join(a, b Sums, cross [][]float64) (Sums, bool) {
	m := len(a.T)
	if len(cross) != m {
		return Sums{}, false
	}
	out := Sums{N: math.Max(a.N, b.N), T: append(append([]float64(nil), a.T...), b.T...), C: make([][]float64, 2*m)}
	for i := range out.C {
		out.C[i] = make([]float64, 2*m)
	}
	for i := range m {
		if len(cross[i]) != m || anyNaN(cross[i]...) {
			return Sums{}, false
		}
		for j := range m {
			out.C[i][j] = a.C[i][j]
			out.C[m+i][m+j] = b.C[i][j]
			out.C[i][m+j] = cross[i][j]
			out.C[m+j][i] = cross[i][j]
		}
	}
	return out, true
}

// linearVariance is the variance of the total of the linear form g over customers. What is only rounding is 0.
func linearVariance(s Sums, g []float64) float64 {
	if s.N < 2 {
		return math.NaN()
	}
	var square, size, mean float64
	for i, gi := range g {
		if gi == 0 {
			continue
		}
		mean += gi * s.T[i]
		for j, gj := range g {
			term := gi * gj * s.C[i][j]
			square += term
			size += math.Abs(term)
		}
	}
	v := square - mean*mean/s.N
	if v <= 1e-13*size {
		return 0
	}
	return v * s.N / (s.N - 1)
}

// gradient is numeric: central differences at one and two steps, which is exact to the fourth order. Steps are
// relative to the total; a quantity that is 0 for everybody cannot vary and has no slope.
func gradient(s Sums, f func(t []float64) float64) []float64 {
	g := make([]float64, len(s.T))
	t := append([]float64(nil), s.T...)
	for i, x := range s.T {
		step := 5e-4 * math.Abs(x)
		if step == 0 {
			step = 5e-4 * math.Sqrt(math.Max(s.C[i][i], 0))
		}
		if step == 0 {
			continue
		}
		at := func(k float64) float64 {
			t[i] = x + k*step
			return f(t)
		}
		near, far := at(1)-at(-1), at(2)-at(-2)
		g[i] = (8*near - far) / (12 * step)
		t[i] = x
	}
	return g
}

func inside(s Sums, indices ...int) bool {
	for _, i := range indices {
		if i < 0 || i >= len(s.T) {
			return false
		}
	}
	return true
}
