package intake_test

import (
	"strings"
	"testing"
	"time"

	"regulars/internal/act/referral"
	"regulars/internal/base/db"
	"regulars/internal/record/customer"
	"regulars/internal/record/order"
)

// apart takes a merge back.
func (c *club) apart(alias int64) {
	c.t.Helper()
	if err := c.write(func(tx *db.Tx) error { _, err := c.Undo(tx, alias); return err }); err != nil {
		c.t.Fatal(err)
	}
}

// root is the number that stands for whoever has a number.
func (c *club) root(number int64) (root int64) {
	c.t.Helper()
	if err := c.d.Read(c.t.Context(), func(tx *db.Tx) (err error) { root, err = customer.Root(tx, number); return err }); err != nil {
		c.t.Fatal(err)
	}
	return root
}

// referred is how the referral by which a person came stands, whichever of their numbers it is of.
func (c *club) referred(number int64) referral.Referral {
	c.t.Helper()
	return c.stands(c.root(number))
}

// becomes demands how a person's referral stands.
func (c *club) becomes(number int64, want referral.State, of int64) (r referral.Referral) {
	c.t.Helper()
	if r = c.referred(number); r.State != want || r.Order != of {
		c.t.Errorf("it is %s by order %d, want %s by %d", r.State, r.Order, want, of)
	}
	return r
}

// A friend joins by the link, and again at the till under another number: one person once the numbers are merged, whichever is merged
// into which, whichever has the order that counts, and whether it is placed before or afterwards. What comes back then goes back.
func TestAFriendOfTwoNumbers(t *testing.T) {
	t.Parallel()
	eachClub(t, bringing, func(t *testing.T, c *club) {
		t.Helper()
		for _, way := range []struct {
			into, buys string
			before     bool
		}{
			{into: "till", buys: "link"}, {into: "till", buys: "till"}, {into: "link", buys: "link"}, {into: "link", buys: "till"},
			{into: "till", buys: "link", before: true}, {into: "till", buys: "till", before: true},
			{into: "link", buys: "link", before: true}, {into: "link", buys: "till", before: true},
		} {
			name := way.into + "-" + way.buys
			if way.before {
				name += "-before"
			}
			// One keeps it, one returns it after it gave, and one before.
			for _, end := range []string{"kept", "late", "early"} {
				t.Log(name, end)
				prefix := name + "-" + end + "-"
				ada := c.someone(prefix + "ada")
				number := map[string]int64{"link": c.someone(prefix + "link"), "till": c.someone(prefix + "till")}
				link, till := number["link"], number["till"]
				if err := c.tie(link, c.code(ada)); err != nil {
					t.Fatal(err)
				}
				merge := func() { c.merges(link+till-number[way.into], number[way.into]) }
				if !way.before {
					merge()
				}
				c.pass(time.Hour)
				out := c.buys(prefix+way.buys, prefix+"o", nil, line("x", "y", 1, 2000))
				if way.before {
					c.pass(time.Hour)
					merge()
				}
				c.becomes(link, referral.Qualified, out.Fact)
				switch end {
				case "early":
					c.returns(prefix+"r", prefix+"o", order.ReturnLine{Line: 1, Quantity: 1, AmountMinor: 2000})
					c.becomes(link, referral.Pending, 0)
					c.pass(15 * oneDay)
					c.due()
					c.wants(ada, "points", 0)
				default:
					c.pass(15 * oneDay)
					c.due()
					c.becomes(link, referral.Rewarded, out.Fact)
					c.wants(ada, "points", 100)
					c.wants(till, "points", 30)
					// Once is once: the next order is nothing.
					c.buys(prefix+"till", prefix+"o2", nil, line("x", "y", 1, 3000))
					c.pass(15 * oneDay)
					c.due()
					c.wants(ada, "points", 100)
				}
				if end == "late" {
					c.returns(prefix+"r", prefix+"o", order.ReturnLine{Line: 1, Quantity: 1, AmountMinor: 2000})
					c.due()
					c.becomes(link, referral.Void, out.Fact)
					c.wants(ada, "points", 0)
					c.wants(till, "points", 0)
				}
				// The month of the order knows it, whichever number it is of.
				var results referral.Results
				if err := c.d.Read(t.Context(), func(tx *db.Tx) (err error) { results, err = referral.Read(tx, c.Business.Zone, 60); return err }); err != nil {
					t.Fatal(err)
				}
				won := int64(0)
				for _, m := range results.Months {
					won += m.Won
				}
				if won != results.By[referral.Rewarded] {
					t.Errorf("the months have %d that were won, want %d", won, results.By[referral.Rewarded])
				}
			}
		}
	})
}

