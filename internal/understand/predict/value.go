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

// Ahead is the months of the terms as they lie ahead of a day: when each ends, in days from then, and what a purchase in it
// counts for, of one today.
type Ahead struct{ ends, counts []float64 }

// Ahead lays the months out: a purchase counts for the margin, discounted to today by the end of its month, as often as the
// season has it. Season, where not nil, is how much more is bought than usual between two days from now.
func (t Terms) Ahead(season func(from, to float64) float64) Ahead {
	var a Ahead
	discount := 1.0
	for month := 1; month <= t.Months; month++ {
		to := float64(month) * t.MonthDays
		discount /= 1 + t.Discount
		counts := t.Margin * discount
		if season != nil {
			counts *= season(to-t.MonthDays, to)
		}
		a.ends, a.counts = append(a.ends, to), append(a.counts, counts)
	}
	return a
}

// Value is what is still to come of a customer who makes so many purchases until the end of each month: those of each month
// times what they count for, times what one comes to (Fader, Hardie and Lee 2005).
func (a Ahead) Value(purchases []float64, perPurchase float64) float64 {
	total, before := 0.0, 0.0
	for i, counts := range a.counts {
		total += (purchases[i] - before) * counts
		before = purchases[i]
	}
	return total * perPurchase
}

// Yearly is the discount of a year.
func (t Terms) Yearly() float64 { return math.Pow(1+t.Discount, 12) - 1 }
