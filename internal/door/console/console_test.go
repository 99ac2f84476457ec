package console_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/account/session"
	"regulars/internal/base/channel"
	"regulars/internal/base/chart"
	"regulars/internal/base/db"
	"regulars/internal/base/secret"
	"regulars/internal/base/webhook"
	"regulars/internal/door/console"
	"regulars/internal/intake"
	"regulars/internal/measure/report"
	"regulars/internal/record/backup"
	"regulars/internal/record/schema/schematest"
	"regulars/internal/understand/analysis"
)

const good = "four old wooden chairs"

var box = secret.New(bytes.Repeat([]byte{9}, 32))

// shop is a server with pages.
type shop struct {
	*httptest.Server
	d        *db.DB
	analyses *analysis.Desk
	hooks    *webhook.Webhooks
	fixed    *channel.SMTP // named at the start
	backups  *backup.Shelf
	renew    func(context.Context) (string, error)
}

func open(t *testing.T, d *db.DB) *shop {
	t.Helper()
	s := &shop{d: d, Server: httptest.NewUnstartedServer(nil), analyses: analyses(t, d)}
	s.Start()
	// The pages go with the test: what is to be cleaned up is held until the last test has ended.
	t.Cleanup(func() {
		s.Close()
		s.Config.Handler = nil
	})
	s.Config.Handler = s.pages(t)
	return s
}

// pages are those of a server that was just started.
func (s *shop) pages(t *testing.T) http.Handler {
	t.Helper()
	return s.pagesThat(t, nil)
}

// pagesThat draw the picture so.
func (s *shop) pagesThat(t *testing.T, draws func(context.Context) (*report.Picture, error)) http.Handler {
	t.Helper()
	d := s.d
	charts, err := chart.New()
	if err != nil && !errors.Is(err, chart.ErrMissing) {
		t.Fatal(err)
	}
	teller, err := webhook.NewTeller(intake.Types())
	if err != nil {
		t.Fatal(err)
	}
	s.hooks = webhook.New(d, box, teller, webhook.Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Agent: "test"})
	pages, err := console.New(console.Options{
		Renew: s.renew, Backups: s.backups, Hooks: s.hooks, Draw: draws, Analyses: s.analyses, Facts: &intake.Current{DB: d, Teller: teller}, Charts: charts, Store: d, Post: account.Post{Box: box, Fixed: s.fixed}, Hasher: account.NewHasher(), Public: func() string { return s.URL }, Origins: http.NewCrossOriginProtection(),
		Sessions: session.New(d, session.Options{Failed: func(w http.ResponseWriter, _ *http.Request, err error) {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}}),
		Address: func(r *http.Request) netip.Addr { return netip.MustParseAddrPort(r.RemoteAddr).Addr() },
	})
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

// each runs the test with pages over either engine.
func each(t *testing.T, test func(t *testing.T, s *shop)) {
	t.Helper()
	schematest.Each(t, func(t *testing.T, d *db.DB) { test(t, open(t, d)) })
}

func (s *shop) write(t *testing.T, fn func(tx *db.Tx) error) {
	t.Helper()
	if err := s.d.Write(context.WithoutCancel(t.Context()), fn); err != nil {
		t.Fatal(err)
	}
}

// setupLink is what the server prints when it starts.
func (s *shop) setupLink(t *testing.T) (path string) {
	t.Helper()
	s.write(t, func(tx *db.Tx) error {
		token, err := account.SetupLink(tx)
		path = account.LinkPath(account.FirstSetup, token)
		return err
	})
	return path
}

// reader is a browser.
type reader struct {
	t *testing.T
	s *shop
	*http.Client
	speaks string
}

func (s *shop) reader(t *testing.T) *reader {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &reader{t: t, s: s, Client: &http.Client{Jar: jar}, speaks: "en"}
}

// shown is a page as it came.
type shown struct {
	status     int
	path, text string
	header     http.Header
}

func (b *reader) do(r *http.Request) shown {
	b.t.Helper()
	r.Header.Set("Accept-Language", b.speaks)
	answer, err := b.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return shown{answer.StatusCode, answer.Request.URL.Path, string(text), answer.Header}
}

