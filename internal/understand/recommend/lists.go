package recommend

import (
	"cmp"
	"math"
	"slices"

	"regulars/internal/base/db"
	"regulars/internal/base/locale"
)

// Lists are the suggestions for one customer, from what they have bought by this moment and what was learnt last night.
type Lists struct {
	Again, New []Suggested
	Viewed     []Suggested // looked at lately, and not bought since: the last one first
	Category   string      // what they buy most of
}

// Suggested is a product that is suggested, and why.
type Suggested struct {
	Product                   int64
	Reference, Name, Category string
	Score                     float64
	Times                     int32  // orders of the customer with it; 0: was never bought
	With                      string // the product of the customer's that speaks loudest for it; empty: is suggested for being popular
	WithName                  string
	Together                  int32 // customers who bought both
	Buyers                    int64 // customers who bought With
	Price                     float64
	Last                      int32 // day of the last purchase of it
	Gap                       float64
	Margin                    *float64 // of its average price, the part above its cost; nil: the cost is not known
	SoldOut                   bool
	Listed                    bool // is on one of the lists, not among what was looked at
}

// Wanted narrows the lists.
type Wanted struct {
	Most    int
	Without []string // references of products that are not to be suggested
	// LeastMargin is the least part of a price that is left above the cost, from 0 to 1; products whose cost is not known are
	// then left out. 0: any.
	LeastMargin float64
	// Category, where it is not empty, is the only one to suggest from; Favourite is the one that the customer buys most often.
	Category string
	Digits   int // of the currency, in which costs are
}

// Favourite stands for the category that a customer buys most often.
const Favourite = "favourite"

// narrows is whether more must be looked at than is shown.
func (w *Wanted) narrows() bool { return w.LeastMargin > 0 || w.Category != "" }

// allows is whether a product may be suggested. One that is sold out never is.
func (w *Wanted) allows(s *Suggested, favourite string) bool {
	category := w.Category
	if category == Favourite {
		category = favourite
	}
	switch {
	case s.SoldOut || slices.Contains(w.Without, s.Reference):
		return false
	case category != "" && s.Category != category:
		return false
	}
	return w.LeastMargin <= 0 || s.Margin != nil && *s.Margin >= w.LeastMargin
}

// own is a product of the customer's.
type own struct {
	first, last int32
	times       int32
}

var (
	findNear    = db.NewLookup("SELECT product_id, near_id, together, alike FROM product_likeness", "fit_id BIGINT", "product_id BIGINT")
	findPopular = db.NewLookup("SELECT product_id, baskets, buyers, price FROM product_popularity", "fit_id BIGINT", "product_id BIGINT")
	findNames   = db.NewLookup(`SELECT p.product_id, p.reference, p.name, coalesce(c.name, ''), p.cost_minor, p.sold_out FROM products p
		LEFT JOIN categories c ON c.category_id = p.category_id`, "p.product_id BIGINT")
)

// counter is a shop as far as one customer can see it.
type counter struct {
	tx       *db.Tx
	fit      int64
	baskets  [][]int64
	mine     map[int64]*own
	category string
	near     map[int64][]nearby
	facts    map[int64]*Suggested
	baskety  map[int64]int32 // baskets by product
}

type nearby struct {
	id       int64
	together int32
	alike    float64
}

// For makes the lists of a person, who has the numbers given.
func For(tx *db.Tx, fit int64, members []int64, w Wanted) (*Lists, error) {
	c := &counter{tx: tx, fit: fit, mine: map[int64]*own{}, near: map[int64][]nearby{}, facts: map[int64]*Suggested{}, baskety: map[int64]int32{}}
	if err := c.bought(members); err != nil {
		return nil, err
	}
	popular := w.Most + len(c.mine) + len(w.Without)
	if w.narrows() {
		popular += mostPopular
	}
	if err := c.around(popular); err != nil {
		return nil, err
	}
	viewed, err := c.viewed(members)
	if err != nil {
		return nil, err
	}
	if err := c.name(math.Pow10(w.Digits)); err != nil {
		return nil, err
	}
	out := c.lists(w)
	for _, id := range viewed {
		if s := c.facts[id]; len(out.Viewed) < w.Most && w.allows(s, c.category) {
			out.Viewed = append(out.Viewed, *s)
		}
	}
	return out, nil
}

