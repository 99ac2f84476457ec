package predict

import (
	"math"
	"testing"
)

// The season of a stretch is the average of its days, day by day.
func TestSeasonAhead(t *testing.T) {
	t.Parallel()
	var s Season
	for i := range s.Index {
		s.Index[i] = 1 + float64(i)/10
	}
	end := dayOf(t, "20231120")
	for _, c := range [][2]float64{{0, 1}, {0, 10}, {0, 11}, {10, 12}, {30.4375, 60.875}, {0, 90}, {100, 500.5}} {
		sum, n := 0.0, 0.0
		for day := math.Floor(c[0]) + 1; day <= math.Ceil(c[1]); day++ {
			sum, n = sum+s.Index[date(end+int32(day)).Month()-1], n+1
		}
		within(t, "season", s.ahead(end, c[0], c[1]), sum/n, 1e-12)
	}
	if none := (*Season)(nil); none.ahead(end, 0, 90) != 1 || s.ahead(end, 5, 5) != 1 {
		t.Error("no season, or no days, is something else than 1")
	}
}

// A month's purchases count for the margin, discounted by its end, as often as the season has it.
func TestMonthsAhead(t *testing.T) {
	t.Parallel()
	terms := Terms{Margin: .5, Discount: .25, Months: 2, MonthDays: 30}
	months := terms.Ahead(func(from, to float64) float64 { return 1 + from/30 })
	within(t, "value", months.Value([]float64{4, 9}, 10), 10*.5*(4/1.25+5*2/1.25/1.25), 1e-12)
	if none := (Terms{}).Ahead(nil); none.Value(nil, 10) != 0 {
		t.Error("no months are worth something")
	}
}
