package byhand

import (
	"context"
	"time"

	"regulars/internal/act/points"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
)

const longestAnswer = 500 // bytes

// other refuses whoever asked, and a key that they made.
func (r *Request) other(tx *db.Tx, by account.Actor) error {
	whose := by.ID
	if by.Kind == account.Program {
		key, err := account.KeyOf(tx, by.ID)
		if err != nil {
			return err
		}
		whose = key.CreatedBy
	}
	if r.Asker == whose {
		return fault.Coded("own_approval", fault.Forbiddenf("you asked for this; somebody else is to decide about it"))
	}
	return by.Require(account.PointsAdjust)
}

// open refuses what was decided. Decided alike by the same person before, it is the same: done is true.
func (r *Request) open(by account.Actor, to State, answer string) (done bool, err error) {
	if r.State == Waiting {
		return false, nil
	}
	if r.State == to && r.By == by.ID && r.Answer == answer {
		return true, nil
	}
	return false, r.decided()
}

// decided says that there is nothing to decide any more.
func (r *Request) decided() error {
	if r.State == Withdrawn && r.By == points.System {
		return fault.Coded("approval_erased", fault.Conflictf("the customer was erased meanwhile, and nothing is moved"))
	}
	return fault.Coded("approval_decided", fault.Conflictf("somebody has decided about this already, or it was withdrawn"))
}

// end closes a request that waits.
func (r *Request) end(tx *db.Tx, by account.Actor, to State, answer string) error {
	var moved, operation any
	if r.Operation != 0 {
		moved, operation = r.Moved, r.Operation
	}
	n, err := tx.Exec(`UPDATE by_hand_requests SET state = $1, decided_by = $2, decided_us = $3, answer = $4, moved_customer = $5, operation_id = $6
		WHERE customer_id = $7 AND request_id = $8 AND state = 'waiting'`, string(to), by.ID, tx.Now, answer, moved, operation, r.Customer, r.ID)
	if err == nil && n == 0 {
		err = r.decided() // at the same moment
	}
	if err != nil {
		return err
	}
	r.State, r.By, r.Decided, r.Answer = to, by.ID, tx.Now, answer
	if err := r.queueLetter(tx); err != nil {
		return err
	}
	return r.record(tx, by, "points."+string(to), "state", "answer")
}

// Decline says no, and why.
func Decline(tx *db.Tx, by account.Actor, public, answer string) (r Request, err error) {
	if r, err = RequestOf(tx, public); err != nil {
		return r, err
	}
	if err := r.other(tx, by); err != nil {
		return r, err
	}
	if answer, err = checkText("answer", answer, true, longestAnswer); err != nil {
		return r, err
	}
	if done, err := r.open(by, Declined, answer); done || err != nil {
		return r, err
	}
	return r, r.end(tx, by, Declined, answer)
}

// Withdraw takes back what one asked for.
func Withdraw(tx *db.Tx, by account.Actor, public string) (r Request, err error) {
	if r, err = RequestOf(tx, public); err != nil {
		return r, err
	}
	if r.Asker != by.ID {
		return r, fault.Coded("not_allowed", fault.Forbiddenf("only whoever asked takes it back"))
	}
	if done, err := r.open(by, Withdrawn, ""); done || err != nil {
		return r, err
	}
	return r, r.end(tx, by, Withdrawn, "")
}

// Desk moves what is approved.
type Desk struct {
	Ledger *points.Ledger
	Zone   *time.Location
	// Given is told, in the same transaction, who had a hand in giving units: who asked, and who approved.
	Given func(tx *db.Tx, root int64, actor, unit string, units int64) error
}

