package console_test

import (
	"html"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"regulars/internal/act/draw"
	"regulars/internal/act/gift"
	"regulars/internal/act/programme"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/record/backup"
	"regulars/internal/record/customer"
)

var hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`)

// formTo is what the form of a page that is sent to an address brings along, before what is typed.
func (p shown) formTo(t *testing.T, action string, typed ...string) (fields []string) {
	t.Helper()
	at := regexp.MustCompile(`(?s)<form[^>]* action="` + regexp.QuoteMeta(html.EscapeString(action)) + `"[^>]*>.*?</form>`).FindString(p.text)
	if at == "" {
		t.Fatalf("%s has no form for %s:\n%s", p.path, action, p.text)
	}
	for _, m := range hiddenField.FindAllStringSubmatch(at, -1) {
		fields = append(fields, m[1], html.UnescapeString(m[2]))
	}
	return append(fields, typed...)
}

// mash sends the same form several times at the same moment, as an impatient hand does, and once more later, by the history of
// the browser. Every answer is a page that says what happened.
func (b *reader) mash(t *testing.T, path string, form ...string) (all []shown) {
	t.Helper()
	const presses = 4
	all = make([]shown, presses+1)
	var at sync.WaitGroup
	for i := range presses {
		at.Go(func() { all[i] = b.post(path, form...) })
	}
	at.Wait()
	all[presses] = b.post(path, form...)
	for i, p := range all {
		if p.status >= http.StatusInternalServerError || !strings.Contains(p.text, "</html>") {
			t.Errorf("%s: answer %d is %d: %s", path, i+1, p.status, p.text)
		}
	}
	return all
}

// mashes sends a form so, and demands that each answer is the same good page.
func (b *reader) mashes(t *testing.T, path, leads string, form ...string) {
	t.Helper()
	for i, p := range b.mash(t, path, form...) {
		if p.status != http.StatusOK || p.path != leads {
			t.Errorf("%s: answer %d is %s with %d: %s", path, i+1, p.path, p.status, strings.Join(strings.Fields(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(p.text, " ")), " "))
		}
	}
}

// did demands that the trail has an act so many times.
func (s *shop) did(t *testing.T, action string, times int) {
	t.Helper()
	if n := s.entries(t, action); n != times {
		t.Errorf("the trail has %s %d times, not %d", action, n, times)
	}
}

func TestADrawIsDoneOnceHoweverOftenItIsPressed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		people := s.collects(t, "Ada", "Bob")
		const name, at = "draw-2026-01-01", "/draws/draw-2026-01-01"
		owner.mashes(t, "/draws/new", at, owner.get("/draws/new").formTo(t, "/draws/new", drawForm()...)...)
		s.did(t, "draw.saved", 1)
		owner.mashes(t, at, at, owner.get(at).formTo(t, at, drawForm("name", "Another name")...)...)
		s.did(t, "draw.saved", 2)
		owner.mashes(t, at+"/publish", at, owner.get(at).formTo(t, at+"/publish")...)
		s.did(t, "draw.published", 1)
		s.enters(t, name, people...)
		s.over(t, name)
		owner.mashes(t, at+"/close", at, owner.get(at).formTo(t, at+"/close")...)
		s.did(t, "draw.closed", 1)
		owner.mashes(t, at+"/draw", at, owner.get(at).formTo(t, at+"/draw")...)
		s.did(t, "draw.drawn", 1)
		s.write(t, func(tx *db.Tx) error {
			all, err := draw.List(tx, true, 0, "", 10)
			if len(all) != 1 || all[0].Name != "Another name" || all[0].State != draw.Drawn {
				t.Errorf("%+v", all)
			}
			return err
		})
		// Another one, of the same day, is another one all the same; it is cancelled once.
		owner.mashes(t, "/draws/new", at+"-2", owner.get("/draws/new").formTo(t, "/draws/new", drawForm()...)...)
		owner.post(at + "-2/publish")
		s.enters(t, name+"-2", people...)
		owner.mashes(t, at+"-2/cancel", at+"-2", owner.get(at+"-2").formTo(t, at+"-2/cancel", "reason", "The machine broke")...)
		s.did(t, "draw.cancelled", 1)
		// Of all that was paid, what the second one cost came back once: two entries of ten were bought for each.
		if n := s.havePoints(t, people, 80); n != len(people) {
			t.Errorf("%d have 80 points", n)
		}
	})
}

func TestASurpriseIsDoneOnceHoweverOftenItIsPressed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		people := s.collects(t, "Ada", "Bob", "Eve", "Dan", "Zoe")
		const at = "/gifts/surprises/surprise-2026-01-05"
		owner.mashes(t, "/gifts/new", at, owner.get("/gifts/new").formTo(t, "/gifts/new", surpriseForm()...)...)
		s.did(t, "surprise.saved", 1)
		owner.mashes(t, at, at, owner.get(at).formTo(t, at, surpriseForm("name", "Another name")...)...)
		s.did(t, "surprise.saved", 2)
		owner.mashes(t, at+"/plan", at, owner.get(at).formTo(t, at+"/plan")...)
		s.did(t, "surprise.planned", 1)
		s.gives(t)
		if given := s.havePoints(t, people, 105); given != 2 {
			t.Errorf("%d were given something", given)
		}
		owner.mashes(t, "/gifts/new", at+"-2", owner.get("/gifts/new").formTo(t, "/gifts/new", surpriseForm()...)...)
		owner.post(at + "-2/plan")
		owner.mashes(t, at+"-2/cancel", at+"-2", owner.get(at+"-2").formTo(t, at+"-2/cancel")...)
		s.did(t, "surprise.cancelled", 1)
		s.write(t, func(tx *db.Tx) error {
			all, err := gift.List(tx, 0, "", 10)
			if len(all) != 2 {
				t.Errorf("%+v", all)
			}
			return err
		})
	})
}

func TestAProgrammeIsDoneOnceHoweverOftenItIsPressed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.sold(t, coffees())
		const asked = "/programme/new?kind=cafe&goal=win_back"
		page := owner.get(asked)
		owner.mashes(t, asked, "/programme/1", page.formTo(t, asked, shape(t, page, "of", "espresso")...)...)
		s.did(t, "programme.written", 1)
		page = owner.get("/programme/1")
		document := html.UnescapeString(regexp.MustCompile(`(?s)<textarea[^>]*>(.*)</textarea>`).FindStringSubmatch(page.text)[1])
		owner.mashes(t, "/programme/1/publish", "/programme", page.formTo(t, "/programme/1/publish")...)
		s.did(t, "programme.published", 1)
		page = owner.get("/programme/1")
		owner.mashes(t, "/programme/1", "/programme/2", page.formTo(t, "/programme/1", "document", strings.Replace(document, `"units": 1,`, `"units": 2,`, 1), "note", "twice")...)
		s.did(t, "programme.written", 2)
		owner.mashes(t, "/programme/1/draft", "/programme/3", page.formTo(t, "/programme/1/draft")...)
		s.did(t, "programme.written", 3)
		owner.mashes(t, "/programme/blank", "/programme/4", owner.get("/programme/new").formTo(t, "/programme/blank")...)
		s.did(t, "programme.written", 4)
		s.write(t, func(tx *db.Tx) error {
			all, err := programme.Versions(tx, 0, 10)
			if len(all) != 4 {
				t.Errorf("%d versions", len(all))
			}
			return err
		})
	})
}

func TestWhatIsGivenByHandAndSetUpIsDoneOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		path := s.rewarded(t)
		page := owner.get(path)
		owner.mashes(t, path+"/points", path, page.formTo(t, path+"/points", "unit", "points", "units", "15", "reason", "the coffee was cold")...)
		s.did(t, "points.adjusted", 1)
		owner.mashes(t, path+"/access", path, page.formTo(t, path+"/access", "access", "evening", "reason", "an old friend")...)
		owner.mashes(t, path+"/access", path, owner.get(path).formTo(t, path+"/access", "access", "evening", "back", "yes")...)
		given := s.entries(t, "customer.access_given") // one names the customer, the other the access
		if taken := s.entries(t, "customer.access_taken"); given != 2 || taken != 2 {
			t.Errorf("access is given %d times and taken %d times, twice named each", given, taken)
		}
		agreed := []string{"consent_channel", "email", "consent_purpose", "news", "consent_wording", "Yes, please", "consent_given", "2026-01-02T10:00"}
		owner.mashes(t, path+"/consents", path, page.formTo(t, path+"/consents", agreed...)...)
		s.write(t, func(tx *db.Tx) error {
			all, err := customer.Consents(tx, number(t, path))
			if len(all) != 1 {
				t.Errorf("%d consents", len(all))
			}
			return err
		})
		packages := owner.get("/packages")
		batch := packages.hidden(t, "batch")
		owner.mashes(t, "/packages", "/packages/"+batch, packages.formTo(t, "/packages", "name", "Spring", "unit", "points", "units", "5", "codes", "20")...)
		owner.mashes(t, "/packages/"+batch+"/stop", "/packages/"+batch, owner.get("/packages/"+batch).formTo(t, "/packages/"+batch+"/stop")...)
		s.did(t, "package_batch.made", 1)
		s.did(t, "package_batch.stopped", 1)

		before := s.entries(t, "settings.update")
		owner.mashes(t, "/member-pages", "/member-pages", owner.get("/member-pages").formTo(t, "/member-pages", "open", "yes", "accent", "#0a5c36", "quiet_from", "21:00", "quiet_until", "08:00")...)
		s.did(t, "settings.update", before+1)
		var at sync.WaitGroup
		for range 4 {
			at.Go(func() {
				owner.brings("/member-pages/logo", "logo.png", sign(t, 300, 60)).wants(t, http.StatusOK, "/member-pages", "Saved")
			})
		}
		at.Wait()
		before = s.entries(t, "settings.update")
		owner.mashes(t, "/member-pages/logo/remove", "/member-pages", owner.get("/member-pages").formTo(t, "/member-pages/logo/remove")...)
		s.did(t, "settings.update", before+1)
		owner.mashes(t, "/keys", "/keys", owner.get("/keys").formTo(t, "/keys", "kind", "shop", "name", "The shop")...)
		s.did(t, "key.create", 1)
	})
}

func TestTheTillIsDoneOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		at := s.counter(t)
		cashier := s.signedIn(t, owner, account.Cashier)
		join := []string{"full_name", "Bo Berg", "phone", "+30 690 000 0001", "email", "bo@example.com", "birthday_day", "17", "birthday_month", "5", "agreed", "yes"}
		all := cashier.mash(t, "/till/join", cashier.get("/till/join").formTo(t, "/till/join", join...)...)
		for _, p := range all {
			p.wants(t, http.StatusOK, all[0].path)
		}
		s.did(t, "member.joined", 1)
		cashier.mashes(t, at+"/join", at, cashier.get(at).formTo(t, at+"/join", "agreed", "yes")...)
		s.did(t, "member.joined", 2)
		cashier.mashes(t, at+"/redeem", at, "key", keyAt(t, cashier.get(at)), "reward", "coffee")
		s.did(t, "redemption.issued", 1)
		page := cashier.get(at)
		sale := regexp.MustCompile(`name="order" value="(ord_[^"]+)"`).FindStringSubmatch(page.text)[1]
		cashier.mashes(t, at+"/return", at, "key", keyAt(t, page), "order", sale, "given", "10", "why", "cold")
		s.did(t, "return.created", 1)
	})
}

