package metric

import (
	"context"
	"fmt"
	"strings"

	"regulars/internal/base/columnar"
	"regulars/internal/base/fault"
)

// attribute is where the values of one attribute are: in columns of sales or customers (as numbers, named by the
// table values, or as they are), or with the answers.
type attribute struct {
	name      string
	sales     string // column of the view sales
	table     string // table with customer_id and
	customers string // this column
	answers   bool   // table answer_attributes has it under
	number    int32  // this number
	values    string // table (code, value); empty: the columns hold the value itself
}

// attributeNamed finds an attribute: the built-in ones, then the files' own columns.
func (e *Engine) attributeNamed(ctx context.Context, name string) (attribute, error) {
	a, found := e.source.Attribute(name)
	out := attribute{
		name: name, sales: a.Sales, table: "customers", customers: a.Customers,
		answers: a.Answers, number: a.Number, values: a.Values,
	}
	if found {
		return out, nil
	}
	switch strings.ToLower(name) {
	case "segment":
		return attribute{name: name, table: "everybody_segment", customers: "segment"}, e.segmentEverybody(ctx)
	case "category":
		if e.source.Facts.Categories {
			return attribute{name: name, sales: "category", values: "category_values"}, nil
		}
	case "product":
		if e.source.Facts.Kinds {
			return attribute{name: name, sales: "product", values: "product_values"}, nil
		}
	case "channel", "acquisition channel":
		if e.source.Facts.Channels {
			return attribute{name: name, table: "customers", customers: "channel"}, nil
		}
	}
	known := append([]string{"segment"}, e.source.Attributes()...)
	if e.source.Facts.Categories {
		known = append(known, "category")
	}
	return attribute{}, fault.Coded("no_attribute", fault.Invalidf("there is no attribute %q in the files; there are: %s", name, strings.Join(known, ", ")))
}

// allowed finds an attribute that who asks may ask of. Under a shield that is none by which customers are told apart: of
// which half of the values or more belong to fewer of them than a figure is given for.
func (e *Engine) allowed(ctx context.Context, name string) (attribute, error) {
	a, err := e.attributeNamed(ctx, name)
	if err != nil || !e.set.Shield || a.table == "everybody_segment" {
		return a, err
	}
	var values, rare int64
	err = e.conn.QueryRowContext(ctx, fmt.Sprintf("SELECT count(*), coalesce(sum(CASE WHEN n < %d THEN 1 ELSE 0 END), 0) FROM (%s) p", minimumGroup, a.people("TRUE"))).Scan(&values, &rare)
	if err != nil {
		return a, fmt.Errorf("look whom %s tells apart: %w", name, err)
	}
	const half = 2
	if rare > 0 && half*rare >= values {
		return a, fault.Coded("personal_attribute", fault.Forbiddenf("%q tells customers apart one by one; to break figures down by it, or to ask for some of it, needs the permission personal.read", name))
	}
	return a, nil
}

// people are the values of an attribute, and how many customers (or answers) each has among the sales that meet a condition.
func (a attribute) people(sales string) string {
	switch {
	case a.sales != "":
		return fmt.Sprintf("SELECT %s AS v, count(DISTINCT customer_id) AS n FROM sales WHERE %s AND %s IS NOT NULL GROUP BY 1", a.sales, sales, a.sales)
	case a.customers != "":
		return fmt.Sprintf("SELECT %s AS v, count(*) AS n FROM %s WHERE %s IS NOT NULL GROUP BY 1", a.customers, a.table, a.customers)
	}
	return fmt.Sprintf("SELECT value AS v, count(*) AS n FROM answer_attributes WHERE attribute = %d GROUP BY 1", a.number)
}

