package cli

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
	"regulars/internal/record/check"
	"regulars/internal/record/schema"
)

// CheckCmd looks for what must never be in the data.
type CheckCmd struct {
	Place

	Lang  string `help:"Language: en, ru, zh, el or mk." default:"en" placeholder:"LANG"`
	Quiet bool   `short:"q" help:"Do not show progress."`
}

// Run checks, beside whoever has the place open, and changes nothing.
func (k *CheckCmd) Run(c *Context) (err error) {
	l, err := locale.Get(k.Lang)
	if err != nil {
		return err
	}
	p, d, err := k.look(c.Ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if err := current(c, d); err != nil {
		return err
	}
	checks := k.checks()
	shown := newProgress(c.Stderr, l)
	defer shown.done()
	began, wrong := time.Now(), 0
	for i, one := range checks {
		if !k.Quiet {
			shown.step(time.Since(began), float64(i)/float64(len(checks)), func() string { return l.T("cli.check.progress", i, len(checks)) })
		}
		found, err := one.Run(c.Ctx, d)
		switch {
		case c.Ctx.Err() != nil:
			return c.Ctx.Err()
		case err != nil:
			return err
		case found.N > 0:
			shown.done()
			wrong++
			// What an outside system calls something may steer a terminal, and goes over one line.
			example := strings.ReplaceAll(harmless(found.Example), "\n", " ")
			if _, err := fmt.Fprintln(c.Stdout, l.T("check."+one.Key, found.N, example)); err != nil {
				return err
			}
		}
	}
	shown.done()
	if wrong > 0 {
		return fault.Conflictf("%s: %d of %d checks found something; keep a backup as it is now, and report what stands above", p.name(), wrong, len(checks))
	}
	_, err = fmt.Fprintln(c.Stdout, l.T("cli.check.sound", p.name(), len(checks)))
	return err
}

// checks are those of all floors: the facts', and those of what is made of the facts.
func (k *CheckCmd) checks() []check.Check {
	return check.Facts()
}

// current refuses data of another version of the program, whose tables are others.
func current(c *Context, d *db.DB) error {
	have, err := version(c.Ctx, d)
	switch newest := schema.Newest(); {
	case err != nil:
		return err
	case have > newest:
		return fault.Unavailablef("the data have schema %d, and this version of the program knows only up to %d; use a newer version of it", have, newest)
	case have < newest:
		return fault.Unavailablef("the data have schema %d, of an older version of the program; run `regulars migrate` first", have)
	}
	return nil
}
