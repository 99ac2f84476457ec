package job_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/base/job"
)

func processes(t *testing.T, d *db.DB) (all []job.Process) {
	t.Helper()
	if err := d.Read(t.Context(), func(tx *db.Tx) (err error) {
		all, err = job.Processes(tx)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

// runner is one that only does what the test tells it to.
func runner(t *testing.T, d *db.DB, lease time.Duration, kinds ...job.Kind) *job.Runner {
	t.Helper()
	r, err := job.New(d, kinds, job.Options{Lease: lease, Schedules: nil})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Join(t.Context()); err != nil {
		t.Fatal(err)
	}
	return r
}

func take(t *testing.T, r *job.Runner) []*job.Run {
	t.Helper()
	all, err := r.Take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

var idle = job.Kind{Name: "a", Attempts: 3, Run: func(context.Context, *job.Run) error { return nil }}

func TestProcessesAreCounted(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		r, err := job.New(d, nil, quick)
		if err != nil {
			t.Fatal(err)
		}
		if n := r.Processes(); n != 1 {
			t.Errorf("%d processes before the first beat", n)
		}
		stop := runs(t, r)
		other := run(t, d, quick)
		until(t, "both are seen", func() bool { return r.Processes() == 2 && len(processes(t, d)) == 2 })
		if p := processes(t, d)[0]; p.Host == "" || p.PID == 0 || p.Seen.Before(p.Started) {
			t.Errorf("%+v", p)
		}
		other()
		until(t, "one is left", func() bool { return r.Processes() == 1 })
		stop()
		if left := processes(t, d); len(left) != 0 {
			t.Errorf("%v are left", left)
		}
	})
}

// A process whose beat stands still is struck out after the lease, not before, and by one other alone; what it held is
// run by another, and it can write nothing more.
func TestWhoIsGoneIsTakenOverOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		gone := runner(t, d, time.Hour, idle)
		id := add(t, d, job.Job{Kind: "a"})
		held := take(t, gone)
		if len(held) != 1 || held[0].ID != id {
			t.Fatalf("took %v", held)
		}
		const lease = 300 * time.Millisecond
		began := time.Now()
		others := []*job.Runner{runner(t, d, lease, idle), runner(t, d, lease, idle)} // which look at the others for the first time
		pulse := func() {
			done := make(chan error, len(others))
			for _, r := range others {
				go func() { done <- r.Pulse(t.Context()) }()
			}
			for range others {
				if err := <-done; err != nil {
					t.Error(err)
				}
			}
		}
		pulse()
		if r := get(t, d, id); r.State != job.Running && time.Since(began) < lease {
			t.Fatalf("taken over before the lease: %+v", r)
		}
		until(t, "the job waits again", func() bool { pulse(); return get(t, d, id).State == job.Waiting })
		if time.Since(began) < lease {
			t.Errorf("taken over after %v, before the lease", time.Since(began))
		}
		if r := get(t, d, id); r.Attempts != 1 || r.Error == "" {
			t.Errorf("taken over as %+v", r)
		}
		if n := len(processes(t, d)); n != 2 {
			t.Errorf("%d processes are listed", n)
		}
		again := append(take(t, others[0]), take(t, others[1])...)
		if len(again) != 1 || again[0].Attempt != 2 {
			t.Fatalf("taken again: %v", again)
		}
		gone.Settle(t.Context(), held[0], errors.New("too late"))
		if err := held[0].Finish(func(*db.Tx) error { return nil }); !errors.Is(err, job.ErrLost) {
			t.Errorf("a run that was taken over finished: %v", err)
		}
		if err := held[0].Step(t.Context(), func(*db.Tx) error { return nil }); !errors.Is(err, job.ErrLost) {
			t.Errorf("a run that was taken over did a step: %v", err)
		}
		if r := get(t, d, id); r.State != job.Running {
			t.Errorf("changed by a run that was taken over: %+v", r)
		}
		// It comes back: it is told that it is gone.
		if err := gone.Pulse(t.Context()); err != nil {
			t.Error(err)
		}
		if took := take(t, gone); len(took) != 0 {
			t.Errorf("one who is gone took %v", took)
		}
	})
}

