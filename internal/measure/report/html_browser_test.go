package report

import (
	"context"
	"fmt"
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
	cdpruntime "github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// browser starts a Chromium of its own, which is gone with the test.
func browser(t *testing.T) context.Context {
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
	return ctx
}

// repository is the folder of go.mod.
func repository(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
}

// axe is the accessibility checker, as text.
func axe(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(repository(t), "web/node_modules/axe-core/axe.min.js"))
	if err != nil {
		t.Fatalf("axe-core is missing: npm --prefix web ci (%v)", err)
	}
	return string(raw)
}

// visit is one look at a page.
type visit struct {
	picture, tag, scheme string
	width                int64
}

// TestBrowser looks at pages as readers do: on a phone and a desk, light and dark, in several languages. Nothing may be
// asked of the network or said on the console, the page never scrolls sideways, and axe-core finds nothing.
func TestBrowser(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("the browser is left out of short runs; the full run has it")
	}
	checker, ctx := axe(t), browser(t)
	dir := t.TempDir()
	for _, v := range []visit{
		{"groups", "en", "light", 1280}, {"groups", "ru", "dark", 320}, {"full", "zh", "dark", 1280}, {"full", "el", "light", 320},
		{"full", "mk", "light", 768}, {"hostile", "en", "light", 320}, {"hostile", "en", "dark", 1280}, {"mute", "mk", "dark", 390},
		{"empty", "ru", "light", 320}, {"one", "el", "dark", 320}, {"nothing", "zh", "light", 320},
	} {
		name := fmt.Sprintf("%s.%s.%s.%d", v.picture, v.tag, v.scheme, v.width)
		file := filepath.Join(dir, name+".html")
		if err := os.WriteFile(file, htmlPage(t, v.picture, v.tag, charts(t)), 0o600); err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) { look(t, ctx, v, file, checker) })
	}
}

func look(t *testing.T, parent context.Context, v visit, file, checker string) {
	t.Helper()
	ctx, leave := chromedp.NewContext(parent)
	defer leave()
	ctx, stop := context.WithTimeout(ctx, 2*time.Minute)
	defer stop()
	heard := listen(t, ctx, "file://"+file)
	ask(t, ctx, network.Enable, network.EnableParams{})
	ask(t, ctx, log.Enable, cdp.Empty{})
	ask(t, ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: v.scheme}}})
	err := chromedp.Do(ctx, chromedp.EmulateViewport(v.width, 900), chromedp.Navigate("file://"+file),
		chromedp.Evaluate[chromedp.Void](`document.querySelectorAll("details").forEach(d => d.open = true)`),
		chromedp.Evaluate[chromedp.Void](checker+`;0`))
	if err != nil {
		t.Fatal(err)
	}
	wide := evaluate[int](t, ctx, `document.documentElement.scrollWidth`)
	inner := evaluate[int](t, ctx, `document.documentElement.clientWidth`)
	found := evaluate[[]violation](t, ctx, `axe.run(document, {preload: false, resultTypes: ["violations"]}).then(r => r.violations.map(v => ({
		impact: v.impact, id: v.id, help: v.help,
		nodes: v.nodes.slice(0, 3).map(n => n.html.slice(0, 200) + " " + n.failureSummary)})))`)
	if wide > inner {
		t.Errorf("the page is %d wide in a window of %d", wide, inner)
	}
	for _, what := range heard() {
		t.Error(what)
	}
	for _, f := range found {
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

// listen collects what the page asks for besides itself, and what it says on the console.
func listen(t *testing.T, ctx context.Context, page string) func() []string {
	t.Helper()
	var mu sync.Mutex
	var heard []string
	err := chromedp.Listen(ctx, func(event any) {
		mu.Lock()
		defer mu.Unlock()
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			if e.Request.URL != page && !strings.HasPrefix(e.Request.URL, "data:") {
				heard = append(heard, "the page asks for "+e.Request.URL)
			}
		case *cdpruntime.EventConsoleAPICalled:
			heard = append(heard, fmt.Sprintf("the console says %s: %v", e.Type, e.Args))
		case *cdpruntime.EventExceptionThrown:
			heard = append(heard, "a script fails: "+e.ExceptionDetails.Text)
		case *log.EventEntryAdded:
			heard = append(heard, fmt.Sprintf("the browser notes %s: %s", e.Entry.Level, e.Entry.Text))
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		return append([]string(nil), heard...)
	}
}
