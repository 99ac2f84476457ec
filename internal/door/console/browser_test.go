package console_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
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
	phone = 390
	small = 320
	desk  = 1200
)

// TestPagesInABrowser looks at the pages as people do: on a phone and a desk, light and dark, in every language. Nothing
// is asked of another site or said on the console, no page scrolls sideways, and axe-core finds nothing. With
// REGULARS_PICTURES, a folder, what was seen is kept there.
func TestPagesInABrowser(t *testing.T) {
	t.Parallel()
	s, ctx, checker := inBrowser(t)
	link := s.setupLink(t)
	for _, l := range []look{
		{name: "unready", path: "/", tag: "el", scheme: "light", width: phone},
		{name: "setup", path: link, tag: "en", scheme: "light", width: desk},
		{name: "setup", path: link, tag: "ru", scheme: "dark", width: small},
		{name: "setup", path: link, tag: "zh", scheme: "light", width: phone},
		{name: "setup-wrong", path: link, tag: "mk", scheme: "dark", width: desk, typed: []string{"currency", "EURO", "name", "Кафе"}, until: ".problems"},
	} {
		s.look(t, ctx, l, nil, checker)
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
		s.look(t, ctx, l, owner, checker)
	}
	for tag, scheme := range map[string]string{"ru": "dark", "zh": "light", "el": "dark", "mk": "light"} {
		s.write(t, func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE users SET language = $1 WHERE email = 'olga@example.com'", tag)
			return err
		})
		s.look(t, ctx, look{name: "home", path: "/", tag: tag, scheme: scheme, width: phone, signedIn: true}, owner, checker)
		s.look(t, ctx, look{name: "menu", path: "/users", tag: tag, scheme: scheme, width: small, signedIn: true, menu: true}, owner, checker)
		s.look(t, ctx, look{name: "data", path: "/data", tag: tag, scheme: scheme, width: phone, signedIn: true}, owner, checker)
		s.look(t, ctx, look{name: "jobs", path: "/jobs", tag: tag, scheme: scheme, width: desk, signedIn: true}, owner, checker)
		s.look(t, ctx, look{name: "trail", path: "/trail", tag: tag, scheme: scheme, width: small, signedIn: true}, owner, checker)
		s.look(t, ctx, look{name: "customer", path: known, tag: tag, scheme: scheme, width: small, signedIn: true}, owner, checker)
		s.look(t, ctx, look{name: "till", path: strings.Replace(known, "/customers/", "/till/", 1), tag: tag, scheme: scheme, width: small, signedIn: true}, owner, checker)
		s.look(t, ctx, look{name: "alone", path: "/till/offline", tag: tag, scheme: scheme, width: small, signedIn: true}, owner, checker)
		s.look(t, ctx, look{name: "file", path: file, tag: tag, scheme: scheme, width: small, signedIn: true}, owner, checker)
		s.look(t, ctx, look{name: "keys", path: "/keys", tag: tag, scheme: scheme, width: small, signedIn: true}, owner, checker)
		s.look(t, ctx, look{name: "letters", path: "/letters", tag: tag, scheme: scheme, width: phone, signedIn: true}, owner, checker)
		s.look(t, ctx, look{name: "users", path: "/users", tag: tag, scheme: scheme, width: small, signedIn: true}, owner, checker)
		s.look(t, ctx, look{
			name: "phone", path: "/account", tag: tag, scheme: scheme, width: desk, signedIn: true, typed: []string{"phone-password", good}, until: ".qr",
		}, owner, checker)
	}
	owner.post(file + "/start")
	owner.settled(file)
	for tag, scheme := range map[string]string{"en": "light", "el": "dark"} {
		s.write(t, func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE users SET language = $1 WHERE email = 'olga@example.com'", tag)
			return err
		})
		s.look(t, ctx, look{name: "done", path: file, tag: tag, scheme: scheme, width: small, signedIn: true}, owner, checker)
		owner.settled("/picture")
		s.look(t, ctx, look{name: "glance", path: "/", tag: tag, scheme: scheme, width: small, signedIn: true}, owner, checker)
		s.look(t, ctx, look{name: "glance", path: "/", tag: tag, scheme: scheme, width: desk, signedIn: true}, owner, checker)
		for _, width := range []int64{small, desk} {
			s.look(t, ctx, look{name: "segments", path: "/segments", tag: tag, scheme: scheme, width: width, signedIn: true}, owner, checker)
			s.look(t, ctx, look{name: "cohorts", path: "/cohorts", tag: tag, scheme: scheme, width: width, signedIn: true}, owner, checker)
		}
		s.look(t, ctx, look{name: "segment", path: "/segments/new", tag: tag, scheme: scheme, width: small, signedIn: true}, owner, checker)
		s.look(t, ctx, look{name: "picture", path: "/picture", tag: tag, scheme: scheme, width: desk, signedIn: true}, owner, checker)
	}
}

