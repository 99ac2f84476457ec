package portal_test

import (
	"strings"
	"testing"
	"time"

	"regulars/internal/act/member"
	"regulars/internal/base/db"
	"regulars/internal/intake"
	"regulars/internal/record/customer"
	"regulars/internal/record/order"
)

// Whoever thinks of joining reads what for: what is promised, and nothing of what is not, of how customers are seen, and of how
// conditions are written.
func TestAnybodyReadsHowTheProgrammeWorks(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		at, p := "/my/terms", s.phone()
		before := p.get(at).wants(t, 200, at, "How it works", "A coffee on us", "40 points", "good for 30 days", "The terms of Café Olga", "as of 2026-11", "1. Be kind.")
		if strings.Contains(before.text, "Summer") {
			t.Error("a reward whose code is for everybody is among what units buy")
		}
		s.publishes(`{"name": "Café Olga", "members_only": true, "units": [{"unit": "points", "expiry": {"kind": "after", "n": 6, "every": "months"}}, {"unit": "stamps"}],
			"referral": {"minimum_minor": 1000},
			"rules": [
				{"rule": "rate", "name": "A point a euro <b>", "effect": {"rate": {"unit": "points", "units": 1, "per_minor": 100}}},
				{"rule": "quiet", "name": "We miss you", "if": "customer.segment == 'at_risk'", "effect": {"fixed": {"unit": "points", "units": 77}}},
				{"rule": "odd", "name": "For some", "if": "customer.attributes['shoe'] == '44' && order.amount >= 20.0 && order.products.exists(p, p == 'x')", "effect": {"fixed": {"unit": "points", "units": 3}}},
				{"rule": "past", "name": "Is over", "until": "2020-12-31", "effect": {"fixed": {"unit": "points", "units": 3}}},
				{"rule": "friend", "name": "For a friend", "on": "referral", "effect": {"fixed": {"unit": "points", "units": 50}}}],
			"off": [{"rule": "off", "name": "Switched off", "effect": {"fixed": {"unit": "points", "units": 3}}}],
			"challenges": [{"challenge": "five", "name": "Five visits", "count": "visits", "target": 5, "window": "month", "from": "2020-01-01", "gives": {"unit": "stamps", "units": 2}},
				{"challenge": "done", "name": "Challenge of then", "count": "visits", "target": 5, "from": "2020-01-01", "until": "2020-12-31", "gives": {"unit": "stamps", "units": 2}}],
			"access": [{"access": "sale", "name": "Spring sale", "tiers": ["silver"]}, {"access": "lost", "name": "Come back evening", "segments": ["at_risk"]}],
			"tiers": {"by": "spend", "window": "lifetime", "levels": [{"tier": "bronze", "name": "Bronze", "from": 0}, {"tier": "silver", "name": "Silver", "from": 20000}]}}`)
		page := p.get(at).wants(t, 200, at, "Only who has joined earns.", "A point a euro <b>", "1 point for every €1.00", "For some", "for orders of €20.00 or more", "under some further conditions",
			"For a friend", "50 points", "Five visits", "Spring sale", "Silver", "€200.00", "good for 6 months", "A friend counts once they have bought for €10.00")
		for _, hidden := range []string{"We miss you", "77", "customer.", "shoe", "Is over", "Switched off", "Challenge of then", "Come back evening"} {
			if strings.Contains(page.text, hidden) {
				t.Errorf("everybody reads of %q: %s", hidden, page.text)
			}
		}
		if strings.Contains(page.raw, "<b>") {
			t.Error("a name is not escaped")
		}
		for _, from := range []string{"/my/", "/my/join", "/my/sign-in"} {
			if page := p.get(from); !strings.Contains(page.raw, `href="/my/terms"`) {
				t.Errorf("%s does not lead to them", from)
			}
		}
		p.get(at+"?lang=ru").wants(t, 200, at, "Как это устроено", "при некоторых дополнительных условиях", "A point for every euro", "1. Be kind.")
		s.write(func(tx *db.Tx) error {
			return member.Save(tx, member.Settings{Open: true, Greeting: "Hi", Terms: "Be kind.", GreetingTranslations: map[string]string{"ru": "Привет <b>"}, TermsTranslations: map[string]string{"ru": "Будьте добры."}})
		})
		p.get(at).wants(t, 200, at, "Привет <b>", "Будьте добры.")
		p.get("/my/join").wants(t, 200, "/my/join", "Привет <b>", "Будьте добры.")
		p.get("/my/join?lang=en").wants(t, 200, "/my/join", "Hi", "Be kind.")
		s.write(func(tx *db.Tx) error { return member.Save(tx, member.Settings{}) })
		if page := p.get(at); strings.Contains(page.text, "Be kind") {
			t.Errorf("the pages are closed, and it says %s", page.text)
		}
	})
}

// What is for one member now stands on their own page, and on no one else's.
func TestAMemberSeesOffersOfTheirOwn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		s.publishes(`{"name": "Café Olga", "units": [{"unit": "points"}], "rules": [
			{"rule": "rate", "name": "A point a euro", "effect": {"rate": {"unit": "points", "units": 1, "per_minor": 100}}},
			{"rule": "first", "name": "Welcome <b>", "if": "customer.first_order", "lines": "line.category == 'coffee'", "effect": {"discount": {"percent": 20}}},
			{"rule": "old", "name": "For old friends", "if": "customer.orders >= 5", "effect": {"fixed": {"unit": "points", "units": 20}}}],
			"tiers": {"by": "spend", "window": "calendar_year", "levels": [{"tier": "bronze", "name": "Bronze", "from": 0}, {"tier": "gold", "name": "Gold", "from": 50000}]}}`)
		p := s.phone()
		p.post("/my/join", "email", "eve@example.com", "given_name", "Eve", "agreed", "yes")
		page := p.post(s.link(1)).wants(t, 200, "/my/", "Offers for you", "Welcome <b>", "20% off, on coffee", "Bronze", "€500.00")
		if strings.Contains(page.text, "Yours until") {
			t.Error("the lowest tier is said to end, and there is nothing below it")
		}
		if strings.Contains(page.text, "old friends") || strings.Contains(page.text, "A point a euro") || strings.Contains(page.raw, "<b>Welcome <b>") {
			t.Errorf("%s", page.text)
		}
		p.get("/my/?lang=zh").wants(t, 200, "/my/", "您的专属优惠")
	})
}

