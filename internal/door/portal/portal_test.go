package portal_test

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"regulars/internal/act/member"
	"regulars/internal/act/notice"
	"regulars/internal/act/points"
	"regulars/internal/act/programme"
	"regulars/internal/act/reward"
	"regulars/internal/act/statement"
	"regulars/internal/base/account"
	"regulars/internal/base/browsertest"
	"regulars/internal/base/channel"
	"regulars/internal/base/channel/channeltest"
	"regulars/internal/base/db"
	"regulars/internal/base/job"
	"regulars/internal/base/job/jobtest"
	"regulars/internal/base/locale"
	"regulars/internal/base/secret"
	"regulars/internal/door/portal"
	"regulars/internal/intake"
	"regulars/internal/record/business"
	"regulars/internal/record/customer"
	"regulars/internal/record/order"
	"regulars/internal/record/schema/schematest"
)

// shop is a server with pages for members, and the mailbox that letters go to.
type shop struct {
	*httptest.Server

	t     *testing.T
	d     *db.DB
	facts *intake.Current
	box   *channeltest.Postbox
	// pushes is the push service that phones are at.
	pushes *channeltest.Pushes
}

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

func open(t *testing.T, d *db.DB) *shop {
	t.Helper()
	s := &shop{t: t, d: d, facts: &intake.Current{DB: d}}
	var server channel.SMTP
	s.box, server = channeltest.Serve(t)
	zone, err := time.LoadLocation("Europe/Athens")
	if err != nil {
		t.Fatal(err)
	}
	s.write(func(tx *db.Tx) error {
		if _, err := business.Agree(tx, business.Business{Name: "Café Olga", Zone: zone, Currency: "EUR", Country: "GR"}); err != nil {
			return err
		}
		if err := points.SaveUnit(tx, points.Unit{Code: "points", Kind: points.Spendable, Expiry: points.Expiry{Kind: points.After, N: 6, Every: points.Months}}); err != nil {
			return err
		}
		for _, r := range []reward.Reward{
			{Reward: "coffee", Name: "A coffee on us", Kind: reward.Product, Terms: []byte(`{"product":"espresso"}`), Unit: "points", Price: 40, GoodDays: 30, Coding: reward.Coding{Kind: reward.Unique}},
			{Reward: "cake", Name: "A cake <script>alert(1)</script>", Kind: reward.Gift, Unit: "points", Price: 500, Description: "Of the day, with whipped cream if you like."},
			{Reward: "summer", Name: "Summer", Kind: reward.Discount, Terms: []byte(`{"percent":10}`), Coding: reward.Coding{Kind: reward.Generic, Code: "SUMMER"}},
		} {
			if _, err := reward.Save(tx, r, nil, 0); err != nil {
				return err
			}
		}
		return member.Save(tx, member.Settings{Open: true, Greeting: "A point for every euro, and a coffee for forty.", Accent: "#7a1f5c", Terms: "1. Be kind.\n2. That is all.", Version: "2026-11"})
	})
	post := account.Post{Box: secret.New(bytes.Repeat([]byte{9}, 32)), Fixed: &server}
	p, err := portal.New(portal.Options{Store: d, Facts: s.facts, Post: post, Origins: http.NewCrossOriginProtection(), Inside: loopback,
		Address: func(r *http.Request) netip.Addr { return netip.MustParseAddrPort(r.RemoteAddr).Addr() }})
	if err != nil {
		t.Fatal(err)
	}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "+
			"manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
		p.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	s.pushes = channeltest.ServePushes(t)
	notices := notice.Sender{Store: d, Box: post.Box, Allow: loopback, Public: func() string { return s.URL }, Kinds: programme.Notices()}
	jobtest.Run(t, d, append(notices.JobKinds(), member.Job(d, post, func() string { return s.URL })), job.Options{Poll: 20 * time.Millisecond})
	return s
}

func each(t *testing.T, test func(t *testing.T, s *shop)) {
	t.Helper()
	schematest.Each(t, func(t *testing.T, d *db.DB) { test(t, open(t, d)) })
}

func (s *shop) write(fn func(tx *db.Tx) error) {
	s.t.Helper()
	if err := s.d.Write(context.WithoutCancel(s.t.Context()), fn); err != nil {
		s.t.Fatal(err)
	}
}

// phone is a member's.
type phone struct {
	*http.Client

	s *shop
}