// What else is typed, chosen or pressed on the pages: whatever comes at once, nothing stumbles, and what is made is made once.
func TestOtherFormsAreDoneOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		path := s.rewarded(t)
		other := owner.typedIn(t, "full_name", "Eve", "reference", "E-1")
		fresh := owner.mash(t, "/customers/new", "full_name", "Zoe", "reference", "Z-1", "email", "zoe@example.com")
		for _, p := range fresh {
			p.wants(t, http.StatusOK, fresh[0].path)
		}
		s.did(t, "customer.created", 2)
		page := owner.get(path)
		owner.mashes(t, path+"/orders", path, page.formTo(t, path+"/orders", "amount", "12", "placed_at", "2026-02-03T10:00")...)
		s.did(t, "order.created", 1)
		owner.mashes(t, path+"/notes", path, page.formTo(t, path+"/notes", "text", "Likes the window")...)
		s.did(t, "customer.note_added", 1)
		other = strings.TrimPrefix(other, "/customers/")
		owner.mashes(t, path+"/merge/"+other, path, owner.get(path+"/merge/"+other).formTo(t, path+"/merge/"+other)...)
		s.did(t, "customer.merged", 1)
		owner.mash(t, path+"/unmerge/"+other, owner.get(path+"/unmerge/"+other).formTo(t, path+"/unmerge/"+other)...)
		s.did(t, "customer.unmerged", 1)
		owner.mashes(t, "/costs", "/costs", owner.get("/costs").formTo(t, "/costs", "amount", "12.50", "spent_on", "2026-10-01", "for", "winning", "channel", "post")...)
		owner.mashes(t, "/initiatives", "/initiatives", owner.get("/initiatives").formTo(t, "/initiatives", "name", "Leaflets", "started_on", "2026-10-01")...)
		s.did(t, "cost.created", 1)
		s.did(t, "initiative.created", 1)
		owner.mash(t, "/users", "email", "new@example.com", "role", string(account.Cashier), "language", "en")
		s.did(t, "user.invite", 1)
		for _, p := range owner.mash(t, fresh[0].path+"/erase", "confirm", "Zoe") {
			if !strings.Contains(p.text, "The customer is erased") {
				t.Errorf("%d %s: %s", p.status, p.path, p.text)
			}
		}
		s.did(t, "customer.erased", 1)
	})
}

