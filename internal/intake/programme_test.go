package intake_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/act/points"
	"regulars/internal/act/programme"
	"regulars/internal/act/reward"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/intake"
	"regulars/internal/prove/replay"
	"regulars/internal/record/business"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/order"
	"regulars/internal/record/schema/schematest"
)

// club is a shop with a programme, whose clock the test sets.
type club struct {
	*shop
	us atomic.Int64
}

func (c *club) now() time.Time        { return time.UnixMicro(c.us.Load()).UTC() }
func (c *club) pass(by time.Duration) { c.us.Add(by.Microseconds()) }

func eachClub(t *testing.T, document string, test func(t *testing.T, c *club)) {
	t.Helper()
	schematest.EachOptions(t, func(t *testing.T, o db.Options) {
		t.Helper()
		c := &club{}
		c.us.Store(time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC).UnixMicro()) // a Tuesday
		o.Clock = c.now
		d := schematest.Open(t, o)
		zone, err := time.LoadLocation("Europe/Athens")
		if err != nil {
			t.Fatal(err)
		}
		in, err := intake.New(t.Context(), d, business.Business{Zone: zone, Currency: "EUR", Country: "GR"})
		if err != nil {
			t.Fatal(err)
		}
		c.shop = &shop{in, t, d}
		c.publish(document)
		test(t, c)
		c.ledgerSound()
	})
}

func (c *club) publish(document string) {
	c.t.Helper()
	if err := c.write(func(tx *db.Tx) error {
		v, err := programme.Write(tx, []byte(document), "", "usr_1", c.Business.Zone)
		if err != nil {
			return err
		}
		_, err = c.Programme().Publish(tx, v.Version, "usr_2", c.Business.Zone)
		return err
	}); err != nil {
		c.t.Fatal(err)
	}
}

func (c *club) ledgerSound() {
	c.t.Helper()
	for _, check := range append(points.Checks(), programme.Checks()...) {
		found, err := check.Run(c.t.Context(), c.d)
		if err != nil || found.N != 0 {
			c.t.Errorf("%s: %d, for example %s (%v)", check.Key, found.N, found.Example, err)
		}
	}
}

// line is product, category, pieces and cents.
func line(product, category string, quantity float64, minor int64) order.Line {
	return order.Line{Product: product, Category: category, Quantity: quantity, AmountMinor: minor}
}

// buys hands an order in, made of lines, placed now.
func (c *club) buys(who, reference string, change func(*order.Order), lines ...order.Line) fact.Outcome {
	c.t.Helper()
	o := intake.Order{Customer: customer.Identity{Kind: customer.OwnID, Value: who}, Order: order.Order{Source: "till", Reference: reference, Placed: c.At(c.now()), Summed: true, Lines: lines}}
	if change != nil {
		change(&o.Order)
	}
	out := c.do(func(tx *db.Tx) (fact.Outcome, error) {
		next := o
		next.Lines = append([]order.Line(nil), o.Lines...)
		return c.Order(tx, next)
	})
	if out.Err != nil {
		c.t.Fatal(out.Err)
	}
	return out
}

func (c *club) returns(reference, of string, lines ...order.ReturnLine) {
	c.t.Helper()
	out := c.do(func(tx *db.Tx) (fact.Outcome, error) {
		return c.Return(tx, intake.Return{Bounded: true, Return: order.Return{Source: "till", Reference: reference, OrderReference: of, Returned: c.At(c.now()), Summed: true,
			Lines: append([]order.ReturnLine(nil), lines...)}})
	})
	if out.Err != nil {
		c.t.Fatal(out.Err)
	}
}

func (c *club) has(customer int64, unit string) (b points.Balance) {
	c.t.Helper()
	if err := c.d.Read(c.t.Context(), func(tx *db.Tx) (err error) {
		b, err = points.BalanceOf(tx, customer, unit, tx.Now)
		return err
	}); err != nil {
		c.t.Fatal(err)
	}
	return b
}

func (c *club) wants(customer int64, unit string, available int64) {
	c.t.Helper()
	if b := c.has(customer, unit); b.Available-b.Debt != available {
		c.t.Errorf("%d %s available and %d owed, want %d together", b.Available, unit, b.Debt, available)
	}
}

