package dbtest

import (
	"context"
	"path/filepath"
	"testing"

	"regulars/internal/base/db"
)

// Each runs the test on both engines, side by side, each time with an empty database that is closed afterwards.
func Each(t *testing.T, test func(t *testing.T, d *db.DB)) {
	t.Helper()
	EachOptions(t, func(t *testing.T, o db.Options) {
		t.Helper()
		test(t, Open(t, o))
	})
}

// EachOptions is Each for tests that open the database themselves: more than once, or from another process.
func EachOptions(t *testing.T, test func(t *testing.T, o db.Options)) {
	t.Helper()
	each(t, SQLite, Postgres, test)
}

func each(t *testing.T, sqlite, postgres func(testing.TB) db.Options, test func(t *testing.T, o db.Options)) {
	t.Helper()
	for _, engine := range []struct {
		name    string
		options func(testing.TB) db.Options
	}{{"sqlite", sqlite}, {"postgres", postgres}} {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			test(t, engine.options(t))
		})
	}
}

// SQLite names a database file that is not there yet.
func SQLite(tb testing.TB) db.Options {
	tb.Helper()
	return db.Options{Path: filepath.Join(tb.TempDir(), "test.db")}
}

// Postgres makes an empty database on the process's cluster.
func Postgres(tb testing.TB) db.Options {
	tb.Helper()
	c, err := shared()
	if err != nil {
		tb.Fatal(err)
	}
	return c.options(tb, "template0")
}

// Open opens the database and closes it when the test ends.
func Open(tb testing.TB, o db.Options) *db.DB {
	tb.Helper()
	d, err := db.Open(context.WithoutCancel(tb.Context()), o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := d.Close(); err != nil {
			tb.Errorf("close the database: %v", err)
		}
	})
	return d
}
