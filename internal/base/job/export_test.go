package job

import (
	"context"
	"time"
)

// What the runner's loop does by itself, a step at a time.

// Join enters the process.
func (r *Runner) Join(ctx context.Context) error { return r.join(ctx) }

// Take claims what is due and starts nothing.
func (r *Runner) Take(ctx context.Context) ([]*Run, error) {
	r.all()
	due, _, _, err := r.look(ctx, r.calls())
	if err != nil || len(due) == 0 && !r.doubt {
		return nil, err
	}
	mine, err := r.take(ctx, due)
	r.doubt = false
	for _, run := range mine {
		run.cancel, run.own = func(error) {}, context.WithoutCancel(ctx)
		run.slot.active++
		r.lock.Lock()
		r.active[run] = true
		r.lock.Unlock()
	}
	return mine, err
}

// Settle ends a run that was taken.
func (r *Runner) Settle(ctx context.Context, run *Run, err error) {
	r.settle(ctx, run, err)
	r.over(run)
}

// Pulse is one beat.
func (r *Runner) Pulse(ctx context.Context) error { return r.pulse(ctx) }

// Leave hands back what is left.
func (r *Runner) Leave(ctx context.Context) error { return r.leave(ctx) }

// Tick fires the schedules that are due.
func (r *Runner) Tick(ctx context.Context) error { return r.tick(ctx) }

// Process is the process's id.
func (r *Runner) Process() int64 { return r.process.Load() }

// Look tells how long there is nothing to do.
func (r *Runner) Look(ctx context.Context) (due int, wait time.Duration, err error) {
	r.all()
	kinds, wait, _, err := r.look(ctx, r.calls())
	return len(kinds), wait, err
}

// Doubt has the next claim give back what does not run here.
func (r *Runner) Doubt() { r.doubt = true }

// Pause is how long a kind waits after an attempt.
func (k Kind) Pause(attempt int) time.Duration { return (&slot{Kind: k}).pause(attempt) }

// Waits is for how long a process rests that was called for nothing, when its last look wanted the next after so long.
func Waits(poll, again time.Duration) time.Duration {
	r := &Runner{o: Options{Poll: poll}, again: time.Now().Add(again)}
	return r.takeUp(context.Background(), context.Background())
}
