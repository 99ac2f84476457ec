package portal_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/serviceworker"
	"github.com/chromedp/chromedp"

	"regulars/internal/base/browsertest"
	"regulars/internal/base/channel/channeltest"
	"regulars/internal/record/schema/schematest"
)

// worker is a tab of a member, and the worker that the browser runs for the pages beside it.
type worker struct {
	tab

	t            *testing.T
	inside       context.Context //nolint:containedctx // of the worker
	registration serviceworker.RegistrationID
	registered   chan serviceworker.RegistrationID
}

// employs has the pages' worker run in a tab of a member, and attaches to it.
func (s *shop) employs(b *browsertest.Browser, p *phone) *worker {
	s.t.Helper()
	at, err := url.Parse(s.URL)
	if err != nil {
		s.t.Fatal(err)
	}
	w := &worker{t: s.t, tab: tab{b.Tab(s.t, s.URL, browsertest.Look{Tag: "en", Scheme: "light", Width: browsertest.Phone, Cookies: p.Jar.Cookies(at)})}, registered: make(chan serviceworker.RegistrationID, 16)}
	if err := chromedp.Listen(w.Context(), func(event any) {
		if e, ok := event.(*serviceworker.EventWorkerRegistrationUpdated); ok {
			for _, r := range e.Registrations {
				if !r.IsDeleted && r.ScopeURL == s.URL+"/my/" {
					w.registered <- r.RegistrationID
				}
			}
		}
	}); err != nil {
		s.t.Fatal(err)
	}
	browsertest.Call(w.Tab, serviceworker.Enable, cdp.Empty{})
	browsertest.Call(w.Tab, browser.SetPermission, browser.SetPermissionParams{Permission: &browser.PermissionDescriptor{Name: "notifications"}, Setting: browser.PermissionSettingGranted, Origin: s.URL})
	w.Does(chromedp.Navigate(s.URL + "/my/profile"))
	w.Sees(`(async () => { await navigator.serviceWorker.register("/my/worker.js", { scope: "/my/" }); await navigator.serviceWorker.ready; return true; })()`)
	w.Sees(`navigator.serviceWorker.controller`) // it has claimed the page
	select {
	case w.registration = <-w.registered:
	case <-time.After(20 * time.Second):
		s.t.Fatal("no worker was registered")
	}
	for until := time.Now().Add(20 * time.Second); w.inside == nil; time.Sleep(20 * time.Millisecond) {
		all, err := chromedp.Targets(w.Context())
		if err != nil || time.Now().After(until) {
			s.t.Fatalf("the worker is not to be found: %v", err)
		}
		for _, one := range all {
			if one.Type == "service_worker" && one.URL == s.URL+"/my/worker.js" {
				ctx, leave := chromedp.NewContext(w.Context(), chromedp.WithTargetID(one.TargetID))
				s.t.Cleanup(leave)
				w.inside = ctx
			}
		}
	}
	// The browser opens and shows windows for a press alone, which nobody does here: it is noted what it is asked for. All else is
	// as Chromium has it.
	w.runs(`(() => {
		self.opened = []; self.shown = [];
		Clients.prototype.openWindow = async (url) => { self.opened.push(url); };
		WindowClient.prototype.focus = async function () { self.shown.push(this.url); if (self.stubborn) throw new Error("not now"); return this; };
		ExtendableEvent.prototype.waitUntil = function (what) { self.pending = what.catch((e) => { self.broke = String(e); }); };
		return true;
	})()`)
	return w
}

// runs gives what an expression comes to in the worker, as JSON.
func (w *worker) runs(expression string) string {
	w.t.Helper()
	got, err := chromedp.Run(w.inside, chromedp.Evaluate[string](`(async () => JSON.stringify((await (`+expression+`)) ?? null))()`, chromedp.EvalAwaitPromise))
	if err != nil {
		w.t.Fatalf("%s: %v", expression, err)
	}
	return got
}

