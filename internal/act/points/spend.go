package points

import (
	"database/sql"
	"errors"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
)

// Spend takes units for good.
func (l *Ledger) Spend(tx *db.Tx, act Act, units int64) (Receipt, error) {
	p, done, err := l.begin(tx, "spend", act, units)
	if p == nil || err != nil {
		return done, err
	}
	if err := p.takeAll(units, Spent, 0, nil); err != nil {
		return done, err
	}
	p.receipt.Units = units
	if err := p.active(tx.Now); err != nil {
		return done, err
	}
	return p.finish()
}

// takeAll takes exactly so many units, or none.
func (p *posting) takeAll(units int64, kind EntryKind, hold int64, part func(*lot, int64)) error {
	if err := checkUnits("units", units); err != nil {
		return err
	}
	if p.unit.Kind != Spendable {
		return fault.Coded("unit_not_spendable", fault.In("unit", fault.Invalidf("units of %s are counted, and cannot be spent", p.unit.Code)))
	}
	taken, err := p.take(units, kind, hold, part)
	if err == nil && taken < units {
		err = tooFew(p.unit.Code, taken, units)
	}
	return err
}

// hold is a row of point_holds.
type hold struct {
	id        int64
	kind      string
	state     string
	units     int64
	committed int64
	to        int64
	cause     string
	until     time.Time
}

// The states of a hold.
const (
	open      = "open"
	committed = "committed"
	cancelled = "cancelled"
	timedOut  = "timed_out"
)

// The kinds of holds.
const (
	forSpending = "spend"
	forTransfer = "transfer"
)

// LongestHold is for how long units can be held.
const LongestHold = 366 * 24 * time.Hour

// Hold sets units aside until it is committed or cancelled, or its time is over. The receipt names it.
func (l *Ledger) Hold(tx *db.Tx, act Act, units int64, lasts time.Duration) (Receipt, error) {
	p, done, err := l.begin(tx, "hold", act, []int64{units, int64(lasts)})
	if p == nil || err != nil {
		return done, err
	}
	if lasts < time.Second || lasts > LongestHold {
		return done, fault.In("lasts", fault.Invalidf("a hold lasts from a second to a year, not %s", lasts))
	}
	return p.open(hold{kind: forSpending, units: units, until: tx.Now.Add(lasts)}, Held)
}

// open opens a hold and finishes.
func (p *posting) open(h hold, kind EntryKind) (Receipt, error) {
	h.id = p.l.IDs.New(p.tx.Now)
	var parts []any
	if err := p.takeAll(h.units, kind, h.id, func(l *lot, units int64) {
		parts = append(parts, p.act.Customer, h.id, len(parts)/6+1, l.id, units, l.expiry)
	}); err != nil {
		return Receipt{}, err
	}
	p.receipt.Units, p.receipt.Hold = h.units, h.id
	if h.until.Before(p.account.holds) {
		p.account.holds = h.until
		p.account.wake(h.until)
	}
	p.later = append(p.later, func() error {
		_, err := p.tx.Exec(`INSERT INTO point_holds (customer_id, hold_id, unit, kind, state, units, committed_units, to_customer, cause, until_us, opened_us)
			VALUES ($1, $2, $3, $4, 'open', $5, 0, $6, $7, $8, $9)`, p.act.Customer, h.id, p.act.Unit, h.kind, h.units, h.to, p.act.Cause, h.until, p.tx.Now)
		return err
	}, func() error { _, err := insertHoldLots.Exec(p.tx, parts); return err })
	return p.finish()
}

var insertHoldLots = db.NewInsert("INSERT INTO point_hold_lots (customer_id, hold_id, part_no, lot_id, units, expires_us)", 6, "")

