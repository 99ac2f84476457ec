package fit

import (
	"math"
	"slices"
)

// Objective is what is to be made small: its value at theta, and its gradient written into grad.
type Objective func(theta, grad []float64) float64

// Farthest is how far from 1 a parameter may go, as a factor.
const Farthest = 1e7

// Result is where Minimise ended.
type Result struct {
	Theta     []float64 // logarithms of the parameters
	Value     float64
	Gradient  []float64
	Curvature [][]float64
	Steps     int
	Converged bool   // nothing is left to gain within the walls
	AtWall    []bool // the parameter wanted to go farther than it may
}

const (
	mostSteps = 200
	flat      = 1e-9  // of the gradient, an observation: 0.00002 of the log-likelihood of 20,000 customers
	spacing   = 1e-4  // of the differences that make the curvature: their error is about 1e-8 of it
	tiny      = 1e-14 // a gain that is rounding
)

// Minimise goes down from the two best of the starts and gives the lower end.
func Minimise(f Objective, starts [][]float64) Result {
	type begun struct {
		theta []float64
		value float64
	}
	var from []begun
	for _, s := range starts {
		theta := slices.Clone(s)
		clamp(theta)
		from = append(from, begun{theta, value(f, theta, make([]float64, len(theta)))})
	}
	slices.SortStableFunc(from, func(a, b begun) int {
		switch {
		case a.value < b.value:
			return -1
		case a.value > b.value:
			return 1
		}
		return 0
	})
	best := descend(f, from[0].theta)
	for _, b := range from[1:min(2, len(from))] {
		if other := descend(f, b.theta); other.Value < best.Value-tiny || !best.Converged && other.Converged && other.Value <= best.Value+tiny {
			best = other
		}
	}
	return best
}

// value is f, with infinity for what is not a number.
func value(f Objective, theta, grad []float64) float64 {
	v := f(theta, grad)
	if math.IsNaN(v) {
		return math.Inf(1)
	}
	return v
}

func clamp(theta []float64) {
	wall := math.Log(Farthest)
	for i, t := range theta {
		theta[i] = min(wall, max(-wall, t))
	}
}

// descend walks down from one start.
func descend(f Objective, theta []float64) Result {
	n := len(theta)
	r := Result{Theta: slices.Clone(theta), Gradient: make([]float64, n), AtWall: make([]bool, n)}
	r.Value = value(f, r.Theta, r.Gradient)
	if math.IsInf(r.Value, 0) {
		r.Curvature = square(n)
		return r
	}
	damping := 1e-3
	next, gradient := make([]float64, n), make([]float64, n)
	for r.Steps = 0; r.Steps < mostSteps; r.Steps++ {
		walls(&r)
		if steepest(&r) < flat {
			r.Converged = true
			break
		}
		r.Curvature = rough(f, r.Theta, r.Gradient)
		moved := false
		for range 40 {
			step := newton(&r, damping)
			for i := range next {
				next[i] = r.Theta[i] + step[i]
			}
			clamp(next)
			v := value(f, next, gradient)
			if v < r.Value {
				gain := r.Value - v
				copy(r.Theta, next)
				copy(r.Gradient, gradient)
				r.Value, moved = v, true
				damping = max(damping/8, 1e-12)
				if gain < tiny*math.Abs(v) {
					damping = 1e-12
				}
				break
			}
			damping = max(damping*6, 1e-9)
		}
		if !moved { // no direction leads down any more: the rest is rounding
			r.Converged = steepest(&r) < 1e-5
			break
		}
	}
	walls(&r)
	r.Curvature = Curvature(f, r.Theta)
	return r
}

// walls notes which parameters press against the wall.
func walls(r *Result) {
	wall := math.Log(Farthest) - 1e-9
	for i, t := range r.Theta {
		r.AtWall[i] = t >= wall && r.Gradient[i] <= 0 || t <= -wall && r.Gradient[i] >= 0
	}
}

// steepest is the largest slope among the parameters that may move.
func steepest(r *Result) float64 {
	most := 0.0
	for i, g := range r.Gradient {
		if !r.AtWall[i] {
			most = max(most, math.Abs(g))
		}
	}
	return most
}

// newton is the damped step: the curvature, with its diagonal strengthened until it is bowl-shaped, against the slope.
// No step changes a parameter by more than a factor of twenty.
func newton(r *Result, damping float64) []float64 {
	n := len(r.Theta)
	step := make([]float64, n)
	for strength := damping; strength < 1e12; strength *= 10 {
		m := square(n)
		for i := range n {
			copy(m[i], r.Curvature[i])
			m[i][i] += strength * max(math.Abs(r.Curvature[i][i]), 1e-8)
		}
		for i, fixed := range r.AtWall {
			if fixed {
				for j := range n {
					m[i][j], m[j][i] = 0, 0
				}
				m[i][i] = 1
			}
		}
		l, ok := cholesky(m)
		if !ok {
			continue
		}
		right := make([]float64, n)
		for i, g := range r.Gradient {
			if !r.AtWall[i] {
				right[i] = -g
			}
		}
		step = solve(l, right)
		break
	}
	for i, s := range step {
		step[i] = min(3, max(-3, s))
	}
	return step
}

// Curvature is the matrix of second derivatives, by central differences of the gradient.
func Curvature(f Objective, theta []float64) [][]float64 {
	n := len(theta)
	at, up, down := slices.Clone(theta), make([]float64, n), make([]float64, n)
	h := square(n)
	for i := range n {
		at[i] = theta[i] + spacing
		f(at, up)
		at[i] = theta[i] - spacing
		f(at, down)
		at[i] = theta[i]
		for j := range n {
			h[i][j] = (up[j] - down[j]) / (2 * spacing)
		}
	}
	mirror(h)
	return h
}

// rough is the curvature by one-sided differences, at half the price: good enough to steer by.
func rough(f Objective, theta, gradient []float64) [][]float64 {
	n := len(theta)
	at, up := slices.Clone(theta), make([]float64, n)
	h := square(n)
	for i := range n {
		at[i] = theta[i] + spacing/10
		f(at, up)
		at[i] = theta[i]
		for j := range n {
			h[i][j] = (up[j] - gradient[j]) / (spacing / 10)
		}
	}
	mirror(h)
	return h
}

// mirror makes the two halves of a matrix equal.
func mirror(h [][]float64) {
	for i := range h {
		for j := range i {
			mean := (h[i][j] + h[j][i]) / 2
			h[i][j], h[j][i] = mean, mean
		}
	}
}
