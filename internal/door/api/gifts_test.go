package api_test

import (
	"strings"
	"testing"
	"time"

	"regulars/client"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/intake"
)

func TestHolidaysAreSetOverTheWire(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		t.Helper()
		h, err := s.SetHolidays(t.Context(), client.Holidays{Country: "MK", Off: []string{"womens_day"},
			Own: []client.OwnHoliday{{Holiday: "our_day", Name: "Our day", Month: 5, Day: 17}}})
		if err != nil || h.Keeps != "MK" || len(h.Own) != 1 || len(h.Ahead) != 8 {
			t.Fatalf("%+v, %v", h, err)
		}
		if h, err = s.Holidays(t.Context(), "mk"); err != nil {
			t.Fatal(err)
		}
		found := 0
		for i, d := range h.Ahead {
			switch {
			case i > 0 && d.Day < h.Ahead[i-1].Day:
				t.Errorf("%s comes after %s", d.Day, h.Ahead[i-1].Day)
			case d.Holiday == "easter" && d.Name == "Велигден" && !d.Off, d.Holiday == "our_day" && d.Name == "Our day", d.Holiday == "womens_day" && d.Off:
				found++
			}
		}
		if found != 3 {
			t.Errorf("%+v", h.Ahead)
		}
		for name, one := range map[string]struct{ body, code, field string }{
			"country": {`{"country":"ZZ"}`, "unknown_country", "country"}, "off": {`{"off":["nothing"]}`, "unknown_holiday", "off[0]"},
			"key": {`{"own":[{"holiday":"A b","name":"x","month":1,"day":1}]}`, "holiday_key", "own[0].holiday"}, "day": {`{"own":[{"holiday":"a","name":"x","month":2,"day":30}]}`, "no_day", "own[0].day"},
			"taken": {`{"own":[{"holiday":"easter","name":"x","month":2,"day":3}]}`, "holiday_taken", "own[0].holiday"},
		} {
			s.refused(name, request{method: "PUT", path: "/v1/settings/holidays", body: one.body}, 422, one.code, one.field)
		}
		if h, err = s.Holidays(t.Context(), ""); err != nil || h.Country != "MK" {
			t.Errorf("after what was refused: %+v, %v", h, err)
		}
		few := *s
		few.key = s.newKey(account.SettingsRead)
		few.refused("who may only read", request{method: "PUT", path: "/v1/settings/holidays", body: `{}`}, 403, "not_allowed", "")
		if _, err := time.Parse(time.DateOnly, h.Ahead[0].Day); err != nil {
			t.Error(err)
		}
	})
}

