package metric_test

import (
	"context"
	"testing"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/measure/mirror"
	"regulars/internal/measure/mirror/mirrortest"
	"regulars/internal/record/schema/schematest"
)

// road is a way from facts to figures.
type road string

const (
	byFile     road = "file"     // facts of files, loaded into DuckDB
	byCopy     road = "copy"     // facts in SQLite, and DuckDB following them
	byDatabase road = "database" // facts in PostgreSQL, asked directly
)

// take brings the facts to a source that shows them as of the settings' moment, over one of the stores where there is one.
func (r road) take(t *testing.T, from *shelves, b *business, asOf int64) *mirror.Source {
	t.Helper()
	view := mirror.View{Kind: b.kindIs, AsOf: asOf}
	switch r {
	case byCopy:
		store := b.keep(t, from.sqlite.borrow(t))
		f, err := mirror.Follow(t.Context(), store, mirror.Options{Memory: "200MB", Threads: 1})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := f.Close(); err != nil {
				t.Error(err)
			}
		})
		if _, err := f.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		return opened(t, func(ctx context.Context) (*mirror.Source, error) { return f.Source(ctx, view) })
	case byDatabase:
		store := b.keep(t, from.postgres.borrow(t))
		return opened(t, func(ctx context.Context) (*mirror.Source, error) { return mirror.Direct(ctx, store, view) })
	default:
		return b.load(t)
	}
}

func opened(t *testing.T, open func(ctx context.Context) (*mirror.Source, error)) *mirror.Source {
	t.Helper()
	s, err := open(context.WithoutCancel(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// shelf has migrated stores that tests borrow one after another: making one takes longer than most of what is asked of it.
type shelf struct {
	options func(testing.TB) db.Options
	free    chan *db.DB
}

// newShelf makes so many stores, which the test that makes them closes.
func newShelf(t *testing.T, stores int, options func(testing.TB) db.Options) *shelf {
	t.Helper()
	s := &shelf{options: options, free: make(chan *db.DB, stores)}
	for range stores {
		d := dbtest.Open(t, options(t))
		schematest.Migrate(t, d)
		s.free <- d
	}
	return s
}

// borrow gives an empty store until the test ends.
func (s *shelf) borrow(t *testing.T) *db.DB {
	t.Helper()
	d := <-s.free
	t.Cleanup(func() {
		err := d.Write(context.WithoutCancel(t.Context()), func(tx *db.Tx) error {
			for _, table := range []string{"sale_lines", "customers", "answers", "costs", "categories", "products", "attribute_names", "changes"} {
				if _, err := tx.Exec("DELETE FROM " + table); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		s.free <- d
	})
	return d
}

// shelves are the stores of one test.
type shelves struct{ sqlite, postgres *shelf }

func newShelves(t *testing.T) *shelves {
	t.Helper()
	const each = 2
	return &shelves{newShelf(t, each, dbtest.SQLite), newShelf(t, each, dbtest.Postgres)}
}

// keep puts the facts into a store.
func (b *business) keep(t *testing.T, d *db.DB) *db.DB {
	t.Helper()
	l := mirrortest.New(d)
	for _, batch := range b.batches() {
		if err := l.Load(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
	}
	return d
}
