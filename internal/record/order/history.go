package order

import (
	"strings"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/history"
	"regulars/internal/record/reference"
)

// differs says that a fact that is not to be changed is there with other content.
func differs(what string, key reference.Key, field string) error {
	return fault.Conflictf("%s %s of %s is recorded already, with another %s", what, key.Reference, key.Source, field)
}

// field is a column and the value that was handed in for it.
type field struct {
	column string
	value  any
}

// differing names the first field whose value is not the one that is kept; where all are, it is something else that
// differs. Names are those of the facts: without the unit of a moment.
func differing(tx *db.Tx, otherwise, query string, owner reference.Owner, fields ...field) (string, error) {
	rows, err := tx.Maps(query, owner.Customer, owner.Fact)
	if err != nil {
		return "", err
	}
	if len(rows) == 0 {
		return "", db.ErrRestart // gone since it was looked up
	}
	for _, f := range fields {
		if rows[0][f.column] != f.value {
			return strings.TrimSuffix(f.column, "_us"), nil
		}
	}
	return otherwise, nil
}

// What orders and returns are made of, for their history.
var (
	lineParts  = history.Part{Name: "lines", Query: `SELECT line_no, sold_us, amount_minor, quantity, product_id, category_id, attributes, of_line, programme_discount_minor FROM sale_lines WHERE customer_id = $1 AND fact_id = $2 ORDER BY line_no`}
	orderParts = []history.Part{
		{Query: `SELECT placed_us, state, amount_minor, discount_minor, tax_minor, shipping_minor, store, channel, attributes, updated_us
			FROM orders WHERE customer_id = $1 AND order_id = $2`},
		lineParts,
		{Name: "payments", Query: `SELECT payment_no, method, amount_minor, paid_us FROM payments WHERE customer_id = $1 AND order_id = $2
			ORDER BY payment_no`},
	}
	returnParts = []history.Part{
		{Query: `SELECT returned_us, order_id, amount_minor, reason, updated_us FROM returns WHERE customer_id = $1 AND return_id = $2`},
		lineParts,
	}
)
