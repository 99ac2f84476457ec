package churn

import (
	"math"

	"regulars/internal/base/stats"
	"regulars/internal/base/stats/fit"
)

// Classifier is a logistic regression on features of one scale.
type Classifier struct {
	Names   []Feature
	Penalty float64
	Law     fit.Logistic
	mean    []float64
	spread  []float64
	squash  bool // sizes count by their logarithms
}

// Options say how to learn.
type Options struct {
	// Squash takes the logarithm of one more than the size of each feature, with its sign: for counts and money.
	Squash bool
	// Standard is how many of the first columns are brought to mean 0 and spread 1; the others are left as they are. 0: all.
	Standard int
	// Penalty on squares of weights; 0: chosen among 0.1, 1, 10 and 100 on every fourth row of the training data.
	Penalty float64
}

// Train learns from rows, one a customer, and who of them left.
func Train(names []Feature, rows [][]float64, left []bool, o Options) *Classifier {
	if o.Penalty > 0 {
		return learn(names, rows, left, o)
	}
	var train, check [][]float64
	var trained, checked []bool
	for i := range rows {
		if i%4 == 3 {
			check, checked = append(check, rows[i]), append(checked, left[i])
		} else {
			train, trained = append(train, rows[i]), append(trained, left[i])
		}
	}
	best, least := 1.0, math.Inf(1)
	for _, penalty := range []float64{100, 10, 1, .1} {
		o.Penalty = penalty
		if loss := stats.LogLoss(learn(names, train, trained, o).Chances(check), checked); loss < least {
			best, least = penalty, loss
		}
	}
	o.Penalty = best
	return learn(names, rows, left, o)
}

func learn(names []Feature, rows [][]float64, left []bool, o Options) *Classifier {
	c := &Classifier{Names: names, Penalty: o.Penalty, squash: o.Squash, mean: make([]float64, len(names)), spread: make([]float64, len(names))}
	n := float64(len(rows))
	for j := range names {
		c.spread[j] = 1
		if o.Standard > 0 && j >= o.Standard {
			continue
		}
		sum, square := 0.0, 0.0
		for _, row := range rows {
			v := c.size(row[j])
			sum, square = sum+v, square+v*v
		}
		if n == 0 {
			continue
		}
		c.mean[j] = sum / n
		if s := math.Sqrt(max(0, square/n-c.mean[j]*c.mean[j])); s > 1e-9 {
			c.spread[j] = s
		}
	}
	scaled := make([][]float64, len(rows))
	for i, row := range rows {
		scaled[i] = c.scale(row)
	}
	c.Law = fit.Regress(scaled, left, o.Penalty)
	if len(c.Law.Weights) == 0 {
		c.Law.Weights = make([]float64, len(names))
	}
	return c
}

func (c *Classifier) size(v float64) float64 {
	if !c.squash {
		return v
	}
	return math.Copysign(math.Log1p(math.Abs(v)), v)
}

func (c *Classifier) scale(row []float64) []float64 {
	out := make([]float64, len(row))
	for j, v := range row {
		out[j] = (c.size(v) - c.mean[j]) / c.spread[j]
	}
	return out
}

// Chance is the probability that a customer leaves.
func (c *Classifier) Chance(row []float64) float64 { return c.Law.Chance(c.scale(row)) }

// Chances is Chance of each row.
func (c *Classifier) Chances(rows [][]float64) []float64 {
	out := make([]float64, len(rows))
	for i, row := range rows {
		out[i] = c.Chance(row)
	}
	return out
}
