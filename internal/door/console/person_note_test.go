package console_test

import (
	"net/http"
	"strings"
	"testing"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/record/customer"
)

func TestWhatIsWrittenDownAboutAPerson(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		path := s.visited(t)
		notes := func() (all []customer.Note) {
			s.write(t, func(tx *db.Tx) (err error) { all, err = customer.Notes(tx, number(t, path)); return err })
			return all
		}
		key := between(owner.get(path).wants(t, http.StatusOK, path, "Nobody has written anything down yet.").text, `/notes" novalidate><input type="hidden" name="key" value="`, `"`)
		owner.post(path+"/notes", "key", key, "text", " ").wants(t, http.StatusUnprocessableEntity, path+"/notes", "This must not be empty.", `id="text-error"`)
		owner.post(path+"/notes", "key", key, "text", strings.Repeat("w", 4001)).wants(t, http.StatusUnprocessableEntity, path+"/notes", "This is too long.")
		for range 2 { // pressed twice it is one
			owner.post(path+"/notes", "key", key, "text", "Allergic to <nuts>\nand kind").wants(t, http.StatusOK, path, "Allergic to <nuts>\nand kind", "Olga")
		}
		all := notes()
		if len(all) != 1 {
			t.Fatalf("%+v", all)
		}
		if n := s.trail(t, "customer.note_added", path); n != 1 {
			t.Errorf("%d entries in the trail", n)
		}
		for _, role := range account.Roles() {
			by := account.As(account.Person, "x", "x", role.Permissions()...)
			who := s.signedIn(t, owner, role)
			if page := who.get(path); page.status == http.StatusOK && strings.Contains(page.text, "Allergic") != by.May(account.PersonalRead) {
				t.Errorf("%s and the note: %s", role, page.text)
			}
			if !by.May(account.CustomersWrite) {
				who.post(path+"/notes", "key", key, "text", "mine").wants(t, http.StatusForbidden, path+"/notes")
				who.post(path+"/notes/remove", "note", all[0].ID).wants(t, http.StatusForbidden, path+"/notes/remove")
			}
		}
		for range 2 {
			owner.post(path+"/notes/remove", "note", all[0].ID).wants(t, http.StatusOK, path, "Nobody has written anything down yet.")
		}
		if left := notes(); len(left) != 0 {
			t.Errorf("%+v", left)
		}
	})
}
