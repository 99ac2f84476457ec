package sample

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"regulars/internal/base/fault"
)

// made is a sample business in a folder of the test.
type made struct {
	dir   string
	truth Truth
}

func create(t *testing.T, opts Options) made {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "new")
	truth, err := Write(context.Background(), dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	return made{dir, truth}
}

func (m made) bytes(t *testing.T, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(m.dir, file))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// rows gives the readable rows of a file by column, and the number of rows that are cut short.
func (m made) rows(t *testing.T, file string) (rows []map[string]string, short int) {
	t.Helper()
	in := csv.NewReader(bytes.NewReader(m.bytes(t, file)))
	in.FieldsPerRecord = -1
	all, err := in.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, fields := range all[1:] {
		if len(fields) != len(all[0]) {
			short++
			continue
		}
		row := map[string]string{}
		for i, name := range all[0] {
			row[name] = fields[i]
		}
		rows = append(rows, row)
	}
	return rows, short
}

func TestSameOptionsSameBytes(t *testing.T) {
	t.Parallel()
	for _, lines := range []bool{true, false} {
		opts := Options{Customers: 150, Seed: 7, Lines: lines, Languages: []string{"en", "zh"}}
		a, b := create(t, opts), create(t, opts)
		opts.Seed = 8
		c := create(t, opts)
		for _, file := range []string{"orders.csv", CustomersFile, AnswersFile, CostsFile, TruthFile} {
			if !bytes.Equal(a.bytes(t, file), b.bytes(t, file)) {
				t.Errorf("lines %v: %s differs between two runs of the same seed", lines, file)
			}
			if bytes.Equal(a.bytes(t, file), c.bytes(t, file)) {
				t.Errorf("lines %v: %s is the same for two seeds", lines, file)
			}
		}
	}
}

func TestTheFileIsTheLivesOfItsCustomers(t *testing.T) {
	t.Parallel()
	opts, err := Options{Customers: 120, Seed: 3}.complete()
	if err != nil {
		t.Fatal(err)
	}
	w, err := newWorld(opts)
	if err != nil {
		t.Fatal(err)
	}
	rows, _ := create(t, opts).rows(t, "orders.csv")
	written := map[string][]string{}
	for _, row := range rows {
		if row["customer_id"] != "" && !strings.HasPrefix(row["amount"], "-") && row["amount"] != "##" {
			written[row["customer_id"]] = append(written[row["customer_id"]], row["date"][:10])
		}
	}
	start := opts.End.AddDate(0, 0, -opts.Days)
	d := newDice()
	for i := range w.customers {
		b := w.born(d, i)
		var days []string
		for b.next < float64(w.days) {
			v := w.visit(d, i, &b)
			days = append(days, start.AddDate(0, 0, int(v.day)).Format(time.DateOnly))
		}
		id := string(appendCustomer(nil, int32(i)))
		if got := strings.Join(written[id], " "); got != strings.Join(days, " ") {
			t.Fatalf("%s bought on %s, the process says %s", id, got, days)
		}
	}
}

func TestEveryRowIsCounted(t *testing.T) {
	t.Parallel()
	for _, lines := range []bool{true, false} {
		m := create(t, Options{Customers: 800, Seed: 5, Lines: lines, Languages: []string{"el", "mk"}})
		rows, short := m.rows(t, "orders.csv")
		var got Written
		orders := map[string]bool{}
		last := ""
		for _, row := range rows {
			minor, back, ok := amount(row)
			if _, err := time.Parse("2006-01-02 15:04", row["date"]); err != nil || !ok {
				got.BrokenRows++
				continue
			}
			if row["date"] < last {
				t.Fatalf("%s comes after %s", row["date"], last)
			}
			last = row["date"]
			switch {
			case row["customer_id"] == "":
				got.AnonymousRows++
			case back:
				got.ReturnRows++
				got.ReturnedMinor -= minor
				if !orders[row["order_id"]] {
					t.Errorf("order %s is returned but was never made", row["order_id"])
				}
			default:
				orders[row["order_id"]] = true
				got.GrossMinor += minor
			}
		}
		got.Rows, got.Orders = int64(len(rows)+short), int64(len(orders))
		got.BrokenRows += int64(short)
		answers, _ := m.rows(t, AnswersFile)
		for _, row := range answers {
			got.Answers++
			if row["kind"] == "case" {
				got.Cases++
			}
		}
		costs, _ := m.rows(t, CostsFile)
		got.Costs = int64(len(costs))
		got.Alive = m.truth.Written.Alive
		if got != m.truth.Written {
			t.Errorf("lines %v: files hold %+v, truth says %+v", lines, got, m.truth.Written)
		}
		if got.BrokenRows != brokenRows {
			t.Errorf("%d broken rows, want %d", got.BrokenRows, brokenRows)
		}
		people, _ := m.rows(t, CustomersFile)
		if len(people) != 800 {
			t.Errorf("%d customers, want 800", len(people))
		}
	}
}

