package intake_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/act/points"
	"regulars/internal/act/programme"
	"regulars/internal/act/reward"
	"regulars/internal/act/statement"
	"regulars/internal/base/db"
	"regulars/internal/base/locale"
	"regulars/internal/record/customer"
	"regulars/internal/record/order"
)

const stated = `{
	"name": "Café", "starts": "2026-01-01",
	"units": [{"unit": "points"}, {"unit": "stamps"}],
	"tiers": {"by": "spend", "window": "lifetime", "levels": [{"tier": "guest", "name": "Guest"}, {"tier": "regular", "name": "Regular", "from": 5000, "gift": {"unit": "points", "units": 25}}]},
	"rewards": [{"reward": "cake", "name": "A cake", "kind": "product", "terms": {"product": "cake"}, "unit": "points", "price": 30, "codes": {"kind": "unique"}}],
	"rules": [
		{"rule": "base", "name": "For every euro", "effect": {"rate": {"unit": "points", "units": 1, "per_minor": 100}}},
		{"rule": "tea", "name": "Tea pays twice", "lines": "line.category == 'tea'", "effect": {"each": {"unit": "points", "units": 2}}},
		{"rule": "hello", "name": "Welcome", "on": "sign_up", "effect": {"fixed": {"unit": "points", "units": 10}}}
	],
	"challenges": [{"challenge": "two", "name": "Two visits", "count": "orders", "target": 2, "from": "2026-01-01", "gives": {"unit": "points", "units": 7}}]
}`

// says is a statement as text: a line for a line, and the sentences that say why.
func (c *club) says(members []int64, to programme.Reader, unit string) string {
	c.t.Helper()
	l, err := locale.Get("en")
	if err != nil {
		c.t.Fatal(err)
	}
	r := statement.Reader{Locale: l, Zone: c.Business.Zone, Currency: "EUR", Programme: c.Programme(), To: to}
	var text strings.Builder
	if err := c.d.Read(c.t.Context(), func(tx *db.Tx) error {
		lines, err := r.Latest(tx, members, 50)
		if unit != "" {
			lines, _, err = r.Lines(tx, members, unit, points.Page{}, points.MostEntries)
		}
		for i := range lines {
			fmt.Fprintf(&text, "%+d %s\n", lines[i].Units, lines[i].What)
			for _, why := range lines[i].Why {
				fmt.Fprintf(&text, "\t%s\n", why)
			}
		}
		return err
	}); err != nil {
		c.t.Fatal(err)
	}
	return text.String()
}

