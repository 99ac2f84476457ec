package api

import (
	"context"
	"slices"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
	"regulars/internal/door/api/wire"
	"regulars/internal/measure/metric"
	"regulars/internal/measure/report"
	"regulars/internal/record/fact"
	"regulars/internal/understand/analysis"
)

// Measuring says what to measure and how, in the words of the command line.
type Measuring struct {
	AsOf            string   `query:"as_of" maxLength:"20" doc:"Only facts before this moment count: 2026-03-01 or 2026-03-01T12:00, on the clock of the business. Default: the midnight after the last fact."`
	From            string   `query:"from" maxLength:"20" doc:"First day of the window. Default: 365 days before its end."`
	To              string   `query:"to" maxLength:"20" doc:"Day after the last day of the window. Default: as_of."`
	By              string   `query:"by" maxLength:"300" doc:"Break figures down by an attribute, such as country, or by segment."`
	Period          string   `query:"period" enum:"day,week,month,quarter,year" default:"month" doc:"Periods of the series."`
	Where           []string `query:"where,explode" maxItems:"20" doc:"Only facts with this attribute: country=France, channel!=web, city=Athens|Patras. May be given several times; all must hold."`
	RFM             string   `query:"rfm" enum:"cuts,rank,r-package" default:"cuts" doc:"How RFM scores are cut."`
	NPS             string   `query:"nps" maxLength:"60" doc:"Scale of the NPS question: 0-10, 1-10, or min,top detractor,top passive,max. Default: what was set, else 0-10."`
	ActivityDays    int      `query:"activity_days" minimum:"0" maximum:"3660" doc:"Days without an order after which a customer is no longer current. Default: what was set, else from the gaps between purchases."`
	SecondOrderDays int      `query:"second_order_days" minimum:"0" maximum:"3660" doc:"Days within which a second order is looked for. Default: activity_days."`
}

// options are those of the report.
func (m *Measuring) options(ctx context.Context) (o report.Options, err error) {
	set := &o.Settings
	set.Shield = !actor(ctx).May(account.PersonalRead)
	for _, one := range []struct {
		field, text string
		to          *int64
	}{{"as_of", m.AsOf, &set.AsOf}, {"from", m.From, &set.From}, {"to", m.To, &set.To}} {
		if one.text == "" {
			continue
		}
		if *one.to, err = wallClock(one.text); err != nil {
			return o, fault.In(one.field, err)
		}
	}
	if set.From != 0 && set.To != 0 && set.From >= set.To {
		return o, fault.In("from", fault.Invalidf("the window is empty: from %s must be before to %s", m.From, m.To))
	}
	set.By, set.Period, set.RFM = m.By, metric.Period(m.Period), metric.RFMMethod(m.RFM)
	set.ActivityDays, set.SecondOrderDays = m.ActivityDays, m.SecondOrderDays
	for _, text := range m.Where {
		c, err := metric.ParseCondition(text)
		if err != nil {
			return o, fault.In("where", err)
		}
		set.Where = append(set.Where, c)
	}
	if m.NPS != "" {
		set.Bands, err = metric.ParseBands(m.NPS)
	}
	return o, fault.In("nps", err)
}

// wallClock reads a moment on the clock of the business, in its microseconds.
func wallClock(text string) (int64, error) {
	for _, layout := range []string{time.DateOnly, "2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UnixMicro(), nil
		}
	}
	return 0, fault.Invalidf("%.30q is not a date; write it as 2026-03-01 or 2026-03-01T12:00", text)
}

type languageIn struct {
	Lang string `query:"lang" enum:"en,ru,zh,el,mk" default:"en" doc:"Language of names and definitions."`
}

// DefinitionsOut lists measures.
type DefinitionsOut struct {
	Body wire.Page[wire.Definition]
}

func (a *API) listMeasures(_ context.Context, in *languageIn) (*DefinitionsOut, error) {
	l, err := locale.Get(in.Lang)
	if err != nil {
		return nil, err
	}
	out := &DefinitionsOut{}
	for _, d := range analysis.Catalogue() {
		out.Body.Data = append(out.Body.Data, define(d, l))
	}
	return out, nil
}

func define(d *metric.Definition, l *locale.Locale) wire.Definition {
	key := "measure." + d.Key
	parameter := "d"
	if d.Key == "top_share" {
		parameter = "q"
	}
	out := wire.Definition{Key: d.Key, Name: l.T(key+".name", parameter), Question: l.T(key + ".question"), Definition: l.T(key + ".definition"),
		Unit: d.Unit, Direction: d.Better, Formula: d.Formula, Variant: d.Variant}
	if l.Has(key + ".note") {
		out.Note = l.T(key + ".note")
	}
	return out
}

