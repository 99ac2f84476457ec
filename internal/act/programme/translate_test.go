package programme_test

import (
	"strings"
	"testing"
	"time"

	"regulars/internal/act/programme"
)

// What is put into another language is kept by the text that it is of, and goes with it.
func TestTranslationsGoWithTheirTexts(t *testing.T) {
	t.Parallel()
	d, err := programme.Parse([]byte(`{"name": "P", "units": [{"unit": "points"}], "rules": [{"rule": "a", "name": "Tea", "effect": {"gift": {"text": "A cup"}}}, {"rule": "b", "name": "Tea", "effect": {"discount": {"percent": 5}}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(d.Texts(), "|"); got != "Tea|A cup" {
		t.Errorf("%s", got)
	}
	d.Translate("el", map[string]string{"Tea": " Τσάι ", "A cup": " ", "Coffee": "Καφές"})
	if in := d.Translations["el"]; len(in) != 1 || in["Tea"] != "Τσάι" {
		t.Errorf("%+v", d.Translations)
	}
	if _, err := programme.Compile(d, 1, time.UTC); err != nil {
		t.Error(err)
	}
	d.Translate("el", nil)
	if d.Translations != nil {
		t.Errorf("%+v", d.Translations)
	}
	for _, wrong := range []map[string]map[string]string{{"xx": {"Tea": "x"}}, {"el": {"Tea": " "}}, {"el": {"Tea": strings.Repeat("τ", 2001)}}} {
		d.Translations = wrong
		if _, err := programme.Compile(d, 1, time.UTC); err == nil {
			t.Errorf("%.40v is taken", wrong)
		}
	}
}
