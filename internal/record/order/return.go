package order

import (
	"errors"
	"math"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/catalogue"
	"regulars/internal/record/customer"
	"regulars/internal/record/digest"
	"regulars/internal/record/fact"
	"regulars/internal/record/feed"
	"regulars/internal/record/history"
	"regulars/internal/record/reference"
)

// Return is what came back: whole lines or parts of them, or an amount.
type Return struct {
	Source, Reference string
	// OrderReference is what the shop calls the order it belongs to, in the same source; empty: none is named.
	OrderReference string
	Returned       fact.Moment
	Reason         string
	// AmountMinor is what was given back, above 0. With lines it may be left out (Summed); if not, it is their sum.
	AmountMinor int64
	Summed      bool
	Lines       []ReturnLine
}

// ReturnLine is what came back of one line, or of none that is named.
type ReturnLine struct {
	Moment      fact.Moment // its own, where it differs from the return's
	Line        int         // of the order, from 1; 0: none is named
	Product     string
	Category    string
	Quantity    float64 // above 0
	AmountMinor int64   // above 0; with a line named and Priced: by the line's price
	Priced      bool
	Attributes  fact.Attributes
}

// ReturnEntry is a return and whose it is; Customer 0 takes the order's.
type ReturnEntry struct {
	Return   *Return
	Customer int64
	Once     bool // as for orders
	// Bounded refuses to give back more than was paid for the order and its lines.
	Bounded     bool
	PerCustomer bool
	Whose       string
}

// Check refuses what cannot be kept.
func (r *Return) Check() error {
	if r.Summed {
		r.AmountMinor = 0
		for i := range r.Lines {
			r.AmountMinor += r.Lines[i].AmountMinor
		}
	}
	var sum int64
	for i := range r.Lines {
		l := &r.Lines[i]
		if l.AmountMinor < 0 || l.AmountMinor > amountMost || l.Quantity < 0 || !(math.Abs(l.Quantity) < 1e15) {
			return fault.Invalidf("return %s: line %d gives back %d minor units and %g pieces; both are to be above 0", r.Reference, i+1, l.AmountMinor, l.Quantity)
		}
		for _, text := range []string{l.Product, l.Category} {
			if err := short(text); err != nil {
				return fault.Invalidf("return %s: line %d: %w", r.Reference, i+1, err)
			}
		}
		if err := l.Attributes.Check(); err != nil {
			return fault.Invalidf("return %s: line %d: %w", r.Reference, i+1, err)
		}
		sum += l.AmountMinor
	}
	switch {
	case r.Source == "" || r.Reference == "":
		return fault.Invalidf("a return needs a source and a reference: what the shop calls it")
	case r.Returned.IsZero():
		return fault.Invalidf("return %s: says not when it came back", r.Reference)
	case len(r.Lines) > linesMost:
		return fault.Invalidf("return %s: has %d lines; at most %d can be kept", r.Reference, len(r.Lines), linesMost)
	case r.AmountMinor < 0 || r.AmountMinor > amountMost:
		return fault.Invalidf("return %s: the amount %d is below 0 or too large; it is what was given back", r.Reference, r.AmountMinor)
	case len(r.Lines) > 0 && sum != r.AmountMinor:
		return fault.Invalidf("return %s: its lines add up to %d, and its amount is %d (in minor units)", r.Reference, sum, r.AmountMinor)
	}
	for _, text := range []string{r.Source, r.Reference, r.OrderReference, r.Reason} {
		if err := short(text); err != nil {
			return fault.Invalidf("return %.40s: %w", r.Reference, err)
		}
	}
	return nil
}

func (r *Return) content(order int64) []byte {
	d := digest.Digest{}
	d.Numbers(r.Returned.UTC, r.Returned.Local, r.AmountMinor, order, int64(len(r.Lines)))
	d.Texts(r.Reason)
	for i := range r.Lines {
		l := &r.Lines[i]
		d.Texts(l.Product, l.Category, l.Attributes.Text())
		d.Numbers(l.Moment.UTC, l.Moment.Local, int64(l.Line), l.AmountMinor)
		d.Float(l.Quantity)
	}
	return d.Sum()
}

// refusal is why a return cannot be kept, found before anything was written.
type refusal struct{ error }

