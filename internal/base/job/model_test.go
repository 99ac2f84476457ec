package job_test

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/base/db"
	"regulars/internal/base/job"
)

// plain is what a job is to be, by a model without a database.
type plain struct {
	id       int64
	key      string
	queue    string
	priority job.Priority
	due      time.Time
	state    job.State
	attempts int
	effects  int // of finishing
	owner    *worker
	claims   int
}

// worker is a process of the model.
type worker struct {
	*job.Runner
	name string
	gone bool // killed: it does nothing more by itself
	runs []hold
}

// hold is a run that a worker has, whether the job is still its own or not.
type hold struct {
	run   *job.Run
	job   *plain
	claim int
}

// valid says whether the job is still this run's.
func (h hold) valid() bool { return h.job.state == job.Running && h.job.claims == h.claim }

// game plays random steps on the model and the database.
type game struct {
	t       *testing.T
	r       *rapid.T
	d       *db.DB
	c       *clock
	jobs    []*plain
	workers []*worker
	kind    job.Kind
}

// Random histories of adding, taking, ending, dying, replaying: after each step the table says what the model says.
func TestJobsAreWhatAPlainModelSays(t *testing.T) {
	t.Parallel()
	eachWithClock(t, func(t *testing.T, d *db.DB, c *clock) {
		t.Helper()
		write(t, d, func(tx *db.Tx) error { _, err := tx.Exec(`CREATE TABLE effect (job_id BIGINT NOT NULL)`); return err })
		rapid.Check(t, func(r *rapid.T) {
			write(t, d, func(tx *db.Tx) error {
				for _, table := range []string{"jobs", "job_processes", "effect"} {
					if _, err := tx.Exec("DELETE FROM " + table); err != nil {
						return err
					}
				}
				return nil
			})
			g := &game{t: t, r: r, d: d, c: c, kind: idle}
			g.kind.Concurrency, g.kind.Everywhere, g.kind.PerQueue = 3, 4, 2
			g.hire()
			g.hire()
			r.Repeat(map[string]func(*rapid.T){
				"":        func(*rapid.T) { g.compare() },
				"add":     func(*rapid.T) { g.add() },
				"take":    func(*rapid.T) { g.take() },
				"end":     func(*rapid.T) { g.end() },
				"end2":    func(*rapid.T) { g.end() },
				"kill":    func(*rapid.T) { g.kill() },
				"leave":   func(*rapid.T) { g.leave() },
				"discard": func(*rapid.T) { g.discard() },
				"replay":  func(*rapid.T) { g.replay() },
				"wait": func(*rapid.T) {
					g.c.set(g.c.now().Add(time.Duration(rapid.IntRange(1, 20).Draw(g.r, "seconds")) * time.Second))
				},
			})
		})
	})
}

func (g *game) hire() {
	g.workers = append(g.workers, &worker{Runner: runner(g.t, g.d, time.Hour, g.kind), name: fmt.Sprint("worker ", len(g.workers))})
}

func (g *game) worker(gone bool) *worker {
	var some []*worker
	for _, w := range g.workers {
		if !w.gone || gone && len(w.runs) > 0 {
			some = append(some, w)
		}
	}
	return some[rapid.IntRange(0, len(some)-1).Draw(g.r, "worker")]
}

// holder is the job that has the key.
func (g *game) holder(key string) *plain {
	for _, j := range g.jobs {
		if key != "" && j.key == key && (j.state == job.Waiting || j.state == job.Running) {
			return j
		}
	}
	return nil
}

func (g *game) add() {
	j := &plain{key: rapid.SampledFrom([]string{"", "", "k", "l"}).Draw(g.r, "key"), queue: rapid.SampledFrom([]string{"", "p", "q"}).Draw(g.r, "queue"),
		priority: rapid.SampledFrom([]job.Priority{job.Low, job.Normal, job.High}).Draw(g.r, "priority"), state: job.Waiting, due: g.c.now()}
	after := time.Duration(rapid.SampledFrom([]int{0, 0, 5}).Draw(g.r, "after")) * time.Second
	j.due = j.due.Add(after)
	want := g.holder(j.key)
	id := add(g.t, g.d, job.Job{Kind: "a", Key: j.key, Queue: j.queue, Priority: j.priority, NotBefore: j.due})
	if want == nil {
		j.id = id
		g.jobs = append(g.jobs, j)
	} else if want.id != id {
		g.r.Fatalf("adding key %s gave %d, want %d", j.key, id, want.id)
	}
}

