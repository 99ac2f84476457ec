package recommend

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"regulars/internal/base/fault"
	"regulars/internal/record/fact"
	"regulars/internal/record/importer"
)

// Shop is a book with the names behind its numbers.
type Shop struct {
	*Book
	IDs      []string // of customers, in order
	Products []string
	Likeness *Likeness
	category []string    // what each customer buys most of; empty without categories
	goods    []Suggested // what is known of each product
}

// Reading says how to read.
type Reading struct {
	Import  importer.Options
	Planned func(*importer.Plan)
	Done    func(*importer.Plan, importer.Account)
}

// least is how many customers must have bought two products for them to be alike.
const least = 2

// FromFiles reads the orders and the products among the files.
func FromFiles(ctx context.Context, plans []*importer.Plan, r Reading) (*Shop, error) {
	g := gatherer{customers: map[string]*shopper{}, goods: map[string]*good{}}
	for _, plan := range plans {
		if plan.Kind != importer.Orders && plan.Kind != importer.Products {
			continue
		}
		if r.Planned != nil {
			r.Planned(plan)
		}
		account, err := plan.Read(ctx, r.Import, func(b *fact.Batch) error {
			for i := range b.Sales {
				g.take(&b.Sales[i])
			}
			for i := range b.Products {
				g.say(&b.Products[i])
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		if r.Done != nil {
			r.Done(plan, account)
		}
		if err := account.Usable(plan.Path); err != nil {
			return nil, err
		}
	}
	if len(g.customers) == 0 {
		return nil, fault.Invalidf("there are no orders of known customers with products in the files; suggestions need columns that say who bought what")
	}
	return g.shop(), nil
}

// shopper is a customer while orders are read.
type shopper struct {
	orders     map[string]*bought
	categories map[string]int
}

// bought is an order: when it was, and what was in it.
type bought struct {
	at    int64
	items map[string]bool
}

// good is what files say of a product.
type good struct {
	paid
	fact.Product
	sold string // the category it is first sold in
}

type gatherer struct {
	customers map[string]*shopper
	goods     map[string]*good
}

// good is the one of a reference, begun where there is none.
func (g *gatherer) good(reference string) *good {
	p := g.goods[reference]
	if p == nil {
		p = &good{}
		g.goods[string([]byte(reference))] = p
	}
	return p
}

// say gathers what a row of a products file says: of two rows what the later one says counts.
func (g *gatherer) say(row *fact.Product) {
	p := g.good(row.Reference)
	if row.Name != "" {
		p.Name = string([]byte(row.Name))
	}
	if row.Category != "" {
		p.Category = string([]byte(row.Category))
	}
	if row.Costed {
		p.CostMinor, p.Costed = row.CostMinor, true
	}
	if row.SoldOut != fact.Unsaid {
		p.SoldOut = row.SoldOut
	}
}

// take gathers a line. Lines without an order's id are together where customer and moment are the same.
func (g *gatherer) take(s *fact.Sale) {
	if s.Customer == "" || s.Product == "" || s.Return {
		return
	}
	c := g.customers[s.Customer]
	if c == nil {
		c = &shopper{map[string]*bought{}, map[string]int{}}
		g.customers[string([]byte(s.Customer))] = c
	}
	order := s.Order
	if order == "" {
		order = strconv.FormatInt(s.Moment.UTC, 10)
	}
	o := c.orders[order]
	if o == nil {
		o = &bought{s.Moment.UTC, map[string]bool{}}
		c.orders[string([]byte(order))] = o
	}
	if !o.items[s.Product] {
		o.items[string([]byte(s.Product))] = true
	}
	p := g.good(s.Product)
	if s.Quantity > 0 {
		p.amount, p.pieces = p.amount+float64(s.AmountMinor), p.pieces+s.Quantity
	}
	if s.Category != "" {
		if p.sold == "" {
			p.sold = string([]byte(s.Category))
		}
		c.categories[string([]byte(s.Category))]++
	}
}

// shop numbers customers and products in the order of their names.
func (g *gatherer) shop() *Shop {
	s := &Shop{}
	products := map[string]int32{}
	for id, c := range g.customers {
		s.IDs = append(s.IDs, id)
		for _, o := range c.orders {
			for product := range o.items {
				products[product] = 0
			}
		}
	}
	slices.Sort(s.IDs)
	for product := range products {
		s.Products = append(s.Products, product)
	}
	slices.Sort(s.Products)
	s.goods = make([]Suggested, len(s.Products))
	for i, product := range s.Products {
		products[product] = int32(i)
		s.goods[i] = g.goods[product].suggested(product)
	}
	customers := make([]Customer, len(s.IDs))
	for i, id := range s.IDs {
		c := g.customers[id]
		names := make([]string, 0, len(c.orders))
		for name := range c.orders {
			names = append(names, name)
		}
		slices.SortFunc(names, func(a, b string) int {
			return cmp.Or(cmp.Compare(c.orders[a].at, c.orders[b].at), cmp.Compare(a, b))
		})
		for _, name := range names {
			var basket Basket
			for product := range c.orders[name].items {
				basket = append(basket, products[product])
			}
			slices.Sort(basket)
			customers[i].Baskets = append(customers[i].Baskets, basket)
		}
		s.category = append(s.category, favourite(c.categories))
	}
	s.Book = NewBook(customers, len(s.Products), nil)
	s.Likeness = s.Liken(s.Choose(least), least)
	return s
}

// suggested is the product as the lists narrow by it.
func (p *good) suggested(reference string) Suggested {
	s := Suggested{Reference: reference, Name: p.Name, Category: cmp.Or(p.Category, p.sold), SoldOut: p.SoldOut == fact.Yes}
	if p.Costed && p.amount > 0 {
		margin := 1 - float64(p.CostMinor)*p.pieces/p.amount
		s.Margin = &margin
	}
	return s
}

// favourite is the category bought most often, the first by name among equals.
func favourite(counts map[string]int) string {
	best := ""
	for name, n := range counts {
		if n > counts[best] || n == counts[best] && name < best {
			best = name
		}
	}
	return best
}

// Category is what the customer buys most of; empty where the files have no categories.
func (s *Shop) Category(customer int) string { return s.category[customer] }

// Find is the place of a customer, by id.
func (s *Shop) Find(id string) (int, bool) { return slices.BinarySearch(s.IDs, id) }

// Name is what a product is called: by the products file, where one says it.
func (s *Shop) Name(item int32) string { return cmp.Or(s.goods[item].Name, s.Products[item]) }

// Narrowed are the options of each customer's lists, as wanted. What could narrow nothing, and what would leave nothing, is
// refused.
func (s *Shop) Narrowed(w Wanted) (of func(customer int) Options, err error) {
	for _, name := range w.Without {
		if _, found := slices.BinarySearch(s.Products, name); !found {
			return nil, fault.Invalidf("--without %q names no product in the files", name)
		}
	}
	known := func(is func(*Suggested) bool) bool {
		return slices.ContainsFunc(s.goods, func(p Suggested) bool { return is(&p) })
	}
	switch {
	case w.LeastMargin > 0 && !known(func(p *Suggested) bool { return p.Margin != nil }):
		return nil, fault.Invalidf("--least-margin needs what products cost; add a file of products with a column of costs")
	case w.Category == Favourite && !known(func(p *Suggested) bool { return p.Category != "" }):
		return nil, fault.Invalidf("--category needs categories; add a column of them to the orders, or a file of products that has one")
	case w.Category != "" && w.Category != Favourite && !known(func(p *Suggested) bool { return p.Category == w.Category }):
		return nil, fault.Invalidf("--category %q names no category in the files", w.Category)
	}
	return func(customer int) Options {
		return Options{Most: w.Most, Allowed: func(item int32) bool { return w.allows(&s.goods[item], s.category[customer]) }}
	}, nil
}
