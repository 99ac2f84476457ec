package replay

import (
	"slices"
	"strings"

	"regulars/internal/act/programme"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/catalogue"
)

// unsold are the goods that a document names and that neither an order nor the catalogue has, rule by rule. While nothing was sold
// and nothing is in the catalogue, nobody can tell.
func unsold(tx *db.Tx, d *programme.Document) (all []programme.Goods, err error) {
	named := d.Goods()
	if len(named) == 0 {
		return nil, nil
	}
	products, err := catalogue.List(tx, "", "", 1)
	if err != nil {
		return nil, err
	}
	categories, err := catalogue.Categories(tx, "", 1)
	if err != nil || len(products)+len(categories) == 0 {
		return nil, err
	}
	for _, g := range named {
		missing := programme.Goods{Where: g.Where, Name: g.Name}
		for _, category := range g.Categories {
			known, err := catalogue.HasCategory(tx, category)
			if err != nil {
				return nil, err
			}
			if !known {
				missing.Categories = append(missing.Categories, category)
			}
		}
		for _, product := range g.Products {
			_, err := catalogue.Load(tx, product)
			switch {
			case fault.KindOf(err) == fault.NotFound && err != nil:
				missing.Products = append(missing.Products, product)
			case err != nil:
				return nil, err
			}
		}
		if len(missing.Categories)+len(missing.Products) > 0 {
			all = append(all, missing)
		}
	}
	return all, nil
}

// unsold says what is for goods that nobody sells.
func (l *linter) unsold() {
	for _, g := range l.o.Beside.Unsold {
		l.found(Warning, "goods_unsold", g.Where, g.Name, strings.Join(slices.Concat(g.Categories, g.Products), ", "))
	}
}
