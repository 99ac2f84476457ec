package console_test

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"regulars/internal/act/member"
	"regulars/internal/act/notice"
	"regulars/internal/base/account"
	"regulars/internal/base/channel/channeltest"
	"regulars/internal/base/db"
)

// phoned has a customer switch notices on, on phones that are called so.
func (s *shop) phoned(t *testing.T, path string, devices ...string) {
	t.Helper()
	pushes := channeltest.ServePushes(t)
	for _, device := range devices {
		s.write(t, func(tx *db.Tx) error {
			_, err := notice.Add(tx, number(t, path), notice.Phone{PushTo: pushes.Subscribe().PushTo, Device: device, Language: "en"}, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")})
			return err
		})
	}
}

func TestThePhonesOfAPersonAreSeenAndTurnedOff(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		path := s.visited(t)
		phones := func() (all []notice.Phone) {
			s.write(t, func(tx *db.Tx) (err error) { all, err = notice.Phones(tx, []int64{number(t, path)}); return err })
			return all
		}
		if page := owner.get(path); strings.Contains(page.text, "Notices on phones") {
			t.Error("who has no phone has some")
		}
		s.phoned(t, path, "Android · <Chrome>", "")
		s.write(t, func(tx *db.Tx) error { return member.Save(tx, member.Settings{Open: true, NoNotices: true}) })
		owner.get(path).wants(t, http.StatusOK, path, "Notices on phones", "Android · <Chrome>", "A browser", "not told anything yet", "notices are turned off for the business")
		s.write(t, func(tx *db.Tx) error { return member.Save(tx, member.Settings{Open: true}) })
		if page := owner.get(path); strings.Contains(page.text, "turned off for the business") || strings.Contains(page.text, "127.0.0.1") {
			t.Errorf("%s", page.text)
		}
		all := phones()
		for _, role := range account.Roles() {
			if by := account.As(account.Person, "x", "x", role.Permissions()...); !by.May(account.CustomersWrite) {
				s.signedIn(t, owner, role).post(path+"/phones/remove", "phone", all[0].PublicID()).wants(t, http.StatusForbidden, path+"/phones/remove")
			}
		}
		owner.post(path+"/phones/remove", "phone", "phn_nonsense").wants(t, http.StatusOK, path)
		for range 2 {
			owner.post(path+"/phones/remove", "phone", all[0].PublicID()).wants(t, http.StatusOK, path, "A browser")
		}
		if left := phones(); len(left) != 1 || left[0].ID != all[1].ID {
			t.Errorf("%+v", left)
		}
		if n := s.trail(t, "customer.phone_removed", path); n != 1 {
			t.Errorf("%d entries in the trail", n)
		}
	})
}
