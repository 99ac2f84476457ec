package report

import (
	"html/template"
	"math"
	"slices"

	"regulars/internal/base/chart"
	"regulars/internal/measure/metric"
	"regulars/internal/measure/page"
)

// tileView is one headline figure.
type tileView struct {
	Key, Name, Value string
	Interval         string
	Change           *page.Change
	N                string // how many stand behind it
	Indicative       bool
	Spark            template.HTML // empty: there are too few periods
}

// tiles are the headline measures that have a figure.
func (b *htmlBuilder) tiles() []tileView {
	var tiles []tileView
	for _, key := range Headline() {
		if m, ok := b.ok(key); ok {
			tiles = append(tiles, b.tile(m))
		}
	}
	return tiles
}

func (b *htmlBuilder) tile(m *metric.Measure) tileView {
	t := tileView{
		Key: m.Key, Name: b.name(m.Key), Value: b.brief(m.Unit, *m.Value), Change: b.change(m),
		Interval: b.interval(m.Unit, m.Low, m.High), Indicative: m.Low != nil && m.N < indicativeBelow,
	}
	if m.N > 0 {
		t.N = b.l.T("report.n", "n = "+b.l.Integer(m.N))
	}
	points := full(m.Series)
	values, low, high := columnsOf(points)
	if least, most := span(values); len(points) > 2 && least <= most {
		spark := chart.Spark{
			About:  chart.About{ID: "spark-" + m.Key, Title: b.l.T("report.trend.title", t.Name), Summary: b.finding(m, points)},
			Values: values, Low: low, High: high,
		}
		t.Spark = template.HTML(spark.SVG(112, 44)) //nolint:gosec // it escapes its texts
	}
	return t
}

// untoldView is a reason and the headline measures that have no figure because of it.
type untoldView struct{ Names, Reason string }

func (b *htmlBuilder) untold() []untoldView {
	var reasons []string
	names := map[string][]string{}
	for _, key := range Headline() {
		m := b.byKey[key]
		if _, fine := b.ok(key); m == nil || fine {
			continue
		}
		why := b.reason(m)
		if !slices.Contains(reasons, why) {
			reasons = append(reasons, why)
		}
		names[why] = append(names[why], b.name(key))
	}
	var untold []untoldView
	for _, why := range reasons {
		untold = append(untold, untoldView{Names: b.list(names[why]), Reason: why})
	}
	return untold
}

// mainChart is the one trend that matters: whether customers come back, or else what comes nearest.
func (b *htmlBuilder) mainChart() *chartView {
	for _, key := range []string{"repurchase_rate", "retention_rate", "active_customers", "revenue"} {
		m, ok := b.ok(key)
		if !ok {
			continue
		}
		points := full(m.Series)
		values, _, _ := columnsOf(points)
		if least, most := span(values); len(points) > 2 && least < most {
			return b.trend(m, points, "trend", wideWidth)
		}
	}
	return nil
}

// trend draws a measure over time, and its table.
func (b *htmlBuilder) trend(m *metric.Measure, points []metric.Point, id string, width int) *chartView {
	values, low, high := columnsOf(points)
	least, most := span(values, low, high)
	if startsAtZero(m.Unit) {
		least = min(least, 0)
	}
	period := periodName(points[0])
	line := chart.Line{
		About:  chart.About{ID: id + "-wide", Title: b.l.T("report.trend.title", b.name(m.Key)), Summary: b.finding(m, points)},
		Values: values, Low: low, High: high, Ticks: b.ticks(m.Unit, least, most, 5), Unit: b.axisUnit(m.Unit),
	}
	for i, p := range points {
		line.Labels = append(line.Labels, b.label(p, period))
		if p.Value != nil && i == len(points)-1 {
			line.Last = b.brief(m.Unit, *p.Value)
		}
	}
	for _, mark := range b.marks {
		at := -1 // the period that it began in
		for i, p := range points {
			if from, ok := moment(p.From); ok && !from.After(mark.Day) {
				at = i
			}
		}
		if at >= 0 {
			line.Marks = append(line.Marks, chart.Mark{At: at, Label: mark.Label})
		}
	}
	narrow := line
	narrow.ID = id + "-narrow"
	view := &chartView{ID: id, Title: b.finding(m, points), Table: b.seriesTable(id+"-table", m, points, period),
		Wide: b.draw(line, width, min(300, 200+width/10)), Narrow: b.draw(narrow, narrowWidth, 210)}
	if width > mediumWidth {
		medium := line
		medium.ID = id + "-medium"
		view.Medium = b.draw(medium, mediumWidth, 260)
	}
	view.Note = b.trendNote(m, low != nil)
	return view
}

