package intake_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/locale"
	"regulars/internal/prove/replay"
	"regulars/internal/record/fact"
	"regulars/internal/record/order"
)

const forTheFavourite = `{
	"name": "Favourites", "starts": "2025-01-01", "units": [{"unit": "points", "allows_debt": true}], "rules": [
		{"rule": "fav", "name": "What you like", "lines": "line.category == customer.favourite_category", "effect": {"rate": {"unit": "points", "units": 3, "per_minor": 100}}},
		{"rule": "new", "name": "Try something else", "if": "customer.favourite_category != ''", "lines": "line.category != customer.favourite_category && line.amount > 0.0", "effect": {"rate": {"unit": "points", "units": 1, "per_minor": 100}}},
		{"rule": "tea", "name": "For friends of tea", "if": "customer.favourite_category == 'tea'", "effect": {"fixed": {"unit": "points", "units": 5}}}]}`

// known is what was known of a customer when an order was looked at, as it is kept.
func (c *club) known(out fact.Outcome) (text string) {
	c.t.Helper()
	if err := c.d.Read(c.t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow("SELECT known FROM programme_outcomes WHERE customer_id = $1 AND cause = $2", out.Customer, fmt.Sprint("order:", out.Fact)).Scan(&text)
	}); err != nil {
		c.t.Fatal(err)
	}
	return text
}

func TestRulesAskForTheFavouriteCategory(t *testing.T) {
	t.Parallel()
	eachClub(t, forTheFavourite, func(t *testing.T, c *club) {
		t.Helper()
		const day = 24 * time.Hour
		gives := func(out fact.Outcome, fav, other int64) {
			t.Helper()
			if a, b := c.why(out, "fav").Units, c.why(out, "new").Units; a != fav || b != other {
				t.Errorf("%s: %d for the favourite and %d for others, want %d and %d", c.known(out), a, b, fav, other)
			}
		}
		both := []order.Line{line("", "tea", 1, 1000), line("", "cakes", 1, 1000), line("", "", 1, 1000)}
		first := c.buys("anna", "1", nil, line("", "tea", 1, 2000), line("", "cakes", 1, 1500))
		gives(first, 0, 0) // nothing was known, and the order itself tells nothing about it
		c.pass(day)
		gives(c.buys("anna", "2", nil, both...), 30, 10)
		c.pass(day)
		c.returns("r1", "1", order.ReturnLine{Line: 1, Quantity: 1, AmountMinor: 2000}) // the tea comes back
		c.pass(day)
		gives(c.buys("anna", "3", nil, both...), 30, 10)
		third := c.buys("anna", "4", nil, line("", "tea", 1, 100))
		if c.why(third, "tea").Units != 0 || c.why(third, "fav").Units != 0 {
			t.Errorf("cakes are the favourite: %s", c.known(third))
		}
		// What an order is looked at with stays: what came back of the first one takes nothing from the second.
		again := c.buys("anna", "2", func(o *order.Order) { o.Placed = c.At(c.now().Add(-2 * day)); o.Store = "s" }, both...)
		gives(again, 30, 10)
		// A late one is looked at with what was before it: before the return.
		late := c.buys("anna", "5", func(o *order.Order) { o.Placed = c.At(c.now().Add(-2*day - time.Hour)) }, line("", "tea", 1, 1000))
		gives(late, 30, 0)
		if !strings.Contains(c.known(late), `"favourite":"tea"`) {
			t.Error(c.known(late))
		}
		// Capitals do not make another category, and what is older than a year is forgotten.
		gives(c.buys("anna", "6", nil, line("", "CAKES", 1, 1000)), 30, 0)
		c.pass(366 * day)
		gives(c.buys("anna", "7", nil, both...), 0, 0)
		// All numbers of one person tell.
		bob := c.buys("bob", "b1", nil, line("", "tea", 1, 900))
		card := c.buys("bob's card", "b2", nil, line("", "cakes", 1, 9000))
		c.merges(card.Customer, bob.Customer)
		c.pass(day)
		gives(c.buys("bob", "b3", nil, both...), 30, 10)
		if merged := c.buys("bob's card", "b4", nil, both...); !strings.Contains(c.known(merged), `"favourite":"cakes"`) {
			t.Error(c.known(merged))
		}
		// An order of which all came back, and one that is cancelled, tell nothing; nor does one that has no lines.
		c.buys("cleo", "c1", func(o *order.Order) { o.State = order.Cancelled }, line("", "tea", 1, 900))
		c.buys("cleo", "c2", nil, line("", "cakes", 1, 900))
		c.returns("r2", "c2", order.ReturnLine{Quantity: 1, AmountMinor: 900})
		c.buys("cleo", "c3", func(o *order.Order) { o.Summed, o.AmountMinor = false, 500 })
		c.pass(day)
		gives(c.buys("cleo", "c4", nil, both...), 0, 0)
	})
}

