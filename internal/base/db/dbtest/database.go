package dbtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"regulars/internal/base/db"
)

// prefix begins the names of all databases of tests; the number of the process and of the database follow.
const prefix = "regulars_test_"

// cluster is a server on which databases are made and dropped.
type cluster struct {
	config *pgx.ConnConfig
	at     *url.URL
	pool   *sql.DB
	name   string // prefix of this process's databases, and its application_name on the server
	made   atomic.Int64
	nodes  *nodes  // nil: one machine
	own    *Server // kept, because a pipe that nobody holds is closed, and the guard would take the process for gone
}

// join connects to the server. The connection stays, and tells other test processes that this one is alive.
func join(at string) (*cluster, error) {
	u, err := url.Parse(at)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return nil, errors.New("REGULARS_TEST_POSTGRES must be of the form postgres://user:password@host/database")
	}
	config, err := pgx.ParseConfig(at)
	if err != nil {
		return nil, fmt.Errorf("REGULARS_TEST_POSTGRES: %w", err)
	}
	var host string
	if host, err = os.Hostname(); err != nil {
		host = "host"
	}
	name := fmt.Sprintf("%s%x_%d", prefix, hash(host), os.Getpid())
	config.RuntimeParams["application_name"] = name
	c := &cluster{config: config, at: u, pool: stdlib.OpenDB(*config), name: name}
	// One at a time: PostgreSQL makes databases one after another anyway.
	c.pool.SetMaxOpenConns(1)
	c.pool.SetMaxIdleConns(1)
	ctx := context.Background()
	if c.nodes, err = clusterAt(ctx, config, c.pool); err != nil {
		return nil, err
	}
	return c, c.sweep(ctx)
}

// hash tells machines apart that share a server.
func hash(s string) uint32 {
	h := uint32(2166136261) // FNV-1a
	for _, b := range []byte(s) {
		h = (h ^ uint32(b)) * 16777619
	}
	return h
}

// sweep drops the databases of test processes that are no longer there.
func (c *cluster) sweep(ctx context.Context) error {
	rows, err := c.pool.QueryContext(ctx, `SELECT datname FROM pg_database d WHERE datname LIKE $1 AND NOT EXISTS
		(SELECT 1 FROM pg_stat_activity a WHERE a.application_name = regexp_replace(d.datname, '_[0-9]+$', ''))`,
		strings.ReplaceAll(prefix, "_", `\_`)+"%")
	if err != nil {
		return fmt.Errorf("look at the databases on the test server: %w", err)
	}
	defer rows.Close() //nolint:errcheck // closed below; this is for the way out before
	var stale []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return fmt.Errorf("look at the databases on the test server: %w", err)
		}
		stale = append(stale, name)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return fmt.Errorf("look at the databases on the test server: %w", err)
	}
	for _, name := range stale {
		if err := c.drop(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

func (c *cluster) drop(ctx context.Context, name string) error {
	if err := c.nodes.drop(ctx, name); err != nil {
		return err
	}
	if _, err := c.pool.ExecContext(ctx, "DROP DATABASE IF EXISTS "+pgx.Identifier{name}.Sanitize()+" WITH (FORCE)"); err != nil {
		return fmt.Errorf("drop the test's database: %w", err)
	}
	return nil
}

// options makes a database of the test, as a copy of another: of template0, which is the same on every server and which
// nobody is connected to, an empty one. It is dropped when the test ends.
func (c *cluster) options(tb testing.TB, of string) db.Options {
	tb.Helper()
	ctx := context.WithoutCancel(tb.Context())
	name := fmt.Sprintf("%s_%d", c.name, c.made.Add(1))
	if err := c.create(ctx, name, of); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := c.drop(ctx, name); err != nil {
			tb.Error(err)
		}
	})
	if err := c.nodes.join(ctx, name); err != nil {
		tb.Fatal(err)
	}
	return c.named(name)
}

func (c *cluster) create(ctx context.Context, name, of string) error {
	if _, err := c.pool.ExecContext(ctx, "CREATE DATABASE "+pgx.Identifier{name}.Sanitize()+" TEMPLATE "+
		pgx.Identifier{of}.Sanitize()+" ENCODING 'UTF8' LOCALE 'C'"); err != nil {
		return fmt.Errorf("make a database for the test: %w", err)
	}
	return nil
}

func (c *cluster) named(name string) db.Options {
	u := *c.at
	u.Path = "/" + name
	return db.Options{URL: u.String(), Connections: 8}
}
