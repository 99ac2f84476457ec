package api_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/client"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
)

func summerDraw() client.Draw {
	now := time.Now().UTC().Truncate(time.Second)
	return client.Draw{Name: "Summer draw", OpensAt: now.Add(-time.Hour), ClosesAt: now.Add(time.Hour), Free: true,
		Prizes: []client.DrawPrize{{Name: "A bicycle", Count: 1}, {Name: "A coffee", Count: 1}},
		Bought: &client.DrawBought{Unit: "points", Price: 10, PerMember: 3}, Earned: &client.DrawEarned{MinimumMinor: 500, Most: 2}}
}

// over has the time of a draw be over, as if it had closed a minute ago.
func (s *shop) over(key string, closes time.Time) {
	s.t.Helper()
	was, err := json.Marshal(closes)
	if err != nil {
		s.t.Fatal(err)
	}
	ended := time.Now().UTC().Add(-time.Second).Truncate(time.Second)
	is, err := json.Marshal(ended)
	if err == nil {
		err = s.d.Write(s.t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE draws SET closes_us = $1, settings = replace(settings, $2, $3) WHERE draw = $4", ended, string(was), string(is), key)
			return err
		})
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

func TestADrawOverTheWire(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		t.Helper()
		s.counts(nil)
		s.member("ada", 100)
		s.member("bob", 5)
		want := summerDraw()
		d, err := s.PutDraw(t.Context(), "summer", want)
		if err != nil || d.State != "draft" || d.Commitment != "" || d.PublicFile != "" || d.Bought.PerMember != 3 || d.Earned.Most != 2 || !d.ClosesAt.Equal(want.ClosesAt) {
			t.Fatalf("%+v, %v", d, err)
		}
		want.Name, want.Translations = "The summer draw", map[string]map[string]string{"tlh": {"The summer draw": "x"}}
		if _, err := s.PutDraw(t.Context(), "summer", want); client.Code(err) != "invalid" {
			t.Errorf("a language of nobody: %v", err)
		}
		want.Translations = map[string]map[string]string{"el": {"The summer draw": strings.Repeat("κ", 101)}}
		if _, err := s.PutDraw(t.Context(), "summer", want); client.Code(err) != "translation_length" {
			t.Errorf("a long name: %v", err)
		}
		want.Translations = map[string]map[string]string{"el": {"The summer draw": "Η κλήρωση", "A coffee": "Ένας καφές", "gone": "έφυγε"}}
		if d, err = s.PutDraw(t.Context(), "summer", want); err != nil || d.Name != want.Name || d.Version != 2 || len(d.Translations["el"]) != 2 || d.Translations["el"]["A coffee"] != "Ένας καφές" {
			t.Fatalf("%+v, %v", d, err)
		}
		if d, err = s.PublishDraw(t.Context(), "summer"); err != nil || d.State != "published" || len(d.Commitment) != 64 || d.Seed != "" || !strings.HasSuffix(d.PublicFile, "/my/draws/summer/draw.json") {
			t.Fatalf("%+v, %v", d, err)
		}
		if again, err := s.PublishDraw(t.Context(), "summer"); err != nil || again.Commitment != d.Commitment {
			t.Errorf("published again: %+v, %v", again, err)
		}
		if _, err := s.TranslateDraw(t.Context(), "summer", map[string]map[string]string{"el": {"The summer draw": "Η κλήρωση του καλοκαιριού"}}); client.Code(err) != "draw_translated" {
			t.Errorf("what was read is changed: %v", err)
		}
		again := map[string]map[string]string{"el": want.Translations["el"], "ru": {"A bicycle": "Велосипед"}}
		for range 2 {
			if got, err := s.TranslateDraw(t.Context(), "summer", again); err != nil || got.State != "published" || got.Version != d.Version+1 || got.Commitment != d.Commitment || got.Translations["ru"]["A bicycle"] != "Велосипед" || len(got.Translations["el"]) != 2 {
				t.Errorf("%+v, %v", got, err)
			}
		}
		s.refused("translated from an old version", request{method: "PUT", path: "/v1/draws/summer/translations", body: `{"translations":{}}`, head: map[string]string{"If-Match": `"2"`}}, 412, "changed_meanwhile", "")
		own, err := s.Enter(t.Context(), "summer", client.NewDrawEntry{Customer: member("ada"), Way: "free"})
		if err != nil || own.Free != 1 || own.Bought != 0 {
			t.Errorf("%+v, %v", own, err)
		}
		body := `{"customer":{"reference":"ada"},"way":"bought","entries":2}`
		for range 2 {
			if status, _, answer := s.call(request{method: "POST", path: "/v1/draws/summer/entries", body: body, head: map[string]string{"Idempotency-Key": "k"}}); status != 201 {
				t.Errorf("%d %s", status, answer)
			}
		}
		order := coffee("1", "bob", 4)
		order.PlacedAt = order.PlacedAt.Add(-30 * time.Minute)
		if _, err := s.PutOrder(t.Context(), order); err != nil {
			t.Fatal(err)
		}
		if n := s.available("ada"); n != 80 {
			t.Errorf("ada has %d left", n)
		}
		for what, c := range map[string]struct {
			path, body string
			status     int
			code       string
			field      string
		}{
			"beyond the limit":       {"/v1/draws/summer/entries", body, 409, "draw_limit", "entries"},
			"without units":          {"/v1/draws/summer/entries", strings.Replace(body, "ada", "bob", 1), 409, "too_few_units", "units"},
			"without a number":       {"/v1/draws/summer/entries", `{"customer":{"reference":"ada"},"way":"bought"}`, 422, "out_of_range", "entries"},
			"a way that is none":     {"/v1/draws/summer/entries", `{"customer":{"reference":"ada"},"way":"begged"}`, 422, "invalid", "way"},
			"a draw that is none":    {"/v1/draws/winter/entries", body, 404, "draw_not_found", "draw"},
			"nobody":                 {"/v1/draws/summer/entries", `{"way":"free"}`, 422, "invalid", "customer"},
			"closed too early":       {"/v1/draws/summer/close", "", 409, "draw_early", ""},
			"drawn too early":        {"/v1/draws/summer/draw", "", 409, "draw_state", ""},
			"cancelled for nothing":  {"/v1/draws/summer/cancel", `{"reason":" "}`, 422, "reason_length", "reason"},
			"publishing what is not": {"/v1/draws/winter/publish", "", 404, "draw_not_found", "draw"},
		} {
			s.refused(what, request{method: "POST", path: c.path, body: c.body}, c.status, c.code, c.field)
		}
		s.finishes(d)
	})
}

