package referral

import (
	"context"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/job"
)

const dueKind = "referral.due"

// JobKinds are the jobs of referrals; the desk is opened for each, because the business may be set up while the program runs.
func JobKinds(d *db.DB, open func(context.Context) (*Desk, error)) []job.Kind {
	return []job.Kind{{Name: dueKind, Everywhere: 1, Forget: true, Timeout: time.Hour, Run: func(ctx context.Context, _ *job.Run) error {
		desk, err := open(ctx)
		if err != nil {
			return err
		}
		return desk.Due(ctx, d)
	}}}
}

// Schedules say when: what is due is given within minutes.
func Schedules() []job.Schedule {
	const often = 5 * time.Minute
	return []job.Schedule{{Name: dueKind, Kind: dueKind, Spec: job.Every(often)}}
}

const batch = 200

// Due gives what is due, and takes back what is not any more: each step a transaction of one customer, each done once however
// often it is begun.
func (d *Desk) Due(ctx context.Context, store *db.DB) error {
	var after int64
	for {
		var due []Referral
		if err := store.Read(ctx, func(tx *db.Tx) (err error) {
			due, err = read(tx, " WHERE state IN ('qualified', 'rewarding', 'voiding') AND due_us <= $1 AND customer_id > $2 ORDER BY customer_id LIMIT $3", tx.Now, after, batch)
			return err
		}); err != nil {
			return err
		}
		for i := range due {
			after = due[i].Friend
			step := d.reward
			if due[i].State == Voiding {
				step = d.void
			}
			if err := step(ctx, store, due[i]); err != nil {
				return err
			}
		}
		if len(due) < batch {
			return nil
		}
	}
}

// reward gives to the friend, then to the referrer.
func (d *Desk) reward(ctx context.Context, store *db.DB, r Referral) error {
	if r.State == Qualified {
		gone := false
		if err := store.Write(ctx, func(tx *db.Tx) error {
			n, err := tx.Exec("UPDATE referrals SET state = 'rewarding', moved_us = $1 WHERE customer_id = $2 AND state = 'qualified' AND due_us <= $1", tx.Now, r.Friend)
			if gone = n == 0; err != nil || gone {
				return err
			}
			return d.Programme.Did(tx, r.Friend, onReferred, onlyOnce)
		}); err != nil || gone {
			return err
		}
	}
	if err := d.toReferrer(ctx, store, &r, d.Programme.Did); err != nil {
		return err
	}
	return store.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec("UPDATE referrals SET state = 'rewarded', moved_us = $1 WHERE customer_id = $2 AND state = 'rewarding'", tx.Now, r.Friend)
		if err != nil || n == 0 { // the order came back meanwhile
			return err
		}
		r.State = Rewarded
		return d.tell(tx, RewardedTold, &r)
	})
}

// void takes back from the friend, then from the referrer.
func (d *Desk) void(ctx context.Context, store *db.DB, r Referral) error {
	if err := store.Write(ctx, func(tx *db.Tx) error { return d.Programme.Undid(tx, r.Friend, onReferred, onlyOnce) }); err != nil {
		return err
	}
	if err := d.toReferrer(ctx, store, &r, d.Programme.Undid); err != nil {
		return err
	}
	return store.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec("UPDATE referrals SET state = 'void', moved_us = $1 WHERE customer_id = $2 AND state = 'voiding'", tx.Now, r.Friend)
		if err != nil || n == 0 {
			return err
		}
		r.State = Void
		return d.tell(tx, VoidedTold, &r)
	})
}

func (d *Desk) toReferrer(ctx context.Context, store *db.DB, r *Referral, do func(tx *db.Tx, who int64, action, key string) error) error {
	return store.Write(ctx, func(tx *db.Tx) error { return do(tx, r.Referrer, onReferral, key(r.Friend)) })
}
