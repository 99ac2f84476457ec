package console_test

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"regulars/internal/act/reward"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/intake"
)

// prizes makes rewards of several kinds, and members who take of them.
func (s *shop) prizes(t *testing.T) {
	t.Helper()
	people := s.collects(t, "Ada", "Bob", "Eve")
	facts, err := (&intake.Current{DB: s.d}).Intake(context.WithoutCancel(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	five := int64(5)
	s.write(t, func(tx *db.Tx) error {
		for _, one := range []struct {
			reward.Reward
			left *int64
		}{
			{reward.Reward{Reward: "coffee", Name: "A coffee <on> us", Kind: reward.Product, Terms: []byte(`{"product":"espresso"}`), Unit: "points", Price: 10, GoodDays: 30, PerCustomer: 2, Period: reward.PerMonth,
				Description: "With a biscuit"}, &five},
			{reward.Reward{Reward: "films", Name: "A film", Kind: reward.Gift, Unit: "points", Price: 1, Coding: reward.Coding{Kind: reward.Pool}}, nil},
			{reward.Reward{Reward: "gala", Name: "The gala", Kind: reward.Occasion, Terms: []byte(`{"begins_at":"2030-01-01T18:00:00Z","place":"Upstairs"}`), Until: time.Date(2029, 12, 31, 22, 0, 0, 0, time.UTC)}, &five},
			{reward.Reward{Reward: "old", Name: "Long gone", Kind: reward.FreeDelivery}, nil},
			{reward.Reward{Reward: "tenth", Name: "A tenth off", Kind: reward.Discount, Terms: []byte(`{"percent":10,"minimum_minor":2000}`)}, nil},
		} {
			if _, err := reward.Save(tx, one.Reward, one.left, 0); err != nil {
				return err
			}
		}
		if _, err := reward.AddCodes(tx, "films", []string{"AAA-1", "AAA-2"}); err != nil {
			return err
		}
		desk := facts.Rewards()
		for i, who := range people {
			for _, name := range []string{"coffee", "gala", "old", "films"}[:4-i] {
				r, err := desk.Redeem(tx, reward.Wish{Customer: who, Reward: name, Key: name, Actor: "test"})
				if err == nil && i == 0 && name != "films" {
					_, err = desk.Use(tx, r.Customer, r.ID, "", reward.Who{Actor: "test"})
				}
				if err == nil && i == 2 && name == "coffee" {
					_, err = desk.Refund(tx, r.Customer, r.ID, reward.Who{Actor: "test"})
				}
				if err != nil {
					return err
				}
			}
		}
		return reward.Archive(tx, "old")
	})
}

// takes has somebody take a reward.
func (s *shop) takes(t *testing.T, who int64, name string) {
	t.Helper()
	facts, err := (&intake.Current{DB: s.d}).Intake(context.WithoutCancel(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	s.write(t, func(tx *db.Tx) error {
		_, err := facts.Rewards().Redeem(tx, reward.Wish{Customer: who, Reward: name, Key: "later", Actor: "test"})
		return err
	})
}

// handsIn sends a form with a file, and what is typed beside it.
func (b *reader) handsIn(path, field, file string, typed ...string) shown {
	b.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for i := 0; i < len(typed); i += 2 {
		if err := w.WriteField(typed[i], typed[i+1]); err != nil {
			b.t.Fatal(err)
		}
	}
	if file != "" {
		part, err := w.CreateFormFile(field, "codes.csv")
		if err == nil {
			_, err = part.Write([]byte(file))
		}
		if err != nil {
			b.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.s.URL+path, &body)
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Origin", b.s.URL)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(r)
}

func TestRewardsAreSeenAtWork(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		owner.get("/rewards").wants(t, http.StatusOK, "/rewards", "There are no rewards yet", "/programme/new")
		s.prizes(t)
		list := owner.get("/rewards").wants(t, http.StatusOK, "/rewards", "A coffee <on> us", "A product for nothing", "10 points", "as many as are asked for", "until 31 December 2029",
			"Not offered any more", "Long gone", "Taken in 30 days")
		if strings.Contains(list.text, `<a href="/programme" class="here" aria-current="page"`) {
			t.Error("two places are marked in the bar")
		}
		owner.get("/rewards/coffee").wants(t, http.StatusOK, "/rewards/coffee", "With a biscuit", "espresso", "10 points, good for 30 days, 2 times", "Taken so far</dt><dd>2", "Used so far</dt><dd>1",
			"Ada", "Bob", "Eve", "given back", "taken, not used yet", "The whole list as CSV", `value="3"`)
		owner.get("/rewards/gala").wants(t, http.StatusOK, "/rewards/gala", "Upstairs", "1 January 2030", "Places</dt><dd>5", "Taken so far</dt><dd>3", "Came</dt><dd>1", "Left</dt><dd>2")
		owner.get("/rewards/tenth").wants(t, http.StatusOK, "/rewards/tenth", "10% off", "€20.00", "for nothing", "Nobody has taken it yet")
		if old := owner.get("/rewards/old").wants(t, http.StatusOK, "/rewards/old", "not offered any more", "Ada"); strings.Contains(old.text, "/left") {
			t.Error("how many are left can be said of what is not offered any more")
		}
		owner.get("/rewards/rules").wants(t, http.StatusNotFound, "/rewards/rules", "There is no such reward.")
		file := owner.get("/rewards/coffee/customers.csv").wants(t, http.StatusOK, "/rewards/coffee/customers.csv", "customer_id,name,state,taken_at,used_at", ",Ada,used,", ",Eve,refunded,")
		if n := strings.Count(file.text, "\n"); n != 4 {
			t.Errorf("%d lines:\n%s", n, file.text)
		}
		owner.get("/rewards/none/customers.csv").wants(t, http.StatusNotFound, "/rewards/none/customers.csv")
		if n := s.entries(t, "reward.exported"); n != 1 {
			t.Errorf("%d entries", n)
		}
		for _, role := range account.Roles() {
			may, who := account.As(account.Person, "x", "x", role.Permissions()...), s.signedIn(t, owner, role)
			page := who.get("/rewards/coffee").wants(t, http.StatusOK, "/rewards/coffee")
			if strings.Contains(page.text, "Ada") != (may.May(account.PersonalRead) && may.May(account.PointsRead)) {
				t.Errorf("%s: who has it is shown by name, or is not", role)
			}
			if strings.Contains(page.text, "/customers/cus_") != (may.May(account.CustomersRead) && may.May(account.PointsRead)) {
				t.Errorf("%s: who has it is a link, or is not", role)
			}
			if p := who.get("/rewards/coffee/customers.csv"); (p.status == http.StatusOK) != may.May(account.CustomersExport) || strings.Contains(page.text, "customers.csv") != may.May(account.CustomersExport) {
				t.Errorf("%s has the file with %d", role, p.status)
			}
			for _, act := range []string{"/left", "/codes"} {
				if p := who.post("/rewards/coffee" + act); (p.status == http.StatusForbidden) == may.May(account.ProgrammeWrite) || strings.Contains(page.text, `action="/rewards/coffee/left"`) != may.May(account.ProgrammeWrite) {
					t.Errorf("%s does %s with %d", role, act, p.status)
				}
			}
		}
	})
}

// Whoever says how many are left does not write over what somebody else said, or what was taken, meanwhile.
func TestHowManyAreLeftIsSaid(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		s.prizes(t)
		const at, act = "/rewards/coffee", "/rewards/coffee/left"
		page := owner.get(at)
		for typed, says := range map[string]string{"many": "This is no whole number.", "-1": "Write a number from 0 to 1,000,000,000.", "2000000000": "Write a number from 0 to 1,000,000,000.", "99999999999999999999": "This is no whole number."} {
			owner.post(act, page.formTo(t, act, "left", typed)...).wants(t, http.StatusUnprocessableEntity, act, says, `value="`+typed+`"`)
		}
		for range 2 { // pressed twice it is once
			owner.post(act, page.formTo(t, act, "left", "1 200")...).wants(t, http.StatusOK, at, "Saved.", "1,200")
		}
		if n := s.entries(t, "reward.saved"); n != 1 {
			t.Errorf("%d entries", n)
		}
		page = owner.get(at)
		s.takes(t, s.collects(t, "Zoe")[0], "coffee")
		late := owner.post(act, page.formTo(t, act, "left", "7")...).wants(t, http.StatusConflict, act, "Somebody else changed this meanwhile", "By now it is: 1199", `value="7"`)
		owner.post(act, late.formTo(t, act, "left", "7")...).wants(t, http.StatusOK, at, "Left</dt><dd>7")
		owner.post(act, owner.get(at).formTo(t, act, "left", "")...).wants(t, http.StatusOK, at, "as many as are asked for")
		page = owner.get(at)
		s.write(t, func(tx *db.Tx) error { return reward.Archive(tx, "coffee") })
		owner.post(act, page.formTo(t, act, "left", "9")...).wants(t, http.StatusConflict, act, "cannot be had at this time")
	})
}

func TestCodesAreHandedIn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		s.prizes(t)
		const at, act = "/rewards/films", "/rewards/films/codes"
		owner.get(at).wants(t, http.StatusOK, at, "from a list that you hand in", "Left</dt><dd>1", "Hand in codes")
		owner.handsIn(act, "file", "").wants(t, http.StatusUnprocessableEntity, act, "This must not be empty.")
		owner.handsIn(act, "file", "", "codes", "BBB-1\nB!").wants(t, http.StatusUnprocessableEntity, act, "“B!” is no code", "BBB-1")
		owner.handsIn(act, "file", "", "codes", strings.Repeat("A", 2<<20)).wants(t, http.StatusUnprocessableEntity, act, "more than the form can hold")
		var many strings.Builder
		for i := range reward.MostCodes + 1 {
			fmt.Fprintf(&many, "M%d\n", i+100000)
		}
		owner.handsIn(act, "file", many.String()).wants(t, http.StatusUnprocessableEntity, act, "more than 10,000 codes")
		owner.handsIn(act, "file", "CCC-1,gold\r\n\"CCC-2\";x\r\n", "codes", "BBB-1\n\nbbb 1\nAAA-1").wants(t, http.StatusOK, at, "3 new codes. 2 were there already", "Left</dt><dd>4")
		owner.handsIn(act, "file", "", "codes", "BBB-1").wants(t, http.StatusOK, at, "0 new codes. 1 was there already")
		owner.handsIn("/rewards/coffee/codes", "file", "", "codes", "BBB-1").wants(t, http.StatusConflict, "/rewards/coffee/codes", "no list of codes")
		owner.handsIn("/rewards/none/codes", "file", "", "codes", "BBB-1").wants(t, http.StatusNotFound, "/rewards/none/codes")
		// Pressed twice it is answered alike; with another file it is another form.
		form := owner.get(at).formTo(t, act, "codes", "DDD-1")
		for range 2 {
			owner.handsIn(act, "file", "DDD-2", form...).wants(t, http.StatusOK, at, "2 new codes.")
		}
		owner.handsIn(act, "file", "DDD-3", form...).wants(t, http.StatusOK, at, "1 new code.", "1 was there already")
		if n := s.entries(t, "reward.codes_added"); n != 4 {
			t.Errorf("%d entries", n)
		}
	})
}

