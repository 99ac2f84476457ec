package referral

import (
	"slices"
	"time"

	"regulars/internal/act/programme"
	"regulars/internal/base/db"
	"regulars/internal/record/customer"
	"regulars/internal/record/order"
)

const day = 24 * time.Hour

// person is a friend by all their numbers. A merge can bring several referrals together.
type person struct {
	root    int64
	members []int64
	came    []Referral // the first first
}

// friend is the person whose number it is.
func friend(tx *db.Tx, number int64) (p person, err error) {
	if p.root, err = customer.Root(tx, number); err != nil {
		return p, err
	}
	if p.members, err = customer.Members(tx, p.root); err != nil {
		return p, err
	}
	p.came, err = of(tx, p.members)
	return p, err
}

// hold keeps others from moving the referrals of a person until the transaction ends: two orders, one that comes back and one that would
// count in its place, would pass each other by.
func (p *person) hold(tx *db.Tx) (err error) {
	for _, number := range p.members {
		if !slices.ContainsFunc(p.came, func(r Referral) bool { return r.Friend == number }) {
			continue
		}
		if _, err := tx.Exec("UPDATE referrals SET state = state WHERE customer_id = $1", number); err != nil {
			return err
		}
	}
	p.came, err = of(tx, p.members)
	return err
}

// open is the referral for which an order may count yet: the first of a person of whom none counts, or did.
func (p *person) open() *Referral {
	if len(p.came) == 0 || slices.ContainsFunc(p.came, func(r Referral) bool { return r.State != Pending }) {
		return nil
	}
	return &p.came[0]
}

// Ordered looks at an order of a customer as it is now: whether it counts for a referral of theirs, or no more.
func (d *Desk) Ordered(tx *db.Tx, who, id int64) error {
	if who <= 0 || id == 0 {
		return nil
	}
	p, err := friend(tx, who)
	if err != nil || !slices.ContainsFunc(p.came, func(r Referral) bool { return r.State == Pending || r.State == Qualified || r.Order == id }) {
		return err
	}
	if err := p.hold(tx); err != nil {
		return err
	}
	for i := range p.came {
		if r := &p.came[i]; r.Order == id && r.OrderCustomer == who {
			return d.again(tx, &p, r)
		}
	}
	r := p.open()
	if r == nil {
		return nil
	}
	if fair, err := fair(tx, &p, r); err != nil || !fair {
		return err
	}
	stored, back, err := load(tx, who, id)
	if err != nil {
		return err
	}
	_, err = d.qualify(tx, r, stored, back, tx.Now)
	return err
}

// Merged looks at somebody who was merged with another, or is apart again: what the other ordered counts from now on, or no more.
func (d *Desk) Merged(tx *db.Tx, number int64) error {
	p, err := friend(tx, number)
	if err != nil || len(p.came) == 0 {
		return err
	}
	if err := p.hold(tx); err != nil {
		return err
	}
	for i := range p.came {
		if err := d.again(tx, &p, &p.came[i]); err != nil {
			return err
		}
	}
	return d.over(tx, &p)
}

func load(tx *db.Tx, who, id int64) (*order.Stored, []order.Back, error) {
	stored, err := order.Load(tx, who, id)
	if err != nil {
		return nil, nil, err
	}
	back, err := order.ReturnedOf(tx, who, id)
	return stored, back, err
}

// again looks whether the order of a referral still counts. Where it waits only, another order may count in its place.
func (d *Desk) again(tx *db.Tx, p *person, r *Referral) error {
	if r.State != Qualified && r.State != Rewarding && r.State != Rewarded {
		return nil
	}
	if holds, err := d.holds(tx, p, r); err != nil || holds {
		return err
	}
	before := r.State
	if before != Qualified {
		r.State, r.Due = Voiding, tx.Now
		return d.move(tx, r, before)
	}
	r.State, r.Order, r.OrderCustomer, r.Version, r.Due = Pending, 0, 0, 0, time.UnixMicro(0)
	if err := d.move(tx, r, before); err != nil {
		return err
	}
	return d.over(tx, p)
}

