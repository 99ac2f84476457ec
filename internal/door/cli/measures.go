package cli

import (
	"encoding/json"
	"fmt"

	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
	"regulars/internal/measure/metric"
	"regulars/internal/understand/analysis"
)

// MeasuresCmd lists the catalogue.
type MeasuresCmd struct {
	Keys   []string `arg:"" optional:"" name:"key" help:"Only these measures."`
	Format string   `help:"text or json." default:"text" enum:"text,json"`
	Lang   string   `help:"Language: en, ru, zh, el or mk." default:"en" placeholder:"LANG"`
}

// listed is one measure as JSON.
type listed struct {
	Key        string `json:"key"`
	Name       string `json:"name"`
	Question   string `json:"question"`
	Definition string `json:"definition"`
	Note       string `json:"note,omitempty"`
	Unit       string `json:"unit"`
	Direction  string `json:"direction"`
	Formula    string `json:"formula,omitempty"`
	Variant    bool   `json:"variant,omitempty"`
}

// Run lists them.
func (m *MeasuresCmd) Run(c *Context) error {
	l, err := locale.Get(m.Lang)
	if err != nil {
		return err
	}
	var list []listed
	known := map[string]bool{}
	for _, d := range analysis.Catalogue() {
		known[d.Key] = true
		list = append(list, describe(d, l))
	}
	for _, key := range m.Keys {
		if !known[key] {
			return fault.Invalidf("there is no measure %q; regulars measures without a key lists them", key)
		}
	}
	if len(m.Keys) > 0 {
		var some []listed
		for _, key := range m.Keys {
			for _, d := range list {
				if d.Key == key {
					some = append(some, d)
				}
			}
		}
		list = some
	}
	if m.Format == "json" {
		e := json.NewEncoder(c.Stdout)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(list)
	}
	for _, d := range list {
		_, _ = fmt.Fprintf(c.Stdout, "%s\n  %s\n  %s\n  %s\n", d.Key, d.Name, d.Question, d.Definition)
		if d.Formula != "" {
			_, _ = fmt.Fprintf(c.Stdout, "  %s\n", d.Formula)
		}
		if d.Note != "" {
			_, _ = fmt.Fprintf(c.Stdout, "  %s\n", d.Note)
		}
		_, _ = fmt.Fprintln(c.Stdout)
	}
	return nil
}

func describe(d *metric.Definition, l *locale.Locale) listed {
	key := "measure." + d.Key
	out := listed{
		Key: d.Key, Question: l.T(key + ".question"), Definition: l.T(key + ".definition"),
		Unit: d.Unit, Direction: d.Better, Formula: d.Formula, Variant: d.Variant,
	}
	out.Name = l.T(key+".name", "d")
	if d.Key == "top_share" {
		out.Name = l.T(key+".name", "q")
	}
	if l.Has(key + ".note") {
		out.Note = l.T(key + ".note")
	}
	return out
}
