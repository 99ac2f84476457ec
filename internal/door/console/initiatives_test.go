package console_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"regulars/internal/base/account"
)

var formKey = regexp.MustCompile(`name="key" value="([^"]+)"`)

func TestInitiativesAreTypedIn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		t.Helper()
		owner := s.owner(t)
		page := owner.get("/initiatives").wants(t, http.StatusOK, "/initiatives", "None yet.", "Add an initiative")
		key := formKey.FindStringSubmatch(page.text)[1]
		owner.post("/initiatives", "key", key, "name", "Free cake", "started_on", "tomorrow").wants(t, http.StatusUnprocessableEntity, "/initiatives", "There is no such day.", `value="Free cake"`, key)
		owner.post("/initiatives", "key", key, "name", " ", "started_on", "2026-10-01").wants(t, http.StatusUnprocessableEntity, "/initiatives", "This must not be empty.", "2026-10-01")
		owner.post("/initiatives", "key", key, "name", "Free cake", "started_on", "2026-10-01", "ended_on", "2026-09-01").wants(t, http.StatusUnprocessableEntity, "/initiatives", "must come before the last")
		for range 2 { // pressed twice it is once
			owner.post("/initiatives", "key", key, "name", "Free <b>cake</b>", "started_on", "2026-10-01", "ended_on", "2026-10-31", "description", "on Mondays").
				wants(t, http.StatusOK, "/initiatives", "Free <b>cake</b>", "1 October 2026 to 31 October 2026", "on Mondays")
		}
		page = owner.get("/initiatives")
		if n := strings.Count(page.text, `name="reference"`); n != 1 || strings.Contains(page.text, "<b>cake") {
			t.Errorf("%d initiatives: %s", n, page.text)
		}
		for _, role := range account.Roles() {
			may := account.As(account.Person, "x", "x", role.Permissions()...)
			who := s.signedIn(t, owner, role)
			if page := who.get("/initiatives"); (page.status == http.StatusOK) != may.May(account.FactsWrite) || strings.Contains(page.text, "Add an initiative") != may.May(account.FactsWrite) {
				t.Errorf("%s reads with %d", role, page.status)
			}
			if page := who.post("/initiatives", "name", "x", "started_on", "2026-11-01"); (page.status == http.StatusOK) != may.May(account.FactsWrite) {
				t.Errorf("%s adds with %d", role, page.status)
			}
		}
		owner.post("/initiatives/remove", "source", "console", "reference", key).wants(t, http.StatusOK, "/initiatives")
		if page := owner.get("/initiatives"); strings.Contains(page.text, "on Mondays") {
			t.Error("it is still there")
		}
		owner.post("/initiatives/remove", "source", "console", "reference", key).wants(t, http.StatusNotFound, "/initiatives/remove")
		owner.get("/trail?action=initiative.").wants(t, http.StatusOK, "/trail", "initiative.created", "initiative.deleted")
	})
}

func TestInitiativesInABrowser(t *testing.T) {
	t.Parallel()
	s, b := inBrowser(t)
	owner := s.owner(t)
	owner.post("/initiatives", "name", "A card with every tenth coffee free, for everybody who asks and many who do not", "started_on", "2026-10-01")
	s.looks(t, b, owner, []look{
		{name: "initiatives", path: "/initiatives", tag: "en", scheme: "light", width: desk},
		{name: "initiatives", path: "/initiatives", tag: "ru", scheme: "dark", width: small},
		{name: "initiatives-wrong", path: "/initiatives", tag: "el", scheme: "light", width: phone, typed: []string{"name", " "}, until: ".problems"},
	})
}
