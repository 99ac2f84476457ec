package quality

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/base/job"
	"regulars/internal/base/job/jobtest"
	"regulars/internal/measure/mirror/mirrortest"
	"regulars/internal/record/business"
	"regulars/internal/record/catalogue"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/order"
	"regulars/internal/record/schema/schematest"
	"regulars/internal/understand/analysis"
)

func TestGapsOfASource(t *testing.T) {
	t.Parallel()
	weekdays := func(weeks int) (days []int64) { // four days with one between, and three over a weekend
		for w := range weeks {
			for d := range 5 {
				days = append(days, int64(7*w+d))
			}
		}
		return days
	}
	for what, c := range map[string]struct {
		days           []int64
		usual, longest int64
	}{
		"none":          {nil, 0, 0},
		"too few":       {[]int64{1, 2, 3, 4, 5}, 0, 0},
		"daily":         {[]int64{6, 5, 4, 3, 2, 1}, 1, 1},
		"weekdays":      {weekdays(6), 1, 3},
		"weekly":        {[]int64{0, 7, 14, 21, 28, 35, 42}, 7, 7},
		"one long stop": {append(weekdays(20), 300), 1, 3},
		"what it was long ago": {append([]int64{0, 50, 100, 150, 200, 250}, func() (d []int64) {
			for n := range int64(70) {
				d = append(d, 300+n)
			}
			return d
		}()...), 1, 1},
	} {
		if usual, longest := gaps(slices.Clone(c.days)); usual != c.usual || longest != c.longest {
			t.Errorf("%s: usually %d, at most %d, want %d and %d", what, usual, longest, c.usual, c.longest)
		}
	}
	now := time.Date(2026, 5, 20, 1, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		longest, ago int64
		late         bool
	}{{1, 1, false}, {1, 2, true}, {3, 4, false}, {3, 5, true}, {7, 10, false}, {7, 11, true}, {0, 900, false}} {
		s := Source{Longest: c.longest, Last: now.AddDate(0, 0, -int(c.ago)).Add(20 * time.Hour)}
		if days, late := s.Late(now); late != c.late || days != c.ago {
			t.Errorf("%d days after the last, at most %d: %d, %v", c.ago, c.longest, days, late)
		}
	}
	if days, late := (&Source{Longest: 1, Last: now.AddDate(0, 0, 3)}).Late(now); days != 0 || late {
		t.Errorf("of tomorrow: %d, %v", days, late)
	}
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	number := func(v float64) *float64 { return &v }
	now := time.Now()
	verdicts := func(r Report, i Imported) string {
		var all []string
		for _, l := range r.Lines(now, i) {
			all = append(all, l.Key+" "+string(l.Verdict))
		}
		return strings.Join(all, ", ")
	}
	if got := verdicts(Report{}, Imported{}); strings.Count(got, "none") != 8 {
		t.Errorf("of nothing: %s", got)
	}
	good := Report{Identified: number(60), Orders: 100, Free: 1, Sources: []Source{{Last: now, Longest: 1}}}
	good.Customers.Customers, good.Customers.Reachable, good.Customers.Agreed = 100, 50, 30
	if got := verdicts(good, Imported{Files: 1, Rows: 100, Rejected: 1}); strings.Count(got, "good") != 8 {
		t.Errorf("just enough: %s", got)
	}
	bad := good
	bad.Identified, bad.Free, bad.Future, bad.Duplicates = number(59.9), 2, 1, 1
	bad.Customers.Reachable, bad.Customers.Agreed = 49, 29
	bad.Sources = []Source{{Last: now.AddDate(0, 0, -3), Longest: 1}}
	if got := verdicts(bad, Imported{Files: 1, Rows: 100, Rejected: 2}); strings.Count(got, "look") != 8 {
		t.Errorf("just not: %s", got)
	}
}

// house is a store with a business, and a maker of its reports.
func house(t *testing.T, d *db.DB) *Maker {
	t.Helper()
	schematest.Migrate(t, d)
	write(t, d, func(tx *db.Tx) error {
		_, err := business.Agree(tx, business.Business{Zone: time.UTC, Currency: "EUR"})
		return err
	})
	return &Maker{DB: d, Desk: analysis.New(d, mirrortest.Facts(t, d))}
}

func write(t *testing.T, d *db.DB, fn func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(context.WithoutCancel(t.Context()), fn); err != nil {
		t.Fatal(err)
	}
}

