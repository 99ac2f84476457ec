package metric_test

import (
	"context"
	"testing"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/measure/mirror"
	"regulars/internal/measure/mirror/mirrortest"
	"regulars/internal/record/schema"
)

// road is a way from facts to figures.
type road string

const (
	byFile     road = "file"     // facts of files, loaded into DuckDB
	byCopy     road = "copy"     // facts in SQLite, and DuckDB following them
	byDatabase road = "database" // facts in PostgreSQL, asked directly
)

// take brings the facts to a source that shows them as of the settings' moment.
func (r road) take(t *testing.T, b *business, asOf int64) *mirror.Source {
	t.Helper()
	view := mirror.View{Kind: b.kindIs, AsOf: asOf}
	switch r {
	case byCopy:
		store := b.keep(t, dbtest.SQLite(t))
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
		store := b.keep(t, dbtest.Postgres(t))
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

// keep puts the facts into a store.
func (b *business) keep(t *testing.T, o db.Options) *db.DB {
	t.Helper()
	d := dbtest.Open(t, o)
	if err := schema.Migrate(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	l := mirrortest.New(d)
	for _, batch := range b.batches() {
		if err := l.Load(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
	}
	return d
}
