package console_test

import (
	"net/http"
	"strings"
	"testing"

	"regulars/internal/base/account"
)

func TestHowMuchMayBeMovedByHand(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		t.Helper()
		owner := s.owner(t)
		const at = "/by-hand"
		owner.get(at).wants(t, http.StatusOK, at, "There are no units yet")
		path := s.rewarded(t)
		manager := s.signedIn(t, owner, account.Manager)
		page := owner.get(at).wants(t, http.StatusOK, at, "manager", `name="manager.points.once"`, `value="100000"`, `name="key.stars.day"`, "Only owners change these limits.")
		if strings.Contains(page.text, "cashier") {
			t.Errorf("there are limits of who gives nothing: %s", page.text)
		}
		save := func(who *reader, once, day string) shown {
			return who.post(at, "key", hiddenOf(t, page, "key"), "seen", hiddenOf(t, page, "seen"), "manager.points.once", once, "manager.points.day", day)
		}
		save(owner, "many", "50").wants(t, http.StatusUnprocessableEntity, at, "This is no whole number.", `value="many"`)
		save(owner, "60", "50").wants(t, http.StatusUnprocessableEntity, at, "At once there cannot be more than on a whole day.", `value="60"`)
		if answer := save(manager, "20", "50"); answer.status != http.StatusForbidden {
			t.Errorf("a manager sets their own limit: %d", answer.status)
		}
		save(owner, "20", "30").wants(t, http.StatusOK, at, `value="20"`, `value="30"`)
		save(owner, "40", "50").wants(t, http.StatusConflict, at, "Somebody else changed this meanwhile.")
		if seen := manager.get(at).wants(t, http.StatusOK, at, `value="20"`, "no limit"); strings.Contains(seen.text, `<button>Save`) {
			t.Errorf("a manager may press: %s", seen.text)
		}
		owner.get("/trail?action=settings.").wants(t, http.StatusOK, "/trail", "settings.update", "by_hand")
		give := func(units string) shown {
			return manager.post(path+"/points", "key", formKey.FindStringSubmatch(manager.get(path).text)[1], "unit", "points", "units", units, "reason", "sorry")
		}
		give("21").wants(t, http.StatusForbidden, path+"/points", "manager: at most 20 points at once by hand. Owners may change this limit, or do it themselves.", `value="21"`, `value="sorry"`)
		give("20").wants(t, http.StatusOK, path, "60")
		give("-11").wants(t, http.StatusForbidden, path+"/points", "manager: at most 30 points a day by hand, and 10 are left today.")
		give("-10").wants(t, http.StatusOK, path, "50")
		for _, role := range account.Roles() {
			who := manager
			if role != account.Manager {
				who = s.signedIn(t, owner, role)
			}
			answer := who.get(at)
			if may := account.As(account.Person, "x", "x", role.Permissions()...).May(account.PointsAdjust); (answer.status == http.StatusOK) != may {
				t.Errorf("%s: %d", role, answer.status)
			}
		}
	})
}
