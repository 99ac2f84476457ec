package outlook

import (
	"io"
	"math"
	"strings"

	"regulars/internal/base/locale"
	"regulars/internal/measure/page"
	"regulars/internal/understand/predict"
)

// TextOptions say what the page in a terminal looks like.
type TextOptions struct {
	Width int  // columns of the terminal; 0: 96
	Color bool // the terminal shows colours
}

// listed is how many customers a list names.
const listed = 10

// textPage writes a page for a terminal, a line at a time.
type textPage struct {
	words
	color bool
	width int
	out   strings.Builder
}

// Text writes the outlook as a page for a terminal.
func Text(w io.Writer, p *Page, l *locale.Locale, o TextOptions) error {
	t := &textPage{words: words{p, l}, color: o.Color, width: 96}
	if o.Width != 0 {
		t.width = min(110, max(40, o.Width))
	}
	t.say(t.paint(t.title()+" · "+t.subtitle(), page.Bold))
	if p.Lack != predict.NothingLacks {
		t.say(t.lack())
	} else {
		t.say(t.paint(t.headline(), page.Bold))
		t.say(t.together(t.lead()))
		t.leavingPart()
		t.worthPart()
		t.trustPart()
		t.howPart()
	}
	_, err := io.WriteString(w, t.out.String())
	return err
}

func (t *textPage) paint(text, colour string) string {
	if !t.color {
		return text
	}
	return page.Paint(text, colour)
}

// say writes sentences, wrapped.
func (t *textPage) say(text string) {
	for _, line := range page.Wrap(text, t.width) {
		t.out.WriteString(line + "\n")
	}
}

func (t *textPage) heading(key string) {
	t.out.WriteString("\n")
	t.say(t.paint(t.l.T(key), page.Bold))
}

// grid begins a table with its head.
func (t *textPage) grid(right int, heads ...string) *page.Grid {
	g := &page.Grid{Right: make([]bool, len(heads))}
	cells := make([]page.Cell, len(heads))
	for i, head := range heads {
		g.Right[i] = i >= right
		if head != "" {
			cells[i] = page.Cell{Text: t.l.T(head), Colour: page.Quiet}
		}
	}
	g.Add(cells...)
	return g
}

func cells(texts ...string) []page.Cell {
	out := make([]page.Cell, len(texts))
	for i, text := range texts {
		out[i].Text = page.Plain(text)
	}
	return out
}

// table writes a table; where it does not fit, columns that may go are left out, the last named first.
func (t *textPage) table(g *page.Grid, drop ...int) {
	for i := len(drop) - 1; i >= 0 && page.Total(g.Widths()) > t.width; i-- {
		g.Drop(drop[i])
	}
	for _, lines := range g.Lines(t.width, t.color) {
		for _, line := range lines {
			t.out.WriteString(line + "\n")
		}
	}
}

func (t *textPage) leavingPart() {
	t.heading("predict.leaving.heading")
	list := t.p.leaving(listed)
	if len(list) == 0 {
		t.say(t.l.T("predict.leaving.none"))
		return
	}
	t.say(t.leavingIntro())
	g := t.grid(1, leavingHeads()...)
	g.Right[2] = false
	for _, s := range list {
		g.Add(cells(t.leavingRow(s)...)...)
	}
	if t.p.Money == nil {
		g.Drop(1)
	}
	t.table(g, 2, 4)
}

// leavingHeads are the columns of the list, what matters most first.
func leavingHeads() []string {
	return []string{"predict.col.customer", "predict.col.stake", "predict.col.state", "predict.col.last", "predict.col.every", "predict.col.none"}
}

// leavingIntro says what the list is.
func (w words) leavingIntro() string {
	if w.p.Money == nil {
		return w.l.T("predict.leaving.intro_plain")
	}
	return w.l.T("predict.leaving.intro", w.horizon(), w.days(2*float64(w.p.Days)))
}

// leavingRow is a customer who is late or gone.
func (w words) leavingRow(s *predict.Score) []string {
	return []string{s.ID, w.money(s.Stake), w.l.T("predict.state." + string(s.State)), w.l.T("predict.ago", w.days(s.Age-s.Last)),
		w.days(every(s)), w.percent(s.None)}
}

