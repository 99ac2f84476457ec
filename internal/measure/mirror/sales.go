package mirror

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"time"

	"regulars/internal/base/columnar"
	"regulars/internal/record/fact"
)

// salesTable is the sales of one file. Rows are appended in a goroutine of their own, so that reading and appending
// use two cores; blocks go round between the two, and no row is kept in Go.
type salesTable struct {
	name       string
	attributes []*attribute
	orders     orderNumbers
	month      monthOfDay
	hashes     []uint64
	loader     *columnar.Loader
	current    *salesBlock
	full       chan *salesBlock
	empty      chan *salesBlock
	outcome    chan error
}

type salesBlock struct {
	n                           int
	customer, product, category [blockRows]int32
	day, month                  [blockRows]int32
	order, local, amount        [blockRows]int64
	returned                    [blockRows]bool
	attributes                  [][blockRows]int32
}

const (
	blockRows = 2048
	blocks    = 4
	nothing   = -1 // code of an empty product, category or attribute: NULL in the table
)

func (c *Copy) newSalesTable(ctx context.Context, attributes []string) (*salesTable, error) {
	t := &salesTable{
		name: fmt.Sprintf("sale_%d", len(c.sales)), orders: orderNumbers{seed: c.seed, file: len(c.sales), distinct: true},
		full: make(chan *salesBlock, blocks), empty: make(chan *salesBlock, blocks), outcome: make(chan error, 1),
	}
	columns := "customer_id INTEGER, order_id BIGINT, local_us BIGINT, day INTEGER, month INTEGER," +
		" amount_minor BIGINT, is_return BOOLEAN," +
		" product INTEGER, category INTEGER"
	for i, name := range attributes {
		a := c.attribute(name)
		a.sales = append(a.sales, column{table: t.name, name: attributeColumn(i)})
		t.attributes = append(t.attributes, a)
		columns += fmt.Sprintf(", a%d INTEGER", i)
	}
	if _, err := c.db.ExecContext(ctx, "CREATE TABLE "+t.name+" ("+columns+")"); err != nil {
		return nil, fmt.Errorf("make table of sales: %w", err)
	}
	var err error
	if t.loader, err = c.db.Load(ctx, t.name, 9+len(attributes)); err != nil {
		return nil, err
	}
	for range blocks {
		t.empty <- &salesBlock{attributes: make([][blockRows]int32, len(attributes))}
	}
	c.sales = append(c.sales, t)
	go t.load()
	return t, nil
}

// load appends blocks until there are no more. After an error it lets the rest pass, so that nobody waits.
func (t *salesTable) load() {
	var failed error
	for b := range t.full {
		if failed == nil {
			failed = t.append(b)
		}
		b.n = 0
		t.empty <- b
	}
	t.outcome <- failed
}

func (t *salesTable) append(b *salesBlock) error {
	row := t.loader.Row()
	code := func(column int, v int32) {
		row[column] = nil
		if v != nothing {
			row[column] = v
		}
	}
	for i := range b.n {
		row[0], row[1], row[2], row[3], row[4] = b.customer[i], b.order[i], b.local[i], b.day[i], b.month[i]
		row[5], row[6] = b.amount[i], b.returned[i]
		code(7, b.product[i])
		code(8, b.category[i])
		for j := range b.attributes {
			code(9+j, b.attributes[j][i])
		}
		if err := t.loader.Append(); err != nil {
			return err
		}
	}
	return nil
}

func (t *salesTable) take(c *Copy, b *fact.Batch) error {
	t.hashes = c.customers.reach(len(b.Sales), func(i int) string { return b.Sales[i].Customer }, t.hashes)
	for i := range b.Sales {
		s := &b.Sales[i]
		c.saw(s.Moment.Local)
		if s.Customer == "" {
			c.anonymous[s.Moment.Day()] += s.AmountMinor
			c.facts.UnidentifiedMinor += s.AmountMinor
			continue
		}
		if s.Return {
			c.facts.Returns++
			c.facts.ReturnedMinor -= s.AmountMinor
		} else {
			c.facts.Lines++
			c.facts.PaidMinor += s.AmountMinor
		}
		if t.current == nil {
			t.current = <-t.empty
		}
		w := t.current
		n := w.n
		w.customer[n], w.local[n], w.amount[n], w.returned[n] = c.customers.codeAt(s.Customer, t.hashes[i]), s.Moment.Local, s.AmountMinor, s.Return
		w.day[n] = s.Moment.Day()
		w.month[n] = t.month.of(w.day[n])
		w.order[n] = t.orders.number(s.Order, s.Return)
		w.product[n], w.category[n] = codeOf(&c.products, s.Product), codeOf(&c.categories, s.Category)
		for j, a := range t.attributes {
			w.attributes[j][n] = codeOf(&a.values, s.Attributes[j])
		}
		if w.n++; w.n == blockRows {
			t.full <- w
			t.current = nil
		}
	}
	return nil
}

func codeOf(d *dictionary, s string) int32 {
	if s == "" {
		return nothing
	}
	return d.code(s)
}

func (t *salesTable) finish() error {
	if t.current != nil {
		t.full <- t.current
	}
	close(t.full)
	return errors.Join(<-t.outcome, t.loader.Close())
}

// orderNumbers turns a file's order ids into numbers: the same id, the same number. A row without an id is an order
// of its own. Numbers of ids are hashes; the lines of one order are found by customer and number, so two orders are
// taken for one only if one customer's two ids collide in 63 bits.
type orderNumbers struct {
	seed     maphash.Seed // one for all files: an order may have lines in several
	file     int
	rows     int64
	named    bool   // some row has an id
	distinct bool   // the ids of sales only ever grew: no two have the same
	last     []byte // the id before, for that
}

func (o *orderNumbers) number(id string, isReturn bool) int64 {
	o.rows++
	if id == "" {
		return int64(o.file)<<48 | o.rows // hashes are below zero, so these cannot meet them
	}
	o.named = true
	if o.distinct && !isReturn {
		if len(id) < len(o.last) || len(id) == len(o.last) && id <= string(o.last) {
			o.distinct = false
		}
		o.last = append(o.last[:0], id...)
	}
	return int64(maphash.String(o.seed, id) | 1<<63)
}

// monthOfDay turns local days into months, remembering the last: neighbouring rows mostly share it.
type monthOfDay struct{ from, to, month int32 }

func (m *monthOfDay) of(day int32) int32 {
	if day < m.from || day >= m.to {
		first := time.Unix(int64(day)*24*60*60, 0).UTC()
		first = first.AddDate(0, 0, 1-first.Day())
		m.month = int32(first.Year()*12) + int32(first.Month()) - 1
		m.from, m.to = int32(first.Unix()/86400), int32(first.AddDate(0, 1, 0).Unix()/86400)
	}
	return m.month
}
