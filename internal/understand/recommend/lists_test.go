package recommend_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/locale"
	"regulars/internal/measure/mirror/mirrortest"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/schema/schematest"
	"regulars/internal/understand/recommend"
)

// kiosk is a store that sells few products, and what was learnt of them under a fit.
type kiosk struct {
	*testing.T
	d      *db.DB
	loader *mirrortest.Loader
}

const learnt = 9

func eachKiosk(t *testing.T, test func(t *kiosk)) {
	t.Helper()
	schematest.Each(t, func(t *testing.T, d *db.DB) {
		test(&kiosk{t, d, mirrortest.New(d)})
	})
}

// sells loads orders, each a customer, a day and products.
func (k *kiosk) sells(orders ...[]any) {
	k.Helper()
	var sales []fact.Sale
	for i, o := range orders {
		for _, product := range o[2:] {
			who, day := o[0].(string), o[1].(int)
			sales = append(sales, fact.Sale{Customer: who, Order: fmt.Sprintf("%s-%d-%d", who, day, i), Moment: fact.At(time.Unix(int64(20000+day)*86400, 0), time.UTC),
				Product: product.(string), Category: "drinks", Quantity: 2, AmountMinor: 500})
		}
	}
	if err := k.loader.Load(k.Context(), &fact.Batch{Sales: sales}); err != nil {
		k.Fatal(err)
	}
}

func (k *kiosk) learns() *recommend.Learned {
	k.Helper()
	var l *recommend.Learned
	if err := k.d.Read(k.Context(), func(tx *db.Tx) (err error) { l, err = recommend.Read(tx); return err }); err != nil {
		k.Fatal(err)
	}
	l.Learn(100)
	k.write(func(tx *db.Tx) error { return l.Keep(tx, learnt, 0, len(l.Products)) })
	return l
}

func (k *kiosk) write(fn func(tx *db.Tx) error) {
	k.Helper()
	if err := k.d.Write(k.Context(), fn); err != nil {
		k.Fatal(err)
	}
}

func (k *kiosk) lists(w recommend.Wanted, who ...string) (l *recommend.Lists) {
	k.Helper()
	var numbers []int64
	for _, name := range who {
		numbers = append(numbers, mirrortest.ID("customer", name))
	}
	if err := k.d.Read(k.Context(), func(tx *db.Tx) (err error) { l, err = recommend.For(tx, learnt, numbers, w); return err }); err != nil {
		k.Fatal(err)
	}
	return l
}

func names(list []recommend.Suggested) (out []string) {
	for _, s := range list {
		out = append(out, s.Reference)
	}
	return out
}

// What a customer buys again comes with its rhythm, what they have never bought with what speaks for it; an order of this
// moment counts at once, and what is not to be suggested is not.
func TestListsOfOneCustomer(t *testing.T) {
	t.Parallel()
	eachKiosk(t, func(k *kiosk) {
		k.sells([]any{"ann", 1, "coffee", "milk"}, []any{"ann", 11, "coffee"}, []any{"ann", 31, "coffee"}, []any{"bob", 2, "coffee", "filters"},
			[]any{"cid", 3, "coffee", "filters"}, []any{"dan", 4, "tea"}, []any{"dan", 5, "tea", "honey"}, []any{"eve", 6, "tea", "honey"}, []any{"fay", 7, "coffee", "filters"})
		l := k.learns()
		if price := l.Prices[slices.Index(l.Products, mirrortest.ID("product", "tea"))]; price != 2.5 {
			t.Errorf("tea costs %g a piece", price)
		}
		got := k.lists(recommend.Wanted{Most: 2}, "ann")
		if again := got.Again; !slices.Equal(names(again), []string{"coffee", "milk"}) || again[0].Times != 3 || again[0].Gap != 15 || again[0].Last != 20031 || again[1].Gap != 0 {
			t.Errorf("again: %+v", again)
		}
		if novel := got.New; novel[0].Reference != "filters" || novel[0].With != "coffee" || novel[0].Together != 3 || novel[0].Buyers != 4 {
			t.Errorf("new: %+v", novel)
		}
		if got.Category != "drinks" {
			t.Errorf("buys most of %q", got.Category)
		}
		if got := k.lists(recommend.Wanted{Most: 3, Without: []string{"filters", "coffee"}}, "ann"); slices.Contains(names(got.New), "filters") || slices.Contains(names(got.Again), "coffee") {
			t.Errorf("what was left out: %v %v", names(got.Again), names(got.New))
		}
		k.sells([]any{"ann", 40, "filters"})
		if got := k.lists(recommend.Wanted{Most: 3}, "ann"); !slices.Contains(names(got.Again), "filters") || slices.Contains(names(got.New), "filters") {
			t.Errorf("after an order: %v %v", names(got.Again), names(got.New))
		}
		// Two who are one person have bought what both did.
		if got := k.lists(recommend.Wanted{Most: 5}, "ann", "dan"); !slices.Contains(names(got.Again), "tea") || slices.Contains(names(got.New), "honey") {
			t.Errorf("both: %v %v", names(got.Again), names(got.New))
		}
		// Of somebody who never bought, what is popular.
		if got := k.lists(recommend.Wanted{Most: 2}, "nobody"); !slices.Equal(names(got.New), []string{"coffee", "filters"}) || got.New[0].With != "" {
			t.Errorf("of nobody: %+v", got.New)
		}
	})
}

