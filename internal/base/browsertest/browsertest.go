// Package browsertest looks at pages as people do, in a Chromium of its own: on a phone and a desk, light and dark, in every
// language, with the eyes of axe-core.
//
// What always holds: the browser ends with the test; a page that asks anything of another site, scrolls sideways, is in
// another language than it was asked for, or breaks a rule of axe-core fails the test.
package browsertest

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// Widths of windows.
const (
	Small = 320
	Phone = 390
	Desk  = 1200
)

// Browser is a Chromium, and what looks at its pages.
type Browser struct {
	ctx     context.Context //nolint:containedctx // the browser is one
	checker string
}

// Look is one look at a page.
type Look struct {
	Name, Path, Tag, Scheme string
	Width                   int64
	Cookies                 []*http.Cookie
	Typed                   []string // ids of fields and what is typed there, by turns; then the form is sent
	Until                   string   // what the page has that comes
}

// At looks at a page of the server. With REGULARS_PICTURES, a folder, what was seen is kept there.
func (b *Browser) At(t *testing.T, server string, l Look) {
	t.Helper()
	t.Run(fmt.Sprintf("%s.%s.%s.%d", l.Name, l.Tag, l.Scheme, l.Width), func(t *testing.T) {
		ctx, leave := chromedp.NewContext(b.ctx)
		defer leave()
		ctx, stop := context.WithTimeout(ctx, time.Minute)
		defer stop()
		heard := listen(ctx, t, server)
		ask(ctx, t, network.Enable, network.EnableParams{})
		ask(ctx, t, log.Enable, cdp.Empty{})
		ask(ctx, t, network.ClearBrowserCookies, cdp.Empty{})
		ask(ctx, t, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": l.Tag}})
		ask(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: l.Scheme}},
		})
		for _, c := range l.Cookies {
			ask(ctx, t, network.SetCookie, network.SetCookieParams{Name: c.Name, Value: c.Value, URL: server})
		}
		steps := []chromedp.Action[chromedp.Void]{chromedp.EmulateViewport(l.Width, 800), chromedp.Navigate(server + l.Path)}
		for i := 0; i+1 < len(l.Typed); i += 2 {
			steps = append(steps, chromedp.SetValue("#"+l.Typed[i], l.Typed[i+1]))
		}
		if l.Until != "" {
			steps = append(steps, chromedp.Submit("#"+l.Typed[0]), chromedp.WaitVisible(l.Until))
		}
		if err := chromedp.Do(ctx, append(steps, chromedp.Evaluate[chromedp.Void](`document.querySelectorAll("details").forEach(d => d.open = true)`),
			chromedp.Evaluate[chromedp.Void](b.checker+`;0`))...); err != nil {
			t.Fatal(err)
		}
		l.judge(ctx, t, heard())
	})
}

// Tab is a tab of its own, for a test that does there what a person does, which may take a minute or two. It is gone with the test.
func (b *Browser) Tab(t *testing.T, width int64, cookies []*http.Cookie, server string) context.Context {
	t.Helper()
	const patience = 2 * time.Minute
	ctx, leave := chromedp.NewContext(b.ctx)
	t.Cleanup(leave)
	ctx, stop := context.WithTimeout(ctx, patience)
	t.Cleanup(stop)
	heard := listen(ctx, t, server)
	t.Cleanup(func() {
		for _, what := range heard() {
			t.Error(what)
		}
	})
	ask(ctx, t, network.Enable, network.EnableParams{})
	ask(ctx, t, log.Enable, cdp.Empty{})
	ask(ctx, t, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": "en"}})
	for _, c := range cookies {
		ask(ctx, t, network.SetCookie, network.SetCookieParams{Name: c.Name, Value: c.Value, URL: server})
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 800)); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// judge says what is wrong with the page that is there.
func (l *Look) judge(ctx context.Context, t *testing.T, heard []string) {
	t.Helper()
	if dir := os.Getenv("REGULARS_PICTURES"); dir != "" {
		picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s.%s.%s.%d.png", l.Name, l.Tag, l.Scheme, l.Width)), picture, 0o600)
		}
		if err != nil {
			t.Error(err)
		}
	}
	if language := evaluate[string](ctx, t, `document.documentElement.lang`); language != l.Tag {
		t.Errorf("the page is in %s", language)
	}
	if wide, inner := evaluate[int](ctx, t, `document.documentElement.scrollWidth`), evaluate[int](ctx, t, `document.documentElement.clientWidth`); wide > inner {
		t.Errorf("the page is %d wide in a window of %d", wide, inner)
	}
	for _, what := range heard {
		t.Error(what)
	}
	for _, f := range evaluate[[]violation](ctx, t, `axe.run(document, {preload: false, resultTypes: ["violations"]}).then(r => r.violations.map(v => ({
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

func ask[P, R any](ctx context.Context, t *testing.T, command cdp.Command[P, R], params P) {
	t.Helper()
	if _, err := chromedp.Call(ctx, command, params); err != nil {
		t.Fatalf("%s: %v", command.Method, err)
	}
}

func evaluate[T any](ctx context.Context, t *testing.T, script string) T {
	t.Helper()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%s: %v", script, err)
	}
	return value
}

// listen collects what the page asks of other sites, and what the browser notes about it.
func listen(ctx context.Context, t *testing.T, server string) func() []string {
	t.Helper()
	var lock sync.Mutex
	var heard []string
	err := chromedp.Listen(ctx, func(event any) {
		lock.Lock()
		defer lock.Unlock()
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			if !strings.HasPrefix(e.Request.URL, server) && !strings.HasPrefix(e.Request.URL, "data:") {
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

// Open starts a Chromium, which is gone with the test; short runs leave the test out.
func Open(t *testing.T) *Browser {
	t.Helper()
	if testing.Short() {
		t.Skip("the browser is left out of short runs; the full run has it")
	}
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
	ctx, stop := chromedp.NewExecAllocator(context.Background(),
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.Headless, chromedp.NoSandbox, chromedp.NoFirstRun,
		chromedp.DisableGPU, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.WSURLReadTimeout(2*time.Minute))
	t.Cleanup(stop)
	ctx, closeBrowser := chromedp.NewContext(ctx)
	// Closed and waited for before the folder of the test goes, so that nothing is written there any more.
	t.Cleanup(func() {
		defer closeBrowser()
		if err := chromedp.Cancel(ctx); err != nil {
			t.Logf("Chromium does not close: %v", err)
		}
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("Chromium (%s) does not start: %v", path, err)
	}
	return &Browser{ctx: ctx, checker: axe(t)}
}

// axe is the accessibility checker, as text.
func axe(t *testing.T) string {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	raw, err := os.ReadFile(filepath.Join(filepath.Dir(here), "..", "..", "..", "web", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatalf("axe-core is missing: npm --prefix web ci (%v)", err)
	}
	return string(raw)
}
