package intake_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"regulars/internal/act/draw"
	"regulars/internal/act/member"
	"regulars/internal/act/points"
	"regulars/internal/act/programme"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
	"regulars/internal/base/secret"
	"regulars/internal/record/customer"
	"regulars/internal/record/order"
)

const entering = `{"name": "E", "starts": "2026-01-01", "units": [{"unit": "points", "allows_debt": true}], "rules": [
	{"rule": "large", "name": "An entry for large orders", "if": "order.amount >= 10.0", "effect": {"entries": {"draw": "may", "entries": 2}}},
	{"rule": "joined", "name": "An entry for joining", "on": "sign_up", "effect": {"entries": {"draw": "may", "entries": 1}}},
	{"rule": "once", "name": "One a day", "limit": {"times": 1, "period": "day"}, "lines": "line.category == 'tea'", "effect": {"entries": {"draw": "may", "entries": 1}}}]}`

// drawn publishes a draw that takes entries by rules, and is open for a month from now.
func (c *club) drawn(key string, most int64) *draw.Desk {
	c.t.Helper()
	desk := c.Draws(secret.New(bytes.Repeat([]byte{3}, 32)))
	if err := c.write(func(tx *db.Tx) error {
		_, err := draw.Save(tx, draw.Draw{Draw: key, Name: "A draw", Opens: c.now(), Closes: c.now().Add(30 * 24 * time.Hour), Prizes: []draw.Prize{{Name: "A cake", Count: 1}}, Rules: &draw.Rules{Most: most},
			Translations: locale.Translations{"mk": {"A draw": "Извлекување"}}}, "usr_1", 0)
		if err == nil {
			_, err = desk.Publish(tx, key, "usr_2")
		}
		return err
	}); err != nil {
		c.t.Fatal(err)
	}
	return desk
}

// Rules put entries into a draw while it is open, as many as are due for what is left; once the list is frozen they stay.
func TestRulesGiveEntries(t *testing.T) {
	t.Parallel()
	eachClub(t, entering, func(t *testing.T, c *club) {
		t.Helper()
		before := c.buys("ada", "0", nil, line("x", "y", 1, 2000))
		if r := c.why(before, "large"); r.Why != programme.DrawClosed || r.Gave() {
			t.Errorf("before there is a draw: %+v", r)
		}
		c.pass(time.Hour)
		desk := c.drawn("may", 5)
		ada := before.Customer
		stands := func(what string, want int64) {
			t.Helper()
			if o := c.stood(desk, "may", ada); o.Rules != want {
				t.Errorf("%s: %d entries, want %d", what, o.Rules, want)
			}
		}
		c.buys("ada", "0", func(o *order.Order) { o.Placed = c.At(c.now().Add(-time.Hour)) }, line("x", "y", 1, 2100))
		stands("an order from before it opened", 0)
		one := c.buys("ada", "1", nil, line("x", "y", 2, 2000))
		stands("an order", 2)
		if r := c.why(one, "large"); !r.Gave() || r.Entries != 2 || r.Draw != "may" {
			t.Errorf("%+v", r)
		}
		c.returns("R1", "1", order.ReturnLine{Line: 1, Quantity: 1.2, AmountMinor: 1200})
		stands("after a return", 0)
		c.buys("ada", "2", nil, line("x", "y", 1, 1000))
		c.buys("ada", "2", func(o *order.Order) { o.State = order.Cancelled }, line("x", "y", 1, 1000))
		stands("cancelled", 0)
		c.buys("ada", "2", nil, line("x", "y", 1, 1000))
		stands("and placed again", 2)
		c.buys("ada", "3", nil, line("oolong", "tea", 1, 500))
		c.buys("ada", "4", nil, line("mint", "tea", 1, 500))
		stands("once a day", 3)
		c.buys("ada", "3", func(o *order.Order) { o.State = order.Cancelled }, line("oolong", "tea", 1, 500))
		c.buys("ada", "5", nil, line("mint", "tea", 1, 500))
		stands("another instead of it", 3)
		if err := c.write(func(tx *db.Tx) error {
			if err := member.Join(tx, ada, "web"); err != nil {
				return err
			}
			return c.Programme().Joined(tx, ada)
		}); err != nil {
			t.Fatal(err)
		}
		stands("joined", 4)
		last := c.buys("ada", "6", nil, line("x", "y", 1, 1000))
		stands("no more than the most", 5)
		c.pass(30 * 24 * time.Hour)
		if r := c.why(c.buys("ada", "late", nil, line("x", "y", 1, 5000)), "large"); r.Why != programme.DrawClosed {
			t.Errorf("after the close: %+v", r)
		}
		s, err := desk.Close(t.Context(), c.d, "may", silent)
		if err != nil || s.Entrants != 1 || s.Entries != 5 {
			t.Errorf("%+v, %v", s, err)
		}
		c.buys("ada", "6", func(o *order.Order) { o.State, o.Placed = order.Cancelled, c.At(c.now().Add(-30*24*time.Hour)) }, line("x", "y", 1, 1000))
		if r := c.why(last, "large"); r.Entries != 2 || !r.Gave() {
			t.Errorf("what is on a frozen list stays, and is said: %+v", r)
		}
		if s, err = desk.Draw(t.Context(), c.d, "may", silent); err != nil || s.Entries != 5 {
			t.Errorf("%+v, %v", s, err)
		}
		stands("drawn", 5)
		if says := c.says([]int64{ada}, programme.ForMember, ""); !strings.Contains(says, "An entry for large orders: 2 entries in the prize draw A draw") || strings.Contains(says, "may") {
			t.Errorf("the draw is called by its key: %s", says)
		}
		c.drawSound()
	})
}