func (b *htmlBuilder) trendNote(m *metric.Measure, band bool) string {
	notes := []string{b.l.T("measure."+m.Key+".question", b.nameArgs(m.Key)...)}
	if band {
		notes = append(notes, b.l.T("report.trend.band"))
	}
	if len(full(m.Series)) < len(m.Series) {
		notes = append(notes, b.l.T("report.partial"))
	}
	return b.sentences(notes...)
}

// finding says in words what a trend shows: where it is, and between what it moved.
func (b *htmlBuilder) finding(m *metric.Measure, points []metric.Point) string {
	lowest, highest, last := -1, -1, -1
	for i, p := range points {
		if p.Value == nil || math.IsNaN(*p.Value) {
			continue
		}
		last = i
		if lowest < 0 || *p.Value < *points[lowest].Value {
			lowest = i
		}
		if highest < 0 || *p.Value > *points[highest].Value {
			highest = i
		}
	}
	if last < 0 {
		return b.name(m.Key)
	}
	period := periodName(points[0])
	say := func(i int) (value, when string) { return b.brief(m.Unit, *points[i].Value), b.label(points[i], period) }
	v, when := say(last)
	least, leastWhen := say(lowest)
	most, mostWhen := say(highest)
	return b.l.T("report.trend.finding", b.name(m.Key), v, when, least, leastWhen, most, mostWhen)
}

// seriesTable is a measure over time in figures.
func (b *htmlBuilder) seriesTable(id string, m *metric.Measure, points []metric.Point, period string) *page.Table {
	t := &page.Table{ID: id, Caption: b.name(m.Key), Columns: []page.Column{
		page.WordColumn(b.l.T("report.period." + period)), page.NumberColumn(b.l.T("report.value")),
		page.NumberColumn(b.l.T("interval.label")), page.NumberColumn("n"),
	}}
	for _, p := range points {
		value := dash
		if p.Value != nil {
			value = b.unit(m.Unit, *p.Value)
		}
		t.Add(page.WordCell(b.label(p, period)), page.NumberCell(value),
			page.NumberCell(orDash(b.interval(m.Unit, p.Low, p.High))), page.NumberCell(b.l.Integer(p.N)))
	}
	return t
}

// trendTable holds the figures behind the small trends of the tiles: a row a period, a column a measure.
func (b *htmlBuilder) trendTable() *page.Table {
	var shown []*metric.Measure
	for _, key := range Headline() {
		if m, ok := b.ok(key); ok && len(full(m.Series)) > 2 {
			shown = append(shown, m)
		}
	}
	if len(shown) == 0 {
		return nil
	}
	first := full(shown[0].Series)
	period := periodName(first[0])
	t := &page.Table{ID: "tiles-table", Caption: b.l.T("report.trends_table"),
		Columns: []page.Column{page.WordColumn(b.l.T("report.period." + period))}}
	rows := map[string][]page.TableCell{}
	var order []metric.Point
	for column, m := range shown {
		t.Columns = append(t.Columns, page.NumberColumn(b.name(m.Key)))
		for _, p := range full(m.Series) {
			if rows[p.From] == nil {
				rows[p.From] = make([]page.TableCell, len(shown))
				order = append(order, p)
			}
			cell := page.NumberCell(dash)
			if p.Value != nil {
				cell.Text, cell.Sub = b.brief(m.Unit, *p.Value), b.interval(m.Unit, p.Low, p.High)
			}
			rows[p.From][column] = cell
		}
	}
	slices.SortFunc(order, func(x, y metric.Point) int { return compareText(x.From, y.From) })
	for _, p := range order {
		t.Add(append([]page.TableCell{page.WordCell(b.label(p, period))}, rows[p.From]...)...)
	}
	t.Foot = []string{b.l.T("report.partial")}
	return t
}
