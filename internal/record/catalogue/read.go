package catalogue

import (
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
)

// Stored is a product as it is kept.
type Stored struct {
	Product
	Updated time.Time
}

const productColumns = `SELECT p.reference, p.name, coalesce(c.name, ''), p.cost_minor, p.sold_out, p.updated_us FROM products p
	LEFT JOIN categories c ON c.category_id = p.category_id`

// Load reads a product.
func Load(tx *db.Tx, reference string) (*Stored, error) {
	all, err := products(tx, productColumns+" WHERE p.product_id = $1", ProductID(reference))
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, fault.NotFoundf("there is no product %s", reference)
	}
	return &all[0], nil
}

// List reads at most limit products behind a reference, in the order of references; of one category, where it is named.
func List(tx *db.Tx, category, after string, limit int) ([]Stored, error) {
	if category == "" {
		return products(tx, productColumns+" WHERE p.reference > $1 ORDER BY p.reference LIMIT $2", after, limit)
	}
	return products(tx, productColumns+" WHERE p.category_id = $1 AND p.reference > $2 ORDER BY p.reference LIMIT $3",
		CategoryID(category), after, limit)
}

func products(tx *db.Tx, query string, args ...any) (all []Stored, err error) {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var s Stored
		if err := rows.Scan(&s.Reference, &s.Name, &s.Category, &s.CostMinor, &s.SoldOut, &s.Updated); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, rows.Close()
}

// Costs are what pieces of products cost the business, of those of which it is known, by reference.
func Costs(tx *db.Tx) (map[string]int64, error) {
	return tx.Numbers("SELECT reference, cost_minor FROM products WHERE cost_minor IS NOT NULL")
}

// Costed is whether it is known of any product what it costs.
func Costed(tx *db.Tx) (is bool, err error) {
	err = tx.QueryRow("SELECT count(*) > 0 FROM (SELECT 1 FROM products WHERE cost_minor IS NOT NULL LIMIT 1) c").Scan(&is)
	return is, err
}

// Place is a store, or a sales channel, by the name that orders give it.
type Place struct{ Reference, Name string }

// Categories lists at most limit categories behind a name.
func Categories(tx *db.Tx, after string, limit int) ([]Place, error) {
	return places(tx, "SELECT name, name FROM categories WHERE name > $1 ORDER BY name LIMIT $2", after, limit)
}

// Stores lists at most limit stores behind a reference.
func Stores(tx *db.Tx, after string, limit int) ([]Place, error) {
	return places(tx, "SELECT reference, name FROM stores WHERE reference > $1 ORDER BY reference LIMIT $2", after, limit)
}

// Channels lists at most limit sales channels behind a reference.
func Channels(tx *db.Tx, after string, limit int) ([]Place, error) {
	return places(tx, "SELECT reference, name FROM sales_channels WHERE reference > $1 ORDER BY reference LIMIT $2", after, limit)
}

func places(tx *db.Tx, query, after string, limit int) (all []Place, err error) {
	rows, err := tx.Query(query, after, limit)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var p Place
		if err := rows.Scan(&p.Reference, &p.Name); err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, rows.Close()
}
