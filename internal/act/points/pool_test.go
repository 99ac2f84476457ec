package points_test

import (
	"context"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"regulars/internal/act/points"
	"regulars/internal/base/db"
	"regulars/internal/base/job"
	"regulars/internal/record/customer"
)

// put inserts a row.
func put(tx *db.Tx, table string, row map[string]any) error {
	var names, places []string
	var values []any
	for name, v := range row {
		names = append(names, name)
		values = append(values, v)
		places = append(places, "$"+strconv.Itoa(len(values)))
	}
	_, err := tx.Exec("INSERT INTO "+table+" ("+strings.Join(names, ", ")+") VALUES ("+strings.Join(places, ", ")+")", values...)
	return err
}

// household is three people who have 50, 30 and 20 points.
func household(t *testing.T, d *db.DB) (*points.Ledger, []int64) {
	t.Helper()
	l, who := points.New(zone), people(t, d, 3)
	unit(t, d, points.Unit{Code: "points"})
	for i, n := range []int64{50, 30, 20} {
		earn(t, d, l, who[i], "first", n)
	}
	return l, who
}

func openPool(t *testing.T, d *db.DB, l *points.Ledger, who int64, key string, shares []points.Share) (p points.Pool) {
	t.Helper()
	write(t, d, func(tx *db.Tx) (err error) {
		p, err = l.OpenPool(tx, act(who, key), shares, time.Hour)
		return err
	})
	return p
}

// advance does what several jobs at once would.
func advance(t *testing.T, d *db.DB, l *points.Ledger, p points.Pool) (now points.Pool) {
	t.Helper()
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			if err := l.Advance(t.Context(), d, p.Customer, p.ID); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if err := d.Read(t.Context(), func(tx *db.Tx) (err error) {
		now, err = points.LoadPool(tx, p.Customer, p.ID)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return now
}

func have(t *testing.T, d *db.DB, who []int64) (out [][2]int64) {
	t.Helper()
	for _, w := range who {
		b := balance(t, d, w, "points")
		out = append(out, [2]int64{b.Available, b.Held})
	}
	return out
}

func TestAHouseholdSpendsTogetherOrNotAtAll(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB, c *clock) {
		l, who := household(t, d)
		shares := must(points.Proportional([]points.Share{{who[0], 50}, {who[1], 30}, {who[2], 20}}, 75))
		if want := []points.Share{{who[0], 38}, {who[1], 22}, {who[2], 15}}; !reflect.DeepEqual(shares, want) {
			t.Fatalf("75 of 50, 30 and 20: %v", shares)
		}
		p := openPool(t, d, l, who[0], "trip", shares)
		if again := openPool(t, d, l, who[0], "trip", shares); again.ID != p.ID {
			t.Error("the same key opened another")
		}
		if p = advance(t, d, l, p); p.State != points.Ready || !reflect.DeepEqual(have(t, d, who), [][2]int64{{12, 38}, {8, 22}, {5, 15}}) {
			t.Fatalf("%+v %v", p, have(t, d, who))
		}
		// Somebody else's basket wants more than is left: nobody pays.
		other := advance(t, d, l, openPool(t, d, l, who[1], "more", []points.Share{{who[1], 8}, {who[2], 6}}))
		if other.State != points.PoolRefused || !other.Ended || !reflect.DeepEqual(have(t, d, who), [][2]int64{{12, 38}, {8, 22}, {5, 15}}) {
			t.Fatalf("%+v %v", other, have(t, d, who))
		}
		write(t, d, func(tx *db.Tx) error { return points.GrantPool(tx, p.Customer, p.ID) })
		if p = advance(t, d, l, p); p.State != points.Done || !p.Ended || !reflect.DeepEqual(have(t, d, who), [][2]int64{{12, 0}, {8, 0}, {5, 0}}) {
			t.Fatalf("%+v %v", p, have(t, d, who))
		}
		if err := d.Write(t.Context(), func(tx *db.Tx) error { return points.CancelPool(tx, p.Customer, p.ID) }); code(err) != "pool_state" {
			t.Errorf("cancelled after it was done: %v", err)
		}
		late := openPool(t, d, l, who[2], "late", []points.Share{{who[0], 5}, {who[2], 5}})
		advance(t, d, l, late)
		c.pass(2 * time.Hour)
		if err := d.Write(t.Context(), func(tx *db.Tx) error { return points.GrantPool(tx, late.Customer, late.ID) }); code(err) != "pool_over" {
			t.Errorf("granted too late: %v", err)
		}
		if late = advance(t, d, l, late); late.State != points.PoolCancelled || !reflect.DeepEqual(have(t, d, who), [][2]int64{{12, 0}, {8, 0}, {5, 0}}) {
			t.Fatalf("%+v %v", late, have(t, d, who))
		}
		sound(t, d)
	})
}

