package console_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/record/fact"
	"regulars/internal/record/spending"
)

// initiative tells of something that was done sixty days ago.
func (s *shop) initiative(t *testing.T) {
	t.Helper()
	began := time.Now().AddDate(0, 0, -90)
	s.write(t, func(tx *db.Tx) error {
		_, err := spending.PutInitiative(tx, &spending.Initiative{Source: "staff", Reference: "1", Name: "Free <b>cake</b> on Mondays",
			Started: fact.At(time.Date(began.Year(), began.Month(), began.Day(), 0, 0, 0, 0, time.UTC), time.UTC)})
		return err
	})
}

func TestEveryMeasureHasItsPage(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		t.Helper()
		owner := s.sold(t, coffees())
		s.initiative(t)
		list := owner.get("/measures").wants(t, http.StatusOK, "/measures", "Average order value", "Revenue", "/measures/average_order_value")
		n := 0
		for _, part := range strings.Split(list.text, `href="/measures/`)[1:] {
			key, _, _ := strings.Cut(part, `"`)
			if n%5 != 0 {
				n++ // a few of them, because each draws its chart
				continue
			}
			if page := owner.get("/measures/" + key); page.status != http.StatusOK {
				t.Errorf("%s: %d", key, page.status)
			}
			n++
		}
		if n < 20 {
			t.Errorf("%d measures have pages", n)
		}
		owner.get("/measures/average_order_value").wants(t, http.StatusOK, "/measures/average_order_value", "How much is one order worth?", " = €", "Revenue divided by the number of orders",
			"Free <b>cake</b> on Mondays", "A comparison, not yet a proof", "Show as a table", "<svg")
		owner.get("/measures/average_order_value?by=category").wants(t, http.StatusOK, "/measures/average_order_value", "Coffee")
		from := time.Now().AddDate(0, -3, 0).Format(time.DateOnly)
		owner.get("/measures/orders?from="+from).wants(t, http.StatusOK, "/measures/orders", `value="`+from+`"`)
		owner.get("/measures/orders?from=2026-13-01").wants(t, http.StatusUnprocessableEntity, "/measures/orders", "There is no such day.")
		owner.get("/measures/orders?from=2026-03-01&to=2026-02-01").wants(t, http.StatusUnprocessableEntity, "/measures/orders", "must come before the last")
		owner.get("/measures/orders?by=shoe_size").wants(t, http.StatusUnprocessableEntity, "/measures/orders", "There is nothing of that name")
		csv := owner.get("/measures/orders.csv")
		if csv.status != http.StatusOK || !strings.HasPrefix(csv.text, "key,period_from,") || strings.Contains(csv.text, "revenue") || strings.Count(csv.text, "\norders,") < 10 {
			t.Errorf("%d %.300s", csv.status, csv.text)
		}
		for _, path := range []string{"/measures/orders.xlsx", "/measures/orders.xlsx?by=category", "/segments/champions/customers.xlsx"} {
			if book := owner.get(path); book.status != http.StatusOK || !strings.HasPrefix(book.text, "PK") {
				t.Errorf("%s: %d %.20q", path, book.status, book.text)
			}
		}
		owner.get("/measures/points_issued").wants(t, http.StatusOK, "/measures/points_issued", "How much does the programme give?", "There is no loyalty programme in which anybody takes part.")
		owner.get("/measures/none").wants(t, http.StatusNotFound, "/measures/none")
		for _, role := range account.Roles() {
			may := account.As(account.Person, "x", "x", role.Permissions()...).May(account.MeasuresRead)
			who := s.signedIn(t, owner, role)
			for _, path := range []string{"/measures", "/measures/orders", "/measures/orders.csv"} {
				if page := who.get(path); (page.status == http.StatusOK) != may {
					t.Errorf("%s: %s with %d", role, path, page.status)
				}
			}
		}
	})
}

// Who may not see personal data is not shown it as a breakdown either.
func TestABreakdownTellsNoCustomersApart(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		t.Helper()
		var orders strings.Builder
		for i, line := range strings.Split(strings.TrimSpace(coffees()), "\n") {
			more := ",nickname,town"
			if i > 0 {
				_, guest, _ := strings.Cut(line, "guest-")
				more = ",Guest " + guest[:1] + ",Athens"
			}
			orders.WriteString(line + more + "\n")
		}
		owner := s.sold(t, orders.String())
		owner.get("/measures/orders?by=nickname").wants(t, http.StatusOK, "/measures/orders", "Guest 3")
		analyst := s.signedIn(t, owner, account.Analyst)
		page := analyst.get("/measures/orders?by=nickname").wants(t, http.StatusForbidden, "/measures/orders", "tells customers apart")
		file := analyst.get("/measures/orders.csv?by=nickname")
		if strings.Contains(page.text, "Guest 3") || strings.Contains(file.text, "Guest 3") {
			t.Error("the analyst sees who the customers are")
		}
		analyst.get("/measures/orders?by=town").wants(t, http.StatusOK, "/measures/orders", "Athens")
	})
}

func TestMeasuresInABrowser(t *testing.T) {
	t.Parallel()
	s, b := inBrowser(t)
	owner := s.sold(t, coffees())
	s.initiative(t)
	s.looks(t, b, owner, []look{
		{name: "measures", path: "/measures", tag: "en", scheme: "light", width: desk},
		{name: "measures", path: "/measures", tag: "ru", scheme: "dark", width: small},
		{name: "measure", path: "/measures/repurchase_rate", tag: "en", scheme: "light", width: desk},
		{name: "measure", path: "/measures/repurchase_rate", tag: "el", scheme: "dark", width: small},
		{name: "measure-by", path: "/measures/average_order_value?by=category", tag: "zh", scheme: "light", width: phone},
		{name: "measure-untold", path: "/measures/nps", tag: "mk", scheme: "dark", width: phone},
	})
}
