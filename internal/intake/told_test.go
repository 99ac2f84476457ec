package intake_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"regulars/internal/base/db"
	"regulars/internal/base/secret"
	"regulars/internal/base/webhook"
	"regulars/internal/intake"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/order"
	"regulars/internal/record/schema/schematest"
)

// listen makes an endpoint that wants the types; none: all. Nothing is sent in these tests.
func (s *shop) listen(types ...string) {
	s.t.Helper()
	teller, err := webhook.NewTeller(intake.Types())
	if err != nil {
		s.t.Fatal(err)
	}
	s.Teller = teller
	hooks := webhook.New(s.d, secret.New(make([]byte, 32)), teller, webhook.Options{})
	url := "https://listener.example/"
	if err := s.write(func(tx *db.Tx) error {
		_, _, err := hooks.Create(tx, webhook.Change{URL: &url, Types: &types})
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
}

// told takes the messages out that are there, as "type id customer", in the order in which they were told.
func (s *shop) told() (all []string) {
	s.t.Helper()
	if err := s.write(func(tx *db.Tx) error {
		all = nil
		rows, err := tx.Query("SELECT type, payload FROM webhook_messages ORDER BY message_id")
		if err != nil {
			return err
		}
		for rows.Next() {
			var kind, payload string
			if err := rows.Scan(&kind, &payload); err != nil {
				return err
			}
			var m struct {
				Type string
				Data struct {
					ID, Source, Reference, State string
					Customer                     string `json:"customer_id"`
					Merged                       string `json:"merged_id"`
				}
			}
			if err := json.Unmarshal([]byte(payload), &m); err != nil {
				return err
			}
			if m.Type != kind || strings.Contains(payload, "ada") {
				s.t.Errorf("told %s", payload)
			}
			all = append(all, strings.Join(strings.Fields(fmt.Sprint(kind, " ", m.Data.ID, " ", m.Data.Customer, " ", m.Data.Merged, " ", m.Data.Reference, m.Data.State)), " "))
		}
		if err := rows.Close(); err != nil {
			return err
		}
		_, err = tx.Exec("DELETE FROM webhook_messages")
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
	return all
}

func (s *shop) heard(what string, want ...string) {
	s.t.Helper()
	if got := s.told(); !slices.Equal(got, want) {
		s.t.Errorf("%s: told %q, want %q", what, got, want)
	}
}

// Each thing that is taken in is told once, when it is new or changed, with the ids that the API gives.
func TestWhatIsTakenInIsTold(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		s.do(func(tx *db.Tx) (fact.Outcome, error) { return s.Order(tx, s.order("early", "0", 100)) })
		s.listen()
		s.heard("nothing yet")

		put := func(o intake.Order) fact.Outcome {
			return s.do(func(tx *db.Tx) (fact.Outcome, error) { return s.Order(tx, o) })
		}
		out := put(s.order("ada", "1", 500))
		ada, first := fact.PublicID(fact.CustomerPrefix, out.Customer), fact.PublicID(fact.OrderPrefix, out.Fact, out.Customer)
		s.heard("a new order of a new customer", "customer.created "+ada, "order.created "+first+" "+ada+" 1")
		put(s.order("ada", "1", 500))
		s.heard("the same again")
		put(s.order("ada", "1", 600))
		s.heard("with another amount", "order.updated "+first+" "+ada+" 1")
		once := s.order("ada", "1", 700)
		once.Once = true
		s.want(put(once), fact.Conflict)
		s.heard("a conflict")
		none := put(s.order("", "2", 500))
		s.heard("of nobody known", "order.created "+fact.PublicID(fact.OrderPrefix, none.Fact, none.Customer)+" 2")

		back := s.do(func(tx *db.Tx) (fact.Outcome, error) {
			return s.Return(tx, intake.Return{Return: order.Return{Source: "shop", Reference: "r", OrderReference: "1", Returned: s.At(noon), AmountMinor: 100}})
		})
		s.heard("a return", "return.created "+fact.PublicID(fact.ReturnPrefix, back.Fact, back.Customer)+" "+ada+" r")
		answered := s.do(func(tx *db.Tx) (fact.Outcome, error) {
			return s.Answer(tx, intake.Answer{Source: "survey", Reference: "a", Customer: own("ada"),
				Answer: fact.Answer{Moment: s.At(noon), Kind: "nps", Score: 9, Scored: true, Finished: true}})
		})
		s.heard("an answer", "answer.created "+fact.PublicID(fact.AnswerPrefix, answered.Fact, answered.Customer)+" "+ada+" a")
		sub := intake.Subscription{Customer: own("ada")}
		sub.Source, sub.Reference, sub.Started, sub.Plan = "shop", "s", s.At(noon), "small"
		subscribed := s.do(func(tx *db.Tx) (fact.Outcome, error) { return s.Subscription(tx, sub) })
		id := fact.PublicID(fact.SubscriptionPrefix, subscribed.Fact, subscribed.Customer)
		sub.Plan = "large"
		s.do(func(tx *db.Tx) (fact.Outcome, error) { return s.Subscription(tx, sub) })
		s.heard("a subscription", "subscription.created "+id+" "+ada+" s", "subscription.updated "+id+" "+ada+" s")

		event := intake.Event{Customer: customer.Identity{Kind: customer.Visitor, Value: "v"}}
		event.Source, event.Reference, event.Happened, event.Name = "shop", "e", s.At(noon), "Page Viewed"
		s.do(func(tx *db.Tx) (fact.Outcome, error) { return s.Event(tx, event) })
		s.heard("behaviour of a visitor")
	})
}

func TestWhatBecomesOfCustomersIsTold(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		s.listen(intake.CustomerCreated, intake.CustomerUpdated, intake.CustomerMerged, intake.CustomerUnmerged, intake.CustomerErased)
		city := func(who, name string) intake.Customer {
			return intake.Customer{Identities: []customer.Identity{own(who)}, Profile: customer.Profile{Attributes: fact.Attributes{{Name: "city", Value: name}}}}
		}
		var all []intake.CustomerOutcome
		if err := s.write(func(tx *db.Tx) (err error) {
			all, err = s.Customers(tx, []intake.Customer{city("ada", "Athens"), city("bob", "Patras"), city("ada", "Volos"), {}})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		ada, bob := fact.PublicID(fact.CustomerPrefix, all[0].Customer), fact.PublicID(fact.CustomerPrefix, all[1].Customer)
		s.heard("a batch", "customer.created "+ada, "customer.created "+bob, "customer.updated "+ada)
		s.do(func(tx *db.Tx) (fact.Outcome, error) {
			out, err := s.Customer(tx, city("bob", "Patras"))
			return out.Outcome, err
		})
		s.heard("the same again")
		s.do(func(tx *db.Tx) (fact.Outcome, error) { return s.Order(tx, s.order("bob", "1", 500)) })
		s.heard("a type that nobody wants")
		consent := customer.Consent{Channel: "email", Purpose: "newsletter", Given: noon, Granted: true, Wording: "yes"}
		for range 2 {
			s.do(func(tx *db.Tx) (fact.Outcome, error) { return s.Consent(tx, own("bob"), consent) })
		}
		s.heard("a consent", "customer.updated "+bob)
		var alias int64
		merge := func(tx *db.Tx) (out fact.Outcome, err error) {
			became, out, err := s.Merge(tx, own("bob"), own("ada"))
			alias = max(alias, became)
			return out, err
		}
		s.do(merge)
		s.want(s.do(merge), fact.Unchanged)
		s.heard("a merge", "customer.merged "+ada+" "+bob)
		s.do(func(tx *db.Tx) (fact.Outcome, error) { return s.Undo(tx, alias) })
		s.heard("undone", "customer.unmerged "+bob)
		if _, err := s.Erase(t.Context(), s.d, own("bob")); err != nil {
			t.Fatal(err)
		}
		s.heard("erased", "customer.erased "+bob)
	})
}

// Many who name a new customer at once tell of one.
func TestANewCustomerIsToldOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		s.listen(intake.CustomerCreated)
		done := make(chan error, 16)
		for i := range cap(done) {
			go func() {
				done <- s.write(func(tx *db.Tx) error { _, err := s.Order(tx, s.order("ada", fmt.Sprint(i), 100)); return err })
			}()
		}
		for range cap(done) {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if told := s.told(); len(told) != 1 {
			t.Errorf("told %q", told)
		}
	})
}

