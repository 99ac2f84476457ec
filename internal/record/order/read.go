package order

import (
	"bytes"
	"database/sql"
	"strings"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/fact"
	"regulars/internal/record/listing"
)

// Stored is an order as it is kept. A payment's moment is kept in UTC alone; a line that said no moment has none. That of
// a customer who was erased has no reference and no attributes any more.
type Stored struct {
	listing.Kept
	Order
}

var orders = listing.Table{Name: "orders", ID: "order_id", Moment: "placed_us", State: "state",
	Select: `SELECT f.customer_id, f.order_id, f.version, f.recorded_us, f.updated_us, f.source, f.reference, f.placed_us, f.local_us, f.state,
		f.amount_minor, f.discount_minor, f.tax_minor, f.shipping_minor, f.store, f.channel, f.attributes, f.content FROM orders f`}

// stored is an order with what tells whether it was handed in with lines.
type stored struct {
	Stored
	content []byte
}

func (s *stored) scan(r *db.Rows) error {
	var state, attributes string
	err := r.Scan(&s.Customer, &s.ID, &s.Version, &s.Recorded, &s.Updated, &s.Source, &s.Reference, &s.Placed.UTC, &s.Placed.Local, &state,
		&s.AmountMinor, &s.DiscountMinor, &s.TaxMinor, &s.ShippingMinor, &s.Store, &s.Channel, &attributes, &s.content)
	if err != nil {
		return err
	}
	s.State = State(state)
	s.Attributes, err = fact.ParseAttributes(attributes)
	return err
}

// Load reads an order.
func Load(tx *db.Tx, customer, id int64) (*Stored, error) {
	var s stored
	ok, err := orders.One(tx, customer, id, s.scan)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fault.NotFoundf("there is no such order")
	}
	all := []*stored{&s}
	return &s.Stored, complete(tx, all)
}

// List reads at most limit orders behind a place, the newest first.
func List(tx *db.Tx, f listing.Filter, after listing.Place, limit int) ([]Stored, error) {
	var all []*stored
	err := orders.Page(tx, f, after, limit, func(r *db.Rows) error {
		var s stored
		all = append(all, &s)
		return s.scan(r)
	})
	if err != nil {
		return nil, err
	}
	if err := complete(tx, all); err != nil {
		return nil, err
	}
	out := make([]Stored, len(all))
	for i, s := range all {
		out[i] = s.Stored
	}
	return out, nil
}

const (
	lineColumns = `SELECT l.customer_id, l.fact_id, l.line_no, l.sold_us, l.local_us, l.amount_minor, l.quantity,
		coalesce(p.reference, ''), coalesce(p.name, ''), coalesce(c.name, ''), l.attributes, coalesce(l.of_line, 0), l.programme_discount_minor`
	lineTables = ` FROM sale_lines l
		LEFT JOIN products p ON p.product_id = l.product_id LEFT JOIN categories c ON c.category_id = l.category_id`
	paymentColumns = "SELECT customer_id, order_id, payment_no, method, amount_minor, paid_us FROM payments"
)

var (
	findLines    = db.NewLookup(lineColumns+lineTables, "l.customer_id BIGINT", "l.fact_id BIGINT")
	findPayments = db.NewLookup(paymentColumns, "customer_id BIGINT", "order_id BIGINT")
)

// key is a fact's.
type key struct{ customer, fact int64 }

// line is a row of the lines' table.
type line struct {
	Line
	of int // the line of the order, of a return's
}

// scan reads a line, and of which fact it is which.
func (l *line) scan(r *db.Rows, k *key, number *int, beside ...any) error {
	var attributes string
	err := r.Scan(append([]any{&k.customer, &k.fact, number, &l.Moment.UTC, &l.Moment.Local, &l.AmountMinor, &l.Quantity, &l.Product, &l.ProductName,
		&l.Category, &attributes, &l.of, &l.ProgrammeDiscountMinor}, beside...)...)
	if err == nil && attributes != "" {
		l.Attributes, err = fact.ParseAttributes(attributes)
	}
	return err
}