// segmentEverybody makes the segments that conditions and breakdowns by segment speak of: those of all customers,
// before any condition. What it builds on the way is built again inside the scope.
func (e *Engine) segmentEverybody(ctx context.Context) error {
	if e.built["everybody_segment"] {
		return nil
	}
	inside, groups := e.scope, e.groups
	e.scope, e.groups = scope{sales: e.beforeAsOf(), answers: e.beforeAsOf()}, nil
	if err := e.ensure(ctx, "rfm_segment"); err != nil {
		return err
	}
	e.scope, e.groups = inside, groups
	queries := []string{"CREATE TEMP TABLE everybody_segment AS SELECT customer_id, segment FROM rfm_segment"}
	for _, t := range []string{"rfm_segment", "rfm_segment_value", "refund", "life"} {
		queries = append(queries, "DROP TABLE "+t)
	}
	kind := "TABLE"
	if e.billIsView() {
		kind = "VIEW"
	}
	for _, q := range append(queries, "DROP "+kind+" bill") {
		if err := e.exec(ctx, q); err != nil {
			return err
		}
	}
	clear(e.built)
	e.built["everybody_segment"] = true
	return nil
}

func (e *Engine) beforeAsOf() string { return fmt.Sprintf("local_us < %d", e.set.AsOf) }

// literals are the values as they stand in the attribute's columns: their numbers where it has numbers.
func (e *Engine) literals(ctx context.Context, a attribute, values []string) ([]string, error) {
	var out []string
	for _, v := range values {
		if a.table == "everybody_segment" {
			v = segmentKey(v)
		}
		found, err := queryStrings(ctx, e.conn, "SELECT CAST(code AS VARCHAR) FROM "+a.all()+" w WHERE value = "+columnar.Quote(v)+" LIMIT 1")
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			some, err := queryStrings(ctx, e.conn, "SELECT value FROM "+a.all()+" w WHERE value IS NOT NULL ORDER BY code LIMIT 12")
			if err != nil {
				return nil, err
			}
			return nil, fault.Invalidf("nothing has %s %q; there are, for example: %s", a.name, v, strings.Join(some, ", "))
		}
		if a.values == "" {
			found[0] = columnar.Quote(found[0])
		}
		out = append(out, found[0])
	}
	return out, nil
}

// all are the codes and values that there are, as a table.
func (a attribute) all() string {
	if a.values != "" {
		return a.values
	}
	var parts []string
	if a.sales != "" {
		parts = append(parts, "SELECT "+a.sales+" AS value FROM sales")
	}
	if a.customers != "" {
		parts = append(parts, "SELECT "+a.customers+" AS value FROM "+a.table)
	}
	if a.answers {
		parts = append(parts, fmt.Sprintf("SELECT value FROM answer_attributes WHERE attribute = %d", a.number))
	}
	return "(SELECT DISTINCT value AS code, value FROM (" + strings.Join(parts, " UNION ALL ") + ") p)"
}

// scope is what conditions say, as SQL over the views; "TRUE" where they say nothing.
type scope struct {
	sales   string // over sales
	answers string // over answers

}

func (e *Engine) makeScope(ctx context.Context) error {
	sales, answers := []string{e.beforeAsOf()}, []string{e.beforeAsOf()}
	for _, c := range e.set.Where {
		a, err := e.allowed(ctx, c.Attribute)
		if err != nil {
			return err
		}
		values, err := e.literals(ctx, a, c.Values)
		if err != nil {
			return err
		}
		s, w := a.conditions(c.Not, strings.Join(values, ", "), e.beforeAsOf())
		sales, answers = append(sales, s), append(answers, w)
	}
	e.scope = scope{sales: strings.Join(sales, " AND "), answers: strings.Join(answers, " AND ")}
	e.filtered = len(e.set.Where) > 0
	return nil
}

// conditions are the SQL for sales and for answers. Where an answer has no such attribute itself, its customer
// decides, by what was known of it then.
func (a attribute) conditions(not bool, values, known string) (sales, answers string) {
	in := " IN ("
	if not {
		in = " NOT IN ("
	}
	customers := ""
	if a.customers != "" {
		customers = fmt.Sprintf("customer_id IN (SELECT customer_id FROM %s WHERE %s%s%s))", a.table, a.customers, in, values)
		if not { // customers of whom nothing is known do not have the value; an answer of nobody known is left out either way
			customers = fmt.Sprintf("customer_id IS NOT NULL AND customer_id NOT IN (SELECT customer_id FROM %s WHERE %s IN (%s))", a.table, a.customers, values)
		}
	}
	sales, answers = customers, customers
	if a.sales != "" {
		sales = a.sales + in + values + ")"
		if not {
			sales = "(" + sales + " OR " + a.sales + " IS NULL)"
		}
		if answers == "" {
			answers = "customer_id IN (SELECT customer_id FROM sales WHERE " + known + " AND " + sales + ")"
		}
	}
	if a.answers {
		answers = fmt.Sprintf("answer_id IN (SELECT answer_id FROM answer_attributes WHERE attribute = %d AND value%s%s))",
			a.number, in, values)
	}
	if sales == "" {
		sales = "FALSE" // only answers have it: no sale does
		if not {
			sales = "TRUE"
		}
	}
	return sales, answers
}

