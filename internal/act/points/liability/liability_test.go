package liability_test

import (
	"fmt"
	"math"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/act/points"
	"regulars/internal/act/points/liability"
	"regulars/internal/base/db"
	"regulars/internal/record/schema/schematest"
)

// The figures are those of IFRS 15, Illustrative Example 52: customers pay 100,000 and earn 10,000 points of value 1.
func TestTheFiguresOfTheStandard(t *testing.T) {
	t.Parallel()
	sold, err := liability.Allocate(100_000, 100_000, 9_700)
	if err != nil || sold.GoodsMinor != 91_158 || sold.DeferredMinor != 8_842 {
		t.Fatalf("%+v %v", sold, err)
	}
	first := liability.Period{DeferredMinor: sold.DeferredMinor, UsedNow: 4_500, ExpectedBefore: 9_700, ExpectedNow: 9_700}.Move()
	if first.RevenueMinor != 4_102 || first.CatchUpMinor != 0 || first.DeferredMinor != 4_740 {
		t.Errorf("the first year: %+v", first)
	}
	// In the second year 4,000 more are used, and 9,900 expected in all: 7,592 in all.
	second := liability.Period{DeferredMinor: sold.DeferredMinor, UsedBefore: 4_500, UsedNow: 8_500, ExpectedBefore: 9_700, ExpectedNow: 9_900}.Move()
	if first.RevenueMinor+second.RevenueMinor != 7_592 || second.ForUseMinor+second.CatchUpMinor != second.RevenueMinor || second.CatchUpMinor >= 0 {
		t.Errorf("the second year: %+v", second)
	}
	var out strings.Builder
	if err := liability.WriteCSV(&out, liability.Journal("2026-12-31", "2026", sold, first, "1000", "4000", "2400")); err != nil {
		t.Fatal(err)
	}
	if want := "day,account,text,debit_minor,credit_minor\n2026-12-31,1000,2026,100000,0\n2026-12-31,4000,2026,0,91158\n" +
		"2026-12-31,2400,2026,0,8842\n2026-12-31,2400,2026,4102,0\n2026-12-31,4000,2026,0,4102\n"; out.String() != want {
		t.Errorf("the journal:\n%s", out.String())
	}
	if err := liability.WriteCSV(&out, []liability.Line{{DebitMinor: 1}}); err == nil {
		t.Error("a journal of one side was written")
	}
	if got := liability.CostMinor(500, 2, 0.9); got != 900 {
		t.Errorf("500 units of 2 cost %d", got)
	}
}

func TestNothingIsReleasedTwiceOrLost(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		number := func(name string, from, to int64) int64 { return rapid.Int64Range(from, to).Draw(rt, name) }
		sold, err := liability.Allocate(number("paid", 0, 1e12), number("goods", 1, 1e12), number("expected", 0, 1e12))
		if err != nil {
			rt.Fatal(err)
		}
		used, expected, released := int64(0), number("units", 1, 1e9), int64(0)
		for range 5 {
			p := liability.Period{DeferredMinor: sold.DeferredMinor, UsedBefore: used, ExpectedBefore: expected}
			used += number("used", 0, 1e8)
			expected = max(expected+number("change", -1e7, 1e7), 1)
			p.UsedNow, p.ExpectedNow = used, expected
			r := p.Move()
			released += r.RevenueMinor
			if released < 0 || released > sold.DeferredMinor || released+r.DeferredMinor != sold.DeferredMinor || r.ForUseMinor+r.CatchUpMinor != r.RevenueMinor {
				rt.Fatalf("released %d of %d: %+v", released, sold.DeferredMinor, r)
			}
		}
	})
}

