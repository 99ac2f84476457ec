package fit

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Rosenbrock's valley is narrow and bent; its floor is at (1, 1).
func valley(theta, grad []float64) float64 {
	x, y := theta[0], theta[1]
	grad[0] = -2*(1-x) - 400*x*(y-x*x)
	grad[1] = 200 * (y - x*x)
	return (1-x)*(1-x) + 100*(y-x*x)*(y-x*x)
}

func TestMinimise(t *testing.T) {
	t.Parallel()
	r := Minimise(valley, [][]float64{{-1.2, 1}, {3, -2}})
	if !r.Converged || math.Abs(r.Theta[0]-1) > 1e-6 || math.Abs(r.Theta[1]-1) > 1e-6 {
		t.Errorf("%+v", r)
	}
	// Its curvature there, by hand: 802, -400, 200.
	for i, want := range []float64{802, -400, 200} {
		if got := []float64{r.Curvature[0][0], r.Curvature[0][1], r.Curvature[1][1]}[i]; math.Abs(got-want) > .01 {
			t.Errorf("curvature %v, want %v", got, want)
		}
	}
	c, known := r.Covariance(10)
	if !known || math.Abs(c[0][0]-.05) > 1e-4 { // half the inverse's 1/2, over 10
		t.Errorf("covariance %v, %v", c, known)
	}
}

// The lower of two hollows is found from a start in each.
func TestSeveralStarts(t *testing.T) {
	t.Parallel()
	hollows := func(theta, grad []float64) float64 {
		x := theta[0]
		grad[0] = 4*x*x*x - 8*x + .5
		return x*x*x*x - 4*x*x + .5*x
	}
	if r := Minimise(hollows, [][]float64{{1.5}, {-1}}); !r.Converged || r.Theta[0] > 0 {
		t.Errorf("%+v", r)
	}
}

// What grows for ever ends at the wall, and says so.
func TestWalls(t *testing.T) {
	t.Parallel()
	falling := func(theta, grad []float64) float64 {
		grad[0], grad[1] = -.1, 2*theta[1]
		return -.1*theta[0] + theta[1]*theta[1]
	}
	r := Minimise(falling, [][]float64{{0, 3}})
	if !r.Converged || !r.AtWall[0] || r.AtWall[1] || math.Abs(r.Theta[1]) > 1e-6 || math.Exp(r.Theta[0]) < Farthest*.999 {
		t.Errorf("%+v", r)
	}
	if _, known := r.Covariance(100); known {
		t.Error("a parameter at the wall has no error")
	}
	nowhere := func(theta, grad []float64) float64 { return math.NaN() }
	if r := Minimise(nowhere, [][]float64{{0}, {1}}); r.Converged {
		t.Errorf("%+v", r)
	}
	level := func(theta, grad []float64) float64 { grad[0] = 0; return 1 }
	r = Minimise(level, [][]float64{{0}})
	if _, known := r.Covariance(10); !r.Converged || known {
		t.Errorf("on level ground: %+v", r)
	}
}

// Weights by hand for one feature of two values: the odds in each group.
func TestLogisticOfTwoGroups(t *testing.T) {
	t.Parallel()
	var x [][]float64
	var yes []bool
	add := func(v float64, n, of int) {
		for i := range of {
			x, yes = append(x, []float64{v}), append(yes, i < n)
		}
	}
	add(0, 20, 100)
	add(1, 60, 80)
	l := Regress(x, yes, 0)
	if math.Abs(l.Bias-math.Log(20.0/80)) > 1e-6 || math.Abs(l.Weights[0]-math.Log(3)+math.Log(20.0/80)) > 1e-6 {
		t.Errorf("%+v", l)
	}
	if p := l.Chance([]float64{1}); math.Abs(p-.75) > 1e-6 {
		t.Errorf("chance %v, want .75", p)
	}
	if w := Regress(x, yes, 50).Weights[0]; !(w > 0 && w < l.Weights[0]) {
		t.Errorf("a penalty leaves the weight at %v", w)
	}
	for _, all := range []bool{true, false} {
		same := make([]bool, len(yes))
		for i := range same {
			same[i] = all
		}
		if p := Regress(x, same, 1).Chance([]float64{1}); (p > .99) != all || (p < .01) == all {
			t.Errorf("all %v: chance %v", all, p)
		}
	}
	if p := Regress(nil, nil, 1).Chance(nil); p != .5 {
		t.Errorf("nothing known: %v", p)
	}
}

func TestLogisticFindsItself(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 3))
	want := Logistic{Weights: []float64{1, -.5, 0}, Bias: -.3}
	var x [][]float64
	var yes []bool
	for range 20000 {
		row := []float64{r.NormFloat64(), r.NormFloat64(), r.NormFloat64()}
		x, yes = append(x, row), append(yes, r.Float64() < want.Chance(row))
	}
	l := Regress(x, yes, 1e-6)
	for i, w := range append(want.Weights, want.Bias) {
		if got := append(l.Weights, l.Bias)[i]; math.Abs(got-w) > .06 {
			t.Errorf("weight %d is %v, want %v", i, got, w)
		}
	}
}
