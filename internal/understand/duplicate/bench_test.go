package duplicate

import (
	"fmt"
	"os"
	"strconv"
	"testing"

	"regulars/internal/base/db"
	"regulars/internal/record/schema/schematest"
	"regulars/internal/understand/roster"
)

// BenchmarkEverybody measures the search for duplicates, and a reckoning of all summaries, over as many customers as
// REGULARS_CUSTOMERS says, with four orders each.
func BenchmarkEverybody(b *testing.B) {
	many, err := strconv.Atoi(os.Getenv("REGULARS_CUSTOMERS"))
	if err != nil {
		many = 5000
	}
	d := schematest.Open(b, schematest.SQLite(b))
	customers := db.NewInsert(`INSERT INTO customers (customer_id, reference, kind, form_of_address, given_name, middle_name, family_name, full_name, folded_name, birth_year, birth_month, birth_day, language, channel, household,
		attributes, version, created_us, updated_us)`, 19, "")
	known := db.NewInsert("INSERT INTO customer_identities (customer_id, kind, value, written, added_us)", 5, "")
	orders := db.NewInsert(`INSERT INTO orders (customer_id, order_id, source, reference, placed_us, local_us, day, month, state, amount_minor, discount_minor, tax_minor, shipping_minor, store, channel, attributes, content, version, recorded_us, updated_us)`, 20, "")
	lines := db.NewInsert(`INSERT INTO sale_lines (customer_id, fact_id, line_no, order_id, sold_us, local_us, day, month, amount_minor, quantity, is_return, counts, attributes)`, 13, "")
	const part = 2000
	for from := 0; from < many; from += part {
		if err := d.Write(b.Context(), func(tx *db.Tx) error {
			var c, i, o, l []any
			for n := from; n < min(many, from+part); n++ {
				id, name := int64(n+1)<<20, fmt.Sprintf("name%d family%d", n%4001, n*31%9973)
				c = append(c, id, fmt.Sprint("c", n), "person", "", "", "", "", name, name, 1950+n%60, 1+n%12, 1+n%28, "", "", "", `{"postcode":"`+fmt.Sprint(n%3000)+`"}`, 1, int64(n), int64(n))
				for kind, value := range map[string]string{"id": fmt.Sprint("c", n), "email": fmt.Sprintf("a%d@example.com", n), "phone": fmt.Sprintf("+30210%07d", n)} {
					i = append(i, id, kind, value, value, int64(0))
				}
				for k := range 4 {
					fact := id + int64(k)
					o = append(o, id, fact, "s", fmt.Sprint(n, "-", k), int64(k), int64(k), 20000+k, 24000, "placed", 1000, 0, 0, 0, "", "", "", []byte{}, 1, int64(k), int64(k))
					l = append(l, id, fact, 1, fact, int64(k), int64(k), 20000+k, 24000, 1000, 1.0, false, true, "")
				}
			}
			for _, one := range []struct {
				insert *db.Insert
				args   []any
			}{{customers, c}, {known, i}, {orders, o}, {lines, l}} {
				if _, err := one.insert.Exec(tx, one.args); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("duplicates", func(b *testing.B) {
		for b.Loop() {
			f, err := Search(b.Context(), d, func(int64) {})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(len(f.Pairs))+float64(f.More), "pairs")
		}
	})
	b.Run("summaries", func(b *testing.B) {
		for b.Loop() {
			if err := d.Write(b.Context(), func(tx *db.Tx) error {
				_, err := tx.Exec("DELETE FROM settings WHERE key = 'customer_summaries'")
				return err
			}); err != nil {
				b.Fatal(err)
			}
			if err := (&roster.Keeper{DB: d}).CatchUp(b.Context(), d.Write); err != nil {
				b.Fatal(err)
			}
		}
	})
}
