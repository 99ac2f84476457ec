package db_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/base/fault"
)

// group holds the writer up until all writes are queued, so that they are committed together; their outcomes come back
// in their order.
func group(t *testing.T, d *db.DB, writes ...func(*db.Tx) error) []error {
	t.Helper()
	outcomes := make([]error, len(writes))
	var all sync.WaitGroup
	full := make(chan struct{})
	started := make(chan struct{})
	start := sync.OnceFunc(func() { close(started) })
	all.Go(func() {
		if err := d.Write(t.Context(), func(*db.Tx) error { start(); <-full; return nil }); err != nil {
			t.Errorf("the first of the group: %v", err)
		}
	})
	<-started
	for i, fn := range writes {
		all.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					outcomes[i] = fmt.Errorf("panic: %v", p)
				}
			}()
			outcomes[i] = d.Write(t.Context(), fn)
		})
		wait(t, "the write is queued", func() bool { return db.Waiting(d) == i+1 })
	}
	close(full)
	all.Wait()
	return outcomes
}

// wait waits for something that is about to happen.
func wait(t *testing.T, what string, happened func() bool) {
	t.Helper()
	for range 5000 {
		if happened() {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatalf("waited in vain until %s", what)
}

func add(i int) func(*db.Tx) error {
	return func(tx *db.Tx) error { _, err := tx.Exec(`INSERT INTO n VALUES ($1)`, i); return err }
}

// numbers opens an SQLite database with a table n of numbers.
func numbers(t *testing.T, o db.Options) *db.DB {
	t.Helper()
	o.GroupTime = time.Minute // by the tests' own doing
	d := dbtest.Open(t, o)
	prepare(t, d, `CREATE TABLE n (i BIGINT NOT NULL)`, `CREATE TABLE u (i BIGINT NOT NULL PRIMARY KEY)`)
	return d
}

func present(t *testing.T, d *db.DB) string {
	t.Helper()
	return one[string](t, d, `SELECT coalesce(group_concat(i, ' ' ORDER BY i), '') FROM n`)
}

func TestSQLiteIsAsSafeAsAsked(t *testing.T) {
	t.Parallel()
	d := numbers(t, dbtest.SQLite(t))
	for _, c := range []struct {
		name    string
		writing bool
		want    string
	}{
		{"synchronous", true, "2"}, {"journal_mode", true, "wal"}, {"foreign_keys", true, "1"}, {"query_only", true, "0"},
		{"busy_timeout", true, "5000"}, {"cache_size", true, "-32768"}, {"journal_size_limit", true, "67108864"},
		{"query_only", false, "1"}, {"journal_mode", false, "wal"}, {"cache_size", false, "-8192"},
	} {
		if got, err := db.Pragma(t.Context(), d, c.writing, c.name); err != nil || got != c.want {
			t.Errorf("%s (writing: %v) is %q, want %q; %v", c.name, c.writing, got, c.want, err)
		}
	}
}

func TestAGroupIsOneCommit(t *testing.T) {
	t.Parallel()
	d := numbers(t, dbtest.SQLite(t))
	before := d.Stats()
	var writes []func(*db.Tx) error
	for i := range 50 {
		writes = append(writes, add(i))
	}
	for _, err := range group(t, d, writes...) {
		if err != nil {
			t.Error(err)
		}
	}
	after := d.Stats()
	if commits, n := after.Commits-before.Commits, after.Writes-before.Writes; commits != 1 || n != 51 {
		t.Errorf("%d writes in %d commits, want 51 in 1", n, commits)
	}
	if n := one[int](t, d, `SELECT count(DISTINCT i) FROM n`); n != 50 {
		t.Errorf("%d numbers", n)
	}
}

// A group in which everything that a caller can do wrong happens to single ones: the others do not notice.
func TestTroubleInAGroupIsItsCallersOwn(t *testing.T) {
	t.Parallel()
	d := numbers(t, dbtest.SQLite(t))
	ctx, cancel := context.WithCancel(t.Context())
	refused := errors.New("refused")
	interrupted := make(chan error, 1)
	outcomes := group(t, d,
		add(1),
		func(tx *db.Tx) error { return errors.Join(add(2)(tx), refused) },
		func(tx *db.Tx) error { _ = add(3)(tx); panic("three") },
		func(tx *db.Tx) error { _ = add(4)(tx); exit(); return nil },
		func(tx *db.Tx) error { _ = add(5)(tx); _, err := tx.Exec(`no SQL`); return err },
		func(tx *db.Tx) error {
			_ = add(6)(tx)
			_, _ = tx.Exec(`INSERT INTO u VALUES (1), (1)`)
			return add(60)(tx) // the transaction has failed: refused, whatever the function thinks of it
		},
		// Another caller's context ends inside his savepoint, in the middle of a statement.
		func(*db.Tx) error {
			go func() {
				interrupted <- d.Write(ctx, func(tx *db.Tx) error {
					if err := add(7)(tx); err != nil {
						return err
					}
					time.AfterFunc(5*time.Millisecond, cancel)
					var n int
					err := tx.QueryRow(`WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 300000) SELECT count(*) FROM c`).Scan(&n)
					if ctx.Err() == nil {
						cancel()
					}
					return errors.Join(err, add(70)(tx))
				})
			}()
			wait(t, "the interrupted write is queued", func() bool { return db.Waiting(d) > 0 })
			return nil
		},
		func(tx *db.Tx) error { _, err := tx.Query(`SELECT i FROM n`); return errors.Join(err, add(8)(tx)) }, // rows left open
		add(9),
	)
	for i, says := range []string{"", "refused", "panic: three", "", "syntax error", "the same values already", "", "", ""} {
		if err := outcomes[i]; (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("outcome %d is %v, want %q", i, err, says)
		}
	}
	if err := <-interrupted; err != nil {
		t.Errorf("a context that ended under way failed its write: %v", err)
	}
	if got := present(t, d); got != "1 7 8 9 70" {
		t.Errorf("%s are there, want 1 7 8 9 70", got)
	}
}

// What a member of the group wrote is seen by those behind it, and whoever fails on it is told only when it is certain.
func TestMembersOfAGroupSeeEachOther(t *testing.T) {
	t.Parallel()
	d := numbers(t, dbtest.SQLite(t))
	claim := func(tx *db.Tx) error { _, err := tx.Exec(`INSERT INTO u VALUES (1)`); return err }
	outcomes := group(t, d, claim, claim, claim)
	if outcomes[0] != nil || !db.Violates(outcomes[1], "u_pkey") || !db.Violates(outcomes[2], "u_pkey") {
		t.Errorf("outcomes %v", outcomes)
	}
}

func TestWhoStopsWaitingIsNotWritten(t *testing.T) {
	t.Parallel()
	d := numbers(t, dbtest.SQLite(t))
	started, leave := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		_ = d.Write(t.Context(), func(*db.Tx) error { close(started); <-leave; return nil })
	})
	<-started
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, cancel)
	err := d.Write(ctx, add(1))
	if fault.KindOf(err) != fault.Unavailable || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	close(leave)
	all.Wait()
	if err := d.Write(t.Context(), add(2)); err != nil {
		t.Fatal(err)
	}
	if got := present(t, d); got != "2" {
		t.Errorf("%q is there, want 2", got)
	}
}

