package api_test

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"time"

	"regulars/client"
	"regulars/internal/act/points"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/intake"
)

// member makes a customer who has units, and whose transfers are forwarded.
func (s *shop) member(reference string, units int64) {
	s.t.Helper()
	if _, err := s.PutCustomer(s.t.Context(), client.Customer{Reference: reference}); err != nil {
		s.t.Fatal(err)
	}
	if units > 0 {
		s.give(reference, units)
	}
}

func (s *shop) give(reference string, units int64) client.Movement {
	s.t.Helper()
	m, err := s.Adjust(s.t.Context(), client.NewAdjustment{Customer: member(reference), Unit: "points", Units: units, Reason: "welcome"})
	if err != nil {
		s.t.Fatal(err)
	}
	return m
}

func member(reference string) *client.CustomerRef { return &client.CustomerRef{Reference: reference} }

// counts makes points, which can be spent.
func (s *shop) counts(expiry *client.UnitExpiry) {
	s.t.Helper()
	want := client.Unit{Unit: "points", Kind: "spendable", Expiry: expiry}
	if got, err := s.PutUnit(s.t.Context(), "points", want); err != nil || !reflect.DeepEqual(got, want) {
		s.t.Fatal(got, err)
	}
}

func (s *shop) available(reference string) int64 {
	s.t.Helper()
	a, err := s.Account(s.t.Context(), reference)
	if err != nil || len(a.Units) != 1 {
		s.t.Fatal(a, err)
	}
	return a.Units[0].Available
}

func TestUnitsAreHeldAndSpent(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		s.counts(&client.UnitExpiry{Kind: "after", N: 6, Every: "months"})
		s.member("c1", 100)
		h, err := s.Hold(t.Context(), client.NewHold{Customer: member("c1"), Unit: "points", Units: 60, Cause: "basket:7"})
		if err != nil || h.State != "open" || !strings.HasPrefix(h.ID, "hld_") || s.available("c1") != 40 {
			t.Fatalf("%+v, %v", h, err)
		}
		for range 2 {
			if h, err = s.CommitHold(t.Context(), h.ID, 25); err != nil || h.State != "committed" || h.CommittedUnits != 25 || s.available("c1") != 75 {
				t.Errorf("%+v, %v", h, err)
			}
		}
		if _, err := s.CommitHold(t.Context(), h.ID, 20); client.Code(err) != "hold_resolved" {
			t.Errorf("committed twice: %v", err)
		}
		if _, err := s.CancelHold(t.Context(), h.ID); client.Code(err) != "hold_resolved" {
			t.Errorf("cancelled after all: %v", err)
		}
		if _, err := s.Hold(t.Context(), client.NewHold{Customer: member("c1"), Unit: "points", Units: 76}); client.Code(err) != "too_few_units" {
			t.Errorf("more than there is: %v", err)
		}
		a, err := s.Account(t.Context(), "c1")
		if err != nil || len(a.Units[0].Expiring) != 1 || a.Units[0].Expiring[0].Units != 75 || a.Units[0].Spent != 25 {
			t.Errorf("%+v, %v", a, err)
		}
		owed, err := s.Liability(t.Context(), "points", 2)
		if err != nil || owed.OutstandingUnits != 75 || owed.ExpectedUnits != 75 || owed.CostMinor != 150 || len(owed.Cohorts) != 1 || owed.Cohorts[0].Used != 25 {
			t.Errorf("%+v, %v", owed, err)
		}
		var kinds []string
		page := client.Lists{Limit: 2}
		for {
			p, err := s.Entries(t.Context(), "c1", "points", page)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range p.Data {
				kinds = append(kinds, e.Kind)
			}
			if page.Cursor = p.NextCursor; page.Cursor == "" {
				break
			}
		}
		if got := strings.Join(kinds, " "); got != "release commit hold issue" {
			t.Errorf("entries: %s", got)
		}
		// The same request sent again is done once, whatever was lost on the way.
		body := `{"customer":{"reference":"c1"},"unit":"points","units":5,"reason":"sorry"}`
		for range 2 {
			if status, _, answer := s.call(request{method: "POST", path: "/v1/adjustments", body: body, head: map[string]string{"Idempotency-Key": "k1"}}); status != 201 {
				t.Errorf("%d %s", status, answer)
			}
		}
		if err := s.d.Write(t.Context(), func(tx *db.Tx) error { _, err := tx.Exec("DELETE FROM idempotency_keys"); return err }); err != nil {
			t.Fatal(err)
		}
		if status, _, answer := s.call(request{method: "POST", path: "/v1/adjustments", body: body, head: map[string]string{"Idempotency-Key": "k1"}}); status != 201 || s.available("c1") != 80 {
			t.Errorf("%d %s, %d points", status, answer, s.available("c1"))
		}
		s.refused("by whom nobody knows", request{method: "POST", path: "/v1/holds", body: `{"customer":{"reference":"nobody"},"unit":"points","units":1}`}, 404, "not_found", "customer")
		s.refused("of what is no unit", request{method: "POST", path: "/v1/holds", body: `{"customer":{"reference":"c1"},"unit":"stars","units":1}`}, 404, "unit_not_found", "unit")
		s.refused("without a customer", request{method: "POST", path: "/v1/holds", body: `{"unit":"points","units":1}`}, 422, "invalid", "customer")
		s.refused("taken without a reason", request{method: "POST", path: "/v1/adjustments", body: `{"customer":{"reference":"c1"},"unit":"points","units":-5,"reason":""}`}, 422, "invalid", "reason")
		s.refused("taken for a blank", request{method: "POST", path: "/v1/adjustments", body: `{"customer":{"reference":"c1"},"unit":"points","units":-5,"reason":"  "}`}, 422, "invalid", "reason")
		s.member("c2", 0)
		s.limitsByHand()
		s.refused("taken and not there", request{method: "POST", path: "/v1/adjustments", body: `{"customer":{"reference":"c1"},"unit":"points","units":-500,"reason":"x"}`}, 409, "too_few_units", "units")
	})
}

