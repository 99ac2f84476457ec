package console_test

import (
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/record/schema/schematest"
)

// shape is a proposal as it comes back from its form, with changes.
func shape(t *testing.T, page shown, changes ...string) (form []string) {
	t.Helper()
	fields := regexp.MustCompile(`<input id="([a-z]+)" name="[a-z]+" type="text" value="([^"]*)"`).FindAllStringSubmatch(page.text, -1)
	if len(fields) < 9 {
		t.Fatalf("the form has %d fields: %s", len(fields), page.text)
	}
	for _, f := range fields {
		value := f[2]
		for i := 0; i < len(changes); i += 2 {
			if changes[i] == f[1] {
				value = changes[i+1]
			}
		}
		form = append(form, f[1], value)
	}
	return form
}

// coffees is a file of a year of orders until yesterday: of ten customers, who come every so many days and pay 4.00 to 9.00.
func coffees() string {
	var b strings.Builder
	b.WriteString("order,customer,date,product,category,amount\n")
	n := 0
	for day := 365; day > 0; day-- {
		for who := range 10 {
			if day%(5+4*who) == 0 {
				n++
				fmt.Fprintf(&b, "%d,guest-%d,%s,espresso,Coffee,%d.00\n", n, who, time.Now().AddDate(0, 0, -day).Format(time.DateOnly), 4+(day+who)%6)
			}
		}
	}
	return b.String()
}

// From no programme to one in force, as an owner does it: two questions, a proposal, a look, a rehearsal, published; then a
// change by hand, beside it.
func TestAProgrammeIsMadeAndPublished(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.sold(t, coffees())
		owner.get("/programme").wants(t, http.StatusOK, "/programme", "There is no programme yet", "A new programme")
		owner.get("/programme/new").wants(t, http.StatusOK, "/programme/new", "Café or restaurant", "Win customers back", "You will see it in: Average order value")
		const asked = "/programme/new?kind=cafe&goal=win_back"
		form := owner.get(asked).wants(t, http.StatusOK, "/programme/new", "For “Win customers back”", "Points for coming back", "Of which category or product")
		owner.post(asked, shape(t, form)...).wants(t, http.StatusUnprocessableEntity, "/programme/new", "This must not be empty.")
		// What the card is for is called as in the orders: a card for something else would never be stamped.
		if !strings.Contains(form.text, `<option value="Coffee">`) || !strings.Contains(form.text, `<option value="espresso">`) {
			t.Errorf("what was sold is not offered: %s", form.text)
		}
		owner.post(asked, shape(t, form, "of", "Kaffee")...).wants(t, http.StatusUnprocessableEntity, "/programme/new", "Nothing in your orders is called so.", `value="Kaffee"`)
		owner.post(asked, shape(t, form, "of", "espresso", "back", "lots")...).wants(t, http.StatusUnprocessableEntity, "/programme/new", "This is no number. Write it as 4.50.", `value="lots"`, `value="espresso"`)
		owner.post(asked, shape(t, form, "of", "espresso", "third", "1")...).wants(t, http.StatusUnprocessableEntity, "/programme/new", "must begin above the second")
		owner.post(asked, shape(t, form, "of", "espresso", "months", "6.7")...).wants(t, http.StatusUnprocessableEntity, "/programme/new", "whole number", `value="espresso"`)
		owner.post(asked, shape(t, form, "of", "espresso", "name", strings.Repeat("é", 201))...).wants(t, http.StatusUnprocessableEntity, "/programme/new", "This is too long.", `aria-invalid="true"`)
		draft := owner.post(asked, shape(t, form, "of", " ESPRESSO ", "back", "2,5", "name", "Café <b>Kipseli</b>")...).wants(t, http.StatusOK, "/programme/1",
			"Café <b>Kipseli</b>", "draft", "Version 1", "Good to see you again", "for coming back after 60 days or more, once a month", "of every 10 pieces one is free, on espresso",
			"Nothing in the draft needs a second look.", "at the highest tier", "customer.days_away >= 60")
		if strings.Contains(draft.text, "Changes from what is in force") {
			t.Error("there is nothing in force to be different from")
		}
		owner.get("/programme/1?amount=40&tier=second").wants(t, http.StatusOK, "/programme/1", "Points for what you buy: +60 points")
		owner.get("/programme/1?amount=40&tier=first").wants(t, http.StatusOK, "/programme/1", "Points for what you buy: +40 points")
		owner.get("/programme/1?rehearse=1").wants(t, http.StatusOK, "/programme/1", "as if the draft had been in force", "% of revenue", "What each rule would have given", "Who would stand in which tier", "<svg")
		speaks := func(tag string) {
			s.write(t, func(tx *db.Tx) error { _, err := tx.Exec("UPDATE users SET language = $1", tag); return err })
		}
		speaks("el")
		owner.get("/programme/1?rehearse=1").wants(t, http.StatusOK, "/programme/1", " πόντοι</bdi>")
		speaks("en")
		owner.presses("/programme/1", "/programme/1/publish").wants(t, http.StatusOK, "/programme", "in force since", "What it promises", "Members cannot look at it yet", "Open the members’ pages", "Version 1")
		document := html.UnescapeString(regexp.MustCompile(`(?s)<textarea[^>]*>(.*)</textarea>`).FindStringSubmatch(owner.get("/programme/1").text)[1])
		owner.post("/programme/1", "document", strings.Replace(document, "customer.days_away", "customer.daze", 1), "note", "x").
			wants(t, http.StatusUnprocessableEntity, "/programme/1", "undeclared reference", "customer.daze")
		owner.post("/programme/1", "document", strings.Replace(document, `"units": 1,`, `"units": 2,`, 1), "note", "twice").
			wants(t, http.StatusOK, "/programme/2", "Changes from what is in force", "<td>1 point for every €1.00</td><td>2 points for every €1.00</td>", "rules[rate].effect.rate.units", "twice")
		owner.get("/programme/2?rehearse=1").wants(t, http.StatusOK, "/programme/2", "customers get more")
		owner.get("/programme").wants(t, http.StatusOK, "/programme", "Version 2", "draft")
		owner.get("/programme/9").wants(t, http.StatusNotFound, "/programme/9")
		owner.get("/programme/x").wants(t, http.StatusNotFound, "/programme/x")
		owner.get("/trail?action=programme.").wants(t, http.StatusOK, "/trail", "programme.published")
		for _, role := range account.Roles() {
			may := account.As(account.Person, "x", "x", role.Permissions()...)
			who := s.signedIn(t, owner, role)
			for path, need := range map[string]account.Permission{"/programme": account.ProgrammeRead, "/programme/1": account.ProgrammeRead, "/programme/new": account.ProgrammeWrite} {
				if page := who.get(path); (page.status == http.StatusOK) != may.May(need) {
					t.Errorf("%s: %s with %d", role, path, page.status)
				}
			}
			if page := who.post("/programme/2/publish", "seen", owner.get("/programme/2").hidden(t, "seen")); (page.status == http.StatusOK) != may.May(account.ProgrammeWrite) {
				t.Errorf("%s publishes with %d", role, page.status)
			}
		}
	})
}

