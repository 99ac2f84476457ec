package job

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"time"

	"regulars/internal/base/db"
)

// Process is a process that runs jobs.
type Process struct {
	ID      int64
	Host    string
	PID     int
	Started time.Time
	Seen    time.Time
}

// Processes lists the processes that run jobs on the database.
func Processes(tx *db.Tx) ([]Process, error) {
	rows, err := tx.Query("SELECT process_id, host, pid, started_us, seen_us FROM job_processes ORDER BY started_us, process_id")
	if err != nil {
		return nil, err
	}
	var all []Process
	for rows.Next() {
		var p Process
		if err := rows.Scan(&p.ID, &p.Host, &p.PID, &p.Started, &p.Seen); err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, rows.Close()
}

// watched is another process as this one has seen it: which beat, and since when by this one's clock. Clocks of
// different machines are never compared.
type watched struct {
	beat  int64
	since time.Time
}

// join enters the process among those that run jobs, in place of what it was before.
func (r *Runner) join(ctx context.Context) error {
	host, err := os.Hostname()
	if err != nil {
		host = ""
	}
	id := rand.Int64N(math.MaxInt64) + 1 //nolint:gosec // no secret
	before := r.process.Swap(id)
	err = r.d.Write(ctx, func(tx *db.Tx) error {
		gone, args := "process_id = $1", []any{before}
		if r.o.Alone {
			gone, args = "process_id <> 0", nil
		}
		if _, err := tx.Exec("DELETE FROM job_processes WHERE "+gone, args...); err != nil {
			return err
		}
		if _, err := tx.Exec("INSERT INTO job_processes (process_id, host, pid, beat, started_us, seen_us) VALUES ($1, $2, $3, 0, $4, $4)",
			id, host, os.Getpid(), tx.Now); err != nil {
			return err
		}
		for _, s := range r.kinds {
			if _, err := tx.Exec("INSERT INTO job_turns (kind, turn) VALUES ($1, 0) ON CONFLICT DO NOTHING", s.Name); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return r.pulse(ctx)
}

// beats says again and again that the process is there, and notices those that are not.
func (r *Runner) beats(ctx context.Context) {
	last := time.Now()
	ticker := time.NewTicker(r.o.Beat)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		began := time.Now()
		err := r.live(ctx)
		switch {
		case err == nil:
			last = began
		case ctx.Err() != nil:
		default:
			r.o.Log.Error("saying that this process runs jobs failed", "err", err)
			if time.Since(last) > r.o.Lease {
				r.lose()
			}
		}
	}
}

// live is a beat, after coming back where the process was taken for gone.
func (r *Runner) live(ctx context.Context) error {
	if !r.adrift.Load() {
		return r.pulse(ctx)
	}
	if err := r.join(ctx); err != nil {
		return err
	}
	r.adrift.Store(false)
	r.wakeAll()
	return nil
}

func (r *Runner) wakeAll() {
	all := map[string]bool{}
	for _, s := range r.kinds {
		all[s.Name] = true
	}
	r.wake(all)
}

// lose ends all runs: others have, or may have, taken their jobs over.
func (r *Runner) lose() {
	r.adrift.Store(true)
	r.lock.Lock()
	defer r.lock.Unlock()
	for run := range r.active {
		run.cancel(ErrLost)
	}
}

// pulse is one beat, and one look at the others.
func (r *Runner) pulse(ctx context.Context) error {
	me := r.process.Load()
	var there int64
	var orphans bool
	beats := map[int64]int64{}
	err := r.d.Write(ctx, func(tx *db.Tx) (err error) {
		clear(beats)
		there, err = tx.Exec("UPDATE job_processes SET beat = beat + 1, seen_us = $1 WHERE process_id = $2", tx.Now, me)
		if err != nil {
			return err
		}
		rows, err := tx.Query("SELECT process_id, beat FROM job_processes")
		if err != nil {
			return err
		}
		for rows.Next() {
			var id, beat int64
			if err := rows.Scan(&id, &beat); err != nil {
				return err
			}
			beats[id] = beat
		}
		if err := rows.Close(); err != nil {
			return err
		}
		return tx.QueryRow("SELECT EXISTS (SELECT 1 FROM jobs WHERE state = 'running' AND " + orphaned + ")").Scan(&orphans)
	})
	if err != nil {
		return err
	}
	if there == 0 {
		r.o.Log.Warn("others took this process for gone; its jobs are theirs")
		r.lose()
		return nil
	}
	gone := r.watch(me, beats)
	r.alive.Store(int64(len(beats) - len(gone)))
	if len(gone) == 0 && !orphans {
		return nil
	}
	return r.takeOver(ctx, gone, beats)
}

// watch notes the beats of the others, and tells whose has stood still for too long.
func (r *Runner) watch(me int64, beats map[int64]int64) (gone []int64) {
	now := time.Now()
	for id := range r.watched {
		if _, there := beats[id]; !there {
			delete(r.watched, id)
		}
	}
	for id, beat := range beats {
		switch w, known := r.watched[id]; {
		case id == me:
		case !known || w.beat != beat:
			r.watched[id] = watched{beat, now}
		case now.Sub(w.since) >= r.o.Lease:
			gone = append(gone, id)
		}
	}
	slices.Sort(gone)
	return gone
}

const orphaned = "NOT EXISTS (SELECT 1 FROM job_processes p WHERE p.process_id = jobs.process_id)"

// takeOver strikes out the processes that are gone, unless one has moved since, and puts back the jobs of all that are.
func (r *Runner) takeOver(ctx context.Context, gone []int64, beats map[int64]int64) error {
	var over int
	err := r.d.Write(ctx, func(tx *db.Tx) error {
		over = 0
		for _, id := range gone {
			if _, err := tx.Exec("DELETE FROM job_processes WHERE process_id = $1 AND beat = $2", id, beats[id]); err != nil {
				return err
			}
		}
		left, err := holding(tx, orphaned)
		if err != nil {
			return err
		}
		for _, h := range left {
			n, err := r.inherit(tx, h)
			if err != nil {
				return err
			}
			over += int(n)
		}
		return nil
	})
	if err == nil && over > 0 {
		r.o.Log.Warn("jobs of a process that is gone are taken over", "jobs", over)
		r.wakeAll()
	}
	return err
}

// held is a running job.
type held struct {
	id, claim int64
	kind      string
	attempts  int
}

// holding lists running jobs.
func holding(tx *db.Tx, where string, args ...any) ([]held, error) {
	rows, err := tx.Query("SELECT job_id, claim, kind, attempts FROM jobs WHERE state = 'running' AND "+where, args...)
	if err != nil {
		return nil, err
	}
	var all []held
	for rows.Next() {
		var h held
		if err := rows.Scan(&h.id, &h.claim, &h.kind, &h.attempts); err != nil {
			return nil, err
		}
		all = append(all, h)
	}
	slices.SortFunc(all, func(a, b held) int { return cmp.Compare(a.id, b.id) }) // all lock them in one order
	return all, rows.Close()
}

// release puts the job back as if it had not been taken up.
func (h held) release(tx *db.Tx) error {
	_, err := tx.Exec(`UPDATE jobs SET state = 'waiting', process_id = 0, attempts = attempts - 1
		WHERE job_id = $1 AND claim = $2 AND state = 'running'`, h.id, h.claim)
	return err
}

const abandoned = "the process that ran it ended before it was done"

// inherit puts back a job whose process is gone, or gives it up when that has happened too often.
func (r *Runner) inherit(tx *db.Tx, h held) (int64, error) {
	for _, s := range r.kinds {
		if s.Name == h.kind && h.attempts >= s.Attempts {
			return tx.Exec(`UPDATE jobs SET state = 'dead', process_id = 0, error = $1, cause = '', finished_us = $2
				WHERE job_id = $3 AND claim = $4 AND state = 'running'`, abandoned, tx.Now, h.id, h.claim)
		}
	}
	return tx.Exec(`UPDATE jobs SET state = 'waiting', process_id = 0, due_us = $1, error = $2, cause = ''
		WHERE job_id = $3 AND claim = $4 AND state = 'running'`, tx.Now, abandoned, h.id, h.claim)
}

// leave hands back all jobs of the process, and strikes it out.
func (r *Runner) leave(ctx context.Context) error {
	const patience = 2 * time.Second // with the database
	ctx, cancel := context.WithTimeout(ctx, max(r.o.Grace, patience))
	defer cancel()
	me := r.process.Load()
	return r.d.Write(ctx, func(tx *db.Tx) error {
		left, err := holding(tx, "process_id = $1", me)
		if err != nil {
			return err
		}
		for _, h := range left {
			if err := h.release(tx); err != nil {
				return err
			}
		}
		_, err = tx.Exec("DELETE FROM job_processes WHERE process_id = $1", me)
		return err
	})
}
