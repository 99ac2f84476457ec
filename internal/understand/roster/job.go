package roster

import (
	"context"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/job"
)

// Kind is the job that brings the summaries up to date.
const Kind = "customer_summaries"

const often = 15 * time.Minute

// Schedules say when it is done.
func Schedules() []job.Schedule {
	return []job.Schedule{{Name: Kind, Kind: Kind, Spec: job.Every(often)}}
}

// Ask has it done now.
func Ask(tx *db.Tx) error {
	_, err := job.Add(tx, job.Job{Kind: Kind, Key: "schedule " + Kind, Payload: job.Tick{Schedule: "asked", At: tx.Now}})
	return err
}

// Job does it.
func (k *Keeper) Job() job.Kind {
	return job.Kind{Name: Kind, Everywhere: 1, Forget: true, Run: func(ctx context.Context, run *job.Run) error {
		return k.CatchUp(ctx, run.Step)
	}}
}
