package customer

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/record/schema"
)

// Export is everything known of a person: the rows of all facts of all members, by table. Moments are RFC 3339 in UTC;
// what only repeats another field in a form for reckoning is left out; products are named. It is for the business: it has what
// names other customers and staff too, and what is suspected. What a person takes of themselves is ExportOwn.
func Export(tx *db.Tx, root int64) (json.RawMessage, error) {
	return export(tx, root, func(string) (without, bool) { return without{}, true })
}

// export writes every table that there is something to be told of, without what is left out.
func export(tx *db.Tx, root int64, of func(table string) (w without, told bool)) (json.RawMessage, error) {
	members, err := Members(tx, root)
	if err != nil {
		return nil, err
	}
	out := map[string][]map[string]any{}
	for _, table := range schema.Tables() {
		w, told := of(table.Name)
		if table.Class != schema.Fact || !told {
			continue
		}
		rows := []map[string]any{}
		for _, member := range members {
			more, err := exportTable(tx, table.Name, member)
			if err != nil {
				return nil, err
			}
			rows = append(rows, w.left(more)...)
		}
		out[table.Name] = rows
	}
	if err := nameProducts(tx, out); err != nil {
		return nil, err
	}
	text, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("export customer %d: %w", root, err)
	}
	return text, nil
}

// reckoned are columns that only repeat others.
var reckoned = map[string]bool{"day": true, "month": true, "local_us": true, "folded_name": true, "plain_name": true, "turned_name": true, "version": true}

func exportTable(tx *db.Tx, table string, customer int64) ([]map[string]any, error) {
	rows, err := tx.Maps("SELECT * FROM "+table+" WHERE customer_id = $1", customer)
	if err != nil {
		return nil, err
	}
	for i, values := range rows {
		rows[i] = map[string]any{}
		for name, value := range values {
			exportValue(rows[i], name, value)
		}
	}
	return rows, nil
}

func exportValue(row map[string]any, name string, value any) {
	if _, hash := value.([]byte); hash {
		return
	}
	switch {
	case value == nil || value == "" || reckoned[name] || strings.HasSuffix(name, "_local_us"):
	case strings.HasSuffix(name, "_us"):
		if micros, ok := value.(int64); ok {
			row[strings.TrimSuffix(name, "_us")] = time.UnixMicro(micros).UTC().Format(time.RFC3339Nano)
		}
	case name == "attributes" || name == "properties" || name == "content":
		if text, ok := value.(string); ok && json.Valid([]byte(text)) {
			row[name] = json.RawMessage(text)
		}
	default:
		row[name] = value
	}
}

// nameProducts puts names beside the numbers of products and categories.
func nameProducts(tx *db.Tx, out map[string][]map[string]any) error {
	for _, n := range []struct{ id, name, query string }{
		{"product_id", "product", "SELECT reference FROM products WHERE product_id = $1"},
		{"category_id", "category", "SELECT name FROM categories WHERE category_id = $1"},
	} {
		names := map[any]string{}
		for _, rows := range out {
			for _, row := range rows {
				id, ok := row[n.id]
				if !ok {
					continue
				}
				if _, known := names[id]; !known {
					var name string
					if err := tx.QueryRow(n.query, id).Scan(&name); err != nil {
						return fmt.Errorf("name %s %v: %w", n.name, id, err)
					}
					names[id] = name
				}
				row[n.name] = names[id]
				delete(row, n.id)
			}
		}
	}
	return nil
}

// Extent counts what is known of a person: identities, consents and answers, which are forgotten with the person, and
// the orders that stay.
func Extent(tx *db.Tx, root int64) (known, orders int64, err error) {
	members, err := Members(tx, root)
	if err != nil {
		return 0, 0, err
	}
	for _, member := range members {
		var k, o int64
		if err := tx.QueryRow(`SELECT (SELECT count(*) FROM customer_identities WHERE customer_id = $1) +
			(SELECT count(*) FROM consents WHERE customer_id = $1) + (SELECT count(*) FROM answers WHERE customer_id = $1 AND comment <> ''),
			(SELECT count(*) FROM orders WHERE customer_id = $1)`, member).Scan(&k, &o); err != nil {
			return 0, 0, err
		}
		known, orders = known+k, orders+o
	}
	return known, orders, nil
}