// pushed has a message come, and waits until a notice has been shown for it. Those of before are closed first; a browser does so in
// its own time and by the tag, so that it may close the next one as well: then the message comes once more.
func (w *worker) pushed(text string) {
	w.t.Helper()
	w.runs(`registration.getNotifications().then((all) => all.forEach((n) => n.close()))`)
	if !w.showing("0") {
		w.t.Fatal("what was closed is shown still")
	}
	const tries = 5
	for range tries {
		browsertest.Call(w.Tab, serviceworker.DeliverPushMessage, serviceworker.DeliverPushMessageParams{Origin: w.Site, RegistrationID: w.registration, Data: text})
		if w.showing("1") {
			return
		}
	}
	w.t.Fatalf("no notice is shown for %s", text)
}

// showing waits until so many notices are shown.
func (w *worker) showing(n string) bool {
	w.t.Helper()
	for until := time.Now().Add(8 * time.Second); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		if w.runs(`registration.getNotifications().then((all) => all.length)`) == n {
			return true
		}
	}
	return false
}

// shows is the notice that is shown.
func (w *worker) shows() (n struct{ Title, Body, Tag, Lang, Data, Icon string }) {
	w.t.Helper()
	if err := json.Unmarshal([]byte(w.runs(`registration.getNotifications().then(([n]) => ({ title: n.title, body: n.body, tag: n.tag, lang: n.lang, data: n.data, icon: n.icon }))`)), &n); err != nil {
		w.t.Fatal(err)
	}
	return n
}

// clicks clicks on the notice that is shown, and tells what the browser was asked to open, and which pages it was to show.
func (w *worker) clicks() (opened, shown []string) {
	w.t.Helper()
	raw := w.runs(`(async () => {
		self.opened.length = self.shown.length = 0; delete self.broke;
		const [notification] = await registration.getNotifications();
		self.dispatchEvent(new NotificationEvent("notificationclick", { notification, action: "" }));
		await self.pending;
		return [self.opened, self.shown];
	})()`)
	var all [2][]string
	if err := json.Unmarshal([]byte(raw), &all); err != nil {
		w.t.Fatal(err)
	}
	return all[0], all[1]
}

func TestANoticeLeadsToThePageThatIsOpen(t *testing.T) {
	t.Parallel()
	s := open(t, schematest.Open(t, schematest.SQLite(t)))
	p, _ := s.enrols("ada@example.com")
	w := s.employs(browsertest.OpenWhole(t), p)
	tags := 0
	says := func(path string) string {
		tags++
		return fmt.Sprintf(`{"title":"42 points for your order","text":"You have 42 points.","path":%q,"tag":"a%d","lang":"en"}`, path, tags)
	}
	is := func(got []string, want ...string) {
		t.Helper()
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%q, want %q", got, want)
		}
	}

	w.pushed(says("/my/history"))
	if n := w.shows(); n.Title != "42 points for your order" || n.Body != "You have 42 points." || n.Tag != "a1" || n.Lang != "en" || n.Data != "/my/history" || n.Icon != s.URL+"/my/icon-192.png" {
		t.Errorf("%+v", n)
	}
	opened, shown := w.clicks()
	is(opened)
	is(shown, s.URL+"/my/history")
	w.Sees(`location.pathname === "/my/history"`)
	if !w.showing("0") {
		t.Error("the one that was pressed is shown still")
	}

	// A page that cannot be shown just now is the one all the same.
	w.runs(`self.stubborn = true`)
	w.pushed(says("/my/"))
	opened, shown = w.clicks()
	is(opened)
	is(shown, s.URL+"/my/")
	w.runs(`self.stubborn = false`)

	// Nothing that is said leads elsewhere, also within the site.
	for _, path := range []string{"https://evil.example/my/", "//evil.example/my/", "/my/../console", "/my/%2e%2e/users", `/my/..\\..\\users`, "/myself", "javascript:alert(1)", "data:text/html,x", "http://[", ""} {
		w.pushed(says(path))
		opened, shown = w.clicks()
		is(opened)
		is(shown, s.URL+"/my/")
		w.Sees(`location.pathname === "/my/"`)
	}
	// What is no notice is shown too, as browsers demand.
	for _, text := range []string{"nonsense", "", "null", "7", `"x"`, "[]", `{"title":{},"text":[],"path":7,"tag":{},"lang":1}`} {
		w.pushed(text)
		if n := w.shows(); n.Title != "127.0.0.1" || n.Data != "/my/" || n.Body != "" {
			t.Errorf("%s: %+v", text, n)
		}
	}

	// With no page of ours there, one is opened, and of two pages one comes.
	w.Does(chromedp.Navigate("about:blank"))
	w.pushed(says("/my/draws"))
	opened, shown = w.clicks()
	is(opened, s.URL+"/my/draws")
	is(shown)
	w.Does(chromedp.Navigate(s.URL + "/my/history"))
	second, leave := chromedp.NewContext(w.Context())
	defer leave()
	if err := chromedp.Do(second, chromedp.Navigate(s.URL+"/my/profile")); err != nil {
		t.Fatal(err)
	}
	w.pushed(says("/my/profile"))
	opened, shown = w.clicks()
	is(opened)
	is(shown, s.URL+"/my/profile")
	w.Sees(`location.pathname === "/my/history"`)
}

