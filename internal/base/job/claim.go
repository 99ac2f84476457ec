package job

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"regulars/internal/base/db"
)

// takeUp starts the jobs that are due and for which there is room, and tells after what time to look again.
func (r *Runner) takeUp(ctx, running context.Context) time.Duration {
	kinds := r.calls()
	switch {
	case r.adrift.Load():
		return r.o.Poll
	case len(kinds) == 0: // called for what it had just looked at: what that look found to come still comes
		if left := time.Until(r.again); left > 0 {
			return left
		}
		return r.o.Poll // there is no room, and the next run that ends calls
	}
	wait := r.lookAndClaim(ctx, running, kinds)
	r.again = time.Now().Add(wait)
	return wait
}

func (r *Runner) lookAndClaim(ctx, running context.Context, kinds []*slot) time.Duration {
	due, wait, tick, err := r.look(ctx, kinds)
	if err == nil && tick {
		if err = r.tick(ctx); err == nil {
			return 0 // what the ticks added rings; the look below is due anyway
		}
	}
	if err == nil && (len(due) > 0 || r.doubt) {
		err = r.claim(ctx, running, due)
	}
	if err != nil {
		if ctx.Err() == nil {
			r.o.Log.Error("looking for jobs failed", "err", err)
		}
		return r.o.Poll
	}
	return wait
}

