package console_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"regulars/internal/act/member"
	"regulars/internal/base/account"
	"regulars/internal/base/channel"
	"regulars/internal/base/channel/channeltest"
	"regulars/internal/base/db"
	"regulars/internal/base/job"
	"regulars/internal/base/job/jobtest"
	"regulars/internal/base/locale"
	"regulars/internal/base/webhook"
	"regulars/internal/intake"
	"regulars/internal/record/business"
	"regulars/internal/record/schema/schematest"
	"regulars/internal/record/spending"
	"regulars/internal/understand/forecast"
)

var (
	formSeen    = regexp.MustCompile(`name="seen" value="([^"]+)"`)
	formVersion = regexp.MustCompile(`name="version" value="([^"]+)"`)
	hookPath    = regexp.MustCompile(`/webhooks/whe_[0-9a-z]{13}`)
	toldPath    = regexp.MustCompile(`/webhooks/whe_[0-9a-z]{13}/msg_[0-9a-z]{13}`)
)

// from is what the form of a page brings along, before what is typed.
func (p shown) from(t *testing.T, typed ...string) []string {
	t.Helper()
	var form []string
	for name, at := range map[string]*regexp.Regexp{"key": formKey, "seen": formSeen, "version": formVersion} {
		if m := at.FindStringSubmatch(p.text); m != nil {
			form = append(form, name, m[1])
		}
	}
	if len(form) == 0 {
		t.Fatalf("the page has no form:\n%s", p.text)
	}
	return append(form, typed...)
}

// entries counts what the trail has of an act.
func (s *shop) entries(t *testing.T, action string) (n int) {
	t.Helper()
	s.write(t, func(tx *db.Tx) error {
		all, err := account.Entries(tx, account.EntryFilter{Action: action})
		n = len(all)
		return err
	})
	return n
}

// byRole checks that a page is read by those who may, and its form taken from those who may.
func (s *shop) byRole(t *testing.T, owner *reader, path string, reads, writes account.Permission, typed ...string) {
	t.Helper()
	for _, role := range account.Roles() {
		may, who := account.As(account.Person, "x", "x", role.Permissions()...), s.signedIn(t, owner, role)
		page := who.get(path)
		if (page.status == http.StatusOK) != may.May(reads) || page.status != http.StatusOK && page.status != http.StatusForbidden {
			t.Errorf("%s reads %s with %d", role, path, page.status)
		}
		if offered := strings.Contains(page.text, `method="post" action="`+path+`"`) && strings.Contains(page.text, `name="key"`); offered != (may.May(reads) && may.May(writes)) {
			t.Errorf("%s: a form of %s is offered: %v", role, path, offered)
		}
		form := typed
		if page.status == http.StatusOK && may.May(writes) {
			form = page.from(t, typed...)
		}
		if p := who.post(path, form...); (p.status == http.StatusOK) != may.May(writes) || p.status != http.StatusOK && p.status != http.StatusForbidden {
			t.Errorf("%s writes %s with %d: %s", role, path, p.status, p.text)
		}
	}
}

