package fit

import "math"

func square(n int) [][]float64 {
	cells := make([]float64, n*n)
	m := make([][]float64, n)
	for i := range m {
		m[i] = cells[i*n : (i+1)*n : (i+1)*n]
	}
	return m
}

// cholesky is the lower triangle whose square is m; false where m is not bowl-shaped.
func cholesky(m [][]float64) ([][]float64, bool) {
	n := len(m)
	l := square(n)
	for i := range n {
		for j := range i + 1 {
			sum := m[i][j]
			for k := range j {
				sum -= l[i][k] * l[j][k]
			}
			if i != j {
				l[i][j] = sum / l[j][j]
				continue
			}
			if !(sum > 0) || math.IsInf(sum, 0) {
				return nil, false
			}
			l[i][i] = math.Sqrt(sum)
		}
	}
	return l, true
}

// solve gives x with (l l') x = b.
func solve(l [][]float64, b []float64) []float64 {
	n := len(l)
	x := make([]float64, n)
	for i := range n {
		sum := b[i]
		for k := range i {
			sum -= l[i][k] * x[k]
		}
		x[i] = sum / l[i][i]
	}
	for i := n - 1; i >= 0; i-- {
		for k := i + 1; k < n; k++ {
			x[i] -= l[k][i] * x[k]
		}
		x[i] /= l[i][i]
	}
	return x
}

// Covariance is that of the logarithms of the parameters, from so many observations: the inverse of the curvature.
// False where the data leave a direction open, as in a degenerate corner.
func (r Result) Covariance(observations float64) ([][]float64, bool) {
	n := len(r.Theta)
	for _, wall := range r.AtWall {
		if wall {
			return nil, false
		}
	}
	l, ok := cholesky(r.Curvature)
	if !ok || observations <= 0 {
		return nil, false
	}
	c := square(n)
	for i := range n {
		unit := make([]float64, n)
		unit[i] = 1 / observations
		copy(c[i], solve(l, unit))
		// A direction in which a parameter may as well be twenty times another says nothing of it.
		if !(c[i][i] < 9) {
			return nil, false
		}
	}
	return c, true
}
