package points

import (
	"time"

	"regulars/internal/base/db"
)

// bucket is where units are.
type bucket int

const (
	left bucket = iota // available or pending, as time says
	held
	transit
	spent
	expired
	reversed
	sent
	repaid
	outside
	buckets = outside
)

// EntryKind says from where to where an entry moved units.
type EntryKind string

// The kinds of entries.
const (
	Issue    EntryKind = "issue"    // into a new lot
	Activate EntryKind = "activate" // can be spent from now on; moves nothing
	Spent    EntryKind = "spend"
	Held     EntryKind = "hold"    // left to held
	Commit   EntryKind = "commit"  // held to spent
	Release  EntryKind = "release" // held to left
	Expired  EntryKind = "expire"
	Reversed EntryKind = "reverse"
	Recall   EntryKind = "recall"  // reversed, of what was waived and has come back
	Lapse    EntryKind = "lapse"   // a reversal met units that had expired; moves nothing
	Waive    EntryKind = "waive"   // a reversal found nothing to take; moves nothing
	Undo     EntryKind = "undo"    // spent to left
	Owe      EntryKind = "owe"     // into a new debt
	Repay    EntryKind = "repay"   // left, to fill a debt
	Fill     EntryKind = "fill"    // the debt that it fills
	Send     EntryKind = "send"    // left to in transit
	Deliver  EntryKind = "deliver" // in transit to sent
	Bring    EntryKind = "bring"   // in transit to left
)

var movements = map[EntryKind]struct{ from, to bucket }{
	Spent: {left, spent}, Held: {left, held}, Commit: {held, spent}, Release: {held, left}, Expired: {left, expired},
	Reversed: {left, reversed}, Recall: {left, reversed}, Undo: {spent, left}, Repay: {left, repaid}, Send: {left, transit},
	Deliver: {transit, sent}, Bring: {transit, left},
}

// account is the row of an account: the sums of its lots. Debts are apart: owed is all of them, and what of it is repaid is
// the sum of what the other lots repaid.
type account struct {
	version          int64
	issued, received int64
	in               [buckets]int64
	owed             int64
	idle, holds, due time.Time
}

const accountColumns = `version, issued_units, received_units, left_units, held_units, transit_units, spent_units, expired_units, reversed_units,
	sent_units, repaid_units, owed_units, idle_us, holds_us, due_us`

func (a *account) scan(r interface{ Scan(targets ...any) error }) error {
	return r.Scan(&a.version, &a.issued, &a.received, &a.in[left], &a.in[held], &a.in[transit], &a.in[spent], &a.in[expired], &a.in[reversed],
		&a.in[sent], &a.in[repaid], &a.owed, &a.idle, &a.holds, &a.due)
}

func (a *account) write(tx *db.Tx, customer int64, unit string) error {
	return one(tx.Exec(`UPDATE point_accounts SET issued_units = $1, received_units = $2, left_units = $3, held_units = $4, transit_units = $5,
		spent_units = $6, expired_units = $7, reversed_units = $8, sent_units = $9, repaid_units = $10, owed_units = $11, idle_us = $12,
		holds_us = $13, due_us = $14 WHERE customer_id = $15 AND unit = $16 AND version = $17`, a.issued, a.received, a.in[left], a.in[held],
		a.in[transit], a.in[spent], a.in[expired], a.in[reversed], a.in[sent], a.in[repaid], a.owed, a.idle, a.holds, a.due, customer, unit, a.version))
}

func (a *account) debt() int64 { return a.owed - a.in[repaid] }

// wake makes sure that the account is settled at the moment.
func (a *account) wake(at time.Time) {
	if at.Before(a.due) {
		a.due = at
	}
}

// expires is when a lot with the given date expires in this account.
func (a *account) expires(at time.Time) time.Time {
	if at.Equal(slides) {
		return a.idle
	}
	return at
}

// active notes that the account was active at the moment, which moves the date of lots that slide.
func (p *posting) active(at time.Time) error {
	if p.unit.Expiry.Kind != Idle {
		return nil
	}
	idle, err := p.unit.Expiry.On(at, p.l.Zone)
	if err != nil {
		return err
	}
	if p.account.idle.Equal(Never) || p.account.idle.Before(idle) {
		p.account.idle = idle
		p.account.wake(idle)
	}
	return nil
}
