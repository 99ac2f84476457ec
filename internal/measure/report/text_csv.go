package report

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"regulars/internal/measure/metric"
)

// CSV writes a row for each figure of each measure: of the window, of the one before, of every period of the series,
// of every group. Money is in minor units, numbers have a decimal point whatever the language, what is not known is
// empty. The status of a period that is not over is "partial".
func CSV(w io.Writer, p *Picture) error {
	out := csv.NewWriter(w)
	_ = out.Write(csvHead)
	for i := range p.Measures {
		m := &p.Measures[i]
		row := func(from, to, group string, f metric.Figure, status, verdict string) {
			_ = out.Write([]string{m.Key, from, to, inert(group), csvNumber(f.Value), csvNumber(f.Low), csvNumber(f.High),
				strconv.FormatInt(f.N, 10), m.Unit, status, verdict})
		}
		eachFigure(p, m, row)
	}
	out.Flush()
	return out.Error()
}

// Rows are what CSV writes, with numbers as numbers and days as days.
func Rows(p *Picture) (head []string, rows [][]any) {
	number := func(v *float64) any {
		if v == nil {
			return nil
		}
		return *v
	}
	for i := range p.Measures {
		m := &p.Measures[i]
		row := func(from, to, group string, f metric.Figure, status, verdict string) {
			rows = append(rows, []any{m.Key, cellOf(from), cellOf(to), group, number(f.Value), number(f.Low), number(f.High), f.N, m.Unit, status, verdict})
		}
		eachFigure(p, m, row)
	}
	return csvHead, rows
}

// cellOf is a moment as a spreadsheet has it.
func cellOf(text string) any {
	if t, ok := moment(text); ok {
		return t
	}
	return text
}

var csvHead = []string{"key", "period_from", "period_to", "group", "value", "low", "high", "n", "unit", "status", "verdict"}

// eachFigure gives the figures of a measure: of the window, of the one before, of every period, of every group.
func eachFigure(p *Picture, m *metric.Measure, row func(from, to, group string, f metric.Figure, status, verdict string)) {
	row(p.Window.From, p.Window.To, "", m.Figure, m.Status, m.Verdict)
	if m.Previous != nil {
		row(p.Previous.From, p.Previous.To, "", *m.Previous, statusOf(m.Previous.Value), "")
	}
	for _, point := range m.Series {
		status := statusOf(point.Value)
		if point.Partial {
			status = "partial"
		}
		row(point.From, point.To, "", point.Figure, status, "")
	}
	for _, g := range m.Groups {
		row(p.Window.From, p.Window.To, g.Group, g.Figure, statusOf(g.Value), g.Verdict)
	}
}

func statusOf(v *float64) string {
	if v == nil {
		return metric.Undefined
	}
	return metric.OK
}

func csvNumber(v *float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(*v, 'f', -1, 64)
}

// inert keeps a spreadsheet from taking a name out of somebody's file for a formula to be run.
func inert(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