// A job that kills each process that runs it is given up in the end.
func TestAJobThatKillsIsGivenUp(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		id := add(t, d, job.Job{Kind: "a"})
		for attempt := 1; attempt <= idle.Attempts; attempt++ {
			victim := runner(t, d, time.Hour, idle)
			if held := take(t, victim); len(held) != 1 || held[0].Attempt != attempt {
				t.Fatalf("attempt %d: took %v", attempt, held)
			}
			// Killed, and started again by whoever looks after it, alone on the database.
			next, err := job.New(d, []job.Kind{idle}, job.Options{Alone: true})
			if err != nil {
				t.Fatal(err)
			}
			if err := next.Join(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := next.Leave(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if r := get(t, d, id); r.State != job.Dead || r.Attempts != idle.Attempts {
			t.Errorf("%+v", r)
		}
	})
}

// Where nobody knows whether a claim was committed, what was claimed is given back, and only that.
func TestAClaimInDoubtIsGivenBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		r := runner(t, d, time.Hour, idle)
		first := add(t, d, job.Job{Kind: "a"})
		take(t, r)
		second := add(t, d, job.Job{Kind: "a"})
		write(t, d, func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE jobs SET state = 'running', claim = 1, attempts = 1, process_id = $1 WHERE job_id = $2", r.Process(), second)
			return err
		})
		r.Doubt()
		if took := take(t, r); len(took) != 0 {
			t.Errorf("took %v beside", took)
		}
		if again := take(t, r); len(again) != 1 || again[0].ID != second || again[0].Attempt != 1 {
			t.Errorf("took again %v", again)
		}
		if got := get(t, d, first); got.State != job.Running {
			t.Errorf("the one that runs is %+v", got)
		}
	})
}

// A running process that is struck out ends its runs, and comes back under another number.
func TestAProcessTakenForGoneComesBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		ended := make(chan error, 1)
		var again atomic.Bool
		r, err := job.New(d, []job.Kind{{Name: "a", Run: func(ctx context.Context, _ *job.Run) error {
			if again.Swap(true) {
				return nil
			}
			<-ctx.Done()
			ended <- context.Cause(ctx)
			return ctx.Err()
		}}}, quick)
		if err != nil {
			t.Fatal(err)
		}
		runs(t, r)
		id := add(t, d, job.Job{Kind: "a"})
		until(t, "it runs", func() bool { return get(t, d, id).State == job.Running })
		before := r.Process()
		write(t, d, func(tx *db.Tx) error { _, err := tx.Exec("DELETE FROM job_processes"); return err })
		if cause := <-ended; !errors.Is(cause, job.ErrLost) {
			t.Errorf("ended by %v", cause)
		}
		until(t, "it is done by the next run", func() bool { return get(t, d, id).State == job.Done })
		if r.Process() == before {
			t.Error("it came back as the same process")
		}
	})
}

// An idle runner only reads, a few rows of an index, between its beats.
func TestIdleRunnersOnlyRead(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.SQLite(t))
	migrate(t, d)
	o := quick
	o.Poll, o.Beat = time.Millisecond, time.Hour
	looked := make(chan struct{})
	run(t, d, o, job.Kind{Name: "a", Run: func(context.Context, *job.Run) error { close(looked); return nil }})
	id := add(t, d, job.Job{Kind: "a"})
	<-looked
	until(t, "it is done", func() bool { return get(t, d, id).State == job.Done })
	before := d.Stats().Writes
	time.Sleep(100 * time.Millisecond) // about a hundred looks
	if n := d.Stats().Writes - before; n > 0 {
		t.Errorf("%d writes while there was nothing to do", n)
	}
}