func (s *shop) phone() *phone {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &phone{&http.Client{Jar: jar}, s}
}

// page is what came.
type page struct {
	status     int
	path, text string
	raw        string
}

var tags = regexp.MustCompile(`<[^>]*>`)

func (p *phone) do(method, path string, form ...string) page {
	p.s.t.Helper()
	values := url.Values{}
	for i := 0; i+1 < len(form); i += 2 {
		values.Set(form[i], form[i+1])
	}
	r, err := http.NewRequestWithContext(context.WithoutCancel(p.s.t.Context()), method, p.s.URL+path, strings.NewReader(values.Encode()))
	if err != nil {
		p.s.t.Fatal(err)
	}
	r.Header.Set("Accept-Language", "en")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := p.Do(r)
	if err != nil {
		p.s.t.Fatal(err)
	}
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		p.s.t.Fatal(err)
	}
	_ = answer.Body.Close()
	text := strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(string(raw), " "))), " ")
	if strings.Contains(text, "⟦") {
		p.s.t.Errorf("%s lacks a text: %s", path, text)
	}
	return page{answer.StatusCode, answer.Request.URL.Path, text, string(raw)}
}

func (p *phone) get(path string) page { p.s.t.Helper(); return p.do(http.MethodGet, path) }
func (p *phone) post(path string, form ...string) page {
	p.s.t.Helper()
	return p.do(http.MethodPost, path, form...)
}

func (a page) wants(t *testing.T, status int, path string, texts ...string) page {
	t.Helper()
	if a.status != status || a.path != path {
		t.Errorf("%d %s, want %d %s: %s", a.status, a.path, status, path, a.text)
	}
	for _, text := range texts {
		if !strings.Contains(a.text, text) {
			t.Errorf("%s does not say %q: %s", a.path, text, a.text)
		}
	}
	return a
}

var link = regexp.MustCompile(`/my/in/\w+`)

// link is the one in the letter of a number.
func (s *shop) link(n int) string {
	s.t.Helper()
	letters := s.box.Wait(s.t, n)
	found := link.FindString(letters[n-1].Text)
	if found == "" {
		s.t.Fatalf("no link in %q", letters[n-1].Text)
	}
	return found
}

// earn gives the member of an e-mail units.
func (s *shop) earn(email string, units int64) (number int64) {
	s.t.Helper()
	facts, err := s.facts.Intake(context.WithoutCancel(s.t.Context()))
	if err != nil {
		s.t.Fatal(err)
	}
	s.write(func(tx *db.Tx) error {
		id := customer.Identity{Kind: customer.Email, Value: email}
		found, err := customer.Find(tx, []customer.Identity{id})
		if number = found[id]; err != nil || number == 0 {
			return fmt.Errorf("nobody: %w", err)
		}
		_, err = facts.Ledger().Earn(tx, points.Act{Customer: number, Unit: "points", Key: fmt.Sprint("o", units), Cause: "order:1", Actor: "key:1"}, points.Grant{Units: units})
		return err
	})
	return number
}

