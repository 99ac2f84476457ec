package mirror

import (
	"context"
	"fmt"
	"strings"
)

// attribute is another column of some file, under its name; its values are numbered.
type attribute struct {
	name      string
	number    int32
	values    dictionary
	sales     []column // columns of tables of sales that have it
	customers string   // column of the table of customers, if any
	answers   bool     // some answer has it
}

type column struct{ table, name string }

func (c *Copy) attribute(name string) *attribute {
	key := strings.ToLower(name)
	if a, ok := c.attributes[key]; ok {
		return a
	}
	a := &attribute{name: strings.Clone(name), number: int32(len(c.order)), values: newDictionary()}
	c.attributes[strings.Clone(key)] = a
	c.order = append(c.order, a.name)
	return a
}

func attributeColumn(i int) string { return fmt.Sprintf("a%d", i) }

// listed are the attributes as the source shows them.
func (c *Copy) listed() []Attribute {
	out := make([]Attribute, len(c.order))
	for i, name := range c.order {
		a := c.attributes[strings.ToLower(name)]
		out[i] = Attribute{Name: a.name, Customers: a.customers, Answers: a.answers, Number: a.number, Values: valuesTable(a)}
		if len(a.sales) > 0 {
			out[i].Sales = salesColumn(a)
		}
	}
	return out
}

func salesColumn(a *attribute) string { return fmt.Sprintf("attribute_%d", a.number) }
func valuesTable(a *attribute) string { return fmt.Sprintf("attribute_values_%d", a.number) }

// loadDictionaries makes a small table of the values of each attribute, of products and of categories.
func (c *Copy) loadDictionaries(ctx context.Context) error {
	load := func(name string, d *dictionary) error {
		return c.table(ctx, name, "code INTEGER, value VARCHAR", len(d.values), func(i int, row []any) {
			row[0], row[1] = int32(i), d.values[i]
		})
	}
	for _, name := range c.order {
		a := c.attributes[strings.ToLower(name)]
		if err := load(valuesTable(a), &a.values); err != nil {
			return err
		}
	}
	if err := load("product_values", &c.products); err != nil {
		return err
	}
	return load("category_values", &c.categories)
}

// makeViews lays the views over the tables. Numbers of categories and products are told apart by their sign, so that
// a kind is one number.
func (c *Copy) makeViews(ctx context.Context) error {
	kind := "coalesce(-1 - category, product)"
	if c.kindIs == ByProduct {
		kind = "product"
	}
	parts := make([]string, len(c.sales))
	for i, t := range c.sales {
		var attributes strings.Builder
		for _, name := range c.order {
			if a := c.attributes[strings.ToLower(name)]; len(a.sales) > 0 {
				fmt.Fprintf(&attributes, ", %s AS %s", a.columnOf(t.name), salesColumn(a))
			}
		}
		parts[i] = fmt.Sprintf(`SELECT customer_id, order_id, local_us, day, month,
			amount_minor, %s AS kind, product, category, is_return%s FROM %s`, kind, attributes.String(), t.name)
	}
	view := "CREATE VIEW sales AS " + strings.Join(parts, " UNION ALL ")
	if _, err := c.db.ExecContext(ctx, view); err != nil {
		return fmt.Errorf("make view of sales: %w", err)
	}
	return nil
}

func (a *attribute) columnOf(table string) string {
	for _, c := range a.sales {
		if c.table == table {
			return c.name
		}
	}
	return "CAST(NULL AS INTEGER)"
}
