package catalogue

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/fact"
)

// Names makes sure that what facts name is there. It is safe for concurrent use.
type Names struct {
	lock     sync.RWMutex
	known    map[entry]int64  // products with their category's id, or 0; the rest with 0
	spelling map[entry]string // of attributes
}

// entry is a name of one kind.
type entry struct{ kind, name string }

// Kinds of entries; attributes have the kind of their facts.
const (
	kindProduct  = "product"
	kindCategory = "category"
	kindStore    = "store"
	kindChannel  = "channel"

	Sales     = "sale"
	Customers = "customer"
	Answers   = "answer"
)

const textMost = 300

// rememberedMost bounds the memory; beyond it, it begins anew.
const rememberedMost = 300_000

// NewNames makes an empty memory.
func NewNames() *Names {
	return &Names{known: map[entry]int64{}, spelling: map[entry]string{}}
}

// Product is a product as a fact names it.
type Product struct {
	Reference, Name string
	Category        string
	// CostMinor is what a piece costs the business, in minor units; nil: nobody said.
	CostMinor *int64
	SoldOut   bool // is not to be suggested to anybody
}

var (
	findProducts     = db.NewLookup("SELECT reference, coalesce(category_id, 0) FROM products", "product_id BIGINT")
	insertProducts   = db.NewInsert("INSERT INTO products (product_id, reference, name, category_id, updated_us)", 5, "ON CONFLICT DO NOTHING")
	insertCategories = db.NewInsert("INSERT INTO categories (category_id, name)", 2, "ON CONFLICT DO NOTHING")
	insertStores     = db.NewInsert("INSERT INTO stores (reference, name, place)", 3, "ON CONFLICT DO NOTHING")
	insertChannels   = db.NewInsert("INSERT INTO sales_channels (reference, name)", 2, "ON CONFLICT DO NOTHING")
)

// ProductID is the id of a product.
func ProductID(reference string) int64 { return fact.HashID(kindProduct, reference) }

// CategoryID is the id of a category.
func CategoryID(name string) int64 { return fact.HashID(kindCategory, name) }

func (n *Names) has(e entry) (int64, bool) {
	n.lock.RLock()
	defer n.lock.RUnlock()
	id, ok := n.known[e]
	return id, ok
}

// remember keeps entries once the transaction has committed.
func (n *Names) remember(tx *db.Tx, entries map[entry]int64) {
	tx.AfterCommit(func() {
		n.lock.Lock()
		defer n.lock.Unlock()
		if len(n.known)+len(entries) > rememberedMost {
			clear(n.known)
		}
		for e, id := range entries {
			n.known[e] = id
		}
	})
}

// Products makes sure that the products and their categories are there, and gives the id of the category that each
// product has in the catalogue, 0 where it has none. A new product has the category it is first named with.
func (n *Names) Products(tx *db.Tx, products []Product) (map[string]int64, error) {
	categories := make(map[string]int64, len(products))
	var missing []Product
	for _, p := range products {
		if _, done := categories[p.Reference]; p.Reference == "" || done {
			continue
		}
		id, known := n.has(entry{kindProduct, p.Reference})
		categories[p.Reference] = id
		if !known {
			missing = append(missing, p)
		}
	}
	if err := n.makeCategories(tx, products); err != nil || len(missing) == 0 {
		return categories, err
	}
	found, err := n.makeProducts(tx, missing)
	for e, id := range found {
		categories[e.name] = id
	}
	return categories, err
}

// makeProducts finds the products, and makes those that are not there.
func (n *Names) makeProducts(tx *db.Tx, products []Product) (map[entry]int64, error) {
	slices.SortFunc(products, func(a, b Product) int { return strings.Compare(a.Reference, b.Reference) })
	keys := make([]any, len(products))
	for i, p := range products {
		keys[i] = ProductID(p.Reference)
	}
	found := map[entry]int64{}
	err := findProducts.Each(tx, keys, func(r *db.Rows) error {
		var reference string
		var category int64
		err := r.Scan(&reference, &category)
		found[entry{kindProduct, reference}] = category
		return err
	})
	if err != nil {
		return nil, err
	}
	var args []any
	for i, p := range products {
		if _, ok := found[entry{kindProduct, p.Reference}]; ok {
			continue
		}
		var category any
		var id int64
		if p.Category != "" {
			id = CategoryID(p.Category)
			category = id
		}
		args = append(args, keys[i], p.Reference, p.Name, category, tx.Now)
		found[entry{kindProduct, p.Reference}] = id
	}
	if _, err := insertProducts.Exec(tx, args); err != nil {
		return nil, err
	}
	n.remember(tx, found)
	return found, nil
}

