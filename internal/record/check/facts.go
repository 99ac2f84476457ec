package check

import (
	"context"
	"fmt"
	"strings"

	"regulars/internal/base/db"
	"regulars/internal/record/fact"
)

// named are the facts that have a reference, by the kind that fact_references calls them.
var named = [...]struct{ kind, table, id string }{
	{"order", "orders", "order_id"},
	{"return", "returns", "return_id"},
	{"answer", "answers", "answer_id"},
	{"subscription", "subscriptions", "subscription_id"},
}

// breaches counts the rows of FROM and WHERE, and names the first by the columns given.
func breaches(from string, name ...string) string {
	parts := make([]string, len(name))
	for i, n := range name {
		parts[i] = "CAST(" + n + " AS TEXT)"
	}
	return "SELECT count(*), min(" + strings.Join(parts, " || '/' || ") + ") FROM " + from
}

// without counts what is in the one query and not in the other, and names the first. Directories are compared with facts
// so: a cluster keeps the two on different machines and does not join them, but sorts out what both give.
func without(columns, here, there string) string {
	return breaches("(SELECT "+here+" EXCEPT SELECT "+there+") t", strings.Split(columns, ", ")...)
}

// referenceLeads: a reference leads to the fact that bears it; that of somebody erased leads nowhere.
func referenceLeads() (texts []string) {
	for _, n := range named {
		texts = append(texts, without("source, reference",
			fmt.Sprintf(`source, reference, customer_id, fact_id FROM fact_references WHERE kind = '%s' AND customer_id <> 0`, n.kind),
			fmt.Sprintf(`source, reference, customer_id, %s FROM %s WHERE reference <> ''`, n.id, n.table)))
	}
	return append(texts, breaches("fact_references f WHERE (f.customer_id = 0) <> (f.fact_id = 0)", "f.kind", "f.source", "f.reference"))
}

// referenceThere: a fact with a reference is found by it. That of somebody erased has none.
func referenceThere() (texts []string) {
	for _, n := range named {
		texts = append(texts, without("source, reference",
			fmt.Sprintf(`source, reference, customer_id, %s FROM %s WHERE reference <> ''`, n.id, n.table),
			fmt.Sprintf(`source, reference, customer_id, fact_id FROM fact_references WHERE kind = '%s'`, n.kind)))
	}
	return texts
}

// Sums. An order or return always has lines: where nothing is said of them, one for the whole.
var (
	orderSum = breaches(`orders o WHERE o.amount_minor <> (SELECT coalesce(sum(l.amount_minor), 0) FROM sale_lines l
		WHERE l.customer_id = o.customer_id AND l.fact_id = o.order_id)`, "o.customer_id", "o.order_id")
	returnSum = breaches(`returns r WHERE r.amount_minor <> (SELECT coalesce(sum(l.amount_minor), 0) FROM sale_lines l
		WHERE l.customer_id = r.customer_id AND l.fact_id = r.return_id)`, "r.customer_id", "r.return_id")
)

// Lines.
var (
	// A line counts unless its order is cancelled; what came back always does.
	lineCounts = breaches(`sale_lines l LEFT JOIN orders o ON o.customer_id = l.customer_id AND o.order_id = l.fact_id
		WHERE l.counts <> (l.is_return OR coalesce(o.state, '') <> 'cancelled')`, "l.customer_id", "l.fact_id", "l.line_no")
	lineOwner = breaches(`sale_lines l LEFT JOIN orders o ON o.customer_id = l.customer_id AND o.order_id = l.fact_id
		LEFT JOIN returns r ON r.customer_id = l.customer_id AND r.return_id = l.fact_id
		WHERE CASE WHEN l.is_return THEN r.return_id IS NULL ELSE o.order_id IS NULL END`, "l.customer_id", "l.fact_id", "l.line_no")
	paymentOwner = breaches(`payments p WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = p.customer_id AND o.order_id = p.order_id)`,
		"p.customer_id", "p.order_id", "p.payment_no")
	lineOrder = breaches(`sale_lines l LEFT JOIN returns r ON r.customer_id = l.customer_id AND r.return_id = l.fact_id
		WHERE l.order_id <> coalesce(r.order_id, l.fact_id)`, "l.customer_id", "l.fact_id", "l.line_no")
	// Who has several numbers may have the order under another of them.
	returnOrder = breaches(`returns r WHERE r.order_id IS NOT NULL
		AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = r.customer_id AND o.order_id = r.order_id)
		AND NOT EXISTS (SELECT 1 FROM aliases a WHERE a.customer_id = r.customer_id)
		AND NOT EXISTS (SELECT 1 FROM aliases a WHERE a.root_id = r.customer_id)`, "r.customer_id", "r.return_id")
	lineCategory = breaches(`sale_lines l WHERE l.category_id IS NOT NULL
		AND NOT EXISTS (SELECT 1 FROM categories c WHERE c.category_id = l.category_id)`, "l.customer_id", "l.fact_id", "l.line_no")
)

