package portal_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/serviceworker"
	"github.com/chromedp/chromedp"

	"regulars/internal/act/member"
	"regulars/internal/act/notice"
	"regulars/internal/base/browsertest"
	"regulars/internal/base/channel/channeltest"
	"regulars/internal/base/db"
	"regulars/internal/intake"
	"regulars/internal/record/customer"
	"regulars/internal/record/order"
	"regulars/internal/record/schema/schematest"
	"regulars/web"
)

// enrols makes a member, signed in on a phone.
func (s *shop) enrols(email string) (p *phone, number int64) {
	s.t.Helper()
	p = s.phone()
	before := len(s.box.Letters())
	p.post("/my/join", "email", email, "given_name", "Ada", "agreed", "yes", "news", "yes")
	p.post(s.link(before+1)).wants(s.t, 200, "/my/")
	s.write(func(tx *db.Tx) error {
		id := customer.Identity{Kind: customer.Email, Value: email}
		found, err := customer.Find(tx, []customer.Identity{id})
		number = found[id]
		return err
	})
	return p, number
}

// subscription is what the script sends of a browser.
func subscription(at *channeltest.Phone) []string {
	b64 := base64.RawURLEncoding
	return []string{"endpoint", at.Endpoint, "p256dh", b64.EncodeToString(at.Key), "auth", b64.EncodeToString(at.Secret)}
}

func (s *shop) phones(number int64) (all []notice.Phone) {
	s.t.Helper()
	if err := s.d.Read(context.WithoutCancel(s.t.Context()), func(tx *db.Tx) (err error) { all, err = notice.Phones(tx, []int64{number}); return err }); err != nil {
		s.t.Fatal(err)
	}
	return all
}

// word is what a member said last of being told on phones; nil: nothing.
func (s *shop) word(number int64) (last *customer.Consent) {
	s.t.Helper()
	if err := s.d.Read(context.WithoutCancel(s.t.Context()), func(tx *db.Tx) error {
		all, err := customer.Consents(tx, number)
		if i := slices.IndexFunc(all, func(c customer.Consent) bool { return c.Channel == notice.Channel && c.Purpose == notice.Purpose }); i >= 0 {
			last = &all[i]
		}
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
	return last
}

var phoneID = regexp.MustCompile(`name="phone" value="(phn_\w+)"`)

func TestAMemberSwitchesPhonesOnAndOff(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		ada, who := s.enrols("ada@example.com")
		first, second := s.pushes.Subscribe(), s.pushes.Subscribe()
		profile := ada.get("/my/profile").wants(t, 200, "/my/profile", "Notices on this phone", "what an order has given you")
		if !strings.Contains(profile.raw, `id="phone" hidden`) || strings.Contains(profile.raw, "phn_") || !regexp.MustCompile(`data-key="[\w-]{87}"`).MatchString(profile.raw) {
			t.Errorf("%s", profile.raw)
		}
		off := func(at *channeltest.Phone) {
			t.Helper()
			ada.post("/my/phones/off", "endpoint", at.Endpoint).wants(t, 204, "/my/phones/off")
		}
		on := func(at *channeltest.Phone, want bool) {
			t.Helper()
			var is struct{ On bool }
			if err := json.Unmarshal([]byte(ada.post("/my/phones/state", "endpoint", at.Endpoint).raw), &is); err != nil || is.On != want {
				t.Errorf("on: %v, %v", is.On, err)
			}
		}
		on(first, false)
		ada.post("/my/phones", subscription(first)...).wants(t, 204, "/my/phones")
		ada.post("/my/phones", subscription(second)...).wants(t, 204, "/my/phones")
		on(first, true)
		word := s.word(who)
		if word == nil || !word.Granted || !strings.Contains(word.Wording, "Café Olga tells you on this phone:\n- what an order has given you") || word.Source != "member pages" || word.Proof != "127.0.0.1" {
			t.Fatalf("%+v", word)
		}
		listed := ada.get("/my/profile").wants(t, 200, "/my/profile", "Told at present", "since")
		if ids := phoneID.FindAllStringSubmatch(listed.raw, -1); len(ids) != 2 || strings.Contains(listed.raw, `id="phone" hidden`) {
			t.Fatalf("%v", ids)
		}
		off(first)
		on(first, false)
		off(first) // it was off
		if again := s.word(who); again.Given != word.Given || len(s.phones(who)) != 1 {
			t.Errorf("%+v", again)
		}
		// Without a script the last one is turned off by a button, and with it the consent is taken back.
		last := phoneID.FindStringSubmatch(ada.get("/my/profile").raw)[1]
		eve, evil := s.enrols("eve@example.com")
		eve.post("/my/phones/off", "phone", last)
		eve.post("/my/phones/off", "endpoint", second.Endpoint)
		if len(s.phones(who)) != 1 {
			t.Fatal("somebody else turned it off")
		}
		ada.post("/my/phones/off", "phone", last).wants(t, 200, "/my/profile", "Saved.")
		if again := s.word(who); again.Granted || len(s.phones(who)) != 0 || s.word(evil) != nil {
			t.Errorf("%+v", again)
		}
		// Who signs out on a phone is not told there any more; on another one they are.
		ada.post("/my/phones", subscription(second)...)
		ada.post("/my/phones", subscription(first)...)
		ada.post("/my/sign-out")
		if left := s.phones(who); len(left) != 1 || left[0].Endpoint != second.Endpoint || !s.word(who).Granted {
			t.Errorf("%+v", left)
		}
		// Nor is who hands it on without signing out: somebody else comes in by a link of their own.
		at, err := url.Parse(s.URL)
		if err != nil {
			t.Fatal(err)
		}
		eve.post("/my/phones", subscription(first)...).wants(t, 204, "/my/phones")
		session := eve.Jar.Cookies(at)
		n := len(s.box.Letters())
		eve.post("/my/sign-in", "email", "ada@example.com")
		eve.post(s.link(n+1)).wants(t, 200, "/my/")
		if left := s.phones(evil); len(left) != 0 || s.word(evil).Granted {
			t.Errorf("%+v", left)
		}
		eve.Jar.SetCookies(at, session)
		if got := eve.get("/my/history"); got.path != "/my/" {
			t.Errorf("eve is in still: %s", got.path)
		}
	})
}

