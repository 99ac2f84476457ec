package catalogue_test

import (
	"errors"
	"slices"
	"testing"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/catalogue"
	"regulars/internal/record/fact"
	"regulars/internal/record/schema/schematest"
)

func each(t *testing.T, test func(t *testing.T, write func(func(tx *db.Tx) error) error)) {
	t.Helper()
	schematest.Each(t, func(t *testing.T, d *db.DB) {
		test(t, func(fn func(tx *db.Tx) error) error { return d.Write(t.Context(), fn) })
	})
}

// What a transaction made and took back is not remembered: the next one must make it.
func TestTheMemoryKnowsOnlyWhatIsCommitted(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, write func(func(tx *db.Tx) error) error) {
		names := catalogue.NewNames()
		products := []catalogue.Product{{Reference: "espresso", Category: "coffee"}, {Reference: "espresso"}, {Category: "cake"}}
		take := func(tx *db.Tx) error {
			categories, err := names.Products(tx, products)
			if err == nil && categories["espresso"] != catalogue.CategoryID("coffee") {
				t.Errorf("espresso is in category %d", categories["espresso"])
			}
			return errors.Join(err, names.Stores(tx, "", "Harbour", "Harbour"), names.Channels(tx, "web"),
				names.Spell(tx, catalogue.Sales, fact.Attributes{{Name: "City", Value: "x"}}))
		}
		mistake := errors.New("mistake")
		if err := write(func(tx *db.Tx) error { return errors.Join(take(tx), mistake) }); !errors.Is(err, mistake) {
			t.Fatal(err)
		}
		for range 2 {
			if err := write(take); err != nil {
				t.Fatal(err)
			}
		}
		for query, want := range map[string]int{"SELECT count(*) FROM products": 1, "SELECT count(*) FROM categories": 2,
			"SELECT count(*) FROM stores": 1, "SELECT count(*) FROM sales_channels": 1, "SELECT count(*) FROM attribute_names": 1} {
			if err := write(func(tx *db.Tx) error {
				var n int
				err := tx.QueryRow(query).Scan(&n)
				if n != want {
					t.Errorf("%s: %d, want %d", query, n, want)
				}
				return err
			}); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestAnAttributeHasOneSpelling(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, write func(func(tx *db.Tx) error) error) {
		names := catalogue.NewNames()
		for _, c := range []struct{ kind, written, want string }{
			{catalogue.Sales, "Country", "Country"}, {catalogue.Sales, "COUNTRY", "Country"}, {catalogue.Sales, "country", "Country"},
			{catalogue.Customers, "country", "country"}, {catalogue.Sales, "Πόλη", "Πόλη"}, {catalogue.Sales, "ΠΌΛΗ", "Πόλη"},
		} {
			a := fact.Attributes{{Name: c.written, Value: "x"}, {Name: "left open"}}
			if err := write(func(tx *db.Tx) error { return names.Spell(tx, c.kind, a) }); err != nil {
				t.Fatal(err)
			}
			if a[0].Name != c.want {
				t.Errorf("%s is spelt %s, want %s", c.written, a[0].Name, c.want)
			}
		}
		if err := write(func(tx *db.Tx) error {
			listed, err := catalogue.AttributeNames(tx, catalogue.Sales)
			if !slices.Equal(listed, []string{"Country", "Πόλη"}) {
				t.Errorf("listed %v", listed)
			}
			return err
		}); err != nil {
			t.Error(err)
		}
	})
}

func TestACatalogueIsChanged(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, write func(func(tx *db.Tx) error) error) {
		names := catalogue.NewNames()
		for i, c := range []struct {
			product          catalogue.Product
			created, changed bool
		}{
			{catalogue.Product{Reference: "1", Name: "Espresso"}, true, false},
			{catalogue.Product{Reference: "1", Name: "Espresso"}, false, false},
			{catalogue.Product{Reference: "1", Name: "Espresso", Category: "coffee"}, false, true},
			{catalogue.Product{Reference: "1", Name: "Ristretto", Category: "coffee"}, false, true},
		} {
			if err := write(func(tx *db.Tx) error {
				created, changed, err := catalogue.Put(tx, names, c.product)
				if created != c.created || changed != c.changed {
					t.Errorf("step %d: created %v, changed %v", i, created, changed)
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestTheCatalogueIsListed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, write func(func(tx *db.Tx) error) error) {
		names := catalogue.NewNames()
		all := []catalogue.Product{
			{Reference: "'; --", Name: "<i>"}, {Reference: "1", Name: "Espresso", Category: "coffee"}, {Reference: "2", Category: "coffee"},
			{Reference: "Ω", Name: "Τσάι", Category: "tea"},
		}
		if err := write(func(tx *db.Tx) error {
			for _, p := range all {
				if _, _, err := catalogue.Put(tx, names, p); err != nil {
					return err
				}
			}
			return errors.Join(names.Stores(tx, "Patras", "Athens"), names.Channels(tx, "web"))
		}); err != nil {
			t.Fatal(err)
		}
		if err := write(func(tx *db.Tx) error {
			for category, want := range map[string][]catalogue.Product{"": all, "coffee": all[1:3], "Coffee": nil} {
				var found []catalogue.Product
				for after := ""; ; {
					page, err := catalogue.List(tx, category, after, 1)
					if err != nil {
						return err
					}
					if len(page) == 0 {
						break
					}
					found, after = append(found, page[0].Product), page[0].Reference
				}
				if !slices.Equal(found, want) {
					t.Errorf("category %q: %v, want %v", category, found, want)
				}
			}
			if p, err := catalogue.Load(tx, "Ω"); err != nil || p.Product != all[3] || p.Updated.IsZero() {
				t.Errorf("%+v, %v", p, err)
			}
			if _, err := catalogue.Load(tx, "3"); fault.KindOf(err) != fault.NotFound {
				t.Errorf("a product that is not there: %v", err)
			}
			stores, err := catalogue.Stores(tx, "Athens", 5)
			if err != nil || !slices.Equal(stores, []catalogue.Place{{Reference: "Patras", Name: "Patras"}}) {
				t.Errorf("%v, %v", stores, err)
			}
			channels, err := catalogue.Channels(tx, "", 5)
			if err != nil || !slices.Equal(channels, []catalogue.Place{{Reference: "web", Name: "web"}}) {
				t.Errorf("%v, %v", channels, err)
			}
			categories, err := catalogue.Categories(tx, "", 1)
			if err != nil || !slices.Equal(categories, []catalogue.Place{{Reference: "coffee", Name: "coffee"}}) {
				t.Errorf("%v, %v", categories, err)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}
