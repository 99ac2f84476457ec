package db

import (
	"context"
	"database/sql"
	"path/filepath"
	"runtime"
	"time"

	"regulars/internal/base/fault"
)

// Options say which database to open and what it may use. Either Path or URL is given; the rest has defaults.
type Options struct {
	Path string // file of an SQLite database; made if it is not there
	URL  string // of a PostgreSQL database: postgres://user:password@host/name

	Connections int              // most connections at once, readers on SQLite; 0: 16 on PostgreSQL, two a core on SQLite
	Queue       int              // SQLite: writes that may wait, before more are refused; 0: 4096
	Group       int              // SQLite: writes committed together at most; 0: 512
	GroupTime   time.Duration    // SQLite: how long a group takes in more of them at most; 0: 50 ms
	BusyWait    time.Duration    // SQLite: how long to wait for another program's write; 0: 5 s
	Clock       func() time.Time // for tests; nil: time.Now
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	engine engine
	aside  chan struct{} // a place for each read of background work that goes on
}

// engine is what SQLite and PostgreSQL do differently.
type engine interface {
	read(ctx context.Context, fn func(*Tx) error) error
	write(ctx context.Context, fn func(*Tx) error) error
	// migrate lends a connection pool while no other program migrates the same database.
	migrate(ctx context.Context, fn func(*sql.DB) error) error
	lend(ctx context.Context) (*Lent, error)
	stats() Stats
	close() error
}

// Stats counts since opening.
type Stats struct {
	Writes  int64 // acknowledged
	Commits int64 // transactions that brought them to disk: fewer, where writes were grouped
	Retries int64 // transactions run again
}

// Open opens the database, makes sure that it keeps what it acknowledges, and changes nothing in it.
func Open(ctx context.Context, o Options) (*DB, error) {
	if (o.Path == "") == (o.URL == "") {
		return nil, fault.Invalidf("name either a database file or the address of a PostgreSQL database, not both or none")
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	var e engine
	var err error
	if o.URL != "" {
		o.Connections = or(o.Connections, 16)
		e, err = openPostgres(ctx, o)
	} else {
		if o.Path, err = filepath.Abs(o.Path); err != nil {
			return nil, fault.Invalidf("%s is no path of a file", o.Path)
		}
		o.Connections, o.Queue, o.Group = or(o.Connections, 2*max(2, runtime.GOMAXPROCS(0))), or(o.Queue, 4096), or(o.Group, 512)
		o.GroupTime = or(o.GroupTime, 50*time.Millisecond) // so long the first of a group may have to wait for its commit
		o.BusyWait = or(o.BusyWait, 5*time.Second)
		e, err = openSQLite(ctx, o)
	}
	if err != nil {
		return nil, err
	}
	return &DB{engine: e, aside: make(chan struct{}, max(1, o.Connections/2))}, nil
}

func or[T comparable](value, otherwise T) T {
	var none T
	if value == none {
		return otherwise
	}
	return value
}

// Read runs the function in a transaction that sees the database as it is at one moment and cannot change it.
func (d *DB) Read(ctx context.Context, fn func(*Tx) error) error {
	if ctx.Value(background{}) != nil {
		select {
		case d.aside <- struct{}{}:
			defer func() { <-d.aside }()
		case <-ctx.Done():
			return unavailable("gave up waiting for a turn to read", ctx.Err())
		}
	}
	return d.engine.read(ctx, fn)
}

type background struct{}

// Background is for work that goes over much while nobody waits for its every read: under this context all of it together
// takes at most half of the connections at once, and so leaves the others to those who look at a page meanwhile.
func Background(ctx context.Context) context.Context {
	return context.WithValue(ctx, background{}, true)
}

// Write runs the function in a transaction and returns nil once what it wrote is durable. When the context ends before
// the function began, nothing happens; on SQLite it is not looked at afterwards, on PostgreSQL it ends the transaction.
func (d *DB) Write(ctx context.Context, fn func(*Tx) error) error {
	var last *Tx
	err := d.engine.write(ctx, func(tx *Tx) error {
		last = tx
		return fn(tx)
	})
	if err == nil && last != nil {
		for _, after := range last.after {
			after()
		}
	}
	return err
}

// Stats tells how many writes were acknowledged in how many commits.
func (d *DB) Stats() Stats { return d.engine.stats() }

// Close waits for running transactions, commits what is queued, and closes the database.
func (d *DB) Close() error { return d.engine.close() }
