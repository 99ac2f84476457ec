package programme

import (
	"regexp"
	"slices"
	"strings"

	"regulars/internal/base/db"
	"regulars/internal/record/fact"
	"regulars/internal/record/order"
)

// favouriteField is the category that the customer bought most of before; empty where none is known.
const favouriteField = "customer.favourite_category"

// tasteOf is how far back one looks for it.
const tasteOf = 365 * fact.MicrosPerDay

// Purchase is an order as far as it tells what somebody buys most of: when its lines were sold, what they cost and of which categories
// they are, and what came back.
type Purchase struct {
	order order.Order
	back  []order.Back
	last  int64 // when the last line was sold
}

// PurchaseOf is what an order tells; ok is false where it has no categories.
func PurchaseOf(o *order.Order, back []order.Back) (p Purchase, ok bool) {
	p = Purchase{order: order.Order{Lines: make([]order.Line, len(o.Lines))}, back: back}
	for i := range o.Lines {
		l := &o.Lines[i]
		at := l.Moment
		if at.IsZero() {
			at = o.Placed
		}
		p.order.Lines[i] = order.Line{Moment: at, Category: l.Category, Quantity: l.Quantity, AmountMinor: l.AmountMinor}
		p.last = max(p.last, at.UTC)
		ok = ok || l.Category != ""
	}
	return p, ok
}

// Forgotten tells whether a purchase is too old to count at a moment, and so at any later one.
func (p *Purchase) Forgotten(at int64) bool { return p.last < at-tasteOf }

// taste is a category, and what was spent on it.
type taste struct {
	name  string // in the spelling on which most was spent
	minor int64
	most  int64 // in that spelling
}

// sameCategory compares categories as people write them: "coffee" and "Coffee " are one.
func sameCategory(a, b string) bool {
	a, b = strings.TrimSpace(a), strings.TrimSpace(b)
	return a != "" && strings.EqualFold(a, b)
}

// Favourite is the category on which most was spent in the 365 days before a moment, less what had come back by then; of equals the
// first by name. Empty: none is known. What was bought or came back at the moment or later does not count, so that an order is looked
// at alike when it comes in, when it comes in late, and in a rehearsal.
//
// It is not the one that goods are suggested from (understand/recommend), which is the category of most lines ever: a habit is
// guessed at from how often, and money is given for how much.
func Favourite(all []Purchase, at int64) string {
	spent := map[string]int64{} // by spelling
	for i := range all {
		p := &all[i]
		var back []order.Back
		for _, b := range p.back {
			if b.AtUTC < at {
				back = append(back, b)
			}
		}
		s := SaleOf(&p.order, back)
		for j := range s.Lines {
			l, sold := &s.Lines[j], p.order.Lines[j].Moment.UTC
			if strings.TrimSpace(l.Category) != "" && sold < at && sold >= at-tasteOf {
				spent[l.Category] += l.AmountMinor
			}
		}
	}
	var tastes []taste
	for name, minor := range spent {
		at := slices.IndexFunc(tastes, func(t taste) bool { return sameCategory(t.name, name) })
		if at < 0 {
			tastes = append(tastes, taste{name, minor, minor})
			continue
		}
		t := &tastes[at]
		t.minor += minor
		if minor > t.most || minor == t.most && name < t.name {
			t.name, t.most = name, minor
		}
	}
	best := taste{}
	for _, t := range tastes {
		if t.minor > best.minor || t.minor == best.minor && t.minor > 0 && t.name < best.name {
			best = t
		}
	}
	return best.name
}

// favouriteOf is what the numbers of one person bought most of before a moment, but for one order.
func favouriteOf(tx *db.Tx, numbers []int64, at, but int64) (string, error) {
	var all []Purchase
	err := order.Categories(tx, numbers, at-tasteOf, at, but, func(o *order.Order, back []order.Back) {
		if p, ok := PurchaseOf(o, back); ok {
			all = append(all, p)
		}
	})
	return Favourite(all, at), err
}

// AsksFavourite tells whether some rule asks what the customer buys most of.
func (c *Compiled) AsksFavourite() bool { return c.needsFavourite }

// spelled are the categories of an order, the favourite as it is spelled for the customer; what has none is of none.
func (k *Known) spelled(categories []string) []string {
	all := []string{}
	for _, name := range categories {
		switch {
		case sameCategory(name, k.Favourite):
			all = append(all, k.Favourite)
		case name != "":
			all = append(all, name)
		}
	}
	return all
}

// compared makes a line ready to be compared with the favourite, whatever the capitals. A line of no category is none that a customer
// of whom nothing is known buys most of: what it is cannot be worked out, and so what asks for it does not hold.
func compared(values map[string]any, category, favourite string) {
	switch values[favouriteField] = favourite; {
	case category == "":
		delete(values, "line.category")
	case sameCategory(category, favourite):
		values[favouriteField] = category
	}
}

// ofFavourite are the parts of conditions that hold of what the customer buys most of alone.
var ofFavourite = regexp.MustCompile(`^(?:line\.category == customer\.favourite_category|customer\.favourite_category == line\.category|customer\.favourite_category in order\.categories)$`)