// What a member buys most of is named on their page, in their language; the terms, which anybody reads, speak of it in general.
func TestAMemberIsOfferedWhatTheyBuyMostOf(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		s.publishes(`{"name": "Café Olga", "units": [{"unit": "points"}], "rules": [
			{"rule": "like", "name": "What you like", "lines": "line.category == customer.favourite_category", "effect": {"rate": {"unit": "points", "units": 3, "per_minor": 100}}}]}`)
		p := s.phone()
		p.post("/my/join", "email", "eve@example.com", "given_name", "Eve", "agreed", "yes")
		if page := p.post(s.link(1)).wants(t, 200, "/my/", "Eve"); strings.Contains(page.text, "What you like") {
			t.Error("who has bought nothing is offered what they buy most of")
		}
		facts, _ := s.desk()
		s.write(func(tx *db.Tx) error {
			out, err := facts.Order(tx, intake.Order{Customer: customer.Identity{Kind: customer.Email, Value: "eve@example.com"}, Order: order.Order{Source: "till", Reference: "1", Placed: facts.At(tx.Now.Add(-time.Hour)), Summed: true,
				Lines: []order.Line{{Category: "Cakes <b>", Quantity: 1, AmountMinor: 900}, {Category: "Coffee", Quantity: 3, AmountMinor: 700}}}})
			if err == nil {
				err = out.Err
			}
			return err
		})
		page := p.get("/my/").wants(t, 200, "/my/", "Offers for you", "What you like", "3 points for every €1.00, on Cakes <b>, which you buy most of")
		if strings.Contains(page.raw, "Cakes <b>") {
			t.Error("the name of a category is taken for the page's own text")
		}
		p.get("/my/terms").wants(t, 200, "/my/terms", "3 points for every €1.00, on the category that you buy most of")
		p.get("/my/?lang=ru").wants(t, 200, "/my/", "на категорию, которую вы покупаете больше всего: Cakes <b>")
	})
}

// A member reads names in their language where the business said them, and as they are where it did not.
func TestNamesInTheLanguageOfTheMember(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		s.publishes(`{"name": "Café Olga", "units": [{"unit": "points"}],
			"rules": [{"rule": "hello", "name": "Welcome", "on": "sign_up", "effect": {"fixed": {"unit": "points", "units": 50}}},
				{"rule": "first", "name": "The first time", "if": "customer.first_order", "effect": {"discount": {"percent": 20}}},
				{"rule": "card", "name": "Every tenth", "lines": "line.category == 'coffee'", "effect": {"card": {"every": 10}}}],
			"rewards": [{"reward": "coffee", "name": "A coffee on us", "kind": "gift", "unit": "points", "price": 40, "description": "Any size."}, {"reward": "tea", "name": "A tea", "kind": "gift", "unit": "points", "price": 30}],
			"challenges": [{"challenge": "five", "name": "Five visits", "count": "visits", "target": 5, "from": "2020-01-01", "gives": {"reward": "coffee"}}],
			"tiers": {"by": "spend", "window": "lifetime", "levels": [{"tier": "a", "name": "Bronze", "from": 0}, {"tier": "b", "name": "Silver", "from": 5000}]},
			"translations": {"el": {"Welcome": "Καλώς ήρθατε <b>", "The first time": "Την πρώτη φορά", "Every tenth": "Κάθε δέκατος", "A coffee on us": "Ένας καφές δώρο", "Any size.": "Όποιο μέγεθος.",
				"Five visits": "Πέντε επισκέψεις", "Bronze": "Χάλκινο", "Silver": "Ασημένιο"}}}`)
		p := s.phone()
		p.post("/my/join", "email", "eve@example.com", "agreed", "yes")
		home := p.post(s.link(1)).wants(t, 200, "/my/", "Bronze", "A coffee on us", "Five visits")
		if strings.Contains(home.text, "Χάλκινο") {
			t.Error("names are in a language that is not the member's")
		}
		page := p.get("/my/?lang=el").wants(t, 200, "/my/", "Χάλκινο", "για το Ασημένιο", "Ένας καφές δώρο", "Όποιο μέγεθος.", "A tea", "Πέντε επισκέψεις", "Την πρώτη φορά", "Κάθε δέκατος")
		if strings.Contains(page.text, "A coffee on us") || strings.Contains(page.text, "Five visits") {
			t.Errorf("names are left as they are: %s", page.text)
		}
		p.get("/my/history?lang=el").wants(t, 200, "/my/history", "Καλώς ήρθατε <b>: +50")
		p.get("/my/terms?lang=el").wants(t, 200, "/my/terms", "Καλώς ήρθατε <b>", "Ένας καφές δώρο", "Ασημένιο", "Πέντε επισκέψεις")
		if taken := p.post("/my/rewards", "reward", "coffee", "key", "k"); !strings.Contains(taken.text, "Ένας καφές δώρο") || !strings.Contains(taken.text, "Όποιο μέγεθος.") {
			t.Errorf("%s", taken.text)
		}
		p.get("/my/history").wants(t, 200, "/my/history", "ανταμοιβή: Ένας καφές δώρο")
	})
}
