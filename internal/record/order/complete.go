package order

import (
	"cmp"

	"regulars/internal/base/db"
	"regulars/internal/record/catalogue"
)

var findGoods = db.NewLookup(`SELECT p.reference, p.name, coalesce(c.name, '') FROM products p LEFT JOIN categories c ON c.category_id = p.category_id`,
	"p.product_id BIGINT")

// Complete gives lines without a category the one that their product has in the catalogue, as is done with an order that is recorded,
// and its name. It is for one that is only asked about.
func (o *Order) Complete(tx *db.Tx) error {
	if !o.Catalogued {
		return nil
	}
	var ids []any
	for i := range o.Lines {
		if o.Lines[i].Product != "" {
			ids = append(ids, catalogue.ProductID(o.Lines[i].Product))
		}
	}
	type good struct{ name, category string }
	goods := map[string]good{}
	if err := findGoods.Each(tx, ids, func(r *db.Rows) error {
		var reference string
		var g good
		err := r.Scan(&reference, &g.name, &g.category)
		goods[reference] = g
		return err
	}); err != nil {
		return err
	}
	for i := range o.Lines {
		l := &o.Lines[i]
		g := goods[l.Product]
		l.ProductName, l.Category = cmp.Or(l.ProductName, g.name), cmp.Or(l.Category, g.category)
	}
	return nil
}