func TestABrowserTellsByItselfThatItIsAnother(t *testing.T) {
	t.Parallel()
	s := open(t, schematest.Open(t, schematest.SQLite(t)))
	p, who := s.enrols("ada@example.com")
	eve, evil := s.enrols("eve@example.com")
	first, hers := s.pushes.Subscribe(), s.pushes.Subscribe()
	eve.post("/my/phones", subscription(hers)...).wants(t, 204, "/my/phones")
	p.post("/my/phones", subscription(first)...).wants(t, 204, "/my/phones")
	w := s.employs(browsertest.Open(t), p)
	// changes has the browser say that it has replaced a subscription, with what it knows of it.
	changes := func(before, after *channeltest.Phone, made bool) {
		t.Helper()
		told := func(at *channeltest.Phone) string {
			if at == nil {
				return "null"
			}
			form, keys := subscription(at), map[string]string{}
			for ; len(form) > 0; form = form[2:] {
				keys[form[0]] = form[1]
			}
			raw, err := json.Marshal(keys)
			if err != nil {
				t.Fatal(err)
			}
			return fmt.Sprintf(`((k) => ({ endpoint: k.endpoint, toJSON: () => ({ endpoint: k.endpoint, keys: { p256dh: k.p256dh, auth: k.auth } }) }))(%s)`, raw)
		}
		fresh := told(after)
		w.runs(fmt.Sprintf(`(async () => {
			delete self.broke; delete self.asked;
			const made = %s;
			PushManager.prototype.getSubscription = async () => null;
			PushManager.prototype.subscribe = async (options) => { self.asked = options; return made; };
			const event = new Event("pushsubscriptionchange");
			event.waitUntil = ExtendableEvent.prototype.waitUntil;
			event.oldSubscription = %s; event.newSubscription = %s;
			self.dispatchEvent(event);
			await self.pending;
			return true;
		})()`, fresh, told(before), map[bool]string{true: "made", false: "null"}[made]))
		if broke := w.runs(`self.broke || ""`); broke != `""` {
			t.Errorf("it broke: %s", broke)
		}
	}
	only := func(number int64, want *channeltest.Phone) {
		t.Helper()
		if all := s.phones(number); len(all) != 1 || all[0].Endpoint != want.Endpoint {
			t.Errorf("%+v, want %s", all, want.Endpoint)
		}
	}
	was := s.phones(who)[0].ID
	second := s.pushes.Subscribe()
	changes(first, second, true)
	only(who, second)
	// The browser says nothing of either, as Firefox: the phone is known by its cookie, and the key comes from the server.
	third := s.pushes.Subscribe()
	changes(nil, third, false)
	only(who, third)
	if key := w.runs(`self.asked.userVisibleOnly && self.asked.applicationServerKey`); len(key) != 89 {
		t.Errorf("it subscribes with %s", key)
	}
	if s.phones(who)[0].ID != was {
		t.Error("it is another phone")
	}
	// What is another member's stays theirs, and this one's as it was.
	changes(hers, s.pushes.Subscribe(), true)
	only(evil, hers)
	only(who, third)
	// Where nobody is told any more, no browser subscribes.
	p.post("/my/phones/off", "endpoint", third.Endpoint).wants(t, 204, "/my/phones/off")
	changes(nil, s.pushes.Subscribe(), false)
	if len(s.phones(who)) != 0 {
		t.Errorf("%+v", s.phones(who))
	}
}
