package api

import (
	"context"
	"net/http"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/job"
	"regulars/internal/door/api/wire"
	"regulars/internal/record/fact"
)

const jobPrefix fact.Prefix = "job"

// JobOut is a job.
type JobOut struct {
	Status int
	Body   wire.Job
}

func showJob(r job.Record) wire.Job {
	out := wire.Job{ID: fact.PublicID(jobPrefix, r.ID), Kind: r.Kind, State: string(r.State), Queue: r.Queue, Key: r.Key, Payload: r.Payload,
		Attempts: r.Attempts, Error: r.Error, Cause: r.Cause, AddedAt: r.Added, DueAt: r.Due, StartedAt: unlessZero(r.Started), FinishedAt: unlessZero(r.Finished)}
	if r.Progress != (job.Progress{}) {
		out.Progress = &wire.JobProgress{Done: r.Progress.Done, Total: r.Progress.Total, Note: r.Progress.Note}
	}
	return out
}

// unlessZero is a time that may not be there.
func unlessZero(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

type listJobsIn struct {
	Paged

	Kind  string `query:"kind" maxLength:"100" doc:"Only those of the kind."`
	State string `query:"state" enum:"waiting,running,done,dead,discarded" doc:"Only those in the state."`
}

func (a *API) listJobs(ctx context.Context, in *listJobsIn) (*Listed[wire.Job], error) {
	var after int64
	if _, err := in.after(&after); err != nil {
		return nil, err
	}
	var list []job.Record
	err := a.Store.Read(ctx, func(tx *db.Tx) (err error) {
		list, err = job.List(tx, job.Filter{Kind: in.Kind, State: job.State(in.State)}, after, in.Limit+1)
		return err
	})
	if err != nil {
		return nil, err
	}
	return listed(ctx, in.Paged, list, func(r job.Record) string { return cursor(r.ID) }, showJob), nil
}

// JobCountsOut counts jobs.
type JobCountsOut struct {
	Body wire.JobCounts
}

func (a *API) countJobs(ctx context.Context, _ *none) (*JobCountsOut, error) {
	var body wire.JobCounts
	err := a.Store.Read(ctx, func(tx *db.Tx) error {
		body = wire.JobCounts{Counts: []wire.JobCount{}, Schedules: []wire.JobSchedule{}}
		counts, err := job.Counts(tx)
		if err != nil {
			return err
		}
		for _, c := range counts {
			body.Counts = append(body.Counts, wire.JobCount{Kind: c.Kind, State: string(c.State), Jobs: c.Jobs, OldestAt: unlessZero(c.Oldest)})
		}
		plan, err := job.Plan(tx)
		if err != nil {
			return err
		}
		for _, p := range plan {
			body.Schedules = append(body.Schedules, wire.JobSchedule{Name: p.Name, Rule: p.Rule, NextAt: p.Next, LastAt: unlessZero(p.Last)})
		}
		processes, err := job.Processes(tx)
		body.Processes = len(processes)
		return err
	})
	return &JobCountsOut{Body: body}, err
}

type jobIn struct {
	ID string `path:"id" maxLength:"40" doc:"Id of the job."`
}

func (in *jobIn) number() (n int64, err error) {
	return n, fact.ParsePublicID(jobPrefix, in.ID, &n)
}

func (a *API) getJob(ctx context.Context, in *jobIn) (*JobOut, error) {
	id, err := in.number()
	if err != nil {
		return nil, err
	}
	var r job.Record
	err = a.Store.Read(ctx, func(tx *db.Tx) (err error) {
		r, err = job.Get(tx, id)
		return err
	})
	return &JobOut{Status: http.StatusOK, Body: showJob(r)}, err
}

func (a *API) replayJob(ctx context.Context, in *jobIn) (*JobOut, error) {
	out, err := a.doJob(ctx, in, "job.replayed", job.Replay)
	if err == nil {
		out.Status = http.StatusAccepted
	}
	return out, err
}

func (a *API) discardJob(ctx context.Context, in *jobIn) (*JobOut, error) {
	return a.doJob(ctx, in, "job.discarded", job.Discard)
}

func (a *API) doJob(ctx context.Context, in *jobIn, action string, do func(tx *db.Tx, id int64) error) (*JobOut, error) {
	id, err := in.number()
	if err != nil {
		return nil, err
	}
	var r job.Record
	err = a.Store.Write(ctx, func(tx *db.Tx) error {
		if err := do(tx, id); err != nil {
			return err
		}
		if err := a.did(ctx, tx, action, in.ID, nil, 1); err != nil {
			return err
		}
		r, err = job.Get(tx, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &JobOut{Status: http.StatusOK, Body: showJob(r)}, nil
}
