package mirror_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/measure/mirror"
	"regulars/internal/measure/mirror/mirrortest"
	"regulars/internal/record/feed"
)

// TestNothingIsMissedOfWritersThatCommitLate has writers change orders in transactions of any length, while the copy is
// refreshed all the time. Every refresh is compared with the facts; at the end all of it is there, once.
func TestNothingIsMissedOfWritersThatCommitLate(t *testing.T) {
	t.Parallel()
	dbtest.EachOptions(t, func(t *testing.T, o db.Options) {
		d, _ := stored(t, o, orders(200, func(i int) string { return fmt.Sprint("c", i%20) }))
		f := following(t, d)
		refresh(t, f)
		var writing sync.WaitGroup
		var written atomic.Int64
		for w := range 4 {
			writing.Go(func() {
				r := rand.New(rand.NewPCG(uint64(w), 5))
				for i := range 40 {
					wait := time.Duration(r.IntN(4)*r.IntN(20)) * time.Millisecond
					err := d.Write(t.Context(), func(tx *db.Tx) error { return shuffle(tx, r, w, i, wait) })
					if err != nil {
						t.Error(err)
						return
					}
					written.Add(1)
				}
			})
		}
		over := make(chan struct{})
		go func() { writing.Wait(); close(over) }()
		for refreshes := 0; ; refreshes++ {
			if refreshes%5 == 4 {
				equal(t, f)
			} else {
				refresh(t, f)
			}
			select {
			case <-over:
				equal(t, f)
				want := fmt.Sprint(200 + 3*written.Load())
				same(t, "lines", ask(t, f, "SELECT count(*) FROM sales"), want)
				if refreshes < 3 {
					t.Errorf("only %d refreshes while others wrote", refreshes)
				}
				return
			default:
			}
		}
	})
}

// shuffle adds an order of three lines, changes one that is there, and waits before it commits.
func shuffle(tx *db.Tx, r *rand.Rand, writer, i int, wait time.Duration) error {
	customer, order := mirrortest.ID("customer", fmt.Sprint("c", r.IntN(20))), mirrortest.ID("made", fmt.Sprint(writer), fmt.Sprint(i))
	// The feed's number first, as in a transaction that has long begun when others commit.
	if err := feed.Add(tx, feed.Change{Customer: customer, Kind: feed.Order, Fact: order}); err != nil {
		return err
	}
	for line := range 3 {
		_, err := tx.Exec(`INSERT INTO sale_lines (customer_id, fact_id, line_no, order_id, sold_us, local_us, day, month, amount_minor, quantity,
			is_return, counts, attributes) VALUES ($1, $2, $3, $2, 0, 0, 0, 23640, $4, 1, $5, $6, '')`,
			customer, order, line+1, r.IntN(1000), false, true)
		if err != nil {
			return err
		}
	}
	old := r.IntN(200)
	who, which := mirrortest.ID("customer", fmt.Sprint("c", old%20)), mirrortest.ID("order", fmt.Sprint(old))
	if _, err := tx.Exec("UPDATE sale_lines SET amount_minor = amount_minor + 1 WHERE customer_id = $1 AND fact_id = $2", who, which); err != nil {
		return err
	}
	if err := feed.Add(tx, feed.Change{Customer: who, Kind: feed.Order, Fact: which}); err != nil {
		return err
	}
	time.Sleep(wait)
	return nil
}

// TestAnOldTransactionHoldsNothingBack leaves a transaction open while others commit.
func TestAnOldTransactionHoldsNothingBack(t *testing.T) {
	t.Parallel()
	d, _ := stored(t, dbtest.Postgres(t), orders(20, of("anna")))
	f := following(t, d)
	refresh(t, f)
	begun, end, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	who := mirrortest.ID("customer", "anna")
	raise := func(order string) string {
		return fmt.Sprintf("UPDATE sale_lines SET amount_minor = 1000 WHERE customer_id = %d AND fact_id = %d", who, mirrortest.ID("order", order))
	}
	go func() {
		done <- d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(raise("1"))
			err = errors.Join(err, feed.Add(tx, feed.Change{Customer: who, Kind: feed.Order, Fact: mirrortest.ID("order", "1")}))
			close(begun)
			<-end
			return err
		})
	}()
	<-begun
	change(t, d, []feed.Change{{Customer: who, Kind: feed.Order, Fact: mirrortest.ID("order", "2")}}, raise("2"))
	for range 2 { // the change is met again as long as the other transaction goes on
		if r := refresh(t, f); r.Changes < 1 || r.HeldBack <= 0 {
			t.Errorf("a later transaction has committed, an older one has not: %+v", r)
		}
		same(t, "sales", ask(t, f, "SELECT CAST(sum(amount_minor) AS BIGINT) FROM sales"), "1188")
	}
	equal(t, f)
	close(end)
	must(t, <-done)
	refresh(t, f)
	same(t, "sales", ask(t, f, "SELECT CAST(sum(amount_minor) AS BIGINT) FROM sales"), "2187")
	equal(t, f)
}

