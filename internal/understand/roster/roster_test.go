package roster

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/job"
	"regulars/internal/base/job/jobtest"
	"regulars/internal/measure/metric"
	"regulars/internal/record/business"
	"regulars/internal/record/catalogue"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/order"
	"regulars/internal/record/schema/schematest"
	"regulars/internal/understand/segment"
)

// shop is a store, and what is written into it.
type shop struct {
	*testing.T
	d      *db.DB
	ids    *fact.IDs
	names  *catalogue.Names
	keeper order.Keeper
	placed int
}

func each(t *testing.T, test func(s *shop)) {
	t.Helper()
	schematest.Each(t, func(t *testing.T, d *db.DB) {
		s := &shop{T: t, d: d, ids: &fact.IDs{}, names: catalogue.NewNames()}
		s.keeper = order.Keeper{IDs: s.ids, Names: s.names}
		s.write(func(tx *db.Tx) error {
			_, err := business.Agree(tx, business.Business{Zone: time.UTC, Currency: "EUR", Country: "GR"})
			return err
		})
		test(s)
	})
}

func (s *shop) write(fn func(tx *db.Tx) error) {
	s.Helper()
	if err := s.d.Write(context.WithoutCancel(s.Context()), fn); err != nil {
		s.Fatal(err)
	}
}

func (s *shop) read(fn func(tx *db.Tx) error) {
	s.Helper()
	if err := s.d.Read(s.Context(), fn); err != nil {
		s.Fatal(err)
	}
}

// comes makes a customer.
func (s *shop) comes(reference string, p customer.Profile, more ...customer.Identity) (number int64) {
	s.Helper()
	s.write(func(tx *db.Tx) error {
		_, made, err := customer.Make(tx, s.ids, []customer.Identity{{Kind: customer.OwnID, Value: reference}})
		if err != nil {
			return err
		}
		number = made[0]
		var named []customer.Named
		for _, i := range more {
			n, err := i.Normal("GR")
			if err != nil {
				return err
			}
			named = append(named, customer.Named{Identity: n, Written: i.Value})
		}
		if _, _, err := customer.Add(tx, number, named); err != nil {
			return err
		}
		_, err = customer.Update(tx, s.names, []customer.Entry{{Customer: number, Profile: &p}})
		return err
	})
	return number
}

// buys has a customer order so many days ago.
func (s *shop) buys(number int64, daysAgo int, minor int64) {
	s.Helper()
	s.placed++
	at := fact.At(time.Now().UTC().AddDate(0, 0, -daysAgo).Add(-time.Minute), time.UTC)
	s.write(func(tx *db.Tx) error {
		out, err := s.keeper.Put(tx, []order.Entry{{Customer: number, Order: &order.Order{Source: "s", Reference: fmt.Sprint("o", s.placed), Placed: at, AmountMinor: minor,
			Lines: []order.Line{{Quantity: 1, AmountMinor: minor}}}}})
		if err == nil {
			err = out[0].Err
		}
		return err
	})
}

func (s *shop) says(number int64, channel string, granted bool, at time.Time) {
	s.Helper()
	s.write(func(tx *db.Tx) error {
		_, err := customer.Agree(tx, number, customer.Consent{Channel: channel, Purpose: "offers", Given: at, Granted: granted, Wording: "May we?", Source: "till"})
		return err
	})
}

func (s *shop) fresh(k *Keeper) Age {
	s.Helper()
	age, err := k.Fresh(s.Context())
	if err != nil {
		s.Fatal(err)
	}
	return age
}

func (s *shop) list(f Filter, by Sort) (all []Entry) {
	s.Helper()
	s.read(func(tx *db.Tx) (err error) { all, err = List(tx, &f, by, Place{}, 100); return err })
	return all
}

func numbers(all []Entry) (out []int64) {
	for _, e := range all {
		out = append(out, e.Customer)
	}
	return out
}

// cuts are lines at which everything up to the place is below.
func cuts() *segment.Cuts {
	cut := func(values ...int64) (all [4]metric.Cut) {
		for i, v := range values {
			all[i].Fifths = 5 * v
		}
		return all
	}
	return &segment.Cuts{Cuts: metric.Cuts{Recency: cut(5, 20, 60, 200), Frequency: cut(1, 2, 4, 9), Monetary: cut(1000, 3000, 9000, 30000)}, AsOf: "2026-01-01"}
}

