package locale_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
)

func TestTranslations(t *testing.T) {
	t.Parallel()
	el, err := locale.Get("el")
	if err != nil {
		t.Fatal(err)
	}
	var none locale.Translations
	if got := none.In(el, "Cake"); got != "Cake" || none.With("el", map[string]string{"Cake": " "}) != nil || none.Of([]string{"Cake"}) != nil {
		t.Errorf("of none: %q", got)
	}
	all := none.With("el", map[string]string{"Cake": " Κέικ ", "Tea": ""}).With("ru", map[string]string{"Cake": "Торт", "Tea": "Чай"})
	if want := (locale.Translations{"el": {"Cake": "Κέικ"}, "ru": {"Cake": "Торт", "Tea": "Чай"}}); !reflect.DeepEqual(all, want) {
		t.Errorf("%v", all)
	}
	if all.In(el, "Cake") != "Κέικ" || all.In(el, "Tea") != "Tea" {
		t.Error("what is not translated is not as it is")
	}
	if of := all.Of([]string{"Tea"}); !reflect.DeepEqual(of, locale.Translations{"ru": {"Tea": "Чай"}}) || len(all["el"]) != 1 {
		t.Errorf("of the tea alone: %v", of)
	}
	if in := all.Differ(all.With("ru", map[string]string{"Tea": "Чай"})); !reflect.DeepEqual(in, []string{"ru"}) || all.Differ(all.Of([]string{"Cake", "Tea"})) != nil {
		t.Errorf("they differ in %v", in)
	}
	if left := all.With("el", nil); len(left) != 1 || len(all) != 2 {
		t.Errorf("taken away: %v of %v", left, all)
	}
	short := func(string) int { return 5 }
	if err := all.Check(short); err != nil {
		t.Error(err)
	}
	for name, c := range map[string]struct {
		of    locale.Translations
		field string
	}{
		"a language of nobody": {locale.Translations{"tlh": {"Cake": "chab"}}, "translations"},
		"a blank":              {locale.Translations{"el": {"Cake": " "}}, "translations.el"},
		"too long":             {locale.Translations{"el": {"Cake": strings.Repeat("κ", 6)}}, "translations.el"},
		"no text":              {locale.Translations{"mk": {"Cake": "a\x00"}}, "translations.mk"},
	} {
		var f *fault.Fault
		if err := c.of.Check(short); !errors.As(err, &f) || f.Field != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
}
