package check_test

import (
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/record/activity"
	"regulars/internal/record/answer"
	"regulars/internal/record/catalogue"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/order"
	"regulars/internal/record/schema/schematest"
	"regulars/internal/record/spending"
)

// stocker fills a store with a little of everything, by the packages that own it.
type stocker struct {
	t       *testing.T
	d       *db.DB
	ids     *fact.IDs
	names   *catalogue.Names
	numbers map[string]int64 // of customers by name, and of an order
}

func stock(t *testing.T, d *db.DB) map[string]int64 {
	t.Helper()
	schematest.Migrate(t, d)
	s := &stocker{t: t, d: d, ids: &fact.IDs{}, names: catalogue.NewNames(), numbers: map[string]int64{}}
	s.customers()
	s.orders()
	s.others()
	s.write(func(tx *db.Tx) error {
		for _, pair := range [][2]string{{"ada", "bob"}, {"bob", "cem"}} {
			if _, err := customer.Merge(tx, s.numbers[pair[0]], s.numbers[pair[1]]); err != nil {
				return err
			}
		}
		return customer.Erase(tx, s.numbers["dia"])
	})
	return s.numbers
}

func (s *stocker) write(fn func(tx *db.Tx) error) {
	s.t.Helper()
	if err := s.d.Write(s.t.Context(), fn); err != nil {
		s.t.Fatal(err)
	}
}

func at(days int) fact.Moment {
	athens := time.FixedZone("", 2*60*60)
	return fact.At(time.Date(2026, 3, 1, 23, 30, 0, 0, time.UTC).AddDate(0, 0, days), athens)
}

func (s *stocker) customers() {
	var identities []customer.Identity
	for _, name := range []string{"ada", "bob", "cem", "dia", "eve", "fay", "gus", "hal", "ida"} {
		identities = append(identities, customer.Identity{Kind: customer.OwnID, Value: name})
	}
	identities = append(identities, customer.Identity{Kind: customer.Visitor, Value: "cookie"})
	s.write(func(tx *db.Tx) error {
		made, _, err := customer.Make(tx, s.ids, identities)
		if err != nil {
			return err
		}
		for _, i := range identities {
			s.numbers[i.Value] = made[i]
		}
		for _, name := range []string{"ada", "dia"} {
			if _, _, err := customer.Add(tx, s.numbers[name], []customer.Named{{Identity: customer.Identity{Kind: "email", Value: name + "@example.com"}},
				{Identity: customer.Identity{Kind: "phone", Value: "+3021" + name}}}); err != nil {
				return err
			}
			if _, err := customer.Update(tx, s.names, []customer.Entry{{Customer: s.numbers[name], Profile: &customer.Profile{
				GivenName: name, Birthday: customer.Birthday{Month: 2, Day: 3}, Language: "el",
				Attributes: fact.Attributes{{Name: "city", Value: "London"}}}}}); err != nil {
				return err
			}
			if _, err := customer.Agree(tx, s.numbers[name], customer.Consent{Channel: "email", Purpose: "newsletter", Granted: true,
				Wording: "yes", Given: time.Unix(0, 0)}); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *stocker) orders() {
	keeper := order.Keeper{IDs: s.ids, Names: s.names}
	put := func(who, reference string, days int, state order.State, amount int64) fact.Outcome {
		var out []fact.Outcome
		s.write(func(tx *db.Tx) (err error) {
			out, err = keeper.Put(tx, []order.Entry{{Customer: s.numbers[who], Order: &order.Order{
				Source: "shop", Reference: reference, Placed: at(days), State: state, AmountMinor: amount,
				Attributes: fact.Attributes{{Name: "city", Value: "London"}}, Payments: []order.Payment{{Method: "card", AmountMinor: amount}},
				Lines: []order.Line{{Product: "beans", Category: "coffee", Quantity: 1, AmountMinor: amount - 5}, {Quantity: 1, AmountMinor: 5}}}}})
			return err
		})
		if out[0].Err != nil {
			s.t.Fatal(out[0].Err)
		}
		return out[0]
	}
	for amount := range int64(3) { // changed twice
		s.numbers["order"] = put("ada", "ada-1", 0, order.Paid, 1000+amount).Fact
	}
	put("ada", "ada-2", -30000, order.Placed, 200) // before 1970
	put("bob", "bob-1", 20, order.Placed, 300)
	put("bob", "bob-3", 31, order.Placed, 400)
	put("bob", "bob-cancelled", 31, order.Cancelled, 400)
	put("dia", "dia-1", 45, order.Fulfilled, 500)
	put("", "nobody", 45, order.Placed, 600)
	for reference, of := range map[string]string{"back": "ada-1", "later": "", "dia-back": "dia-1"} {
		s.write(func(tx *db.Tx) error {
			r := order.ReturnEntry{Return: &order.Return{Source: "shop", Reference: reference, OrderReference: of, Returned: at(50), AmountMinor: 100, Reason: "too dark"}}
			if of == "" {
				r.Customer = s.numbers["eve"]
			}
			out, err := keeper.PutReturn(tx, r)
			if err == nil {
				err = out.Err
			}
			return err
		})
	}
}

func (s *stocker) others() {
	answers, activities := answer.Keeper{IDs: s.ids, Names: s.names}, activity.Keeper{IDs: s.ids, Names: s.names}
	s.write(func(tx *db.Tx) error {
		for i, reference := range []string{"nps-1", "nps-1", "nps-2", "nps-dia"} {
			who := s.numbers["bob"]
			if reference == "nps-dia" {
				who = s.numbers["dia"]
			}
			if _, err := answers.Put(tx, []answer.Entry{{Source: "survey", Reference: reference, Customer: who, Answer: &fact.Answer{
				Moment: at(5), Kind: "nps", Score: float64(i), Scored: true, Scale: 10, Finished: true, Comment: "fine"}}}); err != nil {
				return err
			}
		}
		if _, err := activities.PutEvents(tx, []activity.Event{{Source: "site", Reference: "1", Customer: s.numbers["cookie"],
			Name: "Product Viewed", Happened: at(1), Product: "beans", Session: "x"}}); err != nil {
			return err
		}
		for _, amount := range []int64{500, 700} {
			if _, err := activities.PutSubscription(tx, &activity.Subscription{Source: "shop", Reference: "box", Customer: s.numbers["cem"],
				Plan: "monthly", AmountMinor: amount, Started: at(3)}); err != nil {
				return err
			}
		}
		_, err := spending.PutCosts(tx, []spending.Cost{{Source: "ads", Reference: "march", Spent: at(9), Channel: "search", AmountMinor: 9}})
		return err
	})
}
