package api_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"regulars/client"
	"regulars/internal/base/account"
)

// coffee is an order of so many coffees and a cake.
func coffee(reference, customer string, coffees float64) client.Order {
	return client.Order{Reference: reference, Customer: member(customer), PlacedAt: time.Now(), Lines: []client.OrderLine{
		{Product: "espresso", Category: "coffee", Quantity: &coffees, AmountMinor: int64(coffees * 250)}, {Product: "cake", Category: "food", AmountMinor: 450}}}
}

// running publishes the café's programme as it stands in the documentation.
func (s *shop) running() {
	s.t.Helper()
	document, err := os.ReadFile("../../../docs/cafe.json")
	if err != nil {
		s.t.Fatal(err)
	}
	v, err := s.WriteProgramme(s.t.Context(), document, "the first")
	if err != nil || v.State != "draft" || v.Version != 1 || v.Note != "the first" {
		s.t.Fatalf("%+v, %v", v, err)
	}
	if v, err = s.PublishProgramme(s.t.Context(), v.Version); err != nil || v.State != "published" || v.PublishedAt == nil {
		s.t.Fatalf("%+v, %v", v, err)
	}
}

// publishes puts a programme in force.
func (s *shop) publishes(document string) {
	s.t.Helper()
	v, err := s.WriteProgramme(s.t.Context(), []byte(document), "")
	if err == nil {
		_, err = s.PublishProgramme(s.t.Context(), v.Version)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

func TestADraftIsDiscardedOverTheAPI(t *testing.T) {
	t.Parallel()
	s := onSQLite(t)
	s.running()
	v, err := s.WriteProgramme(t.Context(), []byte(`{"name":"Other","units":[{"unit":"points"}],"rules":[]}`), "")
	if err != nil {
		t.Fatal(err)
	}
	reader := map[string]string{"Authorization": "Bearer " + s.newKey(account.ProgrammeRead)}
	if status, _, answer := s.call(request{method: "DELETE", path: "/v1/programme/versions/2", noKey: true, head: reader}); status != 403 {
		t.Errorf("by who may read only: %d %s", status, answer)
	}
	if err := s.DiscardProgramme(t.Context(), v.Version); err != nil {
		t.Error(err)
	}
	if err := s.DiscardProgramme(t.Context(), v.Version); client.Code(err) != "programme_not_found" {
		t.Errorf("twice: %v", err)
	}
	if err := s.DiscardProgramme(t.Context(), 1); client.Code(err) != "no_draft" {
		t.Errorf("what is in force: %v", err)
	}
}

// The café's programme from one document, through quote, order, return, reward and tier.
func TestTheCafeRunsOverTheAPI(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		t.Helper()
		s.refused("a programme before there is one", request{method: "GET", path: "/v1/programme"}, 404, "no_programme", "")
		s.refused("a quote before", request{method: "POST", path: "/v1/quotes", body: goodOrder}, 404, "no_programme", "")
		if w, err := s.PutOrder(t.Context(), coffee("before", "ada", 1)); err != nil || w.Units != nil {
			t.Errorf("an order before: %+v, %v", w, err)
		}
		s.running()
		q, err := s.Quote(t.Context(), coffee("q", "ada", 3))
		if err != nil || q.Units["points"] != 12 || q.Units["stamps"] != 3 || len(q.Rules) != 2 || len(q.Rewards) != 2 || q.Rewards[0].Available || q.Rewards[0].DiscountMinor != 500 || q.Rewards[1].DiscountMinor != 250 || q.Rewards[1].Missing != 9 {
			t.Errorf("%+v, %v", q, err)
		}
		little := coffee("q", "ada", 1)
		little.Lines = []client.OrderLine{{Product: "espresso", AmountMinor: 250}}
		if q, err = s.Quote(t.Context(), little); err != nil || q.Rewards[0].DiscountMinor != 0 || q.Units["stamps"] != 1 { // its category is that of the catalogue, as in the order
			t.Errorf("five off less than five: %+v, %v", q, err)
		}
		little.Lines[0].Product = "cake"
		if q, err = s.Quote(t.Context(), little); err != nil || q.Rewards[1].DiscountMinor != 0 {
			t.Errorf("a free coffee where there is none: %+v, %v", q, err)
		}
		if q, err = s.Quote(t.Context(), coffee("q", "somebody new", 1)); err != nil || q.Units["points"] != 7 || len(q.Rewards) != 0 {
			t.Errorf("of somebody new: %+v, %v", q, err)
		}
		w, err := s.PutOrder(t.Context(), coffee("1", "ada", 10))
		if err != nil || w.Units["points"] != 29 || w.Units["stamps"] != 10 || len(w.Rules) != 2 || w.Rules[0].Name != "A point a euro" || w.Rules[0].BaseMinor != 2950 {
			t.Fatalf("%+v, %v", w, err)
		}
		if again, err := s.PutOrder(t.Context(), coffee("1", "ada", 10)); err != nil || again.Status == "created" {
			t.Errorf("%+v, %v", again, err)
		}
		r, err := s.Redeem(t.Context(), client.NewRedemption{Customer: member("ada"), Reward: "tenth-coffee"})
		if err != nil || r.State != "issued" || !strings.HasPrefix(r.Code, "CAFE-") {
			t.Errorf("%+v, %v", r, err)
		}
		// One coffee had a fly in it.
		amount := int64(250)
		back, err := s.PutReturn(t.Context(), client.Return{Reference: "R1", OrderReference: "1", ReturnedAt: time.Now(), Lines: []client.ReturnLine{{Line: 1, AmountMinor: &amount, Quantity: new(float64)}}})
		if err != nil || back.Units["points"] != 27 {
			t.Errorf("%+v, %v", back, err)
		}
		all, err := s.Explanations(t.Context(), "ada", client.Lists{})
		if err != nil || len(all.Data) != 1 || all.Data[0].OrderID != w.ID || all.Data[0].Units["points"] != 27 || all.Data[0].Version != 1 {
			t.Errorf("%+v, %v", all, err)
		}
		tier, err := s.Tier(t.Context(), "ada")
		if err != nil || tier.Tier != "bronze" || tier.Next != "silver" || tier.Missing != 20000-2700-700 || len(tier.Moves) != 1 {
			t.Errorf("%+v, %v", tier, err)
		}
		if tier, err = s.PutTier(t.Context(), "ada", "gold", "the landlady"); err != nil || tier.Tier != "gold" || tier.Earned != "bronze" || tier.Until == nil {
			t.Errorf("%+v, %v", tier, err)
		}
		if w, err = s.PutOrder(t.Context(), coffee("2", "ada", 1)); err != nil || w.Units["points"] != 14 || w.Rules[0].Factor != 2 {
			t.Errorf("in gold: %+v, %v", w, err)
		}
		s.refused("into a tier that is none", request{method: "PUT", path: "/v1/customers/ada/tier", body: `{"tier":"platinum","reason":"x"}`}, 404, "tier_not_found", "tier")
	})
}