func (n *Names) makeCategories(tx *db.Tx, products []Product) error {
	var names []string
	for _, p := range products {
		names = append(names, p.Category)
	}
	return n.makeNamed(tx, kindCategory, names, insertCategories, func(name string) []any { return []any{CategoryID(name), name} })
}

// Stores makes sure that the stores are there.
func (n *Names) Stores(tx *db.Tx, names ...string) error {
	return n.makeNamed(tx, kindStore, names, insertStores, func(name string) []any { return []any{name, name, ""} })
}

// Channels makes sure that the sales channels are there.
func (n *Names) Channels(tx *db.Tx, names ...string) error {
	return n.makeNamed(tx, kindChannel, names, insertChannels, func(name string) []any { return []any{name, name} })
}

func (n *Names) makeNamed(tx *db.Tx, kind string, names []string, insert *db.Insert, row func(name string) []any) error {
	made := map[entry]int64{}
	var sorted []string
	for _, name := range names {
		e := entry{kind, name}
		if _, known := n.has(e); name == "" || known {
			continue
		}
		if _, done := made[e]; !done {
			made[e] = 0
			sorted = append(sorted, name)
		}
	}
	if len(made) == 0 {
		return nil
	}
	slices.Sort(sorted)
	var args []any
	for _, name := range sorted {
		args = append(args, row(name)...)
	}
	if _, err := insert.Exec(tx, args); err != nil {
		return err
	}
	n.remember(tx, made)
	return nil
}

// Put changes a product in the catalogue, or makes it. Facts keep the category they were recorded with.
func Put(tx *db.Tx, n *Names, p Product) (created, changed bool, err error) {
	if strings.TrimSpace(p.Reference) == "" {
		return false, false, fault.In("reference", fault.Invalidf("a product needs a reference: its number or name in the shop"))
	}
	for field, text := range map[string]string{"reference": p.Reference, "name": p.Name, "category": p.Category} {
		if len(text) > textMost || !utf8.ValidString(text) || strings.IndexByte(text, 0) >= 0 {
			return false, false, fault.In(field, fault.Invalidf("%.40q... is longer than %d bytes, or holds bytes that are no characters", text, textMost))
		}
	}
	const most = 1_000_000_000_000
	var cost any
	if p.CostMinor != nil {
		if cost = *p.CostMinor; *p.CostMinor < 0 || *p.CostMinor > most {
			return false, false, fault.In("cost_minor", fault.Invalidf("a product costs 0 to %d, not %d", int64(most), *p.CostMinor))
		}
	}
	if err := n.makeCategories(tx, []Product{p}); err != nil {
		return false, false, err
	}
	var category any
	if p.Category != "" {
		category = CategoryID(p.Category)
	}
	made, err := tx.Exec(`INSERT INTO products (product_id, reference, name, category_id, cost_minor, updated_us, sold_out) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT DO NOTHING`, ProductID(p.Reference), p.Reference, p.Name, category, cost, tx.Now, p.SoldOut)
	if err != nil || made == 1 {
		return made == 1, false, err
	}
	touched, err := tx.Exec(`UPDATE products SET name = $1, category_id = CAST($2 AS BIGINT), updated_us = $3, cost_minor = CAST($5 AS BIGINT), sold_out = $6
		WHERE product_id = $4 AND (name <> $1 OR coalesce(category_id, 0) <> coalesce(CAST($2 AS BIGINT), 0)
		OR coalesce(cost_minor, -1) <> coalesce(CAST($5 AS BIGINT), -1) OR sold_out <> $6)`,
		p.Name, category, tx.Now, ProductID(p.Reference), cost, p.SoldOut)
	if touched > 0 {
		tx.AfterCommit(func() {
			n.lock.Lock()
			defer n.lock.Unlock()
			delete(n.known, entry{kindProduct, p.Reference})
		})
	}
	return false, touched > 0, err
}