// mostPopular is how many popular products are looked through where most of them may not be suggested.
const mostPopular = 500

// bought reads what the customer bought.
func (c *counter) bought(members []int64) error {
	categories := map[string]int{}
	for _, member := range members {
		rows, err := c.tx.Query(`SELECT l.fact_id, l.day, l.product_id, coalesce(g.name, '') FROM sale_lines l LEFT JOIN categories g ON g.category_id = l.category_id
			WHERE l.customer_id = $1 AND l.counts AND NOT l.is_return AND l.product_id IS NOT NULL ORDER BY l.fact_id, l.line_no`, member)
		if err != nil {
			return err
		}
		var before int64
		for rows.Next() {
			var fact, product int64
			var day int32
			var category string
			if err := rows.Scan(&fact, &day, &product, &category); err != nil {
				return err
			}
			if fact != before || len(c.baskets) == 0 {
				c.baskets = append(c.baskets, nil)
				before = fact
			}
			if category != "" {
				categories[category]++
			}
			basket := &c.baskets[len(c.baskets)-1]
			if slices.Contains(*basket, product) {
				continue
			}
			*basket = append(*basket, product)
			p := c.mine[product]
			if p == nil {
				p = &own{first: day, last: day}
				c.mine[product] = p
			}
			p.first, p.last, p.times = min(p.first, day), max(p.last, day), p.times+1
		}
		if err := rows.Close(); err != nil {
			return err
		}
	}
	c.category = favourite(categories)
	return nil
}

// around reads what is like the customer's products, and what is popular.
func (c *counter) around(most int) error {
	var keys []any
	for id := range c.mine {
		c.facts[id] = &Suggested{Product: id}
		keys = append(keys, c.fit, id)
	}
	err := findNear.Each(c.tx, keys, func(r *db.Rows) error {
		var id int64
		var n nearby
		err := r.Scan(&id, &n.id, &n.together, &n.alike)
		c.near[id] = append(c.near[id], n)
		c.facts[n.id] = &Suggested{Product: n.id}
		return err
	})
	if err != nil {
		return err
	}
	rows, err := c.tx.Query(`SELECT l.product_id FROM product_popularity l JOIN products p ON p.product_id = l.product_id
		WHERE l.fit_id = $1 AND NOT p.sold_out ORDER BY l.baskets DESC, p.reference, l.product_id LIMIT $2`, c.fit, most)
	if err != nil {
		return err
	}
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return err
		}
		c.facts[id] = &Suggested{Product: id}
	}
	return rows.Close()
}