func to[T any](v T) *T { return &v }

// Customers are chosen by each thing that they can be chosen by, and by several at once, and counted so too.
func TestCustomersAreChosenAndSorted(t *testing.T) {
	t.Parallel()
	each(t, func(s *shop) {
		s.write(cuts().Save)
		anna := s.comes("a-1", customer.Profile{GivenName: "Άννα", FamilyName: "Παππά", Attributes: fact.Attributes{{Name: "City", Value: "Αθήνα"}, {Name: "Country", Value: "GR"}}}, customer.Identity{Kind: customer.Email, Value: "anna@example.com"})
		bo := s.comes("b-1", customer.Profile{FullName: "bo Smith", Attributes: fact.Attributes{{Name: "city", Value: "Leeds"}}}, customer.Identity{Kind: customer.Card, Value: "77"})
		none := s.comes("c-1", customer.Profile{})
		for n := range 10 {
			s.buys(anna, n, 4000)
		}
		s.buys(bo, 300, 500)
		now := time.Now()
		s.says(anna, "email", true, now.Add(-3*time.Hour))
		s.says(anna, "sms", true, now.Add(-3*time.Hour))
		s.says(anna, "sms", false, now.Add(-2*time.Hour))
		s.says(bo, "sms", true, now.Add(-time.Hour))
		k := &Keeper{DB: s.d}
		if age := s.fresh(k); !age.Ready || age.Behind {
			s.Errorf("%+v", age)
		}
		today := int64(fact.At(now, time.UTC).Day())
		for what, c := range map[string]struct {
			filter Filter
			by     Sort
			want   []int64
		}{
			"all, the newest first":       {Filter{}, Newest, []int64{none, bo, anna}},
			"by last order":               {Filter{}, ByLast, []int64{anna, bo, none}},
			"by orders":                   {Filter{}, ByMany, []int64{anna, bo, none}},
			"by money":                    {Filter{}, BySpent, []int64{anna, bo, none}},
			"by name, the nameless last":  {Filter{}, ByName, []int64{bo, anna, none}},
			"the best":                    {Filter{Segment: "champions"}, Newest, []int64{anna}},
			"the lost":                    {Filter{Segment: "lost"}, Newest, []int64{bo}},
			"those who came this week":    {Filter{LastFrom: to(today - 7)}, Newest, []int64{anna}},
			"those who did not":           {Filter{LastBefore: to(today - 7)}, Newest, []int64{bo}},
			"with an order":               {Filter{Orders: Span{From: to(int64(1))}}, Newest, []int64{bo, anna}},
			"without one":                 {Filter{Orders: Span{To: to(int64(0))}}, Newest, []int64{none}},
			"from four to five euros":     {Filter{SpentMinor: Span{to(int64(400)), to(int64(500))}}, Newest, []int64{bo}},
			"by e-mail":                   {Filter{Agreed: "email"}, Newest, []int64{anna}},
			"by SMS":                      {Filter{Agreed: "sms"}, Newest, []int64{bo}},
			"by SMS no more":              {Filter{Withdrawn: "sms"}, Newest, []int64{anna}},
			"of Athens, in other letters": {Filter{Trait: "CITY", Value: "αθήνα"}, Newest, []int64{anna}},
			"of some city":                {Filter{Trait: "city"}, Newest, []int64{bo, anna}},
			"of a part of a name":         {Filter{Trait: "city", Value: "Lee"}, Newest, nil},
			"of another package":          {Filter{More: []Condition{{"EXISTS (SELECT 1 FROM customers c WHERE c.customer_id = f.customer_id AND c.reference = $)", []any{"b-1"}}}}, Newest, []int64{bo}},
			"several":                     {Filter{Orders: Span{From: to(int64(1))}, Agreed: "sms", Trait: "city", Value: "leeds"}, BySpent, []int64{bo}},
			"several that none fit":       {Filter{Segment: "champions", Agreed: "sms"}, BySpent, nil},
		} {
			for _, c.filter.Few = range []bool{false, true} {
				if got := numbers(s.list(c.filter, c.by)); !slices.Equal(got, c.want) {
					s.Errorf("%s: %v, want %v", what, got, c.want)
				}
			}
			s.read(func(tx *db.Tx) error {
				if n, err := Count(tx, &c.filter); err != nil || n != int64(len(c.want)) {
					s.Errorf("%s: %d are counted, %v", what, n, err)
				}
				return nil
			})
		}
		first := s.list(Filter{}, ByLast)[0]
		if first.Orders != 10 || first.SpentMinor != 40000 || !first.Ordered || first.LastDay != today || first.Segment != "champions" || !slices.Equal(first.Agreed, []string{"email"}) || !slices.Equal(first.Withdrawn, []string{"sms"}) {
			s.Errorf("%+v", first)
		}
	})
}