func (b *reader) get(path string) shown {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.s.URL+path, http.NoBody)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.do(r)
}

// post sends a form as a page of the site does: fields and values by turns.
func (b *reader) post(path string, fields ...string) shown {
	b.t.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return b.fills(path, form)
}

// fills sends a form of which a field may have several values.
func (b *reader) fills(path string, form url.Values) shown {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.s.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", b.s.URL)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(r)
}

// wants checks that the page is the one, and says all that.
func (p shown) wants(t *testing.T, status int, path string, says ...string) shown {
	t.Helper()
	text := html.UnescapeString(p.text)
	if p.status != status || p.path != path {
		t.Fatalf("%s with %d, want %s with %d:\n%s", p.path, p.status, path, status, text)
	}
	for _, word := range says {
		if !strings.Contains(text, word) {
			t.Errorf("%s does not say %q:\n%s", p.path, word, text)
		}
	}
	return p
}

var setupForm = []string{
	"name", "Café Ελλάδα", "currency", "eur", "time_zone", " europe/athens ", "person", "Olga", "email", "Olga@example.com", "language", "en",
	"password", good, "again", good,
}

// with is a form with other values.
func with(form []string, changes ...string) []string {
	out := append([]string{}, form...)
	for i := 0; i < len(changes); i += 2 {
		for j := 0; j < len(out); j += 2 {
			if out[j] == changes[i] {
				out[j+1] = changes[i+1]
			}
		}
	}
	return out
}

// owner sets the business up, and is signed in then.
func (s *shop) owner(t *testing.T) *reader {
	t.Helper()
	b := s.reader(t)
	b.post(s.setupLink(t), setupForm...).wants(t, 200, "/", "Good to see you, Olga", "Café Ελλάδα", "/v1/reference")
	return b
}

func TestTheFirstOwnerSetsUp(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		b := s.reader(t)
		b.get("/").wants(t, 200, "/", "Nobody has set this up yet")
		b.get("/setup/abc").wants(t, 404, "/setup/abc", "has been used or has run out")
		link := s.setupLink(t)
		b.get(link).wants(t, 200, link, "Welcome to Regulars", `<option value="Europe/Skopje">`, `autocomplete="new-password"`)
		for _, c := range []struct {
			field, value, says string
		}{
			{"name", " ", "A name has 1 to 100 characters."},
			{"currency", "EURO", "This currency is not known."},
			{"time_zone", "Athens", "This time zone is not known."},
			{"time_zone", "Local", "This time zone is not known."},
			{"person", "", ""},
			{"email", "olga", "This is no e-mail address. Write it like name@example.com."},
			{"language", "tlh", "There is no such language here."},
			{"password", "short", "The two passwords are not the same."},
		} {
			if c.says == "" {
				continue
			}
			p := b.post(link, with(setupForm, c.field, c.value)...).wants(t, 422, link, c.says, `role="alert"`, `value="Olga"`)
			if strings.Contains(p.text, good) {
				t.Error("a password is shown")
			}
			if c.field != "password" && !strings.Contains(p.text, `id="`+c.field+`-error"`) {
				t.Errorf("what is wrong with %s is not said beside it", c.field)
			}
		}
		b.post(link, with(setupForm, "password", "password1234", "again", "password1234")...).wants(t, 422, link, "tried first", `id="password-error"`)
		b.post(link, setupForm...).wants(t, 200, "/", "Good to see you, Olga")
		b.post(link, setupForm...).wants(t, 409, link, "Everything is set up already.")
		s.reader(t).get(link).wants(t, 409, link, "Everything is set up already.")
		s.reader(t).get("/").wants(t, 200, "/sign-in")
		s.write(t, func(tx *db.Tx) error {
			for key, want := range map[string]string{"business_name": "Café Ελλάδα", "currency": "EUR", "time_zone": "Europe/Athens"} {
				var got string
				if err := tx.QueryRow("SELECT value FROM settings WHERE key = $1", key).Scan(&got); err != nil || got != want {
					t.Errorf("%s is %q, want %q (%v)", key, got, want, err)
				}
			}
			return nil
		})
	})
}