// Cohorts that use 20, 10 and 5 of a hundred in their first three months, and nothing after: the young ones are expected
// to use 35 in all too.
func TestUseIsForetoldFromTheCohortsOwnPast(t *testing.T) {
	t.Parallel()
	curve := []int64{200, 100, 50, 0, 0, 0, 0}
	var cohorts []liability.Cohort
	for age := 6; age >= 0; age-- {
		c := liability.Cohort{Month: int64(24_000 - age), Issued: 1000, UsedByAge: append([]int64{}, curve[:age]...)}
		c.UsedByAge = append(c.UsedByAge, 0) // the month under way has only begun
		for _, u := range c.UsedByAge {
			c.Used += u
		}
		c.Outstanding = c.Issued - c.Used
		cohorts = append(cohorts, c)
	}
	liability.Estimate(cohorts, 0.5)
	for _, c := range cohorts {
		if total := float64(c.Used) + c.Use*float64(c.Outstanding); math.Abs(total-350) > 0.001 {
			t.Errorf("of the cohort of age %d %.1f will be used, not 350", len(c.UsedByAge)-1, total)
		}
	}
	if got := liability.ExpectedUnits(cohorts); got != 350+150+50 {
		t.Errorf("%d units will be used", got)
	}
	alone := []liability.Cohort{{Issued: 10, Outstanding: 10, UsedByAge: []int64{0}}}
	if liability.Estimate(alone, 0.97); alone[0].Use != 0.97 {
		t.Errorf("without any past: %v", alone[0].Use)
	}
}

func TestCohortsAreReadFromTheLedger(t *testing.T) {
	t.Parallel()
	schematest.EachOptions(t, func(t *testing.T, o db.Options) {
		t.Helper()
		var now atomic.Int64
		o.Clock = func() time.Time { return time.UnixMicro(now.Load()) }
		on := func(month time.Month, day int) {
			now.Store(time.Date(2026, month, day, 12, 0, 0, 0, time.UTC).UnixMicro())
		}
		on(1, 5)
		d := schematest.Open(t, o)
		l := points.New(time.UTC)
		key := 0
		run := func(fn func(tx *db.Tx, a points.Act) (points.Receipt, error)) {
			t.Helper()
			key++
			a := points.Act{Customer: 7, Unit: "points", Key: fmt.Sprint(key), Cause: fmt.Sprint("order:", key), Actor: "user:1"}
			if err := d.Write(t.Context(), func(tx *db.Tx) error { _, err := fn(tx, a); return err }); err != nil {
				t.Fatal(err)
			}
		}
		earn := func(tx *db.Tx, a points.Act) (points.Receipt, error) { return l.Earn(tx, a, points.Grant{Units: 100}) }
		spend := func(tx *db.Tx, a points.Act) (points.Receipt, error) { return l.Spend(tx, a, 60) }
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			return points.SaveUnit(tx, points.Unit{Code: "points", Kind: points.Spendable, Expiry: points.Expiry{Kind: points.After, N: 3, Every: points.Months}})
		}); err != nil {
			t.Fatal(err)
		}
		run(earn)
		on(2, 10)
		run(earn)
		run(spend)
		on(3, 1)
		run(spend)
		on(4, 20)
		run(func(tx *db.Tx, a points.Act) (points.Receipt, error) {
			return points.Receipt{}, l.Settle(tx, a.Customer, a.Unit)
		})
		run(func(tx *db.Tx, a points.Act) (points.Receipt, error) {
			return l.Refund(tx, a, points.Refund{Key: "4", Units: 5})
		})
		var got []liability.Cohort
		if err := d.Read(t.Context(), func(tx *db.Tx) (err error) { got, err = liability.Read(tx, "points", time.UTC); return err }); err != nil {
			t.Fatal(err)
		}
		want := []liability.Cohort{{Month: 2026 * 12, Issued: 100, Used: 100, UsedByAge: []int64{0, 60, 40, 0}},
			{Month: 2026*12 + 1, Issued: 100, Outstanding: 85, Used: 15, UsedByAge: []int64{0, 20, -5}}}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("\n got %+v\nwant %+v", got, want)
		}
	})
}
