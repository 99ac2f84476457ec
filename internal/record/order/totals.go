package order

import "regulars/internal/base/db"

// Total is what one number ordered and paid.
type Total struct {
	Orders  int64 // that count
	LastDay int64 // the day of the newest; of no meaning without one
	Minor   int64 // what was paid, less what came back
}

// Totals is what each number from low to high has ordered and paid up to a moment; who did neither is not in it.
func Totals(tx *db.Tx, low, high, untilUTC int64) (map[int64]Total, error) {
	all := map[int64]Total{}
	rows, err := tx.Query(`SELECT customer_id, count(*), max(day) FROM orders
		WHERE customer_id BETWEEN $1 AND $2 AND placed_us <= $3 AND state <> 'cancelled' GROUP BY customer_id`, low, high, untilUTC)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var n int64
		var t Total
		if err := rows.Scan(&n, &t.Orders, &t.LastDay); err != nil {
			return nil, err
		}
		all[n] = t
	}
	if err := rows.Close(); err != nil {
		return nil, err
	}
	rows, err = tx.Query(`SELECT customer_id, CAST(sum(amount_minor) AS BIGINT) FROM sale_lines
		WHERE customer_id BETWEEN $1 AND $2 AND sold_us <= $3 AND counts GROUP BY customer_id`, low, high, untilUTC)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var n, minor int64
		if err := rows.Scan(&n, &minor); err != nil {
			return nil, err
		}
		t := all[n]
		t.Minor = minor
		all[n] = t
	}
	return all, rows.Close()
}
