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
	category []string // what each customer buys most of; empty without categories
}

// Reading says how to read.
type Reading struct {
	Import  importer.Options
	Planned func(*importer.Plan)
	Done    func(*importer.Plan, importer.Account)
}

// least is how many customers must have bought two products for them to be alike.
const least = 2

// FromFiles reads the orders among the files.
func FromFiles(ctx context.Context, plans []*importer.Plan, r Reading) (*Shop, error) {
	g := gatherer{customers: map[string]*shopper{}}
	for _, plan := range plans {
		if plan.Kind != importer.Orders {
			continue
		}
		if r.Planned != nil {
			r.Planned(plan)
		}
		account, err := plan.Read(ctx, r.Import, func(b *fact.Batch) error {
			for i := range b.Sales {
				g.take(&b.Sales[i])
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

type gatherer struct{ customers map[string]*shopper }

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
	if s.Category != "" {
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
	for i, product := range s.Products {
		products[product] = int32(i)
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

// Without allows everything but the products named.
func (s *Shop) Without(names []string) (func(int32) bool, error) {
	left := map[int32]bool{}
	for _, name := range names {
		i, found := slices.BinarySearch(s.Products, name)
		if !found {
			return nil, fault.Invalidf("--without %q names no product in the files", name)
		}
		left[int32(i)] = true
	}
	return func(item int32) bool { return !left[item] }, nil
}
