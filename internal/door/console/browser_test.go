package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"regulars/internal/base/account"
	"regulars/internal/base/browsertest"
	"regulars/internal/base/db"
	"regulars/internal/record/schema/schematest"
)

// policy is what the server tells browsers that a page may do.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// look is one look at a page.
type look struct {
	name, path, tag, scheme string
	width                   int64
	signedIn                bool
	typed                   []string // ids of fields and what is typed there, by turns; then the form is sent
	until                   string   // what the page has that comes
	menu                    bool     // open
}

const (
	phone = browsertest.Phone
	small = browsertest.Small
	desk  = browsertest.Desk
)

// TestPagesInABrowser looks at the pages as people do: on a phone and a desk, light and dark, in every language. Nothing
// is asked of another site or said on the console, no page scrolls sideways, and axe-core finds nothing. With
// REGULARS_PICTURES, a folder, what was seen is kept there.
func TestPagesInABrowser(t *testing.T) {
	t.Parallel()
	s, b := inBrowser(t)
	link := s.setupLink(t)
	for _, l := range []look{
		{name: "unready", path: "/", tag: "el", scheme: "light", width: phone},
		{name: "setup", path: link, tag: "en", scheme: "light", width: desk},
		{name: "setup", path: link, tag: "ru", scheme: "dark", width: small},
		{name: "setup", path: link, tag: "zh", scheme: "light", width: phone},
		{name: "setup-wrong", path: link, tag: "mk", scheme: "dark", width: desk, typed: []string{"currency", "EURO", "name", "Кафе"}, until: ".problems"},
	} {
		s.look(t, b, l, nil)
	}
	owner := s.reader(t)
	owner.post(link, setupForm...).wants(t, http.StatusOK, "/")
	s.provided(t, map[string]account.Role{"x": account.Agent})
	var invitation string
	s.write(t, func(tx *db.Tx) error {
		_, token, err := account.Invite(tx, account.System("test"), account.NewUser{
			Email: "anna.papadopoulou@longname.example.com", Name: "Άννα", Role: account.Cashier, Language: "el",
		})
		invitation = account.LinkPath(account.Invitation, token)
		return err
	})
	s.works(t)
	file := owner.bring("Παραγγελίες 2026 of a rather long name that goes on and on.csv", ordersFile).path
	known := s.visited(t)
	signIn := []string{"email", "olga@example.com", "password", "x"}
	for _, l := range []look{
		{name: "signin", path: "/sign-in", tag: "zh", scheme: "light", width: phone},
		{name: "signin", path: "/sign-in", tag: "en", scheme: "dark", width: desk},
		{name: "signin-wrong", path: "/sign-in", tag: "ru", scheme: "light", width: small, typed: signIn, until: ".problems"},
		{name: "forgot", path: "/forgot", tag: "el", scheme: "light", width: desk},
		{name: "sent", path: "/forgot", tag: "mk", scheme: "dark", width: phone, typed: signIn[:2], until: "a.button"},
		{name: "used", path: "/password/abc", tag: "zh", scheme: "dark", width: desk},
		{name: "invitation", path: invitation, tag: "el", scheme: "light", width: small},
		{name: "home", path: "/", tag: "en", scheme: "light", width: desk, signedIn: true},
		{name: "account", path: "/account", tag: "en", scheme: "dark", width: desk, signedIn: true},
		{name: "users", path: "/users", tag: "en", scheme: "light", width: phone, signedIn: true},
		{name: "users-link", path: "/users", tag: "en", scheme: "dark", width: small, signedIn: true, typed: []string{"email", "bo@example.com"}, until: ".notice"},
		{name: "data", path: "/data", tag: "en", scheme: "light", width: desk, signedIn: true},
		{name: "customers", path: "/customers", tag: "en", scheme: "dark", width: small, signedIn: true},
		{name: "jobs", path: "/jobs", tag: "en", scheme: "light", width: small, signedIn: true},
		{name: "trail", path: "/trail", tag: "en", scheme: "dark", width: desk, signedIn: true},
		{name: "customer", path: known, tag: "en", scheme: "light", width: desk, signedIn: true},
		{name: "file", path: file, tag: "en", scheme: "dark", width: desk, signedIn: true},
		{name: "keys", path: "/keys", tag: "en", scheme: "light", width: desk, signedIn: true, typed: []string{"name", "web shop"}, until: ".notice"},
		{name: "phone", path: "/account", tag: "en", scheme: "light", width: phone, signedIn: true, typed: []string{"phone-password", good}, until: ".qr"},
	} {
		s.look(t, b, l, owner)
	}
	for tag, scheme := range map[string]string{"ru": "dark", "zh": "light", "el": "dark", "mk": "light"} {
		s.write(t, func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE users SET language = $1 WHERE email = 'olga@example.com'", tag)
			return err
		})
		s.look(t, b, look{name: "home", path: "/", tag: tag, scheme: scheme, width: phone, signedIn: true}, owner)
		s.look(t, b, look{name: "menu", path: "/users", tag: tag, scheme: scheme, width: small, signedIn: true, menu: true}, owner)
		s.look(t, b, look{name: "data", path: "/data", tag: tag, scheme: scheme, width: phone, signedIn: true}, owner)
		s.look(t, b, look{name: "jobs", path: "/jobs", tag: tag, scheme: scheme, width: desk, signedIn: true}, owner)
		s.look(t, b, look{name: "trail", path: "/trail", tag: tag, scheme: scheme, width: small, signedIn: true}, owner)
		s.look(t, b, look{name: "customer", path: known, tag: tag, scheme: scheme, width: small, signedIn: true}, owner)
		s.look(t, b, look{name: "till", path: strings.Replace(known, "/customers/", "/till/", 1), tag: tag, scheme: scheme, width: small, signedIn: true}, owner)
		s.look(t, b, look{name: "alone", path: "/till/offline", tag: tag, scheme: scheme, width: small, signedIn: true}, owner)
		s.look(t, b, look{name: "file", path: file, tag: tag, scheme: scheme, width: small, signedIn: true}, owner)
		s.look(t, b, look{name: "keys", path: "/keys", tag: tag, scheme: scheme, width: small, signedIn: true}, owner)
		s.look(t, b, look{name: "letters", path: "/letters", tag: tag, scheme: scheme, width: phone, signedIn: true}, owner)
		s.look(t, b, look{name: "users", path: "/users", tag: tag, scheme: scheme, width: small, signedIn: true}, owner)
		s.look(t, b, look{
			name: "phone", path: "/account", tag: tag, scheme: scheme, width: desk, signedIn: true, typed: []string{"phone-password", good}, until: ".qr",
		}, owner)
	}
	owner.post(file + "/start")
	owner.settled(file)
	for tag, scheme := range map[string]string{"en": "light", "el": "dark"} {
		s.write(t, func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE users SET language = $1 WHERE email = 'olga@example.com'", tag)
			return err
		})
		s.look(t, b, look{name: "done", path: file, tag: tag, scheme: scheme, width: small, signedIn: true}, owner)
		owner.settled("/picture")
		s.look(t, b, look{name: "glance", path: "/", tag: tag, scheme: scheme, width: small, signedIn: true}, owner)
		s.look(t, b, look{name: "glance", path: "/", tag: tag, scheme: scheme, width: desk, signedIn: true}, owner)
		for _, width := range []int64{small, desk} {
			s.look(t, b, look{name: "segments", path: "/segments", tag: tag, scheme: scheme, width: width, signedIn: true}, owner)
			s.look(t, b, look{name: "cohorts", path: "/cohorts", tag: tag, scheme: scheme, width: width, signedIn: true}, owner)
		}
		s.look(t, b, look{name: "segment", path: "/segments/new", tag: tag, scheme: scheme, width: small, signedIn: true}, owner)
		s.look(t, b, look{name: "picture", path: "/picture", tag: tag, scheme: scheme, width: desk, signedIn: true}, owner)
	}
}

