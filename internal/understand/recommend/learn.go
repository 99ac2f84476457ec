package recommend

import (
	"cmp"
	"slices"

	"regulars/internal/base/db"
)

// Learned is what the orders of a store say of products: who bought what, and which products the same customers buy.
type Learned struct {
	*Book
	*Likeness
	People   []int64 // numbers of the customers, in the order of the book
	Products []int64 // ids, in the order of their references
	Prices   []float64
	SoldOut  []bool
	raw      []rawBasket
	ids      map[int64]int32
	paid     []paid
}

type rawBasket struct {
	who, at int64
	items   Basket
}

type paid struct{ amount, pieces float64 }

// MostLearned is how many customers are learnt from: of more, every so-maniest. Counts are then of those.
const MostLearned = 400_000

// Read reads who bought what: those who were merged count as one. Learn makes of it what Keep keeps.
func Read(tx *db.Tx) (*Learned, error) {
	l := &Learned{ids: map[int64]int32{}}
	rows, err := tx.Query("SELECT product_id, sold_out FROM products ORDER BY reference, product_id")
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var id int64
		var soldOut bool
		if err := rows.Scan(&id, &soldOut); err != nil {
			return nil, err
		}
		l.SoldOut = append(l.SoldOut, soldOut)
		l.ids[id] = int32(len(l.Products)) //nolint:gosec // products are few
		l.Products = append(l.Products, id)
	}
	if err := rows.Close(); err != nil || len(l.Products) == 0 {
		return l, err
	}
	l.paid = make([]paid, len(l.Products))
	var customers int64
	if err := tx.QueryRow("SELECT count(*) FROM customers").Scan(&customers); err != nil {
		return nil, err
	}
	return l, l.read(tx, 1+customers/MostLearned)
}

// read reads lines, an order's one after the other, of every so-maniest customer.
func (l *Learned) read(tx *db.Tx, every int64) error {
	rows, err := tx.Query(`SELECT l.customer_id, coalesce(a.root_id, l.customer_id), l.fact_id, l.local_us, l.product_id, l.amount_minor, l.quantity FROM sale_lines l
		LEFT JOIN aliases a ON a.customer_id = l.customer_id
		WHERE l.counts AND NOT l.is_return AND l.product_id IS NOT NULL AND (l.customer_id > 0 OR a.root_id > 0) ORDER BY l.customer_id, l.fact_id`)
	if err != nil {
		return err
	}
	var customer, order int64
	for rows.Next() {
		var number, root, fact, at, product, amount int64
		var quantity float64
		if err := rows.Scan(&number, &root, &fact, &at, &product, &amount, &quantity); err != nil {
			return err
		}
		item, known := l.ids[product]
		if !known || root%every != 0 {
			continue
		}
		if quantity > 0 {
			l.paid[item].amount += float64(amount)
			l.paid[item].pieces += quantity
		}
		if number != customer || fact != order || len(l.raw) == 0 {
			l.raw = append(l.raw, rawBasket{who: root, at: at})
			customer, order = number, fact
		}
		b := &l.raw[len(l.raw)-1]
		b.at = min(b.at, at)
		if !slices.Contains(b.items, item) {
			b.items = append(b.items, item)
		}
	}
	return rows.Close()
}

// Learn numbers the customers and finds which products are alike, by the measure that would have done best; prices are in
// whole units of a currency with so many digits.
func (l *Learned) Learn(unit float64) {
	slices.SortFunc(l.raw, func(a, b rawBasket) int { return cmp.Or(cmp.Compare(a.who, b.who), cmp.Compare(a.at, b.at)) })
	var customers []Customer
	for i := 0; i < len(l.raw); {
		c := Customer{}
		who := l.raw[i].who
		for ; i < len(l.raw) && l.raw[i].who == who; i++ {
			slices.Sort(l.raw[i].items)
			c.Baskets = append(c.Baskets, l.raw[i].items)
		}
		l.People, customers = append(l.People, who), append(customers, c)
	}
	l.raw, l.ids = nil, nil
	l.Book = NewBook(customers, len(l.Products), nil)
	l.Likeness = l.Liken(l.Choose(least), least)
	l.Prices = make([]float64, len(l.Products))
	for i, p := range l.paid {
		if p.pieces > 0 {
			l.Prices[i] = p.amount / p.pieces / unit
		}
	}
}

// Buyers is how many customers bought the product.
func (l *Likeness) Buyers(item int32) int64 { return int64(l.buyers[item]) }

// mostNear is how many products are kept for each as most like it.
const mostNear = 40

var (
	insertPopular = db.NewInsert("INSERT INTO product_popularity (fit_id, product_id, baskets, buyers, price)", 5, "ON CONFLICT DO NOTHING")
	insertNear    = db.NewInsert("INSERT INTO product_likeness (fit_id, product_id, near_id, together, alike)", 5, "ON CONFLICT DO NOTHING")
)

// Keep keeps what was learnt of the products of a part, under a fit. It is safe to repeat.
func (l *Learned) Keep(tx *db.Tx, fit int64, from, to int) error {
	var popular, near []any
	for i := from; i < to; i++ {
		if l.Popular[i] == 0 {
			continue
		}
		popular = append(popular, fit, l.Products[i], int64(l.Popular[i]), int64(l.buyers[i]), l.Prices[i])
		list := slices.Clone(l.near[i])
		slices.SortFunc(list, func(a, b neighbour) int { return cmp.Or(cmp.Compare(b.alike, a.alike), l.rank(a.item, b.item)) })
		for _, n := range list[:min(len(list), mostNear)] {
			near = append(near, fit, l.Products[i], l.Products[n.item], int64(n.together), n.alike)
		}
	}
	if _, err := insertPopular.Exec(tx, popular); err != nil {
		return err
	}
	_, err := insertNear.Exec(tx, near)
	return err
}

// Forget deletes what was learnt under a fit, a part at a time; done is whether nothing is left.
func Forget(tx *db.Tx, fit int64) (done bool, err error) {
	const part = 500
	rows, err := tx.Query("SELECT product_id FROM product_popularity WHERE fit_id = $1 ORDER BY product_id LIMIT $2", fit, part)
	if err != nil {
		return false, err
	}
	var last int64
	for rows.Next() {
		if err := rows.Scan(&last); err != nil {
			return false, err
		}
		done = true
	}
	if err := rows.Close(); err != nil || !done {
		return true, err
	}
	for _, table := range []string{"product_likeness", "product_popularity"} {
		if _, err := tx.Exec("DELETE FROM "+table+" WHERE fit_id = $1 AND product_id <= $2", fit, last); err != nil {
			return false, err
		}
	}
	return false, nil
}