func TestTheBusinessIsChanged(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		page := owner.get("/business").wants(t, http.StatusOK, "/business", `value="Café Ελλάδα"`, "amounts of two currencies do not add up")
		for _, fixed := range []string{"currency", "time_zone"} {
			if !regexp.MustCompile(`id="` + fixed + `" value="[^"]+" readonly`).MatchString(page.text) {
				t.Errorf("%s can be typed", fixed)
			}
		}
		owner.post("/business", page.from(t, "name", " ", "country", "gr")...).wants(t, http.StatusUnprocessableEntity, "/business", "This must not be empty.", `id="name-error"`, `value="gr"`)
		owner.post("/business", page.from(t, "name", "Café", "country", "UK")...).wants(t, http.StatusUnprocessableEntity, "/business", "This country is not known. Use its two letters, such as GR.", `id="country-error"`)
		owner.post("/business", page.from(t, "name", strings.Repeat("a", 201))...).wants(t, http.StatusUnprocessableEntity, "/business", "This is too long.")
		owner.post("/business", page.from(t, "name", "Café", "currency", "USD")...).wants(t, http.StatusConflict, "/business", "It was set before, and stays")
		for range 2 { // pressed twice it is once
			owner.post("/business", page.from(t, "name", "Café <b>Ена</b>", "country", "gr")...).wants(t, http.StatusOK, "/business", "Saved.", `value="Café <b>Ена</b>"`, `value="GR"`)
		}
		if n := s.entries(t, "business.updated"); n != 1 {
			t.Errorf("%d entries", n)
		}
		// Who has an older page is told, sees what is there by now, and may write over it then.
		late := owner.post("/business", append(page.from(t, "name", "Other", "country", "MK"), "key", "another")...).wants(t, http.StatusConflict, "/business",
			"Somebody else changed this meanwhile", `value="Other"`, "By now it is: Café <b>Ена</b>", "By now it is: GR")
		owner.post("/business", late.from(t, "name", "Other", "country", "MK")...).wants(t, http.StatusOK, "/business", "Saved.", `value="Other"`)
		s.write(t, func(tx *db.Tx) error {
			b, err := business.Load(tx)
			if b.Name != "Other" || b.Country != "MK" || b.Currency != "EUR" {
				t.Errorf("%+v", b)
			}
			return err
		})
		owner.post("/business", "name", "Blind").wants(t, http.StatusConflict, "/business")
		s.byRole(t, owner, "/business", account.SettingsRead, account.SettingsWrite, "name", "Other", "country", "MK")
	})
}

func TestTheMailServerIsSetAndTriedOut(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		post, server := channeltest.Serve(t)
		port := strconv.Itoa(server.Port)
		page := owner.get("/mail").wants(t, http.StatusOK, "/mail", "No mail server is set yet.")
		if strings.Contains(page.text, "/mail/test") {
			t.Error("a letter is offered that cannot be sent")
		}
		owner.post("/mail/test", page.from(t)...).wants(t, http.StatusServiceUnavailable, "/mail/test", "No mail server is set yet.")
		typed := []string{"host", "127.0.0.1", "port", port, "security", "none", "user", "", "password", "sesame", "from", "shop@example.com", "from_name", "Café"}
		for _, wrong := range []struct{ field, value, says string }{
			{"host", "mail.example.com:25", "This is no name of a server. Write it like mail.example.com, without a port."},
			{"port", "many", "A port is a number up to 65535."},
			{"port", "70000", "A port is a number up to 65535."},
			{"security", "rot13", "Choose one of the ways."},
			{"from", "olga", "This is no e-mail address."},
		} {
			p := owner.post("/mail", page.from(t, with(typed, wrong.field, wrong.value)...)...).wants(t, http.StatusUnprocessableEntity, "/mail", wrong.says, `id="`+wrong.field+`-error"`, `value="Café"`)
			if strings.Contains(p.text, "sesame") {
				t.Error("a password is shown")
			}
		}
		for range 2 {
			saved := owner.post("/mail", page.from(t, typed...)...).wants(t, http.StatusOK, "/mail", "Saved.", `value="shop@example.com"`, "A letter goes to olga@example.com")
			if strings.Contains(saved.text, "sesame") {
				t.Error("the password is shown")
			}
		}
		if n := s.entries(t, "settings.update"); n != 1 {
			t.Errorf("%d entries", n)
		}
		owner.post("/mail", append(page.from(t, with(typed, "from", "late@example.com")...), "key", "another")...).wants(t, http.StatusConflict, "/mail", "Somebody else changed this meanwhile",
			`value="late@example.com"`, "By now it is: shop@example.com")
		page = owner.get("/mail")
		for range 2 {
			owner.post("/mail/test", page.from(t)...).wants(t, http.StatusOK, "/mail", "The letter was handed to the mail server.")
		}
		if letters := post.Wait(t, 1); len(letters) != 1 || letters[0].To != "olga@example.com" || !strings.Contains(letters[0].Subject, "Café Ελλάδα") || !strings.Contains(letters[0].Text, "Olga") {
			t.Errorf("%+v", letters)
		}
		// Left empty the password stays.
		owner.post("/mail", page.from(t, with(typed, "password", "", "from_name", "Кафе")...)...).wants(t, http.StatusOK, "/mail", `value="Кафе"`)
		s.write(t, func(tx *db.Tx) error {
			kept, _, err := account.MailServer(tx, box)
			if kept.Password != "sesame" || kept.FromName != "Кафе" {
				t.Errorf("%+v", kept)
			}
			return err
		})
		page = owner.get("/mail")
		owner.post("/mail", page.from(t, with(typed, "port", "1")...)...).wants(t, http.StatusOK, "/mail", "Saved.")
		owner.post("/mail/test", owner.get("/mail").from(t)...).wants(t, http.StatusServiceUnavailable, "/mail/test", "The mail server does not answer.")
		s.byRole(t, owner, "/mail", account.AccessManage, account.AccessManage, typed...)
	})
}

