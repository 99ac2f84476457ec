package points

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"regulars/internal/base/db"
)

// lot is a row of point_lots: a debt where its source is debt, and then left is below zero.
type lot struct {
	id, operation          int64
	source, cause, rule    string
	line                   int64
	waits                  string
	earned, active, expiry time.Time
	issued                 int64
	in                     [buckets]int64
	called, lapsed, waived int64
	whole, returned        int64

	fresh, touched bool
	was            [buckets]int64 // as it was read
}

const debtSource = "debt"

const lotColumns = `lot_id, source, operation_id, cause, line_no, rule, waits_for, earned_us, active_us, expires_us, issued_units, left_units,
	held_units, transit_units, spent_units, expired_units, reversed_units, sent_units, repaid_units, called_units, lapsed_units, waived_units,
	whole_parts, returned_parts`

var insertLots = db.NewInsert("INSERT INTO point_lots (customer_id, unit, "+lotColumns+")", 26, "")

func (l *lot) scan(r interface{ Scan(targets ...any) error }) error {
	err := r.Scan(&l.id, &l.source, &l.operation, &l.cause, &l.line, &l.rule, &l.waits, &l.earned, &l.active, &l.expiry, &l.issued, &l.in[left],
		&l.in[held], &l.in[transit], &l.in[spent], &l.in[expired], &l.in[reversed], &l.in[sent], &l.in[repaid], &l.called, &l.lapsed, &l.waived,
		&l.whole, &l.returned)
	l.was = l.in
	return err
}

// read gives the lots of a query, those that the posting has read before as they are by now.
func (p *posting) read(where string, args ...any) ([]*lot, error) {
	rows, err := p.tx.Query("SELECT "+lotColumns+" FROM point_lots WHERE customer_id = $1 AND unit = $2 AND "+where,
		append([]any{p.act.Customer, p.act.Unit}, args...)...)
	if err != nil {
		return nil, err
	}
	var found []*lot
	for rows.Next() {
		l := &lot{}
		if err := l.scan(rows); err != nil {
			return nil, err
		}
		if known := p.lots[l.id]; known != nil {
			l = known
		}
		p.lots[l.id] = l
		found = append(found, l)
	}
	return found, rows.Close()
}

func (p *posting) lot(id int64) (*lot, error) {
	if l := p.lots[id]; l != nil {
		return l, nil
	}
	found, err := p.read("lot_id = $3", id)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("lot %d of customer %d is not there", id, p.act.Customer)
	}
	return found[0], nil
}

// add makes a new lot; its units and dates are the caller's to set.
func (p *posting) add(l *lot) {
	l.id, l.operation, l.fresh = p.l.IDs.New(p.tx.Now), p.receipt.Operation, true
	if l.earned.IsZero() {
		l.earned = p.tx.Now
	}
	p.lots[l.id] = l
	p.touch(l)
}

func (p *posting) touch(l *lot) {
	if !l.touched {
		l.touched = true
		p.touched = append(p.touched, l)
	}
}

// move moves units within a lot, and in its account alike.
func (p *posting) move(l *lot, kind EntryKind, units, hold int64) error {
	if units == 0 {
		return nil
	}
	m := movements[kind]
	if units < 0 || l.in[m.from] < units {
		return fmt.Errorf("lot %d has %d units to %s, not %d", l.id, l.in[m.from], kind, units)
	}
	l.in[m.from] -= units
	l.in[m.to] += units
	p.account.in[m.from] -= units
	p.account.in[m.to] += units
	if m.to == left {
		p.account.wake(p.account.expires(l.expiry))
	}
	p.note(l, kind, units, hold)
	return nil
}

// note writes an entry.
func (p *posting) note(l *lot, kind EntryKind, units, hold int64) {
	p.touch(l)
	rule := p.act.Rule
	if rule == "" {
		rule = l.rule
	}
	p.entries = append(p.entries, entry{kind, l.id, hold, units, rule, l.line})
}

// The order of spending, from behind a lot on.
var (
	inOrder = `left_units > 0 AND active_us <= $3 AND (expires_us, earned_us, lot_id) > ($4, $5, $6)
		ORDER BY expires_us, earned_us, lot_id LIMIT $7`
	inSlidingOrder = strings.ReplaceAll(inOrder, "expires_us", fmt.Sprintf("(CASE WHEN expires_us = %d THEN $8 ELSE expires_us END)", slides.UnixMicro()))
)

