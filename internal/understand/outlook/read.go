package outlook

import (
	"context"
	"slices"
	"time"

	"regulars/internal/base/fault"
	"regulars/internal/record/fact"
	"regulars/internal/record/importer"
	"regulars/internal/understand/predict"
)

// Options say what to read and what to foretell.
type Options struct {
	Import   importer.Options
	Currency string // ISO code, or empty
	Predict  predict.Options
	// Planned, when set, is told how each file will be read before it is; Done what became of its rows.
	Planned func(*importer.Plan)
	Done    func(*importer.Plan, importer.Account)
}

// Page is an outlook with what it takes to write it.
type Page struct {
	*predict.Outlook
	Currency string
}

// FromFiles reads the orders among the files and foretells. Of a file with other facts nothing is needed.
func FromFiles(ctx context.Context, plans []*importer.Plan, o Options) (*Page, error) {
	if !slices.ContainsFunc(plans, func(p *importer.Plan) bool { return p.Kind == importer.Orders }) {
		return nil, fault.Invalidf("none of the files has orders, and nothing can be foretold without them; if one has, say --kind orders")
	}
	var gathered predict.Gatherer
	for _, plan := range plans {
		if plan.Kind != importer.Orders {
			continue
		}
		if o.Planned != nil {
			o.Planned(plan)
		}
		account, err := plan.Read(ctx, o.Import, func(b *fact.Batch) error {
			for i := range b.Sales {
				take(&gathered, &b.Sales[i])
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		if o.Done != nil {
			o.Done(plan, account)
		}
		if err := account.Usable(plan.Path); err != nil {
			return nil, err
		}
	}
	history := gathered.History()
	if len(history.People) == 0 {
		return nil, fault.Invalidf("there are no purchases of known customers in the files; predictions need a column that says who bought")
	}
	o.Predict.Digits = o.Import.Digits
	return foretell(history, o.Predict, o.Currency)
}

// foretell is what readings of files and of a store have in common: from purchases to the page.
func foretell(history *predict.History, o predict.Options, currency string) (*Page, error) {
	at, err := settle(history, o)
	if err != nil {
		return nil, err
	}
	found, err := predict.Foresee(history, at)
	if err != nil {
		return nil, err
	}
	return &Page{Outlook: found, Currency: currency}, nil
}

// take gathers a sale, or takes back what was returned.
func take(g *predict.Gatherer, s *fact.Sale) {
	switch {
	case s.Customer == "":
	case s.Return:
		g.Return(s.Customer, s.Moment.Day(), max(s.AmountMinor, -s.AmountMinor))
	default:
		g.Add(s.Customer, s.Moment.Day(), s.AmountMinor)
	}
}

// settle finds the last day that is known, and checks the days asked for against it.
func settle(h *predict.History, at predict.Options) (predict.Options, error) {
	if at.End == 0 {
		at.End = h.Last
	}
	if at.End < h.First {
		return at, fault.Invalidf("the first purchase is on %s, which is after the day that is looked from", Day(h.First))
	}
	if at.Calibration != 0 && (at.Calibration <= h.First || at.Calibration >= at.End) {
		return at, fault.Invalidf("--calibration-end %s must lie between the first purchase, %s, and the last day that is known, %s",
			Day(at.Calibration), Day(h.First), Day(at.End))
	}
	return at, nil
}

// date is a day since 1970 as a moment.
func date(day int32) time.Time { return time.Unix(int64(day)*86400, 0).UTC() }

// Day writes a day as 2026-03-01.
func Day(day int32) string { return date(day).Format(time.DateOnly) }
