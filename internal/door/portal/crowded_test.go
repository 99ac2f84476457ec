package portal_test

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"regulars/internal/act/gift"
	"regulars/internal/base/browsertest"
	"regulars/internal/base/db"
	"regulars/internal/intake"
	"regulars/internal/record/customer"
	"regulars/internal/record/order"
	"regulars/internal/record/schema/schematest"
)

// crowd publishes a programme with all that a member can have at once, by names that make pages burst.
func (s *shop) crowd() {
	s.t.Helper()
	long := strings.Repeat("Donaudampfschifffahrt", 9)
	document := fmt.Sprintf(`{"name": "Café Olga", "units": [{"unit": "points"}, {"unit": "stamps"}],
		"rules": [{"rule": "rate", "name": "A point a euro", "effect": {"rate": {"unit": "points", "units": 1, "per_minor": 100}}},
			{"rule": "lot", "name": "A lot", "effect": {"entries": {"draw": "summer", "entries": 1}}}],
		"rewards": [{"reward": "gift", "name": "قهوة مجانية مع كعكة 🎂 من اختيارك", "kind": "gift"},
			{"reward": "tasting", "name": "A tasting", "kind": "event", "terms": {"begins_at": "2099-07-10T20:30:00+03:00", "place": %q, "places": 21}, "unit": "points", "price": 1000000},
			{"reward": "before", "name": "معرض الربيع & more", "kind": "early_access", "terms": {"from": "2026-07-10T20:30:00+03:00", "until": "2099-07-12T20:30:00+03:00", "what": "The new blend"}},
			{"reward": "luck", "name": "Try your luck", "kind": "draw_entry", "terms": {"draw": "summer", "entries": 21}, "unit": "points", "price": 1}],
		"challenges": [
			{"challenge": "long", "name": %q, "count": "spend", "target": 1000000000, "from": "2020-01-01", "gives": {"unit": "points", "units": 1000000}},
			{"challenge": "rtl", "name": "خمس زيارات في الشهر ☕️", "count": "visits", "target": 5, "window": "month", "from": "2020-01-01", "until": "2099-12-31", "gives": {"reward": "gift"}},
			{"challenge": "one", "name": "👩‍👩‍👧‍👦 One order of anything", "count": "orders", "target": 1, "window": "week", "in_a_row": 4, "from": "2020-01-01", "gives": {"unit": "stamps", "units": 1},
				"milestones": [{"at": 2, "gives": {"unit": "points", "units": 2}}, {"at": 5, "gives": {"reward": "gift"}}]},
			{"challenge": "months", "name": "Month after month", "count": "orders", "target": 2, "window": "month", "in_a_row": 12, "from": "2020-01-01", "gives": {"unit": "points", "units": 5}},
			{"challenge": "miles", "name": "Milestones alone", "count": "orders", "target": 1, "window": "month", "from": "2020-01-01", "milestones": [{"at": 1, "gives": {"unit": "points", "units": 1}}, {"at": 21, "gives": {"unit": "points", "units": 21}}]},
			{"challenge": "pieces", "name": "Twenty-one pieces", "count": "pieces", "target": 21, "window": "days", "days": 21, "from": "2020-01-01", "gives": {"unit": "stamps", "units": 21}},
			{"challenge": "categories", "name": "Everything once", "count": "categories", "target": 3, "window": "days", "days": 1, "from": "2020-01-01", "gives": {"unit": "stamps", "units": 2}},
			{"challenge": "products", "name": "Two products", "count": "products", "target": 2, "from": "2020-01-01", "times": 1, "gives": {"unit": "stamps", "units": 5}},
			{"challenge": "stores", "name": "Every shop of ours", "count": "stores", "target": 22, "from": "2020-01-01", "gives": {"unit": "stamps", "units": 1}},
			{"challenge": "over", "name": "Is over", "count": "orders", "target": 1, "from": "2020-01-01", "until": "2021-12-31", "gives": {"unit": "stamps", "units": 1}},
			{"challenge": "coming", "name": "Is yet to come", "count": "orders", "target": 1, "from": "2098-01-01", "gives": {"unit": "stamps", "units": 1}}],
		"access": [{"access": "sale", "name": "معرض الربيع & more", "until": "2099-12-31"}, {"access": "long", "name": %q}],
		"tiers": {"by": "spend", "window": "months", "months": 12, "levels": [{"tier": "bronze", "name": "برونزي", "from": 0}, {"tier": "silver", "name": %q, "from": 200000}]}}`, long, long, long, long)
	s.publishes(document)
}