func TestVersionsOfTheProgrammeAreKept(t *testing.T) {
	t.Parallel()
	s := onSQLite(t)
	s.running()
	document, err := os.ReadFile("../../../docs/cafe.json")
	if err != nil {
		t.Fatal(err)
	}
	next, err := s.WriteProgramme(t.Context(), []byte(strings.Replace(string(document), `"units": 50`, `"units": 80`, 1)), "")
	if err != nil || next.Version != 2 {
		t.Fatalf("%+v, %v", next, err)
	}
	d, err := s.CompareProgrammes(t.Context(), 0, 2)
	if err != nil || d.From != 1 || len(d.Data) != 1 || d.Data[0].At != "rules[birthday].effect.fixed.units" || string(d.Data[0].Before) != "50" || string(d.Data[0].After) != "80" {
		t.Errorf("%+v, %v", d, err)
	}
	for _, version := range []int64{2, 1} { // forward, and back
		if v, err := s.PublishProgramme(t.Context(), version); err != nil || v.Version != version || v.State != "published" {
			t.Errorf("%+v, %v", v, err)
		}
		if v, err := s.Programme(t.Context()); err != nil || v.Version != version {
			t.Errorf("%+v, %v", v, err)
		}
	}
	all, err := s.ProgrammeVersions(t.Context(), client.Lists{Limit: 1})
	if err != nil || len(all.Data) != 1 || all.Data[0].Version != 2 || all.Data[0].State != "retired" || all.NextCursor == "" {
		t.Errorf("%+v, %v", all, err)
	}
	for what, c := range map[string][2]string{
		"a condition that cannot be read": {`{"document":{"name":"x","units":[{"unit":"points"}],"rules":[{"rule":"a","name":"A","if":"order.amount >","effect":{"fixed":{"unit":"points","units":1}}}]}}`, "document.rules[0].if"},
		"an unknown name":                 {`{"document":{"name":"x","unit":[]}}`, "document"},
		"no name":                         {`{"document":{"units":[]}}`, "document.name"},
	} {
		s.refused(what, request{method: "POST", path: "/v1/programme/versions", body: c[0]}, 422, "invalid", c[1])
	}
	if _, err := s.PutOrder(t.Context(), coffee("1", "ada", 4)); err != nil {
		t.Fatal(err)
	}
	out, err := s.Replay(t.Context(), 2, client.Rehearse{ValueMinor: map[string]float64{"points": 5}, Margin: .6})
	if err != nil || out.Orders != 1 || out.Draft.CostMinor != 70 || out.Draft.Units[1].Issued != 4 || out.Compared.Same != 1 || out.Draft.BreakEven == nil {
		t.Errorf("%+v, %v", out, err)
	}
	s.refused("a rehearsal from no day", request{method: "POST", path: "/v1/programme/versions/2/replay", body: `{"from":"yesterday"}`}, 422, "invalid", "from")
	looked, err := s.LintProgramme(t.Context(), document, map[string]float64{"points": 5}, .02, "el")
	if err != nil || len(looked.Findings) != 1 || looked.Findings[0].Code != "earns_above_margin" || !strings.Contains(looked.Findings[0].Words, "περιθώριο") || looked.Worst.ShareOfRevenue != .1 {
		t.Errorf("%+v, %v", looked, err)
	}
	s.refused("what is no programme", request{method: "POST", path: "/v1/programme/lint", body: `{"document":{"name":""}}`}, 422, "invalid", "document.name")
	s.refused("a version that is none", request{method: "POST", path: "/v1/programme/versions/9/publish"}, 404, "programme_not_found", "")
}

