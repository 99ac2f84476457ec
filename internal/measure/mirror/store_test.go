package mirror_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/measure/mirror"
	"regulars/internal/measure/mirror/mirrortest"
	"regulars/internal/record/fact"
	"regulars/internal/record/schema/schematest"
)

// stored makes a store with the facts of the batches.
func stored(t *testing.T, o db.Options, batches ...*fact.Batch) (*db.DB, *mirrortest.Loader) {
	t.Helper()
	d := dbtest.Open(t, o)
	schematest.Migrate(t, d)
	l := mirrortest.New(d)
	for _, b := range batches {
		if err := l.Load(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	return d, l
}

// following opens a copy in a file of the test's own.
func following(t *testing.T, d *db.DB) *mirror.Follower {
	t.Helper()
	return followingAt(t, d, filepath.Join(t.TempDir(), "copy.duckdb"))
}

func followingAt(t *testing.T, d *db.DB, path string) *mirror.Follower {
	t.Helper()
	f, err := mirror.Follow(t.Context(), d, mirror.Options{Path: path, Memory: "200MB", Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

func refresh(t *testing.T, f *mirror.Follower) mirror.Refreshed {
	t.Helper()
	r, err := f.Refresh(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// ask reads a query over the views of the copy.
func ask(t *testing.T, f *mirror.Follower, query string) []string {
	t.Helper()
	s, err := f.Source(t.Context(), mirror.View{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	return table(t, s, query)
}

func sales(n int, customer func(int) string) *fact.Batch {
	b := &fact.Batch{Attributes: []string{"store"}}
	for i := range n {
		b.Sales = append(b.Sales, fact.Sale{
			Customer: customer(i), Order: fmt.Sprint(i), AmountMinor: int64(i), Moment: moment("2023-01-01T10:00:00"),
			Product: fmt.Sprint("p", i%3), Attributes: []string{fmt.Sprint("s", i%2)},
		})
	}
	return b
}

func TestCopyFollows(t *testing.T) {
	t.Parallel()
	dbtest.EachOptions(t, func(t *testing.T, o db.Options) {
		d, l := stored(t, o, sales(5000, func(i int) string { return fmt.Sprint("c", i%100) }))
		f := following(t, d)
		if r := refresh(t, f); !r.Rebuilt {
			t.Error("the first refresh does not build the copy")
		}
		const totals = "SELECT count(*), CAST(sum(amount_minor) AS BIGINT), count(DISTINCT customer_id), count(DISTINCT attribute_0) FROM sales"
		same(t, "sales", ask(t, f, totals), "5000 12497500 100 2")
		if r := refresh(t, f); r.Rebuilt || r.Changes != 0 {
			t.Errorf("nothing changed, and the refresh says %+v", r)
		}
		if err := l.Load(t.Context(), sales(10, func(int) string { return "new" })); err != nil {
			t.Fatal(err)
		}
		if r := refresh(t, f); r.Rebuilt || r.Changes != 11 {
			t.Errorf("ten orders and a customer are new, and the refresh says %+v", r)
		}
		same(t, "sales", ask(t, f, totals), "5010 12497545 101 2")
	})
}
