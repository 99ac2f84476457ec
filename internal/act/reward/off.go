package reward

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"regulars/internal/act/points"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/order"
)

// TakesOff tells whether a reward lowers what is paid for the order with which it is used: a discount, money back, which is
// taken off as well, or a product, of which pieces in the order are free. A product may be handed over apart, too.
func (r *Reward) TakesOff() bool {
	return r.Kind == Discount || r.Kind == CashBack || r.Kind == Product
}

// off reads what a reward takes off.
func (r *Reward) off() (d discount, err error) {
	if !r.TakesOff() {
		return d, fault.Coded("reward_takes_nothing", fault.Conflictf("%s takes nothing off what is paid", r.Name))
	}
	if err := json.Unmarshal(r.Terms, &d); err != nil {
		return d, fmt.Errorf("the terms of reward %s: %w", r.Reward, err)
	}
	return d, nil
}

// counts tells whether the discount is for a line.
func (d *discount) counts(l *order.Line) bool {
	return len(d.Products) == 0 || slices.ContainsFunc(d.Products, func(p string) bool { return same(p, l.Product) })
}

// same compares names as people write them.
func same(a, b string) bool { return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b)) }

// Off is what the reward takes off an order that is as it would be without it, in minor units and above 0. An order that does
// not come to its minimum is refused, and so is one of which less would be paid than nothing: what is over would be lost.
func (r *Reward) Off(o *order.Order) (minor int64, err error) {
	if r.Kind == Product {
		_, minor, err = r.free(o)
		return minor, err
	}
	d, err := r.off()
	if err != nil {
		return 0, err
	}
	if o.AmountMinor < d.MinimumMinor {
		return 0, fault.Coded("reward_minimum", fault.Conflictf("%s is for orders of %d at least, and this is %d, in minor units", r.Name, d.MinimumMinor, o.AmountMinor))
	}
	of := o.AmountMinor
	if len(d.Products) > 0 {
		of = 0
		for i := range o.Lines {
			if l := &o.Lines[i]; d.counts(l) {
				of += l.AmountMinor
			}
		}
	}
	if minor = d.AmountMinor; d.Percent > 0 {
		minor = int64(math.Round(float64(of) * d.Percent / hundred))
		if d.MostMinor > 0 {
			minor = min(minor, d.MostMinor)
		}
	}
	switch {
	case of <= 0 || minor <= 0:
		return 0, fault.Coded("reward_takes_nothing", fault.Conflictf("nothing in the order is what %s takes something off", r.Name))
	case minor > of:
		return 0, fault.Coded("reward_above_order", fault.Conflictf("%s takes %d off, and what it is for costs %d, in minor units", r.Name, minor, of))
	}
	return minor, nil
}

// MinimumMinor is what an order must come to for a reward that is for orders; 0: anything.
func (r *Reward) MinimumMinor() int64 {
	var of delivery
	if !r.TakesOff() && r.Kind != FreeDelivery || json.Unmarshal(r.Terms, &of) != nil {
		return 0
	}
	return of.MinimumMinor
}

// TakeOff takes so much off the order, from what the reward is for. Pieces that are free become lines of their own, so that rules
// see which cost nothing, and what comes back is told apart.
func (r *Reward) TakeOff(o *order.Order, minor int64) error {
	if r.Kind == Product {
		return r.takeFree(o, minor)
	}
	d, err := r.off()
	if err == nil {
		o.TakeOff(minor, d.counts)
	}
	return err
}

// For lists what customers, who are one person, have taken for an order.
func For(tx *db.Tx, customers []int64, of string) ([]Redemption, error) {
	if of == "" || len(customers) == 0 {
		return nil, nil
	}
	list, args := among(customers, of)
	return redemptions(tx, " WHERE customer_id IN ("+list+") AND order_ref = $1 AND order_ref <> '' ORDER BY redemption_id, customer_id", args...)
}

// orderUndone is why the programme itself gives something back.
const orderUndone = "nothing is left of the order"

// OrderUndone gives back what took something off an order of which nothing that was paid is left: the units, where it cost some,
// and otherwise the reward itself, for as long as it is good. The lines say how many pieces stayed with the customer: a product
// comes back with its pieces. Other kinds stay used: what was handed over apart was drunk.
func (d *Desk) OrderUndone(tx *db.Tx, customers []int64, o *order.Order) error {
	taken, err := For(tx, customers, o.Reference)
	if err != nil {
		return err
	}
	for i := range taken {
		if r := &taken[i]; r.State == Used && r.Promise.TakesOff() && (r.Promise.Kind != Product || r.Promise.cameBack(o)) {
			if err := d.undo(tx, r.Customer, r.ID, o.Reference); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *Desk) undo(tx *db.Tx, customer, id int64, of string) error {
	r, err := lock(tx, customer, id)
	if err != nil {
		return err
	}
	if r.State != Used || r.Order != of { // somebody was faster
		_, err := r.unchanged(tx)
		return err
	}
	who := Who{Actor: points.System, Reason: orderUndone}
	if r.spendKey == "" {
		return d.become(tx, &r, Issued, who)
	}
	return d.giveBack(tx, &r, who)
}

// giveBack gives the units of a redemption back, and what was limited to others.
func (d *Desk) giveBack(tx *db.Tx, r *Redemption, who Who) error {
	if r.spendKey != "" {
		if _, err := d.Ledger.Refund(tx, r.act(who.Actor, "refund"), points.Refund{Key: r.spendKey}); err != nil {
			return err
		}
	}
	if err := uncount(tx, r); err != nil {
		return err
	}
	return d.become(tx, r, Refunded, who)
}
