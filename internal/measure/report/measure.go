package report

import (
	"bytes"
	"context"
	"io"
	"strings"
	"time"

	"regulars/internal/base/chart"
	"regulars/internal/base/locale"
)

// measureView is one measure on a page of its own.
type measureView struct {
	Name          string
	Figure        tileView
	Told          bool   // it has a figure
	Why           string // it has none
	Besides       string
	Card          definitionView
	Trend, Groups *chartView
}

// Mark is something that began on a day, to be marked on a trend.
type Mark struct {
	Day   time.Time
	Label string
}

// WriteMeasures writes all measures by kind, each with its figure; their names lead to where each stands by itself.
func WriteMeasures(w io.Writer, p *Picture, l *locale.Locale, at func(key string) string) error {
	b := newHTMLBuilder(p, l)
	groups := b.measureGroups()
	for _, g := range groups {
		if g.Table == nil {
			continue
		}
		for i := range g.Table.Rows {
			first := &g.Table.Rows[i].Cells[0]
			first.Href = at(strings.TrimPrefix(first.Href, "#def-"))
		}
	}
	return b.execute(w, "measures-list", groups)
}

// WriteMeasure writes one measure: its figure with what became of it, the formula with the business's own numbers, how it went,
// and by the attribute that the picture is broken down by; what is marked stands on the trend. there is false where the picture
// does not have it.
func WriteMeasure(w io.Writer, p *Picture, l *locale.Locale, key string, charts *chart.Renderer, marks ...Mark) (there bool, err error) {
	b := newHTMLBuilder(p, l)
	b.marks = marks
	m := b.byKey[key]
	if m == nil || ownPart(key) {
		return false, nil
	}
	v := measureView{Name: b.name(key), Card: b.definition(m), Besides: b.besideName(m)}
	if _, v.Told = b.ok(key); v.Told {
		v.Figure = b.tile(m)
	} else {
		v.Why = b.reason(m)
	}
	b.drawings = nil // the little trend of the tile; a large one stands below
	if points := full(m.Series); len(points) > 1 {
		values, _, _ := columnsOf(points)
		if least, most := span(values); least <= most {
			v.Trend = b.trend(m, points, "trend", mediumWidth)
		}
	}
	if len(m.Groups) > 0 {
		v.Groups = b.bars("groups", v.Name, m.Unit, mediumWidth, namedGroups(m))
	}
	if charts != nil {
		if err := drawAll(context.Background(), charts, b.drawings); err != nil {
			return false, err
		}
	}
	return true, b.execute(w, "measure-page", &v)
}

func (b *htmlBuilder) execute(w io.Writer, name string, view any) error {
	t, err := htmlTemplates(b.l)
	if err != nil {
		return err
	}
	var buf bytes.Buffer
	if err := t.ExecuteTemplate(&buf, name, view); err != nil {
		return err //nolint:wrapcheck // the templates are ours
	}
	_, err = buf.WriteTo(w)
	return err //nolint:wrapcheck // of whoever reads
}

// Title is what a measure of the picture is called, and the question that it answers.
func Title(p *Picture, l *locale.Locale, key string) (name, question string) {
	b := newHTMLBuilder(p, l)
	return b.name(key), b.l.T("measure."+key+".question", b.nameArgs(key)...)
}
