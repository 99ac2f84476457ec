package console_test

import (
	"net/http"
	"strings"
	"testing"

	"regulars/internal/act/byhand"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
)

// limited lets managers move twenty points at once, and gives their form of a customer's page.
func (s *shop) limited(t *testing.T) (path string, form func(who *reader, units string, more ...string) shown) {
	t.Helper()
	path = s.rewarded(t)
	if err := s.d.Write(t.Context(), func(tx *db.Tx) error {
		_, err := byhand.Save(tx, []byhand.Limit{{Who: "manager", Unit: "points", Once: 20, Day: 30}})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return path, func(who *reader, units string, more ...string) shown {
		key := formKey.FindStringSubmatch(who.get(path).text)[1]
		return who.post(path+"/points", append([]string{"key", key, "unit", "points", "units", units, "reason", "the <b>cake</b> was burnt"}, more...)...)
	}
}

// asking is the address to which decisions about the newest request are sent.
func asking(t *testing.T, page shown) string {
	t.Helper()
	_, rest, ok := strings.Cut(page.text, `action="/by-hand/requests/`)
	if !ok {
		t.Fatalf("nothing is to be decided: %s", page.text)
	}
	id, _, _ := strings.Cut(rest, `"`)
	return "/by-hand/requests/" + id
}

func TestAskingForMoreThanOneMayByHand(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		t.Helper()
		owner := s.owner(t)
		path, form := s.limited(t)
		manager, other := s.signedIn(t, owner, account.Manager), s.signedInAs(t, "other@example.com", account.Manager)
		const waits = "/programme/waiting"
		owner.get(waits).wants(t, http.StatusOK, waits, "Waiting for approval", "Nobody has asked to give or take more than they may.")

		// What was typed stays, and asking is offered only to who may not, where somebody else may.
		if page := manager.get(path); strings.Contains(page.text, `name="ask"`) {
			t.Error("asking is offered before anything was too much")
		}
		refused := form(manager, "500").wants(t, http.StatusForbidden, path+"/points", "manager: at most 20 points at once by hand.", `value="500"`, "the <b>cake</b> was burnt", "You can ask for it", `name="ask"`, `href="#units"`)
		key := formKey.FindStringSubmatch(refused.text)[1]
		if page := form(owner, "many"); strings.Contains(page.text, `name="ask"`) {
			t.Error("asking is offered for what is no number")
		}
		ask := func(units, reason string) shown {
			return manager.post(path+"/points", "key", key, "unit", "points", "units", units, "reason", reason, "ask", "yes")
		}
		ask("many", "x").wants(t, http.StatusUnprocessableEntity, path+"/points", "This is no whole number.", `value="many"`, `name="ask"`)
		ask("500", " ").wants(t, http.StatusUnprocessableEntity, path+"/points", "This must not be empty.", `value="500"`, `name="ask"`)
		for range 2 { // pressed twice it is once
			ask("500", "the <b>cake</b> was burnt").wants(t, http.StatusOK, path, "Asked for by hand", "+500 points", "waits for somebody else", "the <b>cake</b> was burnt", waits+"#apr_")
		}
		s.did(t, "points.asked", 1)
		if text := manager.get("/").text; strings.Contains(text, "waits for your approval") {
			t.Error("what one asked for waits for oneself")
		}
		manager.get("/").wants(t, http.StatusOK, "/", "What you asked to give or take", "+500 points", "waits for somebody else", waits+"#apr_")
		if text := owner.get("/").text; strings.Contains(text, "What you asked to give or take") {
			t.Error("what somebody else asked for is one's own")
		}
		owner.get("/").wants(t, http.StatusOK, "/", "1 request to give or take by hand waits for your approval", waits+"#asked")
		owner.get(path).wants(t, http.StatusOK, path, "waits for you", "Decide")
		other.get(waits).wants(t, http.StatusOK, waits, "waits for somebody who may move as many")
		at := asking(t, manager.get(waits).wants(t, http.StatusOK, waits, "Take it back"))
		owner.get("/by-hand").wants(t, http.StatusOK, "/by-hand", `href="`+waits+`"`)

		// Who asked does not decide, nor who may not do as much.
		manager.post(at, "to", "approved").wants(t, http.StatusForbidden, at, "You asked for this. Somebody else is to decide about it.")
		other.post(at, "to", "approved").wants(t, http.StatusForbidden, at, "manager: at most 20 points at once by hand.")
		for _, role := range []account.Role{account.Cashier, account.Agent, account.Analyst, account.Developer} {
			if page := s.signedIn(t, owner, role).post(at, "to", "approved"); page.status != http.StatusForbidden {
				t.Errorf("%s decides: %d", role, page.status)
			}
		}
		owner.post(at, "to", "whatever").wants(t, http.StatusUnprocessableEntity, at)
		owner.post("/by-hand/requests/apr_1", "to", "approved").wants(t, http.StatusUnprocessableEntity, "/by-hand/requests/apr_1")
		owner.post(at, "to", "declined", "answer", " ").wants(t, http.StatusUnprocessableEntity, at, "This must not be empty.", `aria-invalid="true"`)
		long := strings.Repeat("a", 501)
		owner.post(at, "to", "declined", "answer", long).wants(t, http.StatusUnprocessableEntity, at, long)
		for range 2 {
			owner.post(at, "to", "approved", "answer", "of course").wants(t, http.StatusOK, waits, "Approved: the units have moved.", "approved by Olga", "of course", "Nobody has asked")
		}
		owner.post(at, "to", "declined", "answer", "no").wants(t, http.StatusConflict, at, "Somebody has decided about this already")
		s.did(t, "points.approved", 1)
		s.did(t, "points.adjusted", 1)
		manager.get(path).wants(t, http.StatusOK, path, "540", "given by the shop: the <b>cake</b> was burnt", "asked for by", "approved by Olga", "of course")
		if page := owner.get("/trail?action=points."); !strings.Contains(page.text, "points.asked") || !strings.Contains(page.text, "points.approved") || !strings.Contains(page.text, "Olga") {
			t.Errorf("the trail lacks it: %s", page.text)
		}

		// Declined, and taken back.
		form(manager, "-100", "ask", "yes").wants(t, http.StatusOK, path, "−100 points")
		at = asking(t, owner.get(waits))
		owner.post(at, "to", "declined", "answer", "talk to <i>them</i>").wants(t, http.StatusOK, waits, "Declined: nothing has moved.", "declined by Olga", "talk to <i>them</i>")
		manager.get("/").wants(t, http.StatusOK, "/", "What you asked to give or take", "approved by Olga", "of course", "declined by Olga", "talk to <i>them</i>")
		manager.get(path).wants(t, http.StatusOK, path, "540", "declined", "talk to <i>them</i>")
		form(manager, "-100", "ask", "yes")
		at = asking(t, manager.get(waits))
		if page := owner.post(at, "to", "withdrawn"); page.status != http.StatusForbidden {
			t.Errorf("another takes it back: %d", page.status)
		}
		manager.post(at, "to", "withdrawn").wants(t, http.StatusOK, waits, "Withdrawn.")
		owner.post(at, "to", "approved").wants(t, http.StatusConflict, at, "or it was withdrawn")

		// The customer has not that many.
		manager.post(path+"/points", "key", "other", "unit", "stars", "units", "−500", "reason", "x", "ask", "yes").wants(t, http.StatusOK, path, "−500 stars")
		at = asking(t, owner.get(waits))
		owner.post(at, "to", "approved", "answer", "well").wants(t, http.StatusConflict, at, "The customer has not that many.", ">well</textarea>")
		s.did(t, "points.approved", 1)

		// A limit for owners: nobody may approve, and nothing is offered.
		if err := s.d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := byhand.Save(tx, []byhand.Limit{{Who: "owner", Unit: "points", Once: 30}})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if page := form(manager, "500"); page.status != http.StatusForbidden || strings.Contains(page.text, `name="ask"`) {
			t.Errorf("asking is offered though nobody may approve: %d", page.status)
		}
		form(manager, "500", "ask", "yes").wants(t, http.StatusConflict, path+"/points", "There is nobody else here who may move so many by hand.", `value="500"`)
	})
}

