package dbtest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"regulars/internal/base/db"
)

// Template is a database that is filled once in a process, and copied for every test: to make the tables anew takes ten
// times as long as to copy them. On a Citus cluster, whose databases cannot be copied, tests get empty ones, and fill them.
type Template struct {
	file func() ([]byte, error) // of SQLite
	name func() (string, error) // of the database on the process's cluster; empty: it cannot be copied
}

// NewTemplate makes a template that is filled when the first test needs it.
func NewTemplate(fill func(ctx context.Context, d *db.DB) error) *Template {
	filled := func(o db.Options) error {
		ctx := context.Background() // no test's own: others get copies
		d, err := db.Open(ctx, o)
		if err != nil {
			return err
		}
		return errors.Join(fill(ctx, d), d.Close())
	}
	return &Template{
		file: sync.OnceValues(func() (file []byte, err error) {
			folder, err := os.MkdirTemp("", "template")
			if err != nil {
				return nil, err
			}
			defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
			path := filepath.Join(folder, "template.db")
			if err := filled(db.Options{Path: path}); err != nil {
				return nil, err
			}
			return os.ReadFile(path) //nolint:gosec // made above
		}),
		name: sync.OnceValues(func() (string, error) {
			c, err := shared()
			if err != nil || c.nodes != nil {
				return "", err
			}
			name := c.name + "_0" // those of tests are counted from 1
			if err := c.create(context.Background(), name, "template0"); err != nil {
				return "", err
			}
			return name, filled(c.named(name))
		}),
	}
}

// EachOptions runs the test on both engines, side by side, each time with a copy.
func (m *Template) EachOptions(t *testing.T, test func(t *testing.T, o db.Options)) {
	t.Helper()
	each(t, m.SQLite, m.Postgres, test)
}

// SQLite copies the file.
func (m *Template) SQLite(tb testing.TB) db.Options {
	tb.Helper()
	o := SQLite(tb)
	file, err := m.file()
	if err == nil {
		err = os.WriteFile(o.Path, file, 0o600)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return o
}

// Postgres copies the database.
func (m *Template) Postgres(tb testing.TB) db.Options {
	tb.Helper()
	name, err := m.name()
	if err != nil {
		tb.Fatal(err)
	}
	if name == "" {
		return Postgres(tb)
	}
	c, err := shared()
	if err != nil {
		tb.Fatal(err)
	}
	return c.options(tb, name)
}
