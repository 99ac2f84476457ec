package report

import (
	"slices"

	"regulars/internal/measure/metric"
)

// openingView is the page's first words: what happened, in a sentence; where things stand; what of it is real; and
// what all of it rests on.
type openingView struct {
	Eyebrow   string // what this is
	Headline  string
	State     string
	Changes   []verdictLine
	DataLines []termView
}

// verdictLine names the headline measures that have one verdict.
type verdictLine struct {
	Class, Label string
	Items        []movedView
	Separator    string // between the items, as the language has it
}

// movedView is a measure and, where it really changed, by how much.
type movedView struct{ Name, By string }

type termView struct{ Term, Text string }

func (b *htmlBuilder) opening() openingView {
	state := b.state()
	v := openingView{Eyebrow: b.l.T("report.title"), Changes: b.changes(), DataLines: b.dataLines()}
	v.Headline = b.headlineSentence()
	if v.Headline == "" && len(state) > 0 {
		v.Headline, state = state[0], state[1:]
	}
	if m, ok := b.ok("active_customers"); v.Headline == "" && ok && *m.Value > 0 {
		v.Headline = b.l.P("report.lead.few", int64(*m.Value))
	}
	if v.Headline == "" {
		v.Headline = b.l.T("report.lead.nothing")
		state = []string{b.l.T("report.lead.nothing_to_do")}
	}
	v.State = b.sentences(state...)
	return v
}

// headlineSentence sums up the verdicts on those headline measures that speak of loyalty itself; it is empty where
// nothing could be compared.
func (b *htmlBuilder) headlineSentence() string {
	var better, worse, compared int
	for _, key := range []string{"repurchase_rate", "retention_rate", "second_order_rate", "purchase_frequency", "nps",
		"csat_top", "loyalty_index"} {
		m, ok := b.ok(key)
		if !ok || !b.p.PreviousComplete || m.Change == nil || m.Verdict == "" || m.Verdict == metric.Few {
			continue
		}
		compared++
		if m.Verdict != metric.Real {
			continue
		}
		switch _, class := direction(m); class {
		case "better":
			better++
		case "worse":
			worse++
		}
	}
	switch {
	case compared == 0:
		return ""
	case better > 0 && worse > 0:
		return b.l.T("report.lead.mixed")
	case better > 0:
		return b.l.T("report.lead.rose")
	case worse > 0:
		return b.l.T("report.lead.fell")
	default:
		return b.l.T("report.lead.same")
	}
}

// state is where loyalty stands now, a sentence a figure.
func (b *htmlBuilder) state() []string {
	var sentences []string
	for _, key := range []string{"repurchase_rate", "retention_rate"} {
		m, ok := b.ok(key)
		if !ok {
			continue
		}
		if m.Low != nil && m.High != nil {
			sentences = append(sentences, b.l.T("report.lead."+key, b.value(m), b.unit(m.Unit, *m.Low), b.unit(m.Unit, *m.High)))
		} else {
			sentences = append(sentences, b.l.T("report.lead."+key+".bare", b.value(m)))
		}
		break
	}
	if m, ok := b.ok("regulars_share"); ok {
		sentences = append(sentences, b.l.T("report.lead.regulars_share", b.value(m)))
	}
	if m, ok := b.ok("nps"); ok {
		sentences = append(sentences, b.l.T("report.lead.nps", b.l.Number(*m.Value, 0), b.l.T("band.nps."+b.p.Meaning.Band(*m.Value)+".name")))
	}
	return sentences
}

// changes sorts the headline measures by verdict: what is real, what is noise, what cannot be told.
func (b *htmlBuilder) changes() []verdictLine {
	named := map[string][]movedView{}
	for _, key := range Headline() {
		m, ok := b.ok(key)
		if !ok || !b.p.PreviousComplete || m.Verdict == "" {
			continue
		}
		moved := movedView{Name: b.name(key)}
		if m.Verdict == metric.Real && m.Change != nil {
			moved.By = b.movedBy(m)
		}
		named[m.Verdict] = append(named[m.Verdict], moved)
	}
	separator := b.l.T("report.list", "", "")
	var lines []verdictLine
	for _, verdict := range []string{metric.Real, metric.Noise, metric.Few} {
		if len(named[verdict]) > 0 {
			lines = append(lines, verdictLine{Class: verdict, Label: b.l.T("report.lead.verdict." + verdict), Items: named[verdict], Separator: separator})
		}
	}
	if len(lines) == 0 && slices.ContainsFunc(b.p.Measures, func(m metric.Measure) bool { return m.Value != nil }) {
		lines = append(lines, verdictLine{Class: "few", Label: b.l.T("report.lead.verdict.none"), Items: []movedView{{Name: b.l.T("report.lead.no_previous")}}})
	}
	return lines
}

// list joins names that may hold commas of their own.
func (b *htmlBuilder) list(names []string) string {
	if len(names) == 0 {
		return ""
	}
	joined := names[0]
	for _, name := range names[1:] {
		joined = b.l.T("report.list", joined, name)
	}
	return joined
}

// dataLines say what was read, over which window, and what it is compared with.
func (b *htmlBuilder) dataLines() []termView {
	f, p := b.p.Facts, b.p.Parameters
	lines := []termView{{b.l.T("report.term.period"), b.window(b.p.Window)}}
	if b.p.PreviousComplete {
		lines = append(lines, termView{b.l.T("report.term.previous"), b.window(b.p.Previous)})
	}
	counts := []string{b.l.P("report.count.orders", f.Orders), b.l.P("report.count.customers", f.Customers)}
	if f.Answers > 0 {
		counts = append(counts, b.l.P("report.count.answers", f.Answers))
	}
	if f.RowCounts != nil {
		counts = append(counts, b.l.P("report.count.rows", f.Rows))
	}
	data := b.list(counts)
	if len(b.p.Sources) > 0 {
		data = b.l.T("report.counts_from", data, b.l.P("report.count.files", int64(len(b.p.Sources))))
	}
	lines = append(lines, termView{b.l.T("report.term.data"), data})
	if f.First != "" && f.Last != "" {
		lines = append(lines, termView{b.l.T("report.term.span"), b.l.T("report.window", b.date(f.First), b.date(f.Last))})
	}
	if b.p.AsOf != "" {
		lines = append(lines, termView{b.l.T("report.term.as_of"), b.l.T("report.as_of", b.date(b.p.AsOf), p.Timezone)})
	}
	if at := b.p.FactsAsOf; at != "" {
		lines = append(lines, termView{b.l.T("report.term.facts_as_of"), b.l.T("report.as_of", b.date(at), p.Timezone)})
	}
	if p.Where != "" {
		lines = append(lines, termView{b.l.T("report.term.where"), p.Where})
	}
	return lines
}
