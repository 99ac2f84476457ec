package intake_test

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"regulars/internal/act/points"
	"regulars/internal/act/programme"
	"regulars/internal/base/db"
	"regulars/internal/intake"
	"regulars/internal/record/customer"
	"regulars/internal/record/order"
)

const noDebt = `{"name": "No debts", "units": [{"unit": "points"}],
	"rules": [{"rule": "euro", "name": "A point a euro", "effect": {"rate": {"unit": "points", "units": 1, "per_minor": 100}}}]}`

// TestNothingIsMintedByTurningAnOrderToAndFro spends what an order gave, where no debt is allowed, and cancels and places the
// order again and again: what was spent already is not given once more.
func TestNothingIsMintedByTurningAnOrderToAndFro(t *testing.T) {
	t.Parallel()
	eachClub(t, noDebt, func(t *testing.T, c *club) {
		t.Helper()
		cancelled := func(o *order.Order) { o.State = order.Cancelled }
		anna := c.buys("anna", "1", nil, line("bag", "", 1, 1000)).Customer
		c.wants(anna, "points", 10)
		c.spends(anna, "s1", 10)
		for i := range 3 {
			c.buys("anna", "1", cancelled, line("bag", "", 1, 1000))
			c.wants(anna, "points", 0)
			c.buys("anna", "1", nil, line("bag", "", 1, 1000))
			if have := c.has(anna, "points").Available; have != 0 {
				t.Fatalf("turned %d times, an order of which everything is spent has given %d more", i+1, have)
			}
		}
		c.buys("anna", "1", nil, line("bag", "", 1, 1500))
		c.wants(anna, "points", 5)
		c.returns("r1", "1", order.ReturnLine{Line: 1, Quantity: 1, AmountMinor: 1500})
		c.wants(anna, "points", 0)
	})
}

// TestBuyingAndBringingBackMintsNothing is the loop that buys, spends, and brings back.
func TestBuyingAndBringingBackMintsNothing(t *testing.T) {
	t.Parallel()
	eachClub(t, noDebt, func(t *testing.T, c *club) {
		t.Helper()
		var anna int64
		for i := range 4 {
			reference := strconv.Itoa(i)
			anna = c.buys("anna", reference, nil, line("bag", "", 2, 1000)).Customer
			c.returns("a"+reference, reference, order.ReturnLine{Line: 1, Quantity: 1, AmountMinor: 500})
			c.returns("b"+reference, reference, order.ReturnLine{Line: 1, Quantity: 1, AmountMinor: 500})
			c.wants(anna, "points", 0)
		}
		c.buys("anna", "x", nil, line("bag", "", 3, 1000))
		c.spends(anna, "s", 4)
		c.returns("x1", "x", order.ReturnLine{Line: 1, Quantity: 1, AmountMinor: 333})
		c.returns("x2", "x", order.ReturnLine{Line: 1, Quantity: 1, AmountMinor: 333})
		c.returns("x3", "x", order.ReturnLine{Line: 1, Quantity: 1, AmountMinor: 334})
		c.wants(anna, "points", 0)
	})
}

func (c *club) spends(customer int64, key string, units int64) {
	c.t.Helper()
	if err := c.write(func(tx *db.Tx) error {
		_, err := c.Ledger().Spend(tx, points.Act{Customer: customer, Unit: "points", Key: key, Cause: "reward:" + key, Actor: "usr_1"}, units)
		return err
	}); err != nil {
		c.t.Fatal(err)
	}
}

// TestOneOrderIsNeverWorthMoreThanIsLeftOfIt turns one order at random: changed, cancelled, brought back in parts, and what it
// gave spent in between. Whatever came before, what can be spent is what the order is worth less what was spent.
func TestOneOrderIsNeverWorthMoreThanIsLeftOfIt(t *testing.T) {
	t.Parallel()
	eachClub(t, noDebt, func(t *testing.T, c *club) {
		t.Helper()
		for seed := range uint64(4) {
			r := rand.New(rand.NewPCG(seed, 7)) //nolint:gosec // a test that can be repeated
			who := "c" + strconv.FormatUint(seed, 10)
			var customer, amount, back, spent int64
			live := false
			place := func(state order.State) {
				customer = c.buys(who, who, func(o *order.Order) { o.State = state }, line("bag", "", 1, amount)).Customer
				live = state != order.Cancelled
			}
			amount = 1000
			place(order.Placed)
			for step := range 25 {
				switch r.IntN(4) {
				case 0:
					amount = back + r.Int64N(2000)
					place(order.Paid)
				case 1:
					place(order.Cancelled)
				case 2:
					if n := r.Int64N(400); live && back+n <= amount && n > 0 {
						c.returns(who+"-"+strconv.Itoa(step), who, order.ReturnLine{Line: 1, Quantity: 0.01, AmountMinor: n})
						back += n
					}
				default:
					if have := c.has(customer, "points").Available; have > 0 {
						n := 1 + r.Int64N(have)
						c.spends(customer, who+strconv.Itoa(step), n)
						spent += n
					}
				}
				worth := int64(0)
				if live {
					worth = (amount - back) / 100
				}
				if have := c.has(customer, "points").Available; have != max(0, worth-spent) {
					t.Fatalf("seed %d, step %d: worth %d, spent %d, and %d can be spent", seed, step, worth, spent, have)
				}
			}
		}
	})
}

