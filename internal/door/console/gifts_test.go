package console_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"regulars/internal/act/gift"
	"regulars/internal/act/points"
	"regulars/internal/act/programme"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/intake"
	"regulars/internal/record/business"
	"regulars/internal/record/customer"
	"regulars/internal/record/holiday"
	"regulars/internal/record/order"
)

// greets publishes a programme that gives on occasions.
func (s *shop) greets(t *testing.T) {
	t.Helper()
	facts, err := (&intake.Current{DB: s.d}).Intake(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	const document = `{"name":"Gifts","units":[{"unit":"points"}],"rules":[
		{"rule":"birthday","name":"Happy birthday to you","on":"birthday","effect":{"fixed":{"unit":"points","units":50}}},
		{"rule":"year","name":"Another year together","on":"anniversary","if":"customer.member_years >= 2","effect":{"fixed":{"unit":"points","units":20}}},
		{"rule":"easter","name":"Happy Easter","on":"holiday","holidays":["easter","halloween"],"effect":{"fixed":{"unit":"points","units":10}}}]}`
	s.write(t, func(tx *db.Tx) error {
		v, err := programme.Write(tx, []byte(document), "", "usr_1", time.UTC)
		if err == nil {
			_, err = facts.Programme().Publish(tx, v.Version, "usr_2", time.UTC)
		}
		return err
	})
}

// surpriseForm is a surprise as it is typed in, with changes.
func surpriseForm(changes ...string) (form []string) {
	values := map[string]string{"name": "A spring surprise", "gives": "2026-01-05T10:00", "what": "unit:points", "units": "5", "gifts": "", "budget": "12", "hold_out": "20", "members": "yes", "condition": "customer.orders == 0"}
	for i := 0; i < len(changes); i += 2 {
		values[changes[i]] = changes[i+1]
	}
	for name, value := range values {
		if value != "" {
			form = append(form, name, value)
		}
	}
	return form
}

// gives has the job give what is due.
func (s *shop) gives(t *testing.T) {
	t.Helper()
	facts, err := (&intake.Current{DB: s.d}).Intake(t.Context())
	if err == nil {
		err = facts.Gifts().Due(t.Context(), s.d)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestASurpriseIsPlannedAndGiven(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		owner.get("/gifts").wants(t, http.StatusOK, "/gifts", "The programme in force gives nothing on an occasion yet", "There is none yet. A surprise spreads", "No mail server is set up")
		owner.get("/gifts/new").wants(t, http.StatusConflict, "/gifts/new", "There is nothing to give yet")
		people := s.collects(t, "Ada", "Bob", "Eve", "Dan", "Zoe")
		owner.get("/gifts/new").wants(t, http.StatusOK, "/gifts/new", "What is given", "points", "How many in a hundred are kept back")
		for _, c := range []struct{ field, value, says string }{
			{"name", "", "A name has 1 to 100 characters."}, {"gives", "soon", "This is no time."}, {"units", "many", "This is no whole number."}, {"units", "0", "Write a number from 1 to 1,000,000."},
			{"budget", "", "Write a number from 1 to 1,000,000."}, {"gifts", "3", "Say what each is given"}, {"what", "unit:stars", "There is no such unit."}, {"what", "reward:none", "Say what each is given"}, {"hold_out", "100", "Write a number from 0 to 90."},
			{"condition", "order.amount > 1.0", "the condition cannot be understood"}, {"segment", "kings", "Choose one of those in the list."}, {"orders", "-1", "Write a number from 0 to 1,000,000."}, {"spent", "much", "This is no number."},
		} {
			page := owner.post("/gifts/new", surpriseForm(c.field, c.value)...).wants(t, http.StatusUnprocessableEntity, "/gifts/new", c.says)
			if !strings.Contains(page.text, "A spring surprise") && c.field != "name" {
				t.Errorf("%s: what was typed is lost", c.field)
			}
		}
		const at = "/gifts/surprises/surprise-2026-01-05"
		owner.post("/gifts/new", surpriseForm()...).wants(t, http.StatusOK, at, "A spring surprise", "Draft", "If it were given now", "10 points", "where customer.orders == 0", "Nobody is given anything before you plan it")
		owner.post("/gifts/new", surpriseForm("name", "Another")...).wants(t, http.StatusOK, at+"-2", "Another")
		owner.post(at+"-2/discard").wants(t, http.StatusOK, "/gifts", "Removed.")
		owner.post(at, surpriseForm("name", "The spring surprise", "version", "1", "name.ru", strings.Repeat("я", 101))...).wants(t, http.StatusUnprocessableEntity, at, "A text in another language is empty or too long.", `<a href="#name.ru">`)
		owner.post(at, surpriseForm("name", "The spring surprise", "version", "1", "name.ru", "Весенний сюрприз")...).wants(t, http.StatusOK, at, "Saved.", "The spring surprise", `value="Весенний сюрприз"`, "Also in", "Русский")
		owner.post(at, surpriseForm("name", "An old form", "version", "1")...).wants(t, http.StatusConflict, at, "An old form")
		owner.post(at, surpriseForm("units", "", "version", "2")...).wants(t, http.StatusUnprocessableEntity, at, "Write a number from 1 to 1,000,000.")
		owner.post(at+"/cancel").wants(t, http.StatusConflict, at+"/cancel", "It has come too far for that")
		for range 2 {
			owner.post(at+"/plan").wants(t, http.StatusOK, at, "Planned", "You need do nothing", "Cancel it")
		}
		owner.post(at, surpriseForm("version", "3")...).wants(t, http.StatusConflict, at, "It has come too far for that")
		stale := owner.get(at).wants(t, http.StatusOK, at, "Names in other languages", "can be added and corrected at any time").hidden(t, "seen")
		owner.post(at+"/translations", "seen", stale, "name.el", strings.Repeat("κ", 101)).wants(t, http.StatusUnprocessableEntity, at+"/translations", "A text in another language is empty or too long.", `<a href="#name.el">`)
		owner.post(at+"/translations", "seen", stale, "name.el", "Μια ανοιξιάτικη έκπληξη").wants(t, http.StatusOK, at, "Saved.", "Ελληνικά", "Planned", `value="Μια ανοιξιάτικη έκπληξη"`)
		owner.post(at+"/translations", "seen", stale, "name.el", "Έκπληξη").wants(t, http.StatusConflict, at+"/translations", `value="Έκπληξη"`)
		s.gives(t)
		owner.get(at).wants(t, http.StatusOK, at, "Given", "Everybody who was drawn has been given theirs", "Did it work?", "Too few to say anything: there must be 30 on each side", "Seed")
		if given := s.havePoints(t, people, 105); given != 2 {
			t.Errorf("%d were given something", given)
		}
		owner.post(at+"/cancel").wants(t, http.StatusConflict, at+"/cancel", "It has come too far for that")
		owner.post("/gifts/new", surpriseForm("gives", "2027-01-05T10:00")...)
		owner.post("/gifts/surprises/surprise-2027-01-05/plan")
		owner.post("/gifts/surprises/surprise-2027-01-05/cancel").wants(t, http.StatusOK, "/gifts/surprises/surprise-2027-01-05", "Cancelled", "Nobody was given anything")
		owner.get("/gifts").wants(t, http.StatusOK, "/gifts", "The spring surprise", "Given", "Cancelled")
		owner.get("/trail?action=surprise.").wants(t, http.StatusOK, "/trail", "surprise.planned", "surprise.translated", "surprise.given", "surprise.discarded", "surprise.cancelled")
		owner.get("/gifts/surprises/none").wants(t, http.StatusNotFound, "/gifts/surprises/none", "There is no such surprise")
		for _, role := range account.Roles() {
			may := account.As(account.Person, "x", "x", role.Permissions()...)
			who := s.signedIn(t, owner, role)
			for path, need := range map[string]account.Permission{"/gifts": account.ProgrammeRead, at: account.ProgrammeRead, "/gifts/new": account.ProgrammeWrite} {
				if page := who.get(path); (page.status == http.StatusOK) != may.May(need) {
					t.Errorf("%s: %s with %d", role, path, page.status)
				}
			}
			for _, act := range []string{"/plan", "/cancel", "/discard", "/translations", ""} {
				if page := who.post(at + act); (page.status == http.StatusForbidden) == may.May(account.ProgrammeWrite) {
					t.Errorf("%s does %s with %d", role, act, page.status)
				}
			}
		}
	})
}

// havePoints counts who has so many points.
func (s *shop) havePoints(t *testing.T, who []int64, units int64) (n int) {
	t.Helper()
	if err := s.d.Read(t.Context(), func(tx *db.Tx) error {
		n = 0
		for _, one := range who {
			b, err := points.BalanceOf(tx, one, "points", tx.Now)
			if err != nil {
				return err
			}
			if b.Available == units {
				n++
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestHolidaysAreChosenOnAForm(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		s.greets(t)
		owner.get("/gifts").wants(t, http.StatusOK, "/gifts", "Happy birthday to you", "on your birthday", "after 2 years of membership or more", "Halloween is not in your calendar")
		page := owner.get("/gifts/holidays").wants(t, http.StatusOK, "/gifts/holidays", "Country whose holidays are kept", "Days of your own")
		for says, own := range map[string]string{"Write a day a line": "some day", "There is no such day.": "02-30 Never", "There is a holiday of that name already": "05-17 Ours (easter)", "A name has 1 to 100 characters.": "05-17 " + strings.Repeat("x", 101)} {
			owner.post("/gifts/holidays", page.from(t, "country", "GR", "own", own)...).wants(t, http.StatusUnprocessableEntity, "/gifts/holidays", says, own)
		}
		owner.post("/gifts/holidays", page.from(t, "country", "ZZ")...).wants(t, http.StatusUnprocessableEntity, "/gifts/holidays", "This country is not known")
		owner.post("/gifts/holidays", page.from(t, "country", "GR", "own", "05-17 The day we opened\r\n2027-06-01 A feast (feast)\r\n")...).wants(t, http.StatusOK, "/gifts/holidays", "Saved.", "05-17 The day we opened (own_1)", "2027-06-01 A feast (feast)", "(easter)", "(assumption)")
		page = owner.get("/gifts/holidays")
		owner.post("/gifts/holidays", page.from(t, "country", "GR", "kept", "easter", "kept", "christmas", "shown", "easter", "shown", "christmas", "shown", "womens_day", "own", "05-17 The day we opened (own_1)")...).
			wants(t, http.StatusOK, "/gifts/holidays", "Saved.")
		s.write(t, func(tx *db.Tx) error {
			c, err := holiday.Load(tx)
			if c.Country != "GR" || len(c.Off) != 1 || c.Off[0] != "womens_day" || len(c.Own) != 1 || c.Own[0].Holiday != "own_1" || c.Own[0].Name != "The day we opened" {
				t.Errorf("%+v", c)
			}
			return err
		})
		owner.post("/gifts/holidays", page.from(t, "country", "US")...).wants(t, http.StatusConflict, "/gifts/holidays", "changed")
		owner.get("/gifts").wants(t, http.StatusOK, "/gifts", "Greece", "Easter: next on")
		owner.get("/trail?action=settings.").wants(t, http.StatusOK, "/trail", "holidays")
		s.byRole(t, owner, "/gifts/holidays", account.SettingsRead, account.SettingsWrite, "country", "DE")
	})
}

// A rule on holidays is made by the form too: of those of the calendar.
func TestARuleOnAHolidayIsMadeByAForm(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		s.write(t, func(tx *db.Tx) error {
			c := holiday.Calendar{Country: "GR", Own: []holiday.Own{{Holiday: "our_day", Name: "The day we opened", Month: 5, Day: 17}}}
			return c.Save(tx)
		})
		s.greets(t)
		owner.post("/programme/1/draft")
		owner.get("/programme/2/rules").wants(t, http.StatusOK, "/programme/2/rules", "On a holiday", "Each year on the day a customer joined")
		const at = "/programme/2/rule?on=holiday&give=fixed"
		owner.get(at).wants(t, http.StatusOK, "/programme/2/rule", "For which holidays", "The day we opened", "Easter")
		owner.saves(at, "name", "We opened", "units", "9", "unit", "points").wants(t, http.StatusUnprocessableEntity, "/programme/2/rule", "This must not be empty.")
		owner.saves(at, "name", "We opened", "units", "9", "unit", "points", "holidays", "our_day").
			wants(t, http.StatusOK, "/programme/2", "We opened", "for the holiday: The day we opened")
		owner.saves("/programme/2/rule?on=anniversary&give=fixed", "name", "A year more", "units", "9", "unit", "points").
			wants(t, http.StatusOK, "/programme/2", "A year more", "each year on the day you joined")
	})
}

func TestLettersAboutGiftsAreSwitchedOff(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		silent := func(want bool) {
			t.Helper()
			s.write(t, func(tx *db.Tx) error {
				have, err := gift.LoadSettings(tx)
				if have.Silent != want {
					t.Errorf("silent is %v", have.Silent)
				}
				return err
			})
		}
		page := owner.get("/gifts").wants(t, http.StatusOK, "/gifts", "Tell customers of gifts by mail", `name="letters" value="yes" checked`)
		owner.post("/gifts/letters", page.from(t)...).wants(t, http.StatusOK, "/gifts", "Saved.")
		silent(true)
		owner.post("/gifts/letters", page.from(t, "letters", "yes", "key", "another")...).wants(t, http.StatusConflict, "/gifts/letters", "changed")
		owner.post("/gifts/letters", owner.get("/gifts").from(t, "letters", "yes")...).wants(t, http.StatusOK, "/gifts", "Saved.")
		silent(false)
		cashier := s.signedIn(t, owner, account.Cashier)
		if p := cashier.post("/gifts/letters"); p.status != http.StatusForbidden {
			t.Errorf("a cashier switches letters with %d", p.status)
		}
	})
}

