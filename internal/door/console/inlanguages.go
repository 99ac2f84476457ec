package console

import (
	"slices"
	"strings"

	"regulars/internal/act/draw"
	"regulars/internal/act/gift"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
	"regulars/internal/intake"
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

// drawNames asks what a draw that is published is called in other languages.
func (v *visit) drawNames(s *draw.Stored) (*form, error) {
	f := &form{Action: "/draws/" + s.Draw.Draw + "/translations", Button: v.l.T("settings.save")}
	if err := v.drawLanguages(f, &s.Draw); err != nil {
		return nil, err
	}
	var err error
	f.Hidden, err = v.brought(s.Translations)
	return f, err
}

func (v *visit) translateDraw() error {
	return v.onDraw(v.drawPage()+"?done=saved", func(by account.Actor, _ *intake.Intake, key string) error {
		return v.write(func(tx *db.Tx) error {
			s, err := draw.Load(tx, key)
			if err != nil {
				return err
			}
			if err := v.unchanged(s.Translations); err != nil {
				return err
			}
			d := s.Draw
			if err := v.typedDrawLanguages(&d); err != nil {
				return err
			}
			_, languages, err := draw.Translate(tx, key, d.Translations, by.ID, 0)
			if err != nil || len(languages) == 0 {
				return err
			}
			return v.didDraw(tx, by, "translated", key, languages...)
		})
	})
}

// surpriseLanguages asks what a surprise is called in other languages.
func (v *visit) surpriseLanguages(f *form, s *gift.Surprise) error {
	return v.inLanguages(f, func(tag string) []field {
		return []field{{Name: "name." + tag, Label: v.l.T("gifts.field.name"), Value: s.Translations[tag][s.Name], Most: 100, Optional: true}}
	})
}

func (v *visit) typedSurpriseLanguages(s *gift.Surprise) {
	for _, tag := range locale.Tags() {
		s.Translations = s.Translations.With(tag, map[string]string{s.Name: v.typed("name." + tag)})
	}
}

// surpriseNames asks what a surprise that is planned is called in other languages.
func (v *visit) surpriseNames(s *gift.Stored) (*form, error) {
	f := &form{Action: surpriseAt(s.Surprise.Surprise) + "/translations", Button: v.l.T("settings.save")}
	if err := v.surpriseLanguages(f, &s.Surprise); err != nil {
		return nil, err
	}
	var err error
	f.Hidden, err = v.brought(s.Translations)
	return f, err
}

func (v *visit) translateSurprise() error {
	return v.onSurprise(surpriseAt(v.r.PathValue("surprise"))+"?done=saved", func(tx *db.Tx, by account.Actor, key string) error {
		stored, err := gift.Load(tx, key)
		if err != nil {
			return err
		}
		if err := v.unchanged(stored.Translations); err != nil {
			return err
		}
		s := stored.Surprise
		v.typedSurpriseLanguages(&s)
		_, languages, err := gift.Translate(tx, key, s.Translations, by.ID, 0)
		if err != nil || len(languages) == 0 {
			return err
		}
		return didSurprise(tx, by, "translated", key, languages...)
	})
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