func TestAMailServerNamedAtTheStartIsOnlyShown(t *testing.T) {
	t.Parallel()
	s := open(t, schematest.Open(t, schematest.SQLite(t)))
	owner := s.owner(t)
	post, server := channeltest.Serve(t)
	s.fixed = &server
	s.Config.Handler = s.pages(t)
	page := owner.get("/mail").wants(t, http.StatusOK, "/mail", "The server was started with this mail server", `value="127.0.0.1" readonly`)
	if strings.Contains(page.text, `name="host"`) || strings.Contains(page.text, `type="password"`) {
		t.Error("what cannot be changed can be typed")
	}
	owner.post("/mail", page.from(t, "host", "mail.example.com", "security", channel.TLS, "from", "a@example.com")...).wants(t, http.StatusConflict, "/mail", "it is changed there")
	owner.post("/mail/test", page.from(t)...).wants(t, http.StatusOK, "/mail", "The letter was handed")
	post.Wait(t, 1)
}

func TestTheMemberPagesAreSetUp(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		page := owner.get("/member-pages").wants(t, http.StatusOK, "/member-pages", "The pages are closed", "no mail server is set up yet", `href="/mail"`, `value="`+member.UsualAccent+`"`)
		if strings.Contains(page.text, `href="/my/"`) {
			t.Error("it leads to pages that are closed")
		}
		terms := strings.Repeat("Όροι χρήσης\r\n", 2000)
		for _, wrong := range []struct{ field, value, says string }{
			{"accent", "green", "This is no colour. Write it like #0a5c36."},
			{"greeting", strings.Repeat("я", 501), "This is too long."},
			{"version", strings.Repeat("1", 61), "This is too long."},
			{"terms", strings.Repeat("Ω", 25_001), "This is too long."},
			{"quiet_from", "25:00", "This is no time."},
			{"quiet_until", "8:00", "This is no time."},
		} {
			form := with([]string{"open", "yes", "greeting", "Γειά", "accent", "#aa0000", "terms", "Be nice", "version", "1", "quiet_from", "22:00", "quiet_until", "06:00"}, wrong.field, wrong.value)
			owner.post("/member-pages", page.from(t, form...)...).wants(t, http.StatusUnprocessableEntity, "/member-pages", wrong.says, `id="`+wrong.field+`-error"`)
		}
		for range 2 {
			owner.post("/member-pages", page.from(t, "open", "yes", "notices", "yes", "greeting", "Γειά <i>σας</i>", "accent", "#AA0000", "terms", terms, "version", "2026-11", "quiet_from", "22:30", "quiet_until", "22:30")...).
				wants(t, http.StatusOK, "/member-pages", "Saved.", `href="/my/"`, "Γειά <i>σας</i>", `value="#aa0000"`, "Όροι χρήσης", `type="time" value="22:30"`)
		}
		if n := s.entries(t, "settings.update"); n != 1 {
			t.Errorf("%d entries", n)
		}
		owner.post("/member-pages", append(page.from(t, "greeting", "Late", "accent", member.UsualAccent), "key", "another")...).wants(t, http.StatusConflict, "/member-pages", "Somebody else changed",
			"By now it is: Γειά <i>σας</i>", "By now it is: ✓", "By now it is: #aa0000", "Late")
		page = owner.get("/member-pages")
		owner.post("/member-pages", page.from(t, "greeting", "Hi", "accent", member.UsualAccent, "quiet_from", "21:00", "quiet_until", "06:30")...).wants(t, http.StatusOK, "/member-pages", "The pages are closed")
		s.write(t, func(tx *db.Tx) error {
			have, err := member.Load(tx)
			if !reflect.DeepEqual(have, member.Settings{Greeting: "Hi", NoNotices: true, QuietUntil: "06:30"}) {
				t.Errorf("%+v", have)
			}
			return err
		})
		s.byRole(t, owner, "/member-pages", account.ProgrammeRead, account.ProgrammeWrite, "open", "yes", "accent", "#0a5c36")
	})
}