func TestAStatementSaysWhatEverythingWasFor(t *testing.T) {
	t.Parallel()
	eachClub(t, stated, func(t *testing.T, c *club) {
		t.Helper()
		anna := c.someone("anna")
		members := []int64{anna}
		if err := c.write(func(tx *db.Tx) error { return c.Programme().Joined(tx, anna) }); err != nil {
			t.Fatal(err)
		}
		c.pass(time.Hour)
		c.buys("anna", "o1", nil, line("flat white", "coffee", 2, 2000), line("green", "tea", 1, 500))
		c.pass(time.Hour)
		c.buys("anna", "o2", nil, line("beans", "coffee", 1, 3000))
		c.gives("usr_1", anna, 5)
		c.gives("usr_1", anna, -1)
		c.pass(time.Hour)
		var taken reward.Redemption
		if err := c.write(func(tx *db.Tx) (err error) { // out of several lots, and so of several entries
			taken, err = c.Rewards().Redeem(tx, reward.Wish{Customer: anna, Reward: "cake", Key: "r", Actor: "usr_1"})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		c.pass(time.Hour)
		if err := c.write(func(tx *db.Tx) error {
			_, err := c.Rewards().Refund(tx, anna, taken.ID, reward.Who{Actor: "usr_1", Reason: "never made"})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		c.pass(time.Hour)
		c.returns("b1", "o1", order.ReturnLine{Line: 2, Quantity: 1, AmountMinor: 500})

		// What came of the first order by now is not what it brought then, so that is not explained by it.
		member := `-7 something was returned: purchase of €25.00 on 3 March 2026
+30 given back: reward: A cake
-30 reward: A cake
-1 taken by the shop
+5 given by the shop
+7 challenge: Two visits
+25 tier reached: Regular
+30 purchase of €30.00
	For every euro: +30 points
+27 purchase of €25.00
+10 for joining
	Welcome: +10 points
`
		sorted := func(text string) string { // what one order brought came at one moment
			lines := strings.SplitAfter(text, "\n")
			slices.Sort(lines)
			return strings.Join(lines, "")
		}
		if got := c.says(members, programme.ForMember, "points"); sorted(got) != sorted(member) {
			t.Errorf("a member reads\n%swant\n%s", got, member)
		}
		if got := c.says(members, programme.ForMember, "stamps"); got != "" {
			t.Errorf("of stamps, of which there were none: %s", got)
		}
		staff := c.says(members, programme.Cashier, "")
		for _, want := range []string{"+5 given by the shop: sorry\n", "-1 taken by the shop: sorry\n",
			"-7 something was returned: purchase of €25.00 on 3 March 2026\n\tFor every euro: +20 points\n\tTea pays twice: taken back, because what it was for came back\n"} {
			if !strings.Contains(staff, want) {
				t.Errorf("staff do not read %q:\n%s", want, staff)
			}
		}

		// What gave nothing is told to staff alone, with the reason.
		bob := c.buys("bob", "o3", nil, line("gum", "sweets", 1, 50)).Customer
		if got := c.says([]int64{bob}, programme.Cashier, ""); !strings.Contains(got, "+0 purchase of €0.50 on 3 March 2026\n\tNothing in the programme applied.\n\tFor every euro: too little was bought") {
			t.Errorf("staff read %q", got)
		}
		if got := c.says([]int64{bob}, programme.ForMember, "points"); got != "" {
			t.Errorf("a member reads %q", got)
		}
		// An order that came back altogether, looked at again and again, still says so.
		for _, ref := range []string{"b2", "b3"} {
			c.returns(ref, "o1", order.ReturnLine{Line: 1, Quantity: 1, AmountMinor: 1000})
		}
		if o := c.outcome(anna, "o1"); !slices.ContainsFunc(o, func(r programme.Result) bool { return r.Rule == "tea" && r.Why == programme.TakenBack }) {
			t.Errorf("%+v", o)
		}
	})
}

// outcome is what came of an order of somebody's.
func (c *club) outcome(who int64, reference string) (all []programme.Result) {
	c.t.Helper()
	id := c.number("SELECT order_id FROM orders WHERE customer_id = $1 AND reference = $2", who, reference)
	if err := c.d.Read(c.t.Context(), func(tx *db.Tx) error {
		o, _, err := programme.Of(tx, who, programme.OrderCause(id))
		all = o.Results
		return err
	}); err != nil {
		c.t.Fatal(err)
	}
	return all
}

// Page by page nothing is lost, nothing comes twice, and what moved at once stays together.
func TestAStatementIsReadPageByPage(t *testing.T) {
	t.Parallel()
	eachClub(t, stated, func(t *testing.T, c *club) {
		t.Helper()
		anna := c.someone("anna")
		for n := range 12 {
			c.gives("usr_1", anna, int64(3+n%2))
			if n%4 == 3 {
				c.redeems(anna, 9) // out of three lots or more
			}
		}
		l, err := locale.Get("en")
		if err != nil {
			t.Fatal(err)
		}
		r := statement.Reader{Locale: l, Zone: c.Business.Zone, Currency: "EUR", Programme: c.Programme(), To: programme.ForMember}
		read := func(limit int) (text []string) {
			after := points.Page{}
			for {
				if err := c.d.Read(t.Context(), func(tx *db.Tx) error {
					members, err := customer.Members(tx, anna)
					if err != nil {
						return err
					}
					lines, next, err := r.Lines(tx, members, "points", after, limit)
					for i := range lines {
						text = append(text, fmt.Sprint(lines[i].Units, " ", lines[i].What))
					}
					after = next
					return err
				}); err != nil {
					t.Fatal(err)
				}
				if after == (points.Page{}) {
					return text
				}
				if len(text) > 100 {
					t.Fatal("it has no end")
				}
			}
		}
		all := read(points.MostEntries)
		if len(all) != 15 || !slices.Contains(all, "-9 spent") {
			t.Fatalf("%q", all)
		}
		for _, limit := range []int{5, 6, 7, 11, 15} {
			if got := read(limit); !slices.Equal(got, all) {
				t.Errorf("%d at a time: %q, want %q", limit, got, all)
			}
		}
	})
}
