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

// only names what the discount is for; nothing: the whole order.
func (d *discount) only() []string { return slices.Concat(d.Categories, d.Products) }

// counts tells whether the discount is for a line.
func (d *discount) counts(l *order.Line) bool {
	among := func(names []string, is string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return is != "" && same(name, is) })
	}
	return len(d.only()) == 0 || among(d.Categories, l.Category) || among(d.Products, l.Product) || among(d.Products, l.ProductName)
}

// Only names the categories and the products that a discount is for; nothing: it is for all of an order, or no discount.
func (r *Reward) Only() []string {
	var d discount
	if r.Kind != Discount || json.Unmarshal(r.Terms, &d) != nil {
		return nil
	}
	return d.only()
}

// Categories are those that discounts name, also such as are not offered any more: customers may have them yet.
func Categories(tx *db.Tx) (all []string, err error) {
	rows, err := tx.Query("SELECT settings FROM rewards WHERE kind = $1 ORDER BY reward", string(Discount))
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		var r struct{ Terms discount }
		if err := json.Unmarshal([]byte(text), &r); err != nil {
			return nil, fmt.Errorf("the settings of a reward: %w", err)
		}
		all = append(all, r.Terms.Categories...)
	}
	return all, rows.Close()
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
	of, err := r.of(&d, o)
	if err != nil {
		return 0, err
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
		return 0, r.above(minor, of)
	}
	return minor, nil
}

func (r *Reward) above(minor, of int64) error {
	return fault.Coded("reward_above_order", fault.Conflictf("%s takes %d off, and what it is for costs %d, in minor units", r.Name, minor, of))
}

// of is what that costs in an order which a discount is for.
func (r *Reward) of(d *discount, o *order.Order) (minor int64, err error) {
	if len(d.only()) == 0 {
		return o.AmountMinor, nil
	}
	there := false
	for i := range o.Lines {
		if l := &o.Lines[i]; d.counts(l) {
			there = true
			minor += l.AmountMinor
		}
	}
	if !there {
		return 0, fault.Coded("reward_not_there", fault.Conflictf("no line of the order is what %s is for", r.Name))
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
	if err != nil {
		return err
	}
	of, err := r.of(&d, o)
	if err != nil {
		return err
	}
	if len(d.only()) > 0 && minor > of {
		return r.above(minor, of)
	}
	o.TakeOff(minor, d.counts)
	return nil
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
// and otherwise the reward itself, for as long as it is good. The lines say how many pieces stayed with the customer: what cost
// nothing comes back with its pieces. Other kinds stay used: what was handed over apart was drunk.
func (d *Desk) OrderUndone(tx *db.Tx, customers []int64, o *order.Order) error {
	taken, err := For(tx, customers, o.Reference)
	if err != nil {
		return err
	}
	for i := range taken {
		if r := &taken[i]; r.State == Used && r.Promise.TakesOff() && !r.Promise.kept(o) {
			if err := d.undo(tx, r.Customer, r.ID, o.Reference); err != nil {
				return err
			}
		}
	}
	return nil
}

// kept tells whether the customer keeps what they had for nothing by a reward: a product, or goods of which a discount left nothing
// to be paid.
func (r *Reward) kept(o *order.Order) bool {
	if r.Kind == Product {
		return !r.cameBack(o)
	}
	d, err := r.off()
	if err != nil || len(d.only()) == 0 {
		return false
	}
	some := func(is func(*order.Line) bool) bool {
		return slices.ContainsFunc(o.Lines, func(l order.Line) bool { return d.counts(&l) && is(&l) })
	}
	return !some(func(l *order.Line) bool { return l.AmountMinor > 0 }) && some(func(l *order.Line) bool { return l.Quantity > 1e-9 })
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