// limitsByHand sets how much a key may move by hand, tries it, and takes the limit away. The key has given 105 by then.
func (s *shop) limitsByHand() {
	set := func(body string) (status int, answer string) {
		status, _, text := s.call(request{method: "PUT", path: "/v1/settings/by-hand", body: body})
		return status, string(text)
	}
	if status, answer := set(`{"limits":[{"who":"key","unit":"points","once":20,"day":130}]}`); status != 200 || !strings.Contains(answer, `{"who":"key","unit":"points","once":20,"day":130}`) ||
		!strings.Contains(answer, `{"who":"owner","unit":"points","once":0,"day":0}`) {
		s.t.Errorf("%d %s", status, answer)
	}
	s.refused("no such role", request{method: "PUT", path: "/v1/settings/by-hand", body: `{"limits":[{"who":"cashier","unit":"points","once":20,"day":30}]}`}, 422, "unknown_role", "limits[0].who")
	give := func(units string) request {
		return request{method: "POST", path: "/v1/adjustments", body: `{"customer":{"reference":"c1"},"unit":"points","units":` + units + `,"reason":"sorry"}`}
	}
	s.refused("too much at once", give("21"), 403, "by_hand_once", "")
	for _, units := range []string{"12", "-12"} {
		if status, _, answer := s.call(give(units)); status != 201 {
			s.t.Errorf("%s: %d %s", units, status, answer)
		}
	}
	s.refused("too much on a day", give("2"), 403, "by_hand_day", "")
	s.refused("sent on, too much on a day", request{method: "POST", path: "/v1/transfers", body: `{"from":{"reference":"c1"},"to":{"reference":"c2"},"unit":"points","units":3}`}, 403, "by_hand_day", "")
	if status, answer := set(`{"limits":[{"who":"key","unit":"points","once":0,"day":0}]}`); status != 200 {
		s.t.Errorf("%d %s", status, answer)
	}
}

