package console

import (
	"bytes"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/workbook"
	"regulars/internal/measure/metric"
	"regulars/internal/measure/report"
	"regulars/internal/record/business"
	"regulars/internal/record/catalogue"
	"regulars/internal/record/spending"
	"regulars/internal/understand/analysis"
)

// showMeasures lists all measures as they were last drawn.
func (v *visit) showMeasures() error {
	return v.allowed(account.MeasuresRead, func(account.Actor) error {
		title := v.l.T("nav.measures")
		return v.pictured(title, func(last *sight) error {
			var out bytes.Buffer
			if err := report.WriteMeasures(&out, last.Picture, v.l, measureAt); err != nil {
				return err
			}
			age, err := v.age(last)
			if err != nil {
				return err
			}
			return v.show(http.StatusOK, "measures", sheet{Title: title, Content: partOf{Part: template.HTML(out.String()), Age: age}}) //nolint:gosec // of a template that escapes
		})
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
	Book     string   // the same as a workbook
	Acts     []undertaking
	At       string // of the page
	Goal     *goalForm
}

// undertaking is an initiative, and what the measure was before and after it began.
type undertaking struct {
	Number, Name, Began, Before, After string

	day time.Time
}

// xlsx is the kind of file that is a workbook.
const xlsx = ".xlsx"

// kindOfFile parts a name from the kind of file that is asked for; empty: none is, a page.
func kindOfFile(name string) (key, kind string) {
	for _, kind := range []string{".csv", xlsx} {
		if key, ok := strings.CutSuffix(name, kind); ok && key != "" {
			return key, kind
		}
	}
	return name, ""
}

// workbook sends a table as a workbook.
func (v *visit) workbook(name string, head []string, each func(add func(row []any) error) error) error {
	book, err := workbook.Make(name[:min(len(name), 31)], head, each)
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", workbook.Type)
	v.w.Header().Set("Content-Disposition", `attachment; filename="`+name+xlsx+`"`)
	_, _ = book.WriteTo(v.w) // who has gone needs no answer
	return book.Close()
}

// asked is the measure as the address asks for it: as it was last drawn, or worked out now for other days or parts.
func (v *visit) asked(by account.Actor, last *sight, key string) (*sight, error) {
	q := v.r.URL.Query()
	o := report.Options{Measures: []string{key}, Settings: metric.Settings{Period: metric.ByMonth, By: q.Get("by"), Shield: !by.May(account.PersonalRead)}}
	set := &o.Settings
	for _, one := range []struct {
		field string
		to    *int64
	}{{"from", &set.From}, {"to", &set.To}} {
		text := q.Get(one.field)
		if text == "" {
			continue
		}
		day, err := time.Parse(time.DateOnly, text)
		if err != nil {
			return nil, fault.In(one.field, fault.Coded("no_day", fault.Invalidf("%.20q is no day", text)))
		}
		*one.to = day.UnixMicro()
	}
	switch {
	case set.From != 0 && set.To != 0 && set.From >= set.To:
		return nil, fault.In("from", fault.Coded("empty_window", fault.Invalidf("the first day comes before the last")))
	case set.From == 0 && set.To == 0 && set.By == "":
		return last, nil
	}
	p, err := v.Analyses.Picture(v.ctx, o)
	return &sight{Picture: p, at: time.Now()}, err
}

func (v *visit) showMeasure() error {
	return v.allowed(account.MeasuresRead, func(by account.Actor) error {
		return v.pictured(v.l.T("nav.measures"), func(last *sight) error {
			key, file := kindOfFile(v.r.PathValue("measure"))
			drawn := slices.ContainsFunc(last.Measures, func(m metric.Measure) bool { return m.Key == key })
			if !drawn { // those that say nothing here, such as of a programme where there is none, are not in the picture
				if !slices.ContainsFunc(analysis.Catalogue(), func(d *metric.Definition) bool { return d.Key == key }) {
					return fault.Coded("no_page", fault.NotFoundf("there is no measure %.60q", key))
				}
				p, err := v.Analyses.Picture(v.ctx, report.Options{Measures: []string{key}, Settings: metric.Settings{Period: metric.ByMonth}})
				if err != nil {
					return err
				}
				last = &sight{Picture: p, at: time.Now()}
			}
			shown, wrong := v.asked(by, last, key)
			switch {
			case wrong != nil && fault.KindOf(wrong) == fault.Internal:
				return wrong
			case wrong != nil:
				shown = last
			case file != "":
				return v.measureFile(shown.Picture, key, file)
			}
			return v.measure(by, shown, key, wrong)
		})
	})
}

// measure shows a measure; wrong is what of that which was asked could not be.
func (v *visit) measure(by account.Actor, p *sight, key string, wrong error) error {
	acts, err := v.actsOf(p.Picture, key)
	if err != nil {
		return err
	}
	var marks []report.Mark
	for _, a := range acts {
		marks = append(marks, report.Mark{Day: a.day, Label: a.Number})
	}
	var out bytes.Buffer
	if there, err := report.WriteMeasure(&out, p.Picture, v.l, key, v.Charts, marks...); err != nil || !there {
		if err == nil {
			err = fault.Coded("no_page", fault.NotFoundf("the measure %s has a page of its own", key))
		}
		return err
	}
	age, err := v.age(p)
	if err != nil {
		return err
	}
	q := v.r.URL.Query()
	shown := measured{Part: template.HTML(out.String()), Age: age, From: q.Get("from"), To: q.Get("to"), //nolint:gosec // of a template that escapes
		Whole: "/measures/" + key + ".csv?" + v.r.URL.RawQuery, Book: "/measures/" + key + xlsx + "?" + v.r.URL.RawQuery}
	if shown.Bys, err = v.bys(q.Get("by")); err != nil {
		return err
	}
	shown.Acts = acts
	var typed error
	if v.r.Method == http.MethodPost {
		typed = wrong
	}
	shown.At = measureAt(key)
	if shown.Goal, err = v.goalOf(by, p.Picture, key, typed); err != nil {
		return err
	}
	s := sheet{Content: shown}
	s.Title, s.Lead = report.Title(p.Picture, v.l, key)
	status := http.StatusOK
	if wrong != nil {
		status = v.status(wrong)
		s.Problems = []problem{{Field: fieldOf(wrong), Text: v.say(wrong)}}
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
func (v *visit) measureFile(p *report.Picture, key, kind string) error {
	one := *p
	one.Measures = nil
	for _, m := range p.Measures {
		if m.Key == key {
			one.Measures = append(one.Measures, m)
		}
	}
	if kind == xlsx {
		head, rows := report.Rows(&one)
		return v.workbook(key, head, workbook.Rows(rows))
	}
	v.w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	v.w.Header().Set("Content-Disposition", `attachment; filename="`+key+`.csv"`)
	return report.CSV(v.w, &one)
}

// actsOf are the initiatives of a measure of the picture; none where it is not there.
func (v *visit) actsOf(p *report.Picture, key string) ([]undertaking, error) {
	i := slices.IndexFunc(p.Measures, func(one metric.Measure) bool { return one.Key == key })
	if i < 0 {
		return nil, nil
	}
	return v.acts(&p.Measures[i])
}

// acts are the initiatives of the periods that the measure is drawn over, each with the last whole period before it and the
// first whole one after it. What lies between is a comparison and no proof.
func (v *visit) acts(m *metric.Measure) (all []undertaking, err error) {
	var list []spending.StoredInitiative
	var b business.Business
	if err := v.read(func(tx *db.Tx) (err error) {
		if b, err = business.Load(tx); err != nil {
			return err
		}
		list, err = spending.AllInitiatives(tx)
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
		all = append(all, undertaking{"", list[i].Name, v.l.Date(began), value(before), value(after), began})
	}
	slices.SortStableFunc(all, func(a, b undertaking) int { return a.day.Compare(b.day) })
	for i := range all {
		all[i].Number = v.l.Integer(int64(i + 1))
	}
	return all, nil
}