// The catalogue is sound, and documents each field that a message has.
func TestTheCatalogueIsComplete(t *testing.T) {
	t.Parallel()
	d := schematest.Open(t, schematest.SQLite(t))
	s := open(t, d)
	s.listen()
	s.do(func(tx *db.Tx) (fact.Outcome, error) { return s.Order(tx, s.order("ada", "1", 500)) })
	if err := s.write(func(tx *db.Tx) error { return s.Teller.Tell(tx, intake.Finished(7, "done")) }); err != nil {
		t.Fatal(err)
	}
	rows, err := func() (all []map[string]any, err error) {
		err = d.Read(t.Context(), func(tx *db.Tx) (err error) {
			all, err = tx.Maps("SELECT type, payload FROM webhook_messages")
			return err
		})
		return all, err
	}()
	if err != nil || len(rows) != 3 {
		t.Fatal(rows, err)
	}
	for _, row := range rows {
		var m struct{ Data map[string]any }
		if err := json.Unmarshal([]byte(row["payload"].(string)), &m); err != nil { //nolint:forcetypeassert // it is text
			t.Fatal(err)
		}
		for _, is := range intake.Types() {
			if is.Name != row["type"] {
				continue
			}
			var fields []string
			for _, f := range is.Fields {
				fields = append(fields, f.Name)
			}
			for name := range m.Data {
				if !slices.Contains(fields, name) {
					t.Errorf("%s has %s, which is not documented", is.Name, name)
				}
			}
			if len(m.Data) != len(fields) {
				t.Errorf("%s has %v, documented are %v", is.Name, m.Data, fields)
			}
		}
	}
}
