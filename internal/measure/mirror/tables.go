package mirror

import (
	"fmt"
	"slices"
	"strings"

	"regulars/internal/base/db"
	"regulars/internal/record/fact"
)

// table is a table of the store as the copy has it: under the same name, with some of its columns. Attributes, a JSON
// object in the store, are columns of their own in the copy.
type table struct {
	name       string
	key        string // of a fact, beside customer_id; empty: the customer is the fact
	attributes string // which kind of attribute_names it has; empty: none
	columns    []tableColumn
	// packed, where it is set, is what to ask the store for in place of the columns, and unpack turns that into them.
	packed string
	unpack func(packed, row []any)
}

type tableColumn struct{ name, kind string }

// The tables that belong to customers: they follow the feed fact by fact.
var (
	saleLines = &table{name: "sale_lines", key: "fact_id", attributes: "sale", columns: columnsOf(
		"customer_id BIGINT, fact_id BIGINT, line_no BIGINT, order_id BIGINT, local_us BIGINT, day INTEGER, month INTEGER," +
			" amount_minor BIGINT, product_id BIGINT, category_id BIGINT, is_return BOOLEAN, counts BOOLEAN"),
		packed: packedLine, unpack: unpackLine}
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

// packedLine is a line in few values. Each value costs SQLite more to hand out than its row costs to find, and one that
// is null costs half: lines are read in nine of them, not in twelve.
const packedLine = `customer_id, fact_id, NULLIF(order_id, fact_id), local_us, day * 65536 + month, amount_minor, product_id, category_id,
	line_no * 4 + CASE WHEN is_return THEN 2 ELSE 0 END + CASE WHEN counts THEN 1 ELSE 0 END`

const packedValues = 9

func unpackLine(packed, row []any) {
	row[0], row[1], row[3], row[4] = packed[0], packed[1], packed[2], packed[3]
	if row[3] == nil {
		row[3] = row[1]
	}
	const monthBits = 16 // floor(x / 65536) is x >> 16, below zero too
	days, _ := packed[4].(int64)
	row[5], row[6] = int32(days>>monthBits), int32(days&(1<<monthBits-1))
	row[7], row[8], row[9] = packed[5], packed[6], packed[7]
	flags, _ := packed[8].(int64)
	row[2], row[10], row[11] = flags>>2, flags&2 != 0, flags&1 != 0
}

// selection is what to ask the store for: the columns, and the attributes where there are any.
func (t *table) selection() string {
	var columns []string
	for _, c := range t.columns {
		columns = append(columns, c.name)
	}
	if t.packed != "" {
		columns = []string{t.packed}
	}
	if t.attributes != "" {
		columns = append(columns, "NULLIF(attributes, '')")
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
	if t.packed != "" {
		width = packedValues
	}
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
	n := len(s.columns)
	if s.unpack != nil {
		s.unpack(s.raw, out)
	} else {
		copy(out, s.raw[:n])
		for i := range s.columns {
			if s.columns[i].kind != "BOOLEAN" {
				continue
			}
			if v, ok := out[i].(int64); ok { // SQLite's
				out[i] = v != 0
			}
		}
	}
	if s.attributes == "" {
		return nil
	}
	text := ""
	switch v := s.raw[len(s.raw)-1].(type) {
	case nil:
	case string:
		text = v
	default:
		return fmt.Errorf("the attributes in %s are a %T, not text", s.name, v)
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
	if len(s.at) == 0 {
		return nil
	}
	attributes, err := fact.ParseAttributes(text)
	if err != nil {
		return fmt.Errorf("the attributes %.60q in %s: %w", text, s.name, err)
	}
	for _, a := range attributes {
		if i, known := s.at[a.Name]; known && a.Value != "" {
			s.values[i] = a.Value
		}
	}
	return nil
}
