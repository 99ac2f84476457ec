package order

import (
	"strconv"

	"regulars/internal/base/db"
)

var findReturned = db.NewLookup(`SELECT l.customer_id, l.order_id, l.fact_id, coalesce(l.of_line, 0), l.quantity, l.amount_minor, l.is_return, l.sold_us FROM sale_lines l`,
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

// PlacedBy gives every order that counts of the numbers of one person, placed from a moment on, as EachPlaced does. Of a person with
// many everything is read by the person and not by each order: it is asked with every order that they place.
func PlacedBy(tx *db.Tx, numbers []int64, fromUTC int64, take func(*Stored, []Back)) error {
	var args []any
	list := ""
	for _, n := range numbers {
		args = append(args, n)
		list += ", $" + strconv.Itoa(len(args))
	}
	list = " IN (" + list[2:] + ")"
	var all []*stored
	if err := each(tx, orders.Select+" WHERE f.customer_id"+list+" AND f.placed_us >= $"+strconv.Itoa(len(args)+1)+" AND f.state <> 'cancelled' ORDER BY f.placed_us, f.order_id",
		append(args, fromUTC), func(r *db.Rows) error {
			var s stored
			all = append(all, &s)
			return s.scan(r)
		}); err != nil || len(all) == 0 {
		return err
	}
	const few = 64
	complete, back := complete, map[key][]Back{}
	if len(all) > few {
		complete = func(tx *db.Tx, all []*stored) (err error) { back, err = completeBy(tx, list, args, all); return err }
	} else if err := returned(tx, keysOf(all), back); err != nil {
		return err
	}
	if err := complete(tx, all); err != nil {
		return err
	}
	for _, s := range all {
		take(&s.Stored, back[key{s.Customer, s.ID}])
	}
	return nil
}

// completeBy adds lines and payments to orders of a person, as complete does, and tells what came back of each.
func completeBy(tx *db.Tx, list string, numbers []any, all []*stored) (map[key][]Back, error) {
	wanted := make(map[key]bool, len(all))
	for _, s := range all {
		wanted[key{s.Customer, s.ID}] = true
	}
	lines, numbered, back := make(map[key][]line, len(all)), make(map[key][]int, len(all)), map[key][]Back{}
	if err := each(tx, lineColumns+", l.order_id, l.is_return"+lineTables+" WHERE l.customer_id"+list, numbers, func(r *db.Rows) error {
		var k key
		var number int
		var l line
		var of int64
		var came bool
		if err := l.scan(r, &k, &number, &of, &came); err != nil {
			return err
		}
		switch order := (key{k.customer, of}); {
		case !wanted[order]:
		case k == order:
			lines[k], numbered[k] = append(lines[k], l), append(numbered[k], number)
		case came:
			back[order] = append(back[order], Back{Line: l.of, Quantity: -l.Quantity, AmountMinor: -l.AmountMinor, AtUTC: l.Moment.UTC})
		}
		return nil
	}); err != nil {
		return nil, err
	}
	paid := payments{}
	if err := each(tx, paymentColumns+" WHERE customer_id"+list, numbers, paid.scan); err != nil {
		return nil, err
	}
	for _, s := range all {
		k := key{s.Customer, s.ID}
		s.Payments = paid.of(k)
		s.own(inOrder(lines[k], numbered[k]))
	}
	return back, nil
}

func keysOf(all []*stored) []any {
	keys := make([]any, 0, 2*len(all))
	for _, s := range all {
		keys = append(keys, s.Customer, s.ID)
	}
	return keys
}

// each goes over what a query finds.
func each(tx *db.Tx, query string, args []any, scan func(*db.Rows) error) error {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return err
	}
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Close()
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
	return found, back, returned(tx, keys, back)
}

// returned finds what came back of orders.
func returned(tx *db.Tx, keys []any, back map[key][]Back) error {
	return findReturned.Each(tx, keys, func(r *db.Rows) error {
		var k key
		var of int64
		var b Back
		var returned bool
		if err := r.Scan(&k.customer, &k.fact, &of, &b.Line, &b.Quantity, &b.AmountMinor, &returned, &b.AtUTC); err != nil {
			return err
		}
		if returned && of != k.fact {
			b.Quantity, b.AmountMinor = -b.Quantity, -b.AmountMinor
			back[k] = append(back[k], b)
		}
		return nil
	})
}