func TestCostsAreTypedIn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		page := owner.get("/costs").wants(t, http.StatusOK, "/costs", "None yet.", "Amount, EUR")
		typed := []string{"amount", "1 250,5", "spent_on", "2026-10-01", "for", "keeping", "channel", "post", "note", "Gifts <b>"}
		for _, wrong := range []struct{ field, value, says string }{
			{"amount", "many", "This is no number. Write it as 4.50."},
			{"amount", "1.250,50", "This is no number."},
			{"amount", "4.505", "more digits after the decimal sign"},
			{"amount", "", "This must not be empty."},
			{"amount", "0", "Write a number above zero."},
			{"amount", "99999999999999", "This is too much to be meant."},
			{"spent_on", "yesterday", "There is no such day."},
			{"note", strings.Repeat("я", 2001), "This is too long."},
		} {
			owner.post("/costs", page.from(t, with(typed, wrong.field, wrong.value)...)...).wants(t, http.StatusUnprocessableEntity, "/costs", wrong.says, `id="`+wrong.field+`-error"`, `value="post"`,
				formKey.FindStringSubmatch(page.text)[1])
		}
		for range 2 {
			owner.post("/costs", page.from(t, typed...)...).wants(t, http.StatusOK, "/costs", "€1,250.50", "keeping customers", "1 October 2026", "post · Gifts <b>")
		}
		owner.post("/costs", owner.get("/costs").from(t, "amount", "−20", "spent_on", "2026-10-02", "for", "winning")...).wants(t, http.StatusOK, "/costs", "−€20.00", "winning new customers")
		s.write(t, func(tx *db.Tx) error {
			all, err := spending.NewestCosts(tx, spending.Place{}, 10)
			if len(all) != 2 || all[0].AmountMinor != -2000 || all[0].Retention || all[1].AmountMinor != 125_050 || !all[1].Retention || all[1].Source != "console" {
				t.Errorf("%+v", all)
			}
			return err
		})
		s.byRole(t, owner, "/costs", account.FactsWrite, account.FactsWrite, "amount", "5", "spent_on", "2026-11-01", "for", "winning")
		owner.post("/costs/remove", "source", "console", "reference", formKey.FindStringSubmatch(page.text)[1]).wants(t, http.StatusOK, "/costs", "Removed.")
		owner.post("/costs/remove", "source", "console", "reference", formKey.FindStringSubmatch(page.text)[1]).wants(t, http.StatusNotFound, "/costs/remove")
		cashier := s.reader(t)
		cashier.post("/sign-in", "email", "cashier@example.com", "password", good)
		if p := cashier.post("/costs/remove", "source", "console", "reference", "x"); p.status != http.StatusForbidden {
			t.Errorf("a cashier removes with %d", p.status)
		}
		owner.get("/trail?action=cost.").wants(t, http.StatusOK, "/trail", "cost.created", "cost.deleted")
		for i := range 60 {
			owner.post("/costs", "key", "many-"+strconv.Itoa(i), "amount", "7", "spent_on", "2025-01-01", "for", "winning")
		}
		first := owner.get("/costs").wants(t, http.StatusOK, "/costs", "Older")
		next := regexp.MustCompile(`<a href="(/costs\?[^"]+)"`).FindStringSubmatch(first.text)
		if next == nil || strings.Count(owner.get(strings.ReplaceAll(next[1], "&amp;", "&")).text, "€7.00</b>") == 0 {
			t.Errorf("the older ones are not found: %v", next)
		}
	})
}

