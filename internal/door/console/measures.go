package console

import (
	"bytes"
	"html/template"
	"net/http"
	"slices"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/measure/metric"
	"regulars/internal/measure/report"
	"regulars/internal/record/business"
	"regulars/internal/record/catalogue"
	"regulars/internal/record/spending"
)

// showMeasures lists all measures as they were last drawn.
func (v *visit) showMeasures() error {
	return v.allowed(account.MeasuresRead, func(account.Actor) error {
		title := v.l.T("nav.measures")
		last, at, failed := v.picture.latest(v.ctx)
		switch {
		case last == nil && failed != nil:
			return failed
		case last == nil:
			v.w.Header().Set("Refresh", "2")
			return v.message(http.StatusOK, title, message{Text: []string{v.l.T("console.picture.drawing")}, Link: v.l.T("console.error.home"), To: "/"})
		case last.Facts.Orders == 0 && last.Facts.Answers == 0:
			return v.message(http.StatusOK, title, message{Text: []string{v.l.T("console.picture.empty")}, Link: v.l.T("console.data.title"), To: "/data"})
		}
		var out bytes.Buffer
		if err := report.WriteMeasures(&out, last, v.l, measureAt); err != nil {
			return err
		}
		age, err := v.age(at, failed)
		if err != nil {
			return err
		}
		return v.show(http.StatusOK, "measures", sheet{Title: title, Content: partOf{Part: template.HTML(out.String()), Age: age}}) //nolint:gosec // of a template that escapes
	})
}

// measureAt is where a measure stands by itself: some have pages of their own kind.
func measureAt(key string) string {
	switch key {
	case "rfm", "rfm_migration":
		return "/segments"
	case "cohort_retention":
		return "/cohorts"
	}
	return "/measures/" + key
}

// measured is the page of one measure.
type measured struct {
	Part     template.HTML
	Age      string
	From, To string
	Bys      []choice // by what it may be broken down
	Whole    string   // the file of its figures
	Acts     []undertaking
}

// undertaking is an initiative, and what the measure was before and after it began.
type undertaking struct{ Name, Began, Before, After string }

// asked is what the address asks of a measure; plain is true where that is what is drawn anyway.
func (v *visit) asked() (o report.Options, plain bool, err error) {
	q := v.r.URL.Query()
	o.Settings.Period = metric.ByMonth
	for _, one := range []struct {
		field string
		to    *int64
	}{{"from", &o.Settings.From}, {"to", &o.Settings.To}} {
		text := q.Get(one.field)
		if text == "" {
			continue
		}
		day, err := time.Parse(time.DateOnly, text)
		if err != nil {
			return o, false, fault.In(one.field, fault.Coded("no_day", fault.Invalidf("%.20q is no day", text)))
		}
		*one.to = day.UnixMicro()
	}
	if o.Settings.From != 0 && o.Settings.To != 0 && o.Settings.From >= o.Settings.To {
		return o, false, fault.In("from", fault.Coded("empty_window", fault.Invalidf("the first day comes before the last")))
	}
	o.Settings.By = q.Get("by")
	return o, o.Settings.From == 0 && o.Settings.To == 0 && o.Settings.By == "", nil
}

func (v *visit) showMeasure() error {
	return v.allowed(account.MeasuresRead, func(account.Actor) error {
		key, file := v.r.PathValue("measure"), false
		if n := len(key) - len(".csv"); n > 0 && key[n:] == ".csv" {
			key, file = key[:n], true
		}
		last, at, failed := v.picture.latest(v.ctx)
		switch {
		case last == nil && failed != nil:
			return failed
		case last == nil:
			v.w.Header().Set("Refresh", "2")
			return v.message(http.StatusOK, v.l.T("nav.measures"), message{Text: []string{v.l.T("console.picture.drawing")}, Link: v.l.T("console.error.home"), To: "/"})
		}
		i := slices.IndexFunc(last.Measures, func(m metric.Measure) bool { return m.Key == key })
		if i < 0 {
			return fault.Coded("no_page", fault.NotFoundf("there is no measure %.60q", key))
		}
		o, plain, wrong := v.asked()
		shown := last
		if wrong == nil && !plain {
			o.Measures = []string{key}
			if shown, wrong = v.Figures(v.ctx, o); wrong != nil && fault.KindOf(wrong) == fault.Internal {
				return wrong
			}
		}
		if wrong != nil {
			shown = last
		}
		if file && wrong == nil {
			return v.measureFile(shown, key)
		}
		return v.measure(shown, &last.Measures[i], at, failed, wrong)
	})
}

