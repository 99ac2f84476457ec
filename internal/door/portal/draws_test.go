package portal_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"regulars/internal/act/draw"
	"regulars/internal/act/member"
	"regulars/internal/base/browsertest"
	"regulars/internal/base/db"
	"regulars/internal/base/locale"
	"regulars/internal/base/secret"
	"regulars/internal/intake"
	"regulars/internal/record/schema/schematest"
)

// desk is what holds draws, with the box of the pages.
func (s *shop) desk() (*intake.Intake, *draw.Desk) {
	s.t.Helper()
	facts, err := s.facts.Intake(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	return facts, facts.Draws(secret.New([]byte(strings.Repeat("\x09", 32))))
}

// holds publishes a draw that is open for an hour, for entries of rules too where it is said how many.
func (s *shop) holds(key string, byRules ...int64) {
	s.t.Helper()
	_, desk := s.desk()
	now := time.Now().Truncate(time.Second)
	var rules *draw.Rules
	if len(byRules) > 0 {
		rules = &draw.Rules{Most: byRules[0]}
	}
	s.write(func(tx *db.Tx) error {
		_, err := draw.Save(tx, draw.Draw{Draw: key, Name: "Summer <b>draw</b>", Opens: now.Add(-time.Hour), Closes: now.Add(time.Hour), Free: true,
			Prizes: []draw.Prize{{Name: "An espresso machine with a rather long name", Count: 1}, {Name: "A bag of beans", Count: 3}},
			Bought: &draw.Bought{Unit: "points", Price: 10, PerMember: 3}, Earned: &draw.Earned{MinimumMinor: 1000, Most: 5}, Rules: rules, Terms: "Only in Greece.\n\nNo cash."}, "user:1", 0)
		if err == nil {
			_, err = desk.Publish(tx, key, "user:1")
		}
		return err
	})
}

// ends has the time of a draw be over, closes and draws it.
func (s *shop) ends(key string, drawn bool) {
	s.t.Helper()
	_, desk := s.desk()
	ctx, none := s.t.Context(), func(*db.Tx) error { return nil }
	s.write(func(tx *db.Tx) error {
		d, err := draw.Load(tx, key)
		if err != nil {
			return err
		}
		was, _ := json.Marshal(d.Closes)
		ended := time.Now().UTC().Add(-time.Second).Truncate(time.Second)
		is, _ := json.Marshal(ended)
		_, err = tx.Exec("UPDATE draws SET closes_us = $1, settings = replace(settings, $2, $3) WHERE draw = $4", ended, string(was), string(is), key)
		return err
	})
	_, err := desk.Close(ctx, s.d, key, none)
	if err == nil && drawn {
		_, err = desk.Draw(ctx, s.d, key, none)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) joins(email string, letter int) *phone {
	s.t.Helper()
	p := s.phone()
	p.post("/my/join", "email", email, "given_name", "Ada", "agreed", "yes")
	p.post(s.link(letter)).wants(s.t, 200, "/my/")
	return p
}

func TestAMemberTakesPartInADraw(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		p := s.joins("ada@example.com", 1)
		if home := p.get("/my/"); strings.Contains(home.text, "Draws") {
			t.Error("there are draws before there are any")
		}
		p.get("/my/draws").wants(t, 200, "/my/draws", "There is no draw")
		s.holds("summer")
		s.earn("ada@example.com", 35)
		p.get("/my/").wants(t, 200, "/my/", "Prize draws", "Summer <b>draw</b>", "3 × A bag of beans", "Draws")
		p.get("/my/draws").wants(t, 200, "/my/draws", "You can take part now", "Summer <b>draw</b>", "until ")
		page := p.get("/my/draws/summer").wants(t, 200, "/my/draws/summer", "open", "Take part for nothing", "An entry costs 10 points", "You have 35 points", "Every member can enter once",
			"Café Olga holds this draw", "Only in Greece.", "No cash.", "Commitment (SHA-256 of the seed)")
		if strings.Contains(page.raw, "<b>draw</b>") || strings.Contains(page.text, "Winners") || strings.Contains(page.text, "list.txt\"") {
			t.Error("the page shows what is not there yet, or what was typed as it is")
		}
		p.post("/my/draws/summer", "way", "free").wants(t, 200, "/my/draws/summer", "1 entry for nothing", "good luck")
		p.post("/my/draws/summer", "way", "bought", "entries", "2", "key", "k1").wants(t, 200, "/my/draws/summer", "2 entries bought", "as many as 1", "You have 15 points")
		p.post("/my/draws/summer", "way", "bought", "entries", "2", "key", "k1").wants(t, 200, "/my/draws/summer", "2 entries bought")
		p.post("/my/draws/summer", "way", "bought", "entries", "2", "key", "k2").wants(t, 409, "/my/draws/summer", "not enough")
		p.post("/my/draws/summer", "way", "bought", "entries", "0", "key", "k3").wants(t, 422, "/my/draws/summer", "cannot be taken")
		if again := p.post("/my/draws/summer", "way", "bought", "entries", "many", "key", "k3").wants(t, 422, "/my/draws/summer", "cannot be taken"); !strings.Contains(again.raw, `value="many"`) {
			t.Error("what was typed is lost")
		}
		s.earn("ada@example.com", 100)
		p.post("/my/draws/summer", "way", "bought", "entries", "2", "key", "k4").wants(t, 409, "/my/draws/summer", "more entries than one person can buy")
		p.post("/my/draws/summer", "way", "begged").wants(t, 422, "/my/draws/summer", "cannot be taken")
		p.post("/my/draws/winter", "way", "free").wants(t, 404, "/my/draws/winter", "no such page")
		p.get("/my/draws").wants(t, 200, "/my/draws", "you take part with 3 entries")
		s.phone().post("/my/draws/summer", "way", "free").wants(t, 200, "/my/", "Members of")

		s.ends("summer", false)
		frozen := p.get("/my/draws/summer").wants(t, 200, "/my/draws/summer", "closed, to be drawn", "You are on the list as", "On the list: 1. Their entries: 3.", "What there is agrees")
		if strings.Contains(frozen.raw, `name="way"`) {
			t.Error("one can still enter")
		}
		p.post("/my/draws/summer", "way", "free").wants(t, 409, "/my/draws/summer", "cannot take part in this draw now")
		s.ends("summer", true)
		p.get("/my/draws/summer").wants(t, 200, "/my/draws/summer", "You won: An espresso machine", "Everything agrees", "Winners", "Seed")
		p.get("/my/draws").wants(t, 200, "/my/draws", "drawn", "You won: An espresso machine")
		if all := p.get("/my/export"); !strings.Contains(all.raw, `"draw": "summer"`) || !strings.Contains(all.raw, `"bought": 2`) {
			t.Errorf("the export lacks the draw: %s", all.raw)
		}
		p.post("/my/erase", "confirm", "ada@example.com").wants(t, 200, "/my/erase", "You are forgotten")
		s.phone().get("/my/draws/summer").wants(t, 200, "/my/draws/summer", "Everything agrees")
	})
}

