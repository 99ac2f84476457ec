package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"regulars/internal/act/byhand"
	"regulars/internal/act/draw"
	"regulars/internal/act/gift"
	"regulars/internal/act/notice"
	"regulars/internal/act/packaging"
	"regulars/internal/act/points"
	"regulars/internal/act/programme"
	"regulars/internal/act/reward"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/folder"
	"regulars/internal/base/locale"
	"regulars/internal/measure/mirror"
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
	checks := p.checks()
	shown := newProgress(c.Stderr, l)
	defer shown.done()
	began, wrong, left := time.Now(), 0, 0
	for i, one := range checks {
		if !k.Quiet {
			shown.step(time.Since(began), float64(i)/float64(len(checks)), func() string { return l.T("cli.check.progress", i, len(checks)) })
		}
		found, err := one.Run(c.Ctx, d)
		if c.Ctx.Err() != nil {
			return c.Ctx.Err()
		}
		var said string
		_, held := folder.HeldBy(err)
		switch {
		case held:
			left++
			said = l.T("cli.check.left", err.Error())
		case err != nil:
			return err
		case found.N > 0:
			wrong++
			said = l.T("check."+one.Key, found.N, found.Example)
		default:
			continue
		}
		shown.done()
		// What an outside system calls something may steer a terminal, and go over one line.
		if _, err := fmt.Fprintln(c.Stdout, strings.ReplaceAll(harmless(said), "\n", " ")); err != nil {
			return err
		}
	}
	shown.done()
	if wrong > 0 {
		return fault.Conflictf("%s: %d of %d checks found something; keep a backup of it as it is, and report what stands above", p.name(), wrong, len(checks)-left)
	}
	_, err = fmt.Fprintln(c.Stdout, l.T("cli.check.sound", p.name(), len(checks)-left))
	return err
}

// checks are those of all floors: the facts', and that of the copy made of the facts, where there is one.
func (p Place) checks() []check.Check {
	checks := slices.Concat(check.Facts(), points.Checks(), programme.Checks(), reward.Checks(), draw.Checks(), packaging.Checks(), gift.Checks(), notice.Checks(), byhand.Checks())
	checks = append(checks, check.Check{Key: "audit", Run: trail})
	if p.Data == "" {
		return checks
	}
	return append(checks, check.Check{Key: "mirror", Run: func(ctx context.Context, d *db.DB) (found check.Found, err error) {
		f, err := folder.Open(p.Data, "check") // a columnar copy is opened by one process only
		if err != nil {
			return found, err
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		if !exists(f.Mirror()) {
			return found, nil
		}
		copied, err := mirror.Follow(ctx, d, mirror.Options{Path: f.Mirror()})
		if err != nil {
			return found, err
		}
		different, err := copied.Verify(ctx)
		if len(different) > 0 {
			found = check.Found{N: int64(len(different)), Example: different[0]}
		}
		return found, errors.Join(err, copied.Close())
	}})
}

// trail reads the audit trail and looks for what was changed in it.
func trail(ctx context.Context, d *db.DB) (found check.Found, err error) {
	var v account.Verdict
	err = d.Read(ctx, func(tx *db.Tx) (err error) {
		v, err = account.Verify(tx)
		return err
	})
	if len(v.Flaws) > 0 {
		found = check.Found{N: int64(len(v.Flaws)), Example: v.Flaws[0]}
	}
	return found, err
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
