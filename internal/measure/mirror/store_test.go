package mirror_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"regulars/internal/base/columnar"
	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/base/fault"
	"regulars/internal/measure/mirror"
	"regulars/internal/measure/mirror/mirrortest"
	"regulars/internal/record/fact"
	"regulars/internal/record/feed"
	"regulars/internal/record/schema"
)

// stored makes a store with the facts of the batches.
func stored(t *testing.T, o db.Options, batches ...*fact.Batch) (*db.DB, *mirrortest.Loader) {
	t.Helper()
	d := dbtest.Open(t, o)
	if err := schema.Migrate(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	l := mirrortest.New(d)
	for _, b := range batches {
		load(t, l, b)
	}
	return d, l
}

func load(t *testing.T, l *mirrortest.Loader, b *fact.Batch) {
	t.Helper()
	if err := l.Load(t.Context(), b); err != nil {
		t.Fatal(err)
	}
}

// following opens a copy in a file of the test's own.
func following(t *testing.T, d *db.DB) *mirror.Follower {
	t.Helper()
	f := follow(t, d, filepath.Join(t.TempDir(), "copy.duckdb"))
	t.Cleanup(func() { closed(t, f) })
	return f
}

func follow(t *testing.T, d *db.DB, path string) *mirror.Follower {
	t.Helper()
	f, err := mirror.Follow(t.Context(), d, mirror.Options{Path: path, Memory: "200MB", Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func closed(t *testing.T, f *mirror.Follower) {
	t.Helper()
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}

func refresh(t *testing.T, f *mirror.Follower) mirror.Refreshed {
	t.Helper()
	r, err := f.Refresh(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// equal demands that the copy is what the facts are.
func equal(t *testing.T, f *mirror.Follower) {
	t.Helper()
	differences, err := f.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range differences {
		t.Error(d)
	}
}

// change runs statements, and tells the feed.
func change(t *testing.T, d *db.DB, changes []feed.Change, statements ...string) {
	t.Helper()
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		for _, s := range statements {
			if _, err := tx.Exec(s); err != nil {
				return err
			}
		}
		return feed.Add(tx, changes...)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// ask reads a query over the views of the copy.
func ask(t *testing.T, f *mirror.Follower, query string) []string {
	t.Helper()
	return asked(t, query, func(ctx context.Context) (*mirror.Source, error) { return f.Source(ctx, mirror.View{}) })
}

func asked(t *testing.T, query string, open func(context.Context) (*mirror.Source, error)) []string {
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
	return table(t, s, query)
}

func orders(n int, customer func(int) string) *fact.Batch {
	b := &fact.Batch{Attributes: []string{"store"}}
	for i := range n {
		b.Sales = append(b.Sales, fact.Sale{
			Customer: customer(i), Order: fmt.Sprint(i), AmountMinor: int64(i), Moment: moment("2023-01-01T10:00:00"),
			Product: fmt.Sprint("p", i%3), Attributes: []string{fmt.Sprint("s", i%2)},
		})
	}
	return b
}

func of(name string) func(int) string { return func(int) string { return name } }

const totals = "SELECT count(*), CAST(sum(amount_minor) AS BIGINT), count(DISTINCT customer_id), count(DISTINCT attribute_0) FROM sales"

func TestCopyFollows(t *testing.T) {
	t.Parallel()
	dbtest.EachOptions(t, func(t *testing.T, o db.Options) {
		d, l := stored(t, o, orders(5000, func(i int) string { return fmt.Sprint("c", i%100) }))
		f := following(t, d)
		if r := refresh(t, f); !r.Rebuilt {
			t.Error("the first refresh does not build the copy")
		}
		same(t, "sales", ask(t, f, totals), "5000 12497500 100 2")
		again := func(r mirror.Refreshed) bool {
			// On PostgreSQL whatever else runs on the server may have changes met again.
			return d.Lends() && r.Changes > 0
		}
		if r := refresh(t, f); r.Rebuilt || r.Changes != 0 && !again(r) {
			t.Errorf("nothing changed, and the refresh says %+v", r)
		}
		load(t, l, orders(10, of("new")))
		if r := refresh(t, f); r.Rebuilt || r.Changes != 11 && !again(r) {
			t.Errorf("ten orders and a customer are new, and the refresh says %+v", r)
		}
		same(t, "sales", ask(t, f, totals), "5010 12497545 101 2")
		more := orders(3000, of("more"))
		more.Attributes = []string{"Till"} // an attribute that the copy has not met
		load(t, l, more)
		refresh(t, f)
		same(t, "tills", ask(t, f, "SELECT attribute_1, count(attribute_0), count(*) FROM sales GROUP BY 1"), "NULL 5010 5010", "s0 0 1500", "s1 0 1500")
		equal(t, f)
	})
}

func TestFactsThatAreCorrected(t *testing.T) {
	t.Parallel()
	dbtest.EachOptions(t, func(t *testing.T, o db.Options) {
		d, _ := stored(t, o, orders(200, func(i int) string { return fmt.Sprint("c", i%5) }))
		f := following(t, d)
		refresh(t, f)
		who, order := mirrortest.ID("customer", "c1"), mirrortest.ID("order", "1")
		change(t, d, []feed.Change{{Customer: who, Kind: feed.Order, Fact: order}},
			fmt.Sprintf("UPDATE sale_lines SET counts = FALSE WHERE customer_id = %d AND fact_id = %d", who, order))
		if r := refresh(t, f); r.Changes < 1 {
			t.Errorf("one order was cancelled, and the refresh says %+v", r)
		}
		same(t, "sales", ask(t, f, "SELECT count(*), CAST(sum(amount_minor) AS BIGINT) FROM sales"), "199 19899")
		change(t, d, []feed.Change{{Customer: who, Kind: feed.Order, Fact: order}},
			fmt.Sprintf("DELETE FROM sale_lines WHERE customer_id = %d AND fact_id = %d", who, order))
		refresh(t, f)
		same(t, "sales", ask(t, f, "SELECT count(*) FROM sales"), "199")
		equal(t, f)
	})
}

func TestWhoWasMerged(t *testing.T) {
	t.Parallel()
	batches := []*fact.Batch{
		orders(6, func(i int) string { return fmt.Sprint("c", i%3) }),
		{Sales: []fact.Sale{{AmountMinor: 500, Moment: moment("2023-01-02T10:00:00")}, {AmountMinor: 70, Moment: moment("2023-01-02T10:00:00")}}},
		{Answers: []fact.Answer{{Kind: "nps", Moment: moment("2023-01-03T10:00:00")}, {Kind: "nps", Customer: "c1", Moment: moment("2023-01-03T10:00:00")}}},
	}
	dbtest.EachOptions(t, func(t *testing.T, o db.Options) {
		d, _ := stored(t, o, batches...)
		f := following(t, d)
		refresh(t, f)
		root, away := mirrortest.ID("customer", "c0"), mirrortest.ID("customer", "c1")
		nobody, somebody := -mirrortest.ID("nobody", "7"), -mirrortest.ID("nobody", "9") // the first sale, the first answer
		alias := func(id int64) string {
			return fmt.Sprintf("INSERT INTO aliases (customer_id, into_id, root_id, merged_us) VALUES (%d, %d, %d, 0)", id, root, root)
		}
		views := func(what string, sales, nobodys, people, answers []string) {
			t.Helper()
			roads := map[string]func(context.Context) (*mirror.Source, error){
				"copy": func(ctx context.Context) (*mirror.Source, error) { return f.Source(ctx, mirror.View{}) },
			}
			if d.Lends() {
				roads["database"] = func(ctx context.Context) (*mirror.Source, error) { return mirror.Direct(ctx, d, mirror.View{}) }
			}
			for road, open := range roads {
				what := what + ", " + road
				same(t, what+": sales", asked(t, "SELECT c.reference, count(*), CAST(sum(s.amount_minor) AS BIGINT) FROM sales s JOIN customers c ON c.customer_id = s.customer_id GROUP BY 1", open), sales...)
				same(t, what+": sales to nobody known", asked(t, "SELECT day, amount_minor FROM anonymous_sales", open), nobodys...)
				same(t, what+": customers", asked(t, "SELECT reference FROM customers", open), people...)
				same(t, what+": answers", asked(t, "SELECT c.reference FROM answers a LEFT JOIN customers c ON c.customer_id = a.customer_id", open), answers...)
			}
			equal(t, f)
		}
		views("before", []string{"c0 2 3", "c1 2 5", "c2 2 7"}, []string{"19359 570"}, []string{"c0", "c1", "c2"}, []string{"NULL", "c1"})
		change(t, d, []feed.Change{{Customer: root, Kind: feed.Alias}, {Customer: away, Kind: feed.Alias}}, alias(away))
		refresh(t, f)
		views("merged", []string{"c0 4 8", "c2 2 7"}, []string{"19359 570"}, []string{"c0", "c2"}, []string{"NULL", "c0"})
		change(t, d, []feed.Change{{Customer: nobody, Kind: feed.Alias}}, alias(nobody), alias(somebody))
		refresh(t, f)
		views("known", []string{"c0 5 508", "c2 2 7"}, []string{"19359 70"}, []string{"c0", "c2"}, []string{"c0", "c0"})
		change(t, d, []feed.Change{{Customer: root, Kind: feed.Alias}}, "DELETE FROM aliases")
		refresh(t, f)
		views("undone", []string{"c0 2 3", "c1 2 5", "c2 2 7"}, []string{"19359 570"}, []string{"c0", "c1", "c2"}, []string{"NULL", "c1"})
	})
}

func TestWhoWasErased(t *testing.T) {
	t.Parallel()
	const secret = "anna.papadopoulou@example.org"
	dbtest.EachOptions(t, func(t *testing.T, o db.Options) {
		d, _ := stored(t, o, orders(3000, func(i int) string { return fmt.Sprint("c", i%1000) }), orders(2, of(secret)),
			&fact.Batch{Attributes: []string{"nickname"}, Customers: []fact.Customer{{Customer: secret, Attributes: []string{"annoula-the-great"}}}})
		path := filepath.Join(t.TempDir(), "copy.duckdb")
		f := follow(t, d, path)
		refresh(t, f)
		if !found(t, path, secret) && !found(t, path+".wal", secret) {
			t.Error("the copy does not have the customer to begin with")
		}
		id := mirrortest.ID("customer", secret)
		change(t, d, []feed.Change{{Customer: id, Kind: feed.Customer}},
			fmt.Sprintf("UPDATE customers SET reference = '', attributes = '', erased_us = 1 WHERE customer_id = %d", id))
		refresh(t, f)
		same(t, "what is left", ask(t, f, `SELECT c.reference, c.attribute_0, count(*) FROM sales s JOIN customers c ON c.customer_id = s.customer_id
			WHERE c.reference IS NULL GROUP BY 1, 2`), "NULL NULL 2")
		equal(t, f)
		closed(t, f)
		f = follow(t, d, path) // whoever opens it next makes a new file
		if r := refresh(t, f); !r.Rebuilt {
			t.Error("the file is still the one with the traces")
		}
		if r := refresh(t, f); r.Rebuilt {
			t.Error("the file is made anew again and again")
		}
		closed(t, f)
		for _, trace := range []string{secret, "annoula"} {
			if found(t, path, trace) || found(t, path+".wal", trace) {
				t.Errorf("the file of the copy still has %s", trace)
			}
		}
	})
}

func found(t *testing.T, path, trace string) bool {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return len(text) > 0 && containsText(text, trace)
}

// TestWhenTheCopyIsMadeAnew goes through what may have become of the file.
func TestWhenTheCopyIsMadeAnew(t *testing.T) {
	t.Parallel()
	inside := func(statement string) func(t *testing.T, path string) {
		return func(t *testing.T, path string) {
			t.Helper()
			c, err := columnar.Open(t.Context(), path, columnar.Options{Threads: 1})
			if err == nil {
				_, err = c.ExecContext(t.Context(), statement)
				err = errors.Join(err, c.Close())
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	write := func(text string) func(t *testing.T, path string) {
		return func(t *testing.T, path string) {
			t.Helper()
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	for what, spoil := range map[string]func(t *testing.T, path string){
		"deleted":            func(t *testing.T, path string) { t.Helper(); must(t, os.Remove(path)) },
		"empty":              write(""),
		"something else":     write("these are not the rows you are looking for, whatever their number may be"),
		"cut off":            func(t *testing.T, path string) { t.Helper(); must(t, os.Truncate(path, 9000)) },
		"another format":     inside("UPDATE copy_state SET format = 0"),
		"another store":      inside("UPDATE copy_state SET store = 'another'"),
		"of the future":      inside("UPDATE copy_state SET serial = 9000000000000000"),
		"half made":          inside("DELETE FROM copy_state"),
		"without a table":    inside("DROP TABLE sale_lines"),
		"of another program": inside("CREATE OR REPLACE TABLE copy_state (other INTEGER)"),
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			d, l := stored(t, dbtest.SQLite(t), orders(300, func(i int) string { return fmt.Sprint("c", i%7) }))
			path := filepath.Join(t.TempDir(), "copy.duckdb")
			f := follow(t, d, path)
			refresh(t, f)
			closed(t, f)
			spoil(t, path)
			load(t, l, orders(5, of("new")))
			f = follow(t, d, path)
			defer closed(t, f)
			if r := refresh(t, f); !r.Rebuilt {
				t.Error("the copy was not made anew")
			}
			same(t, "sales", ask(t, f, totals), "305 44860 8 2")
			equal(t, f)
		})
	}
}

func TestFeedThatDoesNotReachBack(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		must(t, schema.Migrate(t.Context(), d))
		l := mirrortest.New(d)
		load(t, l, orders(100, of("anna")))
		f := following(t, d)
		now := func() (at feed.Position) {
			t.Helper()
			must(t, d.Read(t.Context(), func(tx *db.Tx) (err error) { at, err = feed.Now(tx); return err }))
			return at
		}
		refresh(t, f)
		seen := now()
		load(t, l, orders(50, of("boris")))
		load(t, l, orders(2, of("dora")))
		// A transaction of anybody else on the server may hold the feed back for a while.
		for deadline := time.Now().Add(time.Minute); now().Serial <= seen.Serial+1; time.Sleep(10 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal("the feed does not move on")
			}
		}
		must(t, d.Write(t.Context(), func(tx *db.Tx) error {
			now, err := feed.Now(tx)
			if err != nil {
				return err
			}
			now.Serial += 1000 // as a later reader has it
			return feed.Cut(tx, now)
		}))
		load(t, l, orders(1, of("vera")))
		if r := refresh(t, f); !r.Rebuilt {
			t.Error("the feed was cut behind the copy, and the copy was not made anew")
		}
		same(t, "sales", ask(t, f, "SELECT count(*) FROM sales"), "153")
		equal(t, f)
	})
}

func TestCopyThatIsOpenElsewhere(t *testing.T) {
	t.Parallel()
	if path := os.Getenv("REGULARS_TEST_HOLDS"); path != "" {
		holdOpen(t, path)
		return
	}
	d, _ := stored(t, dbtest.SQLite(t), orders(10, of("anna")))
	path := filepath.Join(t.TempDir(), "copy.duckdb")
	closed(t, follow(t, d, path))
	release := elsewhere(t, path)
	if _, err := mirror.Follow(t.Context(), d, mirror.Options{Path: path}); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("the copy is open in another process, and opening it says %v", err)
	}
	release()
	if _, err := os.Stat(path); err != nil {
		t.Errorf("the copy of another process was removed: %v", err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
