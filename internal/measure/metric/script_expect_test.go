package metric_test

import (
	"fmt"
	"strings"
	"testing"

	"regulars/internal/measure/metric"
)

// results is what the engine said to one case.
type results struct {
	*testing.T
	e        *metric.Engine
	measures map[string]metric.Measure
	scored   map[string]metric.Scored
	rfm      metric.RFM
	cohorts  map[string]metric.Cohort
	moves    []metric.Move
	totals   metric.Totals
}

// ask asks for what the case expects something of, and for no more.
func (r *results) ask(s *script) {
	var wanted []*metric.Definition
	first := map[string]bool{}
	for _, x := range s.expected {
		first[strings.Fields(x.line)[0]] = true
	}
	for _, d := range metric.Catalogue([3]float64{}) {
		if first[d.Key] {
			wanted = append(wanted, d)
		}
	}
	list, err := r.e.Run(r.Context(), wanted)
	for _, m := range list {
		r.measures[m.Key] = m
	}
	if err == nil && (first["customer"] || first["segment"]) {
		r.scored = map[string]metric.Scored{}
		err = r.e.Customers(r.Context(), 0, func(c metric.Scored) error { r.scored[c.Reference] = c; return nil })
	}
	if err == nil && (first["segment"] || first["cut"]) {
		r.rfm, err = r.e.RFM(r.Context())
	}
	if err == nil && first["cohort"] {
		var list []metric.Cohort
		list, err = r.e.Cohorts(r.Context())
		r.cohorts = map[string]metric.Cohort{}
		for _, c := range list {
			r.cohorts[c.Month.Format("2006-01")] = c
		}
	}
	if err == nil && first["moved"] {
		r.moves, err = r.e.Migration(r.Context())
	}
	if err == nil {
		r.totals, err = r.e.Totals(r.Context())
	}
	if err != nil {
		r.Fatal(err)
	}
}

// expect compares one line.
func (r *results) expect(line string) error {
	what, want, ok := strings.Cut(line, " = ")
	if !ok {
		return fmt.Errorf("%q is not of the form: what = value", line)
	}
	w := words(strings.Fields(what))
	if m, ok := r.measures[w[0]]; ok {
		w.next()
		return r.measure(m, w, words(strings.Fields(want)))
	}
	if got := r.table(w, words(strings.Fields(want))); got != want {
		return fmt.Errorf("%s: got %s, want %s", what, got, want)
	}
	return nil
}

// table prints what is asked for in the form of what is wanted.
func (r *results) table(w, want words) string {
	set, _ := r.e.Settings()
	switch kind := w.next(); kind {
	case "people":
		return fmt.Sprint(r.totals.Customers)
	case "orders":
		return fmt.Sprint(r.totals.Orders)
	case "returns":
		return fmt.Sprint(r.totals.ReturnsOnly)
	case "setting":
		return fmt.Sprint(map[string]int{
			"activity_days": set.ActivityDays, "second_order_days": set.SecondOrderDays, "csat_scale": set.CSATScale,
		}[w.next()])
	case "customer":
		c, ok := r.scored[w.next()]
		if !ok {
			return "nobody"
		}
		return fmt.Sprintf("%d %d %s r %d f %d m %d %s", c.RecencyDays, c.Frequency, digits(float64(c.MonetaryMinor)/100, "0.00"),
			c.R, c.F, c.M, c.Segment)
	case "segment":
		name := w.next()
		for _, s := range r.rfm.Segments {
			if s.Name == name {
				return fmt.Sprint(s.Customers)
			}
		}
	case "cut":
		var out []string
		cuts := map[string][4]metric.Cut{"recency": r.rfm.Cuts.Recency, "frequency": r.rfm.Cuts.Frequency, "monetary": r.rfm.Cuts.Monetary}[w.next()]
		for i, c := range cuts {
			out = append(out, digits(c.Value(), want[i]))
		}
		return strings.Join(out, " ")
	case "cohort":
		c := r.cohorts[w.next()]
		var out []string
		for i := range c.Active {
			if len(w) > 0 { // revenue
				out = append(out, digits(float64(c.RevenueMinor[i])/100, "0.00"))
			} else {
				out = append(out, fmt.Sprint(c.Active[i]))
			}
		}
		return strings.Join(out, " ")
	case "moved":
		from, to := w.next(), w.next()
		for _, m := range r.moves {
			if m.From == from && m.To == to {
				return fmt.Sprint(m.Customers)
			}
		}
		return "0"
	}
	return "something that nobody can tell"
}

