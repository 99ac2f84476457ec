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
	_ = out.Write([]string{"key", "period_from", "period_to", "group", "value", "low", "high", "n", "unit", "status", "verdict"})
	for i := range p.Measures {
		m := &p.Measures[i]
		row := func(from, to, group string, f metric.Figure, status, verdict string) {
			_ = out.Write([]string{m.Key, from, to, inert(group), csvNumber(f.Value), csvNumber(f.Low), csvNumber(f.High),
				strconv.FormatInt(f.N, 10), m.Unit, status, verdict})
		}
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
	out.Flush()
	return out.Error()
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