// Orders while the draw is closed by another: whoever is told of entries is on the list with them.
func TestEntriesWhileItCloses(t *testing.T) {
	t.Parallel()
	eachClub(t, entering, func(t *testing.T, c *club) {
		t.Helper()
		desk := c.drawn("may", 100)
		c.pass(30*24*time.Hour - time.Second)
		var wait sync.WaitGroup
		var told [8]int64
		for i := range told {
			wait.Go(func() {
				out := c.buys(fmt.Sprint("p", i), fmt.Sprint(i), nil, line("x", "y", 1, 1000))
				told[i] = c.why(out, "large").Entries
			})
		}
		wait.Go(func() { c.pass(time.Second) })
		wait.Go(func() {
			for range 20 {
				if _, err := desk.Close(t.Context(), c.d, "may", silent); err == nil {
					return
				}
				time.Sleep(5 * time.Millisecond)
			}
		})
		wait.Wait()
		s, err := desk.Close(t.Context(), c.d, "may", silent)
		var sum int64
		for _, n := range told {
			sum += n
		}
		if err != nil || s.Entries != sum {
			t.Errorf("%d entries on the list, told %v: %v", s.Entries, told, err)
		}
		c.drawSound()
	})
}

// Who is erased before the list is frozen is not on it.
func TestEntriesOfWhoIsErased(t *testing.T) {
	t.Parallel()
	eachClub(t, entering, func(t *testing.T, c *club) {
		t.Helper()
		desk := c.drawn("may", 5)
		ada := c.buys("ada", "1", nil, line("x", "y", 1, 1000)).Customer
		c.buys("bob", "2", nil, line("x", "y", 1, 1000))
		if _, err := c.By(account.System("test")).Erase(t.Context(), c.d, customer.Numbered(ada)); err != nil {
			t.Fatal(err)
		}
		c.pass(30 * 24 * time.Hour)
		if s, err := desk.Close(t.Context(), c.d, "may", silent); err != nil || s.Entrants != 1 || s.Entries != 2 {
			t.Errorf("%+v, %v", s, err)
		}
		c.drawSound()
	})
}

const opening = `{"name": "O", "starts": "2026-01-01", "units": [{"unit": "points", "allows_debt": true}], "rules": [],
	"tiers": {"by": "spend", "window": "months", "months": 12, "levels": [{"tier": "basic", "name": "Basic", "from": 0}, {"tier": "gold", "name": "Gold", "from": 10000}]},
	"rewards": [{"reward": "pass", "name": "A pass", "kind": "early_access", "terms": {"from": "2026-03-01T00:00:00Z", "until": "2026-03-20T12:00:00Z"}, "codes": {"kind": "unique"}}],
	"access": [
		{"access": "spring", "name": "Spring sale", "from": "2026-03-01", "until": "2026-03-31", "tiers": ["gold"], "if": "customer.orders >= 3", "rewards": ["pass"]},
		{"access": "summer", "name": "Summer sale", "from": "2026-06-01"},
		{"access": "club", "name": "Club evening"}]}`

func (c *club) access(who int64, name string) (e programme.Entry) {
	c.t.Helper()
	if err := c.d.Read(c.t.Context(), func(tx *db.Tx) error {
		all, err := c.Programme().AccessOf(tx, who, name)
		if err == nil {
			e = all[0]
		}
		return err
	}); err != nil {
		c.t.Fatal(err)
	}
	return e
}

