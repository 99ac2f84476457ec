package intake_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/intake"
	"regulars/internal/record/activity"
	"regulars/internal/record/catalogue"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/order"
	"regulars/internal/record/spending"
)

// What is wrong says where: the door shows it beside the field.
func TestAFaultNamesItsField(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		long, broken, at := strings.Repeat("x", 5000), "a\x00b", s.At(noon)
		sold := func(change func(*intake.Order)) func(tx *db.Tx) (fact.Outcome, error) {
			return func(tx *db.Tx) (fact.Outcome, error) {
				o := s.order("ada", "1", 200)
				o.Lines = []order.Line{{Quantity: 1, AmountMinor: 100}, {Quantity: 1, AmountMinor: 100}}
				change(&o)
				return s.Order(tx, o)
			}
		}
		back := func(change func(*intake.Return)) func(tx *db.Tx) (fact.Outcome, error) {
			return func(tx *db.Tx) (fact.Outcome, error) {
				r := intake.Return{Customer: own("ada"), Bounded: true, Return: order.Return{Source: "shop", Reference: "r", Returned: at, AmountMinor: 5, OrderReference: "there"}}
				change(&r)
				return s.Return(tx, r)
			}
		}
		said := func(change func(*intake.Answer)) func(tx *db.Tx) (fact.Outcome, error) {
			return func(tx *db.Tx) (fact.Outcome, error) {
				a := intake.Answer{Source: "shop", Reference: "1", Answer: fact.Answer{Moment: at, Kind: "nps"}}
				change(&a)
				return s.Answer(tx, a)
			}
		}
		did := func(change func(*intake.Event)) func(tx *db.Tx) (fact.Outcome, error) {
			return func(tx *db.Tx) (fact.Outcome, error) {
				e := intake.Event{Customer: own("ada"), Event: activity.Event{Source: "shop", Reference: "1", Name: "Seen", Happened: at}}
				change(&e)
				return s.Event(tx, e)
			}
		}
		subscribed := func(change func(*intake.Subscription)) func(tx *db.Tx) (fact.Outcome, error) {
			return func(tx *db.Tx) (fact.Outcome, error) {
				sub := intake.Subscription{Customer: own("ada"), Subscription: activity.Subscription{Source: "shop", Reference: "1", Started: at}}
				change(&sub)
				return s.Subscription(tx, sub)
			}
		}
		cost := func(c spending.Cost) func(tx *db.Tx) (fact.Outcome, error) {
			return func(tx *db.Tx) (fact.Outcome, error) { return s.Cost(tx, c) }
		}
		initiative := func(i spending.Initiative) func(tx *db.Tx) (fact.Outcome, error) {
			return func(tx *db.Tx) (fact.Outcome, error) { return s.Initiative(tx, i) }
		}
		who := func(c intake.Customer) func(tx *db.Tx) (fact.Outcome, error) {
			return func(tx *db.Tx) (fact.Outcome, error) {
				out, err := s.Customer(tx, c)
				return out.Outcome, err
			}
		}
		s.want(s.do(func(tx *db.Tx) (fact.Outcome, error) {
			o := s.order("ada", "there", 100)
			o.Lines = []order.Line{{Quantity: 2, AmountMinor: 100}}
			return s.Order(tx, o)
		}), fact.Created)
		for _, c := range []struct {
			field string
			take  func(tx *db.Tx) (fact.Outcome, error)
		}{
			{"reference", sold(func(o *intake.Order) { o.Reference = "" })},
			{"store", sold(func(o *intake.Order) { o.Store = broken })},
			{"amount_minor", sold(func(o *intake.Order) { o.AmountMinor = 1 })},
			{"tax_minor", sold(func(o *intake.Order) { o.TaxMinor = -1 })},
			{"placed_at", sold(func(o *intake.Order) { o.Placed = fact.Moment{} })},
			{"customer", sold(func(o *intake.Order) { o.Customer.Value = broken })},
			{"lines[1].quantity", sold(func(o *intake.Order) { o.Lines[1].Quantity = 1e300 })},
			{"lines[0].category", sold(func(o *intake.Order) { o.Lines[0].Category = long })},
			{"lines[1].attributes", sold(func(o *intake.Order) { o.Lines[1].Attributes = fact.Attributes{{Name: "a", Value: long}} })},
			{"attributes", sold(func(o *intake.Order) { o.Attributes = fact.Attributes{{Value: "x"}} })},
			{"payments[0].method", sold(func(o *intake.Order) { o.Payments = []order.Payment{{Method: long}} })},
			{"payments[1].amount_minor", sold(func(o *intake.Order) { o.Payments = []order.Payment{{}, {AmountMinor: 1 << 60}} })},
			{"order_reference", back(func(r *intake.Return) { r.OrderReference = "none" })},
			{"amount_minor", back(func(r *intake.Return) { r.AmountMinor = 101 })},
			{"lines[0].line", back(func(r *intake.Return) { r.Lines = []order.ReturnLine{{Line: 7, Priced: true}} })},
			{"lines[0].quantity", back(func(r *intake.Return) { r.Lines = []order.ReturnLine{{Line: 1, Quantity: 3, Priced: true}} })},
			{"lines[0].product", back(func(r *intake.Return) { r.Summed, r.Lines = true, []order.ReturnLine{{Product: long, Quantity: 1}} })},
			{"customer", back(func(r *intake.Return) { r.Customer = own("bob") })},
			{"kind", said(func(a *intake.Answer) { a.Answer.Kind = "poll" })},
			{"comment", said(func(a *intake.Answer) { a.Answer.Comment = broken })},
			{"properties", did(func(e *intake.Event) { e.Properties = []byte("[]") })},
			{"session", did(func(e *intake.Event) { e.Session = broken })},
			{"duration_ms", did(func(e *intake.Event) { e.DurationMS = -1 })},
			{"cancelled_at", subscribed(func(sub *intake.Subscription) { sub.Cancelled = s.At(noon.Add(-time.Hour)) })},
			{"plan", subscribed(func(sub *intake.Subscription) { sub.Plan = broken })},
			{"note", cost(spending.Cost{Source: "ads", Reference: "1", Spent: at, Note: long})},
			{"spent_on", cost(spending.Cost{Source: "ads", Reference: "1"})},
			{"ended_on", initiative(spending.Initiative{Source: "a", Reference: "1", Name: "x", Started: spending.Day(9), Ended: spending.Day(8)})},
			{"measures[1]", initiative(spending.Initiative{Source: "a", Reference: "1", Name: "x", Started: spending.Day(9), Measures: []string{"nps", "a,b"}})},
			{"name", func(tx *db.Tx) (fact.Outcome, error) {
				return s.Product(tx, catalogue.Product{Reference: "1", Name: broken})
			}},
			{"identities[1]", who(intake.Customer{Identities: []customer.Identity{own("ada"), {Kind: "email", Value: "ada"}}})},
			{"birthday", who(intake.Customer{Identities: []customer.Identity{own("ada")}, Profile: customer.Profile{Birthday: customer.Birthday{Month: 13, Day: 1}}})},
			{"consents[0].wording", who(intake.Customer{Identities: []customer.Identity{own("ada")},
				Consents: []customer.Consent{{Channel: "email", Purpose: "news", Granted: true, Given: noon}}})},
		} {
			var out fact.Outcome
			err := s.write(func(tx *db.Tx) (err error) {
				out, err = c.take(tx)
				return err
			})
			err = errors.Join(err, out.Err)
			var f *fault.Fault
			if !errors.As(err, &f) || f.Field != c.field {
				t.Errorf("%v is about %+v, want the field %s", err, f, c.field)
			}
		}
		s.sound()
	})
}
