package report

import (
	"math"
	"strings"
	"time"

	"regulars/internal/base/locale"
	"regulars/internal/measure/metric"
	"regulars/internal/measure/page"
)

// name is a measure's name, with the setting that is part of some names.
func (t *textPage) name(key string) string {
	if !t.l.Has("measure." + key + ".name") {
		return page.Plain(key)
	}
	for i := range t.p.Measures {
		if m := &t.p.Measures[i]; m.Key == key && m.Parameter != nil {
			return t.l.T("measure."+key+".name", t.l.Number(*m.Parameter, wholeOrOne(*m.Parameter)))
		}
	}
	switch key {
	case "second_order_rate", "second_order_rate_plain":
		return t.l.T("measure."+key+".name", t.p.Parameters.SecondOrderDays)
	case "top_share":
		share := 100 * t.p.Parameters.TopShare
		return t.l.T("measure."+key+".name", t.l.Number(share, wholeOrOne(share)))
	}
	return t.l.T("measure." + key + ".name")
}

func wholeOrOne(v float64) int {
	if v == math.Trunc(v) {
		return 0
	}
	return 1
}

func (t *textPage) unit(unit string, v float64) string {
	return t.l.Unit(unit, v, t.p.Parameters.Currency)
}

// figure is a measure's value; a large sum is shortened, unless all is asked for.
func (t *textPage) figure(unit string, v *float64) string {
	switch {
	case v == nil:
		return "–"
	case unit == "minor" && t.isLarge(*v) && !t.o.All:
		return t.l.MoneyShort(int64(math.Round(*v)), t.p.Parameters.Currency)
	}
	return t.unit(unit, *v)
}

// isLarge tells whether a sum of money is a million or more.
func (t *textPage) isLarge(minor float64) bool {
	return math.Abs(minor) >= 1e6*math.Pow10(locale.Digits(t.p.Parameters.Currency))
}

// between is an interval without the signs that the value beside it has already.
func (t *textPage) between(unit string, low, high *float64) string {
	if low == nil || high == nil {
		return ""
	}
	bare := func(v float64) string {
		switch unit {
		case "percent", "points":
			return t.l.Number(v, 1)
		case "days", "years":
			return t.l.Number(v, wholeOrOne(v))
		case "minor":
			if t.isLarge(*high) {
				return t.l.MoneyShort(int64(math.Round(v)), t.p.Parameters.Currency)
			}
			digits := locale.Digits(t.p.Parameters.Currency)
			return t.l.Number(v/math.Pow10(digits), digits)
		}
		return t.unit(unit, v)
	}
	return t.l.T("text.interval", bare(*low), bare(*high))
}

// difference is a change in few columns.
func (t *textPage) difference(unit string, v float64) string {
	sign := "+"
	if v < 0 {
		sign = "−"
	}
	size := math.Abs(v)
	switch unit {
	case "percent":
		return sign + t.l.T("text.pp", t.l.Number(size, 1))
	case "points":
		return sign + t.l.Number(size, 1)
	case "days", "years":
		return sign + t.l.Number(size, 1)
	}
	return sign + t.figure(unit, &size)
}

// opening says first what happened, in words, then the figures that matter most.
func (t *textPage) opening() {
	t.line("")
	if t.p.Facts.Orders == 0 && t.p.Facts.Answers == 0 {
		t.say(t.l.T("text.lead.empty"), 0)
		return
	}
	sentences := []string{t.lead()}
	for _, key := range []string{"repurchase_rate", "retention_rate", "nps"} {
		if m := t.measure(key); m != nil && len(sentences) < 3 {
			sentences = append(sentences, t.sentence(m))
		}
	}
	t.say(joined(t.l, "text.sentences", sentences), 0)
}