// why is what came of a rule for an order.
func (c *club) why(out fact.Outcome, rule string) (r programme.Result) {
	c.t.Helper()
	if err := c.d.Read(c.t.Context(), func(tx *db.Tx) error {
		o, ok, err := programme.Of(tx, out.Customer, programme.OrderCause(out.Fact))
		if err != nil || !ok {
			return fmt.Errorf("no explanation: %w", err)
		}
		for _, one := range o.Results {
			if one.Rule == rule {
				r = one
			}
		}
		return nil
	}); err != nil {
		c.t.Fatal(err)
	}
	return r
}

func (c *club) tier(customer int64) programme.Standing {
	c.t.Helper()
	var s programme.Standing
	if err := c.d.Read(c.t.Context(), func(tx *db.Tx) (err error) {
		s, _, err = c.Programme().Standing(tx, customer)
		return err
	}); err != nil {
		c.t.Fatal(err)
	}
	return s
}

const cafe = `{
	"name": "Café Kipseli",
	"units": [
		{"unit": "points", "allows_debt": true, "expiry": {"kind": "after", "n": 6, "every": "months"}},
		{"unit": "stamps"}
	],
	"rules": [
		{"rule": "point-a-euro", "name": "A point a euro", "effect": {"rate": {"unit": "points", "units": 1, "per_minor": 100}}},
		{"rule": "tuesday", "name": "Double on Tuesdays before noon", "days": ["tue"], "hours": "07:00-12:00", "effect": {"times": {"unit": "points", "factor": 2}}},
		{"rule": "coffee-stamp", "name": "A stamp a coffee", "lines": "line.category == 'coffee'", "effect": {"each": {"unit": "stamps", "units": 1}}},
		{"rule": "first", "name": "Welcome", "if": "customer.first_order && order.amount >= 5.0", "effect": {"fixed": {"unit": "points", "units": 20}}},
		{"rule": "birthday", "name": "Happy birthday", "on": "birthday", "effect": {"fixed": {"unit": "points", "units": 50}}}
	],
	"tiers": {"by": "spend", "window": "months", "months": 12, "levels": [
		{"tier": "bronze", "name": "Bronze", "from": 0},
		{"tier": "silver", "name": "Silver", "from": 20000, "factor": 1.5, "gift": {"unit": "points", "units": 30}},
		{"tier": "gold", "name": "Gold", "from": 50000, "factor": 2}
	]},
	"rewards": [{"reward": "tenth-coffee", "name": "The tenth coffee", "kind": "product", "terms": {"product": "espresso"}, "unit": "stamps", "price": 9}]
}`

func TestTheCafe(t *testing.T) {
	t.Parallel()
	eachClub(t, cafe, func(t *testing.T, c *club) {
		t.Helper()
		// Tuesday, eleven in the morning in Athens: 12.50 is 12 points, doubled, and 20 for the first order.
		first := c.buys("ada", "1", nil, line("espresso", "coffee", 2, 500), line("cake", "food", 1, 750))
		ada := first.Customer
		c.wants(ada, "points", 44)
		c.wants(ada, "stamps", 2)
		c.pass(4 * time.Hour) // the afternoon
		second := c.buys("ada", "2", nil, line("espresso", "coffee", 8, 2000))
		c.wants(ada, "points", 64)
		c.wants(ada, "stamps", 10)
		if r := c.why(second, "tuesday"); r.Why != programme.WrongHours || r.Detail != "07:00-12:00" {
			t.Errorf("%+v", r)
		}
		if r := c.why(second, "first"); r.Why != programme.Unmet || !strings.Contains(r.Detail, "customer.first_order") {
			t.Errorf("%+v", r)
		}
		if r := c.why(first, "point-a-euro"); r.Units != 24 || r.Factor != 2 || r.BaseMinor != 1250 {
			t.Errorf("%+v", r)
		}
		// Nine stamps are a coffee; the tenth is kept.
		if err := c.write(func(tx *db.Tx) error {
			_, err := c.Rewards().Redeem(tx, wish(ada, "tenth-coffee"))
			return err
		}); err != nil {
			t.Fatal(err)
		}
		c.wants(ada, "stamps", 1)
		// Half of the second order comes back: 10 euros, 4 coffees.
		c.returns("R1", "2", order.ReturnLine{Line: 1, Quantity: 4, AmountMinor: 1000})
		c.wants(ada, "points", 54)
		if r := c.why(second, "coffee-stamp"); r.Units != 4 {
			t.Errorf("%+v", r)
		}
		// 200 euros over twelve months are silver: at once, with a gift; the next order earns half as much again.
		c.buys("ada", "3", nil, line("machine", "goods", 1, 20000))
		c.wants(ada, "points", 54+200+30)
		if s := c.tier(ada); s.Tier != "silver" || s.Next != "gold" || s.Missing != 50000-20000-1250-1000 || len(s.Moves) != 2 {
			t.Errorf("%+v", s)
		}
		c.buys("ada", "4", nil, line("beans", "goods", 1, 1000))
		c.wants(ada, "points", 54+200+30+15)
		// The machine comes back, and with it what it was silver for; the gift stays.
		c.returns("R2", "3", order.ReturnLine{Line: 1, Quantity: 1, AmountMinor: 20000})
		c.wants(ada, "points", 54+30+15)
		if s := c.tier(ada); s.Tier != "bronze" || s.Earned != "bronze" {
			t.Errorf("%+v", s)
		}
		// Six months later what came in expires.
		c.pass(200 * 24 * time.Hour)
		c.wants(ada, "points", 0)
	})
}

