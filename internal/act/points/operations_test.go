package points_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"regulars/internal/act/points"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
)

func TestWhatMakesNoSenseIsRefusedAndLeavesNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB, _ *clock) {
		l, who := points.New(zone), people(t, d, 2)
		unit(t, d, points.Unit{Code: "points"})
		unit(t, d, points.Unit{Code: "tier_points", Kind: points.Qualifying})
		earn(t, d, l, who[0], "a", 10)
		tier := act(who[0], "tier")
		tier.Unit = "tier_points"
		write(t, d, func(tx *db.Tx) error { _, err := l.Earn(tx, tier, points.Grant{Units: 5}); return err })
		tier.Key = "x"
		none := act(who[0], "x")
		none.Unit = "none"
		anonymous, unexplained := act(who[0], "x"), act(who[0], "x")
		anonymous.Actor, unexplained.Reason = "", ""
		type op = func(tx *db.Tx) (points.Receipt, error)
		a := act(who[0], "x")
		for name, c := range map[string]struct {
			op   op
			want string // field or code
		}{
			"no such unit":       {func(tx *db.Tx) (points.Receipt, error) { return l.Spend(tx, none, 1) }, "unit_not_found"},
			"nobody did it":      {func(tx *db.Tx) (points.Receipt, error) { return l.Spend(tx, anonymous, 1) }, "actor"},
			"without a reason":   {func(tx *db.Tx) (points.Receipt, error) { return l.Adjust(tx, unexplained, 1) }, "reason"},
			"too many":           {func(tx *db.Tx) (points.Receipt, error) { return l.Spend(tx, a, 11) }, "too_few_units"},
			"less than nothing":  {func(tx *db.Tx) (points.Receipt, error) { return l.Spend(tx, a, -1) }, "units"},
			"nothing":            {func(tx *db.Tx) (points.Receipt, error) { return l.Hold(tx, a, 0, time.Hour) }, "units"},
			"more than can be":   {func(tx *db.Tx) (points.Receipt, error) { return l.Earn(tx, a, points.Grant{Units: 1 << 62}) }, "units"},
			"no grant":           {func(tx *db.Tx) (points.Receipt, error) { return l.Earn(tx, a) }, "grants"},
			"a hold of no time":  {func(tx *db.Tx) (points.Receipt, error) { return l.Hold(tx, a, 1, 0) }, "lasts"},
			"no such hold":       {func(tx *db.Tx) (points.Receipt, error) { return l.Commit(tx, a, 77, 0) }, "hold_not_found"},
			"nothing was spent":  {func(tx *db.Tx) (points.Receipt, error) { return l.Refund(tx, a, points.Refund{Key: "none"}) }, "spending_not_found"},
			"nothing was earned": {func(tx *db.Tx) (points.Receipt, error) { return l.Reverse(tx, a, points.Return{Of: "order:none"}) }, "nothing_to_reverse"},
			"more than was earned": {func(tx *db.Tx) (points.Receipt, error) {
				return l.Reverse(tx, a, points.Return{Of: "order:a", Parts: 11})
			}, "more_than_left"},
			"qualifying units":        {func(tx *db.Tx) (points.Receipt, error) { return l.Spend(tx, tier, 1) }, "unit_not_spendable"},
			"a gift of qualifying":    {func(tx *db.Tx) (points.Receipt, error) { return l.Transfer(tx, tier, who[1], 1) }, "unit_not_spendable"},
			"more down than there is": {func(tx *db.Tx) (points.Receipt, error) { b := a; b.Reason = "r"; return l.Adjust(tx, b, -11) }, "too_few_units"},
		} {
			var refused error
			write(t, d, func(tx *db.Tx) error { _, refused = c.op(tx); return nil })
			var f *fault.Fault
			if !errors.As(refused, &f) || f.Code != c.want && f.Field != c.want {
				t.Errorf("%s: %v (%s)", name, refused, code(refused))
			}
		}
		// The key is still free, and the balance what it was.
		write(t, d, func(tx *db.Tx) error { _, err := l.Spend(tx, a, 10); return err })
		if b := balance(t, d, who[0], "points"); b.Available != 0 || b.Spent != 10 {
			t.Errorf("%+v", b)
		}
		sound(t, d)
	})
}

