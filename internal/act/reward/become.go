package reward

import (
	"context"
	"time"

	"regulars/internal/act/points"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/job"
)

// Who says who does it, and why where a person decides.
type Who struct {
	Actor  string
	Reason string
}

// lock reads a redemption and keeps others from changing it until the transaction is over.
func lock(tx *db.Tx, customer, id int64) (Redemption, error) {
	if _, err := tx.Exec("UPDATE redemptions SET version = version + 1, moves = moves + 1 WHERE customer_id = $1 AND redemption_id = $2", customer, id); err != nil {
		return Redemption{}, err
	}
	return Get(tx, customer, id)
}

// become changes the state of a redemption that is locked.
func (d *Desk) become(tx *db.Tx, r *Redemption, state State, who Who) error {
	r.State = state
	if _, err := tx.Exec("UPDATE redemptions SET state = $1, code = $2, hold_id = $3, spend_key = $4, order_ref = $5, until_us = $6, limited = $7 WHERE customer_id = $8 AND redemption_id = $9",
		string(r.State), r.Code, r.hold, r.spendKey, r.Order, r.Until, r.limited, r.Customer, r.ID); err != nil {
		return err
	}
	return d.moved(tx, r, who.Actor, who.Reason)
}

// from refuses a redemption that does not stand as it must, or that time has ended.
func (r *Redemption) from(now time.Time, states ...State) error {
	if r.Over(now) {
		if r.State == Held {
			return fault.Coded("redemption_over", fault.Conflictf("the time for which it was held is over; redeem it again"))
		}
		return fault.Coded("redemption_over", fault.Conflictf("it was good until %s", r.Until.Format(time.RFC3339)))
	}
	for _, s := range states {
		if r.State == s {
			return nil
		}
	}
	return fault.Coded("redemption_state", fault.Conflictf("the redemption is %s", words[r.State]))
}

// Ready refuses one that cannot be used now.
func (r *Redemption) Ready(now time.Time) error { return r.from(now, Issued) }

var words = map[State]string{
	Held: "held, and not issued yet", Issued: "issued, and not used", Used: "used already", Refunded: "given back", Void: "void",
}

// Issue spends the units that are held, and gives the code. What is issued already stays so.
func (d *Desk) Issue(tx *db.Tx, customer, id int64, who Who) (Redemption, error) {
	r, err := lock(tx, customer, id)
	if err != nil {
		return r, err
	}
	if r.State == Issued && !r.Over(tx.Now) {
		return r.unchanged(tx)
	}
	if err := r.from(tx.Now, Held); err != nil {
		return r, err
	}
	if r.hold > 0 {
		a := r.act(who.Actor, "commit")
		if _, err := d.Ledger.Commit(tx, a, r.hold, 0); err != nil {
			return r, err
		}
		r.spendKey = a.Key
	}
	if r.Until, err = r.goodUntil(tx.Now, d.Ledger.Zone); err != nil {
		return r, err
	}
	if err := d.handOver(tx, &r, &r.Promise); err != nil {
		return r, err
	}
	return r, d.become(tx, &r, Issued, who)
}

// unchanged takes back what lock did.
func (r *Redemption) unchanged(tx *db.Tx) (Redemption, error) {
	_, err := tx.Exec("UPDATE redemptions SET version = version - 1, moves = moves - 1 WHERE customer_id = $1 AND redemption_id = $2", r.Customer, r.ID)
	r.Version--
	r.moves--
	r.Repeated = true
	return *r, err
}

// Use says that the customer got what was promised, with an order or without. Used for the same order again it stays so.
func (d *Desk) Use(tx *db.Tx, customer, id int64, order string, who Who) (Redemption, error) {
	r, err := lock(tx, customer, id)
	if err != nil {
		return r, err
	}
	if r.State == Used && order != "" && r.Order == order {
		return r.unchanged(tx)
	}
	if err := r.from(tx.Now, Issued); err != nil {
		return r, err
	}
	if order != "" {
		r.Order = order
	}
	return r, d.become(tx, &r, Used, who)
}

// Reopen makes a redemption that was used by mistake issued again; a person says why.
func (d *Desk) Reopen(tx *db.Tx, customer, id int64, who Who) (Redemption, error) {
	if who.Reason == "" {
		return Redemption{}, fault.In("reason", fault.Coded("required", fault.Invalidf("say why it was not used after all")))
	}
	r, err := lock(tx, customer, id)
	if err != nil {
		return r, err
	}
	if err := r.from(tx.Now, Used); err != nil {
		return r, err
	}
	return r, d.become(tx, &r, Issued, who)
}

// Refund gives the units back, to the lots that they came from, and what was limited to others. Of one that is held, nothing
// was spent, and it is void.
func (d *Desk) Refund(tx *db.Tx, customer, id int64, who Who) (Redemption, error) {
	r, err := lock(tx, customer, id)
	if err != nil {
		return r, err
	}
	if r.State == Refunded {
		return r.unchanged(tx)
	}
	if err := r.from(tx.Now, Held, Issued); err != nil {
		return r, err
	}
	if r.State != Held {
		if err := d.leave(tx, &r); err != nil {
			return r, err
		}
		return r, d.giveBack(tx, &r, who)
	}
	if r.hold > 0 {
		if _, err := d.Ledger.Cancel(tx, r.act(who.Actor, "cancel"), r.hold); err != nil {
			return r, err
		}
	}
	if err := uncount(tx, &r); err != nil {
		return r, err
	}
	return r, d.become(tx, &r, Void, who)
}

