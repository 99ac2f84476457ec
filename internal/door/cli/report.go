package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"regulars/internal/base/chart"
	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
	"regulars/internal/measure/metric"
	"regulars/internal/measure/mirror"
	"regulars/internal/measure/report"
	"regulars/internal/understand/forecast"
)

// ReportCmd turns files into the loyalty picture.
type ReportCmd struct {
	Files []string `arg:"" optional:"" name:"file" help:"Files of orders, customers, answers or costs: CSV in any usual form, XLSX, Parquet; gzip and zstd too."`

	Place  `group:"Of facts that are kept, in place of files:"`
	Engine string `help:"What works out the figures of kept facts: mirror (the columnar copy), database (PostgreSQL itself), or auto, the copy beside a data folder and PostgreSQL itself elsewhere." default:"auto" enum:"auto,mirror,database" group:"Of facts that are kept, in place of files:"`

	AsOf    string   `help:"Moment to look from: facts at or after it do not exist (2026-03-01 or 2026-03-01T12:00). Default: the midnight after the last fact." placeholder:"DATE"`
	From    string   `help:"First day of the window. Default: 365 days before its end." placeholder:"DATE"`
	To      string   `help:"Day after the last day of the window. Default: the as-of moment." placeholder:"DATE"`
	By      []string `help:"Break figures down by day, week, month, quarter or year, and by an attribute of the files such as country, or by segment. Default: month." placeholder:"PERIOD|ATTRIBUTE"`
	Measure []string `help:"Only these measures." placeholder:"KEY,..."`
	Where   []string `help:"Only facts with this attribute: country=France, channel!=web, city=Athens|Patras." placeholder:"ATTRIBUTE=VALUE" sep:"none"`

	RFM             string    `name:"rfm" help:"How RFM scores are cut: cuts, rank or r-package." default:"cuts" placeholder:"METHOD"`
	NPS             string    `name:"nps" help:"Scale of the NPS question: 0-10, 1-10, or min,top detractor,top passive,max. Default: 0-10, or what was set for kept facts." placeholder:"SCALE"`
	CSAT            string    `name:"csat" help:"Scale of the CSAT question: 1-5 or 1-10. Default: from the answers." placeholder:"SCALE"`
	ActivityDays    int       `help:"Days without an order after which a customer is no longer current. Default: from the gaps between purchases." placeholder:"DAYS"`
	SecondOrderDays int       `help:"Days within which a second order is looked for. Default: activity days." placeholder:"DAYS"`
	TopShare        float64   `help:"Share of customers that counts as the top. Default: 0.2, or what was set for kept facts." placeholder:"SHARE"`
	ProductKind     string    `help:"What a kind of product is: category (where there is one) or product." default:"category" enum:"category,product"`
	IndexWeights    []float64 `help:"Weights of NPS, repurchase rate and share buying several kinds in the loyalty index." placeholder:"W,W,W"`
	Variant         bool      `help:"Show text-book formulas too, with how they differ."`

	Format       string `help:"text, html, json or csv." default:"text" enum:"text,html,json,csv"`
	Lang         string `help:"Language: en, ru, zh, el or mk." default:"en" placeholder:"LANG"`
	Out          string `help:"File to write to. Default: standard output." placeholder:"PATH" type:"path"`
	CustomersOut string `help:"File for one row a customer: id, recency, frequency, monetary value, scores, segment." placeholder:"PATH" type:"path"`
	All          bool   `help:"Print every measure in the text, not the main ones only."`

	Reading
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
	plans, currency, err := r.inspectAll(c, l, r.Files, &o.Import)
	if err != nil {
		return nil, err
	}
	o.Currency = currency
	if r.DryRun {
		return nil, showPlans(c, l, plans)
	}
	if err := checkOutputs(plans, r.Out, r.CustomersOut); err != nil {
		return nil, err
	}
	if !r.Quiet {
		o.Planned, o.Done = told(c, l, &o.Import)
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
	read, err := r.Reading.options(len(r.Files))
	if err != nil {
		return report.Options{}, err
	}
	o := report.Options{Kind: mirror.KindIs(r.ProductKind), Measures: r.Measure, Variants: r.Variant, Currency: read.Currency, Import: read}
	if len(o.Measures) > 0 { // of files nothing is foretold before regulars predict is asked to
		o.More = slices.Concat(forecast.Measures(nil), metric.OfProgramme(nil))
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
	if set.From != 0 && set.To != 0 && set.From >= set.To {
		return o, fault.Invalidf("the window is empty: --from %s must be before --to %s", r.From, r.To)
	}
	o.Import.AsOf = set.AsOf
	if set.RFM, err = metric.ParseRFMMethod(r.RFM); err != nil {
		return o, err
	}
	if r.NPS != "" {
		if set.Bands, err = metric.ParseBands(r.NPS); err != nil {
			return o, err
		}
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
	if r.TopShare != 0 && !(r.TopShare > 0 && r.TopShare <= 1) {
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