// Page by page and in the file everybody who has a reward is there once.
func TestAllWhoHaveARewardAreListedOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		var names []string
		for i := range 53 {
			names = append(names, fmt.Sprintf("Guest%02d", i))
		}
		people := s.collects(t, names...)
		s.write(t, func(tx *db.Tx) error {
			_, err := reward.Save(tx, reward.Reward{Reward: "sock", Name: "A sock", Kind: reward.Gift}, nil, 0)
			return err
		})
		for _, who := range people {
			s.takes(t, who, "sock")
		}
		first := owner.get("/rewards/sock")
		second := owner.get(strings.ReplaceAll(first.linkWith(t, "opened="), "&amp;", "&"))
		file := owner.get("/rewards/sock/customers.csv")
		for i, name := range names {
			if strings.Contains(first.text, name) == strings.Contains(second.text, name) || strings.Contains(first.text, name) != (i >= 3) || strings.Count(file.text, name) != 1 {
				t.Errorf("%s is on no page, or on two", name)
			}
		}
	})
}

// linkWith is the first link of a page whose address has something.
func (p shown) linkWith(t *testing.T, part string) string {
	t.Helper()
	for _, m := range barLink.FindAllStringSubmatch(p.text, -1) {
		if strings.Contains(m[1], part) {
			return m[1]
		}
	}
	t.Fatalf("%s has no link with %s:\n%s", p.path, part, p.text)
	return ""
}

func TestRewardsInABrowser(t *testing.T) {
	t.Parallel()
	s, b := inBrowser(t)
	owner := s.owner(t)
	s.prizes(t)
	s.looks(t, b, owner, []look{
		{name: "rewards", path: "/rewards", tag: "en", scheme: "light", width: desk},
		{name: "rewards", path: "/rewards", tag: "el", scheme: "dark", width: phone},
		{name: "reward", path: "/rewards/gala", tag: "en", scheme: "dark", width: desk},
		{name: "reward", path: "/rewards/coffee", tag: "ru", scheme: "light", width: phone},
		{name: "reward-codes", path: "/rewards/films", tag: "mk", scheme: "light", width: small},
		{name: "reward-codes", path: "/rewards/films", tag: "zh", scheme: "dark", width: phone},
	})
}