func load(t *testing.T, d *db.DB) (r *Report) {
	t.Helper()
	if err := d.Read(t.Context(), func(tx *db.Tx) (err error) { r, err = Load(tx); return err }); err != nil {
		t.Fatal(err)
	}
	return r
}

// fill has two who may be one person, one of whom can be written to and agreed, and orders of theirs and of nobody.
func fill(t *testing.T, d *db.DB) {
	t.Helper()
	ids := &fact.IDs{}
	keeper := order.Keeper{IDs: ids, Names: catalogue.NewNames()}
	now := time.Now().UTC()
	write(t, d, func(tx *db.Tx) error {
		_, made, err := customer.Make(tx, ids, []customer.Identity{{Kind: customer.Card, Value: "0077"}, {Kind: customer.Card, Value: "77771"}, {Kind: customer.Card, Value: "077771"}, {Kind: customer.Email, Value: "a@x.org"}})
		if err != nil {
			return err
		}
		if _, err := customer.Agree(tx, made[0], customer.Consent{Channel: "email", Purpose: "offers", Given: now, Granted: true, Wording: "May we?"}); err != nil {
			return err
		}
		if _, err := customer.Update(tx, keeper.Names, []customer.Entry{{Customer: made[1], Profile: &customer.Profile{FullName: "Anna"}}}); err != nil {
			return err
		}
		var orders []order.Entry
		for i, o := range []struct {
			who    int64
			days   int
			amount int64
			source string
		}{{made[0], -20, 3000, "till"}, {made[1], -3, 3000, "till"}, {-ids.New(tx.Now), -2, 2000, "shop"}, {made[2], 3, 0, "shop"}} {
			at := fact.At(now.AddDate(0, 0, o.days), time.UTC)
			orders = append(orders, order.Entry{Customer: o.who, Order: &order.Order{Source: o.source, Reference: string(rune('a' + i)), Placed: at, AmountMinor: o.amount,
				Lines: []order.Line{{Quantity: 1, AmountMinor: o.amount}}}})
		}
		out, err := keeper.Put(tx, orders)
		for _, one := range out {
			if err == nil {
				err = one.Err
			}
		}
		return err
	})
}

// The job looks at everything; until it did there is no report, and of an empty business there is one that says nothing.
func TestTheReportIsMade(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		m := house(t, d)
		if r := load(t, d); r != nil {
			t.Errorf("before it was made: %+v", r)
		}
		run(t, d, m)
		if r := load(t, d); r.Orders != 0 || r.Identified != nil || len(r.Sources) != 0 || r.At.IsZero() {
			t.Errorf("of nothing: %+v", r)
		}
		fill(t, d)
		run(t, d, m)
		r := load(t, d)
		if r.Identified == nil || *r.Identified != 75 {
			t.Errorf("three of four euros are of known customers: %v", r.Identified)
		}
		c := r.Customers
		if c.Customers != 4 || c.Reachable != 1 || c.Agreed != 1 || c.Named != 1 {
			t.Errorf("%+v", c)
		}
		if r.Orders != 4 || r.Future != 1 || r.Free != 1 || r.Duplicates != 1 || r.Beyond != 0 {
			t.Errorf("%+v", r)
		}
		if len(r.Sources) != 2 || r.Sources[0].Name != "shop" || r.Sources[0].Facts != 2 || r.Sources[0].Kind != "order" || r.Sources[0].Days != 1 || r.Sources[0].Longest != 0 || r.Sources[0].Fact.Before(time.Now()) {
			t.Errorf("%+v", r.Sources)
		}
	})
}

func run(t *testing.T, d *db.DB, m *Maker) {
	t.Helper()
	before := load(t, d)
	write(t, d, Ask)
	write(t, d, Ask)
	asked := func() (asked bool) {
		t.Helper()
		if err := d.Read(t.Context(), func(tx *db.Tx) (err error) { asked, err = Asked(tx); return err }); err != nil {
			t.Fatal(err)
		}
		return asked
	}
	if !asked() {
		t.Error("it is not asked for")
	}
	stop := jobtest.Run(t, d, []job.Kind{m.Job()}, job.Options{Poll: 20 * time.Millisecond, Schedules: Schedules()})
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if r := load(t, d); !asked() && r != nil && (before == nil || r.At.After(before.At)) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the job did not do it")
		}
	}
	stop()
}
