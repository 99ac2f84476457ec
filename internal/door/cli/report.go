package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"gonum.org/v1/gonum/floats"

	"regulars/internal/base/chart"
	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
	"regulars/internal/measure/metric"
	"regulars/internal/measure/mirror"
	"regulars/internal/measure/report"
	"regulars/internal/record/importer"
)

// ReportCmd turns files into the loyalty picture.
type ReportCmd struct {
	Files []string `arg:"" optional:"" name:"file" help:"Files of orders, customers, answers or costs: CSV in any usual form, XLSX, Parquet; gzip and zstd too."`

	Place  `group:"Of facts that are kept, in place of files:"`
	Engine string `help:"What works out the figures of kept facts: mirror (the columnar copy), database (PostgreSQL itself), or auto, the copy beside a data folder and PostgreSQL itself elsewhere." default:"auto" enum:"auto,mirror,database" group:"Of facts that are kept, in place of files:"`

	AsOf     string   `help:"Moment to look from: facts at or after it do not exist (2026-03-01 or 2026-03-01T12:00). Default: the midnight after the last fact." placeholder:"DATE"`
	From     string   `help:"First day of the window. Default: 365 days before its end." placeholder:"DATE"`
	To       string   `help:"Day after the last day of the window. Default: the as-of moment." placeholder:"DATE"`
	Timezone string   `help:"Time zone of the business, such as Europe/Athens. Default: UTC; of kept facts, their own." placeholder:"ZONE"`
	Currency string   `help:"ISO code of the currency, such as EUR. Default: what the files say." placeholder:"CODE"`
	By       []string `help:"Break figures down by day, week, month, quarter or year, and by an attribute of the files such as country, or by segment. Default: month." placeholder:"PERIOD|ATTRIBUTE"`
	Measure  []string `help:"Only these measures." placeholder:"KEY,..."`
	Where    []string `help:"Only facts with this attribute: country=France, channel!=web, city=Athens|Patras." placeholder:"ATTRIBUTE=VALUE" sep:"none"`

	RFM             string    `name:"rfm" help:"How RFM scores are cut: cuts, rank or r-package." default:"cuts" placeholder:"METHOD"`
	NPS             string    `name:"nps" help:"Scale of the NPS question: 0-10, 1-10, or min,top detractor,top passive,max." default:"0-10" placeholder:"SCALE"`
	CSAT            string    `name:"csat" help:"Scale of the CSAT question: 1-5 or 1-10. Default: from the answers." placeholder:"SCALE"`
	ActivityDays    int       `help:"Days without an order after which a customer is no longer current. Default: from the gaps between purchases." placeholder:"DAYS"`
	SecondOrderDays int       `help:"Days within which a second order is looked for. Default: activity days." placeholder:"DAYS"`
	TopShare        float64   `help:"Share of customers that counts as the top." default:"0.2" placeholder:"SHARE"`
	ProductKind     string    `help:"What a kind of product is: category (where there is one) or product." default:"category" enum:"category,product"`
	IndexWeights    []float64 `help:"Weights of NPS, repurchase rate and share buying several kinds in the loyalty index." placeholder:"W,W,W"`
	Returns         string    `help:"Take returns off (net) or leave them out (ignore)." default:"net" enum:"net,ignore"`
	ZeroPrice       string    `help:"Keep or reject rows with a zero price." default:"keep" enum:"keep,reject"`
	Variant         bool      `help:"Show text-book formulas too, with how they differ."`

	Map      map[string]string `help:"Which column is what: customer=CustomerID, amount=Quantity*UnitPrice. Columns can be #1, #2 ..." placeholder:"ROLE=COLUMN" mapsep:","`
	Kind     string            `help:"What the rows are: orders, customers, answers or costs. Default: found out." enum:",orders,customers,answers,costs" default:"" placeholder:"KIND"`
	Encoding string            `help:"Encoding of the files. Default: found out." placeholder:"NAME"`
	DryRun   bool              `help:"Show how the files would be read, and stop."`

	Format       string `help:"text, html, json or csv." default:"text" enum:"text,html,json,csv"`
	Lang         string `help:"Language: en, ru, zh, el or mk." default:"en" placeholder:"LANG"`
	Out          string `help:"File to write to. Default: standard output." placeholder:"PATH" type:"path"`
	CustomersOut string `help:"File for one row a customer: id, recency, frequency, monetary value, scores, segment." placeholder:"PATH" type:"path"`
	All          bool   `help:"Print every measure in the text, not the main ones only."`
	Quiet        bool   `short:"q" help:"Do not show how files are read, nor progress."`
}