// amount is what a row of orders.csv comes to.
func amount(row map[string]string) (minor int64, back, ok bool) {
	text, quantity := row["amount"], 1.0
	if _, has := row["unit_price (EUR)"]; has {
		var err error
		text = row["unit_price (EUR)"]
		if quantity, err = strconv.ParseFloat(row["quantity"], 64); err != nil {
			return 0, false, false
		}
	}
	price, err := strconv.ParseFloat(text, 64)
	minor = int64(math.Round(100 * price * quantity))
	return minor, minor < 0, err == nil
}

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string]Options{
		"negative customers": {Customers: -1},
		"no currency":        {Currency: "EUR,x"},
		"few days":           {Days: 3},
		"unknown format":     {Format: "xml"},
		"unknown language":   {Languages: []string{"tlh"}},
		"too many orders":    {OrdersPerCustomer: 5000},
		"less than one":      {OrdersPerCustomer: 0.5},
	} {
		_, err := Write(context.Background(), t.TempDir(), opts)
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: got %v, want an invalid fault", name, err)
		}
	}
}

func TestStopsWhenAskedTo(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	_, err := Write(ctx, t.TempDir(), Options{Progress: func(done, _ int) {
		if done == 10 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want canceled", err)
	}
}

func TestParquetHoldsTheOrders(t *testing.T) {
	t.Parallel()
	m := create(t, Options{Customers: 50, Format: "parquet"})
	if b := m.bytes(t, "orders.parquet"); !bytes.HasPrefix(b, []byte("PAR1")) {
		t.Errorf("orders.parquet begins with %q", b[:4])
	}
	if m.truth.Written.BrokenRows != 0 {
		t.Errorf("%d broken rows in a file that cannot have any", m.truth.Written.BrokenRows)
	}
	if _, err := os.Stat(filepath.Join(m.dir, "orders.csv")); !os.IsNotExist(err) {
		t.Errorf("orders.csv is left over: %v", err)
	}
}

func TestOrdersPerCustomerAndCurrency(t *testing.T) {
	t.Parallel()
	m := create(t, Options{Customers: 3000, OrdersPerCustomer: 10, Currency: "JPY", Languages: []string{"zh"}})
	if mean := float64(m.truth.Written.Orders) / 3000; math.Abs(mean-10) > 0.8 {
		t.Errorf("%.2f orders a customer, want about 10", mean)
	}
	rows, _ := m.rows(t, "orders.csv")
	for _, row := range rows {
		if strings.Contains(row["amount"], ".") {
			t.Fatalf("an amount in yen has decimals: %v", row)
		}
	}
	var truth Truth
	if err := json.Unmarshal(m.bytes(t, TruthFile), &truth); err != nil || truth.Digits != 0 {
		t.Errorf("truth.json: %d digits, error %v", truth.Digits, err)
	}
}

func TestEveryLanguageIsComplete(t *testing.T) {
	t.Parallel()
	all, err := readWords([]string{"en", "ru", "zh", "el", "mk"})
	if err != nil {
		t.Fatal(err)
	}
	for i, w := range all {
		if len(w.Products) != len(catalogue) || len(w.Categories) != len(categoryWeights) || len(w.Stores) != len(storeWeights) {
			t.Errorf("language %d: %d products, %d categories, %d stores", i, len(w.Products), len(w.Categories), len(w.Stores))
		}
		if len(w.FirstNames)%2 != 0 || w.LastNamesF != nil && len(w.LastNamesF) != len(w.LastNames) {
			t.Errorf("language %d: names do not pair", i)
		}
		for topic := praise; topic < topicCount; topic++ {
			if len(w.Comments[topic]) == 0 {
				t.Errorf("language %d: no comments on topic %d", i, topic)
			}
		}
	}
}
