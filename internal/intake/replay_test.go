package intake_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"regulars/internal/act/programme"
	"regulars/internal/base/db"
	"regulars/internal/base/locale"
	"regulars/internal/prove/replay"
	"regulars/internal/record/order"
)

const rehearsed = `{
	"name": "Rehearsed",
	"units": [{"unit": "points", "allows_debt": true, "expiry": {"kind": "after", "n": 2, "every": "months"}}],
	"rules": [
		{"rule": "rate", "name": "Three for ten", "effect": {"rate": {"unit": "points", "units": 3, "per_minor": 1000}}},
		{"rule": "rest", "name": "Nothing is lost", "effect": {"rate": {"unit": "points", "units": 1, "per_minor": 700, "keep_remainder": true}}},
		{"rule": "often", "name": "From the third on", "if": "customer.orders >= 2", "limit": {"times": 2, "period": "month"}, "effect": {"fixed": {"unit": "points", "units": 5}}},
		{"rule": "pot", "name": "From the pot", "budget": 60, "effect": {"fixed": {"unit": "points", "units": 7}}},
		{"rule": "off", "name": "Ten percent", "if": "order.amount > 50.0", "effect": {"discount": {"percent": 10}}}
	],
	"tiers": {"by": "orders", "window": "months", "months": 2, "levels": [{"tier": "one", "name": "One", "from": 1}, {"tier": "three", "name": "Three", "from": 3, "factor": 2}]}
}`

func (c *club) replays(document string, o replay.Options) *replay.Result {
	c.t.Helper()
	d, err := programme.Parse([]byte(document))
	if err != nil {
		c.t.Fatal(err)
	}
	draft, err := programme.Compile(d, 0, c.Business.Zone)
	if err != nil {
		c.t.Fatal(err)
	}
	var present *programme.Compiled
	if err := c.d.Read(c.t.Context(), func(tx *db.Tx) (err error) {
		present, err = c.Programme().Book.Current(tx, c.Business.Zone)
		return err
	}); err != nil {
		c.t.Fatal(err)
	}
	o.Zone, o.Digits = c.Business.Zone, 2
	out, err := replay.Run(c.t.Context(), c.d, draft, present, o)
	if err != nil {
		c.t.Fatal(err)
	}
	return out
}

