package report

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"regulars/internal/base/chart"
	"regulars/internal/measure/page"
)

// rfmView is the segments: where customers lie, who the segments are, and what helps.
type rfmView struct {
	Intro    string
	Grid     *chartView
	Scores   *page.Table
	Table    *page.Table
	Moves    *page.Table
	Segments []segmentView
}

// segmentView is the card of one segment.
type segmentView struct {
	Key, Name, Count, Share string
	Width                   string // of the bar, in per cent for CSS
	Meaning, Advice         string
	Moved                   string // against a month before
}

func (b *htmlBuilder) rfm() *rfmView {
	r := b.p.RFM
	if r == nil {
		return nil
	}
	var total int64
	for _, s := range r.Segments {
		total += s.Customers
	}
	if total == 0 {
		return nil
	}
	v := &rfmView{Intro: b.sentences(b.l.P("report.rfm.intro", total), b.l.T("report.rfm.method."+methodKey(r.Method))),
		Grid: b.rfmGrid(r), Scores: b.scoreTable(r), Table: b.segmentTable(r), Moves: b.moves(r)}
	for _, s := range shownSegments(r) {
		v.Segments = append(v.Segments, b.segmentCard(s, total))
	}
	return v
}

// shownSegments are the ten, and the others where there are any.
func shownSegments(r *RFM) []Segment {
	return slices.DeleteFunc(slices.Clone(r.Segments), func(s Segment) bool { return s.Name == "others" && s.Customers == 0 })
}

// methodKey is the method as it stands in the keys of messages.
func methodKey(method string) string {
	if method == "r-package" {
		return "r_package"
	}
	return method
}

func (b *htmlBuilder) segmentName(key string) string { return b.l.T("segment." + key + ".name") }

func (b *htmlBuilder) segmentCard(s Segment, total int64) segmentView {
	share := 100 * float64(s.Customers) / float64(total)
	v := segmentView{
		Key: s.Name, Name: b.segmentName(s.Name), Count: b.l.P("report.count.customers", s.Customers),
		Share: b.l.Percent(share, 1), Width: strconv.FormatFloat(share, 'f', 2, 64),
		Meaning: b.l.T("segment." + s.Name + ".meaning"), Advice: b.l.T("segment." + s.Name + ".advice"),
	}
	if s.Previous != nil {
		v.Moved = b.l.T("report.rfm.moved", b.signedInteger(s.Customers-*s.Previous))
	}
	return v
}

func (b *htmlBuilder) signedInteger(n int64) string {
	if n > 0 {
		return "+" + b.l.Integer(n)
	}
	return b.l.Integer(n)
}

// rfmGrid shows recency against frequency; the monetary scores of a field are added up.
func (b *htmlBuilder) rfmGrid(r *RFM) *chartView {
	var counts [6][6]int64
	var most, total, best int64
	for _, c := range r.Grid {
		if c.R < 1 || c.R > 5 || c.F < 1 || c.F > 5 {
			continue
		}
		counts[c.R][c.F] += c.Customers
		most = max(most, counts[c.R][c.F])
		total += c.Customers
		if c.R >= 4 && c.F >= 4 {
			best += c.Customers
		}
	}
	if total == 0 {
		return nil
	}
	heat := chart.Heat{
		About: chart.About{ID: "rfm-grid", Title: b.l.T("report.rfm.grid"), Summary: b.l.T("report.rfm.grid_note")},
		Along: b.l.T("report.rfm.along"), Down: b.l.T("report.rfm.down"),
	}
	t := &page.Table{ID: "rfm-grid-table", Caption: b.l.T("report.rfm.grid"), Columns: []page.Column{page.WordColumn(b.l.T("report.rfm.recency"))}}
	for f := 1; f <= 5; f++ {
		heat.Columns = append(heat.Columns, strconv.Itoa(f))
		t.Columns = append(t.Columns, page.NumberColumn(b.l.T("report.rfm.f_column", f)))
	}
	for recency := 5; recency >= 1; recency-- {
		heat.Rows = append(heat.Rows, strconv.Itoa(recency))
		row := []page.TableCell{page.WordCell(b.l.T("report.rfm.r_row", recency))}
		var fields []chart.Field
		for f := 1; f <= 5; f++ {
			n := counts[recency][f]
			fields = append(fields, chart.Field{Level: float64(n) / float64(most), Label: b.l.Integer(n)})
			row = append(row, page.NumberCell(b.l.Integer(n)))
		}
		heat.Cells = append(heat.Cells, fields)
		t.Add(row...)
	}
	narrow := heat
	narrow.ID = "rfm-grid-narrow"
	return &chartView{ID: "rfm-grid-figure",
		Title: b.l.T("report.rfm.grid_finding", b.l.Percent(100*float64(best)/float64(total), 1)),
		Note:  b.l.T("report.rfm.grid_note"), Table: t,
		Wide: b.draw(heat, 520, 340), Narrow: b.draw(narrow, narrowWidth, 250)}
}

