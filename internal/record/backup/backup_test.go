package backup_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/base/fault"
	"regulars/internal/base/folder"
	"regulars/internal/record/backup"
	"regulars/internal/record/schema"
	"regulars/internal/record/schema/schematest"
)

// write backs up the database and opens what was written.
func write(t *testing.T, d *db.DB) *backup.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.backup")
	if _, err := backup.Write(t.Context(), d, path, backup.Options{Program: "test"}); err != nil {
		t.Fatal(err)
	}
	return open(t, path)
}

func open(t *testing.T, path string) *backup.File {
	t.Helper()
	f, err := backup.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// targets are the two places to restore into.
func targets() map[string]func(t *testing.T, f *backup.File) *db.DB {
	return map[string]func(t *testing.T, f *backup.File) *db.DB{
		"to sqlite": func(t *testing.T, f *backup.File) *db.DB {
			t.Helper()
			to := newFolder(t)
			if err := f.IntoFolder(t.Context(), to, nil); err != nil {
				t.Fatal(err)
			}
			return dbtest.Open(t, db.Options{Path: to.Database()})
		},
		"to postgres": func(t *testing.T, f *backup.File) *db.DB {
			t.Helper()
			d := dbtest.Open(t, dbtest.Postgres(t))
			if err := f.Into(t.Context(), d, nil); err != nil {
				t.Fatal(err)
			}
			return d
		},
	}
}

func newFolder(t *testing.T) *folder.Folder {
	t.Helper()
	to, err := folder.Make(filepath.Join(t.TempDir(), "data"), "restore")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { to.Close() })
	return to
}

func setting(t *testing.T, d *db.DB, key string) (value string) {
	t.Helper()
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow("SELECT coalesce(max(value), '') FROM settings WHERE key = $1", key).Scan(&value)
	})
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func TestRestoredIsTheOriginal(t *testing.T) {
	t.Parallel()
	for _, table := range schema.Tables() {
		if table.Class != schema.Local && !table.Passing && !slices.Contains(backup.Tables(), table.Name) {
			t.Errorf("%s is not kept", table.Name)
		}
	}
	dbtest.Each(t, func(t *testing.T, from *db.DB) {
		fill(t, from, 200)
		f := write(t, from)
		if f.Schema != schema.Newest() || f.Program != "test" || f.Made.IsZero() {
			t.Errorf("the header says %+v", f.Header)
		}
		for name, restore := range targets() {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				to := restore(t, f)
				for _, table := range backup.Tables() {
					if table != "settings" {
						if want, got := content(t, from, table), content(t, to, table); !slices.Equal(want, got) || len(got) == 0 {
							t.Errorf("%s has other rows: %d, want %d", table, len(got), len(want))
						}
					}
				}
				if id := setting(t, to, schema.StoreID); id == "" || id == setting(t, from, schema.StoreID) {
					t.Errorf("the id of the store is %q", id)
				}
				if floor := setting(t, to, "feed_floor"); floor != "" || len(content(t, to, "changes")) != 0 {
					t.Errorf("the feed does not begin anew, but at %q", floor)
				}
				if setting(t, from, "key 0") != setting(t, to, "key 0") {
					t.Error("other settings are not kept")
				}
			})
		}
	})
}

// A backup is of one moment: an order and its line are written together, and are there together.
func TestABackupIsOfOneMoment(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		schematest.Migrate(t, d)
		stop, stopped := make(chan struct{}), make(chan error, 1)
		go func() {
			for n := int64(1); ; n++ {
				select {
				case <-stop:
					stopped <- nil
					return
				default:
				}
				if err := d.Write(t.Context(), func(tx *db.Tx) error { return pair(tx, n) }); err != nil {
					stopped <- err
					return
				}
			}
		}()
		for range 5 {
			to := targets()["to sqlite"](t, write(t, d))
			first, last := content(t, to, "attribute_names"), content(t, to, "imports")
			if len(first) != len(last) {
				t.Errorf("%d of the first table and %d of the last", len(first), len(last))
			}
		}
		close(stop)
		if err := <-stopped; err != nil {
			t.Error(err)
		}
	})
}

// pair writes into one of the first tables and into the last.
func pair(tx *db.Tx, n int64) error {
	if _, err := tx.Exec("INSERT INTO attribute_names (kind, folded, name, place) VALUES ('sale', $1, '', $2)", strconv.FormatInt(n, 10), n); err != nil {
		return err
	}
	_, err := tx.Exec(`INSERT INTO imports (import_id, source, file, fingerprint, kind, position, account, started_us, updated_us)
		VALUES ($1, '', '', '', '', 0, '', 0, 0)`, n)
	return err
}

