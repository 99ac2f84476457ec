package report

import (
	"io"
	"slices"
	"strings"

	"regulars/internal/base/locale"
	"regulars/internal/measure/metric"
	"regulars/internal/measure/page"
)

// TextOptions say what the page in a terminal looks like.
type TextOptions struct {
	Width int  // columns of the terminal; 0: 96
	Color bool // the terminal shows colours
	All   bool // every measure with its formula, not the main ones only
}

// The narrowest page that still reads, and the widest line that does.
const (
	narrowest = 40
	widest    = 110
)

func (o TextOptions) width() int {
	if o.Width == 0 {
		return 96
	}
	return min(widest, max(narrowest, o.Width))
}

// textPage writes a page for a terminal, a line at a time; nothing is colour alone.
type textPage struct {
	p     *Picture
	l     *locale.Locale
	o     TextOptions
	width int
	out   strings.Builder
}

// Text writes the loyalty picture as a page for a terminal.
func Text(w io.Writer, p *Picture, l *locale.Locale, o TextOptions) error {
	t := &textPage{p: p, l: l, o: o, width: o.width()}
	t.title()
	t.opening()
	t.measures()
	t.groups()
	t.segments()
	t.cohorts()
	t.data()
	t.settings()
	t.next()
	_, err := io.WriteString(w, t.out.String())
	return err
}

func (t *textPage) line(text string) {
	t.out.WriteString(text)
	t.out.WriteByte('\n')
}

// say writes sentences, wrapped, with the lines after the first one moved in.
func (t *textPage) say(text string, indent int) {
	for i, line := range page.Wrap(text, t.width-indent) {
		if i > 0 {
			line = strings.Repeat(" ", indent) + line
		}
		t.line(line)
	}
}

// heading begins a part of the page.
func (t *textPage) heading(text string) {
	t.line("")
	t.line(t.paint(page.Cut(text, t.width), page.Bold))
}

func (t *textPage) paint(text, colour string) string {
	if !t.o.Color {
		return text
	}
	return page.Paint(text, colour)
}

func (t *textPage) table(g *page.Grid) {
	for _, lines := range g.Lines(t.width, t.o.Color) {
		t.lines(lines)
	}
}

func (t *textPage) lines(lines []string) {
	for _, line := range lines {
		t.line(line)
	}
}

// measure finds a measure of the picture that has a value.
func (t *textPage) measure(key string) *metric.Measure {
	for i := range t.p.Measures {
		if m := &t.p.Measures[i]; m.Key == key && m.Status == metric.OK && m.Value != nil {
			return m
		}
	}
	return nil
}

func (t *textPage) title() {
	text := t.l.T("text.title")
	if t.p.Window.From != "" {
		text += " · " + t.window(t.p.Window)
	}
	if t.p.Parameters.Where != "" {
		text += " · " + page.Plain(t.p.Parameters.Where)
	}
	for _, line := range page.Wrap(text, t.width) {
		t.line(t.paint(line, page.Bold))
	}
}

// mainMeasures are the ones on a page that is not asked for more.
func mainMeasures() []string {
	return []string{
		"revenue", "active_customers", "new_customers", "average_order_value", "purchase_frequency",
		"repurchase_rate", "second_order_rate", "retention_rate", "regulars_share",
		"nps", "csat_top", "loyalty_index",
	}
}

// shown is the measures on the page: all of them, when asked for or when there are few, else the main ones that
// have a figure.
func (t *textPage) shown() []*metric.Measure {
	all := t.o.All || len(t.p.Measures) <= len(mainMeasures())
	var out []*metric.Measure
	if all {
		for i := range t.p.Measures {
			out = append(out, &t.p.Measures[i])
		}
		return out
	}
	for _, key := range mainMeasures() {
		if m := t.measure(key); m != nil {
			out = append(out, m)
		}
	}
	for i := range t.p.Measures { // textbook formulas are there because they were asked for
		if m := &t.p.Measures[i]; slices.Contains(textbook(), m.Key) {
			out = append(out, m)
		}
	}
	return out
}

// textbook is the measures that guides print under the name of another one.
func textbook() []string {
	return []string{"nps_with_passives", "retention_rate_formula", "loyalty_index_plain"}
}
