package sample

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"regulars/internal/base/fault"
)

// Options say what business to make; the zero value of a field is its default.
type Options struct {
	Customers         int       // 2,000
	Seed              uint64    // any number, 0 too
	End               time.Time // the day after the last day of business, by its date; 1 January 2026
	Days              int       // of business; 730
	OrdersPerCustomer float64   // on average, over those days; 6
	Currency          string    // ISO code; EUR
	Format            string    // of the orders file: csv (default) or parquet
	Lines             bool      // orders.csv has a row for each line of an order; else one row an order
	Languages         []string  // of names and comments (en, ru, zh, el, mk); the first one also of products; en
	Progress          func(done, days int)
}

// The files that Write makes in its folder; orders are OrdersFile+".csv" or ".parquet".
const (
	OrdersFile    = "orders"
	CustomersFile = "customers.csv"
	AnswersFile   = "answers.csv"
	CostsFile     = "costs.csv"
	TruthFile     = "truth.json"
)

// Write makes the files of a sample business in dir and gives what is true of it.
func Write(ctx context.Context, dir string, opts Options) (Truth, error) {
	opts, err := opts.complete()
	if err != nil {
		return Truth{}, err
	}
	texts, err := readWords(opts.Languages)
	if err != nil {
		return Truth{}, err
	}
	w, err := newWorld(opts)
	if err != nil {
		return Truth{}, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return Truth{}, fault.Invalidf("cannot make the folder %s: %w", dir, err)
	}
	r := newRun(w, opts, texts)
	if err := r.write(ctx, dir); err != nil {
		return Truth{}, err
	}
	from := max(0, opts.Days-365)
	truth := Truth{
		Seed: opts.Seed, Customers: opts.Customers,
		Start: r.date(0), End: r.date(opts.Days), Window: r.date(from),
		Currency: opts.Currency, Digits: w.digits, Lines: opts.Lines,
		Process: w.Process, Written: r.written, Expected: w.expected(from),
	}
	return truth, writeTruth(filepath.Join(dir, TruthFile), truth)
}

func writeTruth(path string, truth Truth) error {
	text, err := json.MarshalIndent(truth, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}

// maxCustomers keeps numbers of customers within 32 bits with room to spare.
const maxCustomers = 1_000_000_000

func (o Options) complete() (Options, error) {
	if o.Customers == 0 {
		o.Customers = 2000
	}
	if o.Days == 0 {
		o.Days = 730
	}
	if o.OrdersPerCustomer == 0 {
		o.OrdersPerCustomer = 6
	}
	if o.Currency == "" {
		o.Currency = "EUR"
	}
	if o.Format == "" {
		o.Format = "csv"
	}
	if len(o.Languages) == 0 {
		o.Languages = []string{"en"}
	}
	if o.End.IsZero() {
		o.End = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	y, m, d := o.End.Date()
	o.End = time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	o.Currency = strings.ToUpper(o.Currency)
	switch {
	case len(o.Currency) != 3 || strings.Trim(o.Currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "":
		return o, fault.Invalidf("the currency %q is no ISO code; give three letters such as EUR", o.Currency)
	case o.Customers < 1 || o.Customers > maxCustomers:
		return o, fault.Invalidf("the number of customers is %d; give one from 1 to %d", o.Customers, maxCustomers)
	case o.Days < 30 || o.Days > 36_500:
		return o, fault.Invalidf("the number of days is %d; give one from 30 to 36500", o.Days)
	case o.Format != "csv" && o.Format != "parquet":
		return o, fault.Invalidf("the format %q is not known; give csv or parquet", o.Format)
	}
	return o, nil
}

// newWorld fixes the process: prices in the currency, and the rate of visits that gives the wanted number of orders.
func newWorld(o Options) (*world, error) {
	scale, digits := money(o.Currency)
	w := &world{
		Process: standard(scale), seed: o.Seed, customers: o.Customers,
		days: o.Days, digits: digits, scale: scale, lines: o.Lines,
	}
	w.season = newSeason(o.End.AddDate(0, 0, -o.Days), o.Days+aftermath, &w.Process)
	err := w.calibrate(o.OrdersPerCustomer)
	return w, err
}

// money gives the number of decimals of a currency and about how many of it a euro is.
func money(currency string) (scale float64, digits int) {
	switch currency {
	case "RUB":
		return 90, 2
	case "CNY":
		return 8, 2
	case "MKD":
		return 60, 2
	case "JPY":
		return 160, 0
	case "KRW":
		return 1500, 0
	case "KWD", "BHD", "OMR":
		return 0.4, 3
	}
	return 1, 2
}

// calibrate sets Alpha so that customers order so many times on average.
func (w *world) calibrate(orders float64) error {
	pilot := *w
	pilot.seed, pilot.customers = mix(w.seed+streamPilot), 4000
	low, high := math.Log(1e-3), math.Log(1e4) // days between visits
	mean := func(logAlpha float64) float64 {
		pilot.Alpha = math.Exp(logAlpha)
		return pilot.ordersPerCustomer()
	}
	if least, most := mean(high), mean(low); orders < least || orders > most {
		return fault.Invalidf("%g orders a customer cannot be had in %d days; give a number from %.1f to %.1f",
			orders, w.days, least+0.05, most-0.05)
	}
	for high-low > 0.002 {
		if middle := (low + high) / 2; mean(middle) > orders {
			low = middle
		} else {
			high = middle
		}
	}
	w.Alpha = math.Exp(high)
	return nil
}

func (w *world) ordersPerCustomer() float64 {
	d := newDice()
	var orders int
	for i := range w.customers {
		b := w.born(d, i)
		for b.next < float64(w.days) {
			w.visit(d, i, &b)
			orders++
		}
	}
	return float64(orders) / float64(w.customers)
}