func (r refusal) Unwrap() error { return r.error }

func refuse(format string, args ...any) error { return refusal{fault.Invalidf(format, args...)} }

// PutReturn records a return.
func (k *Keeper) PutReturn(tx *db.Tx, e ReturnEntry) (fact.Outcome, error) {
	order, err := k.ready(tx, &e)
	var refused refusal
	if errors.As(err, &refused) {
		return fact.Outcome{Status: fact.Refused, Err: refused.error}, nil
	}
	if err != nil {
		return fact.Outcome{}, err
	}
	owner, outcome, err := k.claimReturn(tx, &e)
	if err != nil || outcome.Status != "" {
		return outcome, err
	}
	if owner.Customer < 0 && owner.Customer != order.Customer {
		order = reference.Owner{} // recorded before its order was: a fact of nobody known stays where it is
	}
	if e.Bounded && order.Fact != 0 {
		if err := bounded(tx, e.Return, owner, order); err != nil {
			return fact.Outcome{}, err // and with it the claim is rolled back
		}
	}
	outcome, err = k.writeReturn(tx, &e, owner, order)
	if err != nil || outcome.Status != fact.Created && outcome.Status != fact.Updated {
		return outcome, err
	}
	return outcome, feed.Add(tx, feed.Change{Customer: owner.Customer, Kind: feed.Return, Fact: owner.Fact})
}

// ready finds the order of the return, completes it, and checks it.
func (k *Keeper) ready(tx *db.Tx, e *ReturnEntry) (order reference.Owner, err error) {
	for i := range e.Return.Lines {
		if l := e.Return.Lines[i]; l.Priced && l.Line == 0 {
			return order, refuse("return %s: line %d names no line of the order, so it must say its amount", e.Return.Reference, i+1)
		}
	}
	if order, err = k.orderOf(tx, e); err != nil {
		return order, err
	}
	if err := k.price(tx, e, order); err != nil {
		return order, err
	}
	if err := e.Return.Check(); err != nil {
		return order, refusal{err}
	}
	return order, nil
}

// orderOf finds the order that the return names.
func (k *Keeper) orderOf(tx *db.Tx, e *ReturnEntry) (reference.Owner, error) {
	r := e.Return
	if r.OrderReference == "" {
		if e.Bounded && e.Customer == 0 {
			return reference.Owner{}, refuse("return %s: names neither its order nor its customer", r.Reference)
		}
		return reference.Owner{}, nil
	}
	key := reference.Key{Source: r.Source, Reference: r.OrderReference}
	keys := []reference.Key{key}
	apart := apart(key, e.Whose)
	if e.PerCustomer {
		keys = append(keys, apart)
	}
	found, err := reference.Find(tx, reference.Order, keys)
	if err != nil {
		return reference.Owner{}, err
	}
	order, ok := found[key]
	if other, two := found[apart]; two && e.PerCustomer {
		order, ok = other, true
	}
	switch {
	case !ok && e.Bounded:
		return order, refusal{fault.NotFoundf("return %s: there is no order %s of %s", r.Reference, r.OrderReference, r.Source)}
	case !ok || order.Erased():
		return reference.Owner{}, nil
	case e.Customer == 0 && e.PerCustomer && order.Customer > 0:
		return reference.Owner{}, nil // nobody known is somebody else than the order's customer
	case e.Customer == 0:
		e.Customer = order.Customer
	case order.Customer != e.Customer:
		roots, err := customer.Roots(tx, []int64{order.Customer, e.Customer})
		if err != nil {
			return order, err
		}
		if roots[order.Customer] != roots[e.Customer] {
			if e.PerCustomer {
				return reference.Owner{}, nil
			}
			return order, refusal{fault.Conflictf("return %s: order %s belongs to another customer", r.Reference, r.OrderReference)}
		}
	}
	e.Customer = order.Customer // beside its order, also where the customer has several numbers
	return order, nil
}

// apart is the reference of a fact whose own one another customer's has.
func apart(key reference.Key, whose string) reference.Key {
	key.Reference += " @" + base36(fact.HashID(whose))
	return key
}

