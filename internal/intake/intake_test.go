package intake_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/intake"
	"regulars/internal/record/business"
	"regulars/internal/record/check"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/order"
	"regulars/internal/record/schema/schematest"
)

// shop is an intake on a database of its own.
type shop struct {
	*intake.Intake
	t *testing.T
	d *db.DB
}

// each runs a test on a shop on either engine.
func each(t *testing.T, test func(*testing.T, *shop)) {
	t.Helper()
	schematest.Each(t, func(t *testing.T, d *db.DB) { test(t, open(t, d)) })
}

func open(t *testing.T, d *db.DB) *shop {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Athens")
	if err != nil {
		t.Fatal(err)
	}
	in, err := intake.New(t.Context(), d, business.Business{Zone: zone, Currency: "EUR", Country: "GR"})
	if err != nil {
		t.Fatal(err)
	}
	return &shop{in, t, d}
}

func (s *shop) write(fn func(tx *db.Tx) error) error {
	s.t.Helper()
	return s.d.Write(s.t.Context(), fn)
}

// do takes a fact in, which must not fail.
func (s *shop) do(take func(tx *db.Tx) (fact.Outcome, error)) (out fact.Outcome) {
	s.t.Helper()
	if err := s.write(func(tx *db.Tx) (err error) {
		out, err = take(tx)
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
	return out
}

// sound wants every check of the facts to find nothing.
func (s *shop) sound() {
	s.t.Helper()
	for _, c := range check.Facts() {
		if found, err := c.Run(s.t.Context(), s.d); err != nil || found.N != 0 {
			s.t.Errorf("check %s: %d, for example %s (%v)", c.Key, found.N, found.Example, err)
		}
	}
}

// want checks the status.
func (s *shop) want(out fact.Outcome, status fact.Status) {
	s.t.Helper()
	if out.Status != status {
		s.t.Errorf("status %q (%v), want %q", out.Status, out.Err, status)
	}
}

func (s *shop) number(query string, args ...any) (n int64) {
	s.t.Helper()
	if err := s.d.Read(s.t.Context(), func(tx *db.Tx) error { return tx.QueryRow(query, args...).Scan(&n) }); err != nil {
		s.t.Fatal(err)
	}
	return n
}

func own(id string) customer.Identity { return customer.Identity{Kind: customer.OwnID, Value: id} }

var noon = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)

func (s *shop) order(who, reference string, amount int64) intake.Order {
	o := intake.Order{Order: order.Order{Source: "shop", Reference: reference, Placed: s.At(noon), AmountMinor: amount}}
	if who != "" {
		o.Customer = own(who)
	}
	return o
}

func TestTheSameOrderTwiceIsOneOrder(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		put := func(o intake.Order) fact.Outcome {
			return s.do(func(tx *db.Tx) (fact.Outcome, error) { return s.Order(tx, o) })
		}
		first := put(s.order("ada", "1", 500))
		s.want(first, fact.Created)
		again := put(s.order("ada", "1", 500))
		s.want(again, fact.Unchanged)
		if again.Fact != first.Fact || again.Customer != first.Customer {
			t.Errorf("the same order is %v, then %v", first, again)
		}
		changed := s.order("ada", "1", 700)
		changed.Once = true
		conflict := put(changed)
		s.want(conflict, fact.Conflict)
		if conflict.Field != "amount_minor" {
			t.Errorf("the conflict is about %q, want the amount", conflict.Field)
		}
		changed.Once = false
		s.want(put(changed), fact.Updated)
		if n := s.number("SELECT CAST(sum(amount_minor) AS BIGINT) FROM sale_lines"); n != 700 {
			t.Errorf("sold for %d, want 700", n)
		}
		if n := s.number("SELECT count(*) FROM fact_history WHERE content LIKE '%500%'"); n != 1 {
			t.Errorf("%d versions in the history, want 1", n)
		}
		other := put(s.order("bob", "1", 700))
		s.want(other, fact.Conflict)
		apart := s.order("bob", "1", 700)
		apart.PerCustomer = true
		s.want(put(apart), fact.Created)
		s.want(put(apart), fact.Unchanged)
		s.want(put(s.order("", "9", 100)), fact.Created)
		s.want(put(s.order("", "9", 100)), fact.Unchanged)
		cancelled := s.order("ada", "1", 700)
		cancelled.State = order.Cancelled
		s.want(put(cancelled), fact.Updated)
		if n := s.number("SELECT CAST(sum(amount_minor) AS BIGINT) FROM sale_lines WHERE counts"); n != 800 {
			t.Errorf("sold for %d, want 800", n)
		}
	})
}

