package gift_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/act/gift"
	"regulars/internal/act/points"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
	"regulars/internal/record/schema/schematest"
)

func TestASurpriseIsTranslatedAtAnyTime(t *testing.T) {
	t.Parallel()
	schematest.EachOptions(t, func(t *testing.T, o db.Options) {
		t.Helper()
		d := schematest.Open(t, o)
		var s gift.Stored
		var changed []string
		translate := func(as locale.Translations, version int64) error {
			return d.Write(t.Context(), func(tx *db.Tx) (err error) {
				s, changed, err = gift.Translate(tx, "spring", as, "user:2", version)
				return err
			})
		}
		if err := translate(nil, 0); fault.KindOf(err) != fault.NotFound {
			t.Errorf("none: %v", err)
		}
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			if err := points.SaveUnit(tx, points.Unit{Code: "points", Kind: points.Spendable}); err != nil {
				return err
			}
			_, err := gift.Save(tx, gift.Surprise{Surprise: "spring", Name: "Spring", Unit: "points", Units: 5, Gifts: 1, Gives: tx.Now.Add(-time.Second)}, "user:1", 0)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		el := locale.Translations{"el": {"Spring": "Άνοιξη", "gone": "έφυγε"}}
		if err := translate(el, 1); err != nil || s.Author != "user:2" || s.Version != 2 || !slices.Equal(changed, []string{"el"}) || len(s.Translations["el"]) != 1 {
			t.Fatalf("a draft: %+v, %v, %v", s, changed, err)
		}
		if err := d.Write(t.Context(), func(tx *db.Tx) error { _, _, err := gift.Plan(tx, "spring"); return err }); err != nil {
			t.Fatal(err)
		}
		both := el.With("ru", map[string]string{"Spring": "Весна"})
		for n := range 2 {
			if err := translate(both, 0); err != nil || s.State != gift.Planned || s.Author != "user:2" || s.Version != 4 || len(changed) != 1-n {
				t.Fatalf("planned: %+v, %v, %v", s, changed, err)
			}
		}
		for what, c := range map[string]struct {
			as      locale.Translations
			version int64
			kind    fault.Kind
		}{
			"an old version":       {nil, 3, fault.Conflict},
			"a language of nobody": {locale.Translations{"tlh": {"Spring": "x"}}, 0, fault.Invalid},
			"a long name":          {locale.Translations{"mk": {"Spring": strings.Repeat("x", 101)}}, 0, fault.Invalid},
			"a name of two lines":  {locale.Translations{"mk": {"Spring": "a\nb"}}, 0, fault.Invalid},
		} {
			if err := translate(c.as, c.version); err == nil || fault.KindOf(err) != c.kind {
				t.Errorf("%s: %v", what, err)
			}
		}
		if err := crashDesk().Due(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		if err := translate(nil, 0); err != nil || s.State != gift.Given || s.Seed == "" || s.Translations != nil || !slices.Equal(changed, []string{"ru", "el"}) {
			t.Fatalf("given: %+v, %v, %v", s, changed, err)
		}
	})
}
