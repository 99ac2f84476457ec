package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"regulars/internal/act/programme"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
	"regulars/internal/measure/page"
	"regulars/internal/prove/replay"
	"regulars/internal/record/business"
)

// ReplayCmd rehearses a programme over the orders of before.
type ReplayCmd struct {
	Place

	Programme string             `help:"The draft: a programme as one JSON document." required:"" placeholder:"FILE" type:"path"`
	From      string             `help:"First day of the orders to take." placeholder:"DAY"`
	Value     map[string]float64 `help:"What a unit is worth to whoever uses it, in minor units of the currency, such as points=1." placeholder:"UNIT=N"`
	Used      float64            `help:"Share of the units that will be used." default:"1" placeholder:"SHARE"`
	Margin    float64            `help:"Share of the price that is left to the business, to see what it takes to pay." placeholder:"SHARE"`
	Rise      float64            `help:"By how much the orders of those who earn rise, such as 0.05." placeholder:"SHARE"`
	Format    string             `help:"text or json." default:"text" enum:"text,json"`
	Lang      string             `help:"Language: en, ru, zh, el or mk." default:"en" placeholder:"LANG"`
	Quiet     bool               `short:"q" help:"Do not show progress."`
}

// Run rehearses, beside whoever has the place open, and changes nothing.
func (r *ReplayCmd) Run(c *Context) (err error) {
	l, err := locale.Get(r.Lang)
	if err != nil {
		return err
	}
	for _, share := range []struct {
		name  string
		value float64
	}{{"used", r.Used}, {"margin", r.Margin}, {"rise", r.Rise}} {
		if share.value < 0 || share.value > 1 {
			return fault.Invalidf("--%s is a share from 0 to 1, not %g", share.name, share.value)
		}
	}
	text, err := os.ReadFile(r.Programme) //nolint:gosec // named by whoever calls
	if err != nil {
		return fault.NotFoundf("%s cannot be read: %w; name a programme as one JSON document", r.Programme, err)
	}
	document, err := programme.Parse(text)
	if err != nil {
		return err
	}
	_, d, err := r.look(c.Ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if err := current(c, d); err != nil {
		return err
	}
	out, b, err := r.rehearse(c, l, d, document)
	if err != nil {
		return err
	}
	var shown bytes.Buffer
	if r.Format == "json" {
		e := json.NewEncoder(&shown)
		e.SetIndent("", "  ")
		err = e.Encode(out)
	} else {
		err = replayText(&shown, l, out, b.Currency)
	}
	if err != nil {
		return err
	}
	_, err = shown.WriteTo(c.Stdout)
	return err
}

// rehearse runs the draft, and the programme in force beside it.
func (r *ReplayCmd) rehearse(c *Context, l *locale.Locale, d *db.DB, document *programme.Document) (out *replay.Result, b business.Business, err error) {
	var present *programme.Compiled
	var beside replay.Beside
	if err := d.Read(c.Ctx, func(tx *db.Tx) (err error) {
		if b, err = business.Load(tx); err != nil {
			return err
		}
		if b.Zone == nil || b.Currency == "" {
			return fault.Conflictf("the business has no time zone or no currency yet; import orders first, or set both")
		}
		book := &programme.Book{}
		if present, err = book.Current(tx, b.Zone); err != nil {
			return err
		}
		beside, err = replay.LoadBeside(tx)
		return err
	}); err != nil {
		return nil, b, err
	}
	draft, err := programme.Compile(document, 0, b.Zone)
	if err != nil {
		return nil, b, err
	}
	o := replay.Options{ValueMinor: r.Value, Used: r.Used, Margin: r.Margin, Rise: r.Rise, Zone: b.Zone, Digits: b.Digits(), Today: time.Now().In(b.Zone), Beside: beside}
	if r.From != "" {
		if o.From, err = replay.Day(r.From, b.Zone); err != nil {
			return nil, b, fault.Invalidf("--from %s is no day such as 2026-01-31", r.From)
		}
	}
	shown := newProgress(c.Stderr, l)
	defer shown.done()
	began := time.Now()
	o.Progress = func(done, of int) {
		if !r.Quiet {
			shown.step(time.Since(began), float64(done)/float64(max(of, 1)), func() string { return l.T("replay.progress", done, of) })
		}
	}
	if out, err = replay.Run(c.Ctx, d, draft, present, o); err == nil {
		out.Lint.Say(l, b.Currency)
	}
	return out, b, err
}

// replayText is a rehearsal for people.
func replayText(w io.Writer, l *locale.Locale, out *replay.Result, currency string) error {
	if out.Orders == 0 {
		_, err := fmt.Fprintln(w, strings.Join(append([]string{l.T("replay.nothing"), ""}, lintText(l, &out.Lint)...), "\n"))
		return err
	}
	from, errFrom := time.Parse(time.DateOnly, out.First)
	to, errTo := time.Parse(time.DateOnly, out.Last)
	if err := errors.Join(errFrom, errTo); err != nil {
		return err
	}
	lines := []string{l.T("replay.title", l.Integer(out.Orders), l.Integer(out.Customers), l.Date(from), l.Date(to)), ""}
	lines = append(lines, replaySide(l, &out.Draft, currency)...)
	if out.Present != nil {
		lines = append(lines, "", l.T("replay.present"))
		lines = append(lines, replaySide(l, out.Present, currency)...)
		c := out.Compared
		lines = append(lines, "", l.T("replay.compared", l.Integer(c.Winners), l.Integer(c.Losers), l.Integer(c.Same), l.Money(c.MostLostMinor, currency)))
	}
	lines = append(lines, "")
	lines = append(lines, lintText(l, &out.Lint)...)
	_, err := fmt.Fprintln(w, strings.Join(lines, "\n"))
	return err
}

// lintText is what in the draft should be looked at.
func lintText(l *locale.Locale, lint *replay.Lint) []string {
	lines := []string{l.T("lint.title")}
	if len(lint.Findings) == 0 {
		lines = []string{l.T("lint.clean")}
	}
	for i := range lint.Findings {
		f := &lint.Findings[i]
		line := "  " + l.T("lint."+string(f.Severity)) + ": " + f.Words
		if f.Where != "" {
			line += " (" + f.Where + ")"
		}
		lines = append(lines, line)
	}
	lines = append(append(lines, ""), lint.Worst.Words...)
	if len(lint.Worst.Lines) > 0 {
		lines = append(lines, "", l.T("programmes.worst.how")+":")
	}
	for i := range lint.Worst.Lines {
		lines = append(lines, "  "+lint.Worst.Lines[i].Words)
	}
	return lines
}

func replaySide(l *locale.Locale, s *replay.Side, currency string) (lines []string) {
	for _, u := range s.Units {
		lines = append(lines, l.T("replay.units", l.Integer(u.Issued), u.Unit))
	}
	if s.DiscountMinor > 0 {
		lines = append(lines, l.T("replay.discounts", l.Money(s.DiscountMinor, currency)))
	}
	lines = append(lines, l.T("replay.customers", l.Integer(s.Customers)), l.T("replay.cost", l.Money(s.CostMinor, currency), l.Percent(100*s.CostShare, 2)))
	if s.BreakEven != nil {
		lines = append(lines, l.T("replay.break_even", l.Percent(100**s.BreakEven, 1)))
	}
	if s.GainMinor != nil {
		lines = append(lines, l.T("replay.gain", l.Money(*s.GainMinor, currency)))
	}
	lines = append(lines, "")
	for _, r := range s.Rules {
		line := "  " + page.Pad(page.Cut(r.Name, 34), 34, false) + " " + l.T("replay.rule", l.Integer(r.Orders), l.Integer(r.Units))
		if r.DiscountMinor > 0 {
			line += ", " + l.Money(r.DiscountMinor, currency)
		}
		if r.SpentOn != "" {
			line += ", " + l.T("replay.spent", r.SpentOn)
		}
		lines = append(lines, line)
	}
	for _, c := range s.Challenges {
		lines = append(lines, "  "+page.Pad(page.Cut(c.Name, 34), 34, false)+" "+l.T("replay.challenge", l.Integer(c.Customers), l.Integer(c.Times), l.Money(c.CostMinor, currency)))
	}
	for _, f := range s.First {
		if f.MedianDays != nil {
			lines = append(lines, l.T("replay.first", l.Integer(f.Customers), f.Reward, l.Number(*f.MedianDays, 0)))
		} else {
			lines = append(lines, l.T("replay.first_few", l.Integer(f.Customers), f.Reward))
		}
	}
	for _, t := range s.Tiers {
		lines = append(lines, "  "+page.Pad(page.Cut(t.Name, 34), 34, false)+" "+l.T("replay.tier", l.Integer(t.Customers), l.Integer(t.Rose)))
	}
	if n := len(s.Months); n > 0 {
		last := s.Months[n-1]
		for _, unit := range slices.Sorted(maps.Keys(last.Outstanding)) {
			lines = append(lines, l.T("replay.outstanding", l.Integer(last.Outstanding[unit]), unit, last.Month))
		}
	}
	return lines
}