func TestAMemberJoinsAndTakesAReward(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		p := s.phone()
		p.get("/my/").wants(t, 200, "/my/", "Members of Café Olga", "A point for every euro")
		form := []string{"email", " Ada@Example.com ", "given_name", "Ada", "birthday_day", "17", "birthday_month", "5", "news", "yes"}
		if again := p.post("/my/join", form...).wants(t, 422, "/my/join", "tick the first box"); !strings.Contains(again.raw, `value="Ada"`) {
			t.Error("what was typed is lost")
		}
		p.post("/my/join", append(form, "agreed", "yes", "birthday_month", "2", "birthday_day", "31")...).wants(t, 422, "/my/join", "There is no such day. Choose the day and the month")
		form = append(form, "agreed", "yes")
		p.post("/my/join", form...).wants(t, 200, "/my/join", "Look into your mailbox")
		in := s.link(1)
		p.get(in).wants(t, 200, in, "You come in as ada@example.com")
		p.get(in) // a program that looks through letters uses nothing up
		p.post(in).wants(t, 200, "/my/", "Hello, Ada", "A member since", "0 points", "40 are missing")
		s.phone().post(in).wants(t, 404, in, "has been used")
		p.post("/my/join", form...).wants(t, 200, "/my/join", "Look into your mailbox") // whether a member by then or not
		s.phone().post(s.link(2)).wants(t, 200, "/my/", "Hello, Ada")

		number := s.earn("ada@example.com", 100)
		home := p.get("/my/").wants(t, 200, "/my/", "100 points", "100 are good until", "A coffee on us", "40 points", "400 are missing", "A cake <script>")
		if strings.Contains(home.raw, "<script>") || strings.Contains(home.text, "Summer") {
			t.Error("the page has a script, or a reward whose code is for everybody")
		}
		taken := p.post("/my/rewards", "reward", "coffee", "key", "k1")
		if taken.status != 200 || !strings.HasPrefix(taken.path, "/my/rewards/rdm_") || !strings.Contains(taken.raw, `<svg class="qr"`) {
			t.Fatalf("%+v", taken)
		}
		if twice := p.post("/my/rewards", "reward", "coffee", "key", "k1"); twice.path != taken.path {
			t.Errorf("pressed twice: %s and %s", taken.path, twice.path)
		}
		p.get("/my/").wants(t, 200, "/my/", "60 points", "To use now", "yours")
		p.post("/my/rewards", "reward", "cake", "key", "k2").wants(t, 409, "/my/rewards", "There is not enough")
		p.get("/my/history").wants(t, 200, "/my/history", "+100", "earned", "−40", "reward: A coffee on us")

		// Another member sees none of it.
		q := s.phone()
		q.post("/my/sign-in", "email", "bob@example.com").wants(t, 200, "/my/sign-in", "Look into your mailbox")
		in = s.link(3)
		q.get(in).wants(t, 200, in, "Join Café Olga")
		q.post(in).wants(t, 422, in, "tick the first box")
		q.post(in, "agreed", "yes", "given_name", "Bob").wants(t, 200, "/my/", "Hello, Bob", "0 points")
		q.get(taken.path).wants(t, 404, taken.path, "no such page")
		s.phone().get(taken.path).wants(t, 200, "/my/", "Members of")

		s.write(func(tx *db.Tx) error {
			all, err := customer.Consents(tx, number)
			if err != nil || len(all) != 2 || all[0].Source != "member pages" || all[0].Wording == "" || all[0].Proof != "127.0.0.1" {
				t.Errorf("%+v, %v", all, err)
			}
			return err
		})
	})
}

func TestAMemberDecidesOnTheirData(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		p := s.phone()
		p.post("/my/join", "email", "ada@example.com", "given_name", "Ada", "agreed", "yes")
		p.post(s.link(1)).wants(t, 200, "/my/")
		s.earn("ada@example.com", 10)
		p.get("/my/profile").wants(t, 200, "/my/profile", "You come in by ada@example.com", "You have not agreed")
		if again := p.post("/my/profile", "given_name", "Ada Maria", "birthday_month", "5", "birthday_year", "80").wants(t, 422, "/my/profile", "Choose the day and the month"); !strings.Contains(again.raw, `value="80"`) || !strings.Contains(again.raw, `<option value="5" selected>May</option>`) {
			t.Error("what was typed is lost")
		}
		if saved := p.post("/my/profile", "given_name", "Ada Maria", "birthday_day", "17", "birthday_month", "5", "birthday_year", "1980").wants(t, 200, "/my/profile", "Saved."); !strings.Contains(saved.raw, `value="1980"`) || !strings.Contains(saved.raw, `<option value="17" selected>17</option>`) || !strings.Contains(saved.raw, `<option value="5" selected>May</option>`) {
			t.Error("the birthday is not there")
		}
		p.post("/my/consents", "news", "yes").wants(t, 200, "/my/profile", "You agreed to this")
		p.post("/my/consents", "news", "no").wants(t, 200, "/my/profile", "You have not agreed")
		if all := p.get("/my/export"); !strings.Contains(all.raw, "Ada Maria") || !strings.Contains(all.raw, `"Units": 10`) {
			t.Errorf("%s", all.raw)
		}
		p.post("/my/erase", "confirm", "yes").wants(t, 422, "/my/erase", "nothing was done")
		p.post("/my/erase", "confirm", "ADA@example.com ").wants(t, 200, "/my/erase", "You are forgotten")
		p.get("/my/").wants(t, 200, "/my/", "Members of")
		s.write(func(tx *db.Tx) error {
			found, err := customer.Find(tx, []customer.Identity{{Kind: customer.Email, Value: "ada@example.com"}})
			if len(found) != 0 {
				t.Errorf("still there: %v", found)
			}
			entries, failed := account.Entries(tx, account.EntryFilter{Action: "customer."})
			if failed != nil || len(entries) != 2 {
				t.Errorf("%d entries of the trail, %v", len(entries), failed)
			}
			return err
		})
	})
}