// look finds out, without writing, for which kinds something is due, how long it is to what is next, and whether a
// schedule is due. Where nothing is due, it is two looks into an index.
func (r *Runner) look(ctx context.Context, kinds []*slot) (due []*slot, wait time.Duration, tick bool, err error) {
	err = r.d.Read(ctx, func(tx *db.Tx) error {
		due, wait, tick = nil, r.o.Poll, !tx.Now.Before(r.nextTick)
		var some bool
		var next sql.Null[time.Time]
		if err := tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM jobs WHERE state = 'waiting' AND due_us <= $1),
			(SELECT min(due_us) FROM jobs WHERE state = 'waiting' AND due_us > $1)`, tx.Now).Scan(&some, &next); err != nil {
			return err
		}
		if next.Valid {
			wait = min(wait, next.V.Sub(tx.Now))
		}
		wait = min(wait, max(0, r.nextTick.Sub(tx.Now)))
		if !some {
			return nil
		}
		for _, s := range kinds {
			found, err := places(tx, s.Name)
			if err != nil {
				return err
			}
			if len(found) > 0 {
				due = append(due, s)
			}
		}
		return nil
	})
	return due, wait, tick, err
}

// place is where jobs are due: a queue, and a priority in it.
type place struct {
	queue    string
	priority int64
}

// places finds where jobs of the kind are due, by going from queue to queue in the index, whatever is in them. It is
// written so that no planner, however little it knows of a table that changes all the time, reads more than that.
func places(tx *db.Tx, kind string) ([]place, error) {
	rows, err := tx.Query(`WITH RECURSIVE named (queue) AS (
			SELECT (SELECT queue FROM jobs WHERE state = 'waiting' AND kind = $1 ORDER BY queue LIMIT 1)
			UNION ALL
			SELECT (SELECT j.queue FROM jobs j WHERE j.state = 'waiting' AND j.kind = $1 AND j.queue > named.queue ORDER BY j.queue LIMIT 1)
			FROM named WHERE named.queue IS NOT NULL
		), level (priority) AS (VALUES (1), (0), (-1))
		SELECT queue, priority FROM named CROSS JOIN level WHERE queue IS NOT NULL AND (SELECT j.due_us FROM jobs j WHERE j.state = 'waiting'
			AND j.kind = $1 AND j.queue = named.queue AND j.priority = level.priority ORDER BY j.due_us LIMIT 1) <= $2
		ORDER BY queue, priority DESC`, kind, tx.Now)
	if err != nil {
		return nil, err
	}
	var found []place
	for rows.Next() {
		var p place
		if err := rows.Scan(&p.queue, &p.priority); err != nil {
			return nil, err
		}
		found = append(found, p)
	}
	return found, rows.Close()
}

// claim makes due jobs of the kinds this process's, and runs them.
func (r *Runner) claim(ctx, running context.Context, kinds []*slot) error {
	mine, err := r.take(ctx, kinds)
	// After an error it may be that they are ours all the same: they are given back at the next look.
	if r.doubt = err != nil; r.doubt {
		return err
	}
	for _, run := range mine {
		r.start(running, run)
	}
	return nil
}

func (r *Runner) take(ctx context.Context, kinds []*slot) (mine []*Run, err error) {
	process := r.process.Load()
	err = r.d.Write(ctx, func(tx *db.Tx) error {
		mine = nil
		if r.doubt {
			if err := r.disown(tx, process); err != nil {
				return err
			}
		}
		// Who was taken for gone since it looked claims nothing: others would take it over at once.
		var there bool
		if err := tx.QueryRow("SELECT EXISTS (SELECT 1 FROM job_processes WHERE process_id = $1)", process).Scan(&there); err != nil || !there {
			return err
		}
		for _, s := range kinds {
			runs, err := r.claimKind(tx, s, process)
			if err != nil {
				return err
			}
			mine = append(mine, runs...)
		}
		return nil
	})
	return mine, err
}

// claimKind claims up to as many jobs of the kind as there is room for, queue after queue, going on behind the one that
// was served last. Whoever changes the kind's turn is alone until it commits, and sees what those before it claimed.
func (r *Runner) claimKind(tx *db.Tx, s *slot, process int64) ([]*Run, error) {
	if _, err := tx.Exec("UPDATE job_turns SET turn = turn + 1 WHERE kind = $1", s.Name); err != nil {
		return nil, err
	}
	room := s.Concurrency - s.active
	running := map[string]int{}
	if s.Everywhere > 0 || s.PerQueue > 0 {
		total, err := tally(tx, s.Name, running)
		if err != nil {
			return nil, err
		}
		if s.Everywhere > 0 {
			room = min(room, s.Everywhere-total)
		}
	}
	found, err := places(tx, s.Name)
	if err != nil {
		return nil, err
	}
	first, _ := slices.BinarySearchFunc(found, s.last, func(p place, last string) int {
		if p.queue <= last {
			return -1
		}
		return 1
	})
	var mine []*Run
	for _, p := range append(slices.Clone(found[first:]), found[:first]...) {
		n := room - len(mine)
		if s.PerQueue > 0 {
			n = min(n, s.PerQueue-running[p.queue])
		}
		if n <= 0 {
			continue
		}
		runs, err := r.claimPlace(tx, s, p, n, process)
		if err != nil {
			return nil, err
		}
		if len(runs) > 0 {
			s.last = p.queue
		}
		running[p.queue] += len(runs)
		mine = append(mine, runs...)
	}
	return mine, nil
}

// tally counts the running jobs of a kind by queue.
func tally(tx *db.Tx, kind string, running map[string]int) (total int, err error) {
	rows, err := tx.Query("SELECT queue, count(*) FROM jobs WHERE state = 'running' AND kind = $1 GROUP BY queue", kind)
	if err != nil {
		return 0, err
	}
	for rows.Next() {
		var queue string
		var n int
		if err := rows.Scan(&queue, &n); err != nil {
			return 0, err
		}
		running[queue] = n
		total += n
	}
	return total, rows.Close()
}

func (r *Runner) claimPlace(tx *db.Tx, s *slot, p place, most int, process int64) ([]*Run, error) {
	rows, err := tx.Query(`UPDATE jobs SET state = 'running', claim = claim + 1, attempts = attempts + 1, process_id = $1, started_us = $2
		WHERE state = 'waiting' AND job_id IN (SELECT job_id FROM jobs WHERE state = 'waiting' AND kind = $3 AND queue = $4 AND priority = $5
			AND due_us <= $2 ORDER BY due_us, job_id LIMIT $6)
		RETURNING job_id, queue, unique_key, payload, claim, attempts, done_units, total_units, note, added_us, due_us`,
		process, tx.Now, s.Name, p.queue, p.priority, most)
	if err != nil {
		return nil, err
	}
	var mine []*Run
	for rows.Next() {
		run := &Run{Kind: s.Name, runner: r, slot: s}
		var payload string
		if err := rows.Scan(&run.ID, &run.Queue, &run.Key, &payload, &run.claim, &run.Attempt, &run.progress.Done, &run.progress.Total,
			&run.progress.Note, &run.Added, &run.Due); err != nil {
			return nil, err
		}
		run.Payload = []byte(payload)
		mine = append(mine, run)
	}
	slices.SortFunc(mine, func(a, b *Run) int { // rows come in no order
		if c := a.Due.Compare(b.Due); c != 0 {
			return c
		}
		return int(max(-1, min(1, a.ID-b.ID)))
	})
	return mine, rows.Close()
}

// disown gives back what is this process's in the table and does not run in it.
func (r *Runner) disown(tx *db.Tx, process int64) error {
	held, err := holding(tx, "process_id = $1", process)
	if err != nil {
		return err
	}
	runs := map[int64]int64{}
	r.lock.Lock()
	for run := range r.active {
		runs[run.ID] = run.claim
	}
	r.lock.Unlock()
	for _, h := range held {
		if runs[h.id] == h.claim {
			continue
		}
		if err := h.release(tx); err != nil {
			return err
		}
	}
	return nil
}
