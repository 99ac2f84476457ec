package api_test

import (
	"strings"
	"testing"
	"time"

	"regulars/client"
)

const challenging = `{"name": "C", "units": [{"unit": "points", "allows_debt": true}],
	"rules": [{"rule": "rate", "name": "A point a euro", "effect": {"rate": {"unit": "points", "units": 1, "per_minor": 100}}}, {"rule": "second", "name": "The second order", "if": "customer.orders == 1 && order.amount >= 10.0", "effect": {"fixed": {"unit": "points", "units": 5}}},
		{"rule": "in", "name": "Into the draw", "effect": {"entries": {"draw": "may", "entries": 2}}}],
	"rewards": [{"reward": "cake", "name": "A cake", "kind": "gift", "codes": {"kind": "unique"}}],
	"challenges": [{"challenge": "two", "name": "Two orders", "count": "orders", "target": 2, "from": "2020-01-01", "gives": {"reward": "cake"}},
		{"challenge": "weeks", "name": "Weeks", "count": "orders", "target": 1, "window": "week", "from": "2020-01-06", "milestones": [{"at": 3, "gives": {"unit": "points", "units": 7}}]}],
	"access": [{"access": "sale", "name": "Sale", "if": "customer.orders >= 2"}, {"access": "evening-2026_12", "name": "Evening"}]}`

// A shop reads how far its customers have come, whether they may come in, and what they have in a draw.
func TestChallengesAndAccessOverTheAPI(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		t.Helper()
		v, err := s.WriteProgramme(t.Context(), []byte(challenging), "")
		if err == nil {
			_, err = s.PublishProgramme(t.Context(), v.Version)
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.PutDraw(t.Context(), "may", client.Draw{Name: "May", Prizes: []client.DrawPrize{{Name: "A cake", Count: 1}}, OpensAt: time.Now().Add(-time.Hour), ClosesAt: time.Now().Add(time.Hour), Rules: &client.DrawRules{Most: 3}}); err != nil {
			t.Fatal(err)
		}
		if d, err := s.PublishDraw(t.Context(), "may"); err != nil || d.Rules == nil || d.Rules.Most != 3 {
			t.Fatalf("%+v, %v", d, err)
		}
		w, err := s.PutOrder(t.Context(), coffee("1", "ada", 1))
		if err != nil || len(w.Rules) != 3 || w.Rules[2].Entries != 2 || w.Rules[2].Draw != "may" {
			t.Fatalf("%+v, %v", w, err)
		}
		all, err := s.Challenges(t.Context(), "ada", "en")
		if err != nil || len(all) != 2 || all[0].Counted != 1 || all[0].Target != 2 || all[0].State != "running" || all[0].Words != "1 of 2 orders" || all[0].Gives != "A cake" || all[0].Begins != "2020-01-01" {
			t.Errorf("%+v, %v", all, err)
		}
		if len(all) == 2 && (all[1].Row != 1 || all[1].Milestone != 3 || all[1].State != "reached" || all[1].Streak != "1 week in a row; at 3: 7 points") {
			t.Errorf("%+v", all[1])
		}
		if own, err := s.PersonalOffers(t.Context(), "ada", "ru"); err != nil || len(own) != 1 || own[0].Rule != "second" || own[0].Gives != "5 баллов" || len(own[0].When) != 1 || !strings.HasPrefix(own[0].When[0], "для заказов от 10,00") {
			t.Errorf("%+v, %v", own, err)
		}
		if a, err := s.Access(t.Context(), "ada", "sale"); err != nil || a.Granted || a.Why != "no" {
			t.Errorf("%+v, %v", a, err)
		}
		if _, err := s.PutOrder(t.Context(), coffee("2", "ada", 1)); err != nil {
			t.Fatal(err)
		}
		if a, err := s.Access(t.Context(), "ada", "sale"); err != nil || !a.Granted || a.Why != "condition" || a.Until != nil || a.Name != "Sale" {
			t.Errorf("%+v, %v", a, err)
		}
		if all, err = s.Challenges(t.Context(), "ada", "ru"); err != nil || all[0].Times != 1 || all[0].State != "reached" || all[0].Words != "выполнено: 2 из 2 заказов" {
			t.Errorf("%+v, %v", all, err)
		}
		told, err := s.Explanations(t.Context(), "ada", client.Lists{})
		var won []client.Explanation
		for _, e := range told.Data {
			if e.Action == "challenge" {
				won = append(won, e)
			}
		}
		if err != nil || len(won) != 1 || won[0].Challenge != "two" || won[0].Rules[0].Reward != "A cake" || !strings.HasPrefix(won[0].Rules[0].RedemptionID, "rdm_") || won[0].Words[0] != "Two orders: a reward: A cake" {
			t.Errorf("%+v, %v", won, err)
		}
		until := time.Now().Add(time.Hour)
		if a, err := s.PutAccess(t.Context(), "ada", "evening-2026_12", client.GrantAccess{Until: &until, Reason: "a friend"}); err != nil || !a.Granted || a.Why != "hand" || a.Detail != "a friend" || a.Until == nil {
			t.Errorf("%+v, %v", a, err)
		}
		if every, err := s.Accesses(t.Context(), "ada"); err != nil || len(every) != 2 || !every[0].Granted || !every[1].Granted {
			t.Errorf("%+v, %v", every, err)
		}
		if a, err := s.DeleteAccess(t.Context(), "ada", "evening-2026_12"); err != nil || a.Granted || a.Why != "no" {
			t.Errorf("%+v, %v", a, err)
		}
		own, err := s.OwnDraws(t.Context(), "ada")
		if err != nil || len(own.Data) != 1 || own.Data[0].ByRules != 3 {
			t.Errorf("%+v, %v", own, err)
		}
		s.refused("an access that is none", request{method: "GET", path: "/v1/customers/ada/access/winter"}, 404, "access_not_found", "")
		s.refused("given for no reason", request{method: "PUT", path: "/v1/customers/ada/access/evening-2026_12", body: `{"reason":""}`}, 422, "invalid", "reason")
		s.refused("of nobody", request{method: "GET", path: "/v1/customers/nobody/access/sale"}, 404, "not_found", "")
		s.refused("the challenges of nobody", request{method: "GET", path: "/v1/customers/nobody/challenges"}, 404, "not_found", "")
	})
}

// What a customer buys most of is named in the offers that are theirs.
func TestAnOfferNamesWhatTheyBuyMostOf(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		t.Helper()
		s.publishes(`{"name":"Liked","units":[{"unit":"points"}],"rules":[
			{"rule":"liked","name":"Liked","lines":"line.category == customer.favourite_category","effect":{"rate":{"unit":"points","units":3,"per_minor":100}}}]}`)
		if w, err := s.PutOrder(t.Context(), coffee("1", "ada", 1)); err != nil || w.Units["points"] != 0 {
			t.Fatalf("%+v, %v", w, err)
		}
		own, err := s.PersonalOffers(t.Context(), "ada", "en")
		if err != nil || len(own) != 1 || own[0].Rule != "liked" || strings.Join(own[0].When, ", ") != "on food, which you buy most of" {
			t.Errorf("%+v, %v", own, err)
		}
	})
}