// holds tells whether the order of a referral is the friend's, and what is left of it enough by the version by which it counted. What is
// given already is not taken back because a merge shows who they are.
func (d *Desk) holds(tx *db.Tx, p *person, r *Referral) (bool, error) {
	if !slices.Contains(p.members, r.OrderCustomer) {
		return false, nil
	}
	if r.State == Qualified {
		if fair, err := fair(tx, p, r); err != nil || !fair {
			return false, err
		}
	}
	stored, back, err := load(tx, r.OrderCustomer, r.Order)
	if err != nil {
		return false, err
	}
	least := int64(0)
	if r.Version != 0 {
		c, err := d.Programme.Book.Version(tx, r.Version, d.Programme.Ledger.Zone)
		if err != nil {
			return false, err
		}
		if c.Document.Referral != nil {
			least = c.Document.Referral.MinimumMinor
		}
	}
	return enough(stored, back, least), nil
}

// enough tells whether something is left of an order, and so much.
func enough(o *order.Stored, back []order.Back, least int64) bool {
	if o.State == order.Cancelled {
		return false
	}
	sale := programme.SaleOf(&o.Order, back)
	left := sale.AmountMinor()
	return left > 0 && left >= least
}

// fair tells whether it is still so that somebody brought another, who had not bought before: a merge, or what is recorded late, can
// show otherwise. A day is what a till may be late.
func fair(tx *db.Tx, p *person, r *Referral) (bool, error) {
	referrer, err := customer.Root(tx, r.Referrer)
	if err != nil || referrer == p.root {
		return false, err
	}
	past, err := order.Before(tx, p.members, r.Created.Add(-day).UnixMicro()-1, 0)
	return past.Orders == 0, err
}

// over goes over what a person has ordered since they came, the oldest first, until something counts.
func (d *Desk) over(tx *db.Tx, p *person) error {
	r := p.open()
	if r == nil {
		return nil
	}
	if fair, err := fair(tx, p, r); err != nil || !fair {
		return err
	}
	known := slices.DeleteFunc(slices.Clone(p.members), func(m int64) bool { return m < 0 })
	if len(known) == 0 {
		return nil
	}
	var orders []*order.Stored
	var backs [][]order.Back
	if err := order.PlacedBy(tx, known, r.Created.Add(-day).UnixMicro(), func(o *order.Stored, back []order.Back) {
		orders, backs = append(orders, o), append(backs, back)
	}); err != nil {
		return err
	}
	for i, o := range orders {
		if counts, err := d.qualify(tx, r, o, backs[i], o.Recorded); err != nil || counts {
			return err
		}
	}
	return nil
}

// qualify tells whether an order, of which there was something to be said at a moment, counts for a referral, and notes it then.
func (d *Desk) qualify(tx *db.Tx, r *Referral, o *order.Stored, back []order.Back, said time.Time) (bool, error) {
	c, err := d.lookedBy(tx, o)
	if err != nil || c == nil || c.Document.Referral == nil {
		return false, err
	}
	terms, placed := c.Document.Referral, time.UnixMicro(o.Placed.UTC)
	inTime := terms.WithinDays == 0 || placed.Before(r.Created.Add(time.Duration(terms.WithinDays)*day))
	if !inTime || placed.Before(r.Created.Add(-day)) || !enough(o, back, terms.MinimumMinor) {
		return false, nil
	}
	if placed.After(said) {
		said = placed
	}
	r.State, r.Order, r.OrderCustomer, r.Version, r.Due = Qualified, o.ID, o.Customer, c.Version, said.Add(time.Duration(terms.WaitDays)*day)
	if err := d.move(tx, r, Pending); err != nil {
		return false, err
	}
	return true, d.tell(tx, QualifiedTold, r)
}

// lookedBy is the version of the programme by which an order was looked at when it came in, or else the one in force; nil: there is none.
func (d *Desk) lookedBy(tx *db.Tx, o *order.Stored) (*programme.Compiled, error) {
	outcome, ok, err := programme.Of(tx, o.Customer, programme.OrderCause(o.ID))
	if err != nil {
		return nil, err
	}
	if !ok {
		return d.Programme.Book.Current(tx, d.Programme.Ledger.Zone)
	}
	return d.Programme.Book.Version(tx, outcome.Version, d.Programme.Ledger.Zone)
}

// move brings a referral from a state into another.
func (d *Desk) move(tx *db.Tx, r *Referral, from State) error {
	n, err := tx.Exec("UPDATE referrals SET state = $1, order_id = $2, order_customer_id = $3, programme_version = $4, due_us = $5, moved_us = $6 WHERE customer_id = $7 AND state = $8",
		string(r.State), r.Order, r.OrderCustomer, r.Version, r.Due, tx.Now, r.Friend, string(from))
	if err == nil && n == 0 {
		err = db.ErrRestart // somebody else has
	}
	r.Moved = tx.Now
	return err
}