// linesOf reads the lines of facts, in their order.
func linesOf(tx *db.Tx, keys []any) (map[key][]line, error) {
	lines := map[key][]line{}
	numbers := map[key][]int{}
	err := findLines.Each(tx, keys, func(r *db.Rows) error {
		var k key
		var number int
		var l line
		err := l.scan(r, &k, &number)
		lines[k], numbers[k] = append(lines[k], l), append(numbers[k], number)
		return err
	})
	for k, unsorted := range lines {
		lines[k] = inOrder(unsorted, numbers[k])
	}
	return lines, err
}

// inOrder puts what is numbered from 1 into the order of its numbers.
func inOrder[T any](all []T, numbers []int) []T {
	sorted := make([]T, len(all))
	for i, n := range numbers {
		sorted[n-1] = all[i]
	}
	return sorted
}

// complete adds lines and payments to orders.
func complete(tx *db.Tx, all []*stored) error {
	keys := keysOf(all)
	lines, err := linesOf(tx, keys)
	if err != nil {
		return err
	}
	paid := payments{}
	err = findPayments.Each(tx, keys, paid.scan)
	for _, s := range all {
		k := key{s.Customer, s.ID}
		s.Payments = paid.of(k)
		s.own(lines[k])
	}
	return err
}

// payments are those of orders, and which of each they are.
type payments map[key]struct {
	all     []Payment
	numbers []int
}

func (m payments) scan(r *db.Rows) error {
	var k key
	var number int
	var p Payment
	var paid sql.Null[int64]
	err := r.Scan(&k.customer, &k.fact, &number, &p.Method, &p.AmountMinor, &paid)
	p.Paid.UTC = paid.V
	one := m[k]
	one.all, one.numbers = append(one.all, p), append(one.numbers, number)
	m[k] = one
	return err
}

func (m payments) of(k key) []Payment { return inOrder(m[k].all, m[k].numbers) }

// own gives the order its lines, each with what it says beyond the order. An order that was handed in without lines has
// none, although one is kept for the whole.
func (s *stored) own(lines []line) {
	for i := range lines {
		s.ProgrammeDiscountMinor += lines[i].ProgrammeDiscountMinor
	}
	if len(lines) == 1 && bytes.Equal(s.Order.content(), s.content) {
		return
	}
	var whole fact.Attributes // as they stand before a line's own
	if s.Store != "" {
		whole = append(whole, fact.Attribute{Name: storeAttribute, Value: s.Store})
	}
	if s.Channel != "" {
		whole = append(whole, fact.Attribute{Name: channelAttribute, Value: s.Channel})
	}
	whole = append(whole, s.Attributes...)
	if s.Reference == "" {
		whole = nil // erased, and with it the attributes of the lines
	}
	for _, l := range lines {
		if l.Moment == s.Placed {
			l.Moment = fact.Moment{}
		}
		l.Attributes = beyond(l.Attributes, whole)
		s.Lines = append(s.Lines, l.Line)
	}
}

// beyond is what a line says beyond the whole: an attribute of the whole that the line does not have was taken away
// from it, which one without a value says.
func beyond(line, whole fact.Attributes) fact.Attributes {
	said := map[string]string{}
	for _, a := range whole {
		said[strings.ToLower(a.Name)] = a.Value
	}
	var own fact.Attributes
	for _, a := range line {
		name := strings.ToLower(a.Name)
		if value, ok := said[name]; !ok || value != a.Value {
			own = append(own, a)
		}
		delete(said, name)
	}
	for _, a := range whole {
		if _, missing := said[strings.ToLower(a.Name)]; missing {
			own = append(own, fact.Attribute{Name: a.Name})
			delete(said, strings.ToLower(a.Name))
		}
	}
	return own
}

// Hold keeps others from changing an order until the transaction ends; ok is false where it has another version by now.
func Hold(tx *db.Tx, customer, id, version int64) (ok bool, err error) {
	return orders.Hold(tx, customer, id, version)
}
