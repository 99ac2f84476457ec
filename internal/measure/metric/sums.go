package metric

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"regulars/internal/base/stats"
)

// sums holds, for every column asked for, its totals and products by frame, and the products between two frames of
// the same customers. It is filled by few queries: one a relation, and one a pair of relations that a measure joins.
type sums struct {
	n        map[string]map[int]float64  // relation, frame: customers
	totals   map[Column]map[int]float64  // column, frame
	products map[product]map[int]float64 // within one frame
	across   map[product]map[pair]float64
}

type product struct{ a, b Column }
type pair struct{ first, second int }

// sumsFor runs the queries for the measures made of totals.
func (e *Engine) sumsFor(ctx context.Context, list []*Definition) (*sums, error) {
	s := &sums{
		n: map[string]map[int]float64{}, totals: map[Column]map[int]float64{},
		products: map[product]map[int]float64{}, across: map[product]map[pair]float64{},
	}
	var relationsUsed []string
	columns := map[string][]Column{}
	within := map[[2]string][]product{}
	for _, m := range list {
		for i, a := range m.Columns {
			if !slices.Contains(columns[a.Relation], a) {
				columns[a.Relation] = append(columns[a.Relation], a)
			}
			if !slices.Contains(relationsUsed, a.Relation) {
				relationsUsed = append(relationsUsed, a.Relation)
			}
			for j, b := range m.Columns {
				p, key := product{a, b}, [2]string{a.Relation, b.Relation}
				if (i <= j || a.Relation != b.Relation) && !slices.Contains(within[key], p) {
					within[key] = append(within[key], p)
				}
			}
		}
	}
	for _, r := range relationsUsed {
		if err := e.ensure(ctx, strings.SplitN(r, ":", 2)[0]); err != nil {
			return nil, err
		}
		if err := e.sumWithin(ctx, s, r, columns[r], within[[2]string{r, r}]); err != nil {
			return nil, err
		}
	}
	for i, a := range relationsUsed {
		for j, b := range relationsUsed {
			ps := within[[2]string{a, b}]
			if len(ps) == 0 {
				continue
			}
			if i < j { // the other way round they are the same products
				if err := e.sumJoined(ctx, s, a, b, ps); err != nil {
					return nil, err
				}
			}
			if err := e.sumAcross(ctx, s, a, b, ps); err != nil {
				return nil, err
			}
		}
	}
	return s, nil
}

// from is a relation as a table with frame, customer_id and the columns x0, x1 ... of the request, and alike where it has it.
func (e *Engine) from(relation string, columns []Column) string {
	table, subject, hasSubject := strings.Cut(relation, ":")
	var b strings.Builder
	b.WriteString("(SELECT frame, customer_id")
	for i, c := range columns {
		fmt.Fprintf(&b, ", CAST(%s AS DOUBLE PRECISION) AS x%d", c.SQL, i)
	}
	if relations[table].alike {
		b.WriteString(", CAST(alike AS DOUBLE PRECISION) AS alike")
	}
	b.WriteString(" FROM " + table)
	if hasSubject {
		b.WriteString(" WHERE subject = '" + subject + "'")
	}
	return b.String() + ")"
}

// timesAlike makes a sum over the rows of a relation one over customers.
func timesAlike(relation, of string) string {
	if table, _, _ := strings.Cut(relation, ":"); !relations[table].alike {
		return ""
	}
	return " * " + of + "alike"
}

func (e *Engine) sumWithin(ctx context.Context, s *sums, relation string, columns []Column, products []product) error {
	var query strings.Builder
	times := timesAlike(relation, "r.")
	if times == "" {
		query.WriteString("SELECT frame, CAST(count(*) AS DOUBLE PRECISION)")
	} else {
		query.WriteString("SELECT frame, sum(alike)")
	}
	for i := range columns {
		fmt.Fprintf(&query, ", coalesce(sum(x%d%s), 0)", i, times)
	}
	for _, p := range products {
		fmt.Fprintf(&query, ", coalesce(sum(x%d * x%d%s), 0)", slices.Index(columns, p.a), slices.Index(columns, p.b), times)
	}
	// OFFSET 0 changes nothing, and keeps PostgreSQL from working every column out again in each product that it is in.
	query.WriteString(" FROM (SELECT * FROM " + e.from(relation, columns) + " c OFFSET 0) r GROUP BY frame")
	s.n[relation] = map[int]float64{}
	return rows(ctx, e.conn, query.String(), func(r *sql.Rows) error {
		var frame int
		values := make([]float64, 1+len(columns)+len(products))
		if err := r.Scan(targets(values, &frame)...); err != nil {
			return err
		}
		s.n[relation][frame] = values[0]
		for i, c := range columns {
			put(s.totals, c, frame, values[1+i])
		}
		for i, p := range products {
			put(s.products, p, frame, values[1+len(columns)+i])
			put(s.products, product{p.b, p.a}, frame, values[1+len(columns)+i])
		}
		return nil
	})
}