// crowded is a member who has everything.
func (s *shop) crowded(email string, letter int) *phone {
	s.t.Helper()
	s.crowd()
	p := s.phone()
	p.post("/my/join", "email", email, "given_name", "ماريا 🌸", "agreed", "yes")
	p.post(s.link(letter)).wants(s.t, 200, "/my/")
	s.holds("summer")
	s.holds("winter")
	facts, err := s.facts.Intake(context.WithoutCancel(s.t.Context()))
	if err != nil {
		s.t.Fatal(err)
	}
	now := time.Now()
	for i, at := range []time.Time{time.Date(2021, 3, 1, 9, 0, 0, 0, time.UTC), now.AddDate(0, 0, -7), now.AddDate(0, 0, -1), now} {
		s.write(func(tx *db.Tx) error {
			if at.After(tx.Now) {
				at = tx.Now
			}
			out, err := facts.Order(tx, intake.Order{Customer: customer.Identity{Kind: customer.Email, Value: email}, Order: order.Order{Source: "till", Reference: fmt.Sprint(i),
				Placed: facts.At(at), Summed: true, Lines: []order.Line{{Product: "espresso", Quantity: 1, AmountMinor: 15000}, {Product: "cake", Quantity: 2, AmountMinor: 700}}}})
			if err == nil {
				err = out.Err
			}
			return err
		})
	}
	for _, w := range []gift.Surprise{{Surprise: "rtl", Name: "مفاجأة الربيع 🎁", Unit: "points", Units: 7, Gifts: 1}, {Surprise: "long", Name: strings.Repeat("Donaudampf", 10), Reward: "gift", Gifts: 1},
		{Surprise: "one", Name: "One", Unit: "stamps", Units: 1, Gifts: 1}} {
		s.write(func(tx *db.Tx) error {
			w.Gives = tx.Now
			if _, err := gift.Save(tx, w, "usr_1", 0); err != nil {
				return err
			}
			_, _, err := gift.Plan(tx, w.Surprise)
			return err
		})
	}
	if err := facts.Gifts().Due(s.t.Context(), s.d); err != nil {
		s.t.Fatal(err)
	}
	return p
}

// Numbers have the word that they ask for, names that run the other way stay by themselves, and what goes on stands first.
func TestAMemberWhoHasEverything(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		p := s.crowded("maria@example.com", 1)
		home := p.get("/my/").wants(t, 200, "/my/", "It costs nothing. Take it now?", "It costs: 40 points. Take it now?", "1 stamp", "21 stamps", "\u2068مفاجأة الربيع 🎁\u2069: 7 points", "Hello, \u2068ماريا 🌸\u2069")
		last := 0
		for _, name := range []string{"خمس زيارات", "Everything once", "Is yet to come", "Is over"} {
			at := strings.Index(home.text, name)
			if at < last {
				t.Errorf("%s stands too early: %s", name, home.text)
			}
			last = at
		}
		p.get("/my/?lang=ru").wants(t, 200, "/my/", "325 баллов", "7 штампов", "1 штамп", "Это бесплатно. Получить сейчас?")
		p.get("/my/terms?lang=en").wants(t, 200, "/my/terms", "1 entry in the prize draw Summer")
		p.get("/my/history?unit=stamps&lang=en").wants(t, 200, "/my/history", "challenge: Two products", "challenge: Is over", "gift: One")
	})
}

func TestAMemberWhoHasEverythingInABrowser(t *testing.T) {
	t.Parallel()
	b := browsertest.Open(t)
	s := open(t, schematest.Open(t, schematest.SQLite(t)))
	p := s.crowded("maria@example.com", 1)
	at, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	cookies := p.Jar.Cookies(at)
	for i, tag := range []string{"en", "ru", "zh", "el", "mk"} {
		for j, width := range []int64{browsertest.Small, browsertest.Desk} {
			for _, path := range []string{"/my/", "/my/history", "/my/draws", "/my/terms"} {
				name := "crowded" + strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(path, "/my"), "/"), "/", "-")
				b.At(t, s.URL, browsertest.Look{Name: name, Path: path, Tag: tag, Scheme: []string{"light", "dark"}[(i+j)%2], Width: width, Cookies: cookies})
			}
		}
	}
}
