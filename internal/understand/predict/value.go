package predict

import "math"

// Terms are how money to come is counted.
type Terms struct {
	Margin   float64 // of revenue; 1: revenue itself
	Discount float64 // a month
	Months   int
	// MonthDays is how long a month is.
	MonthDays float64
}

// DefaultTerms is revenue of a year, discounted by 10 % a year.
func DefaultTerms() Terms {
	return Terms{Margin: 1, Discount: math.Pow(1.1, 1.0/12) - 1, Months: 12, MonthDays: 365.25 / 12}
}

// Value is what is still to come of the customer: the purchases of each month times what one comes to, times the margin,
// discounted to today by the end of the month (Fader, Hardie and Lee 2005). Season, where not nil, is how much more is
// bought than usual between two days from now.
func (t Terms) Value(m Model, c Stat, perPurchase float64, season func(from, to float64) float64) float64 {
	total, before, discount := 0.0, 0.0, 1.0
	geometric, is := m.(Geometric)
	var known standing
	if is {
		known = geometric.known(c)
	}
	for month := 1; month <= t.Months; month++ {
		to := float64(month) * t.MonthDays
		var purchases float64
		if is {
			purchases = geometric.expect(c, to, known)
		} else {
			purchases = m.Expect(c, to)
		}
		discount /= 1 + t.Discount
		more := purchases - before
		if season != nil {
			more *= season(to-t.MonthDays, to)
		}
		total += more * discount
		before = purchases
	}
	return total * perPurchase * t.Margin
}

// Yearly is the discount of a year.
func (t Terms) Yearly() float64 { return math.Pow(1+t.Discount, 12) - 1 }
