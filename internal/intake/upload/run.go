package upload

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/job"
	"regulars/internal/intake"
	"regulars/internal/intake/files"
	"regulars/internal/record/importer"
)

func now() time.Time { return time.Now() }

// Runner takes uploads in.
type Runner struct {
	DB    *db.DB
	Facts *intake.Current
}

// Job is the kind of job that takes them in. One at a time in each process: each takes all cores.
func (r *Runner) Job() job.Kind {
	const attempts, most = 5, 12 * time.Hour
	return job.Kind{Name: Kind, Run: r.run, Concurrency: 1, Attempts: attempts, Timeout: most}
}

func (r *Runner) run(ctx context.Context, run *job.Run) error {
	var p payload
	if err := run.Decode(&p); err != nil {
		return err
	}
	var u Upload
	err := r.DB.Read(ctx, func(tx *db.Tx) (err error) {
		u, err = Get(tx, p.Upload)
		return err
	})
	if err != nil {
		return job.Never(err)
	}
	if u.State != Waiting {
		return nil // by an earlier run, of which only the end was lost
	}
	result, err := r.take(ctx, run, &u)
	var f *fault.Fault
	switch {
	case err == nil:
		return run.Finish(func(tx *db.Tx) error { return r.done(tx, &u, result) })
	case ctx.Err() != nil || !errors.As(err, &f) || f.Kind != fault.Invalid && f.Kind != fault.Conflict:
		return err // it may go better next time
	}
	return run.Finish(func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE uploads SET state = 'failed', failure = $2, version = version + 1, updated_us = $3, finished_us = $3 WHERE upload_id = $1",
			u.ID, f.Message, tx.Now)
		if err != nil {
			return err
		}
		return r.Facts.Teller.Tell(tx, intake.Finished(u.ID, string(Failed)))
	})
}

// take takes the file in, and keeps the rows that could not be used.
func (r *Runner) take(ctx context.Context, run *job.Run, u *Upload) (result Result, err error) {
	in, err := r.Facts.Intake(ctx)
	if err != nil {
		return result, err
	}
	dir, path, err := fetch(ctx, r.DB, *u)
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	plan, read, err := look(ctx, r.DB, path, u.Reading)
	if err != nil {
		return result, short(err, path)
	}
	var total int64
	o := files.Options{Source: u.Source, Import: read, Folder: dir,
		Read:   func(_ *importer.Plan, rows importer.Account, _ int64) { total = rows.Rows; run.Progress(0, total, "") },
		Taking: func(p importer.Progress) { run.Progress(p.Rows, total, "") }}
	results, err := files.Import(ctx, r.DB, in, []*importer.Plan{plan}, o)
	if err != nil {
		return result, short(err, path)
	}
	if len(results) != 1 {
		return result, fmt.Errorf("%d results of one file", len(results))
	}
	a, t := &results[0].Rows, &results[0].Facts
	result = Result{Rows: Rows{a.Rows, a.Unreadable, a.Unidentified, a.Later, a.Ignored, a.Rejected, a.Recorded, a.Reasons}, Facts: Facts(*t)}
	if a.RejectedFile == "" {
		return result, nil
	}
	info, err := os.Stat(a.RejectedFile)
	if err != nil {
		return result, fmt.Errorf("keep the rejected rows: %w", err)
	}
	result.HasRejected, result.RejectedSize = true, info.Size()
	return result, keepParts(ctx, r.DB, u.ID, rejectedContent, a.RejectedFile)
}

// done keeps the result; the file itself is not needed any more.
func (r *Runner) done(tx *db.Tx, u *Upload, result Result) error {
	_, err := tx.Exec("UPDATE uploads SET state = 'done', result = $2, version = version + 1, updated_us = $3, finished_us = $3 WHERE upload_id = $1",
		u.ID, text(result), tx.Now)
	if err != nil {
		return err
	}
	if _, err := tx.Exec("DELETE FROM upload_parts WHERE upload_id = $1 AND content = $2", u.ID, fileContent); err != nil {
		return err
	}
	return r.Facts.Teller.Tell(tx, intake.Finished(u.ID, string(Done)))
}

// keepFor is how long what is left of an upload is kept: a file that nobody took in, and rows that could not be used.
const keepFor = 30 * 24 * time.Hour

// Sweep forgets what has been kept long enough.
func Sweep(ctx context.Context, d *db.DB) error {
	return d.Write(ctx, func(tx *db.Tx) error {
		before := tx.Now.Add(-keepFor)
		_, err := tx.Exec(`DELETE FROM upload_parts WHERE upload_id IN (SELECT upload_id FROM uploads WHERE updated_us < $1 AND state <> 'waiting')`, before)
		if err != nil {
			return err
		}
		_, err = tx.Exec("DELETE FROM uploads WHERE updated_us < $1 AND state = 'ready'", before)
		return err
	})
}
