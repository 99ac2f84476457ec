package console

import (
	"html/template"
	"math"
	"time"

	"regulars/internal/act/points"
	"regulars/internal/act/programme"
	"regulars/internal/base/chart"
	"regulars/internal/base/fault"
	"regulars/internal/measure/page"
	"regulars/internal/prove/replay"
	"regulars/internal/record/business"
)

// shownRehearsal is what a version would have done.
type shownRehearsal struct {
	Sentences []string
	Tables    []template.HTML
	Charts    []drawn
}

// rehearse runs a version over the orders of before, beside the one in force.
func (v *visit) rehearse(c *programme.Compiled, live *programme.Version, b business.Business, o replay.Options) (*shownRehearsal, replay.Lint, error) {
	var present *programme.Compiled
	if live.Version != 0 && live.Version != c.Version {
		var err error
		if present, err = v.compiled(live, b); err != nil {
			return nil, replay.Lint{}, err
		}
	}
	if !v.rehearsing.TryLock() { // it takes a processor for itself
		return nil, replay.Lint{}, fault.Coded("rehearsing", fault.Unavailablef("somebody else is rehearsing a programme"))
	}
	defer v.rehearsing.Unlock()
	o.ValueMinor, o.From = c.Document.Worth(), o.Today.AddDate(-2, 0, 0)
	out, err := replay.Run(v.ctx, v.Store, c, present, o)
	if err != nil {
		return nil, replay.Lint{}, err
	}
	shown := &shownRehearsal{}
	if out.Orders == 0 {
		shown.Sentences = []string{v.l.T("replay.nothing")}
		return shown, out.Lint, nil
	}
	from, _ := time.Parse(time.DateOnly, out.First)
	to, _ := time.Parse(time.DateOnly, out.Last)
	d := &out.Draft
	shown.Sentences = append(shown.Sentences, v.l.T("replay.title", v.l.Integer(out.Orders), v.l.Integer(out.Customers), v.l.Date(from), v.l.Date(to)),
		v.l.T("replay.cost", v.l.Money(d.CostMinor, b.Currency), v.l.Percent(100*d.CostShare, 2)), v.l.T("replay.customers", v.l.Integer(d.Customers)))
	if d.Any != nil && d.Any.MedianDays != nil {
		shown.Sentences = append(shown.Sentences, v.l.T("programmes.soon", v.l.Number(*d.Any.MedianDays, 0)))
	}
	if x := out.Compared; x != nil {
		shown.Sentences = append(shown.Sentences, v.l.T("replay.compared", v.l.Integer(x.Winners), v.l.Integer(x.Losers), v.l.Integer(x.Same), v.l.Money(x.MostLostMinor, b.Currency)))
	}
	if shown.Tables, err = v.rehearsed(d, b); err != nil {
		return nil, out.Lint, err
	}
	shown.Charts = v.costChart(d, b)
	return shown, out.Lint, nil
}

