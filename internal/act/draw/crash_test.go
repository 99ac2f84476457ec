package draw_test

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"testing"
	"time"

	"regulars/internal/act/draw"
	"regulars/internal/act/points"
	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/base/fault"
	"regulars/internal/base/secret"
	"regulars/internal/record/customer"
	"regulars/internal/record/schema/schematest"
)

// The people of the crash test, each of whom buys two entries in every draw.
const crowd = 5

func crashDesk() *draw.Desk {
	return &draw.Desk{Ledger: points.New(time.UTC), Box: secret.New(bytes.Repeat([]byte{7}, 32))}
}

// whole takes the nth draw from its draft to its end: every third one is cancelled once it is closed. Whatever was done before is
// not done again.
func whole(ctx context.Context, d *db.DB, desk *draw.Desk, n int) error {
	key := fmt.Sprint("crash-", n)
	var s draw.Stored
	var who []int64
	if err := d.Write(ctx, func(tx *db.Tx) (err error) {
		who = nil
		if err := customer.EachID(tx, func(number int64, _ string) { who = append(who, number) }); err != nil {
			return err
		}
		if s, err = draw.Load(tx, key); fault.KindOf(err) != fault.NotFound || err == nil {
			return err
		}
		w := summer()
		w.Draw, w.Opens, w.Closes = key, tx.Now.Add(-time.Hour), tx.Now.Add(60*time.Millisecond)
		if _, err = draw.Save(tx, w, "user:1", 0); err == nil {
			s, err = desk.Publish(tx, key, "user:1")
		}
		return err
	}); err != nil {
		return err
	}
	for _, one := range who {
		err := desk.Enter(ctx, d, draw.Wish{Customer: one, Draw: key, Way: draw.ByBought, Entries: 2, Key: "k", Actor: "test"}, quiet)
		if err != nil && code(err) != "draw_closed" {
			return err
		}
	}
	time.Sleep(time.Until(s.Closes))
	s, err := desk.Close(ctx, d, key, quiet)
	switch {
	case code(err) == "draw_state": // it was cancelled before
	case err != nil:
		return err
	case n%3 != 0:
		_, err = desk.Draw(ctx, d, key, quiet)
		return err
	}
	_, err = desk.Cancel(ctx, d, key, "a test", quiet)
	return err
}

// TestChildHoldsDraws goes on where the child before was killed, a little earlier, until it is killed itself.
func TestChildHoldsDraws(t *testing.T) {
	d := dbtest.InChild(t)
	if d == nil {
		return
	}
	last := 0
	if err := d.Read(t.Context(), func(tx *db.Tx) error { return tx.QueryRow("SELECT count(*) FROM draws").Scan(&last) }); err != nil {
		t.Fatal(err)
	}
	dbtest.GoOn(max(last-2, 0), func(n int) error { return whole(t.Context(), d, crashDesk(), n) })
}

// A process that holds draws is killed in the middle, on PostgreSQL the server too, and the next one goes on: every draw is drawn
// or cancelled, everybody paid for what is on the lists and nothing else, and each draw can be worked out again.
func TestKilledInTheMiddleEveryDrawComesToItsEnd(t *testing.T) {
	t.Parallel()
	dbtest.EachKilled(t, crash)
}

func crash(t *testing.T, o db.Options, server *dbtest.Server) {
	t.Helper()
	d, err := db.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	schematest.Migrate(t, d)
	k := &stall{t: t, d: d, Desk: crashDesk()}
	k.write(func(tx *db.Tx) error { return points.SaveUnit(tx, points.Unit{Code: "points", Kind: points.Spendable}) })
	const much = 1_000_000
	var who []int64
	for range crowd {
		who = append(who, k.person(much))
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	last := -1
	for round, rounds := 0, dbtest.CrashRounds(t, 8); round < rounds || last < 3 && round < 10*rounds; round++ {
		dbtest.Crash(t, dbtest.Child(t, "TestChildHoldsDraws", o), server, func(line string) {
			if n, err := strconv.Atoi(line); err == nil {
				last = max(last, n)
			}
		})
	}
	k.d = dbtest.Open(t, o)
	made := 0
	k.read(func(tx *db.Tx) error { return tx.QueryRow("SELECT count(*) FROM draws").Scan(&made) })
	for n := range max(made, last+1) {
		if err := whole(t.Context(), k.d, k.Desk, n); err != nil {
			t.Fatalf("draw %d of %d: %v", n, made, err)
		}
	}
	t.Logf("%d draws acknowledged, %d made", last+1, made)
	k.sound()
	var bought int64
	k.read(func(tx *db.Tx) error {
		bought = 0
		all, err := draw.List(tx, true, 0, "", 10_000)
		for i := range all {
			s := &all[i]
			if s.State != draw.Drawn && s.State != draw.Cancelled {
				t.Errorf("%s is %s", s.Draw.Draw, s.State)
			}
			if s.State == draw.Drawn {
				bought += s.Entries
			}
		}
		return err
	})
	var spent int64
	for _, one := range who {
		spent += much - k.has(one).Available
	}
	if spent != 10*bought || last < 3 {
		t.Errorf("%d units are spent, for %d entries on the lists of draws that were drawn", spent, bought)
	}
}
