package cli_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"regulars/internal/base/db"
	"regulars/internal/base/folder"
	"regulars/internal/measure/mirror"
)

func TestCheckFromOutside(t *testing.T) {
	t.Parallel()
	eachPlace(t, func(t *testing.T, at place) {
		at.stock(t, 60)
		regulars(t, at.with("check")...).says(t, ": nothing wrong in ")
		regulars(t, at.with("check", "--lang", "el")...).says(t, "κανένα πρόβλημα")
		at.exec(t, "UPDATE orders SET amount_minor = amount_minor + 7 WHERE reference IN ('o1', 'o2')", "DELETE FROM products")
		o := regulars(t, at.with("check")...)
		o.refuses(t, "2 of ", " checks found something", "keep a backup")
		o.code = 0
		o.says(t, "orders whose amount is not the sum of their lines: 2, such as ", "that the catalogue does not know: 120, such as ")
		at.exec(t, "DELETE FROM goose_db_version WHERE version_id > 0")
		regulars(t, at.with("check")...).refuses(t, "run `regulars migrate` first")
		at.exec(t, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, TRUE)")
		regulars(t, at.with("check")...).refuses(t, "schema 99999", "use a newer version")
	})
}

func TestCheckBesideARunningCommand(t *testing.T) {
	t.Parallel()
	at := newFolder(t)
	at.stock(t, 10)
	dir := filepath.Dir(at.options.Path)
	held, err := folder.Open(dir, "serve")
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	d := at.open(t)
	err = d.Write(t.Context(), func(tx *db.Tx) error { // in the middle of which the other looks
		if _, err := tx.Exec("UPDATE orders SET amount_minor = 0"); err != nil {
			return err
		}
		regulars(t, at.with("check")...).says(t, "the columnar copy was not compared: "+dir+" is in use by `regulars serve`", ": nothing wrong in ")
		return os.ErrInvalid
	})
	if err == nil {
		t.Error("the write should have been given up")
	}
}

func TestTheCopyIsComparedWithTheFacts(t *testing.T) {
	t.Parallel()
	at := newFolder(t)
	at.stock(t, 30)
	copied := filepath.Join(filepath.Dir(at.options.Path), "mirror.duckdb")
	d := at.open(t)
	f, err := mirror.Follow(t.Context(), d, mirror.Options{Path: copied})
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Refresh(t.Context())
	if err = errors.Join(err, f.Close(), d.Close()); err != nil {
		t.Fatal(err)
	}
	regulars(t, at.with("check")...).says(t, ": nothing wrong in ")
	// Past the feed, as no part of the program would.
	at.exec(t, "UPDATE customers SET channel = 'tv'")
	o := regulars(t, at.with("check")...)
	o.refuses(t, "1 of ", " checks found something")
	if o.code = 0; !strings.Contains(o.stdout, "differs from the facts; delete mirror.duckdb") {
		t.Errorf("said %q", o.stdout)
	}
	if err := os.Remove(copied); err != nil {
		t.Fatal(err)
	}
	regulars(t, at.with("check")...).says(t, ": nothing wrong in ")
}