// rehearsed is what the rules gave, and who stood in which tier.
func (v *visit) rehearsed(d *replay.Side, b business.Business) (all []template.HTML, err error) {
	rules := &page.Table{ID: "rehearsed-rules", Caption: v.l.T("programmes.table.rules"), Columns: []page.Column{page.WordColumn(v.l.T("programmes.table.rule")),
		page.NumberColumn(v.l.T("programmes.table.orders")), page.NumberColumn(v.l.T("programmes.table.units")), page.NumberColumn(v.l.T("programmes.table.off"))}}
	for i := range d.Rules {
		r := &d.Rules[i]
		units, off := "–", "–"
		if r.Units > 0 {
			units = points.Amount(v.l, r.Unit, r.Units)
		}
		if r.DiscountMinor > 0 {
			off = v.l.Money(r.DiscountMinor, b.Currency)
		}
		rules.Add(page.WordCell(r.Name), page.NumberCell(v.l.Integer(r.Orders)), page.NumberCell(units), page.NumberCell(off))
	}
	tables := []*page.Table{rules}
	if len(d.Challenges) > 0 {
		challenges := &page.Table{ID: "rehearsed-challenges", Caption: v.l.T("programmes.table.challenges"), Columns: []page.Column{page.WordColumn(v.l.T("programmes.table.challenge")),
			page.NumberColumn(v.l.T("programmes.table.customers")), page.NumberColumn(v.l.T("programmes.table.times")), page.NumberColumn(v.l.T("programmes.table.gets"))}}
		for _, c := range d.Challenges {
			challenges.Add(page.WordCell(c.Name), page.NumberCell(v.l.Integer(c.Customers)), page.NumberCell(v.l.Integer(c.Times)), page.NumberCell(v.l.Money(c.CostMinor, b.Currency)))
		}
		tables = append(tables, challenges)
	}
	if len(d.Tiers) > 0 {
		tiers := &page.Table{ID: "rehearsed-tiers", Caption: v.l.T("programmes.table.tiers"), Columns: []page.Column{page.WordColumn(v.l.T("programmes.table.tier")),
			page.NumberColumn(v.l.T("programmes.table.customers")), page.NumberColumn(v.l.T("programmes.table.rose"))}}
		for _, t := range d.Tiers {
			tiers.Add(page.WordCell(t.Name), page.NumberCell(v.l.Integer(t.Customers)), page.NumberCell(v.l.Integer(t.Rose)))
		}
		tables = append(tables, tiers)
	}
	if len(d.Segments) > 0 {
		segments := &page.Table{ID: "rehearsed-segments", Caption: v.l.T("programmes.table.segments"), Columns: []page.Column{page.WordColumn(v.l.T("rank.segment")),
			page.NumberColumn(v.l.T("programmes.table.customers")), page.NumberColumn(v.l.T("programmes.table.gets")), page.NumberColumn(v.l.T("programmes.table.back"))}}
		for _, s := range d.Segments {
			back := "–"
			if s.SpendMinor > 0 {
				back = v.l.Percent(100*float64(s.CostMinor)/float64(s.SpendMinor), 1)
			}
			segments.Add(page.WordCell(v.l.T("segment."+s.Segment+".name")), page.NumberCell(v.l.Integer(s.Customers)), page.NumberCell(v.l.Money(s.CostMinor, b.Currency)), page.NumberCell(back))
		}
		tables = append(tables, segments)
	}
	for _, t := range tables {
		text, err := v.written(t)
		if err != nil {
			return nil, err
		}
		all = append(all, text)
	}
	return all, nil
}

// costChart draws what the version would have cost, month by month; the newest two years.
func (v *visit) costChart(d *replay.Side, b business.Business) []drawn {
	if v.Charts == nil {
		return nil
	}
	const months, width = 24, 640
	last := d.Months[max(0, len(d.Months)-months):]
	c := chart.Bars{About: chart.About{ID: "cost-chart", Title: v.l.T("programmes.chart.cost")}}
	most := 1.0
	for _, m := range last {
		at, err := time.Parse("2006-01", m.Month)
		if err != nil {
			continue
		}
		c.Bars = append(c.Bars, chart.Bar{Name: v.l.MonthShort(at), Value: float64(m.CostMinor), Low: math.NaN(), High: math.NaN(), Label: v.l.MoneyShort(m.CostMinor, b.Currency)})
		most = max(most, float64(m.CostMinor))
	}
	for _, at := range chart.Ticks(0, most, 5) {
		c.Ticks = append(c.Ticks, chart.Tick{Value: at, Label: v.l.MoneyShort(int64(at), b.Currency)})
	}
	if len(c.Bars) == 0 {
		return nil
	}
	svg, err := v.Charts.SVG(v.ctx, c, width, c.Height())
	if err != nil {
		return nil // the tables say what matters
	}
	return []drawn{{c.ID, c.Title, c.Summary, template.HTML(svg)}} //nolint:gosec // the renderer escapes texts
}
