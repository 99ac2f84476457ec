package console_test

import (
	"net/http"
	"strings"
	"testing"

	"regulars/internal/base/account"
)

// draftOf makes a draft of what is in force, and gives its page and what its forms bring along.
func draftOf(t *testing.T, who *reader, version string) (at, key, seen string) {
	t.Helper()
	page := who.get("/programme/" + version)
	made := who.post("/programme/"+version+"/draft", "key", hiddenOf(t, page, "key"), "seen", hiddenOf(t, page, "seen"))
	if made.status != http.StatusOK || !strings.HasPrefix(made.path, "/programme/") {
		t.Fatalf("%d %s", made.status, made.path)
	}
	return made.path, hiddenOf(t, made, "key"), hiddenOf(t, made, "seen")
}

func TestFourEyesLockNobodyOut(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		t.Helper()
		owner := s.owner(t)
		s.rewarded(t)
		at, key, seen := draftOf(t, owner, "1")
		about := owner.get(at+"/about").wants(t, http.StatusOK, at+"/about", "At present nobody but you could approve", `href="/users"`)
		saved := owner.post(at+"/about", "key", hiddenOf(t, about, "key"), "seen", hiddenOf(t, about, "seen"), "name", "Café", "four_eyes", "yes").wants(t, http.StatusOK, at, "At present nobody but you could approve", "Invite somebody")
		owner.post(at+"/publish", "key", key, "seen", seen).wants(t, http.StatusConflict, at+"/publish", "Somebody else changed this meanwhile.")
		owner.post(at+"/publish", "key", hiddenOf(t, saved, "key"), "seen", hiddenOf(t, saved, "seen")).wants(t, http.StatusOK, "/programme", "in force since")
		if text := owner.get("/trail?action=programme.").text; strings.Contains(text, "alone") {
			t.Errorf("nothing asked for four eyes yet: %s", text)
		}
		at, key, seen = draftOf(t, owner, "2")
		owner.get(at).wants(t, http.StatusOK, at, "So that you are not locked out")
		owner.get("/programme/waiting").wants(t, http.StatusOK, "/programme/waiting", "there is nobody else here who may approve", "Version 3", "you may put it in force")
		owner.post(at+"/publish", "key", key, "seen", seen).wants(t, http.StatusOK, "/programme", "in force since")
		owner.get("/trail?action=programme.").wants(t, http.StatusOK, "/trail", "programme.published", "alone")
		const drawn = "/draws/draw-2026-01-01"
		owner.post("/draws/new", owner.get("/draws/new").formTo(t, "/draws/new", drawForm()...)...).wants(t, http.StatusOK, drawn)
		owner.post(drawn+"/publish", owner.get(drawn).formTo(t, drawn+"/publish")...).wants(t, http.StatusOK, drawn)
		owner.get("/trail?action=draw.published").wants(t, http.StatusOK, "/trail", "draw.published", "alone")

		manager := s.signedIn(t, owner, account.Manager)
		at, key, seen = draftOf(t, owner, "3")
		if page := owner.get(at).wants(t, http.StatusOK, at, "so somebody else puts it in force"); strings.Contains(page.text, `action="`+at+`/publish"`) {
			t.Error("whoever wrote it may press")
		}
		owner.post(at+"/publish", "key", key, "seen", seen).wants(t, http.StatusForbidden, at+"/publish", "somebody else publishes this than wrote it")
		owner.get("/programme").wants(t, http.StatusOK, "/programme", `href="/programme/waiting"`, "1 draft")
		owner.get("/programme/waiting").wants(t, http.StatusOK, "/programme/waiting", "waits for somebody else", "changed by Olga")
		if text := owner.get("/").text; strings.Contains(text, "waits for your approval") {
			t.Error("one's own draft does not wait for oneself")
		}
		manager.get("/").wants(t, http.StatusOK, "/", "1 draft waits for your approval", `href="/programme/waiting"`)
		manager.get("/programme").wants(t, http.StatusOK, "/programme", "1 draft waits for your approval")
		manager.get("/programme/waiting").wants(t, http.StatusOK, "/programme/waiting", "you may put it in force")
		for _, role := range []account.Role{account.Cashier, account.Agent, account.Analyst, account.Developer} {
			who := s.signedIn(t, owner, role)
			if page := who.get("/programme/waiting"); page.status != http.StatusForbidden {
				t.Errorf("%s sees what waits: %d", role, page.status)
			}
			if page := who.get("/programme"); strings.Contains(page.text, "/programme/waiting") {
				t.Errorf("%s is led to what waits", role)
			}
		}
	})
}

