package predict

import (
	"math"
	"slices"

	"regulars/internal/base/stats"
)

// Score is what is foretold of one customer.
type Score struct {
	ID     string
	Number int64 // in a store; 0: of files
	Stat
	Alive    float64
	None     float64 // chance of buying nothing in the days ahead
	Expected float64 // purchases in the days ahead
	Purchase float64 // what one comes to, in whole units; NaN where no amounts are known
	Spend    float64 // in the days ahead
	Value    float64 // discounted margin over the months of the terms
	Stake    float64 // what may be lost in the days ahead: the chance of buying nothing times what they used to spend; 0 for those lost already
	State    State
}

// State is where a customer stands, in one word, as their own purchases say.
type State string

// The states.
const (
	OnceOnly State = "once"    // bought once so far
	Gone     State = "gone"    // very likely not there any more
	Late     State = "late"    // later than usual: beyond the 90 % interval of their own gaps
	OnTime   State = "on_time" // as usual
)

// Totals are sums over all customers.
type Totals struct {
	Alive                  stats.Interval // customers who have not left for good
	Leaving, Late          float64
	Expected, Spend, Value stats.Interval
	Stake                  float64
	BestTenth              float64     // share of all value that the best tenth of customers holds
	Quiet                  [10]float64 // customers by their chance of no purchase: below 0.1, from there below 0.2, and so on
	Band                   Band
	// Drift is whether what came last left the band that was foretold by then.
	Drift, DriftKnown bool
}

// Band is what the bounds of totals are made of, each as a share of the total.
type Band struct {
	Law    float64 // the parameters are not known exactly
	Chance float64 // customers do as they like
	Missed float64 // the largest miss of the back-tests
}

// half is half the width of the band, as a share.
func (b Band) half() float64 {
	return math.Hypot(stats.Z95*math.Hypot(b.Law, b.Chance), b.Missed)
}

// lateAt is the chance of so long a gap below which a customer is later than usual: the upper end of 90 %.
const lateAt = 0.05

// goneAt is the chance of being there below which somebody with repeats counts as gone.
const goneAt = 0.2

// foretell scores every customer and adds up.
func (out *Outlook) foretell(h *History) {
	known, who := h.Stats(out.From)
	if h.Paid {
		f := FitSpending(h.spent(out.From, out.Digits))
		out.Money = &f
	}
	out.Scores = out.Forecaster().all(h, known, who, out.From)
	out.add()
}

// usual is how many purchases the customer used to make in so many days; none for one who has stayed away for twice as
// long, and is lost rather than at risk.
func usual(c Stat, days float64) float64 {
	if c.Repeats == 0 || c.Age-c.Last > 2*days {
		return 0
	}
	return days * float64(c.Repeats) / max(c.Last, days)
}

func state(m Model, s *Score) State {
	switch {
	case s.Repeats == 0:
		return OnceOnly
	case s.Alive < goneAt:
		return Gone
	case s.Repeats >= 2 && m.Overdue(s.Stat) < lateAt:
		return Late
	}
	return OnTime
}

// add sums the scores and draws the bounds of the sums.
func (out *Outlook) add() {
	t := &out.Totals
	spend, value, chance := 0.0, 0.0, 0.0
	for i := range out.Scores {
		s := &out.Scores[i]
		t.Alive.Value += s.Alive
		chance += s.Alive * (1 - s.Alive)
		t.Leaving += s.None
		t.Quiet[min(len(t.Quiet)-1, int(s.None*float64(len(t.Quiet))))]++
		t.Expected.Value += s.Expected
		if s.State == Late {
			t.Late++
		}
		if out.Money != nil {
			spend, value = spend+s.Spend, value+s.Value
			t.Stake += s.Stake
		}
	}
	t.BestTenth = bestTenth(out.Scores, value)
	t.Expected.N = float64(len(out.Scores))
	t.Alive.N = t.Expected.N
	t.Alive.SE = math.Hypot(math.Sqrt(chance), t.Alive.Value*out.lawError(Model.Alive))
	t.Alive.Low, t.Alive.High = max(0, t.Alive.Value-stats.Z95*t.Alive.SE), min(t.Alive.N, t.Alive.Value+stats.Z95*t.Alive.SE)
	out.withOtherLaws(&t.Alive)
	t.Spend, t.Value = t.Expected, t.Expected
	t.Spend.Value, t.Value.Value = spend, value
	t.Band = out.band(out.Best().Tests, t.Expected.Value)
	for _, total := range []*stats.Interval{&t.Expected, &t.Spend, &t.Value} {
		half := t.Band.half()
		total.Low, total.High, total.SE = total.Value*max(0, 1-half), total.Value*(1+half), math.NaN()
	}
	if tests := out.Best().Tests; len(tests) > 1 {
		// The latest, by the band that the ones before it would have drawn.
		t.DriftKnown = true
		t.Drift = math.Abs(tests[0].Miss()) > out.band(tests[1:], tests[0].Predicted).half()
	}
}