// A merge that turns out wrong is taken back, and with it what an order of the other number did.
func TestAFriendsMergeIsTakenBack(t *testing.T) {
	t.Parallel()
	eachClub(t, bringing, func(t *testing.T, c *club) {
		t.Helper()
		ada, link, till := c.someone("ada"), c.someone("link"), c.someone("till")
		if err := c.tie(link, c.code(ada)); err != nil {
			t.Fatal(err)
		}
		c.merges(link, till)
		theirs := c.buys("till", "t1", nil, line("x", "y", 1, 2000))
		c.becomes(link, referral.Qualified, theirs.Fact)
		c.apart(link)
		c.becomes(link, referral.Pending, 0)
		c.pass(15 * oneDay)
		c.due()
		c.wants(ada, "points", 0)
		// One person after all; it waited long enough.
		c.merges(till, link)
		c.becomes(link, referral.Qualified, theirs.Fact)
		c.due()
		c.becomes(link, referral.Rewarded, theirs.Fact)
		c.wants(ada, "points", 100)
		c.apart(till)
		c.due()
		c.becomes(link, referral.Void, theirs.Fact)
		c.wants(ada, "points", 0)
		c.wants(link, "points", 0)
	})
}

// Merged into who brought them, somebody has brought themselves, and merged with who has bought before, they were not new: nothing comes
// of it, but what was given stays.
func TestNobodyBringsThemselvesByAMerge(t *testing.T) {
	t.Parallel()
	eachClub(t, bringing, func(t *testing.T, c *club) {
		t.Helper()
		old := c.someone("old")
		c.buys("old", "before", nil, line("x", "y", 1, 2000))
		c.pass(3 * oneDay)
		ada, early, waits, had, fresh := c.someone("ada"), c.someone("early"), c.someone("waits"), c.someone("had"), c.someone("new")
		for _, friend := range []int64{early, waits, had, fresh} {
			if err := c.tie(friend, c.code(ada)); err != nil {
				t.Fatal(err)
			}
		}
		first := c.buys("had", "h1", nil, line("x", "y", 1, 2000))
		c.pass(15 * oneDay)
		c.due()
		c.wants(ada, "points", 100)
		its := c.buys("waits", "w1", nil, line("x", "y", 1, 2000))
		c.becomes(waits, referral.Qualified, its.Fact)
		c.merges(fresh, old)
		c.buys("old", "later", nil, line("x", "y", 1, 2000))
		c.becomes(fresh, referral.Pending, 0)
		c.merges(early, ada)
		c.buys("ada", "a1", nil, line("x", "y", 1, 2000))
		c.becomes(early, referral.Pending, 0)
		c.apart(early)
		c.merges(waits, ada)
		c.becomes(waits, referral.Pending, 0)
		c.pass(15 * oneDay)
		c.due()
		c.wants(ada, "points", 100)
		c.apart(waits)
		c.becomes(waits, referral.Qualified, its.Fact)
		c.merges(had, ada)
		c.due()
		c.becomes(had, referral.Rewarded, first.Fact)
	})
}

// Brought under two numbers by two, they were brought by the first; but who was rewarded is not rewarded again.
func TestAFriendBroughtTwiceByAMerge(t *testing.T) {
	t.Parallel()
	eachClub(t, bringing, func(t *testing.T, c *club) {
		t.Helper()
		ada, bob := c.someone("ada"), c.someone("bob")
		for _, one := range []struct {
			name      string
			ordered   bool
			ada, bobs int64
		}{{"neither", false, 100, 0}, {"second", true, 100, 100}} {
			first, second := c.someone(one.name+"1"), c.someone(one.name+"2")
			if err := c.tie(first, c.code(ada)); err != nil {
				t.Fatal(err)
			}
			c.pass(time.Minute)
			if err := c.tie(second, c.code(bob)); err != nil {
				t.Fatal(err)
			}
			if one.ordered {
				c.buys(one.name+"2", one.name+"o", nil, line("x", "y", 1, 2000))
			}
			c.merges(first, second)
			c.buys(one.name+"1", one.name+"p", nil, line("x", "y", 1, 2000))
			c.buys(one.name+"2", one.name+"q", nil, line("x", "y", 1, 2000))
			c.pass(15 * oneDay)
			c.due()
			c.wants(ada, "points", one.ada)
			c.wants(bob, "points", one.bobs)
		}
	})
}