func TestASurpriseOverTheWire(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		t.Helper()
		s.counts(nil)
		for _, who := range []string{"ada", "bob", "eve", "dan"} {
			s.member(who, 0)
		}
		want := client.Surprise{Name: "Spring", Unit: "points", Units: 5, Budget: 14, HoldOut: 25, GivesAt: time.Now().UTC().Add(-time.Second).Truncate(time.Second),
			Who: client.SurpriseWho{Condition: "customer.orders == 0"}, Translations: map[string]map[string]string{"el": {"Spring": "Άνοιξη", "gone": "έφυγε"}}}
		got, err := s.PutSurprise(t.Context(), "spring", want)
		if err != nil || got.State != "draft" || got.Version != 1 || got.Who != want.Who || got.Budget != 14 || !got.GivesAt.Equal(want.GivesAt) || got.Lots != nil || len(got.Translations["el"]) != 1 || got.Translations["el"]["Spring"] != "Άνοιξη" {
			t.Fatalf("%+v, %v", got, err)
		}
		e, err := s.EstimateSurprise(t.Context(), "spring")
		if err != nil || e.Qualified != 4 || e.Gifts != 2 || e.HeldOut != 1 || e.Units != 10 || e.Left != nil {
			t.Errorf("%+v, %v", e, err)
		}
		for range 2 {
			if got, err = s.PlanSurprise(t.Context(), "spring"); err != nil || got.State != "planned" {
				t.Fatalf("%+v, %v", got, err)
			}
		}
		if named, err := s.TranslateSurprise(t.Context(), "spring", map[string]map[string]string{"ru": {"Spring": "Весна"}}); err != nil || named.State != "planned" || named.Version != got.Version+1 || len(named.Translations) != 1 || named.Translations["ru"]["Spring"] != "Весна" {
			t.Errorf("%+v, %v", named, err)
		}
		s.refused("a long name", request{method: "PUT", path: "/v1/surprises/spring/translations", body: `{"translations":{"el":{"Spring":"` + strings.Repeat("κ", 101) + `"}}}`}, 422, "translation_length", "translations.el")
		s.refused("what is planned", request{method: "PUT", path: "/v1/surprises/spring", body: `{"name":"x","unit":"points","units":1,"gifts":1,"gives_at":"2027-01-01T00:00:00Z"}`}, 409, "surprise_state", "")
		facts, err := (&intake.Current{DB: s.d}).Intake(t.Context())
		if err == nil {
			err = facts.Gifts().Due(t.Context(), s.d)
		}
		if err != nil {
			t.Fatal(err)
		}
		got, err = s.Surprise(t.Context(), "spring")
		if err != nil || got.State != "given" || got.Qualified != 4 || len(got.Seed) != 64 || got.FrozenAt == nil || got.EndedAt == nil ||
			got.Lots.Given != 2 || got.Lots.HeldOut != 1 || got.Lots.NotDrawn != 1 || got.Effect.With.Customers != 2 || got.Effect.Without.Customers != 2 || got.Effect.Paid.Verdict != "too_few" {
			t.Fatalf("%+v, %v", got, err)
		}
		lots := map[string]int{}
		for _, who := range []string{"ada", "bob", "eve", "dan"} {
			own, err := s.Gifts(t.Context(), who)
			if err != nil || len(own.Data) != 1 || own.Data[0].Name != "Spring" || own.Data[0].About != "spring" {
				t.Fatalf("%+v, %v", own, err)
			}
			g := own.Data[0]
			lots[g.Lot]++
			if g.Lot == "given" && (g.Gave[0].Units != 5 || s.available(who) != 5 || g.Letter != "waiting") || g.Lot != "given" && (len(g.Gave) != 0 || g.Letter != "none") {
				t.Errorf("%s: %+v", who, g)
			}
		}
		if lots["given"] != 2 || lots["held_out"] != 1 {
			t.Errorf("%v", lots)
		}
		// Another is cancelled, another discarded; the list has them by the time they are given at, a page at a time.
		want.GivesAt = want.GivesAt.Add(48 * time.Hour)
		for _, key := range []string{"summer", "autumn"} {
			if _, err := s.PutSurprise(t.Context(), key, want); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.DiscardSurprise(t.Context(), "autumn"); err != nil {
			t.Error(err)
		}
		if _, err := s.PlanSurprise(t.Context(), "summer"); err != nil {
			t.Error(err)
		}
		for range 2 {
			if got, err = s.CancelSurprise(t.Context(), "summer"); err != nil || got.State != "cancelled" {
				t.Errorf("%+v, %v", got, err)
			}
		}
		page, err := s.Surprises(t.Context(), client.Lists{Limit: 1})
		if err != nil || len(page.Data) != 1 || page.Data[0].Surprise != "summer" || page.NextCursor == "" {
			t.Fatalf("%+v, %v", page, err)
		}
		if page, err = s.Surprises(t.Context(), client.Lists{Limit: 1, Cursor: page.NextCursor}); err != nil || len(page.Data) != 1 || page.Data[0].Surprise != "spring" || page.NextCursor != "" {
			t.Errorf("%+v, %v", page, err)
		}
		var done []string
		if err := s.d.Read(t.Context(), func(tx *db.Tx) error {
			found, err := account.Entries(tx, account.EntryFilter{Action: "surprise."})
			for _, e := range found {
				done = append(done, e.Action+" "+e.Target)
			}
			return err
		}); err != nil || len(done) != 9 { // three saved, one translated, two planned, one given, one cancelled, one discarded: each once
			t.Errorf("%q, %v", done, err)
		}
		if told, err := s.SetHowGiftsAreTold(t.Context(), client.GiftSettings{Silent: true}); err != nil || !told.Silent {
			t.Errorf("%+v, %v", told, err)
		}
		if told, err := s.HowGiftsAreTold(t.Context()); err != nil || !told.Silent {
			t.Errorf("%+v, %v", told, err)
		}
	})
}

func TestASurpriseThatCannotBeIsRefusedOverTheWire(t *testing.T) {
	t.Parallel()
	s := onSQLite(t)
	s.counts(nil)
	with := func(more string) request {
		return request{method: "PUT", path: "/v1/surprises/x", body: `{"name":"X","gives_at":"2027-01-01T00:00:00Z"` + more + `}`}
	}
	for name, one := range map[string]struct {
		r           request
		status      int
		code, field string
	}{
		"nothing":      {with(``), 422, "surprise_gift", "unit"},
		"no unit":      {with(`,"unit":"stars","units":1,"gifts":1`), 404, "unit_not_found", "unit"},
		"no reward":    {with(`,"reward":"stars","gifts":1`), 404, "reward_not_found", "reward"},
		"how many":     {with(`,"unit":"points","units":1`), 422, "out_of_range", "gifts"},
		"both":         {with(`,"unit":"points","units":1,"gifts":1,"budget":9`), 422, "surprise_gift", "budget"},
		"segment":      {with(`,"unit":"points","units":1,"gifts":1,"who":{"segment":"kings"}`), 422, "no_choice", "who.segment"},
		"condition":    {with(`,"unit":"points","units":1,"gifts":1,"who":{"condition":"order.amount > 1.0"}`), 422, "invalid", "who.condition"},
		"key":          {request{method: "PUT", path: "/v1/surprises/X%20y", body: `{"name":"X","unit":"points","units":1,"gifts":1,"gives_at":"2027-01-01T00:00:00Z"}`}, 422, "surprise_key", "surprise"},
		"not there":    {request{method: "GET", path: "/v1/surprises/x"}, 404, "surprise_not_found", "surprise"},
		"of not there": {request{method: "GET", path: "/v1/surprises/x/estimate"}, 404, "surprise_not_found", "surprise"},
		"planned":      {request{method: "POST", path: "/v1/surprises/x/plan"}, 404, "surprise_not_found", "surprise"},
	} {
		s.refused(name, one.r, one.status, one.code, one.field)
	}
	few := *s
	few.key = s.newKey(account.ProgrammeRead)
	few.refused("who may only read", with(`,"unit":"points","units":1,"gifts":1`), 403, "not_allowed", "")
}