// receiver is a program that takes messages, or not.
type receiver struct {
	*httptest.Server

	lock   sync.Mutex
	took   []*http.Request
	bodies [][]byte
	answer int
}

func receive(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{answer: http.StatusOK}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, err := io.ReadAll(q.Body)
		r.lock.Lock()
		defer r.lock.Unlock()
		if err == nil {
			r.took, r.bodies = append(r.took, q), append(r.bodies, body)
		}
		w.WriteHeader(r.answer)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) answers(status int) {
	r.lock.Lock()
	defer r.lock.Unlock()
	r.answer = status
}

// last waits for so many messages, and gives the last.
func (r *receiver) last(t *testing.T, n int) (*http.Request, []byte) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		r.lock.Lock()
		if len(r.took) >= n {
			q, body := r.took[len(r.took)-1], r.bodies[len(r.bodies)-1]
			r.lock.Unlock()
			return q, body
		}
		r.lock.Unlock()
	}
	t.Fatalf("fewer than %d messages came", n)
	return nil, nil
}

// sends has messages sent until the test ends.
func (s *shop) sends(t *testing.T) {
	t.Helper()
	jobtest.Run(t, s.d, s.hooks.Kinds(), job.Options{Poll: 20 * time.Millisecond})
}

func TestAWebhookIsAddedTriedAndReplayed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner, shop := s.owner(t), receive(t)
		s.sends(t)
		page := owner.get("/webhooks").wants(t, http.StatusOK, "/webhooks", "None yet.", "New order · order.created")
		for _, wrong := range []struct{ field, value, says string }{
			{"url", "shop", "This is no address. Write it like https://shop.example.com/loyalty."},
			{"url", "", "This is no address."},
			{"url", "https://2130706433/", "This is no address."},
			{"url", "https://a:b@shop.example.com", "Leave user and password out"},
			{"url", "https://shop.example.com/#x", "Leave out the part behind #"},
			{"url", "https://10.0.0.1/", "lies in a private network"},
			{"description", strings.Repeat("a", 201), "This is too long."},
		} {
			owner.post("/webhooks", page.from(t, with([]string{"url", shop.URL, "description", "till", "which", "all"}, wrong.field, wrong.value)...)...).
				wants(t, http.StatusUnprocessableEntity, "/webhooks", wrong.says, `id="`+wrong.field+`-error"`)
		}
		owner.post("/webhooks", page.from(t, "url", shop.URL, "description", "till", "which", "some")...).wants(t, http.StatusUnprocessableEntity, "/webhooks", "Tick one at least", `id="types-error"`, `value="till"`)
		owner.post("/webhooks", page.from(t, "url", shop.URL, "which", "all", "types", "order.created")...).wants(t, http.StatusUnprocessableEntity, "/webhooks", "You ticked events below and chose all.", `id="which-error"`, `value="order.created" checked`)
		owner.post("/webhooks", page.from(t, "url", shop.URL, "which", "some", "types", "order.eaten")...).wants(t, http.StatusUnprocessableEntity, "/webhooks", "There is no such event.", `id="types-error"`)
		form := page.from(t, "url", shop.URL, "description", "till <1>", "which", "some", "types", "order.created")
		made := owner.post("/webhooks", form...).wants(t, http.StatusOK, "/webhooks", "it is shown only this once", "till <1>", "order.created")
		secret := found(t, made)
		if again := found(t, owner.post("/webhooks", form...)); again != secret || s.entries(t, "webhook.created") != 1 {
			t.Errorf("pressed twice it is made twice: %s and %s", secret, again)
		}
		if strings.Contains(owner.get("/webhooks").text, secret) {
			t.Error("the secret is shown again")
		}
		path := hookPath.FindString(made.text)
		one := owner.get(path).wants(t, http.StatusOK, path, shop.URL, "enabled", "None. They are kept for 30 days.")
		for range 2 {
			owner.post(path+"/test", one.from(t)...).wants(t, http.StatusOK, path, "A test message is on its way", "Test message")
		}
		q, body := shop.last(t, 1)
		check, err := standardwebhooks.NewWebhook(secret)
		if err != nil {
			t.Fatal(err)
		}
		if err := check.Verify(body, q.Header); err != nil || s.entries(t, "webhook.tested") != 1 {
			t.Errorf("%s: %v, %d entries", body, err, s.entries(t, "webhook.tested"))
		}
		message := toldPath.FindString(owner.until(t, path, "delivered</span>").text)
		owner.get(message).wants(t, http.StatusOK, message, "answered 200", "webhook.test", "delivered")
		// One that fails is seen, and sent again.
		shop.answers(http.StatusTeapot)
		owner.post(message+"/replay", owner.get(message).from(t)...).wants(t, http.StatusOK, path, "The message is on its way again.")
		shop.last(t, 2)
		owner.until(t, message, "answered 418").wants(t, http.StatusOK, message, "on its way", "tried again on")
		owner.post(message+"/replay", "key", "again").wants(t, http.StatusConflict, message+"/replay", "The message is on its way already.")
		if n := s.entries(t, "webhook.replayed"); n != 1 {
			t.Errorf("%d entries", n)
		}
		owner.get(path+"?state=failed").wants(t, http.StatusOK, path, "None. They are kept")
		owner.get(path+"?state=waiting").wants(t, http.StatusOK, path, "Test message")
		owner.get(path+"/msg_0000000000000").wants(t, http.StatusNotFound, path+"/msg_0000000000000", "There is no such message")
		owner.get("/webhooks/whe_0000000000000").wants(t, http.StatusNotFound, "/webhooks/whe_0000000000000", "There is no such address")
		s.byRole(t, owner, "/webhooks", account.WebhooksManage, account.WebhooksManage, "url", "https://shop.example.com/", "which", "all")
	})
}

