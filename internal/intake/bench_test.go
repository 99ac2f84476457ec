package intake_test

import (
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/base/secret"
	"regulars/internal/base/webhook"
	"regulars/internal/intake"
	"regulars/internal/record/business"
	"regulars/internal/record/fact"
	"regulars/internal/record/order"
	"regulars/internal/record/schema/schematest"
)

// BenchmarkOrder takes orders of two lines in, each in a transaction of its own, from some callers at once, of customers
// who are known; told also to a webhook. Beside it the same statements are run without intake's logic.
func BenchmarkOrder(b *testing.B) {
	for _, engine := range []string{"sqlite", "postgres"} {
		for _, callers := range []int{16, 64} {
			for _, side := range []string{"intake", "told", "by-hand"} {
				b.Run(fmt.Sprintf("%s/%d/%s", engine, callers, side), func(b *testing.B) {
					o := dbtest.SQLite(b)
					if engine == "postgres" {
						if o = dbtest.Postgres(b); !dbtest.Clustered(b) {
							o = db.Options{URL: dbtest.NewServer(b).URL}
						}
					}
					benchOrders(b, dbtest.Open(b, o), callers, side)
				})
			}
		}
	}
}

const benchCustomers = 1000

func benchOrders(b *testing.B, d *db.DB, callers int, side string) {
	b.Helper()
	schematest.Migrate(b, d)
	in, err := intake.New(b.Context(), d, business.Business{Currency: "EUR"})
	if err != nil {
		b.Fatal(err)
	}
	if in.Teller, err = webhook.NewTeller(intake.Types()); err != nil {
		b.Fatal(err)
	}
	if side == "told" { // to one endpoint
		url := "https://listener.example/"
		hooks := webhook.New(d, secret.New(make([]byte, 32)), in.Teller, webhook.Options{})
		if err := d.Write(b.Context(), func(tx *db.Tx) error { _, _, err := hooks.Create(tx, webhook.Change{URL: &url}); return err }); err != nil {
			b.Fatal(err)
		}
	}
	take := func(n int) error {
		order := benchOrder(in, n)
		return d.Write(b.Context(), func(tx *db.Tx) error {
			out, err := in.Order(tx, order)
			if err == nil && out.Status != fact.Created {
				err = fmt.Errorf("order %d: %v", n, out)
			}
			return err
		})
	}
	inParallel(b, 64, benchCustomers, func(n int) error { return take(-n) })
	before := d.Stats()
	call := take
	if side == "by-hand" {
		call = func(n int) error {
			order := benchOrder(in, n)
			return d.Write(b.Context(), func(tx *db.Tx) error { return byHand(tx, int64(n), &order) })
		}
	}
	b.ResetTimer()
	inParallel(b, callers, b.N, call)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "orders/s")
	after := d.Stats()
	b.ReportMetric(float64(after.Writes-before.Writes)/float64(max(after.Commits-before.Commits, 1)), "a-commit")
}

func benchOrder(in *intake.Intake, n int) intake.Order {
	customer := max(n, -n) % benchCustomers
	product := max(n, -n) % 200
	return intake.Order{Customer: own(fmt.Sprint("customer ", customer)), Order: order.Order{
		Source: "shop", Reference: fmt.Sprint(n), Placed: in.At(noon.Add(time.Duration(n) * time.Second)), AmountMinor: 1500, Lines: []order.Line{
			{Product: fmt.Sprint("product ", product), Category: "c", Quantity: 1, AmountMinor: 1000},
			{Product: fmt.Sprint("product ", product+1), Category: "c", Quantity: 2, AmountMinor: 500},
		}}}
}

// byHand runs the statements of an order of a known customer, and computes nothing.
func byHand(tx *db.Tx, n int64, o *intake.Order) error {
	var customer, serial int64
	if err := tx.QueryRow("SELECT customer_id FROM identities WHERE kind = $1 AND value = $2", o.Customer.Kind, o.Customer.Value).Scan(&customer); err != nil {
		return err
	}
	at := o.Placed
	statements := []struct {
		query string
		args  []any
	}{
		{"INSERT INTO fact_references (kind, source, reference, customer_id, fact_id) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
			[]any{"order", o.Source, o.Reference, customer, n}},
		{`INSERT INTO orders (customer_id, order_id, source, reference, placed_us, local_us, day, month, state, amount_minor, discount_minor,
			tax_minor, shipping_minor, store, channel, attributes, content, version, recorded_us, updated_us)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`,
			[]any{customer, n, o.Source, o.Reference, at.UTC, at.Local, 20000, 24000, "placed", 1500, 0, 0, 0, "", "", "", []byte("0123456789abcdef"), 1, tx.Now, tx.Now}},
		{`INSERT INTO sale_lines (customer_id, fact_id, line_no, order_id, sold_us, local_us, day, month, amount_minor, quantity, product_id,
			category_id, is_return, counts, attributes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15),
			($16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30)`,
			[]any{customer, n, 1, n, at.UTC, at.Local, 20000, 24000, 1000, 1.0, 1, 1, false, true, "",
				customer, n, 2, n, at.UTC, at.Local, 20000, 24000, 500, 2.0, 2, 1, false, true, ""}},
	}
	for _, s := range statements {
		if _, err := tx.Exec(s.query, s.args...); err != nil {
			return err
		}
	}
	serial, err := tx.Position("changes")
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	_, err = tx.Exec("INSERT INTO changes (serial, customer_id, kind, fact_id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING", serial, customer, 1, n)
	return err
}

// inParallel makes the calls 1 to n from some goroutines.
func inParallel(b *testing.B, callers, n int, call func(n int) error) {
	b.Helper()
	var wait sync.WaitGroup
	var next atomic.Int64
	for range callers {
		wait.Go(func() {
			for i := int(next.Add(1)); i <= n; i = int(next.Add(1)) {
				if err := call(i); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wait.Wait()
}
