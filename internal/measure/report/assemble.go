package report

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"regulars/internal/base/columnar"
	"regulars/internal/base/fault"
	"regulars/internal/measure/metric"
	"regulars/internal/measure/mirror"
	"regulars/internal/record/business"
	"regulars/internal/record/fact"
	"regulars/internal/record/importer"
)

// Options say what goes into the picture.
type Options struct {
	Settings metric.Settings
	Import   importer.Options
	Currency string // ISO code; empty: from the files, else none
	Kind     mirror.KindIs
	Measures []string // keys; empty: all but the variants
	Variants bool     // the text-book formulas too
	// More are measures that higher floors bring, beside those of the catalogue.
	More []*metric.Definition
	// Customers, when set, gets every customer with scores and segment, best first.
	Customers func(metric.Scored) error
	// Planned, when set, is told how each file will be read before it is.
	Planned func(*importer.Plan)
	// Done, when set, is told what became of each file's rows.
	Done func(*importer.Plan, importer.Account)
}

// bestCustomers is how many of the best customers the picture names.
const bestCustomers = 10

// FromFiles reads the files and assembles the picture.
func FromFiles(ctx context.Context, plans []*importer.Plan, o Options) (p *Picture, err error) {
	definitions, err := choose(o)
	if err != nil {
		return nil, err
	}
	db, err := columnar.Open(ctx, "", columnar.Options{})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	p = &Picture{Facts: Facts{RowCounts: &RowCounts{}}}
	source, err := load(ctx, db, plans, o, p)
	if err != nil {
		return nil, err
	}
	if source.Members != nil {
		o.More = append(metric.OfMembers(&metric.Club{Members: source.Members}), o.More...)
		if definitions, err = choose(o); err != nil {
			return nil, err
		}
	}
	return p, assemble(ctx, source, o, definitions, p)
}

// FromStore assembles the picture of the facts that a source of a store shows. Zone and currency are those of the
// business, whatever the options say.
func FromStore(ctx context.Context, source *mirror.Source, b business.Business, o Options) (*Picture, error) {
	definitions, err := choose(o)
	if err != nil {
		return nil, err
	}
	o.Currency, o.Import.Zone, o.Import.Digits = b.Currency, b.Zone, b.Digits()
	zone := b.Zone
	if zone == nil {
		zone = time.UTC
	}
	p := &Picture{FactsAsOf: source.Taken.In(zone).Format("2006-01-02T15:04:05")}
	return p, assemble(ctx, source, o, definitions, p)
}

// choose finds the measures asked for.
func choose(o Options) ([]*metric.Definition, error) {
	all := slices.Concat(metric.Catalogue(o.Settings.IndexWeights), o.More)
	if len(o.Measures) == 0 {
		return slices.DeleteFunc(all, func(d *metric.Definition) bool { return d.Variant && !o.Variants || d.Moot() }), nil
	}
	var out []*metric.Definition
	for _, key := range o.Measures {
		i := slices.IndexFunc(all, func(d *metric.Definition) bool { return d.Key == key })
		if i < 0 {
			return nil, fault.Invalidf("there is no measure %q; regulars measures lists them", key)
		}
		out = append(out, all[i])
	}
	return out, nil
}

// load reads every file into the columnar copy and keeps account of their rows.
func load(ctx context.Context, db *columnar.DB, plans []*importer.Plan, o Options, p *Picture) (*mirror.Source, error) {
	c := mirror.New(db, o.Kind)
	for _, plan := range plans {
		if o.Planned != nil {
			o.Planned(plan)
		}
		file := c.File()
		account, err := plan.Read(ctx, o.Import, func(b *fact.Batch) error { return file.Take(ctx, b) })
		if err = errors.Join(err, file.Close()); err != nil {
			return nil, err
		}
		p.Sources = append(p.Sources, Source{Plan: plan, Account: account})
		if o.Done != nil {
			o.Done(plan, account)
		}
		if err := account.Usable(plan.Path); err != nil {
			return nil, err
		}
		f := &p.Facts
		f.Rows += account.Rows
		f.UnreadableRows += account.Unreadable
		f.UnidentifiedRows += account.Unidentified
		f.LaterRows += account.Later
		f.IgnoredRows += account.Ignored
		f.RejectedRows += account.Rejected
		f.RecordedRows += account.Recorded
	}
	return c.Finish(ctx)
}

func assemble(ctx context.Context, source *mirror.Source, o Options, definitions []*metric.Definition, p *Picture) (err error) {
	o.Settings.UnitMinor = 1
	for range o.Import.Digits {
		o.Settings.UnitMinor *= 10
	}
	if !source.Facts.Any && o.Settings.AsOf == 0 {
		// Nothing to take a moment from: the picture is empty, and says so as of today.
		o.Settings.AsOf = time.Now().UTC().Truncate(24 * time.Hour).UnixMicro()
	}
	engine, err := metric.New(ctx, source, o.Settings)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	if p.Measures, err = engine.Run(ctx, definitions); err != nil {
		return err
	}
	describe(p, engine, source, o)
	totals, err := engine.Totals(ctx)
	if err != nil {
		return err
	}
	p.Facts.Orders, p.Facts.Customers, p.Facts.ReturnsOnly = totals.Orders, totals.Customers, totals.ReturnsOnly
	if p.Facts.Orders == 0 {
		return nil
	}
	if len(o.Measures) == 0 || slices.Contains(o.Measures, "rfm") || slices.Contains(o.Measures, "rfm_migration") {
		if p.RFM, err = rfm(ctx, engine, p); err != nil {
			return err
		}
	}
	if len(o.Measures) == 0 || slices.Contains(o.Measures, "cohort_retention") {
		if p.Cohorts, err = cohorts(ctx, engine); err != nil {
			return err
		}
	}
	if o.Customers != nil {
		return engine.Customers(ctx, 0, o.Customers)
	}
	return nil
}

