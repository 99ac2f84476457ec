package intake_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/act/byhand"
	"regulars/internal/act/draw"
	"regulars/internal/act/gift"
	"regulars/internal/act/member"
	"regulars/internal/act/packaging"
	"regulars/internal/act/points"
	"regulars/internal/act/programme"
	"regulars/internal/act/reward"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/intake"
	"regulars/internal/record/check"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/order"
	"regulars/internal/record/schema"
)

const everything = `{"name": "E", "starts": "2026-01-01", "units": [{"unit": "points", "allows_debt": true}],
	"rules": [
		{"rule": "rate", "name": "Points", "if": "customer.attributes['town'] != 'elsewhere'", "effect": {"rate": {"unit": "points", "units": 1, "per_minor": 100}}},
		{"rule": "lot", "name": "A lot", "effect": {"entries": {"draw": "open", "entries": 1}}},
		{"rule": "lots", "name": "A lot", "effect": {"entries": {"draw": "frozen", "entries": 1}}},
		{"rule": "birthday", "name": "Happy birthday", "on": "birthday", "effect": {"fixed": {"unit": "points", "units": 7}}},
		{"rule": "friend", "name": "A friend", "on": "referral", "effect": {"fixed": {"unit": "points", "units": 20}}},
		{"rule": "came", "name": "Came", "on": "referred", "effect": {"fixed": {"unit": "points", "units": 5}}}],
	"referral": {},
	"rewards": [{"reward": "cake", "name": "A cake", "kind": "product", "terms": {"product": "cake"}, "unit": "points", "price": 10, "codes": {"kind": "unique"}}],
	"challenges": [
		{"challenge": "three", "name": "Three orders", "count": "orders", "target": 3, "from": "2026-03-01", "gives": {"unit": "points", "units": 50}},
		{"challenge": "two", "name": "Two days", "count": "visits", "target": 2, "window": "week", "from": "2026-03-01", "gives": {"reward": "cake"}}],
	"access": [{"access": "spring", "name": "Spring sale"}]}`

// sound runs every check of the data that there is, as the command does.
func (c *club) sound(when string) {
	c.t.Helper()
	for _, one := range slices.Concat(check.Facts(), points.Checks(), programme.Checks(), reward.Checks(), draw.Checks(), packaging.Checks(), gift.Checks(), byhand.Checks()) {
		found, err := one.Run(c.t.Context(), c.d)
		if err != nil || found.N != 0 {
			c.t.Errorf("%s: %s finds %d, for example %s (%v)", when, one.Key, found.N, found.Example, err)
		}
	}
}

// traces are the tables in which something of these words is left.
func (c *club) traces(words ...string) (all []string) {
	c.t.Helper()
	for _, table := range schema.Tables() {
		if table.Passing {
			continue
		}
		if err := c.d.Read(c.t.Context(), func(tx *db.Tx) error {
			rows, err := tx.Maps("SELECT * FROM " + table.Name)
			for _, row := range rows {
				for column, value := range row {
					text := strings.ToLower(fmt.Sprintf("%s", value))
					for _, word := range words {
						if strings.Contains(text, strings.ToLower(word)) {
							all = append(all, table.Name+"."+column+": "+word)
						}
					}
				}
			}
			return err
		}); err != nil {
			c.t.Fatal(err)
		}
	}
	return all
}

// whole is a member who has something of everything that there is.
func (c *club) whole(name string, open, frozen *draw.Desk) int64 {
	c.t.Helper()
	var who int64
	write := func(fn func(tx *db.Tx) error) {
		c.t.Helper()
		if err := c.write(fn); err != nil {
			c.t.Fatal(err)
		}
	}
	write(func(tx *db.Tx) error {
		out, err := c.Customer(tx, intake.Customer{Identities: []customer.Identity{own(name), {Kind: customer.Email, Value: name + "@lovelace.example"}},
			Profile: customer.Profile{GivenName: "Zoe-" + name, Birthday: customer.Birthday{Month: 3, Day: 8}, Attributes: fact.Attributes{{Name: "town", Value: "Kypseli"}}}})
		who = out.Customer
		if err == nil {
			_, err = c.Enrol(tx, who, "till", "till", []member.Given{member.Terms("Lovelace agrees", "1", "127.0.0.1", tx.Now)})
		}
		return err
	})
	for i := range 3 {
		c.buys(name, fmt.Sprint(name, i), func(o *order.Order) { o.Attributes = fact.Attributes{{Name: "note", Value: "for Lovelace"}} }, line("tea", "tea", 1, 2000))
		c.pass(24 * time.Hour)
	}
	n := c.number("SELECT count(*) FROM users")
	asker := c.staff(fmt.Sprintf("asks%d@shop.example", n), account.Manager)
	c.staff(fmt.Sprintf("decides%d@shop.example", n), account.Owner)
	write(func(tx *db.Tx) error {
		if err := c.Programme().Grant(tx, who, "spring", time.Time{}, "usr_1", "Lovelace is the mayor's niece"); err != nil {
			return err
		}
		if _, err := c.Ledger().Adjust(tx, points.Act{Customer: who, Unit: "points", Key: "a", Cause: "adjust:1", Actor: "usr_1", Reason: "Lovelace waited for an hour"}, 30); err != nil {
			return err
		}
		if _, _, err := byhand.Ask(tx, c.Ledger().IDs, asker, byhand.Request{Customer: who, Key: "a", Unit: "points", Units: 500_000, Reason: "Lovelace waited for a day"}); err != nil {
			return err
		}
		r, err := c.Rewards().Redeem(tx, reward.Wish{Customer: who, Reward: "cake", Key: "r", Actor: "usr_1"})
		if err == nil {
			_, err = c.Rewards().Refund(tx, who, r.ID, reward.Who{Actor: "usr_1", Reason: "Lovelace eats no cake"})
		}
		return err
	})
	for _, d := range []struct {
		key  string
		desk *draw.Desk
	}{{"open", open}, {"frozen", frozen}} {
		for _, way := range []draw.Way{draw.ByFree, draw.ByBought} {
			if err := d.desk.Enter(c.t.Context(), c.d, draw.Wish{Customer: who, Draw: d.key, Way: way, Entries: 1, Key: "k", Actor: "member:1"}, silent); err != nil {
				c.t.Fatal(err)
			}
		}
	}
	write(func(tx *db.Tx) error {
		codes, err := packaging.CodesOf(tx, "boxes", 0, 9)
		if err != nil {
			return err
		}
		for _, code := range codes {
			if code.Customer == 0 {
				if _, err = c.Packages().Use(tx, who, code.Code, "member:1"); err == nil {
					var out fact.Outcome
					if out, err = c.Answer(tx, intake.Answer{Source: "package", Reference: code.Code, Customer: customer.Numbered(who),
						Answer: fact.Answer{Moment: c.At(tx.Now), Kind: packaging.AsksNPS, Score: 9, Scored: true, Scale: 10, Delivered: true, Finished: true, Comment: "Lovelace likes it"}}); err == nil {
						err = out.Err
					}
				}
				return err
			}
		}
		return fmt.Errorf("no code is left")
	})
	return who
}

