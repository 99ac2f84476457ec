package order

import (
	"regulars/internal/base/db"
	"regulars/internal/record/catalogue"
	"regulars/internal/record/fact"
	"regulars/internal/record/feed"
	"regulars/internal/record/history"
)

var (
	insertOrders = db.NewInsert(`INSERT INTO orders (customer_id, order_id, source, reference, placed_us, local_us, day, month, state,
		amount_minor, discount_minor, tax_minor, shipping_minor, store, channel, attributes, content, version, recorded_us, updated_us)`, 20, "")
	insertLines = db.NewInsert(`INSERT INTO sale_lines (customer_id, fact_id, line_no, order_id, sold_us, local_us, day, month,
		amount_minor, quantity, product_id, category_id, is_return, counts, attributes, programme_discount_minor)`, 16, "")
	insertPayments = db.NewInsert(`INSERT INTO payments (customer_id, order_id, payment_no, method, amount_minor, paid_us)`, 6, "")
	findOrders     = db.NewLookup("SELECT customer_id, order_id, content, version FROM orders", "customer_id BIGINT", "order_id BIGINT")
)

// insert writes new orders.
func (k *Keeper) insert(tx *db.Tx, made []*pending) ([]feed.Change, error) {
	var orders, lines, payments []any
	changes := make([]feed.Change, 0, len(made))
	var months fact.Months
	for _, p := range made {
		o, of := p.Order, p.owner
		at := o.Placed
		orders = append(orders, of.Customer, of.Fact, o.Source, o.Reference, at.UTC, at.Local, int64(at.Day()), months.Of(at), string(o.State),
			o.AmountMinor, o.DiscountMinor, o.TaxMinor, o.ShippingMinor, o.Store, o.Channel, o.Attributes.Text(), p.content, int64(1), tx.Now, tx.Now)
		lines = p.lineRows(lines, &months)
		payments = p.paymentRows(payments)
		changes = append(changes, feed.Change{Customer: of.Customer, Kind: feed.Order, Fact: of.Fact})
		*p.outcome = fact.Outcome{Status: fact.Created, Customer: of.Customer, Fact: of.Fact}
	}
	if _, err := insertOrders.Exec(tx, orders); err != nil {
		return nil, err
	}
	if _, err := insertLines.Exec(tx, lines); err != nil {
		return nil, err
	}
	_, err := insertPayments.Exec(tx, payments)
	return changes, err
}

// lineRows are the rows of the order's lines; an order without lines has one for all of it.
func (p *pending) lineRows(args []any, months *fact.Months) []any {
	o, of := p.Order, p.owner
	counts := o.State != Cancelled
	all := append(append(fact.Attributes{}, p.extra...), o.Attributes...)
	lines := o.Lines
	if len(lines) == 0 {
		lines = []Line{{Quantity: 1, AmountMinor: o.AmountMinor, ProgrammeDiscountMinor: o.ProgrammeDiscountMinor}}
	}
	for i := range lines {
		l := &lines[i]
		at := l.Moment
		if at.IsZero() {
			at = o.Placed
		}
		product, category := l.catalogued(p.categories, o.Catalogued)
		attributes := l.Attributes
		if len(all) > 0 {
			attributes = append(append(fact.Attributes{}, all...), attributes...)
		}
		args = append(args, of.Customer, of.Fact, int64(i+1), of.Fact, at.UTC, at.Local, int64(at.Day()), months.Of(at), l.AmountMinor,
			l.Quantity, product, category, false, counts, attributes.Text(), l.ProgrammeDiscountMinor)
	}
	return args
}

// catalogued gives the ids of product and category, or nil.
func (l *Line) catalogued(categories map[string]int64, filled bool) (product, category any) {
	if l.Product != "" {
		product = catalogue.ProductID(l.Product)
	}
	if l.Category != "" {
		category = catalogue.CategoryID(l.Category)
	} else if id := categories[l.Product]; filled && id != 0 {
		category = id
	}
	return product, category
}

func (p *pending) paymentRows(args []any) []any {
	for i, pay := range p.Order.Payments {
		var paid any
		if !pay.Paid.IsZero() {
			paid = pay.Paid.UTC
		}
		args = append(args, p.owner.Customer, p.owner.Fact, int64(i+1), pay.Method, pay.AmountMinor, paid)
	}
	return args
}

