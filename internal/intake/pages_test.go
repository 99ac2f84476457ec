package intake_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/intake"
	"regulars/internal/record/activity"
	"regulars/internal/record/answer"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/listing"
	"regulars/internal/record/order"
)

// list reads a page of some kind of fact: what is on it, and where it ends.
type list func(tx *db.Tx, f listing.Filter, after listing.Place, limit int) ([]listing.Kept, error)

func keptOf[T any](list func(*db.Tx, listing.Filter, listing.Place, int) ([]T, error), kept func(T) listing.Kept) list {
	return func(tx *db.Tx, f listing.Filter, after listing.Place, limit int) (all []listing.Kept, err error) {
		page, err := list(tx, f, after, limit)
		for _, one := range page {
			all = append(all, kept(one))
		}
		return all, err
	}
}

var lists = map[string]list{
	"orders":        keptOf(order.List, func(s order.Stored) listing.Kept { return s.Kept }),
	"returns":       keptOf(order.ListReturns, func(s order.StoredReturn) listing.Kept { return s.Kept }),
	"answers":       keptOf(answer.List, func(s answer.Stored) listing.Kept { return s.Kept }),
	"subscriptions": keptOf(activity.ListSubscriptions, func(s activity.StoredSubscription) listing.Kept { return s.Kept }),
	"events":        keptOf(activity.ListEvents, func(s activity.StoredEvent) listing.Kept { return s.Kept }),
}

// all reads every page, and calls between after each.
func (s *shop) all(list list, f listing.Filter, limit int, between func()) (all []listing.Kept) {
	s.t.Helper()
	var after listing.Place
	for {
		var page []listing.Kept
		err := s.d.Read(s.t.Context(), func(tx *db.Tx) (err error) {
			page, err = list(tx, f, after, limit)
			return err
		})
		if err != nil {
			s.t.Fatal(err)
		}
		all = append(all, page...)
		if len(page) < limit {
			return all
		}
		last := page[len(page)-1]
		after = listing.Place{At: last.Recorded.UnixMicro(), ID: last.ID, Customer: last.Customer}
		between()
	}
}

// one takes one fact of every kind in.
func (s *shop) one(ctx context.Context, who, reference string, n int) error {
	at := s.At(noon.AddDate(0, 0, n))
	return s.d.Write(ctx, func(tx *db.Tx) error {
		bought := s.order(who, reference, 500)
		bought.Placed = at
		back := intake.Return{Customer: own(who), Return: order.Return{Source: "shop", Reference: reference, Returned: at, AmountMinor: 5}}
		said := intake.Answer{Source: "shop", Reference: reference, Customer: own(who), Answer: fact.Answer{Moment: at, Kind: "case"}}
		sub := intake.Subscription{Customer: own(who), Subscription: activity.Subscription{Source: "shop", Reference: reference, Started: at}}
		did := intake.Event{Customer: own(who), Event: activity.Event{Source: "shop", Reference: reference, Name: "Seen", Happened: at}}
		for _, take := range []func() (fact.Outcome, error){
			func() (fact.Outcome, error) { return s.Order(tx, bought) },
			func() (fact.Outcome, error) { return s.Return(tx, back) },
			func() (fact.Outcome, error) { return s.Answer(tx, said) },
			func() (fact.Outcome, error) { return s.Subscription(tx, sub) },
			func() (fact.Outcome, error) { return s.Event(tx, did) },
		} {
			if out, err := take(); err != nil || out.Err != nil {
				return fmt.Errorf("%v: %w", out, err)
			}
		}
		return nil
	})
}

// While others write, in transactions that overlap, whoever turns the pages meets all that was there when the first was
// read once, and nothing twice; and the newest come first.
func TestPagesNeitherSkipNorDouble(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		const before = 60
		for n := range before {
			if err := s.one(t.Context(), fmt.Sprint("customer ", n%7), fmt.Sprint("before ", n), n); err != nil {
				t.Fatal(err)
			}
		}
		there := map[string][]listing.Kept{}
		for name, list := range lists {
			there[name] = s.all(list, listing.Filter{}, 1000, func() {})
			if len(there[name]) != before {
				t.Fatalf("%d %s, want %d", len(there[name]), name, before)
			}
		}
		ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
		var writers sync.WaitGroup
		for w := range 3 {
			writers.Go(func() {
				for n := 0; ctx.Err() == nil && n < 200; n++ {
					// A new one, and one that is changed while it is listed.
					if err := s.one(ctx, fmt.Sprint("customer ", w), fmt.Sprint(w, " meanwhile ", n), n); err != nil && ctx.Err() == nil {
						t.Error(err)
					}
				}
			})
		}
		for name, list := range lists {
			got := s.all(list, listing.Filter{}, 7, func() {})
			seen := map[[2]int64]bool{}
			for i, k := range got {
				if seen[[2]int64{k.Customer, k.ID}] {
					t.Errorf("%s: %v is listed twice", name, k)
				}
				seen[[2]int64{k.Customer, k.ID}] = true
				// Ids of transactions that overlap are in the order they were made in, not that of their clocks.
				if i > 0 && k.Recorded.Add(-time.Second).After(got[i-1].Recorded) {
					t.Errorf("%s: recorded at %v, behind one of %v", name, k.Recorded, got[i-1].Recorded)
				}
			}
			for _, k := range there[name] {
				if !seen[[2]int64{k.Customer, k.ID}] {
					t.Errorf("%s: %v is skipped", name, k)
				}
			}
		}
		stop()
		writers.Wait()
	})
}

