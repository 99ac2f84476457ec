package job_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/base/job"
)

// crashing are the kinds of the crash test: one whose effect is in the transaction of its end, and one that adds another.
func crashing(started func(id int64)) []job.Kind {
	effect := func(tx *db.Tx, id int64) error { _, err := tx.Exec("INSERT INTO effect VALUES ($1)", id); return err }
	return []job.Kind{{Name: "one", Concurrency: 8, Attempts: 1000, First: time.Millisecond, Run: func(_ context.Context, r *job.Run) error {
		started(r.ID)
		if rand.N(4) == 0 {
			return errors.New("now and then it fails")
		}
		return r.Finish(func(tx *db.Tx) error {
			if err := effect(tx, r.ID); err != nil {
				return err
			}
			_, err := job.Add(tx, job.Job{Kind: "two", Payload: payload{1}, Key: fmt.Sprint(r.ID)})
			return err
		})
	}}, {Name: "two", Concurrency: 8, Attempts: 1000, Run: func(_ context.Context, r *job.Run) error {
		return r.Finish(func(tx *db.Tx) error { return effect(tx, r.ID) })
	}}}
}

// TestChildRunsJobs adds jobs and runs them, and prints the ids of those whose adding was acknowledged and of those that
// were begun, until it is killed.
func TestChildRunsJobs(t *testing.T) {
	d := dbtest.InChild(t)
	if d == nil {
		return
	}
	run(t, d, job.Options{Poll: 20 * time.Millisecond, Alone: true}, crashing(func(id int64) { fmt.Fprintf(os.Stdout, "began %d\n", id) })...)
	for {
		var id int64
		if err := d.Write(t.Context(), func(tx *db.Tx) (err error) {
			id, err = job.Add(tx, job.Job{Kind: "one"})
			return err
		}); err == nil {
			if _, err := fmt.Fprintf(os.Stdout, "added %d\n", id); err != nil {
				return
			}
		}
		time.Sleep(time.Duration(rand.N(2000)) * time.Microsecond)
	}
}

// A process that runs jobs is killed at random moments, on PostgreSQL the server too. In the end every job that was
// acknowledged has run, and what it wrote with its end is there once.
func TestNoJobIsLostOrDoneTwiceInACrash(t *testing.T) {
	t.Parallel()
	dbtest.EachKilled(t, crash)
}

