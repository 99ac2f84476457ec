package browsertest

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long one thing that is done or waited for may take: the machine may be busy.
const patience = time.Minute

// Tab is a tab of a browser, in which somebody does something.
type Tab struct {
	Site string

	t       *testing.T
	ctx     context.Context //nolint:containedctx // the tab is one
	checker string
	look    Look
	lock    sync.Mutex
	bad     []string
}

// enter makes a tab ready for a look.
func (v *Tab) enter() *Tab {
	v.t.Helper()
	l := &v.look
	if err := chromedp.Listen(v.ctx, v.hear); err != nil {
		v.t.Fatal(err)
	}
	v.t.Cleanup(v.complain)
	Call(v, network.Enable, network.EnableParams{})
	Call(v, log.Enable, cdp.Empty{})
	Call(v, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": l.Tag}})
	Call(v, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: l.Scheme}}})
	v.Keeps(l.Cookies...)
	v.Does(chromedp.EmulateViewport(l.Width, 800))
	return v
}

// Keeps gives the browser cookies of the site.
func (v *Tab) Keeps(cookies ...*http.Cookie) {
	v.t.Helper()
	for _, c := range cookies {
		Call(v, network.SetCookie, network.SetCookieParams{Name: c.Name, Value: c.Value, URL: v.Site})
	}
}

// hear notes what no page should do: ask another site, throw, or have the browser complain.
func (v *Tab) hear(event any) {
	v.lock.Lock()
	defer v.lock.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if !strings.HasPrefix(e.Request.URL, v.Site) && !strings.HasPrefix(e.Request.URL, "data:") {
			v.bad = append(v.bad, "the page asks for "+e.Request.URL)
		}
	case *log.EventEntryAdded:
		// That a form was answered with a status of an error is how it is told that something is to be mended; a network that
		// was cut is noted too.
		if e.Entry.Source != log.EntrySourceNetwork {
			v.bad = append(v.bad, fmt.Sprintf("the browser notes %s: %s", e.Entry.Level, e.Entry.Text))
		}
	case *runtime.EventExceptionThrown:
		v.bad = append(v.bad, "the page throws "+e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		v.bad = append(v.bad, fmt.Sprintf("the page says %s on the console", e.Type))
	}
}

// complain tells what was heard since it last did.
func (v *Tab) complain() {
	v.t.Helper()
	v.lock.Lock()
	bad := v.bad
	v.bad = nil
	v.lock.Unlock()
	for _, what := range bad {
		v.t.Error(what)
	}
}

// Context is what the tab's own events are listened to with.
func (v *Tab) Context() context.Context { return v.ctx }

// Does takes steps one after the other.
func (v *Tab) Does(steps ...chromedp.Action[chromedp.Void]) {
	v.t.Helper()
	ctx, stop := context.WithTimeout(v.ctx, patience)
	defer stop()
	if err := chromedp.Do(ctx, steps...); err != nil {
		v.t.Fatalf("%v\n%s", err, v.Text())
	}
}

// Goes to a page of the site.
func (v *Tab) Goes(path string) { v.t.Helper(); v.Does(chromedp.Navigate(v.Site + path)) }

// Types presses keys, wherever the focus is.
func (v *Tab) Types(keys string) { v.t.Helper(); v.Does(chromedp.KeyEvent(keys)) }

// Text is where the tab is, and what the page says.
func (v *Tab) Text() string {
	ctx, stop := context.WithTimeout(v.ctx, patience)
	defer stop()
	text, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + "\n" + document.body.innerText`))
	return text
}

// Sees waits until an expression, which may await, holds on whatever page there is.
func (v *Tab) Sees(expression string) {
	v.t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		ctx, stop := context.WithTimeout(v.ctx, 5*time.Second)
		holds, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("(async () => Boolean("+expression+"))()", chromedp.EvalAwaitPromise))
		stop()
		if err == nil && holds { // an error: one page goes and another comes
			return
		}
		if time.Now().After(deadline) {
			v.t.Fatalf("it never came about that %s (%v):\n%s", expression, err, v.Text())
		}
	}
}

// Says waits until the page says something.
func (v *Tab) Says(text string) {
	v.t.Helper()
	v.Sees(fmt.Sprintf("document.body && document.body.innerText.includes(%q)", text))
}

// Unfold opens all that is folded on the page itself.
func (v *Tab) Unfold() {
	v.t.Helper()
	v.Does(chromedp.Evaluate[chromedp.Void](`document.querySelectorAll("main details").forEach(d => d.open = true)`))
}

// Picture is a part of the page as it is seen, as PNG.
func (v *Tab) Picture(part string) []byte {
	v.t.Helper()
	ctx, stop := context.WithTimeout(v.ctx, patience)
	defer stop()
	picture, err := chromedp.Run(ctx, chromedp.Screenshot(part))
	if err != nil {
		v.t.Fatal(err)
	}
	return picture
}

// Judge says what is wrong with the page that is there.
func (v *Tab) Judge(name string) {
	v.t.Helper()
	v.Does(chromedp.Evaluate[chromedp.Void](v.checker + ";0"))
	v.complain()
	l := v.look
	l.Name = name
	if dir := os.Getenv("REGULARS_PICTURES"); dir != "" {
		picture, err := chromedp.Run(v.ctx, chromedp.FullScreenshot(100))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, l.title()+".png"), picture, 0o600)
		}
		if err != nil {
			v.t.Error(err)
		}
	}
	if language := Evaluate[string](v, `document.documentElement.lang`); language != l.Tag {
		v.t.Errorf("the page is in %s", language)
	}
	if wide, inner := Evaluate[int](v, `document.documentElement.scrollWidth`), Evaluate[int](v, `document.documentElement.clientWidth`); wide > inner {
		v.t.Errorf("the page is %d wide in a window of %d", wide, inner)
	}
	for _, burst := range Evaluate[[]string](v, `[...document.querySelectorAll(".panel :is(input, select, textarea, button)")].filter(e => !e.closest(".scroll") && e.checkVisibility() &&
		e.getBoundingClientRect().right > e.closest(".panel").getBoundingClientRect().right + 1).map(e => e.outerHTML.slice(0, 200))`) {
		v.t.Errorf("it is wider than its panel: %s", burst)
	}
	for _, f := range Evaluate[[]violation](v, `axe.run(document, {preload: false, resultTypes: ["violations"]}).then(r => r.violations.map(v => ({
		impact: v.impact, id: v.id, help: v.help, nodes: v.nodes.slice(0, 3).map(n => n.html.slice(0, 200) + " " + n.failureSummary)})))`) {
		v.t.Errorf("%s: %s (%s)\n%s", f.Impact, f.Help, f.ID, strings.Join(f.Nodes, "\n"))
	}
}

// violation is what axe-core finds against one of its rules, with the first few places.
type violation struct {
	Impact string   `json:"impact"`
	ID     string   `json:"id"`
	Help   string   `json:"help"`
	Nodes  []string `json:"nodes"`
}

// Call gives the browser a command about a tab.
func Call[P, R any](v *Tab, command cdp.Command[P, R], params P) R {
	v.t.Helper()
	ctx, stop := context.WithTimeout(v.ctx, patience)
	defer stop()
	result, err := chromedp.Call(ctx, command, params)
	if err != nil {
		v.t.Fatalf("%s: %v", command.Method, err)
	}
	return result
}

// Evaluate is what an expression comes to on the page.
func Evaluate[T any](v *Tab, expression string) T {
	v.t.Helper()
	ctx, stop := context.WithTimeout(v.ctx, patience)
	defer stop()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		v.t.Fatalf("%s: %v", expression, err)
	}
	return value
}
