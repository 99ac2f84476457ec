package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// Tx is a transaction. It serves one goroutine at a time, until the function it was given to returns.
type Tx struct {
	// Now is the transaction's one clock value, UTC, whole microseconds.
	Now time.Time

	ctx     context.Context
	session session
	rows    []*Rows // opened; closed at the end, whatever the function forgot
	raw     error   // the first error of a statement, as the driver gave it
	failed  error   // the same, as a fault
	serial  int64   // its number in the feed, once asked for
	over    atomic.Bool
	after   []func()
}

// session runs statements on a connection that is in a transaction.
type session interface {
	exec(ctx context.Context, query string, args []any) (sql.Result, error)
	// query also returns what to do when the rows are closed.
	query(ctx context.Context, query string, args []any) (*sql.Rows, func(), error)
	// shared says that transactions of others run at the same time.
	shared() bool
	// cluster says that tables are spread over several machines.
	cluster() bool
	// explain turns a driver's error into a fault, or says what failed.
	explain(ctx context.Context, err error) error
}

func newTx(ctx context.Context, s session, now time.Time) *Tx {
	return &Tx{Now: now.UTC().Truncate(time.Microsecond), ctx: ctx, session: s}
}

// AfterCommit has the function called once what the transaction wrote is durable, and not at all otherwise: for what is
// remembered outside of the database.
func (tx *Tx) AfterCommit(fn func()) { tx.after = append(tx.after, fn) }

var errOver = errors.New("a transaction was used after its function returned")

// ready converts arguments, unless the transaction is past use.
func (tx *Tx) ready(args []any) ([]any, error) {
	if tx.over.Load() {
		return nil, errOver
	}
	if tx.failed != nil {
		return nil, tx.failed
	}
	converted, err := arguments(args)
	if err != nil {
		tx.failed = err
	}
	return converted, err
}

// fail remembers the first error of a statement: from then on the transaction only fails.
func (tx *Tx) fail(err error) error {
	if tx.failed == nil {
		tx.raw = err
		tx.failed = tx.session.explain(tx.ctx, err)
	}
	return tx.failed
}

// Exec runs a statement and tells how many rows it touched.
func (tx *Tx) Exec(query string, args ...any) (int64, error) {
	args, err := tx.ready(args)
	if err != nil {
		return 0, err
	}
	result, err := tx.session.exec(tx.ctx, query, args)
	if err != nil {
		return 0, tx.fail(err)
	}
	n, err := result.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("count the rows touched: %w", err)
	}
	return n, nil
}

// Query runs a statement that returns rows. They are to be closed, or read to the end, before the next statement.
func (tx *Tx) Query(query string, args ...any) (*Rows, error) {
	args, err := tx.ready(args)
	if err != nil {
		return nil, err
	}
	inner, closed, err := tx.session.query(tx.ctx, query, args) //nolint:rowserrcheck // Rows.Err is for the caller to check
	if err != nil {
		return nil, tx.fail(err)
	}
	rows := &Rows{tx: tx, inner: inner, closed: closed}
	tx.rows = append(tx.rows, rows)
	return rows, nil
}

// QueryRow runs a statement that returns one row; Scan on it gives sql.ErrNoRows when there is none.
func (tx *Tx) QueryRow(query string, args ...any) *Row {
	rows, err := tx.Query(query, args...)
	return &Row{rows: rows, err: err}
}

// Numbers runs a query of names and numbers, and gives each number by its name.
func (tx *Tx) Numbers(query string, args ...any) (map[string]int64, error) {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return nil, err
	}
	all := map[string]int64{}
	for rows.Next() {
		var name string
		var n int64
		if err := rows.Scan(&name, &n); err != nil {
			return nil, err
		}
		all[name] = n
	}
	return all, rows.Close()
}

// Maps runs a query and gives its rows by the names of their columns, for showing and keeping them whole.
func (tx *Tx) Maps(query string, args ...any) ([]map[string]any, error) {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return nil, err
	}
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	out := []map[string]any{}
	for rows.Next() {
		values, targets := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			targets[i] = &values[i]
		}
		if err := rows.Scan(targets...); err != nil {
			return nil, err
		}
		row := make(map[string]any, len(columns))
		for i, name := range columns {
			row[name] = values[i]
		}
		out = append(out, row)
	}
	return out, rows.Close()
}

// verdict is the outcome of the transaction so far, given what its function returned.
func (tx *Tx) verdict(err error) error {
	if err == nil {
		return tx.failed
	}
	return err
}

// end closes what is open and refuses further use.
func (tx *Tx) end() {
	if tx.over.Swap(true) {
		return
	}
	for _, r := range tx.rows {
		if err := r.Close(); err != nil && tx.failed == nil {
			tx.failed = err
		}
	}
	tx.rows = nil
}

// Rows are read one after another: for rows.Next() { rows.Scan(...) }, then rows.Err().
type Rows struct {
	tx     *Tx
	inner  *sql.Rows
	closed func()
}

// Next goes to the next row, and closes the rows after the last one.
func (r *Rows) Next() bool {
	if r.inner.Next() {
		return true
	}
	r.release()
	return false
}

// Columns are the names of the columns.
func (r *Rows) Columns() ([]string, error) {
	names, err := r.inner.Columns()
	if err != nil {
		return nil, fmt.Errorf("name the columns: %w", err)
	}
	return names, nil
}

// Scan copies the columns of the row; a *time.Time takes UTC microseconds.
func (r *Rows) Scan(targets ...any) error {
	if err := r.inner.Scan(destinations(targets)...); err != nil {
		return fmt.Errorf("read a row: %w", err)
	}
	return nil
}

// Err is what ended the rows before their last.
func (r *Rows) Err() error {
	if err := r.inner.Err(); err != nil {
		return r.tx.fail(err)
	}
	return nil
}

// Close ends the rows; it may be called again.
func (r *Rows) Close() error {
	err := r.inner.Close()
	r.release()
	if err != nil {
		return r.tx.fail(err)
	}
	return r.Err()
}

func (r *Rows) release() {
	if r.closed != nil {
		r.closed()
		r.closed = nil
	}
}

// Row is the first row of a query, read when scanned.
type Row struct {
	rows *Rows
	err  error
}

// Scan copies the columns of the row, or gives sql.ErrNoRows.
func (r *Row) Scan(targets ...any) error {
	if r.err != nil {
		return r.err
	}
	var err error
	if r.rows.Next() {
		err = r.rows.Scan(targets...)
	} else {
		err = sql.ErrNoRows
	}
	if closed := r.rows.Close(); closed != nil {
		return closed
	}
	return err
}