// Units go from one to another by a job, and a person with two numbers spends as one.
func TestUnitsMoveBetweenCustomers(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		s.counts(nil)
		s.works(points.Kinds(s.d, func(ctx context.Context) (*points.Ledger, error) {
			in, err := (&intake.Current{DB: s.d}).Intake(ctx)
			if err != nil {
				return nil, err
			}
			return in.Ledger(), nil
		})...)
		for name, units := range map[string]int64{"ann": 100, "bob": 0, "ann2": 30} {
			s.member(name, units)
		}
		sent, err := s.SendUnits(t.Context(), client.NewTransfer{From: member("ann"), To: member("bob"), Unit: "points", Units: 40})
		if err != nil || sent.State != "in_transit" {
			t.Fatalf("%+v, %v", sent, err)
		}
		until(t, "it is received", func() bool {
			now, err := s.Transfer(t.Context(), sent.ID)
			return err == nil && now.State == "received"
		})
		if a, b := s.available("ann"), s.available("bob"); a != 60 || b != 40 {
			t.Errorf("%d and %d", a, b)
		}
		if _, err := s.MergeCustomer(t.Context(), "ann2", *member("ann")); err != nil {
			t.Fatal(err)
		}
		h, err := s.Hold(t.Context(), client.NewHold{Customer: member("ann2"), Unit: "points", Units: 85})
		if err != nil || h.Units != 85 || s.available("ann") != 5 {
			t.Errorf("%+v, %v; %d left", h, err, s.available("ann"))
		}
	})
}

func TestARewardIsRedeemedOverTheAPI(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		s.counts(nil)
		s.works(s.hooks.Kinds()...)
		l := listen(t)
		e, err := s.CreateWebhookEndpoint(t.Context(), client.NewWebhookEndpoint{URL: l.URL, Types: []string{"points.moved", "redemption.changed"}})
		if err != nil {
			t.Fatal(err)
		}
		l.set(e.Secret, 200)
		s.member("c1", 100)
		left := int64(5)
		from := time.Now().Add(-time.Hour).UTC().Truncate(time.Second)
		r, err := s.PutReward(t.Context(), "free-coffee", client.Reward{Name: "A coffee on us", Kind: "product", Terms: map[string]any{"product": "espresso"}, Unit: "points", Price: 70,
			Left: &left, From: &from, GoodDays: 30, Codes: &client.RewardCodes{Kind: "unique"}})
		if err != nil || r.Version != 1 || r.Terms["product"] != "espresso" || !r.From.Equal(from) {
			t.Fatalf("%+v, %v", r, err)
		}
		offers, err := s.Offers(t.Context(), "c1", client.Lists{})
		if err != nil || len(offers.Data) != 1 || !offers.Data[0].Available {
			t.Errorf("%+v, %v", offers, err)
		}
		got, err := s.Redeem(t.Context(), client.NewRedemption{Customer: member("c1"), Reward: "free-coffee"})
		if err != nil || got.State != "issued" || len(got.Code) != 14 || got.Units != 70 || got.GoodUntil == nil || s.available("c1") != 30 {
			t.Fatalf("%+v, %v", got, err)
		}
		if offers, err = s.Offers(t.Context(), "c1", client.Lists{}); err != nil || offers.Data[0].Why != "too_few_units" || offers.Data[0].Missing != 40 || *offers.Data[0].Reward.Left != 4 {
			t.Errorf("%+v, %v", offers, err)
		}
		found, err := s.FindCode(t.Context(), strings.ToLower(got.Code))
		if err != nil || found.Redemption.ID != got.ID || found.Reward.Name != "A coffee on us" {
			t.Errorf("%+v, %v", found, err)
		}
		s.member("c2", 0)
		if _, err := s.UseCode(t.Context(), got.Code, client.UseCode{Customer: member("c2")}); client.Code(err) != "code_of_another" {
			t.Errorf("by another: %v", err)
		}
		if used, err := s.UseCode(t.Context(), got.Code, client.UseCode{Customer: member("c1"), OrderReference: "1007"}); err != nil || used.State != "used" || used.OrderReference != "1007" {
			t.Errorf("%+v, %v", used, err)
		}
		if _, err := s.ReopenRedemption(t.Context(), got.ID, ""); client.Code(err) != "required" {
			t.Errorf("reopened without a reason: %v", err)
		}
		if _, err := s.ReopenRedemption(t.Context(), got.ID, "the wrong cup"); err != nil {
			t.Error(err)
		}
		if back, err := s.RefundRedemption(t.Context(), got.ID, ""); err != nil || back.State != "refunded" || s.available("c1") != 100 {
			t.Errorf("%+v, %v", back, err)
		}
		story, err := s.Redemption(t.Context(), got.ID)
		if err != nil || len(story.Moves) != 4 || !strings.HasPrefix(story.Moves[0].Actor, "key_") {
			t.Errorf("%+v, %v", story, err)
		}
		page, err := s.Redemptions(t.Context(), "c1", client.Lists{})
		if err != nil || len(page.Data) != 1 {
			t.Errorf("%+v, %v", page, err)
		}
		until(t, "all of it was told", func() bool { return l.heard("redemption.changed") == 4 && l.heard("points.moved") == 3 })
		s.refused("terms that are none", request{method: "PUT", path: "/v1/rewards/x", body: `{"name":"X","kind":"discount","terms":{"percents":5}}`}, 422, "invalid", "terms")
		s.refused("a reward that is none", request{method: "POST", path: "/v1/redemptions", body: `{"customer":{"reference":"c1"},"reward":"x"}`}, 404, "reward_not_found", "reward")
		s.refused("an unknown redemption", request{method: "GET", path: "/v1/redemptions/rdm_x"}, 422, "bad_id", "id")
	})
}

