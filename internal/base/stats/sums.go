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

// With gives the sums after weight more customers, each with that row of quantities: the made-up answers by which
// adjusted intervals keep their promise in small samples. The sums themselves are left as they are.
func (s Sums) With(weight float64, row ...float64) Sums {
	out := Sums{N: s.N + weight, T: append([]float64(nil), s.T...), C: make([][]float64, len(s.C))}
	for i, c := range s.C {
		out.C[i] = append([]float64(nil), c...)
	}
	for i, x := range row {
		if i >= len(out.T) || i >= len(out.C) {
			break
		}
		out.T[i] += weight * x
		for j, y := range row[:min(len(row), len(out.C[i]))] {
			out.C[i][j] += weight * x * y
		}
	}
	return out
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

// linearVariance is the variance of the total of the linear form g over customers.
func linearVariance(s Sums, g []float64) float64 {
	if s.N < 2 {
		return math.NaN()
	}
	return centredSquares(s, g) * s.N / (s.N - 1)
}

// centredSquares is the sum over customers of the squares of g less its mean. What is only rounding is 0.
func centredSquares(s Sums, g []float64) float64 {
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
	return v
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
