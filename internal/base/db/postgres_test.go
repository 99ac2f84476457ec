package db_test

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/base/fault"
)

// Two that take the same two rows in opposite order: one of them is chosen to fail, and is run again unnoticed.
func TestADeadlockIsRunAgain(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.Postgres(t))
	prepare(t, d, `CREATE TABLE stock (id BIGINT NOT NULL PRIMARY KEY, n BIGINT NOT NULL)`, `INSERT INTO stock VALUES (1, 0), (2, 0)`)
	var met sync.WaitGroup
	met.Add(2)
	var runs atomic.Int32
	both := func(first, second int) error {
		once := sync.OnceFunc(func() { met.Done(); met.Wait() })
		return d.Write(t.Context(), func(tx *db.Tx) error {
			runs.Add(1)
			if _, err := tx.Exec(`UPDATE stock SET n = n + 1 WHERE id = $1`, first); err != nil {
				return err
			}
			once()
			_, err := tx.Exec(`UPDATE stock SET n = n + 1 WHERE id = $1`, second)
			return err
		})
	}
	var other error
	var all sync.WaitGroup
	all.Go(func() { other = both(2, 1) })
	if err := both(1, 2); err != nil {
		t.Error(err)
	}
	all.Wait()
	if other != nil {
		t.Error(other)
	}
	if n := runs.Load(); n < 3 || d.Stats().Retries < 1 {
		t.Errorf("%d runs, %d retries: there was no deadlock", n, d.Stats().Retries)
	}
	if n := one[int](t, d, `SELECT sum(n) FROM stock`); n != 4 {
		t.Errorf("%d increments, want 4", n)
	}
}

// A function of the server raises what a cluster or a stricter level would; so often, and then no more.
func TestHowOftenATransactionIsRunAgain(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.Postgres(t))
	prepare(t, d, `CREATE FUNCTION fail (code TEXT) RETURNS BIGINT LANGUAGE plpgsql AS $$ BEGIN RAISE 'made up' USING ERRCODE = code; END $$`,
		`CREATE TABLE n (i BIGINT NOT NULL)`)
	cases := []struct {
		name, code string
		failures   int
		kind       fault.Kind // of the outcome; Internal for none
		runs       int
	}{
		{"serialization failures", "40001", 4, -1, 5},
		{"a server that shuts down", "57P01", 2, -1, 3},
		{"a division by zero", "22012", 1, fault.Internal, 1},
		{"a broken constraint", "23505", 1, fault.Conflict, 1},
		{"without end", "40001", 1 << 30, fault.Unavailable, 18},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			runs := 0
			err := d.Write(t.Context(), func(tx *db.Tx) error {
				runs++
				if _, err := tx.Exec(`INSERT INTO n VALUES (1)`); err != nil {
					return err
				}
				if runs <= c.failures {
					_, err := tx.Exec(`SELECT fail($1)`, c.code)
					return err
				}
				return nil
			})
			if (err == nil) != (c.kind < 0) || err != nil && fault.KindOf(err) != c.kind || runs != c.runs {
				t.Errorf("%d runs, want %d; outcome %v", runs, c.runs, err)
			}
		})
	}
	t.Run("until the context ends", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		began := time.Now()
		err := d.Write(ctx, func(tx *db.Tx) error { _, err := tx.Exec(`SELECT fail('40001')`); return err })
		if err == nil || time.Since(began) > 5*time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
	})
}

func TestAFunctionsOwnErrorIsNotRunAgain(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.Postgres(t))
	runs := 0
	err := d.Write(t.Context(), func(*db.Tx) error { runs++; return &pgconn.PgError{Code: "40001"} })
	if err == nil || runs != 1 {
		t.Errorf("%d runs, %v", runs, err)
	}
}

func TestPausesDoubleUpToABound(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]time.Duration{1: 5 * time.Millisecond, 4: 40 * time.Millisecond, 12: time.Second, 60: time.Second} {
		different := map[time.Duration]bool{}
		for range 50 {
			p := db.Pause(n)
			different[p] = true
			if p < want/2 || p > want {
				t.Errorf("pause %d is %v, want %v to %v", n, p, want/2, want)
			}
		}
		if len(different) < 10 {
			t.Errorf("pause %d is not at random", n)
		}
	}
}

// The context of the caller ends a statement that waits, and the row is free again.
func TestAContextEndsATransactionOfPostgreSQL(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.Postgres(t))
	prepare(t, d, `CREATE TABLE n (i BIGINT NOT NULL)`, `INSERT INTO n VALUES (1)`)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	err := d.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(`UPDATE n SET i = 2`); err != nil {
			return err
		}
		_, err := tx.Exec(`SELECT pg_sleep(30)`)
		return err
	})
	if fault.KindOf(err) != fault.Unavailable || !errors.Is(err, context.DeadlineExceeded) || db.OutcomeUnknown(err) {
		t.Errorf("got %v", err)
	}
	if err := run(t.Context(), d, `UPDATE n SET i = 3 WHERE i = 1`); err != nil {
		t.Fatal(err)
	}
	if i := one[int](t, d, `SELECT i FROM n`); i != 3 {
		t.Errorf("i is %d", i)
	}
}