// viewed are the products that the customer looked at last and has not bought since.
func (c *counter) viewed(members []int64) (ids []int64, err error) {
	const looked = 60
	for _, member := range members {
		rows, err := c.tx.Query(`SELECT product_id, day FROM events WHERE customer_id = $1 AND name = 'Product Viewed' AND product_id IS NOT NULL
			ORDER BY happened_us DESC, event_id DESC LIMIT $2`, member, looked)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var id int64
			var day int32
			if err := rows.Scan(&id, &day); err != nil {
				return nil, err
			}
			if p := c.mine[id]; slices.Contains(ids, id) || p != nil && p.last >= day {
				continue
			}
			ids = append(ids, id)
			if c.facts[id] == nil {
				c.facts[id] = &Suggested{Product: id}
			}
		}
		if err := rows.Close(); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// name reads names and popularity of all products that may be shown.
func (c *counter) name(unit float64) error {
	var keys, ids []any
	for id := range c.facts {
		keys, ids = append(keys, c.fit, id), append(ids, id)
	}
	err := findPopular.Each(c.tx, keys, func(r *db.Rows) error {
		var id, buyers int64
		var baskets int32
		var price float64
		err := r.Scan(&id, &baskets, &buyers, &price)
		c.facts[id].Buyers, c.facts[id].Price, c.baskety[id] = buyers, price, baskets
		return err
	})
	if err != nil {
		return err
	}
	return findNames.Each(c.tx, ids, func(r *db.Rows) error {
		var id int64
		var reference, name, category string
		var cost *int64
		var soldOut bool
		err := r.Scan(&id, &reference, &name, &category, &cost, &soldOut)
		s := c.facts[id]
		s.Reference, s.Name, s.Category, s.SoldOut = reference, name, category, soldOut
		if cost != nil && s.Price > 0 {
			margin := 1 - float64(*cost)/unit/s.Price
			s.Margin = &margin
		}
		return err
	})
}

// lists numbers what the customer can see in the order of references, as the whole shop is numbered, and suggests.
func (c *counter) lists(w Wanted) *Lists {
	all := make([]*Suggested, 0, len(c.facts))
	for _, s := range c.facts {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b *Suggested) int {
		return cmp.Or(cmp.Compare(a.Reference, b.Reference), cmp.Compare(a.Product, b.Product))
	})
	at := make(map[int64]int32, len(all))
	for i, s := range all {
		at[s.Product] = int32(i) //nolint:gosec // products are few
	}
	customer := Customer{}
	for _, ids := range c.baskets {
		var b Basket
		for _, id := range ids {
			b = append(b, at[id])
		}
		slices.Sort(b)
		customer.Baskets = append(customer.Baskets, b)
	}
	book := NewBook(nil, len(all), nil)
	for i, s := range all {
		book.Popular[i] = c.baskety[s.Product]
	}
	slices.SortStableFunc(book.order, book.rank)
	like := &Likeness{near: make([][]neighbour, len(all)), book: book}
	for id, list := range c.near {
		for _, n := range list {
			like.near[at[id]] = append(like.near[at[id]], neighbour{item: at[n.id], together: n.together, alike: n.alike})
		}
	}
	o := Options{Most: w.Most, Allowed: func(item int32) bool { return w.allows(all[item], c.category) }}
	show := func(list []Suggestion) (out []Suggested) {
		for _, s := range list {
			shown := *all[s.Item]
			shown.Score, shown.Times, shown.Together, shown.Buyers, shown.Listed = s.Score, s.Times, s.Together, 0, true
			if s.With >= 0 {
				with := all[s.With]
				shown.With, shown.WithName, shown.Buyers = with.Reference, with.Name, with.Buyers
			}
			if p := c.mine[shown.Product]; p != nil {
				shown.Last = p.last
				if p.times > 1 {
					shown.Gap = float64(p.last-p.first) / float64(p.times-1)
				}
			}
			out = append(out, shown)
		}
		return out
	}
	return &Lists{Again: show(book.Again(&customer, o)), New: show(like.New(&customer, o)), Category: c.category}
}

// Next is the day on which the customer would buy it again, as long after the last time as between the times before; false
// for what was bought once at most.
func (s *Suggested) Next() (day int32, known bool) {
	return s.Last + int32(math.Round(s.Gap)), s.Gap > 0
}

// Reason is why it is suggested, in words; empty for what was only looked at.
func (s *Suggested) Reason(l *locale.Locale) string {
	switch {
	case s.Times > 0:
		return l.T("recommend.times", l.Integer(int64(s.Times)))
	case s.With != "":
		return l.T("recommend.with", cmp.Or(s.WithName, s.With), l.Integer(int64(s.Together)))
	case s.Listed:
		return l.T("recommend.popular")
	}
	return ""
}
