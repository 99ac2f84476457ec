package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"regulars/internal/base/fault"
)

// Lent is a connection in a transaction that sees one moment, lent for analytic SQL with temporary tables. Nothing it
// does stays.
type Lent struct {
	Conn   *sql.Conn
	Now    time.Time // of the transaction
	Schema string    // quoted, where the tables of the store are
	pool   *sql.DB
}

// Lend lends such a connection where the engine answers analytic SQL, which is PostgreSQL; Return ends it. It is apart
// from the connections that serve Read and Write, so that a long report keeps none of them waiting.
func (d *DB) Lend(ctx context.Context) (*Lent, error) { return d.engine.lend(ctx) }

// Return takes the connection back, and with it all temporary tables.
func (l *Lent) Return() error { return errors.Join(l.Conn.Close(), l.pool.Close()) }

// Lends says whether the engine lends connections.
func (d *DB) Lends() bool {
	_, ok := d.engine.(*server)
	return ok
}

func (s *store) lend(context.Context) (*Lent, error) {
	return nil, fault.Invalidf("an SQLite database does not answer figures itself; they are read from its columnar copy")
}

// The transaction is not read only, because it makes temporary tables. How many rows meet in a join of them the planner
// guesses far too low, and would go over one again for each row of another: minutes, where joining by hash takes a second.
// For the same reason it would sort millions of rows in order to group them, which takes twice as long as grouping by hash.
// Where an order is needed it takes an index that has half of it for cheaper than sorting; but facts lie by time and not by
// customer, and to fetch ten million of them one by one takes twice as long as to read all and sort.
// A plan compiled to machine code costs more than it saves on statements that run once.
const lending = `BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL enable_nestloop = off; SET LOCAL enable_sort = off;
	SET LOCAL enable_indexscan = off; SET LOCAL enable_incremental_sort = off; SET LOCAL jit = off; SET LOCAL work_mem = '64MB'; SET LOCAL temp_buffers = '64MB'`

func (s *server) lend(ctx context.Context) (*Lent, error) {
	if s.closing.Load() {
		return nil, errClosed()
	}
	// Statements are not kept prepared: the temporary tables they speak of come and go under the same names.
	config := s.config.Copy()
	config.DefaultQueryExecMode = pgx.QueryExecModeExec
	l := &Lent{pool: connections(config, 1)}
	err := s.again(ctx, func() (again bool, err error) {
		if l.Conn, err = l.pool.Conn(ctx); err != nil {
			return passing(err), s.explain(ctx, err)
		}
		err = l.begin(ctx)
		if err == nil {
			return false, nil
		}
		again = passing(err) || lost(l.Conn, err)
		return again, errors.Join(s.explain(ctx, err), l.Conn.Close())
	})
	if err != nil {
		return nil, errors.Join(err, l.pool.Close())
	}
	return l, nil
}

func (l *Lent) begin(ctx context.Context) error {
	if err := l.Conn.Raw(func(inner any) error {
		c, err := pgxConn(inner)
		if err == nil {
			_, err = c.PgConn().Exec(ctx, lending).ReadAll() // several statements at once
		}
		return err
	}); err != nil {
		return fmt.Errorf("begin a transaction: %w", err)
	}
	var micros int64
	err := l.Conn.QueryRowContext(ctx, `SELECT CAST(extract(epoch FROM transaction_timestamp()) * 1000000 AS BIGINT), quote_ident(current_schema())`).
		Scan(&micros, &l.Schema)
	l.Now = time.UnixMicro(micros).UTC()
	return err //nolint:wrapcheck // explained by the caller
}