// Whoever has not signed in, and where members have no pages at all, checks a draw.
func TestAnybodyChecksADraw(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		p := s.joins("ada@example.com", 1)
		s.holds("summer")
		p.post("/my/draws/summer", "way", "free")
		stranger := s.phone()
		open := stranger.get("/my/draws/summer").wants(t, 200, "/my/draws/summer", "Come in to take part", "Commitment")
		if strings.Contains(open.raw, `name="way"`) {
			t.Error("a stranger is offered to enter")
		}
		stranger.get("/my/draws/summer/list.txt").wants(t, 404, "/my/draws/summer/list.txt")
		stranger.get("/my/draws/none").wants(t, 404, "/my/draws/none", "no such page")
		stranger.get("/my/draws/none/draw.json").wants(t, 404, "/my/draws/none/draw.json")
		s.ends("summer", true)
		s.write(func(tx *db.Tx) error {
			return member.Save(tx, member.Settings{})
		})
		stranger.get("/my/").wants(t, 404, "/my/")
		stranger.get("/my/draws").wants(t, 200, "/my/draws", "Summer <b>draw</b>", "drawn")
		page := stranger.get("/my/draws/summer").wants(t, 200, "/my/draws/summer", "Everything agrees", "Winners", "regulars draw verify draw.json")
		if strings.Contains(page.text, "You in this draw") {
			t.Error("a stranger is told that they take part")
		}
		file := stranger.get("/my/draws/summer/draw.json").wants(t, 200, "/my/draws/summer/draw.json")
		public, err := draw.Read([]byte(file.raw))
		if v := draw.Verify(&public, draw.Noted{}); err != nil || !v.OK() || public.Business != "Café Olga" {
			t.Errorf("%v %v", err, v.String())
		}
		if list := stranger.get("/my/draws/summer/list.txt"); list.raw != public.List || draw.Hash([]byte(list.raw)) != public.ListHash {
			t.Errorf("the list is %q", list.raw)
		}
		noted := func(more url.Values) string { return "/my/draws/summer?" + more.Encode() }
		stranger.get(noted(url.Values{"commitment": {" " + public.Commitment + "\n"}, "list_hash": {public.ListHash}, "entry": {strings.ToLower(public.Winners[0].Entry)}})).
			wants(t, 200, "/my/draws/summer", "The commitment is the one that you wrote down", "The hash of the list is the one", "is on the list, with the weight 1", "Everything agrees")
		stranger.get(noted(url.Values{"commitment": {public.ListHash}})).wants(t, 200, "/my/draws/summer", "WRONG The commitment is not the one that you wrote down", "Something does not agree")
		s.write(func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE draw_winners SET entry = 'AAAA-AAAA-AAAA'")
			return err
		})
		stranger.get("/my/draws/summer").wants(t, 200, "/my/draws/summer", "WRONG Seed and list do not give the winners", "Do not trust")
	})
}