// Pressed by an impatient hand the form comes several times at once.
func TestAFormThatComesAtOnceIsDoneOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		form := owner.get("/webhooks").from(t, "url", "https://shop.example.com/", "which", "all")
		const presses = 4
		came := make(chan shown, presses)
		for range presses {
			go func() { came <- owner.post("/webhooks", form...) }()
		}
		secrets := map[string]bool{}
		for range presses {
			secrets[found(t, <-came)] = true
		}
		if n := s.entries(t, "webhook.created"); n != 1 || len(secrets) != 1 {
			t.Errorf("%d entries, secrets %v", n, secrets)
		}
	})
}

// until reads a page until it says something.
func (b *reader) until(t *testing.T, path, says string) (p shown) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if p = b.get(path); strings.Contains(p.text, says) {
			return p
		}
	}
	t.Fatalf("%s does not come to say %q:\n%s", path, says, p.text)
	return p
}

func TestAWebhookIsChangedRotatedAndDeleted(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner, shop := s.owner(t), receive(t)
		s.sends(t)
		made := owner.post("/webhooks", owner.get("/webhooks").from(t, "url", shop.URL, "which", "some", "types", "webhook.test")...)
		made.wants(t, http.StatusUnprocessableEntity, "/webhooks", "There is no such event.")
		made = owner.post("/webhooks", owner.get("/webhooks").from(t, "url", shop.URL, "which", "some", "types", "customer.erased")...)
		secret, path := found(t, made), hookPath.FindString(made.text)
		one := owner.get(path)
		if !strings.Contains(one.text, `value="customer.erased" checked`) || strings.Contains(one.text, `value="order.created" checked`) {
			t.Error(one.text)
		}
		owner.post(path, one.from(t, "url", "nowhere", "description", "kept", "which", "all")...).wants(t, http.StatusUnprocessableEntity, path, "This is no address.", `value="kept"`, `value="nowhere"`)
		for range 2 {
			owner.post(path, one.from(t, "url", shop.URL+"/new", "description", "till", "which", "all", "types", "customer.erased")...).wants(t, http.StatusOK, path, "Saved.", shop.URL+"/new")
		}
		owner.post(path, append(one.from(t, "url", shop.URL+"/late", "which", "some", "types", "order.created"), "key", "another")...).wants(t, http.StatusConflict, path, "Somebody else changed this meanwhile",
			"By now it is: all events", "By now it is: –", "By now it is: "+shop.URL+"/new", `value="`+shop.URL+"/late")
		owner.post(path+"/rotate", append(one.from(t), "key", "another")...).wants(t, http.StatusConflict, path+"/rotate", "Somebody else changed this meanwhile")
		owner.post(path+"/rotate").wants(t, http.StatusConflict, path+"/rotate")
		one = owner.get(path)
		fresh := found(t, owner.post(path+"/rotate", one.from(t)...).wants(t, http.StatusOK, path+"/rotate", "The secret before the last one signs as well"))
		if again := found(t, owner.post(path+"/rotate", one.from(t)...)); again != fresh || fresh == secret || s.entries(t, "webhook.rotated") != 1 {
			t.Errorf("%s, %s and %s", secret, fresh, again)
		}
		owner.get(path+"/rotate").wants(t, http.StatusOK, path)
		owner.post(path+"/enabled", owner.get(path).from(t, "enabled", "no")...).wants(t, http.StatusOK, path, "Disabled.", "It was disabled here.")
		owner.post(path+"/replay", "from", "2026-11-01T00:00", "to", "2026-11-02T00:00").wants(t, http.StatusConflict, path+"/replay", "The address is disabled.")
		const customer = "cus_0000000000001" // told while nobody listens
		s.write(t, func(tx *db.Tx) error {
			return s.hooks.Tell(tx, webhook.Event{Type: "customer.erased", Data: map[string]string{"customer_id": customer}})
		})
		owner.post(path+"/enabled", owner.get(path).from(t, "enabled", "yes")...).wants(t, http.StatusOK, path, "Enabled.")
		zone, err := time.LoadLocation("Europe/Athens")
		if err != nil {
			t.Fatal(err)
		}
		athens := time.Now().In(zone)
		at := func(hours int) string { return athens.Add(time.Duration(hours) * time.Hour).Format("2006-01-02T15:04") }
		owner.post(path+"/replay", "from", at(1), "to", at(-1)).wants(t, http.StatusUnprocessableEntity, path+"/replay", "The time ends before it begins.", `id="to-error"`)
		owner.post(path+"/replay", "from", "noon", "to", at(1)).wants(t, http.StatusUnprocessableEntity, path+"/replay", "This is no time.", `id="from-error"`)
		for range 2 {
			owner.post(path+"/replay", "key", "stretch", "from", at(-1), "to", at(1)).wants(t, http.StatusOK, path, "are being sent again, in the background")
		}
		if q, body := shop.last(t, 1); !strings.Contains(string(body), customer) || q.URL.Path != "/new" {
			t.Errorf("%s %s", q.URL, body)
		}
		if n := s.entries(t, "webhook.replayed"); n != 1 {
			t.Errorf("%d entries", n)
		}
		gone := owner.get(path).from(t)
		for range 2 {
			owner.post(path+"/delete", gone...).wants(t, http.StatusOK, "/webhooks", "Removed.", "None yet.")
		}
		owner.get(path).wants(t, http.StatusNotFound, path, "There is no such address")
		owner.get("/trail?action=webhook.").wants(t, http.StatusOK, "/trail", "webhook.created", "webhook.updated", "webhook.rotated", "webhook.replayed", "webhook.deleted", "enabled")
		for _, role := range account.Roles() {
			may, who := account.As(account.Person, "x", "x", role.Permissions()...).May(account.WebhooksManage), s.signedIn(t, owner, role)
			for _, act := range []string{"", "/rotate", "/enabled", "/delete", "/test", "/replay", "/msg_0000000000000/replay"} {
				if p := who.post(path+act, "version", "1"); (p.status == http.StatusForbidden) == may {
					t.Errorf("%s posts to %s with %d", role, act, p.status)
				}
			}
		}
	})
}

