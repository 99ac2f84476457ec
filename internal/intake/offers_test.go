package intake_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/locale"
	"regulars/internal/record/order"
)

const offering = `{
	"name": "Offers", "starts": "2026-01-01",
	"units": [{"unit": "points"}],
	"tiers": {"by": "spend", "window": "lifetime", "levels": [{"tier": "guest", "name": "Guest"}, {"tier": "silver", "name": "Silver", "from": 10000}]},
	"rules": [
		{"rule": "base", "name": "For every euro", "effect": {"rate": {"unit": "points", "units": 1, "per_minor": 100}}},
		{"rule": "always", "name": "Big orders", "if": "order.amount >= 50.0", "effect": {"fixed": {"unit": "points", "units": 5}}},
		{"rule": "first", "name": "Welcome", "if": "customer.first_order && order.amount >= 10.0", "effect": {"fixed": {"unit": "points", "units": 50}}},
		{"rule": "silver", "name": "Silver Tuesday", "if": "customer.tier == 'silver' && order.store == 'customer.'", "days": ["tue"], "effect": {"times": {"unit": "points", "factor": 2}}},
		{"rule": "back", "name": "Good to see you again", "if": "customer.days_away >= 30", "limit": {"times": 1, "period": "year"}, "effect": {"fixed": {"unit": "points", "units": 20}}},
		{"rule": "march", "name": "March", "from": "2026-03-01", "until": "2026-03-31", "effect": {"discount": {"percent": 10}}},
		{"rule": "summer", "name": "Summer", "from": "2026-06-01", "until": "2026-08-31", "effect": {"discount": {"percent": 10}}},
		{"rule": "far", "name": "Until further notice", "until": "2030-12-31", "effect": {"discount": {"percent": 1}}},
		{"rule": "members", "name": "For members", "if": "customer.member", "effect": {"fixed": {"unit": "points", "units": 1}}},
		{"rule": "whose", "name": "Whose line it is", "until": "2026-04-30", "lines": "line.category == 'tea' && customer.segment == 'champions'", "effect": {"each": {"unit": "points", "units": 3}}},
		{"rule": "hers", "name": "The first tea", "lines": "line.category == 'tea' && customer.first_order", "effect": {"each": {"unit": "points", "units": 3}}},
		{"rule": "poor", "name": "The first to come", "if": "customer.orders >= 1", "budget": 20, "effect": {"fixed": {"unit": "points", "units": 20}}}
	]
}`

func TestOffersAreForWhomTheyAre(t *testing.T) {
	t.Parallel()
	eachClub(t, offering, func(t *testing.T, c *club) {
		t.Helper()
		l, err := locale.Get("en")
		if err != nil {
			t.Fatal(err)
		}
		wants := func(who int64, want ...string) {
			t.Helper()
			var got []string
			if err := c.d.Read(t.Context(), func(tx *db.Tx) error {
				all, err := c.Programme().Offers(tx, who, l, "EUR")
				for i := range all {
					got = append(got, strings.Join(append([]string{all[i].Name, all[i].Gives}, all[i].When...), ", "))
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
			if strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Errorf("%d is offered\n%s\nwant\n%s", who, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		}
		const march = "March, 10% off, from 1 March 2026, until 31 March 2026"
		anna := c.someone("anna")
		wants(anna, march, "Welcome, 50 points, for orders of €10.00 or more", "The first tea, 3 points for each piece, on tea")
		c.buys("anna", "o1", nil, line("x", "y", 1, 12000))
		wants(anna, march, "Silver Tuesday, points × 2, at customer., on Tuesday", "The first to come, 20 points, while there is some left for all together (20 points)")
		c.buys("anna", "o2", nil, line("x", "y", 1, 1000)) // the budget is spent
		wants(anna, march, "Silver Tuesday, points × 2, at customer., on Tuesday")
		c.pass(40 * 24 * time.Hour) // it is April
		wants(anna, "Silver Tuesday, points × 2, at customer., on Tuesday", "Good to see you again, 20 points, once a year")
		c.buys("anna", "o3", nil, line("x", "y", 1, 1000))
		c.pass(40 * 24 * time.Hour) // once a year is enough
		wants(anna, "Silver Tuesday, points × 2, at customer., on Tuesday")
		wants(0)

		// Whatever is offered is given for an order that is as it says: here nothing is left to say.
		for n := range 3 {
			who := fmt.Sprint("p", n)
			number := c.someone(who)
			wants(number, "Welcome, 50 points, for orders of €10.00 or more", "The first tea, 3 points for each piece, on tea")
			if out := c.buys(who, "w"+who, func(o *order.Order) { o.Store = "s" }, line("x", "y", 1, 1000+int64(n))); c.why(out, "first").Units != 50 {
				t.Errorf("%s was given %+v", who, c.why(out, "first"))
			}
		}
	})
}
