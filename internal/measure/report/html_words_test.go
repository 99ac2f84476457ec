package report

import (
	"math"
	"strings"
	"testing"
	"time"

	"regulars/internal/base/locale"
	"regulars/internal/measure/metric"
)

// builder is one for an empty picture in pounds, in a language.
func builder(t *testing.T, tag string) *htmlBuilder {
	t.Helper()
	l, err := locale.Get(tag)
	if err != nil {
		t.Fatal(err)
	}
	p := &Picture{PreviousComplete: true, Parameters: Parameters{Currency: "GBP", Digits: 2, SecondOrderDays: 90, TopShare: 0.125}}
	return newHTMLBuilder(p, l)
}

// forEye takes out the signs that only keep lines together.
func forEye(text string) string {
	return strings.NewReplacer("\u2060", "", "\u00a0", " ").Replace(text)
}

func TestIntervalsNameTheirUnitOnce(t *testing.T) {
	t.Parallel()
	b := builder(t, "en")
	for _, c := range []struct {
		unit      string
		low, high float64
		want      string
	}{
		{"percent", 37.12, 40.2, "37.1% to 40.2%"},
		{"days", 29, 33, "29 to 33 days"},
		{"days", 29.5, 33, "29.5 to 33 days"},
		{"years", 0.354, 1.2, "0.35 to 1.20 years"},
		{"points", -6.27, 25.69, "−6.3 to 25.7 points"},
		{"minor", 1000, 205012, "£10.00 to £2,050.12"},
		{"minutes", 33, 3000, "33 minutes to 2.1 days"}, // each in what suits its size
		{"ratio", 1, 2.345, "1.00 to 2.35"},
	} {
		if got := forEye(b.interval(c.unit, &c.low, &c.high)); got != c.want {
			t.Errorf("%s: %q, want %q", c.unit, got, c.want)
		}
	}
	if got := b.interval("percent", nil, at(1)); got != "" {
		t.Errorf("half an interval is %q", got)
	}
}

func TestChangeSaysSignWordAndColor(t *testing.T) {
	t.Parallel()
	b := builder(t, "en")
	for _, c := range []struct {
		name, better, verdict string
		difference            float64
		sign, class, word     string
	}{
		{"up is good", "higher", metric.Real, 2, "▲", "better", "real"},
		{"down is bad", "higher", metric.Real, -2, "▼", "worse", "real"},
		{"down is good", "lower", metric.Real, -2, "▼", "better", "real"},
		{"up is bad", "lower", metric.Real, 2, "▲", "worse", "real"},
		{"neither", "none", metric.Real, 2, "▲", "neutral", "real"},
		{"noise has no direction", "higher", metric.Noise, 2, "≈", "noise", "noise"},
		{"too few", "higher", metric.Few, 2, "?", "few", "too few"},
	} {
		m := metric.Measure{Key: "retention_rate", Status: metric.OK, Unit: "percent", Better: c.better, Verdict: c.verdict,
			Change: &metric.Change{Difference: c.difference, Low: c.difference - 1, High: c.difference + 1, Relative: at(c.difference / 40)}}
		m.Value = at(42)
		v := b.change(&m)
		if v == nil || v.Sign != c.sign || v.Class != c.class || v.Verdict != c.word {
			t.Errorf("%s: %+v, want %s %s %s", c.name, v, c.sign, c.class, c.word)
		}
	}
}

func TestChangeInWords(t *testing.T) {
	t.Parallel()
	b := builder(t, "en")
	m := metric.Measure{Status: metric.OK, Unit: "percent", Better: "higher", Verdict: metric.Real,
		Change: &metric.Change{Difference: 6, Low: 2.13, High: 9.9, Relative: at(0.15)}}
	m.Value = at(46)
	v := b.change(&m)
	// The example of the definitions: 40 to 46 is +6 points and +15 %.
	if got := forEye(v.Text); got != "+6.0 percentage points (+15%)" {
		t.Errorf("change %q", got)
	}
	if got := forEye(v.Interval); got != "+2.1 to +9.9 percentage points" {
		t.Errorf("its interval %q", got)
	}
	m.Unit, m.Change.Difference, m.Change.Relative = "minor", -191151238, nil
	if got := forEye(b.change(&m).Text); got != "−£1.91 million" {
		t.Errorf("a large sum changes by %q", got)
	}
	b.p.PreviousComplete = false
	if b.change(&m) != nil {
		t.Error("a change against a period that the facts do not cover")
	}
}

func TestNamesCarryTheirSetting(t *testing.T) {
	t.Parallel()
	b := builder(t, "en")
	for key, want := range map[string]string{"second_order_rate": "Second order within 90 days", "top_share": "Share of the top 12.5% of customers",
		"nps": "NPS"} {
		if got := forEye(b.name(key)); got != want {
			t.Errorf("%s is called %q, want %q", key, got, want)
		}
	}
	b.byKey["second_order_rate"] = &metric.Measure{Parameter: at(30)}
	if got := forEye(b.name("second_order_rate")); got != "Second order within 30 days" {
		t.Errorf("with a parameter of its own: %q", got)
	}
}

