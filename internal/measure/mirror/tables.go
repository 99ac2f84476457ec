package mirror

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"regulars/internal/base/db"
)

// table is a table of the store as the copy has it: under the same name, with some of its columns. Attributes, a JSON
// object in the store, are columns of their own in the copy.
type table struct {
	name       string
	key        string // of a fact, beside customer_id; empty: the customer is the fact
	attributes string // which kind of attribute_names it has; empty: none
	columns    []tableColumn
}

type tableColumn struct{ name, kind string }

// The tables that belong to customers: they follow the feed fact by fact.
var (
	saleLines = &table{name: "sale_lines", key: "fact_id", attributes: "sale", columns: columnsOf(
		"customer_id BIGINT, fact_id BIGINT, line_no BIGINT, order_id BIGINT, local_us BIGINT, day INTEGER, month INTEGER," +
			" amount_minor BIGINT, product_id BIGINT, category_id BIGINT, is_return BOOLEAN, counts BOOLEAN")}
	customers = &table{name: "customers", attributes: "customer", columns: columnsOf(
		"customer_id BIGINT, reference VARCHAR, channel VARCHAR, referred BOOLEAN, erased_us BIGINT")}
	answers = &table{name: "answers", key: "answer_id", attributes: "answer", columns: columnsOf(
		"customer_id BIGINT, answer_id BIGINT, local_us BIGINT, day INTEGER, kind VARCHAR, aspect VARCHAR, score DOUBLE," +
			" scale INTEGER, delivered BOOLEAN, finished BOOLEAN, replied_local_us BIGINT, solved_local_us BIGINT, due_local_us BIGINT")}
)

// The small tables, which are read whole when something in them changed; of the last two what is new.
var (
	aliases    = &table{name: "aliases", columns: columnsOf("customer_id BIGINT, root_id BIGINT")}
	costs      = &table{name: "costs", columns: columnsOf("local_us BIGINT, day INTEGER, channel VARCHAR, retention BOOLEAN, amount_minor BIGINT")}
	categories = &table{name: "categories", key: "category_id", columns: columnsOf("category_id BIGINT, name VARCHAR")}
	products   = &table{name: "products", key: "product_id", columns: columnsOf("product_id BIGINT, reference VARCHAR")}
)

// tables lists them all.
func tables() []*table {
	return []*table{saleLines, customers, answers, aliases, costs, categories, products}
}

func columnsOf(ddl string) []tableColumn {
	var out []tableColumn
	for c := range strings.SplitSeq(ddl, ", ") {
		name, kind, _ := strings.Cut(strings.TrimSpace(c), " ")
		out = append(out, tableColumn{name, kind})
	}
	return out
}

// place is where a column stands in a row.
func (t *table) place(column string) int {
	return slices.IndexFunc(t.columns, func(c tableColumn) bool { return c.name == column })
}

// create is the statement that makes the table in the copy.
func (t *table) create(names *attributeNames) string {
	var columns []string
	for _, c := range t.columns {
		columns = append(columns, c.name+" "+c.kind)
	}
	for _, n := range names.of(t.attributes) {
		columns = append(columns, n.column()+" VARCHAR")
	}
	return "CREATE OR REPLACE TABLE " + t.name + " (" + strings.Join(columns, ", ") + ")"
}

// selection is what to ask the store for: the columns, and the attributes where there are any.
func (t *table) selection() string {
	var columns []string
	for _, c := range t.columns {
		columns = append(columns, c.name)
	}
	if t.attributes != "" {
		columns = append(columns, "attributes")
	}
	return "SELECT " + strings.Join(columns, ", ") + " FROM " + t.name
}

// shape turns rows of the store into rows of the copy. It serves one goroutine.
type shape struct {
	*table
	at      map[string]int // attribute, as the JSON object spells it: its place among the row's attributes
	targets []any
	raw     []any
	text    string // the attributes before: lines of one order mostly share them
	values  []any
}

func newShape(t *table, names *attributeNames) *shape {
	s := &shape{table: t, at: map[string]int{}}
	for i, n := range names.of(t.attributes) {
		s.at[n.name] = i
	}
	width := len(t.columns)
	if t.attributes != "" {
		width++
	}
	s.raw, s.targets, s.values = make([]any, width), make([]any, width), make([]any, len(s.at))
	for i := range s.raw {
		s.targets[i] = &s.raw[i]
	}
	return s
}

// width is how many values a row of the copy has.
func (s *shape) width() int { return len(s.columns) + len(s.values) }

// scan reads the row into out.
func (s *shape) scan(rows *db.Rows, out []any) error {
	if err := rows.Scan(s.targets...); err != nil {
		return err
	}
	n := copy(out, s.raw[:len(s.columns)])
	for i := range s.columns {
		if s.columns[i].kind != "BOOLEAN" {
			continue
		}
		if v, ok := out[i].(int64); ok { // SQLite's
			out[i] = v != 0
		}
	}
	if s.attributes == "" {
		return nil
	}
	text, ok := s.raw[n].(string)
	if !ok {
		return fmt.Errorf("the attributes in %s are a %T, not text", s.name, s.raw[n])
	}
	if text != s.text {
		if err := s.attributesOf(text); err != nil {
			return err
		}
	}
	copy(out[n:], s.values)
	return nil
}

// attributesOf reads a JSON object whose values are texts. An attribute without a name in attribute_names is newer than
// the names: the fact will be met again, in the feed.
func (s *shape) attributesOf(text string) error {
	clear(s.values)
	s.text = text
	if text == "" {
		return nil
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &object); err != nil {
		return fmt.Errorf("the attributes %.60q in %s: %w", text, s.name, err)
	}
	for name, raw := range object {
		i, known := s.at[name]
		if !known {
			continue
		}
		var value *string
		if err := json.Unmarshal(raw, &value); err != nil {
			written := string(raw) // a number, as ->> has it
			value = &written
		}
		if value != nil && *value != "" {
			s.values[i] = *value
		}
	}
	return nil
}
