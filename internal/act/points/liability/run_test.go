package liability_test

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"regulars/internal/act/points"
	"regulars/internal/act/points/liability"
	"regulars/internal/base/db"
	"regulars/internal/record/schema/schematest"
)

// TestWhatMovedAndWhatWillExpire has units of three kinds of expiry given, used, held and run out: what expires is what is
// outstanding but for what is held, in the month in which it ends, and months are those of the business.
func TestWhatMovedAndWhatWillExpire(t *testing.T) {
	t.Parallel()
	schematest.EachOptions(t, func(t *testing.T, o db.Options) {
		t.Helper()
		athens, err := time.LoadLocation("Europe/Athens")
		if err != nil {
			t.Fatal(err)
		}
		var now atomic.Int64
		o.Clock = func() time.Time { return time.UnixMicro(now.Load()) }
		on := func(month time.Month, day, hour int) {
			now.Store(time.Date(2026, month, day, hour, 0, 0, 0, athens).UnixMicro())
		}
		on(1, 5, 12)
		d := schematest.Open(t, o)
		l := points.New(athens)
		key := 0
		run := func(unit string, fn func(tx *db.Tx, a points.Act) (points.Receipt, error)) {
			t.Helper()
			key++
			a := points.Act{Customer: 7, Unit: unit, Key: fmt.Sprint(key), Cause: fmt.Sprint("order:", key), Actor: "user:1"}
			if err := d.Write(t.Context(), func(tx *db.Tx) error { _, err := fn(tx, a); return err }); err != nil {
				t.Fatal(err)
			}
		}
		earn := func(tx *db.Tx, a points.Act) (points.Receipt, error) { return l.Earn(tx, a, points.Grant{Units: 100}) }
		spend := func(tx *db.Tx, a points.Act) (points.Receipt, error) { return l.Spend(tx, a, 30) }
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			for unit, expiry := range map[string]points.Expiry{"after": {Kind: points.After, N: 3, Every: points.Months}, "idle": {Kind: points.Idle, N: 2, Every: points.Months}, "never": {}} {
				if err := points.SaveUnit(tx, points.Unit{Code: unit, Kind: points.Spendable, Expiry: expiry}); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		for _, unit := range []string{"after", "idle", "never"} {
			run(unit, earn)
		}
		on(1, 31, 23) // in January where the business is
		run("after", earn)
		run("after", spend)
		on(3, 1, 1) // in March there, and in February elsewhere
		run("idle", spend)
		run("never", spend)
		run("after", func(tx *db.Tx, a points.Act) (points.Receipt, error) { return l.Hold(tx, a, 20, 90*24*time.Hour) })
		on(4, 20, 12)
		run("after", func(tx *db.Tx, a points.Act) (points.Receipt, error) {
			return points.Receipt{}, l.Settle(tx, a.Customer, a.Unit)
		})
		const month = 2026 * 12
		flow := func(unit string, want ...liability.Flow) {
			t.Helper()
			var got []liability.Flow
			if err := d.Read(t.Context(), func(tx *db.Tx) (err error) { got, err = liability.Flows(tx, unit, athens, 4); return err }); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s:\n got %+v\nwant %+v", unit, got, want)
			}
		}
		flow("after", liability.Flow{Month: month, Issued: 200, Used: 30}, liability.Flow{Month: month + 1}, liability.Flow{Month: month + 2}, liability.Flow{Month: month + 3, Expired: 50})
		flow("never", liability.Flow{Month: month, Issued: 100}, liability.Flow{Month: month + 1}, liability.Flow{Month: month + 2, Used: 30}, liability.Flow{Month: month + 3})
		ahead := func(unit string, held, later, never int64, want ...int64) {
			t.Helper()
			var got liability.Ahead
			var cohorts []liability.Cohort
			if err := d.Read(t.Context(), func(tx *db.Tx) (err error) {
				if cohorts, err = liability.Read(tx, unit, athens); err != nil {
					return err
				}
				got, err = liability.ReadAhead(tx, unit, athens, len(want))
				return err
			}); err != nil {
				t.Fatal(err)
			}
			sum := held + got.Later + got.Never
			for i, m := range got.Months {
				if sum += m.Units; m.Units != want[i] || m.Month != month+3+int64(i) {
					t.Errorf("%s: %+v", unit, got)
				}
			}
			for i := range cohorts {
				sum -= cohorts[i].Outstanding
			}
			if got.Later != later || got.Never != never || sum != 0 {
				t.Errorf("%s: %+v, and %d too many", unit, got, sum)
			}
		}
		ahead("after", 20, 0, 0, 100, 0)
		ahead("idle", 0, 0, 0, 0, 70)
		ahead("idle", 0, 70, 0, 0)
		ahead("never", 0, 0, 70, 0, 0)
	})
}