func TestADraftIsDiscardedByWhoHasSeenIt(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		t.Helper()
		owner := s.owner(t)
		s.rewarded(t)
		if page := owner.get("/programme/1"); strings.Contains(page.text, "/programme/1/discard") {
			t.Error("what is in force can be discarded")
		}
		live := owner.get("/programme/1")
		owner.post("/programme/1/discard", "key", hiddenOf(t, live, "key"), "seen", hiddenOf(t, live, "seen")).wants(t, http.StatusConflict, "/programme/1/discard", "no draft any more")
		at, key, seen := draftOf(t, owner, "1")
		cashier := s.signedIn(t, owner, account.Cashier)
		if page := cashier.post(at+"/discard", "key", key, "seen", seen); page.status != http.StatusForbidden {
			t.Errorf("a cashier discards it: %d", page.status)
		}
		owner.post(at+"/discard", "key", key, "seen", "other").wants(t, http.StatusConflict, at+"/discard", "Somebody else changed this meanwhile.")
		for range 2 { // pressed twice it is once
			owner.post(at+"/discard", "key", key, "seen", seen).wants(t, http.StatusOK, "/programme", "in force since", `role="status"`)
		}
		if page := owner.get(at); page.status != http.StatusNotFound {
			t.Errorf("it is there: %d", page.status)
		}
		owner.get("/programme/waiting").wants(t, http.StatusOK, "/programme/waiting", "Nothing waits: there is no draft.")
		owner.get("/trail?action=programme.").wants(t, http.StatusOK, "/trail", "programme.discarded")
	})
}

func TestLimitsAndFourEyesInABrowser(t *testing.T) {
	t.Parallel()
	s, b := inBrowser(t)
	owner := s.owner(t)
	s.rewarded(t)
	at, _, _ := draftOf(t, owner, "1")
	about := owner.get(at + "/about")
	owner.post(at+"/about", "key", hiddenOf(t, about, "key"), "seen", hiddenOf(t, about, "seen"), "name", "Café", "four_eyes", "yes").wants(t, http.StatusOK, at)
	s.looks(t, b, owner, []look{
		{name: "by-hand", path: "/by-hand", tag: "en", scheme: "light", width: desk}, {name: "by-hand", path: "/by-hand", tag: "el", scheme: "dark", width: phone},
		{name: "by-hand", path: "/by-hand", tag: "zh", scheme: "light", width: small}, {name: "by-hand", path: "/by-hand", tag: "mk", scheme: "dark", width: small},
		{name: "four-eyes", path: at, tag: "en", scheme: "dark", width: desk}, {name: "four-eyes", path: at, tag: "el", scheme: "light", width: phone},
		{name: "four-eyes", path: at, tag: "zh", scheme: "dark", width: small}, {name: "four-eyes", path: at + "/about", tag: "ru", scheme: "light", width: small},
		{name: "waiting", path: "/programme/waiting", tag: "en", scheme: "light", width: desk}, {name: "waiting", path: "/programme/waiting", tag: "el", scheme: "dark", width: phone},
		{name: "waiting", path: "/programme/waiting", tag: "zh", scheme: "light", width: small}, {name: "waiting", path: "/programme/waiting", tag: "mk", scheme: "dark", width: small},
	})
}