// What was looked at lately and not bought since stands by itself, the last first.
func TestWhatWasLookedAt(t *testing.T) {
	t.Parallel()
	eachKiosk(t, func(k *kiosk) {
		k.sells([]any{"ann", 10, "coffee"}, []any{"bob", 10, "tea", "honey"}, []any{"cid", 10, "milk"})
		k.learns()
		ann := mirrortest.ID("customer", "ann")
		for i, seen := range []struct {
			product string
			day     int
		}{{"coffee", 9}, {"tea", 11}, {"honey", 12}, {"tea", 13}} {
			k.write(func(tx *db.Tx) error {
				_, err := tx.Exec(`INSERT INTO events (customer_id, event_id, source, name, happened_us, local_us, day, month, session, product_id, properties, content, recorded_us)
					VALUES ($1, $2, 's', 'Product Viewed', $3, $3, $4, 0, '', $5, '', $6, 0)`, ann, i+1, int64(20000+seen.day)*fact.MicrosPerDay, 20000+seen.day,
					mirrortest.ID("product", seen.product), []byte{1})
				return err
			})
		}
		if got := k.lists(recommend.Wanted{Most: 5}, "ann"); !slices.Equal(names(got.Viewed), []string{"tea", "honey"}) {
			t.Errorf("looked at: %v", names(got.Viewed))
		}
		if got := k.lists(recommend.Wanted{Most: 1, Without: []string{"tea"}}, "ann"); !slices.Equal(names(got.Viewed), []string{"honey"}) {
			t.Errorf("looked at: %v", names(got.Viewed))
		}
	})
}