// describe writes down the window, the parameters and the facts.
func describe(p *Picture, engine *metric.Engine, source *mirror.Source, o Options) {
	set, fromData := engine.Settings()
	p.AsOf = dayOrMoment(wallClock(set.AsOf))
	from, to := engine.Window(false)
	p.Window = Window{From: dayOrMoment(from), To: dayOrMoment(to)}
	from, to = engine.Window(true)
	p.Previous = Window{From: dayOrMoment(from), To: dayOrMoment(to)}
	p.PreviousComplete = engine.PreviousComplete()
	zone := "UTC"
	if o.Import.Zone != nil {
		zone = o.Import.Zone.String()
	}
	kind := o.Kind
	if kind == "" || kind == mirror.ByCategory && !source.Facts.Categories {
		kind = mirror.ByProduct
	}
	p.Parameters = Parameters{
		Timezone: zone, Currency: o.Currency, Digits: o.Import.Digits, ActivityDays: set.ActivityDays,
		SecondOrderDays: set.SecondOrderDays, TopShare: set.TopShare, Returns: "net", ZeroPrice: "keep",
		RFM: string(set.RFM), NPSBands: set.Bands.String(), CSATScale: set.CSATScale, By: set.By, Kind: string(kind),
		FromData: fromData, IndexWeights: set.IndexWeights[:],
	}
	p.Meaning = set.Meaning
	if o.Import.IgnoreReturns {
		p.Parameters.Returns = "ignore"
	}
	if o.Import.RejectZero {
		p.Parameters.ZeroPrice = "reject"
	}
	var where []string
	for _, c := range set.Where {
		where = append(where, c.String())
	}
	p.Parameters.Where = strings.Join(where, ", ")
	f, s := &p.Facts, &source.Facts
	f.Lines, f.Returns, f.Answers, f.SkippedAnswers = s.Lines, s.Returns, s.Answers, s.Skipped
	f.RevenueMinor, f.ReturnedMinor, f.UnidentifiedMinor = s.PaidMinor-s.ReturnedMinor, s.ReturnedMinor, s.UnidentifiedMinor
	f.Currency = o.Currency
	if s.Any {
		f.First, f.Last = wallClock(s.First).Format(time.DateOnly), wallClock(s.Last).Format(time.DateOnly)
	}
}

func rfm(ctx context.Context, engine *metric.Engine, p *Picture) (*RFM, error) {
	r, err := engine.RFM(ctx)
	if err != nil {
		return nil, err
	}
	out := &RFM{Method: string(r.Method), Cuts: Cuts{Recency: []float64{}, Frequency: []float64{}, Monetary: []float64{}}}
	if r.HasCuts {
		out.Cuts = Cuts{Recency: values(r.Cuts.Recency), Frequency: values(r.Cuts.Frequency), Monetary: values(r.Cuts.Monetary)}
	}
	for _, s := range r.Segments {
		out.Segments = append(out.Segments, Segment{Title: metric.SegmentTitle(s.Name), Name: s.Name, Customers: s.Customers, Orders: s.Orders, RevenueMinor: s.RevenueMinor})
	}
	for _, c := range r.Grid {
		out.Grid = append(out.Grid, Cell(c))
	}
	moves, err := engine.Migration(ctx)
	if err != nil {
		return nil, err
	}
	before := map[string]int64{}
	for _, m := range moves {
		before[m.From] += m.Customers
		out.Moves = append(out.Moves, Move(m))
	}
	for i := range out.Segments {
		if n := before[out.Segments[i].Name]; len(moves) > 0 {
			out.Segments[i].Previous = &n
		}
	}
	err = engine.Customers(ctx, bestCustomers, func(s metric.Scored) error {
		p.Best = append(p.Best, Customer{
			ID: s.Reference, RecencyDays: s.RecencyDays, Frequency: s.Frequency, MonetaryMinor: s.MonetaryMinor,
			R: s.R, F: s.F, M: s.M, Segment: s.Segment,
		})
		return nil
	})
	return out, err
}

func values(cuts [4]metric.Cut) []float64 {
	out := make([]float64, len(cuts))
	for i, c := range cuts {
		out[i] = c.Value()
	}
	return out
}

func cohorts(ctx context.Context, engine *metric.Engine) ([]Cohort, error) {
	list, err := engine.Cohorts(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Cohort, len(list))
	for i, c := range list {
		out[i] = Cohort{Cohort: c.Month.Format("2006-01"), Size: c.Size, Active: c.Active, RevenueMinor: c.RevenueMinor}
	}
	return out, nil
}

func wallClock(local int64) time.Time { return time.UnixMicro(local).UTC() }

// dayOrMoment writes a midnight as a date.
func dayOrMoment(t time.Time) string {
	if t.Equal(t.Truncate(24 * time.Hour)) {
		return t.Format(time.DateOnly)
	}
	return t.Format("2006-01-02T15:04:05")
}