func TestNobodyElseComesIn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		p := s.phone()
		for _, path := range []string{"/my/history", "/my/profile", "/my/export", "/my/rewards/rdm_x"} {
			p.get(path).wants(t, 200, "/my/", "Members of")
		}
		for _, path := range []string{"/my/rewards", "/my/profile", "/my/consents", "/my/erase"} {
			p.post(path).wants(t, 200, "/my/", "Members of")
		}
		p.get("/my/in/AAAA").wants(t, 404, "/my/in/AAAA", "has been used or has run out")
		p.get("/my/in/").wants(t, 404, "/my/in/")
		p.post("/my/sign-in", "email", "no mail").wants(t, 422, "/my/sign-in", "no e-mail address")
		for range 3 {
			p.post("/my/sign-in", "email", "ada@example.com").wants(t, 200, "/my/sign-in")
		}
		p.post("/my/sign-in", "email", "ada@example.com") // the one that makes the next wait
		p.post("/my/sign-in", "email", "ada@example.com").wants(t, 429, "/my/sign-in", "Too many tries")
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/my/sign-in", strings.NewReader("email=x@example.com"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", "https://evil.example")
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		answer, err := p.Do(r)
		if err != nil || answer.StatusCode != http.StatusForbidden {
			t.Errorf("from another site: %v, %v", answer.Status, err)
		}
		_ = answer.Body.Close()
		s.write(func(tx *db.Tx) error { return member.Save(tx, member.Settings{}) })
		p.get("/my/").wants(t, 404, "/my/", "no pages for members")
	})
}

// What a programme gives is seen by the member: points, the tier, and what is missing to the next.
func TestAMemberSeesTheProgramme(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		t.Helper()
		s.programme()
		p := s.phone()
		p.post("/my/join", "email", "ada@example.com", "given_name", "Ada", "agreed", "yes")
		p.post(s.link(1)).wants(t, 200, "/my/", "25 points") // for joining
		facts, err := s.facts.Intake(context.WithoutCancel(t.Context()))
		if err != nil {
			t.Fatal(err)
		}
		s.write(func(tx *db.Tx) error {
			out, err := facts.Order(tx, intake.Order{Customer: customer.Identity{Kind: customer.Email, Value: "ada@example.com"}, Order: order.Order{Source: "till", Reference: "1",
				Placed: facts.At(tx.Now), Summed: true, Lines: []order.Line{{Product: "espresso", Quantity: 1, AmountMinor: 15000}}}})
			if err == nil {
				err = out.Err
			}
			return err
		})
		page := p.get("/my/").wants(t, 200, "/my/", "175 points", "Your tier", "Bronze", "€50.00 more until Silver", "Stamp cards", "After two coffees one is free <b>", "1 of 3; after 1 more the next is free", "Challenges", "Five visits <b>", "1 of 5 visits, until 31 December 2099", "50 points",
			"done: 1 of 1 order", "1 week in a row; at 4: 80 points", "Early access", "The spring sale & more", "open to you now, until 31 December 2099")
		if !strings.Contains(page.raw, `<progress value="1" max="5" aria-label="Five visits &lt;b&gt;">`) || !strings.Contains(page.raw, `<progress value="1" max="3" aria-label="After two coffees one is free &lt;b&gt;">`) || strings.Contains(page.text, "An evening for few") {
			t.Errorf("%s", page.raw)
		}
	})
}