func TestSigningInAndOut(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		first := s.owner(t)
		first.get("/sign-in").wants(t, 200, "/")
		first.post("/sign-out").wants(t, 200, "/sign-in", "Sign in")
		first.get("/account").wants(t, 200, "/sign-in")
		p := first.post("/sign-in", "email", "olga@example.com", "password", "something else").wants(t, 401, "/sign-in",
			"The e-mail or the password is not right.", `value="olga@example.com"`)
		if strings.Contains(p.text, "something else") {
			t.Error("the password is shown")
		}
		other := s.reader(t)
		if q := other.post("/sign-in", "email", "nobody@example.com", "password", "something else"); strings.ReplaceAll(q.text, "nobody", "olga") != p.text {
			t.Errorf("one can tell who is here:\n%s\n%s", p.text, q.text)
		}
		other.speaks = "ru-RU,ru;q=0.9,en;q=0.5"
		for range 10 {
			if p = other.post("/sign-in", "email", "olga@example.com", "password", "something else"); p.status == 429 {
				break
			}
		}
		p.wants(t, 429, "/sign-in", "Слишком много попыток. Подождите")
		if p.header.Get("Retry-After") == "" {
			t.Error("it is not said when to try again")
		}
		// The cookie of a browser in which Olga signed in lets her try again from the same network.
		first.post("/sign-in", "email", "olga@example.com", "password", good).wants(t, 200, "/", "Good to see you, Olga")
	})
}

var secretText = regexp.MustCompile(`<code class="secret">([^<]+)</code>`)

func found(t *testing.T, p shown) string {
	t.Helper()
	m := secretText.FindStringSubmatch(p.text)
	if m == nil {
		t.Fatalf("nothing is shown to be copied:\n%s", p.text)
	}
	return html.UnescapeString(m[1])
}