// TestRefreshThatFails ends refreshes in their middle, by their context: the copy stays at one of the two ends.
func TestRefreshThatFails(t *testing.T) {
	t.Parallel()
	d, l := stored(t, dbtest.SQLite(t), orders(3000, func(i int) string { return fmt.Sprint("c", i%100) }))
	path := filepath.Join(t.TempDir(), "copy.duckdb")
	f := follow(t, d, path)
	refresh(t, f)
	lines, failures := int64(3000), 0
	for i := range 12 {
		load(t, l, orders(300, of(fmt.Sprint("new", i))))
		lines += 300
		ctx, cancel := context.WithCancel(t.Context())
		if i == 0 {
			cancel()
		}
		stop := time.AfterFunc(time.Duration(2*i)*time.Millisecond, cancel)
		_, err := f.Refresh(ctx)
		stop.Stop()
		cancel()
		want := []string{fmt.Sprint(lines)}
		if err != nil {
			failures++
			want = []string{fmt.Sprint(lines - 300)}
		}
		if i%3 == 0 { // as after a program that ended
			closed(t, f)
			f = follow(t, d, path)
		}
		same(t, fmt.Sprintf("lines after refresh %d, which said %v", i, err), ask(t, f, "SELECT count(*) FROM sales"), want...)
		if err != nil {
			refresh(t, f)
		}
	}
	equal(t, f)
	closed(t, f)
	if failures == 0 {
		t.Error("no refresh was ended")
	}
}

// TestSourcesSeeOneMoment reads from a source while the copy moves on.
func TestSourcesSeeOneMoment(t *testing.T) {
	t.Parallel()
	dbtest.EachOptions(t, func(t *testing.T, o db.Options) {
		d, l := stored(t, o, orders(50, of("anna")))
		f := following(t, d)
		refresh(t, f)
		roads := []func(context.Context) (*mirror.Source, error){
			func(ctx context.Context) (*mirror.Source, error) { return f.Source(ctx, mirror.View{}) },
		}
		if d.Lends() {
			roads = append(roads, func(ctx context.Context) (*mirror.Source, error) { return mirror.Direct(ctx, d, mirror.View{}) })
		}
		var sources []*mirror.Source
		for _, open := range roads {
			s, err := open(t.Context())
			must(t, err)
			sources = append(sources, s)
		}
		load(t, l, orders(10, of("boris")))
		refresh(t, f)
		for _, s := range sources {
			if s.Facts.Lines != 50 || s.Taken.IsZero() {
				t.Errorf("facts %+v, taken %s", s.Facts, s.Taken)
			}
			same(t, "sales as they were", table(t, s, "SELECT count(*) FROM sales"), "50")
			must(t, s.Close())
		}
		for _, open := range roads {
			same(t, "sales as they are", asked(t, "SELECT count(*) FROM sales", open), "60")
		}
	})
}

// TestRunFollows lets the copy follow by itself until it has caught up.
func TestRunFollows(t *testing.T) {
	t.Parallel()
	d, l := stored(t, dbtest.SQLite(t), orders(50, of("anna")))
	f := following(t, d)
	ctx, stop := context.WithCancel(t.Context())
	over := make(chan struct{})
	go func() {
		defer close(over)
		f.Run(ctx, time.Millisecond, func(err error) { t.Error(err) })
	}()
	load(t, l, orders(50, of("boris")))
	for {
		s, err := f.Source(t.Context(), mirror.View{})
		if err != nil { // not filled yet
			continue
		}
		lines := s.Facts.Lines
		must(t, s.Close())
		if lines == 100 {
			break
		}
	}
	stop()
	<-over
	equal(t, f)
}
