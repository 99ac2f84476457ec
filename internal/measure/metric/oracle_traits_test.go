package metric_test

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"regulars/internal/measure/metric"
	"regulars/internal/record/fact"
)

// trait is an attribute as the oracle sees it: what a sale, a customer or an answer says under its name.
type trait struct {
	sale     func(*fact.Sale) string
	customer map[string]string
	answer   func(*fact.Answer) string
}

func (o *oracle) trait(name string) trait {
	b := o.b
	var out trait
	switch name {
	case "category":
		return trait{sale: func(s *fact.Sale) string { return s.Category }}
	case "product":
		return trait{sale: func(s *fact.Sale) string { return s.Product }}
	case "channel":
		out.customer = map[string]string{}
		for _, c := range b.customers {
			out.customer[c.Customer] = cmp.Or(c.Channel, out.customer[c.Customer])
		}
		return out
	case "segment":
		out.customer = map[string]string{}
		all := o.scopeOf(func(*fact.Sale) bool { return true }, func(*fact.Answer) bool { return false })
		for _, s := range o.score(all, o.set.AsOf) {
			out.customer[s.Reference] = s.Segment
		}
		return out
	}
	if i := slices.Index(b.saleAttributes, name); i >= 0 && b.rows() > 0 {
		out.sale = func(s *fact.Sale) string { return s.Attributes[i] }
	}
	if i := slices.Index(b.customerAttributes, name); i >= 0 {
		known := map[string]string{}
		for _, c := range b.customers {
			if c.Attributes[i] != "" {
				known[c.Customer] = c.Attributes[i] // what a later row says wins
			}
		}
		if len(known) > 0 {
			out.customer = known
		}
	}
	if i := slices.Index(b.answerAttributes, name); i >= 0 {
		out.answer = func(a *fact.Answer) string { return a.Attributes[i] }
		if !slices.ContainsFunc(b.answers, func(a fact.Answer) bool { return a.Attributes[i] != "" }) {
			out.answer = nil
		}
	}
	return out
}

func (b *business) rows() (n int) {
	for range b.eachSale() {
		n++
	}
	return n
}

// conditions are the settings' Where, as what a sale and an answer must pass.
func (o *oracle) conditions() (saleOK func(*fact.Sale) bool, answerOK func(*fact.Answer) bool) {
	sales := []func(*fact.Sale) bool{func(*fact.Sale) bool { return true }}
	answers := []func(*fact.Answer) bool{func(*fact.Answer) bool { return true }}
	for _, c := range o.set.Where {
		s, a := o.condition(c)
		sales, answers = append(sales, s), append(answers, a)
	}
	return all(sales), all(answers)
}

func all[T any](tests []func(T) bool) func(T) bool {
	return func(v T) bool {
		return !slices.ContainsFunc(tests, func(ok func(T) bool) bool { return !ok(v) })
	}
}

// condition: a sale has the attribute itself, else its customer has it. An answer has it itself, else its customer has,
// else its customer has a sale that passes. Who has no such attribute does not have the value; an answer without it is
// left out either way.
func (o *oracle) condition(c metric.Condition) (func(*fact.Sale) bool, func(*fact.Answer) bool) {
	t := o.trait(c.Attribute)
	passes := func(v string) bool { return slices.Contains(c.Values, v) != c.Not }
	sale := func(s *fact.Sale) bool {
		switch {
		case t.sale != nil:
			return passes(t.sale(s))
		case t.customer != nil:
			return passes(t.customer[s.Customer])
		}
		return c.Not
	}
	answer := func(a *fact.Answer) bool {
		switch {
		case t.answer != nil:
			return t.answer(a) != "" && passes(t.answer(a))
		case a.Customer == "":
			return false
		case t.customer != nil:
			return passes(t.customer[a.Customer])
		}
		return o.hasSale(a.Customer, sale)
	}
	return sale, answer
}

func (o *oracle) hasSale(customer string, ok func(*fact.Sale) bool) bool {
	for s := range o.b.eachSale() {
		if s.Customer == customer && s.Moment.Local < o.set.AsOf && ok(s) {
			return true
		}
	}
	return false
}

// breakDown makes a scope of each value of the attribute of By, the value with most customers first.
func (o *oracle) breakDown(saleOK func(*fact.Sale) bool, answerOK func(*fact.Answer) bool) {
	t := o.trait(o.set.By)
	size := o.sizes(t, saleOK)
	delete(size, "")
	o.groups = slices.SortedFunc(maps.Keys(size), func(a, b string) int {
		return cmp.Or(-cmp.Compare(size[a], size[b]), strings.Compare(a, b))
	})
	for _, g := range o.groups {
		sale := func(s *fact.Sale) bool {
			switch {
			case t.sale != nil:
				return saleOK(s) && t.sale(s) == g
			case t.customer != nil:
				return saleOK(s) && t.customer[s.Customer] == g
			}
			return false
		}
		o.grouped[g] = o.scopeOf(sale, func(a *fact.Answer) bool {
			switch {
			case !answerOK(a):
				return false
			case t.answer != nil:
				return t.answer(a) == g
			case t.customer != nil:
				return t.customer[a.Customer] == g
			}
			return a.Customer != "" && o.hasSale(a.Customer, sale)
		})
		if o.set.By == "channel" {
			for _, c := range o.b.costs {
				if c.Channel == g {
					o.grouped[g].costs = append(o.grouped[g].costs, c)
				}
			}
		}
	}
}

// sizes are the customers of each value, or the answers where only answers have it.
func (o *oracle) sizes(t trait, saleOK func(*fact.Sale) bool) map[string]int {
	size := map[string]int{}
	switch {
	case t.sale != nil:
		seen := map[[2]string]bool{}
		for s := range o.b.eachSale() {
			k := [2]string{s.Customer, t.sale(s)}
			if s.Customer != "" && s.Moment.Local < o.set.AsOf && saleOK(s) && !seen[k] {
				seen[k] = true
				size[k[1]]++
			}
		}
	case t.customer != nil:
		for _, v := range t.customer {
			size[v]++
		}
	default:
		for i := range o.b.answers {
			size[t.answer(&o.b.answers[i])]++
		}
	}
	return size
}