// spendable are the lots that can be spent now, in the order in which they are, page by page: each is called until it says
// that it has enough.
func (p *posting) spendable(each func(*lot) (enough bool, err error)) error {
	const first, more = 8, 500
	text, args := inOrder, []any(nil)
	if !p.account.idle.Equal(Never) {
		text, args = inSlidingOrder, []any{p.account.idle}
	}
	after, earned, id := p.tx.Now, Never, int64(0) // what expires now is no longer there
	for limit := first; ; limit = more {
		page, err := p.read(text, append([]any{p.tx.Now, after, earned, id, limit}, args...)...)
		if err != nil {
			return err
		}
		for _, l := range page {
			if l.in[left] == 0 {
				continue // taken by this very operation
			}
			if enough, err := each(l); enough || err != nil {
				return err
			}
		}
		if len(page) < limit {
			return nil
		}
		last := page[len(page)-1]
		after, earned, id = p.account.expires(last.expiry), last.earned, last.id
	}
}

// take moves up to so many units out of what can be spent, and tells how many there were. part is told each.
func (p *posting) take(units int64, kind EntryKind, hold int64, part func(l *lot, units int64)) (taken int64, err error) {
	if units == 0 {
		return 0, nil
	}
	err = p.spendable(func(l *lot) (bool, error) {
		n := min(units-taken, l.in[left])
		taken += n
		if part != nil {
			part(l, n)
		}
		return taken == units, p.move(l, kind, n, hold)
	})
	return taken, err
}

// writeLots writes new lots and those that changed. That nobody else changed them meanwhile the account's lock sees to;
// the condition makes sure of it.
func (p *posting) writeLots() error {
	var rows []any
	for _, l := range p.touched {
		if l.fresh {
			rows = append(rows, p.act.Customer, p.act.Unit, l.id, l.source, l.operation, l.cause, l.line, l.rule, l.waits, l.earned, l.active, l.expiry,
				l.issued, l.in[left], l.in[held], l.in[transit], l.in[spent], l.in[expired], l.in[reversed], l.in[sent], l.in[repaid],
				l.called, l.lapsed, l.waived, l.whole, l.returned)
			continue
		}
		err := one(p.tx.Exec(`UPDATE point_lots SET left_units = $1, held_units = $2, transit_units = $3, spent_units = $4, expired_units = $5,
			reversed_units = $6, sent_units = $7, repaid_units = $8, called_units = $9, lapsed_units = $10, waived_units = $11, returned_parts = $12,
			waits_for = $13, active_us = $14, expires_us = $15 WHERE customer_id = $16 AND unit = $17 AND lot_id = $18
			AND left_units = $19 AND held_units = $20 AND transit_units = $21`, l.in[left], l.in[held], l.in[transit], l.in[spent], l.in[expired],
			l.in[reversed], l.in[sent], l.in[repaid], l.called, l.lapsed, l.waived, l.returned, l.waits, l.active, l.expiry,
			p.act.Customer, p.act.Unit, l.id, l.was[left], l.was[held], l.was[transit]))
		if err != nil {
			return err
		}
	}
	_, err := insertLots.Exec(p.tx, rows)
	return err
}

// come back: units that are left in a lot again, after a hold, a spending or a transfer that was undone. What was waived
// of the lot is taken now; the rest fills a debt, unless it has expired.
func (p *posting) comeBack(l *lot, units int64, at time.Time) error {
	recalled := min(units, l.waived)
	l.waived -= recalled
	if err := p.move(l, Recall, recalled, 0); err != nil {
		return err
	}
	if !p.account.expires(l.expiry).After(at) {
		return nil
	}
	return p.repay(l, units-recalled)
}

// repay fills debts, the oldest first, with up to so many units of the lot.
func (p *posting) repay(l *lot, units int64) error {
	units = min(units, p.account.debt())
	if units == 0 {
		return nil
	}
	debts, err := p.read("left_units < 0 ORDER BY earned_us, lot_id")
	if err != nil {
		return err
	}
	for _, d := range debts {
		n := min(units, -d.in[left])
		if n == 0 {
			continue
		}
		if err := p.move(l, Repay, n, 0); err != nil {
			return err
		}
		d.in[left] += n
		d.in[repaid] += n
		p.note(d, Fill, n, 0)
		p.receipt.Filled += n
		units -= n
	}
	if units != 0 {
		return errors.New("the debts of an account are not those that its sums say")
	}
	return nil
}

// owe makes a debt.
func (p *posting) owe(units int64, cause string, line int64) {
	d := &lot{source: debtSource, cause: cause, line: line, active: p.tx.Now, expiry: Never, issued: units, rule: p.act.Rule}
	d.in[left] = -units
	p.add(d)
	p.account.owed += units
	p.receipt.Owed += units
	p.note(d, Owe, units, 0)
}
