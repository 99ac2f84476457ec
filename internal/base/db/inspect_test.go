package db_test

import (
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
)

func TestColumnsAreToldAlike(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		prepare(t, d, `CREATE TABLE all_types (i BIGINT NOT NULL, t TEXT NOT NULL, b BOOLEAN, f DOUBLE PRECISION, y BYTEA, PRIMARY KEY (i))`)
		want := []db.Column{{"i", "BIGINT"}, {"t", "TEXT"}, {"b", "BOOLEAN"}, {"f", "DOUBLE PRECISION"}, {"y", "BYTEA"}}
		var got, none []db.Column
		err := d.Read(t.Context(), func(tx *db.Tx) (err error) {
			if got, err = tx.Columns("all_types"); err != nil {
				return err
			}
			none, err = tx.Columns("no such table")
			return err
		})
		if err != nil || !slices.Equal(got, want) || none != nil {
			t.Errorf("got %v and %v, %v", got, none, err)
		}
	})
}

func TestMigrateToStopsThere(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{
		"00001_one.sql":   {Data: []byte("-- +goose Up\nCREATE TABLE one (i BIGINT NOT NULL);")},
		"00002_two.sql":   {Data: []byte("-- +goose Up\nCREATE TABLE two (i BIGINT NOT NULL);")},
		"00003_three.sql": {Data: []byte("-- +goose Up\nCREATE TABLE three (i BIGINT NOT NULL);")},
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		at := func() (version int64) {
			if err := d.Read(t.Context(), func(tx *db.Tx) (err error) { version, err = tx.Schema(); return err }); err != nil {
				t.Fatal(err)
			}
			return version
		}
		if got := at(); got != 0 {
			t.Errorf("an empty database is at schema %d", got)
		}
		if err := d.MigrateTo(t.Context(), files, 2); err != nil || at() != 2 {
			t.Errorf("migrated to 2: at %d, %v", at(), err)
		}
		if err := d.Migrate(t.Context(), files); err != nil || at() != 3 {
			t.Errorf("migrated to the newest: at %d, %v", at(), err)
		}
	})
}

func TestHeldTablesWaitForTheirHolder(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		prepare(t, d, `CREATE TABLE held (i BIGINT NOT NULL)`)
		began, seen := make(chan struct{}), make(chan int, 1)
		go func() {
			<-began
			_ = d.Write(t.Context(), add2(seen))
		}()
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			if err := tx.Hold("held"); err != nil {
				return err
			}
			close(began)
			time.Sleep(50 * time.Millisecond) // whoever could write now, would
			_, err := tx.Exec(`INSERT INTO held VALUES (1)`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if n := <-seen; n != 2 {
			t.Errorf("another one wrote beside the holder, and saw %d rows", n)
		}
	})
}

// add2 writes a row and tells how many there are then.
func add2(seen chan<- int) func(tx *db.Tx) error {
	return func(tx *db.Tx) error {
		if _, err := tx.Exec(`INSERT INTO held VALUES (2)`); err != nil {
			return err
		}
		var n int
		err := tx.QueryRow(`SELECT count(*) FROM held`).Scan(&n)
		seen <- n
		return err
	}
}

func TestASoundDatabaseHasNoDamage(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		prepare(t, d, `CREATE TABLE n (i BIGINT NOT NULL)`)
		err := d.Read(t.Context(), func(tx *db.Tx) error {
			found, err := tx.Damage(10)
			if len(found) > 0 {
				t.Errorf("found %q", found)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}
