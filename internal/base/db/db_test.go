package db_test

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/base/fault"
)

// prepare runs statements, each in a transaction of its own.
func prepare(t *testing.T, d *db.DB, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if err := d.Write(t.Context(), func(tx *db.Tx) error { _, err := tx.Exec(s); return err }); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// run is a Write of one statement.
func run(ctx context.Context, d *db.DB, query string, args ...any) error {
	return d.Write(ctx, func(tx *db.Tx) error { _, err := tx.Exec(query, args...); return err })
}

// one reads a single value.
func one[T any](t *testing.T, d *db.DB, query string, args ...any) T {
	t.Helper()
	var v T
	if err := d.Read(t.Context(), func(tx *db.Tx) error { return tx.QueryRow(query, args...).Scan(&v) }); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return v
}

// column reads a column of texts, in the order of the query.
func column(tx *db.Tx, query string, args ...any) ([]string, error) {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var v string
		if err := rows.Scan(&v); err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		prepare(t, d, `CREATE TABLE item (id BIGINT NOT NULL PRIMARY KEY, name TEXT, price DOUBLE PRECISION, sold BOOLEAN, at BIGINT, picture BYTEA)`)
		type word string
		at := time.Date(2024, 2, 29, 23, 59, 59, 123456789, time.FixedZone("", 7200))
		if err := run(t.Context(), d, `INSERT INTO item VALUES ($1, $2, $3, $4, $5, $6), (2, NULL, NULL, NULL, $7, NULL)`,
			1, word("Kaffee ☕"), 2.5, true, at, []byte{0, 255}, sql.Null[time.Time]{}); err != nil {
			t.Fatal(err)
		}
		err := d.Read(t.Context(), func(tx *db.Tx) error {
			var id int64
			var name string
			var price float64
			var sold bool
			var when time.Time
			var picture []byte
			if err := tx.QueryRow(`SELECT id, name, price, sold, at, picture FROM item WHERE id = $1 AND sold = $2`, 1, true).
				Scan(&id, &name, &price, &sold, &when, &picture); err != nil {
				return err
			}
			want := at.UTC().Truncate(time.Microsecond)
			if id != 1 || name != "Kaffee ☕" || price != 2.5 || !sold || !when.Equal(want) || when.Location() != time.UTC ||
				!slices.Equal(picture, []byte{0, 255}) {
				t.Errorf("got %d %q %v %v %v %v", id, name, price, sold, when, picture)
			}
			var none sql.Null[time.Time]
			var nameless *string
			if err := tx.QueryRow(`SELECT at, name FROM item WHERE id = 2`).Scan(&none, &nameless); err != nil {
				return err
			}
			if none.Valid || nameless != nil {
				t.Errorf("null came back as %v, %v", none, nameless)
			}
			if err := tx.QueryRow(`SELECT at FROM item WHERE id = 2`).Scan(&when); err == nil {
				t.Error("a null went into a moment")
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestRowsTouchedAreCountedAndReturned(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		prepare(t, d, `CREATE TABLE stock (id BIGINT NOT NULL PRIMARY KEY, n BIGINT NOT NULL)`)
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			if n, err := tx.Exec(`INSERT INTO stock VALUES (1, 1), (2, 5), (3, 0)`); err != nil || n != 3 {
				t.Errorf("inserted %d, %v", n, err)
			}
			if n, err := tx.Exec(`UPDATE stock SET n = n - 1 WHERE n > 0`); err != nil || n != 2 {
				t.Errorf("updated %d, %v", n, err)
			}
			var left int64
			if err := tx.QueryRow(`INSERT INTO stock VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET n = stock.n + excluded.n RETURNING n`,
				2, 10).Scan(&left); err != nil || left != 14 {
				t.Errorf("left %d, %v", left, err)
			}
			if err := tx.QueryRow(`UPDATE stock SET n = 1 WHERE id = $1 RETURNING n`, 99).Scan(&left); !errors.Is(err, sql.ErrNoRows) {
				t.Errorf("nothing touched: %v", err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if n := one[int64](t, d, `SELECT sum(n) FROM stock`); n != 14 {
			t.Errorf("sum %d", n)
		}
	})
}

func TestAConstraintIsAFaultWithItsName(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, query, constraint string
		kind                    fault.Kind
	}{
		{"primary key", `INSERT INTO child VALUES (1, 1, 7, 'b')`, "child_pkey", fault.Conflict},
		{"unique index", `INSERT INTO child VALUES (1, 2, 5, 'z')`, "child_amount", fault.Conflict},
		{"unique over an expression", `INSERT INTO child VALUES (1, 3, 6, 'A')`, "child_lower", fault.Conflict},
		{"check", `INSERT INTO child VALUES (1, 4, -1, 'c')`, "child_amount_positive", fault.Invalid},
		{"not null", `INSERT INTO child VALUES (1, 5, NULL, 'd')`, "child_amount_not_null", fault.Invalid},
		{"not null on update", `UPDATE child SET code = NULL`, "child_code_not_null", fault.Invalid},
		{"foreign key", `INSERT INTO child VALUES (9, 6, 5, 'e')`, "", fault.Invalid},
		{"a parent with children", `DELETE FROM parent`, "", fault.Invalid},
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		prepare(t, d, `CREATE TABLE parent (id BIGINT NOT NULL PRIMARY KEY)`,
			`CREATE TABLE child (parent BIGINT NOT NULL REFERENCES parent (id), id BIGINT NOT NULL, amount BIGINT NOT NULL
				CONSTRAINT child_amount_positive CHECK (amount > 0), code TEXT NOT NULL, PRIMARY KEY (parent, id))`,
			`CREATE UNIQUE INDEX child_amount ON child (parent, amount)`,
			`CREATE UNIQUE INDEX child_lower ON child (lower(code))`,
			`INSERT INTO parent VALUES (1)`, `INSERT INTO child VALUES (1, 1, 5, 'a')`)
		for _, c := range cases {
			err := run(t.Context(), d, c.query)
			var f *fault.Fault
			if !errors.As(err, &f) || f.Kind != c.kind || !db.Violates(err, c.constraint) {
				t.Errorf("%s: kind %v of %v, cause %v", c.name, fault.KindOf(err), err, errors.Unwrap(err))
			} else if strings.Contains(f.Message, "SQLSTATE") || strings.Contains(f.Message, "constraint failed") {
				t.Errorf("%s: the sentence tells of the engine: %q", c.name, f.Message)
			}
			if db.Violates(err, "child_other") || db.OutcomeUnknown(err) {
				t.Errorf("%s: taken for something else: %v", c.name, err)
			}
		}
		if n := one[int64](t, d, `SELECT count(*) FROM child`); n != 1 {
			t.Errorf("%d children", n)
		}
	})
}

func TestNamesOfShards(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"orders_pkey_102008": "orders_pkey", "orders_pkey": "orders_pkey", "coupon_2024": "coupon_2024",
		"orders_source_1234567": "orders_source", "orders_012345": "orders_012345",
	} {
		if got := db.Unsharded(name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

// Sentences as the machines of a cluster send them, of which nothing else comes through.
func TestNamesInSentencesOfShards(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ code, message, want string }{
		{"23505", `duplicate key value violates unique constraint "orders_pkey_102008"`, "orders_pkey_102008"},
		{"23514", `new row for relation "orders_102009" violates check constraint "orders_state"`, "orders_state"},
		{"23502", `null value in column "state" of relation "orders_102009" violates not-null constraint`, "orders_state_not_null"},
		{"23505", `something else`, ""},
	} {
		if got := db.ConstraintOf(&pgconn.PgError{Code: c.code, Message: c.message}); got != c.want {
			t.Errorf("%s: got %s, want %s", c.message, got, c.want)
		}
	}
}

// A machine that is lost while it commits leaves the coordinator with an error that says not whether it had.
func TestACommitThatFailsHalfwayIsUnknown(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]bool{"XX000": true, "40001": false, "23505": false, "08006": false} {
		if got := db.Halfway(&pgconn.PgError{Code: code}); got != want {
			t.Errorf("%s: %v, want %v", code, got, want)
		}
	}
}

func TestTextComparesAndSortsByCodePoint(t *testing.T) {
	t.Parallel()
	words := []string{"a", "B", "b", "Z", "é", "z", "ä", "Ω", "я", "咖", "", "a b", "a-b", "ab", "𝄞", "ﬁ"}
	want := slices.Clone(words)
	slices.Sort(want) // Go compares bytes of UTF-8, which is by code point
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		prepare(t, d, `CREATE TABLE word (id BIGINT NOT NULL PRIMARY KEY, w TEXT, n BIGINT)`, `CREATE UNIQUE INDEX word_w ON word (w)`)
		for i, w := range words {
			if err := run(t.Context(), d, `INSERT INTO word VALUES ($1, $2, NULL)`, i, w); err != nil {
				t.Fatalf("%q is taken for another: %v", w, err)
			}
		}
		err := d.Read(t.Context(), func(tx *db.Tx) error {
			got, err := column(tx, `SELECT w FROM word ORDER BY w`)
			if err != nil {
				return err
			}
			if !slices.Equal(got, want) {
				t.Errorf("order %q, want %q", got, want)
			}
			if got, err = column(tx, `SELECT w FROM word WHERE w LIKE 'B%' OR w LIKE '_ b' ORDER BY w`); err != nil {
				return err
			}
			if !slices.Equal(got, []string{"B", "a b"}) {
				t.Errorf("LIKE gives %q", got)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if n := one[int64](t, d, `SELECT count(*) FROM word WHERE w > 'Z' AND w < 'b'`); n != 4 {
			t.Errorf("%d words between Z and b, want a, a b, a-b, ab", n)
		}
	})
}

func TestWhatOneEngineWouldNotKeepBothRefuse(t *testing.T) {
	t.Parallel()
	type word string
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		prepare(t, d, `CREATE TABLE note (w TEXT, x DOUBLE PRECISION)`)
		for _, bad := range []any{"zero\x00byte", "broken\xff", word("broken\xff")} {
			if err := run(t.Context(), d, `INSERT INTO note (w) VALUES ($1)`, bad); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%q: %v", bad, err)
			}
		}
		zero := 0.0
		if err := run(t.Context(), d, `INSERT INTO note (x) VALUES ($1)`, zero/zero); err == nil {
			t.Error("a float that is no number was kept")
		}
		if err := run(t.Context(), d, `SELECT "nosuchcolumn"`); err == nil {
			t.Error("a misspelt column was taken for a text")
		}
	})
}

func TestOneClockValueATransaction(t *testing.T) {
	t.Parallel()
	dbtest.EachOptions(t, func(t *testing.T, o db.Options) {
		at := time.Date(2024, 3, 31, 1, 59, 59, 999999999, time.FixedZone("", 3600))
		o.Clock = func() time.Time { at = at.Add(time.Hour); return at }
		d := dbtest.Open(t, o)
		var first, second time.Time
		look := func(to *time.Time) func(*db.Tx) error {
			return func(tx *db.Tx) error {
				*to = tx.Now
				if tx.Now.Location() != time.UTC || tx.Now.Nanosecond() != 999999000 {
					t.Errorf("now is %v", tx.Now)
				}
				return nil
			}
		}
		if err := errors.Join(d.Write(t.Context(), look(&first)), d.Read(t.Context(), look(&second))); err != nil {
			t.Fatal(err)
		}
		if second.Sub(first) != time.Hour {
			t.Errorf("from %v to %v the clock was asked more than once a transaction", first, second)
		}
	})
}

func TestAFailedTransactionLeavesNothing(t *testing.T) {
	t.Parallel()
	refused := errors.New("refused")
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		prepare(t, d, `CREATE TABLE n (i BIGINT NOT NULL PRIMARY KEY)`, `INSERT INTO n VALUES (0)`)
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			if _, err := tx.Exec(`INSERT INTO n VALUES (1)`); err != nil {
				return err
			}
			return refused
		})
		if !errors.Is(err, refused) {
			t.Errorf("got %v, want the function's own error", err)
		}
		err = d.Write(t.Context(), func(tx *db.Tx) error {
			if _, err := tx.Exec(`INSERT INTO n VALUES (2)`); err != nil {
				return err
			}
			if _, err := tx.Exec(`INSERT INTO n VALUES (0)`); err == nil {
				t.Error("a second 0 was taken")
			}
			if _, err := tx.Exec(`INSERT INTO n VALUES (3)`); !db.Violates(err, "n_pkey") {
				t.Errorf("after a failed statement: %v", err)
			}
			var i int
			if err := tx.QueryRow(`SELECT i FROM n`).Scan(&i); !db.Violates(err, "n_pkey") {
				t.Errorf("after a failed statement: %v", err)
			}
			return nil // swallowed
		})
		if fault.KindOf(err) != fault.Conflict {
			t.Errorf("a swallowed failure gives %v", err)
		}
		if n := one[int64](t, d, `SELECT count(*) FROM n`); n != 1 {
			t.Errorf("%d rows are left, want 1", n)
		}
	})
}

