package uplift

import (
	"cmp"
	"math"
	"slices"
)

// Point is a place on a curve: so many customers from the top of the order, and what treating them gained.
type Point struct{ Customers, Gain float64 }

// Curve follows the order of the scores from the top: at each score, how many more of the treated did it than as many of
// the others would have.
func Curve(scores []float64, t Trial) []Point {
	order := make([]int, len(scores))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(scores[b], scores[a]) })
	curve := []Point{{}}
	var n, did [2]float64 // others, treated
	for k, i := range order {
		arm := 0
		if t.Treated[i] {
			arm = 1
		}
		n[arm]++
		if t.Did[i] {
			did[arm]++
		}
		if k+1 < len(order) && scores[order[k+1]] == scores[i] {
			continue // equals are taken together
		}
		gain := did[1]
		if n[0] > 0 {
			gain -= did[0] * n[1] / n[0]
		}
		curve = append(curve, Point{float64(k + 1), gain})
	}
	return curve
}

// area is that under a curve of straight pieces.
func area(curve []Point) float64 {
	sum := 0.0
	for i := 1; i < len(curve); i++ {
		sum += (curve[i].Customers - curve[i-1].Customers) * (curve[i].Gain + curve[i-1].Gain) / 2
	}
	return sum
}

// Qini is the area between the curve of the scores and a blind order, over that of the best order there can be: those
// treated who did it first, others who did it last. NaN where an arm is empty, or nobody did it.
func Qini(scores []float64, t Trial) float64 {
	best := make([]float64, len(scores))
	var arms [2]bool
	for i := range best {
		switch {
		case t.Treated[i] && t.Did[i]:
			best[i] = 1
		case t.Did[i]:
			best[i] = -1
		}
		if t.Treated[i] {
			arms[1] = true
		} else {
			arms[0] = true
		}
	}
	if !arms[0] || !arms[1] {
		return math.NaN()
	}
	perfect := Curve(best, t)
	end := perfect[len(perfect)-1]
	blind := area([]Point{{}, end})
	if most := area(perfect) - blind; most > 0 {
		return (area(Curve(scores, t)) - blind) / most
	}
	return math.NaN()
}

// Policy is what treating the given share with the highest scores brought in the trial, a customer treated: the share who
// did it among them, treated less others. NaN where one side of them is empty.
func Policy(scores []float64, t Trial, share float64) float64 {
	order := make([]int, len(scores))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(scores[b], scores[a]) })
	var n, did [2]float64
	for _, i := range order[:int(share*float64(len(order)))] {
		arm := 0
		if t.Treated[i] {
			arm = 1
		}
		n[arm]++
		if t.Did[i] {
			did[arm]++
		}
	}
	return did[1]/n[1] - did[0]/n[0]
}
