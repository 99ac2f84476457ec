package points

import (
	"database/sql"
	"errors"
	"math/bits"
	"slices"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
)

// Return says of what units are to be taken back.
type Return struct {
	Of   string // the cause that the units were earned for
	Line int64  // of it; 0: units that belong to no line, or with All every line
	All  bool   // every line, each with what is left of it
	// Parts of the line's Whole that are returned, such as pieces; 0: all that are left.
	Parts int64
}

// Reverse takes back what was earned for something that was returned: of each lot the share that the returned parts are
// of the whole, rounded so that parts returned one by one take exactly what the whole would.
func (l *Ledger) Reverse(tx *db.Tx, act Act, r Return) (Receipt, error) {
	p, done, err := l.begin(tx, "reverse", act, r)
	if p == nil || err != nil {
		return done, err
	}
	lots, err := p.read("source = 'earn' AND cause = $3 AND (line_no = $4 OR $5 = 1) ORDER BY lot_id", r.Of, r.Line, number(r.All))
	switch {
	case err != nil:
		return done, err
	case r.Parts < 0 || r.Parts > 0 && r.All:
		return done, fault.In("parts", fault.Invalidf("parts are of one line, and not below zero"))
	case len(lots) == 0:
		return done, fault.Coded("nothing_to_reverse", fault.NotFoundf("no units of %s were earned for line %d of %s", act.Unit, r.Line, r.Of))
	case !slices.ContainsFunc(lots, func(l *lot) bool { return l.returned < l.whole }):
		return done, fault.Coded("already_reversed", fault.Conflictf("what was earned for line %d of %s is reversed already", r.Line, r.Of))
	}
	for _, lot := range lots {
		parts := lot.whole - lot.returned
		if r.Parts > parts {
			return done, fault.Coded("more_than_left", fault.In("parts", fault.Conflictf("of line %d of %s %d of %d are left to return, not %d",
				r.Line, r.Of, parts, lot.whole, r.Parts)))
		}
		if r.Parts > 0 {
			parts = r.Parts
		}
		lot.returned += parts
		if err := p.callBack(lot, share(lot.issued, lot.returned, lot.whole)-lot.called); err != nil {
			return done, err
		}
	}
	return p.finish()
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

// share is units * part / whole, rounded down, without overflow; part is at most the whole.
func share(units, part, whole int64) int64 {
	hi, lo := bits.Mul64(uint64(units), uint64(part)) //nolint:gosec // neither is below zero
	q, _ := bits.Div64(hi, lo, uint64(whole))         //nolint:gosec // above zero, and the quotient at most the units
	return int64(q)                                   //nolint:gosec // at most the units
}

// remainder is what share leaves over, in parts of the whole.
func remainder(units, part, whole int64) int64 {
	hi, lo := bits.Mul64(uint64(units), uint64(part)) //nolint:gosec // neither is below zero
	return int64(bits.Rem64(hi, lo, uint64(whole)))   //nolint:gosec // less than the whole
}

// callBack takes units back on account of a lot: what is left of it, then what has expired of it is let be, then from
// others as spending would, then debt or, where there is none, a waiver that is called in when units come back.
func (p *posting) callBack(l *lot, units int64) error {
	p.touch(l)
	l.called += units
	p.receipt.Units += units
	n := min(units, l.in[left])
	if err := p.move(l, Reversed, n, 0); err != nil {
		return err
	}
	units -= n
	if n = min(units, l.in[expired]-l.lapsed); n > 0 {
		l.lapsed += n
		p.note(l, Lapse, n, 0)
		units -= n
	}
	n, err := p.take(units, Reversed, 0, nil)
	if err != nil {
		return err
	}
	if units -= n; units == 0 {
		return nil
	}
	if p.unit.AllowsDebt {
		p.owe(units, l.cause, l.line)
		return nil
	}
	l.waived += units
	p.receipt.Waived += units
	p.note(l, Waive, units, 0)
	return nil
}

// Refund gives back units that were spent, to the lots that they came from, with their old dates. Parts of a spending
// come back in the reverse order of taking, so that what lives longest comes back first.
type Refund struct {
	Key   string // of the operation that spent or committed them
	Units int64  // 0: all that did not come back yet
}

// Refund undoes a spending.
func (l *Ledger) Refund(tx *db.Tx, act Act, r Refund) (Receipt, error) {
	p, done, err := l.begin(tx, "refund", act, r)
	if p == nil || err != nil {
		return done, err
	}
	var operation, units, undone int64
	err = tx.QueryRow(`SELECT operation_id, units, undone_units FROM point_operations WHERE customer_id = $1 AND key = $2 AND unit = $3
		AND kind IN ('spend', 'commit')`, act.Customer, r.Key, act.Unit).Scan(&operation, &units, &undone)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return done, fault.Coded("spending_not_found", fault.In("key", fault.NotFoundf("this customer spent no %s under the key %q", act.Unit, r.Key)))
	case err != nil:
		return done, err
	case r.Units < 0 || undone+r.Units > units || undone == units:
		return done, fault.Coded("more_than_left", fault.In("units", fault.Conflictf("of %d units that were spent %d came back already; %d more is too many",
			units, undone, r.Units)))
	}
	if r.Units == 0 {
		r.Units = units - undone
	}
	if err := p.giveBack(operation, undone, r.Units); err != nil {
		return done, err
	}
	p.receipt.Units = r.Units
	p.later = append(p.later, func() error {
		return one(tx.Exec(`UPDATE point_operations SET undone_units = undone_units + $1 WHERE customer_id = $2 AND key = $3 AND undone_units = $4`,
			r.Units, act.Customer, r.Key, undone))
	})
	return p.finish()
}

// giveBack undoes so many units of a spending, beyond those that were undone before.
func (p *posting) giveBack(operation, undone, units int64) error {
	rows, err := p.tx.Query(`SELECT lot_id, units FROM point_entries WHERE customer_id = $1 AND unit = $2 AND operation_id = $3
		AND kind IN ('spend', 'commit') ORDER BY entry_no DESC`, p.act.Customer, p.act.Unit, operation)
	if err != nil {
		return err
	}
	var parts []part
	for rows.Next() {
		var one part
		if err := rows.Scan(&one.lot, &one.units); err != nil {
			return err
		}
		parts = append(parts, one)
	}
	if err := rows.Close(); err != nil {
		return err
	}
	for _, one := range parts {
		skip := min(undone, one.units)
		undone -= skip
		n := min(units, one.units-skip)
		units -= n
		if n == 0 {
			continue
		}
		l, err := p.lot(one.lot)
		if err != nil {
			return err
		}
		if err := p.move(l, Undo, n, 0); err != nil {
			return err
		}
		if err := p.comeBack(l, n, p.tx.Now); err != nil {
			return err
		}
	}
	if units != 0 {
		return errors.New("a spending has fewer entries than units")
	}
	return nil
}
