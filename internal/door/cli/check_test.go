package cli_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"regulars/internal/act/draw"
	"regulars/internal/act/points"
	"regulars/internal/base/db"
	"regulars/internal/base/folder"
	"regulars/internal/base/secret"
	"regulars/internal/measure/mirror"
	"regulars/internal/record/customer"
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

// A frozen list that somebody changed in the database is found by a check, and not drawn from by the command's own file either.
func TestAChangedListOfADrawIsFound(t *testing.T) {
	t.Parallel()
	eachPlace(t, func(t *testing.T, at place) {
		at.stock(t, 60)
		d := at.open(t)
		const open = 2 * time.Second
		desk := &draw.Desk{Ledger: points.New(time.UTC), Box: secret.New(bytes.Repeat([]byte{1}, 32))}
		none := func(*db.Tx) error { return nil }
		var file bytes.Buffer
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := draw.Save(tx, draw.Draw{Draw: "summer", Name: "Summer", Opens: tx.Now.Add(-time.Hour), Closes: tx.Now.Add(open), Free: true,
				Prizes: []draw.Prize{{Name: "A cake", Count: 2}}}, "user:1", 0)
			if err == nil {
				_, err = desk.Publish(tx, "summer", "user:1")
			}
			return err
		})
		var who []int64
		if err == nil {
			err = d.Read(t.Context(), func(tx *db.Tx) error {
				who = nil
				return customer.EachID(tx, func(number int64, _ string) { who = append(who, number) })
			})
		}
		for _, one := range who {
			err = errors.Join(err, desk.Enter(t.Context(), d, draw.Wish{Customer: one, Draw: "summer", Way: draw.ByFree, Actor: "test"}, none))
		}
		time.Sleep(open + time.Millisecond)
		for _, step := range []func(context.Context, *db.DB, string, func(*db.Tx) error) (draw.Stored, error){desk.Close, desk.Draw} {
			_, failed := step(t.Context(), d, "summer", none)
			err = errors.Join(err, failed)
		}
		show := func() {
			file.Reset()
			err = errors.Join(err, d.Read(t.Context(), func(tx *db.Tx) error {
				s, err := draw.Load(tx, "summer")
				if err != nil {
					return err
				}
				p, err := draw.Show(tx, &s, "Café")
				return errors.Join(err, p.Write(&file))
			}))
		}
		path := filepath.Join(t.TempDir(), "draw.json")
		keep := func() { err = errors.Join(err, os.WriteFile(path, file.Bytes(), 0o600)) }
		if show(); err == nil {
			keep()
		}
		if err != nil || len(who) < 2 {
			t.Fatal(len(who), err)
		}
		regulars(t, at.with("check")...).says(t, ": nothing wrong in ")
		regulars(t, "draw", "verify", path).says(t, "Everything agrees", "A cake")
		at.exec(t, "UPDATE draw_lists SET lines = replace(lines, ' 1', ' 9')")
		o := regulars(t, at.with("check")...)
		o.refuses(t, "2 of ", " checks found something")
		o.code = 0
		o.says(t, "prize draws whose frozen list is not the one that was frozen: 1, such as summer", "prize draws whose winners do not follow from seed and list: 1, such as summer")
		show()
		keep()
		regulars(t, "draw", "verify", path).refuses(t, "does not agree")
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
}
