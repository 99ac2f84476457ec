package feed_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/record/feed"
	"regulars/internal/record/schema"
)

func migrated(t *testing.T, d *db.DB) {
	t.Helper()
	if err := schema.Migrate(t.Context(), d); err != nil {
		t.Fatal(err)
	}
}

func add(t *testing.T, d *db.DB, customers ...int64) {
	t.Helper()
	err := d.Write(context.WithoutCancel(t.Context()), func(tx *db.Tx) error {
		for _, c := range customers {
			if err := feed.Add(tx, feed.Change{Customer: c, Kind: feed.Order, Fact: c}, feed.Change{Customer: c, Kind: feed.Order, Fact: c}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// since gives the customers that changed, in order.
func since(t *testing.T, d *db.DB, from feed.Position) (changed []int64, to feed.Position, known bool) {
	t.Helper()
	err := d.Read(t.Context(), func(tx *db.Tx) (err error) {
		changed = nil
		to, known, err = feed.Since(tx, from, func(c feed.Change) error {
			changed = append(changed, c.Customer)
			return nil
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(changed)
	return changed, to, known
}

// now is the position behind everything that was added: on PostgreSQL whatever else runs on the server may hold it back.
func now(t *testing.T, d *db.DB) (p feed.Position) {
	t.Helper()
	for newest := int64(1); p.Serial <= newest && t.Context().Err() == nil; {
		if err := d.Read(t.Context(), func(tx *db.Tx) (err error) {
			if p, err = feed.Now(tx); err != nil {
				return err
			}
			return tx.QueryRow("SELECT coalesce(max(serial), 0) FROM changes").Scan(&newest)
		}); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func TestAReaderMeetsEachChange(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		migrated(t, d)
		add(t, d, 1)
		begin := now(t, d)
		add(t, d, 2, 3)
		add(t, d, 3)
		if changed := until(t, d, begin, 2); !slices.Equal(changed, []int64{2, 3}) {
			t.Errorf("changed %v, want 2 and 3", changed)
		}
		next := now(t, d)
		add(t, d, 4)
		if changed := until(t, d, next, 1); !slices.Equal(changed, []int64{4}) {
			t.Errorf("changed %v, want 4", changed)
		}
	})
}

// A transaction that began to write before others and commits after them is met all the same: by its number alone a
// reader that came by in between would have passed it. It holds nobody back, but what the others did is met again.
func TestALateCommitIsMet(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.Postgres(t))
	migrated(t, d)
	begin := now(t, d)
	wrote, finish, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		done <- d.Write(context.WithoutCancel(t.Context()), func(tx *db.Tx) error {
			err := feed.Add(tx, feed.Change{Customer: 1, Kind: feed.Order})
			close(wrote)
			<-finish
			return err
		})
	}()
	<-wrote
	add(t, d, 2)
	changed, next, _ := since(t, d, begin)
	if !slices.Equal(changed, []int64{2}) {
		t.Errorf("changed %v, want 2, while an earlier transaction is still open", changed)
	}
	var held int64
	if err := d.Read(t.Context(), func(tx *db.Tx) (err error) { held, err = tx.HeldBack(); return err }); err != nil || held <= 0 {
		t.Errorf("held back for %d microseconds (%v)", held, err)
	}
	close(finish)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if changed = until(t, d, next, 2); !slices.Equal(changed, []int64{1, 2}) {
		t.Errorf("changed %v, want 1 and 2", changed)
	}
}

// until reads on until so many changes have come: on PostgreSQL whatever else runs on the server may hold them back.
func until(t *testing.T, d *db.DB, from feed.Position, n int) (all []int64) {
	t.Helper()
	for t.Context().Err() == nil && len(all) < n {
		var more []int64
		var known bool
		if more, from, known = since(t, d, from); !known {
			t.Fatal("the feed is not known any more")
		}
		all = append(all, more...)
	}
	slices.Sort(all)
	return all
}

func TestARolledBackChangeIsNone(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		migrated(t, d)
		begin := now(t, d)
		mistake := errors.New("mistake")
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			return errors.Join(feed.Add(tx, feed.Change{Customer: 1, Kind: feed.Order}), mistake)
		}); !errors.Is(err, mistake) {
			t.Fatal(err)
		}
		add(t, d, 2)
		if changed := until(t, d, begin, 1); !slices.Equal(changed, []int64{2}) {
			t.Errorf("changed %v, want 2", changed)
		}
	})
}

func TestAReaderThatWasAwayTooLongBeginsAnew(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		migrated(t, d)
		begin := now(t, d)
		add(t, d, 1)
		middle := now(t, d)
		add(t, d, 2)
		if err := d.Write(t.Context(), func(tx *db.Tx) error { return feed.Cut(tx, middle) }); err != nil {
			t.Fatal(err)
		}
		if _, _, known := since(t, d, begin); known {
			t.Error("the feed is said to reach back to where it was cut")
		}
		if changed := until(t, d, middle, 1); !slices.Equal(changed, []int64{2}) {
			t.Errorf("changed %v, want 2", changed)
		}
		// All of it cut, numbers still go on.
		end := now(t, d)
		if err := d.Write(t.Context(), func(tx *db.Tx) error { return feed.Cut(tx, end) }); err != nil {
			t.Fatal(err)
		}
		add(t, d, 3)
		if changed := until(t, d, end, 1); !slices.Equal(changed, []int64{3}) {
			t.Errorf("changed %v, want 3", changed)
		}
		// A store that was made anew from a copy is another one.
		if err := d.Write(t.Context(), func(tx *db.Tx) error { return schema.Name(tx, true) }); err != nil {
			t.Fatal(err)
		}
		if _, _, known := since(t, d, end); known {
			t.Error("the feed of another store is taken for the one before")
		}
	})
}