// Commit spends what a hold holds: so many units, 0 for all of them. The rest is given back.
func (l *Ledger) Commit(tx *db.Tx, act Act, hold, units int64) (Receipt, error) {
	p, done, err := l.begin(tx, "commit", act, []int64{hold, units})
	if p == nil || err != nil {
		return done, err
	}
	h, err := p.openHold(hold, forSpending)
	if err != nil {
		return done, err
	}
	if units == 0 {
		units = h.units
	}
	if units < 0 || units > h.units {
		return done, fault.In("units", fault.Invalidf("the hold holds %d units, so from 1 to %d can be committed, not %d", h.units, h.units, units))
	}
	if err := p.resolve(h, committed, units, tx.Now); err != nil {
		return done, err
	}
	if err := p.active(tx.Now); err != nil {
		return done, err
	}
	p.receipt.Units = units
	return p.finish()
}

// Cancel gives back what a hold holds.
func (l *Ledger) Cancel(tx *db.Tx, act Act, hold int64) (Receipt, error) {
	p, done, err := l.begin(tx, "cancel", act, hold)
	if p == nil || err != nil {
		return done, err
	}
	h, err := p.openHold(hold, forSpending)
	if err != nil {
		return done, err
	}
	if err := p.resolve(h, cancelled, 0, tx.Now); err != nil {
		return done, err
	}
	return p.finish()
}

// openHold reads a hold that is to be resolved.
func (p *posting) openHold(id int64, kind string) (h hold, err error) {
	var unit string
	err = p.tx.QueryRow(`SELECT hold_id, unit, kind, state, units, committed_units, to_customer, cause, until_us FROM point_holds
		WHERE customer_id = $1 AND hold_id = $2`, p.act.Customer, id).
		Scan(&h.id, &unit, &h.kind, &h.state, &h.units, &h.committed, &h.to, &h.cause, &h.until)
	switch {
	case errors.Is(err, sql.ErrNoRows) || err == nil && (unit != p.act.Unit || h.kind != kind):
		return h, fault.Coded("hold_not_found", fault.In("hold", fault.NotFoundf("this customer has no such hold of %s", p.act.Unit)))
	case err != nil:
		return h, err
	case h.state != open:
		return h, fault.Coded("hold_resolved", fault.In("hold", fault.Conflictf("the hold is %s already", holdWords[h.state])))
	}
	return h, nil
}

var holdWords = map[string]string{committed: "committed", cancelled: "cancelled", timedOut: "over: its time has run out"}

// resolve ends an open hold: so many units go where it was meant to, those of the first lots; the rest comes back, as it
// would have at that moment.
func (p *posting) resolve(h hold, state string, units int64, at time.Time) error {
	onward, back := Commit, Release
	if h.kind == forTransfer {
		onward, back = Deliver, Bring
	}
	parts, err := p.parts(h.id)
	if err != nil {
		return err
	}
	p.receipt.Hold = h.id
	rest := units
	for _, part := range parts {
		l, err := p.lot(part.lot)
		if err != nil {
			return err
		}
		n := min(rest, part.units)
		rest -= n
		if err := p.move(l, onward, n, h.id); err != nil {
			return err
		}
		n = part.units - n
		p.receipt.Released += n
		if err := p.move(l, back, n, h.id); err != nil {
			return err
		}
		if err := p.comeBack(l, n, at); err != nil {
			return err
		}
	}
	p.later = append(p.later, func() error {
		return one(p.tx.Exec(`UPDATE point_holds SET state = $1, committed_units = $2, resolved_us = $3 WHERE customer_id = $4 AND hold_id = $5
			AND state = 'open'`, state, units, at, p.act.Customer, h.id))
	})
	return nil
}

// part is what a hold holds of one lot.
type part struct{ lot, units int64 }

func (p *posting) parts(hold int64) (all []part, err error) {
	rows, err := p.tx.Query("SELECT lot_id, units FROM point_hold_lots WHERE customer_id = $1 AND hold_id = $2 ORDER BY part_no", p.act.Customer, hold)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var one part
		if err := rows.Scan(&one.lot, &one.units); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Close()
}
