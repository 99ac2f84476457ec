package mirror

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"regulars/internal/base/columnar"
	"regulars/internal/base/db"
	"regulars/internal/record/feed"
)

// rebuildInto makes the copy anew. The tables of customers are read in slices by several readers at once, each slice as
// it is at its own moment; then what has changed since the beginning is taken over once more, in one transaction, and
// all of it is of one moment.
func (f *Follower) rebuildInto(ctx context.Context, w *writer, r *Refreshed, then func(*db.Tx, *writer) error) (s state, err error) {
	var from feed.Position
	var slices []slice
	err = f.store.Read(ctx, func(tx *db.Tx) error {
		if from, err = feed.Now(tx); err != nil {
			return err
		}
		if w.names, err = readNames(tx, &attributeNames{}); err != nil {
			return err
		}
		if err := w.createAll(ctx); err != nil {
			return err
		}
		for _, t := range []*table{aliases, costs, categories, products} {
			if err := w.append(tx, t); err != nil {
				return err
			}
		}
		slices, err = cut(tx)
		return err
	})
	if err != nil {
		return s, err
	}
	if err := f.load(ctx, w, slices); err != nil {
		return s, err
	}
	s, known, err := f.followInto(ctx, w, from, r, then)
	if err == nil && !known {
		err = errors.New("the feed was cut while the copy was made")
	}
	return s, err
}

// createAll makes empty tables.
func (w *writer) createAll(ctx context.Context) error {
	statements := []string{
		"CREATE OR REPLACE TABLE copy_state (format INTEGER, store VARCHAR, serial BIGINT, taken_us BIGINT, erased_us BIGINT)",
		"CREATE OR REPLACE TABLE attribute_names (kind VARCHAR, folded VARCHAR, name VARCHAR, place INTEGER)",
	}
	for _, t := range tables() {
		statements = append(statements, t.create(w.names))
	}
	for _, s := range statements {
		if err := w.exec(ctx, s); err != nil {
			return err
		}
	}
	return w.writeNames(ctx, 0)
}

// slice is the rows of a table from one customer to before another.
type slice struct {
	*table
	from, to sql.NullInt64 // null: no bound
}

// Slices are of about so many customers, and of the range of those nobody knows so many.
const (
	sliceCustomers = 2000
	slicesUnknown  = 16
)

// cut finds slices of about equal size.
func cut(tx *db.Tx) ([]slice, error) {
	// Numbers of nobody known are made as time goes on, and so lie about evenly between the first and the last.
	var least, most sql.NullInt64
	if err := tx.QueryRow("SELECT min(customer_id), max(customer_id) FROM sale_lines WHERE customer_id < 0").Scan(&least, &most); err != nil {
		return nil, err
	}
	var bounds []int64
	if step := (most.Int64 - least.Int64) / slicesUnknown; step > 0 {
		for i := range int64(slicesUnknown) {
			bounds = append(bounds, least.Int64+(i+1)*step)
		}
	}
	rows, err := tx.Query(`SELECT customer_id FROM (SELECT customer_id, row_number() OVER (ORDER BY customer_id) AS n FROM customers) c
		WHERE n % $1 = 0 AND customer_id > 0 ORDER BY customer_id`, sliceCustomers)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		bounds = append(bounds, id)
	}
	if err := rows.Close(); err != nil {
		return nil, err
	}
	var out []slice
	for _, t := range []*table{saleLines, customers, answers} {
		var from sql.NullInt64
		for _, b := range bounds {
			to := sql.NullInt64{Int64: b, Valid: true}
			out = append(out, slice{t, from, to})
			from = to
		}
		out = append(out, slice{t, from, sql.NullInt64{}})
	}
	return out, nil
}

// query reads the slice, in the order of customers: facts of one lie together in the copy too.
func (s *slice) query() (query string, args []any) {
	query = s.selection() + " WHERE TRUE"
	for _, b := range []struct {
		sql.NullInt64
		test string
	}{{s.from, ">="}, {s.to, "<"}} {
		if b.Valid {
			args = append(args, b.Int64)
			query += fmt.Sprintf(" AND customer_id %s $%d", b.test, len(args))
		}
	}
	return query + " ORDER BY customer_id", args
}

const (
	blockOfRows = 2048
	readers     = 2
)

// block is rows of one table on their way from a reader to the copy.
type block struct {
	*table
	width, n int
	values   []any
}

// load reads slices by several readers and appends what they read.
func (f *Follower) load(ctx context.Context, w *writer, slices []slice) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	todo := make(chan slice, len(slices))
	for _, s := range slices {
		todo <- s
	}
	close(todo)
	full := make(chan *block, 2*readers)
	var reading sync.WaitGroup
	for range readers {
		reading.Go(func() {
			for s := range todo {
				if err := f.readSlice(ctx, w.names, s, full); err != nil {
					cancel(err)
					return
				}
			}
		})
	}
	go func() {
		reading.Wait()
		close(full)
	}()
	if err := w.appendBlocks(full, cancel); err != nil {
		return err
	}
	return context.Cause(ctx) //nolint:wrapcheck // as the reader gave it
}

// readSlice reads one slice. What was handed on cannot be taken back, so a read that would begin again fails instead.
func (f *Follower) readSlice(ctx context.Context, names *attributeNames, s slice, full chan<- *block) error {
	begun := false
	return f.store.Read(ctx, func(tx *db.Tx) error {
		if begun {
			return errors.New("the connection to the store broke while the copy was made")
		}
		begun = true
		query, args := s.query()
		rows, err := tx.Query(query, args...)
		if err != nil {
			return err
		}
		sh := newShape(s.table, names)
		b := sh.block()
		for rows.Next() {
			if err := sh.scan(rows, b.values[b.n*b.width:(b.n+1)*b.width]); err != nil {
				return err
			}
			if b.n++; b.n == blockOfRows {
				if err := hand(ctx, full, b); err != nil {
					return err
				}
				b = sh.block()
			}
		}
		if err := rows.Close(); err != nil {
			return err
		}
		return hand(ctx, full, b)
	})
}

func (s *shape) block() *block {
	return &block{table: s.table, width: s.width(), values: make([]any, blockOfRows*s.width())}
}

func hand(ctx context.Context, full chan<- *block, b *block) error {
	select {
	case full <- b:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx) //nolint:wrapcheck // as it was given
	}
}

// appendBlocks appends what comes, and after an error lets the rest pass, so that nobody waits.
func (w *writer) appendBlocks(full <-chan *block, failed func(error)) (err error) {
	loaders := map[*table]*columnar.Loader{}
	for b := range full {
		if err != nil {
			continue
		}
		l := loaders[b.table]
		if l == nil {
			if l, err = w.load(newShape(b.table, w.names)); err != nil {
				failed(err)
				continue
			}
			loaders[b.table] = l
		}
		if err = b.appendTo(l); err != nil {
			failed(err)
		}
	}
	for _, l := range loaders {
		err = errors.Join(err, l.Close())
	}
	return err
}

func (b *block) appendTo(l *columnar.Loader) error {
	for i := range b.n {
		for j, v := range b.values[i*b.width : (i+1)*b.width] {
			l.Row()[j] = v
		}
		if err := l.Append(); err != nil {
			return err
		}
	}
	return nil
}
