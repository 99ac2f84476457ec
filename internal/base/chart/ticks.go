package chart

import "math"

// Ticks are round numbers, evenly spaced, from at or below low to at or above high: about so many of them. Where
// amounts start at zero, the caller gives zero as low.
func Ticks(low, high float64, about int) []float64 {
	if math.IsNaN(low) || math.IsNaN(high) || math.IsInf(low, 0) || math.IsInf(high, 0) || low > high {
		low, high = 0, 1
	}
	if low == high {
		// A lone value gets room around it, but zero stays an edge.
		pad := max(math.Abs(low)*0.1, 1)
		if low != 0 {
			low -= pad
		}
		high += pad
	}
	step := roundUp((high - low) / float64(max(about-1, 1)))
	first, last := math.Floor(low/step+1e-9), math.Ceil(high/step-1e-9)
	ticks := make([]float64, 0, int(last-first)+1)
	for i := first; i <= last; i++ {
		ticks = append(ticks, tidyNumber(i*step, step))
	}
	return ticks
}

// roundUp gives the next number of the form 1, 2, 2.5 or 5 times a power of ten.
func roundUp(v float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, lead := range []float64{1, 2, 2.5, 5} {
		if v <= lead*power*(1+1e-9) {
			return lead * power
		}
	}
	return 10 * power
}

// tidyNumber takes the dust of binary fractions off a multiple of step: 0.30000000000000004 is 0.3.
func tidyNumber(v, step float64) float64 {
	digits := max(0, int(math.Ceil(-math.Log10(step)))+2)
	scale := math.Pow10(digits)
	return math.Round(v*scale)/scale + 0 // adding 0 turns -0 into 0
}
