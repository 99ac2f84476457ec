package report

import (
	"math"
	"strconv"
	"time"

	"regulars/internal/base/chart"
	"regulars/internal/measure/page"
)

// cohortsView is the customers by the month of their first order, and how they went on.
type cohortsView struct {
	Intro            string
	Returned, Earned *chartView
}

// maxCohorts is how many the page shows, the last ones; the data file has them all.
const maxCohorts = 24

// mediumColumns is how many months find room for their figures at medium width.
const mediumColumns = 13

func (b *htmlBuilder) cohorts() *cohortsView {
	shown := b.p.Cohorts
	if len(shown) == 0 {
		return nil
	}
	intro := b.l.T("report.cohorts.intro")
	if len(shown) > maxCohorts {
		shown = shown[len(shown)-maxCohorts:]
		intro = b.sentences(intro, b.l.T("report.cohorts.last", maxCohorts))
	}
	months := 0
	for _, c := range shown {
		months = max(months, min(len(c.Active), maxCohorts+1))
	}
	v := &cohortsView{Intro: intro, Returned: b.returned(shown, months), Earned: b.earned(shown, months)}
	if v.Returned == nil && v.Earned == nil {
		return nil // the first month is not over yet
	}
	return v
}

// complete tells whether the month that comes k months after the cohort's was over at the as-of moment.
func (b *htmlBuilder) complete(cohort string, k int) bool {
	start, ok1 := moment(cohort)
	asOf, ok2 := moment(b.p.AsOf)
	return !ok1 || !ok2 || !start.AddDate(0, k+1, 0).After(asOf)
}

func (b *htmlBuilder) cohortName(c Cohort) string {
	t, err := time.Parse("2006-01", c.Cohort)
	if err != nil {
		return c.Cohort
	}
	return b.l.MonthShort(t)
}

// cohortTable begins a table with a row a cohort and a column a month since.
func (b *htmlBuilder) cohortTable(id, caption string, first, months int) *page.Table {
	t := &page.Table{ID: id, Caption: caption, Columns: []page.Column{
		page.WordColumn(b.l.T("report.cohorts.first_order")), page.NumberColumn(b.l.T("report.column.customers"))}}
	for k := first; k < months; k++ {
		t.Columns = append(t.Columns, page.NumberColumn(b.l.T("report.cohorts.month", k)))
	}
	t.Foot = []string{b.l.T("report.cohorts.unfinished")}
	return t
}

// cohortCell is one field of a cohort heat map: its amount, and how it is written.
type cohortCell struct {
	amount float64
	label  string
	full   bool
}

// returned is the share of each cohort that ordered again, by months since.
func (b *htmlBuilder) returned(shown []Cohort, months int) *chartView {
	if months < 2 {
		return nil
	}
	rows := make([][]cohortCell, len(shown))
	var first, of int64
	for i, c := range shown {
		for k := 1; k < min(len(c.Active), months); k++ {
			if c.Size == 0 {
				continue
			}
			v := 100 * float64(c.Active[k]) / float64(c.Size)
			rows[i] = append(rows[i], cohortCell{v, b.l.Percent(v, 0), b.complete(c.Cohort, k)})
			if k == 1 && b.complete(c.Cohort, k) {
				first, of = first+c.Active[k], of+c.Size
			}
		}
	}
	title := b.l.T("report.cohorts.returned")
	view := b.cohortHeat("cohort-returned", title, shown, rows, 1, months)
	if view != nil && of > 0 {
		view.Title = b.l.T("report.cohorts.returned_finding", b.share(first, of))
	}
	return view
}

// earned is what a customer of each cohort has paid so far, by months since.
func (b *htmlBuilder) earned(shown []Cohort, months int) *chartView {
	rows := make([][]cohortCell, len(shown))
	some := false
	for i, c := range shown {
		for k := 0; k < min(len(c.RevenueMinor), months); k++ {
			if c.Size == 0 {
				continue
			}
			each := c.RevenueMinor[k] / c.Size
			some = some || each != 0
			rows[i] = append(rows[i], cohortCell{float64(each), b.wholeMoney(each), b.complete(c.Cohort, k)})
		}
	}
	if !some {
		return nil
	}
	return b.cohortHeat("cohort-earned", b.earnedTitle(), shown, rows, 0, months)
}

func (b *htmlBuilder) earnedTitle() string {
	if code := b.p.Parameters.Currency; code != "" {
		return b.l.T("report.cohorts.earned_in", code)
	}
	return b.l.T("report.cohorts.earned")
}

// wholeMoney leaves the cents out: there is no room for them in a field.
func (b *htmlBuilder) wholeMoney(minor int64) string {
	unit := int64(1)
	for range b.p.Parameters.Digits {
		unit *= 10
	}
	half := unit / 2
	if minor < 0 {
		half = -half
	}
	return b.l.Integer((minor + half) / unit)
}