func TestWindowsByFirstAndLastDay(t *testing.T) {
	t.Parallel()
	b := builder(t, "en")
	for w, want := range map[Window]string{
		{From: "2011-12-10", To: "2012-12-10"}:                   "10 December 2011 to 9 December 2012",
		{From: "2024-02-28", To: "2024-03-01"}:                   "28 February 2024 to 29 February 2024",
		{From: "2024-01-01T06:30:00", To: "2024-01-02T00:00:00"}: "1 January 2024, 06:30 to 1 January 2024",
		{From: "2024-01-01", To: "2024-01-01T12:00:00"}:          "1 January 2024 to 1 January 2024, 12:00",
		{}: "all that was recorded",
	} {
		if got := b.window(w); got != want {
			t.Errorf("%v: %q, want %q", w, got, want)
		}
	}
}

func TestSentencesAndLists(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string][2]string{"en": {"One. Two.", "a, b, c"}, "zh": {"One.Two.", "a、b、c"}} {
		b := builder(t, tag)
		if got := b.sentences("One.", "", "Two."); got != want[0] {
			t.Errorf("%s: %q", tag, got)
		}
		if got := b.list([]string{"a", "b", "c"}); got != want[1] {
			t.Errorf("%s: %q", tag, got)
		}
	}
	if got := builder(t, "en").list(nil); got != "" {
		t.Errorf("an empty list is %q", got)
	}
}

func TestFormulaWithNumbers(t *testing.T) {
	t.Parallel()
	b := builder(t, "en")
	m := metric.Measure{Status: metric.OK, Unit: "percent", Formula: &metric.Formula{Text: "({0} - {1}) / {2} * 100",
		Operands: []metric.Operand{{Value: 1412, Unit: "count"}, {Value: 88, Unit: "count"}, {Value: 3678, Unit: "count"}}}}
	m.Value = at(36)
	if got := forEye(b.formula(&m)); got != "(1,412 − 88) / 3,678 × 100 = 36.0%" {
		t.Errorf("%q", got)
	}
	m.Status = metric.TooFew
	if got := b.formula(&m); got != "" {
		t.Errorf("without a figure: %q", got)
	}
}

func TestAxis(t *testing.T) {
	t.Parallel()
	b := builder(t, "en")
	labels := func(unit string, low, high float64) string {
		var all []string
		for _, tick := range b.ticks(unit, low, high, 5) {
			all = append(all, forEye(tick.Label))
		}
		return strings.Join(all, " ")
	}
	for _, c := range []struct {
		unit      string
		low, high float64
		want      string
	}{
		{"percent", 0, 41, "0% 20% 40% 60%"},
		{"percent", 0, 0.9, "0.00% 0.25% 0.50% 0.75% 1.00%"},
		{"minor", 0, 95_00, "0 25 50 75 100"}, // pence, in pounds
		{"minor", 0, 4_000_000_00, "0 £1.00 million £2.00 million £3.00 million £4.00 million"},
		{"points", -35, 62, "−50 −25 0 25 50 75"},
	} {
		if got := labels(c.unit, c.low, c.high); got != c.want {
			t.Errorf("%s from %v to %v: %s, want %s", c.unit, c.low, c.high, got, c.want)
		}
	}
	// A tick lies where its label says.
	if ticks := b.ticks("minor", 0, 95_00, 5); ticks[1].Value != 25_00 {
		t.Errorf("25 pounds lie at %v pence", ticks[1].Value)
	}
}

func TestCohortColorsSpreadOverWhatThereIs(t *testing.T) {
	t.Parallel()
	cells := func(amounts ...float64) [][]cohortCell {
		var row []cohortCell
		for _, a := range amounts {
			row = append(row, cohortCell{amount: a, full: true})
		}
		return [][]cohortCell{row, {{amount: 1e9}}} // a month that is not over counts for nothing
	}
	for _, c := range []struct {
		rows      [][]cohortCell
		low, high float64
	}{
		{cells(15, 50), 0, 50},  // zero is within reach: it is where colours begin
		{cells(30, 40), 25, 40}, // far from zero: differences are seen
		{cells(0, 10), 0, 10},
		{nil, 0, 0},
	} {
		if low, high := scale(c.rows); low != c.low || high != c.high {
			t.Errorf("%v: %v to %v, want %v to %v", c.rows, low, high, c.low, c.high)
		}
	}
}

func TestFindingIsOfWhatIsThere(t *testing.T) {
	t.Parallel()
	b := builder(t, "en")
	m := metric.Measure{Key: "nps", Unit: "points"}
	var points []metric.Point
	for i, v := range []*float64{at(10), nil, at(30), at(20), nil} {
		from := time.Date(2026, time.Month(i+1), 1, 0, 0, 0, 0, time.UTC)
		points = append(points, metric.Point{From: from.Format(time.DateOnly), To: from.AddDate(0, 1, 0).Format(time.DateOnly),
			Figure: metric.Figure{Value: v}})
	}
	if got := forEye(b.finding(&m, points)); got != "NPS: 20.0 (Apr 2026); lowest 10.0 (Jan 2026), highest 30.0 (Mar 2026)" {
		t.Errorf("%q", got)
	}
	if got := b.finding(&m, points[1:2]); got != "NPS" {
		t.Errorf("without a figure: %q", got)
	}
	if low, high := span([]float64{math.NaN()}); low <= high {
		t.Errorf("nothing spans %v to %v", low, high)
	}
}
