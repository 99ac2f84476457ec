package importer

import (
	"bytes"
	"strconv"

	"regulars/internal/record/fact"
	"regulars/internal/record/importer/parse"
)

// moments reads one column of dates, remembering the last cell: neighbours are often of the same moment.
type moments struct {
	column, times int // times: a column with the time of day, -1: none
	style         parse.DateStyle
	clock         *parse.Clock
	last          []byte
	moment        fact.Moment
}

func newMoments(p *Plan, opts Options, role string) moments {
	m := moments{column: p.layout.roles.at(role), times: -1, clock: parse.NewClock(opts.Zone)}
	if m.column >= 0 {
		m.style = p.layout.columns[m.column].date
	}
	if role == roleDate {
		m.times = p.layout.roles.at(roleTime)
	}
	return m
}

// of reads the moment of a row.
func (m *moments) of(cells [][]byte) (fact.Moment, Reason) {
	cell := cellAt(cells, m.column)
	if m.times >= 0 {
		return m.withTime(cell, cellAt(cells, m.times))
	}
	if len(m.last) > 0 && bytes.Equal(m.last, cell) {
		return m.moment, NoReason
	}
	st, ok := m.style.Parse(cell)
	if !ok {
		return fact.Moment{}, BadDate.unless(cell)
	}
	m.moment.UTC, m.moment.Local = m.clock.Resolve(st)
	m.last = append(m.last[:0], cell...)
	return m.moment, NoReason
}

// maybe reads a moment that may be missing.
func (m *moments) maybe(cells [][]byte) (fact.Moment, Reason) {
	if m.column < 0 || isNobody(cellAt(cells, m.column)) {
		return fact.Moment{}, NoReason
	}
	return m.of(cells)
}

// withTime puts a date and a time of day from two columns together.
func (m *moments) withTime(date, timeOfDay []byte) (fact.Moment, Reason) {
	st, ok := m.style.Parse(date)
	if !ok {
		return fact.Moment{}, BadDate.unless(date)
	}
	if !isNobody(timeOfDay) && !st.Zoned {
		micros, ok := parse.TimeOfDay(timeOfDay)
		if !ok {
			return fact.Moment{}, BadTime
		}
		st.Wall -= mod(st.Wall, fact.MicrosPerDay) // a date column made by a spreadsheet says 00:00 itself
		st.Wall += micros
	}
	var at fact.Moment
	at.UTC, at.Local = m.clock.Resolve(st)
	return at, NoReason
}

func mod(a, b int64) int64 {
	if a %= b; a < 0 {
		a += b
	}
	return a
}

// money reads one column of numbers and checks the currency beside them.
type money struct {
	column   int
	style    parse.NumberStyle
	currency parse.Sign
}

func newMoney(p *Plan, opts Options, column int) money {
	m := money{column: column}
	if column >= 0 {
		m.style = p.layout.columns[column].number
		m.currency = parse.Sign(firstOf(opts.Currency, p.Currency))
	}
	return m
}

// of reads a number; foreign is true when a sign beside it names another currency.
func (m *money) of(cells [][]byte) (d parse.Decimal, foreign bool, status parse.Status) {
	d, sign, status := m.style.Parse(cellAt(cells, m.column))
	return d, !sign.Agrees(m.currency), status
}

// ids reads a column of ids.
type ids struct {
	column int
	point0 bool
	other  string // the first id that is not written with ".0", though all at the head of the file are
	line   int64  // its line
}

func newIDs(p *Plan, role string) ids {
	id := ids{column: p.layout.roles.at(role)}
	if id.column >= 0 {
		id.point0 = p.layout.columns[id.column].point0
	}
	return id
}

// of is the id in a row; empty where there is none.
func (id *ids) of(cells [][]byte, line int64) []byte {
	cell := cellAt(cells, id.column)
	if isNobody(cell) {
		return nil
	}
	if !id.point0 {
		return cell
	}
	bare := withoutPoint0(cell)
	if id.line == 0 && len(bare) == len(cell) {
		id.other, id.line = string(cell), line
	}
	return bare
}

// notes says whether the column went on as it had begun.
func (id *ids) notes(p *Plan) []Note {
	if id.line == 0 {
		return nil
	}
	return []Note{note(NotePointZeroLater, p.Columns[id.column].Name, id.other, strconv.FormatInt(id.line, 10))}
}

// attributes keeps the other columns of the rows of a batch.
type attributes struct {
	columns []int
	cells   []string
}

// of appends the row's other cells and returns them.
func (a *attributes) of(cells [][]byte) []string {
	n := len(a.columns)
	if n == 0 {
		return nil
	}
	start := len(a.cells)
	for _, c := range a.columns {
		a.cells = append(a.cells, text(cellAt(cells, c)))
	}
	return a.cells[start : start+n : start+n]
}

func (a *attributes) empty() { a.cells = a.cells[:0] }
