package forecast

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/base/secret"
	"regulars/internal/base/webhook"
	"regulars/internal/measure/mirror/mirrortest"
	"regulars/internal/record/catalogue"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/schema"
	"regulars/internal/understand/advice"
	"regulars/internal/understand/predict"
)

// town is a store with guests who come about as often as they used to, and a clock.
type town struct {
	*testing.T
	d      *db.DB
	day    *atomic.Int64
	loader *mirrortest.Loader
	runner *Runner
}

const guests, firstDay = 120, 20000

func each(t *testing.T, test func(t *town)) {
	t.Helper()
	dbtest.EachOptions(t, func(t *testing.T, o db.Options) {
		day := &atomic.Int64{}
		day.Store(firstDay + 300)
		o.Clock = func() time.Time { return time.Unix(day.Load()*86400+4*3600, 0) }
		d := dbtest.Open(t, o)
		if err := schema.Migrate(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		tell, err := webhook.NewTeller(Types())
		if err != nil {
			t.Fatal(err)
		}
		to := "https://shop.example/hook"
		hooks := webhook.New(d, secret.New(make([]byte, 32)), tell, webhook.Options{})
		s := &town{t, d, day, mirrortest.New(d), &Runner{DB: d, Teller: tell, batch: 50}}
		s.write(func(tx *db.Tx) error {
			_, _, err := hooks.Create(tx, webhook.Change{URL: &to})
			return err
		})
		var visits []fact.Sale
		for i := range guests {
			every := 6 + i%25
			for at := i % 60; at < 300; at += every + (i*at)%3 - 1 {
				visits = append(visits, visit(i, int64(firstDay+at)))
			}
		}
		s.load(visits)
		test(s)
	})
}

func visit(guest int, day int64) fact.Sale {
	return fact.Sale{Customer: "guest-" + strconv.Itoa(guest), Moment: fact.At(time.Unix(day*86400+36000, 0), time.UTC), Quantity: 1, AmountMinor: int64(500 + guest%9*100),
		Product: []string{"espresso", "filter", "beans", "cake"}[(guest+int(day))%(1+guest%4)]}
}

func (s *town) load(visits []fact.Sale) {
	s.Helper()
	if err := s.loader.Load(s.Context(), &fact.Batch{Sales: visits}); err != nil {
		s.Fatal(err)
	}
}

func (s *town) write(fn func(tx *db.Tx) error) {
	s.Helper()
	if err := s.d.Write(s.Context(), fn); err != nil {
		s.Fatal(err)
	}
}

func (s *town) night() *Fit {
	s.Helper()
	if err := s.runner.night(s.Context(), s.d.Write, func(int64, int64, string) {}); err != nil {
		s.Fatal(err)
	}
	return s.newest()
}

func (s *town) newest() (f *Fit) {
	s.Helper()
	if err := s.d.Read(s.Context(), func(tx *db.Tx) (err error) { f, err = Newest(tx); return err }); err != nil {
		s.Fatal(err)
	}
	return f
}

// all reads a list, three customers a page.
func (s *town) all(f *Fit, by Order, state predict.State) (out []Scored) {
	s.Helper()
	var after Place
	for {
		var page []Scored
		if err := s.d.Read(s.Context(), func(tx *db.Tx) (err error) { page, err = List(tx, f, by, state, after, 3); return err }); err != nil {
			s.Fatal(err)
		}
		if len(page) == 0 {
			return out
		}
		out = append(out, page...)
		after = page[len(page)-1].Place(by)
	}
}

func (s *town) of(guest int) (l *Live) {
	s.Helper()
	number := mirrortest.ID("customer", "guest-"+strconv.Itoa(guest))
	if err := s.d.Read(s.Context(), func(tx *db.Tx) (err error) { l, err = Of(tx, number); return err }); err != nil {
		s.Fatal(err)
	}
	return l
}

func (s *town) count(query string, args ...any) (n int) {
	s.Helper()
	if err := s.d.Read(s.Context(), func(tx *db.Tx) error { return tx.QueryRow(query, args...).Scan(&n) }); err != nil {
		s.Fatal(err)
	}
	return n
}

const told = "SELECT count(*) FROM webhook_messages WHERE type = $1"

// Night after night: everybody is scored, lists are whole and in order, who stays away is told of once, who comes back is
// not falling any more, and the sum that was promised is held against what came.
func TestNights(t *testing.T) {
	t.Parallel()
	each(t, func(s *town) {
		first := s.night()
		if !first.Ready || first.AsOf != firstDay+299 || first.Customers != guests || first.Promise != nil {
			t.Fatalf("the first fit is %+v", first)
		}
		if s.count(told, Falling) != 0 {
			t.Error("somebody is said to fall whom nobody saw come as usual before")
		}
		for by, better := range map[Order]func(a, b *Scored) bool{
			ByValue: func(a, b *Scored) bool { return a.Worth >= b.Worth },
			ByAlive: func(a, b *Scored) bool { return a.Alive <= b.Alive },
			ByRisk:  func(a, b *Scored) bool { return a.AtRisk >= b.AtRisk },
		} {
			list := s.all(first, by, "")
			seen := map[int64]bool{}
			for i := range list {
				seen[list[i].Number] = true
				if i > 0 && !better(&list[i-1], &list[i]) {
					t.Errorf("by %s, %v comes before %v", by, list[i-1], list[i])
				}
			}
			if len(seen) != len(list) || by != ByRisk && len(list) != guests {
				t.Errorf("the list by %s has %d of %d customers, %d of them twice", by, len(seen), guests, len(list)-len(seen))
			}
		}
		// Who bought nothing since is scored now as last night.
		for _, kept := range s.all(first, ByValue, "") {
			guest, _ := strconv.Atoi(kept.ID[len("guest-"):])
			now := s.of(guest)
			if now.AsOf == first.AsOf && (now.Alive != kept.Alive || now.Value != kept.Value || now.None != kept.None || now.State != kept.State) {
				t.Fatalf("%s is scored %+v, and was %+v", kept.ID, now.Score, kept.Score)
			}
		}
		// Forty days on which a third of the guests stay away.
		var visits []fact.Sale
		for i := range guests {
			for at := 300 + i%6; at < 340 && i%3 > 0; at += 6 + i%25 {
				visits = append(visits, visit(i, int64(firstDay+at)))
			}
		}
		s.load(visits)
		s.day.Add(40)
		second := s.night()
		falling := s.count("SELECT count(*) FROM prediction_scores WHERE fit_id = $1 AND falling_day IS NOT NULL", second.ID)
		if falling < guests/6 || s.count(told, Falling) != falling {
			t.Errorf("%d fall, and %d messages were told", falling, s.count(told, Falling))
		}
		p := second.Promise
		if p == nil || p.Fit != first.ID || p.Days != 40 || p.Actual != float64(days(visits)) || !(p.Low < p.Told && p.Told < p.High) {
			t.Fatalf("the promise is %+v", p)
		}
		if drifted := p.Actual < p.Low || p.Actual > p.High; p.Drift != drifted || (s.count(told, Drifted) == 1) != drifted {
			t.Errorf("the promise is %+v, and %d messages were told", p, s.count(told, Drifted))
		}
		// The next night tells nobody anew who fell before.
		s.load([]fact.Sale{visit(1, s.day.Load())})
		s.day.Add(1)
		third := s.night()
		again := s.count("SELECT count(*) FROM prediction_scores WHERE fit_id = $1 AND falling_day = $2", third.ID, third.AsOf)
		if s.count(told, Falling) != falling+again {
			t.Errorf("%d messages for %d and %d who fall", s.count(told, Falling), falling, again)
		}
		// Who comes back is as usual at once, and nothing was written for it.
		back := slices.IndexFunc(s.all(third, ByRisk, predict.Late), func(c Scored) bool { return c.Falling != nil })
		late := s.all(third, ByRisk, predict.Late)[back]
		guest, _ := strconv.Atoi(late.ID[len("guest-"):])
		if l := s.of(guest); l.State != predict.Late || l.Falling == nil || *l.Falling != *late.Falling || len(l.History) != 3 {
			t.Errorf("%s is %+v", late.ID, l)
		}
		s.load([]fact.Sale{visit(guest, s.day.Load())})
		if l := s.of(guest); l.State != predict.OnTime || l.Falling != nil || l.Alive <= late.Alive || int64(l.AsOf) != s.day.Load() {
			t.Errorf("%s came back and is %+v", late.ID, l.Score)
		}
		s.day.Add(1)
		fourth := s.night()
		if s.count("SELECT count(*) FROM prediction_scores WHERE fit_id = $1 AND customer_id = $2 AND falling_day IS NOT NULL", fourth.ID, late.Number) != 0 {
			t.Error("who came back is still falling")
		}
	})
}

func days(visits []fact.Sale) int {
	seen := map[string]bool{}
	for _, v := range visits {
		seen[v.Customer+strconv.Itoa(int(v.Moment.Day()))] = true
	}
	return len(seen)
}

// What to do next: one action a customer, those first of whom most is expected; who is unhappy is asked why.
func TestWhatToDoNext(t *testing.T) {
	t.Parallel()
	each(t, func(s *town) {
		at := func(day int) fact.Moment { return fact.At(time.Unix(int64(firstDay+day)*86400, 0), time.UTC) }
		err := s.loader.Load(s.Context(), &fact.Batch{Answers: []fact.Answer{
			{Customer: "guest-1", Moment: at(200), Kind: "nps", Score: 9, Scored: true, Finished: true, Scale: 10},
			{Customer: "guest-1", Moment: at(290), Kind: "nps", Score: 2, Scored: true, Finished: true, Scale: 10},
			{Customer: "guest-2", Moment: at(295), Kind: "case", Delivered: false, Finished: true},
			{Customer: "guest-3", Moment: at(298), Kind: "nps", Score: 10, Scored: true, Finished: true, Scale: 10},
		}})
		if err != nil {
			s.Fatal(err)
		}
		f := s.night()
		var all []Next
		var sums []Sum
		if err := s.d.Read(s.Context(), func(tx *db.Tx) (err error) {
			all, sums = nil, nil
			var after Place
			for {
				page, err := Actions(tx, f, Which{}, after, 7)
				if err != nil || len(page) == 0 {
					break
				}
				all = append(all, page...)
				after = Place{page[len(page)-1].Gain.Value, page[len(page)-1].Number}
			}
			sums, err = Sums(tx, f)
			return err
		}); err != nil {
			s.Fatal(err)
		}
		kinds, seen, total := map[advice.Kind]int64{}, map[int64]bool{}, int64(0)
		byID := map[string]Next{}
		for i, n := range all {
			kinds[n.Kind]++
			byID[n.ID] = n
			if seen[n.Number] || i > 0 && all[i-1].Gain.Value < n.Gain.Value || n.Gain.Low > n.Gain.Value || n.Gain.High < n.Gain.Value {
				t.Errorf("%+v after %+v", n, all[max(0, i-1)])
			}
			seen[n.Number] = true
			if n.Kind == advice.OfferProduct && (n.Product == "" || n.With == "" || n.Together < 5 || n.Basis != advice.Observed) {
				t.Errorf("%+v", n)
			}
		}
		for _, sum := range sums {
			total += sum.Customers
			if kinds[sum.Kind] != sum.Customers {
				t.Errorf("%d customers for %s, and %d are listed", sum.Customers, sum.Kind, kinds[sum.Kind])
			}
		}
		if total != int64(len(all)) || total < guests/2 || kinds[advice.OfferProduct] == 0 {
			t.Errorf("%v", kinds)
		}
		for id, want := range map[string]advice.Kind{"guest-1": advice.AskWhy, "guest-2": advice.AskWhy} {
			if byID[id].Kind != want {
				t.Errorf("%s: %+v", id, byID[id])
			}
		}
		if n := byID["guest-1"]; n.NPS == nil || *n.NPS != 2 {
			t.Errorf("%+v", n)
		}
		s.narrows(f, all)
	})
}

// narrows lists the actions of some products: of a category, with a margin, and none of what is sold out.
func (s *town) narrows(f *Fit, all []Next) {
	s.Helper()
	offered := func(which Which) map[string]int {
		products := map[string]int{}
		if err := s.d.Read(s.Context(), func(tx *db.Tx) error {
			clear(products)
			list, err := Actions(tx, f, which, Place{}, len(all))
			for _, n := range list {
				products[n.Product]++
			}
			return err
		}); err != nil {
			s.Fatal(err)
		}
		return products
	}
	put := func(set string, args ...any) {
		s.write(func(tx *db.Tx) error { _, err := tx.Exec("UPDATE products SET "+set, args...); return err })
	}
	before := offered(Which{})
	best := ""
	for product, n := range before {
		if product != "" && n > before[best] || best == "" {
			best = product
		}
	}
	if before[""] == 0 || before[best] == 0 {
		s.Fatalf("%v", before)
	}
	// Every piece is paid with 5 to 13: above a cost of 1 at least four fifths are left, of 100 nothing.
	put("cost_minor = CASE WHEN reference = $1 THEN 100 ELSE 10000 END, category_id = CASE WHEN reference = $1 THEN CAST($2 AS BIGINT) END", best, catalogue.CategoryID("best"))
	for _, which := range []Which{{Category: "best"}, {LeastMargin: .5, Digits: 2}, {Kind: advice.OfferProduct, Category: "best", LeastMargin: .1, Digits: 2}} {
		if got := offered(which); len(got) != 1 || got[best] != before[best] {
			s.Errorf("%+v: %v of %v", which, got, before)
		}
	}
	for _, which := range []Which{{Category: "worst"}, {LeastMargin: .99, Digits: 2}, {Kind: advice.Thank, Category: "best"}} {
		if got := offered(which); len(got) != 0 {
			s.Errorf("%+v: %v", which, got)
		}
	}
	put("sold_out = $2 WHERE reference = $1", best, true)
	if got := offered(Which{}); got[best] != 0 || got[""] != before[""] {
		s.Errorf("%s is sold out: %v of %v", best, got, before)
	}
}

// A night that is cut off after any part is taken up where it stood: everybody is scored, and told of once.
func TestANightCutOff(t *testing.T) {
	t.Parallel()
	each(t, func(s *town) {
		s.night()
		s.day.Add(60)
		cut := errors.New("cut off")
		for parts := range 4 {
			done := 0
			err := s.runner.night(s.Context(), func(ctx context.Context, fn func(*db.Tx) error) error {
				if done++; done > 1+min(parts, 1) { // the fit, and then a part each time
					return cut
				}
				return s.d.Write(ctx, fn)
			}, func(int64, int64, string) {})
			if !errors.Is(err, cut) {
				t.Fatalf("the night ended with %v", err)
			}
			if f := s.newest(); f.AsOf != firstDay+299 {
				t.Fatalf("half a fit is seen: %+v", f)
			}
		}
		f := s.night()
		if n := s.count("SELECT count(*) FROM prediction_scores WHERE fit_id = $1", f.ID); n != guests || f.AsOf != firstDay+299 {
			t.Errorf("%d customers are scored as of %d", n, f.AsOf)
		}
		if s.count("SELECT count(*) FROM prediction_fits") != 2 {
			t.Error("the night that was cut off began anew")
		}
		// By tomorrow all of them have stayed away for sixty days more.
		s.load([]fact.Sale{visit(0, s.day.Load()-1)})
		f = s.night()
		falling := s.count("SELECT count(*) FROM prediction_scores WHERE fit_id = $1 AND falling_day IS NOT NULL", f.ID)
		if falling < guests/2 || s.count(told, Falling) != falling {
			t.Errorf("%d fall, and %d messages were told", falling, s.count(told, Falling))
		}
	})
}

// Who was erased has no scores, and is in no list; too little data gives a sentence and no number.
func TestErasedAndTooFew(t *testing.T) {
	t.Parallel()
	each(t, func(s *town) {
		f := s.night()
		number := mirrortest.ID("customer", "guest-5")
		s.write(func(tx *db.Tx) error { return customer.Erase(tx, number) })
		if list := s.all(f, ByValue, ""); len(list) != guests-1 {
			t.Errorf("the list has %d customers", len(list))
		}
		f = s.night()
		if n := s.count("SELECT count(*) FROM prediction_scores WHERE customer_id = $1", number); n != 0 {
			t.Errorf("who was erased has %d scores", n)
		}
		if f.Customers != guests {
			t.Errorf("the fit has seen %d customers", f.Customers)
		}
		s.write(func(tx *db.Tx) error {
			_, err := tx.Exec("DELETE FROM sale_lines WHERE day < $1", firstDay+295)
			return err
		})
		f = s.night()
		page, err := f.Page("EUR")
		if err != nil || f.Ready || page.Lack == predict.NothingLacks {
			t.Errorf("the fit is %+v, %v", f, err)
		}
		s.write(func(tx *db.Tx) error { _, err := tx.Exec("DELETE FROM sale_lines"); return err })
		if f = s.night(); f.Ready || f.Customers != 0 {
			t.Errorf("of nothing, the fit is %+v", f)
		}
	})
}

// A customer has at most fourteen scores, however many nights go by; fits go after two years.
func TestScoresAreForgotten(t *testing.T) {
	t.Parallel()
	each(t, func(s *town) {
		f := s.night()
		const nights = 800
		s.write(func(tx *db.Tx) error {
			for i := range nights {
				if _, err := tx.Exec(`INSERT INTO prediction_fits (fit_id, state, as_of_day, horizon_days, model, customers, law, outlook, promise, scored_to,
					scores_kept, fitted_us) SELECT $1, state, $2, horizon_days, model, customers, law, outlook, promise, scored_to, scores_kept, $3 FROM prediction_fits
					WHERE fit_id = $4`, i+1, f.AsOf-nights+int32(i), tx.Now.AddDate(0, 0, i-nights), f.ID); err != nil {
					return err
				}
				if _, err := tx.Exec(`INSERT INTO prediction_scores (customer_id, fit_id, repeats, last_days, age_days, log_gaps, p_alive, p_none, purchases, worth,
					at_risk, state) VALUES (7, $1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 'once')`, i+1); err != nil {
					return err
				}
			}
			return nil
		})
		if err := Forget(s.Context(), f.ID, s.d.Write); err != nil {
			s.Fatal(err)
		}
		// Of the month that is not over, the first; of eleven before, the first; and the one before the newest.
		if n := s.count("SELECT count(*) FROM prediction_scores WHERE customer_id = 7"); n != Months+1 {
			t.Errorf("%d scores are kept", n)
		}
		if n := s.count("SELECT count(*) FROM prediction_scores WHERE fit_id = $1", f.ID); n != guests {
			t.Errorf("%d scores of the newest fit are kept", n)
		}
		if n := s.count("SELECT count(*) FROM prediction_fits"); n < 2*365 || n > 2*366+2 {
			t.Errorf("%d fits are kept", n)
		}
	})
}
