package outlook

import (
	"encoding/csv"
	"io"
	"math"
	"strconv"

	"regulars/internal/base/locale"
)

// Customers writes a row a customer, in the order of their ids. Times are days, litt the sum of the logarithms of the gaps
// in weeks, money whole units of the currency; a cell is empty where nothing is known.
func Customers(w io.Writer, p *Page, l *locale.Locale) error {
	out := csv.NewWriter(w)
	rows := [][]string{{"id", "x", "t_x_days", "T_days", "litt", "p_alive", "expected_purchases", "expected_spend", "clv", "churn_probability", "reasons"}}
	number := func(v float64, digits int) string {
		if math.IsNaN(v) {
			return ""
		}
		return strconv.FormatFloat(v, 'f', digits, 64)
	}
	say := words{p, l}
	for i := range p.Scores {
		s := &p.Scores[i]
		rows = append(rows, []string{
			s.ID, strconv.Itoa(s.Repeats), number(s.Last, 0), number(s.Age, 0), number(s.LogGaps, 6), number(s.Alive, 6),
			number(s.Expected, 6), number(s.Spend, p.Digits), number(s.Value, p.Digits), number(s.None, 6), say.why(s),
		})
	}
	if err := out.WriteAll(rows); err != nil {
		return err
	}
	return out.Error()
}