// Every answer to the two questions leads to a form whose proposal can be kept as it is.
func TestEveryStarterMakesADraft(t *testing.T) {
	t.Parallel()
	s := open(t, schematest.Open(t, schematest.SQLite(t)))
	owner := s.owner(t)
	for _, kind := range []string{"cafe", "clothes", "online", "subscription"} {
		for _, goal := range []string{"visits", "baskets", "newcomers", "win_back"} {
			asked := "/programme/new?kind=" + kind + "&goal=" + goal
			page := owner.post(asked, shape(t, owner.get(asked), "of", "coffee")...)
			if page.status != http.StatusOK || !strings.Contains(page.text, "Nothing in the draft needs a second look.") {
				t.Errorf("%s: %d %s", asked, page.status, page.text)
			}
		}
	}
}

// TestProgrammeInABrowser looks at the pages of the programme as people do.
func TestProgrammeInABrowser(t *testing.T) {
	t.Parallel()
	s, b := inBrowser(t)
	owner := s.sold(t, coffees())
	s.look(t, b, look{name: "programme-none", path: "/programme", tag: "en", scheme: "light", width: phone, signedIn: true}, owner)
	const asked = "/programme/new?kind=cafe&goal=baskets"
	owner.post(asked, shape(t, owner.get(asked), "of", "espresso")...).wants(t, http.StatusOK, "/programme/1")
	owner.presses("/programme/1", "/programme/1/publish").wants(t, http.StatusOK, "/programme")
	bad := `{"name":"A draft that needs a look","units":[{"unit":"points"}],"rules":[{"rule":"a","name":"A","effect":{"fixed":{"unit":"points","units":5}}}],"rewards":[]}`
	owner.post("/programme/1", "document", bad, "note", "a try").wants(t, http.StatusOK, "/programme/2")
	s.looks(t, b, owner, []look{
		{name: "programme", path: "/programme", tag: "en", scheme: "light", width: desk},
		{name: "programme", path: "/programme", tag: "ru", scheme: "dark", width: small},
		{name: "starters", path: "/programme/new", tag: "el", scheme: "light", width: phone},
		{name: "starters", path: "/programme/new", tag: "en", scheme: "dark", width: desk},
		{name: "starter", path: asked, tag: "en", scheme: "light", width: desk},
		{name: "starter", path: "/programme/new?kind=online&goal=win_back", tag: "zh", scheme: "dark", width: phone},
		{name: "starter-asked", path: "/programme/new", tag: "ru", scheme: "light", width: phone, typed: []string{"goal-visits", "visits"}, until: "#extra"},
		{name: "version", path: "/programme/1?amount=40", tag: "el", scheme: "light", width: small},
		{name: "version-rehearsed", path: "/programme/1?rehearse=1", tag: "en", scheme: "light", width: desk},
		{name: "version-rehearsed", path: "/programme/1?rehearse=1", tag: "mk", scheme: "dark", width: phone},
		{name: "version-findings", path: "/programme/2", tag: "ru", scheme: "light", width: phone},
		{name: "version-findings", path: "/programme/2", tag: "zh", scheme: "dark", width: desk},
	})
}
