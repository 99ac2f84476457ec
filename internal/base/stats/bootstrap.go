package stats

import (
	"math"
	"math/rand/v2"
	"sort"
)

// Bootstrap resamples n units (customers) with replacement and gives stat of the sample as it is, the standard
// deviation of the replicates as SE, and their 2.5 % and 97.5 % quantiles as bounds (Efron 1979; percentile method).
// stat receives indices 0..n-1, sorted in no way, in a slice that is reused. The same seed gives the same interval.
// Replicates on which stat is NaN (an empty group) are left out; with fewer than two left there are no bounds.
func Bootstrap(seed uint64, n, replicates int, stat func(indices []int) float64) Interval {
	out := unknown()
	if n <= 0 {
		return out
	}
	indices := make([]int, n)
	for i := range indices {
		indices[i] = i
	}
	out.Value, out.N = stat(indices), float64(n)
	random := rand.New(rand.NewPCG(seed, 0xb0075742))
	values := make([]float64, 0, max(replicates, 0))
	var mean, squares float64
	for range replicates {
		for i := range indices {
			indices[i] = random.IntN(n)
		}
		x := stat(indices)
		if math.IsNaN(x) {
			continue
		}
		values = append(values, x)
		step := x - mean
		mean += step / float64(len(values))
		squares += step * (x - mean)
	}
	if len(values) < 2 {
		return out
	}
	sort.Float64s(values)
	out.Low, out.High = Quantile7(values, 0.025), Quantile7(values, 0.975)
	out.SE = math.Sqrt(squares / float64(len(values)-1))
	return out
}
