package check_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/base/locale"
	"regulars/internal/record/check"
)

// plants are the faults: what to do to the tables, and the check that finds it. The names in braces are numbers of the
// sound store, by stock.
var plants = []struct{ key, plant string }{
	{"reference_leads", `UPDATE fact_references SET fact_id = fact_id + 1 WHERE kind = 'order' AND reference = 'ada-1'`},
	{"reference_leads", `UPDATE fact_references SET customer_id = 4711 WHERE kind = 'return' AND reference = 'back'`},
	{"reference_leads", `UPDATE fact_references SET kind = 'subscription' WHERE kind = 'answer' AND reference = 'nps-1'`},
	{"reference_leads", `UPDATE fact_references SET fact_id = 5 WHERE customer_id = 0`},
	{"reference_there", `DELETE FROM fact_references WHERE kind = 'order' AND reference = 'bob-1'`},
	{"reference_there", `UPDATE answers SET reference = 'another' WHERE reference = 'nps-2'`},
	{"reference_there", `UPDATE subscriptions SET source = 'another'`},
	{"identity_owner", `DELETE FROM customer_identities WHERE kind = 'email'`},
	{"identity_owner", `UPDATE identities SET customer_id = {ada} WHERE value = 'bob'`},
	{"identity_lookup", `DELETE FROM identities WHERE kind = 'phone'`},
	{"identity_lookup", `INSERT INTO customer_identities (customer_id, kind, value, written, added_us) VALUES ({ada}, 'card', '1', '1', 0)`},
	{"alias_root", `UPDATE aliases SET root_id = {eve} WHERE customer_id = {ada}`},
	{"alias_root", `INSERT INTO aliases (customer_id, into_id, root_id, merged_us) VALUES ({eve}, {fay}, {gus}, 0)`},
	{"alias_ring", `INSERT INTO aliases (customer_id, into_id, root_id, merged_us) VALUES ({hal}, {ida}, {gus}, 0), ({ida}, {hal}, {gus}, 0)`},
	{"order_sum", `UPDATE sale_lines SET amount_minor = amount_minor + 1 WHERE order_id = {order} AND line_no = 1 AND NOT is_return`},
	{"order_sum", `UPDATE orders SET amount_minor = amount_minor + 100 WHERE reference = 'ada-2'`},
	{"return_sum", `UPDATE returns SET amount_minor = amount_minor - 1`},
	{"line_counts", `UPDATE orders SET state = 'cancelled' WHERE reference = 'ada-2'`},
	{"line_counts", `UPDATE orders SET state = 'paid' WHERE reference = 'bob-cancelled'`},
	{"line_counts", `UPDATE sale_lines SET counts = FALSE WHERE is_return`},
	{"line_owner", `DELETE FROM orders WHERE reference = 'bob-3'`},
	{"line_owner", `INSERT INTO payments (customer_id, order_id, payment_no, method, amount_minor) VALUES ({ada}, 99, 1, 'cash', 5)`},
	{"line_order", `UPDATE sale_lines SET order_id = 77 WHERE fact_id = {order} AND line_no = 1`},
	{"line_order", `UPDATE returns SET order_id = 78 WHERE reference = 'later'`},
	{"line_product", `UPDATE events SET product_id = 12`},
	{"line_product", `DELETE FROM products WHERE reference = 'beans'`},
	{"line_product", `DELETE FROM categories`},
	{"local_day", `UPDATE orders SET day = day + 1 WHERE reference = 'ada-1'`},
	{"local_day", `UPDATE answers SET local_us = local_us + 86400000000 WHERE reference = 'nps-1'`},
	{"local_day", `UPDATE costs SET day = day - 1`},
	{"local_month", `UPDATE returns SET month = month + 1`},
	{"local_month", `UPDATE events SET day = 99999999999`},
	{"history", `DELETE FROM fact_history WHERE kind = 'order' AND version = 1`},
	{"history", `UPDATE answers SET version = version + 1 WHERE reference = 'nps-1'`},
	{"history", `UPDATE fact_history SET fact_id = 3 WHERE kind = 'order'`},
	{"customer", `DELETE FROM customers WHERE customer_id = {bob}`},
	{"customer", `INSERT INTO consents (customer_id, channel, purpose, given_us, granted, wording, wording_version, source, proof, recorded_us)
		VALUES (4712, 'email', 'news', 0, TRUE, '', '', '', '', 0)`},
	{"erased", `UPDATE customers SET given_name = 'Dia' WHERE customer_id = {dia}`},
	{"erased", `UPDATE orders SET attributes = '{"city":"London"}' WHERE customer_id = {dia}`},
	{"erased", `INSERT INTO identities (kind, value, customer_id) VALUES ('email', 'dia@example.com', {dia})`},
	{"erased", `INSERT INTO fact_references (kind, source, reference, customer_id, fact_id) VALUES ('order', 'shop', 'dia-1x', {dia}, 1)`},
	{"erased", `UPDATE answers SET comment = 'so bad' WHERE customer_id = {dia}`},
	{"erased", `UPDATE sale_lines SET attributes = '{"city":"London"}' WHERE customer_id = {dia}`},
}

