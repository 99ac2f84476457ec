package mirror

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"regulars/internal/base/columnar"
	"regulars/internal/record/feed"
)

// format is the number of the copy's layout: a copy of another one is made anew.
const format = 1

// writer is the connection of the one who changes the copy, in a transaction.
type writer struct {
	conn   *sql.Conn
	names  *attributeNames
	sure   bool // the copy is there, and of this format
	taken  time.Time
	open   bool  // in a transaction
	dirty  bool  // something was written in it that a second run would write again
	erased int64 // microseconds: since when somebody's traces may be in free space of the file; 0: they are not
}

func newWriter(ctx context.Context, columns *columnar.DB) (*writer, error) {
	conn, err := columns.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("connect to the columnar copy: %w", err)
	}
	return &writer{conn: conn}, nil
}

func (w *writer) close() error { return w.conn.Close() }

func (w *writer) exec(ctx context.Context, query string) error {
	if _, err := w.conn.ExecContext(ctx, query); err != nil {
		return fmt.Errorf("%w in %s", err, query)
	}
	return nil
}

func (w *writer) begin(ctx context.Context) error {
	w.open = true
	return w.exec(ctx, "BEGIN TRANSACTION")
}

// rollback leaves the copy as it was, also when the caller's context has ended.
func (w *writer) rollback(ctx context.Context) error {
	if !w.open {
		return nil
	}
	w.open = false
	// A connection that cannot do even that is not lent again, and its transaction ends with it.
	if err := w.exec(context.WithoutCancel(ctx), "ROLLBACK"); err != nil {
		return discard(w.conn)
	}
	return nil
}

func (w *writer) commit(ctx context.Context, s state) error {
	err := w.exec(ctx, "DELETE FROM copy_state")
	if err == nil {
		err = w.exec(ctx, fmt.Sprintf("INSERT INTO copy_state VALUES (%d, %s, %d, %d, %d)", format, columnar.Quote(s.Store), s.Serial, s.Taken.UnixMicro(), w.erased))
	}
	if err == nil {
		err = w.exec(context.WithoutCancel(ctx), "COMMIT") // interrupted, it may have been or not
	}
	if err != nil {
		return errors.Join(err, w.rollback(ctx))
	}
	w.open = false
	return nil
}

// checkpoint moves what was written from the log into the file.
func (w *writer) checkpoint(ctx context.Context) error { return w.exec(ctx, "CHECKPOINT") }

// stand is where the copy stands; known is false where there is none, or one of another format.
func (w *writer) stand(ctx context.Context) (p feed.Position, known bool, err error) {
	if !w.sure { // the question takes longer than a small refresh
		var there int
		err = w.conn.QueryRowContext(ctx, `SELECT count(*) FROM information_schema.columns
			WHERE table_name = 'copy_state' AND column_name IN ('format', 'store', 'serial', 'taken_us', 'erased_us')`).Scan(&there)
		const columns = 5
		if err != nil || there != columns {
			return p, false, err
		}
	}
	var have int
	var taken int64
	switch err := w.conn.QueryRowContext(ctx, "SELECT format, store, serial, taken_us, erased_us FROM copy_state").Scan(&have, &p.Store, &p.Serial, &taken, &w.erased); {
	case errors.Is(err, sql.ErrNoRows):
		return p, false, nil
	case err != nil:
		return p, false, fmt.Errorf("read the position of the copy: %w", err)
	case have != format:
		return p, false, nil
	}
	w.taken = time.UnixMicro(taken).UTC()
	return p, true, nil
}

// readNames reads the names of attributes that the copy has columns for.
func (w *writer) readNames(ctx context.Context) (*attributeNames, error) {
	rows, err := w.conn.QueryContext(ctx, "SELECT kind, folded, name FROM attribute_names ORDER BY place")
	if err != nil {
		return nil, fmt.Errorf("read the names of attributes: %w", err)
	}
	out := &attributeNames{}
	for rows.Next() && err == nil {
		var n attributeName
		err = rows.Scan(&n.kind, &n.folded, &n.name)
		out.add(n)
	}
	if err := errors.Join(err, rows.Err(), rows.Close()); err != nil {
		return nil, fmt.Errorf("read the names of attributes: %w", err)
	}
	return out, nil
}

// writeNames keeps the names from the given one on, in their order, which their columns follow.
func (w *writer) writeNames(ctx context.Context, from int) error {
	for i, n := range w.names.list[from:] {
		err := w.exec(ctx, fmt.Sprintf("INSERT INTO attribute_names VALUES (%s, %s, %s, %d)",
			columnar.Quote(n.kind), columnar.Quote(n.folded), columnar.Quote(n.name), from+i))
		if err != nil {
			return err
		}
	}
	return nil
}

// load begins to append to a table.
func (w *writer) load(s *shape) (*columnar.Loader, error) {
	return columnar.LoadOn(w.conn, s.name, s.width())
}