// Run makes the report.
func (r *ReportCmd) Run(c *Context) error {
	l, err := locale.Get(r.Lang)
	if err != nil {
		return err
	}
	o, err := r.options()
	if err != nil {
		return err
	}
	var customers customersFile
	if r.CustomersOut != "" {
		customers.begin()
		o.Customers = customers.write
	}
	picture, err := r.picture(c, l, o)
	if err != nil || picture == nil {
		return err
	}
	var page bytes.Buffer
	if err := r.render(&page, c, picture, l); err != nil {
		return err
	}
	if r.CustomersOut != "" {
		if err := customers.save(r.CustomersOut); err != nil {
			return err
		}
	}
	if r.Out != "" {
		return writeFile(r.Out, page.Bytes())
	}
	_, err = page.WriteTo(c.Stdout)
	return err
}

// picture assembles what is to be shown; nil where only the reading of files was to be shown.
func (r *ReportCmd) picture(c *Context, l *locale.Locale, o report.Options) (*report.Picture, error) {
	kept, err := r.ofKept()
	if err != nil {
		return nil, err
	}
	if kept {
		return r.fromStore(c, o)
	}
	return r.fromFiles(c, l, o)
}

func (r *ReportCmd) fromFiles(c *Context, l *locale.Locale, o report.Options) (*report.Picture, error) {
	plans, err := r.inspect(c, l, &o)
	if err != nil {
		return nil, err
	}
	if r.DryRun {
		for _, p := range plans {
			if err := report.Plan(c.Stdout, p, l, report.TextOptions{Width: c.Width, Color: c.color()}); err != nil {
				return nil, err
			}
		}
		return nil, nil
	}
	if err := r.checkOutputs(plans); err != nil {
		return nil, err
	}
	if !r.Quiet {
		shown := newProgress(c.Stderr, l)
		o.Import.Progress = shown.update
		o.Planned = func(p *importer.Plan) { _ = report.Plan(c.Stderr, p, l, report.TextOptions{Width: c.Width}) }
		o.Done = func(_ *importer.Plan, a importer.Account) {
			shown.done()
			_ = report.Account(c.Stderr, a, l)
		}
	}
	return report.FromFiles(c.Ctx, plans, o)
}

// render writes the picture in the format asked for.
func (r *ReportCmd) render(w io.Writer, c *Context, p *report.Picture, l *locale.Locale) error {
	switch r.Format {
	case "json":
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(p)
	case "csv":
		return report.CSV(w, p)
	case "html":
		charts, err := chart.New()
		if err != nil && !errors.Is(err, chart.ErrMissing) { // without charts the page says so, and has its tables
			return err
		}
		return report.HTML(w, p, l, charts)
	}
	color := c.color() && r.Out == ""
	return report.Text(w, p, l, report.TextOptions{Width: c.Width, Color: color, All: r.All})
}

// maxDays bounds the settings that count days: ten years. Beyond it lies a slip of the hand, and a table with a row
// for each day that does not fit into memory.
const maxDays = 3660

// options turns the flags into options of the report; mistakes in them are told before any file is opened.
func (r *ReportCmd) options() (report.Options, error) {
	zone, err := time.LoadLocation(r.Timezone)
	if err != nil || r.Timezone == "Local" {
		return report.Options{}, fault.Invalidf("the time zone %q is not known; use a name such as Europe/Athens or UTC", r.Timezone)
	}
	o := report.Options{
		Kind: mirror.KindIs(r.ProductKind), Measures: r.Measure, Variants: r.Variant, Currency: strings.ToUpper(r.Currency),
		Import: importer.Options{
			Encoding: r.Encoding, Kind: importer.Kind(r.Kind), Map: r.Map, MapLoosely: len(r.Files) > 1, Zone: zone,
			IgnoreReturns: r.Returns == "ignore", RejectZero: r.ZeroPrice == "reject",
		},
	}
	set := &o.Settings
	for _, m := range []struct {
		flag, text string
		to         *int64
	}{{"--as-of", r.AsOf, &set.AsOf}, {"--from", r.From, &set.From}, {"--to", r.To, &set.To}} {
		if m.text == "" {
			continue
		}
		if *m.to, err = parseMoment(m.flag, m.text); err != nil {
			return o, err
		}
	}
	if o.Currency != "" && !locale.KnownCurrency(o.Currency) {
		return o, fault.Invalidf("the currency %q is not known; use an ISO code such as EUR", r.Currency)
	}
	if set.From != 0 && set.To != 0 && set.From >= set.To {
		return o, fault.Invalidf("the window is empty: --from %s must be before --to %s", r.From, r.To)
	}
	o.Import.AsOf = set.AsOf
	if set.RFM, err = metric.ParseRFMMethod(r.RFM); err != nil {
		return o, err
	}
	if set.Bands, err = metric.ParseBands(r.NPS); err != nil {
		return o, err
	}
	return o, r.settings(set)
}

