package gift

import (
	"strings"
	"testing"

	"regulars/internal/act/programme"
	"regulars/internal/base/locale"
	"regulars/internal/record/customer"
	"regulars/internal/record/holiday"
)

// Every letter is whole in every language: it names the customer, the business, what was given and where to take the consent back,
// and leaves no place for a word empty.
func TestLettersAreWholeInEveryLanguage(t *testing.T) {
	t.Parallel()
	calendar := &holiday.Calendar{Own: []holiday.Own{{Holiday: "our_day", Name: "The day we opened", Month: 5, Day: 17}}}
	for _, tag := range locale.Tags() {
		l, err := locale.Get(tag)
		if err != nil {
			t.Fatal(err)
		}
		w := Words{Locale: l, Calendar: calendar}
		subjects := map[string]bool{}
		for _, g := range []Gift{
			{Occasion: programme.OnBirthday}, {Occasion: programme.OnAnniversary}, {Occasion: programme.OnHoliday, About: "easter"}, {Occasion: programme.OnHoliday, About: "our_day"},
			{Occasion: OnSurprise, About: "spring", name: "A spring surprise"},
		} {
			g.Gave = []Gave{{Unit: "points", Units: 50}, {Reward: "A coffee"}, {Draw: "Draw of May", Entries: 2}}
			subject, text := w.letter(&g, &customer.Profile{GivenName: "Ada\nMaria"}, "Café  Olga", "https://shop.example")
			subjects[subject] = true
			for _, part := range []string{"Ada Maria", "Café Olga", "50", "A coffee", "Draw of May", "https://shop.example/my/\n", "https://shop.example/my/profile\n"} {
				if !strings.Contains(text, part) {
					t.Errorf("%s, %s: %q is not in %s", tag, g.Occasion, part, text)
				}
			}
			if whole := subject + text; strings.ContainsAny(whole, "{}") || strings.Contains(whole, "gift.") || strings.Contains(subject, "\n") || !strings.Contains(subject, "Café Olga") {
				t.Errorf("%s, %s: %s\n%s", tag, g.Occasion, subject, text)
			}
			if named := w.Occasion(&g); g.About == "our_day" && named != "The day we opened" || g.About == "spring" && named != "A spring surprise" || named == "" {
				t.Errorf("%s: %s is called %q", tag, g.About, named)
			}
		}
		club := &programme.Document{Translations: map[string]map[string]string{"el": {"A coffee": "Ένας καφές"}}}
		want := map[string]string{"el": "Ένας καφές"}[tag]
		if want == "" {
			want = "A coffee"
		}
		if got := (Words{Locale: l, Calendar: calendar, Club: club}).Gave(&Gift{Gave: []Gave{{Reward: "A coffee"}}}); got != want {
			t.Errorf("%s: a reward is called %q", tag, got)
		}
		if len(subjects) != 5 {
			t.Errorf("%s: the subjects are %v", tag, subjects)
		}
		// Of whom no name is known, and of a business without one, the letter says so too.
		_, text := w.letter(&Gift{Occasion: programme.OnBirthday}, &customer.Profile{}, " ", "https://shop.example")
		if !strings.HasPrefix(text, l.T("gift.letter.hello")) || !strings.Contains(text, "Regulars") {
			t.Errorf("%s: %s", tag, text)
		}
	}
}