// Settings too: the trail tells of one change where a form was sent once, however often it was pressed.
func TestSettingsAreSavedOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.sold(t, coffees())
		owner.mashes(t, "/letters", "/letters", owner.get("/letters").formTo(t, "/letters", "letter", "weekly")...)
		s.did(t, "user.letters", 1)
		const measure = "/measures/revenue"
		owner.mashes(t, measure+"/goal", measure, owner.get(measure).formTo(t, measure+"/goal", "value", "250", "until", "")...)
		s.did(t, "goal.set", 1)
		owner.mashes(t, measure+"/goal", measure, owner.get(measure).formTo(t, measure+"/goal", "value", "250", "until", "", "remove", "yes")...)
		s.did(t, "goal.removed", 1)
		s.backups = &backup.Shelf{DB: s.d, Dir: filepath.Join(t.TempDir(), "backups"), Program: "test"}
		s.Config.Handler = s.pages(t)
		owner.mashes(t, "/backups", "/backups", owner.get("/backups").formTo(t, "/backups", "keep", "3")...)
		s.did(t, "backups.set", 1)
		owner.mashes(t, "/backups/make", "/backups", owner.get("/backups").formTo(t, "/backups/make")...)
		s.did(t, "backup.asked", 1)

		invited := owner.mash(t, "/users", owner.get("/users").formTo(t, "/users", "email", "new@example.com", "role", string(account.Cashier), "language", "en")...)
		link := regexp.MustCompile(`<code class="secret">([^<]+)</code>`)
		for _, p := range invited { // whoever pressed twice sees the link all the same, and it is the one that is good
			if p.status != http.StatusOK || !slices.Equal(link.FindStringSubmatch(p.text), link.FindStringSubmatch(invited[0].text)) || !link.MatchString(p.text) {
				t.Errorf("an invitation is answered with %d: %s", p.status, p.text)
			}
		}
		s.did(t, "user.invite", 1)
		who := "/users/" + regexp.MustCompile(`action="/users/([^/"]+)/role"`).FindStringSubmatch(owner.get("/users").text)[1]
		changed := s.entries(t, "user.update")
		owner.mashes(t, who+"/role", "/users", owner.get("/users").formTo(t, who+"/role", "role", string(account.Analyst))...)
		s.did(t, "user.update", changed+1)
		owner.mashes(t, who+"/state", "/users", owner.get("/users").formTo(t, who+"/state")...)
		s.did(t, "user.update", changed+2)
	})
}

