package intake_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"regulars/internal/act/gift"
	"regulars/internal/act/member"
	"regulars/internal/act/programme"
	"regulars/internal/act/reward"
	"regulars/internal/base/account"
	"regulars/internal/base/channel/channeltest"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
	"regulars/internal/base/secret"
	"regulars/internal/intake"
	"regulars/internal/record/customer"
	"regulars/internal/record/holiday"
)

// springtime is a surprise that is given in an hour.
func (c *club) springtime() gift.Surprise {
	return gift.Surprise{Surprise: "spring", Name: "A spring surprise", Unit: "points", Units: 50, Gifts: 3, HoldOut: 20, Gives: c.now().Add(time.Hour)}
}

// plans plans a surprise, and lets its time come.
func (c *club) plans(t *testing.T, s gift.Surprise) {
	t.Helper()
	if err := c.write(func(tx *db.Tx) error {
		if _, err := gift.Save(tx, s, "usr_1", 0); err != nil {
			return err
		}
		_, _, err := gift.Plan(tx, s.Surprise)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	c.pass(2 * time.Hour)
}

// lots are the gifts of people under one cause, by lot.
func (c *club) lots(t *testing.T, key string, who ...int64) map[gift.Lot][]int64 {
	t.Helper()
	lots := map[gift.Lot][]int64{}
	if err := c.d.Read(t.Context(), func(tx *db.Tx) error {
		for _, n := range who {
			all, err := gift.Of(tx, []int64{n}, time.UnixMicro(0), 100)
			if err != nil {
				return err
			}
			for i := range all {
				if all[i].Cause == gift.CauseOf(key) {
					lots[all[i].Lot] = append(lots[all[i].Lot], n)
				}
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return lots
}

func (c *club) giftsSound(t *testing.T) {
	t.Helper()
	for _, check := range gift.Checks() {
		if found, err := check.Run(t.Context(), c.d); err != nil || found.N != 0 {
			t.Errorf("%s: %d, for example %s (%v)", check.Key, found.N, found.Example, err)
		}
	}
}

func TestASurpriseIsGivenOnceToThoseWhoQualify(t *testing.T) {
	t.Parallel()
	eachClub(t, collecting, func(t *testing.T, c *club) {
		t.Helper()
		var all []int64
		for n := range 10 {
			all = append(all, c.buys(fmt.Sprint("c", n), fmt.Sprint(n), nil, line("cake", "food", 1, 1000)).Customer)
		}
		poor := c.person("poor") // has never ordered
		s := c.springtime()
		s.Who = gift.Who{Orders: 1, Condition: "customer.spend >= 5.0"}
		e, err := c.Gifts().Estimate(t.Context(), c.d, &s)
		if err != nil || e.Qualified != 10 || e.Gifts != 3 || e.Held != 2 || e.AtMost || e.Left != -1 {
			t.Fatalf("%+v, %v", e, err)
		}
		if err := c.Gifts().Give(t.Context(), c.d, "spring"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("what is not there is given: %v", err)
		}
		if err := c.write(func(tx *db.Tx) error { _, err := gift.Save(tx, s, "usr_1", 0); return err }); err != nil {
			t.Fatal(err)
		}
		if err := c.Gifts().Give(t.Context(), c.d, "spring"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a draft is given: %v", err)
		}
		c.plans(t, s)
		late := c.buys("late", "late", nil, line("cake", "food", 1, 1000)).Customer // qualifies too, until the list is frozen
		all = append(all, late)
		var wait sync.WaitGroup
		failed := make([]error, 3)
		for i := range failed { // three processes at once, each with a desk of its own
			wait.Go(func() { failed[i] = c.Gifts().Due(t.Context(), c.d) })
		}
		wait.Wait()
		if err := errors.Join(failed...); err != nil {
			t.Fatal(err)
		}
		if err := c.Gifts().Due(t.Context(), c.d); err != nil {
			t.Fatal(err)
		}
		lots := c.lots(t, "spring", append(all, poor)...)
		if len(lots[gift.Gifted]) != 3 || len(lots[gift.HeldOut]) != 2 || len(lots[gift.NotDrawn]) != 6 {
			t.Fatalf("%v", lots)
		}
		for _, who := range append(all, poor) {
			points := int64(0)
			if who != poor {
				points = 10
			}
			if slices.Contains(lots[gift.Gifted], who) {
				points += 50
				why := 0
				c.explains(t, who, func(o *programme.Outcome) {
					if o.Cause == "surprise:spring" && o.Results[0].Name == "A spring surprise" && o.Results[0].Units == 50 {
						why++
					}
				})
				if why != 1 {
					t.Errorf("why %d was given it is said %d times", who, why)
				}
			}
			c.wants(who, "points", points)
		}
		var stored gift.Stored
		if err := c.d.Read(t.Context(), func(tx *db.Tx) (err error) { stored, err = gift.Load(tx, "spring"); return err }); err != nil ||
			stored.State != gift.Given || len(stored.Seed) != 64 || stored.Qualified != 11 || stored.Ended.IsZero() {
			t.Errorf("%+v, %v", stored, err)
		}
		for name, do := range map[string]func(tx *db.Tx) error{
			"changed":   func(tx *db.Tx) error { _, err := gift.Save(tx, s, "usr_1", 0); return err },
			"planned":   func(tx *db.Tx) error { _, _, err := gift.Plan(tx, "spring"); return err },
			"cancelled": func(tx *db.Tx) error { _, _, err := gift.Cancel(tx, "spring"); return err },
			"discarded": func(tx *db.Tx) error { return gift.Discard(tx, "spring") },
		} {
			if err := c.write(do); fault.KindOf(err) != fault.Conflict {
				t.Errorf("once given it is %s: %v", name, err)
			}
		}
		c.giftsSound(t)
		// Who tampers is found.
		if err := c.write(func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE gifts SET state = 'not_drawn' WHERE customer_id = $1", lots[gift.Gifted][0])
			return err
		}); err != nil {
			t.Fatal(err)
		}
		for _, check := range gift.Checks() {
			if found, err := check.Run(t.Context(), c.d); err != nil || found.N != 1 {
				t.Errorf("%s finds %d, %v", check.Key, found.N, err)
			}
		}
	})
}

func TestWhatBothBoughtSinceIsCompared(t *testing.T) {
	t.Parallel()
	eachClub(t, collecting, func(t *testing.T, c *club) {
		t.Helper()
		var all []int64
		for n := range 12 {
			all = append(all, c.buys(fmt.Sprint("c", n), fmt.Sprint(n), nil, line("cake", "food", 1, 1000)).Customer)
		}
		s := c.springtime()
		s.Gifts, s.HoldOut = 6, 50
		c.plans(t, s)
		if err := c.Gifts().Due(t.Context(), c.d); err != nil {
			t.Fatal(err)
		}
		c.pass(time.Hour)
		lots := c.lots(t, "spring", all...)
		for _, who := range lots[gift.Gifted][:4] {
			c.buys(fmt.Sprint("c", slices.Index(all, who)), fmt.Sprint("more", who), nil, line("cake", "food", 1, 700))
		}
		c.buys(fmt.Sprint("c", slices.Index(all, lots[gift.HeldOut][0])), "more", nil, line("cake", "food", 1, 900))
		var e gift.Effect
		if err := c.d.Read(t.Context(), func(tx *db.Tx) error {
			stored, err := gift.Load(tx, "spring")
			if err == nil {
				e, err = gift.EffectOf(tx, &stored)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if e.With.Customers != 6 || e.With.Came != 4 || e.With.Minor != 2800 || e.Without.Customers != 6 || e.Without.Came != 1 || e.Without.Minor != 900 {
			t.Errorf("%+v", e)
		}
		if e.PaidVerdict != "too_few" || e.CameVerdict != "too_few" {
			t.Errorf("of six and six it is said: %s, %s", e.PaidVerdict, e.CameVerdict)
		}
	})
}

func TestARewardIsGivenForNothingAsLongAsThereIsOne(t *testing.T) {
	t.Parallel()
	eachClub(t, collecting, func(t *testing.T, c *club) {
		t.Helper()
		var all []int64
		for n := range 5 {
			all = append(all, c.person(fmt.Sprint("c", n)))
		}
		two := int64(2)
		if err := c.write(func(tx *db.Tx) error {
			_, err := reward.Save(tx, reward.Reward{Reward: "coffee", Name: "A coffee", Kind: reward.Product, Unit: "points", Price: 500, GoodDays: 30, PerCustomer: 1,
				Terms: []byte(`{"product":"espresso"}`), Coding: reward.Coding{Kind: reward.Unique}}, &two, 0)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		s := c.springtime()
		s.Unit, s.Units, s.Reward, s.Gifts = "", 0, "coffee", 4
		if e, err := c.Gifts().Estimate(t.Context(), c.d, &s); err != nil || e.Left != 2 || e.Gifts != 4 || e.Held != 1 {
			t.Fatalf("%+v, %v", e, err)
		}
		c.plans(t, s)
		if err := c.Gifts().Due(t.Context(), c.d); err != nil {
			t.Fatal(err)
		}
		lots := c.lots(t, "spring", all...)
		if len(lots[gift.Gifted]) != 2 || len(lots[gift.Missed]) != 2 || len(lots[gift.HeldOut]) != 1 {
			t.Errorf("%v", lots)
		}
		if n := c.number("SELECT count(*) FROM redemptions WHERE state = 'issued' AND units = 0 AND code <> ''"); n != 2 {
			t.Errorf("%d codes were given", n)
		}
		for _, check := range reward.Checks() {
			if found, err := check.Run(t.Context(), c.d); err != nil || found.N != 0 {
				t.Errorf("%s: %d, %v", check.Key, found.N, err)
			}
		}
		c.giftsSound(t)
	})
}

// reads makes a customer with a name, a language and an e-mail, who agreed to letters or not.
func (c *club) reads(t *testing.T, name, language string, agreed bool) int64 {
	t.Helper()
	p := intake.Customer{Identities: []customer.Identity{{Kind: customer.OwnID, Value: name}, {Kind: customer.Email, Value: strings.ToLower(name) + "@example.com"}},
		Profile: customer.Profile{GivenName: name, Language: language, Birthday: customer.Birthday{Month: 3, Day: 4}}}
	var who int64
	if err := c.write(func(tx *db.Tx) error {
		out, err := c.Customer(tx, p)
		if err == nil {
			err = out.Err
		}
		if who = out.Customer; err != nil || !agreed {
			return err
		}
		_, err = c.Consent(tx, customer.Numbered(who), customer.Consent{Channel: member.NewsChannel, Purpose: member.NewsPurpose, Granted: true, Wording: "Yes", Source: "test", Given: c.now()})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return who
}

func TestAGiftIsToldByNameAndInTheLanguageOfTheCustomer(t *testing.T) {
	t.Parallel()
	const document = `{"name":"B","units":[{"unit":"points"}],"rules":[{"rule":"b","name":"Happy birthday","on":"birthday","effect":{"fixed":{"unit":"points","units":50}}},
		{"rule":"h","name":"Opening","on":"holiday","holidays":["our_day"],"effect":{"fixed":{"unit":"points","units":7}}}]}`
	eachClub(t, strings.ReplaceAll(document, "our_day", "easter"), func(t *testing.T, c *club) {
		t.Helper()
		if err := c.write(func(tx *db.Tx) error {
			calendar := holiday.Calendar{Own: []holiday.Own{{Holiday: "our_day", Name: "The day we opened", Month: 3, Day: 5}}}
			return errors.Join(calendar.Save(tx), member.Save(tx, member.Settings{Open: true}))
		}); err != nil {
			t.Fatal(err)
		}
		c.publish(document)
		box, server := channeltest.Serve(t)
		g := &gift.Greeter{Store: c.d, Post: account.Post{Box: secret.New(bytes.Repeat([]byte{3}, 32))}, Public: func() string { return "https://shop.example/" }}
		olga := c.reads(t, "Olga", "ru", true)
		c.reads(t, "Ann", "en", true)
		c.reads(t, "Nikos", "", true) // of whom nobody knows the language: in Greece he reads Greek
		c.reads(t, "Bob", "en", false)
		round := func() []channeltest.Letter {
			t.Helper()
			before := len(box.Letters())
			for range 2 {
				if err := g.Round(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			return box.Letters()[before:]
		}
		c.keeps(t, 1) // 4 March
		if got := round(); len(got) != 0 {
			t.Errorf("without a mail server %d letters were sent", len(got))
		}
		g.Post.Fixed = &server
		got := round()
		want := map[string][]string{"olga@example.com": {"с днём рождения", "Olga, здравствуйте!", "50 баллов"}, "ann@example.com": {"Happy birthday", "Hello Ann,", "50 points"},
			"nikos@example.com": {"Χρόνια πολλά", "Nikos", "50 πόντοι"}}
		if len(got) != 3 {
			t.Fatalf("%d letters: %+v", len(got), got)
		}
		for _, l := range got {
			for _, part := range append(want[l.To], "https://shop.example/my/", "https://shop.example/my/profile") {
				if whole := l.Subject + "\n" + l.Text; !strings.Contains(whole, part) || len(want[l.To]) == 0 {
					t.Errorf("%s is not told %q: %s", l.To, part, whole)
				}
			}
		}
		// Who takes the consent back gets no more; who has been erased neither.
		if err := c.write(func(tx *db.Tx) error {
			_, err := c.Consent(tx, customer.Numbered(olga), customer.Consent{Channel: member.NewsChannel, Purpose: member.NewsPurpose, Wording: "No", Source: "test", Given: c.now().Add(time.Minute)})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		c.keeps(t, 1) // 5 March, the day of their own
		if _, err := c.Erase(t.Context(), c.d, customer.Identity{Kind: customer.OwnID, Value: "Ann"}); err != nil {
			t.Fatal(err)
		}
		if got = round(); len(got) != 1 || got[0].To != "nikos@example.com" || !strings.Contains(got[0].Subject, "The day we opened") {
			t.Errorf("%+v", got)
		}
		// What went wrong at the server is tried again, and once it is late no more; a setting ends all letters.
		s := c.springtime()
		s.Gifts, s.HoldOut, s.Translations = 10, 0, locale.Translations{"el": {s.Name: "Μια ανοιξιάτικη έκπληξη"}}
		c.plans(t, s)
		if err := c.Gifts().Due(t.Context(), c.d); err != nil {
			t.Fatal(err)
		}
		gone := server
		gone.Port = 1
		g.Post.Fixed = &gone
		if err := g.Round(t.Context()); err == nil {
			t.Error("a server that is not there took a letter")
		}
		g.Post.Fixed = &server
		if got = round(); len(got) != 1 || !strings.Contains(got[0].Subject, "Μια ανοιξιάτικη έκπληξη") {
			t.Errorf("%+v", got)
		}
		for name, silence := range map[string]func(){
			"late":   func() { c.pass(40 * time.Hour) },
			"silent": func() {},
		} {
			s.Surprise = name
			if err := c.write(func(tx *db.Tx) error { return gift.Settings{Silent: name == "silent"}.Save(tx) }); err != nil {
				t.Fatal(err)
			}
			s.Gives = c.now().Add(time.Hour)
			c.plans(t, s)
			if err := c.Gifts().Due(t.Context(), c.d); err != nil {
				t.Fatal(err)
			}
			silence()
			if got = round(); len(got) != 0 {
				t.Errorf("%s: %+v", name, got)
			}
		}
		if n := c.number("SELECT count(*) FROM gifts WHERE greeting = 'waiting'"); n != 0 {
			t.Errorf("%d letters wait for ever", n)
		}
	})
}
