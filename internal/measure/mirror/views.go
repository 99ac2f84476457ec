package mirror

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"strings"
)

// View says what of the facts of a store a source shows.
type View struct {
	Kind KindIs // empty: by category
	// AsOf is a moment in local microseconds: facts at or after it do not exist; 0: all do.
	AsOf           int64
	WithoutReturns bool
}

// viewing writes the views over the tables of a store, or over the same tables of a copy: one SQL text, but for where
// an attribute lies. The views are temporary ones, on the connection of whoever measures: so nothing has to be kept,
// replaced or agreed on between programs of two versions, and each says exactly what this source is to show.
type viewing struct {
	View
	schema string // with a dot
	names  *attributeNames
	merged bool // there are aliases
	value  func(alias string, n *attributeName) string
}

// inCopy is the value of an attribute in the copy; inStore that in the facts.
func inCopy(alias string, n *attributeName) string { return alias + "." + n.column() }

func inStore(alias string, n *attributeName) string {
	key := "'" + strings.ReplaceAll(n.name, "'", "''") + "'"
	return "CASE WHEN " + alias + ".attributes <> '' THEN NULLIF(" + alias + ".attributes::json ->> " + key + ", '') END"
}

// who is the customer that a fact counts for, and the join that it takes.
func (v *viewing) who(alias string) (who, join string) {
	if !v.merged {
		return alias + ".customer_id", ""
	}
	return "coalesce(m.root_id, " + alias + ".customer_id)", " LEFT JOIN " + v.schema + "aliases m ON m.customer_id = " + alias + ".customer_id"
}

func (v *viewing) asOf(alias string) string {
	if v.AsOf == 0 {
		return ""
	}
	return fmt.Sprintf(" AND %s.local_us < %d", alias, v.AsOf)
}

func (v *viewing) shown(kind, alias string) string {
	var b strings.Builder
	for _, n := range v.names.of(kind) {
		fmt.Fprintf(&b, ", %s AS %s", v.value(alias, &n), n.shown())
	}
	return b.String()
}

// counted are the lines that count, those of nobody known too.
func (v *viewing) counted(who string) string {
	conditions := "l.counts" + v.asOf("l")
	if v.WithoutReturns {
		conditions += " AND (NOT l.is_return OR " + who + " < 0)"
	}
	return conditions
}

// statements make the views.
func (v *viewing) statements() []string {
	who, join := v.who("l")
	kind := "coalesce(-1 - l.category_id, l.product_id)"
	if v.Kind == ByProduct {
		kind = "l.product_id"
	}
	lines := " FROM " + v.schema + "sale_lines l" + join + " WHERE " + v.counted(who) + " AND " + who
	sales := "SELECT " + who + " AS customer_id, l.order_id, l.local_us, l.day, l.month, l.amount_minor, " + kind +
		" AS kind, l.product_id AS product, l.category_id AS category, l.is_return" + v.shown("sale", "l") + lines + " > 0"
	anonymous := "SELECT l.day, CAST(sum(l.amount_minor) AS BIGINT) AS amount_minor" + lines + " < 0 GROUP BY l.day"
	away := ""
	if v.merged {
		away = " LEFT JOIN " + v.schema + "aliases m ON m.customer_id = c.customer_id"
	}
	people := "SELECT c.customer_id, NULLIF(c.reference, '') AS reference, NULLIF(c.channel, '') AS channel, c.referred" +
		v.shown("customer", "c") + " FROM " + v.schema + "customers c" + away + " WHERE c.customer_id > 0"
	if v.merged {
		people += " AND m.customer_id IS NULL"
	}
	author, by := v.who("w")
	said := "SELECT w.answer_id, CASE WHEN " + author + " > 0 THEN " + author + ` END AS customer_id, w.local_us, w.day, w.kind,
		NULLIF(w.aspect, '') AS aspect, w.score, w.scale, w.score IS NOT NULL AS scored, w.delivered, w.finished,
		w.replied_local_us AS replied_us, w.solved_local_us AS solved_us, w.due_local_us AS due_us
		FROM ` + v.schema + "answers w" + by + " WHERE TRUE" + v.asOf("w")
	spent := "SELECT k.day, NULLIF(k.channel, '') AS channel, k.retention, k.amount_minor FROM " + v.schema + "costs k WHERE TRUE" + v.asOf("k")
	var out []string
	for _, view := range []struct{ name, query string }{
		{"sales", sales}, {"anonymous_sales", anonymous}, {"customers", people}, {"answers", said}, {"costs", spent},
		{"answer_attributes", v.answerAttributes()},
		{"category_values", "SELECT category_id AS code, name AS value FROM " + v.schema + "categories"},
		{"product_values", "SELECT product_id AS code, reference AS value FROM " + v.schema + "products"},
	} {
		out = append(out, "CREATE TEMP VIEW "+view.name+" AS "+view.query)
	}
	return out
}

