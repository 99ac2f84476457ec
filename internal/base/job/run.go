package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
)

// Run is one attempt at a job. It is for the job's Run function, until that returns.
type Run struct {
	ID      int64
	Kind    string
	Queue   string
	Key     string
	Payload json.RawMessage
	Attempt int // the first is 1; those of a process that stopped do not count
	Added   time.Time
	Due     time.Time

	runner *Runner
	slot   *slot
	claim  int64
	cancel context.CancelCauseFunc
	own    context.Context // of what is written about the run, which no stop ends

	lock     sync.Mutex
	progress Progress
	shown    time.Time // when progress was last written
	finished bool
}

// ErrLost says that the job is no longer this run's: another process has taken it over, or a person has ended it.
var ErrLost = errors.New("the job is another run's by now")

// Decode reads the payload, and refuses what it does not know.
func (r *Run) Decode(into any) error {
	d := json.NewDecoder(strings.NewReader(string(r.Payload)))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("the payload of job %d: %w", r.ID, err)
	}
	return nil
}

// Past is how far earlier attempts said they had come; nothing where the job is new or replayed.
func (r *Run) Past() Progress {
	r.lock.Lock()
	defer r.lock.Unlock()
	return r.progress
}

// Mark says how far the run has come, to be written with its next step or its end.
func (r *Run) Mark(done, total int64, note string) {
	r.lock.Lock()
	defer r.lock.Unlock()
	r.progress = Progress{done, total, plain(note)}
}

// Progress says how far the run has come, for whoever looks. It may be called often: it is written once a second.
func (r *Run) Progress(done, total int64, note string) {
	const often = time.Second
	r.Mark(done, total, note)
	r.lock.Lock()
	defer r.lock.Unlock()
	if now := time.Now(); now.Sub(r.shown) >= often {
		r.shown = now
		err := r.runner.d.Write(r.own, r.advance)
		if errors.Is(err, ErrLost) {
			r.cancel(ErrLost)
		}
	}
}

// Step has the function write in a transaction in which the job is still this run's, and what Progress last said is
// written with it: for work that goes on in parts, each of which is to be done once.
func (r *Run) Step(ctx context.Context, fn func(tx *db.Tx) error) error {
	r.lock.Lock()
	defer r.lock.Unlock()
	return r.runner.d.Write(ctx, func(tx *db.Tx) error {
		if err := r.advance(tx); err != nil {
			return err
		}
		return fn(tx)
	})
}

func (r *Run) advance(tx *db.Tx) error {
	return r.only(tx.Exec(`UPDATE jobs SET done_units = $1, total_units = $2, note = $3 WHERE job_id = $4 AND claim = $5 AND state = 'running'`,
		r.progress.Done, r.progress.Total, r.progress.Note, r.ID, r.claim))
}

// only is the error of a statement on the job's row, which is lost where there was none.
func (r *Run) only(n int64, err error) error {
	if err == nil && n == 0 {
		err = ErrLost
	}
	return err
}

// Finish has the function write in the transaction in which the job becomes done, and Run is to return after it. A stop
// of the process does not keep it from committing; where it fails, the job is not done.
func (r *Run) Finish(fn func(tx *db.Tx) error) error { return r.End(nil, fn) }

// End is Finish for any end: the job becomes what it would become if Run returned the error, such as one of Later.
func (r *Run) End(failure error, fn func(tx *db.Tx) error) error {
	r.lock.Lock()
	defer r.lock.Unlock()
	err := r.runner.d.Write(r.own, func(tx *db.Tx) error {
		if err := r.outcome(tx, failure, false); err != nil {
			return err
		}
		return fn(tx)
	})
	r.finished = r.finished || err == nil
	return err
}

func (r *Run) done(tx *db.Tx) error {
	if r.slot.Forget {
		return r.only(tx.Exec("DELETE FROM jobs WHERE job_id = $1 AND claim = $2 AND state = 'running'", r.ID, r.claim))
	}
	return r.only(tx.Exec(`UPDATE jobs SET state = 'done', process_id = 0, error = '', cause = '', finished_us = $1, done_units = $2, total_units = $3,
		note = $4 WHERE job_id = $5 AND claim = $6 AND state = 'running'`, tx.Now, r.progress.Done, r.progress.Total, r.progress.Note, r.ID, r.claim))
}