func find(t *testing.T, d *db.DB, key string) check.Found {
	t.Helper()
	for _, c := range check.Facts() {
		if c.Key == key {
			found, err := c.Run(t.Context(), d)
			if err != nil {
				t.Fatalf("%s: %v", key, err)
			}
			return found
		}
	}
	t.Fatalf("there is no check %s", key)
	return check.Found{}
}

func TestASoundStoreIsFoundSound(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		stock(t, d)
		for _, c := range check.Facts() {
			if found := find(t, d, c.Key); found != (check.Found{}) {
				t.Errorf("%s finds %+v", c.Key, found)
			}
		}
	})
}

// Every fault that is planted is found by its check, and told in a sentence.
func TestEveryPlantedFaultIsFound(t *testing.T) {
	t.Parallel()
	english, err := locale.Get("en")
	if err != nil {
		t.Fatal(err)
	}
	planted := map[string]bool{"damage": true} // in a test of its own
	for _, p := range plants {
		planted[p.key] = true
	}
	for _, c := range check.Facts() {
		if !planted[c.Key] {
			t.Errorf("nothing is planted for the check %s", c.Key)
		}
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		numbers := stock(t, d)
		for _, p := range plants {
			before := find(t, d, p.key)
			plant := p.plant
			for name, number := range numbers {
				plant = strings.ReplaceAll(plant, "{"+name+"}", fmt.Sprint(number))
			}
			touched := int64(0)
			err := d.Write(t.Context(), func(tx *db.Tx) (err error) { touched, err = tx.Exec(plant); return err })
			if err != nil || touched == 0 {
				t.Fatalf("%s: planted %d rows, %v", plant, touched, err)
			}
			found := find(t, d, p.key)
			if found.N <= before.N || found.Example == "" {
				t.Errorf("%s\n%s finds %+v, and before %+v", plant, p.key, found, before)
			}
			said := english.T("check."+p.key, found.N, found.Example)
			if !strings.Contains(said, fmt.Sprint(": ", found.N, ", such as ")) || !strings.HasSuffix(said, found.Example) {
				t.Errorf("%s is told as %q", p.key, said)
			}
		}
	})
}

// The engine's own findings: on PostgreSQL an index that was left unfinished, on SQLite nulls where none may be. A file
// that cannot be read any more is met from outside, with the real program.
func TestTheEngineIsAsked(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		options db.Options
		plant   []string
		want    string
	}{
		"sqlite": {dbtest.SQLite(t), []string{`PRAGMA writable_schema = ON`,
			`UPDATE sqlite_schema SET sql = replace(sql, 'referred        BOOLEAN,', 'referred BOOLEAN NOT NULL,') WHERE name = 'customers'`},
			"NULL value in customers.referred"},
		"postgres": {dbtest.Postgres(t), []string{`UPDATE pg_index SET indisvalid = FALSE WHERE indexrelid = 'aliases_root'::regclass`},
			"the index aliases_root is not valid"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := db.Open(t.Context(), c.options)
			if err != nil {
				t.Fatal(err)
			}
			stock(t, d)
			err = d.Write(t.Context(), func(tx *db.Tx) (err error) {
				for _, plant := range c.plant {
					if _, err = tx.Exec(plant); err != nil {
						return err
					}
				}
				return nil
			})
			if err = errors.Join(err, d.Close()); err != nil {
				t.Fatal(err)
			}
			if found := find(t, dbtest.Open(t, c.options), "damage"); found.N == 0 || found.Example != c.want {
				t.Errorf("found %+v", found)
			}
		})
	}
}
