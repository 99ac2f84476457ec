package liability_test

import (
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/act/points"
	"regulars/internal/act/points/liability"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/schema/schematest"
)

// TestJournalsAddUp has customers earn by orders, spend, give back and let expire over a year, at random, and writes the journal
// of every month: what was released in all, and what is left, is what was deferred; and the journal of a month stays what it was.
func TestJournalsAddUp(t *testing.T) {
	t.Parallel()
	schematest.EachOptions(t, func(t *testing.T, o db.Options) {
		t.Helper()
		var us atomic.Int64
		o.Clock = func() time.Time { return time.UnixMicro(us.Load()).UTC() }
		d := schematest.Open(t, o)
		ledger := points.New(time.UTC)
		var who []int64
		if err := d.Write(t.Context(), func(tx *db.Tx) (err error) {
			_, who, err = customer.Make(tx, &fact.IDs{}, []customer.Identity{{Kind: customer.OwnID, Value: "a"}, {Kind: customer.OwnID, Value: "b"}})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		rapid.Check(t, func(rt *rapid.T) {
			us.Store(time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC).UnixMicro())
			write := func(fn func(tx *db.Tx) error) {
				if err := d.Write(t.Context(), fn); err != nil && fault.KindOf(err) != fault.Conflict {
					rt.Fatal(err)
				}
			}
			write(func(tx *db.Tx) (err error) {
				for _, table := range []string{"units", "accounts", "lots", "operations", "entries"} {
					if _, err := tx.Exec("DELETE FROM point_" + table); err != nil {
						return err
					}
				}
				return points.SaveUnit(tx, points.Unit{Code: "points", Kind: points.Spendable, Expiry: points.Expiry{Kind: points.After, N: 3, Every: points.Months}})
			})
			var kept []liability.Split
			books := func() (b *liability.Books) {
				if err := d.Read(t.Context(), func(tx *db.Tx) (err error) { b, err = liability.ReadBooks(tx, "points", time.UTC); return err }); err != nil {
					rt.Fatal(err)
				}
				return b
			}
			const first = 2026 * 12
			sales := map[int64]int64{}
			n := 0
			for month := range int64(8) {
				for range rapid.IntRange(0, 4).Draw(rt, "acts") {
					n++
					act := points.Act{Customer: rapid.SampledFrom(who).Draw(rt, "who"), Unit: "points", Key: "k" + string(rune(n)), Cause: "reward:1", Actor: "test"}
					units := rapid.Int64Range(1, 50).Draw(rt, "units")
					if rapid.Bool().Draw(rt, "earns") {
						act.Cause = "order:" + string(rune('0'+n%10))
						sales[first+month] += 100 * units
						write(func(tx *db.Tx) error { _, err := ledger.Earn(tx, act, points.Grant{Units: units}); return err })
					} else {
						write(func(tx *db.Tx) error { _, err := ledger.Spend(tx, act, units); return err })
					}
				}
				b := books()
				b.Sales = sales
				sold, _, err := b.Month(first+month, 2, 0.6)
				if err != nil {
					rt.Fatal(err)
				}
				kept = append(kept, sold)
				us.Store(time.Date(2026, time.Month(month+2), 5, 9, 0, 0, 0, time.UTC).UnixMicro())
			}
			b := books()
			b.Sales = sales
			var deferred, released int64
			for month := range int64(len(kept)) {
				sold, moved, err := b.Month(first+month, 2, 0.6)
				if err != nil {
					rt.Fatal(err)
				}
				if sold != kept[month] {
					rt.Fatalf("the sales of month %d were %+v, and are %+v", month, kept[month], sold)
				}
				if sold.GoodsMinor+sold.DeferredMinor != sales[first+month] {
					rt.Fatalf("%+v is not what was sold: %d", sold, sales[first+month])
				}
				deferred += sold.DeferredMinor
				released += moved.RevenueMinor
				if left := deferred - released; left != moved.DeferredMinor || left < 0 {
					rt.Fatalf("month %d: %d deferred and %d released in all leave %d, not %d", month, deferred, released, left, moved.DeferredMinor)
				}
			}
		})
	})
}
