package job

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"regulars/internal/base/db"
)

// Job is work to be done. Only its Kind is needed.
type Job struct {
	Kind      string
	Payload   any       // becomes JSON; ids only
	Key       string    // while one of this kind and key waits or runs, there is no second
	Queue     string    // within the kind: jobs of one queue do not hold up those of another
	Priority  Priority  // before others of its queue
	NotBefore time.Time // the zero value: now
}

// Priority orders the jobs of a queue that are due.
type Priority int64

// The priorities.
const (
	Low    Priority = -1
	Normal Priority = 0
	High   Priority = 1
)

// State is what has become of a job.
type State string

// The states. Done, Dead and Discarded are over; Dead is for a person to look at, and to replay or discard.
const (
	Waiting   State = "waiting"
	Running   State = "running"
	Done      State = "done"
	Dead      State = "dead"
	Discarded State = "discarded"
)

var states = []State{Waiting, Running, Done, Dead, Discarded}

const columns = `job_id, kind, queue, unique_key, state, priority, due_us, payload, claim, attempts, process_id, done_units, total_units,
	note, error, cause, added_us`

var (
	insertJobs  = db.NewInsert("INSERT INTO jobs ("+columns+")", 17, "")
	insertKeyed = "INSERT INTO jobs (" + columns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
		ON CONFLICT (kind, unique_key) WHERE unique_key <> '' AND state IN ('waiting', 'running') DO NOTHING`
)

// Add adds the job within the transaction, and tells its id: that of the one that is there already, if its key is taken.
func Add(tx *db.Tx, j Job) (id int64, err error) {
	ids, err := AddAll(tx, []Job{j})
	if err != nil {
		return 0, err
	}
	return ids[0], nil
}

// AddAll adds jobs as Add does, those without a key in few statements.
func AddAll(tx *db.Tx, jobs []Job) (ids []int64, err error) {
	ids = make([]int64, len(jobs))
	var plain []any
	kinds := map[string]bool{}
	for i := range jobs {
		j := &jobs[i]
		kinds[j.Kind] = true
		ids[i] = NewID(tx.Now)
		row, err := j.row(ids[i], tx.Now)
		switch {
		case err != nil:
			return nil, err
		case j.Key == "":
			plain = append(plain, row...)
			continue
		}
		if ids[i], err = addKeyed(tx, j, ids[i], row); err != nil {
			return nil, err
		}
	}
	if _, err := insertJobs.Exec(tx, plain); err != nil {
		return nil, err
	}
	tx.AfterCommit(func() { ring(kinds) })
	return ids, nil
}

func (j *Job) row(id int64, now time.Time) ([]any, error) {
	if j.Kind == "" {
		return nil, errors.New("a job without a kind")
	}
	payload := []byte("{}")
	if j.Payload != nil {
		var err error
		if payload, err = json.Marshal(j.Payload); err != nil {
			return nil, fmt.Errorf("the payload of a job of kind %s: %w", j.Kind, err)
		}
	}
	due := now
	if j.NotBefore.After(now) {
		due = j.NotBefore
	}
	return []any{id, j.Kind, j.Queue, j.Key, string(Waiting), int64(j.Priority), due, string(payload), 0, 0, 0, 0, 0, "", "", "", now}, nil
}

// addKeyed adds the job or finds the one that has its key. Between the two it may end, and then the key is free.
func addKeyed(tx *db.Tx, j *Job, id int64, row []any) (int64, error) {
	const tries = 10
	for range tries {
		n, err := tx.Exec(insertKeyed, append([]any(nil), row...)...)
		if err != nil {
			return 0, err
		}
		if n == 1 {
			return id, nil
		}
		there, found, err := keyed(tx, j.Kind, j.Key)
		if found || err != nil {
			return there, err
		}
	}
	return 0, db.ErrRestart
}

// Ids sort by the time they were made at: 41 bits of milliseconds since 2020, then 22 that count up in each process, from
// where chance has put it, so that no two processes meet.
const (
	idEpoch      = 1_577_836_800_000
	idCountBits  = 22
	idCountsMost = 1 << idCountBits
)

var (
	counted    atomic.Int64
	countsFrom = rand.Int64N(idCountsMost) //nolint:gosec // no secret: it only keeps processes apart
)

// NewID makes an id as jobs have it, for what is kept and listed in the same way.
func NewID(now time.Time) int64 {
	return max(now.UnixMilli()-idEpoch, 1)<<idCountBits | (countsFrom+counted.Add(1))%idCountsMost
}

// FirstID is where the ids of a time begin: those made before it are smaller.
func FirstID(at time.Time) int64 { return max(at.UnixMilli()-idEpoch, 0) << idCountBits }

// later is the error of a run that names when it is to be tried again.
type later struct {
	after time.Duration
	cause error
}

func (l *later) Error() string { return l.cause.Error() }
func (l *later) Unwrap() error { return l.cause }

// Later has a run that failed tried again after the given time, instead of what its kind says, and however often that
// was done: the run knows its Attempt and when to give up.
func Later(after time.Duration, err error) error { return &later{after, err} }

// never is the error of a run that is not to be tried again.
type never struct{ cause error }

func (n *never) Error() string { return n.cause.Error() }
func (n *never) Unwrap() error { return n.cause }

// Never has a run that failed not tried again.
func Never(err error) error { return &never{err} }
