package console

import (
	"context"
	"errors"
	"html/template"
	"maps"
	"math"
	"net/http"
	"slices"
	"strings"

	"regulars/internal/act/points"
	"regulars/internal/act/programme"
	"regulars/internal/act/referral"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/measure/metric"
	"regulars/internal/measure/page"
	"regulars/internal/measure/report"
	"regulars/internal/record/business"
)

// referrals is the page of friends who were brought.
type referrals struct {
	Off      bool // the programme in force has none
	Nobody   bool
	About    []said
	Months   template.HTML
	Channels template.HTML
	Notes    []string
}

const referralMonths = 12

func (v *visit) showReferrals() error {
	return v.allowed(account.MeasuresRead, func(account.Actor) error {
		facts, err := v.Facts.Intake(v.ctx)
		if err != nil {
			return err
		}
		b := facts.Business
		var r referral.Results
		var c *programme.Compiled
		if err := v.read(func(tx *db.Tx) (err error) {
			if c, err = facts.Programme().Book.Current(tx, zoneOf(b)); err != nil {
				return err
			}
			r, err = referral.Read(tx, zoneOf(b), referralMonths)
			return err
		}); err != nil {
			return err
		}
		shown := referrals{Off: c == nil || c.Document.Referral == nil, Nobody: len(r.By) == 0}
		if !shown.Nobody {
			if err := v.referralFigures(&shown, &r, c, b); err != nil {
				return err
			}
		}
		return v.show(http.StatusOK, "referrals", sheet{Title: v.l.T("console.referrals.title"), Lead: v.l.T("console.referrals.says"), Content: shown})
	})
}

func (v *visit) referralFigures(shown *referrals, r *referral.Results, c *programme.Compiled, b business.Business) (err error) {
	all := int64(0)
	for _, n := range r.By {
		all += n
	}
	shown.About = []said{{v.l.T("referrals.came"), v.l.Integer(all)}}
	for _, one := range []struct {
		key string
		n   int64
	}{{"pending", r.By[referral.Pending]}, {"waiting", r.By[referral.Qualified]}, {"rewarded", r.By[referral.Rewarding] + r.By[referral.Rewarded]}, {"void", r.By[referral.Voiding] + r.By[referral.Void]}} {
		shown.About = append(shown.About, said{v.l.T("referrals." + one.key), v.l.Integer(one.n)})
	}
	const percent = 100
	shown.About = append(shown.About, said{v.l.T("referrals.conversion"), v.l.Percent(r.Conversion()*percent, 0)})
	if shown.Months, err = v.referralMonths(r); err != nil {
		return err
	}
	shown.Channels, shown.Notes, err = v.friendsBeside(r, c, b)
	return err
}

// referralMonths sets the friends who were won beside all new customers, month by month, the newest first. Those are of the picture as it
// was last drawn, since counting them goes through all orders.
func (v *visit) referralMonths(r *referral.Results) (template.HTML, error) {
	newcomers := map[string]int64{}
	if last := v.picture.latest(v.ctx); last.Picture != nil {
		if i := slices.IndexFunc(last.Measures, func(m metric.Measure) bool { return m.Key == "new_customers" }); i >= 0 {
			for _, p := range last.Measures[i].Series {
				if p.Value != nil {
					newcomers[p.From[:len("2006-01")]] += int64(*p.Value)
				}
			}
		}
	}
	t := &page.Table{ID: "months", Caption: v.l.T("referrals.months"), Headed: true, Columns: []page.Column{page.WordColumn(v.l.T("owed.when"))}}
	for _, key := range []string{"brought", "won", "newcomers", "share"} {
		t.Columns = append(t.Columns, page.NumberColumn(v.l.T("referrals."+key)))
	}
	begun := max(slices.IndexFunc(r.Months, func(m referral.Month) bool { return m.Came > 0 || m.Won > 0 }), 0)
	for _, m := range slices.Backward(r.Months[begun:]) {
		all, share := "–", "–"
		if n, known := newcomers[m.First.Format("2006-01")]; known {
			all = v.l.Integer(n)
			if n >= m.Won && n > 0 {
				const percent = 100
				share = v.l.Percent(float64(m.Won)*percent/float64(n), 0)
			}
		}
		t.Add(page.WordCell(v.l.Month(m.First)), page.NumberCell(v.l.Integer(m.Came)), page.NumberCell(v.l.Integer(m.Won)), page.NumberCell(all), page.NumberCell(share))
	}
	return v.written(t)
}

// friendsBeside sets what a customer costs whom a friend brought beside those of the channels on which money was spent.
func (v *visit) friendsBeside(r *referral.Results, c *programme.Compiled, b business.Business) (table template.HTML, notes []string, err error) {
	t := &page.Table{ID: "channels", Caption: v.l.T("referrals.channels"), Headed: true,
		Columns: []page.Column{page.WordColumn(v.l.T("measures.by.channel")), page.NumberColumn(v.l.T("referrals.newcomers")), page.NumberColumn(v.l.T("referrals.each"))}}
	var worth map[string]float64
	if c != nil {
		worth = c.Document.Worth()
	}
	cost, known := 0.0, true
	var given []string
	for _, unit := range slices.Sorted(maps.Keys(r.Given)) {
		if n := r.Given[unit]; n > 0 {
			given = append(given, points.Amount(v.l, unit, n))
			cost += worth[unit] * float64(n)
			known = known && worth[unit] > 0
		}
	}
	each := "–"
	if r.Won > 0 && known {
		each = v.l.Money(int64(math.Round(cost/float64(r.Won))), b.Currency)
	}
	t.Add(page.WordCell(v.l.T("referrals.friends")), page.NumberCell(v.l.Integer(r.Won)), page.NumberCell(each))
	if len(given) > 0 {
		notes = append(notes, v.l.T("referrals.given", strings.Join(given, ", ")))
	}
	if !known {
		notes = append(notes, v.l.T("referrals.unknown"))
	}
	m, err := v.costByChannel(v.ctx)
	if err != nil {
		return "", nil, err
	}
	others := false
	if m != nil {
		for _, g := range m.Groups {
			others = true
			each := "–" // of so few it is not said
			if g.Value != nil {
				each = v.l.Unit(m.Unit, *g.Value, b.Currency)
			}
			t.Add(page.WordCell(g.Group), page.NumberCell(v.l.Integer(g.N)), page.NumberCell(each))
		}
	}
	if !others {
		notes = append(notes, v.l.T("referrals.no_costs"))
	}
	table, err = v.written(t)
	return table, notes, err
}

// costByChannel is what was spent on a new customer of each channel in the last year; nil where nothing was handed in of it.
func (v *visit) costByChannel(ctx context.Context) (*metric.Measure, error) {
	const key = "acquisition_cost"
	p, err := v.Analyses.Picture(ctx, report.Options{Measures: []string{key}, Settings: metric.Settings{Period: metric.ByMonth, By: "channel"}})
	if f := (*fault.Fault)(nil); errors.As(err, &f) && f.Code == "no_attribute" {
		return nil, nil //nolint:nilnil // of nobody it is known by which channel they came
	}
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(p.Measures, func(m metric.Measure) bool { return m.Key == key }); i >= 0 {
		return &p.Measures[i], nil
	}
	return nil, nil //nolint:nilnil // nothing was handed in
}