// measure compares a figure: of the window, or of what the words name.
func (r *results) measure(m metric.Measure, w, want words) error {
	scale := 1.0
	if m.Unit == "minor" {
		scale = 100
	}
	switch kind := w.next(); kind {
	case "":
		if want.take("undefined") {
			if reason := strings.Join(want, " "); m.Status != metric.Undefined || m.Value != nil || m.Reason != reason {
				return fmt.Errorf("%s: got %s %s %s, want undefined %s", m.Key, m.Status, m.Reason, text(m.Value), reason)
			}
			return nil
		}
		if want.take("quartiles") {
			got := "none"
			if m.Quartiles != nil {
				got = digits(m.Quartiles[0], want[0]) + " " + digits(m.Quartiles[1], want[1])
			}
			return compare(m.Key, got, strings.Join(want, " "))
		}
		return figureIs(m.Key, m.Figure, want, scale)
	case "before":
		if m.Previous == nil {
			return compare(m.Key+" before", "none", strings.Join(want, " "))
		}
		return figureIs(m.Key+" before", *m.Previous, want, scale)
	case "change":
		return changeIs(m, want, scale)
	case "in":
		for _, p := range m.Series {
			if p.From == w[0] {
				return figureIs(m.Key+" in "+p.From, p.Figure, want, scale)
			}
		}
		return fmt.Errorf("%s has no period from %s", m.Key, w[0])
	case "of":
		for _, g := range m.Groups {
			if g.Group != w[0] {
				continue
			}
			if want.take("hidden") {
				if g.Value != nil || g.Low != nil || g.High != nil {
					return fmt.Errorf("%s of %s is shown", m.Key, g.Group)
				}
				return nil
			}
			if want[0] == metric.Real || want[0] == metric.Noise || want[0] == metric.Few {
				return compare(m.Key+" of "+g.Group, g.Verdict, want[0])
			}
			return figureIs(m.Key+" of "+g.Group, g.Figure, want, scale)
		}
		return compare(m.Key+" of "+w[0], "absent", strings.Join(want, " "))
	default:
		return fmt.Errorf("%s %s is nothing", m.Key, kind)
	}
}

func compare(what, got, want string) error {
	if got != want {
		return fmt.Errorf("%s: got %s, want %s", what, got, want)
	}
	return nil
}

// figureIs compares value, and interval and n where the line has them.
func figureIs(what string, f metric.Figure, want words, scale float64) error {
	shown := func(v *float64, like string) string {
		if v == nil {
			return "-"
		}
		return digits(*v/scale, like)
	}
	var got, expected []string
	value := want.next()
	got, expected = append(got, shown(f.Value, value)), append(expected, value)
	for len(want) > 0 {
		switch word := want.next(); {
		case word == "n":
			n := want.next()
			got, expected = append(got, "n", fmt.Sprint(f.N)), append(expected, "n", n)
		case word == "[-]":
			got, expected = append(got, shown(f.Low, "0.0"), shown(f.High, "0.0")), append(expected, "-", "-")
		case strings.HasPrefix(word, "["):
			low, high := strings.TrimPrefix(word, "["), strings.TrimSuffix(want.next(), "]")
			got, expected = append(got, shown(f.Low, low), shown(f.High, high)), append(expected, low, high)
		default:
			return fmt.Errorf("%s: what is %q", what, word)
		}
	}
	return compare(what, strings.Join(got, " "), strings.Join(expected, " "))
}

// changeIs compares the verdict, and difference, relative change, bounds and p where the line has them.
func changeIs(m metric.Measure, want words, scale float64) error {
	c := m.Change
	if c == nil {
		return compare(m.Key+" change", m.Verdict, strings.Join(want, " "))
	}
	var got, expected []string
	for len(want) > 0 {
		switch word := want.next(); {
		case word == "p":
			p := want.next()
			got, expected = append(got, "p", digits(c.P, p)), append(expected, "p", p)
		case word == "relative":
			rel := want.next()
			if c.Relative == nil {
				got, expected = append(got, "relative -"), append(expected, "relative "+rel)
				continue
			}
			got, expected = append(got, "relative", digits(*c.Relative, rel)), append(expected, "relative", rel)
		case strings.HasPrefix(word, "["):
			low, high := strings.TrimPrefix(word, "["), strings.TrimSuffix(want.next(), "]")
			got, expected = append(got, digits(c.Low/scale, low), digits(c.High/scale, high)), append(expected, low, high)
		case word == metric.Real || word == metric.Noise || word == metric.Few:
			got, expected = append(got, m.Verdict), append(expected, word)
		default:
			got, expected = append(got, digits(c.Difference/scale, word)), append(expected, word)
		}
	}
	return compare(m.Key+" change", strings.Join(got, " "), strings.Join(expected, " "))
}
