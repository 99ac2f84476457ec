package db_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"testing/fstest"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/base/fault"
)

// schema is the first n of a few migrations, one SQL text for both engines.
func schema(n int) fstest.MapFS {
	all := []string{
		"CREATE TABLE log (version BIGINT NOT NULL, at BIGINT NOT NULL);\nINSERT INTO log VALUES (1, 0);",
		"ALTER TABLE log ADD COLUMN note TEXT NOT NULL DEFAULT '';\nINSERT INTO log VALUES (2, 0, 'second');",
		"CREATE TABLE more (id BIGINT NOT NULL PRIMARY KEY);\nCREATE UNIQUE INDEX more_id ON more (id);\nINSERT INTO log VALUES (3, 0, '');",
	}
	files := fstest.MapFS{}
	for i, text := range all[:n] {
		files[fmt.Sprintf("%05d_step.sql", i+1)] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + text + "\n")}
	}
	return files
}

func versions(t *testing.T, d *db.DB) string {
	t.Helper()
	var all []string
	err := d.Read(t.Context(), func(tx *db.Tx) (err error) {
		all, err = column(tx, `SELECT version FROM log ORDER BY version`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, " ")
}

func TestMigrationsGoForwardOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		if err := d.CheckSchema(ctx, schema(1)); fault.KindOf(err) != fault.Unavailable || !strings.Contains(err.Error(), "regulars migrate") {
			t.Errorf("an empty database passes for a migrated one: %v", err)
		}
		for _, n := range []int{1, 1, 3} {
			if err := d.Migrate(ctx, schema(n)); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.CheckSchema(ctx, schema(3)); err != nil {
			t.Error(err)
		}
		if got := versions(t, d); got != "1 2 3" {
			t.Errorf("versions %s", got)
		}
		for name, err := range map[string]error{"migrate": d.Migrate(ctx, schema(2)), "check": d.CheckSchema(ctx, schema(2))} {
			if fault.KindOf(err) != fault.Unavailable || !strings.Contains(err.Error(), "schema 3") || !strings.Contains(err.Error(), "up to 2") {
				t.Errorf("%s with an older program: %v", name, err)
			}
		}
		if err := run(ctx, d, `INSERT INTO more VALUES (1)`); err != nil {
			t.Error(err)
		}
	})
}

func TestAMigrationThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		broken := schema(2)
		broken["00003_broken.sql"] = &fstest.MapFile{Data: []byte("-- +goose Up\nINSERT INTO log VALUES (3, 0, '');\nINSERT INTO nowhere VALUES (1);\n")}
		if err := d.Migrate(t.Context(), broken); err == nil || !strings.Contains(err.Error(), "version:3") {
			t.Errorf("got %v", err)
		}
		if got := versions(t, d); got != "1 2" {
			t.Errorf("versions %s after a failed third", got)
		}
		if err := d.Migrate(t.Context(), schema(3)); err != nil {
			t.Error(err)
		}
		if got := versions(t, d); got != "1 2 3" {
			t.Errorf("versions %s once it is mended", got)
		}
	})
}

// Statements prepared before a migration go on after it, in connections that are open.
func TestAMigrationUnderOpenConnections(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if err := d.Migrate(t.Context(), schema(1)); err != nil {
			t.Fatal(err)
		}
		look := func(want int) {
			t.Helper()
			for _, do := range []func(context.Context, func(*db.Tx) error) error{d.Read, d.Write} {
				err := do(t.Context(), func(tx *db.Tx) error {
					rows, err := tx.Query(`SELECT * FROM log ORDER BY version`)
					if err != nil {
						return err
					}
					n := 0
					for rows.Next() {
						n++
					}
					if err := rows.Close(); err != nil {
						return err
					}
					if n != want {
						t.Errorf("%d rows, want %d", n, want)
					}
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			}
		}
		for range 3 {
			look(1)
		}
		if err := d.Migrate(t.Context(), schema(2)); err != nil {
			t.Fatal(err)
		}
		look(2)
	})
}

// Several processes that start at once: each finds the schema migrated, and each step was taken once.
func TestProcessesThatStartAtOnceMigrateOnce(t *testing.T) {
	t.Parallel()
	dbtest.EachOptions(t, func(t *testing.T, o db.Options) {
		var children []*exec.Cmd
		var starts []io.Closer
		var said []*strings.Builder
		for range 4 {
			c := dbtest.Child(t, "TestChildMigrates", o)
			begin, err := c.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			out := &strings.Builder{}
			c.Stdout, c.Stderr = out, out
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			children, starts, said = append(children, c), append(starts, begin), append(said, out)
		}
		for _, begin := range starts {
			if err := begin.Close(); err != nil {
				t.Error(err)
			}
		}
		for i, c := range children {
			if err := c.Wait(); err != nil {
				t.Errorf("%v\n%s", err, said[i])
			}
		}
		if got := versions(t, dbtest.Open(t, o)); got != "1 2 3" {
			t.Errorf("versions %s", got)
		}
	})
}

func TestChildMigrates(t *testing.T) {
	d := dbtest.InChild(t)
	if d == nil {
		return
	}
	if _, err := io.ReadAll(os.Stdin); err != nil && !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	if err := d.Migrate(t.Context(), schema(3)); err != nil {
		t.Fatal(err)
	}
}
