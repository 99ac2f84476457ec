package portal_test

import (
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"regulars/internal/base/db"
	"regulars/internal/record/customer"
	"regulars/internal/record/schema/schematest"
)

// The routes of the pages that change something, as they are written down.
func changing(t *testing.T) (paths []string) {
	t.Helper()
	source, err := os.ReadFile("portal.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`"POST (/my/[^"]*)"`).FindAllStringSubmatch(string(source), -1) {
		paths = append(paths, regexp.MustCompile(`\{\w+\}`).ReplaceAllString(m[1], "summer"))
	}
	if len(paths) < 14 {
		t.Fatalf("%v", paths)
	}
	return paths
}

// No form is taken from another site, whoever is signed in.
func TestNoFormIsTakenFromAnotherSite(t *testing.T) {
	t.Parallel()
	s := open(t, schematest.Open(t, schematest.SQLite(t)))
	p, who := s.enrols("ada@example.com")
	at := s.pushes.Subscribe()
	p.post("/my/phones", subscription(at)...).wants(t, 204, "/my/phones")
	form := url.Values{"way": {"free"}, "confirm": {"ada@example.com"}, "reward": {"coffee"}, "news": {"no"}, "given_name": {"Eve"}, "endpoint": {at.Endpoint}, "email": {"x@example.com"}, "agreed": {"yes"}}
	for _, path := range changing(t) {
		for _, from := range []map[string]string{
			{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "cross-site"},
		} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+path, strings.NewReader(form.Encode()))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			for name, value := range from {
				r.Header.Set(name, value)
			}
			answer, err := p.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			if _ = answer.Body.Close(); answer.StatusCode != http.StatusForbidden {
				t.Errorf("%s from %v: %d", path, from, answer.StatusCode)
			}
		}
	}
	if len(s.phones(who)) != 1 || len(s.box.Letters()) != 1 || s.consents(who, "email", "newsletter") != 1 {
		t.Error("something was done")
	}
	p.get("/my/profile").wants(t, 200, "/my/profile", "About me")
}

// What is one member's is not another's, whoever knows what it is called.
func TestLinksOfOthersLeadNowhere(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		ada, who := s.enrols("ada@example.com")
		eve, evil := s.enrols("eve@example.com")
		s.earn("ada@example.com", 100)
		taken := ada.post("/my/rewards", "reward", "coffee", "key", "k")
		ada.get(taken.path).wants(t, 200, taken.path, "A coffee on us")
		eve.get(taken.path).wants(t, 404, taken.path, "There is no such page")
		s.phone().get(taken.path).wants(t, 200, "/my/", "Members of")
		// With the key of another one's wish it is a wish of one's own.
		eve.post("/my/rewards", "reward", "coffee", "key", "k").wants(t, 409, "/my/rewards", "There is not enough for this")
		for _, strange := range []string{"/my/rewards/rdm_", "/my/rewards/rdm_0000000000000", "/my/rewards/" + strings.Repeat("x", 300), "/my/rewards/%00", "/my/draws/%2e%2e", "/my/history?unit=%00&before=x&no=-1", "/my/history?before=9223372036854775808"} {
			if got := eve.get(strange); got.status >= 500 {
				t.Errorf("%s: %d %s", strange, got.status, got.text)
			}
		}
		if s.has(who) != 60 || s.has(evil) != 0 {
			t.Errorf("%d, %d", s.has(who), s.has(evil))
		}
	})
}

// Two are merged who are not one, and parted again: what each did on their phone meanwhile stays theirs.
func TestAMergeThatIsUndoneLeavesNobodyInForAnother(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		ada, who := s.enrols("ada@example.com")
		_, evil := s.enrols("eve@example.com")
		var alias int64
		s.write(func(tx *db.Tx) (err error) { alias, err = customer.Merge(tx, evil, who); return err })
		// Eve comes in anew, and has both; her phone is told of both.
		eve, hers, own := s.phone(), s.pushes.Subscribe(), s.pushes.Subscribe()
		letters := len(s.box.Letters())
		eve.post("/my/sign-in", "email", "eve@example.com")
		eve.post(s.link(letters+1)).wants(t, 200, "/my/")
		eve.post("/my/phones", subscription(hers)...).wants(t, 204, "/my/phones")
		ada.post("/my/phones", subscription(own)...).wants(t, 204, "/my/phones")
		if n := len(phoneID.FindAllString(ada.get("/my/profile").raw, -1)); n != 2 {
			t.Errorf("%d phones of the person", n)
		}
		s.write(func(tx *db.Tx) (err error) { _, err = customer.Undo(tx, alias); return err })
		s.earn("ada@example.com", 77)
		ada.get("/my/").wants(t, 200, "/my/", "77 points")
		// Not "77" alone: the number of her own card may have it.
		if home := eve.get("/my/").wants(t, 200, "/my/"); strings.Contains(home.text, "77 points") {
			t.Errorf("eve sees what ada has: %s", home.text)
		}
		eve.get("/my/profile").wants(t, 200, "/my/profile", "You come in by eve@example.com")
		if mine, other := s.phones(who), s.phones(evil); len(mine) != 1 || mine[0].Endpoint != own.Endpoint || len(other) != 1 || other[0].Endpoint != hers.Endpoint {
			t.Errorf("%+v, %+v", mine, other)
		}
		// What she agreed to while they were one is with the other: her switch shows that she is not told, and works.
		if state := eve.post("/my/phones/state", "endpoint", hers.Endpoint); !strings.Contains(state.raw, `"on":false`) {
			t.Errorf("%s", state.raw)
		}
		eve.post("/my/phones", subscription(hers)...).wants(t, 204, "/my/phones")
		if state := eve.post("/my/phones/state", "endpoint", hers.Endpoint); !strings.Contains(state.raw, `"on":true`) || !s.word(evil).Granted {
			t.Errorf("%s", state.raw)
		}
	})
}