// A category that gets another name in the catalogue is another one: what was bought before keeps the name that it had.
func TestARenamedCategoryIsAnother(t *testing.T) {
	t.Parallel()
	eachClub(t, forTheFavourite, func(t *testing.T, c *club) {
		t.Helper()
		c.buys("anna", "1", nil, line("baklava", "Sweets", 1, 1000))
		c.pass(time.Hour)
		old := c.buys("anna", "2", nil, line("baklava", "Pastry", 1, 1200))
		if c.why(old, "fav").Units != 0 || c.why(old, "new").Units != 12 {
			t.Errorf("%+v", c.why(old, "fav"))
		}
		c.pass(time.Hour)
		if now := c.buys("anna", "3", nil, line("baklava", "Pastry", 1, 1000)); c.why(now, "fav").Units != 30 {
			t.Errorf("%+v", c.why(now, "fav"))
		}
	})
}

// What a rehearsal gives for favourites is what the programme gave, with returns, cancelled orders and people of several numbers.
func TestARehearsalKnowsTheFavouriteAsTheProgrammeDid(t *testing.T) {
	t.Parallel()
	eachClub(t, forTheFavourite, func(t *testing.T, c *club) {
		t.Helper()
		r := rand.New(rand.NewPCG(5, 9)) //nolint:gosec // no secret
		categories := []string{"tea", "Tea", "cakes", "bread", ""}
		// Who is merged is so from the beginning: later a rehearsal knows more than was known.
		a, b := c.someone("c0"), c.someone("c1")
		c.merges(b, a)
		for i := range 150 {
			c.pass(time.Duration(r.IntN(80)+1) * time.Hour)
			var lines []order.Line
			for range r.IntN(3) + 1 {
				lines = append(lines, line("", categories[r.IntN(len(categories))], 1, int64(r.IntN(4000)+1)))
			}
			c.buys(fmt.Sprint("c", r.IntN(5)), fmt.Sprint("o", i), nil, lines...)
			switch r.IntN(6) {
			case 0: // at the same moment
				c.returns(fmt.Sprint("r", i), fmt.Sprint("o", i), order.ReturnLine{Line: 1, Quantity: 1, AmountMinor: lines[0].AmountMinor})
			case 1:
				c.pass(time.Hour)
				c.returns(fmt.Sprint("r", i), fmt.Sprint("o", i), order.ReturnLine{Quantity: 1, AmountMinor: (lines[0].AmountMinor + 1) / 2})
			}
		}
		out := c.replays(forTheFavourite, replay.Options{ValueMinor: map[string]float64{"points": 1}})
		for _, rule := range out.Draft.Rules {
			given := c.number("SELECT CAST(coalesce(sum(units), 0) AS BIGINT) FROM programme_awards WHERE rule = $1", rule.Rule)
			if rule.Units != given || given == 0 {
				t.Errorf("%s: %d in the rehearsal, %d in the ledger", rule.Rule, rule.Units, given)
			}
		}
		if out.Customers != 4 {
			t.Errorf("%d customers, of whom two numbers are one", out.Customers)
		}
	})
}

func TestAnOfferNamesTheFavourite(t *testing.T) {
	t.Parallel()
	eachClub(t, forTheFavourite, func(t *testing.T, c *club) {
		t.Helper()
		wants := func(who int64, language string, want ...string) {
			t.Helper()
			l, err := locale.Get(language)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			if err := c.d.Read(t.Context(), func(tx *db.Tx) error {
				all, err := c.Programme().Offers(tx, who, l, "EUR")
				got = nil
				for i := range all {
					got = append(got, strings.Join(append([]string{all[i].Name, all[i].Gives}, all[i].When...), ", "))
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
			if strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Errorf("%s:\n%s\nwant\n%s", language, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		}
		anna := c.someone("anna")
		wants(anna, "en")
		c.buys("anna", "1", nil, line("", "Cakes & pies", 1, 1000))
		c.pass(time.Hour)
		wants(anna, "en", "What you like, 3 points for every €1.00, on Cakes & pies, which you buy most of", "Try something else, 1 point for every €1.00, on other categories than the one that you buy most of")
		wants(anna, "el", "What you like, 3 πόντοι για κάθε 1,00 €, σε: Cakes & pies, από όπου αγοράζετε περισσότερο", "Try something else, 1 πόντος για κάθε 1,00 €, σε άλλες κατηγορίες εκτός από εκείνη από την οποία αγοράζετε περισσότερο")
		bob := c.buys("bob", "2", nil, line("", "tea", 1, 1000)).Customer
		c.pass(time.Hour)
		wants(bob, "en", "What you like, 3 points for every €1.00, on tea, which you buy most of", "Try something else, 1 point for every €1.00, on other categories than the one that you buy most of", "For friends of tea, 5 points")
	})
}

// Where no rule asks, nobody looks.
func TestNobodyLooksForAFavouriteUnasked(t *testing.T) {
	t.Parallel()
	eachClub(t, rehearsed, func(t *testing.T, c *club) {
		t.Helper()
		c.buys("anna", "1", nil, line("", "tea", 1, 1000))
		c.pass(time.Hour)
		if out := c.buys("anna", "2", nil, line("", "tea", 1, 1000)); strings.Contains(c.known(out), "favourite") {
			t.Error(c.known(out))
		}
	})
}