func TestReturns(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		o := s.order("ada", "1", 0)
		o.Summed = true
		o.Lines = []order.Line{
			{Product: "beans", Category: "coffee", Quantity: 3, AmountMinor: 1000},
			{Product: "filter", Quantity: 1, AmountMinor: 250, Attributes: fact.Attributes{{Name: "Colour", Value: "white"}}},
		}
		s.want(s.do(func(tx *db.Tx) (fact.Outcome, error) { return s.Order(tx, o) }), fact.Created)
		back := func(reference string, lines ...order.ReturnLine) (fact.Outcome, error) {
			r := intake.Return{Bounded: true, Return: order.Return{Source: "shop", Reference: reference, OrderReference: "1",
				Returned: s.At(noon.Add(time.Hour)), Summed: true, Lines: lines}}
			var out fact.Outcome
			err := s.write(func(tx *db.Tx) (err error) {
				out, err = s.Return(tx, r)
				return err
			})
			return out, err
		}
		out, err := back("r1", order.ReturnLine{Line: 1, Quantity: 1, Priced: true})
		if err != nil {
			t.Fatal(err)
		}
		s.want(out, fact.Created)
		if n := s.number("SELECT amount_minor FROM sale_lines WHERE is_return"); n != -333 {
			t.Errorf("a third of 1000 is given back as %d", n)
		}
		if out, err = back("r1", order.ReturnLine{Line: 1, Quantity: 1, Priced: true}); err != nil {
			t.Fatal(err)
		}
		s.want(out, fact.Unchanged)
		if out, err = back("r2", order.ReturnLine{Line: 7, Priced: true}); err != nil {
			t.Fatal(err)
		}
		s.want(out, fact.Refused)
		if _, err = back("r3", order.ReturnLine{AmountMinor: 950}); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "too much") {
			t.Errorf("more than was paid is given back: %v", err)
		}
		if n := s.number("SELECT count(*) FROM fact_references WHERE kind = 'return'"); n != 1 {
			t.Errorf("%d references of returns, want 1", n)
		}
	})
}

func TestMergeAndErase(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		for _, name := range []string{"ada", "augusta", "lovelace"} {
			s.want(s.do(func(tx *db.Tx) (fact.Outcome, error) { return s.Order(tx, s.order(name, name, 100)) }), fact.Created)
			out := intake.CustomerOutcome{}
			s.do(func(tx *db.Tx) (_ fact.Outcome, err error) {
				out, err = s.Customer(tx, intake.Customer{Identities: []customer.Identity{own(name), {Kind: "email", Value: "Ada@Example.com"}},
					Profile:  customer.Profile{GivenName: name, Attributes: fact.Attributes{{Name: "city", Value: "London"}}},
					Consents: []customer.Consent{{Channel: "email", Purpose: "newsletter", Granted: true, Wording: "yes, please", Given: noon}}})
				return out.Outcome, err
			})
			s.want(out.Outcome, fact.Updated)
			if taken := len(out.Taken); taken != 0 && name == "ada" || taken != 1 && name != "ada" {
				t.Errorf("%s: taken %v", name, out.Taken)
			}
		}
		merge := func(a, b string) (alias int64) {
			s.do(func(tx *db.Tx) (out fact.Outcome, err error) {
				alias, out, err = s.Merge(tx, own(a), own(b))
				return out, err
			})
			return alias
		}
		first := merge("ada", "augusta")
		if first == 0 || merge("augusta", "lovelace") == 0 || merge("ada", "lovelace") != 0 {
			t.Error("merging three customers into one takes two merges")
		}
		if n := s.number("SELECT count(DISTINCT root_id) FROM aliases"); n != 1 {
			t.Errorf("%d roots, want 1", n)
		}
		s.want(s.do(func(tx *db.Tx) (fact.Outcome, error) { return s.Order(tx, s.order("lovelace", "ada", 100)) }), fact.Unchanged)
		s.want(s.do(func(tx *db.Tx) (fact.Outcome, error) { return s.Undo(tx, first) }), fact.Updated)
		s.want(s.do(func(tx *db.Tx) (fact.Outcome, error) { return s.Order(tx, s.order("lovelace", "ada", 100)) }), fact.Conflict)
		erased, err := s.Erase(t.Context(), s.d, own("augusta"))
		if err != nil || len(erased) != 2 {
			t.Fatalf("erased %v: %v", erased, err)
		}
		if n := s.number("SELECT count(*) FROM customers WHERE given_name <> ''"); n != 1 {
			t.Errorf("%d customers have a name left, want 1", n)
		}
		if n := s.number("SELECT CAST(sum(amount_minor) AS BIGINT) FROM sale_lines"); n != 300 {
			t.Errorf("sold for %d, want 300", n)
		}
		s.want(s.do(func(tx *db.Tx) (fact.Outcome, error) { return s.Order(tx, s.order("augusta", "augusta", 100)) }), fact.Unchanged)
		if n := s.number("SELECT count(*) FROM customers"); n != 3 {
			t.Errorf("%d customers, want 3: the erased one came back", n)
		}
		var export json.RawMessage
		if err := s.d.Read(t.Context(), func(tx *db.Tx) (err error) {
			export, err = customer.Export(tx, s.number("SELECT customer_id FROM customers WHERE given_name = 'ada'"))
			return err
		}); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"London", "yes, please", "2026-03-01T10:00:00Z", "ada@example.com"} {
			if !strings.Contains(string(export), want) {
				t.Errorf("the export lacks %q:\n%s", want, export)
			}
		}
	})
}
