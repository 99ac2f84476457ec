package report

import (
	"slices"
	"strings"

	"regulars/internal/measure/metric"
	"regulars/internal/measure/page"
)

// groupView is one table of all measures of a kind.
type groupView struct {
	Heading string
	Table   *page.Table
	Untold  *untoldView // instead of a table, where all of the kind have no figure for one reason
}

// definitionGroup is the cards of the same measures.
type definitionGroup struct {
	Heading string
	Cards   []definitionView
}

// definitionView is the card of one measure.
type definitionView struct {
	Key, Name, Question, Definition, Note, Formula string
}

// kinds are the groups of measures in the order of the page; what is in none of them comes last.
func kinds() []struct {
	key      string
	measures []string
} {
	return []struct {
		key      string
		measures []string
	}{
		{"index", []string{"loyalty_index", "loyalty_index_plain"}},
		{"customers", []string{"active_customers", "new_customers", "referred_share", "identified_share", "reactivated_customers",
			"new_and_gone", "rfm", "rfm_migration"}},
		{"return", []string{"repurchase_rate", "repurchase_rate_ever", "second_order_rate", "second_order_rate_plain",
			"retention_rate", "churn_rate", "retention_rate_formula", "cohort_retention", "gap_days", "purchase_frequency",
			"repeat_orders", "multi_kind_share", "upsell_ratio"}},
		{"value", []string{"revenue", "orders", "average_order_value", "customer_value", "regulars_share", "top_share",
			"lifespan_years", "lifespan_years_repeaters", "clv_historic", "revenue_to_date", "revenue_to_date_median",
			"clv_predicted", "expected_churn", "at_risk_value"}},
		{"programme", []string{"enrolment_rate", "programme_activity", "points_issued", "points_redeemed", "points_expired", "redemption_rate", "liability",
			"member_lift_order_value", "member_lift_order_value_matched", "member_lift_frequency", "member_lift_frequency_matched",
			"member_lift_value", "member_lift_value_matched"}},
		{"cost", []string{"acquisition_cost", "clv_to_cac", "retention_cost"}},
		{"voice", []string{"nps", "nps_weighted", "nps_with_passives", "csat_top", "csat_mean", "ces_easy", "ces_mean",
			"response_rate"}},
		{"care", []string{"first_reply_minutes", "solution_minutes", "in_time_share", "recovered_share"}},
	}
}

// kindOf is the group of a measure.
func kindOf(key string) string {
	for _, k := range kinds() {
		if slices.Contains(k.measures, key) {
			return k.key
		}
	}
	if strings.HasPrefix(key, "aspect_") {
		return "aspects"
	}
	return "other"
}

// eachKind walks the measures of the picture kind by kind, in the order of the kinds.
func (b *htmlBuilder) eachKind(visit func(heading string, measures []*metric.Measure)) {
	byKind := map[string][]*metric.Measure{}
	for i := range b.p.Measures {
		m := &b.p.Measures[i]
		byKind[kindOf(m.Key)] = append(byKind[kindOf(m.Key)], m)
	}
	order := []string{"aspects", "other"}
	for i, k := range kinds() {
		order = slices.Insert(order, i, k.key)
		slices.SortStableFunc(byKind[k.key], func(x, y *metric.Measure) int {
			return slices.Index(k.measures, x.Key) - slices.Index(k.measures, y.Key)
		})
	}
	for _, kind := range order {
		if len(byKind[kind]) > 0 {
			visit(b.l.T("report.kind."+kind), byKind[kind])
		}
	}
}

func (b *htmlBuilder) measureGroups() []groupView {
	var groups []groupView
	b.eachKind(func(heading string, measures []*metric.Measure) {
		if untold := b.allUntold(measures); untold != nil {
			groups = append(groups, groupView{Heading: heading, Untold: untold})
			return
		}
		t := &page.Table{ID: "all-" + anchor(kindOf(measures[0].Key)), Caption: heading, Headed: true, Class: "measures", Columns: []page.Column{
			page.WordColumn(b.l.T("report.column.measure")), page.NumberColumn(b.l.T("report.value")),
			page.WordColumn(b.l.T("report.column.change")), page.NumberColumn("n"),
		}}
		for _, m := range measures {
			if !ownPart(m.Key) || m.Value != nil {
				t.Add(b.measureRow(m)...)
			}
		}
		if len(t.Rows) > 0 {
			groups = append(groups, groupView{Heading: heading, Table: t})
		}
	})
	return groups
}

