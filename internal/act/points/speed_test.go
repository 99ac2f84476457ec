package points_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"regulars/internal/act/points"
	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/record/schema/schematest"
)

// A member with 10,000 lots is answered at once, and so is one who spends them all.
func TestTenThousandLotsAreAnsweredQuickly(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB, c *clock) {
		l, who := points.New(zone), people(t, d, 1)[0]
		unit(t, d, points.Unit{Code: "points", Expiry: points.Expiry{Kind: points.After, N: 2, Every: points.Years}})
		const lots, batch = 10_000, 250
		for i := range lots / batch {
			c.pass(6 * time.Hour)
			write(t, d, func(tx *db.Tx) error {
				_, err := l.Earn(tx, act(who, fmt.Sprint(i)), slices.Repeat([]points.Grant{{Units: 2}}, batch)...)
				return err
			})
		}
		best := time.Hour
		for range 20 {
			began := time.Now()
			b := balance(t, d, who, "points")
			best = min(best, time.Since(began))
			if b.Available != 2*lots || len(b.Expiring) < 10 {
				t.Fatalf("%+v", b)
			}
		}
		t.Logf("balance of %d lots in %s", lots, best)
		// How fast the machine is, the same lots read by hand tell.
		byHand := time.Hour
		for range 20 {
			began := time.Now()
			if err := d.Read(t.Context(), func(tx *db.Tx) error {
				rows, err := tx.Query("SELECT expires_us, active_us, left_units FROM point_lots WHERE customer_id = $1 AND unit = 'points' AND left_units > 0", who)
				if err != nil {
					return err
				}
				for rows.Next() {
					var expires, active, left int64
					if err := rows.Scan(&expires, &active, &left); err != nil {
						return err
					}
				}
				return rows.Close()
			}); err != nil {
				t.Fatal(err)
			}
			byHand = min(byHand, time.Since(began))
		}
		if t.Logf("read one by one in %s", byHand); best > 4*byHand {
			t.Errorf("the balance of %d lots takes %s, reading them one by one %s", lots, best, byHand)
		}
		began := time.Now()
		write(t, d, func(tx *db.Tx) error { _, err := l.Spend(tx, act(who, "one"), 3); return err })
		t.Logf("spent from the first two in %s", time.Since(began))
		c.pass(3 * 365 * 24 * time.Hour)
		began = time.Now()
		if _, err := l.SettleDue(t.Context(), d, 10); err != nil {
			t.Fatal(err)
		}
		t.Logf("all of them expired in %s", time.Since(began))
		if b := balance(t, d, who, "points"); b.Available != 0 || b.Expired != 2*lots-3 {
			t.Errorf("%+v", b)
		}
		sound(t, d)
	})
}

func benchEach(b *testing.B, run func(b *testing.B, d *db.DB)) {
	b.Helper()
	for name, options := range map[string]func(testing.TB) db.Options{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		b.Run(name, func(b *testing.B) {
			d := schematest.Open(b, options(b))
			if err := d.Write(b.Context(), func(tx *db.Tx) error {
				return points.SaveUnit(tx, points.Unit{Code: "points", Kind: points.Spendable})
			}); err != nil {
				b.Fatal(err)
			}
			run(b, d)
		})
	}
}

