package importer

import (
	"slices"

	"regulars/internal/base/fault"
)

// summaryNames are columns of files with one row a customer that somebody has already counted.
var summaryNames = []string{"recency", "recency_days", "frequency", "number_of_orders", "orders_count", "order_count", "total_orders", "monetary", "lifetime_value", "总订单数", "订单数", "количество заказов", "число заказов"}

// kindOf decides what the rows are, by the columns' names and, for the amounts, by what is in them.
func kindOf(opts Options, columns []*profile, mapped *mapping) (*matching, error) {
	tried := map[Kind]*matching{}
	for _, k := range Kinds() {
		fixed := map[string]guess{}
		for role, g := range mapped.fixed {
			if k.hasRole(role) {
				fixed[role] = g
			}
		}
		tried[k] = match(k, columns, fixed, mapped.barred)
	}
	if opts.Kind != "" {
		m, ok := tried[opts.Kind]
		if !ok {
			return nil, fault.Invalidf("there is no kind of file %q; kinds are orders, customers, answers, costs, products", opts.Kind)
		}
		return m, nil
	}
	orders, customers, answers, costs := tried[Orders], tried[Customers], tried[Answers], tried[Costs]
	goods := orders.named(roleOrder, roleProduct, roleQuantity, rolePrice)
	money := orders.named(roleAmount, rolePrice) || len(mapped.product) > 0
	summary := hasSummary(columns)
	switch {
	case mapped.applies(roleScore, roleReplied, roleSolved, roleAspect):
		return answers, nil
	case answers.named(roleScore) && !goods && !money, answers.named(roleReplied, roleSolved) && !orders.named(roleProduct, roleQuantity) && !money:
		return answers, nil
	case answers.has(roleComment, roleAspect) && answers.has(roleScore) && !goods && !money:
		return answers, nil
	case costs.has(roleAmount) && costs.has(roleDate) && !goods && !orders.has(roleCustomer) &&
		(costs.has(roleChannel) || costs.namedOneOf(roleAmount, costNames)):
		return costs, nil
	case tried[Products].isCatalogue() && !orders.has(roleCustomer, roleOrder, roleDate):
		return tried[Products], nil
	case customers.has(roleCustomer) && summary && !orders.named(roleDate):
		return customers, nil
	case customers.has(roleCustomer) && !goods && !money && (customers.has(roleChannel, roleReferred) || !orders.has(roleDate)) && !orders.has(roleAmount):
		return customers, nil
	}
	return orders, nil
}

// namedOneOf is true when the column of the role goes by one of the names.
func (m *matching) namedOneOf(role string, names []string) bool {
	g, ok := m.found[role]
	if !ok {
		return false
	}
	n := m.columns[g.column].name
	return slices.ContainsFunc(names, func(s string) bool { return fold(s) == n.bare || fold(s) == n.folded })
}

// isCatalogue is true for columns that say something of products, and nothing that looks like a day.
func (m *matching) isCatalogue() bool {
	dated := slices.ContainsFunc(m.columns, func(p *profile) bool {
		return p.filled > 0 && p.share(p.dates.Dates) >= 0.9 && p.padded == 0 && p.dates.Compact == 0
	})
	return m.has(roleProduct) && m.has(roleName, roleCategory, roleCost, roleSoldOut, roleStock) && !dated
}

func hasSummary(columns []*profile) bool {
	for _, p := range columns {
		if slices.ContainsFunc(summaryNames, func(s string) bool { return fold(s) == p.name.folded }) {
			return true
		}
	}
	return false
}

// required says which role is still missing for files of the kind, in words; empty: none.
func (m *matching) required(product []int) (role, words string) {
	money := m.has(roleAmount, rolePrice) || len(product) > 0
	switch {
	case m.kind == Products:
		if !m.has(roleProduct) {
			return roleProduct, "the product"
		}
		return "", ""
	case m.kind != Costs && m.kind != Answers && !m.has(roleCustomer):
		return roleCustomer, "the customer"
	case m.kind != Customers && !m.has(roleDate):
		return roleDate, "the date"
	case (m.kind == Orders || m.kind == Costs) && !money:
		return roleAmount, "the amount (or the price)"
	case m.kind == Answers && !m.has(roleScore, roleReplied, roleSolved, roleComment):
		return roleScore, "the score"
	}
	return "", ""
}