func crash(t *testing.T, o db.Options, server *dbtest.Server) {
	t.Helper()
	open := func() *db.DB {
		d, err := db.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	d := open()
	migrate(t, d)
	write(t, d, func(tx *db.Tx) error { _, err := tx.Exec(`CREATE TABLE effect (job_id BIGINT NOT NULL)`); return err })
	added, began := map[int64]bool{}, map[int64]bool{}
	for range dbtest.CrashRounds(t, 12) {
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		dbtest.Crash(t, dbtest.Child(t, "TestChildRunsJobs", o), server, func(line string) {
			var id int64
			if _, err := fmt.Sscanf(line, "added %d", &id); err == nil {
				added[id] = true
			} else if _, err := fmt.Sscanf(line, "began %d", &id); err == nil {
				began[id] = true
			}
		})
		d = open()
	}
	stop := run(t, d, job.Options{Poll: 20 * time.Millisecond, Alone: true}, crashing(func(int64) {})...)
	// Both in one statement: what the killed process sent last may still be on its way into PostgreSQL.
	left := func(query string) (n int) {
		if err := d.Read(t.Context(), func(tx *db.Tx) error { return tx.QueryRow(query).Scan(&n) }); err != nil {
			t.Fatal(err)
		}
		return n
	}
	until(t, "all are done", func() bool {
		return left("SELECT count(*) FROM jobs WHERE kind <> 'job.purge' AND state <> 'done'") == 0
	})
	stop()
	for what, query := range map[string]string{
		"jobs whose effect is not there once": "SELECT count(*) FROM jobs j WHERE kind <> 'job.purge' AND 1 <> (SELECT count(*) FROM effect e WHERE e.job_id = j.job_id)",
		"effects of no job":                   "SELECT count(*) FROM effect e WHERE NOT EXISTS (SELECT 1 FROM jobs j WHERE j.job_id = e.job_id)",
		"followers too few":                   "SELECT (SELECT count(*) FROM jobs WHERE kind = 'one') - (SELECT count(*) FROM jobs WHERE kind = 'two')",
	} {
		if n := left(query); n != 0 {
			t.Errorf("%d %s", n, what)
		}
	}
	there := map[int64]bool{}
	for _, r := range list(t, d, job.Filter{Kind: "one"}, 0, 1_000_000) {
		there[r.ID] = true
	}
	for id := range added {
		if !there[id] {
			t.Errorf("job %d was acknowledged and is not there", id)
		}
	}
	t.Logf("%d jobs acknowledged, %d begun before a kill", len(added), len(began))
	if len(added) == 0 || len(began) == 0 {
		t.Error("nothing was interrupted")
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}

// Processes that run jobs are killed while another one runs on: it takes their jobs over once their beat has stood still,
// and in the end each job's effect is there once.
func TestTheLivingTakeOverFromTheKilled(t *testing.T) {
	t.Parallel()
	dbtest.EachOptions(t, func(t *testing.T, o db.Options) {
		d := dbtest.Open(t, o)
		migrate(t, d)
		write(t, d, func(tx *db.Tx) error { _, err := tx.Exec(`CREATE TABLE effect (job_id BIGINT NOT NULL)`); return err })
		began := map[int64]bool{}
		run(t, d, shared(), slowly(func(int64) {})...)
		for range dbtest.CrashRounds(t, 4) {
			dbtest.Crash(t, dbtest.Child(t, "TestChildSharesJobs", o), nil, func(line string) {
				var id int64
				if _, err := fmt.Sscanf(line, "began %d", &id); err == nil {
					began[id] = true
				}
			})
		}
		count := func(query string) (n int) {
			if err := d.Read(t.Context(), func(tx *db.Tx) error { return tx.QueryRow(query).Scan(&n) }); err != nil {
				t.Fatal(err)
			}
			return n
		}
		until(t, "all are done", func() bool { return count("SELECT count(*) FROM jobs WHERE kind = 'slow' AND state <> 'done'") == 0 })
		if n := count("SELECT count(*) FROM jobs j WHERE kind = 'slow' AND 1 <> (SELECT count(*) FROM effect e WHERE e.job_id = j.job_id)"); n != 0 {
			t.Errorf("%d jobs whose effect is not there once", n)
		}
		over := count("SELECT count(*) FROM jobs WHERE kind = 'slow' AND attempts > 1")
		t.Logf("%d jobs, %d begun by the killed, %d taken over", count("SELECT count(*) FROM jobs WHERE kind = 'slow'"), len(began), over)
		if len(began) == 0 || over == 0 {
			t.Error("nothing was taken over")
		}
		if n := len(processes(t, d)); n != 1 {
			t.Errorf("%d processes are listed", n)
		}
	})
}

func shared() job.Options {
	return job.Options{Poll: 20 * time.Millisecond, Beat: 50 * time.Millisecond, Lease: 2 * time.Second}
}

// slowly is a kind whose jobs take a moment.
func slowly(began func(id int64)) []job.Kind {
	return []job.Kind{{Name: "slow", Concurrency: 4, Attempts: 100, Run: func(ctx context.Context, r *job.Run) error {
		began(r.ID)
		select {
		case <-time.After(rand.N(50 * time.Millisecond)):
		case <-ctx.Done():
			return ctx.Err()
		}
		return r.Finish(func(tx *db.Tx) error { _, err := tx.Exec("INSERT INTO effect VALUES ($1)", r.ID); return err })
	}}}
}

// TestChildSharesJobs adds jobs and runs them beside others, until it is killed.
func TestChildSharesJobs(t *testing.T) {
	d := dbtest.InChild(t)
	if d == nil {
		return
	}
	run(t, d, shared(), slowly(func(id int64) { fmt.Fprintf(os.Stdout, "began %d\n", id) })...)
	for {
		write(t, d, func(tx *db.Tx) error { _, err := job.Add(tx, job.Job{Kind: "slow"}); return err })
		time.Sleep(5 * time.Millisecond)
	}
}