// For which orders a reward is stands wherever members see it, before they take it and afterwards.
func TestAMemberIsToldForWhichOrdersARewardIs(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		s.publishes(`{"name": "Café Olga", "units": [{"unit": "points"}],
			"rules": [{"rule": "welcome", "name": "Welcome", "on": "sign_up", "effect": {"fixed": {"unit": "points", "units": 25}}}],
			"rewards": [{"reward": "off", "name": "Two off", "kind": "discount", "terms": {"amount_minor": 200, "minimum_minor": 500}, "unit": "points", "price": 20, "codes": {"kind": "unique"}},
				{"reward": "free", "name": "We bring it", "kind": "free_delivery", "terms": {"minimum_minor": 3000}, "unit": "points", "price": 30, "codes": {"kind": "unique"}}]}`)
		p := s.phone()
		p.post("/my/join", "email", "ada@example.com", "given_name", "Ada", "agreed", "yes")
		p.post(s.link(1)).wants(t, 200, "/my/", "20 points · for orders of €5.00 or more", "30 points · for orders of €30.00 or more · 5 are missing")
		p.get("/my/terms").wants(t, 200, "/my/terms", "20 points, for orders of €5.00 or more", "30 points, for orders of €30.00 or more")
		taken := p.post("/my/rewards", "reward", "off", "key", "k1")
		taken.wants(t, 200, taken.path, "for orders of €5.00 or more")
	})
}

// When and where an event is, how many places are left, and into which prize draw entries go, members see before they take it and
// afterwards; what is over, or takes no entries, says so and takes nothing.
func TestAMemberIsToldOfEventsAndEntries(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		s.publishes(`{"name": "Café Olga", "units": [{"unit": "points"}],
			"rules": [{"rule": "welcome", "name": "Welcome", "on": "sign_up", "effect": {"fixed": {"unit": "points", "units": 40}}}],
			"rewards": [{"reward": "tasting", "name": "A tasting", "kind": "event", "terms": {"begins_at": "2099-07-10T20:30:00+03:00", "place": "The cellar", "places": 2}, "unit": "points", "price": 10, "codes": {"kind": "unique"}},
				{"reward": "gone", "name": "Last year", "kind": "event", "terms": {"begins_at": "2024-07-10T20:30:00+03:00"}, "unit": "points", "price": 10},
				{"reward": "entries", "name": "Try your luck", "kind": "draw_entry", "terms": {"draw": "summer", "entries": 2}, "unit": "points", "price": 10},
				{"reward": "other", "name": "Not yet", "kind": "draw_entry", "terms": {"draw": "winter"}, "unit": "points", "price": 10}]}`)
		s.holds("summer", 3)
		p := s.phone()
		p.post("/my/join", "email", "ada@example.com", "given_name", "Ada", "agreed", "yes")
		p.post(s.link(1)).wants(t, 200, "/my/", "10 points · 10 July 2099, 20:30, The cellar · 2 places left",
			"10 points · 2 entries in the prize draw Summer <b>draw</b>", "the prize draw is closed")
		for _, path := range []string{"/my/", "/my/terms"} {
			if strings.Contains(p.get(path).raw, "Last year") {
				t.Errorf("%s offers an event that has been", path)
			}
		}
		p.get("/my/terms").wants(t, 200, "/my/terms", "10 points, 10 July 2099, 20:30, The cellar", "2 entries in the prize draw Summer")
		taken := p.post("/my/rewards", "reward", "tasting", "key", "k1")
		taken.wants(t, 200, taken.path, "10 July 2099, 20:30, The cellar", "11 July 2099")
		taken = p.post("/my/rewards", "reward", "entries", "key", "k2")
		taken.wants(t, 200, taken.path, "2 entries in the prize draw Summer")
		p.get("/my/").wants(t, 200, "/my/", "1 place left", "you have as many entries as one may have this way")
		p.get("/my/draws/summer").wants(t, 200, "/my/draws/summer", "2")
		for _, no := range []string{"gone", "other"} {
			p.post("/my/rewards", "reward", no, "key", no).wants(t, 409, "/my/rewards")
		}
		p.get("/my/").wants(t, 200, "/my/", "20 points")
	})
}

