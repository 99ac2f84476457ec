package report

import (
	"path/filepath"
	"slices"
	"strings"
	"time"

	"regulars/internal/measure/page"
	"regulars/internal/record/importer"
)

// segments draws how many customers each segment has, on a wide terminal two segments a line.
func (t *textPage) segments() {
	if t.p.RFM == nil {
		return
	}
	var most, customers, revenue int64
	shown := slices.DeleteFunc(slices.Clone(t.p.RFM.Segments), func(s Segment) bool { return s.Customers <= 0 })
	for _, s := range shown {
		most = max(most, s.Customers)
		customers += s.Customers
		revenue += s.RevenueMinor
	}
	if customers == 0 {
		return
	}
	layouts := [][2]int{{2, 12}, {2, 10}, {2, 8}, {2, 6}, {1, 24}, {1, 18}, {1, 12}, {1, 6}, {1, 0}}
	for _, layout := range layouts { // segments a line, columns of a bar
		g := t.segmentGrid(shown, layout[0], func(s Segment) string { return bar(float64(s.Customers)/float64(most), layout[1]) }, revenue)
		if page.Total(g.Widths()) > t.width && layout[1] > 0 {
			continue
		}
		t.line("")
		t.table(g)
		return
	}
}

func (t *textPage) segmentGrid(shown []Segment, across int, bar func(Segment) string, revenue int64) *page.Grid {
	g := &page.Grid{Right: slices.Repeat([]bool{false, false, true, true}, across)}
	head := []page.Cell{{}, {}, {Text: t.l.T("text.head.customers"), Colour: page.Quiet}, {Text: t.l.T("text.head.of_revenue"), Colour: page.Quiet}}
	g.Add(slices.Repeat(head, across)...)
	g.Rows[0][0] = page.Cell{Text: t.l.T("text.section.segments"), Colour: page.Bold}
	down := (len(shown) + across - 1) / across
	for row := range down {
		var cells []page.Cell
		for i := row; i < len(shown); i += down {
			cells = append(cells, t.segmentCells(shown[i], bar(shown[i]), revenue)...)
		}
		g.Add(cells...)
	}
	return g
}

func (t *textPage) segmentCells(s Segment, bar string, revenue int64) []page.Cell {
	part := "–"
	if revenue > 0 {
		part = t.l.Percent(100*float64(s.RevenueMinor)/float64(revenue), 0)
	}
	return []page.Cell{{Text: t.segment(s.Name)}, {Text: bar}, {Text: t.l.Integer(s.Customers)}, {Text: part, Colour: page.Quiet}}
}

// segment is a segment's name for people.
func (t *textPage) segment(key string) string {
	if name := "segment." + key + ".name"; t.l.Has(name) {
		return t.l.T(name)
	}
	return page.Plain(key)
}

// bar draws a share of so many columns, in eighths of a column; what is not nothing is never drawn as nothing.
func bar(share float64, columns int) string {
	if share <= 0 || columns <= 0 {
		return ""
	}
	eighths := max(1, int(share*float64(8*columns)+0.5))
	text := strings.Repeat("█", eighths/8)
	if rest := eighths % 8; rest > 0 {
		text += string([]rune("▏▎▍▌▋▊▉")[rest-1])
	}
	return text
}

// leastOf is how many people must stand behind a share that is shown of a group.
const leastOf = 5

// cohorts is a small table of the last cohorts: which share ordered in the months after their first.
func (t *textPage) cohorts() {
	const mostRows, mostMonths = 4, 10
	rows := t.p.Cohorts
	if n := len(rows) - 1; n > 0 { // the youngest has no month after its first yet
		rows = rows[max(0, n-mostRows):n]
	}
	if t.o.All {
		rows = t.p.Cohorts
	}
	if len(t.p.Cohorts) < 2 {
		return
	}
	months := 1
	for _, c := range rows {
		months = max(months, min(len(c.Active)-1, mostMonths))
	}
	g := &page.Grid{Right: slices.Repeat([]bool{true}, months+2)}
	g.Right[0] = false
	head := []page.Cell{{Text: t.l.T("measure.cohort_retention.name"), Colour: page.Bold}, {Text: t.l.T("text.head.customers"), Colour: page.Quiet}}
	for m := 1; m <= months; m++ {
		head = append(head, page.Cell{Text: t.l.T("text.head.month", m), Colour: page.Quiet})
	}
	g.Add(head...)
	for _, c := range rows {
		g.Add(t.cohort(c, months)...)
	}
	for column := months + 1; page.Total(g.Widths()) > t.width && column > 2; column-- {
		g.Drop(column)
	}
	t.line("")
	t.table(g)
}

func (t *textPage) cohort(c Cohort, months int) []page.Cell {
	name := page.Plain(c.Cohort)
	if at, err := time.Parse("2006-01", c.Cohort); err == nil {
		name = t.l.MonthShort(at)
	}
	row := []page.Cell{{Text: name}, {Text: t.l.Integer(c.Size)}}
	for m := 1; m <= months; m++ {
		text := ""
		switch {
		case m >= len(c.Active):
		case c.Size < leastOf:
			text = "–"
		default:
			text = t.l.Percent(100*float64(c.Active[m])/float64(c.Size), 0)
		}
		row = append(row, page.Cell{Text: text})
	}
	return row
}

