package segment_test

import (
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/job"
	"regulars/internal/base/job/jobtest"
	"regulars/internal/measure/metric"
	"regulars/internal/measure/mirror/mirrortest"
	"regulars/internal/record/business"
	"regulars/internal/record/catalogue"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/order"
	"regulars/internal/record/schema/schematest"
	"regulars/internal/understand/analysis"
	"regulars/internal/understand/segment"
)

func cut(values ...int64) (all [4]metric.Cut) {
	for i, v := range values {
		all[i].Fifths = 5 * v
	}
	return all
}

func TestSegmentsByTheCuts(t *testing.T) {
	t.Parallel()
	c := &segment.Cuts{Cuts: metric.Cuts{Recency: cut(5, 20, 60, 200), Frequency: cut(1, 2, 4, 9), Monetary: cut(1000, 3000, 9000, 30000)}}
	for _, one := range []struct {
		days, orders, paid int64
		want               string
	}{
		{0, 10, 30001, "champions"}, // 5 5 5
		{5, 10, 40000, "champions"}, // on the line is not above it
		{6, 10, 40000, "potential_loyalist"},
		{201, 1, 500, "lost"},
		{201, 10, 40000, "at_risk"},
		{0, 1, 500, "new"},
		{61, 2, 500, "about_to_sleep"},
		{0, 0, 0, ""},
		{-1, 3, 500, ""}, // an order of the day after tomorrow
	} {
		if got := c.Of(one.days, one.orders, one.paid); got != one.want {
			t.Errorf("%d days, %d orders, %d paid: %q, want %q", one.days, one.orders, one.paid, got, one.want)
		}
	}
	var none *segment.Cuts
	if got := none.Of(1, 1, 1); got != "" {
		t.Errorf("before there are cuts: %q", got)
	}
}

// The job draws the cuts of a store, and keeps those it had where nothing can be drawn.
func TestTheCutsAreDrawnAndKept(t *testing.T) {
	t.Parallel()
	schematest.Each(t, func(t *testing.T, d *db.DB) {
		desk := analysis.New(d, mirrortest.Facts(t, d))
		load := func() (c *segment.Cuts) {
			t.Helper()
			if err := d.Read(t.Context(), func(tx *db.Tx) (err error) { c, err = segment.Load(tx); return err }); err != nil {
				t.Fatal(err)
			}
			return c
		}
		asked := func() (n int) {
			t.Helper()
			if err := d.Read(t.Context(), func(tx *db.Tx) error {
				return tx.QueryRow("SELECT count(*) FROM jobs WHERE kind = 'segments' AND state = 'waiting'").Scan(&n)
			}); err != nil {
				t.Fatal(err)
			}
			return n
		}
		write := func(fn func(tx *db.Tx) error) {
			t.Helper()
			if err := d.Write(t.Context(), fn); err != nil {
				t.Fatal(err)
			}
		}
		write(func(tx *db.Tx) error {
			_, err := business.Agree(tx, business.Business{Zone: time.UTC, Currency: "EUR"})
			return err
		})
		if c := load(); c != nil {
			t.Errorf("before any order: %+v", c)
		}
		write(segment.AskFirst)
		write(segment.AskFirst)
		if n := asked(); n != 1 {
			t.Errorf("%d jobs wait", n)
		}
		run := func(done func() bool) {
			t.Helper()
			stop := jobtest.Run(t, d, []job.Kind{segment.Job(desk)}, job.Options{Poll: 20 * time.Millisecond})
			for deadline := time.Now().Add(30 * time.Second); !done(); time.Sleep(20 * time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatal("the job did not do it")
				}
			}
			stop()
		}
		run(func() bool { return asked() == 0 })
		if c := load(); c != nil {
			t.Errorf("of no orders: %+v", c)
		}
		sold(t, d)
		write(segment.AskFirst)
		run(func() bool { return load() != nil })
		c := load()
		// Of twenty who bought 1 to 20 times, for 1 to 20 euros each, the cuts lie at type 7 quantiles.
		if got := c.Frequency; got[0].Value() != 4.8 || got[1].Value() != 8.6 || got[2].Value() != 12.4 || got[3].Value() != 16.2 {
			t.Errorf("%+v", got)
		}
		if c.Of(0, 20, 40000) != "champions" || c.AsOf == "" {
			t.Errorf("%+v", c)
		}
		write(segment.AskFirst)
		if n := asked(); n != 0 {
			t.Error("it is asked for though there are cuts")
		}
		write(segment.Ask)
		if n := asked(); n != 1 {
			t.Errorf("%d jobs wait", n)
		}
	})
}

// sold has twenty customers buy: the first once for a euro, the second twice for two each ...
func sold(t *testing.T, d *db.DB) {
	t.Helper()
	ids := &fact.IDs{}
	keeper := order.Keeper{IDs: ids, Names: catalogue.NewNames()}
	if err := d.Write(t.Context(), func(tx *db.Tx) error {
		for c := 1; c <= 20; c++ {
			_, made, err := customer.Make(tx, ids, []customer.Identity{{Kind: customer.OwnID, Value: "c" + string(rune('a'+c))}})
			if err != nil {
				return err
			}
			var orders []order.Entry
			for n := range c {
				at := fact.At(time.Date(2026, 3, 1+n, 10, 0, 0, 0, time.UTC), time.UTC)
				orders = append(orders, order.Entry{Customer: made[0], Order: &order.Order{Source: "s", Reference: string(rune('a'+c)) + string(rune('a'+n)), Placed: at, AmountMinor: int64(100 * c)}})
			}
			out, err := keeper.Put(tx, orders)
			if err != nil {
				return err
			}
			for _, one := range out {
				if one.Err != nil {
					return one.Err
				}
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
