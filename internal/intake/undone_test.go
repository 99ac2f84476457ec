package intake_test

import (
	"testing"
	"time"

	"regulars/internal/act/reward"
	"regulars/internal/base/db"
	"regulars/internal/record/order"
)

const off = `{"name": "Off", "units": [{"unit": "points", "allows_debt": true}],
	"rules": [{"rule": "rate", "name": "A point a euro", "effect": {"rate": {"unit": "points", "units": 1, "per_minor": 100}}}],
	"rewards": [{"reward": "five", "name": "Five off", "kind": "discount", "terms": {"amount_minor": 500}, "unit": "points", "price": 20, "per_customer": 1, "good_days": 3},
		{"reward": "welcome", "name": "Two off", "kind": "discount", "terms": {"amount_minor": 200}},
		{"reward": "cakes", "name": "Cakes on us", "kind": "discount", "terms": {"percent": 100, "categories": ["Cakes"]}, "unit": "points", "price": 10},
		{"reward": "half", "name": "Half off cakes", "kind": "discount", "terms": {"percent": 50, "categories": ["Cakes"]}, "unit": "points", "price": 10},
		{"reward": "cup", "name": "A coffee", "kind": "product", "terms": {"product": "coffee"}},
		{"reward": "mug", "name": "A mug", "kind": "product", "terms": {"product": "mug"}, "unit": "points", "price": 30}]}`

// uses takes a reward and uses it for an order.
func (c *club) uses(who int64, name, sale string) (r reward.Redemption) {
	c.t.Helper()
	if err := c.write(func(tx *db.Tx) (err error) {
		desk := c.Rewards()
		if r, err = desk.Redeem(tx, reward.Wish{Customer: who, Reward: name, Key: name + "/" + sale, Actor: "test"}); err == nil {
			r, err = desk.Use(tx, who, r.ID, sale, reward.Who{Actor: "test"})
		}
		return err
	}); err != nil {
		c.t.Fatal(err)
	}
	return r
}

func (c *club) became(r reward.Redemption, want reward.State) {
	c.t.Helper()
	if err := c.d.Read(c.t.Context(), func(tx *db.Tx) error {
		now, err := reward.Get(tx, r.Customer, r.ID)
		if now.State != want {
			c.t.Errorf("%s is %s, want %s", r.Promise.Reward, now.State, want)
		}
		return err
	}); err != nil {
		c.t.Fatal(err)
	}
	for _, check := range reward.Checks() {
		if found, err := check.Run(c.t.Context(), c.d); err != nil || found.N != 0 {
			c.t.Errorf("%s: %d, for example %s (%v)", check.Key, found.N, found.Example, err)
		}
	}
}

// TestNothingIsLeftOfAnOrderWithARewardOff: what was given for it comes back with the last of it, and not before.
func TestNothingIsLeftOfAnOrderWithARewardOff(t *testing.T) {
	t.Parallel()
	eachClub(t, off, func(t *testing.T, c *club) {
		t.Helper()
		anna := c.buys("anna", "0", nil, line("beans", "coffee", 1, 10000)).Customer
		five, mug := c.uses(anna, "five", "1"), c.uses(anna, "mug", "1") // which is handed over beside the order
		c.buys("anna", "1", func(o *order.Order) { o.DiscountMinor = 500 }, line("beans", "coffee", 2, 3500))
		c.wants(anna, "points", 100-20-30+35)
		c.returns("r1", "1", order.ReturnLine{Line: 1, Quantity: 1, AmountMinor: 1700})
		c.became(five, reward.Used)
		c.wants(anna, "points", 100-20-30+18)
		c.pass(10 * 24 * time.Hour) // the time of the reward is over; its units come back all the same
		c.returns("r2", "1", order.ReturnLine{Line: 1, Quantity: 1, AmountMinor: 1800})
		c.became(five, reward.Refunded)
		c.became(mug, reward.Used)
		c.wants(anna, "points", 70)
		c.returns("r2", "1", order.ReturnLine{Line: 1, Quantity: 1, AmountMinor: 1800}) // sent again
		c.wants(anna, "points", 70)
		// It does not count among those that one may have any more; of an order that is cancelled the same holds.
		five = c.uses(anna, "five", "2")
		welcome := c.uses(anna, "welcome", "2")
		c.buys("anna", "2", nil, line("beans", "coffee", 1, 3500))
		for range 2 {
			c.buys("anna", "2", func(o *order.Order) { o.State = order.Cancelled }, line("beans", "coffee", 1, 3500))
			c.became(five, reward.Refunded)
			c.became(welcome, reward.Issued) // it cost nothing, and is theirs again
			c.wants(anna, "points", 70)
		}
	})
}