func TestAPanicIsTheCallersAlone(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		prepare(t, d, `CREATE TABLE n (i BIGINT NOT NULL PRIMARY KEY)`)
		for _, do := range []func(context.Context, func(*db.Tx) error) error{d.Write, d.Read} {
			func() {
				defer func() {
					if got := recover(); got != "the caller's" {
						t.Errorf("recovered %v", got)
					}
				}()
				_ = do(t.Context(), func(tx *db.Tx) error {
					_, _ = tx.Exec(`INSERT INTO n VALUES (1)`)
					panic("the caller's")
				})
			}()
		}
		// A function that ends its goroutine, as t.Fatal does.
		var gone sync.WaitGroup
		gone.Go(func() {
			_ = d.Write(t.Context(), func(*db.Tx) error { exit(); return nil })
		})
		gone.Wait()
		if err := run(t.Context(), d, `INSERT INTO n VALUES (2)`); err != nil {
			t.Fatal(err)
		}
		if n := one[int64](t, d, `SELECT sum(i) FROM n`); n != 2 {
			t.Errorf("sum %d: what the panicking function wrote is there", n)
		}
	})
}

func TestRowsLeftOpenHarmNobody(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		prepare(t, d, `CREATE TABLE n (i BIGINT NOT NULL PRIMARY KEY)`, `INSERT INTO n VALUES (1), (2), (3)`)
		var kept *db.Tx
		for range 3 {
			err := d.Write(t.Context(), func(tx *db.Tx) error {
				rows, err := tx.Query(`SELECT i FROM n`)
				if err != nil {
					return err
				}
				rows.Next()
				kept = tx
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if _, err := kept.Exec(`DELETE FROM n`); err == nil {
			t.Error("a transaction can be used after its end")
		}
		if n := one[int64](t, d, `SELECT count(*) FROM n`); n != 3 {
			t.Errorf("%d rows", n)
		}
	})
}

func TestTheContextOfOneWhoWaits(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for _, do := range []func(context.Context, func(*db.Tx) error) error{d.Write, d.Read} {
			err := do(ctx, func(tx *db.Tx) error { _, err := tx.Exec(`SELECT 1`); return err })
			if fault.KindOf(err) != fault.Unavailable || !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
		}
	})
}

