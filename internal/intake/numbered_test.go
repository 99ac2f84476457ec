package intake_test

import (
	"testing"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/intake"
	"regulars/internal/record/activity"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/order"
)

// A customer named by the number here is found; a number that nobody has makes nobody.
func TestACustomerCanBeNamedByNumber(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		var ada fact.Outcome
		if err := s.write(func(tx *db.Tx) error {
			out, err := s.Customer(tx, intake.Customer{Identities: []customer.Identity{own("ada")}})
			ada = out.Outcome
			return err
		}); err != nil {
			t.Fatal(err)
		}
		before := s.number("SELECT count(*) FROM customers")
		for _, c := range []struct {
			number int64
			want   fact.Status
		}{{ada.Customer, fact.Created}, {ada.Customer + 1, fact.Refused}, {0, fact.Refused}} {
			who := customer.Numbered(c.number)
			calls := map[string]func(tx *db.Tx) (fact.Outcome, error){
				"order": func(tx *db.Tx) (fact.Outcome, error) {
					return s.Order(tx, intake.Order{Customer: who, Order: order.Order{Source: "n", Reference: "1", Placed: s.At(noon), AmountMinor: 100}})
				},
				"return": func(tx *db.Tx) (fact.Outcome, error) {
					return s.Return(tx, intake.Return{Customer: who, Return: order.Return{Source: "n", Reference: "1", Returned: s.At(noon), AmountMinor: 50}})
				},
				"answer": func(tx *db.Tx) (fact.Outcome, error) {
					return s.Answer(tx, intake.Answer{Source: "n", Reference: "1", Customer: who, Answer: fact.Answer{Moment: s.At(noon), Kind: "nps", Score: 9, Scored: true}})
				},
				"event": func(tx *db.Tx) (fact.Outcome, error) {
					e := intake.Event{Customer: who, Event: activity.Event{Source: "n", Reference: "1", Name: "Cart Viewed", Happened: s.At(noon)}}
					return s.Event(tx, e)
				},
			}
			for what, call := range calls {
				var out fact.Outcome
				err := s.write(func(tx *db.Tx) (err error) {
					out, err = call(tx)
					return err
				})
				if err != nil || out.Status != c.want || c.want == fact.Created && out.Customer != ada.Customer {
					t.Errorf("%s of %d: %+v, %v; want %s", what, c.number, out, err, c.want)
				}
				if c.want == fact.Refused && fault.KindOf(out.Err) != fault.NotFound {
					t.Errorf("%s of %d: %v", what, c.number, out.Err)
				}
			}
			if err := s.write(func(tx *db.Tx) error {
				out, err := s.Customer(tx, intake.Customer{Identities: []customer.Identity{who, {Kind: customer.Email, Value: "ada@example.com"}}})
				if (out.Status == fact.Refused) != (c.want == fact.Refused) {
					t.Errorf("customer %d: %+v", c.number, out)
				}
				return err
			}); err != nil {
				t.Error(err)
			}
		}
		if after := s.number("SELECT count(*) FROM customers"); after != before {
			t.Errorf("there were %d customers, and are %d", before, after)
		}
		if n := s.number("SELECT count(*) FROM identities WHERE kind = 'number'"); n != 0 {
			t.Errorf("%d numbers became identities", n)
		}
		s.sound()
	})
}