// price completes lines that name a line of the order.
func (k *Keeper) price(tx *db.Tx, e *ReturnEntry, order reference.Owner) error {
	for i := range e.Return.Lines {
		l := &e.Return.Lines[i]
		if l.Line == 0 {
			continue
		}
		if order.Fact == 0 {
			return refuse("return %s: names a line, and no order", e.Return.Reference)
		}
		lines, err := tx.Maps(`SELECT s.amount_minor, s.quantity, coalesce(p.reference, '') AS product, coalesce(c.name, '') AS category
			FROM sale_lines s LEFT JOIN products p ON p.product_id = s.product_id LEFT JOIN categories c ON c.category_id = s.category_id
			WHERE s.customer_id = $1 AND s.fact_id = $2 AND s.line_no = $3`, order.Customer, order.Fact, l.Line)
		if err != nil {
			return err
		}
		if len(lines) == 0 {
			return refuse("return %s: order %s has no line %d", e.Return.Reference, e.Return.OrderReference, l.Line)
		}
		amount, _ := lines[0]["amount_minor"].(int64)
		quantity, _ := lines[0]["quantity"].(float64)
		if l.Quantity == 0 {
			l.Quantity = quantity
		}
		if e.Bounded && l.Quantity > quantity {
			return refuse("return %s: line %d of order %s has %g pieces, not %g", e.Return.Reference, l.Line, e.Return.OrderReference, quantity, l.Quantity)
		}
		if l.Priced {
			l.AmountMinor = amount
			if quantity != 0 && l.Quantity != quantity {
				l.AmountMinor = int64(math.Floor(float64(amount)*l.Quantity/quantity + 0.5))
			}
		}
		l.Product, _ = lines[0]["product"].(string)
		l.Category, _ = lines[0]["category"].(string)
	}
	return nil
}

// bounded refuses to give back more than was paid, with the order's row locked, so that two at once cannot both.
func bounded(tx *db.Tx, r *Return, owner, order reference.Owner) error {
	if _, err := tx.Exec("UPDATE orders SET updated_us = updated_us WHERE customer_id = $1 AND order_id = $2", order.Customer, order.Fact); err != nil {
		return err
	}
	var paid, back int64
	if err := tx.QueryRow("SELECT amount_minor FROM orders WHERE customer_id = $1 AND order_id = $2", order.Customer, order.Fact).Scan(&paid); err != nil {
		return err
	}
	if err := tx.QueryRow(`SELECT CAST(coalesce(-sum(amount_minor), 0) AS BIGINT) FROM sale_lines WHERE customer_id = $1 AND order_id = $2
		AND is_return AND fact_id <> $3`, order.Customer, order.Fact, owner.Fact).Scan(&back); err != nil {
		return err
	}
	if back+r.AmountMinor > paid {
		return fault.Invalidf("return %s: order %s was paid %d, of which %d came back already; %d more is too much (in minor units)",
			r.Reference, r.OrderReference, paid, back, r.AmountMinor)
	}
	return nil
}

// claimReturn asks for the reference of the return. The outcome has a status where nothing is to be written.
func (k *Keeper) claimReturn(tx *db.Tx, e *ReturnEntry) (owner reference.Owner, outcome fact.Outcome, err error) {
	key := reference.Key{Source: e.Return.Source, Reference: e.Return.Reference}
	for range 2 {
		of := e.Customer
		if of == 0 {
			of = -k.IDs.New(tx.Now)
		}
		owners, err := reference.ClaimAll(tx, reference.Return, []reference.Claim{{Key: key, Customer: of, Fact: k.IDs.New(tx.Now)}})
		if err != nil {
			return owner, outcome, err
		}
		owner = owners[key]
		switch {
		case owner.Mine:
			return owner, outcome, nil
		case owner.Erased() && !e.PerCustomer:
			return owner, fact.Outcome{Status: fact.Unchanged}, nil
		}
		if !owner.Erased() {
			roots, err := customer.Roots(tx, []int64{owner.Customer, of})
			if err != nil {
				return owner, outcome, err
			}
			bothUnknown := owner.Customer < 0 && of < 0
			if e.Customer == 0 && !e.PerCustomer || bothUnknown || roots[owner.Customer] == roots[of] {
				return owner, outcome, nil
			}
		}
		if !e.PerCustomer {
			break
		}
		if key = apart(key, e.Whose); e.Return.Reference != key.Reference {
			e.Return.Reference = key.Reference
			e.PerCustomer = false
		}
	}
	return owner, fact.Outcome{Status: fact.Conflict, Customer: owner.Customer, Fact: owner.Fact, Err: fault.Conflictf(
		"return %s of %s is recorded for another customer", key.Reference, key.Source)}, nil
}

