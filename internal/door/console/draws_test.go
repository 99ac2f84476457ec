package console_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"regulars/internal/act/draw"
	"regulars/internal/act/member"
	"regulars/internal/act/points"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/locale"
	"regulars/internal/intake"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
)

// drawForm is a draw as it is typed in, with changes; it opened an hour ago and closes in one.
func drawForm(changes ...string) (form []string) {
	now := time.Now().UTC()
	values := map[string]string{"name": "Summer draw", "prizes": "An espresso machine\r\n3 × A bag of beans\r\n", "opens": "2026-01-01T10:00", "closes": now.AddDate(0, 1, 0).Format("2006-01-02T15:04"),
		"free": "yes", "minimum": "20", "most": "5", "price": "10", "unit": "points", "per_member": "3", "rules": "7", "terms": "Only in Greece.\r\nNo cash."}
	for i := 0; i < len(changes); i += 2 {
		values[changes[i]] = changes[i+1]
	}
	for name, value := range values {
		if value != "" {
			form = append(form, name, value)
		}
	}
	return form
}

// collects makes points, and members who have some.
func (s *shop) collects(t *testing.T, names ...string) (numbers []int64) {
	t.Helper()
	facts, err := (&intake.Current{DB: s.d}).Intake(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.write(t, func(tx *db.Tx) error {
		if err := points.SaveUnit(tx, points.Unit{Code: "points", Kind: points.Spendable}); err != nil {
			return err
		}
		for _, name := range names {
			out, err := facts.Customer(tx, intake.Customer{Identities: []customer.Identity{{Kind: customer.OwnID, Value: name}}, Profile: customer.Profile{GivenName: name}})
			if err == nil {
				err = out.Err
			}
			if err == nil {
				err = member.Join(tx, out.Customer, "web")
			}
			if err == nil {
				_, err = facts.Ledger().Earn(tx, points.Act{Customer: out.Customer, Unit: "points", Key: "start", Cause: "test", Actor: "test"}, points.Grant{Units: 100})
			}
			if err != nil {
				return err
			}
			numbers = append(numbers, out.Customer)
		}
		return nil
	})
	return numbers
}

// enters has customers enter a draw for nothing, and buy two entries each.
func (s *shop) enters(t *testing.T, key string, who ...int64) {
	t.Helper()
	facts, err := (&intake.Current{DB: s.d}).Intake(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range who {
		for _, w := range []draw.Wish{{Customer: n, Draw: key, Way: draw.ByFree, Actor: "test"}, {Customer: n, Draw: key, Way: draw.ByBought, Entries: 2, Key: "k", Actor: "test"}} {
			if err := facts.Draws(nil).Enter(t.Context(), s.d, w, func(*db.Tx) error { return nil }); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// over has the time of a draw be over.
func (s *shop) over(t *testing.T, key string) {
	t.Helper()
	s.write(t, func(tx *db.Tx) error {
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
}

// From a form to winners, as an owner does it.
func TestADrawIsMadePublishedAndDrawn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		owner.get("/draws").wants(t, http.StatusOK, "/draws", "There is none yet", "A new draw")
		if page := owner.get("/draws/new"); strings.Contains(page.text, "Price of one entry") {
			t.Error("entries can be sold, and there is nothing to pay with")
		}
		people := s.collects(t, "Ada", "Bob")
		owner.get("/draws/new").wants(t, http.StatusOK, "/draws/new", "Price of one entry", "Opens", "members see it", "Every member can enter once")
		for _, c := range []struct{ field, value, says string }{
			{"name", "", "A name has 1 to 100 characters."}, {"prizes", "", "Write the prizes a line each"}, {"prizes", "0 × Nothing", "Write the prizes a line each"},
			{"prizes", strings.Repeat("x", 101), "A name has 1 to 100 characters."},
			{"opens", "", "This is no time."}, {"closes", "2025-01-01T10:00", "The time ends before it begins."}, {"minimum", "much", "This is no number."}, {"most", "", "This must not be empty."},
			{"most", "0", "Write a number from 1 to"}, {"rules", "few", "This is no whole number."}, {"rules", "0", "Write a number from 1 to"}, {"price", "x", "This is no whole number."}, {"per_member", "0", "Write a number from 1 to"}, {"unit", "stars", "There is no such unit."},
			{"terms", strings.Repeat("x", 20_001), "This is too long."},
		} {
			page := owner.post("/draws/new", drawForm(c.field, c.value)...).wants(t, http.StatusUnprocessableEntity, "/draws/new", c.says, `<a href="#`+c.field+`">`)
			if !strings.Contains(page.text, "An espresso machine") && c.field != "prizes" {
				t.Errorf("%s: what was typed is lost", c.field)
			}
		}
		owner.post("/draws/new", drawForm("free", "", "minimum", "", "price", "", "rules", "")...).wants(t, http.StatusUnprocessableEntity, "/draws/new", "Say how one takes part")
		const at = "/draws/draw-2026-01-01"
		owner.post("/draws/new", drawForm()...).wants(t, http.StatusOK, at, "Summer draw", "draft", "Nobody sees it yet", "3 × A bag of beans", "Each order of €20.00 or more", "Rules and rewards of the programme may give entries too. Most that they give one person: 7.", "Only in Greece.")
		owner.post("/draws/new", drawForm("name", "Another")...).wants(t, http.StatusOK, at+"-2", "Another", "draft")
		owner.post(at+"-2/discard").wants(t, http.StatusOK, "/draws", "Removed.")
		owner.post(at, drawForm("name", "The summer draw", "version", "1")...).wants(t, http.StatusOK, at, "Saved.", "The summer draw")
		owner.post(at, drawForm("name", "The summer draw", "version", "2", "prizes.el", "Μια μηχανή")...).wants(t, http.StatusUnprocessableEntity, at, "as many lines as there are prizes", `<a href="#prizes.el">`, "Μια μηχανή</textarea>")
		owner.post(at, drawForm("name", "The summer draw", "version", "2", "name.el", strings.Repeat("κ", 101))...).wants(t, http.StatusUnprocessableEntity, at, "A text in another language is empty or too long.", `<a href="#name.el">`)
		told := owner.post(at, drawForm("name", "The summer draw", "version", "2", "name.el", "Η καλοκαιρινή κλήρωση", "prizes.el", "An espresso machine\r\n3 × Μια σακούλα κόκκοι\r\n", "terms.el", "Μόνο στην Ελλάδα.\r\nΌχι μετρητά.")...).
			wants(t, http.StatusOK, at, "Saved.", "The summer draw", "Also in", "Ελληνικά", `value="Η καλοκαιρινή κλήρωση"`, "An espresso machine\nΜια σακούλα κόκκοι</textarea>", "Μόνο στην Ελλάδα.\nΌχι μετρητά.</textarea>")
		if strings.Count(told.text, "<details class=\"fold\" open>") != 1 {
			t.Error("languages in which nothing is said are open, or the one in which something is, is not")
		}
		owner.post(at, drawForm("name", "The summer draw", "version", "3")...).wants(t, http.StatusOK, at, "Saved.")
		owner.post(at, drawForm("name", "An old form", "version", "1")...).wants(t, http.StatusConflict, at, "An old form")
		owner.post(at, drawForm("name", "", "version", "4")...).wants(t, http.StatusUnprocessableEntity, at, "A name has 1 to 100 characters.")
		owner.post(at+"/publish").wants(t, http.StatusOK, at, "the list is frozen by itself", "open", "Commitment (SHA-256 of the seed)", "/my/draws/draw-2026-01-01")
		owner.post(at+"/publish").wants(t, http.StatusOK, at)
		owner.post(at, drawForm("version", "3")...).wants(t, http.StatusConflict, at, "The draw has come too far")
		owner.post(at+"/discard").wants(t, http.StatusConflict, at+"/discard", "The draw has come too far")
		stale := owner.get(at).wants(t, http.StatusOK, at, "Names in other languages", "can be added in languages that are missing").hidden(t, "seen")
		owner.post(at+"/translations", "seen", stale, "name.mk", strings.Repeat("м", 101)).wants(t, http.StatusUnprocessableEntity, at+"/translations", "A text in another language is empty or too long.", `<a href="#name.mk">`)
		owner.post(at+"/translations", "seen", stale, "prizes.mk", "Машина").wants(t, http.StatusUnprocessableEntity, at+"/translations", "as many lines as there are prizes")
		owner.post(at+"/translations", "seen", stale, "name.mk", "Летно извлекување", "prizes.mk", "Машина за еспресо\r\nВреќа зрна").wants(t, http.StatusOK, at, "Saved.", "Македонски", `value="Летно извлекување"`, "open")
		owner.post(at+"/translations", "seen", stale, "name.el", "Κλήρωση").wants(t, http.StatusConflict, at+"/translations", `value="Κλήρωση"`)
		seen := owner.get(at).hidden(t, "seen")
		owner.post(at+"/translations", "seen", seen, "name.mk", "Друго", "prizes.mk", "Машина за еспресо\r\nВреќа зрна").wants(t, http.StatusUnprocessableEntity, at+"/translations", "Members have read this in that language", `<a href="#name.mk">`, `value="Друго"`)
		s.enters(t, "draw-2026-01-01", people...)
		owner.get(at).wants(t, http.StatusOK, at, "people: 2; entries for nothing: 2; bought: 4", "40 points", "Given back: 40 points")
		ada := "/customers/" + fact.PublicID(fact.CustomerPrefix, people[0])
		owner.get(ada).wants(t, http.StatusOK, ada, "Prize draws", `href="`+at+`"`, "The summer draw", "3 entries")
		owner.post(at+"/close").wants(t, http.StatusConflict, at+"/close", "is not over yet")
		s.over(t, "draw-2026-01-01")
		owner.get(at).wants(t, http.StatusOK, at, "closed, being counted", "Freeze the list now")
		owner.post(at+"/close").wants(t, http.StatusOK, at, "closed, to be drawn", "people: 2; entries: 6", "Hash of the list")
		owner.post(at+"/draw").wants(t, http.StatusOK, at, "drawn", "Winners", "Ada", "Bob", "An espresso machine", "Seed and list give the winners", `href="/customers/cus_`)
		owner.post(at+"/draw").wants(t, http.StatusOK, at)
		owner.get(ada).wants(t, http.StatusOK, ada, "3 entries", "has won ")
		owner.post(at+"/cancel", "reason", "no").wants(t, http.StatusConflict, at+"/cancel", "The draw has come too far")
		owner.get("/draws").wants(t, http.StatusOK, "/draws", "The summer draw", "drawn")
		owner.get("/trail?action=draw.").wants(t, http.StatusOK, "/trail", "draw.published", "draw.translated", "draw.closed", "draw.drawn", "draw.discarded")
		owner.get("/draws/none").wants(t, http.StatusNotFound, "/draws/none", "There is no such draw")
	})
}

func TestADrawIsCancelledForAReason(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		people := s.collects(t, "Ada")
		const at = "/draws/draw-2026-01-01"
		owner.post("/draws/new", drawForm()...)
		owner.post(at + "/publish")
		s.enters(t, "draw-2026-01-01", people...)
		owner.post(at+"/cancel", "reason", " ").wants(t, http.StatusUnprocessableEntity, at+"/cancel", "Say why, in 1 to 500 characters", `aria-invalid="true"`)
		owner.post(at+"/cancel", "reason", "The machine <b>broke</b>").wants(t, http.StatusOK, at, "cancelled", "Cancelled because", "The machine")
		var b points.Balance
		if err := s.d.Read(t.Context(), func(tx *db.Tx) (err error) { b, err = points.BalanceOf(tx, people[0], "points", tx.Now); return err }); err != nil || b.Available != 100 {
			t.Errorf("given back: %+v, %v", b, err)
		}
		for _, role := range account.Roles() {
			may := account.As(account.Person, "x", "x", role.Permissions()...)
			who := s.signedIn(t, owner, role)
			for path, need := range map[string]account.Permission{"/draws": account.ProgrammeRead, at: account.ProgrammeRead, "/draws/new": account.ProgrammeWrite} {
				if page := who.get(path); (page.status == http.StatusOK) != may.May(need) {
					t.Errorf("%s: %s with %d", role, path, page.status)
				}
			}
			for _, act := range []string{"/publish", "/close", "/draw", "/cancel", "/discard", "/translations", ""} {
				if page := who.post(at + act); (page.status == http.StatusForbidden) == may.May(account.ProgrammeWrite) {
					t.Errorf("%s does %s with %d", role, act, page.status)
				}
			}
		}
	})
}

// TestDrawsInABrowser looks at the pages of draws as people do.
func TestDrawsInABrowser(t *testing.T) {
	t.Parallel()
	s, b := inBrowser(t)
	owner := s.owner(t)
	s.look(t, b, look{name: "draws-none", path: "/draws", tag: "en", scheme: "light", width: phone, signedIn: true}, owner)
	people := s.collects(t, "Ada", "Maximiliane Oberhuber von und zu Oberhausen", "Bob", "Eve")
	for _, opens := range []string{"2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04"} {
		owner.post("/draws/new", drawForm("opens", opens+"T10:00", "name", "A draw of a rather long name, of "+opens)...)
		if opens != "2026-01-01" {
			owner.post("/draws/draw-" + opens + "/publish")
			s.enters(t, "draw-"+opens, people...)
		}
	}
	s.over(t, "draw-2026-01-03")
	s.over(t, "draw-2026-01-04")
	owner.post("/draws/draw-2026-01-03/close")
	owner.post("/draws/draw-2026-01-04/close")
	owner.post("/draws/draw-2026-01-04/draw").wants(t, http.StatusOK, "/draws/draw-2026-01-04")
	s.looks(t, b, owner, []look{
		{name: "draws", path: "/draws", tag: "en", scheme: "light", width: desk},
		{name: "draws", path: "/draws", tag: "ru", scheme: "dark", width: small},
		{name: "draws-new", path: "/draws/new", tag: "en", scheme: "light", width: desk},
		{name: "draws-new", path: "/draws/new", tag: "el", scheme: "dark", width: small},
		{name: "draws-wrong", path: "/draws/new", tag: "zh", scheme: "light", width: phone, typed: []string{"name", "x"}, until: ".problems"},
		{name: "draw-draft", path: "/draws/draw-2026-01-01", tag: "en", scheme: "light", width: phone},
		{name: "draw-draft", path: "/draws/draw-2026-01-01", tag: "mk", scheme: "dark", width: desk},
		{name: "draw-open", path: "/draws/draw-2026-01-02", tag: "ru", scheme: "light", width: phone},
		{name: "draw-open", path: "/draws/draw-2026-01-02", tag: "en", scheme: "dark", width: desk},
		{name: "draw-frozen", path: "/draws/draw-2026-01-03", tag: "el", scheme: "light", width: desk},
		{name: "draw-frozen", path: "/draws/draw-2026-01-03", tag: "zh", scheme: "dark", width: small},
		{name: "draw-drawn", path: "/draws/draw-2026-01-04", tag: "en", scheme: "light", width: desk},
		{name: "draw-drawn", path: "/draws/draw-2026-01-04", tag: "ru", scheme: "dark", width: small},
		{name: "draw-drawn", path: "/draws/draw-2026-01-04", tag: "mk", scheme: "light", width: phone},
	})
}

// The page of a customer calls draws and prizes as they are called in the reader's language.
func TestTheDrawsOfACustomerInTheLanguageOfTheReader(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		people := s.collects(t, "Ada")
		now := time.Now().Truncate(time.Second)
		s.write(t, func(tx *db.Tx) error {
			_, err := draw.Save(tx, draw.Draw{Draw: "summer", Name: "Summer draw", Opens: now.Add(-time.Hour), Closes: now.Add(time.Hour), Free: true,
				Bought: &draw.Bought{Unit: "points", Price: 1, PerMember: 4}, Prizes: []draw.Prize{{Name: "A bag of beans", Count: 1}},
				Translations: locale.Translations{"el": {"Summer draw": "Καλοκαιρινή κλήρωση <b>", "A bag of beans": "Μια σακούλα κόκκοι"}}}, "user:1", 0)
			return err
		})
		owner.post("/draws/summer/publish").wants(t, http.StatusOK, "/draws/summer")
		s.enters(t, "summer", people...)
		at := "/customers/" + fact.PublicID(fact.CustomerPrefix, people[0])
		owner.get(at).wants(t, http.StatusOK, at, "Summer draw", "3 entries")
		s.over(t, "summer")
		owner.post("/draws/summer/close")
		owner.post("/draws/summer/draw")
		owner.get(at).wants(t, http.StatusOK, at, "Summer draw", "has won A bag of beans")
		owner.post("/account/language", "language", "el")
		owner.speaks = "el"
		page := owner.get(at).wants(t, http.StatusOK, at, "Καλοκαιρινή κλήρωση <b>", "κέρδισε: Μια σακούλα κόκκοι")
		if strings.Contains(page.text, "Summer draw") || strings.Contains(page.text, "bag of beans") {
			t.Error("what is called otherwise in Greek is in English")
		}
	})
}