func TestBackgroundWorkLeavesHalfToOthers(t *testing.T) {
	t.Parallel()
	dbtest.EachOptions(t, func(t *testing.T, o db.Options) {
		o.Connections = 4
		d := dbtest.Open(t, o)
		ctx, release := db.Background(t.Context()), make(chan struct{})
		var all sync.WaitGroup
		reading := make(chan struct{}, 3)
		for range 3 {
			all.Go(func() {
				if err := d.Read(ctx, func(*db.Tx) error { reading <- struct{}{}; <-release; return nil }); err != nil {
					t.Error(err)
				}
			})
		}
		<-reading
		<-reading
		if n := one[int](t, d, `SELECT 1`); n != 1 {
			t.Errorf("got %d beside work in the background", n)
		}
		tired, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
		defer cancel()
		if err := d.Read(tired, func(*db.Tx) error { return nil }); fault.KindOf(err) != fault.Unavailable || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("who waits for a turn in vain: %v", err)
		}
		if n := len(reading); n != 0 {
			t.Errorf("%d more go on where half of 4 may", n)
		}
		close(release)
		all.Wait()
		if n := len(reading); n != 1 {
			t.Errorf("%d of 1 that waited went on", n)
		}
	})
}

func TestClosed(t *testing.T) {
	t.Parallel()
	dbtest.EachOptions(t, func(t *testing.T, o db.Options) {
		d, err := db.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(d.Close(), d.Close()); err != nil {
			t.Error(err)
		}
		for _, do := range []func(context.Context, func(*db.Tx) error) error{d.Write, d.Read} {
			if err := do(t.Context(), func(*db.Tx) error { return nil }); fault.KindOf(err) != fault.Unavailable {
				t.Errorf("after closing: %v", err)
			}
		}
	})
}

func TestOptionsThatNameNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cases := []struct {
		name string
		o    db.Options
		kind fault.Kind
		says string
	}{
		{"neither", db.Options{}, fault.Invalid, "not both or none"},
		{"both", db.Options{Path: "a", URL: "postgres://h/d"}, fault.Invalid, "not both or none"},
		{"no folder", db.Options{Path: dir + "/no/such/file"}, fault.Unavailable, "cannot be opened"},
		{"a folder", db.Options{Path: dir}, fault.Unavailable, "cannot be opened"},
		{"no address", db.Options{URL: "postgres://user:secret@host:port/name"}, fault.Invalid, "postgres://user:password@host/name"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := db.Open(t.Context(), c.o)
			if fault.KindOf(err) != c.kind || err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "secret") {
				t.Errorf("got %v of kind %v", err, fault.KindOf(err))
			}
		})
	}
}
