package reward

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"regulars/internal/base/fault"
	"regulars/internal/record/order"
)

// Goods is the product that is free, and how many pieces of it.
func (r *Reward) Goods() (p string, pieces int64, err error) {
	var t product
	if err := json.Unmarshal(r.Terms, &t); err != nil {
		return "", 0, fmt.Errorf("the terms of reward %s: %w", r.Reward, err)
	}
	return t.Product, max(t.Quantity, 1), nil
}

// matching are the lines of an order that are of the product, by its reference or its name; where there is none, those of the
// category that is called so: "coffee" is any coffee in a shop that has no product of that name.
func (r *Reward) matching(o *order.Order) (lines []int, pieces int64, err error) {
	name, pieces, err := r.Goods()
	if err != nil {
		return nil, 0, err
	}
	for _, is := range []func(*order.Line) bool{
		func(l *order.Line) bool { return same(name, l.Product) || same(name, l.ProductName) },
		func(l *order.Line) bool { return same(name, l.Category) },
	} {
		for i := range o.Lines {
			if is(&o.Lines[i]) {
				lines = append(lines, i)
			}
		}
		if len(lines) > 0 {
			break
		}
	}
	return lines, pieces, nil
}

// piece is what is free of a line.
type piece struct {
	line     int
	quantity float64
	minor    int64
}

// free chooses the pieces of an order that the reward pays for, the cheapest first, and tells what they cost. With fewer pieces
// than it is for it is refused, for the others would be lost.
func (r *Reward) free(o *order.Order) (all []piece, minor int64, err error) {
	lines, left, err := r.matching(o)
	if err != nil {
		return nil, 0, err
	}
	lines = slices.DeleteFunc(lines, func(i int) bool { return o.Lines[i].Quantity <= 0 || o.Lines[i].AmountMinor <= 0 })
	if len(lines) == 0 {
		return nil, 0, fault.Coded("reward_not_there", fault.Conflictf("no line of the order is what %s is for", r.Name))
	}
	each := func(i int) float64 { return float64(o.Lines[i].AmountMinor) / max(o.Lines[i].Quantity, 1) }
	slices.SortStableFunc(lines, func(a, b int) int { return cmp.Compare(each(a), each(b)) })
	for _, i := range lines {
		l := &o.Lines[i]
		n := min(left, max(int64(math.Floor(l.Quantity+1e-9)), 1)) // what is weighed, and less than one, is a piece
		one := piece{i, l.Quantity, l.AmountMinor}
		if float64(n) < l.Quantity-1e-9 {
			one.quantity, one.minor = float64(n), int64(math.Round(float64(l.AmountMinor)*float64(n)/l.Quantity))
		}
		all, minor, left = append(all, one), minor+one.minor, left-n
		if left == 0 {
			break
		}
	}
	switch {
	case left > 0:
		return nil, 0, fault.Coded("reward_pieces", fault.Conflictf("%s is for %d pieces more than the order has", r.Name, left))
	case minor <= 0:
		return nil, 0, fault.Coded("reward_takes_nothing", fault.Conflictf("nothing in the order is what %s takes something off", r.Name))
	}
	return all, minor, nil
}

func (r *Reward) takeFree(o *order.Order, minor int64) error {
	pieces, cost, err := r.free(o)
	if err != nil {
		return err
	}
	if minor > cost {
		return fault.Coded("reward_above_order", fault.Conflictf("%d is to be taken off, and what %s is for costs %d, in minor units", minor, r.Name, cost))
	}
	var free []int
	for _, p := range pieces {
		l := &o.Lines[p.line]
		if p.quantity >= l.Quantity {
			free = append(free, p.line)
			continue
		}
		apart := *l
		apart.Quantity, apart.AmountMinor = p.quantity, p.minor
		l.Quantity -= p.quantity
		l.AmountMinor -= p.minor
		o.Lines = append(o.Lines, apart) // behind the others, which keep their numbers
		free = append(free, len(o.Lines)-1)
	}
	o.TakeOff(minor, func(l *order.Line) bool {
		return slices.ContainsFunc(free, func(i int) bool { return l == &o.Lines[i] })
	})
	return nil
}

// cameBack tells whether the product was in an order, and none of it stayed with the customer.
func (r *Reward) cameBack(o *order.Order) bool {
	lines, _, err := r.matching(o)
	return err == nil && len(lines) > 0 && !slices.ContainsFunc(lines, func(i int) bool { return o.Lines[i].Quantity > 1e-9 })
}
