package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"regulars/internal/base/fault"
)

const (
	oldestPostgres = 15
	connectWait    = 5 * time.Second
	commitWait     = 30 * time.Second // then the server is taken for lost, and the outcome for unknown
)

// server is a PostgreSQL database behind a bounded pool.
type server struct {
	config *pgx.ConnConfig
	clock  func() time.Time
	pool   *sql.DB

	writes, retries atomic.Int64
	closing         atomic.Bool
	spread          atomic.Bool // over a cluster
}

func openPostgres(ctx context.Context, o Options) (*server, error) {
	config, err := pgx.ParseConfig(o.URL)
	if err != nil {
		// The error quotes the address; pgx takes the password out, but not from every address that is wrong.
		return nil, &fault.Fault{Kind: fault.Invalid, Cause: err,
			Message: "the address of the database is not of the form postgres://user:password@host/name"}
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectWait
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "regulars"
	}
	s := &server{config: config, clock: o.Clock, pool: connections(config, o.Connections)}
	err = s.again(ctx, func() (bool, error) { return s.suitable(ctx) })
	if err == nil {
		err = s.look(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, s.pool.Close())
	}
	return s, nil
}

// connections makes a pool whose sessions are all alike, whatever the server's settings for the database or the user.
func connections(config *pgx.ConnConfig, most int) *sql.DB {
	pool := stdlib.OpenDB(*config, stdlib.OptionAfterConnect(func(ctx context.Context, c *pgx.Conn) error {
		// On a cluster, statements of a transaction go to one machine after another: what has run in parallel keeps later
		// statements of the same transaction from writing to tables that are whole on every machine. Elsewhere it is a name.
		_, err := c.Exec(ctx, "SET synchronous_commit = on; SET TimeZone = 'UTC'; SET default_transaction_isolation = 'read committed'; "+
			"SET citus.multi_shard_modify_mode = 'sequential'")
		return err
	}))
	pool.SetMaxOpenConns(most)
	pool.SetMaxIdleConns(most)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	return pool
}

// suitable refuses a server on which figures or guarantees would differ.
func (s *server) suitable(ctx context.Context) (again bool, err error) {
	var version int
	var encoding, provider, locale string
	// Before 17 the locale of ICU has another column; to_jsonb finds a column whether it is there or not.
	const query = `SELECT current_setting('server_version_num')::int, pg_encoding_to_char(encoding), datlocprovider::text,
		CASE datlocprovider WHEN 'c' THEN datcollate ELSE coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale', '') END
		FROM pg_database d WHERE datname = current_database()`
	const perMajor = 10000
	if err := s.pool.QueryRowContext(ctx, query).Scan(&version, &encoding, &provider, &locale); err != nil {
		if code := sqlstate(err); code == "42703" { // a column is missing: older than 15
			return false, fault.Unavailablef("the database server is too old: PostgreSQL %d or newer is needed", oldestPostgres)
		}
		return passing(err), s.explain(ctx, err)
	}
	byCodePoint := provider == "b" || provider == "c" && slices.Contains([]string{"C", "POSIX", "C.UTF-8", "C.utf8"}, locale)
	switch {
	case version < oldestPostgres*perMajor:
		return false, fault.Unavailablef("the database server is PostgreSQL %d: %d or newer is needed", version/perMajor, oldestPostgres)
	case encoding != "UTF8" || !byCodePoint:
		return false, fault.Unavailablef("the database %q has encoding %s and collation %q, which sort and compare text in another way "+
			"than the program does; make one with  CREATE DATABASE %s TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'",
			s.config.Database, encoding, locale, pgx.Identifier{s.config.Database}.Sanitize())
	}
	return false, nil
}

func (s *server) read(ctx context.Context, fn func(*Tx) error) error {
	return s.again(ctx, func() (bool, error) {
		return s.once(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}, fn)
	})
}

func (s *server) write(ctx context.Context, fn func(*Tx) error) error {
	err := s.again(ctx, func() (bool, error) {
		return s.once(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted}, fn)
	})
	if err == nil {
		s.writes.Add(1)
	}
	return err
}

