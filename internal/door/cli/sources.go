package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
	"regulars/internal/measure/report"
	"regulars/internal/record/importer"
)

// Sources is the files a command reads, and how.
type Sources struct {
	Files []string `arg:"" name:"file" help:"Files of orders, customers, answers, costs or products: CSV in any usual form, XLSX, Parquet; gzip and zstd too."`

	Reading
}

// reading turns the flags into options of the reader; mistakes are told before any file is opened.
func (s *Sources) reading() (importer.Options, error) { return s.options(len(s.Files)) }

// inspect finds out how to read every file, and with that the currency.
func (s *Sources) inspect(c *Context, l *locale.Locale, o *importer.Options) ([]*importer.Plan, string, error) {
	return s.inspectAll(c, l, s.Files, o)
}

// Reading is how files are read.
type Reading struct {
	Timezone string `help:"Time zone of the business, such as Europe/Athens. Default: that of the data, else UTC." placeholder:"ZONE"`
	Currency string `help:"ISO code of the currency, such as EUR. Default: that of the data, else what the files say." placeholder:"CODE"`

	Returns   string `help:"Take returns off (net) or leave them out (ignore)." default:"net" enum:"net,ignore"`
	ZeroPrice string `help:"Keep or reject rows with a zero price." default:"keep" enum:"keep,reject"`

	Map      map[string]string `help:"Which column is what: customer=CustomerID, amount=Quantity*UnitPrice. Columns can be #1, #2 ..." placeholder:"ROLE=COLUMN" mapsep:","`
	Kind     string            `help:"What the rows are: orders, customers, answers, costs or products. Default: found out." enum:",orders,customers,answers,costs,products" default:"" placeholder:"KIND"`
	Encoding string            `help:"Encoding of the files. Default: found out." placeholder:"NAME"`
	DryRun   bool              `help:"Show how the files would be read, and stop."`
	Quiet    bool              `short:"q" help:"Do not show how files are read, nor progress."`
}

// options are those of the reader, for so many files.
func (s *Reading) options(files int) (importer.Options, error) {
	zone, err := time.LoadLocation(s.Timezone) // UTC where none is named
	if err != nil || s.Timezone == "Local" {
		return importer.Options{}, fault.Invalidf("the time zone %q is not known; use a name such as Europe/Athens or UTC", s.Timezone)
	}
	currency := strings.ToUpper(s.Currency)
	if currency != "" && !locale.KnownCurrency(currency) {
		return importer.Options{}, fault.Invalidf("the currency %q is not known; use an ISO code such as EUR", s.Currency)
	}
	return importer.Options{
		Encoding: s.Encoding, Kind: importer.Kind(s.Kind), Map: s.Map, MapLoosely: files > 1, Zone: zone,
		Currency: currency, Digits: locale.Digits(currency),
		IgnoreReturns: s.Returns == "ignore", RejectZero: s.ZeroPrice == "reject",
	}, nil
}

// inspectAll finds out how to read the files, and with that the currency.
func (s *Reading) inspectAll(c *Context, l *locale.Locale, files []string, o *importer.Options) ([]*importer.Plan, string, error) {
	currency := o.Currency
	if err := twice(files); err != nil {
		return nil, "", err
	}
	var plans []*importer.Plan
	for _, path := range files {
		if source, ok := strings.CutSuffix(path, importer.RejectedSuffix); ok && slices.Contains(files, source) {
			// A pattern such as *.csv takes it in; its rows are in the source, and rejected again there.
			_, _ = fmt.Fprintln(c.Stderr, l.T("cli.skip_rejected", path, source))
			continue
		}
		p, err := importer.Inspect(c.Ctx, path, *o)
		if err != nil {
			return nil, "", err
		}
		plans = append(plans, p)
		if currency == "" {
			currency = p.Currency
		}
	}
	o.Digits = locale.Digits(currency)
	for role, column := range s.Map {
		used := slices.ContainsFunc(plans, func(p *importer.Plan) bool {
			return !slices.ContainsFunc(p.Unmapped, func(u string) bool { return strings.HasPrefix(u, role+"=") || u == role })
		})
		if !used {
			return nil, "", fault.Invalidf("--map %s=%s fits none of the files: none has such a column and role", role, column)
		}
	}
	return plans, currency, nil
}

// twice refuses a file that is named twice, as with *.csv orders.csv: every order in it would count double.
func twice(files []string) error {
	for i, path := range files {
		info, err := os.Stat(path)
		if err != nil {
			continue // reading it says why
		}
		for _, other := range files[:i] {
			if before, err := os.Stat(other); err == nil && os.SameFile(info, before) {
				return fault.Invalidf("%s is named twice, and its rows would count double; name it once", path)
			}
		}
	}
	return nil
}

// checkOutputs refuses to write over an input.
func checkOutputs(plans []*importer.Plan, page, customers string) error {
	if page != "" && page == customers {
		return fault.Invalidf("--out and --customers-out both name %s; give each a file of its own", page)
	}
	for _, out := range []string{page, customers} {
		if out == "" {
			continue
		}
		there, err := os.Stat(out)
		if err == nil && there.IsDir() {
			return fault.Invalidf("%s is a folder; name a file to write to", out)
		}
		if _, err := os.Stat(filepath.Dir(out)); err != nil {
			return fault.Invalidf("the folder of %s does not exist; make it first", out)
		}
		for _, p := range plans {
			if in, statErr := os.Stat(p.Path); err == nil && statErr == nil && os.SameFile(there, in) {
				return fault.Invalidf("%s is one of the files to read; name another file to write to", out)
			}
			if rejected, absErr := filepath.Abs(p.Path + importer.RejectedSuffix); absErr == nil && rejected == out {
				return fault.Invalidf("%s is where rejected rows of %s go; name another file to write to", out, p.Path)
			}
		}
	}
	return nil
}

// showPlans prints how the files would be read.
func showPlans(c *Context, l *locale.Locale, plans []*importer.Plan) error {
	for _, p := range plans {
		if err := report.Plan(c.Stdout, p, l, report.TextOptions{Width: c.Width, Color: c.color()}); err != nil {
			return err
		}
	}
	return nil
}

// told shows on the terminal how each file is read, how far the reading is, and what became of the rows.
func told(c *Context, l *locale.Locale, o *importer.Options) (planned func(*importer.Plan), done func(*importer.Plan, importer.Account)) {
	shown := newProgress(c.Stderr, l)
	o.Progress = shown.update
	planned = func(p *importer.Plan) { _ = report.Plan(c.Stderr, p, l, report.TextOptions{Width: c.Width}) }
	done = func(_ *importer.Plan, a importer.Account) {
		shown.done()
		_ = report.Account(c.Stderr, a, l)
	}
	return planned, done
}

// parseMoment reads a date or a date with a time, on the business's wall clock.
func parseMoment(flag, text string) (int64, error) {
	for _, layout := range []string{time.DateOnly, "2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02 15:04:05"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UnixMicro(), nil
		}
	}
	return 0, fault.Invalidf("%s %q is not a date; write it as 2026-03-01 or 2026-03-01T12:00", flag, text)
}

// csvCell quotes a cell where it needs it.
func csvCell(s string) string {
	if !strings.ContainsAny(s, ",\"\r\n") {
		return s
	}
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}