// TestGiftsInABrowser looks at the pages of gifts as people do.
func TestGiftsInABrowser(t *testing.T) {
	t.Parallel()
	s, b := inBrowser(t)
	owner := s.owner(t)
	s.look(t, b, look{name: "gifts-none", path: "/gifts", tag: "en", scheme: "light", width: phone, signedIn: true}, owner)
	s.write(t, func(tx *db.Tx) error { _, err := business.Agree(tx, business.Business{Country: "GR"}); return err })
	s.greets(t)
	var names []string
	for n := range 80 {
		names = append(names, fmt.Sprint("Person-", n))
	}
	people := s.collects(t, names...)
	owner.post("/gifts/new", surpriseForm("name", "A surprise of a rather long name, for the spring", "budget", "200", "hold_out", "10")...)
	owner.post("/gifts/surprises/surprise-2026-01-05/plan")
	s.gives(t)
	facts, err := (&intake.Current{DB: s.d}).Intake(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.write(t, func(tx *db.Tx) error {
		for i, who := range people[:60] {
			if err := s.buysSince(tx, facts, who, i); err != nil {
				return err
			}
		}
		return nil
	})
	owner.post("/gifts/new", surpriseForm("gives", "2027-01-05T10:00", "gifts", "500", "budget", "")...)
	s.looks(t, b, owner, []look{
		{name: "gifts", path: "/gifts", tag: "en", scheme: "light", width: desk},
		{name: "gifts", path: "/gifts", tag: "el", scheme: "dark", width: small},
		{name: "gifts", path: "/gifts", tag: "zh", scheme: "light", width: phone},
		{name: "holidays", path: "/gifts/holidays", tag: "en", scheme: "dark", width: desk},
		{name: "holidays", path: "/gifts/holidays", tag: "mk", scheme: "light", width: small},
		{name: "surprise-new", path: "/gifts/new", tag: "en", scheme: "light", width: desk},
		{name: "surprise-new", path: "/gifts/new", tag: "ru", scheme: "dark", width: small},
		{name: "surprise-draft", path: "/gifts/surprises/surprise-2027-01-05", tag: "en", scheme: "light", width: phone},
		{name: "surprise-draft", path: "/gifts/surprises/surprise-2027-01-05", tag: "mk", scheme: "dark", width: desk},
		{name: "surprise-given", path: "/gifts/surprises/surprise-2026-01-05", tag: "en", scheme: "light", width: desk},
		{name: "surprise-given", path: "/gifts/surprises/surprise-2026-01-05", tag: "ru", scheme: "dark", width: small},
		{name: "surprise-given", path: "/gifts/surprises/surprise-2026-01-05", tag: "el", scheme: "light", width: phone},
	})
}

// buysSince is an order of somebody who was among those who qualified: of who was drawn a larger one.
func (s *shop) buysSince(tx *db.Tx, facts *intake.Intake, who int64, n int) error {
	given, err := gift.GivenTo(tx, []int64{who}, time.UnixMicro(0), 1)
	if err != nil {
		return err
	}
	amount := int64(100 + n)
	if len(given) > 0 {
		amount += 2000
	}
	out, err := facts.Order(tx, intake.Order{Customer: customer.Numbered(who), Order: order.Order{Source: "s", Reference: fmt.Sprint(who), Placed: facts.At(tx.Now.Add(time.Second)), Summed: true,
		Lines: []order.Line{{Product: "tea", Quantity: 1, AmountMinor: amount}}}})
	if err == nil {
		err = out.Err
	}
	return err
}
