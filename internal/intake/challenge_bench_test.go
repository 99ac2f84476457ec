package intake_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"regulars/internal/act/programme"
	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/intake"
	"regulars/internal/record/business"
	"regulars/internal/record/order"
	"regulars/internal/record/schema/schematest"
)

// BenchmarkChallenges takes one order more in of a customer of whom so many are counted by three challenges already; without: the
// same beside none.
func BenchmarkChallenges(b *testing.B) {
	const three = `"challenges": [
		{"challenge": "five", "name": "Five visits", "count": "visits", "target": 5, "window": "month", "from": "2020-01-01", "gives": {"unit": "points", "units": 50}},
		{"challenge": "weeks", "name": "Week after week", "count": "orders", "target": 1, "window": "week", "in_a_row": 4, "from": "2020-01-01", "gives": {"unit": "points", "units": 80}},
		{"challenge": "taste", "name": "Taste three", "count": "categories", "target": 3, "from": "2020-01-01", "lines": "line.amount > 1.0", "gives": {"unit": "points", "units": 5}}],`
	for _, engine := range []string{"sqlite", "postgres"} {
		for _, counted := range []int{10, 100, 1000} {
			for name, challenges := range map[string]string{"three": three, "without": ""} {
				b.Run(fmt.Sprintf("%s/%d/%s", engine, counted, name), func(b *testing.B) {
					o := dbtest.SQLite(b)
					if engine == "postgres" {
						o = dbtest.Postgres(b)
					}
					benchChallenges(b, o, counted, challenges)
				})
			}
		}
	}
}

func benchChallenges(b *testing.B, o db.Options, counted int, challenges string) {
	b.Helper()
	now := time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC)
	var us atomic.Int64
	us.Store(now.UnixMicro())
	o.Clock = func() time.Time { return time.UnixMicro(us.Load()).UTC() }
	d := schematest.Open(b, o)
	in, err := intake.New(b.Context(), d, business.Business{Currency: "EUR", Zone: time.UTC})
	if err != nil {
		b.Fatal(err)
	}
	document := `{"name": "B", "starts": "2026-01-01", "units": [{"unit": "points"}],` + challenges + `"rules": [{"rule": "rate", "name": "Points", "effect": {"rate": {"unit": "points", "units": 1, "per_minor": 100}}}]}`
	write := func(fn func(tx *db.Tx) error) {
		if err := d.Write(b.Context(), fn); err != nil {
			b.Fatal(err)
		}
	}
	order := func(n int, at time.Time) func(tx *db.Tx) error {
		return func(tx *db.Tx) error {
			out, err := in.Order(tx, intake.Order{Customer: own("ada"), Order: order.Order{Source: "s", Reference: fmt.Sprint(n), Placed: in.At(at), Summed: true,
				Lines: []order.Line{{Product: fmt.Sprint("p", n%20), Category: fmt.Sprint("c", n%7), Quantity: 1, AmountMinor: 450}, {Product: "cake", Category: "cakes", Quantity: 2, AmountMinor: 700}}}})
			if err == nil {
				err = out.Err
			}
			return err
		}
	}
	for n := range counted { // one a day and a half, of before there was a programme
		write(order(n, now.Add(-time.Duration(n+1)*36*time.Hour)))
	}
	write(func(tx *db.Tx) error {
		v, err := programme.Write(tx, []byte(document), "", "usr_1", time.UTC)
		if err == nil {
			_, err = in.Programme().Publish(tx, v.Version, "usr_2", time.UTC)
		}
		return err
	})
	write(order(counted, now)) // what was won before is given with it
	n := counted
	for b.Loop() {
		n++
		write(order(n, now))
	}
}
