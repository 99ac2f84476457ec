package reward

import (
	"context"

	"regulars/internal/act/draw"
	"regulars/internal/act/points"
	"regulars/internal/base/db"
	"regulars/internal/record/fact"
)

// award is what the redemption puts into a draw.
func (r *Redemption) award(key string) draw.Award {
	return draw.Award{Customer: r.Customer, Draw: key, Cause: r.cause(), Rule: r.Promise.Reward}
}

// MayEnter refuses a reward whose entries their draw does not take of a person now.
func MayEnter(tx *db.Tx, person int64, r *Reward) error {
	key, n, err := r.Entries()
	if err != nil || n == 0 {
		return err
	}
	return draw.Takes(tx, key, person, n)
}

// enter puts the entries of what is issued into their draw. They are good until it is closed.
func (d *Desk) enter(tx *db.Tx, r *Redemption) error {
	key, n, err := r.Promise.Entries()
	if err != nil || n == 0 {
		return err
	}
	a := r.award(key)
	a.Placed = fact.At(tx.Now, d.Ledger.Zone)
	r.Until, err = draw.PutAll(tx, a, n)
	return err
}

// leave takes the entries of what is issued out of their draw, whose list must not be frozen.
func (d *Desk) leave(tx *db.Tx, r *Redemption) error {
	key, n, err := r.Promise.Entries()
	if err != nil || n == 0 {
		return err
	}
	return draw.TakeOut(tx, r.award(key))
}

// undraw gives back what was paid for entries of draws that were cancelled, each in a transaction of its own.
func (d *Desk) undraw(ctx context.Context, store *db.DB) error {
	var found []draw.Award
	if err := store.Read(ctx, func(tx *db.Tx) (err error) { found, err = draw.Stranded(tx, causes); return err }); err != nil {
		return err
	}
	for i := range found {
		id, err := redeemed(found[i].Cause)
		if err != nil {
			return err
		}
		if err := store.Write(ctx, func(tx *db.Tx) error {
			r, err := lock(tx, found[i].Customer, id)
			if err != nil {
				return err
			}
			if err := draw.TakeOut(tx, found[i]); err != nil {
				return err
			}
			if r.State != Issued && r.State != Used {
				_, err := r.unchanged(tx)
				return err
			}
			return d.giveBack(tx, &r, Who{Actor: points.System, Reason: "the draw was cancelled"})
		}); err != nil {
			return err
		}
	}
	return nil
}