func (t *textPage) worthPart() {
	t.heading("predict.worth.heading")
	t.say(t.worthIntro())
	g := t.grid(1, "predict.col.customer", "predict.col.purchases", "predict.col.next", "predict.col.spend", "predict.col.value")
	for _, s := range t.p.best(listed) {
		g.Add(cells(t.worthRow(s)...)...)
	}
	if t.p.Money == nil {
		g.Drop(3)
		g.Drop(4)
	}
	t.table(g, 2, 1)
}

// worthIntro says what value is.
func (w words) worthIntro() string {
	terms := w.p.Terms
	if w.p.Money == nil {
		return w.l.T("predict.worth.intro_plain", w.horizon())
	}
	out := w.l.T("predict.worth.intro", w.l.P("predict.months", int64(terms.Months)), w.percent(terms.Margin), w.percent(terms.Yearly()))
	if w.p.Totals.Value.Value > 0 {
		out = w.l.T("text.sentences", out, w.l.T("predict.worth.share", w.percent(w.p.Totals.BestTenth)))
	}
	return out
}

// worthRow is a customer of whom much is expected.
func (w words) worthRow(s *predict.Score) []string {
	next := "–"
	if days, likely := predict.Next(w.p.Best().Model, s.Stat); likely {
		next = w.l.DateShort(date(w.p.From + int32(days)))
	}
	return []string{s.ID, w.few(s.Expected), next, w.money(s.Spend), w.money(s.Value)}
}

func (t *textPage) trustPart() {
	t.heading("predict.trust.heading")
	tests := t.p.Best().Tests
	if len(tests) > 0 {
		t.say(t.l.T("predict.trust.intro"))
		g := t.grid(1, "predict.col.known", "predict.col.ahead", "predict.col.told", "predict.col.came", "predict.col.off")
		for _, test := range tests {
			g.Add(cells(t.testRow(test)...)...)
		}
		t.table(g)
	}
	for _, sentence := range t.trust() {
		t.say(sentence)
	}
	if len(tests) > 0 {
		t.out.WriteString("\n")
		t.say(t.l.T("predict.calibration.caption"))
		g := t.grid(0, "predict.col.said", "predict.col.customers", "predict.col.share", "interval.label")
		for _, b := range tests[0].Calibration {
			g.Add(cells(t.binRow(b)...)...)
		}
		t.table(g, 3)
	}
}

// testRow is one look back.
func (w words) testRow(t *predict.Test) []string {
	return []string{w.l.DateShort(date(t.End)), w.days(float64(t.Days)), w.count(t.Predicted), w.count(t.Actual), w.off(t)}
}

// off is by how much what came differed from what was expected.
func (w words) off(t *predict.Test) string {
	miss := t.Miss()
	size := w.l.Percent(100*math.Abs(miss), 0)
	switch {
	case math.IsNaN(miss):
		return "–"
	case math.Round(100*miss) == 0:
		return w.l.Percent(0, 0)
	case miss < 0:
		return "−" + size
	}
	return "+" + size
}

// binRow is customers of whom the same was said.
func (w words) binRow(b predict.Bin) []string {
	return []string{w.percent(b.Told), w.l.Integer(int64(b.Customers)), w.percent(b.Came.Value),
		w.l.T("interval.range", w.l.Number(100*b.Came.Low, 0), w.percent(b.Came.High))}
}

func (t *textPage) howPart() {
	t.heading("predict.how.heading")
	for _, sentence := range t.how() {
		t.say(sentence)
	}
	t.out.WriteString("\n")
	g := t.grid(1, "predict.col.model", "predict.col.likelihood", "BIC", "predict.col.loss", "predict.col.remark")
	g.Rows[0][2].Text, g.Right[4] = "BIC", false
	for _, i := range t.p.compared() {
		g.Add(cells(t.candidateRow(i)...)...)
	}
	t.table(g, 3)
}

// candidateRow is a model that was compared.
func (w words) candidateRow(i int) []string {
	c := &w.p.Candidates[i]
	return []string{c.Name, w.l.Number(c.LogLikelihood, 1), w.l.Number(c.BIC, 1), w.l.Number(c.Loss(), 4), w.remark(i)}
}