// once runs the function in one transaction. It says whether to try again: only where nothing was committed for certain.
func (s *server) once(ctx context.Context, o *sql.TxOptions, fn func(*Tx) error) (again bool, err error) {
	if s.closing.Load() {
		return false, errClosed()
	}
	conn, err := s.pool.Conn(ctx)
	if err != nil {
		return passing(err), s.explain(ctx, err)
	}
	defer conn.Close() //nolint:errcheck // back into the pool, or away if it is broken: nothing hangs on it
	// The caller's context ends the transaction up to the commit, and not in its middle.
	own, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	detach := context.AfterFunc(ctx, cancel)
	defer detach()
	inner, err := conn.BeginTx(own, o)
	if err != nil {
		return passing(err) || lost(conn, err), s.explain(ctx, err)
	}
	defer inner.Rollback() //nolint:errcheck // nothing to roll back after a commit; else the connection was lost, and it with it
	tx := newTx(own, &pgSession{Tx: inner, spread: s.spread.Load(), explained: func(err error) error { return s.explain(ctx, err) }}, s.clock())
	defer tx.end()
	err = fn(tx)
	tx.end()
	if err = tx.verdict(err); err != nil {
		changed := errors.Is(err, ErrRestart) // also where it was a constraint that told so
		return ctx.Err() == nil && (changed || tx.raw != nil && (passing(tx.raw) || lost(conn, tx.raw))), err
	}
	if !detach() {
		return false, unavailable("the request ended before its transaction", context.Cause(ctx))
	}
	defer time.AfterFunc(commitWait, cancel).Stop()
	if err = inner.Commit(); err == nil {
		return false, nil
	}
	if o.ReadOnly {
		return false, nil // what was read, was read
	}
	if !refused(err) || s.spread.Load() && halfway(err) {
		return false, unknown(err)
	}
	return passing(err) || lost(conn, err), s.explain(ctx, err)
}

func (s *server) stats() Stats {
	n := s.writes.Load()
	return Stats{Writes: n, Commits: n, Retries: s.retries.Load()}
}

func (s *server) close() error {
	s.closing.Store(true)
	return s.pool.Close()
}

// pgSession runs statements in a transaction of PostgreSQL.
type pgSession struct {
	*sql.Tx
	spread    bool
	explained func(error) error
}

func (p *pgSession) shared() bool  { return true }
func (p *pgSession) cluster() bool { return p.spread }

func (p *pgSession) exec(ctx context.Context, query string, args []any) (sql.Result, error) {
	return p.ExecContext(ctx, query, args...)
}

func (p *pgSession) query(ctx context.Context, query string, args []any) (*sql.Rows, func(), error) {
	rows, err := p.QueryContext(ctx, query, args...)
	return rows, nil, err
}

func (p *pgSession) explain(_ context.Context, err error) error { return p.explained(err) }

// sqlstate is the code of an error that the server sent, or empty.
func sqlstate(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// explain says what an error of PostgreSQL means.
func (s *server) explain(ctx context.Context, err error) error {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		switch e.Code {
		case "23505", "23P01":
			return broken(unique, constraintOf(e), err)
		case "23514":
			return broken(check, constraintOf(e), err)
		case "23502":
			return broken(notNull, constraintOf(e), err)
		case "23503":
			return broken(foreignKey, "", err)
		case "53100":
			return unavailable("the disk of the database server is full; free some space and repeat", err)
		case "28P01", "28000":
			return unavailable("the database server refuses the user or the password; check the address of the database", err)
		case "3D000":
			return unavailable(fmt.Sprintf("the database server has no database %q; make it first", s.config.Database), err)
		}
		if passing(err) {
			return unavailable("the database server is busy or stopped just now; try again in a moment", err)
		}
		return fmt.Errorf("database: %w", err)
	}
	var connect *pgconn.ConnectError
	switch {
	case ctx.Err() != nil:
		return unavailable("the request ended before the database answered", errors.Join(context.Cause(ctx), err))
	case errors.As(err, &connect):
		return unavailable(fmt.Sprintf("the database server at %s cannot be reached; check that it runs and the address is right",
			s.config.Host), err)
	case network(err):
		return unavailable("the connection to the database server broke; try again in a moment", err)
	}
	return fmt.Errorf("database: %w", err)
}
