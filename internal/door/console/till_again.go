package console

import (
	"math"
	"slices"

	"regulars/internal/act/reward"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/order"
	"regulars/internal/record/reference"
)

// withSame refuses a sale that is there already when another reward is on the form, or more or less was taken off: it is another sale.
func (v *visit) withSame(tx *db.Tx, root int64, known *order.Stored) error {
	name, err := v.withName()
	if err != nil {
		return err
	}
	shown, err := v.shownOff()
	if err != nil {
		return err
	}
	members, err := customer.Members(tx, root)
	if err != nil {
		return err
	}
	used, err := reward.For(tx, members, known.Reference)
	if err != nil {
		return err
	}
	same := name == "" && len(used) == 0 || slices.ContainsFunc(used, func(r reward.Redemption) bool {
		return name == r.Promise.Reward || name == fact.PublicID(reward.Prefix, r.ID, r.Customer)
	})
	if !same || shown.rules+shown.off != known.DiscountMinor {
		return otherSale()
	}
	return nil
}

// asSold makes a sale that was typed again what was recorded of it: less what was taken off each line, and with pieces that were free
// on lines of their own, behind the others. What was typed must be what it cost.
func asSold(o *order.Order, known *order.Stored) error {
	o.Placed = known.Placed
	if o.AmountMinor != known.AmountMinor+known.ProgrammeDiscountMinor || len(o.Lines) > len(known.Lines) {
		return otherSale()
	}
	typed, sold := o.Lines, make([]order.Line, 0, len(known.Lines))
	pieces, amounts := make([]float64, len(typed)), make([]int64, len(typed)) // that are found of each
	for i := range known.Lines {
		k := &known.Lines[i]
		of := i
		if i >= len(typed) {
			of = slices.IndexFunc(typed, func(l order.Line) bool { return l.Product == k.Product })
			for of >= 0 && of < len(typed)-1 && (typed[of].Product != k.Product || pieces[of]+k.Quantity > typed[of].Quantity+pieceLeast) {
				of++
			}
		}
		if of < 0 {
			return otherSale()
		}
		line := typed[of]
		line.Quantity, line.AmountMinor, line.ProgrammeDiscountMinor = k.Quantity, k.AmountMinor, k.ProgrammeDiscountMinor
		sold = append(sold, line)
		pieces[of] += k.Quantity
		amounts[of] += k.AmountMinor + k.ProgrammeDiscountMinor
	}
	for i := range typed {
		if amounts[i] != typed[i].AmountMinor || math.Abs(pieces[i]-typed[i].Quantity) > pieceLeast {
			return otherSale()
		}
	}
	o.Lines, o.AmountMinor, o.DiscountMinor, o.ProgrammeDiscountMinor = sold, known.AmountMinor, known.DiscountMinor, known.ProgrammeDiscountMinor
	return nil
}

// pieceLeast is less than any piece that is sold.
const pieceLeast = 1e-6

func otherSale() error {
	return fault.Coded(alreadySent, fault.Conflictf("this form was sent before, with another sale on it"))
}

// soldBefore is the sale that was entered under the key; nil: none.
func soldBefore(tx *db.Tx, key string) (*order.Stored, error) {
	at := reference.Key{Source: bySource, Reference: key}
	found, err := reference.Find(tx, reference.Order, []reference.Key{at})
	if err != nil {
		return nil, err
	}
	if owner, ok := found[at]; ok && !owner.Erased() {
		return order.Load(tx, owner.Customer, owner.Fact)
	}
	return nil, nil //nolint:nilnil // there is none
}
