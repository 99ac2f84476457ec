package files_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"regulars/internal/base/columnar"
	"regulars/internal/base/db"
	"regulars/internal/measure/mirror"
	"regulars/internal/record/fact"
	"regulars/internal/record/importer"
	"regulars/internal/record/schema/schematest"
)

// random makes a small file of orders in which everything meets everything: few customers, ids, moments and products.
func random(r *rand.Rand) string {
	pick := func(all ...string) string { return all[r.IntN(len(all))] }
	var b strings.Builder
	b.WriteString("order,customer,date,product,category,quantity,price,Colour,Shop\n")
	for range 5 + r.IntN(60) {
		fmt.Fprintf(&b, "%s,%s,2026-03-%02d %02d:00,%s,%s,%s,%s,%s,%s\n", pick("1", "2", "3", "4", "5", ""), pick("ada", "bob", "Ада", "-", ""),
			1+r.IntN(3), 10+r.IntN(2), pick("tea", "cup", ""), pick("drink", ""), pick("1", "2", "-1", "0"), pick("1.00", "2.50", "0", "-0.50", "none"),
			pick("red", ""), pick("north", "south"))
	}
	return b.String()
}

// counted is what both the store and the file's own copy can say.
type counted struct{ Lines, Returns, PaidMinor, ReturnedMinor, UnidentifiedMinor, Orders int64 }

func (s *store) counted() counted {
	s.t.Helper()
	n := func(what string) int64 { return s.number("SELECT " + what + " FROM sale_lines") }
	sum := func(amount, where string) string {
		return "CAST(coalesce(sum(CASE WHEN " + where + " THEN " + amount + " ELSE 0 END), 0) AS BIGINT)"
	}
	return counted{
		n(sum("1", "customer_id > 0 AND NOT is_return")), n(sum("1", "customer_id > 0 AND is_return")),
		n(sum("amount_minor", "customer_id > 0 AND NOT is_return")), n(sum("-amount_minor", "customer_id > 0 AND is_return")),
		n(sum("amount_minor", "customer_id < 0")),
		s.number("SELECT count(*) FROM (SELECT DISTINCT customer_id, order_id FROM sale_lines WHERE customer_id > 0 AND NOT is_return) o"),
	}
}

// copied counts the same in the copy that a report on the file makes.
func copied(t *testing.T, plan *importer.Plan, o importer.Options) counted {
	t.Helper()
	store, err := columnar.Open(t.Context(), "", columnar.Options{MemoryLimit: "200MB", Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}()
	c := mirror.New(store, mirror.ByCategory)
	f := c.File()
	if _, err := plan.Read(t.Context(), o, func(b *fact.Batch) error { return f.Take(t.Context(), b) }); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	source, err := c.Finish(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	conn, done, err := source.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := done(); err != nil {
			t.Error(err)
		}
	}()
	var orders int64
	if err := conn.QueryRowContext(t.Context(), "SELECT count(*) FROM (SELECT DISTINCT customer_id, order_id FROM sales WHERE NOT is_return) o").
		Scan(&orders); err != nil {
		t.Fatal(err)
	}
	f2 := source.Facts
	return counted{f2.Lines, f2.Returns, f2.PaidMinor, f2.ReturnedMinor, f2.UnidentifiedMinor, orders}
}

// An import in pieces, each stopped somewhere, comes to the same as one at once, which has the figures of the file's own
// report; and shuffled, the same file brings nothing new.
func TestImportInPieces(t *testing.T) {
	t.Parallel()
	schematest.EachOptions(t, func(t *testing.T, o db.Options) {
		t.Helper()
		for seed := range uint64(8) {
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				r := rand.New(rand.NewPCG(seed, 42))
				at := fresh(t, o)
				text := random(r)
				paths, kinds := written(t, text)
				plans, read := planned(t.Context(), t, paths, kinds)
				whole := open(t, schematest.Open(t, schematest.SQLite(t)))
				if _, err := whole.run(t.Context(), 1000, paths, kinds); err != nil {
					t.Fatal(err)
				}
				pieces(t, r, at, paths, kinds)
				s := open(t, schematest.Open(t, at))
				if got, want := s.facts(), whole.facts(); !slices.Equal(got, want) {
					t.Errorf("in pieces\n%s\nat once\n%s\nof\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"), text)
				}
				if got, want := s.counted(), copied(t, plans[0], read); got != want {
					t.Errorf("the store counts %+v, the file's report %+v of\n%s", got, want, text)
				}
				lines := strings.Split(strings.TrimSpace(text), "\n")
				r.Shuffle(len(lines)-1, func(i, j int) { lines[i+1], lines[j+1] = lines[j+1], lines[i+1] })
				if again := s.take(strings.Join(lines, "\n")); again.Unchanged != again.All() {
					t.Errorf("shuffled: %+v of\n%s", again, text)
				}
			})
		}
	})
}

// fresh is an empty database beside the given one.
func fresh(t *testing.T, o db.Options) db.Options {
	t.Helper()
	if o.URL != "" {
		return schematest.Postgres(t)
	}
	return schematest.SQLite(t)
}

// pieces imports with a small number of transactions a run until nothing stops it any more.
func pieces(t *testing.T, r *rand.Rand, o db.Options, paths []string, kinds []importer.Kind) {
	t.Helper()
	for range 200 {
		ctx, cancel := context.WithCancel(t.Context())
		var left atomic.Int64
		left.Store(1 << 40)
		o.Clock = func() time.Time { // asked once a transaction
			if left.Add(-1) == 0 {
				cancel()
			}
			return time.Now()
		}
		d, err := db.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		schematest.Migrate(t, d)
		s := open(t, d)
		left.Store(2 + r.Int64N(6))
		_, err = s.run(ctx, 1+r.IntN(3), paths, kinds)
		if closed := d.Close(); closed != nil {
			t.Fatal(closed)
		}
		stopped := ctx.Err() != nil
		cancel()
		if err == nil {
			return
		}
		if !stopped || !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	t.Fatal("the import does not come to its end")
}
