package console_test

import (
	"net/http"
	"strings"
	"testing"

	"regulars/internal/act/member"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/measure/goal"
)

func TestTheFirstStepsStayUntilTheyAreDoneOrPutAway(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		done := func() int {
			t.Helper()
			return strings.Count(owner.get("/").wants(t, http.StatusOK, "/", "To begin").text, "✓ done")
		}
		if n := done(); n != 1 {
			t.Errorf("%d steps are done in an empty place, want the business", n)
		}
		s.works(t)
		file := owner.bring("orders.csv", coffees()).path
		owner.post(file + "/start")
		owner.settled(file)
		s.write(t, func(tx *db.Tx) error { return goal.Set(tx, goal.Goal{Measure: "orders", Value: 100}) })
		if n := done(); n != 3 {
			t.Errorf("%d steps are done, want the business, orders and a goal", n)
		}
		cashier := s.signedIn(t, nil, account.Cashier)
		if n := done(); n != 4 {
			t.Errorf("%d steps are done, want all but the programme and the pages of members", n)
		}
		if page := cashier.get("/"); strings.Contains(page.text, "To begin") {
			t.Error("who may do none of them is shown the steps")
		}
		s.write(t, func(tx *db.Tx) error { return member.Save(tx, member.Settings{Open: true}) })
		if n := done(); n != 5 {
			t.Errorf("%d steps are done once members have pages", n)
		}
		cashier.post("/begin/away").wants(t, http.StatusForbidden, "/begin/away")
		if n := done(); n != 5 {
			t.Errorf("%d", n)
		}
		for range 2 {
			if page := owner.post("/begin/away").wants(t, http.StatusOK, "/"); strings.Contains(page.text, "To begin") {
				t.Error("they were put away, and are there")
			}
		}
	})
}