func TestEntriesTellWhatWhyAndWhoPageByPage(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB, _ *clock) {
		l, who := points.New(zone), people(t, d, 1)[0]
		unit(t, d, points.Unit{Code: "points"})
		for i := range 7 {
			a := act(who, fmt.Sprint("earn", i))
			a.Rule = "rule:3/2"
			write(t, d, func(tx *db.Tx) error { _, err := l.Earn(tx, a, points.Grant{Units: 1, Line: 2}); return err })
		}
		write(t, d, func(tx *db.Tx) error { _, err := l.Spend(tx, act(who, "spend"), 5); return err })
		var all []points.Entry
		for after := (points.Page{}); ; {
			var page []points.Entry
			if err := d.Read(t.Context(), func(tx *db.Tx) (err error) {
				page, after, err = points.Entries(tx, []int64{who}, "points", after, 5)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			all = append(all, page...)
			if len(page) < 5 {
				break
			}
		}
		if len(all) != 12 {
			t.Fatalf("%d entries", len(all))
		}
		for i, e := range all {
			kind, key := points.Spent, "spend"
			if i >= 5 {
				kind, key = points.Issue, fmt.Sprint("earn", 11-i)
			}
			if e.Kind != kind || e.Key != key || e.Cause != "order:"+key || e.Actor != "user:1" || e.Units != 1 || e.Rule != "rule:3/2" || e.Line != 2 {
				t.Errorf("entry %d: %+v", i, e)
			}
		}
	})
}

func TestAUnitKeepsWhatDatesHangOn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB, _ *clock) {
		u := points.Unit{Code: "points", Kind: points.Spendable, Expiry: points.Expiry{Kind: points.After, N: 6, Every: points.Months},
			Pending: points.Pending{Days: 14}}
		unit(t, d, u)
		u.AllowsDebt, u.Pending = true, points.Pending{Until: "delivered"}
		unit(t, d, u)
		var all []points.Unit
		if err := d.Read(t.Context(), func(tx *db.Tx) (err error) { all, err = points.Units(tx); return err }); err != nil {
			t.Fatal(err)
		}
		if len(all) != 1 || fmt.Sprint(all[0]) != fmt.Sprint(u) {
			t.Errorf("%+v", all)
		}
		for _, change := range []func(*points.Unit){
			func(u *points.Unit) { u.Kind = points.Qualifying },
			func(u *points.Unit) { u.Expiry.Kind = points.Idle },
			func(u *points.Unit) { u.Pending = points.Pending{Days: 1, Until: "paid"} },
			func(u *points.Unit) { u.Code = "Баллы" },
			func(u *points.Unit) { u.Kind = "other" },
		} {
			other := u
			change(&other)
			if err := d.Write(t.Context(), func(tx *db.Tx) error { return points.SaveUnit(tx, other) }); err == nil {
				t.Errorf("saved: %+v", other)
			}
		}
	})
}

// What a hold gives back by itself fills a debt if it was good at that moment, however late anybody looks.
func TestAHoldThatRanOutFillsADebtAsOfThen(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lasts           time.Duration
		debt, available int64
	}{"while the lot was good": {24 * time.Hour, 0, 0}, "after it expired": {90 * 24 * time.Hour, 30, 0}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, d *db.DB, clock *clock) {
				t.Helper()
				l, who := points.New(zone), people(t, d, 1)[0]
				unit(t, d, points.Unit{Code: "points", AllowsDebt: true, Expiry: points.Expiry{Kind: points.After, N: 1, Every: points.Months}})
				earn(t, d, l, who, "a", 30)
				earn(t, d, l, who, "b", 30)
				write(t, d, func(tx *db.Tx) error {
					if _, err := l.Spend(tx, act(who, "s"), 30); err != nil {
						return err
					}
					if _, err := l.Hold(tx, act(who, "h"), 30, c.lasts); err != nil {
						return err
					}
					_, err := l.Reverse(tx, act(who, "r"), points.Return{Of: "order:a"})
					return err
				})
				clock.pass(120 * 24 * time.Hour)
				before := balance(t, d, who, "points")
				if _, err := l.SettleDue(t.Context(), d, 10); err != nil {
					t.Fatal(err)
				}
				if after := balance(t, d, who, "points"); before.Debt != c.debt || before.Held != 0 || fmt.Sprint(before) != fmt.Sprint(after) {
					t.Errorf("read %+v, settled %+v", before, after)
				}
				sound(t, d)
			})
		})
	}
}
