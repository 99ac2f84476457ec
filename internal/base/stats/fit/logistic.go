package fit

import "math"

// Logistic is a regression of a yes or no: the logarithm of the odds is Bias plus the sum of Weights times features.
type Logistic struct {
	Weights []float64
	Bias    float64
}

// Chance is the probability of a yes.
func (l Logistic) Chance(x []float64) float64 { return 1 / (1 + math.Exp(-l.LogOdds(x))) }

// LogOdds is what Chance is made of; each term is what a feature adds.
func (l Logistic) LogOdds(x []float64) float64 {
	z := l.Bias
	for i, v := range x {
		z += l.Weights[i] * v
	}
	return z
}

// Regress finds the weights that make the answers likeliest, less half the penalty times the sum of their squares
// (ridge; Le Cessie and Van Houwelingen 1992). The bias is free, unless all answers are alike: then it is as far out as
// one more answer of the other kind would put it. Every row of x has the same number of features.
func Regress(x [][]float64, yes []bool, penalty float64) Logistic {
	if len(x) == 0 {
		return Logistic{}
	}
	n := len(x[0])
	l := Logistic{Weights: make([]float64, n)}
	count := 0.0
	for _, y := range yes {
		if y {
			count++
		}
	}
	total := float64(len(yes))
	l.Bias = math.Log((count + .5) / (total - count + .5))
	if count == 0 || count == total {
		return l
	}
	loss := l.loss(x, yes, penalty)
	for range 50 {
		gradient, curvature := l.slopes(x, yes, penalty)
		triangle, ok := cholesky(curvature)
		if !ok {
			return l
		}
		step := solve(triangle, gradient)
		moved := false
		for size := 1.0; size > 1e-6; size /= 2 {
			next := Logistic{Weights: make([]float64, n), Bias: l.Bias - size*step[n]}
			for i, w := range l.Weights {
				next.Weights[i] = w - size*step[i]
			}
			if v := next.loss(x, yes, penalty); v < loss {
				moved = loss-v > 1e-12*math.Abs(loss)
				l, loss = next, v
				break
			}
		}
		if !moved {
			break
		}
	}
	return l
}

// loss is what is made small: the negative log-likelihood and the penalty.
func (l Logistic) loss(x [][]float64, yes []bool, penalty float64) float64 {
	total := 0.0
	for i, row := range x {
		z := l.LogOdds(row)
		if yes[i] {
			z = -z
		}
		total += max(z, 0) + math.Log1p(math.Exp(-math.Abs(z)))
	}
	for _, w := range l.Weights {
		total += penalty / 2 * w * w
	}
	return total
}

// slopes is the gradient and the curvature of the loss; the bias stands last.
func (l Logistic) slopes(x [][]float64, yes []bool, penalty float64) ([]float64, [][]float64) {
	n := len(l.Weights)
	gradient, curvature := make([]float64, n+1), square(n+1)
	for i, row := range x {
		p := l.Chance(row)
		e, w := p, p*(1-p)
		if yes[i] {
			e--
		}
		for j, v := range row {
			gradient[j] += e * v
			if v == 0 {
				continue
			}
			wv := w * v
			for k := range j + 1 {
				curvature[j][k] += wv * row[k]
			}
			curvature[n][j] += wv
		}
		gradient[n] += e
		curvature[n][n] += w
	}
	for j, w := range l.Weights {
		gradient[j] += penalty * w
		curvature[j][j] += penalty
	}
	for j := range curvature {
		for k := range j {
			curvature[k][j] = curvature[j][k]
		}
		curvature[j][j] += 1e-9
	}
	return gradient, curvature
}
