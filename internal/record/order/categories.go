package order

import (
	"strconv"

	"regulars/internal/base/db"
	"regulars/internal/record/fact"
)

var findCategories = db.NewLookup("SELECT category_id, name FROM categories", "category_id BIGINT")

// lineOf is a line, or what came back of one, with the number of its category; 0: none.
type lineOf struct {
	key
	Back

	category int64
}

func (l *lineOf) scan(r *db.Rows) error {
	return r.Scan(&l.customer, &l.fact, &l.Line, &l.Quantity, &l.AmountMinor, &l.AtUTC, &l.category)
}

// arguments are those of a query, and how lists of them are written.
type arguments []any

func (a *arguments) list(all ...any) string {
	text := ""
	for _, one := range all {
		*a = append(*a, one)
		text += ", $" + strconv.Itoa(len(*a))
	}
	return " IN (" + text[2:] + ")"
}

// Categories gives what the numbers of one person paid for goods of categories, of lines that count, sold from a moment on and before
// another, but for one order, and what had come back of them before it. Orders of which nothing came back are one, with a line for
// each category. Of lines no more is known than when they were sold and of which category they are. It is asked with every order that
// somebody places, so that nothing is looked for by the order.
func Categories(tx *db.Tx, numbers []int64, fromUTC, beforeUTC, but int64, take func(*Order, []Back)) error {
	who := make([]any, len(numbers))
	for i, n := range numbers {
		who[i] = n
	}
	args := arguments{fromUTC, beforeUTC, but}
	of := " FROM sale_lines WHERE sold_us >= $1 AND sold_us < $2 AND order_id <> $3 AND counts AND customer_id" + args.list(who...)
	back := map[key][]Back{}
	touched, apart := []any{}, map[int64]bool{} // orders of which something came back
	if err := each(tx, "SELECT customer_id, order_id, coalesce(of_line, 0), quantity, amount_minor, sold_us, 0"+of+" AND is_return AND order_id <> fact_id ORDER BY customer_id, fact_id, line_no", args, func(r *db.Rows) error {
		var l lineOf
		err := l.scan(r)
		l.Quantity, l.AmountMinor = -l.Quantity, -l.AmountMinor
		if !apart[l.fact] {
			touched, apart[l.fact] = append(touched, l.fact), true
		}
		back[l.key] = append(back[l.key], l.Back)
		return err
	}); err != nil {
		return err
	}
	found, names := map[key][]lineOf{}, map[int64]string{}
	add := func(r *db.Rows) error {
		var l lineOf
		err := l.scan(r)
		found[l.key], names[l.category] = append(found[l.key], l), ""
		return err
	}
	if len(touched) > 0 { // with all of their lines, by the place of which returns name them
		own := arguments{}
		text := "SELECT customer_id, order_id, 0, quantity, amount_minor, sold_us, coalesce(category_id, 0) FROM sale_lines WHERE counts AND NOT is_return AND customer_id" + own.list(who...) +
			" AND order_id" + own.list(touched...) + " ORDER BY customer_id, order_id, line_no"
		if err := each(tx, text, own, add); err != nil {
			return err
		}
		of += " AND NOT order_id" + args.list(touched...)
	}
	if err := each(tx, "SELECT 0, 0, 0, CAST(1 AS DOUBLE PRECISION), CAST(sum(amount_minor) AS BIGINT), max(sold_us), category_id"+of+" AND NOT is_return AND category_id IS NOT NULL GROUP BY category_id", args, add); err != nil {
		return err
	}
	ids := make([]any, 0, len(names))
	for id := range names {
		ids = append(ids, id)
	}
	if err := findCategories.Each(tx, ids, func(r *db.Rows) error {
		var id int64
		var name string
		err := r.Scan(&id, &name)
		names[id] = name
		return err
	}); err != nil {
		return err
	}
	for k, lines := range found {
		o := &Order{}
		for _, l := range lines {
			o.Lines = append(o.Lines, Line{Moment: fact.Moment{UTC: l.AtUTC}, Category: names[l.category], Quantity: l.Quantity, AmountMinor: l.AmountMinor})
		}
		take(o, back[k])
	}
	return nil
}
