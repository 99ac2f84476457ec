package console_test

import (
	"net/http"
	"strings"
	"testing"

	"regulars/internal/base/account"
)

func TestLettersAreChosen(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		owner.get("/letters").wants(t, http.StatusOK, "/letters", "Each Monday", "olga@example.com", "No mail server")
		saved := owner.post("/letters", "letter", "weekly").wants(t, http.StatusOK, "/letters", "Saved.")
		if !strings.Contains(saved.text, `value="weekly" checked`) || strings.Contains(saved.text, `value="changes" checked`) {
			t.Error(saved.text)
		}
		owner.post("/letters", "letter", "daily").wants(t, http.StatusUnprocessableEntity, "/letters", "is no letter")
		owner.get("/trail?action=user.").wants(t, http.StatusOK, "/trail", "user.letters")
		for _, role := range account.Roles() {
			may := account.As(account.Person, "x", "x", role.Permissions()...).May(account.MeasuresRead)
			if page := s.signedIn(t, owner, role).get("/letters"); (page.status == http.StatusOK) != may {
				t.Errorf("%s: %d", role, page.status)
			}
		}
	})
}