func TestWhichPhonesAreNotTaken(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		ada, who := s.enrols("ada@example.com")
		good := s.pushes.Subscribe()
		with := func(name, value string) []string {
			form := subscription(good)
			form[slices.Index(form, name)+1] = value
			return form
		}
		s.phone().post("/my/phones", subscription(good)...).wants(t, 401, "/my/phones", "signed out")
		s.phone().post("/my/phones/state", "endpoint", "x").wants(t, 401, "/my/phones/state")
		s.phone().post("/my/phones/off", "endpoint", "x").wants(t, 401, "/my/phones/off")
		for _, form := range [][]string{with("endpoint", "https://10.0.0.1/push"), with("endpoint", "ftp://push.example/x"), with("p256dh", "AAAA"), with("p256dh", "?"), with("auth", ""), {}} {
			ada.post("/my/phones", form...).wants(t, 422, "/my/phones")
		}
		// What the browser replaces by itself must be the member's own.
		ada.post("/my/phones", append(subscription(good), "before", "https://push.example/other")...).wants(t, 404, "/my/phones")
		if len(s.phones(who)) != 0 || s.word(who) != nil {
			t.Errorf("%+v", s.phones(who))
		}
		ada.post("/my/phones", subscription(good)...)
		next := s.pushes.Subscribe()
		ada.post("/my/phones", append(subscription(next), "before", good.Endpoint)...).wants(t, 204, "/my/phones")
		if all := s.phones(who); len(all) != 1 || all[0].Endpoint != next.Endpoint {
			t.Errorf("%+v", all)
		}
		for range notice.PhonesMost - 1 {
			ada.post("/my/phones", subscription(s.pushes.Subscribe())...).wants(t, 204, "/my/phones")
		}
		ada.post("/my/phones", subscription(s.pushes.Subscribe())...).wants(t, 409, "/my/phones", "ten phones already")
		// Where the business tells nobody, nothing can be switched on, and what is on can be turned off.
		s.write(func(tx *db.Tx) error { return member.Save(tx, member.Settings{Open: true, NoNotices: true}) })
		if got := ada.get("/my/profile"); strings.Contains(got.raw, "data-key") || !strings.Contains(got.raw, "phn_") {
			t.Errorf("%s", got.raw)
		}
		ada.post("/my/phones", subscription(next)...).wants(t, 409, "/my/phones", "Nobody is told")
		eve, _ := s.enrols("eve@example.com")
		if got := eve.get("/my/profile"); strings.Contains(got.raw, `id="phone"`) {
			t.Errorf("%s", got.raw)
		}
	})
}

func TestTheScriptsOfPhonesAreServed(t *testing.T) {
	t.Parallel()
	s := open(t, schematest.Open(t, schematest.SQLite(t)))
	for path, says := range map[string]string{"/my/worker.js": "showNotification", "/my/phone.js": "requestPermission", "/my/card.js": "serviceWorker"} {
		answer, err := http.Get(s.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if h := answer.Header; !strings.HasPrefix(h.Get("Content-Type"), "text/javascript") || h.Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: %v", path, h)
		}
		s.phone().get(path).wants(t, 200, path, says)
	}
}