// What happens between two looks is there at the second, without everybody being reckoned anew: orders, merging and undoing
// it, erasing, consents.
func TestTheListIsUpToDate(t *testing.T) {
	t.Parallel()
	each(t, func(s *shop) {
		k := &Keeper{DB: s.d}
		a, b, c := s.comes("a", customer.Profile{FullName: "A"}), s.comes("b", customer.Profile{FullName: "B"}), s.comes("c", customer.Profile{FullName: "C"})
		s.buys(a, 3, 100)
		s.buys(b, 5, 30)
		s.fresh(k)
		s.write(func(tx *db.Tx) error { _, err := customer.Merge(tx, a, b); return err })
		s.buys(a, 1, 7)
		s.fresh(k)
		if all := s.list(Filter{}, BySpent); len(all) != 2 || all[0].Customer != b || all[0].SpentMinor != 137 || all[0].Orders != 3 {
			s.Errorf("merged: %+v", all)
		}
		if err := Export(func(fn func(tx *db.Tx) error) error { return s.d.Read(s.Context(), fn) }, &Filter{}, BySpent, func(_ []Entry, known []customer.Stored) error {
			if len(known[0].Identities) != 2 || known[0].Identities[1].Value != "a" {
				s.Errorf("the file does not know what a merged one was known by: %+v", known[0].Identities)
			}
			return nil
		}); err != nil {
			s.Error(err)
		}
		s.write(func(tx *db.Tx) error { _, err := customer.Undo(tx, a); return err })
		s.fresh(k)
		if all := s.list(Filter{}, BySpent); len(all) != 3 || all[0].Customer != a || all[0].SpentMinor != 107 || all[1].SpentMinor != 30 {
			s.Errorf("undone: %+v", all)
		}
		s.says(c, "post", true, time.Now())
		s.fresh(k)
		if all := s.list(Filter{Agreed: "post"}, Newest); len(all) != 1 || all[0].Customer != c {
			s.Errorf("agreed: %+v", all)
		}
		s.write(func(tx *db.Tx) error { return customer.Erase(tx, c) })
		if all := s.list(Filter{}, ByName); len(all) != 2 {
			s.Errorf("an erased customer is in the list before it is brought up to date: %+v", all)
		}
		s.fresh(k)
		if all := s.list(Filter{}, ByName); len(all) != 2 {
			s.Errorf("an erased customer is back: %+v", all)
		}
	})
}

// Where it is too much for somebody who waits, the job is asked for and the list says that it is behind; the job does it.
func TestTheJobDoesWhatIsTooMuch(t *testing.T) {
	t.Parallel()
	each(t, func(s *shop) {
		if s.d.Distributed() {
			s.Skip("a cluster has no feed: everybody is reckoned, and so few while somebody waits")
		}
		k := &Keeper{DB: s.d, Soon: 1}
		a, b := s.comes("a", customer.Profile{}), s.comes("b", customer.Profile{})
		s.fresh(k)
		s.buys(a, 1, 10)
		s.buys(b, 1, 10)
		if age := s.fresh(k); !age.Behind || !age.Ready || age.At.IsZero() {
			s.Errorf("%+v", age)
		}
		if all := s.list(Filter{}, ByMany); all[0].Orders != 0 {
			s.Errorf("%+v", all)
		}
		before := time.Now().Add(-time.Second)
		stop := jobtest.Run(s, s.d, []job.Kind{k.Job()}, job.Options{Poll: 20 * time.Millisecond, Schedules: Schedules()})
		for deadline := time.Now().Add(30 * time.Second); s.list(Filter{}, ByMany)[0].Orders == 0; time.Sleep(20 * time.Millisecond) {
			if time.Now().After(deadline) {
				s.Fatal("the job did not do it")
			}
		}
		stop()
		// Where an old transaction of others holds the feed back, what was reckoned may be given again; it is as new as it says.
		if age := s.fresh(k); !age.Ready || age.At.Before(before) {
			s.Errorf("%+v, and not of %s", age, before)
		}
	})
}

