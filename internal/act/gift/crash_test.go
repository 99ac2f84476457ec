package gift_test

import (
	"context"
	"fmt"
	"strconv"
	"testing"
	"time"

	"regulars/internal/act/gift"
	"regulars/internal/act/points"
	"regulars/internal/act/programme"
	"regulars/internal/act/reward"
	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/base/fault"
	"regulars/internal/record/customer"
	"regulars/internal/record/schema/schematest"
)

// Of the people of the crash test five are given ten units in every surprise, two are kept back, and three are not drawn.
const (
	crowd = 10
	lucky = 5
	each  = 10
)

func crashDesk() *gift.Desk {
	ledger := points.New(time.UTC)
	return &gift.Desk{Programme: &programme.Programme{Book: &programme.Book{}, Ledger: ledger, Digits: 2}, Rewards: &reward.Desk{Ledger: ledger}}
}

// whole takes the nth surprise from its draft to its end. Whatever was done before is not done again.
func whole(ctx context.Context, d *db.DB, desk *gift.Desk, n int) error {
	key := fmt.Sprint("crash-", n)
	if err := d.Write(ctx, func(tx *db.Tx) error {
		if _, err := gift.Load(tx, key); fault.KindOf(err) != fault.NotFound || err == nil {
			return err
		}
		s := gift.Surprise{Surprise: key, Name: "Crash", Unit: "points", Units: each, Budget: lucky*each + each - 1, HoldOut: 20, Gives: tx.Now.Add(-time.Second)}
		if _, err := gift.Save(tx, s, "user:1", 0); err != nil {
			return err
		}
		_, _, err := gift.Plan(tx, key)
		return err
	}); err != nil {
		return err
	}
	return desk.Due(ctx, d)
}

// TestChildGives goes on where the child before was killed, a little earlier, until it is killed itself.
func TestChildGives(t *testing.T) {
	d := dbtest.InChild(t)
	if d == nil {
		return
	}
	last := 0
	if err := d.Read(t.Context(), func(tx *db.Tx) error { return tx.QueryRow("SELECT count(*) FROM surprises").Scan(&last) }); err != nil {
		t.Fatal(err)
	}
	dbtest.GoOn(max(last-2, 0), func(n int) error { return whole(t.Context(), d, crashDesk(), n) })
}

// A process that gives is killed in the middle, on PostgreSQL the server too, and the next one goes on: every surprise is given to
// as many as was planned, to nobody twice, and to those whom its seed drew.
func TestKilledInTheMiddleNobodyIsGivenTwice(t *testing.T) {
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
	desk := crashDesk()
	var who []int64
	if err := d.Write(t.Context(), func(tx *db.Tx) error {
		who = nil
		if err := points.SaveUnit(tx, points.Unit{Code: "points", Kind: points.Spendable}); err != nil {
			return err
		}
		for n := range crowd {
			_, made, err := customer.Make(tx, desk.Programme.Ledger.IDs, []customer.Identity{{Kind: customer.OwnID, Value: fmt.Sprint("c", n)}})
			if err != nil {
				return err
			}
			who = append(who, made[0])
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	last := -1
	for round, rounds := 0, dbtest.CrashRounds(t, 8); round < rounds || last < 3 && round < 10*rounds; round++ {
		dbtest.Crash(t, dbtest.Child(t, "TestChildGives", o), server, func(line string) {
			if n, err := strconv.Atoi(line); err == nil {
				last = max(last, n)
			}
		})
	}
	d = dbtest.Open(t, o)
	if err := desk.Due(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	var made, given, ended int64
	if err := d.Read(t.Context(), func(tx *db.Tx) error {
		given = 0
		for _, one := range who {
			b, err := points.BalanceOf(tx, one, "points", tx.Now)
			if err != nil {
				return err
			}
			given += b.Available
		}
		return tx.QueryRow("SELECT count(*), count(CASE WHEN state = 'given' AND gifts = 5 AND held = 2 AND qualified = 10 THEN 1 END) FROM surprises").Scan(&made, &ended)
	}); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d surprises acknowledged, %d made", last+1, made)
	if ended != made || given != made*lucky*each || int64(last) >= made {
		t.Errorf("of %d surprises %d were given as planned: %d units", made, ended, given)
	}
	for _, c := range append(append(points.Checks(), gift.Checks()...), programme.Checks()...) {
		if found, err := c.Run(t.Context(), d); err != nil || found.N != 0 {
			t.Errorf("%s: %d, for example %s, %v", c.Key, found.N, found.Example, err)
		}
	}
}