// inBrowser opens a shop whose pages are looked at, a browser, and what checks pages; the browser is left out of short runs.
func inBrowser(t *testing.T) (s *shop, ctx context.Context, checker string) {
	t.Helper()
	if testing.Short() {
		t.Skip("the browser is left out of short runs; the full run has it")
	}
	checker, ctx = axe(t), browser(t)
	s = open(t, dbtest.Open(t, dbtest.SQLite(t)))
	s.strict()
	return s, ctx, checker
}

// looks looks at pages one after the other, signed in, each in its language.
func (s *shop) looks(t *testing.T, ctx context.Context, owner *reader, checker string, all []look) {
	t.Helper()
	for _, l := range all {
		l.signedIn = true
		owner.post("/account/language", "language", l.tag) //nolint:contextcheck // a reader has the context of its test
		s.look(t, ctx, l, owner, checker)
	}
}

func (s *shop) look(t *testing.T, parent context.Context, l look, owner *reader, checker string) {
	t.Helper()
	t.Run(fmt.Sprintf("%s.%s.%s.%d", l.name, l.tag, l.scheme, l.width), func(t *testing.T) {
		ctx, leave := chromedp.NewContext(parent)
		defer leave()
		ctx, stop := context.WithTimeout(ctx, time.Minute)
		defer stop()
		heard := s.listen(t, ctx)
		ask(t, ctx, network.Enable, network.EnableParams{})
		ask(t, ctx, log.Enable, cdp.Empty{})
		ask(t, ctx, network.ClearBrowserCookies, cdp.Empty{})
		ask(t, ctx, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": l.tag}})
		ask(t, ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: l.scheme}},
		})
		if l.signedIn {
			at, _ := url.Parse(s.URL)
			for _, c := range owner.Jar.Cookies(at) {
				ask(t, ctx, network.SetCookie, network.SetCookieParams{Name: c.Name, Value: c.Value, URL: s.URL})
			}
		}
		steps := []chromedp.Action[chromedp.Void]{chromedp.EmulateViewport(l.width, 800), chromedp.Navigate(s.URL + l.path)}
		for i := 0; i < len(l.typed); i += 2 {
			steps = append(steps, chromedp.SetValue("#"+l.typed[i], l.typed[i+1]))
		}
		if l.until != "" {
			steps = append(steps, chromedp.Submit("#"+l.typed[0]), chromedp.WaitVisible(l.until))
		}
		if l.menu {
			steps = append(steps, chromedp.Evaluate[chromedp.Void](`document.querySelector(".menu").open = true`))
		}
		if err := chromedp.Do(ctx, append(steps, chromedp.Evaluate[chromedp.Void](`document.querySelectorAll("main details").forEach(d => d.open = true)`), chromedp.Evaluate[chromedp.Void](checker+`;0`))...); err != nil {
			t.Fatal(err)
		}
		l.judge(t, ctx, heard())
	})
}