// change compares orders with what is kept under their references, and changes what differs.
func (k *Keeper) change(tx *db.Tx, found []*pending) ([]feed.Change, error) {
	if len(found) == 0 {
		return nil, nil
	}
	type kept struct {
		content []byte
		version int64
	}
	keys := make([]any, 0, 2*len(found))
	for _, p := range found {
		keys = append(keys, p.owner.Customer, p.owner.Fact)
	}
	have := map[[2]int64]kept{}
	err := findOrders.Each(tx, keys, func(r *db.Rows) error {
		var customer, order int64
		var row kept
		err := r.Scan(&customer, &order, &row.content, &row.version)
		have[[2]int64{customer, order}] = row
		return err
	})
	if err != nil {
		return nil, err
	}
	var changes []feed.Change
	for _, p := range found {
		of := p.owner
		row, ok := have[[2]int64{of.Customer, of.Fact}]
		if !ok {
			return nil, db.ErrRestart // erased since the reference was looked up
		}
		*p.outcome = fact.Outcome{Status: fact.Unchanged, Customer: of.Customer, Fact: of.Fact}
		switch {
		case same(row.content, p.content):
		case p.Once:
			field, err := p.differing(tx)
			if err != nil {
				return nil, err
			}
			*p.outcome = fact.Outcome{Status: fact.Conflict, Customer: of.Customer, Fact: of.Fact, Field: field, Err: differs("order", p.key, field)}
		default:
			if err := p.update(tx, row.version); err != nil {
				return nil, err
			}
			p.outcome.Status = fact.Updated
			changes = append(changes, feed.Change{Customer: of.Customer, Kind: feed.Order, Fact: of.Fact})
		}
	}
	return changes, nil
}

// update replaces the order and keeps what it was.
func (p *pending) update(tx *db.Tx, version int64) error {
	o, of := p.Order, p.owner
	if err := history.Keep(tx, "order", of.Customer, of.Fact, version, orderParts...); err != nil {
		return err
	}
	var months fact.Months
	at := o.Placed
	n, err := tx.Exec(`UPDATE orders SET placed_us = $1, local_us = $2, day = $3, month = $4, state = $5, amount_minor = $6,
		discount_minor = $7, tax_minor = $8, shipping_minor = $9, store = $10, channel = $11, attributes = $12, content = $13,
		version = version + 1, updated_us = $14 WHERE customer_id = $15 AND order_id = $16 AND version = $17`,
		at.UTC, at.Local, int64(at.Day()), months.Of(at), string(o.State), o.AmountMinor, o.DiscountMinor, o.TaxMinor, o.ShippingMinor,
		o.Store, o.Channel, o.Attributes.Text(), p.content, tx.Now, of.Customer, of.Fact, version)
	if err != nil {
		return err
	}
	if n == 0 {
		return db.ErrRestart
	}
	for _, table := range []string{"sale_lines WHERE fact_id", "payments WHERE order_id"} {
		if _, err := tx.Exec("DELETE FROM "+table+" = $1 AND customer_id = $2", of.Fact, of.Customer); err != nil {
			return err
		}
	}
	if _, err := insertLines.Exec(tx, p.lineRows(nil, &months)); err != nil {
		return err
	}
	_, err = insertPayments.Exec(tx, p.paymentRows(nil))
	return err
}

// differing names the first field in which the order is not as it is kept.
func (p *pending) differing(tx *db.Tx) (string, error) {
	o := p.Order
	return differing(tx, "lines", `SELECT placed_us, state, amount_minor, discount_minor, tax_minor, shipping_minor, store, channel, attributes
		FROM orders WHERE customer_id = $1 AND order_id = $2`, p.owner,
		field{"placed_us", o.Placed.UTC}, field{"state", string(o.State)}, field{"amount_minor", o.AmountMinor},
		field{"discount_minor", o.DiscountMinor}, field{"tax_minor", o.TaxMinor}, field{"shipping_minor", o.ShippingMinor},
		field{"store", o.Store}, field{"channel", o.Channel}, field{"attributes", o.Attributes.Text()})
}
