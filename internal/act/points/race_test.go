package points_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"regulars/internal/act/points"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
)

// together runs n at once, and demands that each succeeds or is refused as a conflict; it tells how many succeeded.
func together(t *testing.T, d *db.DB, n int, fn func(tx *db.Tx, i int) error) int64 {
	t.Helper()
	var done atomic.Int64
	var wait sync.WaitGroup
	for i := range n {
		wait.Go(func() {
			switch err := d.Write(t.Context(), func(tx *db.Tx) error { return fn(tx, i) }); {
			case err == nil:
				done.Add(1)
			case fault.KindOf(err) != fault.Conflict:
				t.Errorf("number %d: %v", i, err)
			}
		})
	}
	wait.Wait()
	return done.Load()
}

func earn(t *testing.T, d *db.DB, l *points.Ledger, who int64, key string, units int64) {
	t.Helper()
	write(t, d, func(tx *db.Tx) error {
		_, err := l.Earn(tx, act(who, key), points.Grant{Units: units})
		return err
	})
}

func TestAHundredAtOnceSpendOneAccount(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB, _ *clock) {
		l, who := points.New(zone), people(t, d, 1)[0]
		unit(t, d, points.Unit{Code: "points"})
		earn(t, d, l, who, "a", 40)
		earn(t, d, l, who, "b", 93)
		n := together(t, d, 100, func(tx *db.Tx, i int) error {
			_, err := l.Spend(tx, act(who, fmt.Sprint("spend", i)), 2)
			return err
		})
		b := balance(t, d, who, "points")
		if n != 66 || b.Available != 1 || b.Spent != 132 {
			t.Errorf("%d could spend 2 of 133: %+v", n, b)
		}
		sound(t, d)
	})
}

// Two ledgers, as two processes have them, make ids beside each other.
func TestAHundredAtOnceSpendHoldReverseAndEarn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB, _ *clock) {
		ledgers, who := []*points.Ledger{points.New(zone), points.New(zone)}, people(t, d, 1)[0]
		unit(t, d, points.Unit{Code: "points", AllowsDebt: true})
		earn(t, d, ledgers[0], who, "a", 60)
		var spent, earned, reversed atomic.Int64
		together(t, d, 100, func(tx *db.Tx, i int) (err error) {
			l, a := ledgers[i%2], act(who, fmt.Sprint("op", i))
			count := func(c *atomic.Int64, n int64) { tx.AfterCommit(func() { c.Add(n) }) }
			switch i % 4 {
			case 0:
				_, err = l.Spend(tx, a, 3)
				count(&spent, 3)
			case 1:
				_, err = l.Earn(tx, a, points.Grant{Units: 5})
				count(&earned, 5)
			case 2: // the same line 25 times: only one wins
				_, err = l.Reverse(tx, a, points.Return{Of: "order:a"})
				count(&reversed, 1)
			default:
				var r points.Receipt
				if r, err = l.Hold(tx, a, 4, time.Hour); err == nil {
					a.Key += "/end"
					_, err = l.Commit(tx, a, r.Hold, 1)
				}
				count(&spent, 1)
			}
			return err
		})
		b := balance(t, d, who, "points")
		if reversed.Load() != 1 || b.Reversed != 60 || b.Spent != spent.Load() || b.Issued != 60+earned.Load() || b.Held != 0 ||
			b.Available-b.Debt != earned.Load()-spent.Load() {
			t.Errorf("earned %d, spent %d, reversed %d times: %+v", earned.Load(), spent.Load(), reversed.Load(), b)
		}
		sound(t, d)
	})
}

func TestOneKeyAtOnceIsOneOperation(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB, _ *clock) {
		l, who := points.New(zone), people(t, d, 1)[0]
		unit(t, d, points.Unit{Code: "points"})
		earn(t, d, l, who, "a", 100)
		n := together(t, d, 50, func(tx *db.Tx, i int) error {
			_, err := l.Spend(tx, act(who, "one"), int64(10+i%2)) // with two different inputs: one of them wins
			return err
		})
		if b := balance(t, d, who, "points"); n != 25 || b.Available != 90 && b.Available != 89 {
			t.Errorf("%d answered: %+v", n, b)
		}
		sound(t, d)
	})
}

// Twenty people have 100 points between them, and each gives to the next what they can, at once and in rings.
func TestParallelGiftsLeaveExactlyWhatThereWas(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB, _ *clock) {
		l, who := points.New(zone), people(t, d, 20)
		unit(t, d, points.Unit{Code: "points"})
		earn(t, d, l, who[0], "a", 100)
		gift := func(from, to int, key string, units int64) {
			var r points.Receipt
			err := d.Write(t.Context(), func(tx *db.Tx) (err error) {
				r, err = l.Transfer(tx, act(who[from], key), who[to], units)
				return err
			})
			if err == nil {
				err = l.Forward(t.Context(), d, who[from], r.Hold)
			}
			if err != nil && code(err) != "too_few_units" {
				t.Errorf("%s: %v", key, err)
			}
		}
		var wait sync.WaitGroup
		for i := range 20 { // out of the same 100 points
			wait.Go(func() { gift(0, 1+i%19, fmt.Sprint("first", i), 7) })
		}
		wait.Wait()
		for i := range 40 { // and in a ring, both ways
			wait.Go(func() { gift(i%20, (i+1+18*(i/20))%20, fmt.Sprint("ring", i), int64(1+i%7)) })
		}
		wait.Wait()
		var all points.Balance
		for _, w := range who {
			b := balance(t, d, w, "points")
			all.Available += b.Available
			all.InTransit += b.InTransit
			all.Sent += b.Sent
			all.Received += b.Received
		}
		if all.Available != 100 || all.InTransit != 0 || all.Sent != all.Received || all.Sent == 0 {
			t.Errorf("of 100 points there are %+v", all)
		}
		sound(t, d)
	})
}
