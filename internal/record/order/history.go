package order

import (
	"regulars/internal/base/fault"
	"regulars/internal/record/history"
	"regulars/internal/record/reference"
)

// differs says that a fact that is not to be changed is there with other content.
func differs(what string, key reference.Key) error {
	return fault.Conflictf("%s %s of %s is recorded already, with other content", what, key.Reference, key.Source)
}

// What orders and returns are made of, for their history.
var (
	lineParts  = history.Part{Name: "lines", Query: `SELECT line_no, sold_us, amount_minor, quantity, product_id, category_id, attributes FROM sale_lines WHERE customer_id = $1 AND fact_id = $2 ORDER BY line_no`}
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