// allUntold is the one reason for which none of several measures has a figure; nil where there is no such reason.
func (b *htmlBuilder) allUntold(measures []*metric.Measure) *untoldView {
	var names []string
	for _, m := range measures {
		if m.Status == metric.OK || m.Reason != measures[0].Reason {
			return nil
		}
		names = append(names, b.name(m.Key))
	}
	if len(names) < 2 {
		return nil
	}
	return &untoldView{Names: b.list(names), Reason: b.reason(measures[0])}
}

// measureRow is a measure with everything it says; without a figure it says why.
func (b *htmlBuilder) measureRow(m *metric.Measure) []page.TableCell {
	name := page.TableCell{Text: b.name(m.Key), Href: "#def-" + anchor(m.Key)}
	name.Sub = b.besideName(m)
	value := page.TableCell{Text: b.value(m), Sub: b.interval(m.Unit, m.Low, m.High), Numeric: true}
	n := page.NumberCell(b.l.Integer(m.N))
	if m.N == 0 {
		n.Text = dash
	}
	if m.Status != metric.OK || m.Value == nil {
		name.Sub = b.reason(m)
		return []page.TableCell{name, value, {Text: dash, Class: "none"}, n}
	}
	if m.Low != nil && m.N < indicativeBelow {
		n.Sub = b.l.T("indicative")
	}
	change := page.TableCell{Change: b.change(m)}
	if change.Change == nil {
		change = page.TableCell{Text: dash, Class: "none"}
	}
	return []page.TableCell{name, value, change, n}
}

// besideName is what must be said with a figure: its quartiles, its other way of writing, how a textbook formula
// differs.
func (b *htmlBuilder) besideName(m *metric.Measure) string {
	switch {
	case m.Quartiles != nil:
		return b.l.T("text.quartiles", b.unit(m.Unit, m.Quartiles[0]), b.unit(m.Unit, m.Quartiles[1]))
	case m.Key == "upsell_ratio" && m.Value != nil:
		return b.l.T("text.upsell_hundred", b.l.Number(100**m.Value, 1))
	case slices.Contains(textbook(), m.Key):
		return b.l.T("measure." + m.Key + ".note")
	default:
		return ""
	}
}

func (b *htmlBuilder) definitions() []definitionGroup {
	var groups []definitionGroup
	b.eachKind(func(heading string, measures []*metric.Measure) {
		g := definitionGroup{Heading: heading}
		for _, m := range measures {
			g.Cards = append(g.Cards, b.definition(m))
		}
		groups = append(groups, g)
	})
	return groups
}

func (b *htmlBuilder) definition(m *metric.Measure) definitionView {
	key := "measure." + m.Key
	d := definitionView{Key: anchor(m.Key), Name: b.name(m.Key), Question: b.l.T(key+".question", b.nameArgs(m.Key)...),
		Definition: b.l.T(key+".definition", b.nameArgs(m.Key)...), Formula: b.formula(m)}
	if b.l.Has(key + ".note") {
		d.Note = b.l.T(key+".note", b.nameArgs(m.Key)...)
	}
	return d
}

// formula is the formula with this business's own numbers: "(412 − 88) / 900 = 36.0%".
func (b *htmlBuilder) formula(m *metric.Measure) string {
	if m.Formula == nil || m.Status != metric.OK || m.Value == nil {
		return ""
	}
	text := strings.NewReplacer(" - ", " − ", " * ", " × ", " x ", " × ").Replace(m.Formula.Text)
	for i, o := range m.Formula.Operands {
		text = strings.ReplaceAll(text, "{"+b.l.Number(float64(i), 0)+"}", b.unit(o.Unit, o.Value))
	}
	return text + " = " + b.value(m)
}
