package gift

import (
	"context"
	"errors"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/job"
)

const (
	dueKind   = "gift.due"
	greetKind = "gift.greet"
)

// JobKinds are the jobs of gifts; the desk is opened for each, because the business may be set up while the program runs.
func JobKinds(g *Greeter, open func(context.Context) (*Desk, error)) []job.Kind {
	return []job.Kind{
		{Name: dueKind, Everywhere: 1, Forget: true, Timeout: 6 * time.Hour, Run: func(ctx context.Context, _ *job.Run) error {
			desk, err := open(ctx)
			if err != nil {
				return err
			}
			return desk.Due(ctx, g.Store)
		}},
		{Name: greetKind, Everywhere: 1, Forget: true, Timeout: time.Hour, Run: func(ctx context.Context, _ *job.Run) error { return g.Round(ctx) }},
	}
}

// Schedules say when: within a minute.
func Schedules() []job.Schedule {
	return []job.Schedule{
		{Name: dueKind, Kind: dueKind, Spec: job.Every(time.Minute)},
		{Name: greetKind, Kind: greetKind, Spec: job.Every(time.Minute)},
	}
}

// Due gives the surprises whose time has come, and goes on with those that were begun.
func (d *Desk) Due(ctx context.Context, store *db.DB) error {
	var due []string
	if err := store.Read(ctx, func(tx *db.Tx) error {
		due = nil
		rows, err := tx.Query("SELECT surprise FROM surprises WHERE state IN ('planned', 'giving') AND gives_us <= $1 ORDER BY gives_us, surprise", tx.Now)
		if err != nil {
			return err
		}
		for rows.Next() {
			var key string
			if err := rows.Scan(&key); err != nil {
				return err
			}
			due = append(due, key)
		}
		return rows.Close()
	}); err != nil {
		return err
	}
	var failed error // of one surprise does not keep the others back
	for _, key := range due {
		err := d.Give(ctx, store, key)
		if fault.KindOf(err) == fault.Conflict { // it was cancelled meanwhile
			continue
		}
		failed = errors.Join(failed, err)
	}
	return failed
}