func TestListsAreFiltered(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		const n = 12
		for i := range n {
			if err := s.one(t.Context(), []string{"ada", "bob", "cem"}[i%3], fmt.Sprint(i), i); err != nil {
				t.Fatal(err)
			}
		}
		var bob, ada int64
		if err := s.write(func(tx *db.Tx) (err error) {
			if bob, err = s.Person(tx, own("bob")); err != nil {
				return err
			}
			if _, _, err = s.Merge(tx, own("bob"), own("ada")); err != nil {
				return err
			}
			ada, err = s.Person(tx, own("bob"))
			return err
		}); err != nil {
			t.Fatal(err)
		}
		// Later, two are changed.
		changed := time.Now().Add(time.Millisecond)
		for !time.Now().After(changed.Add(time.Millisecond)) {
			time.Sleep(time.Millisecond)
		}
		for _, reference := range []string{"2", "5"} {
			o := s.order("cem", reference, 700)
			o.State = order.Paid
			s.want(s.do(func(tx *db.Tx) (fact.Outcome, error) { return s.Order(tx, o) }), fact.Updated)
		}
		for name, list := range lists {
			for _, c := range []struct {
				what   string
				filter listing.Filter
				want   int
			}{
				{"nothing", listing.Filter{}, n},
				{"one person of two numbers", listing.Filter{Customers: []int64{ada, bob}}, 8},
				{"one number", listing.Filter{Customers: []int64{bob}}, 4},
				{"a number of nobody", listing.Filter{Customers: []int64{77}}, 0},
				{"source", listing.Filter{Source: "shop"}, n},
				{"another source", listing.Filter{Source: "Shop' OR ''='"}, 0},
				{"everything since long ago", listing.Filter{Updated: noon.AddDate(-20, 0, 0)}, n},
				{"nothing from the future", listing.Filter{Updated: time.Now().AddDate(1, 0, 0)}, 0},
			} {
				if got := s.all(list, c.filter, 5, func() {}); len(got) != c.want {
					t.Errorf("%s by %s: %d, want %d", name, c.what, len(got), c.want)
				}
			}
		}
		between := listing.Filter{From: noon.AddDate(0, 0, 2), To: noon.AddDate(0, 0, 6)}
		for name, list := range lists {
			want := 4
			if name == "orders" { // 2 and 5 are of noon by now
				want = 2
			}
			if got := s.all(list, between, 3, func() {}); len(got) != want {
				t.Errorf("%s of four days: %d, want %d", name, len(got), want)
			}
		}
		if got := s.all(lists["orders"], listing.Filter{Updated: changed}, 1, func() {}); len(got) != 2 || got[0].Version != 2 {
			t.Errorf("changed since: %v", got)
		}
		for state, want := range map[string]int{"paid": 2, "placed": n - 2, "cancelled": 0} {
			if got := s.all(lists["orders"], listing.Filter{State: state, Customers: []int64{ada, bob, ada + 1}}, 3, func() {}); state == "paid" && len(got) != 0 {
				t.Errorf("of ada %d orders are %s", len(got), state)
			}
			if got := s.all(lists["orders"], listing.Filter{State: state}, 3, func() {}); len(got) != want {
				t.Errorf("%d orders are %s, want %d", len(got), state, want)
			}
		}
	})
}

// Somebody who is erased can be read, and says nothing.
func TestTheErasedSayNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		if err := s.one(t.Context(), "ada", "1", 0); err != nil {
			t.Fatal(err)
		}
		o := s.order("ada", "2", 500)
		o.Store, o.Attributes = "Patras", fact.Attributes{{Name: "note", Value: "for my aunt"}}
		out := s.do(func(tx *db.Tx) (fact.Outcome, error) { return s.Order(tx, o) })
		if _, err := s.Erase(t.Context(), s.d, own("ada")); err != nil {
			t.Fatal(err)
		}
		if err := s.d.Read(t.Context(), func(tx *db.Tx) error {
			got, err := order.Load(tx, out.Customer, out.Fact)
			if err != nil {
				return err
			}
			if got.Reference != "" || len(got.Attributes) != 0 || got.AmountMinor != 500 || got.Store != "Patras" || len(got.Lines) != 1 || len(got.Lines[0].Attributes) != 0 {
				t.Errorf("%+v", got)
			}
			who, err := customer.Get(tx, out.Customer)
			if err != nil {
				return err
			}
			if who.Erased.IsZero() || len(who.Identities) != 0 || who.Reference != "" {
				t.Errorf("%+v", who)
			}
			for _, read := range []func() error{
				func() error { _, err := order.Load(tx, out.Customer, out.Fact+1); return err },
				func() error { _, err := order.Load(tx, out.Customer+1, out.Fact); return err },
				func() error { _, err := order.LoadReturn(tx, out.Customer, out.Fact); return err },
				func() error { _, err := answer.Load(tx, out.Customer, out.Fact); return err },
				func() error { _, err := activity.LoadSubscription(tx, out.Customer, out.Fact); return err },
				func() error { _, err := activity.LoadEvent(tx, out.Customer, out.Fact); return err },
				func() error { _, err := customer.Get(tx, -1); return err },
			} {
				if err := read(); fault.KindOf(err) != fault.NotFound {
					t.Errorf("what is not there: %v", err)
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		for name, list := range lists {
			got := s.all(list, listing.Filter{Customers: []int64{out.Customer}}, 10, func() {})
			if len(got) == 0 || slices.ContainsFunc(got, func(k listing.Kept) bool { return k.Customer != out.Customer }) {
				t.Errorf("%s of somebody erased: %v", name, got)
			}
		}
	})
}
