package columnar

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"syscall"

	"github.com/duckdb/duckdb-go/v2"

	"regulars/internal/base/fault"
)

// Options bound what the engine may use; the zero value is for one command on one machine.
type Options struct {
	MemoryLimit string // such as "1GB"; empty: three quarters of the machine
	Threads     int    // 0: all cores
	TempDir     string // where results larger than memory may go; empty: nowhere
}

// DB is an open column store.
type DB struct {
	*sql.DB
	connector *duckdb.Connector
}

// Open opens the database file at path, or one in memory for an empty path.
func Open(ctx context.Context, path string, o Options) (*DB, error) {
	connector, err := duckdb.NewConnector(dsn(path, o), nil)
	if err != nil {
		if strings.Contains(err.Error(), "lock") {
			return nil, fault.Unavailablef("%s is open in another program; close it or ask that program", path)
		}
		return nil, fmt.Errorf("open column store %q: %w", path, err)
	}
	db := &DB{DB: sql.OpenDB(connector), connector: connector}
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open column store %q: %w", path, err), db.Close())
	}
	return db, nil
}

func dsn(path string, o Options) string {
	// Insertion order is never asked for, and keeping it costs memory and a thread.
	set := url.Values{"preserve_insertion_order": {"false"}}
	if o.MemoryLimit != "" {
		set.Set("memory_limit", o.MemoryLimit)
	}
	if o.Threads > 0 {
		set.Set("threads", fmt.Sprint(o.Threads))
	}
	if o.TempDir != "" {
		set.Set("temp_directory", o.TempDir)
	}
	return path + "?" + set.Encode()
}

// Close closes every connection and the database.
func (d *DB) Close() error { return errors.Join(d.DB.Close(), d.connector.Close()) }

// Damaged says that an error tells of a database that cannot be used any more: its file is broken, or the engine has
// given it up. Made anew it works again.
func Damaged(err error) bool {
	var e *duckdb.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Type {
	case duckdb.ErrorTypeFatal, duckdb.ErrorTypeInternal, duckdb.ErrorTypeSerialization, duckdb.ErrorTypeIO, duckdb.ErrorTypeCatalog:
		return true
	}
	return false
}

// DiskFull says that an error tells of a disk without space for what the engine wanted to write. The engine has no type
// for it, but the system's own words are in it.
func DiskFull(err error) bool {
	return err != nil && strings.Contains(strings.ToLower(err.Error()), syscall.ENOSPC.Error())
}

// Loader appends rows to one table. It is not safe for concurrent use.
type Loader struct {
	conn     driver.Conn // its own; nil where it appends inside somebody's transaction
	appender *duckdb.Appender
	row      []driver.Value
}

// Load begins appending to a table of the given number of columns.
func (d *DB) Load(ctx context.Context, table string, columns int) (*Loader, error) {
	conn, err := d.connector.Connect(ctx)
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", table, err)
	}
	appender, err := duckdb.NewAppenderFromConn(conn, "", table)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("load %s: %w", table, err), conn.Close())
	}
	return &Loader{conn: conn, appender: appender, row: make([]driver.Value, columns)}, nil
}

// LoadOn begins appending over a connection, inside its transaction. Until the loader is closed the connection may serve
// other loaders, but no statement.
func LoadOn(conn *sql.Conn, table string, columns int) (*Loader, error) {
	l := &Loader{row: make([]driver.Value, columns)}
	err := conn.Raw(func(inner any) (err error) {
		c, ok := inner.(driver.Conn)
		if !ok {
			return fmt.Errorf("not a connection: %T", inner)
		}
		l.appender, err = duckdb.NewAppenderFromConn(c, "", table)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", table, err)
	}
	return l, nil
}

// Row is the row that Append adds, to be filled in place; values must have the Go type of their column.
func (l *Loader) Row() []driver.Value { return l.row }

// Append adds the row.
func (l *Loader) Append() error {
	if err := l.appender.AppendRow(l.row...); err != nil {
		return fmt.Errorf("append row: %w", err)
	}
	return nil
}

// Close makes what was appended visible.
func (l *Loader) Close() error {
	err := l.appender.Close()
	if l.conn != nil {
		err = errors.Join(err, l.conn.Close())
	}
	if err != nil {
		return fmt.Errorf("finish loading: %w", err)
	}
	return nil
}

// Quote writes a string as an SQL literal.
func Quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