// take checks how many are taken and that none waits that should have gone before.
func (g *game) take() {
	w := g.worker(false)
	got := take(g.t, w.Runner)
	room := g.kind.Concurrency
	for _, h := range w.runs {
		_ = h
		room--
	}
	everywhere, queues := g.kind.Everywhere, map[string]int{}
	due := map[string]int{}
	for _, j := range g.jobs {
		switch {
		case j.state == job.Running:
			everywhere--
			queues[j.queue]++
		case j.state == job.Waiting && !j.due.After(g.c.now()):
			due[j.queue]++
		}
	}
	free := 0
	for queue, n := range due {
		free += min(n, max(0, g.kind.PerQueue-queues[queue]))
	}
	if want := max(0, min(room, everywhere, free)); len(got) != want {
		g.r.Fatalf("%s took %d jobs, want %d", w.name, len(got), want)
	}
	for _, run := range got {
		j := g.job(run.ID)
		if j.state != job.Waiting || j.due.After(g.c.now()) {
			g.r.Fatalf("took job %d, which is %s", j.id, j.state)
		}
		j.state, j.owner = job.Running, w
		j.attempts++
		j.claims++
		if run.Attempt != j.attempts {
			g.r.Fatalf("attempt %d, want %d", run.Attempt, j.attempts)
		}
		w.runs = append(w.runs, hold{run, j, j.claims})
	}
	for _, run := range got {
		taken := g.job(run.ID)
		for _, left := range g.jobs {
			if left.state == job.Waiting && left.queue == taken.queue && !left.due.After(g.c.now()) &&
				cmp.Or(-cmp.Compare(left.priority, taken.priority), left.due.Compare(taken.due), cmp.Compare(left.id, taken.id)) < 0 {
				g.r.Fatalf("took job %d before %d", taken.id, left.id)
			}
		}
	}
}

func (g *game) job(id int64) *plain {
	for _, j := range g.jobs {
		if j.id == id {
			return j
		}
	}
	g.r.Fatalf("no job %d was added", id)
	return nil
}

// end ends a run, of a process that is gone too: that one comes too late, if others know that it is gone.
func (g *game) end() {
	w := g.worker(true)
	if len(w.runs) == 0 {
		return
	}
	i := rapid.IntRange(0, len(w.runs)-1).Draw(g.r, "run")
	h := w.runs[i]
	w.runs = slices.Delete(w.runs, i, i+1)
	how := rapid.SampledFrom([]string{"done", "finish", "fails", "later", "never"}).Draw(g.r, "how")
	valid, now := h.valid(), g.c.now()
	broken := errors.New("broken")
	failure := map[string]error{"fails": broken, "later": job.Later(time.Minute, broken), "never": job.Never(broken)}[how]
	if how == "finish" || failure != nil && rapid.Bool().Draw(g.r, "in one") {
		err := h.run.End(failure, func(tx *db.Tx) error { _, err := tx.Exec("INSERT INTO effect VALUES ($1)", h.job.id); return err })
		if valid != (err == nil) || !valid && !errors.Is(err, job.ErrLost) {
			g.r.Fatalf("finishing: %v, valid %v", err, valid)
		}
		if valid {
			h.job.effects++
		}
	}
	w.Settle(g.t.Context(), h.run, failure)
	if !valid {
		return
	}
	j := h.job
	switch {
	case how == "done" || how == "finish":
		j.state = job.Done
	case how == "never" || how == "fails" && j.attempts >= g.kind.Attempts:
		j.state = job.Dead
	case how == "later":
		j.state, j.due = job.Waiting, now.Add(time.Minute)
	default:
		j.state, j.due = job.Waiting, get(g.t, g.d, j.id).Due
		if pause, whole := j.due.Sub(now), 5*time.Second<<(j.attempts-1); pause < whole/2 || pause > whole {
			g.r.Fatalf("after attempt %d comes a pause of %v", j.attempts, pause)
		}
	}
}

