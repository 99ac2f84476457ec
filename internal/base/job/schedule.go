package job

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"regulars/internal/base/db"
)

// Schedule adds a job of the kind each time it comes due, with a Tick as its payload.
type Schedule struct {
	Name string
	Kind string
	Spec Spec
}

// Tick is the payload of a scheduled job: which schedule, and the moment at which it last came due.
type Tick struct {
	Schedule string    `json:"schedule"`
	At       time.Time `json:"at"`
}

// tick adds the jobs of the schedules that are due, and finds out when the next is.
func (r *Runner) tick(ctx context.Context) error {
	zone := r.o.Zone()
	var first time.Time
	err := r.d.Write(ctx, func(tx *db.Tx) error {
		first = time.Time{}
		for _, s := range r.o.Schedules {
			next, err := s.fire(tx, zone)
			if err != nil {
				return err
			}
			if first.IsZero() || next.Before(first) {
				first = next
			}
		}
		return nil
	})
	if err == nil {
		r.nextTick = first
	}
	return err
}

// fire adds the job if the schedule is due, and tells when it is next. Of several processes the one fires that moves the
// row on.
func (s Schedule) fire(tx *db.Tx, zone *time.Location) (next time.Time, err error) {
	rule := s.Spec.String() + " " + zone.String()
	next = s.Spec.Next(tx.Now, zone)
	var due time.Time
	var kept string
	err = tx.QueryRow("SELECT next_us, rule FROM job_schedules WHERE name = $1", s.Name).Scan(&due, &kept)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		_, err = tx.Exec("INSERT INTO job_schedules (name, rule, next_us) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", s.Name, rule, next)
		return next, err
	case err != nil:
		return next, err
	case due.After(tx.Now) && kept == rule:
		return due, nil
	case due.After(tx.Now):
		_, err = tx.Exec("UPDATE job_schedules SET next_us = $1, rule = $2 WHERE name = $3 AND next_us = $4", next, rule, s.Name, due)
		return next, err
	}
	n, err := tx.Exec("UPDATE job_schedules SET next_us = $1, rule = $2, last_us = $3 WHERE name = $4 AND next_us = $5", next, rule, tx.Now, s.Name, due)
	if err != nil || n == 0 {
		return next, err
	}
	at := s.Spec.Last(tx.Now, zone)
	if at.Before(due) {
		at = due
	}
	_, err = Add(tx, Job{Kind: s.Kind, Key: "schedule " + s.Name, Payload: Tick{s.Name, at}})
	return next, err
}

// Planned is a schedule as it is kept.
type Planned struct {
	Name, Rule string
	Next, Last time.Time // Last is zero where it never came due
}

// Plan lists when schedules come due.
func Plan(tx *db.Tx) ([]Planned, error) {
	rows, err := tx.Query("SELECT name, rule, next_us, last_us FROM job_schedules ORDER BY name")
	if err != nil {
		return nil, err
	}
	var all []Planned
	for rows.Next() {
		var p Planned
		var last sql.Null[time.Time]
		if err := rows.Scan(&p.Name, &p.Rule, &p.Next, &last); err != nil {
			return nil, err
		}
		p.Last = last.V
		all = append(all, p)
	}
	return all, rows.Close()
}

// purge is the kind, and the schedule, that deletes jobs that have been over for long.
const purge = "job.purge"

func (r *Runner) purging() Kind {
	return Kind{Name: purge, Everywhere: 1, Forget: true, Run: func(ctx context.Context, run *Run) error {
		for state, keep := range map[State]time.Duration{Done: r.o.Keep, Discarded: r.o.Keep, Dead: r.o.KeepDead} {
			if err := r.purge(ctx, state, keep); err != nil {
				return fmt.Errorf("delete old jobs: %w", err)
			}
		}
		return nil
	}}
}

// purge deletes in parts, so that others' writes do not wait.
func (r *Runner) purge(ctx context.Context, state State, keep time.Duration) error {
	const part = 500
	for {
		var n int64
		err := r.d.Write(ctx, func(tx *db.Tx) (err error) {
			n, err = tx.Exec(`DELETE FROM jobs WHERE job_id IN (SELECT job_id FROM jobs WHERE finished_us < $1`+inState(state)+` LIMIT $2)`,
				tx.Now.Add(-keep), part)
			return err
		})
		if err != nil || n < part {
			return err
		}
	}
}
