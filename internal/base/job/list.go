package job

import (
	"database/sql"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
)

// Record is a job as it is kept.
type Record struct {
	ID       int64
	Kind     string
	Queue    string
	Key      string
	State    State
	Priority Priority
	Due      time.Time // not before then
	Payload  json.RawMessage
	Attempts int
	Progress Progress
	Error    string // of the last attempt, for people: a fault's sentence, or a neutral one
	Cause    string // what was behind it, for staff
	Added    time.Time
	Started  time.Time // the last time; zero: never
	Finished time.Time // zero: it is not over
}

// Progress is how far a run has come, in units of its own; Total is 0 where it does not know.
type Progress struct {
	Done, Total int64
	Note        string
}

const selectJobs = `SELECT job_id, kind, queue, unique_key, state, priority, due_us, payload, attempts, done_units, total_units, note, error, cause,
	added_us, started_us, finished_us FROM jobs `

func (r *Record) scan(rows interface{ Scan(targets ...any) error }) error {
	var payload, state string
	var priority int64
	var started, finished sql.Null[time.Time]
	err := rows.Scan(&r.ID, &r.Kind, &r.Queue, &r.Key, &state, &priority, &r.Due, &payload, &r.Attempts, &r.Progress.Done, &r.Progress.Total,
		&r.Progress.Note, &r.Error, &r.Cause, &r.Added, &started, &finished)
	r.State, r.Priority, r.Payload, r.Started, r.Finished = State(state), Priority(priority), json.RawMessage(payload), started.V, finished.V
	return err
}

// Get reads one job.
func Get(tx *db.Tx, id int64) (Record, error) {
	var r Record
	err := r.scan(tx.QueryRow(selectJobs+"WHERE job_id = $1", id))
	if errors.Is(err, sql.ErrNoRows) {
		err = gone()
	}
	return r, err
}

func gone() error {
	return fault.Coded("job_not_found", fault.NotFoundf("there is no such job; jobs that are over are kept for a while only"))
}

// Filter says which jobs; empty fields any.
type Filter struct {
	Kind  string
	State State
}

// List reads up to limit jobs, the newest first, from behind the job with the given id; 0: from the newest.
func List(tx *db.Tx, f Filter, after int64, limit int) ([]Record, error) {
	if after == 0 {
		after = math.MaxInt64
	}
	query, args := selectJobs+"WHERE job_id < $1 AND $2 IN ('', kind)", []any{after, f.Kind, limit}
	if f.Kind != "" {
		query = selectJobs + "WHERE job_id < $1 AND kind = $2"
	}
	if f.State != "" {
		if !slices.Contains(states, f.State) {
			return nil, fault.In("state", fault.Invalidf("%q is no state of a job; they are %v", string(f.State), states))
		}
		query += inState(f.State)
	}
	query += " ORDER BY job_id DESC LIMIT $3"
	rows, err := tx.Query(query, args...)
	if err != nil {
		return nil, err
	}
	var found []Record
	for rows.Next() {
		var r Record
		if err := r.scan(rows); err != nil {
			return nil, err
		}
		found = append(found, r)
	}
	return found, rows.Close()
}

// inState is the condition in words that find the index of such jobs.
func inState(s State) string {
	if s == Waiting || s == Running {
		return " AND state = '" + string(s) + "'"
	}
	return " AND state IN ('done', 'dead', 'discarded') AND state = '" + string(s) + "'"
}

// Count is how many jobs of a kind are in a state.
type Count struct {
	Kind   string
	State  State
	Jobs   int64
	Oldest time.Time // of those waiting, since when the first is due; zero for other states
}

// Counts counts all jobs, for measuring.
func Counts(tx *db.Tx) ([]Count, error) {
	rows, err := tx.Query(`SELECT kind, state, count(*), min(due_us) FROM jobs WHERE state = 'waiting' GROUP BY kind, state
		UNION ALL SELECT kind, state, count(*), NULL FROM jobs WHERE state = 'running' GROUP BY kind, state
		UNION ALL SELECT kind, state, count(*), NULL FROM jobs WHERE state IN ('done', 'dead', 'discarded') GROUP BY kind, state
		ORDER BY 1, 2`)
	if err != nil {
		return nil, err
	}
	var all []Count
	for rows.Next() {
		var c Count
		var state string
		var oldest sql.Null[time.Time]
		if err := rows.Scan(&c.Kind, &state, &c.Jobs, &oldest); err != nil {
			return nil, err
		}
		c.State, c.Oldest = State(state), oldest.V
		all = append(all, c)
	}
	return all, rows.Close()
}

// keyed finds the job that has the key.
func keyed(tx *db.Tx, kind, key string) (id int64, found bool, err error) {
	err = tx.QueryRow("SELECT job_id FROM jobs WHERE kind = $1 AND unique_key = $2 AND unique_key <> '' AND state IN ('waiting', 'running')",
		kind, key).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	return id, err == nil, err
}

// Replay has a job that was given up or discarded run again, as if it were new.
func Replay(tx *db.Tx, id int64) error {
	r, err := Get(tx, id)
	if err != nil {
		return err
	}
	taken := fault.Coded("job_waiting", fault.Conflictf("another job does the same already; wait for its end"))
	if r.Key != "" {
		if _, found, err := keyed(tx, r.Kind, r.Key); err != nil || found && (r.State == Dead || r.State == Discarded) {
			return either(err, taken)
		}
	}
	n, err := tx.Exec(`UPDATE jobs SET state = 'waiting', attempts = 0, due_us = $1, finished_us = NULL, done_units = 0, total_units = 0, note = ''
		WHERE job_id = $2 AND state IN ('dead', 'discarded')`, tx.Now, id)
	switch {
	case db.Violates(err, "jobs_key"):
		return taken
	case err != nil:
		return err
	case n == 0:
		return fault.Coded("job_not_over", fault.Conflictf("only a job that was given up or discarded can be replayed, and this one is %s", r.State))
	}
	tx.AfterCommit(func() { ring(map[string]bool{r.Kind: true}) })
	return nil
}

// Discard ends a job that waits or was given up, without running it again.
func Discard(tx *db.Tx, id int64) error {
	n, err := tx.Exec("UPDATE jobs SET state = 'discarded', finished_us = $1 WHERE job_id = $2 AND state IN ('waiting', 'dead')", tx.Now, id)
	if err != nil || n == 1 {
		return err
	}
	r, err := Get(tx, id)
	if err != nil {
		return err
	}
	return fault.Coded("job_not_waiting", fault.Conflictf("only a job that waits or was given up can be discarded, and this one is %s", r.State))
}

func either(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}