// What a purchase earned is explained beside it as long as that is so: not by what is left of it when something was returned. Staff
// read that, beside what went last.
func TestAStatementExplainsWhatMoved(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		s.publishes(`{"name": "Café Olga", "units": [{"unit": "points"}], "rules": [{"rule": "rate", "name": "A point a euro", "effect": {"rate": {"unit": "points", "units": 1, "per_minor": 100}}}]}`)
		p := s.phone()
		p.post("/my/join", "email", "ada@example.com", "given_name", "Ada", "agreed", "yes")
		p.post(s.link(1)).wants(t, 200, "/my/", "0 points")
		facts, err := s.facts.Intake(context.WithoutCancel(t.Context()))
		if err != nil {
			t.Fatal(err)
		}
		english, err := locale.Get("en")
		if err != nil {
			t.Fatal(err)
		}
		var who int64
		s.write(func(tx *db.Tx) error {
			out, err := facts.Order(tx, intake.Order{Customer: customer.Identity{Kind: customer.Email, Value: "ada@example.com"}, Order: order.Order{Source: "till", Reference: "1",
				Placed: facts.At(tx.Now), Summed: true, Lines: []order.Line{{Product: "espresso", Quantity: 1, AmountMinor: 2500}}}})
			who = out.Customer
			return cmp.Or(err, out.Err)
		})
		p.get("/my/history").wants(t, 200, "/my/history", "A point a euro: +25 points")
		s.write(func(tx *db.Tx) error {
			out, err := facts.Return(tx, intake.Return{Return: order.Return{Source: "till", Reference: "r1", OrderReference: "1", Returned: facts.At(tx.Now), AmountMinor: 500, Lines: []order.ReturnLine{{Line: 1, AmountMinor: 500}}}})
			return cmp.Or(err, out.Err)
		})
		if page := p.get("/my/history").wants(t, 200, "/my/history", "+25", "−5"); strings.Contains(page.text, "+20") {
			t.Errorf("25 points are explained by 20: %s", page.text)
		}
		s.write(func(tx *db.Tx) error {
			r := statement.Reader{Locale: english, Zone: facts.Business.Zone, Currency: facts.Business.Currency, Programme: facts.Programme(), To: programme.Cashier}
			lines, _, err := r.Lines(tx, []int64{who}, "points", points.Page{}, 10)
			if err == nil && (len(lines) != 2 || lines[0].Units != -5 || len(lines[0].Why) == 0 || len(lines[1].Why) != 0) {
				t.Errorf("%+v", lines)
			}
			return err
		})
	})
}

// What is owed is on the statement once: the lines come to what the member has, however a debt was made and filled.
func TestAStatementComesToWhatAMemberHas(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		s.publishes(`{"name": "Café Olga", "units": [{"unit": "points", "allows_debt": true}],
			"rules": [{"rule": "welcome", "name": "Welcome", "on": "sign_up", "effect": {"fixed": {"unit": "points", "units": 25}}}]}`)
		p := s.phone()
		p.post("/my/join", "email", "ada@example.com", "given_name", "Ada", "agreed", "yes")
		p.post(s.link(1)).wants(t, 200, "/my/", "25 points")
		number := s.earn("ada@example.com", 10)
		facts, err := s.facts.Intake(context.WithoutCancel(t.Context()))
		if err != nil {
			t.Fatal(err)
		}
		for i, step := range []struct {
			units, has int64
			says       string
		}{{-40, -5, "owed"}, {3, -2, "given by the shop"}, {50, 48, "given by the shop"}} {
			s.write(func(tx *db.Tx) error {
				_, err := facts.Ledger().Adjust(tx, points.Act{Customer: number, Unit: "points", Key: fmt.Sprint("a", i), Cause: "adjust", Actor: "key:1", Reason: "a slip"}, step.units)
				return err
			})
			p.get("/my/").wants(t, 200, "/my/", fmt.Sprintf("%d points", max(step.has, 0)))
			page := p.get("/my/history").wants(t, 200, "/my/history", step.says)
			sum := int64(0)
			for _, row := range regexp.MustCompile(`<td class="number[^"]*">([+−][0-9]+)`).FindAllStringSubmatch(strings.ReplaceAll(page.raw, "&#43;", "+"), -1) {
				n, err := strconv.ParseInt(strings.Replace(row[1], "−", "-", 1), 10, 64)
				if err != nil {
					t.Fatal(err)
				}
				sum += n
			}
			if sum != step.has {
				t.Errorf("after %d the lines come to %d, not to %d: %s", step.units, sum, step.has, page.text)
			}
		}
	})
}

