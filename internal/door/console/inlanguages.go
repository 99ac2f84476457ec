package console

import (
	"slices"
	"strings"

	"regulars/internal/act/draw"
	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
)

// inLanguages adds a folded group of fields to a form for each language of the pages: what it is about in that language.
func (v *visit) inLanguages(f *form, fields func(tag string) []field) error {
	for _, tag := range locale.Tags() {
		l, err := locale.Get(tag)
		if err != nil {
			return err
		}
		g := group{Legend: v.l.T("memberpages.in", l.Name()), Folded: true, Fields: fields(tag)}
		g.Open = g.filled(v)
		f.Groups = append(f.Groups, g)
	}
	return nil
}

// ofLanguage tells of which field of a language something is wrong with translations.
func ofLanguage(of string) (field string, ok bool) {
	tag, ok := strings.CutPrefix(of, "translations.")
	return "name." + tag, ok
}

// drawLanguages asks what a draw is called in other languages.
func (v *visit) drawLanguages(f *form, d *draw.Draw) error {
	return v.inLanguages(f, func(tag string) []field {
		as := d.Translations[tag]
		prizes, some := make([]string, len(d.Prizes)), false
		for i := range d.Prizes {
			prizes[i] = d.Prizes[i].Name // which is also how it is read where nobody translated it
			if in := as[prizes[i]]; in != "" {
				prizes[i], some = in, true
			}
		}
		lines := ""
		if some {
			lines = strings.Join(prizes, "\n")
		}
		return []field{
			{Name: "name." + tag, Label: v.l.T("draws.name"), Value: as[d.Name], Most: 100, Optional: true},
			{Name: "prizes." + tag, Label: v.l.T("draws.prizes"), Help: v.l.T("draws.prizes.in.help"), Type: "textarea", Value: lines, Optional: true},
			{Name: "terms." + tag, Label: v.l.T("draws.terms.more"), Type: "textarea", Value: as[d.Terms], Optional: true},
		}
	})
}

// typedDrawLanguages reads what a draw, that was read from the form before, is called in other languages.
func (v *visit) typedDrawLanguages(d *draw.Draw) error {
	for _, tag := range locale.Tags() {
		texts := map[string]string{d.Name: v.typed("name." + tag)}
		if d.Terms != "" {
			texts[d.Terms] = strings.ReplaceAll(v.typed("terms."+tag), "\r\n", "\n")
		}
		var lines []string
		for line := range strings.Lines(strings.ReplaceAll(v.typed("prizes."+tag), "\r\n", "\n")) {
			if line = strings.TrimSpace(line); line != "" {
				if m := prizeLine.FindStringSubmatch(line); m != nil {
					line = m[2] // how many there are is said above
				}
				lines = append(lines, line)
			}
		}
		if len(lines) > 0 && len(lines) != len(d.Prizes) {
			return fault.In("prizes."+tag, fault.Coded("prize_lines", fault.Invalidf("there are %d lines for %d prizes", len(lines), len(d.Prizes))))
		}
		for i, line := range lines {
			if name := d.Prizes[i].Name; line != name {
				texts[name] = line
			}
		}
		d.Translations = d.Translations.With(tag, texts)
	}
	return nil
}

// toldIn are the languages in which something is told besides the one in which it is written, by their own names.
func (v *visit) toldIn(t locale.Translations) string {
	var names []string
	for _, tag := range locale.Tags() {
		if _, some := t[tag]; some {
			names = append(names, tongueOf(tag))
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