// Whoever guesses codes is soon answered no more, and whoever has a right one meanwhile neither, by the same key.
func TestCodesCannotBeGuessed(t *testing.T) {
	t.Parallel()
	s := onSQLite(t)
	guess := func() string { _, err := s.FindCode(t.Context(), "AAAA-BBBB-CCCC"); return client.Code(err) }
	for range 20 {
		if code := guess(); code != "code_not_found" {
			t.Fatal(code)
		}
	}
	s.Attempts = 1
	if code := guess(); code != "too_many_tries" {
		t.Errorf("after twenty: %s", code)
	}
	other := client.New(s.url, s.newKey(account.PointsSpend))
	if _, err := other.FindCode(t.Context(), "AAAA-BBBB-CCCC"); client.Code(err) != "code_not_found" {
		t.Errorf("another till: %v", err)
	}
}

func TestThePagesOfMembersAreSetUp(t *testing.T) {
	t.Parallel()
	s := onSQLite(t)
	want := client.MemberPages{Open: true, Greeting: "Hello", Accent: "#0a5c36", Terms: "Be kind.", Version: "1", QuietFrom: "22:00", QuietUntil: "07:30", TermsTranslations: map[string]string{"el": "Με καλοσύνη."}}
	if got, err := s.SetMemberPages(t.Context(), want); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	if status, _, body := s.call(request{method: "GET", path: "/v1/member-pages"}); status != 200 || !strings.Contains(string(body), `"accent":"#0a5c36"`) {
		t.Errorf("%d %s", status, body)
	}
	s.refused("a colour that is none", request{method: "PUT", path: "/v1/member-pages", body: `{"open":true,"accent":"green"}`}, 422, "invalid", "accent")
	for _, hour := range []string{"9:00", "24:00", "21:60", "21:00:00", "nine"} {
		s.refused("an hour that is none", request{method: "PUT", path: "/v1/member-pages", body: `{"open":true,"quiet_until":"` + hour + `"}`}, 422, "invalid", "quiet_until")
	}
}
