package intake_test

import (
	"slices"
	"testing"
	"time"

	"regulars/internal/act/programme"
	"regulars/internal/base/db"
	"regulars/internal/base/locale"
	"regulars/internal/record/fact"
	"regulars/internal/record/order"
)

const cards = `{"name": "Cards", "units": [{"unit": "drinks"}], "rules": [
	{"rule": "tenth", "name": "Every tenth coffee is free", "lines": "line.category == 'coffee'", "effect": {"card": {"every": 10}}},
	{"rule": "tea", "name": "After two teas, a drink", "lines": "line.category == 'tea'", "effect": {"card": {"every": 2, "free": "after", "unit": "drinks", "units": 1}}}]}`

func coffees(n float64) order.Line { return line("flat white", "coffee", n, int64(n*350)) }

func TestEveryTenthCoffeeIsFree(t *testing.T) {
	t.Parallel()
	eachClub(t, cards, func(t *testing.T, c *club) {
		t.Helper()
		wants := func(out programme.Result, why programme.Why, counted, free, minor int64) {
			t.Helper()
			if out.Why != why || out.Counted != counted || out.Free != free || out.DiscountMinor != minor {
				t.Errorf("%+v, want %q at %d, %d free, %d off", out, why, counted, free, minor)
			}
		}
		first := c.buys("anna", "1", nil, coffees(9))
		stamped := func(want ...string) {
			t.Helper()
			if have := c.stamps(first.Customer); !slices.Equal(have, want) {
				t.Errorf("the cards are at %q, want %q", have, want)
			}
		}
		stamped("9 of 10; the next one is free", "0 of 3; 3 more for 1 drinks")
		wants(c.why(first, "tenth"), programme.CardGoesOn, 9, 0, 0)
		second := c.buys("anna", "2", nil, coffees(2), line("espresso", "coffee", 1, 200))
		wants(c.why(second, "tenth"), programme.Fine, 2, 1, 200) // the cheapest
		stamped("2 of 10; after 7 more the next is free", "0 of 3; 3 more for 1 drinks")
		c.buys("anna", "2", func(o *order.Order) { o.State = order.Paid }, coffees(2), line("espresso", "coffee", 1, 200))
		wants(c.why(second, "tenth"), programme.Fine, 2, 1, 200)
		third := c.buys("anna", "3", nil, coffees(28))
		wants(c.why(third, "tenth"), programme.Fine, 0, 3, 3*350)
		c.returns("r3", "3", order.ReturnLine{Line: 1, Quantity: 8, AmountMinor: 8 * 350})
		wants(c.why(third, "tenth"), programme.Fine, 2, 2, 2*350)
		wants(c.why(c.buys("anna", "4", nil, coffees(7)), "tenth"), programme.CardGoesOn, 9, 0, 0)
		// Cards of units: one drink for each two teas and one more, taken back with them.
		tea := c.buys("anna", "5", nil, line("green", "tea", 4, 800))
		c.wants(tea.Customer, "drinks", 1)
		c.buys("anna", "6", nil, line("green", "tea", 2, 400))
		c.wants(tea.Customer, "drinks", 2)
		stamped("9 of 10; the next one is free", "0 of 3; 3 more for 1 drinks")
		c.returns("r6", "6", order.ReturnLine{Line: 1, Quantity: 1, AmountMinor: 200})
		c.wants(tea.Customer, "drinks", 1)
		stamped("9 of 10; the next one is free", "2 of 3; 1 more for 1 drinks")
		// Nobody is shown a card that they cannot fill, or that is over.
		c.publish(`{"name": "Members", "members_only": true, "units": [], "rules": [{"rule": "tenth", "name": "Tenth", "effect": {"card": {"every": 10}}}]}`)
		stamped()
		c.publish(`{"name": "Over", "units": [], "rules": [{"rule": "tenth", "name": "Tenth", "until": "2020-01-01", "effect": {"card": {"every": 10}}}],
			"off": [{"rule": "other", "name": "Other", "effect": {"card": {"every": 10}}}]}`)
		stamped()
	})
}

// stamps says how far somebody has come with each card.
func (c *club) stamps(who int64) (all []string) {
	c.t.Helper()
	en, err := locale.Get("en")
	if err != nil {
		c.t.Fatal(err)
	}
	if err := c.d.Read(c.t.Context(), func(tx *db.Tx) error {
		found, err := c.Programme().Stamps(tx, who)
		all = nil
		for i := range found {
			all = append(all, found[i].Words(en))
		}
		return err
	}); err != nil {
		c.t.Fatal(err)
	}
	return all
}