// fake is a browser that reaches a push service: the one of the test. All else about it is as Chromium has it.
const fake = `(() => {
	const made = %s, key = "fake-push";
	window.asked = 0;
	const ask = Notification.requestPermission.bind(Notification);
	Notification.requestPermission = () => { window.asked++; return ask(); };
	const subscription = (applicationServerKey) => ({
		endpoint: made.endpoint, options: { applicationServerKey }, toJSON: () => ({ endpoint: made.endpoint, keys: { p256dh: made.p256dh, auth: made.auth } }),
		unsubscribe: async () => { localStorage.removeItem(key); return true; },
	});
	PushManager.prototype.subscribe = async (options) => {
		if (!options.userVisibleOnly) throw new Error("it is to be seen");
		localStorage.setItem(key, JSON.stringify([...options.applicationServerKey]));
		return subscription(options.applicationServerKey.buffer);
	};
	PushManager.prototype.getSubscription = async () => {
		const kept = localStorage.getItem(key);
		return kept ? subscription(new Uint8Array(JSON.parse(kept)).buffer) : null;
	};
})();`

// tab is a member's.
type tab struct{ *browsertest.Tab }

// told is what the page says about this phone, and which button it has.
func (b tab) told(says, button string) {
	b.Sees(fmt.Sprintf(`document.getElementById("phone-says").innerText.includes(%q) && ["phone-on", "phone-off"].filter((id) => document.getElementById(id).offsetHeight > 0).join() === %q`, says, button))
}