// What users of other systems complain of.
func TestNothingIsKeptOfWhatIsGivenBack(t *testing.T) {
	t.Parallel()
	eachClub(t, cafe, func(t *testing.T, c *club) {
		t.Helper()
		ada := c.buys("ada", "0", nil, line("x", "y", 1, 100)).Customer // not the first from here on
		c.pass(6 * time.Hour)
		start := c.has(ada, "points").Available
		lines := []order.Line{line("espresso", "coffee", 3, 999), line("cake", "food", 1, 451)}
		// Bought and returned in parts, again and again.
		for i := range 5 {
			ref := fmt.Sprint("loop", i)
			c.buys("ada", ref, nil, lines...)
			c.returns(ref+"a", ref, order.ReturnLine{Line: 1, Quantity: 1, AmountMinor: 333})
			c.returns(ref+"b", ref, order.ReturnLine{Line: 2, Quantity: 1, AmountMinor: 451})
			c.returns(ref+"c", ref, order.ReturnLine{Line: 1, Quantity: 2, AmountMinor: 666})
		}
		c.wants(ada, "points", start)
		c.wants(ada, "stamps", 0)
		// The state flips, and the same order is handed in again and again.
		for _, state := range []order.State{order.Placed, order.Paid, order.Cancelled, order.Cancelled, order.Paid, order.Fulfilled, order.Fulfilled} {
			c.buys("ada", "flip", func(o *order.Order) { o.State = state }, lines...)
		}
		c.wants(ada, "points", start+14)
		c.wants(ada, "stamps", 3)
		// Spent, and then returned: it is owed, and the next order fills it.
		if err := c.write(func(tx *db.Tx) error {
			_, err := c.Ledger().Spend(tx, points.Act{Customer: ada, Unit: "points", Key: "spend", Cause: "test", Actor: "test"}, start+14)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		c.returns("late", "flip", order.ReturnLine{Line: 1, Quantity: 3, AmountMinor: 999}, order.ReturnLine{Line: 2, Quantity: 1, AmountMinor: 451})
		c.wants(ada, "points", -14)
		c.buys("ada", "next", nil, line("cake", "food", 1, 2000))
		c.wants(ada, "points", 6)
		// A return without a line takes from all in proportion.
		c.buys("ada", "whole", nil, line("a", "b", 1, 1000), line("c", "d", 1, 1000))
		c.do(func(tx *db.Tx) (fact.Outcome, error) {
			return c.Return(tx, intake.Return{Bounded: true, Return: order.Return{Source: "till", Reference: "amount", OrderReference: "whole", Returned: c.At(c.now()), AmountMinor: 500}})
		})
		c.wants(ada, "points", 6+15)
	})
}

const limited = `{
	"name": "Limited",
	"units": [{"unit": "points"}],
	"rules": [
		{"rule": "once", "name": "Once a day", "limit": {"times": 1, "period": "day"}, "effect": {"fixed": {"unit": "points", "units": 5}}},
		{"rule": "pot", "name": "From the pot", "budget": 25, "effect": {"fixed": {"unit": "points", "units": 10}}},
		{"rule": "big", "name": "Ten percent", "group": "off", "priority": 1, "if": "order.amount > 50.0", "effect": {"discount": {"percent": 10}}},
		{"rule": "small", "name": "Two euros off", "group": "off", "effect": {"discount": {"amount_minor": 200}}},
		{"rule": "ladder", "name": "The more the better", "effect": {"discount": {"steps": [{"spend_minor": 1000, "percent": 3}, {"spend_minor": 10000, "percent": 5}]}}},
		{"rule": "rest", "name": "Nothing is lost", "if": "order.channel == 'rest'", "effect": {"rate": {"unit": "points", "units": 1, "per_minor": 100, "keep_remainder": true}}}
	]
}`

func TestLimitsBudgetsAndGroups(t *testing.T) {
	t.Parallel()
	eachClub(t, limited, func(t *testing.T, c *club) {
		t.Helper()
		one := c.buys("ada", "1", nil, line("x", "y", 1, 1000))
		two := c.buys("ada", "2", nil, line("x", "y", 1, 6000))
		c.wants(one.Customer, "points", 5+10+10)
		if r := c.why(two, "once"); r.Why != programme.LimitReached {
			t.Errorf("%+v", r)
		}
		if r := c.why(two, "big"); r.DiscountMinor != 600 {
			t.Errorf("%+v", r)
		}
		if r := c.why(two, "small"); r.Why != programme.Beaten || r.Detail != "Ten percent" {
			t.Errorf("%+v", r)
		}
		if a, b := c.why(one, "ladder"), c.why(two, "ladder"); a.DiscountMinor != 0 || b.DiscountMinor != 180 {
			t.Errorf("%+v, %+v", a, b)
		}
		// Five are left in the pot; what comes back goes back into it.
		three := c.buys("bob", "3", nil, line("x", "y", 1, 1000))
		if r := c.why(three, "pot"); r.Units != 5 || r.Trimmed != 5 {
			t.Errorf("%+v", r)
		}
		four := c.buys("eve", "4", nil, line("x", "y", 1, 1000))
		if r := c.why(four, "pot"); r.Why != programme.BudgetSpent {
			t.Errorf("%+v", r)
		}
		c.buys("ada", "1", func(o *order.Order) { o.State = order.Cancelled }, line("x", "y", 1, 1000))
		c.wants(one.Customer, "points", 10)
		five := c.buys("eve", "5", nil, line("x", "y", 1, 1000))
		if r := c.why(five, "pot"); r.Units != 10 {
			t.Errorf("%+v", r)
		}
		// The cancelled order gave its turn back too.
		six := c.buys("ada", "6", nil, line("x", "y", 1, 1000))
		if r := c.why(six, "once"); r.Units != 5 {
			t.Errorf("%+v", r)
		}
		before := c.has(five.Customer, "points").Available
		c.pass(48 * time.Hour)
		for i := range 4 { // 4 × 0.75 are 3 points
			c.buys("eve", fmt.Sprint("rest", i), func(o *order.Order) { o.Channel = "rest" }, line("x", "y", 1, 75))
		}
		c.wants(five.Customer, "points", before+5+3)
	})
}

func TestManyAtOnceKeepToTheBudget(t *testing.T) {
	t.Parallel()
	eachClub(t, limited, func(t *testing.T, c *club) {
		t.Helper()
		var wait sync.WaitGroup
		for i := range 24 {
			wait.Go(func() {
				o := intake.Order{Customer: customer.Identity{Kind: customer.OwnID, Value: fmt.Sprint("c", i%3)}, Order: order.Order{Source: "till", Reference: fmt.Sprint("r", i),
					Placed: c.At(c.now()), Summed: true, Lines: []order.Line{line("x", "y", 1, 1000)}}}
				if err := c.d.Write(t.Context(), func(tx *db.Tx) error { _, err := c.Order(tx, o); return err }); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if n := c.number("SELECT CAST(sum(units) AS BIGINT) FROM programme_awards WHERE rule = 'pot'"); n != 25 {
			t.Errorf("%d of 25 were given", n)
		}
		if n := c.number("SELECT count(*) FROM programme_awards WHERE rule = 'once' AND units > 0"); n != 3 {
			t.Errorf("%d customers had it once a day, want 3", n)
		}
	})
}

const simple = `{
	"name": "Simple",
	"units": [{"unit": "points", "allows_debt": true}, {"unit": "stamps", "allows_debt": true}],
	"rules": [
		{"rule": "rate", "name": "Three for ten", "effect": {"rate": {"unit": "points", "units": 3, "per_minor": 1000}}},
		{"rule": "coffee", "name": "Coffee", "lines": "line.category == 'coffee' && line.amount > 0.0", "effect": {"each": {"unit": "stamps", "units": 2}}},
		{"rule": "large", "name": "Large", "if": "order.amount >= 30.0", "effect": {"fixed": {"unit": "points", "units": 7}}}
	]
}`

// Whatever is bought, changed, cancelled and brought back: what was given is what the rules give for what is left.
func TestAnyStoryOfOrdersAddsUp(t *testing.T) {
	t.Parallel()
	eachClub(t, simple, func(t *testing.T, c *club) {
		t.Helper()
		n := 0
		rapid.Check(t, func(rt *rapid.T) {
			type bought struct {
				lines     [2]int64 // amounts of coffee and cake, a euro a piece
				back      [2]int64
				cancelled bool
			}
			n++
			who := fmt.Sprint("p", n)
			all := map[string]*bought{}
			var refs []string
			var number int64
			hand := func(ref string, b *bought) {
				out := c.buys(who, ref, func(o *order.Order) {
					if b.cancelled {
						o.State = order.Cancelled
					}
				}, line("espresso", "coffee", float64(b.lines[0]), b.lines[0]*100), line("cake", "food", float64(b.lines[1]), b.lines[1]*100))
				number = out.Customer
			}
			for i := range rapid.IntRange(1, 8).Draw(rt, "steps") {
				act := rapid.IntRange(0, 3).Draw(rt, "act")
				if len(refs) == 0 || act == 0 {
					ref := fmt.Sprint(who, "-", i)
					all[ref] = &bought{lines: [2]int64{rapid.Int64Range(1, 40).Draw(rt, "coffee"), rapid.Int64Range(1, 40).Draw(rt, "cake")}}
					refs = append(refs, ref)
					hand(ref, all[ref])
					continue
				}
				ref := rapid.SampledFrom(refs).Draw(rt, "which")
				b := all[ref]
				switch act {
				case 1:
					at := rapid.IntRange(0, 1).Draw(rt, "line")
					if left := b.lines[at] - b.back[at]; left > 0 {
						k := rapid.Int64Range(1, left).Draw(rt, "back")
						b.back[at] += k
						c.returns(fmt.Sprint(ref, "/", i), ref, order.ReturnLine{Line: at + 1, Quantity: float64(k), AmountMinor: k * 100})
					}
				case 2:
					b.cancelled = !b.cancelled
					hand(ref, b)
				default:
					b.lines[1] += rapid.Int64Range(0, 9).Draw(rt, "more")
					hand(ref, b)
				}
			}
			var wantPoints, wantStamps int64
			for _, b := range all {
				if b.cancelled {
					continue
				}
				coffee, cake := b.lines[0]-b.back[0], b.lines[1]-b.back[1]
				wantPoints += (coffee + cake) * 3 / 10
				wantStamps += 2 * coffee
				if coffee+cake >= 30 {
					wantPoints += 7
				}
			}
			for unit, want := range map[string]int64{"points": wantPoints, "stamps": wantStamps} {
				if b := c.has(number, unit); b.Available-b.Debt != want {
					rt.Errorf("%d %s and %d owed, want %d: %+v", b.Available, unit, b.Debt, want, all)
				}
			}
		})
	})
}

func TestWhatAProgrammeMayNotBe(t *testing.T) {
	t.Parallel()
	change := func(old, next string) string { return strings.Replace(simple, old, next, 1) }
	for _, c := range []struct{ what, document, field, says string }{
		{"no JSON", "{", "", "cannot be read"},
		{"an unknown name", change(`"name": "Simple"`, `"nam": "Simple"`), "", `unknown field "nam"`},
		{"two documents", simple + "{}", "", "something follows"},
		{"no name", change(`"name": "Simple"`, `"name": " "`), "name", "has a name"},
		{"a unit twice", change(`"stamps", "allows`, `"points", "allows`), "units[1]", "twice"},
		{"a unit that is none", change(`"unit": "points", "units": 3`, `"unit": "stars", "units": 3`), "rules[0].effect", "not among the units"},
		{"two effects", change(`{"rate":`, `{"gift": {"text": "x"}, "rate":`), "rules[0].effect", "exactly one"},
		{"a condition that cannot be read", change(`order.amount >= 30.0`, `order.amount >`), "rules[2].if", "at sign"},
		{"a field that is none", change(`order.amount >= 30.0`, `order.amout >= 30.0`), "rules[2].if", "undeclared reference"},
		{"a line where there is none", change(`order.amount >= 30.0`, `line.amount >= 30.0`), "rules[2].if", "undeclared reference"},
		{"no yes or no", change(`order.amount >= 30.0`, `order.amount`), "rules[2].if", "true or false"},
		{"a day that is none", change(`"name": "Large"`, `"name": "Large", "days": ["monday"]`), "rules[2].days[0]", "is no day"},
		{"hours that are none", change(`"name": "Large"`, `"name": "Large", "hours": "10-9"`), "rules[2].hours", "are no hours"},
		{"a rule twice", change(`"rule": "large"`, `"rule": "rate"`), "rules[2].rule", "twice"},
		{"an action with a rate", change(`"name": "Three for ten"`, `"name": "Three for ten", "on": "birthday"`), "rules[0].effect", "fixed number"},
		{"nothing a euro", change(`"per_minor": 1000`, `"per_minor": 0`), "rules[0].effect.rate", "above 0"},
		{"tiers that fall", change(`"rules"`, `"tiers": {"by": "spend", "window": "lifetime", "levels": [{"tier": "a", "name": "A", "from": 5}, {"tier": "b", "name": "B", "from": 5}]}, "rules"`), "tiers.levels[1].from", "above the one before"},
		{"a tier by invitation that is risen to", change(`"rules"`, `"tiers": {"by": "visits", "window": "joining", "levels": [{"tier": "a", "name": "A", "from": 5, "invitation": true}]}, "rules"`), "tiers.levels[0].from", "by invitation"},
		{"a limit of nothing", change(`"name": "Large"`, `"name": "Large", "limit": {"period": "day"}`), "rules[2].limit", "times, units, or both"},
		{"a limit in units of what gives none", change(`"rules": [`, `"rules": [{"rule": "off", "name": "Off", "limit": {"units": 5}, "effect": {"discount": {"percent": 5}}}, `), "rules[0].limit.units", "no units"},
		{"a reward that is none", change(`"rules"`, `"rewards": [{"reward": "x", "name": "X", "kind": "car"}], "rules"`), "rewards[0].kind", "no kind of reward"},
	} {
		d, err := programme.Parse([]byte(c.document))
		if err == nil {
			_, err = programme.Compile(d, 0, time.UTC)
		}
		var f *fault.Fault
		if !errors.As(err, &f) || f.Kind != fault.Invalid || f.Field != c.field || !strings.Contains(f.Message, c.says) {
			t.Errorf("%s: %v, field %v", c.what, err, f)
		}
	}
}

func TestVersionsOfTheProgramme(t *testing.T) {
	t.Parallel()
	eachClub(t, simple, func(t *testing.T, c *club) {
		t.Helper()
		one := c.buys("ada", "1", nil, line("cake", "food", 1, 10000))
		c.wants(one.Customer, "points", 37)
		c.publish(strings.Replace(simple, `"units": 3`, `"units": 6`, 1))
		c.pass(2 * time.Second)
		// What was bought before is looked at as it was then.
		c.returns("R", "1", order.ReturnLine{Line: 1, Quantity: 0.5, AmountMinor: 5000})
		c.wants(one.Customer, "points", 15+7)
		c.buys("ada", "2", nil, line("cake", "food", 1, 1000))
		c.wants(one.Customer, "points", 15+7+6)
		// Rolled back.
		if err := c.write(func(tx *db.Tx) error {
			_, err := c.Programme().Book.Publish(tx, 1, "usr_1", c.Business.Zone)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		c.buys("ada", "3", nil, line("cake", "food", 1, 1000))
		c.wants(one.Customer, "points", 15+7+6+3)
		// Four eyes.
		four := strings.Replace(simple, `"name": "Simple"`, `"name": "Simple", "four_eyes": true`, 1)
		c.publish(four)
		other := c.someStaff("m@example.com")
		if err := c.write(func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE users SET state = 'active' WHERE user_id = $1", other)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		err := c.write(func(tx *db.Tx) error {
			v, err := programme.Write(tx, []byte(simple), "", "usr_1", c.Business.Zone)
			if err != nil {
				return err
			}
			_, err = c.Programme().Book.Publish(tx, v.Version, "usr_1", c.Business.Zone)
			return err
		})
		if fault.KindOf(err) != fault.Forbidden {
			t.Errorf("published by its author: %v", err)
		}
		found, err := programme.Diff([]byte(simple), []byte(four))
		if err != nil || len(found) != 1 || found[0].At != "four_eyes" || found[0].After != "true" {
			t.Errorf("%+v, %v", found, err)
		}
	})
}

func wish(customer int64, name string) reward.Wish {
	return reward.Wish{Customer: customer, Reward: name, Key: name, Actor: "test"}
}

func TestTimeInTheProgramme(t *testing.T) {
	t.Parallel()
	eachClub(t, cafe, func(t *testing.T, c *club) {
		t.Helper()
		ada := c.buys("ada", "1", nil, line("machine", "goods", 1, 60000)).Customer
		bob := c.buys("bob", "1b", nil, line("cake", "food", 1, 100)).Customer
		for number, born := range map[int64]customer.Birthday{ada: {Year: 1980, Month: 3, Day: 4}, bob: {Month: 2, Day: 29}} {
			if err := c.write(func(tx *db.Tx) error {
				out, err := c.Customer(tx, intake.Customer{Identities: []customer.Identity{customer.Numbered(number)}, Profile: customer.Profile{Birthday: born}})
				if err == nil {
					err = out.Err
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		before := c.has(ada, "points").Available
		days := func(n int) {
			for range n {
				c.pass(24 * time.Hour)
				for range 2 { // done again it is done once
					if err := errors.Join(c.Programme().Birthdays(t.Context(), c.d), c.Programme().RunOut(t.Context(), c.d)); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		days(2) // 3 to 5 March 2026
		c.wants(ada, "points", before+50)
		if s := c.tier(ada); s.Tier != "gold" || s.Next != "" {
			t.Errorf("%+v", s)
		}
		days(370) // gold was kept for twelve months; by then nothing counts any more
		if s := c.tier(ada); s.Tier != "bronze" || s.Counted != 0 || s.Moves[0].Why != "time" {
			t.Errorf("%+v", s)
		}
		if n := c.number("SELECT count(*) FROM programme_outcomes WHERE cause LIKE 'birthday:%'"); n != 3 { // ada's two, and the 28th of February 2027
			t.Errorf("%d birthdays were kept, want 3", n)
		}
		// By invitation, whatever was earned, until it runs out.
		if err := c.write(func(tx *db.Tx) error { return c.Programme().Invite(tx, bob, "gold", "a friend of the house") }); err != nil {
			t.Fatal(err)
		}
		c.buys("bob", "2b", nil, line("cake", "food", 1, 100))
		if s := c.tier(bob); s.Tier != "gold" || s.Moves[0].Why != "a friend of the house" {
			t.Errorf("%+v", s)
		}
		if err := c.write(func(tx *db.Tx) error { return c.Programme().Invite(tx, bob, "platinum", "x") }); fault.KindOf(err) != fault.NotFound {
			t.Errorf("into a tier that is none: %v", err)
		}
	})
}

const visited = `{
	"name": "Visited",
	"units": [{"unit": "points", "allows_debt": true}],
	"rules": [
		{"rule": "rate", "name": "A point a euro, 25 a month", "limit": {"units": 25, "period": "month"}, "effect": {"rate": {"unit": "points", "units": 1, "per_minor": 100}}},
		{"rule": "visit", "name": "Two for a visit", "limit": {"times": 1, "period": "day"}, "effect": {"fixed": {"unit": "points", "units": 2}}},
		{"rule": "back", "name": "Welcome back", "if": "customer.days_away >= 30", "effect": {"fixed": {"unit": "points", "units": 7}}},
		{"rule": "new", "name": "The first week", "if": "customer.member && customer.member_days < 7 && time.month == 3", "effect": {"gift": {"text": "cake"}}}
	],
	"tiers": {"by": "visits", "window": "joining", "drop": "step", "levels": [
		{"tier": "guest", "name": "Guest", "from": 0},
		{"tier": "regular", "name": "Regular", "from": 3, "gift": {"unit": "points", "units": 100}},
		{"tier": "friend", "name": "Friend of the house", "invitation": true, "factor": 2},
		{"tier": "family", "name": "Family", "from": 500}
	]}
}`

// Visits are days with an order; their years begin with joining; and there is a tier that nobody rises to.
func TestVisitsFromJoining(t *testing.T) {
	t.Parallel()
	eachClub(t, visited, func(t *testing.T, c *club) {
		t.Helper()
		var ada int64
		buy := func(reference string, minor int64) fact.Outcome {
			out := c.buys("ada", reference, nil, line("x", "y", 1, minor))
			ada = out.Customer
			return out
		}
		day := 24 * time.Hour
		first := buy("1", 2000)
		c.wants(ada, "points", 20+2)
		if s := c.tier(ada); s.Tier != "" || s.Next != "guest" || s.Counted != 0 || s.Missing != 0 {
			t.Errorf("before joining: %+v", s)
		}
		if r := c.why(first, "new"); r.Why != programme.Unmet {
			t.Errorf("%+v", r)
		}
		c.pass(day)
		if err := c.write(func(tx *db.Tx) error { return c.Join(tx, ada, "web") }); err != nil {
			t.Fatal(err)
		}
		// What was bought before that day does not count.
		if s := c.tier(ada); s.Tier != "guest" || s.Next != "regular" || s.Missing != 3 {
			t.Errorf("joined: %+v", s)
		}
		// Of the second order of the day five are within the limit of the month, and it is no other visit.
		two := buy("2", 1000)
		if r := c.why(two, "rate"); r.Units != 5 || r.Over != 5 {
			t.Errorf("%+v", r)
		}
		if r := c.why(two, "new"); r.Gift != "cake" {
			t.Errorf("%+v", r)
		}
		three := buy("3", 1000)
		if a, b := c.why(three, "rate"), c.why(three, "visit"); a.Why != programme.LimitReached || b.Why != programme.LimitReached {
			t.Errorf("%+v, %+v", a, b)
		}
		c.wants(ada, "points", 22+5+2)
		// What comes back gives the room back, to what comes next.
		c.returns("R", "1", order.ReturnLine{Line: 1, Quantity: 1, AmountMinor: 2000})
		c.wants(ada, "points", 5+2)
		buy("4", 1000)
		c.wants(ada, "points", 5+2+10)
		if s := c.tier(ada); s.Counted != 1 {
			t.Errorf("three orders of a day: %+v", s)
		}
		c.pass(day)
		buy("5", 100)
		c.pass(day)
		buy("6", 100)
		if s := c.tier(ada); s.Tier != "regular" || s.Next != "family" || s.Missing != 497 {
			t.Errorf("%+v", s)
		}
		before := c.has(ada, "points").Available
		c.pass(31 * day)
		away := buy("7", 100)
		if r := c.why(away, "back"); r.Units != 7 {
			t.Errorf("%+v", r)
		}
		c.wants(ada, "points", before+7+2+1)
		if err := c.write(func(tx *db.Tx) error { return c.Programme().Invite(tx, ada, "friend", "sings well") }); err != nil {
			t.Fatal(err)
		}
		// Kept to the end of the next year of membership, which began on the 4th of March; then a step down, past what is by
		// invitation.
		if s := c.tier(ada); s.Tier != "friend" || s.Until.In(c.Business.Zone).Format(time.DateOnly) != "2028-03-04" {
			t.Errorf("%+v", s)
		}
		c.us.Store(time.Date(2028, 3, 3, 23, 0, 0, 0, time.UTC).UnixMicro())
		if err := c.Programme().RunOut(t.Context(), c.d); err != nil {
			t.Fatal(err)
		}
		if s := c.tier(ada); s.Tier != "regular" || s.Counted != 0 || s.Moves[0].Why != "time" {
			t.Errorf("%+v", s)
		}
		if n := c.has(ada, "points").Available; n != before+10 {
			t.Errorf("the gift for coming in was given again: %d points, want %d", n, before+10)
		}
		out := c.replays(visited, replay.Options{})
		if out.Draft.Tiers[1].Rose != 1 || out.Draft.Rules[1].Orders != 4 {
			t.Errorf("%+v", out.Draft)
		}
	})
}
