package points

import (
	"context"
	"fmt"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/job"
)

// The kinds of jobs.
const (
	transferKind = "points.transfer"
	poolKind     = "points.pool"
	settleKind   = "points.settle"
	foretellKind = "points.foretell"
)

// moving is the payload: a hold, or a pool, and with whom it is kept.
type moving struct {
	Customer int64 `json:"customer"`
	ID       int64 `json:"id"`
}

func (m moving) key() string { return fmt.Sprintf("%d/%d", m.Customer, m.ID) }

// Kinds are the jobs of the ledger, which is opened for each: the business may be set up while the program runs.
func Kinds(d *db.DB, open func(context.Context) (*Ledger, error)) []job.Kind {
	step := func(do func(l *Ledger, ctx context.Context, d *db.DB, customer, id int64) error) func(context.Context, *job.Run) error {
		return func(ctx context.Context, run *job.Run) error {
			var m moving
			if err := run.Decode(&m); err != nil {
				return job.Never(err)
			}
			l, err := open(ctx)
			if err != nil {
				return err
			}
			return do(l, ctx, d, m.Customer, m.ID)
		}
	}
	const first = time.Second
	return []job.Kind{
		{Name: transferKind, Run: step((*Ledger).Forward), First: first, Forget: true},
		{Name: poolKind, Run: step((*Ledger).Advance), First: first, Forget: true},
		{Name: settleKind, Everywhere: 1, Forget: true, Timeout: time.Hour, Run: func(ctx context.Context, run *job.Run) error {
			l, err := open(ctx)
			if err != nil {
				return err
			}
			return l.sweep(ctx, d, run)
		}},
		foretelling(d),
	}
}

// Schedules say when the ledger looks for what time has done, and for what was left in the middle.
func Schedules() []job.Schedule {
	return []job.Schedule{
		{Name: settleKind, Kind: settleKind, Spec: job.Every(time.Minute)},
		{Name: foretellKind, Kind: foretellKind, Spec: job.Daily(noticeHour, 0)},
	}
}

// sweep settles what is due, and has what was left in the middle taken up again: jobs are in no backup, and one that failed
// too often is dead.
func (l *Ledger) sweep(ctx context.Context, d *db.DB, run *job.Run) error {
	const batch = 1000
	for done := 0; ; {
		n, err := l.SettleDue(ctx, d, batch)
		if err != nil {
			return err
		}
		if done += n; n < batch {
			break
		}
		run.Progress(int64(done), 0, "accounts settled")
	}
	return Resume(ctx, d)
}

// Resume has transfers and common spendings that stand still taken up again.
func Resume(ctx context.Context, d *db.DB) error {
	const still, most = time.Minute, 1000
	return d.Write(ctx, func(tx *db.Tx) error {
		for _, k := range []struct{ kind, query string }{
			{transferKind, `SELECT customer_id, hold_id FROM point_holds WHERE kind = 'transfer' AND state = 'open' AND opened_us <= $1 AND CAST($2 AS BIGINT) IS NOT NULL
				ORDER BY opened_us LIMIT $3`},
			{poolKind, `SELECT customer_id, pool_id FROM point_pools WHERE ended_us IS NULL AND (opened_us <= $1 AND state <> 'ready' OR until_us <= $2)
				ORDER BY opened_us LIMIT $3`},
		} {
			rows, err := tx.Query(k.query, tx.Now.Add(-still), tx.Now, most)
			if err != nil {
				return err
			}
			var found []job.Job
			for rows.Next() {
				var m moving
				if err := rows.Scan(&m.Customer, &m.ID); err != nil {
					return err
				}
				found = append(found, job.Job{Kind: k.kind, Payload: m, Key: m.key()})
			}
			if err := rows.Close(); err != nil {
				return err
			}
			if _, err := job.AddAll(tx, found); err != nil {
				return err
			}
		}
		return nil
	})
}