// A file that is sent twice by one press is one; another file by the same form, or the same file by another form, is another.
func TestAFileIsTakenOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		page := owner.get("/data")
		key := page.hidden(t, "key")
		const presses = 3
		var at sync.WaitGroup
		led := make([]shown, presses+1)
		for i := range presses {
			at.Go(func() { led[i] = owner.brings("/data", "orders.csv", ordersFile, "key", key) })
		}
		at.Wait()
		led[presses] = owner.brings("/data", "orders.csv", ordersFile, "key", key)
		for _, p := range led {
			p.wants(t, http.StatusOK, led[0].path)
		}
		s.did(t, "import.created", 1)
		if more := owner.brings("/data", "orders.csv", ordersFile+"5,bob,2026-10-21,5.00,x\n", "key", key); more.path == led[0].path || more.status != http.StatusOK {
			t.Errorf("a file with another content leads to %s with %d", more.path, more.status)
		}
		s.did(t, "import.created", 2)
		if more := owner.brings("/data", "orders.csv", ordersFile, "key", owner.get("/data").hidden(t, "key")); more.path == led[0].path {
			t.Error("by another form it is the first one")
		}
		s.did(t, "import.created", 3)
		start := led[0].path + "/start"
		owner.mashes(t, start, led[0].path, owner.get(led[0].path).formTo(t, start)...)
		s.did(t, "import.started", 1)
	})
}