func TestInvitingSomebodyWithoutAMailServer(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		boss, ann := s.owner(t), s.reader(t)
		boss.get("/users").wants(t, 200, "/users", "olga@example.com")
		boss.post("/users", "email", "ann", "role", "agent", "language", "el").wants(t, 422, "/users", "This is no e-mail address.", `value="ann"`)
		boss.post("/users", "email", "olga@example.com", "role", "agent", "language", "el").wants(t, 409, "/users", "There is somebody with this e-mail already.")
		p := boss.post("/users", "email", "ann@example.com", "role", "agent", "language", "el").wants(t, 200, "/users",
			"No mail server is set, so hand this link to ann@example.com yourself.", "invited")
		link := strings.TrimPrefix(found(t, p), s.URL)
		if strings.Contains(boss.get("/users").text, link) {
			t.Error("the link is shown again")
		}
		// The page speaks as whoever invited said, and as the letter with the link does, until another language is chosen there.
		ann.get(link).wants(t, 200, link, "Σας προσκάλεσαν στην επιχείρηση «Café Ελλάδα».", `<html lang="el">`, `<option value="el" selected>`)
		other := s.reader(t)
		other.get(link+"?lang=en").wants(t, 200, link, "You have been invited to Café Ελλάδα. Your role: customer service. You will sign in as ann@example.com.")
		other.post(link, "name", "Ann", "language", "el", "password", good, "again", "else").wants(t, 422, link, "The two passwords are not the same.", `value="Ann"`)
		ann.post(link, "name", "Άννα", "language", "el", "password", good, "again", good).wants(t, 200, "/", "Χαιρόμαστε που σας βλέπουμε, Άννα", `<html lang="el">`)
		ann.get(link).wants(t, 404, link)
		ann.get("/users").wants(t, 403, "/users", "Ο ρόλος σας δεν το επιτρέπει.")
		ann.post("/users", "email", "x@example.com", "role", "owner", "language", "en").wants(t, 403, "/users")
		// The owner makes a link for a new password, and takes access back.
		var id string
		s.write(t, func(tx *db.Tx) error {
			return tx.QueryRow("SELECT user_id FROM users WHERE email = 'ann@example.com'").Scan(&id)
		})
		again := strings.TrimPrefix(found(t, boss.post("/users/"+id+"/link").wants(t, 200, "/users/"+id+"/link")), s.URL)
		fresh := s.reader(t)
		fresh.get(again).wants(t, 200, again, "Για ann@example.com.", `<html lang="el">`)
		fresh.get(again+"?lang=en").wants(t, 200, again, "For ann@example.com.")
		fresh.post(again, "password", "another four words here", "again", "another four words here").wants(t, 200, again, "The password is changed")
		ann.get("/account").wants(t, 200, "/sign-in")
		ann.post("/sign-in", "email", "ann@example.com", "password", "another four words here").wants(t, 200, "/")
		ann.post("/sign-in", "email", "ann@example.com", "password", "another four words here").wants(t, 200, "/")
		boss.post("/users/"+id+"/role", "role", "king").wants(t, 422, "/users/"+id+"/role", "There is no such role.")
		boss.post("/users/"+id+"/role", "role", "manager").wants(t, 200, "/users")
		ann.get("/").wants(t, 200, "/sign-in")
		ann.post("/sign-in", "email", "ann@example.com", "password", "another four words here").wants(t, 200, "/", "διευθυντής")
		if p := ann.get("/users").wants(t, 200, "/users", "olga@example.com"); strings.Contains(p.text, "/state") || strings.Contains(p.text, `value="owner"`) {
			t.Error("a manager is offered what managers may not")
		}
		boss.post("/users/"+id+"/state", "state", "disabled").wants(t, 200, "/users", "disabled")
		ann.get("/").wants(t, 200, "/sign-in")
		boss.post("/users/"+id+"/state", "state", "active").wants(t, 200, "/users")
		s.write(t, func(tx *db.Tx) error {
			return tx.QueryRow("SELECT user_id FROM users WHERE email = 'olga@example.com'").Scan(&id)
		})
		boss.post("/users/"+id+"/state", "state", "disabled").wants(t, 409, "/users/"+id+"/state", "This is the last owner.")
	})
}

func TestAKeyIsMadeShownOnceAndTakenBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		b := s.owner(t)
		b.get("/keys").wants(t, 200, "/keys", "There are none yet.", `value="all"`)
		b.post("/keys", "name", " ", "kind", "till").wants(t, 422, "/keys", "A name has 1 to 100 characters.")
		b.post("/keys", "name", "till", "kind", "root").wants(t, 422, "/keys", "Say what the key may do.")
		text := found(t, b.post("/keys", "name", "Till <1>", "kind", "till").wants(t, 200, "/keys", "This is the key for Till <1>.", "never used"))
		if strings.Contains(b.get("/keys").text, text) {
			t.Error("the key is shown again")
		}
		keys := account.NewAuthenticator(s.d, nil)
		from := netip.MustParseAddr("127.0.0.1")
		who, err := keys.Key(t.Context(), text, from)
		if err != nil || !who.May(account.SalesWrite) || who.May(account.CustomersWrite) {
			t.Errorf("%+v, %v", who, err)
		}
		page := found(t, b.post("/keys", "name", "page", "kind", "page"))
		if public, err := keys.Key(t.Context(), page, from); err != nil || public.Kind != account.Public {
			t.Errorf("%+v, %v", public, err)
		}
		b.mashes(t, "/keys/"+who.ID+"/revoke", "/keys", b.get("/keys").formTo(t, "/keys/"+who.ID+"/revoke")...)
		b.get("/keys").wants(t, 200, "/keys", "taken back")
		s.did(t, "key.revoke", 1)
		if _, err := keys.Key(t.Context(), text, from); err == nil {
			t.Error("taken back, and still good")
		}
		b.post("/keys/key_none/revoke").wants(t, 404, "/keys/key_none/revoke")
		// Who may not manage keys has no such page.
		p := b.post("/users", "email", "mary@example.com", "role", "manager", "language", "en")
		mary := s.reader(t)
		link := strings.TrimPrefix(found(t, p), s.URL)
		if home := mary.post(link, "name", "Mary", "language", "en", "password", good, "again", good).wants(t, 200, "/"); strings.Contains(home.text, "/keys") {
			t.Error("a manager is shown the way to the keys")
		}
		mary.get("/keys").wants(t, 403, "/keys")
		mary.post("/keys", "name", "x", "kind", "all").wants(t, 403, "/keys")
	})
}