func lineProduct(table, id string) string {
	return breaches(table+` l WHERE l.product_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM products p WHERE p.product_id = l.product_id)`,
		"l.customer_id", "l."+id)
}

// dated are the tables whose rows carry their local day and month, and what names a row.
var dated = [...]struct {
	table string
	name  []string
}{
	{"orders", []string{"customer_id", "order_id"}},
	{"returns", []string{"customer_id", "return_id"}},
	{"sale_lines", []string{"customer_id", "fact_id", "line_no"}},
	{"subscriptions", []string{"customer_id", "subscription_id"}},
	{"events", []string{"customer_id", "event_id"}},
	{"answers", []string{"customer_id", "answer_id"}},
	{"costs", []string{"source", "reference"}},
}

func localDays() (texts []string) {
	for _, d := range dated {
		// The engines cut towards zero; a day before 1970 is cut downwards.
		texts = append(texts, breaches(fmt.Sprintf("%s WHERE day <> (local_us - (local_us %% %d + %d) %% %d) / %d", d.table,
			fact.MicrosPerDay, fact.MicrosPerDay, fact.MicrosPerDay, fact.MicrosPerDay), d.name...))
	}
	return texts
}

// localMonths compares the months of all days, of which there are few, on a calendar.
func localMonths(ctx context.Context, d *db.DB) (found Found, err error) {
	err = d.Read(ctx, func(tx *db.Tx) error {
		found = Found{}
		for _, table := range dated {
			rows, err := tx.Query(strings.Replace(breaches(table.table+" GROUP BY day, month", table.name...), "SELECT", "SELECT day, month,", 1))
			if err != nil {
				return err
			}
			for rows.Next() {
				var day, month, n int64
				var example string
				if err := rows.Scan(&day, &month, &n, &example); err != nil {
					return err
				}
				const farthest = 100_000_000 // beyond it the day itself is wrong, and found
				if day > farthest || day < -farthest || (fact.Moment{Local: day * fact.MicrosPerDay}).Month() != month {
					found.add(n, example)
				}
			}
			if err := rows.Close(); err != nil {
				return err
			}
		}
		return nil
	})
	return found, err
}

// histories: for every version of a fact below its present one there is what it was, and nothing else. The history of
// somebody erased is gone, and so are the references of the facts.
func histories() (texts []string) {
	for _, n := range named {
		texts = append(texts, breaches(fmt.Sprintf(`%s t LEFT JOIN (SELECT customer_id, fact_id, count(*) AS n, min(version) AS first, max(version) AS last
			FROM fact_history WHERE kind = '%s' GROUP BY customer_id, fact_id) h ON h.customer_id = t.customer_id AND h.fact_id = t.%s
			WHERE t.reference <> '' AND (coalesce(h.n, 0) <> t.version - 1 OR h.first <> 1 OR h.last <> t.version - 1)`, n.table, n.kind, n.id),
			"t.customer_id", "t."+n.id), breaches(fmt.Sprintf(`fact_history h WHERE h.kind = '%s' AND NOT EXISTS (
			SELECT 1 FROM %s t WHERE t.customer_id = h.customer_id AND t.%s = h.fact_id)`, n.kind, n.table, n.id), "h.customer_id", "h.fact_id", "h.version"))
	}
	return texts
}
