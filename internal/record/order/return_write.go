package order

import (
	"regulars/internal/base/db"
	"regulars/internal/record/catalogue"
	"regulars/internal/record/fact"
	"regulars/internal/record/history"
	"regulars/internal/record/reference"
)

var insertReturns = db.NewInsert(`INSERT INTO returns (customer_id, return_id, order_id, source, reference, returned_us, local_us, day,
	month, amount_minor, reason, content, version, recorded_us, updated_us)`, 15, "")

var insertReturnLines = db.NewInsert(`INSERT INTO sale_lines (customer_id, fact_id, line_no, order_id, sold_us, local_us, day, month,
	amount_minor, quantity, product_id, category_id, is_return, counts, attributes, of_line)`, 16, "")

func (k *Keeper) writeReturn(tx *db.Tx, e *ReturnEntry, owner, order reference.Owner) (fact.Outcome, error) {
	r := e.Return
	out := fact.Outcome{Status: fact.Created, Customer: owner.Customer, Fact: owner.Fact}
	var named any
	if order.Fact != 0 {
		named = order.Fact
	}
	content := r.content(order.Fact)
	var months fact.Months
	at := r.Returned
	if owner.Mine {
		_, err := insertReturns.Exec(tx, []any{owner.Customer, owner.Fact, named, r.Source, r.Reference, at.UTC, at.Local, int64(at.Day()), months.Of(at),
			-r.AmountMinor, r.Reason, content, int64(1), tx.Now, tx.Now})
		if err != nil {
			return out, err
		}
		return out, k.writeReturnLines(tx, r, owner, order, &months)
	}
	var have []byte
	var version int64
	if err := tx.QueryRow("SELECT content, version FROM returns WHERE customer_id = $1 AND return_id = $2", owner.Customer, owner.Fact).Scan(&have, &version); err != nil {
		return out, err
	}
	if same(have, content) {
		out.Status = fact.Unchanged
		return out, nil
	}
	if e.Once {
		field, err := r.differing(tx, owner, named)
		out.Status, out.Field = fact.Conflict, field
		out.Err = differs("return", reference.Key{Source: r.Source, Reference: r.Reference}, field)
		return out, err
	}
	out.Status = fact.Updated
	if err := history.Keep(tx, "return", owner.Customer, owner.Fact, version, returnParts...); err != nil {
		return out, err
	}
	n, err := tx.Exec(`UPDATE returns SET order_id = $1, returned_us = $2, local_us = $3, day = $4, month = $5, amount_minor = $6, reason = $7,
		content = $8, version = version + 1, updated_us = $9 WHERE customer_id = $10 AND return_id = $11 AND version = $12`,
		named, at.UTC, at.Local, int64(at.Day()), months.Of(at), -r.AmountMinor, r.Reason, content, tx.Now, owner.Customer, owner.Fact, version)
	if err != nil {
		return out, err
	}
	if n == 0 {
		return out, db.ErrRestart
	}
	if _, err := tx.Exec("DELETE FROM sale_lines WHERE customer_id = $1 AND fact_id = $2", owner.Customer, owner.Fact); err != nil {
		return out, err
	}
	return out, k.writeReturnLines(tx, r, owner, order, &months)
}

func (k *Keeper) writeReturnLines(tx *db.Tx, r *Return, owner, order reference.Owner, months *fact.Months) error {
	lines := r.Lines
	if len(lines) == 0 {
		lines = []ReturnLine{{Quantity: 0, AmountMinor: r.AmountMinor}}
	}
	var products []catalogue.Product
	attributes := make([]fact.Attributes, len(lines))
	for i, l := range lines {
		products = append(products, catalogue.Product{Reference: l.Product, Category: l.Category})
		attributes[i] = l.Attributes
	}
	if _, err := k.Names.Products(tx, products); err != nil {
		return err
	}
	if err := k.Names.Spell(tx, catalogue.Sales, attributes...); err != nil {
		return err
	}
	belongs := order.Fact
	if belongs == 0 {
		belongs = owner.Fact
	}
	var rows []any
	for i, l := range lines {
		at := l.Moment
		if at.IsZero() {
			at = r.Returned
		}
		line := Line{Product: l.Product, Category: l.Category}
		product, category := line.catalogued(nil, false)
		var of any
		if l.Line != 0 {
			of = int64(l.Line)
		}
		rows = append(rows, owner.Customer, owner.Fact, int64(i+1), belongs, at.UTC, at.Local, int64(at.Day()), months.Of(at), -l.AmountMinor,
			-l.Quantity, product, category, true, true, l.Attributes.Text(), of)
	}
	_, err := insertReturnLines.Exec(tx, rows)
	return err
}

// differing names the first field in which the return is not as it is kept.
func (r *Return) differing(tx *db.Tx, owner reference.Owner, order any) (string, error) {
	return differing(tx, "lines", `SELECT returned_us, order_id, amount_minor, reason FROM returns WHERE customer_id = $1 AND return_id = $2`,
		owner, field{"returned_us", r.Returned.UTC}, field{"order_id", order}, field{"amount_minor", -r.AmountMinor}, field{"reason", r.Reason})
}