// callers runs b.N writes from many callers at once, and tells how many a second there were.
func callers(b *testing.B, d *db.DB, fn func(tx *db.Tx, i int) error) {
	b.Helper()
	const at = 32
	next := make(chan int, at)
	var wait sync.WaitGroup
	b.ResetTimer()
	for range at {
		wait.Go(func() {
			for i := range next {
				if err := d.Write(b.Context(), func(tx *db.Tx) error { return fn(tx, i) }); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for i := range b.N {
		next <- i
	}
	close(next)
	wait.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "ops/s")
}

func BenchmarkEarn(b *testing.B) {
	benchEach(b, func(b *testing.B, d *db.DB) {
		b.Helper()
		l := points.New(zone)
		for name, people := range map[string]int{"many": 100_000, "hot": 1} {
			b.Run(name, func(b *testing.B) {
				run := time.Now().UnixNano()
				callers(b, d, func(tx *db.Tx, i int) error {
					_, err := l.Earn(tx, act(int64(1+i%people), fmt.Sprint(run, i)), points.Grant{Units: 10})
					return err
				})
			})
		}
	})
}

func BenchmarkHoldAndCommit(b *testing.B) {
	benchEach(b, func(b *testing.B, d *db.DB) {
		b.Helper()
		l := points.New(zone)
		for name, people := range map[string]int{"many": 1000, "hot": 1} {
			b.Run(name, func(b *testing.B) {
				run := time.Now().UnixNano()
				for c := range people {
					if err := d.Write(b.Context(), func(tx *db.Tx) error {
						_, err := l.Earn(tx, act(int64(1+c), fmt.Sprint("first", run)), points.Grant{Units: 1_000_000})
						return err
					}); err != nil {
						b.Fatal(err)
					}
				}
				holds := make([]int64, b.N)
				callers(b, d, func(tx *db.Tx, i int) error {
					r, err := l.Hold(tx, act(int64(1+i%people), fmt.Sprint("hold", run, i)), 1, time.Hour)
					holds[i] = r.Hold
					return err
				})
				first := b.Elapsed()
				callers(b, d, func(tx *db.Tx, i int) error {
					_, err := l.Commit(tx, act(int64(1+i%people), fmt.Sprint("commit", run, i)), holds[i], 0)
					return err
				})
				b.ReportMetric(2*float64(b.N)/(first+b.Elapsed()).Seconds(), "ops/s")
			})
		}
	})
}

// BenchmarkExpire lets b.N accounts of ten lots each expire.
func BenchmarkExpire(b *testing.B) {
	for name, options := range map[string]func(testing.TB) db.Options{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		b.Run(name, func(b *testing.B) {
			c := clockAt(began)
			o := options(b)
			o.Clock = c.now
			d := schematest.Open(b, o)
			l := points.New(zone)
			if err := d.Write(b.Context(), func(tx *db.Tx) error {
				return points.SaveUnit(tx, points.Unit{Code: "points", Kind: points.Spendable, Expiry: points.Expiry{Kind: points.After, N: 1, Every: points.Days}})
			}); err != nil {
				b.Fatal(err)
			}
			callers(b, d, func(tx *db.Tx, i int) error {
				_, err := l.Earn(tx, act(int64(i+1), "one"), slices.Repeat([]points.Grant{{Units: 3}}, 10)...)
				return err
			})
			c.pass(72 * time.Hour)
			b.ResetTimer()
			for done := 0; done < b.N; {
				n, err := l.SettleDue(b.Context(), d, 1000)
				if err != nil || n == 0 {
					b.Fatalf("%d of %d: %v", done, b.N, err)
				}
				done += n
			}
			b.ReportMetric(10*float64(b.N)/b.Elapsed().Seconds(), "lots/s")
		})
	}
}

// BenchmarkByHand runs the statements of an earning, and nothing else: what the ledger's own work is to be compared with.
func BenchmarkByHand(b *testing.B) {
	benchEach(b, func(b *testing.B, d *db.DB) {
		b.Helper()
		for name, people := range map[string]int{"many": 100_000, "hot": 1} {
			b.Run(name, func(b *testing.B) {
				run := time.Now().UnixNano()
				callers(b, d, func(tx *db.Tx, i int) error {
					return earnByHand(tx, int64(1+i%people), fmt.Sprint(run, i), run+int64(i))
				})
			})
		}
	})
}

func earnByHand(tx *db.Tx, who int64, key string, id int64) error {
	now, hash := tx.Now, []byte("01234567890123456789012345678901")
	var kind, policy string
	var debt bool
	if err := tx.QueryRow("SELECT kind, allows_debt, policy FROM point_units WHERE unit = $1", "points").Scan(&kind, &debt, &policy); err != nil {
		return err
	}
	lock := func() (n int64, err error) {
		return tx.Exec("UPDATE point_accounts SET version = version + 1 WHERE customer_id = $1 AND unit = 'points'", who)
	}
	n, err := lock()
	if err != nil {
		return err
	}
	if n == 0 {
		if _, err := tx.Exec(`INSERT INTO point_accounts VALUES ($1, 'points', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, $2, $2, $2, $3) ON CONFLICT DO NOTHING`,
			who, points.Never, now); err != nil {
			return err
		}
		if _, err := lock(); err != nil {
			return err
		}
	}
	rows, err := tx.Query("SELECT hash, receipt FROM point_operations WHERE customer_id = $1 AND key = $2", who, key)
	if err != nil {
		return err
	}
	if err := rows.Close(); err != nil {
		return err
	}
	for _, s := range []struct {
		text string
		args []any
	}{
		{`INSERT INTO point_lots VALUES ($1, 'points', $2, 'earn', $2, $3, 0, '', '', $4, $4, $5, 10, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 0)`,
			[]any{who, id, key, now, points.Never}},
		{`INSERT INTO point_entries VALUES ($1, 'points', $2, 1, 'issue', $2, 0, 10, '', 0, $3)`, []any{who, id, now}},
		{`INSERT INTO point_operations VALUES ($1, $2, $3, 'points', 'earn', $4, $2, 'user:1', '', '', 10, 0, '{}', $5)`, []any{who, key, id, hash, now}},
		{`UPDATE point_accounts SET issued_units = issued_units + 10, left_units = left_units + 10 WHERE customer_id = $1 AND unit = 'points'`, []any{who}},
	} {
		if _, err := tx.Exec(s.text, s.args...); err != nil {
			return err
		}
	}
	return nil
}