// measure shows a measure; wrong is what of that which was asked could not be.
func (v *visit) measure(p *report.Picture, m *metric.Measure, at time.Time, failed, wrong error) error {
	var out bytes.Buffer
	if there, err := report.WriteMeasure(&out, p, v.l, m.Key, v.Charts); err != nil || !there {
		if err == nil {
			err = fault.Coded("no_page", fault.NotFoundf("the measure %s has a page of its own", m.Key))
		}
		return err
	}
	age, err := v.age(at, failed)
	if err != nil {
		return err
	}
	q := v.r.URL.Query()
	shown := measured{Part: template.HTML(out.String()), Age: age, From: q.Get("from"), To: q.Get("to"), //nolint:gosec // of a template that escapes
		Whole: "/measures/" + m.Key + ".csv?" + v.r.URL.RawQuery}
	if shown.Bys, err = v.bys(q.Get("by")); err != nil {
		return err
	}
	if i := slices.IndexFunc(p.Measures, func(one metric.Measure) bool { return one.Key == m.Key }); i >= 0 {
		if shown.Acts, err = v.acts(&p.Measures[i]); err != nil {
			return err
		}
	}
	s := sheet{Content: shown}
	s.Title, s.Lead = report.Title(p, v.l, m.Key)
	status := http.StatusOK
	if wrong != nil {
		status = v.status(wrong)
		s.Problems = []problem{{Text: v.say(wrong)}}
	}
	return v.show(status, "measure", s)
}

// bys are the attributes by which figures can be broken down.
func (v *visit) bys(chosen string) (all []choice, err error) {
	all = []choice{{"", "–", chosen == ""}}
	seen := map[string]bool{"": true}
	for _, name := range []string{"segment", "category", "channel"} { // that every business may have
		seen[name] = true
		all = append(all, choice{name, v.l.T("measures.by." + name), chosen == name})
	}
	err = v.read(func(tx *db.Tx) error {
		for _, kind := range []string{catalogue.Sales, catalogue.Customers} {
			names, err := catalogue.AttributeNames(tx, kind)
			if err != nil {
				return err
			}
			for _, name := range names {
				if !seen[name] {
					seen[name] = true
					all = append(all, choice{name, name, chosen == name})
				}
			}
		}
		return nil
	})
	return all, err
}

// measureFile is the figures of a measure.
func (v *visit) measureFile(p *report.Picture, key string) error {
	one := *p
	one.Measures = nil
	for _, m := range p.Measures {
		if m.Key == key {
			one.Measures = append(one.Measures, m)
		}
	}
	v.w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	v.w.Header().Set("Content-Disposition", `attachment; filename="`+key+`.csv"`)
	return report.CSV(v.w, &one)
}

// acts are the initiatives of the periods that the measure is drawn over, each with the last whole period before it and the
// first whole one after it. What lies between is a comparison and no proof.
func (v *visit) acts(m *metric.Measure) (all []undertaking, err error) {
	var list []spending.StoredInitiative
	const most = 200
	var b business.Business
	if err := v.read(func(tx *db.Tx) (err error) {
		if b, err = business.Load(tx); err != nil {
			return err
		}
		list, err = spending.ListInitiatives(tx, spending.Key{}, most)
		return err
	}); err != nil {
		return nil, err
	}
	for i := range list {
		if len(list[i].Measures) > 0 && !slices.Contains(list[i].Measures, m.Key) {
			continue // it is meant to move others
		}
		began := time.UnixMicro(list[i].Started.Local).UTC().Truncate(24 * time.Hour)
		var before, after *metric.Point
		for j := range m.Series {
			p := &m.Series[j]
			from, _ := time.Parse(time.DateOnly, p.From)
			to, _ := time.Parse(time.DateOnly, p.To)
			if p.Value == nil || p.Partial {
				continue
			}
			if !to.After(began) {
				before = p
			}
			if after == nil && !from.Before(began) {
				after = p
			}
		}
		if before == nil || after == nil {
			continue
		}
		value := func(p *metric.Point) string {
			from, _ := time.Parse(time.DateOnly, p.From)
			return v.l.MonthShort(from) + ": " + v.l.Unit(m.Unit, *p.Value, b.Currency)
		}
		all = append(all, undertaking{list[i].Name, v.l.Date(began), value(before), value(after)})
	}
	return all, nil
}