func TestAFullQueueIsSaidSo(t *testing.T) {
	t.Parallel()
	o := dbtest.SQLite(t)
	o.Queue = 2
	d := numbers(t, o)
	started, leave := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() { _ = d.Write(t.Context(), func(*db.Tx) error { close(started); <-leave; return nil }) })
	<-started
	for i := range 2 {
		all.Go(func() {
			if err := d.Write(t.Context(), add(i)); err != nil {
				t.Error(err)
			}
		})
		wait(t, "the write is queued", func() bool { return db.Waiting(d) == i+1 })
	}
	err := d.Write(t.Context(), add(3))
	if fault.KindOf(err) != fault.Unavailable || err == nil || !strings.Contains(err.Error(), "too many writes") {
		t.Errorf("a third in a queue of two: %v", err)
	}
	close(leave)
	all.Wait()
	if got := present(t, d); got != "0 1" {
		t.Errorf("%s are there, want 0 1", got)
	}
}

// Closing finishes what is queued.
func TestClosingLosesNobody(t *testing.T) {
	t.Parallel()
	o := dbtest.SQLite(t)
	d := numbers(t, o)
	var all sync.WaitGroup
	outcomes := make(chan error, 100)
	for i := range cap(outcomes) {
		all.Go(func() {
			err := d.Write(t.Context(), add(i))
			outcomes <- err
		})
	}
	time.Sleep(time.Millisecond)
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	all.Wait()
	close(outcomes)
	acknowledged := 0
	for err := range outcomes {
		if err == nil {
			acknowledged++
		} else if fault.KindOf(err) != fault.Unavailable {
			t.Error(err)
		}
	}
	if n := one[int](t, dbtest.Open(t, o), `SELECT count(*) FROM n`); n != acknowledged {
		t.Errorf("%d are there, %d were acknowledged", n, acknowledged)
	}
}

func TestADatabaseLockedByAnotherProgram(t *testing.T) {
	t.Parallel()
	o := dbtest.SQLite(t)
	o.BusyWait = 50 * time.Millisecond
	d := numbers(t, o)
	other, err := sql.Open("sqlite", o.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	other.SetMaxOpenConns(1)
	if _, err := other.Exec(`BEGIN IMMEDIATE`); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			err := d.Write(t.Context(), add(i))
			if fault.KindOf(err) != fault.Unavailable || !strings.Contains(err.Error(), "locked by another program") {
				t.Errorf("got %v", err)
			}
		})
	}
	all.Wait()
	if _, err := other.Exec(`ROLLBACK`); err != nil {
		t.Fatal(err)
	}
	if err := d.Write(t.Context(), add(20)); err != nil {
		t.Fatal(err)
	}
	if got := present(t, d); got != "20" {
		t.Errorf("%s are there, want 20 alone", got)
	}
}

func TestPreparedStatementsAreBounded(t *testing.T) {
	t.Parallel()
	d := numbers(t, dbtest.SQLite(t))
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		for i := range 3 * db.StatementsKept {
			if _, err := tx.Exec(fmt.Sprintf(`INSERT INTO n VALUES (%d)`, i)); err != nil {
				return err
			}
		}
		// The same statement within itself.
		outer, err := tx.Query(`SELECT i FROM n WHERE i < $1`, 10)
		if err != nil {
			return err
		}
		defer outer.Close()
		for outer.Next() {
			var i, n int
			if err := outer.Scan(&i); err != nil {
				return err
			}
			inner, err := column(tx, `SELECT i FROM n WHERE i < $1`, i)
			if n = len(inner); err != nil || n != i {
				t.Errorf("%d below %d, %v", n, i, err)
			}
		}
		return outer.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := db.Prepared(t.Context(), d); err != nil || n > db.StatementsKept {
		t.Errorf("%d statements are kept, %v", n, err)
	}
}
