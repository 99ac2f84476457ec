package stats

import (
	"cmp"
	"math"
	"slices"
)

// AUC is how often, of two cases of which one came true and one did not, the one that did had the higher score (ties
// count half); with the interval of Hanley and McNeil (1982), cut at 0 and 1. NaN where all came true, or none.
func AUC(scores []float64, came []bool) Interval {
	if len(scores) != len(came) || anyNaN(scores...) {
		return unknown()
	}
	order := make([]int, len(scores))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(scores[a], scores[b]) })
	ranks, yes := 0.0, 0.0
	for i := 0; i < len(order); {
		j, here := i, 0.0
		for ; j < len(order) && scores[order[j]] == scores[order[i]]; j++ {
			if came[order[j]] {
				here++
			}
		}
		ranks += here * float64(i+j+1) / 2
		yes += here
		i = j
	}
	no := float64(len(order)) - yes
	if yes == 0 || no == 0 {
		return unknown()
	}
	a := (ranks - yes*(yes+1)/2) / (yes * no)
	q1, q2 := a/(2-a), 2*a*a/(1+a)
	se := math.Sqrt(max(0, a*(1-a)+(yes-1)*(q1-a*a)+(no-1)*(q2-a*a)) / (yes * no))
	return Interval{Value: a, Low: max(0, a-Z95*se), High: min(1, a+Z95*se), SE: se, N: yes + no}
}

// LogLoss is the average of -log of the probability given to what came: 0 is certainty that was right, log 2 a coin.
// Probabilities are kept 1e-15 away from 0 and 1.
func LogLoss(p []float64, came []bool) float64 {
	if len(p) != len(came) || len(p) == 0 || anyNaN(p...) {
		return math.NaN()
	}
	total := 0.0
	for i, v := range p {
		if !came[i] {
			v = 1 - v
		}
		total -= math.Log(max(1e-15, min(1-1e-15, v)))
	}
	return total / float64(len(p))
}

// Brier is the average squared distance between the probability and what came (Brier 1950).
func Brier(p []float64, came []bool) float64 {
	if len(p) != len(came) || len(p) == 0 || anyNaN(p...) {
		return math.NaN()
	}
	total := 0.0
	for i, v := range p {
		if came[i] {
			v = 1 - v
		}
		total += v * v
	}
	return total / float64(len(p))
}

// AveragePrecision is the average, over the cases that came true, of the share that came true among those with as high a
// score or higher; equals are taken together. NaN where none came true.
func AveragePrecision(scores []float64, came []bool) float64 {
	order := byScore(scores)
	total, yes, seen := 0.0, 0.0, 0.0
	for i := 0; i < len(order); {
		j, here := i, 0.0
		for ; j < len(order) && scores[order[j]] == scores[order[i]]; j++ {
			if came[order[j]] {
				here++
			}
		}
		seen, yes = seen+float64(j-i), yes+here
		total += here * yes / seen
		i = j
	}
	return total / yes
}

// LiftOfTop is how much likelier a case among the given share with the highest scores came true than one taken blindly.
func LiftOfTop(scores []float64, came []bool, share float64) float64 {
	order := byScore(scores)
	top := int(share * float64(len(order)))
	all, first := 0.0, 0.0
	for i, k := range order {
		if came[k] {
			all++
			if i < top {
				first++
			}
		}
	}
	return first / float64(top) / (all / float64(len(order)))
}

// byScore is the order from the highest score to the lowest; equals keep their place.
func byScore(scores []float64) []int {
	order := make([]int, len(scores))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(scores[b], scores[a]) })
	return order
}