// What a draw is called in other languages is read on the pages; what is drawn and checked is as it is written.
func TestADrawInTheLanguageOfTheMember(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		p := s.joins("ada@example.com", 1)
		_, desk := s.desk()
		now := time.Now().Truncate(time.Second)
		s.write(func(tx *db.Tx) error {
			_, err := draw.Save(tx, draw.Draw{Draw: "summer", Name: "Summer draw", Opens: now.Add(-time.Hour), Closes: now.Add(time.Hour), Free: true,
				Prizes: []draw.Prize{{Name: "A bag of beans", Count: 3}, {Name: "A cup", Count: 1}}, Terms: "Only in Greece.",
				Translations: locale.Translations{"el": {"Summer draw": "Καλοκαιρινή κλήρωση <b>", "A bag of beans": "Μια σακούλα κόκκοι", "Only in Greece.": "Μόνο στην Ελλάδα.", "gone": "έφυγε"}}}, "user:1", 0)
			if err == nil {
				_, err = desk.Publish(tx, "summer", "user:1")
			}
			return err
		})
		p.get("/my/draws").wants(t, 200, "/my/draws", "Summer draw", "3 × A bag of beans")
		p.get("/my/?lang=el").wants(t, 200, "/my/", "Καλοκαιρινή κλήρωση <b>", "3 × Μια σακούλα κόκκοι", "A cup")
		page := p.get("/my/draws/summer").wants(t, 200, "/my/draws/summer", "Καλοκαιρινή κλήρωση <b>", "3 × Μια σακούλα κόκκοι", "A cup", "Μόνο στην Ελλάδα.")
		if strings.Contains(page.text, "Summer draw") || strings.Contains(page.text, "beans") || strings.Contains(page.text, "in Greece") || strings.Contains(page.raw, "κλήρωση <b>") {
			t.Errorf("names are left as they are: %s", page.text)
		}
		p.post("/my/draws/summer", "way", "free")
		s.ends("summer", true)
		p.get("/my/draws/summer").wants(t, 200, "/my/draws/summer", "Κερδίσατε: Μια σακούλα κόκκοι")
		p.get("/my/draws").wants(t, 200, "/my/draws", "Κερδίσατε: Μια σακούλα κόκκοι")
		file := p.get("/my/draws/summer/draw.json")
		public, err := draw.Read([]byte(file.raw))
		if v := draw.Verify(&public, draw.Noted{}); err != nil || !v.OK() || public.Name != "Summer draw" || public.Winners[0].Prize != "A bag of beans" || strings.Contains(file.raw, "κόκκοι") {
			t.Errorf("what is checked is told in a language: %v %v %s", err, v.String(), file.raw)
		}
	})
}

// TestDrawsInABrowser looks at the pages of draws as people do.
func TestDrawsInABrowser(t *testing.T) {
	t.Parallel()
	b := browsertest.Open(t)
	s := open(t, schematest.Open(t, schematest.SQLite(t)))
	p := s.joins("ada@example.com", 1)
	for _, key := range []string{"summer", "spring", "winter"} {
		s.holds(key)
	}
	s.earn("ada@example.com", 100)
	at, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	p.post("/my/draws/spring", "way", "free")
	p.post("/my/draws/spring", "way", "bought", "entries", "2", "key", "k")
	p.post("/my/draws/winter", "way", "free")
	s.ends("spring", true)
	s.ends("winter", false)
	cookies := p.Jar.Cookies(at)
	for i, tag := range []string{"en", "ru", "zh", "el", "mk"} {
		scheme, width := []string{"light", "dark"}[i%2], []int64{browsertest.Phone, browsertest.Small, browsertest.Desk}[i%3]
		for _, path := range []string{"", "/summer", "/spring", "/winter", "/spring?commitment=00"} {
			name := "draws" + strings.NewReplacer("/", "-", "?commitment=00", "-wrong").Replace(path)
			b.At(t, s.URL, browsertest.Look{Name: name, Path: "/my/draws" + path, Tag: tag, Scheme: scheme, Width: width, Cookies: cookies})
		}
	}
	b.At(t, s.URL, browsertest.Look{Name: "draw-stranger", Path: "/my/draws/summer", Tag: "en", Scheme: "dark", Width: browsertest.Desk})
}
