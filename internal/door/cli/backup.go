package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/folder"
	"regulars/internal/base/locale"
	"regulars/internal/record/backup"
	"regulars/internal/record/importer"
)

// BackupCmd writes all facts into one file.
type BackupCmd struct {
	File string `arg:"" help:"File to write; an older backup of this name is replaced." type:"path"`
	Place

	Lang  string `help:"Language: en, ru, zh, el or mk." default:"en" placeholder:"LANG"`
	Quiet bool   `short:"q" help:"Do not show progress."`
}

// Run writes the backup. Others may go on writing meanwhile, so it does not take the folder.
func (b *BackupCmd) Run(c *Context) (err error) {
	l, err := locale.Get(b.Lang)
	if err != nil {
		return err
	}
	p, d, err := b.look(c.Ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	o := backup.Options{Program: programVersion()}
	shown := newProgress(c.Stderr, l)
	defer shown.done()
	if !b.Quiet {
		o.Progress = func(at backup.Progress) {
			shown.step(at.Elapsed, -1, func() string {
				return l.T("cli.backup.progress", filepath.Base(b.File), l.Integer(at.Rows), l.Integer(perSecond(at.Rows, at.Elapsed)))
			})
		}
	}
	s, err := backup.Write(c.Ctx, d, b.File, o)
	if err != nil {
		return err
	}
	shown.done()
	_, err = fmt.Fprintln(c.Stdout, l.P("cli.backup.done", s.Rows, b.File, p.name(), number(s.Schema), megabytes(l, s.Bytes)))
	return err
}

// look opens the place beside whoever else has it open, and as it is: nothing is migrated.
func (p Place) look(ctx context.Context) (Place, *db.DB, error) {
	p, err := p.one()
	if err != nil {
		return p, nil, err
	}
	o := db.Options{URL: p.Database}
	if p.Data != "" {
		f, err := folder.Look(p.Data)
		if err != nil {
			return p, nil, err
		}
		o = db.Options{Path: f.Database()}
	}
	d, err := db.Open(ctx, o)
	return p, d, err
}

// RestoreCmd makes a store of a backup.
type RestoreCmd struct {
	File string `arg:"" help:"Backup to restore." type:"path"`
	Place

	Lang  string `help:"Language: en, ru, zh, el or mk." default:"en" placeholder:"LANG"`
	Quiet bool   `short:"q" help:"Do not show progress."`
}

// Run restores the backup into an empty place.
func (r *RestoreCmd) Run(c *Context) (err error) {
	l, err := locale.Get(r.Lang)
	if err != nil {
		return err
	}
	p, err := r.one()
	if err != nil {
		return err
	}
	f, err := backup.Open(c.Ctx, r.File) // before anything is made
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	shown := newProgress(c.Stderr, l)
	defer shown.done()
	var rows int64
	look := func(at backup.Progress) {
		rows = at.Rows
		if !r.Quiet {
			shown.update(importer.Progress{File: r.File, Rows: at.Rows, Bytes: at.Size, BytesRead: at.Bytes, Elapsed: at.Elapsed,
				TimeLeft: timeLeft(at)})
		}
	}
	if err := p.restore(c.Ctx, f, look); err != nil {
		return err
	}
	shown.done()
	_, err = fmt.Fprintln(c.Stdout, l.P("cli.restore.done", rows, p.name(), r.File, f.Made.Format("2006-01-02 15:04")))
	return err
}

func (p Place) restore(ctx context.Context, f *backup.File, look func(backup.Progress)) (err error) {
	if servedIn(ctx) != nil {
		return fault.Conflictf("%s holds data already, which a server has open; restore into an empty place", p.Data)
	}
	if p.Data != "" {
		to, err := folder.Make(p.Data, "restore")
		if err != nil {
			return err
		}
		return errors.Join(f.IntoFolder(ctx, to, look), to.Close())
	}
	d, err := db.Open(ctx, db.Options{URL: p.Database})
	if err != nil {
		return err
	}
	return errors.Join(f.Into(ctx, d, look), d.Close())
}

func timeLeft(at backup.Progress) time.Duration {
	if at.Bytes == 0 {
		return 0
	}
	return time.Duration(float64(at.Elapsed) * float64(at.Size-at.Bytes) / float64(at.Bytes))
}

func perSecond(n int64, in time.Duration) int64 {
	if s := in.Seconds(); s > 0 {
		return int64(float64(n) / s)
	}
	return 0
}

// megabytes writes a size; less than a tenth is a tenth.
func megabytes(l *locale.Locale, size int64) string {
	const mega = 1e6
	return l.Number(max(float64(size)/mega, 0.1), 1)
}
