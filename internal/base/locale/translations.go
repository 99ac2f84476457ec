package locale

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"regulars/internal/base/fault"
)

// Translations are what texts of the business are in other languages: by language, such as el, and by the text as it is written. What
// is not there is shown as it is.
type Translations map[string]map[string]string

// In is a text in a language.
func (t Translations) In(l *Locale, text string) string {
	if as := t[l.Tag()][text]; as != "" {
		return as
	}
	return text
}

// Check refuses languages that pages do not speak, and texts of no signs or of more than there may be of that one.
func (t Translations) Check(most func(text string) int) error {
	for _, language := range slices.Sorted(maps.Keys(t)) {
		if !slices.Contains(Tags(), language) {
			return fault.In("translations", fault.Invalidf("%.20q is no language that pages speak; there are %s", language, strings.Join(Tags(), ", ")))
		}
		for _, text := range slices.Sorted(maps.Keys(t[language])) {
			as, most := t[language][text], most(text)
			if n := utf8.RuneCountInString(as); strings.TrimSpace(as) == "" || n > most || !utf8.ValidString(as) || strings.ContainsRune(as, 0) {
				return fault.In("translations."+language, fault.Coded("translation_length", fault.Invalidf("what %.40q is in the language has 1 to %d signs", text, most)))
			}
		}
	}
	return nil
}

// With are the translations with what texts are in a language; empty ones are taken away.
func (t Translations) With(language string, texts map[string]string) Translations {
	all := maps.Clone(t)
	if all == nil {
		all = Translations{}
	}
	kept := map[string]string{}
	for text, as := range texts {
		if as = strings.TrimSpace(as); as != "" {
			kept[text] = as
		}
	}
	if all[language] = kept; len(kept) == 0 {
		delete(all, language)
	}
	if len(all) == 0 {
		return nil
	}
	return all
}

// Differ are the languages, in order, in which two say something else.
func (t Translations) Differ(from Translations) (tags []string) {
	for _, tag := range Tags() {
		if !maps.Equal(t[tag], from[tag]) {
			tags = append(tags, tag)
		}
	}
	return tags
}

// Lacks are the languages, in order, in which something that others say is not said, or otherwise.
func (t Translations) Lacks(others Translations) (tags []string) {
	for _, tag := range Tags() {
		for text, as := range others[tag] {
			if t[tag][text] != as {
				tags = append(tags, tag)
				break
			}
		}
	}
	return tags
}

// Of are the translations of these texts alone.
func (t Translations) Of(texts []string) (all Translations) {
	for language, as := range t {
		kept := maps.Clone(as)
		maps.DeleteFunc(kept, func(text, _ string) bool { return !slices.Contains(texts, text) })
		all = all.With(language, kept)
	}
	return all
}
