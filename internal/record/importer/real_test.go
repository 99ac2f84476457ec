package importer

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"regulars/internal/record/fact"
)

// shared finds a file of real data, or skips the test with a sentence.
func shared(tb testing.TB, name string) string {
	tb.Helper()
	dir := os.Getenv("REGULARS_SHARED_DATA")
	if dir == "" {
		root, err := os.Getwd()
		for err == nil {
			if _, statErr := os.Stat(filepath.Join(root, "go.mod")); statErr == nil {
				break
			}
			if parent := filepath.Dir(root); parent != root {
				root = parent
				continue
			}
			break
		}
		dir = filepath.Join(filepath.Dir(root), "shared", "data")
	}
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		tb.Skipf("the real data file %s is missing: set REGULARS_SHARED_DATA to the folder that has it", path)
	}
	return path
}

// tally is what the tests compare of a file's facts.
type tally struct {
	account   Account
	facts     int64
	customers map[string]bool
	orders    map[string]bool
	minor     int64
	quantity  float64
	returns   int64
	nobody    int64
}

// readAll inspects and reads a file and adds its sales up.
func readAll(tb testing.TB, path string, opts Options) (*Plan, *tally) {
	tb.Helper()
	if opts.RejectedDir == "" {
		opts.RejectedDir = tb.TempDir()
	}
	p, err := Inspect(context.Background(), path, opts)
	if err != nil {
		tb.Fatalf("Inspect: %v", err)
	}
	t := &tally{customers: map[string]bool{}, orders: map[string]bool{}}
	t.account, err = p.Read(context.Background(), opts, func(b *fact.Batch) error {
		for i := range b.Sales {
			s := &b.Sales[i]
			t.facts++
			if s.Customer == "" {
				t.nobody++
				continue
			}
			if !t.customers[s.Customer] {
				t.customers[string([]byte(s.Customer))] = true
			}
			if !t.orders[s.Order] {
				t.orders[string([]byte(s.Order))] = true
			}
			t.minor += s.AmountMinor
			t.quantity += s.Quantity
			if s.Return {
				t.returns++
			}
		}
		return nil
	})
	if err != nil {
		tb.Fatalf("Read: %v", err)
	}
	a := t.account
	if a.Unreadable+a.Unidentified+a.Later+a.Ignored+a.Rejected+a.Recorded != a.Rows {
		tb.Fatalf("the account does not add up: %+v", a)
	}
	return p, t
}

func TestX(t *testing.T) {
	for _, f := range []string{"online_retail.csv.gz", "cdnow_master.txt.gz", "cdnow_sample.txt.gz", "rfm_orders.csv.gz", "rfm_customers.csv.gz"} {
		p, y := readAll(t, shared(t, f), Options{Digits: 2, IgnoreReturns: true, RejectZero: true})
		t.Logf("%+v\n", *p)
		t.Logf("%+v customers %d orders %d minor %d q %g ret %d nobody %d\n", y.account, len(y.customers), len(y.orders), y.minor, y.quantity, y.returns, y.nobody)
	}
	for _, f := range []string{"online_shoppers_intention.csv.gz", "hillstrom_email.csv.gz", "telco_customer_churn.csv.gz", "groceries_baskets.csv.gz", "tafeng_future.json.gz", "donations_rf.csv", "waltons.csv", "cdnow_cbs_calibration.csv"} {
		p, err := Inspect(context.Background(), shared(t, f), Options{})
		t.Log(f, err)
		if err == nil {
			t.Logf("%+v", *p)
		}
	}
}

func BenchmarkOnlineRetail(b *testing.B) {
	path := shared(b, "online_retail.csv.gz")
	dir := b.TempDir()
	b.ReportAllocs()
	for b.Loop() {
		opts := Options{Digits: 2, RejectedDir: dir}
		p, err := Inspect(context.Background(), path, opts)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := p.Read(context.Background(), opts, func(*fact.Batch) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