// kill has a process be taken for gone by another, which the killed one may not know.
func (g *game) kill() {
	w := g.worker(false)
	w.gone = true
	g.hire()
	write(g.t, g.d, func(tx *db.Tx) error {
		_, err := tx.Exec("DELETE FROM job_processes WHERE process_id = $1", w.Process())
		return err
	})
	if err := g.worker(false).Pulse(g.t.Context()); err != nil {
		g.r.Fatal(err)
	}
	for _, j := range g.jobs {
		if j.state == job.Running && j.owner == w {
			j.state, j.due = job.Waiting, g.c.now()
			if j.attempts >= g.kind.Attempts {
				j.state = job.Dead
			}
		}
	}
}

func (g *game) leave() {
	w := g.worker(false)
	w.gone = true
	g.hire()
	if err := w.Leave(g.t.Context()); err != nil {
		g.r.Fatal(err)
	}
	for _, j := range g.jobs {
		if j.state == job.Running && j.owner == w {
			j.state = job.Waiting
			j.attempts--
		}
	}
}

func (g *game) pick() *plain {
	if len(g.jobs) == 0 {
		return nil
	}
	return g.jobs[rapid.IntRange(0, len(g.jobs)-1).Draw(g.r, "job")]
}

func (g *game) discard() {
	j := g.pick()
	if j == nil {
		return
	}
	err := g.d.Write(g.t.Context(), func(tx *db.Tx) error { return job.Discard(tx, j.id) })
	if may := j.state == job.Waiting || j.state == job.Dead; may != (err == nil) {
		g.r.Fatalf("discard a job that is %s: %v", j.state, err)
	} else if may {
		j.state = job.Discarded
	}
}

func (g *game) replay() {
	j := g.pick()
	if j == nil {
		return
	}
	err := g.d.Write(g.t.Context(), func(tx *db.Tx) error { return job.Replay(tx, j.id) })
	if may := (j.state == job.Dead || j.state == job.Discarded) && g.holder(j.key) == nil; may != (err == nil) {
		g.r.Fatalf("replay a job that is %s: %v", j.state, err)
	} else if may {
		j.state, j.attempts, j.due = job.Waiting, 0, g.c.now()
	}
}

func (g *game) compare() {
	kept := map[int64]job.Record{}
	for _, r := range list(g.t, g.d, job.Filter{}, 0, 10_000) {
		kept[r.ID] = r
	}
	if len(kept) != len(g.jobs) {
		g.r.Fatalf("%d jobs, want %d", len(kept), len(g.jobs))
	}
	effects := map[int64]int{}
	if err := g.d.Read(g.t.Context(), func(tx *db.Tx) error {
		clear(effects)
		rows, err := tx.Query("SELECT job_id FROM effect")
		if err != nil {
			return err
		}
		for rows.Next() {
			var id int64
			if err := rows.Scan(&id); err != nil {
				return err
			}
			effects[id]++
		}
		return rows.Close()
	}); err != nil {
		g.r.Fatal(err)
	}
	for _, j := range g.jobs {
		r := kept[j.id]
		if r.State != j.state || r.Attempts != j.attempts || j.state == job.Waiting && !r.Due.Equal(j.due) || effects[j.id] != j.effects {
			g.r.Fatalf("job %d is %s after %d attempts, due %s, with %d effects; want %s, %d, %s, %d", j.id, r.State, r.Attempts, r.Due, effects[j.id],
				j.state, j.attempts, j.due, j.effects)
		}
		if over := j.state != job.Waiting && j.state != job.Running; over == r.Finished.IsZero() {
			g.r.Fatalf("job %d is %s and finished at %s", j.id, r.State, r.Finished)
		}
	}
}