// scoreTable says in words what each score means here.
func (b *htmlBuilder) scoreTable(r *RFM) *page.Table {
	if len(r.Cuts.Recency) != 4 || len(r.Cuts.Frequency) != 4 || len(r.Cuts.Monetary) != 4 {
		return nil
	}
	t := &page.Table{ID: "rfm-scores", Caption: b.l.T("report.rfm.scores"), Columns: []page.Column{
		page.WordColumn(b.l.T("report.rfm.score")), page.WordColumn(b.l.T("report.rfm.recency")),
		page.WordColumn(b.l.T("report.rfm.frequency")), page.WordColumn(b.l.T("report.rfm.monetary")),
	}}
	edges := edgesOf(r.Method, b.p.Parameters.Digits)
	for score := 5; score >= 1; score-- {
		t.Add(page.WordCell(strconv.Itoa(score)), page.WordCell(b.step(edges(r.Cuts.Recency, 1), 6-score, "days")),
			page.WordCell(b.step(edges(r.Cuts.Frequency, 1), score, "count")), page.WordCell(b.step(edges(r.Cuts.Monetary, 0), score, "minor")))
	}
	return t
}

// edgesOf gives the last values of the lower scores for the cuts of a method. Days, orders and minor units are whole:
// by value, above 41.6 is above 41. The R package wants the cut plus one reached: one day, one order, one whole unit
// of money (what one is then is given as 0).
func edgesOf(method string, digits int) func(cuts []float64, one float64) []float64 {
	return func(cuts []float64, one float64) []float64 {
		if one == 0 {
			one = math.Pow10(digits)
		}
		edges := make([]float64, len(cuts))
		for i, c := range cuts {
			edges[i] = math.Floor(c)
			if method == "r-package" {
				edges[i] = math.Ceil(c+one) - 1
			}
		}
		return edges
	}
}

// step is the range of one score between the edges.
func (b *htmlBuilder) step(edges []float64, score int, unit string) string {
	last := len(edges) - 1
	switch {
	case score == 1:
		return b.l.T("report.rfm.up_to", b.unit(unit, edges[0]))
	case score > last+1:
		return b.l.T("report.rfm.above", b.unit(unit, edges[last]))
	}
	from, to := edges[score-2]+1, edges[score-1]
	switch {
	case from > to:
		return b.l.T("report.rfm.nobody")
	case from == to:
		return b.unit(unit, to)
	default:
		return b.interval(unit, &from, &to)
	}
}

func (b *htmlBuilder) segmentTable(r *RFM) *page.Table {
	var customers, revenue int64
	migration := false
	for _, s := range r.Segments {
		customers += s.Customers
		revenue += s.RevenueMinor
		migration = migration || s.Previous != nil
	}
	t := &page.Table{ID: "segment-table", Caption: b.l.T("report.rfm.table"), Columns: []page.Column{
		page.WordColumn(b.l.T("report.rfm.segment")), page.NumberColumn(b.l.T("report.column.customers")),
		page.NumberColumn(b.l.T("report.column.share")), page.NumberColumn(b.l.T("report.column.orders")),
		page.NumberColumn(b.l.T("report.column.revenue")), page.NumberColumn(b.l.T("report.column.revenue_share")),
		page.NumberColumn(b.l.T("report.column.per_customer")),
	}}
	if migration {
		t.Columns = append(t.Columns, page.NumberColumn(b.l.T("report.column.month_before")))
	}
	for _, s := range shownSegments(r) {
		each := dash
		if s.Customers > 0 {
			each = b.money(s.RevenueMinor / s.Customers)
		}
		row := []page.TableCell{{Text: b.segmentName(s.Name), Href: "#segment-" + s.Name}, page.NumberCell(b.l.Integer(s.Customers)),
			page.NumberCell(b.share(s.Customers, customers)), page.NumberCell(b.l.Integer(s.Orders)), page.NumberCell(b.money(s.RevenueMinor)),
			page.NumberCell(b.share(s.RevenueMinor, revenue)), page.NumberCell(each)}
		if migration {
			before := dash
			if s.Previous != nil {
				before = b.l.Integer(*s.Previous)
			}
			row = append(row, page.NumberCell(before))
		}
		t.Add(row...)
	}
	return t
}

// mostMoves is how many moves between segments are shown, the largest ones.
const mostMoves = 12

// moves lists who went from one segment to another in the month before.
func (b *htmlBuilder) moves(r *RFM) *page.Table {
	moves := slices.DeleteFunc(slices.Clone(r.Moves), func(m Move) bool { return m.From == m.To || m.Customers == 0 })
	if len(moves) == 0 {
		return nil
	}
	slices.SortStableFunc(moves, func(x, y Move) int { return cmp.Compare(y.Customers, x.Customers) })
	t := &page.Table{ID: "moves-table", Caption: b.l.T("report.rfm.moves"), Columns: []page.Column{page.WordColumn(b.l.T("report.rfm.from")),
		page.WordColumn(b.l.T("report.rfm.to")), page.NumberColumn(b.l.T("report.column.customers"))}}
	for _, m := range moves[:min(len(moves), mostMoves)] {
		t.Add(page.WordCell(b.segmentName(m.From)), page.WordCell(b.segmentName(m.To)), page.NumberCell(b.l.Integer(m.Customers)))
	}
	return t
}

func (b *htmlBuilder) money(minor int64) string { return b.l.Money(minor, b.p.Parameters.Currency) }

func (b *htmlBuilder) share(part, whole int64) string {
	if whole == 0 {
		return dash
	}
	return b.l.Percent(100*float64(part)/float64(whole), 1)
}
