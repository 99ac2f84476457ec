package db_test

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
)

const benchSchema = `CREATE TABLE customer (id BIGINT NOT NULL PRIMARY KEY, n BIGINT NOT NULL, sum BIGINT NOT NULL);
	CREATE TABLE orders (customer BIGINT NOT NULL, id BIGINT NOT NULL, at BIGINT NOT NULL, state TEXT NOT NULL, PRIMARY KEY (customer, id));
	CREATE TABLE line (customer BIGINT NOT NULL, id BIGINT NOT NULL, n BIGINT NOT NULL, product TEXT NOT NULL, amount BIGINT NOT NULL,
		PRIMARY KEY (customer, id, n));`

// purchase is a small transaction of six statements, as an order makes them.
const (
	found    = `SELECT n FROM customer WHERE id = $1`
	counted  = `INSERT INTO customer VALUES ($1, 1, $2) ON CONFLICT (id) DO UPDATE SET n = customer.n + 1, sum = customer.sum + excluded.sum`
	ordered  = `INSERT INTO orders VALUES ($1, $2, $3, 'paid')`
	lined    = `INSERT INTO line VALUES ($1, $2, $3, $4, $5)`
	finished = `UPDATE orders SET state = 'done' WHERE customer = $1 AND id = $2`
)

// statements is what both a Tx and the plain transaction beside it can do.
type statements interface {
	exec(query string, args ...any) error
	scan(query string, arg, to any) error
}

func purchase(s statements, id int) error {
	customer := id % 5000
	var n int64
	if err := s.scan(found, customer, &n); err != nil && err != sql.ErrNoRows { //nolint:errorlint // never wrapped
		return err
	}
	if err := s.exec(counted, customer, 500); err != nil {
		return err
	}
	if err := s.exec(ordered, customer, id, 1700000000000000+id); err != nil {
		return err
	}
	for line := range 2 {
		if err := s.exec(lined, customer, id, line, "espresso", 250); err != nil {
			return err
		}
	}
	return s.exec(finished, customer, id)
}

type ours struct{ *db.Tx }

func (o ours) exec(query string, args ...any) error { _, err := o.Exec(query, args...); return err }
func (o ours) scan(query string, arg, to any) error { return o.QueryRow(query, arg).Scan(to) }

// plain is database/sql with prepared statements, as by hand.
type plain struct {
	ctx      context.Context
	prepared map[string]*sql.Stmt
	tx       *sql.Tx
}

func (p plain) stmt(query string) *sql.Stmt {
	if p.tx != nil {
		return p.tx.StmtContext(p.ctx, p.prepared[query])
	}
	return p.prepared[query]
}

func (p plain) exec(query string, args ...any) error {
	_, err := p.stmt(query).ExecContext(p.ctx, args...)
	return err
}

func (p plain) scan(query string, arg, to any) error {
	return p.stmt(query).QueryRowContext(p.ctx, arg).Scan(to)
}

func preparedBy(b *testing.B, pool *sql.DB) map[string]*sql.Stmt {
	b.Helper()
	all := map[string]*sql.Stmt{}
	for _, query := range []string{found, counted, ordered, lined, finished} {
		s, err := pool.PrepareContext(b.Context(), query)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { s.Close() })
		all[query] = s
	}
	return all
}