func TestOnlyIntoAnEmptyPlace(t *testing.T) {
	t.Parallel()
	source := dbtest.Open(t, dbtest.SQLite(t))
	fill(t, source, 3)
	f := write(t, source)
	t.Run("folder", func(t *testing.T) {
		t.Parallel()
		to := newFolder(t)
		if err := f.IntoFolder(t.Context(), to, nil); err != nil {
			t.Fatal(err)
		}
		err := f.IntoFolder(t.Context(), to, nil)
		refused(t, err, fault.Conflict, "holds data already (regulars.db)", "empty")
	})
	t.Run("folder with a log", func(t *testing.T) {
		t.Parallel()
		to := newFolder(t)
		if err := os.WriteFile(to.Database()+"-wal", []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		refused(t, f.IntoFolder(t.Context(), to, nil), fault.Conflict, "regulars.db-wal is there without its database")
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		d := dbtest.Open(t, dbtest.Postgres(t))
		schematest.Migrate(t, d)
		if err := f.Into(t.Context(), d, nil); err != nil {
			t.Fatalf("into a database with tables and no facts: %v", err)
		}
		id := setting(t, d, schema.StoreID)
		refused(t, f.Into(t.Context(), d, nil), fault.Conflict, "the database holds data already")
		if setting(t, d, schema.StoreID) != id {
			t.Error("what was refused changed the database")
		}
	})
}

// A restore that was stopped between two migrations is begun again; older facts are not migrated by the way.
func TestIntoADatabaseThatIsHalfMade(t *testing.T) {
	t.Parallel()
	source := dbtest.Open(t, dbtest.SQLite(t))
	fill(t, source, 3)
	f := write(t, source)
	half := func(t *testing.T) *db.DB {
		t.Helper()
		d := dbtest.Open(t, dbtest.Postgres(t))
		if err := d.MigrateTo(t.Context(), schema.Migrations(), 1); err != nil {
			t.Fatal(err)
		}
		return d
	}
	empty := half(t)
	if err := f.Into(t.Context(), empty, nil); err != nil {
		t.Fatal(err)
	}
	if n := len(content(t, empty, "orders")); n != 3 {
		t.Errorf("%d orders, want 3", n)
	}
	filled := half(t)
	if err := filled.Write(t.Context(), func(tx *db.Tx) error { return pair(tx, 1) }); err != nil {
		t.Fatal(err)
	}
	refused(t, f.Into(t.Context(), filled, nil), fault.Conflict, "the database holds data already")
	if err := filled.Read(t.Context(), func(tx *db.Tx) error {
		version, err := tx.Schema()
		if version != 1 {
			t.Errorf("what was refused brought the schema to %d", version)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// An older backup is restored in the schema of its time and then migrated; a newer one is refused.
func TestSchemasOfOtherVersions(t *testing.T) {
	t.Parallel()
	later := fstest.MapFS{"99999_later.sql": {Data: []byte("-- +goose Up\nCREATE TABLE later (n BIGINT NOT NULL);\n" +
		"INSERT INTO later SELECT count(*) FROM orders;")}}
	names, err := os.ReadDir("../schema/migrations")
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		text, err := os.ReadFile(filepath.Join("../schema/migrations", n.Name()))
		if err != nil {
			t.Fatal(err)
		}
		later[n.Name()] = &fstest.MapFile{Data: text}
	}
	source := dbtest.Open(t, dbtest.SQLite(t))
	fill(t, source, 7)
	path := filepath.Join(t.TempDir(), "a.backup")
	if _, err := backup.Write(t.Context(), source, path, backup.Options{}); err != nil {
		t.Fatal(err)
	}
	for name, restore := range targets() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := open(t, path)
			f.Know(later)
			to := restore(t, f)
			if got := content(t, to, "later"); !slices.Equal(got, []string{"n=7|"}) {
				t.Errorf("the later migration found %q, want 7 orders", got)
			}
			// From here on the database is of a newer version than the program, and so is a backup of it.
			_, err := backup.Write(t.Context(), to, filepath.Join(t.TempDir(), "b.backup"), backup.Options{})
			refused(t, err, fault.Unavailable, "the database has schema 99999", "use a newer version")
			f.Schema = 100_000
			refused(t, f.IntoFolder(t.Context(), newFolder(t), nil), fault.Unavailable, path+" has schema 100000", "use a newer version")
			refused(t, open(t, path).Into(t.Context(), to, nil), fault.Conflict, "the database has schema 99999 already")
		})
	}
}

func TestABackupIsItsOwnersAlone(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.SQLite(t))
	fill(t, d, 1)
	dir := t.TempDir()
	path := filepath.Join(dir, "a.backup")
	for range 2 { // the second replaces the first
		s, err := backup.Write(t.Context(), d, path, backup.Options{})
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 || info.Size() != s.Bytes {
			t.Errorf("mode %v, %d bytes, said %d: %v", info.Mode(), info.Size(), s.Bytes, err)
		}
	}
	other := filepath.Join(dir, "orders.csv")
	if err := os.WriteFile(other, []byte("order,amount\n1,2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for to, says := range map[string]string{other: "is no backup of Regulars", dir: "is a folder", "/dev/null": "is no file that a backup",
		filepath.Join(dir, "no", "a.backup"): "cannot write"} {
		if _, err := backup.Write(t.Context(), d, to, backup.Options{}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("to %s: %v", to, err)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 2 {
		t.Errorf("%v is left, %v", left, err)
	}
	empty := dbtest.Open(t, dbtest.SQLite(t))
	_, err := backup.Write(t.Context(), empty, path, backup.Options{})
	refused(t, err, fault.NotFound, "there are no data yet")
	open(t, path) // what was there is whole
}

// Whoever stops a backup or a restore in the middle leaves nothing behind.
func TestStoppedInTheMiddle(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		fill(t, d, 50)
		f := write(t, d)
		dir := t.TempDir()
		ctx, stop := context.WithCancel(t.Context())
		_, err := backup.Write(ctx, d, filepath.Join(dir, "a.backup"), backup.Options{Progress: func(backup.Progress) { stop() }})
		if left, readErr := os.ReadDir(dir); !errors.Is(err, context.Canceled) || readErr != nil || len(left) != 0 {
			t.Errorf("a stopped backup: %v, left %v", err, left)
		}
		ctx, stop = context.WithCancel(t.Context())
		to := newFolder(t)
		err = f.IntoFolder(ctx, to, func(backup.Progress) { stop() })
		if left, readErr := os.ReadDir(to.Path); !errors.Is(err, context.Canceled) || readErr != nil || len(left) != 1 {
			t.Errorf("a stopped restore into a folder: %v, left %v", err, left)
		}
		ctx, stop = context.WithCancel(t.Context())
		server := dbtest.Open(t, dbtest.Postgres(t))
		err = f.Into(ctx, server, func(backup.Progress) { stop() })
		if left := content(t, server, "customers"); !errors.Is(err, context.Canceled) || len(left) != 0 {
			t.Errorf("a stopped restore into PostgreSQL: %v, left %d customers", err, len(left))
		}
		if err := f.Into(t.Context(), server, nil); err != nil {
			t.Errorf("after a stopped one: %v", err)
		}
	})
}

// Not parallel: it looks at the memory of the process.
func TestMemoryDoesNotGrowWithTheFacts(t *testing.T) {
	d := dbtest.Open(t, dbtest.SQLite(t))
	schematest.Migrate(t, d)
	const rows, size, most = 12_000, 8_000, 60 << 20
	for from := 0; from < rows; from += 1000 {
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			for n := from; n < from+1000; n++ {
				if _, err := tx.Exec(`INSERT INTO fact_history (customer_id, fact_id, version, kind, until_us, content)
					VALUES ($1, 1, 1, '', 0, $2)`, n, strings.Repeat("0123456789", size/10)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var memory runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&memory)
	before, peak := memory.HeapAlloc, uint64(0)
	look := func(backup.Progress) {
		runtime.ReadMemStats(&memory)
		peak = max(peak, memory.HeapAlloc)
	}
	path := filepath.Join(t.TempDir(), "a.backup")
	if _, err := backup.Write(t.Context(), d, path, backup.Options{Progress: look}); err != nil {
		t.Fatal(err)
	}
	if err := open(t, path).IntoFolder(t.Context(), newFolder(t), look); err != nil {
		t.Fatal(err)
	}
	t.Logf("the heap grew by %d MB", (peak-min(before, peak))>>20)
	if grown := peak - min(before, peak); peak == 0 || grown > most {
		t.Errorf("the heap grew by %d MB for %d MB of facts", grown>>20, rows*size>>20)
	}
}

// refused wants a fault of the kind whose sentence has all the parts.
func refused(t *testing.T, err error, kind fault.Kind, parts ...string) {
	t.Helper()
	if err == nil || fault.KindOf(err) != kind {
		t.Errorf("got %v, want a fault of kind %d", err, kind)
		return
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not say %q", err, part)
		}
	}
}
