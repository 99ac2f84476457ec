package points

import (
	"cmp"
	"context"
	"strconv"

	"regulars/internal/base/db"
)

// System is the actor of what time does.
const System = "system"

// settle writes down what time has done to an account that is locked, as an operation of its own: holds that ran out, then
// lots that expired.
func (l *Ledger) settle(tx *db.Tx, customer int64, unit *Unit, a *account) error {
	p := &posting{l: l, tx: tx, kind: "settle", unit: *unit, account: *a, lots: map[int64]*lot{}, hash: []byte{}}
	p.receipt = Receipt{Operation: l.IDs.New(tx.Now), At: tx.Now}
	p.act = Act{Customer: customer, Unit: unit.Code, Key: "settle/" + strconv.FormatInt(p.receipt.Operation, 10), Cause: "time", Actor: System}
	if !a.holds.After(tx.Now) {
		if err := p.timeOut(); err != nil {
			return err
		}
	}
	hold := p.receipt.Hold
	p.receipt.Hold = 0
	if err := p.writeLots(); err != nil {
		return err
	}
	p.touched = nil
	n, err := p.lapse()
	if err != nil {
		return err
	}
	if err := p.nextDue(); err != nil {
		return err
	}
	if n == 0 && hold == 0 {
		*a = p.account
		return a.write(tx, customer, unit.Code)
	}
	_, err = p.finish()
	*a = p.account
	return err
}

// timeOut ends the holds whose time has run out, each as of the moment at which it did.
func (p *posting) timeOut() error {
	rows, err := p.tx.Query(`SELECT hold_id, kind, units, until_us FROM point_holds WHERE customer_id = $1 AND unit = $2 AND state = 'open'
		AND until_us <= $3 ORDER BY until_us, hold_id`, p.act.Customer, p.act.Unit, p.tx.Now)
	if err != nil {
		return err
	}
	var due []hold
	for rows.Next() {
		var h hold
		if err := rows.Scan(&h.id, &h.kind, &h.units, &h.until); err != nil {
			return err
		}
		due = append(due, h)
	}
	if err := rows.Close(); err != nil {
		return err
	}
	for _, h := range due {
		if err := p.resolve(h, timedOut, 0, h.until); err != nil {
			return err
		}
	}
	return nil
}

// Of the lots of an account, those that have expired by now: by their own date, and where the account was idle for too
// long, those that slide. What waits for an event does not expire.
const overdue = ` FROM point_lots WHERE customer_id = $1 AND unit = $2 AND left_units > 0
	AND (expires_us <= $3 OR expires_us = $4 AND active_us <= $5 AND $5 <= $3)`

// lapse expires lots in a few statements, however many they are, and tells how many units.
func (p *posting) lapse() (units int64, err error) {
	args := []any{p.act.Customer, p.act.Unit, p.tx.Now, slides, p.account.idle}
	if err := p.tx.QueryRow("SELECT CAST(coalesce(sum(left_units), 0) AS BIGINT)"+overdue, args...).Scan(&units); err != nil {
		return 0, err
	}
	if units > 0 {
		if _, err := p.tx.Exec(`INSERT INTO point_entries (customer_id, unit, operation_id, entry_no, kind, lot_id, hold_id, units, rule, line_no, at_us)
			SELECT customer_id, unit, $6, $7 + row_number() OVER (ORDER BY lot_id), 'expire', lot_id, 0, left_units, rule, line_no, $3`+overdue,
			append(args, p.receipt.Operation, len(p.entries))...); err != nil {
			return 0, err
		}
		if _, err := p.tx.Exec(`UPDATE point_lots SET expired_units = expired_units + left_units, left_units = 0
			WHERE customer_id = $1 AND unit = $2 AND left_units > 0 AND (expires_us <= $3 OR expires_us = $4 AND active_us <= $5 AND $5 <= $3)`,
			args...); err != nil {
			return 0, err
		}
		p.account.in[left] -= units
		p.account.in[expired] += units
		p.receipt.Units = units
	}
	if p.account.idle.After(p.tx.Now) {
		return units, nil
	}
	// Lots that slid have their date now, for what comes back into them.
	if _, err := p.tx.Exec(`UPDATE point_lots SET expires_us = $1 WHERE customer_id = $2 AND unit = $3 AND expires_us = $4 AND active_us < $1`,
		p.account.idle, p.act.Customer, p.act.Unit, slides); err != nil {
		return 0, err
	}
	p.account.idle = Never
	p.lots = map[int64]*lot{}
	return units, nil
}

// nextDue finds when time does something again.
func (p *posting) nextDue() error {
	p.account.due, p.account.holds = p.account.idle, Never
	for _, next := range []struct {
		query string
		hold  bool
	}{
		{"SELECT expires_us FROM point_lots WHERE customer_id = $1 AND unit = $2 AND left_units > 0 ORDER BY expires_us LIMIT 1", false},
		{"SELECT until_us FROM point_holds WHERE customer_id = $1 AND unit = $2 AND state = 'open' ORDER BY until_us LIMIT 1", true},
	} {
		rows, err := p.tx.Query(next.query, p.act.Customer, p.act.Unit)
		if err != nil {
			return err
		}
		for rows.Next() {
			at := Never
			if err := rows.Scan(&at); err != nil {
				return err
			}
			if next.hold {
				p.account.holds = at
			}
			p.account.wake(p.account.expires(at))
		}
		if err := rows.Close(); err != nil {
			return err
		}
	}
	return nil
}

// Settle writes down what time has done to one account. It changes no balance.
func (l *Ledger) Settle(tx *db.Tx, customer int64, unit string) error {
	u, err := LoadUnit(tx, unit)
	if err != nil {
		return err
	}
	a, err := lock(tx, customer, unit)
	if err != nil || a.due.After(tx.Now) {
		return err
	}
	return l.settle(tx, customer, &u, &a)
}

// SettleDue settles accounts to which time has done something, most at a time in a transaction each, so that nobody waits
// long for one. It tells how many it found.
func (l *Ledger) SettleDue(ctx context.Context, d *db.DB, most int) (n int, err error) {
	type place struct {
		customer int64
		unit     string
	}
	var due []place
	err = d.Read(ctx, func(tx *db.Tx) error {
		due = nil
		rows, err := tx.Query(`SELECT customer_id, unit FROM point_accounts WHERE due_us <= $1 AND due_us < 253402300799999999
			ORDER BY due_us, customer_id, unit LIMIT $2`, tx.Now, most)
		if err != nil {
			return err
		}
		for rows.Next() {
			var p place
			if err := rows.Scan(&p.customer, &p.unit); err != nil {
				return err
			}
			due = append(due, p)
		}
		return rows.Close()
	})
	if err != nil {
		return 0, err
	}
	// Side by side: on SQLite they are committed in groups, on PostgreSQL none waits for another. Few, so that callers have
	// their turn.
	const side = 16
	next, failed := make(chan place), make(chan error, side)
	for range side {
		go func() {
			var first error
			for p := range next {
				if first == nil {
					first = d.Write(ctx, func(tx *db.Tx) error { return l.Settle(tx, p.customer, p.unit) })
				}
			}
			failed <- first
		}()
	}
	for _, p := range due {
		next <- p
	}
	close(next)
	for range side {
		err = cmp.Or(err, <-failed)
	}
	return len(due), err
}
