package predict

import (
	"cmp"
	"math"
	"runtime"
	"slices"
	"sync"
)

const daysPerWeek = 7

// Stat is what the models need to know of a customer. Times are days since the first purchase.
type Stat struct {
	Repeats int     // purchase days after the first
	Last    float64 // the last purchase; 0 without a repeat
	Age     float64 // the end of what is known
	LogGaps float64 // the sum of the logarithms of the gaps between purchase days, in weeks
	Chances Taken   // the same in periods of ChanceDays, for BG/BB
}

// row is a Stat in weeks, and how many customers share it.
type row struct {
	x       int
	tx, t   float64
	logGaps float64
	n       float64
}

func inWeeks(c Stat) row {
	return row{x: c.Repeats, tx: c.Last / daysPerWeek, t: c.Age / daysPerWeek, logGaps: c.LogGaps, n: 1}
}

// Sample is the customers a model is fitted to.
type Sample struct {
	rows      []row
	Customers int
	Repeats   int    // of all of them
	Repeaters int    // customers with at least one
	stats     []Stat // as they were given, for BG/BB
	most      int    // the most repeats of one customer
}

// NewSample counts equal customers together. What cannot be a customer (negative times, a last purchase after the end) is
// taken for the nearest that can.
func NewSample(stats []Stat) *Sample {
	s := &Sample{Customers: len(stats), stats: stats}
	rows := make([]row, 0, len(stats))
	for _, c := range stats {
		x := max(0, c.Repeats)
		tx, t := max(0, c.Last)/daysPerWeek, max(0, c.Age)/daysPerWeek
		gaps := c.LogGaps
		if x == 0 {
			tx, gaps = 0, 0
		} else {
			s.Repeaters++
		}
		rows = append(rows, row{x: x, tx: tx, t: max(tx, t), logGaps: gaps, n: 1})
		s.Repeats += x
		s.most = max(s.most, x)
	}
	slices.SortFunc(rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.x, b.x), cmp.Compare(a.t, b.t), cmp.Compare(a.tx, b.tx), cmp.Compare(a.logGaps, b.logGaps))
	})
	for _, r := range rows {
		if n := len(s.rows); n > 0 && s.rows[n-1].x == r.x && s.rows[n-1].tx == r.tx && s.rows[n-1].t == r.t && s.rows[n-1].logGaps == r.logGaps {
			s.rows[n-1].n++
			continue
		}
		s.rows = append(s.rows, r)
	}
	return s
}

// Distinct is how many different customers there are.
func (s *Sample) Distinct() int { return len(s.rows) }

// chunk is how many rows are added up by one hand. It does not depend on the machine, so neither do the sums.
const chunk = 1024

// sum adds up f over the rows, several hands at once: f adds to a value and a gradient of its own chunk, and the chunks
// are added in their order.
func (s *Sample) sum(grad []float64, f func(rows []row, grad []float64) float64) float64 {
	parts := (len(s.rows) + chunk - 1) / chunk
	if parts <= 1 {
		return f(s.rows, grad)
	}
	values, grads := make([]float64, parts), make([]float64, parts*len(grad))
	var wait sync.WaitGroup
	hands := min(parts, runtime.GOMAXPROCS(0))
	for hand := range hands {
		wait.Go(func() {
			for p := hand; p < parts; p += hands {
				rows := s.rows[p*chunk : min(len(s.rows), (p+1)*chunk)]
				values[p] = f(rows, grads[p*len(grad):(p+1)*len(grad)])
			}
		})
	}
	wait.Wait()
	total := 0.0
	for p := range parts {
		total += values[p]
		for i := range grad {
			grad[i] += grads[p*len(grad)+i]
		}
	}
	return total
}

// lgamma is the logarithm of the gamma function of a positive number.
func lgamma(v float64) float64 {
	l, _ := math.Lgamma(v)
	return l
}

// logAdd is the logarithm of the sum of two numbers given by their logarithms.
func logAdd(a, b float64) float64 {
	if a < b {
		a, b = b, a
	}
	if math.IsInf(b, -1) {
		return a
	}
	return a + math.Log1p(math.Exp(b-a))
}

// logBeta is the logarithm of the beta function.
func logBeta(a, b float64) float64 { return lgamma(a) + lgamma(b) - lgamma(a+b) }
