package gift

import (
	"math"

	"regulars/internal/base/db"
	"regulars/internal/base/stats"
	"regulars/internal/measure/metric"
	"regulars/internal/record/customer"
	"regulars/internal/record/order"
)

// Side is what those on one side have bought since the list was frozen.
type Side struct {
	Customers int64
	Came      int64 // how many of them have bought something
	Minor     int64 // what they paid, less what came back

	squares float64
}

// Effect is what those who were drawn bought since, beside those who were not: chance alone told them apart, so that what they
// differ in beyond chance comes of the gift. Who was drawn and could not be given anything counts as drawn.
type Effect struct {
	With, Without Side
	Came          stats.Change // of the shares of those who came
	Paid          stats.Change // of what each has paid, in minor units
	CameVerdict   string       // real, noise or too_few
	PaidVerdict   string
}

// Fewest is how many there must be on each side before anything is said of a difference: what a few customers pay is so unlike that
// a mean of fewer says nothing.
const Fewest = 30

// EffectOf compares those with and without a surprise.
func EffectOf(tx *db.Tx, s *Stored) (e Effect, err error) {
	lots := map[int64]Lot{}
	var all []int64
	if err := eachOf(tx, s.Surprise.Surprise, func(who int64, lot Lot) { lots[who] = lot; all = append(all, who) }); err != nil || len(all) == 0 {
		return e, err
	}
	merged, _, err := customer.MergedInto(tx, all)
	if err != nil {
		return e, err
	}
	numbers := append([]int64(nil), all...)
	for _, more := range merged {
		numbers = append(numbers, more...)
	}
	paid, err := order.PaidSince(tx, numbers, s.Frozen.UnixMicro())
	if err != nil {
		return e, err
	}
	for _, who := range all {
		minor := paid[who]
		for _, other := range merged[who] {
			if other != who {
				minor += paid[other]
			}
		}
		side := &e.Without
		if lot := lots[who]; lot == Gifted || lot == Missed {
			side = &e.With
		}
		side.add(minor)
	}
	e.compare()
	return e, nil
}

func (s *Side) add(minor int64) {
	s.Customers++
	s.Minor += minor
	s.squares += float64(minor) * float64(minor)
	if minor > 0 {
		s.Came++
	}
}

func (e *Effect) compare() {
	n1, n2 := float64(e.With.Customers), float64(e.Without.Customers)
	e.Came = stats.TwoProportions(float64(e.With.Came), n1, float64(e.Without.Came), n2)
	e.Paid = stats.WelchSums(float64(e.With.Minor), e.With.squares, n1, float64(e.Without.Minor), e.Without.squares, n2)
	verdict := func(p float64) string {
		const alpha = 0.05
		switch {
		case min(e.With.Customers, e.Without.Customers) < Fewest || math.IsNaN(p):
			return metric.Few
		case p < alpha:
			return metric.Real
		}
		return metric.Noise
	}
	e.CameVerdict, e.PaidVerdict = verdict(e.Came.P), verdict(e.Paid.P)
}