// What is sold out is suggested to nobody; a least margin and a category narrow the lists, and what is popular fills them.
func TestNarrowedLists(t *testing.T) {
	t.Parallel()
	eachKiosk(t, func(k *kiosk) {
		k.sells([]any{"ann", 1, "coffee", "milk"}, []any{"ann", 11, "coffee"}, []any{"bob", 2, "coffee", "filters"}, []any{"cid", 3, "coffee", "filters"},
			[]any{"dan", 4, "tea"}, []any{"dan", 5, "tea", "honey"}, []any{"eve", 6, "tea", "honey"}, []any{"fay", 7, "coffee", "filters"})
		k.learns()
		every := recommend.Wanted{Most: 9, Digits: 2}
		all := k.lists(every, "ann")
		if !slices.Contains(names(all.New), "filters") || !slices.Contains(names(all.Again), "coffee") || all.Again[0].Margin != nil {
			t.Fatalf("of everything: %v %v", names(all.Again), names(all.New))
		}
		product := func(reference string, cost *int64, soldOut bool) {
			k.write(func(tx *db.Tx) error {
				_, err := tx.Exec("UPDATE products SET cost_minor = CAST($1 AS BIGINT), sold_out = $2 WHERE reference = $3", cost, soldOut, reference)
				return err
			})
		}
		product("filters", nil, true)
		product("milk", nil, true)
		if got := k.lists(every, "ann"); slices.Contains(names(got.New), "filters") || slices.Contains(names(got.Again), "milk") || len(got.New) == 0 {
			t.Errorf("filters and milk are sold out: %v %v", names(got.Again), names(got.New))
		}
		if got := k.lists(every, "nobody"); slices.Contains(names(got.New), "filters") {
			t.Errorf("what is popular is sold out: %v", names(got.New))
		}
		// Of tea at 2.50 a piece, costs of 1.00 leave 60 %, and of honey, whose cost nobody knows, nothing is known.
		cost := int64(100)
		product("tea", &cost, false)
		narrow := every
		narrow.LeastMargin = .6
		if got := k.lists(narrow, "ann"); !slices.Equal(names(got.New), []string{"tea"}) || !slices.Equal(names(got.Again), []string{"tea"}) || math.Abs(*got.New[0].Margin-.6) > 1e-12 {
			t.Errorf("with a margin of 60 %%: %v %v", names(got.Again), names(got.New))
		}
		if narrow.LeastMargin = .61; len(k.lists(narrow, "ann").New) != 0 {
			t.Error("with a margin of 61 % something is left")
		}
		k.write(func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE products SET category_id = (SELECT category_id FROM categories WHERE name = 'drinks') WHERE reference <> 'honey'")
			return err
		})
		// Categories: of the shop's, and the one that the customer buys most of.
		own := every
		own.Category = all.Category
		favourite := every
		favourite.Category = recommend.Favourite
		if a, b := k.lists(own, "ann"), k.lists(favourite, "ann"); !slices.Equal(names(a.New), names(b.New)) || !slices.Equal(names(a.Again), names(b.Again)) || len(a.Again) == 0 || slices.Contains(names(a.New), "honey") {
			t.Errorf("of %q: %v %v, and of the favourite: %v %v", all.Category, names(a.Again), names(a.New), names(b.Again), names(b.New))
		}
		if own.Category = "cars"; len(k.lists(own, "ann").Again)+len(k.lists(own, "ann").New) != 0 {
			t.Error("something is suggested of a category that nobody sells")
		}
		// What is learnt at night knows what is sold out, for the offers of what to do next.
		l := k.learns()
		if i := slices.Index(l.Products, mirrortest.ID("product", "filters")); !l.SoldOut[i] || l.SoldOut[slices.Index(l.Products, mirrortest.ID("product", "tea"))] {
			t.Errorf("sold out: %v", l.SoldOut)
		}
	})
}

// A merge joins baskets in what is learnt; a cancelled order and a return are no baskets; reasons have words.
func TestWhatIsLearnt(t *testing.T) {
	t.Parallel()
	eachKiosk(t, func(k *kiosk) {
		k.sells([]any{"ann", 1, "coffee"}, []any{"amy", 2, "filters"}, []any{"bob", 3, "coffee", "filters"}, []any{"cid", 4, "coffee", "cake"})
		k.write(func(tx *db.Tx) error {
			if _, err := customer.Merge(tx, mirrortest.ID("customer", "amy"), mirrortest.ID("customer", "ann")); err != nil {
				return err
			}
			_, err := tx.Exec("UPDATE sale_lines SET counts = $1 WHERE customer_id = $2", false, mirrortest.ID("customer", "cid"))
			return err
		})
		l := k.learns()
		if len(l.People) != 2 || l.Popular[slices.Index(l.Products, mirrortest.ID("product", "cake"))] != 0 {
			t.Errorf("%d customers bought cake %v times", len(l.People), l.Popular)
		}
		got := k.lists(recommend.Wanted{Most: 3}, "dan")
		if slices.Contains(names(got.New), "cake") || len(got.Again) == 0 {
			t.Errorf("%v %v", names(got.Again), names(got.New))
		}
		for _, tag := range locale.Tags() {
			words, err := locale.Get(tag)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range append(k.lists(recommend.Wanted{Most: 3}, "ann").Again, got.New...) {
				if s.Reason(words) == "" {
					t.Errorf("%s: no reason for %+v", tag, s)
				}
			}
		}
	})
}
