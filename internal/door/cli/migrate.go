package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/folder"
	"regulars/internal/base/locale"
	"regulars/internal/record/schema"
)

// MigrateCmd brings the schema of the data to the newest version.
type MigrateCmd struct {
	Place

	Distribute bool   `help:"Spread the tables over the machines of a Citus cluster; --database is its coordinator."`
	Lang       string `help:"Language: en, ru, zh, el or mk." default:"en" placeholder:"LANG"`
}

// Run migrates and says what that did.
func (m *MigrateCmd) Run(c *Context) (err error) {
	l, err := locale.Get(m.Lang)
	if err != nil {
		return err
	}
	p, err := m.one()
	if err != nil {
		return err
	}
	if m.Distribute && p.Data != "" {
		return fault.Invalidf("a folder lies on one machine; --distribute is for a PostgreSQL database: name that of the coordinator with --database")
	}
	d, done, err := p.toMigrate(c.Ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	if m.Distribute { // before anything is changed
		if err := d.Spreadable(c.Ctx); err != nil {
			return err
		}
	}
	before, err := version(c.Ctx, d)
	if err != nil {
		return err
	}
	if err := schema.Migrate(c.Ctx, d); err != nil {
		return err
	}
	after, err := version(c.Ctx, d)
	if err != nil {
		return err
	}
	said := l.T("cli.migrate.newest", p.name(), number(after))
	if before != after {
		said = l.T("cli.migrate.done", p.name(), number(after), number(before))
	}
	if _, err := fmt.Fprintln(c.Stdout, said); err != nil || !m.Distribute {
		return err
	}
	if _, err := schema.Distribute(c.Ctx, d); err != nil {
		return err
	}
	_, err = fmt.Fprintln(c.Stdout, l.T("cli.migrate.spread", p.name()))
	return err
}

// toMigrate opens the place as it is.
func (p Place) toMigrate(ctx context.Context) (d *db.DB, done func() error, err error) {
	if served := servedIn(ctx); served != nil {
		return served.DB, func() error { return nil }, nil
	}
	o, release := db.Options{URL: p.Database}, func() error { return nil }
	if p.Data != "" {
		held, err := holdToMigrate(ctx, p.Data)
		if err != nil {
			return nil, nil, err
		}
		o, release = db.Options{Path: held.Database()}, held.Close
	}
	if d, err = db.Open(ctx, o); err != nil {
		return nil, nil, errors.Join(err, release())
	}
	return d, func() error { return errors.Join(d.Close(), release()) }, nil
}

// number is one that names something, and so is not written with separators.
func number(n int64) string { return strconv.FormatInt(n, 10) }

func version(ctx context.Context, d *db.DB) (n int64, err error) {
	err = d.Read(ctx, func(tx *db.Tx) error { n, err = tx.Schema(); return err })
	return n, err
}

// holdToMigrate takes the folder, waiting for another one who migrates: of several that are started at once each finds
// the newest schema in the end.
func holdToMigrate(ctx context.Context, path string) (*folder.Folder, error) {
	const command, pause = "migrate", 100 * time.Millisecond
	for {
		f, err := folder.Make(path, command)
		if by, held := folder.HeldBy(err); !held || by.Command != command {
			return f, err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil, fault.Unavailablef("gave up waiting for another program that migrates %s: %w", path, ctx.Err())
		}
	}
}
