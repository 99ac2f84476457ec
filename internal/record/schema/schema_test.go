package schema_test

import (
	"slices"
	"strings"
	"testing"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/record/schema"
)

// constraint is a primary key or a unique index.
type constraint struct {
	table, name string
	columns     []string
}

func constraints(t *testing.T, d *db.DB) (all []constraint, tables []string) {
	t.Helper()
	queries := []string{
		`SELECT m.name, l.name, group_concat(i.name, ',' ORDER BY i.seqno) FROM sqlite_master m, pragma_index_list(m.name) l,
			pragma_index_info(l.name) i WHERE m.type = 'table' AND l."unique" = 1 GROUP BY 1, 2`,
		`SELECT c.relname, i.relname, string_agg(a.attname, ',' ORDER BY k.place) FROM pg_index x
			JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
			JOIN LATERAL unnest(x.indkey) WITH ORDINALITY k(number, place) ON true
			JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number
			WHERE x.indisunique AND c.relnamespace = 'public'::regnamespace GROUP BY 1, 2`,
	}
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		query := queries[0]
		if _, err := tx.Exec("SELECT 1 FROM sqlite_master"); err != nil {
			return err
		}
		rows, err := tx.Query(query)
		if err != nil {
			return err
		}
		return scanConstraints(rows, &all)
	})
	if err != nil {
		err = d.Read(t.Context(), func(tx *db.Tx) error {
			rows, err := tx.Query(queries[1])
			if err != nil {
				return err
			}
			return scanConstraints(rows, &all)
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		if !slices.Contains(tables, c.table) {
			tables = append(tables, c.table)
		}
	}
	return all, tables
}

func scanConstraints(rows *db.Rows, all *[]constraint) error {
	for rows.Next() {
		var c constraint
		var columns string
		if err := rows.Scan(&c.table, &c.name, &columns); err != nil {
			return err
		}
		c.columns = strings.Split(columns, ",")
		if !strings.HasPrefix(c.table, "goose_") {
			*all = append(*all, c)
		}
	}
	return rows.Err()
}

// TestTablesAreOfTheirClass reads the schema that the migrations made: a cluster can only keep a constraint unique
// within the rows of one machine.
func TestTablesAreOfTheirClass(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if err := schema.Migrate(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		all, found := constraints(t, d)
		listed := map[string]schema.Table{}
		for _, table := range schema.Tables() {
			listed[table.Name] = table
			if !slices.Contains(found, table.Name) {
				t.Errorf("%s is listed, and there is no such table with a primary key", table.Name)
			}
		}
		for _, c := range all {
			table, ok := listed[c.table]
			switch {
			case !ok:
				t.Errorf("%s is of no class: add it to schema.Tables", c.table)
			case table.Class == schema.Fact && (table.By != "customer_id" || c.columns[0] != "customer_id"):
				t.Errorf("%s of %s is unique by %v, which does not begin with customer_id", c.name, c.table, c.columns)
			case table.Class == schema.Directory && !slices.Contains(c.columns, table.By):
				t.Errorf("%s of %s is unique by %v, without %s, by which its rows are spread", c.name, c.table, c.columns, table.By)
			}
		}
	})
}

func TestAStoreKeepsItsName(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		name := func(change func(tx *db.Tx) error) (id string) {
			t.Helper()
			err := d.Write(t.Context(), func(tx *db.Tx) error {
				if err := change(tx); err != nil {
					return err
				}
				return tx.QueryRow("SELECT value FROM settings WHERE key = $1", schema.StoreID).Scan(&id)
			})
			if err != nil {
				t.Fatal(err)
			}
			return id
		}
		if err := schema.Migrate(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		first := name(func(*db.Tx) error { return nil })
		if err := schema.Migrate(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		if again := name(func(*db.Tx) error { return nil }); again != first || len(first) != 32 {
			t.Errorf("the store is named %q, then %q", first, again)
		}
		if other := name(func(tx *db.Tx) error { return schema.Name(tx, true) }); other == first {
			t.Errorf("the store is still %q", other)
		}
	})
}
