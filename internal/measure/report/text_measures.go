package report

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"regulars/internal/measure/metric"
	"regulars/internal/measure/page"
)

// The columns of the table of measures.
const (
	columnName = iota
	columnValue
	columnInterval
	columnTrend
	columnChange
	columnVerdict
)

// measures is the table of figures: a line each or, where the terminal is narrow, two.
func (t *textPage) measures() {
	shown := t.shown()
	defer t.without(slices.Clone(shown))
	shown = slices.DeleteFunc(shown, func(m *metric.Measure) bool { return m.Status != metric.OK })
	t.line("")
	if len(shown) == 0 {
		return
	}
	g := t.measureGrid(shown, 12)
	for _, periods := range []int{8, 6, 0} {
		if !t.fits(g, 26) {
			g = t.measureGrid(shown, periods)
		}
	}
	if !t.fits(g, 20) {
		t.narrowMeasures(shown)
		return
	}
	lines := g.Lines(t.width, t.o.Color)
	t.lines(lines[0])
	for i, m := range shown {
		t.lines(lines[i+1])
		t.footnote(m)
	}
}

// without names the measures that have no figure, by the reason why.
func (t *textPage) without(shown []*metric.Measure) {
	var reasons []string
	names := map[string][]string{}
	for _, m := range shown {
		if m.Status == metric.OK {
			continue
		}
		reason := t.reason(m)
		if names[reason] == nil {
			reasons = append(reasons, reason)
		}
		names[reason] = append(names[reason], t.name(m.Key))
	}
	for _, reason := range reasons {
		t.say(t.l.T("text.without", joined(t.l, "text.list", names[reason]), reason), 2)
	}
}

// fits tells whether a table fits when names may be wrapped at so many columns.
func (t *textPage) fits(g *page.Grid, name int) bool {
	widths := g.Widths()
	return page.Total(widths)-max(0, widths[columnName]-name) <= t.width
}

// measureGrid is the table with trends of so many periods at most.
func (t *textPage) measureGrid(shown []*metric.Measure, periods int) *page.Grid {
	g := &page.Grid{Right: []bool{columnValue: true, columnInterval: true, columnChange: true, columnVerdict: false}}
	head := func(key string) page.Cell { return page.Cell{Text: t.l.T(key), Colour: page.Quiet} }
	g.Add(page.Cell{}, page.Cell{}, head("interval.label"), head("text.head.trend"), head("text.head.change"), page.Cell{})
	for _, m := range shown {
		change, verdict := t.change(m)
		g.Add(page.Cell{Text: t.name(m.Key)}, page.Cell{Text: t.valueOf(m), Colour: page.Bold}, page.Cell{Text: t.between(m.Unit, m.Low, m.High), Colour: page.Quiet},
			page.Cell{Text: sparkline(m.Series, periods)}, change, verdict)
	}
	for _, row := range g.Rows[1:] {
		if row[columnTrend].Text != "" {
			return g
		}
	}
	g.Drop(columnTrend)
	return g
}

// valueOf is the figure, or a dash where there is none.
func (t *textPage) valueOf(m *metric.Measure) string {
	if m.Status != metric.OK {
		return "–"
	}
	return t.figure(m.Unit, m.Value)
}

// narrowMeasures has two lines a measure: name and value, then the rest.
func (t *textPage) narrowMeasures(shown []*metric.Measure) {
	for _, m := range shown {
		value := t.valueOf(m)
		room := t.width - page.ScreenWidth(value) - page.Gutter
		t.line(page.Pad(page.Cut(t.name(m.Key), room), room, false) + "  " + t.paint(value, page.Bold))
		change, verdict := t.change(m)
		var parts []string
		for _, c := range []page.Cell{{Text: t.between(m.Unit, m.Low, m.High), Colour: page.Quiet}, change, verdict} {
			if c.Text != "" {
				parts = append(parts, c.Text)
			}
		}
		if text := strings.Join(parts, " · "); text != "" {
			t.line(t.paint("  "+page.Cut(text, t.width-2), page.Quiet))
		}
		t.footnote(m)
	}
}

// footnote says what must be said of a measure beneath it: why there is no figure, how a textbook formula differs,
// and, on the long page, the formula with its numbers.
func (t *textPage) footnote(m *metric.Measure) {
	if slices.Contains(textbook(), m.Key) && t.l.Has("measure."+m.Key+".note") {
		t.beneath(t.l.T("measure." + m.Key + ".note"))
	}
	if !t.o.All || m.Value == nil {
		return
	}
	if m.Key == "upsell_ratio" {
		t.beneath(t.l.T("text.upsell_hundred", t.l.Number(100**m.Value, 1)))
	}
	if q := m.Quartiles; q != nil {
		t.beneath(t.l.T("text.quartiles", t.unit(m.Unit, q[0]), t.unit(m.Unit, q[1])))
	}
	if m.Formula != nil {
		t.beneath(t.formula(m))
	}
	if m.N > 0 && m.N < 30 {
		t.beneath(t.l.T("indicative.sentence"))
	}
}

func (t *textPage) beneath(text string) {
	for _, line := range page.Wrap(text, t.width-4) {
		t.line("    " + t.paint(line, page.Quiet))
	}
}

