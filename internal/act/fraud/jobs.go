package fraud

import (
	"context"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/job"
)

// JobKind is the kind of the job that looks.
const JobKind = "fraud.look"

// JobKinds are the jobs; the desk is opened for each, because the business may be set up while the program runs.
func JobKinds(d *db.DB, open func(context.Context) (*Desk, error)) []job.Kind {
	return []job.Kind{{Name: JobKind, Everywhere: 1, Forget: true, Timeout: time.Hour, Run: func(ctx context.Context, _ *job.Run) error {
		desk, err := open(ctx)
		if err != nil {
			return err
		}
		_, err = desk.Look(ctx, d)
		return err
	}}}
}

// Schedules say when: each night.
func Schedules() []job.Schedule {
	const hour, minute = 4, 40
	return []job.Schedule{{Name: JobKind, Kind: JobKind, Spec: job.Daily(hour, minute)}}
}

// Ask has it done now.
func Ask(tx *db.Tx) error {
	_, err := job.Add(tx, job.Job{Kind: JobKind, Key: "schedule " + JobKind, Payload: job.Tick{Schedule: "asked", At: tx.Now}})
	return err
}
