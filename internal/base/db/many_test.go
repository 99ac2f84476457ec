package db_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
)

func TestRowsGoInAndAreFoundInAnyNumber(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		prepare(t, d, `CREATE TABLE pair (a BIGINT NOT NULL, b TEXT NOT NULL, c BIGINT NOT NULL, PRIMARY KEY (a, b))`)
		insert := db.NewInsert("INSERT INTO pair (a, b, c)", 3, "ON CONFLICT DO NOTHING")
		find := db.NewLookup("SELECT a, b, c FROM pair", "a BIGINT", "b TEXT")
		total := 0
		for _, n := range []int{0, 1, 3, 4, 15, 64, 65, 150} {
			var rows, keys []any
			for i := range n {
				rows = append(rows, n, fmt.Sprint("b", i), i)
				keys = append(keys, n, fmt.Sprint("b", i))
			}
			keys = append(keys, n, "nobody")
			err := d.Write(t.Context(), func(tx *db.Tx) error {
				for want := range 2 { // and none the second time
					touched, err := insert.Exec(tx, append([]any{}, rows...))
					if err != nil {
						return err
					}
					if touched != int64(n*(1-want)) {
						t.Errorf("%d rows: %d touched the %d. time", n, touched, want+1)
					}
				}
				sum, found := 0, 0
				err := find.Each(tx, keys, func(r *db.Rows) error {
					var a, c int
					var b string
					err := r.Scan(&a, &b, &c)
					if a != n || b != fmt.Sprint("b", c) {
						t.Errorf("found %d %s %d", a, b, c)
					}
					sum += c
					found++
					return err
				})
				if found != n || sum != n*(n-1)/2 {
					t.Errorf("%d rows: %d found, with the sum %d", n, found, sum)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			total += n
		}
		if n := one[int](t, d, `SELECT count(*) FROM pair`); n != total {
			t.Errorf("%d rows, want %d", n, total)
		}
	})
}

func TestWhatIsRememberedWaitsForTheCommit(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		prepare(t, d, `CREATE TABLE entry (key BIGINT NOT NULL PRIMARY KEY)`)
		remembered := 0
		write := func(key int) error {
			return d.Write(t.Context(), func(tx *db.Tx) error {
				tx.AfterCommit(func() { remembered++ })
				_, err := tx.Exec(`INSERT INTO entry VALUES ($1)`, key)
				return err
			})
		}
		if err := write(1); err != nil {
			t.Fatal(err)
		}
		if err := write(1); err == nil {
			t.Fatal("the same key twice")
		}
		if remembered != 1 {
			t.Errorf("remembered %d times, want once", remembered)
		}
	})
}

// Two transactions find that something is not there, and make it; the second meets the constraint, and finds it when it is run again.
func TestATransactionThatMetAConstraintIsRunAgain(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		prepare(t, d, `CREATE TABLE made (made_key BIGINT NOT NULL, CONSTRAINT made_once UNIQUE (made_key))`)
		var all sync.WaitGroup
		var made atomic.Int64
		for key := range 40 {
			for range 3 {
				all.Go(func() {
					fresh := false
					if err := d.Write(context.WithoutCancel(t.Context()), func(tx *db.Tx) error {
						fresh = false
						var there bool
						if err := tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM made WHERE made_key = $1)`, key).Scan(&there); err != nil || there {
							return err
						}
						_, err := tx.Exec(`INSERT INTO made (made_key) VALUES ($1)`, key)
						if db.Violates(err, "made_once") {
							err = db.ErrRestart
						}
						fresh = err == nil
						return err
					}); err != nil {
						t.Errorf("gave up: %v", err)
					}
					if fresh {
						made.Add(1)
					}
				})
			}
		}
		all.Wait()
		if made.Load() != 40 {
			t.Errorf("%d were made", made.Load())
		}
	})
}

// Two transactions read a version and change it; the second finds that it lost, and is run again with the new one.
func TestATransactionThatLostIsRunAgain(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		prepare(t, d, `CREATE TABLE counter (version BIGINT NOT NULL)`, `INSERT INTO counter VALUES (0)`)
		const each = 20
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				for range each {
					err := d.Write(context.WithoutCancel(t.Context()), func(tx *db.Tx) error {
						var version int
						if err := tx.QueryRow(`SELECT version FROM counter`).Scan(&version); err != nil {
							return err
						}
						n, err := tx.Exec(`UPDATE counter SET version = version + 1 WHERE version = $1`, version)
						if err == nil && n == 0 {
							err = db.ErrRestart
						}
						return err
					})
					if err != nil && !errors.Is(err, db.ErrRestart) {
						t.Error(err)
					}
					if err != nil {
						t.Errorf("gave up: %v", err)
					}
				}
			})
		}
		all.Wait()
		if n := one[int](t, d, `SELECT version FROM counter`); n != 4*each {
			t.Errorf("counted to %d, want %d", n, 4*each)
		}
	})
}
