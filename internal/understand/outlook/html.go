package outlook

import (
	"bytes"
	"embed"
	"html/template"
	"io"

	"regulars/internal/base/locale"
	"regulars/internal/base/stats"
	"regulars/internal/measure/page"
	"regulars/internal/understand/predict"
)

//go:embed html/*.gohtml
var htmlFiles embed.FS

// pageView is the page from top to bottom, in final words.
type pageView struct {
	Lang, Title, Eyebrow, Headline, Lead string
	Style                                template.CSS
	Tiles                                []tileView
	Parts                                []partView
}

// tileView is one total.
type tileView struct{ Name, Value, Interval string }

// partView is one question and its answer.
type partView struct {
	ID, Heading, Intro string
	Table              *page.Table
	Sentences          []string
	Bins, Models       *page.Table
}

// HTML writes the outlook as one self-contained page: no script, nothing fetched, light and dark, fit for print.
func HTML(w io.Writer, p *Page, l *locale.Locale) error {
	t, err := page.Templates(l)
	if err != nil {
		return err
	}
	if t, err = t.ParseFS(htmlFiles, "html/*.gohtml"); err != nil {
		return err
	}
	view, err := viewOf(p, l)
	if err != nil {
		return err
	}
	// A page that fails half-way must not be half written.
	var buf bytes.Buffer
	if err := t.ExecuteTemplate(&buf, "outlook.gohtml", view); err != nil {
		return err
	}
	_, err = buf.WriteTo(w)
	return err
}

func viewOf(p *Page, l *locale.Locale) (*pageView, error) {
	style, err := page.StyleSheet()
	if err != nil {
		return nil, err
	}
	say := words{p, l}
	v := &pageView{Lang: l.Tag(), Style: style, Title: say.title() + " · " + say.subtitle(), Eyebrow: say.title() + " · " + say.subtitle()}
	if p.Lack != predict.NothingLacks {
		v.Headline = say.lack()
		return v, nil
	}
	say.whole(v)
	v.Parts = []partView{say.leavingView(), say.worthView(), say.trustView(), say.howView()}
	return v, nil
}

// whole is what is said of all customers together.
func (w words) whole(v *pageView) {
	v.Headline, v.Lead, v.Tiles = w.headline(), w.together(w.lead()), w.tiles()
}

func (w words) tiles() []tileView {
	t := &w.p.Totals
	of := w.l.T("predict.tile.of", w.l.Integer(int64(w.p.Customers)))
	name := func(key string) string { return w.l.T("predict.tile." + key) }
	within := func(i stats.Interval, write func(float64) string) string {
		return w.l.T("interval.range", write(i.Low), write(i.High))
	}
	tiles := []tileView{
		{name("return"), w.count(float64(w.p.Customers) - t.Leaving), of},
		{name("purchases"), w.count(t.Expected.Value), within(t.Expected, w.count)},
	}
	if w.p.Money != nil {
		tiles = append(tiles,
			tileView{name("spend"), w.money(t.Spend.Value), within(t.Spend, w.money)},
			tileView{name("value"), w.money(t.Value.Value), within(t.Value, w.money)},
			tileView{name("stake"), w.money(t.Stake), ""})
	}
	return append(tiles, tileView{name("late"), w.count(t.Late), of})
}

// table begins a table; the first so many columns are words. A head is the key of a text, or stands for itself.
func (w words) table(id, caption string, headed bool, wordy int, heads ...string) *page.Table {
	t := &page.Table{ID: id, Caption: caption, Headed: headed}
	for i, head := range heads {
		c := page.Column{Text: head, Numeric: i >= wordy}
		if w.l.Has(head) {
			c.Text = w.l.T(head)
		}
		t.Columns = append(t.Columns, c)
	}
	return t
}

// row adds cells as wordy as their columns.
func row(t *page.Table, class string, texts ...string) {
	cells := make([]page.TableCell, len(texts))
	for i, text := range texts {
		cells[i] = page.TableCell{Text: text, Numeric: t.Columns[i].Numeric}
	}
	cells[0].Class = class
	t.Add(cells...)
}

func (w words) leavingView() partView {
	v := partView{ID: "leaving", Heading: w.l.T("predict.leaving.heading"), Intro: w.leavingIntro()}
	list := w.p.leaving(listed)
	if len(list) == 0 {
		v.Intro = w.l.T("predict.leaving.none")
		return v
	}
	heads, from := leavingHeads(), 0
	if w.p.Money == nil {
		from = 1
	}
	v.Table = w.table("leaving-table", v.Heading, true, 1, append(heads[:1:1], heads[1+from:]...)...)
	v.Table.Columns[2-from].Numeric = false
	for _, s := range list {
		cells := w.leavingRow(s)
		row(v.Table, "id", append(cells[:1:1], cells[1+from:]...)...)
	}
	return v
}

func (w words) worthView() partView {
	v := partView{ID: "worth", Heading: w.l.T("predict.worth.heading"), Intro: w.worthIntro()}
	heads := []string{"predict.col.customer", "predict.col.purchases", "predict.col.next", "predict.col.spend", "predict.col.value"}
	if w.p.Money == nil {
		heads = heads[:3]
	}
	v.Table = w.table("worth-table", v.Heading, true, 1, heads...)
	for _, s := range w.p.best(listed) {
		row(v.Table, "id", w.worthRow(s)[:len(heads)]...)
	}
	return v
}

func (w words) trustView() partView {
	v := partView{ID: "trust", Heading: w.l.T("predict.trust.heading"), Sentences: w.trust()}
	tests := w.p.Best().Tests
	if len(tests) == 0 {
		return v
	}
	v.Intro = w.l.T("predict.trust.intro")
	v.Table = w.table("trust-table", w.l.T("predict.trust.table"), false, 1,
		"predict.col.known", "predict.col.ahead", "predict.col.told", "predict.col.came", "predict.col.off")
	for _, t := range tests {
		row(v.Table, "", w.testRow(t)...)
	}
	v.Bins = w.table("bins-table", w.l.T("predict.calibration.caption"), true, 0,
		"predict.col.said", "predict.col.customers", "predict.col.share", "interval.label")
	for _, b := range tests[0].Calibration {
		row(v.Bins, "num", w.binRow(b)...)
	}
	return v
}

func (w words) howView() partView {
	v := partView{ID: "how", Heading: w.l.T("predict.how.heading"), Sentences: w.how()}
	v.Models = w.table("models-table", w.l.T("predict.how.candidates"), false, 1,
		"predict.col.model", "predict.col.likelihood", "BIC", "predict.col.loss", "predict.col.remark")
	v.Models.Columns[4].Numeric = false
	for _, i := range w.p.compared() {
		row(v.Models, "", w.candidateRow(i)...)
	}
	return v
}
