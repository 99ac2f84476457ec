// Package schematest makes the tables for tests of those who keep facts in them.
//
// What always holds: where the tests' PostgreSQL is a Citus cluster, the tables are spread over it, so that the whole
// suite runs as it would there; elsewhere they are as every store has them.
package schematest

import (
	"testing"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/record/schema"
)

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