// alike is how near the average loss of a law must be to that of the one chosen for its word on who has left to count.
const alike = 0.01

// withOtherLaws widens the bounds of how many are still there by what other laws say that foretell about as well: nobody sees
// a customer leave, so what a law holds of leaving cannot be tested as its purchases can. Laws under which who bought once
// never leaves (BG) have no word in it.
func (out *Outlook) withOtherLaws(alive *stats.Interval) {
	best := out.Best()
	for i := range out.Candidates {
		c := &out.Candidates[i]
		if i == out.Chosen || !c.Converged || c.Degenerate || !leavesAtOnce(c.Model) || !leavesAtOnce(best.Model) || !(math.Abs(c.Loss()-best.Loss()) < alike) {
			continue
		}
		there := make([]float64, len(out.Scores))
		each(len(there), func(i int) { there[i] = c.Model.Alive(out.Scores[i].Stat) })
		sum := 0.0
		for _, v := range there {
			sum += v
		}
		alive.Low, alive.High = max(0, min(alive.Low, sum-stats.Z95*alive.SE)), min(alive.N, max(alive.High, sum+stats.Z95*alive.SE))
	}
}

// leavesAtOnce is whether a customer may leave after the first purchase under the law.
func leavesAtOnce(m Model) bool {
	g, is := m.(Geometric)
	_, pareto := m.(Pareto)
	return is && g.AtOnce || pareto
}

// bestTenth is the share of all value that the best tenth holds; NaN where nothing has a value.
func bestTenth(scores []Score, all float64) float64 {
	if !(all > 0) {
		return math.NaN()
	}
	values := make([]float64, len(scores))
	for i := range scores {
		values[i] = -scores[i].Value
	}
	slices.Sort(values)
	const tenths = 10
	best := 0.0
	for _, v := range values[:(len(values)+tenths-1)/tenths] {
		best -= v
	}
	return best / all
}

// band is how far a total may be off: the law's own uncertainty, chance, and as far as it was off before.
func (out *Outlook) band(tests []*Test, total float64) Band {
	var b Band
	if total <= 0 {
		return b
	}
	b.Law = out.lawError(func(m Model, c Stat) float64 { return m.Expect(c, float64(out.Days)) })
	square := 1.5 * total // without a test: somewhat more than purchases by pure chance
	for i, t := range tests {
		if i == 0 && t.Predicted > 0 {
			square = t.Square * total / t.Predicted
		}
		if miss := math.Abs(t.Miss()); !math.IsNaN(miss) {
			b.Missed = max(b.Missed, miss)
		}
	}
	b.Chance = math.Sqrt(square) / total
	return b
}

// lawError is the standard error of the sum of a figure over all customers for want of knowing the parameters, as a share
// of it: by the delta method over the logarithms of the parameters.
func (out *Outlook) lawError(figure func(Model, Stat) float64) float64 {
	best := out.Best()
	if best.Covariance == nil {
		return 0
	}
	values := valuesOf(best.Model)
	sum := func(m Model) float64 {
		parts := make([]float64, len(out.Scores))
		each(len(parts), func(i int) { parts[i] = figure(m, out.Scores[i].Stat) })
		total := 0.0
		for _, v := range parts {
			total += v
		}
		return total
	}
	total := sum(best.Model)
	if total == 0 {
		return 0
	}
	slopes := make([]float64, len(values))
	const step = 1e-3
	for i, v := range values {
		values[i] = v * math.Exp(step)
		slopes[i] = (sum(best.Model.With(values)) - total) / step / total
		values[i] = v
	}
	return math.Sqrt(max(0, quadratic(slopes, best.Covariance)))
}

// Next is in how many days the customer is as likely as not to have bought again; false where that is not within two years.
func Next(m Model, c Stat) (days float64, likely bool) {
	low, high := 0.0, 730.0
	if m.None(c, high) > 0.5 {
		return 0, false
	}
	for high-low > 0.5 {
		mid := (low + high) / 2
		if m.None(c, mid) > 0.5 {
			low = mid
		} else {
			high = mid
		}
	}
	return high, true
}