// finishes closes the draw and draws it.
func (s *shop) finishes(d client.Draw) {
	s.t.Helper()
	ctx := s.t.Context()
	s.over("summer", d.ClosesAt)
	closed, err := s.CloseDraw(ctx, "summer")
	if err != nil || closed.State != "frozen" || closed.Entrants != 2 || closed.Entries != 4 || len(closed.ListHash) != 64 {
		s.t.Fatalf("%+v, %v", closed, err)
	}
	drawn, err := s.DrawWinners(ctx, "summer")
	if err != nil || drawn.State != "drawn" || drawn.Commitment != d.Commitment || len(drawn.Winners) != 2 || drawn.Winners[0].Customer != "" || len(drawn.Seed) != 64 {
		s.t.Fatalf("%+v, %v", drawn, err)
	}
	if again, err := s.DrawWinners(ctx, "summer"); err != nil || again.Winners[0] != drawn.Winners[0] || again.Version != drawn.Version {
		s.t.Errorf("drawn again: %+v, %v", again, err)
	}
	won, err := s.Winners(ctx, "summer")
	if err != nil || len(won.Data) != 2 || !strings.HasPrefix(won.Data[0].Customer, "cus_") || won.Data[0].Entry != drawn.Winners[0].Entry {
		s.t.Errorf("%+v, %v", won, err)
	}
	own, err := s.OwnDraws(ctx, "bob")
	if err != nil || len(own.Data) != 1 || own.Data[0].Earned != 1 || len(own.Data[0].Won) != 1 || own.Data[0].Entries[0].Weight != 1 {
		s.t.Errorf("%+v, %v", own, err)
	}
	if _, err := s.CancelDraw(ctx, "summer", "no"); client.Code(err) != "draw_state" {
		s.t.Errorf("cancelled: %v", err)
	}
	s.refused("changed", request{method: "PUT", path: "/v1/draws/summer", body: `{"name":"x","prizes":[{"name":"y","count":1}],"opens_at":"2026-01-01T00:00:00Z","closes_at":"2026-02-01T00:00:00Z","free":true}`}, 409, "draw_state", "")
	var actions []string
	if err := s.d.Read(ctx, func(tx *db.Tx) error {
		found, err := account.Entries(tx, account.EntryFilter{Action: "draw."})
		for i := range found {
			actions = append(actions, found[len(found)-1-i].Action)
		}
		return err
	}); err != nil || strings.Join(actions, " ") != "draw.saved draw.saved draw.published draw.translated draw.entered draw.entered draw.closed draw.drawn" {
		s.t.Errorf("the trail says %v, %v", actions, err)
	}
}

