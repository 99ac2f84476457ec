package portal_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"

	"regulars/internal/base/browsertest"
	"regulars/internal/base/db"
	"regulars/internal/record/schema/schematest"
	"regulars/web"
)

// The page of the card has by what one is found, what one has, and the codes of what one took and has not used: one's own alone.
func TestTheCardHasWhatIsShownAtATill(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		s.phone().get("/my/card").wants(t, http.StatusOK, "/my/", "Members of")
		ada, _ := s.enrols("ada@example.com")
		eve, _ := s.enrols("eve@example.com")
		s.earn("ada@example.com", 123)
		ada.get("/my/").wants(t, http.StatusOK, "/my/", "Only the card")
		taken := ada.get(ada.post("/my/rewards", "reward", "coffee", "key", "k").path)
		_, code, _ := strings.Cut(taken.raw, "<code>")
		code, _, _ = strings.Cut(code, "</code>")
		mine := ada.get("/my/card").wants(t, http.StatusOK, "/my/card", "Or say the number", "83 points", "A coffee on us", code, "As of ")
		if n := strings.Count(mine.raw, `class="qr"`); n != 2 {
			t.Errorf("%d codes are drawn", n)
		}
		if hers := eve.get("/my/card").wants(t, http.StatusOK, "/my/card", "0 points"); strings.Contains(hers.text, code) || strings.Contains(hers.text, "A coffee on us") {
			t.Errorf("eve has what ada took: %s", hers.text)
		}
		s.write(func(tx *db.Tx) error { _, err := tx.Exec("UPDATE redemptions SET state = 'used'"); return err })
		if after := ada.get("/my/card").wants(t, http.StatusOK, "/my/card"); strings.Contains(after.text, code) {
			t.Errorf("a code that was used is shown: %s", after.text)
		}
	})
}

// A phone shows the card without the network, and of whoever signed out it shows none.
func TestTheCardIsShownWithoutTheNetwork(t *testing.T) {
	t.Parallel()
	if _, built := web.Card(); !built {
		t.Fatal("the scripts are not bundled: npm --prefix web run build")
	}
	b := browsertest.Open(t)
	s := open(t, schematest.Open(t, schematest.SQLite(t)))
	s.programme()
	p, who := s.enrols("ada@example.com")
	s.earn("ada@example.com", 40)
	away, inner := atomic.Bool{}, s.Config.Handler
	s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if away.Load() {
			http.Error(w, "no upstream", http.StatusBadGateway)
			return
		}
		inner.ServeHTTP(w, r)
	})
	at, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	wire := browsertest.Between(t, s.URL)
	v := b.Window(t, wire.Site(), browsertest.Look{Tag: "en", Scheme: "light", Width: browsertest.Phone, Cookies: p.Jar.Cookies(at)})
	const keeps = `await (await caches.open("regulars-my-1")).match("/my/card")`
	points := func() string { return strconv.FormatInt(s.has(who), 10) + " points" }
	has := func(text string) string { return `(await (` + keeps + `)?.text())?.includes(">` + text + `<")` }
	const gone = `!(await caches.has("regulars-my-1"))`
	v.Goes("/my/")
	v.Sees(has(points()))
	v.Sees(`navigator.serviceWorker.controller`)
	// Each visit keeps it as it is then.
	s.earn("ada@example.com", 9)
	v.Goes("/my/")
	v.Sees(has(points()))

	wire.Cut()
	for _, path := range []string{"/my/", "/my/card", "/my/history?unit=points", "/my/nothing"} {
		v.Goes(path)
		v.Says("There is no network. This is your card, as your phone kept it.")
		v.Says(points())
		v.Sees(`document.querySelector(".qr").getBoundingClientRect().width > 100 && getComputedStyle(document.querySelector(".brandband")).backgroundColor !== "rgba(0, 0, 0, 0)"`)
	}
	v.Judge("my-card-away")
	wire.Mend()
	away.Store(true)
	v.Goes("/my/friends")
	v.Says("There is no network.")
	away.Store(false)
	v.Goes("/my/card")
	v.Sees(`document.getElementById("away").hidden`)
	v.Goes("/my/friends")
	v.Sees(`location.pathname === "/my/friends" && !document.getElementById("away")`)

	// Whose session has ended is shown the way in, and what was kept goes; it is kept anew by who comes in.
	v.Sees(keeps)
	s.write(func(tx *db.Tx) error { _, err := tx.Exec("DELETE FROM member_sessions"); return err })
	v.Goes("/my/")
	v.Sees(gone)
	letters := len(s.box.Letters())
	s.phone().post("/my/sign-in", "email", "ada@example.com")
	v.Goes(s.link(letters + 1))
	v.Does(chromedp.Submit("main form"))
	v.Sees(`location.pathname === "/my/"`)
	v.Sees(has(points()))
	v.Does(chromedp.Submit(`form[action="/my/sign-out"]`))
	v.Sees(`location.pathname === "/my/" && !document.querySelector("form[action='/my/sign-out']")`)
	v.Sees(gone)
}
