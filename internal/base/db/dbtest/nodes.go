package dbtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// nodes are the machines of a Citus cluster beside its coordinator. A new database is one of one machine until it has
// been made on all of them; Citus leaves that to whoever makes it.
type nodes struct {
	coordinator node
	workers     []node
	pool        *sql.DB // on the coordinator
	config      *pgx.ConnConfig
}

type node struct {
	host string
	port int
}

// Clustered tells whether the databases of tests are on a Citus cluster: REGULARS_TEST_POSTGRES names a database that
// has the extension, on a coordinator that has workers.
func Clustered(tb testing.TB) bool {
	tb.Helper()
	c, err := shared()
	if err != nil {
		tb.Fatal(err)
	}
	return c.nodes != nil
}

// clusterAt finds the workers; nil where the database does not use Citus, or has none.
func clusterAt(ctx context.Context, config *pgx.ConnConfig, pool *sql.DB) (*nodes, error) {
	var citus bool
	if err := pool.QueryRowContext(ctx, `SELECT to_regclass('pg_catalog.pg_dist_node') IS NOT NULL`).Scan(&citus); err != nil || !citus {
		return nil, wrap("look for Citus on the test server", err)
	}
	rows, err := pool.QueryContext(ctx, `SELECT nodename, nodeport, groupid FROM pg_dist_node WHERE isactive AND noderole = 'primary'
		ORDER BY groupid`)
	if err != nil {
		return nil, wrap("look for the machines of the test server", err)
	}
	defer rows.Close() //nolint:errcheck // closed below; this is for the way out before
	n := &nodes{pool: pool, config: config}
	for rows.Next() {
		var at node
		var group int
		if err := rows.Scan(&at.host, &at.port, &group); err != nil {
			return nil, wrap("look for the machines of the test server", err)
		}
		if group == 0 {
			n.coordinator = at
		} else {
			n.workers = append(n.workers, at)
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil || n.coordinator.host == "" || len(n.workers) == 0 {
		return nil, wrap("look for the machines of the test server", err)
	}
	return n, nil
}

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}

// joining is the lock of whoever joins workers to a database.
const joining = 20

// join makes the new database of the coordinator one of the cluster.
func (n *nodes) join(ctx context.Context, name string) error {
	if n == nil {
		return nil
	}
	for _, w := range n.workers {
		err := n.on(ctx, w, n.config.Database, "CREATE DATABASE "+pgx.Identifier{name}.Sanitize()+" TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
		if err == nil {
			err = n.on(ctx, w, name, "CREATE EXTENSION citus")
		}
		if err != nil {
			return wrap("make a worker's database for the test", err)
		}
	}
	statements := []string{"CREATE EXTENSION citus", fmt.Sprintf("SELECT citus_set_coordinator_host('%s', %d)", n.coordinator.host, n.coordinator.port)}
	for _, w := range n.workers {
		statements = append(statements, fmt.Sprintf("SELECT citus_add_node('%s', %d)", w.host, w.port))
	}
	// One after the other, over all processes: a worker that joins is told of the roles, which its databases have in common.
	turn, err := n.pool.Conn(ctx)
	if err == nil {
		if _, err = turn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", joining); err == nil {
			err = n.on(ctx, n.coordinator, name, statements...)
			_, unlocked := turn.ExecContext(ctx, "SELECT pg_advisory_unlock($1)", joining)
			err = errors.Join(err, unlocked)
		}
		err = errors.Join(err, turn.Close())
	}
	return wrap("join the workers for the test", err)
}

// drop drops the workers' databases. It comes before that of the coordinator, by whose name they are found.
func (n *nodes) drop(ctx context.Context, name string) error {
	if n == nil {
		return nil
	}
	for _, w := range n.workers {
		if err := n.on(ctx, w, n.config.Database, "DROP DATABASE IF EXISTS "+pgx.Identifier{name}.Sanitize()+" WITH (FORCE)"); err != nil {
			return wrap("drop a worker's database of the test", err)
		}
	}
	return nil
}

// on runs statements in a database of a node.
func (n *nodes) on(ctx context.Context, at node, database string, statements ...string) error {
	config := n.config.Copy()
	config.Host, config.Port, config.Database, config.Fallbacks = at.host, uint16(at.port), database, nil
	pool := stdlib.OpenDB(*config)
	for _, s := range statements {
		if _, err := pool.ExecContext(ctx, s); err != nil {
			return errors.Join(fmt.Errorf("%s on %s:%d: %w", s, at.host, at.port, err), pool.Close())
		}
	}
	return wrap("leave a node", pool.Close())
}
