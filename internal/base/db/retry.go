package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// Bounds of running a transaction again: about ten seconds in all, enough for a server to restart.
const (
	attemptsMost = 18
	pauseFirst   = 5 * time.Millisecond
	pauseMost    = time.Second
)

// again runs an attempt until it succeeds, fails for good, or the bound is reached. An attempt that wants to be run
// again has left nothing behind.
func (s *server) again(ctx context.Context, attempt func() (again bool, err error)) error {
	for n := 1; ; n++ {
		again, err := attempt()
		if err == nil || !again || n == attemptsMost {
			return err
		}
		timer := time.NewTimer(pause(n))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return err
		}
		s.retries.Add(1)
	}
}

// pause is how long to wait after the nth attempt: doubling, and from half of it on at random, so that two that
// collided do not collide again.
func pause(n int) time.Duration {
	whole := pauseMost
	if n < 16 {
		whole = min(pauseFirst<<(n-1), pauseMost)
	}
	return whole/2 + rand.N(whole/2+1) //nolint:gosec // no secret: it only keeps callers apart
}

// passing tells whether an error passes by itself: the transaction lost against another, or the server restarts.
func passing(err error) bool {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		var connect *pgconn.ConnectError
		return errors.As(err, &connect) || errors.Is(err, driver.ErrBadConn)
	}
	switch e.Code {
	case "40001", "40P01", // serialization failure, deadlock
		"57P01", "57P02", "57P03", // the server stops, crashed, starts
		"53300": // more connections than it takes
		return true
	case "0A000": // the first use of a prepared statement after a migration changed its columns
		return strings.Contains(e.Message, "cached plan must not change result type")
	}
	return strings.HasPrefix(e.Code, "08") // connection exceptions
}

// lost tells whether the connection is gone, which is certain only of the connection itself: the error may be anything.
func lost(conn *sql.Conn, err error) bool {
	closed := false
	raw := conn.Raw(func(inner any) error {
		c, err := pgxConn(inner)
		closed = err == nil && c.IsClosed()
		return nil
	})
	return closed || errors.Is(raw, driver.ErrBadConn) || network(err)
}

// pgxConn is the connection behind that of database/sql.
func pgxConn(inner any) (*pgx.Conn, error) {
	c, ok := inner.(*stdlib.Conn)
	if !ok {
		return nil, fmt.Errorf("not a connection to PostgreSQL: %T", inner)
	}
	return c.Conn(), nil
}

// network tells whether an error is one of the connection and not of what was sent over it.
func network(err error) bool {
	var n net.Error
	return errors.As(err, &n) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || pgconn.SafeToRetry(err)
}

// refused tells whether a failed COMMIT certainly committed nothing: the server said so, or never heard of it. A server
// that dies says FATAL, and may have committed before.
func refused(err error) bool {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.SeverityUnlocalized == "ERROR"
	}
	return errors.Is(err, pgx.ErrTxCommitRollback) || errors.Is(err, driver.ErrBadConn) || pgconn.SafeToRetry(err)
}

// halfway tells whether a failed COMMIT on a cluster may have committed: what was written on one machine alone is
// committed there before the coordinator commits, and when that machine is lost meanwhile, the coordinator says ERROR,
// without a code, and knows no more than that.
func halfway(err error) bool { return sqlstate(err) == "XX000" }
