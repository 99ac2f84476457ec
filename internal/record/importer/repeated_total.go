package importer

import (
	"hash/maphash"
	"math"
	"slices"
	"strconv"

	"regulars/internal/record/fact"
)

// orderTotalNames are columns whose name says that they hold the total of a whole order.
var orderTotalNames = []string{
	"order total", "order total amount", "order amount", "order value", "total of order", "total order amount", "total order value", "order sum", "order grand total",
	"basket total", "basket value", "invoice total", "invoice amount", "invoice value", "receipt total", "bill total", "transaction total", "cart total",
	"сумма заказа", "итог заказа", "итого по заказу", "стоимость заказа", "общая сумма заказа", "сумма чека", "итог чека", "сумма накладной",
	"订单总额", "订单金额", "订单总金额", "订单合计", "订单总价", "发票金额",
	"σύνολο παραγγελίας", "ποσό παραγγελίας", "αξία παραγγελίας", "συνολικό ποσό παραγγελίας", "σύνολο τιμολογίου", "σύνολο απόδειξης",
	"вкупно нарачка", "вкупен износ на нарачка", "износ на нарачка", "вредност на нарачка", "сума на нарачка", "износ на сметка", "износ на фактура",
}

// isNamedTotal is true when the column's name says that it is the total of an order.
func (m *matching) isNamedTotal(column int) bool {
	n := m.columns[column].name
	return n.folded != "" && slices.ContainsFunc(orderTotalNames, func(s string) bool { return fold(s) == n.bare || fold(s) == n.folded })
}

// How much must speak for a total that no name tells of.
const (
	totalOrders   = 5    // orders of several different rows that agree on one amount
	totalAmounts  = 3    // different amounts among them
	totalByChance = 1e-6 // how likely they would agree if each row had an amount of its own
	totalBreaks   = 0.02 // share of orders with two amounts that a name outweighs
)

// totalled is what the sample shows of an order.
type totalled struct {
	amount, kind  string
	rows          int
	varied, apart bool // its rows are of different things; they have different amounts
}

// repeatsTotal finds an amount that is the total of a whole order, written in each of its rows, where rows have no
// quantity and price to count instead. Its name must say so and the rows not contradict it; else the rows of all
// orders must agree on one amount each, in a way that chance does not explain. It gives the column, -1 where the
// amount is one of rows. A column named by the user is taken at its word.
func (m *matching) repeatsTotal(s *sample) int {
	amount, ok := m.found[roleAmount]
	if !ok || amount.why == byMap || !m.has(roleOrder) {
		return -1
	}
	orders, counts := m.totals(s, amount.column)
	several, varied, apart, chance := 0, 0, 0, 1.0
	distinct := map[string]bool{}
	same := sameAmount(counts)
	for _, o := range orders {
		if o.rows < 2 {
			continue
		}
		several++
		if o.apart {
			apart++
		}
		if o.varied {
			varied++
			chance *= math.Pow(same, float64(o.rows-1))
			distinct[o.amount] = true
		}
	}
	switch {
	case several == 0:
		return -1
	case m.isNamedTotal(amount.column) && float64(apart) <= totalBreaks*float64(several):
		return amount.column
	case apart == 0 && varied >= totalOrders && len(distinct) >= totalAmounts && chance <= totalByChance:
		return amount.column
	}
	return -1
}

// totals gathers the amounts of the orders of the sample, and how many orders have each amount.
func (m *matching) totals(s *sample, amount int) (orders map[string]*totalled, counts map[string]int) {
	order := m.found[roleOrder].column
	kind := m.kindColumns()
	orders, counts = map[string]*totalled{}, map[string]int{}
	for _, row := range s.data() {
		id, cell := trimmedAt(row, order), trimmedAt(row, amount)
		if isNobody([]byte(id)) || isNobody([]byte(cell)) {
			continue
		}
		if v, _ := m.number(row, amount); v < 0 {
			id = "-" + id // a return is apart from its order
		}
		key := ""
		for _, c := range kind {
			key += trimmedAt(row, c) + "\x00"
		}
		o := orders[id]
		if o == nil {
			o = &totalled{amount: cell, kind: key}
			orders[id] = o
			counts[cell]++
		}
		o.rows++
		o.varied = o.varied || key != o.kind
		o.apart = o.apart || cell != o.amount
	}
	return orders, counts
}

// kindColumns tell the rows of an order apart: the product, else the category, else all columns without a role.
// Equal rows agree on their amount anyway.
func (m *matching) kindColumns() []int {
	for _, role := range []string{roleProduct, roleCategory} {
		if g, ok := m.found[role]; ok {
			return []int{g.column}
		}
	}
	var out []int
	for c := range m.columns {
		if m.taken[c] == "" {
			out = append(out, c)
		}
	}
	return out
}

// sameAmount is how likely two orders drawn at random have the same amount.
func sameAmount(counts map[string]int) float64 {
	all, pairs := 0.0, 0.0
	for _, n := range counts {
		all += float64(n)
		pairs += float64(n) * float64(n)
	}
	if all == 0 {
		return 1
	}
	return pairs / (all * all)
}

// recentOrders is how many orders at least are looked back upon.
const recentOrders = 1 << 20

// recent remembers what was met lately: everything in files of up to a million orders, at least the last million of
// longer ones, so that memory does not grow with the file.
type recent struct {
	seed        maphash.Seed
	now, before map[uint64]struct{}
}

func newRecent() *recent { return &recent{seed: maphash.MakeSeed(), now: map[uint64]struct{}{}} }

// has is true when the key was met lately.
func (r *recent) has(key string) bool {
	h := maphash.String(r.seed, key)
	_, ok := r.now[h]
	if !ok {
		_, ok = r.before[h]
	}
	return ok
}

// add remembers the key.
func (r *recent) add(key string) {
	if len(r.now) >= recentOrders {
		r.before, r.now = r.now, make(map[uint64]struct{}, recentOrders)
	}
	r.now[maphash.String(r.seed, key)] = struct{}{}
}

// repeated is true when the key was met lately, and remembers it.
func (r *recent) repeated(key string) bool {
	if r.has(key) {
		return true
	}
	r.add(key)
	return false
}

// totalKey is what the rows of an order have in common that repeat its total; a return counts for itself.
func totalKey(s *fact.Sale) string {
	return s.Order + "\x00" + s.Customer + "\x00" + strconv.FormatInt(s.AmountMinor, 10)
}
