package order

import (
	"strconv"

	"regulars/internal/base/db"
)

var findReturned = db.NewLookup(`SELECT l.customer_id, l.order_id, l.fact_id, coalesce(l.of_line, 0), l.quantity, l.amount_minor, l.is_return FROM sale_lines l`,
	"l.customer_id BIGINT", "l.order_id BIGINT")

var findPlaced = db.NewLookup(orders.Select, "f.customer_id BIGINT", "f.order_id BIGINT")

// EachPlaced gives every order that counts of a customer who is known, placed from a moment on, in the order of time, with its
// lines, and with what came back of it since. It tells how many there are before the first. read begins a transaction, because
// reading ten million orders in one would keep everything that changes meanwhile; it is called from a goroutine of its own.
func EachPlaced(read func(func(tx *db.Tx) error) error, fromUTC int64, count func(int), take func(*Stored, []Back) error) error {
	var keys []any
	if err := read(func(tx *db.Tx) error {
		keys = nil
		rows, err := tx.Query(`SELECT customer_id, order_id FROM orders WHERE placed_us >= $1 AND customer_id > 0 AND state <> 'cancelled' ORDER BY placed_us, order_id`, fromUTC)
		if err != nil {
			return err
		}
		for rows.Next() {
			var customer, id int64
			if err := rows.Scan(&customer, &id); err != nil {
				return err
			}
			keys = append(keys, customer, id)
		}
		return rows.Close()
	}); err != nil {
		return err
	}
	count(len(keys) / 2)
	type placed struct {
		keys  []any
		found map[key]*stored
		back  map[key][]Back
		err   error
	}
	pages, enough := make(chan placed, 1), make(chan struct{})
	defer func() {
		close(enough)
		for range pages { // the reading has ended when nothing more can come
		}
	}()
	go func() { // the next ones are read while those before are looked at
		defer close(pages)
		const page = 2 * 2000
		for len(keys) > 0 {
			p := placed{keys: keys[:min(page, len(keys))]}
			keys = keys[len(p.keys):]
			p.err = read(func(tx *db.Tx) (err error) {
				p.found, p.back, err = readPage(tx, p.keys)
				return err
			})
			select {
			case pages <- p:
			case <-enough:
				return
			}
			if p.err != nil {
				return
			}
		}
	}()
	for p := range pages {
		if p.err != nil {
			return p.err
		}
		for i := 0; i < len(p.keys); i += 2 {
			customer, _ := p.keys[i].(int64)
			id, _ := p.keys[i+1].(int64)
			k := key{customer, id}
			if s := p.found[k]; s != nil {
				if err := take(&s.Stored, p.back[k]); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// Span is the first and the last day on which an order was placed that counts, from a moment on; ok is false where there is none.
func Span(tx *db.Tx, fromUTC int64) (first, last int64, ok bool, err error) {
	var n int64
	err = tx.QueryRow(`SELECT coalesce(min(day), 0), coalesce(max(day), 0), count(*) FROM orders WHERE placed_us >= $1 AND customer_id > 0 AND state <> 'cancelled'`, fromUTC).
		Scan(&first, &last, &n)
	return first, last, n > 0, err
}

// PlacedBy gives every order that counts of the numbers of one person, placed from a moment on, as EachPlaced does.
func PlacedBy(tx *db.Tx, numbers []int64, fromUTC int64, take func(*Stored, []Back)) error {
	args, list := []any{fromUTC}, ""
	for _, n := range numbers {
		args = append(args, n)
		list += ", $" + strconv.Itoa(len(args))
	}
	rows, err := tx.Query("SELECT customer_id, order_id FROM orders WHERE customer_id IN ("+list[2:]+") AND placed_us >= $1 AND state <> 'cancelled' ORDER BY placed_us, order_id", args...)
	if err != nil {
		return err
	}
	var keys []any
	for rows.Next() {
		var customer, id int64
		if err := rows.Scan(&customer, &id); err != nil {
			return err
		}
		keys = append(keys, customer, id)
	}
	if err := rows.Close(); err != nil || len(keys) == 0 {
		return err
	}
	found, back, err := readPage(tx, keys)
	if err != nil {
		return err
	}
	for i := 0; i < len(keys); i += 2 {
		customer, _ := keys[i].(int64)
		id, _ := keys[i+1].(int64)
		if s := found[key{customer, id}]; s != nil {
			take(&s.Stored, back[key{customer, id}])
		}
	}
	return nil
}

func readPage(tx *db.Tx, keys []any) (found map[key]*stored, back map[key][]Back, err error) {
	found, back = make(map[key]*stored, len(keys)/2), map[key][]Back{}
	var all []*stored
	if err := findPlaced.Each(tx, keys, func(r *db.Rows) error {
		var s stored
		if err := s.scan(r); err != nil {
			return err
		}
		all = append(all, &s)
		found[key{s.Customer, s.ID}] = &s
		return nil
	}); err != nil {
		return nil, nil, err
	}
	if err := complete(tx, all); err != nil {
		return nil, nil, err
	}
	return found, back, findReturned.Each(tx, keys, func(r *db.Rows) error {
		var k key
		var of int64
		var b Back
		var returned bool
		if err := r.Scan(&k.customer, &k.fact, &of, &b.Line, &b.Quantity, &b.AmountMinor, &returned); err != nil {
			return err
		}
		if returned && of != k.fact {
			b.Quantity, b.AmountMinor = -b.Quantity, -b.AmountMinor
			back[k] = append(back[k], b)
		}
		return nil
	})
}
