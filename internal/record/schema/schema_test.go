package schema_test

import (
	"slices"
	"strings"
	"testing"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/base/fault"
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

// TestNothingKeepsTheTablesFromBeingSpread reads what a cluster refuses: numbers that one machine gives out, keys that
// lead to rows of another, tables without a primary key or without a class.
func TestNothingKeepsTheTablesFromBeingSpread(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.Postgres(t))
	if err := schema.Migrate(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	class := map[string]schema.Class{}
	for _, table := range schema.Tables() {
		class[table.Name] = table.Class
		if (table.By != "") != (table.Class == schema.Fact || table.Class == schema.Directory) {
			t.Errorf("%s is a %s and spread by %q", table.Name, table.Class, table.By)
		}
	}
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		rows, err := tx.Query(`SELECT c.relname, EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'p'),
			EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'f'),
			EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attidentity <> ''),
			EXISTS (SELECT 1 FROM pg_attrdef f WHERE f.adrelid = c.oid AND pg_get_expr(f.adbin, f.adrelid) LIKE '%nextval%'),
			EXISTS (SELECT 1 FROM pg_trigger g WHERE g.tgrelid = c.oid AND NOT g.tgisinternal),
			EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'customer_id' AND a.atttypid = 'bigint'::regtype)
			FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND c.relname NOT LIKE 'goose%'`)
		if err != nil {
			return err
		}
		for rows.Next() {
			var name string
			var primary, foreign, identity, serial, trigger, customer bool
			if err := rows.Scan(&name, &primary, &foreign, &identity, &serial, &trigger, &customer); err != nil {
				return err
			}
			switch {
			case class[name] == "":
				t.Errorf("%s is of no class: add it to schema.Tables", name)
			case !primary:
				t.Errorf("%s has no primary key", name)
			case foreign || trigger:
				t.Errorf("%s has a foreign key or a trigger, which lead beyond the machine that its rows are on", name)
			case identity || serial:
				t.Errorf("%s has numbers that the database gives out; ids are made by the program", name)
			case class[name] == schema.Fact && !customer:
				t.Errorf("%s is spread with the customer and has no customer_id BIGINT", name)
			}
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestTheTablesAreSpreadByTheirClass does it, where there is a cluster; elsewhere it is refused and nothing changes.
func TestTheTablesAreSpreadByTheirClass(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.Postgres(t))
	if err := schema.Migrate(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	done, err := schema.Distribute(t.Context(), d)
	if !dbtest.Clustered(t) {
		if fault.KindOf(err) != fault.Unavailable || !strings.Contains(err.Error(), "CREATE EXTENSION citus") || len(done) > 0 {
			t.Errorf("without a cluster %v were spread: %v", done, err)
		}
		return
	}
	local := 0
	for _, table := range schema.Tables() {
		if table.Class == schema.Local {
			local++
		}
	}
	if err != nil || len(done) != len(schema.Tables())-local {
		t.Fatalf("spread %v: %v", done, err)
	}
	for range 2 {
		if done, err = schema.Distribute(t.Context(), d); err != nil || len(done) > 0 {
			t.Errorf("spread again: %v, %v", done, err)
		}
		if err := schema.Migrate(t.Context(), d); err != nil {
			t.Error(err)
		}
	}
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
