package points_test

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"regulars/internal/act/points"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/schema/schematest"
)

// clock is what the transactions of a test go by.
type clock struct{ us atomic.Int64 }

func clockAt(at time.Time) *clock {
	c := &clock{}
	c.set(at)
	return c
}

func (c *clock) set(at time.Time)      { c.us.Store(at.UnixMicro()) }
func (c *clock) now() time.Time        { return time.UnixMicro(c.us.Load()).UTC() }
func (c *clock) pass(by time.Duration) { c.us.Add(by.Microseconds()) }

var began = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

// each runs the test on both engines with a clock that it sets.
func each(t *testing.T, test func(t *testing.T, d *db.DB, c *clock)) {
	t.Helper()
	schematest.EachOptions(t, func(t *testing.T, o db.Options) {
		t.Helper()
		c := clockAt(began)
		o.Clock = c.now
		d := schematest.Open(t, o)
		test(t, d, c)
	})
}

var zone = must(time.LoadLocation("Europe/Berlin"))

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func write(t *testing.T, d *db.DB, fn func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// do runs one operation in a transaction.
func do(t *testing.T, d *db.DB, fn func(tx *db.Tx) (points.Receipt, error)) (r points.Receipt, err error) {
	t.Helper()
	err = d.Write(t.Context(), func(tx *db.Tx) (err error) {
		r, err = fn(tx)
		return err
	})
	return r, err
}

func unit(t *testing.T, d *db.DB, u points.Unit) {
	t.Helper()
	if u.Kind == "" {
		u.Kind = points.Spendable
	}
	write(t, d, func(tx *db.Tx) error { return points.SaveUnit(tx, u) })
}

func balance(t *testing.T, d *db.DB, customer int64, unit string) (b points.Balance) {
	t.Helper()
	if err := d.Read(t.Context(), func(tx *db.Tx) (err error) {
		b, err = points.BalanceOf(tx, customer, unit, tx.Now)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return b
}

// sound runs every check.
func sound(t *testing.T, d *db.DB) {
	t.Helper()
	for _, c := range points.Checks() {
		found, err := c.Run(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		if found.N != 0 {
			t.Errorf("%s: %d breaches, such as %s", c.Key, found.N, found.Example)
		}
	}
}

func code(err error) string {
	var f *fault.Fault
	if errors.As(err, &f) {
		return f.Code
	}
	return ""
}

func act(customer int64, key string) points.Act {
	return points.Act{Customer: customer, Unit: "points", Key: key, Cause: "order:" + key, Actor: "user:1"}
}
