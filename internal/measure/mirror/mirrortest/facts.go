package mirrortest

import (
	"context"
	"testing"

	"regulars/internal/base/db"
	"regulars/internal/measure/mirror"
)

// Facts shows those of a store by a copy that follows it, and where a cluster keeps them, of which there is no copy, as they are
// there.
func Facts(tb testing.TB, d *db.DB) func(context.Context, mirror.View) (*mirror.Source, error) {
	tb.Helper()
	if d.Distributed() {
		return func(ctx context.Context, v mirror.View) (*mirror.Source, error) { return mirror.Direct(ctx, d, v) }
	}
	f, err := mirror.Follow(tb.Context(), d, mirror.Options{Memory: "256MB", Threads: 1})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = f.Close() })
	return func(ctx context.Context, v mirror.View) (*mirror.Source, error) {
		if _, err := f.Refresh(ctx); err != nil {
			return nil, err
		}
		return f.Source(ctx, v)
	}
}