// start runs the job.
func (r *Runner) start(running context.Context, run *Run) {
	ctx, cancel := context.WithCancelCause(running)
	run.cancel, run.own = cancel, context.WithoutCancel(running)
	run.slot.active++
	r.lock.Lock()
	r.active[run] = true
	r.lock.Unlock()
	go func() {
		defer func() {
			cancel(nil)
			r.ended <- run
		}()
		limited, end := context.WithTimeout(ctx, run.slot.Timeout)
		defer end()
		err := run.call(limited)
		if errors.Is(limited.Err(), context.DeadlineExceeded) && fault.KindOf(err) == fault.Internal && err != nil {
			err = fault.Unavailablef("it was not done within %s: %w", run.slot.Timeout, err)
		}
		r.settle(ctx, run, err)
	}()
}

// call calls the job's function; one that panics has failed.
func (r *Run) call(ctx context.Context) (err error) {
	err = errors.New("the job's goroutine ended")
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
			r.runner.o.Log.Error("a job panicked", "job", r.ID, "kind", r.Kind, "panic", p, "stack", string(debug.Stack()))
		}
	}()
	return r.slot.Run(db.Background(ctx), r)
}

// settle writes what became of the run. It tries until that is certain, or no longer this run's to say.
func (r *Runner) settle(ctx context.Context, run *Run, err error) {
	run.lock.Lock()
	defer run.lock.Unlock()
	if run.finished {
		if err != nil {
			r.o.Log.Warn("a job failed after it was done", "job", run.ID, "kind", run.Kind, "err", err)
		}
		return
	}
	stopping := errors.Is(context.Cause(ctx), errStopping) || errors.Is(context.Cause(ctx), ErrLost)
	const first, most = 50 * time.Millisecond, 5 * time.Second
	for pause := first; ; pause = min(2*pause, most) {
		wrong := r.d.Write(run.own, func(tx *db.Tx) error { return run.outcome(tx, err, stopping) }) //nolint:contextcheck // its own, which no stop ends
		switch {
		case wrong == nil:
			return
		case errors.Is(wrong, ErrLost) || errors.Is(context.Cause(ctx), ErrLost):
			r.o.Log.Warn("a job that ended was another run's by then", "job", run.ID, "kind", run.Kind)
			return
		}
		r.o.Log.Error("saving what became of a job failed", "job", run.ID, "kind", run.Kind, "err", wrong)
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			if stopping || errors.Is(context.Cause(ctx), ErrLost) {
				return // handed back at the end, or taken over
			}
			stopping = true
		}
	}
}

// outcome writes it in a transaction.
func (r *Run) outcome(tx *db.Tx, err error, stopping bool) error {
	if err == nil {
		return r.done(tx)
	}
	var l *later
	var n *never
	due, state, counts := tx.Now.Add(r.slot.pause(r.Attempt)), Waiting, 0
	var finished any
	switch {
	case errors.As(err, &n):
		state, finished = Dead, tx.Now
	case errors.As(err, &l):
		due = tx.Now.Add(max(0, l.after))
	case stopping:
		due, counts = r.Due, 1
	case r.Attempt >= r.slot.Attempts:
		state, finished = Dead, tx.Now
	}
	message, cause := words(err)
	if counts == 0 {
		r.runner.o.Log.Warn("a job failed", "job", r.ID, "kind", r.Kind, "attempt", r.Attempt, "state", string(state), "err", message, "cause", cause)
	}
	return r.only(tx.Exec(`UPDATE jobs SET state = $1, process_id = 0, due_us = $2, attempts = attempts - $3, error = $4, cause = $5, finished_us = $6,
		done_units = $7, total_units = $8, note = $9 WHERE job_id = $10 AND claim = $11 AND state = 'running'`,
		string(state), due, counts, message, cause, finished, r.progress.Done, r.progress.Total, r.progress.Note, r.ID, r.claim))
}

// pause is how long to wait after the nth attempt: doubling, and from half of it on at random, so that jobs that failed
// together do not come back together.
func (s *slot) pause(attempt int) time.Duration {
	const doublings = 30
	whole := s.Most
	if attempt <= doublings {
		whole = min(s.First<<(attempt-1), s.Most)
	}
	if whole < s.First { // past what a Duration holds
		whole = s.Most
	}
	return whole/2 + rand.N(whole/2+1) //nolint:gosec // no secret
}

// words are what is kept of an error: a sentence for people, and what was behind it for staff.
func words(err error) (message, cause string) {
	const longest = 1000
	var f *fault.Fault
	switch {
	case errors.As(err, &f) && f.Cause != nil:
		message, cause = f.Message, f.Cause.Error()
	case errors.As(err, &f):
		message = f.Message
	default:
		message, cause = "something inside the program went wrong; the cause and the log say more", err.Error()
	}
	return short(plain(message), longest), short(plain(cause), longest)
}

// plain is text that both engines keep.
func plain(s string) string { return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "�") }

func short(s string, longest int) string {
	if r := []rune(s); len(r) > longest {
		return string(r[:longest]) + "…"
	}
	return s
}
