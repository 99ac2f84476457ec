package mirror

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/maphash"
	"math"

	"regulars/internal/base/db"
)

// differencesMost is how many differences are told one by one.
const differencesMost = 20

// Verify brings the copy up to date and compares it with the facts: every row of every table, customer by customer. It
// lists what differs as sentences; without any, the two are equal. Nothing is refreshed meanwhile.
func (f *Follower) Verify(ctx context.Context) (differences []string, err error) {
	f.refreshing.Lock()
	defer f.refreshing.Unlock()
	_, err = f.refresh(ctx, func(tx *db.Tx, w *writer) error {
		c := &comparison{tx: tx, w: w, seed: maphash.MakeSeed()}
		var err error
		differences, err = c.run(ctx)
		return err
	})
	return differences, err
}

// comparison sets the tables of a store beside those of its copy, both of one moment.
type comparison struct {
	tx    *db.Tx
	w     *writer
	names *attributeNames
	seed  maphash.Seed
	found []string
	more  int
}

func (c *comparison) run(ctx context.Context) ([]string, error) {
	var err error
	if c.names, err = c.w.readNames(ctx); err != nil {
		return nil, err
	}
	slices, err := cut(c.tx)
	if err != nil {
		return nil, err
	}
	for _, t := range []*table{aliases, costs, categories, products} {
		slices = append(slices, slice{table: t})
	}
	for _, s := range slices {
		if err := c.slice(ctx, s); err != nil {
			return nil, err
		}
	}
	if err := c.unnamed(ctx); err != nil {
		return nil, err
	}
	if c.more > 0 {
		c.found = append(c.found, fmt.Sprintf("and %d more differences", c.more))
	}
	return c.found, nil
}

// tally is what rows add up to: two sets of rows with the same tally are the same, but for chance of 1 in 2^64.
type tally struct {
	rows int64
	sum  uint64
}

func (c *comparison) slice(ctx context.Context, s slice) error {
	facts, err := c.facts(s)
	if err != nil {
		return err
	}
	copied, err := c.copied(ctx, s)
	if err != nil {
		return err
	}
	for key, want := range facts {
		got, there := copied[key]
		if got != want && (there || s.key == "" || s.attributes != "") { // a product nobody has bought is not in the copy
			c.differ(s.table, key, got, want)
		}
		delete(copied, key)
	}
	for key, got := range copied {
		c.differ(s.table, key, got, tally{})
	}
	return nil
}

// unnamed counts lines whose product or category the copy cannot name.
func (c *comparison) unnamed(ctx context.Context) error {
	for _, t := range []*table{products, categories} {
		var n int64
		err := c.w.conn.QueryRowContext(ctx, fmt.Sprintf(`SELECT count(*) FROM sale_lines l LEFT JOIN %s n ON n.%s = l.%s
			WHERE l.%s IS NOT NULL AND n.%s IS NULL`, t.name, t.key, t.key, t.key, t.key)).Scan(&n)
		if err != nil {
			return fmt.Errorf("look for lines without %s: %w", t.name, err)
		}
		if n > 0 {
			c.found = append(c.found, fmt.Sprintf("the columnar copy has %d lines whose entry in %s it does not have", n, t.name))
		}
	}
	return nil
}

func (c *comparison) differ(t *table, key int64, got, want tally) {
	if len(c.found) == differencesMost {
		c.more++
		return
	}
	of := ""
	if t.attributes != "" {
		of = fmt.Sprintf(" of customer %d", key)
	}
	if got.rows == want.rows {
		c.found = append(c.found, fmt.Sprintf("the columnar copy says other things in %s%s than the facts do", t.name, of))
		return
	}
	c.found = append(c.found, fmt.Sprintf("the columnar copy has %d rows in %s%s where the facts have %d", got.rows, t.name, of, want.rows))
}

// keyOf is by what rows are compared: by customer, product or category; costs as a whole.
func (t *table) keyOf(row []any) int64 {
	if t == costs {
		return 0
	}
	id, _ := row[0].(int64)
	return id
}

func (c *comparison) facts(s slice) (map[int64]tally, error) {
	query, args := s.query()
	if s.attributes == "" {
		query, args = s.selection(), nil
	}
	rows, err := c.tx.Query(query, args...)
	if err != nil {
		return nil, err
	}
	out, sh := map[int64]tally{}, newShape(s.table, c.names)
	row := make([]any, sh.width())
	for rows.Next() {
		if err := sh.scan(rows, row); err != nil {
			return nil, err
		}
		c.count(out, s.keyOf(row), row)
	}
	return out, rows.Close()
}

func (c *comparison) copied(ctx context.Context, s slice) (out map[int64]tally, err error) {
	query := s.copyQuery(c.names)
	rows, err := c.w.conn.QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("%w in %s", err, query)
	}
	defer func() { err = errors.Join(err, rows.Err(), rows.Close()) }()
	columns, err := rows.Columns()
	if err != nil {
		return nil, fmt.Errorf("columns of %s: %w", s.name, err)
	}
	row, targets := make([]any, len(columns)), make([]any, len(columns))
	for i := range row {
		targets[i] = &row[i]
	}
	out = map[int64]tally{}
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return nil, fmt.Errorf("read %s: %w", s.name, err)
		}
		c.count(out, s.keyOf(row), row)
	}
	return out, nil
}

// copyQuery reads the slice out of the copy, its values in the order of a shape's.
func (s *slice) copyQuery(names *attributeNames) string {
	query := "SELECT "
	for i, c := range s.columns {
		if i > 0 {
			query += ", "
		}
		query += c.name
	}
	for _, n := range names.of(s.attributes) {
		query += ", " + n.column()
	}
	query += " FROM " + s.name + " WHERE TRUE"
	for _, b := range []struct {
		sql.NullInt64
		test string
	}{{s.from, ">="}, {s.to, "<"}} {
		if b.Valid {
			query += fmt.Sprintf(" AND customer_id %s %d", b.test, b.Int64)
		}
	}
	return query
}

func (c *comparison) count(to map[int64]tally, key int64, row []any) {
	var h maphash.Hash
	h.SetSeed(c.seed)
	var word [9]byte
	for _, v := range row {
		switch v := v.(type) {
		case int64:
			word[0] = 'i'
			binary.LittleEndian.PutUint64(word[1:], uint64(v))
			_, _ = h.Write(word[:])
		case int32:
			word[0] = 'i'
			binary.LittleEndian.PutUint64(word[1:], uint64(int64(v)))
			_, _ = h.Write(word[:])
		case float64:
			word[0] = 'f'
			binary.LittleEndian.PutUint64(word[1:], math.Float64bits(v))
			_, _ = h.Write(word[:])
		case bool:
			word[0] = 'n'
			if v {
				word[0] = 'y'
			}
			_ = h.WriteByte(word[0])
		case string:
			_ = h.WriteByte('s')
			_, _ = h.WriteString(v)
		default:
			_ = h.WriteByte('0')
		}
		_ = h.WriteByte(0)
	}
	t := to[key]
	t.rows++
	t.sum += h.Sum64()
	to[key] = t
}