func (r *ReportCmd) settings(set *metric.Settings) error {
	switch r.CSAT {
	case "":
	case "1-5":
		set.CSATScale = 5
	case "1-10":
		set.CSATScale = 10
	default:
		return fault.Invalidf("the CSAT scale %q is not known: use 1-5 or 1-10", r.CSAT)
	}
	if min(r.ActivityDays, r.SecondOrderDays) < 0 || max(r.ActivityDays, r.SecondOrderDays) > maxDays {
		return fault.Invalidf("--activity-days and --second-order-days count days, up to %d", maxDays)
	}
	if !(r.TopShare > 0 && r.TopShare <= 1) {
		return fault.Invalidf("--top-share must be above 0 and at most 1, for example 0.2, not %g", r.TopShare)
	}
	set.ActivityDays, set.SecondOrderDays, set.TopShare = r.ActivityDays, r.SecondOrderDays, r.TopShare
	set.Period = ""
	for _, by := range r.By {
		if p := metric.Period(by); slices.Contains(metric.Periods(), p) {
			if set.Period != "" && set.Period != p {
				return fault.Invalidf("figures can be broken down by one period at a time, not by %q and %q", set.Period, p)
			}
			set.Period = p
			continue
		}
		if set.By != "" {
			return fault.Invalidf("figures can be broken down by one attribute at a time, not by %q and %q", set.By, by)
		}
		set.By = by
	}
	if set.Period == "" {
		set.Period = metric.ByMonth
	}
	for _, w := range r.Where {
		c, err := metric.ParseCondition(w)
		if err != nil {
			return err
		}
		set.Where = append(set.Where, c)
	}
	if len(r.IndexWeights) > 0 {
		sum := floats.Sum(r.IndexWeights)
		if len(r.IndexWeights) != 3 || !(slices.Min(r.IndexWeights) >= 0 && sum > 0) || math.IsInf(sum, 0) {
			return fault.Invalidf("--index-weights takes three numbers, none of them negative and not all 0, such as 1,1,1")
		}
		copy(set.IndexWeights[:], r.IndexWeights)
	}
	return nil
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

// inspect finds out how to read every file, and with that the currency.
func (r *ReportCmd) inspect(c *Context, l *locale.Locale, o *report.Options) ([]*importer.Plan, error) {
	o.Import.Digits, o.Import.Currency = locale.Digits(o.Currency), o.Currency
	if err := twice(r.Files); err != nil {
		return nil, err
	}
	var plans []*importer.Plan
	for _, path := range r.Files {
		if source, ok := strings.CutSuffix(path, importer.RejectedSuffix); ok && slices.Contains(r.Files, source) {
			// A pattern such as *.csv takes it in; its rows are in the source, and rejected again there.
			_, _ = fmt.Fprintln(c.Stderr, l.T("cli.skip_rejected", path, source))
			continue
		}
		p, err := importer.Inspect(c.Ctx, path, o.Import)
		if err != nil {
			return nil, err
		}
		plans = append(plans, p)
		if o.Currency == "" {
			o.Currency = p.Currency
		}
	}
	o.Import.Digits = locale.Digits(o.Currency)
	for role, column := range r.Map {
		used := slices.ContainsFunc(plans, func(p *importer.Plan) bool {
			return !slices.ContainsFunc(p.Unmapped, func(u string) bool { return strings.HasPrefix(u, role+"=") || u == role })
		})
		if !used {
			return nil, fault.Invalidf("--map %s=%s fits none of the files: none has such a column and role", role, column)
		}
	}
	return plans, nil
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
func (r *ReportCmd) checkOutputs(plans []*importer.Plan) error {
	if r.Out != "" && r.Out == r.CustomersOut {
		return fault.Invalidf("--out and --customers-out both name %s; give each a file of its own", r.Out)
	}
	for _, out := range []string{r.Out, r.CustomersOut} {
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

// customersFile collects the rows of --customers-out.
type customersFile struct{ text bytes.Buffer }

func (f *customersFile) begin() {
	f.text.WriteString("id,recency_days,frequency,monetary_minor,r,f,m,segment\n")
}

func (f *customersFile) write(s metric.Scored) error {
	fmt.Fprintf(&f.text, "%s,%d,%d,%d,%d,%d,%d,%s\n", csvCell(s.Reference), s.RecencyDays, s.Frequency, s.MonetaryMinor, s.R, s.F, s.M, metric.SegmentTitle(s.Segment))
	return nil
}

func (f *customersFile) save(path string) error { return writeFile(path, f.text.Bytes()) }

// csvCell quotes a cell where it needs it.
func csvCell(s string) string {
	if !strings.ContainsAny(s, ",\"\r\n") {
		return s
	}
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}
