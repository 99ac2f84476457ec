package console

import (
	"slices"
	"strconv"
	"unicode/utf8"

	"regulars/internal/act/programme"
	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
)

// translations are the texts of a draft, and what they are in the language of the address.
func (e *edit) translations() any {
	if !slices.Contains(locale.Tags(), e.name) {
		return nil
	}
	return struct {
		Texts []string // by whose places the fields are called
		In    map[string]string
	}{e.d.Texts(), e.d.Translations[e.name]}
}

// longName is from how many signs on a text is typed into a field of several lines.
const longName = 80

// translationsForm asks what each text is in a language; what is left empty is shown as it is.
func (v *visit) translationsForm(e *edit) (title string, f form, err error) {
	if e.name == "" {
		return "", f, fault.Coded("no_page", fault.NotFoundf("say which language"))
	}
	l, err := locale.Get(e.name)
	if err != nil {
		return "", f, err
	}
	var fields []field
	for i, text := range e.d.Texts() {
		one := field{Name: "text" + strconv.Itoa(i), Label: text, Value: e.d.Translations[e.name][text], Most: programme.MostTranslated, Optional: true}
		if utf8.RuneCountInString(text) > longName {
			one.Type = "textarea"
		}
		fields = append(fields, one)
	}
	f.Groups = []group{{Fields: fields}}
	return v.l.T("rules.names.in", l.Name()), f, nil
}

func (v *visit) typedTranslations(e *edit) error {
	texts := map[string]string{}
	for i, text := range e.d.Texts() {
		name := "text" + strconv.Itoa(i)
		as, err := v.typedText(name, programme.MostTranslated*utf8.UTFMax)
		if err == nil && utf8.RuneCountInString(as) > programme.MostTranslated {
			err = fault.In(name, fault.Coded("too_long", fault.Invalidf("it has %d signs at most", programme.MostTranslated)))
		}
		if err != nil {
			return err
		}
		texts[text] = as
	}
	e.d.Translate(e.name, texts)
	return nil
}

// translated is a language into which the names of a draft can be put, and how far that has come.
type translated struct{ To, Name, Says string }

// translated are the languages of pages; nil where there is nothing to say in them.
func (v *visit) translated(e *edit) (all []translated, err error) {
	texts := e.d.Texts()
	if len(texts) == 0 {
		return nil, nil
	}
	for _, tag := range locale.Tags() {
		l, err := locale.Get(tag)
		if err != nil {
			return nil, err
		}
		done := 0
		for _, text := range texts {
			if e.d.Translations[tag][text] != "" {
				done++
			}
		}
		all = append(all, translated{e.at("translations", "name="+tag), l.Name(), v.l.T("rules.names.done", v.l.Integer(int64(done)), v.l.Integer(int64(len(texts))))})
	}
	return all, nil
}
