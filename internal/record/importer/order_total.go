package importer

import (
	"math"

	"regulars/internal/record/importer/parse"
)

// dropOrderTotal lets go of an amount that is the total of a whole order, written in each of its rows or in the first
// alone, where quantity and price say what a row came to: added up by rows, it would count an order several times.
// It gives the column, -1 where the amount is one of rows.
func (m *matching) dropOrderTotal(s *sample) int {
	amount, ok := m.found[roleAmount]
	if !ok || amount.why == byMap || !m.has(roleOrder) || !m.has(roleQuantity) || !m.has(rolePrice) || !m.isOrderTotal(s, amount.column) {
		return -1
	}
	m.drop(roleAmount)
	return amount.column
}

// isOrderTotal is true when no order has two amounts, orders of several rows write theirs once or beside rows that
// come to different sums or add up to it, and few amounts are those of their row.
func (m *matching) isOrderTotal(s *sample, amount int) bool {
	type seen struct {
		total        string
		rows         int
		sum          float64 // quantity times price of the first row
		once, varied bool    // the total is in the first row alone; later rows come to another sum
		value, all   float64 // the total as a number; quantity times price of all rows
	}
	order, quantity, price := m.found[roleOrder].column, m.found[roleQuantity].column, m.found[rolePrice].column
	named := m.isNamedTotal(amount)
	orders := map[string]*seen{}
	told, own := 0, 0
	for _, row := range s.data() {
		id, total := trimmedAt(row, order), trimmedAt(row, amount)
		if isNobody([]byte(id)) {
			continue
		}
		q, _ := m.number(row, quantity)
		p, _ := m.number(row, price)
		v, ok := m.number(row, amount)
		if ok {
			told++
			if math.Abs(q*p-v) <= 0.01+0.01*math.Abs(v) {
				own++
			}
		}
		nothing := isNobody([]byte(total))
		o := orders[id]
		switch {
		case o == nil && nothing:
			return false
		case o == nil:
			o = &seen{total: total, sum: q * p, value: v}
			orders[id] = o
		case !nothing && total != o.total:
			return false
		}
		o.rows++
		o.all += q * p
		o.once = o.once || nothing
		o.varied = o.varied || math.Abs(q*p-o.sum) > 0.005
	}
	several, totals := 0, 0
	for _, o := range orders {
		if o.rows > 1 {
			several++
			if o.once || o.varied || named || math.Abs(o.all-o.value) <= 0.01+0.001*math.Abs(o.value) {
				totals++
			}
		}
	}
	return several > 0 && totals*2 > several && (own*2 <= told || totals == several)
}

// number reads a cell as the column's numbers are written.
func (m *matching) number(row []string, c int) (float64, bool) {
	mark, _ := m.columns[c].numbers.Decided()
	d, _, status := (parse.NumberStyle{Decimal: mark}).Parse([]byte(trimmedAt(row, c)))
	return d.Float(), status == parse.OK
}

// trimmedAt is a cell of the sample as the reader will see it.
func trimmedAt(row []string, c int) string {
	if c < 0 || c >= len(row) {
		return ""
	}
	return string(trim([]byte(row[c])))
}
