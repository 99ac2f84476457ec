package intake_test

import (
	"context"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"regulars/internal/measure/mirror"
)

// histories is how many random histories the copy follows: with a comparison of all rows after each they take longer
// than those that the model judges.
const histories = 20

// TestTheCopyFollowsAnyHistory plays the same random calls, merges, undone merges and erasures among them, while a copy
// follows: it is equal to the facts after each history, and shows what PostgreSQL shows of them itself.
func TestTheCopyFollowsAnyHistory(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		if s.d.Distributed() {
			t.Skip("a cluster keeps no columnar copy")
		}
		f, err := mirror.Follow(t.Context(), s.d, mirror.Options{Memory: "200MB", Threads: 1})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := f.Close(); err != nil {
				t.Error(err)
			}
		})
		played := 0
		rapid.Check(t, func(r *rapid.T) {
			if played++; played > histories {
				return
			}
			p := &play{shop: s, r: r, m: newModel(), name: fmt.Sprintf("play %d ", played), aliases: map[string]int64{}}
			for range rapid.IntRange(1, 30).Draw(r, "calls") {
				p.call()
				if rapid.IntRange(0, 4).Draw(r, "refresh") == 0 {
					if _, err := f.Refresh(t.Context()); err != nil {
						r.Fatal(err)
					}
				}
			}
			differences, err := f.Verify(t.Context())
			if err != nil {
				r.Fatal(err)
			}
			for _, d := range differences {
				r.Error(d)
			}
		})
		if s.d.Lends() {
			copied := shown(t, func(ctx context.Context) (*mirror.Source, error) { return f.Source(ctx, mirror.View{}) })
			direct := shown(t, func(ctx context.Context) (*mirror.Source, error) { return mirror.Direct(ctx, s.d, mirror.View{}) })
			if copied != direct {
				t.Errorf("the copy shows %s, PostgreSQL itself %s", copied, direct)
			}
		}
	})
}

// shown sums up what a source shows.
func shown(t *testing.T, open func(context.Context) (*mirror.Source, error)) string {
	t.Helper()
	s, err := open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	conn, _, err := s.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	out := fmt.Sprintf("%+v", s.Facts)
	for _, query := range []string{
		"SELECT count(*), count(DISTINCT customer_id), CAST(coalesce(sum(day * amount_minor), 0) AS BIGINT) FROM sales",
		"SELECT count(*), count(reference), CAST(coalesce(sum(customer_id % 1000), 0) AS BIGINT) FROM customers",
		"SELECT count(*), count(customer_id), CAST(coalesce(sum(answer_id % 1000), 0) AS BIGINT) FROM answers",
		"SELECT count(*), count(*), CAST(coalesce(sum(day * amount_minor), 0) AS BIGINT) FROM anonymous_sales",
	} {
		var a, b, c int64
		if err := conn.QueryRowContext(t.Context(), query).Scan(&a, &b, &c); err != nil {
			t.Fatal(err)
		}
		out += fmt.Sprint("; ", a, b, c)
	}
	return out
}
