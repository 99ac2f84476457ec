package order

import (
	"strconv"
	"strings"

	"regulars/internal/base/db"
)

// Busy is a day on which a customer placed several orders.
type Busy struct{ Customer, Day, Orders, LastUTC int64 }

// EachBusy gives the days, from one on, on which a known customer placed at least two orders that count.
func EachBusy(tx *db.Tx, fromDay int64, take func(Busy)) error {
	rows, err := tx.Query(`SELECT customer_id, day, count(*), max(placed_us) FROM orders WHERE day >= $1 AND customer_id > 0 AND state <> 'cancelled'
		GROUP BY customer_id, day HAVING count(*) > 1`, fromDay)
	if err != nil {
		return err
	}
	for rows.Next() {
		var b Busy
		if err := rows.Scan(&b.Customer, &b.Day, &b.Orders, &b.LastUTC); err != nil {
			return err
		}
		take(b)
	}
	return rows.Close()
}

// DayRate is how many orders known customers place on a day on which they place any, from one day up to before another: those
// of some numbers, or of everybody. 0: there are fewer such days than least.
func DayRate(tx *db.Tx, numbers []int64, fromDay, beforeDay, least int64) (rate float64, err error) {
	args, whose := []any{fromDay, beforeDay}, "customer_id > 0"
	if numbers != nil {
		list := make([]string, len(numbers))
		for i, n := range numbers {
			args = append(args, n)
			list[i] = "$" + strconv.Itoa(len(args))
		}
		whose = "customer_id IN (" + strings.Join(list, ", ") + ")"
	}
	var days, orders int64
	err = tx.QueryRow(`SELECT count(*), CAST(coalesce(sum(n), 0) AS BIGINT) FROM (SELECT count(*) AS n FROM orders
		WHERE `+whose+` AND day >= $1 AND day < $2 AND state <> 'cancelled' GROUP BY customer_id, day) AS d`, args...).Scan(&days, &orders)
	if err != nil || days < least || days == 0 {
		return 0, err
	}
	return float64(orders) / float64(days), nil
}

// Undone is an order of which most came back.
type Undone struct {
	Customer, ID       int64
	PlacedUTC, BackUTC int64 // BackUTC is when the last of it came back
	AmountMinor        int64
	Reference          string
}

// EachUndone gives the orders of which at least so many percent came back from a moment on.
func EachUndone(tx *db.Tx, fromUTC, percent int64, take func(Undone)) error {
	rows, err := tx.Query(`SELECT o.customer_id, o.order_id, o.placed_us, o.amount_minor, o.reference, max(r.returned_us)
		FROM orders o JOIN returns r ON r.customer_id = o.customer_id AND r.order_id = o.order_id
		WHERE o.customer_id > 0 AND o.amount_minor > 0 AND r.returned_us >= $1
		GROUP BY o.customer_id, o.order_id, o.placed_us, o.amount_minor, o.reference
		HAVING -sum(r.amount_minor) * 100 >= o.amount_minor * $2`, fromUTC, percent)
	if err != nil {
		return err
	}
	for rows.Next() {
		var u Undone
		if err := rows.Scan(&u.Customer, &u.ID, &u.PlacedUTC, &u.AmountMinor, &u.Reference, &u.BackUTC); err != nil {
			return err
		}
		take(u)
	}
	return rows.Close()
}
