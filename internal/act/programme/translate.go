package programme

import (
	"maps"
	"slices"
	"strings"

	"regulars/internal/act/draw"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
)

// MostTranslated is how many signs a text in another language has at most.
const MostTranslated = 2000

// Texts are the names and texts that members read, each once, in their order.
func (d *Document) Texts() (all []string) {
	add := func(texts ...string) {
		for _, text := range texts {
			if strings.TrimSpace(text) != "" && !slices.Contains(all, text) {
				all = append(all, text)
			}
		}
	}
	for _, list := range [][]Rule{d.Rules, d.Off} {
		for i := range list {
			if add(list[i].Name); list[i].Effect.Gift != nil {
				add(list[i].Effect.Gift.Text)
			}
		}
	}
	for i := range d.Challenges {
		add(d.Challenges[i].Name)
	}
	if d.Tiers != nil {
		for i := range d.Tiers.Levels {
			add(d.Tiers.Levels[i].Name)
		}
	}
	for i := range d.Rewards {
		add(d.Rewards[i].Name, d.Rewards[i].Description)
	}
	for i := range d.Access {
		add(d.Access[i].Name)
	}
	return all
}

// Translate sets what texts are in a language; empty ones are taken away, and those of texts that there are no more.
func (d *Document) Translate(language string, texts map[string]string) {
	kept := maps.Clone(texts)
	maps.DeleteFunc(kept, func(text, _ string) bool { return !slices.Contains(d.Texts(), text) })
	d.Translations = d.Translations.With(language, kept)
}

func (d *Document) checkTranslations() error {
	return d.Translations.Check(func(string) int { return MostTranslated })
}

// In is a text of the programme in a language; as it is where nobody translated it, or there is no programme.
func (c *Compiled) In(l *locale.Locale, text string) string {
	if c == nil {
		return text
	}
	return c.Document.In(l, text)
}

// In is a text of the document in a language; as it is where nobody translated it, or there is no document.
func (d *Document) In(l *locale.Locale, text string) string {
	if d == nil {
		return text
	}
	return d.Translations.In(l, text)
}

// Spoken is the document in force, for what its texts are in other languages; nil where there is none.
func Spoken(tx *db.Tx) (*Document, error) {
	v, err := InForce(tx)
	if fault.KindOf(err) == fault.NotFound {
		return nil, nil //nolint:nilnil // nothing is translated then
	}
	if err != nil {
		return nil, err
	}
	return Parse(v.Document)
}

// ResultsIn are results with their names in a language, and with what prize draws are called.
func (c *Compiled) ResultsIn(tx *db.Tx, l *locale.Locale, results []Result) ([]Result, error) {
	all := slices.Clone(results)
	for i := range all {
		r := &all[i]
		r.Name, r.Reward, r.Gift = c.In(l, r.Name), c.In(l, r.Reward), c.In(l, r.Gift)
		if r.Why == Beaten {
			r.Detail = c.In(l, r.Detail)
		}
		if r.Draw == "" {
			continue
		}
		d, err := draw.Load(tx, r.Draw)
		if err == nil {
			r.Draw = d.In(l).Name
		} else if fault.KindOf(err) != fault.NotFound { // it was discarded, and has its key alone
			return nil, err
		}
	}
	return all, nil
}
