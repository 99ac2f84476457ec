package report

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"regulars/internal/base/chart"
	"regulars/internal/base/locale"
	"regulars/internal/measure/metric"
)

// sharedCharts is one renderer for all tests of the package: starting the engine takes longer than a chart.
var sharedCharts = sync.OnceValues(chart.New)

func charts(t *testing.T) *chart.Renderer {
	t.Helper()
	r, err := sharedCharts()
	if err != nil {
		t.Fatalf("%v", err)
	}
	return r
}

func pictures() map[string]*Picture {
	mute := without(examplePicture(), "no_answers", spoken)
	mute.RFM.Segments[len(mute.RFM.Segments)-1].Customers = 0 // everybody has a segment
	return map[string]*Picture{"full": examplePicture(), "groups": withGroups(examplePicture()), "mute": mute, "empty": emptyPicture(),
		"one": oneOrder(), "hostile": hostile(), "nothing": {}}
}

// pages keeps what was rendered: several tests look at the same page, each with other eyes.
var pages sync.Map // from picture, language and charts to func() []byte

// htmlPage is one of the pictures as a page, rendered once.
func htmlPage(t *testing.T, picture, tag string, r *chart.Renderer) []byte {
	t.Helper()
	once, _ := pages.LoadOrStore(fmt.Sprint(picture, tag, r != nil), sync.OnceValue(func() []byte {
		return render(t, pictures()[picture], tag, r)
	}))
	content := once.(func() []byte)()
	if content == nil {
		t.Fatalf("%s could not be rendered", picture)
	}
	return content
}

func render(t *testing.T, p *Picture, tag string, charts *chart.Renderer) []byte {
	t.Helper()
	l, err := locale.Get(tag)
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	if err := HTML(&buf, p, l, charts); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// tree is the page as a browser reads it.
func tree(t *testing.T, page []byte) *html.Node {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func elements(root *html.Node) []*html.Node {
	var all []*html.Node
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			all = append(all, n)
		}
	}
	return all
}

func textOf(root *html.Node) string {
	var b strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
	}
	return b.String()
}