func TestAskingByHandInABrowser(t *testing.T) {
	t.Parallel()
	s, b := inBrowser(t)
	owner := s.owner(t)
	path, form := s.limited(t)
	manager := s.signedIn(t, owner, account.Manager)
	const waits = "/programme/waiting"
	form(manager, "350", "ask", "yes")
	owner.post(asking(t, owner.get(waits)), "to", "declined", "answer", "Give half of it, and a cake on us next time.")
	form(manager, "500", "ask", "yes")
	form(manager, "-25", "ask", "yes")
	s.looks(t, b, owner, []look{
		{name: "asked", path: waits, tag: "en", scheme: "light", width: desk}, {name: "asked", path: waits, tag: "el", scheme: "dark", width: phone},
		{name: "asked", path: waits, tag: "zh", scheme: "light", width: small}, {name: "asked", path: waits, tag: "ru", scheme: "dark", width: small},
		{name: "asked-of", path: path, tag: "en", scheme: "light", width: desk}, {name: "asked-of", path: path, tag: "mk", scheme: "dark", width: phone},
	})
	s.looks(t, b, manager, []look{
		{name: "asked-mine", path: waits, tag: "en", scheme: "dark", width: desk}, {name: "asked-mine", path: waits, tag: "mk", scheme: "light", width: phone},
		{name: "asked-home", path: "/", tag: "en", scheme: "light", width: phone}, {name: "asked-home", path: "/", tag: "ru", scheme: "dark", width: desk},
		{name: "asking", path: path, tag: "en", scheme: "light", width: desk, typed: []string{"units", "500", "reason", "waited"}, until: "button[name=ask]"},
		{name: "asking", path: path, tag: "el", scheme: "dark", width: phone, typed: []string{"units", "500", "reason", "waited"}, until: "button[name=ask]"},
		{name: "asking", path: path, tag: "zh", scheme: "light", width: small, typed: []string{"units", "500", "reason", "waited"}, until: "button[name=ask]"},
	})
}