func TestAPhoneIsToldInABrowser(t *testing.T) {
	t.Parallel()
	if _, built := web.Phone(); !built {
		t.Fatal("the scripts are not bundled: npm --prefix web run build")
	}
	s := open(t, schematest.Open(t, schematest.SQLite(t)))
	s.programme()
	p, who := s.enrols("ada@example.com")
	at, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	push := s.pushes.Subscribe()
	all := browsertest.OpenWhole(t)
	b := tab{all.Tab(t, s.URL, browsertest.Look{Tag: "en", Scheme: "light", Width: browsertest.Phone, Cookies: p.Jar.Cookies(at)})}
	allowed := func(setting browser.PermissionSetting) {
		t.Helper()
		browsertest.Call(b.Tab, browser.SetPermission, browser.SetPermissionParams{Permission: &browser.PermissionDescriptor{Name: "notifications"}, Setting: setting, Origin: s.URL})
	}
	keys := map[string]string{}
	for form := subscription(push); len(form) > 0; form = form[2:] {
		keys[form[0]] = form[1]
	}
	made, err := json.Marshal(keys)
	if err != nil {
		t.Fatal(err)
	}
	browsertest.Call(b.Tab, cdppage.Enable, cdppage.EnableParams{})
	browsertest.Call(b.Tab, cdppage.AddScriptToEvaluateOnNewDocument, cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: fmt.Sprintf(fake, made)})
	registrations := make(chan serviceworker.RegistrationID, 1)
	if err := chromedp.Listen(b.Context(), func(event any) {
		if e, ok := event.(*serviceworker.EventWorkerRegistrationUpdated); ok {
			for _, r := range e.Registrations {
				if !r.IsDeleted && r.ScopeURL == s.URL+"/my/" {
					select { // the first is enough, and who waits here keeps the browser from telling anything else
					case registrations <- r.RegistrationID:
					default:
					}
				}
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
	browsertest.Call(b.Tab, serviceworker.Enable, cdp.Empty{})

	allowed(browser.PermissionSettingPrompt)
	b.Does(chromedp.Navigate(s.URL + "/my/profile"))
	b.told("", "phone-on")
	b.Sees(`window.asked === 0 && !(await navigator.serviceWorker.getRegistration("/my/"))`)
	allowed(browser.PermissionSettingDenied)
	b.Does(chromedp.Navigate(s.URL + "/my/profile"))
	b.told("blocks notices", "")

	allowed(browser.PermissionSettingGranted)
	b.Does(chromedp.Navigate(s.URL + "/my/profile"))
	b.told("", "phone-on")
	b.Does(chromedp.Click("#phone-on"))
	b.told("You are told on this phone.", "phone-off")
	b.Sees(`document.querySelectorAll(".told li").length === 1 && location.hash === "#phone"`)
	if all := s.phones(who); len(all) != 1 || all[0].Endpoint != push.Endpoint || all[0].Language != "en" || !strings.Contains(all[0].Device, "Chrome") {
		t.Fatalf("%+v", all)
	}

	// What an order gave comes to the push service, is opened with the key of the phone, and shown by the worker.
	facts, err := s.facts.Intake(context.WithoutCancel(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	s.write(func(tx *db.Tx) error {
		out, err := facts.Order(tx, intake.Order{Customer: customer.Numbered(who), Order: order.Order{Source: "till", Reference: "1", Placed: facts.At(tx.Now), Summed: true,
			Lines: []order.Line{{Product: "cake", Category: "food", Quantity: 1, AmountMinor: 4200}}}})
		if err == nil {
			err = out.Err
		}
		return err
	})
	came := s.pushes.Wait(1)[0]
	var registration serviceworker.RegistrationID
	select {
	case registration = <-registrations:
	case <-time.After(20 * time.Second):
		t.Fatal("no worker was registered")
	}
	browsertest.Call(b.Tab, serviceworker.DeliverPushMessage, serviceworker.DeliverPushMessageParams{Origin: s.URL, RegistrationID: registration, Data: came.Text})
	b.Sees(`(await (await navigator.serviceWorker.ready).getNotifications()).length === 1`)
	shown, err := chromedp.Run(b.Context(), chromedp.Evaluate[map[string]string](`navigator.serviceWorker.ready.then((r) => r.getNotifications()).then(([n]) => ({ title: n.title, body: n.body, tag: n.tag, data: n.data, lang: n.lang }))`, chromedp.EvalAwaitPromise))
	if err != nil || !strings.Contains(shown["title"], "for your order at Café Olga") || !strings.HasPrefix(shown["body"], "You have ") || shown["data"] != "/my/" || shown["tag"] == "" || shown["lang"] != "en" {
		t.Errorf("%v, %v", shown, err)
	}
	// The same once more is shown once; what cannot be read is shown too, as browsers demand.
	for _, text := range []string{came.Text, "nonsense", `{"title":"x","path":"https://evil.example/"}`} {
		browsertest.Call(b.Tab, serviceworker.DeliverPushMessage, serviceworker.DeliverPushMessageParams{Origin: s.URL, RegistrationID: registration, Data: text})
	}
	b.Sees(`(await (await navigator.serviceWorker.ready).getNotifications()).map((n) => n.title + n.data).includes("x/my/")`)
	b.Sees(`(await (await navigator.serviceWorker.ready).getNotifications()).length === 2`)

	b.Does(chromedp.Click("#phone-off"))
	b.told("", "phone-on")
	if all := s.phones(who); len(all) != 0 || s.word(who).Granted {
		t.Errorf("%+v", all)
	}

	// On an iPhone the pages are to be installed first.
	browsertest.Call(b.Tab, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{UserAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"})
	browsertest.Call(b.Tab, cdppage.AddScriptToEvaluateOnNewDocument, cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: `delete window.PushManager;`})
	b.Does(chromedp.Navigate(s.URL + "/my/profile"))
	b.told("Add to Home Screen", "")
	browsertest.Call(b.Tab, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{UserAgent: "Mozilla/5.0 (Linux; Android 9) Old/1.0"})
	b.Does(chromedp.Navigate(s.URL + "/my/profile"))
	b.told("cannot show notices", "")

	// How it looks, with the switch and a phone that is told.
	allowed(browser.PermissionSettingGranted)
	p.post("/my/phones", subscription(push)...)
	for i, tag := range []string{"en", "ru", "zh", "el", "mk"} {
		scheme, width := []string{"dark", "light"}[i%2], []int64{browsertest.Phone, browsertest.Small, browsertest.Desk}[i%3]
		all.At(t, s.URL, browsertest.Look{Name: "my-phones", Path: "/my/profile", Tag: tag, Scheme: scheme, Width: width, Cookies: p.Jar.Cookies(at)})
	}
}

// Pages on the home screen of an iPhone are a browser of their own: the link of the letter is pasted there.
func TestALinkIsPastedWhereItDoesNotOpen(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		p := s.phone()
		p.post("/my/join", "email", "ada@example.com", "agreed", "yes").wants(t, 200, "/my/join", "Did you open these pages from your home screen?")
		link := s.link(1)
		for _, wrong := range []string{"", "hello", s.URL + "/my/", "https://evil.example/?/my/in/", s.URL + link + "/x"} {
			if page := p.post("/my/in", "link", wrong).wants(t, 422, "/my/in", "no link from our letter"); !strings.Contains(page.raw, "paste\" open") {
				t.Errorf("%q: %s", wrong, page.raw)
			}
		}
		p.post("/my/in", "link", s.URL+"/my/in/nonsense").wants(t, 404, "/my/in/nonsense")
		p.post("/my/in", "link", " "+s.URL+link+"\n").wants(t, 200, link, "You come in as ada@example.com.")
		p.post(link).wants(t, 200, "/my/")
	})
}
