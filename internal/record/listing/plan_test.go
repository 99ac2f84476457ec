package listing

import (
	"strings"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/record/schema/schematest"
)

// A page is read by an index, in its order: neither all facts are looked at nor are they sorted.
func TestAPageIsReadByAnIndex(t *testing.T) {
	t.Parallel()
	d := schematest.Open(t, schematest.SQLite(t))
	orders := Table{ID: "order_id", Moment: "placed_us", State: "state", Select: "SELECT f.reference FROM orders f"}
	events := Table{ID: "event_id", Moment: "happened_us", State: "name", Recorded: "recorded_us", Select: "SELECT f.name FROM events f"}
	later := Place{At: 3, ID: 2, Customer: 1}
	for _, c := range []struct {
		what   string
		table  Table
		filter Filter
		after  Place
		want   string
		sorted bool
	}{
		{"first", orders, Filter{}, Place{}, "orders_newest", false},
		{"next", orders, Filter{}, later, "orders_newest (order_id<?)", false},
		{"of a customer", orders, Filter{Customers: []int64{1}}, Place{}, "PRIMARY KEY (customer_id=?)", false},
		{"next of a customer", orders, Filter{Customers: []int64{1}}, later, "PRIMARY KEY (customer_id=? AND order_id<?)", false},
		{"of a person", orders, Filter{Customers: []int64{1, 2}}, later, "PRIMARY KEY (customer_id=? AND order_id<?)", true},
		{"changed", orders, Filter{Updated: time.Now()}, later, "orders_newest (order_id>? AND order_id<?); SEARCH f USING INDEX orders_changed (updated_us>?)", true},
		{"events", events, Filter{}, Place{}, "events_newest", false},
		{"next events", events, Filter{}, later, "events_newest (recorded_us<?)", false},
		{"events of a customer", events, Filter{Customers: []int64{1}}, later, "PRIMARY KEY (customer_id=?)", true},
	} {
		var plan []string
		for _, p := range c.table.parts(c.filter) {
			q := c.table.page(c.filter, c.after, p)
			err := d.Read(t.Context(), func(tx *db.Tx) error {
				return each(tx, "EXPLAIN QUERY PLAN "+q.Text.String(), q.Args, func(r *db.Rows) error {
					var id, parent, unused int
					var detail string
					err := r.Scan(&id, &parent, &unused, &detail)
					plan = append(plan, detail)
					return err
				})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		all := strings.Join(plan, "; ")
		if !strings.Contains(all, c.want) || !c.sorted && strings.Contains(all, "TEMP B-TREE") {
			t.Errorf("%s: %s; want %s", c.what, all, c.want)
		}
	}
}