// sumJoined adds up products of columns of two relations, over customers who are in both in the same frame.
func (e *Engine) sumJoined(ctx context.Context, s *sums, a, b string, products []product) error {
	return e.sumPairs(ctx, a, b, products, "a.frame = b.frame", func(p product, f pair, v float64) {
		put(s.products, p, f.first, v)
		put(s.products, product{p.b, p.a}, f.first, v)
	})
}

// sumAcross adds up products over customers who are in the window and in the window before, or in a group and in all.
func (e *Engine) sumAcross(ctx context.Context, s *sums, a, b string, products []product) error {
	var both []product
	for _, p := range products {
		both = append(both, p)
		if a == b && p.a != p.b {
			both = append(both, product{p.b, p.a})
		}
	}
	// Both sides are named in full: an engine does not conclude from b = a + 1 that it needs only two frames of b.
	on := fmt.Sprintf("a.frame IN (%d, %d) AND b.frame IN (%d, %d) AND b.frame = a.frame + 1",
		frameWindow, frameYear, framePrevious, frameLastYear)
	add := func(p product, f pair, v float64) { put(s.across, p, f, v) }
	if len(e.groups) > 0 {
		groups := fmt.Sprintf("a.frame >= %d AND b.frame = %d", frameGroups, frameWindow)
		if err := e.sumPairs(ctx, a, b, both, groups, add); err != nil {
			return err
		}
	}
	return e.sumPairs(ctx, a, b, both, on, add)
}

func (e *Engine) sumPairs(ctx context.Context, a, b string, products []product, on string, add func(product, pair, float64)) error {
	var ca, cb []Column
	for _, p := range products {
		if !slices.Contains(ca, p.a) {
			ca = append(ca, p.a)
		}
		if !slices.Contains(cb, p.b) {
			cb = append(cb, p.b)
		}
	}
	var query strings.Builder
	query.WriteString("SELECT a.frame, b.frame")
	for _, p := range products {
		fmt.Fprintf(&query, ", sum(a.x%d * b.x%d%s)", slices.Index(ca, p.a), slices.Index(cb, p.b), timesAlike(a, "a."))
	}
	fmt.Fprintf(&query, " FROM %s a JOIN %s b ON b.customer_id = a.customer_id AND %s GROUP BY a.frame, b.frame",
		e.from(a, ca), e.from(b, cb), on)
	return rows(ctx, e.conn, query.String(), func(r *sql.Rows) error {
		var f pair
		values := make([]float64, len(products))
		if err := r.Scan(targets(values, &f.first, &f.second)...); err != nil {
			return err
		}
		for i, p := range products {
			add(p, f, values[i])
		}
		return nil
	})
}

func targets(values []float64, first ...any) []any {
	for i := range values {
		first = append(first, &values[i])
	}
	return first
}

func put[K, F comparable](m map[K]map[F]float64, key K, frame F, v float64) {
	if m[key] == nil {
		m[key] = map[F]float64{}
	}
	m[key][frame] = v
}

// of gathers what a measure needs of one frame.
func (s *sums) of(m *Definition, frame int) stats.Sums {
	out := stats.Sums{T: make([]float64, len(m.Columns)), C: make([][]float64, len(m.Columns))}
	for i, a := range m.Columns {
		out.N = max(out.N, s.n[a.Relation][frame])
		out.T[i] = s.totals[a][frame]
		out.C[i] = make([]float64, len(m.Columns))
		for j, b := range m.Columns {
			out.C[i][j] = s.products[product{a, b}][frame]
		}
	}
	return out
}

// between gathers the products of the same customers in two frames.
func (s *sums) between(m *Definition, first, second int) [][]float64 {
	out := make([][]float64, len(m.Columns))
	for i, a := range m.Columns {
		out[i] = make([]float64, len(m.Columns))
		for j, b := range m.Columns {
			out[i][j] = s.across[product{a, b}][pair{first, second}]
		}
	}
	return out
}
