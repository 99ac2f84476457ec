package points

import (
	"database/sql"
	"errors"
	"strconv"
	"time"

	"regulars/internal/base/db"
)

// MainUnit is the spendable unit that most customers have an account in; empty: nobody has any.
func MainUnit(tx *db.Tx) (unit string, err error) {
	err = tx.QueryRow(`SELECT a.unit FROM point_accounts a JOIN point_units u ON u.unit = a.unit WHERE u.kind = 'spendable'
		GROUP BY a.unit ORDER BY count(*) DESC, a.unit LIMIT 1`).Scan(&unit)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return unit, err
}

// FirstEarned tells when each customer first earned anything.
func FirstEarned(tx *db.Tx, add func(customer int64, at time.Time) error) error {
	rows, err := tx.Query("SELECT customer_id, min(earned_us) FROM point_lots WHERE source IN ('earn', 'adjust') GROUP BY customer_id")
	if err != nil {
		return err
	}
	for rows.Next() {
		var customer, us int64
		if err := rows.Scan(&customer, &us); err != nil {
			return err
		}
		if err := add(customer, time.UnixMicro(us)); err != nil {
			return errors.Join(err, rows.Close())
		}
	}
	return rows.Close()
}

// EverEarned tells whether customers, who are one person, have ever earned anything.
func EverEarned(tx *db.Tx, customers []int64) (earned bool, err error) {
	list, args := "", []any{}
	for _, c := range customers {
		args = append(args, c)
		list += ", $" + strconv.Itoa(len(args))
	}
	if list == "" {
		return false, nil
	}
	var n int64
	err = tx.QueryRow("SELECT count(*) FROM point_lots WHERE source IN ('earn', 'adjust') AND customer_id IN ("+list[2:]+")", args...).Scan(&n)
	return n > 0, err
}

// Movement is units of a lot that came in, were spent or expired.
type Movement struct {
	Customer, Lot int64
	Kind          EntryKind // Issue, Spent or Expired
	Units         int64     // below 0 where that was taken back
	At            time.Time
}

// Moves tells what moved in a unit since a moment. What one customer sends and another receives is taken back from the one and
// issued to the other; so is what a return takes back of what was issued, and what an undone redemption gives back.
func Moves(tx *db.Tx, unit string, since time.Time, add func(m Movement) error) error {
	rows, err := tx.Query(`SELECT customer_id, lot_id, kind, units, at_us FROM point_entries WHERE unit = $1 AND at_us >= $2
		AND kind IN ('issue', 'spend', 'commit', 'undo', 'expire', 'reverse', 'recall', 'owe', 'deliver')`, unit, since)
	if err != nil {
		return err
	}
	for rows.Next() {
		var m Movement
		var kind string
		if err := rows.Scan(&m.Customer, &m.Lot, &kind, &m.Units, &m.At); err != nil {
			return err
		}
		switch EntryKind(kind) {
		case Spent, Commit:
			m.Kind = Spent
		case Undo:
			m.Kind, m.Units = Spent, -m.Units
		case Reversed, Recall, Owe, Deliver:
			m.Kind, m.Units = Issue, -m.Units
		default:
			m.Kind = EntryKind(kind)
		}
		if err := add(m); err != nil {
			return errors.Join(err, rows.Close())
		}
	}
	return rows.Close()
}

// Forget takes away what somebody wrote about a customer beside moves of their units. A correction has a reason all the same.
func Forget(tx *db.Tx, number int64) error {
	_, err := tx.Exec("UPDATE point_operations SET reason = CASE WHEN kind = 'adjust' THEN 'forgotten' ELSE '' END WHERE customer_id = $1 AND reason <> ''", number)
	return err
}

// ExpiringUnits tells when what is left of a unit expires, lot by lot or of many together; Never for what does not. What is pending is
// among it, what is held is not.
func ExpiringUnits(tx *db.Tx, unit string, add func(at time.Time, units int64) error) error {
	rows, err := tx.Query(`SELECT CASE WHEN l.expires_us = $3 THEN a.idle_us ELSE l.expires_us END AS ends, CAST(sum(l.left_units) AS BIGINT)
		FROM point_lots l JOIN point_accounts a ON a.customer_id = l.customer_id AND a.unit = l.unit
		WHERE l.unit = $1 AND l.left_units > 0 AND l.expires_us > $2
		GROUP BY CASE WHEN l.expires_us = $3 THEN a.idle_us ELSE l.expires_us END`, unit, tx.Now, slides)
	if err != nil {
		return err
	}
	for rows.Next() {
		var at time.Time
		var units int64
		if err := rows.Scan(&at, &units); err != nil {
			return err
		}
		if err := add(at, units); err != nil {
			return errors.Join(err, rows.Close())
		}
	}
	return rows.Close()
}