type measureIn struct {
	Key     string `path:"key" maxLength:"60" doc:"Key of the measure; GET /v1/measures lists them."`
	Variant string `query:"variant" maxLength:"60" doc:"A variant of it, such as formula for retention_rate_formula."`
	Measuring
}

// MeasuredOut is a measure.
type MeasuredOut struct {
	Body wire.Measured
}

func (a *API) getMeasure(ctx context.Context, in *measureIn) (*MeasuredOut, error) {
	key := in.Key
	if in.Variant != "" {
		key += "_" + in.Variant
	}
	if !slices.ContainsFunc(analysis.Catalogue(), func(d *metric.Definition) bool { return d.Key == key }) {
		return nil, fault.NotFoundf("there is no measure %.60q; GET /v1/measures lists them", key)
	}
	o, err := in.options(ctx)
	if err != nil {
		return nil, err
	}
	o.Measures = []string{key}
	p, err := a.Analyses.Picture(ctx, o)
	if err != nil {
		return nil, err
	}
	return &MeasuredOut{Body: wire.Measured{AsOf: p.AsOf, FactsAsOf: p.FactsAsOf, From: p.Window.From, To: p.Window.To, PreviousFrom: p.Previous.From,
		PreviousTo: p.Previous.To, PreviousComplete: p.PreviousComplete, Currency: p.Parameters.Currency, TimeZone: p.Parameters.Timezone,
		Measure: p.Measures[0]}}, nil
}

type reportIn struct {
	Measure []string `query:"measure" maxItems:"100" doc:"Only these measures, by key. Default: all."`
	Variant bool     `query:"variant" doc:"The text-book formulas too."`
	Measuring
}

// ReportOut is the loyalty picture, as regulars report --format json gives it.
type ReportOut struct {
	Body *report.Picture
}

func (a *API) getReport(ctx context.Context, in *reportIn) (*ReportOut, error) {
	o, err := in.options(ctx)
	if err != nil {
		return nil, err
	}
	o.Measures, o.Variants = in.Measure, in.Variant
	p, err := a.Analyses.Picture(ctx, o)
	return &ReportOut{Body: p}, err
}

type segmentsIn struct {
	Measuring
}

// SegmentsOut is the RFM segmentation.
type SegmentsOut struct {
	Body *report.RFM
}

func (a *API) getSegments(ctx context.Context, in *segmentsIn) (*SegmentsOut, error) {
	o, err := in.options(ctx)
	if err != nil {
		return nil, err
	}
	o.Measures = []string{"rfm_migration"}
	p, err := a.Analyses.Picture(ctx, o)
	switch {
	case err != nil:
		return nil, err
	case p.RFM == nil:
		return nil, fault.Coded("no_orders", fault.NotFoundf("there are no orders yet, and so no segments"))
	}
	return &SegmentsOut{Body: p.RFM}, nil
}

type membersIn struct {
	Segment string `path:"segment" maxLength:"60" doc:"Key of the segment, such as champion; all for every one."`
	Paged
	Measuring
}

func (a *API) listMembers(ctx context.Context, in *membersIn) (*Listed[wire.Member], error) {
	o, err := in.options(ctx)
	if err != nil {
		return nil, err
	}
	var after *metric.Member
	var last metric.Member
	switch ok, err := in.after(&last.MonetaryMinor, &last.Customer); {
	case err != nil:
		return nil, err
	case ok:
		after = &last
	}
	segment := in.Segment
	if segment == "all" {
		segment = ""
	}
	members, err := a.Analyses.Members(ctx, o, segment, after, in.Limit+1)
	if err != nil {
		return nil, err
	}
	personal := actor(ctx).May(account.PersonalRead)
	page := listed(ctx, in.Paged, members, func(s metric.Member) string { return cursor(s.MonetaryMinor, s.Customer) }, func(s metric.Member) wire.Member {
		m := wire.Member{ID: fact.PublicID(fact.CustomerPrefix, s.Customer), RecencyDays: s.RecencyDays, Frequency: s.Frequency, MonetaryMinor: s.MonetaryMinor,
			R: s.R, F: s.F, M: s.M, Segment: s.Segment}
		if personal {
			m.Reference = s.Reference
		}
		return m
	})
	if !personal || len(page.Body.Data) == 0 {
		return page, nil
	}
	return page, a.Store.Write(ctx, func(tx *db.Tx) error { // who is in a segment was given out, by name
		return a.did(ctx, tx, "segment.read", "segment", []string{"reference"}, int64(len(page.Body.Data)))
	})
}