// judge says what is wrong with the page that is there.
func (l *look) judge(t *testing.T, ctx context.Context, heard []string) {
	t.Helper()
	if dir := os.Getenv("REGULARS_PICTURES"); dir != "" {
		picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s.%s.%s.%d.png", l.name, l.tag, l.scheme, l.width)), picture, 0o600)
		}
		if err != nil {
			t.Error(err)
		}
	}
	if language := evaluate[string](t, ctx, `document.documentElement.lang`); language != l.tag {
		t.Errorf("the page is in %s", language)
	}
	if wide, inner := evaluate[int](t, ctx, `document.documentElement.scrollWidth`), evaluate[int](t, ctx, `document.documentElement.clientWidth`); wide > inner {
		t.Errorf("the page is %d wide in a window of %d", wide, inner)
	}
	for _, burst := range evaluate[[]string](t, ctx, `[...document.querySelectorAll(".panel :is(input, select, textarea, button)")].filter(e => !e.closest(".scroll") && e.checkVisibility() &&
		e.getBoundingClientRect().right > e.closest(".panel").getBoundingClientRect().right + 1).map(e => e.outerHTML.slice(0, 200))`) {
		t.Errorf("it is wider than its panel: %s", burst)
	}
	for _, what := range heard {
		t.Error(what)
	}
	for _, f := range evaluate[[]violation](t, ctx, `axe.run(document, {preload: false, resultTypes: ["violations"]}).then(r => r.violations.map(v => ({
		impact: v.impact, id: v.id, help: v.help, nodes: v.nodes.slice(0, 3).map(n => n.html.slice(0, 200) + " " + n.failureSummary)})))`) {
		t.Errorf("%s: %s (%s)\n%s", f.Impact, f.Help, f.ID, strings.Join(f.Nodes, "\n"))
	}
}

// violation is what axe-core finds against one of its rules, with the first few places.
type violation struct {
	Impact string   `json:"impact"`
	ID     string   `json:"id"`
	Help   string   `json:"help"`
	Nodes  []string `json:"nodes"`
}

func ask[P, R any](t *testing.T, ctx context.Context, command cdp.Command[P, R], params P) {
	t.Helper()
	if _, err := chromedp.Call(ctx, command, params); err != nil {
		t.Fatalf("%s: %v", command.Method, err)
	}
}

func evaluate[T any](t *testing.T, ctx context.Context, script string) T {
	t.Helper()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%s: %v", script, err)
	}
	return value
}

// listen collects what the page asks of other sites, and what the browser notes about it.
func (s *shop) listen(t *testing.T, ctx context.Context) func() []string {
	t.Helper()
	var lock sync.Mutex
	var heard []string
	err := chromedp.Listen(ctx, func(event any) {
		lock.Lock()
		defer lock.Unlock()
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			if !strings.HasPrefix(e.Request.URL, s.URL) && !strings.HasPrefix(e.Request.URL, "data:") {
				heard = append(heard, "the page asks for "+e.Request.URL)
			}
		case *log.EventEntryAdded:
			// That a form was answered with a status of an error is how it is told that something is to be mended.
			if e.Entry.Source != log.EntrySourceNetwork {
				heard = append(heard, fmt.Sprintf("the browser notes %s: %s", e.Entry.Level, e.Entry.Text))
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return func() []string {
		lock.Lock()
		defer lock.Unlock()
		return append([]string(nil), heard...)
	}
}

// browser starts a Chromium of its own, which is gone with the test.
func browser(t *testing.T) context.Context {
	t.Helper()
	ctx, _ := browserIn(t, t.TempDir())
	return ctx
}

// browserIn starts a Chromium with the profile of a folder, and gives what closes it: at the latest that is done with the test.
func browserIn(t *testing.T, profile string, flags ...chromedp.ExecAllocatorOption) (ctx context.Context, stop func()) {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Fatal("there is no Chromium: install Debian's package, apt-get install -y chromium")
	}
	ctx, leave := chromedp.NewExecAllocator(context.Background(), append(flags,
		chromedp.ExecPath(path), chromedp.UserDataDir(profile), chromedp.Headless, chromedp.NoSandbox, chromedp.NoFirstRun,
		chromedp.DisableGPU, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.WSURLReadTimeout(2*time.Minute))...)
	ctx, closeBrowser := chromedp.NewContext(ctx)
	// Closed and waited for before the folder of the test goes, so that nothing is written there any more.
	stop = sync.OnceFunc(func() {
		defer leave()
		defer closeBrowser()
		if err := chromedp.Cancel(ctx); err != nil {
			t.Logf("Chromium does not close: %v", err)
		}
	})
	t.Cleanup(stop)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("Chromium (%s) does not start: %v", path, err)
	}
	return ctx, stop
}

// strict sends pages under the policy of the server, which forbids what they must not need.
func (s *shop) strict() {
	inner := s.Config.Handler
	s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		inner.ServeHTTP(w, r)
	})
}

// axe is the accessibility checker, as text.
func axe(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile("../../../web/node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Fatalf("axe-core is missing: npm --prefix web ci (%v)", err)
	}
	return string(raw)
}