func TestAForgottenPasswordTellsNobodyWhoIsHere(t *testing.T) {
	t.Parallel()
	s := open(t, schematest.Open(t, schematest.SQLite(t)))
	s.owner(t)
	b := s.reader(t)
	b.get("/forgot").wants(t, 200, "/forgot", "A new password")
	one := b.post("/forgot", "email", "olga@example.com").wants(t, 200, "/forgot", "Look into your mail", "ask an owner")
	two := b.post("/forgot", "email", "nobody@example.com").wants(t, 200, "/forgot")
	if one.text != two.text {
		t.Errorf("one can tell who is here:\n%s\n%s", one.text, two.text)
	}
	b.post("/forgot", "email", "x").wants(t, 422, "/forgot", "This is no e-mail address.")
	b.get("/password/abc").wants(t, 404, "/password/abc", "has been used or has run out")
}

func TestPagesAreSafeInABrowser(t *testing.T) {
	t.Parallel()
	s := open(t, schematest.Open(t, schematest.SQLite(t)))
	boss := s.owner(t)
	// From another site nothing is done.
	for _, head := range []map[string]string{{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example.com"}, {"Origin": "null"}} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/sign-out", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range head {
			r.Header.Set(name, value)
		}
		boss.do(r).wants(t, 403, "/sign-out", "sent from another site")
	}
	boss.get("/").wants(t, 200, "/", "Good to see you")
	inline := regexp.MustCompile(`<script|<style|\sstyle=|\son[a-z]+=|javascript:|https?://`)
	for _, page := range []string{"/", "/sign-in", "/forgot", "/account", "/users", "/keys", "/nothing"} {
		for _, b := range []*reader{boss, s.reader(t)} {
			if m := inline.FindString(b.get(page).text); m != "" {
				t.Errorf("%s has %s in it", page, m)
			}
		}
	}
	// What somebody typed is text and nothing else.
	p := s.reader(t).post("/sign-in", "email", `"><script>alert(1)</script>`, "password", "x")
	if strings.Contains(p.text, "<script") {
		t.Errorf("%s", p.text)
	}
	if css := boss.get("/assets/console.css"); css.status != 200 || !strings.Contains(css.text, "--accent") || !strings.HasPrefix(css.header.Get("Content-Type"), "text/css") {
		t.Errorf("the style sheet: %d %s", css.status, css.header)
	}
	boss.get("/users/../../etc/passwd").wants(t, 404, "/etc/passwd")
	if p := boss.post("/sign-in", "email", strings.Repeat("x", 100_000)); p.status != 422 {
		t.Errorf("a huge form: %d", p.status)
	}
}

func TestEveryLanguageIsSpoken(t *testing.T) {
	t.Parallel()
	s := open(t, schematest.Open(t, schematest.SQLite(t)))
	s.owner(t)
	for accept, want := range map[string]string{
		"el-GR,el;q=0.9,en;q=0.1": "el", "mk": "mk", "zh-TW": "zh", "zh-Hans-CN": "zh", "ru": "ru", "fr,de;q=0.5": "en", "": "en", ";;;": "en", "uk,ru;q=0.8": "ru",
	} {
		b := s.reader(t)
		b.speaks = accept
		p := b.get("/sign-in").wants(t, 200, "/sign-in", fmt.Sprintf(`<html lang="%s">`, want))
		if strings.Contains(p.text, "⟦") {
			t.Errorf("%s: a text is missing: %s", accept, p.text)
		}
	}
	b := s.reader(t)
	b.get("/sign-in?lang=mk").wants(t, 200, "/sign-in", "Најави се")
	b.get("/forgot").wants(t, 200, "/forgot", `<html lang="mk">`)
	b.get("/forgot?lang=tlh").wants(t, 200, "/forgot", `<html lang="mk">`)
}

func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// hostile are texts that something behind a form could stumble over.
var hostile = []string{
	"", " ", "\x00", "a\x00b", "\xff\xfe", "'; DROP TABLE users; --", `"><script>alert(1)</script>`, "{{.}}", "../../etc/passwd", "%00%0a",
	"line\r\nSet-Cookie: x=y", strings.Repeat("é", 20_000), "\u202eevil", "😀", "-1", "99999999999999999999",
}

func TestNoFormStumbles(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		link := s.setupLink(t)
		stranger := s.reader(t)
		for _, text := range hostile {
			for i := 0; i < len(setupForm); i += 2 {
				p := stranger.post(link, with(setupForm, setupForm[i], text)...)
				if p.status >= 500 {
					t.Errorf("%s as %.20q: %d %s", setupForm[i], text, p.status, p.text)
				}
				if p.path == "/" { // it was taken for a name, and rightly
					s.write(t, func(tx *db.Tx) error {
						for _, table := range []string{"users", "sessions", "settings"} {
							if _, err := tx.Exec("DELETE FROM " + table); err != nil {
								return err
							}
						}
						return nil
					})
					stranger, link = s.reader(t), s.setupLink(t)
				}
			}
		}
		owner := s.reader(t)
		owner.post(link, setupForm...).wants(t, 200, "/")
		var invitation, reset string
		s.write(t, func(tx *db.Tx) error {
			_, one, err := account.Invite(tx, account.System("test"), account.NewUser{Email: "ann@example.com", Role: account.Agent})
			if err != nil {
				return err
			}
			u, err := account.UserByEmail(tx, "olga@example.com")
			if err != nil {
				return err
			}
			_, two, err := account.PasswordLink(tx, account.System("test"), u.ID)
			invitation, reset = account.LinkPath(account.Invitation, one), account.LinkPath(account.NewSecret, two)
			return err
		})
		for _, text := range hostile {
			for path, fields := range map[string][]string{
				"/sign-in": {"email", "password"}, "/forgot": {"email"}, invitation: {"name", "language", "password", "again"}, reset: {"password", "again"},
				"/sign-in/code": {"code"}, "/users": {"email", "role", "language"}, "/keys": {"name", "kind"}, "/account/password": {"current_password", "password", "again"},
				"/account/phone": {"current_password"}, "/account/phone/code": {"code"}, "/account/phone/off": {"current_password"}, "/account/sessions": {"id"},
				"/users/" + url.PathEscape(text+"x") + "/state": {"state"}, "/users/" + url.PathEscape(text+"x") + "/role": {"role"}, "/users/" + url.PathEscape(text+"x") + "/link": {}, "/keys/" + url.PathEscape(text+"x") + "/revoke": {},
			} {
				for _, b := range []*reader{owner, s.reader(t)} {
					var form []string
					for _, field := range fields {
						form = append(form, field, text)
					}
					if p := b.post(path, form...); p.status >= 500 || strings.Contains(p.text, "<script") || p.header.Get("Set-Cookie") == "x=y" {
						t.Errorf("%s with %.20q: %d %.300s", path, text, p.status, p.text)
					}
				}
			}
			if p := s.reader(t).get("/sign-in?lang=" + url.QueryEscape(text)); p.status != 200 {
				t.Errorf("in the language %.20q: %d", text, p.status)
			}
		}
		// Some of it is a good password; Olga has a new one then.
		s.write(t, func(tx *db.Tx) error {
			users, err := account.Users(tx)
			if len(users) < 2 {
				t.Errorf("%d users are left", len(users))
			}
			return err
		})
	})
}

// today is the day that it is for the business of the tests, which is ahead of UTC.
func today(t *testing.T) string {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Athens")
	if err != nil {
		t.Fatal(err)
	}
	return time.Now().In(zone).Format(time.DateOnly)
}
