package report

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"regulars/internal/base/chart"
	"regulars/internal/measure/metric"
	"regulars/internal/measure/page"
)

// voiceView is what customers say: NPS and what it means, satisfaction, aspects.
type voiceView struct {
	NPS     *figureView
	Trend   *chartView
	Bands   []bandView
	Scale   string // which scores count as what
	Figures []figureView
	Aspects *chartView
}

// figureView is a figure with a sentence.
type figureView struct {
	Key, Name, Value, Interval, N string
	Indicative                    bool
	Change                        *page.Change
}

// bandView is one band of meaning.
type bandView struct {
	Range, Name, Sentence string
	Here                  bool
}

func (b *htmlBuilder) voice() *voiceView {
	v := &voiceView{Aspects: b.aspects()}
	if m, ok := b.ok("nps"); ok {
		f := b.figure(m)
		v.NPS, v.Bands, v.Scale = &f, b.bands(*m.Value), b.l.T("report.voice.scale", b.scaleText())
		if points := full(m.Series); len(points) > 2 {
			v.Trend = b.trend(m, points, "nps", halfWidth)
		}
	}
	for _, key := range []string{"nps_weighted", "csat_top", "csat_mean", "ces_easy", "ces_mean", "response_rate",
		"first_reply_minutes", "solution_minutes", "in_time_share", "recovered_share"} {
		if m, ok := b.ok(key); ok {
			v.Figures = append(v.Figures, b.figure(m))
		}
	}
	if v.NPS == nil && len(v.Figures) == 0 && v.Aspects == nil {
		return nil
	}
	return v
}

func (b *htmlBuilder) figure(m *metric.Measure) figureView {
	f := figureView{Key: m.Key, Name: b.name(m.Key), Value: b.value(m), Interval: b.interval(m.Unit, m.Low, m.High),
		Indicative: m.Low != nil && m.N < indicativeBelow, Change: b.change(m)}
	if m.N > 0 {
		f.N = b.l.T("report.n", "n = "+b.l.Integer(m.N))
	}
	return f
}

// scaleText spells the bands of the question: the usual two have words, others are shown as given.
func (b *htmlBuilder) scaleText() string {
	key := "report.voice.scale." + strings.ReplaceAll(b.p.Parameters.NPSBands, "-", "_")
	if b.l.Has(key) {
		return b.l.T(key)
	}
	return b.p.Parameters.NPSBands
}

func (b *htmlBuilder) bands(nps float64) []bandView {
	here, edges := b.p.Meaning.Band(nps), b.p.Meaning.Edges()
	var bands []bandView
	for i, key := range metric.MeaningBands() {
		band := bandView{Name: b.l.T("band.nps." + key + ".name"), Sentence: cmp.Or(b.p.Meaning.Sentences[i], b.l.T("band.nps."+key+".sentence")), Here: key == here}
		switch i {
		case 0:
			band.Range = b.l.T("report.band.up_to", b.l.Number(edges[0], 0))
		case len(edges):
			band.Range = b.l.T("report.band.above", b.l.Number(edges[i-1], 0))
		default:
			band.Range = b.l.T("report.band.between", b.l.Number(edges[i-1], 0), b.l.Number(edges[i], 0))
		}
		bands = append(bands, band)
	}
	return bands
}

// aspects compares what customers are satisfied with.
func (b *htmlBuilder) aspects() *chartView {
	var groups []namedFigure
	for _, aspect := range []string{"service", "staff", "problem_solving", "information", "product_quality", "delivery",
		"site", "price", "brand"} {
		if m, ok := b.ok("aspect_" + aspect + "_top"); ok {
			groups = append(groups, namedFigure{b.l.T("report.aspect." + aspect),
				metric.Figure{Value: m.Value, Low: m.Low, High: m.High, N: m.N}, ""})
		}
	}
	if len(groups) == 0 {
		return nil
	}
	return b.bars("aspects", b.l.T("report.voice.aspects"), "percent", wideWidth, groups)
}

// namedFigure is one bar: an aspect or a group.
type namedFigure struct {
	name string
	metric.Figure
	verdict string
}