// data says what was read and where every row went.
func (t *textPage) data() {
	f := t.p.Facts
	t.heading(t.l.T("text.section.data"))
	for _, s := range t.p.Sources {
		if s.Plan != nil {
			text := t.l.T("text.file", page.Plain(filepath.Base(s.Plan.Path)), t.account(s.Account))
			if s.Account.RejectedFile != "" {
				text = t.l.T("text.see", text, page.Plain(filepath.Base(s.Account.RejectedFile)))
			}
			t.say(text, 2)
		}
	}
	switch {
	case t.p.FactsAsOf != "":
		t.say(t.l.T("text.recorded_until", t.date(t.p.FactsAsOf)), 2)
	case len(t.p.Sources) == 0 && f.RowCounts != nil:
		t.say(t.account(importer.Account{
			Rows: f.Rows, Unreadable: f.UnreadableRows, Unidentified: f.UnidentifiedRows, Later: f.LaterRows,
			Ignored: f.IgnoredRows, Rejected: f.RejectedRows, Recorded: f.RecordedRows,
		}), 2)
	}
	parts := []string{
		t.l.P("text.count.orders", f.Orders), t.l.P("text.count.customers", f.Customers),
		t.l.T("text.count.revenue", t.l.Money(f.RevenueMinor, t.p.Parameters.Currency)),
	}
	if f.Returns > 0 {
		parts = append(parts, t.l.P("text.count.returns", f.Returns, t.l.Money(f.ReturnedMinor, t.p.Parameters.Currency)))
	}
	if f.Answers > 0 {
		parts = append(parts, t.l.P("text.count.answers", f.Answers))
	}
	if f.First != "" {
		parts = append(parts, t.l.T("text.range", t.date(f.First), t.date(f.Last)))
	}
	t.say(strings.Join(parts, " · "), 2)
	var rest []string
	if f.UnidentifiedMinor != 0 {
		rest = append(rest, t.l.T("text.unknown_sales", t.l.MoneyShort(f.UnidentifiedMinor, t.p.Parameters.Currency)))
	}
	if f.ReturnsOnly > 0 {
		rest = append(rest, t.l.P("text.returns_only", f.ReturnsOnly))
	}
	t.say(joined(t.l, "text.sentences", rest), 2)
}

// account tells where the rows of a file went: "541,909 rows: 397,884 recorded, 135,080 without a known customer".
func (t *textPage) account(a importer.Account) string { return accountLine(t.l, a) }

// settings names the settings that nobody gave and that were therefore taken from the data.
func (t *textPage) settings() {
	var parts []string
	for _, name := range t.p.Parameters.FromData {
		parts = append(parts, t.setting(name))
	}
	if len(parts) == 0 {
		return
	}
	t.say(t.l.T("text.from_data", strings.Join(parts, " · ")), 2)
}

func (t *textPage) setting(name string) string {
	p := t.p.Parameters
	value := ""
	switch name {
	case "activity_days":
		value = t.unit("days", float64(p.ActivityDays))
	case "second_order_days":
		value = t.unit("days", float64(p.SecondOrderDays))
	case "top_share":
		value = t.l.Percent(100*p.TopShare, wholeOrOne(100*p.TopShare))
	case "kind":
		value = p.Kind
		if key := "text.kind." + p.Kind; t.l.Has(key) {
			value = t.l.T(key)
		}
	case "currency":
		value = p.Currency
	case "timezone":
		value = p.Timezone
	case "nps":
		value = p.NPSBands
	case "as_of":
		value = t.date(t.p.AsOf)
	}
	key := "text.setting." + name
	switch {
	case !t.l.Has(key):
		return page.Plain(strings.TrimSpace(name + " " + value))
	case value == "":
		return strings.TrimSpace(t.l.T(key, ""))
	}
	return t.l.T(key, page.Plain(value))
}

// next says what can be done now: whom to win back, and what else the program can show.
func (t *textPage) next() {
	t.heading(t.l.T("text.section.next"))
	hint := func(text string) { t.say("• "+text, 2) }
	if t.p.RFM != nil {
		var names []string
		var lapsed int64
		for _, s := range t.p.RFM.Segments {
			if (s.Name == "at_risk" || s.Name == "cant_lose") && s.Customers > 0 {
				names = append(names, t.segment(s.Name))
				lapsed += s.Customers
			}
		}
		if lapsed > 0 {
			hint(t.l.P("text.next.lapsed", lapsed, joined(t.l, "text.list", names), "--customers-out customers.csv"))
		}
	}
	if t.p.Facts.Answers == 0 {
		hint(t.l.T("text.next.answers"))
	}
	options := []string{t.l.T("text.next.html", "--format html --out loyalty.html")}
	if !t.o.All {
		options = append(options, t.l.T("text.next.all", "--all"))
	}
	if !slices.ContainsFunc(textbook(), func(key string) bool { return t.measure(key) != nil }) {
		options = append(options, t.l.T("text.next.variant", "--variant"))
	}
	hint(joined(t.l, "text.clauses", options))
}
