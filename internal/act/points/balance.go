package points

import (
	"database/sql"
	"errors"
	"math"
	"slices"
	"strconv"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/record/customer"
)

// Balance is what somebody has of a unit at a moment.
type Balance struct {
	Available int64
	Pending   int64 // will be active on a day, or waits for an event
	Held      int64
	Debt      int64
	InTransit int64 // on the way to somebody else

	Issued, Received, Spent, Expired, Reversed, Sent int64 // since the beginning

	// Expiring is when the available units expire, the soonest first. With NeverExpiring it sums to Available.
	Expiring      []Expiring
	NeverExpiring int64
}

// Expiring is how much expires when.
type Expiring struct {
	At    time.Time
	Units int64
}

// BalanceOf reads what the person has who owns a customer number: the sum over all numbers of the person.
func BalanceOf(tx *db.Tx, of int64, unit string, at time.Time) (sum Balance, err error) {
	root, err := customer.Root(tx, of)
	if err != nil {
		return sum, err
	}
	members, err := customer.Members(tx, root)
	if err != nil {
		return sum, err
	}
	for _, m := range members {
		b, err := AccountBalance(tx, m, unit, at)
		if err != nil {
			return sum, err
		}
		sum.add(&b)
	}
	return sum, nil
}

func (b *Balance) add(o *Balance) {
	for _, s := range []struct{ to, from *int64 }{{&b.Available, &o.Available}, {&b.Pending, &o.Pending}, {&b.Held, &o.Held}, {&b.Debt, &o.Debt},
		{&b.InTransit, &o.InTransit}, {&b.Issued, &o.Issued}, {&b.Received, &o.Received}, {&b.Spent, &o.Spent}, {&b.Expired, &o.Expired},
		{&b.Reversed, &o.Reversed}, {&b.Sent, &o.Sent}, {&b.NeverExpiring, &o.NeverExpiring}} {
		*s.to += *s.from
	}
	for _, e := range o.Expiring {
		b.expires(e.At, e.Units)
	}
}

// expires adds to the list of dates.
func (b *Balance) expires(at time.Time, units int64) {
	if at.Equal(Never) {
		b.NeverExpiring += units
		return
	}
	i, found := slices.BinarySearchFunc(b.Expiring, at, func(e Expiring, at time.Time) int { return e.At.Compare(at) })
	if !found {
		b.Expiring = slices.Insert(b.Expiring, i, Expiring{At: at})
	}
	b.Expiring[i].Units += units
}

// AccountBalance reads one account as it stands at a moment: now, or later if nothing but time happens until then. What
// was there before is not known any more. Within a Write it may see what others commit meanwhile; what is decided by it the
// operation decides again.
func AccountBalance(tx *db.Tx, of int64, unit string, at time.Time) (b Balance, err error) {
	var a account
	err = a.scan(tx.QueryRow("SELECT "+accountColumns+" FROM point_accounts WHERE customer_id = $1 AND unit = $2", of, unit))
	if errors.Is(err, sql.ErrNoRows) {
		return b, nil
	}
	if err != nil {
		return b, err
	}
	b = Balance{Held: a.in[held], InTransit: a.in[transit], Debt: a.debt(), Issued: a.issued, Received: a.received, Spent: a.in[spent],
		Expired: a.in[expired], Reversed: a.in[reversed] + a.owed, Sent: a.in[sent]}
	rows, err := tx.Query(`SELECT expires_us, CASE WHEN active_us <= $3 THEN 1 ELSE 0 END AS active, CAST(sum(left_units) AS BIGINT) FROM point_lots
		WHERE customer_id = $1 AND unit = $2 AND left_units > 0 GROUP BY expires_us, CASE WHEN active_us <= $3 THEN 1 ELSE 0 END`, of, unit, at)
	if err != nil {
		return b, err
	}
	for rows.Next() {
		var expiry time.Time
		var active, units int64
		if err := rows.Scan(&expiry, &active, &units); err != nil {
			return b, err
		}
		b.have(a.expires(expiry), active == 1, units, at)
	}
	if err := rows.Close(); err != nil {
		return b, err
	}
	if a.holds.After(at) {
		return b, nil
	}
	return b, b.timeOut(tx, of, unit, &a, at)
}

// have adds what is left in lots of one date.
func (b *Balance) have(expiry time.Time, active bool, units int64, at time.Time) {
	switch {
	case !active:
		b.Pending += units
	case !expiry.After(at):
		b.Expired += units
	default:
		b.Available += units
		b.expires(expiry, units)
	}
}

// timeOut does what settling will do to holds whose time is over by then: units go back to their lots, what was waived of
// those is taken, and what has not expired fills debts.
func (b *Balance) timeOut(tx *db.Tx, of int64, unit string, a *account, at time.Time) error {
	rows, err := tx.Query(`SELECT h.until_us, p.units, l.lot_id, l.expires_us, l.waived_units FROM point_holds h
		JOIN point_hold_lots p ON p.customer_id = h.customer_id AND p.hold_id = h.hold_id
		JOIN point_lots l ON l.customer_id = p.customer_id AND l.unit = h.unit AND l.lot_id = p.lot_id
		WHERE h.customer_id = $1 AND h.unit = $2 AND h.state = 'open' AND h.until_us <= $3 ORDER BY h.until_us, h.hold_id, p.part_no`, of, unit, at)
	if err != nil {
		return err
	}
	recalled := map[int64]int64{}
	for rows.Next() {
		var until, expiry time.Time
		var units, lot, waived int64
		if err := rows.Scan(&until, &units, &lot, &expiry, &waived); err != nil {
			return err
		}
		b.Held -= units
		n := min(units, waived-recalled[lot])
		recalled[lot] += n
		b.Reversed += n
		units -= n
		expiry = a.expires(expiry)
		if expiry.After(until) {
			n = min(units, b.Debt)
			b.Debt -= n
			units -= n
		}
		if units > 0 {
			b.have(expiry, true, units, at)
		}
	}
	return rows.Close()
}

// IssuedSince is how many units were earned from a moment on, and not reversed since, by the numbers of one person.
func IssuedSince(tx *db.Tx, customers []int64, unit string, from time.Time) (sum int64, err error) {
	args, list := []any{unit, from.UnixMicro()}, ""
	if from.IsZero() {
		args[1] = int64(math.MinInt64)
	}
	for _, c := range customers {
		args = append(args, c)
		list += ", $" + strconv.Itoa(len(args))
	}
	err = tx.QueryRow(`SELECT CAST(coalesce(sum(issued_units - called_units), 0) AS BIGINT) FROM point_lots
		WHERE customer_id IN (`+list[2:]+`) AND unit = $1 AND source = 'earn' AND earned_us >= $2`, args...).Scan(&sum)
	return sum, err
}

// StandingOf tells of what was earned for a cause how many units are left to be spent, and how many were kept: called back and
// not found, because they were spent or had expired by then, and not taken since. Whoever earns for the same cause again has
// those already.
func StandingOf(tx *db.Tx, of int64, unit, cause string) (left, kept int64, err error) {
	err = tx.QueryRow(`SELECT CAST(coalesce(sum(CASE WHEN expires_us > $4 THEN left_units ELSE 0 END), 0) AS BIGINT),
		CAST(coalesce(sum(waived_units + lapsed_units), 0) AS BIGINT) FROM point_lots
		WHERE customer_id = $1 AND unit = $2 AND source = 'earn' AND cause = $3`, of, unit, cause, tx.Now).Scan(&left, &kept)
	return left, kept, err
}