// inBrowser opens a shop whose pages are looked at, and a browser.
func inBrowser(t *testing.T) (*shop, *browsertest.Browser) {
	t.Helper()
	b := browsertest.Open(t)
	s := open(t, schematest.Open(t, schematest.SQLite(t)))
	s.strict()
	return s, b
}

// looks looks at pages one after the other, signed in, each in its language.
func (s *shop) looks(t *testing.T, b *browsertest.Browser, owner *reader, all []look) {
	t.Helper()
	for _, l := range all {
		l.signedIn = true
		owner.post("/account/language", "language", l.tag)
		s.look(t, b, l, owner)
	}
}

func (s *shop) look(t *testing.T, b *browsertest.Browser, l look, who *reader) {
	t.Helper()
	seen := browsertest.Look{Name: l.name, Path: l.path, Tag: l.tag, Scheme: l.scheme, Width: l.width, Typed: l.typed, Until: l.until}
	if l.menu {
		seen.Open = ".menu"
	}
	if l.signedIn {
		seen.Cookies = s.cookies(t, who)
	}
	b.At(t, s.URL, seen)
}

// cookies are those that somebody is signed in by.
func (s *shop) cookies(t *testing.T, who *reader) []*http.Cookie {
	t.Helper()
	at, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	return who.Jar.Cookies(at)
}

// strict sends pages under the policy of the server, which forbids what they must not need.
func (s *shop) strict() {
	inner := s.Config.Handler
	s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		inner.ServeHTTP(w, r)
	})
}
