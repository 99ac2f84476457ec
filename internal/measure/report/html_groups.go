package report

import (
	"slices"
	"strings"

	"regulars/internal/measure/metric"
	"regulars/internal/measure/page"
)

// groupsView compares the values of the attribute of --by: charts for the headline measures, tables for the others.
type groupsView struct {
	Heading string
	Charts  []*chartView
	Tables  []*page.Table
}

func (b *htmlBuilder) groups() *groupsView {
	v := &groupsView{Heading: b.l.T("report.groups.heading", b.p.Parameters.By)}
	charted := []string{"repurchase_rate", "retention_rate", "average_order_value", "customer_value", "nps", "csat_top"}
	for _, key := range charted {
		if m, ok := b.ok(key); ok && len(m.Groups) > 0 {
			v.Charts = append(v.Charts, b.bars("groups-"+anchor(key), b.name(key), m.Unit, halfWidth, namedGroups(m)))
		}
	}
	for i := range b.p.Measures {
		m := &b.p.Measures[i]
		if len(m.Groups) == 0 || m.Status == metric.OK && slices.Contains(charted, m.Key) {
			continue
		}
		v.Tables = append(v.Tables, b.figureTable("groups-"+anchor(m.Key)+"-table", b.name(m.Key), m.Unit, namedGroups(m)))
	}
	if len(v.Charts) == 0 && len(v.Tables) == 0 {
		return nil
	}
	return v
}

// namedGroups is the groups of a measure by name.
func namedGroups(m *metric.Measure) []namedFigure {
	figures := make([]namedFigure, 0, len(m.Groups))
	for _, g := range m.Groups {
		name := g.Group
		if strings.TrimSpace(name) == "" {
			name = dash
		}
		figures = append(figures, namedFigure{name, g.Figure, g.Verdict})
	}
	slices.SortStableFunc(figures, func(x, y namedFigure) int { return compareText(x.name, y.name) })
	return figures
}

func compareText(x, y string) int { return strings.Compare(x, y) }

// anchor makes a key fit for an id: letters, digits, hyphens and underscores stay.
func anchor(key string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-' {
			return r
		}
		return '-'
	}, key)
}
