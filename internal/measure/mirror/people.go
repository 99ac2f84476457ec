package mirror

import (
	"context"
	"math"
	"strings"

	"regulars/internal/record/fact"
)

// people are the rows of customers files, by customer number. Customers without a row are in the dictionary alone.
type people struct {
	rows       []person
	at         map[int32]int
	attributes []*attribute
}

type person struct {
	customer   int32
	channel    string
	referred   fact.Answered
	member     fact.Answered
	joined     fact.Moment
	attributes []int32 // codes, by place in people.attributes; nothing where the row says nothing
}

// takeCustomer keeps what a row says of a customer; what a later row says wins, what it leaves open stays.
func (c *Copy) takeCustomer(names []string, row *fact.Customer) {
	if row.Customer == "" {
		return
	}
	id := c.customers.code(row.Customer)
	if c.people.at == nil {
		c.people.at = map[int32]int{}
	}
	i, ok := c.people.at[id]
	if !ok {
		i = len(c.people.rows)
		c.people.at[id] = i
		c.people.rows = append(c.people.rows, person{customer: id})
	}
	p := &c.people.rows[i]
	if row.Channel != "" {
		p.channel = strings.Clone(row.Channel)
		c.facts.Channels = true
	}
	if row.Referred != fact.Unsaid {
		p.referred = row.Referred
		c.facts.Referrals = true
	}
	if row.Member != fact.Unsaid {
		p.member, p.joined = row.Member, row.Joined
		c.anyMember = c.anyMember || row.Member == fact.Yes
	}
	for j, name := range names {
		if row.Attributes[j] != "" {
			a, at := c.customerAttribute(name)
			for len(p.attributes) <= at {
				p.attributes = append(p.attributes, nothing)
			}
			p.attributes[at] = a.values.code(row.Attributes[j])
		}
	}
}

// members tells since when customers are members of the loyalty programme, in local microseconds; who has no day, since ever.
func (c *Copy) members(_ context.Context, add func(customer, since, until int64) error) error {
	for i := range c.people.rows {
		p := &c.people.rows[i]
		if p.member != fact.Yes {
			continue
		}
		since := p.joined.Local
		if p.joined.IsZero() {
			since = math.MinInt64
		}
		if err := add(int64(p.customer), since, math.MaxInt64); err != nil {
			return err
		}
	}
	return nil
}

func (c *Copy) customerAttribute(name string) (*attribute, int) {
	a := c.attribute(name)
	for at, known := range c.people.attributes {
		if known == a {
			return a, at
		}
	}
	c.people.attributes = append(c.people.attributes, a)
	return a, len(c.people.attributes) - 1
}

// loadCustomers makes the table of all customers seen in any file.
func (c *Copy) loadCustomers(ctx context.Context) error {
	columns := "customer_id INTEGER, reference VARCHAR, channel VARCHAR, referred BOOLEAN"
	for i, a := range c.people.attributes {
		name := attributeColumn(i)
		columns += ", " + name + " INTEGER"
		a.customers = name
	}
	var none person
	return c.table(ctx, "customers", columns, len(c.customers.values), func(i int, row []any) {
		p := &none
		if at, ok := c.people.at[int32(i)]; ok {
			p = &c.people.rows[at]
		}
		row[0], row[1], row[2], row[3] = int32(i), c.customers.values[i], nil, nil
		if p.channel != "" {
			row[2] = p.channel
		}
		if p.referred != fact.Unsaid {
			row[3] = p.referred == fact.Yes
		}
		for j := range c.people.attributes {
			row[4+j] = nil
			if j < len(p.attributes) && p.attributes[j] != nothing {
				row[4+j] = p.attributes[j]
			}
		}
	})
}

type cost struct {
	day         int32
	channel     string
	retention   bool
	amountMinor int64
}

// takeCost keeps a cost. Costs are often planned ahead, so they do not say how far the facts reach.
func (c *Copy) takeCost(row *fact.Cost) {
	c.sawCost(row.Moment.Local)
	c.facts.Costs = c.facts.Costs || !row.Retention
	c.facts.RetentionCosts = c.facts.RetentionCosts || row.Retention
	c.costs = append(c.costs, cost{row.Moment.Day(), strings.Clone(row.Channel), row.Retention, row.AmountMinor})
}

func (c *Copy) loadCosts(ctx context.Context) error {
	return c.table(ctx, "costs", "day INTEGER, channel VARCHAR, retention BOOLEAN, amount_minor BIGINT", len(c.costs),
		func(i int, row []any) {
			k := &c.costs[i]
			row[0], row[1], row[2], row[3] = k.day, nil, k.retention, k.amountMinor
			if k.channel != "" {
				row[1] = k.channel
			}
		})
}

func (c *Copy) loadAnonymous(ctx context.Context) error {
	days := make([]int32, 0, len(c.anonymous))
	for day := range c.anonymous {
		days = append(days, day)
	}
	return c.table(ctx, "anonymous_sales", "day INTEGER, amount_minor BIGINT", len(days), func(i int, row []any) {
		row[0], row[1] = days[i], c.anonymous[days[i]]
	})
}