// TestAFreeProductComesBackWithItsPieces: what costs nothing stays with the customer unless it is said to have come back.
func TestAFreeProductComesBackWithItsPieces(t *testing.T) {
	t.Parallel()
	eachClub(t, off, func(t *testing.T, c *club) {
		t.Helper()
		anna := c.buys("anna", "0", nil, line("beans", "", 1, 10000)).Customer
		sold := func(sale string) (mug reward.Redemption) {
			c.buys("anna", sale, func(o *order.Order) { o.DiscountMinor = 900 }, line("cake", "", 1, 500), line("Mug", "", 1, 900), line("mug", "", 1, 0))
			return c.uses(anna, "mug", sale)
		}
		cake, paid := order.ReturnLine{Line: 1, Quantity: 1, AmountMinor: 500}, order.ReturnLine{Line: 2, Quantity: 1, AmountMinor: 900}
		free := order.ReturnLine{Line: 3, Quantity: 1, Priced: true}
		mug := sold("1")
		c.wants(anna, "points", 100-30+14)
		c.returns("r1", "1", cake, free)
		c.became(mug, reward.Used) // a part of the order is left
		c.returns("r2", "1", paid)
		c.became(mug, reward.Refunded)
		c.wants(anna, "points", 100)
		mug = sold("2")
		c.returns("r3", "2", cake, paid)
		c.became(mug, reward.Used) // they keep the mug
		c.wants(anna, "points", 70)
		mug = sold("3")
		c.returns("r4", "3", order.ReturnLine{Quantity: 1, AmountMinor: 1400}) // all that was paid, of no line that is named
		c.became(mug, reward.Refunded)
		c.wants(anna, "points", 70)
		mug = sold("4")
		c.buys("anna", "4", func(o *order.Order) { o.State, o.DiscountMinor = order.Cancelled, 900 }, line("cake", "", 1, 500), line("Mug", "", 1, 900), line("mug", "", 1, 0))
		c.became(mug, reward.Refunded)
		c.wants(anna, "points", 70)
	})
}

// TestADiscountOnACategoryComesBackWithIt: with the last of what was paid, but for what was had for nothing and is kept.
func TestADiscountOnACategoryComesBackWithIt(t *testing.T) {
	t.Parallel()
	eachClub(t, off, func(t *testing.T, c *club) {
		t.Helper()
		anna := c.buys("anna", "0", nil, line("beans", "", 1, 10000)).Customer
		sold := func(sale, name string, paid int64) reward.Redemption {
			c.buys("anna", sale, func(o *order.Order) { o.DiscountMinor = 1000 - paid }, line("coffee", "", 1, 500), line("", "cakes", 2, paid))
			return c.uses(anna, name, sale)
		}
		coffee := order.ReturnLine{Line: 1, Quantity: 1, AmountMinor: 500}
		half := sold("1", "half", 500)
		c.wants(anna, "points", 100-10+10)
		c.returns("r1", "1", order.ReturnLine{Line: 2, Quantity: 2, AmountMinor: 500})
		c.became(half, reward.Used) // the coffee is left
		c.wants(anna, "points", 95)
		c.returns("r2", "1", coffee)
		c.became(half, reward.Refunded)
		c.wants(anna, "points", 100)
		whole := sold("2", "cakes", 0)
		c.returns("r3", "2", coffee)
		c.became(whole, reward.Used) // they keep the cakes
		c.wants(anna, "points", 90)
		c.returns("r4", "2", order.ReturnLine{Line: 2, Quantity: 2, Priced: true})
		c.became(whole, reward.Refunded)
		c.wants(anna, "points", 100)
	})
}