func (v *viewing) answerAttributes() string {
	parts := []string{"SELECT CAST(0 AS BIGINT) AS answer_id, 0 AS attribute, CAST('' AS VARCHAR) AS value WHERE FALSE"}
	for _, n := range v.names.of("answer") {
		value := v.value("w", &n)
		parts = append(parts, fmt.Sprintf("SELECT w.answer_id, %d, CAST(%s AS VARCHAR) FROM %sanswers w WHERE %s IS NOT NULL",
			n.number, value, v.schema, value))
	}
	return strings.Join(parts, " UNION ALL ")
}

// make makes the views on a connection and says what there is.
func (v *viewing) make(ctx context.Context, conn *sql.Conn) (Facts, error) {
	for _, s := range v.statements() {
		if _, err := conn.ExecContext(ctx, s); err != nil {
			return Facts{}, fmt.Errorf("%w in %s", err, s)
		}
	}
	return v.facts(ctx, conn)
}

// facts says what there is, as the reader of files counts it.
func (v *viewing) facts(ctx context.Context, conn *sql.Conn) (f Facts, err error) {
	var lines, said, people, spent span
	who, join := v.who("l")
	var least, most sql.NullInt64 // numbers of lines: one and the same where every order has one
	var withKind, withCategory int64
	// Money is added up as DOUBLE PRECISION, exact far beyond any sum of it and faster than the wide integers of engines.
	ask := func(to []any, query string, args ...any) {
		if err == nil {
			query = fmt.Sprintf(query, args...)
			if err = conn.QueryRowContext(ctx, query).Scan(to...); err != nil {
				err = fmt.Errorf("%w in %s", err, query)
			}
		}
	}
	const total = "CAST(coalesce(sum(CASE WHEN %s THEN CAST(l.amount_minor AS DOUBLE PRECISION) END), 0) AS BIGINT)"
	sold, back := who+" > 0 AND NOT l.is_return", who+" > 0 AND l.is_return"
	ask([]any{
		&lines.first, &lines.last, &f.Lines, &f.Returns, &f.PaidMinor, &f.ReturnedMinor, &f.UnidentifiedMinor,
		&withKind, &withCategory, &least, &most,
	}, `SELECT min(l.local_us), max(l.local_us), count(CASE WHEN %s THEN 1 END), count(CASE WHEN %s THEN 1 END),
		`+fmt.Sprintf(total, sold)+", -"+fmt.Sprintf(total, back)+", "+fmt.Sprintf(total, who+" < 0")+`,
		count(CASE WHEN %s > 0 THEN coalesce(l.product_id, l.category_id) END), count(CASE WHEN %s > 0 THEN l.category_id END),
		min(CASE WHEN %s THEN l.line_no END), max(CASE WHEN %s THEN l.line_no END)
		FROM %ssale_lines l%s WHERE %s`, sold, back, who, who, sold, sold, v.schema, join, v.counted(who))
	var delivered, cases int64
	var highest sql.NullFloat64
	ask([]any{&said.first, &said.last, &f.Answers, &f.Skipped, &delivered, &cases, &highest},
		`SELECT min(local_us), max(local_us), count(*),
		count(CASE WHEN NOT scored AND kind <> 'case' AND (finished OR NOT delivered) THEN 1 END), count(CASE WHEN delivered THEN 1 END),
		count(coalesce(due_us, replied_us, solved_us)), max(CASE WHEN scored AND kind = 'csat' THEN greatest(score, scale) END) FROM answers`)
	ask([]any{&people.first, &people.last}, "SELECT count(channel), count(referred) FROM customers")
	var costs, retention int64
	ask([]any{&spent.first, &spent.last, &costs, &retention},
		"SELECT min(k.local_us), max(k.local_us), count(CASE WHEN NOT k.retention THEN 1 END), count(CASE WHEN k.retention THEN 1 END) FROM %scosts k WHERE TRUE%s",
		v.schema, v.asOf("k"))
	if err != nil {
		return f, err
	}
	f.Kinds, f.Categories = withKind > 0, withCategory > 0
	f.Delivered, f.Cases, f.HighestCSAT = delivered > 0, cases > 0, highest.Float64
	f.Channels, f.Referrals = people.first.Int64 > 0, people.last.Int64 > 0
	f.Costs, f.RetentionCosts = costs > 0, retention > 0
	f.FirstCost, f.LastCost = spent.first.Int64, spent.last.Int64
	f.OneRowPerOrder = least == most
	f.First, f.Last = math.MaxInt64, math.MinInt64
	for _, s := range []span{lines, said} {
		if s.first.Valid {
			f.First, f.Last, f.Any = min(f.First, s.first.Int64), max(f.Last, s.last.Int64), true
		}
	}
	if !f.Any {
		f.First, f.Last = 0, 0
	}
	return f, nil
}

type span struct{ first, last sql.NullInt64 }