// TestOneCardIsFilledOnce has many orders of one customer arrive together: they wait for the card.
func TestOneCardIsFilledOnce(t *testing.T) {
	t.Parallel()
	eachClub(t, cards, func(t *testing.T, c *club) {
		t.Helper()
		anna := c.buys("anna", "0", nil, line("cake", "cake", 1, 400)).Customer
		c.together(anna, 20, coffees(1))
		var free int64
		if err := c.d.Read(t.Context(), func(tx *db.Tx) error {
			found, err := programme.Explanations(tx, []int64{anna}, c.now().AddDate(1, 0, 0), 100)
			for i := range found {
				for _, r := range found[i].Results {
					free += r.Free
				}
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if free != 2 {
			t.Errorf("of twenty coffees %d are free, want 2", free)
		}
	})
}

func TestAnExplanationReadsWell(t *testing.T) {
	t.Parallel()
	results := []programme.Result{
		{Rule: "euro", Name: "A point a euro", Unit: "points", Units: 20, Kept: 5, Trimmed: 3},
		{Rule: "tenth", Name: "Every tenth coffee is free", Why: programme.CardGoesOn, Counted: 7, Every: 10},
		{Rule: "big", Name: "Ten percent", Why: programme.Unmet, Detail: "order.amount > 50.0"},
		{Rule: "cup", Name: "A coffee less", Free: 1, DiscountMinor: 350},
	}
	en, err := locale.Get("en")
	if err != nil {
		t.Fatal(err)
	}
	for to, want := range map[programme.Reader][]string{
		programme.Cashier: {"A point a euro: +20 points; 5 of them were had before; 3 fewer, because the budget is spent", "Every tenth coffee is free: the card is at 7 of 10",
			"Ten percent: its condition is not met", "A coffee less: free: 1, which is €3.50 off"},
		programme.ForMember: {"A point a euro: +20 points; 5 of them were had before; 3 fewer, because the budget is spent", "Every tenth coffee is free: the card is at 7 of 10",
			"A coffee less: free: 1, which is €3.50 off"},
		programme.Developer: {"euro: +20 points; 5 of them were had before; 3 fewer, because the budget is spent", "tenth: the card is at 7 of 10",
			"big: this is not met: order.amount > 50.0", "cup: free: 1, which is €3.50 off"},
	} {
		if have := programme.Words(en, to, "EUR", results); !slices.Equal(have, want) {
			t.Errorf("for the %s: %q", to, have)
		}
	}
	for _, tag := range locale.Tags() { // each reason has words
		l, err := locale.Get(tag)
		if err != nil {
			t.Fatal(err)
		}
		for _, why := range []programme.Why{programme.NotInForce, programme.WrongHours, programme.NotMember, programme.Unmet, programme.NoLines, programme.TooLittle,
			programme.LimitReached, programme.BudgetSpent, programme.Beaten, programme.CardGoesOn} {
			if !l.Has("programme.why." + string(why)) {
				t.Errorf("%s has no words for %s", tag, why)
			}
		}
	}
	if have := programme.Words(en, programme.ForMember, "EUR", results[2:3]); !slices.Equal(have, []string{"Nothing in the programme applied."}) {
		t.Errorf("of nothing: %q", have)
	}
}

// TestTheProgrammeIsTold: that a version is in force, once, and each change of tier.
func TestTheProgrammeIsTold(t *testing.T) {
	t.Parallel()
	eachClub(t, cards, func(t *testing.T, c *club) {
		t.Helper()
		const tiers = `{"name": "Tiers", "units": [], "rules": [], "tiers": {"by": "spend", "window": "lifetime", "levels": [{"tier": "gold", "name": "Gold", "from": 1000}]}}`
		c.listen(programme.ProgrammePublished, programme.TierChanged)
		c.publish(tiers)
		c.heard("a version in force", programme.ProgrammePublished)
		c.pass(time.Second)
		if err := c.write(func(tx *db.Tx) error {
			v, err := programme.InForce(tx)
			if err != nil {
				return err
			}
			_, err = c.Programme().Publish(tx, v.Version, "usr_2", c.Business.Zone)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		c.heard("one that was in force before")
		out := c.buys("bob", "1", nil, coffees(3))
		bob := fact.PublicID(fact.CustomerPrefix, out.Customer)
		c.heard("a customer who came into a tier", programme.TierChanged+" "+bob)
		c.buys("bob", "2", nil, coffees(1))
		c.heard("one who stays there")
		c.buys("bob", "1", func(o *order.Order) { o.State = order.Cancelled }, coffees(3))
		c.heard("one whose order was cancelled", programme.TierChanged+" "+bob)
	})
}