// callers runs b.N writes by so many callers at once.
func callers(b *testing.B, many int, do func(id int) error) {
	b.Helper()
	var next atomic.Int64
	var all sync.WaitGroup
	b.ResetTimer()
	for range many {
		all.Go(func() {
			for id := int(next.Add(1)); id <= b.N; id = int(next.Add(1)) {
				if err := do(id); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tx/s")
}

// BenchmarkWrite: 16 callers each writing transactions of six statements. "plain" is the same statements without this
// package: on SQLite one caller after another, each with its own commit, and, as the bound of what grouping can give,
// "batches" of as many transactions as a group had in one, on one goroutine; on PostgreSQL a pool of as many connections.
func BenchmarkWrite(b *testing.B) {
	for _, many := range []int{1, 16, 64} {
		for name, group := range map[string]int{"grouped": 0, "one-by-one": 1} {
			b.Run(fmt.Sprintf("sqlite/%s/%d", name, many), func(b *testing.B) {
				o := dbtest.SQLite(b)
				o.Group = group
				benchOurs(b, o, many)
			})
		}
		b.Run(fmt.Sprintf("sqlite/plain/%d", many), func(b *testing.B) { benchPlainSQLite(b, many, 1) })
		b.Run(fmt.Sprintf("sqlite/batches/%d", many), func(b *testing.B) { benchPlainSQLite(b, 1, many) })
		b.Run(fmt.Sprintf("postgres/ours/%d", many), func(b *testing.B) {
			o := db.Options{URL: dbtest.NewServer(b).URL, Connections: 16}
			benchOurs(b, o, many)
		})
		b.Run(fmt.Sprintf("postgres/plain/%d", many), func(b *testing.B) { benchPlainPostgres(b, many) })
	}
}

func benchOurs(b *testing.B, o db.Options, many int) {
	b.Helper()
	d := dbtest.Open(b, o)
	if err := create(b, "sqlite", "file:"+o.Path, o.URL); err != nil {
		b.Fatal(err)
	}
	before := d.Stats()
	callers(b, many, func(id int) error {
		return d.Write(b.Context(), func(tx *db.Tx) error { return purchase(ours{tx}, id) })
	})
	after := d.Stats()
	b.ReportMetric(float64(after.Writes-before.Writes)/float64(max(1, after.Commits-before.Commits)), "tx/commit")
}

// create makes the tables on a connection that takes several statements at once.
func create(b *testing.B, driver, path, url string) error {
	b.Helper()
	if url != "" {
		driver, path = "pgx", url
	}
	pool, err := sql.Open(driver, path)
	if err != nil {
		return err
	}
	defer pool.Close()
	_, err = pool.ExecContext(b.Context(), benchSchema)
	return err
}

func benchPlainSQLite(b *testing.B, many, batch int) {
	b.Helper()
	path := "file:" + b.TempDir() + "/plain.db?_txlock=immediate&_pragma=busy_timeout(60000)&_pragma=journal_mode(WAL)" +
		"&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&_pragma=cache_size(-32768)"
	if err := create(b, "sqlite", path, ""); err != nil {
		b.Fatal(err)
	}
	pool, err := sql.Open("sqlite", path)
	if err != nil {
		b.Fatal(err)
	}
	defer pool.Close()
	pool.SetMaxOpenConns(1) // one writer at a time; more only wait for each other
	p := plain{ctx: b.Context(), prepared: preparedBy(b, pool)}
	callers(b, many, func(id int) error {
		if batch > 1 && id%batch != 0 && id != b.N {
			return nil
		}
		tx, err := pool.BeginTx(p.ctx, nil)
		if err != nil {
			return err
		}
		defer tx.Rollback()
		for each := id - (id-1)%batch; each <= id; each++ {
			if err := purchase(plain{p.ctx, p.prepared, tx}, each); err != nil {
				return err
			}
		}
		return tx.Commit()
	})
}

func benchPlainPostgres(b *testing.B, many int) {
	b.Helper()
	url := dbtest.NewServer(b).URL
	if err := create(b, "", "", url); err != nil {
		b.Fatal(err)
	}
	pool, err := sql.Open("pgx", url)
	if err != nil {
		b.Fatal(err)
	}
	defer pool.Close()
	pool.SetMaxOpenConns(16)
	pool.SetMaxIdleConns(16)
	callers(b, many, func(id int) error {
		tx, err := pool.BeginTx(b.Context(), nil)
		if err != nil {
			return err
		}
		defer tx.Rollback()
		if err := purchase(direct{b.Context(), tx}, id); err != nil {
			return err
		}
		return tx.Commit()
	})
}

// direct lets the driver cache the statements, as pgx does by itself.
type direct struct {
	ctx context.Context
	tx  *sql.Tx
}

func (d direct) exec(query string, args ...any) error {
	_, err := d.tx.ExecContext(d.ctx, query, args...)
	return err
}

func (d direct) scan(query string, arg, to any) error {
	return d.tx.QueryRowContext(d.ctx, query, arg).Scan(to)
}
