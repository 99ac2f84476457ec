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
		if err != nil {
			tb.Fatal(err)
		}
		for filepath.Dir(root) != root {
			if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
				break
			}
			root = filepath.Dir(root)
		}
		dir = filepath.Join(filepath.Dir(root), "shared", "data")
	}
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		tb.Skipf("the real data file %s is missing: set REGULARS_SHARED_DATA to the folder that has it", path)
	}
	return path
}

// tally adds the sales of a file up.
type tally struct {
	account           Account
	customers, orders map[string]bool
	minor             int64
	quantity          float64
	lines, returns    int64
	nobody            int64
	nobodyMinor       int64
}

func tallyOf(tb testing.TB, path string, opts Options) (*Plan, *tally) {
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
			t.add(&b.Sales[i])
		}
		return nil
	})
	if err != nil {
		tb.Fatalf("Read: %v", err)
	}
	checkAccount(tb, t.account)
	return p, t
}

func (t *tally) add(s *fact.Sale) {
	if s.Customer == "" {
		t.nobody++
		t.nobodyMinor += s.AmountMinor
		return
	}
	if !t.customers[s.Customer] {
		t.customers[string([]byte(s.Customer))] = true
	}
	if !t.orders[s.Order] {
		t.orders[string([]byte(s.Order))] = true
	}
	t.lines++
	t.minor += s.AmountMinor
	t.quantity += s.Quantity
	if s.Return {
		t.returns++
	}
}

// TestOnlineRetailCleaned checks the published figures of the cleaned file (customer present, invoice not C...,
// quantity > 0, price > 0).
func TestOnlineRetailCleaned(t *testing.T) {
	t.Parallel()
	p, y := tallyOf(t, shared(t, "online_retail.csv.gz"), Options{Digits: 2, IgnoreReturns: true, RejectZero: true})
	a := y.account
	if a.Rows != 541_909 || a.Unidentified != 135_080 || a.Ignored != 8_905 || a.Rejected != 40 || a.Recorded != 397_884 || a.Unreadable != 0 || a.Later != 0 {
		t.Errorf("%+v", a)
	}
	if y.lines != 397_884 || len(y.customers) != 4_338 || len(y.orders) != 18_532 || y.minor != 891_140_790 || y.returns != 0 {
		t.Errorf("%d lines, %d customers, %d orders, %d", y.lines, len(y.customers), len(y.orders), y.minor)
	}
	if !y.customers["17850"] || a.Reasons[string(ZeroPrice)] != 40 {
		t.Errorf("ids or reasons: %v", a.Reasons)
	}
	want := "InvoiceNo=order StockCode=product Quantity=quantity InvoiceDate=date UnitPrice=price CustomerID=customer"
	if got := roleOf(p); got != want || !p.Lines || p.Compression != "gzip" || p.Encoding != "utf-8" || p.DateLayout != (DateLayout{layoutYMD, "-", timeWithin}) || p.DecimalMark != "." {
		t.Errorf("%s %+v", got, p)
	}
}

// TestOnlineRetailNet keeps returns and zero prices. 406,829 rows have a customer; the sums of the whole file are
// 5,176,450 pieces and 9,747,747.934 before rounding (README of the data).
func TestOnlineRetailNet(t *testing.T) {
	t.Parallel()
	_, y := tallyOf(t, shared(t, "online_retail.csv.gz"), Options{Digits: 2})
	a := y.account
	if a.Rows != 541_909 || a.Unidentified != 135_080 || a.Recorded != 406_829 || a.RejectedFile != "" {
		t.Errorf("%+v", a)
	}
	if y.lines != 406_829 || y.nobody != 135_080 || y.returns != 8_905 || len(y.customers) != 4_372 {
		t.Errorf("%d lines, %d without a customer, %d returns, %d customers", y.lines, y.nobody, y.returns, len(y.customers))
	}
	if sum := y.minor + y.nobodyMinor; sum < 974_774_700 || sum > 974_774_900 {
		t.Errorf("sum %d", sum)
	}
}

// TestOnlineRetailMapped gives the same with everything said by --map.
func TestOnlineRetailMapped(t *testing.T) {
	t.Parallel()
	_, y := tallyOf(t, shared(t, "online_retail.csv.gz"), Options{Digits: 2, IgnoreReturns: true, RejectZero: true,
		Map: map[string]string{"customer": "CustomerID", "amount": "Quantity*UnitPrice", "date": "#5", "order": "invoice_no"}})
	if y.minor != 891_140_790 || y.account.Recorded != 397_884 {
		t.Errorf("%d, %+v", y.minor, y.account)
	}
}

// TestCDNOW checks the totals of the data's README.
func TestCDNOW(t *testing.T) {
	t.Parallel()
	p, y := tallyOf(t, shared(t, "cdnow_master.txt.gz"), Options{Digits: 2})
	if y.account.Rows != 69_659 || y.account.Recorded != 69_659 || len(y.customers) != 23_570 || y.quantity != 167_881 || y.minor != 250_031_563 {
		t.Errorf("%+v, %d customers, %g CDs, %d", y.account, len(y.customers), y.quantity, y.minor)
	}
	if got := roleOf(p); got != "customer_id=customer date=date number_of_cds=quantity dollar_value=amount" || p.Delimiter != " " || p.Lines {
		t.Errorf("%s %+v", got, p)
	}
	p, y = tallyOf(t, shared(t, "cdnow_sample.txt.gz"), Options{Digits: 2})
	if y.account.Recorded != 6_919 || len(y.customers) != 2_357 || p.Header {
		t.Errorf("%+v, %d customers", y.account, len(y.customers))
	}
	if got := roleOf(p); got != "#1=customer #3=date #4=quantity #5=amount" {
		t.Errorf("%s", got)
	}
}

func TestOtherRealFiles(t *testing.T) {
	t.Parallel()
	_, y := tallyOf(t, shared(t, "rfm_orders.csv.gz"), Options{Digits: 0})
	if y.account.Recorded != 4_906 || len(y.customers) != 995 || y.minor != 464_158 {
		t.Errorf("%+v, %d customers, %d", y.account, len(y.customers), y.minor)
	}
	refuse(t, shared(t, "online_shoppers_intention.csv.gz"), Options{}, "no column looks like", "--map date=", "#18")
	refuse(t, shared(t, "groceries_baskets.csv.gz"), Options{}, "no column looks like")
	refuse(t, shared(t, "hillstrom_email.csv.gz"), Options{}, "no column looks like", "history_segment")
	refuse(t, shared(t, "tafeng_future.json.gz"), Options{}, "JSON")
}

func BenchmarkOnlineRetail(b *testing.B) {
	path := shared(b, "online_retail.csv.gz")
	opts := Options{Digits: 2, RejectedDir: b.TempDir()}
	b.ReportAllocs()
	for b.Loop() {
		p, err := Inspect(context.Background(), path, opts)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := p.Read(context.Background(), opts, func(*fact.Batch) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