// What the rehearsal says a programme gives is what it gives: the same orders through the ledger and through the rehearsal.
func TestARehearsalGivesWhatTheProgrammeGave(t *testing.T) {
	t.Parallel()
	eachClub(t, rehearsed, func(t *testing.T, c *club) {
		t.Helper()
		r := rand.New(rand.NewPCG(3, 7)) //nolint:gosec // no secret
		people := map[string]int64{}
		for i := range 120 {
			c.pass(time.Duration(r.IntN(40)+1) * time.Hour)
			who := fmt.Sprint("c", r.IntN(6))
			lines := []order.Line{line("a", "x", 1, int64(r.IntN(4000)+1)), line("b", "y", 2, int64(r.IntN(4000)+1))}
			if people[who] == 0 {
				people[who] = c.someone(who)
			}
			_, left := c.quoted(people[who], lines...)
			c.buys(who, fmt.Sprint("o", i), func(o *order.Order) { *o = withNames(left, *o) }, lines...)
		}
		out := c.replays(rehearsed, replay.Options{ValueMinor: map[string]float64{"points": 2}, Used: 0.5, Margin: 0.6, Rise: 0.05})
		if out.Orders != 120 || out.Customers != 6 || out.Compared.Same != 6 || out.Compared.Winners+out.Compared.Losers != 0 {
			t.Errorf("%+v, %+v", out, out.Compared)
		}
		var units int64
		for _, rule := range out.Draft.Rules {
			given := c.number("SELECT CAST(coalesce(sum(units), 0) AS BIGINT) FROM programme_awards WHERE rule = $1", rule.Rule)
			if rule.Units != given {
				t.Errorf("%s: %d in the rehearsal, %d in the ledger", rule.Rule, rule.Units, given)
			}
			units += given
			if rule.Rule == "pot" && (given != 60 || *rule.BudgetLeft != 0 || rule.SpentOn == "") {
				t.Errorf("%+v", rule)
			}
		}
		if want := units + out.Draft.DiscountMinor; out.Draft.CostMinor < want-3 || out.Draft.CostMinor > want+3 {
			t.Errorf("it costs %d, want %d units of 2 cents of which half are used, and discounts of %d", out.Draft.CostMinor, units, out.Draft.DiscountMinor)
		}
		for _, tier := range out.Draft.Tiers {
			if n := c.number("SELECT count(*) FROM programme_tiers WHERE tier = $1", tier.Tier); n != tier.Customers {
				t.Errorf("%s: %d in the rehearsal, %d in fact", tier.Tier, tier.Customers, n)
			}
		}
		var issued, expired int64
		for _, m := range out.Draft.Months {
			issued += m.Issued["points"]
			expired += m.Expired["points"]
			if m.Outstanding["points"] != issued-expired {
				t.Errorf("%s: %d outstanding, want %d", m.Month, m.Outstanding["points"], issued-expired)
			}
		}
		if issued != units || out.Draft.BreakEven == nil || *out.Draft.BreakEven <= 0 || out.Draft.GainMinor == nil {
			t.Errorf("%d issued, want %d; %v, %v", issued, units, out.Draft.BreakEven, out.Draft.GainMinor)
		}
		var shared int64
		for _, fifth := range out.Draft.FifthsMinor {
			shared += fifth
		}
		if shared < out.Draft.CostMinor-6 || shared > out.Draft.CostMinor+6 {
			t.Errorf("the fifths get %d of %d", shared, out.Draft.CostMinor)
		}
	})
}

func TestARehearsalIsBesideWhatIsInForce(t *testing.T) {
	t.Parallel()
	eachClub(t, rehearsed, func(t *testing.T, c *club) {
		t.Helper()
		c.buys("ada", "1", nil, line("a", "x", 1, 6000))
		c.buys("bob", "2", nil, line("a", "x", 1, 500))
		c.buys("bob", "3", func(o *order.Order) { o.State = order.Cancelled }, line("a", "x", 1, 90000))
		c.returns("R", "1", order.ReturnLine{Line: 1, Quantity: 0.5, AmountMinor: 3000})
		better := strings.Replace(strings.Replace(rehearsed, `"units": 3`, `"units": 30`, 1), `"percent": 10`, `"percent": 1`, 1)
		out := c.replays(better, replay.Options{ValueMinor: map[string]float64{"points": 1}})
		// What came back does not count: 30 euros are 90 points, beside 9; five euros are 15, beside 1.
		if out.Orders != 2 || out.RevenueMinor != 3500 || out.Draft.Rules[0].Units != 105 || out.Present.Rules[0].Units != 10 || out.Compared.Winners != 2 {
			t.Errorf("%+v\n%+v\n%+v", out.Draft, out.Present, out.Compared)
		}
		if n := c.number("SELECT count(*) FROM programme_outcomes"); n != 3 {
			t.Errorf("the rehearsal wrote: %d outcomes", n)
		}
		none := c.replays(better, replay.Options{From: c.now().Add(time.Hour)})
		if none.Orders != 0 || none.First != "" || len(none.Draft.Months) != 0 {
			t.Errorf("%+v", none)
		}
		ctx, stop := context.WithCancel(t.Context())
		stop()
		if err := order.EachPlaced(func(fn func(tx *db.Tx) error) error { return c.d.Read(ctx, fn) }, 0, func(int) {}, func(*order.Stored, []order.Back) error { return nil }); err == nil {
			t.Error("a rehearsal that is given up goes on")
		}
	})
}

