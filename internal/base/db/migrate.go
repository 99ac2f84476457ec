package db

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"strings"
	"time"

	"github.com/pressly/goose/v3"

	"regulars/internal/base/fault"
)

// Migrate brings the schema to the newest version the program knows. The migrations are files at the root of the folder,
// named like 00001_customers.sql, each beginning with "-- +goose Up". Each runs in its own transaction; there is no way
// back. Programs that start at once wait for one of them to do it. A newer schema is refused, and nothing is changed.
func (d *DB) Migrate(ctx context.Context, migrations fs.FS) error {
	return d.MigrateTo(ctx, migrations, math.MaxInt64)
}

// MigrateTo is Migrate up to a version: for facts that were written in it, and are to be migrated from there.
func (d *DB) MigrateTo(ctx context.Context, migrations fs.FS, version int64) error {
	return d.engine.migrate(ctx, func(pool *sql.DB) error {
		p, err := d.provider(pool, migrations)
		if err != nil {
			return err
		}
		if _, err := newest(ctx, p); err != nil {
			return err
		}
		if _, err := p.UpTo(ctx, version); err != nil {
			return fmt.Errorf("migrate the database: %w", err)
		}
		return nil
	})
}

// CheckSchema refuses a database whose schema is newer than the program, or older and so to be migrated first.
func (d *DB) CheckSchema(ctx context.Context, migrations fs.FS) error {
	return d.engine.migrate(ctx, func(pool *sql.DB) error {
		p, err := d.provider(pool, migrations)
		if err != nil {
			return err
		}
		behind, err := newest(ctx, p)
		if err == nil && behind {
			err = fault.Unavailablef("the database is from an older version of the program; run `regulars migrate` first")
		}
		return err
	})
}

func (d *DB) provider(pool *sql.DB, migrations fs.FS) (*goose.Provider, error) {
	dialect := goose.DialectPostgres
	if _, ok := d.engine.(*store); ok {
		dialect, migrations = goose.DialectSQLite3, clustered{migrations}
	}
	p, err := goose.NewProvider(dialect, pool, migrations, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	return p, nil
}

// clustered turns the comment /* clustered */ behind a table's columns into SQLite's words for it: rows lie in the order
// of the primary key, in one tree instead of two.
type clustered struct{ fs.FS }

func (c clustered) Open(name string) (fs.File, error) {
	file, err := c.FS.Open(name)
	if err != nil || !strings.HasSuffix(name, ".sql") {
		return file, err //nolint:wrapcheck // as the file system gives it
	}
	info, err := file.Stat()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	text, err := io.ReadAll(file)
	if err = errors.Join(err, file.Close()); err != nil {
		return nil, err
	}
	text = bytes.ReplaceAll(text, []byte("/* clustered */"), []byte("WITHOUT ROWID"))
	return migration{bytes.NewReader(text), info}, nil
}

// migration is the file of one, read.
type migration struct {
	*bytes.Reader
	info fs.FileInfo
}

func (m migration) Stat() (fs.FileInfo, error) { return m.info, nil }
func (m migration) Close() error               { return nil }

// newest refuses a schema newer than the program's, and tells whether it is older.
func newest(ctx context.Context, p *goose.Provider) (behind bool, err error) {
	have, err := p.GetDBVersion(ctx)
	if err != nil {
		return false, fmt.Errorf("read the version of the database: %w", err)
	}
	var known int64
	if all := p.ListSources(); len(all) > 0 {
		known = all[len(all)-1].Version
	}
	if have > known {
		return false, fault.Unavailablef("the database has schema %d, and this version of the program knows only up to %d; "+
			"use the newer version that migrated it", have, known)
	}
	return have < known, nil
}

// migrate holds a lock of the database beside it: a file of its own, locked by SQLite's means, which work everywhere and
// end with the process. The database itself cannot hold it, since migrations lock it themselves.
func (s *store) migrate(ctx context.Context, fn func(*sql.DB) error) error {
	path := s.path + "-migrating"
	ownersAlone(path)
	lock, err := sql.Open("sqlite", dsn(path, busyWait(time.Hour))) // or until the context ends
	if err != nil {
		return fmt.Errorf("lock %s: %w", s.path, err)
	}
	return errors.Join(s.migrateUnder(ctx, lock, fn), lock.Close())
}

func (s *store) migrateUnder(ctx context.Context, lock *sql.DB, fn func(*sql.DB) error) error {
	c, err := newConn(ctx, lock, s.path)
	if err != nil {
		return err
	}
	defer c.close()
	if _, err := c.exec(ctx, "BEGIN EXCLUSIVE", nil); err != nil {
		return c.explain(ctx, err)
	}
	return s.writer.exclusive(ctx, func() error {
		pool, err := sql.Open("sqlite", dsn(s.path, busyWait(s.busy), "journal_mode(WAL)", "synchronous(FULL)")+"&_txlock=immediate")
		if err != nil {
			return fmt.Errorf("open %s: %w", s.path, err)
		}
		pool.SetMaxOpenConns(1)
		return errors.Join(fn(pool), pool.Close())
	})
}

// advisory is the number of the lock that those who migrate hold; any will do that nobody else uses.
const advisory = 0x7265_6775_6c61_7273 // "regulars"

func (s *server) migrate(ctx context.Context, fn func(*sql.DB) error) error {
	pool := connections(s.config, 2) // one holds the lock, one migrates
	return errors.Join(s.migrateUnder(ctx, pool, fn), pool.Close())
}

func (s *server) migrateUnder(ctx context.Context, pool *sql.DB, fn func(*sql.DB) error) error {
	c, err := pool.Conn(ctx)
	if err != nil {
		return s.explain(ctx, err)
	}
	defer c.Close() //nolint:errcheck // its pool is closed next, and the lock ends with the connection
	const often = 100 * time.Millisecond
	for {
		// Asking again and again, not waiting inside the server: there an index that is built concurrently waits for all
		// who wait.
		var mine bool
		if err := c.QueryRowContext(ctx, "SELECT pg_try_advisory_lock($1)", int64(advisory)).Scan(&mine); err != nil {
			return s.explain(ctx, err)
		}
		if mine {
			return fn(pool)
		}
		select {
		case <-time.After(often):
		case <-ctx.Done():
			return unavailable("gave up waiting for another program that migrates the database", ctx.Err())
		}
	}
}
