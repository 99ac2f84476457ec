package order

import (
	"encoding/json"
	"fmt"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/reference"
)

// differs says that a fact that is never changed is there with other content.
func differs(what string, key reference.Key) error {
	return fault.Conflictf("%s %s of %s is recorded already, with other content", what, key.Reference, key.Source)
}

// before are the queries for what a fact is before it changes: the row, then its lines, then its payments.
var before = map[string][]string{
	"order": {
		`SELECT placed_us, state, amount_minor, discount_minor, tax_minor, shipping_minor, store, channel, attributes, updated_us
			FROM orders WHERE customer_id = $1 AND order_id = $2`,
		`SELECT line_no, sold_us, amount_minor, quantity, product_id, category_id, attributes FROM sale_lines
			WHERE customer_id = $1 AND fact_id = $2 ORDER BY line_no`,
		`SELECT payment_no, method, amount_minor, paid_us FROM payments WHERE customer_id = $1 AND order_id = $2 ORDER BY payment_no`,
	},
	"return": {
		`SELECT returned_us, order_id, amount_minor, reason, updated_us FROM returns WHERE customer_id = $1 AND return_id = $2`,
		`SELECT line_no, sold_us, amount_minor, quantity, product_id, category_id, attributes FROM sale_lines
			WHERE customer_id = $1 AND fact_id = $2 ORDER BY line_no`,
	},
}

// keep writes what a fact is into its history.
func keep(tx *db.Tx, kind string, customer, id, version int64) error {
	names := []string{"", "lines", "payments"}
	content := map[string]any{}
	for i, query := range before[kind] {
		rows, err := tx.Maps(query, customer, id)
		if err != nil {
			return err
		}
		switch {
		case i > 0:
			content[names[i]] = rows
		case len(rows) == 1:
			content = rows[0]
		default:
			return db.ErrRestart // erased meanwhile
		}
	}
	text, err := json.Marshal(content)
	if err != nil {
		return fmt.Errorf("keep the history of %s %d: %w", kind, id, err)
	}
	_, err = tx.Exec(`INSERT INTO fact_history (customer_id, fact_id, version, kind, until_us, content) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT DO NOTHING`, customer, id, version, kind, tx.Now, string(text))
	return err
}
