package db

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// Pragma asks the connection that writes, or one that reads.
func Pragma(ctx context.Context, d *DB, writing bool, name string) (value string, err error) {
	s := d.engine.(*store)
	query := "PRAGMA " + name
	if writing {
		// Between groups, since a connection serves one goroutine at a time.
		err = s.writer.exclusive(ctx, func() error { return s.writer.conn.inner.QueryRowContext(ctx, query).Scan(&value) })
		return value, err
	}
	c, err := s.reader(ctx)
	if err != nil {
		return "", err
	}
	defer func() { s.readers <- c }()
	return value, c.inner.QueryRowContext(ctx, query).Scan(&value)
}

// Waiting is how many writes are queued.
func Waiting(d *DB) int { return len(d.engine.(*store).writer.queue) }

// Prepared is how many statements the connection that writes has prepared.
func Prepared(ctx context.Context, d *DB) (n int, err error) {
	w := d.engine.(*store).writer
	err = w.exclusive(ctx, func() error { n = len(w.conn.prepared); return nil })
	return n, err
}

// StatementsKept is the bound of that.
const StatementsKept = statementsKept

// Unsharded is exported for its table of names.
func Unsharded(constraint string) string { return unsharded(constraint) }

// Pause is exported for its bounds.
func Pause(n int) time.Duration { return pause(n) }

// ConstraintOf is exported for the sentences that come from a cluster's machines without their fields.
func ConstraintOf(e *pgconn.PgError) string { return constraintOf(e) }

// Halfway is exported for its codes.
func Halfway(err error) bool { return halfway(err) }
