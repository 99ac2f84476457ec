package points_test

import (
	"context"
	"fmt"
	"strconv"
	"testing"
	"time"

	"regulars/internal/act/points"
	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/record/schema/schematest"
)

// cycle is how many operations the crash test goes through, over and over: all there are.
const cycle = 8

// one runs the nth operation, under a key that says so.
func one(ctx context.Context, d *db.DB, l *points.Ledger, who []int64, n int) error {
	a := points.Act{Customer: who[0], Unit: "points", Key: fmt.Sprint("op", n), Cause: fmt.Sprint("order:", n/cycle), Actor: "user:1", Reason: "a test"}
	first := fmt.Sprint("op", n-n%cycle+1)
	var r points.Receipt
	err := d.Write(ctx, func(tx *db.Tx) (err error) {
		switch n % cycle {
		case 0:
			_, err = l.Earn(tx, a, points.Grant{Units: 10, Pending: &points.Pending{Until: "paid"}})
		case 1: // activated and spent together: a transaction may hold several
			b := a
			b.Key += "/paid"
			if _, err = l.Activate(tx, b, points.Waiting{For: "paid", Of: a.Cause}); err == nil {
				_, err = l.Spend(tx, a, 3)
			}
		case 2:
			_, err = l.Hold(tx, a, 4, time.Hour)
		case 3: // the hold again, under its own key, tells which it is
			h := a
			h.Key = fmt.Sprint("op", n-1)
			if r, err = l.Hold(tx, h, 4, time.Hour); err == nil {
				_, err = l.Commit(tx, a, r.Hold, 2)
			}
		case 4:
			_, err = l.Refund(tx, a, points.Refund{Key: first, Units: 1})
		case 5:
			_, err = l.Reverse(tx, a, points.Return{Of: a.Cause, Parts: 1})
		case 6:
			_, err = l.Adjust(tx, a, -1)
		default:
			r, err = l.Transfer(tx, a, who[1], 1)
		}
		return err
	})
	if err == nil && n%cycle == cycle-1 {
		err = l.Forward(ctx, d, who[0], r.Hold)
	}
	return err
}

// TestChildMovesUnits goes on where the child before was killed, a little earlier, until it is killed itself.
func TestChildMovesUnits(t *testing.T) {
	d := dbtest.InChild(t)
	if d == nil {
		return
	}
	var who []int64
	last := 0
	if err := d.Read(t.Context(), func(tx *db.Tx) (err error) {
		if who, err = everybody(tx); err != nil {
			return err
		}
		return tx.QueryRow("SELECT count(*) FROM point_operations WHERE key LIKE 'op%' AND key NOT LIKE '%/%'").Scan(&last)
	}); err != nil {
		t.Fatal(err)
	}
	l := points.New(zone)
	dbtest.GoOn(max(last-cycle, 0), func(n int) error { return one(t.Context(), d, l, who, n) })
}

func everybody(tx *db.Tx) (who []int64, err error) {
	rows, err := tx.Query("SELECT customer_id FROM customers ORDER BY customer_id")
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var c int64
		if err := rows.Scan(&c); err != nil {
			return nil, err
		}
		who = append(who, c)
	}
	return who, rows.Close()
}

// A process that moves units is killed in the middle, on PostgreSQL the server too, and the next one repeats what it was
// at: everything is there once.
func TestKilledInTheMiddleEveryOperationIsThereOnce(t *testing.T) {
	t.Parallel()
	dbtest.EachKilled(t, crash)
}

func crash(t *testing.T, o db.Options, server *dbtest.Server) {
	t.Helper()
	d := must(db.Open(t.Context(), o))
	schematest.Migrate(t, d)
	unit(t, d, points.Unit{Code: "points"})
	who := people(t, d, 2)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	last := -1
	// On a busy machine a child may be killed before it has done much: then there are more of them.
	for round, rounds := 0, dbtest.CrashRounds(t, 10); round < rounds || last < cycle && round < 10*rounds; round++ {
		dbtest.Crash(t, dbtest.Child(t, "TestChildMovesUnits", o), server, func(line string) {
			if n, err := strconv.Atoi(line); err == nil {
				last = max(last, n)
			}
		})
	}
	d = dbtest.Open(t, o)
	l := points.New(zone)
	// What was done and not acknowledged is done all the same.
	done := 0
	if err := d.Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow("SELECT count(*) FROM point_operations WHERE key LIKE 'op%' AND key NOT LIKE '%/%'").Scan(&done)
	}); err != nil {
		t.Fatal(err)
	}
	cycles := (max(last+1, done) + cycle - 1) / cycle
	for n := range cycles * cycle {
		if err := one(t.Context(), d, l, who, n); err != nil {
			t.Fatalf("operation %d of %d: %v", n, last, err)
		}
	}
	t.Logf("%d operations acknowledged", last+1)
	c := int64(cycles)
	giver, taker := balance(t, d, who[0], "points"), balance(t, d, who[1], "points")
	if giver.Issued != 10*c || giver.Available != 3*c || giver.Spent != 4*c || giver.Reversed != 2*c || giver.Sent != c || giver.Held != 0 ||
		giver.InTransit != 0 || taker.Available != c || last < cycle {
		t.Errorf("%d times: %+v and %+v", c, giver, taker)
	}
	sound(t, d)
}
