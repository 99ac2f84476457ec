package churn

import (
	"cmp"
	"slices"
)

// Reason is a feature that speaks for leaving, and by how much it raises the logarithm of the odds over the average
// customer's.
type Reason struct {
	Feature Feature `json:"feature"`
	Value   float64 `json:"value"`
	Weight  float64 `json:"weight"`
}

// worse is on which side of the average a feature makes a reason that somebody understands: 1 above, -1 below. Features
// that go together share a weight, and one of them may get it with the wrong sign: "bought often lately" is no reason to
// leave, whatever the sum says.
var worse = map[Feature]float64{
	Recency: 1, Overdue: 1, MeanGap: 1, Returns: 1, Unhappy: 1, Complaints: 1,
	Tenure: -1, Orders: -1, Money: -1, MoneyAnOrder: -1, ActiveDays: -1, Orders30: -1, Orders60: -1, Orders90: -1, Products: -1, Pieces: -1,
}

// alike are features that say the same: the loudest of them is enough.
var alike = map[Feature]Feature{
	Orders60: Orders30, Orders90: Orders30, ActiveDays: Orders, Pieces: Money, MoneyAnOrder: Money, Overdue: Recency,
}

// Reasons are the features that speak loudest for the customer's leaving, at most so many; none for who is less likely to
// leave than the average customer.
func (c *Classifier) Reasons(row []float64, most int) []Reason {
	const faint = .05
	var all []Reason
	scaled := c.scale(row)
	if c.Law.LogOdds(scaled) <= c.Law.Bias {
		return nil
	}
	for j, v := range scaled {
		weight := v * c.Law.Weights[j]
		side, known := worse[c.Names[j]]
		switch {
		case weight <= faint || known && v*side <= 0:
		case c.Names[j] == Happy: // that somebody is not known to be happy is no reason
		case known && side > 0 && row[j] == 0:
		default:
			all = append(all, Reason{c.Names[j], row[j], weight})
		}
	}
	slices.SortStableFunc(all, func(a, b Reason) int { return cmp.Compare(b.Weight, a.Weight) })
	var out []Reason
	said := map[Feature]bool{}
	for _, r := range all {
		group := cmp.Or(alike[r.Feature], r.Feature)
		if !said[group] && len(out) < most {
			out = append(out, r)
			said[group] = true
		}
	}
	return out
}