// A member gives the link away; who joins by it was brought by them. A link that leads to nobody keeps nobody out.
func TestAMemberBringsAFriend(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		t.Helper()
		s.programme()
		p := s.phone()
		p.post("/my/join", "email", "ada@example.com", "agreed", "yes")
		home := p.post(s.link(1)).wants(t, 200, "/my/", "Show this at the till", "Bring a friend", "For you: 100 points", "For your friend: 30 points", "Show the code for a friend")
		if n := strings.Count(home.raw, `class="qr"`); n != 1 || strings.Contains(home.raw, "/my/join") {
			t.Errorf("%d codes beside each other, of which one is the card", n)
		}
		said := regexp.MustCompile(`Or say the number <code>(\d{3} \d{3} \d{3})</code>`).FindString(home.raw)
		if again := p.get("/my/"); said == "" || !strings.Contains(again.raw, said) {
			t.Errorf("the number is %q at first, and another one then: %s", said, again.text)
		}
		if own := p.get("/my/export"); !strings.Contains(own.raw, `"member_number"`) {
			t.Errorf("the number is in no file of what is known: %s", own.raw)
		}
		page := p.get("/my/friends").wants(t, 200, "/my/friends", "not for the till", "For you: 100 points", "For your friend: 30 points", "A friend counts once they have bought for €10.00 in one order; what comes back does not count", "after 14 days")
		path := regexp.MustCompile(`/my/join\?ref=\w{8}`).FindString(page.raw)
		if path == "" {
			t.Fatalf("there is no link in %s", page.raw)
		}
		friend := s.phone()
		joins := friend.get(path).wants(t, 200, "/my/join", "A friend of yours is a member and brought you")
		s.phone().get("/my/join?ref=ZZZZZZZZ").wants(t, 200, "/my/join", "This friend’s link is not good any more: nothing is given for it. You can join all the same.")
		ref := regexp.MustCompile(`name="ref" value="(\w{8})"`).FindStringSubmatch(joins.raw)
		if ref == nil {
			t.Fatalf("the form forgets the code: %s", joins.raw)
		}
		friend.post("/my/join", "email", "bob@example.com", "agreed", "yes", "ref", ref[1])
		friend.post(s.link(2)).wants(t, 200, "/my/", "25 points")
		p.get("/my/friends").wants(t, 200, "/my/friends", "1 friend came")
		// A link that counts for nothing says so: to who is in already, to whose it is, to who was known by the e-mail, and one
		// that is nobody's.
		friend.get(path).wants(t, 200, "/my/", "a friend’s link is for who is new")
		p.get(path).wants(t, 200, "/my/", "This is your own link.")
		p.get("/my/?friend=%3Cb%3E").wants(t, 200, "/my/", "Show this at the till")
		twice := s.phone()
		twice.post("/my/join", "email", " BOB@Example.com", "agreed", "yes", "ref", ref[1])
		twice.post(s.link(3)).wants(t, 200, "/my/", "25 points", "a friend’s link is for who is new")
		other := s.phone()
		other.post("/my/join", "email", "eve@example.com", "agreed", "yes", "ref", "<script>")
		other.post(s.link(4)).wants(t, 200, "/my/", "25 points", "This friend’s link is not good any more.")
		p.get("/my/friends").wants(t, 200, "/my/friends", "1 friend came")
	})
}

// programme publishes one with tiers.
func (s *shop) programme() {
	s.t.Helper()
	const document = `{"name": "Café Olga", "units": [{"unit": "points", "expiry": {"kind": "after", "n": 6, "every": "months"}}],
		"rules": [{"rule": "rate", "name": "A point a euro", "effect": {"rate": {"unit": "points", "units": 1, "per_minor": 100}}},
			{"rule": "third", "name": "After two coffees one is free <b>", "lines": "line.product == 'espresso'", "effect": {"card": {"every": 2, "free": "after"}}},
			{"rule": "welcome", "name": "Welcome", "on": "sign_up", "effect": {"fixed": {"unit": "points", "units": 25}}},
			{"rule": "friend", "name": "For a friend", "on": "referral", "limit": {"times": 5, "period": "month"}, "effect": {"fixed": {"unit": "points", "units": 100}}},
			{"rule": "came", "name": "For coming", "on": "referred", "effect": {"fixed": {"unit": "points", "units": 30}}}],
		"referral": {"minimum_minor": 1000, "wait_days": 14},
		"challenges": [{"challenge": "five", "name": "Five visits <b>", "count": "visits", "target": 5, "from": "2020-01-01", "until": "2099-12-31", "gives": {"unit": "points", "units": 50}},
			{"challenge": "weeks", "name": "Week after week", "count": "orders", "target": 1, "window": "week", "in_a_row": 4, "from": "2020-01-01", "gives": {"unit": "points", "units": 80}}],
		"access": [{"access": "sale", "name": "The spring sale & more", "until": "2099-12-31", "if": "customer.orders >= 1"}, {"access": "evening", "name": "An evening for few"}],
		"tiers": {"by": "spend", "window": "months", "months": 12, "levels": [{"tier": "bronze", "name": "Bronze", "from": 0}, {"tier": "silver", "name": "Silver", "from": 20000}]}}`
	s.publishes(document)
}