// Somebody who has something of everything is merged, parted again, told what is known of them, and forgotten, and all the time
// nothing contradicts anything. Of who was forgotten nothing is left that somebody wrote about them.
func TestWhoHasEverythingIsMergedAndForgotten(t *testing.T) {
	t.Parallel()
	eachClub(t, everything, func(t *testing.T, c *club) {
		t.Helper()
		open, frozen := c.raffle("open"), c.raffle("frozen")
		if err := c.write(func(tx *db.Tx) error {
			_, _, err := packaging.Make(tx, packaging.Batch{Batch: "boxes", Name: "Boxes", Unit: "points", Units: 3, Codes: 5, Question: packaging.AsksNPS, Until: points.Never}, "usr_1")
			return err
		}); err != nil {
			t.Fatal(err)
		}
		ada := c.whole("ada", open, frozen)
		code := c.code(ada)
		bob := c.whole("bob", open, frozen)
		friend := c.someone("friend")
		if err := c.tie(friend, code); err != nil {
			t.Fatal(err)
		}
		c.buys("friend", "f1", nil, line("tea", "tea", 1, 2000))
		c.keeps(t, 3)
		c.sound("before")
		before := [2]points.Balance{c.has(ada, "points"), c.has(bob, "points")}

		// Merged and parted again, everybody has what they had.
		var alias int64
		if err := c.write(func(tx *db.Tx) (err error) { alias, _, err = c.Merge(tx, own("bob"), own("ada")); return err }); err != nil {
			t.Fatal(err)
		}
		c.sound("merged")
		c.buys("bob", "b9", nil, line("tea", "tea", 1, 100))
		c.sound("bought while merged")
		if err := c.write(func(tx *db.Tx) error { _, err := c.Undo(tx, alias); return err }); err != nil {
			t.Fatal(err)
		}
		c.sound("parted")
		if after := c.has(ada, "points"); after.Available != before[0].Available {
			t.Errorf("ada has %d and had %d", after.Available, before[0].Available)
		}
		if err := c.write(func(tx *db.Tx) error {
			text, err := intake.Everything(tx, ada, open)
			for _, part := range []string{"access_grants", "mayor's niece", "Three orders", "cake", `"draw": "open"`, "package_codes", "Lovelace likes it", "draw_awards", "referral"} {
				if !strings.Contains(string(text), part) {
					t.Errorf("what is known of ada lacks %q: %s", part, text)
				}
			}
			if strings.Contains(string(text), "bob") {
				t.Error("what is known of ada tells of bob")
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}

		// One draw is frozen, the other open, when both go; and merged once more before that.
		c.pass(30 * 24 * time.Hour)
		if _, err := frozen.Close(t.Context(), c.d, "frozen", silent); err != nil {
			t.Fatal(err)
		}
		if err := c.write(func(tx *db.Tx) error { _, _, err := c.Merge(tx, own("bob"), own("ada")); return err }); err != nil {
			t.Fatal(err)
		}
		if erased, err := c.By(account.System("test")).Erase(t.Context(), c.d, own("ada")); err != nil || len(erased) != 2 {
			t.Fatal(erased, err)
		}
		c.sound("forgotten")
		if left := c.traces("lovelace", "kypseli", "zoe-"); len(left) != 0 {
			t.Errorf("left is %q", left)
		}
		if err := c.write(func(tx *db.Tx) error {
			return c.Programme().Grant(tx, ada, "spring", time.Time{}, "usr_1", "a late hand")
		}); err != nil {
			t.Fatal(err)
		}
		for _, one := range programme.Checks() {
			if found, err := one.Run(t.Context(), c.d); err != nil || (found.N == 1) != (one.Key == "programme_erased") {
				t.Errorf("of who is let in after they were forgotten %s finds %d, %v", one.Key, found.N, err)
			}
		}
		if err := c.write(func(tx *db.Tx) error { return programme.Forget(tx, ada) }); err != nil {
			t.Fatal(err)
		}
		if _, err := open.Close(t.Context(), c.d, "open", silent); err != nil {
			t.Error(err)
		}
		for _, desk := range []*draw.Desk{open, frozen} {
			for _, key := range []string{"open", "frozen"} {
				if _, err := desk.Draw(t.Context(), c.d, key, silent); err != nil {
					t.Error(key, err)
				}
			}
		}
		c.due()
		c.keeps(t, 2)
		c.sound("at last")
	})
}