// formula is the formula with the business's own numbers: (412 − 88) / 900 = 36.0.
func (t *textPage) formula(m *metric.Measure) string {
	pairs := []string{" - ", " − ", "*", "×", " x ", " × "}
	for i, o := range m.Formula.Operands {
		text := t.unit(o.Unit, o.Value)
		if (o.Unit == "score" || o.Unit == "ratio") && o.Value == math.Trunc(o.Value) {
			text = t.l.Number(o.Value, 0)
		}
		pairs = append(pairs, "{"+strconv.Itoa(i)+"}", text)
	}
	return strings.NewReplacer(pairs...).Replace(page.Plain(m.Formula.Text)) + " = " + t.valueOf(m)
}

// change is what became of a measure since the window before, and the verdict on it.
func (t *textPage) change(m *metric.Measure) (change, verdict page.Cell) {
	switch {
	case m.Status != metric.OK || m.Value == nil:
		return page.Cell{}, page.Cell{}
	case m.Change != nil && m.Change.Relative != nil && (m.Unit == "count" || m.Key == "revenue"):
		change.Text = t.relative(*m.Change.Relative) // a sum over all customers: how much larger says more than how many
	case m.Change != nil:
		change.Text = t.difference(m.Unit, m.Change.Difference)
	case t.p.PreviousComplete && m.Previous != nil && m.Previous.Value != nil && *m.Previous.Value > 0:
		change.Text = t.relative(*m.Value / *m.Previous.Value - 1)
	}
	if m.Verdict == "" || m.Change == nil { // nothing was compared
		return change, page.Cell{}
	}
	verdict.Text = "? " + t.l.T("verdict."+m.Verdict)
	switch m.Verdict {
	case metric.Noise:
		verdict = page.Cell{Text: "≈ " + t.l.T("verdict.noise"), Colour: page.Quiet}
	case metric.Few:
		verdict.Colour = page.Unclear
	case metric.Real:
		sign, colour := realChange(m)
		verdict = page.Cell{Text: sign + " " + t.l.T("verdict.real"), Colour: colour}
		change.Colour = colour
	}
	return change, verdict
}

// relative shows a change of 0.15 as +15%.
func (t *textPage) relative(change float64) string {
	text := t.l.Percent(100*change, 0)
	if math.Round(100*change) > 0 {
		return "+" + text
	}
	return text
}

// realChange is the sign of a real change and the colour of its being for the better or the worse.
func realChange(m *metric.Measure) (sign, colour string) {
	if m.Change == nil {
		return "•", ""
	}
	up := m.Change.Difference > 0
	if sign = "▼"; up {
		sign = "▲"
	}
	switch {
	case m.Better == "none" || m.Better == "":
		return sign, ""
	case up == (m.Better == "higher"):
		return sign, page.Good
	}
	return sign, page.Harm
}

// sparkline draws the last periods of a series as blocks: the lowest figure is the lowest block. Periods that were
// not watched to the end are left out; a period without a figure is a gap.
func sparkline(series []metric.Point, most int) string {
	points := full(series)
	points = points[max(0, len(points)-most):]
	low, high, known := math.Inf(1), math.Inf(-1), 0
	for _, p := range points {
		if p.Value != nil && !math.IsNaN(*p.Value) && !math.IsInf(*p.Value, 0) {
			low, high = math.Min(low, *p.Value), math.Max(high, *p.Value)
			known++
		}
	}
	if known < 2 {
		return ""
	}
	blocks := []rune("▁▂▃▄▅▆▇█")
	var b strings.Builder
	for _, p := range points {
		switch {
		case p.Value == nil || math.IsNaN(*p.Value) || math.IsInf(*p.Value, 0):
			b.WriteByte(' ')
		case high == low:
			b.WriteRune(blocks[3])
		default:
			b.WriteRune(blocks[int(math.Round((*p.Value-low)/(high-low)*float64(len(blocks)-1)))])
		}
	}
	return strings.TrimRight(b.String(), " ")
}

// groups shows measures by the values of an attribute, where the picture was asked for that.
func (t *textPage) groups() {
	const mostMeasures, mostGroups = 3, 10
	done := 0
	for _, m := range t.shown() {
		if len(m.Groups) == 0 {
			continue
		}
		done++
		if done > mostMeasures && !t.o.All {
			return
		}
		t.heading(t.l.T("text.by", t.name(m.Key), page.Plain(t.p.Parameters.By)))
		g := &page.Grid{Right: []bool{columnValue: true, columnInterval: true, columnTrend: true}}
		for i, group := range m.Groups {
			if i == mostGroups && !t.o.All {
				break
			}
			verdict := page.Cell{}
			if group.Verdict != "" {
				verdict.Text = t.l.T("verdict." + group.Verdict)
			}
			label := page.Plain(group.Group)
			if label == "" {
				label = t.l.T("text.blank")
			}
			g.Add(page.Cell{Text: label}, page.Cell{Text: t.figure(m.Unit, group.Value), Colour: page.Bold},
				page.Cell{Text: t.between(m.Unit, group.Low, group.High), Colour: page.Quiet}, page.Cell{Text: t.l.T("text.n", group.N), Colour: page.Quiet}, verdict)
		}
		t.table(g)
		if more := len(m.Groups) - mostGroups; more > 0 && !t.o.All {
			t.line(t.l.P("text.more_groups", int64(more)))
		}
	}
}
