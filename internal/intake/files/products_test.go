package files_test

import (
	"slices"
	"testing"

	"regulars/internal/intake/files"
)

// A products file says what things are called, cost and whether they are sold out; what it does not say stays as it is.
func TestProducts(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store) {
		t.Helper()
		products := func() []string {
			return s.lines(`SELECT p.reference, p.name, coalesce(c.name, '-'), coalesce(p.cost_minor, -1), CASE WHEN p.sold_out THEN 1 ELSE 0 END FROM products p
				LEFT JOIN categories c ON c.category_id = p.category_id ORDER BY 1`)
		}
		// An order makes a product; the file, taken in before it, made the other.
		got := s.take("customer,date,product,category,amount\nada,2026-03-01,tea,drinks,4.00\n", "products:sku,name,category,cost,stock\nmug,Mug,kitchen,2.50,0\n")
		if got != (files.Tally{Created: 2}) {
			t.Errorf("%+v", got)
		}
		if got := products(); !slices.Equal(got, []string{"mug Mug kitchen 250 1", "tea  drinks -1 0"}) {
			t.Errorf("%q", got)
		}
		const file = "products:sku,name,category,cost,stock\nmug,,,,7\ntea,Green tea,,1.20,\nmug,Big mug,,,\n"
		if got := s.take(file); got != (files.Tally{Updated: 3}) {
			t.Errorf("%+v", got)
		}
		want := []string{"mug Big mug kitchen 250 0", "tea Green tea drinks 120 0"}
		if got := products(); !slices.Equal(got, want) {
			t.Errorf("%q", got)
		}
		// Which category it is of can be said by an order: where the file says none, it comes after.
		if got := s.take("products:sku,cost\ncup,1\n", "customer,date,product,category,amount\nada,2026-03-02,cup,kitchen,4.00\n"); got != (files.Tally{Created: 1, Updated: 1}) {
			t.Errorf("%+v", got)
		}
		want = append([]string{"cup  kitchen 100 0"}, want...)
		if got := s.take("products:sku,cost,stock\nmug,2.50,7\n"); got != (files.Tally{Unchanged: 1}) || !slices.Equal(products(), want) {
			t.Errorf("said again: %+v, %q", got, products())
		}
	})
}
