// Package schematest makes the tables for tests of those who keep facts in them.
//
// What always holds: where the tests' PostgreSQL is a Citus cluster, the tables are spread over it, so that the whole
// suite runs as it would there; elsewhere they are as every store has them.
package schematest

import (
	"context"
	"testing"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/record/schema"
)

// The tables are made once in a process. A copy has no name of its own yet: that is for Open.
var template = dbtest.NewTemplate(func(ctx context.Context, d *db.DB) error { return d.Migrate(ctx, schema.Migrations()) })

// Each is dbtest.Each with the tables.
func Each(t *testing.T, test func(t *testing.T, d *db.DB)) {
	t.Helper()
	template.EachOptions(t, func(t *testing.T, o db.Options) {
		t.Helper()
		test(t, Open(t, o))
	})
}

// EachOptions is dbtest.EachOptions with tables that Open finds made.
func EachOptions(t *testing.T, test func(t *testing.T, o db.Options)) {
	t.Helper()
	template.EachOptions(t, test)
}

// SQLite is dbtest.SQLite with tables that Open finds made.
func SQLite(tb testing.TB) db.Options { tb.Helper(); return template.SQLite(tb) }

// Postgres is dbtest.Postgres with tables that Open finds made.
func Postgres(tb testing.TB) db.Options { tb.Helper(); return template.Postgres(tb) }

// Open is dbtest.Open with the tables: of what the functions above name, of an empty database, or of one of older tables.
func Open(tb testing.TB, o db.Options) *db.DB {
	tb.Helper()
	d := dbtest.Open(tb, o)
	Migrate(tb, d)
	return d
}

// Migrate brings the schema to the newest version, and spreads it where there is a cluster.
func Migrate(tb testing.TB, d *db.DB) {
	tb.Helper()
	if err := schema.Migrate(tb.Context(), d); err != nil {
		tb.Fatal(err)
	}
	// A server of the test's own is no cluster.
	if !d.Lends() || !dbtest.Clustered(tb) || d.Spreadable(tb.Context()) != nil {
		return
	}
	if _, err := schema.Distribute(tb.Context(), d); err != nil {
		tb.Fatal(err)
	}
}