// publishes has the programme be as the document says.
func (s *shop) publishes(document string) {
	s.t.Helper()
	facts, err := s.facts.Intake(context.WithoutCancel(s.t.Context()))
	if err != nil {
		s.t.Fatal(err)
	}
	s.write(func(tx *db.Tx) error {
		v, err := programme.Write(tx, []byte(document), "", "usr_1", facts.Business.Zone)
		if err == nil {
			_, err = facts.Programme().Book.Publish(tx, v.Version, "usr_1", facts.Business.Zone)
		}
		return err
	})
}

func TestMembersPagesInABrowser(t *testing.T) {
	t.Parallel()
	b := browsertest.Open(t)
	s := open(t, schematest.Open(t, schematest.SQLite(t)))
	s.programme()
	p := s.phone()
	p.post("/my/join", "email", "maximiliane.oberhuber-von-und-zu@a-rather-long-domain-name.example.com", "given_name", strings.Repeat("Maximiliane ", 8), "agreed", "yes", "news", "yes")
	in := s.link(1)
	codes := s.packed(spring(3))
	looks := []browsertest.Look{
		{Name: "code", Path: "/my/code/" + codes[0], Tag: "ru", Scheme: "dark", Width: browsertest.Phone},
		{Name: "code-join", Path: "/my/join?code=" + codes[0], Tag: "en", Scheme: "light", Width: browsertest.Desk},
		{Name: "code-typed", Path: "/my/code?code=x", Tag: "zh", Scheme: "light", Width: browsertest.Small},
		{Name: "welcome", Path: "/my/", Tag: "en", Scheme: "light", Width: browsertest.Phone},
		{Name: "join", Path: "/my/join", Tag: "ru", Scheme: "dark", Width: browsertest.Small},
		{Name: "join", Path: "/my/join", Tag: "el", Scheme: "light", Width: browsertest.Desk},
		{Name: "join-wrong", Path: "/my/join", Tag: "mk", Scheme: "light", Width: browsertest.Small, Typed: []string{"email", "x"}, Until: ".wrongly"},
		{Name: "enter", Path: in, Tag: "zh", Scheme: "dark", Width: browsertest.Phone},
		{Name: "none", Path: "/my/none", Tag: "el", Scheme: "dark", Width: browsertest.Small},
		{Name: "sent", Path: "/my/sign-in", Tag: "ru", Scheme: "dark", Width: browsertest.Small, Typed: []string{"email", "ada@example.com"}, Until: ".paste"},
		{Name: "sent", Path: "/my/sign-in", Tag: "el", Scheme: "light", Width: browsertest.Phone, Typed: []string{"email", "ada@example.com"}, Until: ".paste"},
	}
	for _, l := range looks {
		b.At(t, s.URL, l)
	}
	p.post(in)
	s.earn("maximiliane.oberhuber-von-und-zu@a-rather-long-domain-name.example.com", 100)
	taken := p.post("/my/rewards", "reward", "coffee", "key", "k").path
	p.post("/my/code/" + codes[1])
	at, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	cookies := p.Jar.Cookies(at)
	for i, tag := range []string{"en", "ru", "zh", "el", "mk"} {
		scheme, width := []string{"light", "dark"}[i%2], []int64{browsertest.Phone, browsertest.Small, browsertest.Desk}[i%3]
		for _, path := range []string{"/my/", "/my/card", "/my/friends", "/my/history", "/my/profile", taken, "/my/code/" + codes[0], "/my/code/" + codes[1]} {
			name := strings.Trim(strings.ReplaceAll(strings.TrimPrefix(path, "/my"), "/", "-"), "-")
			if path == taken {
				name = "reward"
			}
			if n := slices.Index(codes, strings.TrimPrefix(path, "/my/code/")); n >= 0 {
				name = "code-" + []string{"open", "taken"}[n]
			}
			b.At(t, s.URL, browsertest.Look{Name: "my-" + name, Path: path, Tag: tag, Scheme: scheme, Width: width, Cookies: cookies})
		}
	}
}