// While the first order waits another one is placed that is as good; then the first comes back.
func TestTheNextOrderOfAFriendCounts(t *testing.T) {
	t.Parallel()
	eachClub(t, bringing, func(t *testing.T, c *club) {
		t.Helper()
		back := map[string]func(name string){
			"returned": func(name string) {
				c.returns(name+"R", name+"1", order.ReturnLine{Line: 1, Quantity: 1, AmountMinor: 2500})
			},
			"cancelled": func(name string) {
				c.buys(name, name+"1", func(o *order.Order) { o.State = order.Cancelled; o.Placed = c.At(c.now().Add(-5 * oneDay)) }, line("x", "y", 1, 3000))
			},
		}
		for name, comesBack := range back {
			ada, bob := c.someone(name+"ada"), c.someone(name)
			if err := c.tie(bob, c.code(ada)); err != nil {
				t.Fatal(err)
			}
			one := c.buys(name, name+"1", nil, line("x", "y", 1, 3000))
			c.pass(oneDay)
			c.buys(name, name+"little", nil, line("x", "y", 1, 999))
			c.pass(oneDay)
			placed := c.now()
			two := c.buys(name, name+"2", nil, line("x", "y", 1, 5000))
			c.pass(oneDay)
			c.buys(name, name+"3", nil, line("x", "y", 1, 5000))
			c.pass(2 * oneDay)
			c.becomes(bob, referral.Qualified, one.Fact)
			comesBack(name)
			if r := c.becomes(bob, referral.Qualified, two.Fact); !r.Due.Equal(placed.Add(14 * oneDay)) {
				t.Errorf("%s: it is due at %s, want 14 days after %s", name, r.Due, placed)
			}
			c.pass(10 * oneDay)
			c.due()
			c.wants(ada, "points", 0)
			c.pass(2 * oneDay)
			c.due()
			c.wants(ada, "points", 100)
			c.wants(bob, "points", 30)
		}
		// The second came too late for a friend: sixty days had gone.
		ada, eve := c.someone("ada"), c.someone("eve")
		if err := c.tie(eve, c.code(ada)); err != nil {
			t.Fatal(err)
		}
		c.pass(59 * oneDay)
		one := c.buys("eve", "e1", nil, line("x", "y", 1, 3000))
		c.pass(2 * oneDay)
		c.buys("eve", "e2", nil, line("x", "y", 1, 3000))
		c.becomes(eve, referral.Qualified, one.Fact)
		c.returns("eR", "e1", order.ReturnLine{Line: 1, Quantity: 1, AmountMinor: 3000})
		c.becomes(eve, referral.Pending, 0)
	})
}

// What was promised is what counts: the minimum is that of the version by which an order qualified.
func TestALaterMinimumTakesNothingBack(t *testing.T) {
	t.Parallel()
	eachClub(t, bringing, func(t *testing.T, c *club) {
		t.Helper()
		ada, bob, eve, mia := c.someone("ada"), c.someone("bob"), c.someone("eve"), c.someone("mia")
		for _, friend := range []int64{bob, eve, mia} {
			if err := c.tie(friend, c.code(ada)); err != nil {
				t.Fatal(err)
			}
		}
		bobs := c.buys("bob", "b1", nil, line("x", "y", 2, 2000))
		c.pass(15 * oneDay)
		c.due()
		eves := c.buys("eve", "e1", nil, line("x", "y", 2, 2000))
		c.publish(strings.Replace(bringing, `"minimum_minor": 1000`, `"minimum_minor": 5000`, 1))
		c.pass(2 * time.Second)
		// Something is said of them, and something of them comes back: enough is left.
		c.buys("bob", "b1", func(o *order.Order) {
			o.State = order.Fulfilled
			o.Placed = c.At(c.now().Add(-15*oneDay - 2*time.Second))
		}, line("x", "y", 2, 2000))
		c.returns("bR", "b1", order.ReturnLine{Line: 1, Quantity: 1, AmountMinor: 1000})
		c.returns("eR", "e1", order.ReturnLine{Line: 1, Quantity: 1, AmountMinor: 1000})
		c.due()
		c.becomes(bob, referral.Rewarded, bobs.Fact)
		c.becomes(eve, referral.Qualified, eves.Fact)
		c.buys("mia", "m1", nil, line("x", "y", 1, 2000)) // by the new one it is not
		c.becomes(mia, referral.Pending, 0)
		c.pass(15 * oneDay)
		c.due()
		c.becomes(eve, referral.Rewarded, eves.Fact)
		c.wants(ada, "points", 100+150)
		// A lower one later, or none, does not save what is less than was asked for.
		c.publish(simple)
		c.pass(2 * time.Second)
		c.returns("eR2", "e1", order.ReturnLine{Line: 1, Quantity: 0.5, AmountMinor: 500})
		c.due()
		c.becomes(eve, referral.Void, eves.Fact)
		c.becomes(bob, referral.Rewarded, bobs.Fact)
	})
}