var insertReturns = db.NewInsert(`INSERT INTO returns (customer_id, return_id, order_id, source, reference, returned_us, local_us, day,
	month, amount_minor, reason, content, version, recorded_us, updated_us)`, 15, "")

func (k *Keeper) writeReturn(tx *db.Tx, e *ReturnEntry, owner, order reference.Owner) (fact.Outcome, error) {
	r := e.Return
	out := fact.Outcome{Status: fact.Created, Customer: owner.Customer, Fact: owner.Fact}
	var named any
	if order.Fact != 0 {
		named = order.Fact
	}
	content := r.content(order.Fact)
	var months fact.Months
	at := r.Returned
	if owner.Mine {
		_, err := insertReturns.Exec(tx, []any{owner.Customer, owner.Fact, named, r.Source, r.Reference, at.UTC, at.Local, int64(at.Day()), months.Of(at),
			-r.AmountMinor, r.Reason, content, int64(1), tx.Now, tx.Now})
		if err != nil {
			return out, err
		}
		return out, k.writeReturnLines(tx, r, owner, order, &months)
	}
	var have []byte
	var version int64
	if err := tx.QueryRow("SELECT content, version FROM returns WHERE customer_id = $1 AND return_id = $2", owner.Customer, owner.Fact).Scan(&have, &version); err != nil {
		return out, err
	}
	if same(have, content) {
		out.Status = fact.Unchanged
		return out, nil
	}
	if e.Once {
		out.Status, out.Err = fact.Conflict, differs("return", reference.Key{Source: r.Source, Reference: r.Reference})
		return out, nil
	}
	out.Status = fact.Updated
	if err := history.Keep(tx, "return", owner.Customer, owner.Fact, version, returnParts...); err != nil {
		return out, err
	}
	n, err := tx.Exec(`UPDATE returns SET order_id = $1, returned_us = $2, local_us = $3, day = $4, month = $5, amount_minor = $6, reason = $7,
		content = $8, version = version + 1, updated_us = $9 WHERE customer_id = $10 AND return_id = $11 AND version = $12`,
		named, at.UTC, at.Local, int64(at.Day()), months.Of(at), -r.AmountMinor, r.Reason, content, tx.Now, owner.Customer, owner.Fact, version)
	if err != nil {
		return out, err
	}
	if n == 0 {
		return out, db.ErrRestart
	}
	if _, err := tx.Exec("DELETE FROM sale_lines WHERE customer_id = $1 AND fact_id = $2", owner.Customer, owner.Fact); err != nil {
		return out, err
	}
	return out, k.writeReturnLines(tx, r, owner, order, &months)
}

func (k *Keeper) writeReturnLines(tx *db.Tx, r *Return, owner, order reference.Owner, months *fact.Months) error {
	lines := r.Lines
	if len(lines) == 0 {
		lines = []ReturnLine{{Quantity: 0, AmountMinor: r.AmountMinor}}
	}
	var products []catalogue.Product
	attributes := make([]fact.Attributes, len(lines))
	for i, l := range lines {
		products = append(products, catalogue.Product{Reference: l.Product, Category: l.Category})
		attributes[i] = l.Attributes
	}
	if _, err := k.Names.Products(tx, products); err != nil {
		return err
	}
	if err := k.Names.Spell(tx, catalogue.Sales, attributes...); err != nil {
		return err
	}
	belongs := order.Fact
	if belongs == 0 {
		belongs = owner.Fact
	}
	var rows []any
	for i, l := range lines {
		at := l.Moment
		if at.IsZero() {
			at = r.Returned
		}
		line := Line{Product: l.Product, Category: l.Category}
		product, category := line.catalogued(nil, false)
		rows = append(rows, owner.Customer, owner.Fact, int64(i+1), belongs, at.UTC, at.Local, int64(at.Day()), months.Of(at), -l.AmountMinor,
			-l.Quantity, product, category, true, true, l.Attributes.Text())
	}
	_, err := insertLines.Exec(tx, rows)
	return err
}
