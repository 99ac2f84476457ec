package points

import (
	"context"
	"strconv"

	"regulars/internal/base/db"
	"regulars/internal/record/customer"
)

// Gather brings into the account of the customer who stands for a person what that account lacks of so many units, where
// the person has them under other numbers: a person who is known by several spends as if by one. Nothing is moved where it
// lacks nothing, or where there is nothing to bring. What is brought keeps its dates, and stays where it was brought to
// when the numbers turn out to be two people after all.
func (l *Ledger) Gather(ctx context.Context, d *db.DB, person int64, unit string, units int64) error {
	var shares []Share
	if err := d.Read(ctx, func(tx *db.Tx) (err error) {
		shares, err = l.lacking(tx, person, unit, units)
		return err
	}); err != nil {
		return err
	}
	for _, s := range shares {
		var r Receipt
		if err := d.Write(ctx, func(tx *db.Tx) (err error) {
			key := "gather/" + strconv.FormatInt(l.IDs.New(tx.Now), 10)
			r, err = l.Transfer(tx, Act{Customer: s.Customer, Unit: unit, Key: key, Cause: key, Actor: System}, person, s.Units)
			return err
		}); err != nil {
			return err
		}
		if err := l.Forward(ctx, d, s.Customer, r.Hold); err != nil {
			return err
		}
	}
	return nil
}

// AdjustPerson corrects by hand what a person has, whatever numbers they are known by; record writes down who did it, in the
// same transaction, unless it was done before.
func (l *Ledger) AdjustPerson(ctx context.Context, d *db.DB, act Act, units int64, record func(tx *db.Tx, operation int64) error) (r Receipt, err error) {
	if units < 0 {
		if err := l.Gather(ctx, d, act.Customer, act.Unit, -units); err != nil {
			return r, err
		}
	}
	err = d.Write(ctx, func(tx *db.Tx) error {
		if r, err = l.Adjust(tx, act, units); err != nil || r.Repeated {
			return err
		}
		return record(tx, r.Operation)
	})
	return r, err
}

// lacking is what the other numbers of a person are to give.
func (l *Ledger) lacking(tx *db.Tx, person int64, unit string, units int64) ([]Share, error) {
	members, err := customer.Members(tx, person)
	if err != nil || len(members) < 2 {
		return nil, err
	}
	have, err := AccountBalance(tx, person, unit, tx.Now)
	if err != nil || have.Available >= units {
		return nil, err
	}
	var others []int64
	rest := int64(0)
	for _, m := range members {
		if m == person {
			continue
		}
		b, err := AccountBalance(tx, m, unit, tx.Now)
		if err != nil {
			return nil, err
		}
		if b.Available > 0 {
			others = append(others, m)
			rest += b.Available
		}
	}
	if units -= have.Available; units > rest {
		return nil, nil // and so there is not enough, as the spending will say
	}
	return Soonest(tx, others, unit, units)
}
