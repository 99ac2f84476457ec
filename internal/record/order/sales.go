package order

import "regulars/internal/base/db"

// Sale is a line that counts, or one that came back, as what is added up over a customer.
type Sale struct {
	Customer    int64 // who stands for the person
	Day         int32 // since 1970-01-01, on the clock of the business
	AmountMinor int64
	Return      bool
}

// EachSale gives every line that counts of every customer who is known: cancelled orders are left out, and who was merged
// counts as the person. They come in no order.
func EachSale(tx *db.Tx, take func(Sale)) error {
	return eachSale(tx, take, `SELECT coalesce(a.root_id, l.customer_id), l.day, l.amount_minor, l.is_return FROM sale_lines l
		LEFT JOIN aliases a ON a.customer_id = l.customer_id WHERE l.counts AND (l.customer_id > 0 OR a.root_id > 0)`)
}

// SalesOf is EachSale for the numbers of one person.
func SalesOf(tx *db.Tx, numbers []int64, take func(Sale)) error {
	for _, number := range numbers {
		err := eachSale(tx, take, "SELECT l.customer_id, l.day, l.amount_minor, l.is_return FROM sale_lines l WHERE l.counts AND l.customer_id = $1", number)
		if err != nil {
			return err
		}
	}
	return nil
}

func eachSale(tx *db.Tx, take func(Sale), query string, args ...any) error {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return err
	}
	for rows.Next() {
		var s Sale
		if err := rows.Scan(&s.Customer, &s.Day, &s.AmountMinor, &s.Return); err != nil {
			return err
		}
		take(s)
	}
	return rows.Close()
}
