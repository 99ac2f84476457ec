package recommend

import (
	"cmp"
	"runtime"
	"slices"
	"sync"
)

// Basket is products bought together, by number, each once.
type Basket []int32

// Customer is one with their baskets, the earliest first.
type Customer struct{ Baskets []Basket }

// Book is customers and how popular products are.
type Book struct {
	Customers []Customer
	Items     int     // products are numbered below this
	Popular   []int32 // baskets with the product
	order     []int32 // products, the most popular first
}

// NewBook counts. Extra baskets, of customers not among those given, count for popularity alone.
func NewBook(customers []Customer, items int, extra []Basket) *Book {
	b := &Book{Customers: customers, Items: items, Popular: make([]int32, items), order: make([]int32, items)}
	for _, c := range customers {
		for _, basket := range c.Baskets {
			b.count(basket)
		}
	}
	for _, basket := range extra {
		b.count(basket)
	}
	for i := range b.order {
		b.order[i] = int32(i)
	}
	slices.SortStableFunc(b.order, b.rank)
	return b
}

func (b *Book) count(basket Basket) {
	for _, item := range basket {
		b.Popular[item]++
	}
}

// rank puts the more popular first, then the lower number.
func (b *Book) rank(x, y int32) int {
	return cmp.Or(cmp.Compare(b.Popular[y], b.Popular[x]), cmp.Compare(x, y))
}

// Suggestion is a product for a customer, and why.
type Suggestion struct {
	Item  int32
	Score float64
	// Times is how many baskets of the customer have it (Again); 0 for one that is suggested for being popular.
	Times int32
	// With is the product of the customer's that speaks loudest for it, and Together how many customers bought both (New);
	// -1 where it is suggested for being popular.
	With     int32
	Together int32
}

// Options narrow the suggestions.
type Options struct {
	Most int
	// Allowed, where set, says whether a product may be suggested: in stock, with enough margin, not left out.
	Allowed func(item int32) bool
}

func (o Options) allows(item int32) bool { return o.Allowed == nil || o.Allowed(item) }

// Again suggests what the customer is likeliest to buy next: what they bought most often, the latest first among equals
// where that is asked for, then the more popular; and, where they have not bought enough, what everybody buys.
func (b *Book) Again(c *Customer, o Options) []Suggestion {
	times := map[int32]int32{}
	for _, basket := range c.Baskets {
		for _, item := range basket {
			times[item]++
		}
	}
	var out []Suggestion
	for item, n := range times {
		if o.allows(item) {
			out = append(out, Suggestion{Item: item, Score: float64(n), Times: n, With: -1})
		}
	}
	slices.SortFunc(out, func(x, y Suggestion) int {
		return cmp.Or(cmp.Compare(y.Times, x.Times), b.rank(x.Item, y.Item))
	})
	if len(out) > o.Most {
		return out[:o.Most]
	}
	return b.fill(out, times, o)
}

// fill adds what is popular and not known to the customer.
func (b *Book) fill(out []Suggestion, known map[int32]int32, o Options) []Suggestion {
	for _, item := range b.order {
		if len(out) >= o.Most || b.Popular[item] == 0 {
			break
		}
		there := slices.ContainsFunc(out, func(s Suggestion) bool { return s.Item == item })
		if _, bought := known[item]; !bought && !there && o.allows(item) {
			out = append(out, Suggestion{Item: item, With: -1})
		}
	}
	return out
}

// each calls f for every number below n, several hands at once; every hand has a number of its own.
func each(n int, f func(hand, i int)) {
	hands := max(1, min(runtime.GOMAXPROCS(0), n))
	var wait sync.WaitGroup
	for hand := range hands {
		wait.Go(func() {
			for i := hand; i < n; i += hands {
				f(hand, i)
			}
		})
	}
	wait.Wait()
}

// Hands is how many hands each has.
func hands() int { return runtime.GOMAXPROCS(0) }