// ranked puts figures in order of size only where all their intervals are apart; otherwise they stay as they are,
// since an order would say what is not known.
func ranked(figures []namedFigure) ([]namedFigure, bool) {
	sorted := slices.Clone(figures)
	slices.SortStableFunc(sorted, func(x, y namedFigure) int {
		switch vx, vy := number(x.Value), number(y.Value); {
		case vx > vy:
			return -1
		case vx < vy:
			return 1
		default:
			return 0
		}
	})
	for i, f := range sorted {
		if f.Low == nil || f.High == nil || i > 0 && *f.High >= *sorted[i-1].Low {
			return figures, false
		}
	}
	return sorted, true
}

// maxBars is how many bars a chart shows; the table has all.
const maxBars = 15

// bars draws figures side by side, with whiskers, and writes them as a table.
func (b *htmlBuilder) bars(id, title, unit string, width int, figures []namedFigure) *chartView {
	figures, inOrder := ranked(figures)
	note := b.l.T("report.groups.unordered")
	if inOrder {
		note = b.l.T("report.groups.ordered")
	}
	d := chart.Bars{About: chart.About{ID: id + "-wide", Title: title}}
	least, most := 0.0, 0.0
	t := b.figureTable(id+"-table", title, unit, figures)
	shown := largest(figures, maxBars)
	for _, f := range shown {
		bar := chart.Bar{Name: f.name, Value: *f.Value, Low: number(f.Low), High: number(f.High),
			Label: b.brief(unit, *f.Value), Muted: f.N < indicativeBelow}
		lo, hi := span([]float64{bar.Value, bar.Low, bar.High})
		least, most = min(least, lo), max(most, hi)
		d.Bars = append(d.Bars, bar)
	}
	if len(d.Bars) == 0 || math.IsInf(most, 0) {
		return &chartView{ID: id, Title: title, Table: t}
	}
	if len(shown) < len(figures) {
		note = b.sentences(note, b.l.T("report.groups.more", len(shown)))
	}
	if slices.ContainsFunc(d.Bars, func(bar chart.Bar) bool { return bar.Muted }) {
		note = b.sentences(note, b.l.T("report.groups.grey"))
	}
	d.Summary = note
	d.Ticks = b.ticks(unit, least, most, 5)
	narrow := d
	narrow.ID = id + "-narrow"
	narrow.Ticks = b.ticks(unit, least, most, 3)
	view := &chartView{ID: id, Title: title, Note: note, Table: t,
		Wide: b.draw(d, width, d.Height()), Narrow: b.draw(narrow, narrowWidth, narrow.Height())}
	if width > mediumWidth {
		medium := d
		medium.ID = id + "-medium"
		view.Medium = b.draw(medium, mediumWidth, d.Height())
	}
	return view
}

// largest keeps the figures that rest on most, in the order they are in; those without a value are left out.
func largest(figures []namedFigure, most int) []namedFigure {
	shown := slices.DeleteFunc(slices.Clone(figures), func(f namedFigure) bool { return f.Value == nil })
	if len(shown) <= most {
		return shown
	}
	bySize := slices.Clone(shown)
	slices.SortStableFunc(bySize, func(x, y namedFigure) int { return cmp.Compare(y.N, x.N) })
	least := bySize[most-1].N
	shown = slices.DeleteFunc(shown, func(f namedFigure) bool { return f.N < least })
	return shown[:most] // those of equal size at the edge: the first by name
}

func (b *htmlBuilder) figureTable(id, caption, unit string, figures []namedFigure) *page.Table {
	t := &page.Table{ID: id, Caption: caption, Columns: []page.Column{
		page.WordColumn(b.l.T("report.groups.group")), page.NumberColumn(b.l.T("report.value")),
		page.NumberColumn(b.l.T("interval.label")), page.NumberColumn("n"),
	}}
	verdicts := slices.ContainsFunc(figures, func(f namedFigure) bool { return f.verdict != "" })
	if verdicts {
		t.Columns = append(t.Columns, page.WordColumn(b.l.T("report.groups.verdict")))
	}
	for _, f := range figures {
		value := dash
		if f.Value != nil {
			value = b.unit(unit, *f.Value)
		}
		row := []page.TableCell{{Text: f.name, Class: "id"}, page.NumberCell(value),
			page.NumberCell(orDash(b.interval(unit, f.Low, f.High))), page.NumberCell(b.l.Integer(f.N))}
		if verdicts {
			word := dash
			if f.verdict != "" {
				word = b.l.T("verdict." + f.verdict)
			}
			row = append(row, page.WordCell(word))
		}
		t.Add(row...)
	}
	return t
}
