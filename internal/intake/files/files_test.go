package files_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/intake"
	"regulars/internal/intake/files"
	"regulars/internal/record/business"
	"regulars/internal/record/importer"
	"regulars/internal/record/schema/schematest"
)

// store is a store that files are taken into.
type store struct {
	t  testing.TB
	d  *db.DB
	in *intake.Intake
}

func each(t *testing.T, test func(t *testing.T, s *store)) {
	t.Helper()
	schematest.Each(t, func(t *testing.T, d *db.DB) { test(t, open(t, d)) })
}

func open(tb testing.TB, d *db.DB) *store {
	tb.Helper()
	in, err := intake.New(tb.Context(), d, business.Business{Zone: time.UTC, Currency: "EUR"})
	if err != nil {
		tb.Fatal(err)
	}
	return &store{tb, d, in}
}

// written writes files of the texts: orders, unless the name of another kind stands before a colon at its beginning.
func written(tb testing.TB, texts ...string) (paths []string, kinds []importer.Kind) {
	tb.Helper()
	dir := tb.TempDir()
	for i, text := range texts {
		kind := importer.Orders
		for _, k := range importer.Kinds() {
			if rest, ok := strings.CutPrefix(text, string(k)+":"); ok {
				kind, text = k, rest
			}
		}
		path := filepath.Join(dir, fmt.Sprintf("%s-%d.csv", kind, i))
		if err := os.WriteFile(path, []byte(strings.TrimLeft(text, "\n")), 0o600); err != nil {
			tb.Fatal(err)
		}
		paths, kinds = append(paths, path), append(kinds, kind)
	}
	return paths, kinds
}

// planned finds out how files are read.
func planned(ctx context.Context, tb testing.TB, paths []string, kinds []importer.Kind) (plans []*importer.Plan, o importer.Options) {
	tb.Helper()
	o = importer.Options{Zone: time.UTC, Digits: 2, Currency: "EUR"}
	for i, path := range paths {
		one := o
		one.Kind = kinds[i]
		plan, err := importer.Inspect(ctx, path, one)
		if err != nil {
			tb.Fatal(err)
		}
		plans = append(plans, plan)
	}
	return plans, o
}

// take imports files of the texts and gives what became of all facts together.
func (s *store) take(texts ...string) files.Tally {
	s.t.Helper()
	paths, kinds := written(s.t, texts...)
	results, err := s.run(s.t.Context(), 2, paths, kinds)
	if err != nil {
		s.t.Fatal(err)
	}
	var all files.Tally
	for _, r := range results {
		all.Created += r.Facts.Created
		all.Updated += r.Facts.Updated
		all.Unchanged += r.Facts.Unchanged
		all.Conflicts += r.Facts.Conflicts
		all.Refused += r.Facts.Refused
	}
	return all
}

func (s *store) run(ctx context.Context, facts int, paths []string, kinds []importer.Kind) ([]files.Result, error) {
	s.t.Helper()
	plans, o := planned(ctx, s.t, paths, kinds)
	folder := s.t.TempDir()
	results, err := files.Import(ctx, s.d, s.in, plans, files.Options{Source: "file", Import: o, Folder: folder, Facts: facts})
	if left, _ := os.ReadDir(folder); len(left) > 0 {
		s.t.Errorf("the import left %v behind", left)
	}
	return results, err
}

// facts are all facts in the store, whatever their ids, a line each, sorted.
func (s *store) facts() []string {
	s.t.Helper()
	return append(append(append(s.lines(`SELECT coalesce(c.reference, '-'), l.local_us / 1000000, l.amount_minor, l.quantity,
			coalesce(p.reference, ''), coalesce(g.name, ''), l.attributes, l.is_return, coalesce(o.reference, ''), coalesce(r.reference, ''), l.line_no,
			CASE WHEN l.order_id = l.fact_id THEN 'own' ELSE 'linked' END
			FROM sale_lines l LEFT JOIN customers c ON c.customer_id = l.customer_id LEFT JOIN products p ON p.product_id = l.product_id
			LEFT JOIN categories g ON g.category_id = l.category_id
			LEFT JOIN orders o ON o.customer_id = l.customer_id AND o.order_id = l.fact_id
			LEFT JOIN returns r ON r.customer_id = l.customer_id AND r.return_id = l.fact_id ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12`),
		s.lines(`SELECT c.reference, c.channel, c.referred, c.attributes FROM customers c ORDER BY 1`)...),
		s.lines(`SELECT coalesce(c.reference, '-'), a.local_us / 1000000, a.kind, a.aspect, a.score, a.scale, a.comment, a.attributes, a.reference
			FROM answers a LEFT JOIN customers c ON c.customer_id = a.customer_id ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9`)...),
		s.lines(`SELECT day, channel, retention, amount_minor, reference FROM costs ORDER BY 1, 2, 3, 4, 5`)...)
}

func (s *store) lines(query string) (all []string) {
	s.t.Helper()
	err := s.d.Read(s.t.Context(), func(tx *db.Tx) error {
		rows, err := tx.Query(query)
		if err != nil {
			return err
		}
		names, err := rows.Columns()
		if err != nil {
			return err
		}
		for rows.Next() {
			values, targets := make([]any, len(names)), make([]any, len(names))
			for i := range values {
				targets[i] = &values[i]
			}
			if err := rows.Scan(targets...); err != nil {
				return err
			}
			for i, v := range values {
				if b, ok := v.(bool); ok {
					values[i] = map[bool]int64{false: 0, true: 1}[b]
				}
			}
			all = append(all, strings.TrimSuffix(fmt.Sprintln(values...), "\n"))
		}
		return rows.Err()
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return all
}

func (s *store) number(query string) (n int64) {
	s.t.Helper()
	if err := s.d.Read(s.t.Context(), func(tx *db.Tx) error { return tx.QueryRow(query).Scan(&n) }); err != nil {
		s.t.Fatal(err)
	}
	return n
}

// want checks numbers that queries give.
func (s *store) want(queries map[string]int64) {
	s.t.Helper()
	for query, want := range queries {
		if got := s.number(query); got != want {
			s.t.Errorf("%s: %d, want %d", query, got, want)
		}
	}
}

const (
	countOrders  = "SELECT count(*) FROM orders"
	countReturns = "SELECT count(*) FROM returns"
	countLines   = "SELECT count(*) FROM sale_lines"
	countLinked  = "SELECT count(*) FROM sale_lines WHERE is_return AND order_id <> fact_id"
	countHistory = "SELECT count(*) FROM fact_history"
	sumLines     = "SELECT CAST(coalesce(sum(amount_minor), 0) AS BIGINT) FROM sale_lines"
	sumUnknown   = "SELECT CAST(coalesce(sum(amount_minor), 0) AS BIGINT) FROM sale_lines WHERE customer_id < 0"
)
