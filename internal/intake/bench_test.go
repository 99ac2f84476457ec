package intake_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/intake"
	"regulars/internal/record/business"
	"regulars/internal/record/fact"
	"regulars/internal/record/order"
	"regulars/internal/record/schema/schematest"
)

// BenchmarkOrder takes orders of two lines in, from some callers at once, of customers who are known.
func BenchmarkOrder(b *testing.B) {
	for _, engine := range []string{"sqlite", "postgres"} {
		for _, callers := range []int{1, 16, 64} {
			b.Run(fmt.Sprintf("%s/%d", engine, callers), func(b *testing.B) {
				o := dbtest.SQLite(b)
				if engine == "postgres" {
					o = dbtest.Postgres(b)
				}
				d := dbtest.Open(b, o)
				schematest.Migrate(b, d)
				in, err := intake.New(b.Context(), d, business.Business{Currency: "EUR"})
				if err != nil {
					b.Fatal(err)
				}
				take := func(n int) error {
					order := benchOrder(in, n)
					return d.Write(b.Context(), func(tx *db.Tx) error {
						out, err := in.Order(tx, order)
						if err == nil && out.Status != fact.Created {
							return fmt.Errorf("order %d: %v", n, out)
						}
						return err
					})
				}
				for n := range 1000 {
					if err := take(-1 - n); err != nil {
						b.Fatal(err)
					}
				}
				b.ResetTimer()
				parallel(b, callers, take)
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "orders/s")
				s := d.Stats()
				b.ReportMetric(float64(s.Writes)/float64(max(s.Commits, 1)), "a-commit")
			})
		}
	}
}

func benchOrder(in *intake.Intake, n int) intake.Order {
	customer := n % 1000
	if customer < 0 {
		customer = -customer
	}
	product := rand.IntN(200)
	return intake.Order{Customer: own(fmt.Sprint("customer ", customer)), Order: order.Order{
		Source: "shop", Reference: fmt.Sprint(n), Placed: in.At(noon.Add(time.Duration(n) * time.Second)), AmountMinor: 1500, Lines: []order.Line{
			{Product: fmt.Sprint("product ", product), Category: "c", Quantity: 1, AmountMinor: 1000},
			{Product: fmt.Sprint("product ", product+1), Category: "c", Quantity: 2, AmountMinor: 500},
		}}}
}

// parallel runs b.N calls from some goroutines.
func parallel(b *testing.B, callers int, call func(n int) error) {
	b.Helper()
	var wait sync.WaitGroup
	next := make(chan int, callers)
	for range callers {
		wait.Go(func() {
			for n := range next {
				if err := call(n); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for n := range b.N {
		next <- n + 1
	}
	close(next)
	wait.Wait()
}