func TestEarlyAccess(t *testing.T) {
	t.Parallel()
	eachClub(t, opening, func(t *testing.T, c *club) {
		t.Helper()
		wants := func(what string, who int64, name string, granted bool, why programme.Ground, detail string) {
			t.Helper()
			if e := c.access(who, name); e.Granted != granted || e.Why != why || e.Detail != detail {
				t.Errorf("%s: %v because of %s %q, want %v because of %s %q", what, e.Granted, e.Why, e.Detail, granted, why, detail)
			}
		}
		cake := line("cake", "food", 1, 500)
		ada := c.buys("ada", "1", nil, cake).Customer
		wants("one order", ada, "spring", false, programme.NotGranted, "")
		wants("not begun", ada, "summer", false, programme.NotYet, "")
		c.buys("ada", "2", nil, cake)
		c.buys("ada", "3", nil, cake)
		wants("three orders", ada, "spring", true, programme.ByCondition, "")
		bob := c.buys("bob", "4", nil, line("cake", "food", 20, 10000)).Customer
		wants("in gold", bob, "spring", true, programme.ByTier, "Gold")
		if e := c.access(bob, "spring"); e.Until.In(c.Business.Zone).Format(time.DateTime) != "2026-04-01 00:00:00" {
			t.Errorf("until %s", e.Until)
		}
		c.returns("R", "4", order.ReturnLine{Line: 1, Quantity: 10, AmountMinor: 5000})
		wants("out of gold", bob, "spring", false, programme.NotGranted, "")
		if err := c.write(func(tx *db.Tx) error { _, err := c.Rewards().Redeem(tx, wish(bob, "pass")); return err }); err != nil {
			t.Fatal(err)
		}
		wants("with a pass", bob, "spring", true, programme.ByReward, "A pass")
		if e := c.access(bob, "spring"); !e.Until.Equal(time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC)) {
			t.Errorf("until %s", e.Until)
		}
		wants("by hand only", bob, "club", false, programme.NotGranted, "")
		grant := func(name string, until time.Time, reason string) error {
			return c.write(func(tx *db.Tx) error { return c.Programme().Grant(tx, bob, name, until, "usr_1", reason) })
		}
		if err := grant("club", time.Time{}, "a friend"); err != nil {
			t.Fatal(err)
		}
		wants("by hand", bob, "club", true, programme.ByHand, "a friend")
		if e := c.access(bob, "club"); !e.Until.Equal(points.Never) {
			t.Errorf("until %s", e.Until)
		}
		if err := grant("club", c.now().Add(time.Hour), "for an hour"); err != nil {
			t.Fatal(err)
		}
		for what, err := range map[string]error{"access_not_found": grant("winter", time.Time{}, "x"), "required": grant("club", time.Time{}, " "), "in_the_past": grant("club", c.now(), "x")} {
			var f *fault.Fault
			if !errors.As(err, &f) || f.Code != what {
				t.Errorf("%s: %v", what, err)
			}
		}
		c.pass(2 * time.Hour)
		wants("after the hour", bob, "club", false, programme.NotGranted, "")
		if err := grant("club", time.Time{}, "again"); err != nil {
			t.Fatal(err)
		}
		if err := c.write(func(tx *db.Tx) error { _, err := programme.Revoke(tx, []int64{bob}, "club"); return err }); err != nil {
			t.Fatal(err)
		}
		wants("taken back", bob, "club", false, programme.NotGranted, "")
		c.us.Store(time.Date(2026, 4, 2, 9, 0, 0, 0, time.UTC).UnixMicro())
		wants("over", ada, "spring", false, programme.Ended, "")
	})
}

func TestWhatAnAccessMayNotBe(t *testing.T) {
	t.Parallel()
	change := func(old, next string) string { return strings.Replace(opening, old, next, 1) }
	for _, one := range []struct{ what, document, field, says string }{
		{"there twice", change(`"access": "club"`, `"access": "spring"`), "access[2].access", "twice"},
		{"no name", change(`"Club evening"`, `" "`), "access[2].name", "needs a name"},
		{"a name with capitals", change(`"access": "club"`, `"access": "Club"`), "access[2].access", "small Latin"},
		{"a day that is none", change(`"2026-06-01"`, `"June"`), "access[1].from", "no day"},
		{"ends before it begins", change(`"2026-03-31"`, `"2026-02-01"`), "access[0].until", "before it begins"},
		{"a tier that is none", change(`["gold"]`, `["silver"]`), "access[0].tiers[0]", "no tier"},
		{"a segment that is none", change(`"tiers": ["gold"]`, `"segments": ["kings"]`), "access[0].segments[0]", "no segment"},
		{"a reward of another kind", change(`["pass"]`, `["cup"]`), "access[0].rewards[0]", "no reward"},
		{"a condition on an order", change(`customer.orders >= 3`, `order.amount > 3.0`), "access[0].if", "without an order"},
		{"a condition that cannot be read", change(`customer.orders >= 3`, `customer.orders >=`), "access[0].if", "at sign"},
	} {
		d, err := programme.Parse([]byte(one.document))
		if err == nil {
			_, err = programme.Compile(d, 0, time.UTC)
		}
		var f *fault.Fault
		if !errors.As(err, &f) || f.Field != one.field || !strings.Contains(f.Message, one.says) {
			t.Errorf("%s: %v, %+v", one.what, err, f)
		}
	}
}