// A server that is stopped and started while many write: everybody goes on, and what was told is true.
func TestTheServerRestartsInMidTraffic(t *testing.T) {
	t.Parallel()
	server := dbtest.NewServer(t)
	d := dbtest.Open(t, db.Options{URL: server.URL, Connections: 8})
	prepare(t, d, `CREATE TABLE n (i BIGINT NOT NULL)`)
	stop := make(chan struct{})
	yes, no, unknown := map[int]bool{}, map[int]bool{}, 0
	var mutex sync.Mutex
	var all sync.WaitGroup
	for who := range 8 {
		all.Go(func() {
			for i := who * 1_000_000; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				err := d.Write(t.Context(), add(i))
				mutex.Lock()
				switch {
				case err == nil:
					yes[i] = true
				case db.OutcomeUnknown(err):
					unknown++
				case fault.KindOf(err) == fault.Unavailable:
					no[i] = true
				default:
					t.Error(err)
				}
				mutex.Unlock()
			}
		})
	}
	written := func() int { mutex.Lock(); defer mutex.Unlock(); return len(yes) }
	for round := range 4 {
		before := written()
		wait(t, "writes go on", func() bool { return written() > before+50 })
		if round%2 == 0 {
			server.Stop(t)
		} else {
			server.Kill(t)
		}
		server.Start(t)
	}
	before := written()
	wait(t, "writes go on", func() bool { return written() > before+50 })
	close(stop)
	all.Wait()
	tally(t, d, `SELECT i FROM n`, yes, no)
	if d.Stats().Retries == 0 {
		t.Error("nothing was run again: the restarts met no traffic")
	}
	t.Logf("%d acknowledged, %d refused, %d unknown, %d run again", len(yes), len(no), unknown, d.Stats().Retries)
}

// When the connection dies while the commit is on its way, nobody can know; it is said, and not tried again.
func TestACommitWhoseOutcomeIsUnknown(t *testing.T) {
	t.Parallel()
	o := dbtest.Postgres(t)
	d := dbtest.Open(t, o)
	// A deferred constraint trigger runs within COMMIT, and this one ends its own connection.
	prepare(t, d, `CREATE TABLE n (i BIGINT NOT NULL)`,
		`CREATE FUNCTION die () RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$`,
		`CREATE CONSTRAINT TRIGGER die AFTER INSERT ON n DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.i = 1) EXECUTE FUNCTION die()`)
	runs := 0
	err := d.Write(t.Context(), func(tx *db.Tx) error { runs++; return add(1)(tx) })
	if !db.OutcomeUnknown(err) || fault.KindOf(err) != fault.Unavailable || runs != 1 {
		t.Errorf("%d runs, %v", runs, err)
	}
	// A deferred constraint that is broken, on the other hand, is a plain no.
	prepare(t, d, `CREATE TABLE p (i BIGINT NOT NULL PRIMARY KEY)`,
		`CREATE TABLE q (i BIGINT NOT NULL REFERENCES p (i) DEFERRABLE INITIALLY DEFERRED)`)
	err = run(t.Context(), d, `INSERT INTO q VALUES (1)`)
	if db.OutcomeUnknown(err) || fault.KindOf(err) != fault.Invalid {
		t.Errorf("a deferred constraint: %v", err)
	}
}

func TestADatabaseThatSortsDifferentlyIsRefused(t *testing.T) {
	t.Parallel()
	o := dbtest.Postgres(t)
	plain, err := sql.Open("pgx", o.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	u, err := url.Parse(o.URL)
	if err != nil {
		t.Fatal(err)
	}
	for suffix, how := range map[string]string{"_icu": "LOCALE_PROVIDER icu ICU_LOCALE 'en'", "_latin": "ENCODING 'LATIN1' LOCALE 'C'"} {
		name := strings.TrimPrefix(u.Path, "/") + suffix
		if _, err := plain.Exec("CREATE DATABASE " + name + " TEMPLATE template0 " + how); err != nil {
			t.Fatal(err)
		}
		other := *u
		other.Path = "/" + name
		_, err := db.Open(t.Context(), db.Options{URL: other.String()})
		if fault.KindOf(err) != fault.Unavailable || !strings.Contains(err.Error(), "CREATE DATABASE") {
			t.Errorf("%s: %v", how, err)
		}
		if _, err := plain.Exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	}
}

func TestAServerThatIsNotThere(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	_, err := db.Open(ctx, db.Options{URL: "postgres://someone:secret@127.0.0.1:1/name"})
	if fault.KindOf(err) != fault.Unavailable || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v", err)
	}
	o := dbtest.Postgres(t)
	u, err := url.Parse(o.URL)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/regulars_nosuch"
	if _, err = db.Open(t.Context(), db.Options{URL: u.String()}); err == nil || !strings.Contains(err.Error(), "make it first") {
		t.Errorf("got %v", err)
	}
}
