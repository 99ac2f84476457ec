package report

import (
	"math"
	"slices"
	"strings"
	"time"

	"regulars/internal/measure/metric"
	"regulars/internal/measure/page"
)

// indicativeBelow is how many customers or answers a figure needs before its interval is taken at its word.
const indicativeBelow = 30

// name is a measure's name, with the setting that is part of some names.
func (b *htmlBuilder) name(key string) string {
	return b.l.T("measure."+key+".name", b.nameArgs(key)...)
}

func (b *htmlBuilder) nameArgs(key string) []any {
	if m := b.byKey[key]; m != nil && m.Parameter != nil {
		return []any{b.l.Number(*m.Parameter, wholeOrOne(*m.Parameter))}
	}
	switch key {
	case "second_order_rate", "second_order_rate_plain":
		return []any{b.p.Parameters.SecondOrderDays}
	case "top_share":
		share := b.p.Parameters.TopShare * 100
		return []any{b.l.Number(share, wholeOrOne(share))}
	default:
		return nil
	}
}

// unit writes a number of a measure.
func (b *htmlBuilder) unit(unit string, v float64) string {
	return b.l.Unit(unit, v, b.p.Parameters.Currency)
}

// brief writes it for a tile or an axis, where large sums of money are shortened.
func (b *htmlBuilder) brief(unit string, v float64) string {
	switch unit {
	case "minor":
		return b.l.MoneyShort(int64(math.Round(v)), b.p.Parameters.Currency)
	case "points": // the name says enough
		return b.l.Number(v, 1)
	default:
		return b.unit(unit, v)
	}
}

// value is the measure's figure, or a dash.
func (b *htmlBuilder) value(m *metric.Measure) string {
	if m.Status != metric.OK || m.Value == nil {
		return dash
	}
	return b.unit(m.Unit, *m.Value)
}

const dash = "–"

// interval is "37.1% to 40.2%", or nothing where the measure has none.
func (b *htmlBuilder) interval(unit string, low, high *float64) string {
	if low == nil || high == nil {
		return ""
	}
	from := b.unit(unit, *low)
	if bare, fits := b.bare(unit, *low, ""); fits {
		from = bare
	}
	return b.l.T("interval.range", from, b.unit(unit, *high))
}

// bare leaves the unit out, for the first of two numbers that share it: 29 to 33 days. Units that stand before the
// number, that change with its size, or that are one sign stay.
func (b *htmlBuilder) bare(unit string, v float64, plus string) (string, bool) {
	digits := 1
	switch unit {
	case "years":
		digits = 2
	case "days":
		digits = wholeOrOne(v)
	case "points":
	case "percent": // as a difference: percentage points
		if plus == "" {
			return "", false
		}
	default:
		return "", false
	}
	text := b.l.Number(v, digits)
	if v > 0 {
		text = plus + text
	}
	return text, true
}

// reason says why a measure has no figure; of an index, which parts are missing.
func (b *htmlBuilder) reason(m *metric.Measure) string {
	switch m.Reason {
	case "":
		return b.l.T("report.no_figure")
	case "missing_part":
		return b.l.T("reason.missing_part", b.list(b.missingParts(m.Key)))
	default:
		return b.l.T("reason." + m.Reason)
	}
}

// missingParts names the parts of an index that have no figure, and so keep it from having one.
func (b *htmlBuilder) missingParts(index string) []string {
	parts := []string{"nps", "repurchase_rate", "multi_kind_share"}
	if index == "loyalty_index_plain" {
		parts[2] = "upsell_ratio"
	}
	return slices.Collect(func(yield func(string) bool) {
		for _, part := range parts {
			if _, fine := b.ok(part); !fine && !yield(b.name(part)) {
				return
			}
		}
	})
}

// change is nil where there is nothing to compare with.
func (b *htmlBuilder) change(m *metric.Measure) *page.Change {
	if m.Status != metric.OK || m.Verdict == "" || !b.p.PreviousComplete {
		return nil
	}
	v := &page.Change{Sign: "?", Class: "few", Verdict: b.l.T("verdict." + m.Verdict),
		Sentence: b.l.T("verdict." + m.Verdict + ".sentence")}
	if m.Change != nil {
		v.Text = b.difference(m)
		from, fits := b.bare(m.Unit, m.Change.Low, "+")
		if !fits {
			from = b.signed(m.Unit, m.Change.Low)
		}
		v.Interval = b.l.T("interval.range", from, b.signed(m.Unit, m.Change.High))
	}
	switch m.Verdict {
	case metric.Real:
		v.Sign, v.Class = direction(m)
	case metric.Noise:
		v.Sign, v.Class = "≈", "noise"
	}
	return v
}

