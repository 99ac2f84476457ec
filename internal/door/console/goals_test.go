package console_test

import (
	"net/http"
	"strings"
	"testing"

	"regulars/internal/base/account"
	"regulars/internal/record/schema/schematest"
)

// A goal is set on the page of its measure, shown with how far it has come on Home, changed and removed.
func TestGoals(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		t.Helper()
		owner := s.sold(t, coffees())
		const page, to = "/measures/repurchase_rate", "/measures/repurchase_rate/goal"
		owner.get(page).wants(t, http.StatusOK, page, "What it is to come to (percent)", "Set the goal")
		owner.post(to, "value", "99,5", "until", "2027-12-31").wants(t, http.StatusOK, page, "Goal: 99.5% by 31 December 2027", `value="99.5"`, "Remove the goal")
		home := owner.get("/").wants(t, http.StatusOK, "/", "Goals", "Goal: 99.5% by 31 December 2027", `href="`+page+`"`)
		if !strings.Contains(home.text, "reached") && !strings.Contains(home.text, "close") && !strings.Contains(home.text, "not yet") {
			t.Error("it is not said how far it has come")
		}
		owner.post("/measures/revenue/goal", "value", "250").wants(t, http.StatusOK, "/measures/revenue", "Goal: €250.00", "reached", `value="250"`)
		for _, wrong := range [][]string{{"value", "lots"}, {"value", ""}, {"value", "5", "until", "soon"}, {"value", "1e300"}} {
			owner.post(to, wrong...).wants(t, http.StatusUnprocessableEntity, to, `aria-invalid="true"`)
		}
		owner.get(page).wants(t, http.StatusOK, page, "Goal: 99.5% by 31 December 2027")
		owner.post("/measures/none/goal", "value", "1").wants(t, http.StatusNotFound, "/measures/none/goal")
		for range 2 { // pressed again it is removed once
			if gone := owner.post(to, "remove", "yes").wants(t, http.StatusOK, page); strings.Contains(gone.text, "Goal: 99.5%") {
				t.Error("it is still there")
			}
		}
		owner.get("/trail?action=goal.").wants(t, http.StatusOK, "/trail", "goal.set", "goal.removed")
		for _, role := range account.Roles() {
			may := account.As(account.Person, "x", "x", role.Permissions()...)
			who := s.signedIn(t, owner, role)
			if posted := who.post("/measures/revenue/goal", "value", "300"); (posted.status == http.StatusOK) != (may.May(account.FactsWrite) && may.May(account.MeasuresRead)) {
				t.Errorf("%s sets a goal with %d", role, posted.status)
			}
			if may.May(account.MeasuresRead) && !may.May(account.FactsWrite) {
				if read := who.get("/measures/revenue").wants(t, http.StatusOK, "/measures/revenue", "Goal: €"); strings.Contains(read.text, "Set the goal") {
					t.Errorf("%s is shown a form that they may not send", role)
				}
			}
		}
	})
}

// Home says what should be looked at, and where.
func TestWhatToLookAt(t *testing.T) {
	t.Parallel()
	s := open(t, schematest.Open(t, schematest.SQLite(t)))
	var old strings.Builder
	for i, line := range strings.Split(coffees(), "\n") {
		if fields := strings.Split(line, ","); i > 0 && len(fields) > 2 {
			fields[2] = "2020" + fields[2][4:] // nothing for years
			line = strings.Join(fields, ",")
		}
		old.WriteString(line + "\n")
	}
	owner := s.sold(t, strings.ReplaceAll(old.String(), "2020-02-29", "2020-02-28"))
	owner.get("/").wants(t, http.StatusOK, "/", "What to look at", "Nothing has come in since", `href="/data"`)
	lately := open(t, schematest.Open(t, schematest.SQLite(t)))
	owner = lately.sold(t, coffees())
	owner.get("/").wants(t, http.StatusOK, "/", "What to look at", "Nothing needs a look just now.")
}

func TestGoalsInABrowser(t *testing.T) {
	t.Parallel()
	s, b := inBrowser(t)
	owner := s.sold(t, coffees())
	owner.post("/measures/repurchase_rate/goal", "value", "99,5", "until", "2027-12-31")
	owner.post("/measures/average_order_value/goal", "value", "5")
	s.looks(t, b, owner, []look{
		{name: "home-goals", path: "/", tag: "en", scheme: "light", width: desk},
		{name: "home-goals", path: "/", tag: "ru", scheme: "dark", width: small},
		{name: "goal", path: "/measures/repurchase_rate", tag: "el", scheme: "light", width: phone},
	})
}