// cohortHeat draws rows of cells and writes them as a table; months that are not over yet are in the table only.
func (b *htmlBuilder) cohortHeat(id, title string, shown []Cohort, rows [][]cohortCell, first, months int) *chartView {
	low, high := scale(rows)
	if high <= 0 {
		return nil
	}
	heat := chart.Heat{About: chart.About{ID: id, Title: title, Summary: b.l.T("report.cohorts.intro")},
		Along: b.l.T("report.cohorts.along")}
	for k := range widestRow(rows) {
		heat.Columns = append(heat.Columns, strconv.Itoa(first+k))
	}
	t := b.cohortTable(id+"-table", title, first, months)
	for i, c := range shown {
		line := []page.TableCell{page.WordCell(b.cohortName(c)), page.NumberCell(b.l.Integer(c.Size))}
		for k := range months - first {
			cell := page.TableCell{Numeric: true}
			if k < len(rows[i]) {
				cell.Text = rows[i][k].label
				if !rows[i][k].full {
					cell.Text += "\u00a0*"
				}
			}
			line = append(line, cell)
		}
		t.Add(line...)
		if fields, some := fieldsOf(rows[i], len(heat.Columns), low, high); some {
			heat.Rows = append(heat.Rows, b.l.T("report.cohorts.row", b.cohortName(c), c.Size))
			heat.Cells = append(heat.Cells, fields)
		}
	}
	view := &chartView{ID: id + "-figure", Title: title, Table: t, Wide: b.draw(heat, wideWidth, 60+28*len(heat.Rows))}
	if len(heat.Columns) <= mediumColumns {
		medium := heat
		medium.ID = id + "-medium"
		view.Medium = b.draw(medium, mediumWidth, 60+28*len(heat.Rows))
	}
	return view
}

// scale is the range of colours: it begins at zero unless all amounts are far from it, so that differences are seen.
func scale(rows [][]cohortCell) (low, high float64) {
	least := math.Inf(1)
	for _, row := range rows {
		for _, c := range row {
			if c.full {
				least, high = min(least, c.amount), max(high, c.amount)
			}
		}
	}
	if math.IsInf(least, 0) {
		return 0, 0
	}
	return max(0, least-(high-least)/2), high
}

// widestRow is how many months the longest row has that are over.
func widestRow(rows [][]cohortCell) int {
	widest := 0
	for _, row := range rows {
		for k, c := range row {
			if c.full {
				widest = max(widest, k+1)
			}
		}
	}
	return widest
}

// fieldsOf is one row of the chart; false if no month of it is over.
func fieldsOf(row []cohortCell, columns int, low, high float64) ([]chart.Field, bool) {
	fields := make([]chart.Field, columns)
	some := false
	for k := range fields {
		fields[k].Level = -1
		if k < len(row) && row[k].full {
			some = true
			level := 1.0
			if high > low {
				level = max(0, (row[k].amount-low)/(high-low))
			}
			fields[k] = chart.Field{Level: level, Label: row[k].label}
		}
	}
	return fields, some
}

// best is the customers who paid most.
func (b *htmlBuilder) best() *page.Table {
	if len(b.p.Best) == 0 {
		return nil
	}
	t := &page.Table{ID: "best-table", Caption: b.l.T("report.best.caption"), Headed: true, Columns: []page.Column{
		page.WordColumn(b.l.T("report.column.customer")), page.NumberColumn(b.l.T("report.column.paid")),
		page.NumberColumn(b.l.T("report.column.orders")), page.NumberColumn(b.l.T("report.column.last_order")),
		page.WordColumn(b.l.T("report.column.scores")), page.WordColumn(b.l.T("report.rfm.segment")),
	}}
	for _, c := range b.p.Best {
		segment := dash
		if c.Segment != "" {
			segment = b.segmentName(c.Segment)
		}
		when := b.l.P("report.days_ago", c.RecencyDays)
		if c.RecencyDays == 0 {
			when = b.l.T("report.today")
		}
		t.Add(page.TableCell{Text: c.ID, Class: "id"}, page.NumberCell(b.money(c.MonetaryMinor)), page.NumberCell(b.l.Integer(c.Frequency)),
			page.NumberCell(when), page.TableCell{Text: b.scores(c), Class: "whole"}, page.WordCell(segment))
	}
	return t
}

func (b *htmlBuilder) scores(c Customer) string {
	if c.R == 0 {
		return dash
	}
	return strconv.Itoa(c.R) + "\u2009" + strconv.Itoa(c.F) + "\u2009" + strconv.Itoa(c.M)
}