// Approve moves the units that somebody asked for, on the account of whoever the customer is known as by now, and counts them against
// the limit of who approves. All of it is one transaction, and of two at once one moves.
func (d *Desk) Approve(ctx context.Context, store *db.DB, by account.Actor, public, answer string) (r Request, err error) {
	if answer, err = checkText("answer", answer, false, longestAnswer); err != nil {
		return r, err
	}
	var root int64
	if err := store.Read(ctx, func(tx *db.Tx) error {
		if r, err = RequestOf(tx, public); err != nil || r.State != Waiting {
			return err
		}
		if err := r.ready(tx, by); err != nil {
			return err
		}
		root, err = customer.Root(tx, r.Customer)
		return err
	}); err != nil {
		return r, err
	}
	if r.State == Waiting && r.Units < 0 {
		if err := d.Ledger.Gather(ctx, store, root, r.Unit, -r.Units); err != nil {
			return r, err
		}
	}
	err = store.Write(ctx, func(tx *db.Tx) (err error) { r, err = d.approve(tx, by, public, answer); return err })
	return r, err
}

// ready refuses an approval by who may not give it, and one of what somebody asked for who may not ask any more.
func (r *Request) ready(tx *db.Tx, by account.Actor) error {
	if err := r.other(tx, by); err != nil {
		return err
	}
	asker, err := account.UserOf(tx, r.Asker)
	if fault.KindOf(err) == fault.NotFound || err == nil && !asker.Actor().May(account.PointsAdjust) {
		return fault.Coded("asker_gone", fault.Conflictf("whoever asked for this may not move units any more; decline it, or move them yourself"))
	}
	return err
}

func (d *Desk) approve(tx *db.Tx, by account.Actor, public, answer string) (r Request, err error) {
	if r, err = RequestOf(tx, public); err != nil {
		return r, err
	}
	// Whoever else approves this, merges or erases the customer waits from here on, or was first.
	gone := customer.HoldAny(tx, r.Customer)
	if gone != nil && fault.KindOf(gone) != fault.NotFound {
		return r, gone
	}
	if r, err = RequestOf(tx, public); err != nil {
		return r, err
	}
	if done, err := r.open(by, Approved, answer); done || err != nil {
		return r, err
	}
	if gone != nil {
		return r, gone
	}
	if err := r.ready(tx, by); err != nil {
		return r, err
	}
	root, err := customer.Root(tx, r.Customer)
	if err != nil {
		return r, err
	}
	if root != r.Customer {
		if err := customer.HoldAny(tx, root); err != nil {
			return r, err
		}
	}
	moved, err := d.Ledger.Adjust(tx, points.Act{Customer: root, Unit: r.Unit, Key: "approval/" + public, Cause: r.Cause(), Actor: r.Asker, Reason: r.Reason}, r.Units)
	if err != nil {
		return r, err
	}
	if err := Move(tx, d.Zone, by, r.Unit, r.Units); err != nil {
		return r, err
	}
	for _, actor := range []string{r.Asker, by.ID} {
		if err := d.Given(tx, root, actor, r.Unit, r.Units); err != nil {
			return r, err
		}
	}
	r.Moved, r.Operation = root, moved.Operation
	if err := r.end(tx, by, Approved, answer); err != nil {
		return r, err
	}
	return r, account.Record(tx, account.Entry{Actor: by, Action: "points.adjusted", Target: fact.PublicID(points.OperationPrefix, moved.Operation, root),
		Fields: []string{"unit", "units", "reason"}, Count: 1, Request: by.Request})
}

// Forget takes away what was written about a customer, who is being forgotten; what waited does so no more.
func Forget(tx *db.Tx, number int64) error {
	_, err := tx.Exec(`UPDATE by_hand_requests SET reason = 'forgotten', answer = CASE WHEN answer = '' THEN '' ELSE 'forgotten' END,
		decided_by = CASE WHEN state = 'waiting' THEN $2 ELSE decided_by END, decided_us = CASE WHEN state = 'waiting' THEN $3 ELSE decided_us END,
		state = CASE WHEN state = 'waiting' THEN 'withdrawn' ELSE state END WHERE customer_id = $1`, number, points.System, tx.Now)
	return err
}
