package console_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/record/business"
)

// What happens when a sample is taken away is tested with the real program, in cli.
func TestASampleSaysSoOnEveryPageAndIsItsOwnersToTakeAway(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		asked := 0
		s.renew = func(context.Context) (string, error) { asked++; return "/account", nil }
		s.Config.Handler = s.pages(t)
		s.write(t, func(tx *db.Tx) error { return business.BeSample(tx, "Sample café") })
		var link string
		s.write(t, func(tx *db.Tx) error {
			token, err := account.LookAroundLink(tx)
			link = account.LinkPath(account.LookAround, token)
			return err
		})
		owner := s.reader(t)
		owner.get(link).wants(t, http.StatusOK, "/", "A sample business.", "/sample/remove")
		owner.get("/users").wants(t, http.StatusOK, "/users", "A sample business.", "/sample/remove", "Sample owner")
		if page := s.reader(t).get("/sign-in"); strings.Contains(page.text, "A sample business.") {
			t.Error("who has not signed in is told")
		}
		for _, role := range []account.Role{account.Manager, account.Cashier} {
			who := s.signedIn(t, nil, role)
			if page := who.get("/account").wants(t, http.StatusOK, "/account", "A sample business."); strings.Contains(page.text, "/sample/remove") {
				t.Errorf("%s is shown the way to take it away", role)
			}
			who.get("/sample/remove").wants(t, http.StatusForbidden, "/sample/remove")
			who.post("/sample/remove").wants(t, http.StatusForbidden, "/sample/remove")
		}
		owner.get("/sample/remove").wants(t, http.StatusOK, "/sample/remove", "Take the sample away?")
		if asked != 0 {
			t.Fatal("it is taken away unasked")
		}
		owner.post("/sample/remove").wants(t, http.StatusOK, "/account")
		if asked != 1 {
			t.Errorf("asked %d times", asked)
		}
		s.write(t, func(tx *db.Tx) error { _, err := tx.Exec("DELETE FROM settings WHERE key = 'sample'"); return err })
		owner.post("/sample/remove").wants(t, http.StatusConflict, "/sample/remove", "This is a real business")
		if asked != 1 {
			t.Error("a real business is taken away")
		}
	})
}