func TestDrawsAreListedDiscardedAndCancelled(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		s.counts(nil)
		s.member("ada", 30)
		want := summerDraw()
		for i, key := range []string{"a", "b", "c"} {
			d := want
			d.ClosesAt = want.ClosesAt.Add(time.Duration(i/2) * time.Hour) // two at once
			if _, err := s.PutDraw(t.Context(), key, d); err != nil {
				t.Fatal(err)
			}
		}
		var keys []string
		page := client.Lists{Limit: 2}
		for {
			all, err := s.Draws(t.Context(), page)
			if err != nil {
				t.Fatal(err)
			}
			for i := range all.Data {
				keys = append(keys, all.Data[i].Draw)
			}
			if page.Cursor = all.NextCursor; page.Cursor == "" {
				break
			}
		}
		if got := strings.Join(keys, " "); got != "c a b" {
			t.Errorf("listed: %s", got)
		}
		if err := s.DiscardDraw(t.Context(), "b"); err != nil {
			t.Error(err)
		}
		if _, err := s.Draw(t.Context(), "b"); client.Code(err) != "draw_not_found" {
			t.Errorf("discarded: %v", err)
		}
		if _, err := s.PublishDraw(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
		if err := s.DiscardDraw(t.Context(), "a"); client.Code(err) != "draw_state" {
			t.Errorf("discarded after it was published: %v", err)
		}
		if _, err := s.Enter(t.Context(), "a", client.NewDrawEntry{Customer: member("ada"), Way: "bought", Entries: 3}); err != nil || s.available("ada") != 0 {
			t.Errorf("%v, %d left", err, s.available("ada"))
		}
		if d, err := s.CancelDraw(t.Context(), "a", "rain"); err != nil || d.State != "cancelled" || d.Reason != "rain" || s.available("ada") != 30 {
			t.Errorf("%+v, %v, %d left", d, err, s.available("ada"))
		}
		s.refused("a cursor that is none", request{method: "GET", path: "/v1/draws?cursor=eHg"}, 422, "bad_cursor", "cursor")
		s.refused("a unit that is none", request{method: "PUT", path: "/v1/draws/d", body: `{"name":"x","prizes":[{"name":"y","count":1}],"opens_at":"2026-01-01T00:00:00Z","closes_at":"2026-02-01T00:00:00Z","bought":{"unit":"stars","price":1,"per_member":1}}`},
			404, "unit_not_found", "bought.unit")
		s.refused("no way in", request{method: "PUT", path: "/v1/draws/d", body: `{"name":"x","prizes":[{"name":"y","count":1}],"opens_at":"2026-01-01T00:00:00Z","closes_at":"2026-02-01T00:00:00Z"}`}, 422, "draw_no_way", "free")
	})
}

