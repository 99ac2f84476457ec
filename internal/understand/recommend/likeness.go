package recommend

import (
	"math"
	"slices"
)

// Measure is how alike two products are, from how many customers bought one, the other, and both.
type Measure string

// The measures. Raw lift is none of them.
const (
	Cosine  Measure = "cosine"
	Jaccard Measure = "jaccard"
	// Asymmetric is the cosine with exponents of its own for the product that was bought and the one suggested (after Aiolli
	// 2013): what many buy says less of its buyer, but not as little as the cosine has it.
	Asymmetric Measure = "asymmetric_cosine"
)

// Measures lists them.
func Measures() []Measure { return []Measure{Asymmetric, Jaccard, Cosine} }

// Likeness is how alike products are.
type Likeness struct {
	Measure Measure
	near    [][]neighbour
	buyers  []float64 // customers by product
	book    *Book
}

// neighbour is a product bought by some of the same customers.
type neighbour struct {
	item     int32
	together int32
	alike    float64
}

// Liken compares all products by the customers who bought them. Pairs that fewer than least customers bought are not alike.
func (b *Book) Liken(m Measure, least int) *Likeness {
	l := &Likeness{near: make([][]neighbour, b.Items), buyers: make([]float64, b.Items), book: b}
	bought := make([][]int32, len(b.Customers)) // products by customer
	buyers := make([][]int32, b.Items)          // customers by product
	for i := range b.Customers {
		bought[i] = b.Customers[i].products()
		for _, item := range bought[i] {
			buyers[item] = append(buyers[item], int32(i))
		}
	}
	counts, seen := make([][]int32, hands()), make([][]int32, hands())
	for hand := range counts {
		counts[hand] = make([]int32, b.Items)
	}
	each(b.Items, func(hand, i int) {
		count, touched := counts[hand], seen[hand][:0]
		for _, who := range buyers[i] {
			for _, item := range bought[who] {
				if count[item] == 0 {
					touched = append(touched, item)
				}
				count[item]++
			}
		}
		slices.Sort(touched)
		l.buyers[i] = float64(len(buyers[i]))
		for _, item := range touched {
			both := count[item]
			count[item] = 0
			if item == int32(i) || int(both) < least {
				continue
			}
			l.near[i] = append(l.near[i], neighbour{item: item, together: both})
		}
		seen[hand] = touched
	})
	l.measure(m)
	return l
}

// measure weighs the pairs anew.
func (l *Likeness) measure(m Measure) {
	l.Measure = m
	each(len(l.near), func(_, i int) {
		for k := range l.near[i] {
			n := &l.near[i][k]
			n.alike = m.alike(l.buyers[i], l.buyers[n.item], float64(n.together))
		}
	})
}

// alike compares a product that was bought by a customers with one bought by b, where both bought both.
func (m Measure) alike(a, b, both float64) float64 {
	switch m {
	case Jaccard:
		return both / (a + b - both)
	case Asymmetric:
		return both / (math.Pow(a, .3) * math.Sqrt(b))
	case Cosine:
	}
	return both / math.Sqrt(a*b)
}

// products is what the customer has bought, each once, in order of number.
func (c *Customer) products() []int32 {
	var out []int32
	for _, basket := range c.Baskets {
		out = append(out, basket...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// scratch is the room one hand needs to suggest.
type scratch struct {
	score []float64
	known []bool
	item  []int32 // what scored
	best  []neighbour
	with  []int32
}

func (l *Likeness) scratch() *scratch {
	n := l.book.Items
	return &scratch{score: make([]float64, n), known: make([]bool, n), best: make([]neighbour, n), with: make([]int32, n)}
}

// New suggests products that the customer has never bought: those most like what they buy, all of it together, and then
// what is popular.
func (l *Likeness) New(c *Customer, o Options) []Suggestion { return l.suggest(c, o, l.scratch()) }

func (l *Likeness) suggest(c *Customer, o Options, s *scratch) []Suggestion {
	bought := c.products()
	for _, item := range bought {
		s.known[item] = true
	}
	s.item = s.item[:0]
	for _, mine := range bought {
		for _, n := range l.near[mine] {
			if s.known[n.item] {
				continue
			}
			if s.score[n.item] == 0 {
				s.item = append(s.item, n.item)
				s.best[n.item].alike = -1
			}
			s.score[n.item] += n.alike
			if n.alike > s.best[n.item].alike {
				s.best[n.item], s.with[n.item] = n, mine
			}
		}
	}
	var out []Suggestion
	for _, item := range l.top(s, o) {
		out = append(out, Suggestion{Item: item, Score: s.score[item], With: s.with[item], Together: s.best[item].together})
	}
	for _, item := range s.item {
		s.score[item] = 0
	}
	known := map[int32]int32{}
	for _, item := range bought {
		s.known[item] = false
		known[item] = 1
	}
	return l.book.fill(out, known, o)
}

// top is the products with the highest scores, of those that may be suggested: few of many, so nothing is sorted.
func (l *Likeness) top(s *scratch, o Options) []int32 {
	best := make([]int32, 0, o.Most+1)
	before := func(x, y int32) bool {
		if s.score[x] != s.score[y] {
			return s.score[x] > s.score[y]
		}
		return l.book.rank(x, y) < 0
	}
	for _, item := range s.item {
		if len(best) == o.Most && (o.Most == 0 || !before(item, best[o.Most-1])) || !o.allows(item) {
			continue
		}
		best = append(best, item)
		for i := len(best) - 1; i > 0 && before(best[i], best[i-1]); i-- {
			best[i], best[i-1] = best[i-1], best[i]
		}
		best = best[:min(o.Most, len(best))]
	}
	return best
}

// NewForAll is New for every customer of the book.
func (l *Likeness) NewForAll(o Options) [][]Suggestion {
	return l.newFor(l.book.Customers, func(int) Options { return o })
}

// NewForEach is New for every customer of the book, with options of their own.
func (l *Likeness) NewForEach(of func(customer int) Options) [][]Suggestion {
	return l.newFor(l.book.Customers, of)
}

func (l *Likeness) newFor(customers []Customer, of func(customer int) Options) [][]Suggestion {
	out := make([][]Suggestion, len(customers))
	room := make([]*scratch, hands())
	for i := range room {
		room[i] = l.scratch()
	}
	each(len(out), func(hand, i int) { out[i] = l.suggest(&customers[i], of(i), room[hand]) })
	return out
}

// checked is how many customers measures are compared on.
const checked = 3000

// Choose takes the measure that would have done best with everybody's last basket unknown; nothing later is looked at.
func (b *Book) Choose(least int) Measure {
	var known []Customer
	var next []Basket
	for _, c := range b.Customers {
		if n := len(c.Baskets); n > 1 {
			known, next = append(known, Customer{c.Baskets[:n-1]}), append(next, c.Baskets[n-1])
		}
	}
	earlier := NewBook(known, b.Items, nil)
	novel := Novel(known, next)
	// Every so-maniest customer is asked; all of them teach.
	every := len(known)/checked + 1
	var asked []Customer
	var wanted []Basket
	for i := 0; i < len(known); i += every {
		asked, wanted = append(asked, known[i]), append(wanted, novel[i])
	}
	best, most := Jaccard, -1.0
	pairs := earlier.Liken(Jaccard, least)
	ten := func(int) Options { return Options{Most: 10} }
	for _, m := range Measures() {
		pairs.measure(m)
		if q := Judge(pairs.newFor(asked, ten), wanted); q.Recall > most {
			best, most = m, q.Recall
		}
	}
	return best
}
