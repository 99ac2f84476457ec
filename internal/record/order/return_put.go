package order

import (
	"errors"
	"fmt"
	"math"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/feed"
	"regulars/internal/record/reference"
)

// refusal is why a return cannot be kept, found before anything was written.
type refusal struct{ error }

func (r refusal) Unwrap() error { return r.error }

func refuse(field, format string, args ...any) error {
	return refusal{fault.In(field, fault.Invalidf(format, args...))}
}

func lineField(line int, name string) string { return fmt.Sprintf("lines[%d].%s", line, name) }

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
	owner, outcome, err := k.ownerOf(tx, &e)
	if err != nil || outcome.Status != "" {
		return outcome, err
	}
	if owner.Customer != order.Customer {
		// Recorded before its order was, under another number of the same person, or of nobody known: it stays where it
		// is, and what belongs to one number names nothing of another.
		order = reference.Owner{}
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
			return order, refuse(lineField(i, "amount_minor"), "return %s: line %d names no line of the order, so it must say its amount", e.Return.Reference, i+1)
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
		if e.Bounded && e.Customer == 0 && e.Make == nil {
			return reference.Owner{}, refuse("order_reference", "return %s: names neither its order nor its customer", r.Reference)
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
		return order, refusal{fault.In("order_reference", fault.NotFoundf("return %s: there is no order %s of %s", r.Reference, r.OrderReference, r.Source))}
	case !ok || order.Erased():
		return reference.Owner{}, nil
	case e.Make != nil:
		return k.strangersOrder(e, order)
	case e.Customer == 0 && e.PerCustomer && order.Customer > 0:
		return reference.Owner{}, nil // nobody known is somebody else than the order's customer
	case e.Customer == 0:
		e.Customer = order.Customer
	case order.Customer != e.Customer:
		same, err := customer.Same(tx, order.Customer, e.Customer)
		if err != nil {
			return order, err
		}
		if !same {
			return k.strangersOrder(e, order)
		}
	}
	e.Customer = order.Customer // beside its order, also where the customer has several numbers
	return order, nil
}

// strangersOrder is for a return that names the order of another customer: it has none, where references are each
// customer's own, else it is refused.
func (k *Keeper) strangersOrder(e *ReturnEntry, order reference.Owner) (reference.Owner, error) {
	if e.PerCustomer {
		return reference.Owner{}, nil
	}
	return order, refusal{fault.In("customer", fault.Conflictf("return %s: order %s belongs to another customer", e.Return.Reference, e.Return.OrderReference))}
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
			return refuse(lineField(i, "line"), "return %s: names a line, and no order", e.Return.Reference)
		}
		lines, err := tx.Maps(`SELECT s.amount_minor, s.quantity, coalesce(p.reference, '') AS product, coalesce(c.name, '') AS category
			FROM sale_lines s LEFT JOIN products p ON p.product_id = s.product_id LEFT JOIN categories c ON c.category_id = s.category_id
			WHERE s.customer_id = $1 AND s.fact_id = $2 AND s.line_no = $3`, order.Customer, order.Fact, l.Line)
		if err != nil {
			return err
		}
		if len(lines) == 0 {
			return refuse(lineField(i, "line"), "return %s: order %s has no line %d", e.Return.Reference, e.Return.OrderReference, l.Line)
		}
		amount, _ := lines[0]["amount_minor"].(int64)
		quantity, _ := lines[0]["quantity"].(float64)
		if l.Quantity == 0 {
			l.Quantity = quantity
		}
		if e.Bounded && l.Quantity > quantity {
			return refuse(lineField(i, "quantity"), "return %s: line %d of order %s has %g pieces, not %g", e.Return.Reference, l.Line, e.Return.OrderReference, quantity, l.Quantity)
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
		return fault.In("amount_minor", fault.Invalidf("return %s: order %s was paid %d, of which %d came back already; %d more is too much (in minor units)",
			r.Reference, r.OrderReference, paid, back, r.AmountMinor))
	}
	return nil
}

// ownerOf finds whose the return is, or makes it somebody's.
func (k *Keeper) ownerOf(tx *db.Tx, e *ReturnEntry) (owner reference.Owner, outcome fact.Outcome, err error) {
	if e.Make != nil {
		// Not there yet: no return of theirs is, but for those of somebody erased.
		key := reference.Key{Source: e.Return.Source, Reference: e.Return.Reference}
		found, err := reference.Find(tx, reference.Return, []reference.Key{key})
		if err != nil {
			return owner, outcome, err
		}
		owner, ok := found[key]
		switch {
		case ok && owner.Erased():
			return owner, fact.Outcome{Status: fact.Unchanged}, nil
		case ok && !e.PerCustomer:
			return owner, returnOfAnother(owner, key), nil
		}
		if e.Customer, err = e.Make(); err != nil {
			return owner, outcome, err
		}
	}
	return k.claimReturn(tx, e)
}

func returnOfAnother(owner reference.Owner, key reference.Key) fact.Outcome {
	return fact.Outcome{Status: fact.Conflict, Customer: owner.Customer, Fact: owner.Fact, Field: "customer",
		Err: fault.In("customer", fault.Conflictf("return %s of %s is recorded for another customer", key.Reference, key.Source))}
}

// claimReturn asks for the reference of the return. The outcome has a status where nothing is to be written.
func (k *Keeper) claimReturn(tx *db.Tx, e *ReturnEntry) (owner reference.Owner, outcome fact.Outcome, err error) {
	key := reference.Key{Source: e.Return.Source, Reference: e.Return.Reference}
	owner, theirs, err := k.claimOneReturn(tx, e, key)
	if err == nil && !theirs && e.PerCustomer {
		key = apart(key, e.Whose)
		e.Return.Reference = key.Reference
		owner, theirs, err = k.claimOneReturn(tx, e, key)
	}
	switch {
	case err != nil || theirs:
		return owner, outcome, err
	case owner.Erased():
		return owner, fact.Outcome{Status: fact.Unchanged}, nil
	}
	return owner, returnOfAnother(owner, key), nil
}

// claimOneReturn claims a reference, and tells whether it is theirs whose the return is, by now or from before.
func (k *Keeper) claimOneReturn(tx *db.Tx, e *ReturnEntry, key reference.Key) (owner reference.Owner, theirs bool, err error) {
	of := e.Customer
	if of == 0 {
		of = -k.IDs.New(tx.Now)
	}
	owners, err := reference.ClaimAll(tx, reference.Return, []reference.Claim{{Key: key, Customer: of, Fact: k.IDs.New(tx.Now)}})
	owner = owners[key]
	switch {
	case err != nil || owner.Mine:
		return owner, true, err
	case owner.Erased():
		return owner, false, nil
	case owner.Customer < 0 && of < 0:
		return owner, true, nil
	case e.Customer == 0: // nobody is named; whose it is may have been known before
		return owner, !e.PerCustomer, nil
	}
	theirs, err = customer.Same(tx, owner.Customer, of)
	return owner, theirs, err
}
