package draw_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"regulars/internal/act/draw"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
)

func (k *stall) translate(as locale.Translations, version int64) (s draw.Stored, changed []string, err error) {
	err = k.d.Write(k.t.Context(), func(tx *db.Tx) (err error) {
		s, changed, err = draw.Translate(tx, "summer", as, "user:2", version)
		return err
	})
	return s, changed, err
}

// However far a draw has come it can be told in another language, and what anybody checks stays as it was.
func TestADrawIsTranslatedAtAnyTime(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *stall) {
		if _, _, err := k.translate(nil, 0); code(err) != "draw_not_found" {
			t.Errorf("none: %v", err)
		}
		d := summer()
		d.Terms = "Only in Greece."
		k.write(func(tx *db.Tx) error { _, err := draw.Save(tx, d, "user:1", 0); return err })
		el := locale.Translations{"el": {"Summer draw": "Η κλήρωση", "A bicycle": "Ένα ποδήλατο", "Only in Greece.": "Μόνο στην Ελλάδα.\nΌχι μετρητά.", "gone": "έφυγε"}}
		s, changed, err := k.translate(el, 1)
		if err != nil || s.Author != "user:2" || s.Version != 2 || !slices.Equal(changed, []string{"el"}) || len(s.Translations["el"]) != 3 {
			t.Fatalf("a draft: %+v, %v, %v", s, changed, err)
		}
		k.write(func(tx *db.Tx) error { _, err := k.Publish(tx, "summer", "user:1"); return err })
		ada := k.person(0)
		k.ok(k.enter(ada))
		before := k.public()
		both := el.With("ru", map[string]string{"A bicycle": "Велосипед"})
		if s, changed, err = k.translate(both, 0); err != nil || s.State != draw.Published || s.Author != "user:2" || s.Version != 4 || !slices.Equal(changed, []string{"ru"}) {
			t.Fatalf("published: %+v, %v, %v", s, changed, err)
		}
		if again, changed, err := k.translate(both, 0); err != nil || changed != nil || again.Version != 4 {
			t.Errorf("the same again: version %d, %v, %v", again.Version, changed, err)
		}
		if after := k.public(); after.Name != before.Name || after.Commitment != before.Commitment || !slices.Equal(after.Prizes, before.Prizes) {
			t.Errorf("what is public: %+v, before %+v", after, before)
		}
		for what, c := range map[string]struct {
			as      locale.Translations
			version int64
			code    string
		}{
			"an old version":       {nil, 3, "changed_meanwhile"},
			"a language of nobody": {locale.Translations{"tlh": {"A bicycle": "x"}}, 0, "invalid"},
			"a long name":          {locale.Translations{"mk": {"A bicycle": strings.Repeat("x", 101)}}, 0, "translation_length"},
			"a name of two lines":  {locale.Translations{"mk": {"A bicycle": "a\nb"}}, 0, "no_text"},
			"what was read":        {both.With("ru", map[string]string{"A bicycle": "Самокат"}), 0, "draw_translated"},
			"less than was read":   {el, 0, "draw_translated"},
		} {
			if _, _, err := k.translate(c.as, c.version); code(err) != c.code && (c.code != "invalid" || fault.KindOf(err) != fault.Invalid) {
				t.Errorf("%s: %v", what, err)
			}
		}
		k.pass(11 * day)
		frozen := k.close()
		list := k.public()
		both = both.With("mk", map[string]string{"A bicycle": "Велосипед"})
		if s, changed, err = k.translate(both, frozen.Version); err != nil || s.State != draw.Frozen || s.ListHash != frozen.ListHash || s.Translations["mk"]["A bicycle"] != "Велосипед" || !slices.Equal(changed, []string{"mk"}) {
			t.Fatalf("frozen: %+v, %v, %v", s, changed, err)
		}
		if after := k.public(); after.List != list.List || after.ListHash != list.ListHash {
			t.Error("the list is another one")
		}
		_, err = k.Draw(t.Context(), k.d, "summer", quiet)
		k.ok(err)
		drawn := k.public()
		if s, changed, err = k.translate(both.With("zh", map[string]string{"A bicycle": "自行车"}), 0); err != nil || s.State != draw.Drawn || !slices.Equal(changed, []string{"zh"}) {
			t.Fatalf("drawn: %+v, %v, %v", s, changed, err)
		}
		if _, _, err = k.translate(nil, 0); code(err) != "draw_translated" {
			t.Errorf("taken away: %v", err)
		}
		p := k.public()
		if v := draw.Verify(&p, draw.Noted{Commitment: before.Commitment, ListHash: frozen.ListHash}); !v.OK() || !slices.Equal(p.Winners, drawn.Winners) {
			t.Errorf("checked: %v", v.String())
		}
	})
}

// Whoever translates from an old version is told, at the same moment too; of several who say it first one has; and translating keeps
// nobody from closing.
func TestADrawIsTranslatedByTwoWhileItCloses(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *stall) {
		s := k.publish(summer())
		k.ok(k.enter(k.person(0)))
		var all sync.WaitGroup
		won := make(chan string, 2)
		for _, tag := range []string{"el", "ru"} {
			all.Go(func() {
				_, _, err := k.translate(locale.Translations{tag: {"Summer draw": "x"}}, s.Version)
				switch {
				case err == nil:
					won <- tag
				case code(err) != "changed_meanwhile":
					t.Error(err)
				}
			})
		}
		all.Wait()
		if len(won) != 1 {
			t.Errorf("%d of two have translated the same version", len(won))
		}
		k.pass(11 * day)
		said := locale.Translations{<-won: {"Summer draw": "x"}}
		for n := range 5 {
			all.Go(func() {
				if _, _, err := k.translate(said.With("mk", map[string]string{"Summer draw": strings.Repeat("x", n+1)}), 0); err != nil && code(err) != "draw_translated" {
					t.Error(err)
				}
			})
		}
		all.Go(func() {
			if _, err := k.Close(t.Context(), k.d, "summer", quiet); err != nil {
				t.Error(err)
			}
		})
		all.Wait()
		if p := k.public(); p.State != draw.Frozen || draw.Hash([]byte(p.List)) != p.ListHash {
			t.Errorf("%+v", p)
		}
		if _, changed, err := k.translate(said, 0); code(err) != "draw_translated" || changed != nil {
			t.Errorf("nobody of five has said it: %v, %v", changed, err)
		}
	})
}
