package db_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/base/fault"
)

func TestAReadSeesOneMomentAndDoesNotWrite(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		prepare(t, d, `CREATE TABLE n (i BIGINT NOT NULL PRIMARY KEY)`, `INSERT INTO n VALUES (1)`)
		err := d.Read(t.Context(), func(tx *db.Tx) error {
			for range 3 {
				var n int64
				if err := tx.QueryRow(`SELECT count(*) FROM n`).Scan(&n); err != nil {
					return err
				}
				if n != 1 {
					t.Errorf("the same read sees %d rows, and saw 1", n)
				}
				if err := run(t.Context(), d, `INSERT INTO n SELECT max(i) + 1 FROM n`); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if n := one[int64](t, d, `SELECT count(*) FROM n`); n != 4 {
			t.Errorf("%d rows, want 4", n)
		}
		err = d.Read(t.Context(), func(tx *db.Tx) error { _, err := tx.Exec(`DELETE FROM n`); return err })
		if err == nil || fault.KindOf(err) != fault.Internal {
			t.Errorf("a write inside a read gives %v", err)
		}
	})
}

func TestNobodySeesWhatIsNotCommitted(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		prepare(t, d, `CREATE TABLE n (i BIGINT NOT NULL PRIMARY KEY)`)
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			if _, err := tx.Exec(`INSERT INTO n VALUES (1)`); err != nil {
				return err
			}
			if n := one[int64](t, d, `SELECT count(*) FROM n`); n != 0 {
				t.Errorf("another reads %d rows that are not committed", n)
			}
			var own int64
			if err := tx.QueryRow(`SELECT count(*) FROM n`).Scan(&own); err != nil || own != 1 {
				t.Errorf("the writer itself reads %d, %v", own, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if n := one[int64](t, d, `SELECT count(*) FROM n`); n != 1 {
			t.Errorf("right after the acknowledgement %d rows are seen", n)
		}
	})
}

// Of many who take the last ones at the same time, exactly as many succeed as there are.
func TestAConditionalUpdateIsALock(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		prepare(t, d, `CREATE TABLE stock (id BIGINT NOT NULL PRIMARY KEY, n BIGINT NOT NULL CONSTRAINT stock_enough CHECK (n >= 0))`,
			`CREATE TABLE taken (who BIGINT NOT NULL PRIMARY KEY)`, `INSERT INTO stock VALUES (1, 7)`)
		var all sync.WaitGroup
		results := make(chan error, 40)
		none := errors.New("none left")
		for who := range cap(results) {
			all.Go(func() {
				results <- d.Write(t.Context(), func(tx *db.Tx) error {
					n, err := tx.Exec(`UPDATE stock SET n = n - 1 WHERE id = 1 AND n > 0`)
					if err != nil {
						return err
					}
					if n == 0 {
						return none
					}
					_, err = tx.Exec(`INSERT INTO taken VALUES ($1)`, who)
					return err
				})
			})
		}
		all.Wait()
		close(results)
		got := 0
		for err := range results {
			if err == nil {
				got++
			} else if !errors.Is(err, none) {
				t.Error(err)
			}
		}
		if rows := one[int](t, d, `SELECT count(*) FROM taken`); got != 7 || rows != 7 {
			t.Errorf("%d were told yes, %d are written, 7 were there", got, rows)
		}
	})
}

// Of many who claim the same names at the same time, exactly one gets each, and the others are told who they lost to.
func TestOneOfManyGetsAName(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		prepare(t, d, `CREATE TABLE claim (name TEXT NOT NULL PRIMARY KEY, who BIGINT NOT NULL)`)
		var mutex sync.Mutex
		winners := map[string]int{}
		var all sync.WaitGroup
		for who := range 16 {
			all.Go(func() {
				for i := range 10 {
					name := fmt.Sprint(i)
					err := run(t.Context(), d, `INSERT INTO claim VALUES ($1, $2)`, name, who)
					switch {
					case err == nil:
						mutex.Lock()
						if other, taken := winners[name]; taken {
							t.Errorf("%s was given to %d and to %d", name, other, who)
						}
						winners[name] = who
						mutex.Unlock()
					case fault.KindOf(err) != fault.Conflict || !db.Violates(err, "claim_pkey"):
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		for name, who := range winners {
			if got := one[int](t, d, `SELECT who FROM claim WHERE name = $1`, name); got != who {
				t.Errorf("%s belongs to %d, and %d was told so", name, got, who)
			}
		}
		if len(winners) != 10 {
			t.Errorf("%d of 10 names were given", len(winners))
		}
	})
}

// Increments by many at the same time add up: none reads what another is about to overwrite.
func TestIncrementsAddUp(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		prepare(t, d, `CREATE TABLE account (id BIGINT NOT NULL PRIMARY KEY, n BIGINT NOT NULL)`, `INSERT INTO account VALUES (1, 0), (2, 0)`)
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				for range 20 {
					err := d.Write(t.Context(), func(tx *db.Tx) error {
						// In the order of their keys, as everybody does.
						for id := range 2 {
							if _, err := tx.Exec(`UPDATE account SET n = n + 1 WHERE id = $1`, id+1); err != nil {
								return err
							}
						}
						return nil
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		// Meanwhile whoever reads sees both or neither of each pair.
		for range 20 {
			if off := one[int](t, d, `SELECT (SELECT n FROM account WHERE id = 1) - (SELECT n FROM account WHERE id = 2)`); off != 0 {
				t.Errorf("a reader sees the accounts %d apart", off)
			}
		}
		all.Wait()
		if n := one[int](t, d, `SELECT sum(n) FROM account`); n != 320 {
			t.Errorf("the sum is %d, want 320", n)
		}
	})
}

const forever = `WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 1000000000) SELECT count(*) FROM c`

// A context ends a statement that reads, and the connection serves the next as before.
func TestAContextEndsARead(t *testing.T) {
	t.Parallel()
	dbtest.EachOptions(t, func(t *testing.T, o db.Options) {
		o.Connections = 1
		d := dbtest.Open(t, o)
		for range 3 {
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
			began := time.Now()
			err := d.Read(ctx, func(tx *db.Tx) error {
				var n int64
				return tx.QueryRow(forever).Scan(&n)
			})
			cancel()
			if fault.KindOf(err) != fault.Unavailable || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("the context had ended, and the read went on for %v", took)
			}
			if n := one[int](t, d, `SELECT 7`); n != 7 {
				t.Errorf("the next read gives %d", n)
			}
		}
	})
}

// More readers than connections take turns, and one who does not want to wait any longer says so.
func TestReadersTakeTurns(t *testing.T) {
	t.Parallel()
	dbtest.EachOptions(t, func(t *testing.T, o db.Options) {
		o.Connections = 2
		d := dbtest.Open(t, o)
		release := make(chan struct{})
		var all, holding sync.WaitGroup
		holding.Add(2)
		for range 2 {
			all.Go(func() {
				if err := d.Read(t.Context(), func(*db.Tx) error { holding.Done(); <-release; return nil }); err != nil {
					t.Error(err)
				}
			})
		}
		holding.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		if err := d.Read(ctx, func(*db.Tx) error { return nil }); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("a third reader on two connections: %v", err)
		}
		for range 5 {
			all.Go(func() {
				if err := d.Read(t.Context(), func(tx *db.Tx) error { _, err := column(tx, `SELECT 'x'`); return err }); err != nil {
					t.Error(err)
				}
			})
		}
		close(release)
		all.Wait()
	})
}