// Withdraw makes an issued redemption void without giving units back; a person says why.
func (d *Desk) Withdraw(tx *db.Tx, customer, id int64, who Who) (Redemption, error) {
	if who.Reason == "" {
		return Redemption{}, fault.In("reason", fault.Coded("required", fault.Invalidf("say why it is taken back")))
	}
	r, err := lock(tx, customer, id)
	if err != nil {
		return r, err
	}
	if err := r.from(tx.Now, Issued); err != nil {
		return r, err
	}
	if err := d.leave(tx, &r); err != nil {
		return r, err
	}
	return r, d.become(tx, &r, Void, who)
}

// UseCode takes a code at the till. One for everybody is redeemed for the customer and used at once.
func (d *Desk) UseCode(tx *db.Tx, code string, w Wish) (Redemption, error) {
	c, err := d.Find(tx, code)
	if err != nil {
		return Redemption{}, err
	}
	who := Who{Actor: w.Actor}
	switch {
	case c.Redemption != nil && w.Customer != 0 && w.Customer != c.Redemption.Customer:
		return Redemption{}, fault.Coded("code_of_another", fault.In("customer", fault.Conflictf("the code is another customer's")))
	case c.Redemption != nil:
		return d.Use(tx, c.Redemption.Customer, c.Redemption.ID, w.Order, who)
	case c.Kind == Pool:
		return Redemption{}, fault.Coded("code_not_given", fault.Conflictf("the code has not been given to anybody yet"))
	case w.Customer == 0:
		return Redemption{}, fault.In("customer", fault.Coded("required", fault.Invalidf("the code is for everybody; say who uses it")))
	}
	w.Reward, w.Hold = c.Reward.Reward.Reward, 0
	r, err := d.Redeem(tx, w)
	if err != nil || r.State == Used {
		return r, err
	}
	return d.Use(tx, r.Customer, r.ID, w.Order, who)
}

// sweepKind is the job that writes down what time has ended.
const sweepKind = "reward.sweep"

// JobKinds are the jobs of the rewards, whose desk is opened for each.
func JobKinds(d *db.DB, open func(context.Context) (*Desk, error)) []job.Kind {
	return []job.Kind{{Name: sweepKind, Everywhere: 1, Forget: true, Run: func(ctx context.Context, _ *job.Run) error {
		desk, err := open(ctx)
		if err != nil {
			return err
		}
		const batch = 500
		for {
			n, err := desk.Sweep(ctx, d, batch)
			if err != nil {
				return err
			}
			if n < batch {
				return desk.undraw(ctx, d)
			}
		}
	}}}
}

// Schedules say when.
func Schedules() []job.Schedule {
	return []job.Schedule{{Name: sweepKind, Kind: sweepKind, Spec: job.Every(time.Minute)}}
}

// Sweep makes void what was held for too long, or was not used in time, most at a time, each in a transaction of its own. Of
// what was held, what was limited is there for others again. It tells how many it found.
func (d *Desk) Sweep(ctx context.Context, store *db.DB, most int) (int, error) {
	var found [][2]int64
	if err := store.Read(ctx, func(tx *db.Tx) error {
		found = nil
		rows, err := tx.Query("SELECT customer_id, redemption_id FROM redemptions WHERE state IN ('held', 'issued') AND until_us <= $1 ORDER BY until_us, customer_id, redemption_id LIMIT $2", tx.Now, most)
		if err != nil {
			return err
		}
		for rows.Next() {
			var one [2]int64
			if err := rows.Scan(&one[0], &one[1]); err != nil {
				return err
			}
			found = append(found, one)
		}
		return rows.Close()
	}); err != nil {
		return 0, err
	}
	for _, one := range found {
		if err := store.Write(ctx, func(tx *db.Tx) error { return d.runOut(tx, one[0], one[1]) }); err != nil {
			return 0, err
		}
	}
	return len(found), nil
}

func (d *Desk) runOut(tx *db.Tx, customer, id int64) error {
	r, err := lock(tx, customer, id)
	if err != nil {
		return err
	}
	if !r.Over(tx.Now) { // somebody was faster
		_, err := r.unchanged(tx)
		return err
	}
	if r.State == Held {
		if err := uncount(tx, &r); err != nil {
			return err
		}
	}
	if r.Promise.Kind == Draw && r.State == Issued { // the entries are in
		return d.become(tx, &r, Used, Who{Actor: points.System, Reason: "the draw was closed"})
	}
	return d.become(tx, &r, Void, Who{Actor: points.System, Reason: "its time was over"})
}

// Forget takes away what somebody wrote about a customer beside their redemptions.
func Forget(tx *db.Tx, number int64) error {
	_, err := tx.Exec("UPDATE redemption_moves SET reason = '' WHERE customer_id = $1 AND reason <> '' AND actor <> 'programme'", number)
	return err
}