// maxGroups bounds a breakdown; the largest groups are kept and the rest of the facts left out of it.
const maxGroups = 50

// makeGroups numbers the values of the attribute of By, largest first, and makes the table grp_value(v, grp).
func (e *Engine) makeGroups(ctx context.Context) error {
	if e.set.By == "" {
		return nil
	}
	a, err := e.allowed(ctx, e.set.By)
	if err != nil {
		return fault.In("by", err)
	}
	e.by = a
	query := a.people(e.scope.sales)
	if a.values != "" {
		query = "SELECT q.v, q.n, w.value AS name FROM (" + query + ") q JOIN " + a.values + " w ON w.code = q.v"
	} else {
		query = "SELECT q.v, q.n, CAST(q.v AS VARCHAR) AS name FROM (" + query + ") q"
	}
	query = fmt.Sprintf("CREATE TEMP TABLE grp_value AS SELECT v, name, CAST(row_number() OVER (ORDER BY n DESC, name COLLATE \"C\") AS INTEGER) AS grp FROM (%s) r ORDER BY n DESC, name COLLATE \"C\" LIMIT %d", query, maxGroups)
	if err := e.exec(ctx, query); err != nil {
		return err
	}
	e.groups, err = queryStrings(ctx, e.conn, "SELECT name FROM grp_value ORDER BY grp")
	return err
}

// groupedSales is the scoped sales with their group: everybody once as group 0, and again under the group each row
// belongs to, so that "first order" and all else is reckoned inside the group.
func (e *Engine) groupedSales() string {
	columns := "customer_id, order_id, local_us, day, month, amount_minor, kind, is_return"
	all := "SELECT 0 AS grp, " + columns + " FROM sales WHERE " + e.scope.sales
	if len(e.groups) == 0 {
		return all
	}
	qualified := "s." + strings.ReplaceAll(columns, ", ", ", s.")
	from := "(SELECT * FROM sales WHERE " + e.scope.sales + ") s"
	switch {
	case e.by.sales != "":
		return all + " UNION ALL SELECT g.grp, " + qualified + " FROM " + from + " JOIN grp_value g ON g.v = s." + e.by.sales
	case e.by.customers != "":
		return all + " UNION ALL SELECT g.grp, " + qualified + " FROM " + from + " JOIN " + e.by.table +
			" c ON c.customer_id = s.customer_id JOIN grp_value g ON g.v = c." + e.by.customers
	}
	return all
}

// groupedAnswers is the same for answers.
func (e *Engine) groupedAnswers() string {
	all := "SELECT 0 AS grp, a.* FROM answers a WHERE " + e.scope.answers
	if len(e.groups) == 0 {
		return all
	}
	from := "(SELECT * FROM answers WHERE " + e.scope.answers + ") a"
	switch {
	case e.by.answers:
		return all + " UNION ALL SELECT g.grp, a.* FROM " + from +
			fmt.Sprintf(" JOIN answer_attributes t ON t.answer_id = a.answer_id AND t.attribute = %d", e.by.number) +
			" JOIN grp_value g ON g.v = t.value"
	case e.by.customers != "":
		return all + " UNION ALL SELECT g.grp, a.* FROM " + from + " JOIN " + e.by.table +
			" c ON c.customer_id = a.customer_id JOIN grp_value g ON g.v = c." + e.by.customers
	case e.by.sales != "":
		return all + " UNION ALL SELECT m.grp, a.* FROM " + from + " JOIN (SELECT DISTINCT s.customer_id, g.grp FROM (SELECT * FROM sales WHERE " +
			e.scope.sales + ") s JOIN grp_value g ON g.v = s." + e.by.sales + ") m ON m.customer_id = a.customer_id"
	}
	return all
}