// Whoever is alone publishes what they wrote, and the trail says that they were.
func TestADrawIsPublishedAlone(t *testing.T) {
	t.Parallel()
	s := onSQLite(t)
	v, err := s.WriteProgramme(t.Context(), []byte(`{"name":"Watched","four_eyes":true,"units":[{"unit":"points"}],"rules":[{"rule":"a","name":"A","effect":{"fixed":{"unit":"points","units":5}}}]}`), "")
	if err == nil {
		_, err = s.PublishProgramme(t.Context(), v.Version)
	}
	if err == nil {
		_, err = s.PutDraw(t.Context(), "summer", summerDraw())
	}
	if err == nil {
		_, err = s.PublishDraw(t.Context(), "summer")
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := s.d.Read(t.Context(), func(tx *db.Tx) error {
		did, err := account.Entries(tx, account.EntryFilter{Action: "draw.published"})
		if err == nil && (len(did) != 1 || !slices.Equal(did[0].Fields, []string{"alone"})) {
			t.Errorf("the trail says %+v", did)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// An auditor of programmes sees draws and who wrote them does not publish them, where the programme in force asks for four eyes.
func TestFourEyesOnADraw(t *testing.T) {
	t.Parallel()
	s := onSQLite(t)
	if err := s.d.Write(t.Context(), func(tx *db.Tx) error {
		u, _, err := account.Invite(tx, account.System("test"), account.NewUser{Email: "o@example.com", Role: account.Owner})
		if err == nil {
			_, err = tx.Exec("UPDATE users SET state = 'active' WHERE user_id = $1", u.ID)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	v, err := s.WriteProgramme(t.Context(), []byte(`{"name":"Watched","four_eyes":true,"units":[{"unit":"points"}],"rules":[{"rule":"a","name":"A","effect":{"fixed":{"unit":"points","units":5}}}]}`), "")
	if err == nil {
		_, err = s.PublishProgramme(t.Context(), v.Version)
	}
	if err == nil {
		_, err = s.PutDraw(t.Context(), "summer", summerDraw())
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.PublishDraw(t.Context(), "summer"); client.Code(err) != "four_eyes" {
		t.Errorf("published by its author: %v", err)
	}
	other := s.newKey(account.ProgrammeWrite)
	if status, _, answer := s.call(request{method: "POST", path: "/v1/draws/summer/publish", noKey: true, head: map[string]string{"Authorization": "Bearer " + other}}); status != 200 {
		t.Errorf("by another: %d %s", status, answer)
	}
}

// What a draw is called stands beside its key, wherever a rule gave entries in it, in the language that was asked for.
func TestADrawIsCalledByItsNameOverTheWire(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		t.Helper()
		s.publishes(`{"name": "E", "starts": "2026-01-01", "units": [{"unit": "points"}], "translations": {"el": {"An entry": "Μια συμμετοχή"}},
			"rules": [{"rule": "large", "name": "An entry", "effect": {"entries": {"draw": "may", "entries": 2}}}]}`)
		d := summerDraw()
		d.Bought, d.Earned, d.Rules = nil, nil, &client.DrawRules{Most: 9}
		d.OpensAt = d.OpensAt.Add(-time.Hour)
		if _, err := s.PutDraw(t.Context(), "may", d); err != nil {
			t.Fatal(err)
		}
		if _, err := s.PublishDraw(t.Context(), "may"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.TranslateDraw(t.Context(), "may", map[string]map[string]string{"el": {"Summer draw": "Η κλήρωση"}}); err != nil {
			t.Fatal(err)
		}
		order := `{"reference":"1","customer":{"reference":"ada"},"placed_at":"` + time.Now().UTC().Add(-time.Second).Format(time.RFC3339Nano) + `","amount_minor":500}`
		says := func(method, path, body string, want ...string) {
			t.Helper()
			status, _, text := s.call(request{method: method, path: path, body: body})
			for _, one := range append(want, `"draw":"may"`) {
				if status >= 300 || !strings.Contains(string(text), one) {
					t.Errorf("%s: %d %s lacks %s", path, status, text, one)
				}
			}
		}
		says("POST", "/v1/quotes?lang=el", order, `"draw_name":"Η κλήρωση"`, "Μια συμμετοχή", "στην κλήρωση Η κλήρωση")
		says("POST", "/v1/quotes", order, `"draw_name":"Summer draw"`, "in the prize draw Summer draw")
		says("POST", "/v1/orders", order, `"draw_name":"Summer draw"`)
		says("GET", "/v1/customers/ada/explanations?lang=el&for=member", "", `"draw_name":"Η κλήρωση"`)
		says("GET", "/v1/customers/ada/explanations?lang=mk", "", `"draw_name":"Summer draw"`)
	})
}
