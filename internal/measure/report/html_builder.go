package report

import (
	"html/template"
	"slices"

	"regulars/internal/base/locale"
	"regulars/internal/measure/metric"
	"regulars/internal/measure/page"
)

// htmlBuilder turns the picture into what the templates show: all words and numbers are final, in the reader's
// language, so that the templates hold no logic but the order of things.
type htmlBuilder struct {
	marks    []Mark // on the trends
	p        *Picture
	l        *locale.Locale
	byKey    map[string]*metric.Measure
	drawings []*drawing
}

func newHTMLBuilder(p *Picture, l *locale.Locale) *htmlBuilder {
	b := &htmlBuilder{p: p, l: l, byKey: make(map[string]*metric.Measure, len(p.Measures))}
	for i := range p.Measures {
		b.byKey[p.Measures[i].Key] = &p.Measures[i]
	}
	return b
}

// pageView is the whole page, from top to bottom.
type pageView struct {
	Lang, Title   string
	Style         template.CSS
	ChartsMissing bool

	Opening     openingView
	Nav         []linkView
	Tiles       []tileView
	Untold      []untoldView // headline measures without a figure, and why
	Trends      *page.Table
	Main        *chartView
	RFM         *rfmView
	Cohorts     *cohortsView
	Best        *page.Table
	Voice       *voiceView
	Groups      *groupsView
	Measures    []groupView
	Settings    *page.Table
	Sources     []sourceView
	Totals      *page.Table
	Besides     []string
	Definitions []definitionGroup
}

type linkView struct{ Href, Text string }

// page builds every part. A part that has nothing to show is nil or empty, and its heading is left out.
func (b *htmlBuilder) page(charts bool) *pageView {
	style, err := page.StyleSheet()
	if err != nil {
		panic(err) // the style sheets are embedded under these very names
	}
	shown := &pageView{
		Lang: b.l.Tag(), Style: style, ChartsMissing: !charts,
		Opening: b.opening(), Tiles: b.tiles(), Untold: b.untold(), Trends: b.trendTable(), Main: b.mainChart(),
		RFM: b.rfm(), Cohorts: b.cohorts(), Best: b.best(), Voice: b.voice(), Groups: b.groups(),
		Measures: b.measureGroups(), Settings: b.settings(), Sources: b.sources(), Totals: b.totals(),
		Besides:     b.besides(),
		Definitions: b.definitions(),
	}
	shown.Title = b.l.T("report.title") + " · " + b.window(b.p.Window)
	shown.Nav = b.nav(shown)
	return shown
}

// nav links to the parts that are there.
func (b *htmlBuilder) nav(shown *pageView) []linkView {
	var links []linkView
	add := func(id string, present bool) {
		if present {
			links = append(links, linkView{Href: "#" + id, Text: b.l.T("report.nav." + id)})
		}
	}
	add("segments", shown.RFM != nil)
	add("cohorts", shown.Cohorts != nil)
	add("best", shown.Best != nil)
	add("voice", shown.Voice != nil)
	add("groups", shown.Groups != nil)
	add("measures", len(shown.Measures) > 0)
	add("data", true)
	add("definitions", len(shown.Definitions) > 0)
	return links
}

// Headline is the measures of the tiles, in their order: who comes, whether they come back, what it is worth, what
// they say.
func Headline() []string {
	return []string{
		"repurchase_rate", "retention_rate", "second_order_rate", "purchase_frequency",
		"active_customers", "new_customers", "average_order_value", "revenue",
		"regulars_share", "nps", "csat_top", "loyalty_index",
	}
}

// ok gives a measure that has a figure to show.
func (b *htmlBuilder) ok(key string) (*metric.Measure, bool) {
	m := b.byKey[key]
	return m, m != nil && m.Status == metric.OK && m.Value != nil
}

// ownPart tells which measures have parts of the page of their own instead of one figure.
func ownPart(key string) bool {
	return slices.Contains([]string{"rfm", "rfm_migration", "cohort_retention"}, key)
}
