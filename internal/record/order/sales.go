package order

import (
	"errors"
	"slices"
	"strconv"

	"regulars/internal/base/db"
)

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

// Back is what came back of an order.
type Back struct {
	Line        int // of the order, from 1; 0: none was named
	Quantity    float64
	AmountMinor int64
	AtUTC       int64
}

// ReturnedOf is everything that came back of an order.
func ReturnedOf(tx *db.Tx, customer, id int64) (all []Back, err error) {
	rows, err := tx.Query(`SELECT coalesce(of_line, 0), quantity, amount_minor, sold_us FROM sale_lines
		WHERE customer_id = $1 AND order_id = $2 AND is_return AND fact_id <> $2 ORDER BY fact_id, line_no`, customer, id)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var b Back
		if err := rows.Scan(&b.Line, &b.Quantity, &b.AmountMinor, &b.AtUTC); err != nil {
			return nil, err
		}
		b.Quantity, b.AmountMinor = -b.Quantity, -b.AmountMinor
		all = append(all, b)
	}
	return all, rows.Close()
}

// Key is an order's: the number that it lies with, and its own.
type Key struct{ Customer, Order int64 }

var findLocal = db.NewLookup("SELECT customer_id, order_id, local_us FROM orders", "customer_id BIGINT", "order_id BIGINT")

// LocalTimes are when orders were placed, by the clock where they were; those that are not there are not in it.
func LocalTimes(tx *db.Tx, orders []Key) (local map[Key]int64, err error) {
	args := make([]any, 0, 2*len(orders))
	for _, o := range orders {
		args = append(args, o.Customer, o.Order)
	}
	local = map[Key]int64{}
	return local, findLocal.Each(tx, args, func(r *db.Rows) error {
		var k Key
		var at int64
		err := r.Scan(&k.Customer, &k.Order, &at)
		local[k] = at
		return err
	})
}

// Past is what one person has ordered.
type Past struct {
	Orders  int64 // that count
	Visits  int64 // days with such an order, by the clock where it was placed
	Minor   int64 // what was paid for them
	LastDay int64 // the day of the newest
	// FirstDay is the day of the oldest, of what Before reads.
	FirstDay int64
}

// Before is what the numbers of one person have ordered up to a moment, but for one order.
func Before(tx *db.Tx, numbers []int64, placedUTC, but int64) (p Past, err error) {
	args, list := []any{placedUTC, but}, ""
	for _, n := range numbers {
		args = append(args, n)
		list += ", $" + strconv.Itoa(len(args))
	}
	err = tx.QueryRow(`SELECT count(*), count(DISTINCT day), CAST(coalesce(sum(amount_minor), 0) AS BIGINT), coalesce(max(day), 0), coalesce(min(day), 0) FROM orders
		WHERE customer_id IN (`+list[2:]+`) AND placed_us <= $1 AND order_id <> $2 AND state <> 'cancelled'`, args...).Scan(&p.Orders, &p.Visits, &p.Minor, &p.LastDay, &p.FirstDay)
	return p, err
}

// PaidBefore is what the numbers of one person had paid up to a moment, less what came back by then, but for one order.
func PaidBefore(tx *db.Tx, numbers []int64, untilUTC, but int64) (minor int64, err error) {
	args, list := []any{untilUTC, but}, ""
	for _, n := range numbers {
		args = append(args, n)
		list += ", $" + strconv.Itoa(len(args))
	}
	err = tx.QueryRow(`SELECT CAST(coalesce(sum(amount_minor), 0) AS BIGINT) FROM sale_lines
		WHERE customer_id IN (`+list[2:]+`) AND sold_us <= $1 AND order_id <> $2 AND counts`, args...).Scan(&minor)
	return minor, err
}

// Since is what the numbers of one person ordered from a moment on, and what they paid less what came back since then.
func Since(tx *db.Tx, numbers []int64, fromUTC int64) (p Past, err error) {
	args, list := []any{fromUTC}, ""
	for _, n := range numbers {
		args = append(args, n)
		list += ", $" + strconv.Itoa(len(args))
	}
	if err = tx.QueryRow(`SELECT count(*), count(DISTINCT day), coalesce(max(day), 0) FROM orders WHERE customer_id IN (`+list[2:]+`) AND placed_us >= $1 AND state <> 'cancelled'`, args...).
		Scan(&p.Orders, &p.Visits, &p.LastDay); err != nil {
		return p, err
	}
	err = tx.QueryRow(`SELECT CAST(coalesce(sum(amount_minor), 0) AS BIGINT) FROM sale_lines WHERE customer_id IN (`+list[2:]+`) AND sold_us >= $1 AND counts`, args...).Scan(&p.Minor)
	return p, err
}

// CountWorth counts for each customer the orders placed from one moment to before another that count, and of which at least so
// much is left after returns; numbers are the customers, nil: everybody.
func CountWorth(tx *db.Tx, numbers []int64, fromUTC, beforeUTC, leastMinor int64, take func(customer, orders int64) error) error {
	args, among := []any{fromUTC, beforeUTC, leastMinor}, ""
	if numbers != nil {
		list := ""
		for _, n := range numbers {
			args = append(args, n)
			list += ", $" + strconv.Itoa(len(args))
		}
		among = " AND o.customer_id IN (" + list[2:] + ")"
	}
	rows, err := tx.Query(`SELECT customer_id, count(*) FROM (SELECT o.customer_id, o.order_id FROM orders o
		JOIN sale_lines l ON l.customer_id = o.customer_id AND l.order_id = o.order_id AND l.counts
		WHERE o.placed_us >= $1 AND o.placed_us < $2 AND o.state <> 'cancelled'`+among+`
		GROUP BY o.customer_id, o.order_id HAVING sum(l.amount_minor) >= $3) worth GROUP BY customer_id`, args...)
	if err != nil {
		return err
	}
	for rows.Next() {
		var customer, orders int64
		if err := rows.Scan(&customer, &orders); err != nil {
			return err
		}
		if err := take(customer, orders); err != nil {
			return errors.Join(err, rows.Close())
		}
	}
	return rows.Close()
}

// OfReturn is the order that a return is of; 0: none is known.
func OfReturn(tx *db.Tx, customer, id int64) (of int64, err error) {
	err = tx.QueryRow("SELECT coalesce(order_id, 0) FROM returns WHERE customer_id = $1 AND return_id = $2", customer, id).Scan(&of)
	return of, err
}

// PaidSince is what each of the customers has paid since a moment, less what came back; who did neither is not in it.
func PaidSince(tx *db.Tx, numbers []int64, fromUTC int64) (map[int64]int64, error) {
	const most = 500
	paid := map[int64]int64{}
	for some := range slices.Chunk(numbers, most) {
		q := db.Select{}
		q.Text.WriteString("SELECT customer_id, CAST(sum(amount_minor) AS BIGINT) FROM sale_lines")
		q.Where("sold_us > $ AND counts", fromUTC)
		q.Among("customer_id", some)
		q.Text.WriteString(" GROUP BY customer_id")
		rows, err := tx.Query(q.Text.String(), q.Args...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var who, minor int64
			if err := rows.Scan(&who, &minor); err != nil {
				return nil, err
			}
			paid[who] = minor
		}
		if err := rows.Close(); err != nil {
			return nil, err
		}
	}
	return paid, nil
}