func TestHostileNamesStayText(t *testing.T) {
	t.Parallel()
	root := tree(t, htmlPage(t, "hostile", "en", charts(t)))
	text := textOf(root)
	for _, name := range []string{`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `{{.Best}} {0} {a}`, `' onfocus='x`, `]]><!--`} {
		if !strings.Contains(text, name) {
			t.Errorf("%q is not on the page as it is", name)
		}
	}
	for _, n := range elements(root) {
		if id, _ := attr(n, "class"); id == "id" && textOf(n) == "\u202egnp.exe " && n.FirstChild.Data != "bdi" {
			t.Error("a name that turns the direction of writing is not kept apart")
		}
	}
}

func TestWithoutBundleTheTablesShowEverything(t *testing.T) {
	t.Parallel()
	with, without := tree(t, htmlPage(t, "full", "en", charts(t))), tree(t, htmlPage(t, "full", "en", nil))
	if text := textOf(without); !strings.Contains(text, "Charts are missing") || !strings.Contains(text, "make build") {
		t.Error("the page does not say that charts are missing, and what to do")
	}
	if strings.Contains(textOf(with), "Charts are missing") {
		t.Error("the page says that charts are missing, and they are not")
	}
	tables := func(root *html.Node) (n, svg int) {
		for _, e := range elements(root) {
			switch e.Data {
			case "table":
				n++
			case "svg":
				svg++
			}
		}
		return n, svg
	}
	n, svg := tables(with)
	bare, none := tables(without)
	sparks := bytes.Count(htmlPage(t, "full", "en", nil), []byte(`<div class="spark">`)) // which need no engine
	if n != bare || svg < 20 || none != sparks || sparks < 10 {
		t.Errorf("%d tables and %d charts with the bundle, %d and %d without, and %d small trends", n, svg, bare, none, sparks)
	}
	for _, e := range elements(without) {
		// The way in which columns were read and small things beside stay folded.
		if e.DataAtom == atom.Details && e.Parent.DataAtom == atom.Figure {
			if _, open := attr(e, "open"); !open {
				t.Error("the table in place of a chart is folded")
			}
		}
	}
}

func TestThePageIsTheSameTwice(t *testing.T) {
	t.Parallel()
	first, second := htmlPage(t, "groups", "en", charts(t)), render(t, withGroups(examplePicture()), "en", charts(t))
	if !bytes.Equal(first, second) {
		t.Error("two pages of one picture differ")
	}
}

type refusing struct{}

func (refusing) Write([]byte) (int, error) { return 0, errors.New("full") }

func TestAFullDiskIsAnError(t *testing.T) {
	t.Parallel()
	l, err := locale.Get("en")
	if err != nil {
		t.Fatal(err)
	}
	if err := HTML(refusing{}, &Picture{}, l, nil); err == nil {
		t.Error("no error")
	}
}

// What the owner is told in words.
func TestWords(t *testing.T) {
	t.Parallel()
	full := textOf(tree(t, render(t, examplePicture(), "en", nil)))
	grouped := textOf(tree(t, render(t, withGroups(examplePicture()), "en", nil)))
	mute := textOf(tree(t, render(t, without(examplePicture(), "no_answers", spoken), "en", nil)))
	one := textOf(tree(t, render(t, oneOrder(), "en", nil)))
	empty := textOf(tree(t, render(t, emptyPicture(), "en", nil)))
	for _, c := range []struct{ page, want string }{
		{full, "Some signs of loyalty rose, others fell against the period before."},
		{full, "65.6% of customers bought more than once; the true share very likely lies between 64.2% and 67.0%."},
		{full, "NPS is 42: good."},
		{full, "20 March 2025 to 19 March 2026"}, // the last day, not the day after
		{full, "2,846 / 4,338 × 100 = 65.6%"},
		{full, "Bought again: 65.1% (Feb 2026); lowest 60.5% (Jul 2025), highest 78.4% (Nov 2025)"},
		{full, "Periods that are not covered from start to end are left out."},
		{full, "15 to 41 days"}, // the cuts 14 and 41, in whole days
		{full, "indicative"},
		{full, "+4.3 percentage points (+7.0%)"},
		{full, "the price or the amount is zero"},
		{full, "541,909"},
		{full, "0–6 detractors, 7–8 passives, 9–10 promoters"},
		{grouped, "Not in order of size: intervals overlap, so it is not known which is larger."},
		{mute, "There are no survey answers in this period."},
		{one, "1 customer bought in this period: too few to say who comes back."},
		{one, "The files hold no earlier period to compare this one with."},
		{empty, "There are no figures to show yet."},
	} {
		// Spaces that do not break and joiners are for the eye.
		if page := strings.NewReplacer("\u2060", "", "\u00a0", " ").Replace(c.page); !strings.Contains(page, c.want) {
			t.Errorf("the page does not say %q", c.want)
		}
	}
	if strings.Contains(mute, "What this NPS means") {
		t.Error("without answers the page explains an NPS")
	}
}

// Partial periods are in no chart and no table of a trend.
func TestPartialPeriodsAreLeftOut(t *testing.T) {
	t.Parallel()
	page := string(htmlPage(t, "full", "en", charts(t)))
	start := strings.Index(page, `id="trend-table"`)
	table := page[start : start+strings.Index(page[start:], "</table>")]
	if strings.Contains(table, "Mar 2025") || strings.Contains(table, "Mar 2026") || !strings.Contains(table, "Apr 2025") {
		t.Errorf("the trend shows a month that was not watched from start to end:\n%s", table)
	}
}

func TestRankedOnlyWhereIntervalsAreApart(t *testing.T) {
	t.Parallel()
	figure := func(name string, low, value, high float64) namedFigure {
		f := namedFigure{name: name}
		f.Value, f.Low, f.High = at(value), at(low), at(high)
		return f
	}
	names := func(figures []namedFigure) string {
		var all []string
		for _, f := range figures {
			all = append(all, f.name)
		}
		return strings.Join(all, "")
	}
	apart := []namedFigure{figure("a", 1, 2, 3), figure("b", 7, 8, 9), figure("c", 4, 5, 6)}
	if got, ordered := ranked(apart); !ordered || names(got) != "bca" {
		t.Errorf("apart: %s, ordered %v", names(got), ordered)
	}
	overlapping := []namedFigure{figure("a", 1, 2, 3), figure("b", 5, 8, 9), figure("c", 4, 5, 6)}
	if got, ordered := ranked(overlapping); ordered || names(got) != "abc" {
		t.Errorf("overlapping: %s, ordered %v", names(got), ordered)
	}
	overlapping[1].Low = nil
	if _, ordered := ranked(overlapping); ordered {
		t.Error("what has no interval was put in order")
	}
}

func TestNPSBands(t *testing.T) {
	t.Parallel()
	for nps, want := range map[float64]string{-100: "very_low", 0: "very_low", 0.1: "average", 30: "average", 30.1: "good", 50: "good",
		50.1: "better", 70: "better", 70.1: "leader", 100: "leader"} {
		if got := metric.NPSBand(nps); got != want {
			t.Errorf("metric.NPSBand(%v) = %s, want %s", nps, got, want)
		}
	}
}

// The ranges of scores against the three rules in words: by value a score rises by one for every cut the value is above.
func TestScoreRanges(t *testing.T) {
	t.Parallel()
	l, err := locale.Get("en")
	if err != nil {
		t.Fatal(err)
	}
	b := newHTMLBuilder(&Picture{Parameters: Parameters{Currency: "EUR", Digits: 2}}, l)
	cuts := []float64{3, 4, 4.5, 7}
	byValue, byPackage := edgesOf("cuts", 2), edgesOf("r-package", 2)
	for score, want := range map[int]string{1: "up to 3", 2: "4", 3: "nobody: equal values", 4: "5 to 7", 5: "over 7"} {
		if got := b.step(byValue(cuts, 1), score, "count"); got != want {
			t.Errorf("score %d by value: %q, want %q", score, got, want)
		}
	}
	// Reaching 4 is score 2; reaching 5 is 3; reaching 5.5, that is 6, is 4; reaching 8 is 5.
	for score, want := range map[int]string{1: "up to 3", 2: "4", 3: "5", 4: "6 to 7", 5: "over 7"} {
		if got := b.step(byPackage(cuts, 1), score, "count"); got != want {
			t.Errorf("score %d by the package: %q, want %q", score, got, want)
		}
	}
	if got := b.step(byPackage([]float64{1000, 2000, 3000, 4000}, 0), 2, "minor"); got != "€11.00 to €20.99" {
		t.Errorf("money by the package: %q", got)
	}
}

func TestPeriodNames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ from, to, want string }{
		{"2026-03-01", "2026-03-02", "day"}, {"2026-03-02", "2026-03-09", "week"}, {"2026-02-01", "2026-03-01", "month"},
		{"2026-01-01", "2026-04-01", "quarter"}, {"2024-01-01", "2025-01-01", "year"}, {"", "", "day"},
	} {
		p := examplePicture().Measures[0].Series[0]
		p.From, p.To = c.from, c.to
		if got := periodName(p); got != c.want {
			t.Errorf("%s..%s is a %s, want %s", c.from, c.to, got, c.want)
		}
	}
}

// Months of a cohort that were not over at the as-of moment are marked in the table and not in the chart.
func TestUnfinishedCohortMonths(t *testing.T) {
	t.Parallel()
	l, err := locale.Get("en")
	if err != nil {
		t.Fatal(err)
	}
	b := newHTMLBuilder(examplePicture(), l)
	for cohort, last := range map[string]int{"2025-03": 11, "2026-02": 0, "2026-03": -1} {
		if last >= 0 && !b.complete(cohort, last) || b.complete(cohort, last+1) {
			t.Errorf("the last full month of %s is not %d", cohort, last)
		}
	}
	v := b.cohorts()
	if got := v.Returned.Table.Rows[0].Cells[13].Text; !strings.HasSuffix(got, "*") {
		t.Errorf("the twelfth month of March 2025 is %q, without a mark", got)
	}
}

// Of many groups a chart shows those that rest on most, still in their order.
func TestLargestGroups(t *testing.T) {
	t.Parallel()
	var figures []namedFigure
	for i, n := range []int64{5, 50, 7, 50, 50, 1} {
		f := namedFigure{name: string(rune('a' + i))}
		f.Value, f.N = at(1), n
		figures = append(figures, f)
	}
	figures[1].Value = nil
	got := ""
	for _, f := range largest(figures, 3) {
		got += f.name
	}
	if got != "cde" {
		t.Errorf("largest three are %q, want cde", got)
	}
}

func TestMissingPartsAreNamed(t *testing.T) {
	t.Parallel()
	p := without(examplePicture(), "no_answers", spoken)
	for i := range p.Measures {
		if strings.HasPrefix(p.Measures[i].Key, "loyalty_index") {
			p.Measures[i].Reason = "missing_part"
		}
	}
	page := textOf(tree(t, render(t, p, "en", nil)))
	if !strings.Contains(page, "Loyalty index: Missing: NPS.") {
		t.Error("the page does not name the part that is missing")
	}
}
