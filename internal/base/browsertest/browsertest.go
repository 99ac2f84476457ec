// Package browsertest looks at pages as people do, in a Chromium of its own: on a phone and a desk, light and dark, in every
// language, with the eyes of axe-core.
//
// What always holds: the browser ends with the test; a page that asks anything of another site, throws, writes on the browser's
// console, scrolls sideways, is in another language than it was asked for, or breaks a rule of axe-core fails the test.
package browsertest

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
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
	end     func()
}

// Look is one look at a page. With REGULARS_PICTURES, a folder, what was seen is kept there.
type Look struct {
	Name, Path, Tag, Scheme string
	Width                   int64
	Cookies                 []*http.Cookie
	Typed                   []string // ids of fields and what is typed there, by turns; then the form is sent
	Until                   string   // what the page has that comes
	Open                    string   // a folded part that is opened besides those of the page itself
}

// At looks at a page of a site.
func (b *Browser) At(t *testing.T, site string, l Look) {
	t.Helper()
	t.Run(l.title(), func(t *testing.T) {
		cookies := l.Cookies
		l.Cookies = nil
		// In one tab after the other's page, which is twice as fast as a new tab for each.
		ctx, leave := context.WithCancel(b.ctx)
		t.Cleanup(leave)
		v := (&Tab{Site: site, t: t, ctx: ctx, checker: b.checker, look: l}).enter()
		Call(v, network.ClearBrowserCookies, cdp.Empty{})
		v.Keeps(cookies...)
		steps := []chromedp.Action[chromedp.Void]{chromedp.Navigate(site + l.Path)}
		for i := 0; i+1 < len(l.Typed); i += 2 {
			steps = append(steps, chromedp.SetValue("#"+l.Typed[i], l.Typed[i+1]))
		}
		if l.Until != "" {
			steps = append(steps, chromedp.Submit("#"+l.Typed[0]), chromedp.WaitVisible(l.Until))
		}
		if l.Open != "" {
			steps = append(steps, chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`document.querySelector(%q).open = true`, l.Open)))
		}
		v.Does(steps...)
		v.Unfold()
		v.Judge(l.Name)
	})
}

func (l *Look) title() string { return fmt.Sprintf("%s.%s.%s.%d", l.Name, l.Tag, l.Scheme, l.Width) }

// Tab is a tab of its own, for a test that does there what a person does. It is gone with the test.
func (b *Browser) Tab(t *testing.T, site string, l Look) *Tab {
	t.Helper()
	ctx, leave := chromedp.NewContext(b.ctx)
	t.Cleanup(leave)
	return (&Tab{Site: site, t: t, ctx: ctx, checker: b.checker, look: l}).enter()
}

// Window is the tab that the browser opened with, each time it is asked for.
func (b *Browser) Window(t *testing.T, site string, l Look) *Tab {
	t.Helper()
	return (&Tab{Site: site, t: t, ctx: b.ctx, checker: b.checker, look: l}).enter()
}

// shells are Chromium without the windows around its pages, which starts in a tenth of the time; whole are browsers with all of
// theirs.
var (
	shells = []string{"chromium-headless-shell", "chrome-headless-shell"}
	whole  = []string{"chromium", "chromium-browser", "google-chrome"}
)

// Open starts a Chromium, which is gone with the test; short runs leave the test out. It has no window where there is such a one:
// what comes from outside of pages, as a push does, is for OpenWhole.
func Open(t *testing.T, flags ...chromedp.ExecAllocatorOption) *Browser {
	t.Helper()
	return start(t, slices.Concat(shells, whole), t.TempDir(), flags...)
}

// OpenWhole starts the Chromium that people have.
func OpenWhole(t *testing.T, flags ...chromedp.ExecAllocatorOption) *Browser {
	t.Helper()
	return OpenIn(t, t.TempDir(), flags...)
}

// OpenIn starts the Chromium that people have with the profile of a folder, which outlives it.
func OpenIn(t *testing.T, profile string, flags ...chromedp.ExecAllocatorOption) *Browser {
	t.Helper()
	return start(t, whole, profile, flags...)
}

func start(t *testing.T, names []string, profile string, flags ...chromedp.ExecAllocatorOption) *Browser {
	t.Helper()
	if testing.Short() {
		t.Skip("the browser is left out of short runs; the full run has it")
	}
	path := ""
	for _, name := range names {
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
	b := &Browser{ctx: ctx, checker: axe(t)}
	// Closed and waited for before the folder of the test goes, so that nothing is written there any more.
	b.end = sync.OnceFunc(func() {
		defer leave()
		defer closeBrowser()
		if err := chromedp.Cancel(ctx); err != nil {
			t.Logf("Chromium does not close: %v", err)
		}
	})
	t.Cleanup(b.end)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("Chromium (%s) does not start: %v", path, err)
	}
	return b
}

// Close ends the browser before the test does.
func (b *Browser) Close() { b.end() }

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