// After any history the summaries are those that a reckoning of everybody makes.
func TestSummariesEqualTheFacts(t *testing.T) {
	t.Parallel()
	each(t, func(s *shop) {
		r := rand.New(rand.NewPCG(5, 7))
		k := &Keeper{DB: s.d, Soon: 1000}
		s.write(cuts().Save)
		var all, merged []int64
		for step := range 60 {
			switch n := r.IntN(10); {
			case n < 3 || len(all) < 3:
				all = append(all, s.comes(fmt.Sprint("c", step), customer.Profile{FullName: fmt.Sprint("N", r.IntN(5))}))
			case n < 7:
				s.buys(all[r.IntN(len(all))], r.IntN(400), r.Int64N(5000))
			case n == 7:
				from, into := all[r.IntN(len(all))], all[r.IntN(len(all))]
				if from != into {
					s.write(func(tx *db.Tx) error {
						alias, err := customer.Merge(tx, from, into)
						if alias != 0 {
							merged = append(merged, alias)
						}
						return err
					})
				}
			case n == 8 && len(merged) > 0:
				s.write(func(tx *db.Tx) error { _, err := customer.Undo(tx, merged[len(merged)-1]); return err })
				merged = merged[:len(merged)-1]
			default:
				s.says(all[r.IntN(len(all))], []string{"email", "sms"}[r.IntN(2)], r.IntN(2) == 0, time.Now())
			}
			if r.IntN(3) == 0 {
				s.fresh(k)
			}
		}
		s.fresh(k)
		kept := s.list(Filter{}, ByName)
		s.write(func(tx *db.Tx) error {
			_, err := tx.Exec("DELETE FROM settings WHERE key = $1", settingsKey)
			if err == nil {
				_, err = tx.Exec("DELETE FROM customer_summaries")
			}
			return err
		})
		s.fresh(k)
		if anew := s.list(Filter{}, ByName); fmt.Sprint(anew) != fmt.Sprint(kept) || len(anew) == 0 {
			s.Errorf("kept\n%v\nanew\n%v", kept, anew)
		}
	})
}

// Page by page everybody is there once, in each order, and the file holds the same.
func TestPagesAndTheWhole(t *testing.T) {
	t.Parallel()
	each(t, func(s *shop) {
		for n := range 23 {
			c := s.comes(fmt.Sprintf("c-%02d", n), customer.Profile{FullName: string(rune('a' + n%3))})
			for o := range n % 4 {
				s.buys(c, o+n, int64(n%5)*100)
			}
		}
		s.fresh(&Keeper{DB: s.d})
		for _, by := range Sorts() {
			whole := s.list(Filter{}, by)
			for _, few := range []bool{false, true} {
				var paged []Entry
				for after := (Place{}); ; {
					var some []Entry
					s.read(func(tx *db.Tx) (err error) { some, err = List(tx, &Filter{Few: few}, by, after, 5); return err })
					paged = append(paged, some...)
					if len(some) < 5 {
						break
					}
					after = some[4].Place(by)
				}
				if len(whole) != 23 || !slices.Equal(numbers(whole), numbers(paged)) {
					s.Errorf("%s: %v, page by page %v", by, numbers(whole), numbers(paged))
				}
			}
			var exported []int64
			err := Export(func(fn func(tx *db.Tx) error) error { return s.d.Read(s.Context(), fn) }, &Filter{}, by, func(list []Entry, known []customer.Stored) error {
				for i := range list {
					if known[i].Customer != list[i].Customer {
						s.Errorf("%d stands beside %d", list[i].Customer, known[i].Customer)
					}
				}
				exported = append(exported, numbers(list)...)
				return nil
			})
			if err != nil || !slices.Equal(numbers(whole), exported) {
				s.Errorf("%s: the file has %v, %v", by, exported, err)
			}
		}
		spent := s.list(Filter{}, BySpent)
		if !slices.IsSortedFunc(spent, func(a, b Entry) int { return cmp.Compare(b.SpentMinor, a.SpentMinor) }) {
			s.Errorf("%+v", spent)
		}
		if _, err := ParseSort("height"); err == nil || !strings.Contains(err.Error(), "no order of this list") {
			s.Errorf("%v", err)
		}
	})
}