// Two numbers of one person keep an account each; the balance is of both, and spending goes by date over both.
func TestAPersonOfTwoNumbersHasOneBalance(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB, _ *clock) {
		l, who := household(t, d)
		write(t, d, func(tx *db.Tx) error {
			g := points.Grant{Units: 5, Expiry: &points.Expiry{Kind: points.After, N: 1, Every: points.Months}}
			_, err := l.Earn(tx, act(who[1], "soon"), g)
			return err
		})
		var alias int64
		write(t, d, func(tx *db.Tx) (err error) { alias, err = customer.Merge(tx, who[1], who[0]); return err })
		if b := balance(t, d, who[1], "points"); b.Available != 85 || len(b.Expiring) != 1 || b.NeverExpiring != 80 {
			t.Errorf("%+v", b)
		}
		var shares []points.Share
		if err := d.Read(t.Context(), func(tx *db.Tx) (err error) {
			shares, err = points.Soonest(tx, who[:2], "points", 60)
			return err
		}); err != nil || !reflect.DeepEqual(shares, []points.Share{{who[0], 50}, {who[1], 10}}) {
			t.Fatalf("%v %v", shares, err)
		}
		p := advance(t, d, l, openPool(t, d, l, who[0], "both", shares))
		write(t, d, func(tx *db.Tx) error { return points.GrantPool(tx, p.Customer, p.ID) })
		advance(t, d, l, p)
		if b := balance(t, d, who[0], "points"); b.Available != 25 || b.Spent != 60 || len(b.Expiring) != 0 {
			t.Errorf("%+v", b)
		}
		write(t, d, func(tx *db.Tx) error { _, err := customer.Undo(tx, alias); return err })
		if got := have(t, d, who); !reflect.DeepEqual(got, [][2]int64{{0, 0}, {25, 0}, {20, 0}}) {
			t.Errorf("apart again: %v", got)
		}
		sound(t, d)
	})
}

// Jobs bring transfers and common spendings to their end, and a schedule those whose job is gone.
func TestJobsBringThingsToTheirEnd(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB, c *clock) {
		l, who := household(t, d)
		write(t, d, func(tx *db.Tx) error {
			_, err := l.Transfer(tx, act(who[0], "gift"), who[1], 10)
			return err
		})
		openPool(t, d, l, who[2], "trip", []points.Share{{who[1], 1}, {who[2], 2}})
		write(t, d, func(tx *db.Tx) error { _, err := tx.Exec("DELETE FROM jobs"); return err }) // as after a restore
		c.pass(2 * time.Minute)
		runner := must(job.New(d, points.Kinds(d, func(context.Context) (*points.Ledger, error) { return l, nil }), job.Options{Poll: 10 * time.Millisecond, Alone: true, Schedules: points.Schedules()}))
		ran := make(chan error, 1)
		ctx, stop := context.WithCancel(t.Context())
		go func() { ran <- runner.Run(ctx) }()
		write(t, d, func(tx *db.Tx) error {
			_, err := job.Add(tx, job.Job{Kind: "points.settle"})
			return err
		})
		deadline := time.Now().Add(20 * time.Second)
		want := [][2]int64{{40, 0}, {39, 1}, {18, 2}}
		for !reflect.DeepEqual(have(t, d, who), want) && time.Now().Before(deadline) {
			time.Sleep(5 * time.Millisecond)
		}
		stop()
		if err := <-ran; err != nil || !reflect.DeepEqual(have(t, d, who), want) {
			t.Errorf("%v %v", have(t, d, who), err)
		}
		sound(t, d)
	})
}

// Who is erased while a gift is on its way does not get it; the giver has it back, once.
func TestAGiftToNobodyComesBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB, _ *clock) {
		l, who := household(t, d)
		var r points.Receipt
		write(t, d, func(tx *db.Tx) (err error) { r, err = l.Transfer(tx, act(who[0], "gift"), who[1], 10); return err })
		write(t, d, func(tx *db.Tx) error { return customer.Erase(tx, who[1]) })
		for range 2 {
			if err := l.Forward(t.Context(), d, who[0], r.Hold); err != nil {
				t.Fatal(err)
			}
		}
		if got := have(t, d, who); !reflect.DeepEqual(got, [][2]int64{{50, 0}, {30, 0}, {20, 0}}) {
			t.Errorf("%v", got)
		}
		for to, want := range map[int64]string{who[1]: "there is nobody", who[0]: "to themselves", 12345: "there is nobody"} {
			_, err := do(t, d, func(tx *db.Tx) (points.Receipt, error) {
				return l.Transfer(tx, act(who[0], strconv.FormatInt(to, 10)), to, 1)
			})
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("to %d: %v", to, err)
			}
		}
		sound(t, d)
	})
}
