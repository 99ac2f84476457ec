package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
	"regulars/internal/record/sample"
)

// DemoCmd makes a sample business.
type DemoCmd struct {
	Customers int     `help:"How many customers." default:"2000"`
	Seed      uint64  `help:"Same seed, same business." default:"1"`
	Out       string  `help:"Folder to write to." default:"demo" type:"path"`
	Days      int     `help:"Days of business." default:"730"`
	Orders    float64 `help:"Orders a customer, on average." default:"6"`
	End       string  `help:"The day after the last day of business. Default: 1 January 2026." placeholder:"DATE"`
	Currency  string  `help:"ISO code of the currency." default:"EUR"`
	Format    string  `help:"Format of the orders: csv or parquet." default:"csv" enum:"csv,parquet"`
	PerOrder  bool    `help:"One row an order instead of one row a line."`
	Lang      string  `help:"Language of names and comments: en, ru, zh, el or mk." default:"en" placeholder:"LANG"`
}

// Run makes it.
func (d *DemoCmd) Run(c *Context) error {
	l, err := locale.Get(d.Lang)
	if err != nil {
		return err
	}
	o := sample.Options{
		Customers: d.Customers, Seed: d.Seed, Days: d.Days, OrdersPerCustomer: d.Orders, Currency: d.Currency,
		Format: d.Format, Lines: !d.PerOrder, Languages: []string{d.Lang},
	}
	if d.Customers <= 0 || d.Days <= 0 || !(d.Orders > 0) {
		return fault.Invalidf("--customers, --days and --orders must be above 0")
	}
	if !locale.KnownCurrency(d.Currency) {
		return fault.Invalidf("the currency %q is not known; use an ISO code such as EUR", d.Currency)
	}
	if d.End != "" {
		if o.End, err = time.Parse(time.DateOnly, d.End); err != nil {
			return fault.Invalidf("--end %q is not a date; write it as 2026-03-01", d.End)
		}
	}
	if err := notOurs(d.Out, "orders."+d.Format); err != nil {
		return err
	}
	if _, err := sample.Write(c.Ctx, d.Out, o); err != nil {
		return err
	}
	_, err = fmt.Fprintln(c.Stdout, l.T("cli.demo", d.Out))
	return err
}

// notOurs refuses a folder in which the files of somebody's own business would be written over: there are some, and
// none with the truth, which only a sample has.
func notOurs(folder, orders string) error {
	if _, err := os.Lstat(filepath.Join(folder, sample.TruthFile)); err == nil {
		return nil
	}
	for _, name := range []string{orders, sample.CustomersFile, sample.AnswersFile, sample.CostsFile} {
		if path := filepath.Join(folder, name); exists(path) {
			return fault.Invalidf("%s is there already and is no sample of ours; name another folder with --out", path)
		}
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
