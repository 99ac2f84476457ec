package points

import (
	"strconv"
	"strings"
	"time"

	"regulars/internal/base/db"
)

// DayEarned is what a customer earned of a unit on a day, which is counted in whole days of UTC shifted by an offset.
type DayEarned struct {
	Customer, Day, Units int64
	Last                 time.Time
}

// EachDayEarned gives what customers earned of a unit day by day, from a moment on, at least so many units: from rules, not by
// hand or from another customer. shift is how far the clock of the business is ahead of UTC.
func EachDayEarned(tx *db.Tx, unit string, from time.Time, shift time.Duration, least int64, take func(DayEarned)) error {
	const day = 24 * time.Hour
	rows, err := tx.Query(`SELECT e.customer_id, (e.at_us + CAST($3 AS BIGINT)) / CAST($4 AS BIGINT) AS day, CAST(sum(e.units) AS BIGINT), max(e.at_us)
		FROM point_entries e JOIN point_operations o ON o.customer_id = e.customer_id AND o.operation_id = e.operation_id
		WHERE e.unit = $1 AND e.at_us >= $2 AND e.kind = 'issue' AND o.kind = 'earn'
		GROUP BY e.customer_id, (e.at_us + CAST($3 AS BIGINT)) / CAST($4 AS BIGINT) HAVING sum(e.units) >= $5`,
		unit, from, shift.Microseconds(), day.Microseconds(), least)
	if err != nil {
		return err
	}
	for rows.Next() {
		var d DayEarned
		if err := rows.Scan(&d.Customer, &d.Day, &d.Units, &d.Last); err != nil {
			return err
		}
		take(d)
	}
	return rows.Close()
}

// ByHand is what somebody gave to a customer without a rule.
type ByHand struct {
	Customer, Units int64
	Actor           string
	At              time.Time
}

// EachByHand gives what of a unit was given by hand from a moment on, the oldest first.
func EachByHand(tx *db.Tx, unit string, from time.Time, take func(ByHand)) error {
	rows, err := tx.Query(`SELECT e.customer_id, e.units, o.actor, e.at_us
		FROM point_entries e JOIN point_operations o ON o.customer_id = e.customer_id AND o.operation_id = e.operation_id
		WHERE e.unit = $1 AND e.at_us >= $2 AND e.kind = 'issue' AND o.kind = 'adjust' ORDER BY e.at_us, e.operation_id`, unit, from)
	if err != nil {
		return err
	}
	for rows.Next() {
		var b ByHand
		if err := rows.Scan(&b.Customer, &b.Units, &b.Actor, &b.At); err != nil {
			return err
		}
		take(b)
	}
	return rows.Close()
}

// SpentBetween is how many units the numbers of one person spent after one moment and up to another, less what came back to them.
func SpentBetween(tx *db.Tx, numbers []int64, fromUTC, untilUTC int64) (units int64, err error) {
	args, list := []any{fromUTC, untilUTC}, make([]string, len(numbers))
	for i, n := range numbers {
		args = append(args, n)
		list[i] = "$" + strconv.Itoa(len(args))
	}
	err = tx.QueryRow(`SELECT CAST(coalesce(sum(units - undone_units), 0) AS BIGINT) FROM point_operations
		WHERE customer_id IN (`+strings.Join(list, ", ")+`) AND kind IN ('spend', 'commit') AND at_us > $1 AND at_us <= $2`, args...).Scan(&units)
	return units, err
}