// What is found in the orders of before: rules, tiers and rewards that nobody would ever have had, and when the first reward
// could be had with what had not expired by then.
func TestARehearsalSaysWhatNobodyGets(t *testing.T) {
	t.Parallel()
	draft := strings.TrimSuffix(strings.Replace(rehearsed, `"from": 3, "factor": 2`, `"from": 300, "factor": 2`, 1), "}") + `, "rewards": [
		{"reward": "soon", "name": "Soon", "kind": "discount", "terms": {"amount_minor": 100}, "unit": "points", "price": 40},
		{"reward": "later", "name": "Later", "kind": "discount", "terms": {"amount_minor": 100}, "unit": "points", "price": 400}]}`
	draft = strings.Replace(draft, `"rules": [`, `"rules": [{"rule": "dear", "name": "Dear", "if": "order.amount > 1000.0", "effect": {"gift": {"text": "cup"}}},
		{"rule": "wild", "name": "Wild", "days": ["mon"], "limit": {"times": 1}, "effect": {"fixed": {"unit": "points", "units": 900}}},`, 1)
	eachClub(t, rehearsed, func(t *testing.T, c *club) {
		t.Helper()
		c.pass(24 * time.Hour)
		for i := range 120 {
			c.pass(6 * time.Hour)
			c.buys(fmt.Sprint("c", i%6), fmt.Sprint("o", i), nil, line("a", "x", 1, 2000))
		}
		out := c.replays(draft, replay.Options{ValueMinor: map[string]float64{"points": 5}, Margin: 0.01})
		l, err := locale.Get("en")
		if err != nil {
			t.Fatal(err)
		}
		out.Lint.Say(l, "EUR")
		said := map[string]string{}
		for _, f := range out.Lint.Findings {
			said[f.Code] += f.Where + ": " + f.Words
		}
		for code, want := range map[string]string{
			"rule_unused":        "rules[0]: Dear gave nothing for any of 120 past orders",
			"tier_unreached":     "tiers.levels[1]: None of 6 customers would ever have come into Three",
			"orders_above_price": ": 6 of 120 past orders would have given more than was paid",
			"costs_above_margin": "% of revenue, and the margin is 1.0%",
		} {
			if !strings.Contains(said[code], want) {
				t.Errorf("%s: %q, want %q", code, said[code], want)
			}
		}
		if f := out.Draft.First; len(f) != 1 || f[0].Reward != "soon" || f[0].Customers != 6 || f[0].MedianDays == nil {
			t.Errorf("%+v", f)
		}
		// Points of 20 euros, at 30 a month, never come to 40 where they are gone after a day.
		short := strings.Replace(strings.Replace(draft, `"n": 2, "every": "months"`, `"n": 1, "every": "days"`, 1), `"units": 900`, `"units": 1`, 1)
		out = c.replays(strings.Replace(short, `"price": 40,`, `"price": 60,`, 1), replay.Options{})
		if f := out.Draft.First; len(f) != 1 || f[0].Customers != 0 || f[0].MedianDays != nil {
			t.Errorf("%+v", f)
		}
	})
}

// Who was merged is one person all along, as for the programme.
func TestARehearsalTakesWhoWasMergedForOne(t *testing.T) {
	t.Parallel()
	eachClub(t, rehearsed, func(t *testing.T, c *club) {
		t.Helper()
		ada := c.buys("ada", "1", nil, line("a", "x", 1, 1000)).Customer
		card := c.buys("ada's card", "2", nil, line("a", "x", 1, 1000)).Customer
		c.buys("bob", "3", nil, line("a", "x", 1, 1000))
		c.merges(card, ada)
		c.pass(time.Hour)
		third := c.buys("ada's card", "4", nil, line("a", "x", 1, 1000))
		out := c.replays(rehearsed, replay.Options{ValueMinor: map[string]float64{"points": 1}})
		if n := out.Draft.Rules[2].Orders; out.Customers != 2 || n != 1 || c.why(third, "often").Units != 5 {
			t.Errorf("%d customers, %d third orders, and the programme gave %+v", out.Customers, n, c.why(third, "often"))
		}
	})
}