// What a quote takes off is handed in with the order, and the rule has had its turn.
func TestWhatAQuoteTakesOffIsKept(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		t.Helper()
		s.publishes(`{"name": "Café", "units": [{"unit": "points"}], "rules": [
			{"rule": "five", "name": "Five off, once", "if": "order.amount >= 25.0", "lines": "line.category == 'coffee'", "limit": {"times": 1}, "effect": {"discount": {"amount_minor": 500}}},
			{"rule": "base", "name": "A point a euro", "effect": {"rate": {"unit": "points", "units": 1, "per_minor": 100}}}]}`)
		wants := func(q client.Quote, err error, off int64, units int64, lines ...int64) {
			t.Helper()
			if err != nil || q.DiscountMinor != off || q.Units["points"] != units || len(q.Lines) != len(lines) {
				t.Fatalf("%+v, %v", q, err)
			}
			for i := range lines {
				if q.Lines[i].DiscountMinor != lines[i] {
					t.Errorf("line %d: %+v", i+1, q.Lines)
				}
			}
		}
		q, err := s.Quote(t.Context(), coffee("q", "ada", 9))
		wants(q, err, 500, 22, 500, 0)
		o := coffee("1", "ada", 9)
		o.Lines[0].AmountMinor -= 500
		o.DiscountMinor, o.ProgrammeDiscountMinor = 700, 500 // the shop took two off before
		o.Lines[0].ProgrammeDiscountMinor = 500
		w, err := s.PutOrder(t.Context(), o)
		if err != nil || w.Units["points"] != 22 || w.Rules[0].DiscountMinor != 500 {
			t.Fatalf("%+v, %v", w, err)
		}
		if kept, err := s.Order(t.Context(), w.ID); err != nil || kept.DiscountMinor != 700 || kept.ProgrammeDiscountMinor != 500 || kept.Lines[0].ProgrammeDiscountMinor != 500 || kept.Lines[1].ProgrammeDiscountMinor != 0 {
			t.Errorf("%+v, %v", kept, err)
		}
		if again, err := s.PutOrder(t.Context(), o); err != nil || again.Status != "unchanged" {
			t.Errorf("%+v, %v", again, err)
		}
		q, err = s.Quote(t.Context(), o)
		wants(q, err, 0, 22)
		q, err = s.Quote(t.Context(), coffee("q", "ada", 9))
		wants(q, err, 0, 27)
		o.Reference, o.DiscountMinor = "2", 400
		if _, err := s.PutOrder(t.Context(), o); client.Code(err) != "invalid" || !strings.Contains(err.Error(), "the one is a part of the other") {
			t.Errorf("more than all that was taken off: %v", err)
		}
	})
}
