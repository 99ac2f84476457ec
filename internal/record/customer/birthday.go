package customer

import (
	"time"

	"regulars/internal/base/db"
)

// BornOn are the customers whose birthday is the day, behind a number, in order, at most so many. Who was born on 29 February
// has the 28th in the years between. Those who were merged into others are left out.
func BornOn(tx *db.Tx, day time.Time, after int64, most int) (numbers []int64, err error) {
	also := day.Day()
	if day.Month() == time.February && day.Day() == 28 && day.AddDate(0, 0, 1).Month() == time.March {
		also = 29
	}
	rows, err := tx.Query(`SELECT c.customer_id FROM customers c LEFT JOIN aliases a ON a.customer_id = c.customer_id
		WHERE c.birth_month = $1 AND (c.birth_day = $2 OR c.birth_day = $3) AND c.customer_id > $4 AND c.erased_us IS NULL AND a.customer_id IS NULL
		ORDER BY c.customer_id LIMIT $5`, int(day.Month()), day.Day(), also, after, most)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		numbers = append(numbers, n)
	}
	return numbers, rows.Close()
}
