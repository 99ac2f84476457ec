package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"regulars/internal/base/fault"
)

// Bounds of what SQLite may use.
const (
	writerCacheKiB = 32 << 10
	readerCacheKiB = 8 << 10
	walKeptBytes   = 64 << 20 // of the log's file, once what is in it has moved into the database
	walPages       = 8000     // in the log, before they move into the database: a page that changes often moves once
	statementsKept = 256      // prepared, on each connection
)

// store is an SQLite database: one connection that writes, a few that read.
type store struct {
	path    string
	busy    time.Duration
	clock   func() time.Time
	writing *sql.DB // both pools hand out connections once, at opening
	reading *sql.DB
	writer  *writer

	readers chan *conn // idle ones; a nil stands for one not yet opened
	closing chan struct{}
	closed  sync.Once
}

// dsn names the file and sets, on every connection alike, what SQLite leaves to the connection.
func dsn(path string, pragmas ...string) string {
	set := url.Values{
		// A string in double quotes is a misspelt column, and LIKE knows large and small letters, both as on PostgreSQL.
		"_dqs":    {"0"},
		"_pragma": append(pragmas, "foreign_keys(1)", "case_sensitive_like(1)", "trusted_schema(0)"),
	}
	file := filepath.ToSlash(path)
	if !strings.HasPrefix(file, "/") {
		file = "/" + file // a drive letter
	}
	return (&url.URL{Scheme: "file", OmitHost: true, Path: file}).String() + "?" + set.Encode()
}

func busyWait(d time.Duration) string { return fmt.Sprintf("busy_timeout(%d)", d.Milliseconds()) }

// ownersAlone makes a file here and not by SQLite, so that only its owner can read it. Opening it says what fails.
func ownersAlone(path string) {
	if file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600); err == nil {
		_ = file.Close() // nothing was written
	}
}

func openSQLite(ctx context.Context, o Options) (*store, error) {
	ownersAlone(o.Path) // the log beside it takes over its permissions
	busy := busyWait(o.BusyWait)
	s := &store{path: o.Path, busy: o.BusyWait, clock: o.Clock, readers: make(chan *conn, o.Connections), closing: make(chan struct{})}
	var err error
	// What is deleted is blanked, so that nobody who was erased is read out of the file.
	s.writing, err = sql.Open("sqlite", dsn(o.Path, busy, "journal_mode(WAL)", "synchronous(FULL)", "secure_delete(1)",
		fmt.Sprintf("cache_size(-%d)", writerCacheKiB), fmt.Sprintf("journal_size_limit(%d)", walKeptBytes),
		fmt.Sprintf("wal_autocheckpoint(%d)", walPages)))
	if err == nil {
		s.reading, err = sql.Open("sqlite", dsn(o.Path, busy, "query_only(1)", fmt.Sprintf("cache_size(-%d)", readerCacheKiB)))
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", o.Path, err)
	}
	one, err := newConn(ctx, s.writing, o.Path)
	if err == nil {
		err = one.durable(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, s.writing.Close(), s.reading.Close())
	}
	for range o.Connections {
		s.readers <- nil
	}
	s.writer = startWriter(context.WithoutCancel(ctx), one, o)
	return s, nil
}

// durable makes sure that a commit on the connection is on disk when it returns.
func (c *conn) durable(ctx context.Context) error {
	var journal string
	var level int
	if err := c.inner.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&journal); err != nil {
		return c.explain(ctx, err)
	}
	if err := c.inner.QueryRowContext(ctx, "PRAGMA synchronous").Scan(&level); err != nil {
		return c.explain(ctx, err)
	}
	const full = 2
	if journal != "wal" || level != full {
		return fault.Unavailablef("%s cannot be kept safe here: its journal is %q at level %d, where a write-ahead log at level %d "+
			"is needed; move it to a local disk", c.path, journal, level, full)
	}
	return nil
}

func (s *store) read(ctx context.Context, fn func(*Tx) error) error {
	c, err := s.reader(ctx)
	if err != nil {
		return err
	}
	own := context.WithoutCancel(ctx)
	tx := newTx(ctx, c, s.clock())
	sound := false
	defer func() {
		tx.end()
		if _, err := c.exec(own, "ROLLBACK", nil); err != nil || !sound {
			c.close()
			c = nil
		}
		s.readers <- c
	}()
	if _, err := c.exec(own, "BEGIN", nil); err != nil {
		return c.explain(own, err)
	}
	sound = true
	return tx.verdict(fn(tx))
}

// reader takes an idle connection, or opens one, within the bound.
func (s *store) reader(ctx context.Context) (*conn, error) {
	select {
	case <-s.closing:
		return nil, errClosed()
	default:
	}
	select {
	case c := <-s.readers:
		if c != nil {
			return c, nil
		}
		c, err := newConn(context.WithoutCancel(ctx), s.reading, s.path)
		if err != nil {
			s.readers <- nil
		}
		return c, err
	case <-ctx.Done():
		return nil, unavailable("gave up waiting for a turn to read", ctx.Err())
	case <-s.closing:
		return nil, errClosed()
	}
}

func errClosed() error { return fault.Unavailablef("the database is being closed") }

func (s *store) write(ctx context.Context, fn func(*Tx) error) error { return s.writer.write(ctx, fn) }

func (s *store) stats() Stats { return s.writer.stats() }

func (s *store) close() error {
	var err error
	s.closed.Do(func() {
		close(s.closing)
		s.writer.stop()
		for range cap(s.readers) {
			if c := <-s.readers; c != nil {
				c.close()
			}
		}
		// The last connection to close moves the log into the database: let that be the one that may write.
		s.writer.conn.close()
		err = errors.Join(s.reading.Close(), s.writing.Close())
	})
	return err
}

// explain says what an error of SQLite means. Statements that break a constraint are looked at for its name.
func (c *conn) explain(ctx context.Context, err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		if cause := context.Cause(ctx); cause != nil {
			return unavailable("the request ended before the database answered", err)
		}
		return fmt.Errorf("database: %w", err)
	}
	const primary = 0xff
	switch e.Code() & primary {
	case lib.SQLITE_CONSTRAINT:
		return c.violation(ctx, e)
	case lib.SQLITE_FULL:
		return unavailable("the disk of "+c.path+" is full; free some space and repeat", err)
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		return unavailable(c.path+" is locked by another program; wait for it or end it, and repeat", err)
	case lib.SQLITE_CANTOPEN, lib.SQLITE_PERM:
		return unavailable(c.path+" cannot be opened; check that its folder is there and may be written to", err)
	case lib.SQLITE_IOERR:
		return unavailable("the disk of "+c.path+" failed; check it before going on", err)
	case lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB:
		return unavailable(c.path+" is no database, or a damaged one; restore it from a backup", err)
	case lib.SQLITE_INTERRUPT:
		return unavailable("the request ended before the database answered", err)
	case lib.SQLITE_READONLY:
		if !c.readOnly {
			return unavailable(c.path+" may not be written to; check its permissions and those of its folder", err)
		}
	}
	return fmt.Errorf("database: %w", err)
}