// Every type of message that the server tells is called something in every language.
func TestEveryEventHasWords(t *testing.T) {
	t.Parallel()
	teller, err := webhook.NewTeller(slices.Concat(intake.Types(), forecast.Types()))
	if err != nil {
		t.Fatal(err)
	}
	for _, tag := range locale.Tags() {
		l, err := locale.Get(tag)
		if err != nil {
			t.Fatal(err)
		}
		for _, kind := range teller.Types() {
			if !l.Has("hooks.type." + kind.Name) {
				t.Errorf("%s: %s has no words", tag, kind.Name)
			}
		}
	}
}

func TestSettingsInABrowser(t *testing.T) {
	t.Parallel()
	s, b := inBrowser(t)
	s.sends(t)
	owner, shop := s.owner(t), receive(t)
	path := hookPath.FindString(owner.post("/webhooks", owner.get("/webhooks").from(t, "url", shop.URL+"/a/rather/long/address/that/goes/on/and/on/and/on", "description", "The till in the first shop", "which", "all")...).text)
	owner.post("/webhooks", "url", "https://shop.example.com/loyalty", "which", "some", "types", "order.created")
	owner.post(path+"/test", "key", "1")
	shop.last(t, 1)
	shop.answers(http.StatusServiceUnavailable)
	owner.post(path+"/test", "key", "2")
	shop.last(t, 2)
	owner.until(t, path, "takes nothing")
	message := toldPath.FindString(owner.get(path).text)
	for i, note := range []string{"Leaflets for everybody who lives near the shop, and some who do not", "", "Birthday cakes"} {
		owner.post("/costs", "key", "k"+strconv.Itoa(i), "amount", "1250,5", "spent_on", "2026-10-0"+strconv.Itoa(i+1), "for", []string{"winning", "keeping"}[i%2], "channel", "post", "note", note)
	}
	_, server := channeltest.Serve(t)
	owner.post("/mail", owner.get("/mail").from(t, "host", server.Host, "port", strconv.Itoa(server.Port), "security", "none", "from", "shop@example.com", "from_name", "Café")...)
	owner.post("/member-pages", owner.get("/member-pages").from(t, "open", "yes", "notices", "yes", "greeting", "Every tenth coffee is on us.", "accent", "#7a2e8f", "terms", "Be nice to each other.", "version", "2026-11")...)
	s.looks(t, b, owner, []look{
		{name: "webhooks", path: "/webhooks", tag: "en", scheme: "light", width: desk},
		{name: "webhooks", path: "/webhooks", tag: "ru", scheme: "dark", width: small},
		{name: "webhooks-wrong", path: "/webhooks", tag: "el", scheme: "light", width: phone, typed: []string{"url", "x"}, until: ".problems"},
		{name: "webhooks-made", path: "/webhooks", tag: "zh", scheme: "dark", width: phone, typed: []string{"url", "https://shop.example.com/hooks"}, until: ".secret"},
		{name: "webhook", path: path, tag: "en", scheme: "dark", width: desk},
		{name: "webhook", path: path, tag: "mk", scheme: "light", width: small},
		{name: "message", path: message, tag: "en", scheme: "light", width: desk},
		{name: "message", path: message, tag: "el", scheme: "dark", width: small},
		{name: "business", path: "/business", tag: "en", scheme: "light", width: desk},
		{name: "business-wrong", path: "/business", tag: "ru", scheme: "dark", width: small, typed: []string{"name", " "}, until: ".problems"},
		{name: "mail", path: "/mail", tag: "en", scheme: "dark", width: desk},
		{name: "mail", path: "/mail", tag: "el", scheme: "light", width: small},
		{name: "member-pages", path: "/member-pages", tag: "en", scheme: "light", width: desk},
		{name: "member-pages", path: "/member-pages", tag: "zh", scheme: "dark", width: phone},
		{name: "member-pages", path: "/member-pages", tag: "ru", scheme: "dark", width: desk},
		{name: "member-pages", path: "/member-pages", tag: "ru", scheme: "light", width: phone},
		{name: "costs", path: "/costs", tag: "en", scheme: "light", width: desk},
		{name: "costs-wrong", path: "/costs", tag: "mk", scheme: "dark", width: small, typed: []string{"amount", "x"}, until: ".problems"},
	})
}