// lead sums up the verdicts on the measures of loyalty itself, naming those that really changed and those that may
// not have.
func (t *textPage) lead() string {
	var better, worse int
	named := map[string][]string{}
	for _, key := range []string{"repurchase_rate", "second_order_rate", "retention_rate", "purchase_frequency",
		"regulars_share", "nps", "csat_top", "loyalty_index"} {
		m := t.measure(key)
		if m == nil || m.Change == nil || m.Verdict == "" {
			continue
		}
		name := t.name(key)
		if m.Verdict == metric.Real {
			sign, _ := realChange(m)
			name += "\u00a0" + sign
		}
		named[m.Verdict] = append(named[m.Verdict], name)
		if m.Verdict == metric.Real && m.Better != "none" {
			if (m.Change.Difference > 0) == (m.Better == "higher") {
				better++
			} else {
				worse++
			}
		}
	}
	sentences := []string{t.l.T("text.lead." + leadOf(better, worse, len(named)))}
	for _, verdict := range []string{metric.Real, metric.Noise} {
		if names := named[verdict]; len(names) > 0 {
			sentences = append(sentences, t.l.T("text.lead.verdict."+verdict, joined(t.l, "text.list", names)))
		}
	}
	return joined(t.l, "text.sentences", sentences)
}

func leadOf(better, worse, compared int) string {
	switch {
	case compared == 0:
		return "alone"
	case better > 0 && worse > 0:
		return "mixed"
	case better > 0:
		return "rose"
	case worse > 0:
		return "fell"
	}
	return "same"
}

// sentence tells one figure: "38% of customers bought again, between 37% and 40%; up 2 points on the year before:
// real."
func (t *textPage) sentence(m *metric.Measure) string {
	digits := 1
	if m.Low != nil && m.High != nil && *m.High-*m.Low >= 2 {
		digits = 0
	}
	number := func(v float64) string {
		if m.Unit == "percent" {
			return t.l.Percent(v, digits)
		}
		return t.l.Number(v, digits)
	}
	text := t.l.T("text.say."+m.Key, number(*m.Value))
	if m.Low != nil && m.High != nil {
		text = t.l.T("text.say.between", text, number(*m.Low), number(*m.High))
	}
	if m.Change == nil || m.Verdict == "" {
		return t.l.T("text.say.end", text)
	}
	moved := "text.say.up"
	if m.Change.Difference < 0 {
		moved = "text.say.down"
	}
	size := t.l.Change(m.Unit, math.Abs(m.Change.Difference), t.p.Parameters.Currency)
	return t.l.T(moved, text, strings.TrimPrefix(size, "+"), t.before(), t.l.T("verdict."+m.Verdict))
}

// before names the window that is compared with, as people call it.
func (t *textPage) before() string {
	from, ok1 := moment(t.p.Window.From)
	to, ok2 := moment(t.p.Window.To)
	if !ok1 || !ok2 {
		return t.l.T("text.before.period")
	}
	switch days := int(to.Sub(from).Hours() / 24); {
	case days == 7:
		return t.l.T("text.before.week")
	case days >= 28 && days <= 31:
		return t.l.T("text.before.month")
	case days >= 90 && days <= 92:
		return t.l.T("text.before.quarter")
	case days == 365 || days == 366:
		return t.l.T("text.before.year")
	}
	return t.l.T("text.before.period")
}

// window names a window by its first and last day, as people do.
func (t *textPage) window(w Window) string {
	to := w.To
	if end, ok := moment(w.To); ok && end.Equal(end.Truncate(24*time.Hour)) {
		to = end.AddDate(0, 0, -1).Format(time.DateOnly)
	}
	return t.l.T("text.range", t.date(w.From), t.date(to))
}

// date writes a moment of the picture as a day, with the time where it is not midnight.
func (t *textPage) date(text string) string {
	at, ok := moment(text)
	switch {
	case !ok:
		return page.Plain(text)
	case at.Equal(at.Truncate(24 * time.Hour)):
		return t.l.Date(at)
	}
	return t.l.Date(at) + " " + at.Format("15:04")
}

// joined makes one text of several, two at a time, as the language puts them together.
func joined(l *locale.Locale, key string, parts []string) string {
	text := ""
	for i, part := range parts {
		if text = l.T(key, text, part); i == 0 {
			text = part
		}
	}
	return text
}

// reason says why a measure has no figure; a part that is missing may follow the key after a colon.
func (t *textPage) reason(m *metric.Measure) string {
	key, part, _ := strings.Cut(strings.TrimPrefix(m.Reason, "reason."), ":")
	key = "reason." + key
	if !t.l.Has(key) {
		return t.l.T("text.no_figure")
	}
	if part != "" {
		part = t.name(part)
	}
	return t.l.T(key, part)
}
