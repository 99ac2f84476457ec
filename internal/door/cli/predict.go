package cli

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"strconv"
	"strings"

	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
	"regulars/internal/record/fact"
	"regulars/internal/understand/outlook"
	"regulars/internal/understand/predict"
)

// PredictCmd says who will buy again, how often and what it will be worth, and how far to trust that.
type PredictCmd struct {
	AsOf           string  `help:"Moment to look from: facts at or after it do not exist (2026-03-01). Default: the midnight after the last purchase." placeholder:"DATE"`
	Horizon        string  `help:"How far to look ahead, in days or weeks: 90d, 13w." default:"90d" placeholder:"DAYS"`
	Model          string  `help:"auto, nbd, bg-nbd, mbg-nbd, pareto-nbd, bg-bb (a chance every 30 days), or bg-cnbd-K or mbg-cnbd-K with K from 2 to 8." default:"auto" placeholder:"MODEL"`
	CalibrationEnd string  `help:"Last day the models may see; they are tested on what came after it, and customers are scored as of it." placeholder:"DATE"`
	Margin         float64 `help:"Share of revenue that is margin, for the lifetime value." default:"1" placeholder:"SHARE"`
	Discount       float64 `help:"What money loses in a year, for the lifetime value." default:"0.1" placeholder:"SHARE"`
	Months         int     `help:"Months that the lifetime value looks ahead." default:"12" placeholder:"MONTHS"`

	Format       string `help:"text, html or json." default:"text" enum:"text,html,json"`
	Lang         string `help:"Language: en, ru, zh, el or mk." default:"en" placeholder:"LANG"`
	Out          string `help:"File to write to. Default: standard output." placeholder:"PATH" type:"path"`
	CustomersOut string `help:"File for one row a customer: what is known, what is foretold, and why." placeholder:"PATH" type:"path"`

	Sources
}

// Run foretells.
func (p *PredictCmd) Run(c *Context) error {
	l, err := locale.Get(p.Lang)
	if err != nil {
		return err
	}
	o, err := p.options()
	if err != nil {
		return err
	}
	plans, currency, err := p.inspect(c, l, &o.Import)
	if err != nil {
		return err
	}
	o.Currency = currency
	if p.DryRun {
		return showPlans(c, l, plans)
	}
	if err := checkOutputs(plans, p.Out, p.CustomersOut); err != nil {
		return err
	}
	if !p.Quiet {
		o.Planned, o.Done = told(c, l, &o.Import)
	}
	page, err := outlook.FromFiles(c.Ctx, plans, o)
	if err != nil {
		return err
	}
	var written, customers bytes.Buffer
	if err := p.render(&written, c, page, l); err != nil {
		return err
	}
	if p.CustomersOut != "" {
		if err := outlook.Customers(&customers, page, l); err != nil {
			return err
		}
		if err := writeFile(p.CustomersOut, customers.Bytes()); err != nil {
			return err
		}
	}
	if p.Out != "" {
		return writeFile(p.Out, written.Bytes())
	}
	_, err = written.WriteTo(c.Stdout)
	return err
}

func (p *PredictCmd) render(w io.Writer, c *Context, page *outlook.Page, l *locale.Locale) error {
	switch p.Format {
	case "json":
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(page.Card(l))
	case "html":
		return outlook.HTML(w, page, l)
	}
	return outlook.Text(w, page, l, outlook.TextOptions{Width: c.Width, Color: c.color() && p.Out == ""})
}

// options turns the flags into options; mistakes in them are told before any file is opened.
func (p *PredictCmd) options() (outlook.Options, error) {
	read, err := p.reading()
	if err != nil {
		return outlook.Options{}, err
	}
	o := outlook.Options{Import: read}
	at := &o.Predict
	at.Model = strings.ToLower(p.Model)
	if p.AsOf != "" {
		if o.Import.AsOf, err = parseMoment("--as-of", p.AsOf); err != nil {
			return o, err
		}
		at.End = fact.Moment{Local: o.Import.AsOf - 1}.Day()
	}
	if p.CalibrationEnd != "" {
		end, err := parseMoment("--calibration-end", p.CalibrationEnd)
		if err != nil {
			return o, err
		}
		at.Calibration = fact.Moment{Local: end}.Day()
	}
	if at.Days, err = parseHorizon(p.Horizon); err != nil {
		return o, err
	}
	switch {
	case !(p.Margin > 0 && p.Margin <= 1):
		return o, fault.Invalidf("--margin must be above 0 and at most 1, for example 0.3, not %g", p.Margin)
	case !(p.Discount >= 0 && p.Discount <= 10):
		return o, fault.Invalidf("--discount is what money loses in a year, for example 0.1, not %g", p.Discount)
	case p.Months < 1 || p.Months > 120:
		return o, fault.Invalidf("--months must be from 1 to 120, not %d", p.Months)
	}
	at.Terms = predict.DefaultTerms()
	at.Terms.Margin, at.Terms.Months, at.Terms.Discount = p.Margin, p.Months, math.Pow(1+p.Discount, 1.0/12)-1
	return o, predict.CheckModel(at.Model)
}

// parseHorizon reads 90d, 13w or plain 90.
func parseHorizon(text string) (int, error) {
	number, unit := strings.TrimSuffix(text, "d"), 1
	if weeks, found := strings.CutSuffix(text, "w"); found {
		number, unit = weeks, 7
	}
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > maxDays/unit {
		return 0, fault.Invalidf("--horizon %q is no stretch of time; write it in days or weeks, as 90d or 13w, up to %d days", text, maxDays)
	}
	return n * unit, nil
}
