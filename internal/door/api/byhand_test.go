package api_test

import (
	"fmt"
	"strings"
	"testing"

	"regulars/client"
	"regulars/internal/act/byhand"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/intake"
	"regulars/internal/record/fact"
)

// worker is somebody who works here and has come in.
func (s *shop) worker(email string, role account.Role) (a account.Actor) {
	s.t.Helper()
	password, err := account.NewHasher().Hash(s.t.Context(), "a cup of strong coffee")
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.d.Write(s.t.Context(), func(tx *db.Tx) error {
		_, token, err := account.Invite(tx, account.System("test"), account.NewUser{Email: email, Role: role})
		if err != nil {
			return err
		}
		u, err := account.Accept(tx, token, "Somebody", "en", password)
		a = u.Actor()
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
	return a
}

// asksFor asks by hand, as people do on the pages.
func (s *shop) asksFor(by account.Actor, customer string, units int64) (id string) {
	s.t.Helper()
	facts, err := (&intake.Current{DB: s.d}).Intake(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.d.Write(s.t.Context(), func(tx *db.Tx) error {
		var number int64
		if err := fact.ParsePublicID(fact.CustomerPrefix, customer, &number); err != nil {
			return err
		}
		r, _, err := byhand.Ask(tx, facts.Ledger().IDs, by, byhand.Request{Customer: number, Key: fmt.Sprint(number, units), Unit: "points", Units: units, Reason: "waited"})
		id = r.Public()
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
	return id
}

func TestWhatIsAskedForByHandOverTheWire(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		t.Helper()
		s.counts(nil)
		var numbers [2]string
		for n := range numbers {
			c, err := s.PutCustomer(t.Context(), client.Customer{Reference: fmt.Sprint("c", n+1)})
			if err != nil {
				t.Fatal(err)
			}
			numbers[n] = c.ID
		}
		first, second := numbers[0], numbers[1]
		olga := s.worker("olga@example.com", account.Owner)
		s.worker("otto@example.com", account.Owner)
		give, take := s.asksFor(olga, first, 500), s.asksFor(olga, second, -40)
		all, err := s.HandRequests(t.Context(), client.HandRequestList{})
		if err != nil || len(all.Data) != 2 {
			t.Fatalf("%+v, %v", all, err)
		}
		if r := all.Data[1]; r.ID != give || r.Customer != first || r.Unit != "points" || r.Units != 500 || r.Reason != "waited" || r.AskedBy != olga.ID || r.State != "waiting" || r.DecidedAt != nil || r.Movement != "" {
			t.Errorf("%+v", r)
		}
		page, err := s.HandRequests(t.Context(), client.HandRequestList{Lists: client.Lists{Limit: 1}})
		if err != nil || len(page.Data) != 1 || page.Data[0].ID != take {
			t.Fatalf("%+v, %v", page, err)
		}
		if page, err = s.HandRequests(t.Context(), client.HandRequestList{Lists: client.Lists{Limit: 1, Cursor: page.NextCursor}}); err != nil || len(page.Data) != 1 || page.Data[0].ID != give {
			t.Errorf("the second page is %+v, %v", page, err)
		}
		if of, err := s.HandRequests(t.Context(), client.HandRequestList{Customer: "c2", State: "waiting"}); err != nil || len(of.Data) != 1 || of.Data[0].ID != take {
			t.Errorf("of one customer: %+v, %v", of, err)
		}
		decide := func(id, how, body string) request {
			return request{method: "POST", path: "/v1/by-hand/requests/" + id + "/" + how, body: body}
		}

		// A key that who asked made decides no more than they do, and one with a limit no more than that.
		var key string
		with := func(key string, r request) request {
			r.noKey, r.head = true, map[string]string{"Authorization": "Bearer " + key}
			return r
		}
		if err := s.d.Write(t.Context(), func(tx *db.Tx) (err error) {
			_, key, err = account.CreateKey(tx, olga, account.NewKey{Name: "olga's", Scopes: []account.Permission{account.PointsAdjust}})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		s.refused("by a key of who asked", with(key, decide(give, "approve", `{}`)), 403, "own_approval", "")
		s.refused("declined by a key of who asked", with(key, decide(give, "decline", `{"answer":"no"}`)), 403, "own_approval", "")
		s.refused("by a key that reads", with(s.newKey(account.PointsRead), decide(give, "approve", `{}`)), 403, "not_allowed", "")
		for _, limit := range []string{"499", "0"} {
			if status, _, answer := s.call(request{method: "PUT", path: "/v1/settings/by-hand", body: `{"limits":[{"who":"key","unit":"points","once":` + limit + `,"day":0}]}`}); status != 200 {
				t.Fatalf("%d %s", status, answer)
			}
			if limit != "0" {
				s.refused("beyond the key's limit", decide(give, "approve", `{}`), 403, "by_hand_once", "")
			}
		}
		for range 2 { // sent again it is the same
			r, err := s.ApproveHandRequest(t.Context(), give, "of course")
			if err != nil || r.State != "approved" || !strings.HasPrefix(r.DecidedBy, "key_") || r.DecidedAt == nil || r.Answer != "of course" || !strings.HasPrefix(r.Movement, "mov_") {
				t.Errorf("%+v, %v", r, err)
			}
		}
		if n := s.available("c1"); n != 500 {
			t.Errorf("%d points", n)
		}
		s.refused("with too few units", decide(take, "approve", `{}`), 409, "too_few_units", "units")
		s.refused("without a reason", decide(take, "decline", `{"answer":"  "}`), 422, "required", "answer")
		if r, err := s.DeclineHandRequest(t.Context(), take, "there are none"); err != nil || r.State != "declined" || r.Movement != "" {
			t.Errorf("%+v, %v", r, err)
		}
		s.refused("after it was declined", decide(take, "approve", `{}`), 409, "approval_decided", "")
		s.refused("what nobody asked for", decide(fact.PublicID(byhand.RequestPrefix, 1, 1), "approve", `{}`), 404, "approval_not_found", "")
		trail, err := s.Audit(t.Context(), client.AuditFilter{Action: "points.", Target: give})
		if err != nil || len(trail.Data) != 2 || trail.Data[0].Action != "points.approved" || trail.Data[1].Action != "points.asked" {
			t.Errorf("the trail is %+v, %v", trail, err)
		}
	})
}