// direction is the sign of a real change, and whether it is for the better.
func direction(m *metric.Measure) (sign, class string) {
	if m.Change == nil {
		return "", "noise"
	}
	up := m.Change.Difference > 0
	sign = "▼"
	if up {
		sign = "▲"
	}
	switch {
	case m.Better == "higher" && up, m.Better == "lower" && !up:
		return sign, "better"
	case m.Better == "higher", m.Better == "lower":
		return sign, "worse"
	default:
		return sign, "neutral"
	}
}

// difference is the change in the measure's own unit and relative to what it was.
func (b *htmlBuilder) difference(m *metric.Measure) string {
	text := b.movedBy(m)
	if m.Change.Relative == nil {
		return text
	}
	return b.l.T("report.change", text, b.signedPercent(100**m.Change.Relative))
}

// movedBy is the difference, in short where it is a large sum of money.
func (b *htmlBuilder) movedBy(m *metric.Measure) string {
	if v := m.Change.Difference; m.Unit == "minor" && v != 0 {
		sign := "+"
		if v < 0 {
			sign = "−"
		}
		return sign + "\u2060" + b.brief(m.Unit, math.Abs(v))
	}
	return b.signed(m.Unit, m.Change.Difference)
}

func (b *htmlBuilder) signed(unit string, v float64) string {
	text := b.l.Change(unit, v, b.p.Parameters.Currency)
	for _, sign := range []string{"+", "−"} {
		if rest, found := strings.CutPrefix(text, sign); found {
			return sign + "\u2060" + rest // no line ends between a sign and its number
		}
	}
	return text
}

// sentences puts one after the other; Chinese has no space between.
func (b *htmlBuilder) sentences(all ...string) string {
	space := " "
	if b.l.Tag() == "zh" {
		space = ""
	}
	return strings.Join(slices.DeleteFunc(all, func(s string) bool { return s == "" }), space)
}

func (b *htmlBuilder) signedPercent(v float64) string {
	text := b.l.Percent(v, wholeDigits(v))
	if v > 0 {
		text = "+" + text
	}
	return text
}

// wholeDigits leaves a decimal only to what is small.
func wholeDigits(v float64) int {
	if math.Abs(v) < 10 {
		return 1
	}
	return 0
}

// moment reads a wall-clock time of the picture.
func moment(text string) (time.Time, bool) {
	for _, layout := range []string{time.DateOnly, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// date writes a moment as a day, with the time where it is not midnight.
func (b *htmlBuilder) date(text string) string {
	t, ok := moment(text)
	if !ok {
		return text
	}
	if t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 {
		return b.l.Date(t)
	}
	return b.l.T("report.date_time", b.l.Date(t), t.Format("15:04"))
}

// window writes [from, to) by its first and last day, as people say it.
func (b *htmlBuilder) window(w Window) string {
	if w.From == "" && w.To == "" {
		return b.l.T("report.no_window")
	}
	to := w.To
	if t, ok := moment(w.To); ok && t.Equal(t.Truncate(24*time.Hour)) {
		to = t.AddDate(0, 0, -1).Format(time.DateOnly)
	}
	return b.l.T("report.window", b.date(w.From), b.date(to))
}

// periodName is how long one point of a series is, by its first and last day.
func periodName(p metric.Point) string {
	from, ok1 := moment(p.From)
	to, ok2 := moment(p.To)
	if !ok1 || !ok2 {
		return "day"
	}
	switch days := int(to.Sub(from).Hours() / 24); {
	case days <= 1:
		return "day"
	case days == 7:
		return "week"
	case days <= 31:
		return "month"
	case days <= 92:
		return "quarter"
	default:
		return "year"
	}
}

// full is the periods that were watched from start to end.
func full(series []metric.Point) []metric.Point {
	var points []metric.Point
	for _, p := range series {
		if !p.Partial {
			points = append(points, p)
		}
	}
	return points
}

// label names the period of a point.
func (b *htmlBuilder) label(p metric.Point, period string) string {
	t, ok := moment(p.From)
	if !ok {
		return p.From
	}
	return b.l.Period(t, period)
}

// orDash puts a dash in place of nothing.
func orDash(text string) string {
	if text == "" {
		return dash
	}
	return text
}