// TestALimitCountsPromotionsToo: a discount gives no units, and is had once all the same.
func TestALimitCountsPromotionsToo(t *testing.T) {
	t.Parallel()
	eachClub(t, `{"name": "Once", "units": [], "rules": [
		{"rule": "hello", "name": "Hello", "limit": {"times": 1}, "effect": {"discount": {"percent": 10}}}]}`, func(t *testing.T, c *club) {
		t.Helper()
		first := c.buys("anna", "1", nil, line("bag", "", 1, 1000))
		for range 2 { // looked at again, it is the same use
			if r := c.why(c.buys("anna", "2", nil, line("bag", "", 1, 1000)), "hello"); r.Gave() || r.Why != programme.LimitReached {
				t.Errorf("a second time: %+v", r)
			}
			c.buys("anna", "1", func(o *order.Order) { o.State = order.Paid }, line("bag", "", 1, 1000))
			if r := c.why(first, "hello"); r.DiscountMinor != 100 {
				t.Errorf("the first time: %+v", r)
			}
			c.buys("anna", "1", func(o *order.Order) { o.State = order.Fulfilled }, line("bag", "", 1, 1000))
		}
		c.buys("anna", "1", func(o *order.Order) { o.State = order.Cancelled }, line("bag", "", 1, 1000))
		if r := c.why(c.buys("anna", "3", nil, line("bag", "", 1, 1000)), "hello"); r.DiscountMinor != 100 {
			t.Errorf("after the first was cancelled: %+v", r)
		}
	})
}

// TestALimitHoldsAgainstManyAtOnce has many orders of one customer arrive together.
func TestALimitHoldsAgainstManyAtOnce(t *testing.T) {
	t.Parallel()
	eachClub(t, `{"name": "Thrice", "units": [{"unit": "points"}], "rules": [
		{"rule": "thrice", "name": "Three times a day", "limit": {"times": 3, "period": "day"}, "effect": {"fixed": {"unit": "points", "units": 7}}}]}`,
		func(t *testing.T, c *club) {
			t.Helper()
			anna := c.buys("anna", "0", nil, line("cake", "", 1, 400)).Customer
			c.together(anna, 12, line("bag", "", 1, 1000))
			c.wants(anna, "points", 21)
		})
}

// together hands in many orders of one customer at the same moment.
func (c *club) together(who int64, n int, lines ...order.Line) {
	c.t.Helper()
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			if err := c.d.Write(c.t.Context(), func(tx *db.Tx) error {
				_, err := c.Order(tx, intake.Order{Customer: customer.Numbered(who), Order: order.Order{Source: "till", Reference: "together" + strconv.Itoa(i),
					Placed: c.At(tx.Now), Summed: true, Lines: slices.Clone(lines)}})
				return err
			}); err != nil {
				c.t.Error(err)
			}
		})
	}
	all.Wait()
}

// TestATierHasItsOwnExpiry: what is earned in it lives longer than the unit says.
func TestATierHasItsOwnExpiry(t *testing.T) {
	t.Parallel()
	eachClub(t, `{"name": "Long", "units": [{"unit": "points", "expiry": {"kind": "after", "n": 1, "every": "months"}}],
		"rules": [{"rule": "euro", "name": "A point a euro", "effect": {"rate": {"unit": "points", "units": 1, "per_minor": 100}}}],
		"tiers": {"by": "spend", "window": "lifetime", "levels": [{"tier": "gold", "name": "Gold", "from": 10000,
			"expiry": {"points": {"kind": "after", "n": 12, "every": "months"}}}]}}`, func(t *testing.T, c *club) {
		t.Helper()
		anna := c.buys("anna", "1", nil, line("bag", "", 1, 10000)).Customer // not in the tier yet
		c.buys("anna", "2", nil, line("bag", "", 1, 500))
		c.wants(anna, "points", 105)
		c.pass(40 * 24 * time.Hour)
		c.wants(anna, "points", 5)
		c.pass(330 * 24 * time.Hour)
		c.wants(anna, "points", 0)
	})
	for expiry, want := range map[string]string{
		`{"stars": {"kind": "after", "n": 1, "every": "months"}}`: "the programme has no unit",
		`{"points": {"kind": "after"}}`:                           "units expire after a number of",
		`{"points": {"kind": "idle", "n": 1, "every": "months"}}`: "do so in all tiers",
	} {
		d, err := programme.Parse([]byte(`{"name": "x", "units": [{"unit": "points"}], "rules": [], "tiers": {"by": "spend", "window": "lifetime",
			"levels": [{"tier": "gold", "name": "Gold", "from": 1, "expiry": ` + expiry + `}]}}`))
		if err == nil {
			_, err = programme.Compile(d, 0, time.UTC)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", expiry, err, want)
		}
	}
}
