package predict

import (
	"cmp"
	"math"
	"runtime"
	"slices"
	"sync"

	"regulars/internal/base/stats"
)

// Test is a fit made with what was known at the end of a day, held against the days after it.
type Test struct {
	End       int32 // last day that the fit has seen
	Days      int   // how many days after it were foretold
	Customers int
	Actual    float64 // purchase days that came
	Predicted float64
	MAE       float64 // average size of the error, a customer
	// Of who bought nothing:
	Quiet       int // customers who did
	QuietTold   float64
	AUC         stats.Interval
	LogLoss     float64
	Brier       float64
	Calibration []Bin
	Season      bool      // with the season index
	Square      float64   // sum of squared errors
	losses      []float32 // of each customer, while laws are compared
}

// Bin is the customers whose chance of buying nothing was foretold alike.
type Bin struct {
	Customers int
	Told      float64        // average chance
	Came      stats.Interval // share who did buy nothing
}

// Miss is by how much of itself the foretold total was off: 0.1 where a tenth more came than was foretold.
func (t *Test) Miss() float64 {
	if t.Predicted <= 0 {
		return math.NaN()
	}
	return t.Actual/t.Predicted - 1
}

const bins = 10

// test foretells the days after end for everybody known then, and looks at what came. What the customers did after end
// enters the comparison only.
func (h *History) test(m Model, s *Season, end int32, days int) *Test {
	known, who := h.Stats(end)
	t := &Test{End: end, Days: days, Customers: len(known), Season: s != nil}
	factor := s.ahead(end, 0, float64(days))
	expected, none := make([]float64, len(known)), make([]float64, len(known))
	each(len(known), func(i int) {
		expected[i] = factor * m.Expect(known[i], float64(days))
		none[i] = m.None(known[i], factor*float64(days))
	})
	quiet := make([]bool, len(known))
	t.losses = make([]float32, len(known))
	for i, p := range who {
		person := &h.People[p]
		came := float64(person.Until(end+int32(days)) - person.Until(end))
		quiet[i] = came == 0
		t.Actual += came
		t.Predicted += expected[i]
		t.MAE += math.Abs(came-expected[i]) / float64(len(known))
		t.Square += (came - expected[i]) * (came - expected[i])
		t.QuietTold += none[i]
		if quiet[i] {
			t.Quiet++
		}
		t.losses[i] = float32(stats.LogLoss(none[i:i+1], quiet[i:i+1]))
	}
	t.AUC, t.LogLoss, t.Brier = stats.AUC(none, quiet), stats.LogLoss(none, quiet), stats.Brier(none, quiet)
	t.Calibration = calibrate(none, quiet)
	return t
}

// calibrate sorts customers by what was foretold and cuts them into about equal groups; equals stay together.
func calibrate(told []float64, came []bool) []Bin {
	order := make([]int, len(told))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(told[a], told[b]), cmp.Compare(a, b)) })
	var out []Bin
	for from := 0; from < len(order); {
		to := min(len(order), max(from+1, (len(out)+1)*len(order)/bins))
		for to < len(order) && told[order[to]] == told[order[to-1]] {
			to++
		}
		b := Bin{Customers: to - from}
		yes := 0.0
		for _, i := range order[from:to] {
			b.Told += told[i] / float64(to-from)
			if came[i] {
				yes++
			}
		}
		b.Came = stats.Wilson(yes, float64(to-from))
		out = append(out, b)
		from = to
	}
	return out
}

// each calls f for every number below n, several hands at once.
func each(n int, f func(i int)) {
	parts(n, func(from, to int) {
		for i := from; i < to; i++ {
			f(i)
		}
	})
}

// parts calls f for a part of the numbers below n for each hand.
func parts(n int, f func(from, to int)) {
	hands := runtime.GOMAXPROCS(0)
	if n < 256 {
		hands = 1
	}
	var wait sync.WaitGroup
	for hand := range hands {
		wait.Go(func() { f(hand*n/hands, (hand+1)*n/hands) })
	}
	wait.Wait()
}

// Loss is the average loss of a candidate on who buys nothing, over all its tests together; NaN without any.
func (c *Candidate) Loss() float64 {
	sum, n := 0.0, 0.0
	for _, t := range c.Tests {
		sum, n = sum+t.LogLoss*float64(t.Customers), n+float64(t.Customers)
	}
	return sum / n
}

// Told is what a test had foretold of customers of a store, by their numbers: the chance of buying nothing. It is known
// until the outlook is kept, of those who are asked for.
func (h *History) Told(t *Test, of func(number int64) bool) map[int64]float64 {
	_, who := h.Stats(t.End)
	if len(t.losses) != len(who) {
		return nil
	}
	out := map[int64]float64{}
	for i, p := range who {
		person := &h.People[p]
		if !of(person.Number) {
			continue
		}
		right := math.Exp(-float64(t.losses[i])) // the chance that was given to what came
		if person.Until(t.End+int32(t.Days)) == person.Until(t.End) {
			out[person.Number] = right
		} else {
			out[person.Number] = 1 - right
		}
	}
	return out
}
