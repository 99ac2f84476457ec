package job_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/base/fault"
	"regulars/internal/base/job"
)

// quick has a test not wait for what others do.
var quick = job.Options{Poll: 20 * time.Millisecond, Beat: 50 * time.Millisecond, Lease: 5 * time.Second}

// run runs jobs until the test ends or stop is called, which waits for the end.
func run(t *testing.T, d *db.DB, o job.Options, kinds ...job.Kind) (stop func()) {
	t.Helper()
	r, err := job.New(d, kinds, o)
	if err != nil {
		t.Fatal(err)
	}
	return runs(t, r)
}

func runs(t *testing.T, r *job.Runner) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return stop
}

// until waits for the condition, for as long as a busy machine may need.
func until(t *testing.T, what string, met func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !met(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

func TestJobsAreRun(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		before := add(t, d, job.Job{Kind: "a", Payload: payload{1}})
		seen := make(chan *job.Run, 3)
		// Only what is added in the process itself rings: polling is too slow for this test.
		run(t, d, job.Options{Poll: time.Hour}, job.Kind{Name: "a", Run: func(_ context.Context, r *job.Run) error {
			var p payload
			err := r.Decode(&p)
			if err == nil && p.N != number(t, r.Payload) {
				err = fmt.Errorf("decoded %d", p.N)
			}
			seen <- r
			return err
		}})
		if r := <-seen; r.ID != before || r.Attempt != 1 || r.Kind != "a" {
			t.Errorf("ran %+v", r)
		}
		after := add(t, d, job.Job{Kind: "a", Payload: payload{2}})
		if r := <-seen; r.ID != after || number(t, r.Payload) != 2 {
			t.Errorf("ran %+v", r)
		}
		later := add(t, d, job.Job{Kind: "a", NotBefore: time.Now().Add(100 * time.Millisecond)})
		if r := <-seen; r.ID != later || time.Now().Before(r.Due) {
			t.Errorf("ran %+v", r)
		}
		for _, id := range []int64{before, after, later} {
			until(t, "the job is done", func() bool { return get(t, d, id).State == job.Done })
			if r := get(t, d, id); r.Finished.IsZero() || r.Started.IsZero() || r.Attempts != 1 {
				t.Errorf("%+v", r)
			}
		}
	})
}

// However many jobs go over much, those who ask for a page do not wait for them.
func TestJobsThatReadLongLeaveRoomForOthers(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		const most = 12 // more than there are connections
		for range most {
			add(t, d, job.Job{Kind: "a"})
		}
		reading, release := make(chan struct{}, most), make(chan struct{})
		run(t, d, quick, job.Kind{Name: "a", Concurrency: most, Run: func(ctx context.Context, _ *job.Run) error {
			return d.Read(ctx, func(*db.Tx) error { reading <- struct{}{}; <-release; return nil })
		}})
		<-reading
		<-reading
		time.Sleep(20 * time.Millisecond) // those that may go on do
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		if err := d.Read(ctx, func(tx *db.Tx) error { _, err := tx.Exec(`SELECT 1`); return err }); err != nil {
			t.Errorf("beside jobs: %v", err)
		}
		close(release)
		for range most - 2 {
			<-reading
		}
	})
}

// Rung for again and again by what it has just looked at, a process does not forget what is to come.
func TestWhatIsToComeIsNotForgotten(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		seen := make(chan int64, 100)
		run(t, d, job.Options{Poll: time.Hour}, job.Kind{Name: "a", Concurrency: 4, Run: func(_ context.Context, r *job.Run) error {
			seen <- r.ID
			return nil
		}})
		const rounds = 25
		for range rounds {
			add(t, d, job.Job{Kind: "a", NotBefore: time.Now().Add(30 * time.Millisecond)})
			for range 3 {
				add(t, d, job.Job{Kind: "a"})
			}
			for range 4 {
				select {
				case <-seen:
				case <-time.After(30 * time.Second):
					t.Fatal("a job was forgotten")
				}
			}
		}
	})
}

func TestWhoWasCalledForNothingRestsUntilTheNext(t *testing.T) {
	t.Parallel()
	if w := job.Waits(time.Hour, time.Minute); w > time.Minute || w < 50*time.Second {
		t.Errorf("it rests for %s, and something comes in a minute", w)
	}
	if w := job.Waits(time.Hour, -time.Minute); w != time.Hour {
		t.Errorf("it rests for %s, and there is no room for what has come", w)
	}
}

// What becomes of a job whose run fails in one way or another.
func TestWhatBecomesOfFailures(t *testing.T) {
	t.Parallel()
	broken := errors.New("secret path")
	cases := []struct {
		name         string
		fail         func(ctx context.Context, attempt int) error
		state        job.State
		attempts     int
		error, cause string
	}{
		{"succeeds at the third attempt", func(_ context.Context, n int) error {
			if n < 3 {
				return broken
			}
			return nil
		}, job.Done, 3, "", ""},
		{"never succeeds", func(context.Context, int) error { return broken }, job.Dead, 4, "something inside the program", "secret path"},
		{"a fault is kept as it is", func(context.Context, int) error { return fault.Unavailablef("the shop is closed: %w", broken) }, job.Dead, 4,
			"the shop is closed: secret path", "secret path"},
		{"never again", func(context.Context, int) error { return job.Never(fault.Invalidf("no such order")) }, job.Dead, 1, "no such order", ""},
		{"later, more often than the limit", func(_ context.Context, n int) error {
			if n < 8 {
				return job.Later(time.Millisecond, broken)
			}
			return nil
		}, job.Done, 8, "", ""},
		{"panics", func(context.Context, int) error { panic("at the disco") }, job.Dead, 4, "something inside the program", "panic: at the disco"},
		{"takes too long", func(ctx context.Context, _ int) error {
			<-ctx.Done()
			return ctx.Err()
		}, job.Dead, 4, "it was not done within 50ms", "deadline exceeded"},
		{"says what no database keeps", func(context.Context, int) error { return errors.New("a\x00b\xff") }, job.Dead, 4, "", "ab�"},
	}
	each(t, func(t *testing.T, d *db.DB) {
		var kinds []job.Kind
		for _, c := range cases {
			kinds = append(kinds, job.Kind{Name: c.name, Attempts: 4, First: time.Millisecond, Timeout: 50 * time.Millisecond,
				Run: func(ctx context.Context, r *job.Run) error { return c.fail(ctx, r.Attempt) }})
		}
		run(t, d, quick, kinds...)
		for _, c := range cases {
			id := add(t, d, job.Job{Kind: c.name})
			until(t, c.name+" is over", func() bool { return !get(t, d, id).Finished.IsZero() })
			r := get(t, d, id)
			if r.State != c.state || r.Attempts != c.attempts || !strings.Contains(r.Error, c.error) || !strings.Contains(r.Cause, c.cause) ||
				c.error == "" && c.state == job.Done && r.Error != "" {
				t.Errorf("%s: %+v", c.name, r)
			}
		}
	})
}

func TestADeadJobIsReplayed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		var mended atomic.Bool
		run(t, d, quick, job.Kind{Name: "a", Attempts: 1, Run: func(context.Context, *job.Run) error {
			if !mended.Load() {
				return errors.New("broken")
			}
			return nil
		}})
		id := add(t, d, job.Job{Kind: "a"})
		until(t, "it is dead", func() bool { return get(t, d, id).State == job.Dead })
		mended.Store(true)
		write(t, d, func(tx *db.Tx) error { return job.Replay(tx, id) })
		until(t, "it is done", func() bool { return get(t, d, id).State == job.Done })
	})
}

// Jobs of a kind with one place run by priority, then by when they came due; queues take turns.
func TestJobsRunInTheirOrder(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		var want []int
		for i, j := range []job.Job{{Priority: job.Low}, {}, {}, {Priority: job.High}, {Queue: "q"}, {Queue: "q", Priority: job.High}} {
			j.Kind, j.Payload = "a", payload{i}
			add(t, d, j)
		}
		want = []int{5, 3, 4, 1, 2, 0} // queue q, the one without a name, and so on
		var lock sync.Mutex
		var got []int
		run(t, d, quick, job.Kind{Name: "a", Concurrency: 1, Run: func(_ context.Context, r *job.Run) error {
			lock.Lock()
			defer lock.Unlock()
			got = append(got, number(t, r.Payload))
			return nil
		}})
		until(t, "all have run", func() bool {
			lock.Lock()
			defer lock.Unlock()
			return len(got) == 6
		})
		// Where the turns begin is free: with the queue or without.
		if !slices.Equal(got, want) && !slices.Equal(got, []int{3, 5, 1, 4, 2, 0}) {
			t.Errorf("ran in the order %v, want %v", got, want)
		}
	})
}

// gauge counts how many are inside at once, by name.
type gauge struct {
	lock      sync.Mutex
	now, most map[string]int
}

func (g *gauge) enter(names ...string) (leave func()) {
	g.lock.Lock()
	defer g.lock.Unlock()
	if g.now == nil {
		g.now, g.most = map[string]int{}, map[string]int{}
	}
	for _, name := range names {
		g.now[name]++
		g.most[name] = max(g.most[name], g.now[name])
	}
	return func() {
		g.lock.Lock()
		defer g.lock.Unlock()
		for _, name := range names {
			g.now[name]--
		}
	}
}

// Three runners, as of three processes, keep the limits together, run each job once, and one slow queue does not hold
// up the others.
func TestRunnersShareTheWork(t *testing.T) {
	t.Parallel()
	dbtest.EachOptions(t, func(t *testing.T, o db.Options) {
		const runners, jobs = 3, 300
		d := dbtest.Open(t, o)
		migrate(t, d)
		var g gauge
		ran := make([]atomic.Int32, jobs)
		var byRunner [runners]atomic.Int32
		var total atomic.Int32
		slow := make(chan struct{})
		for i := range runners {
			mine := d
			if o.URL != "" {
				mine = dbtest.Open(t, o) // connections of its own, as a process has
			}
			work := func(_ context.Context, r *job.Run) error {
				defer g.enter(fmt.Sprint(r.Kind, " here ", i), r.Kind, r.Kind+" "+r.Queue)()
				if r.Queue == "slow" {
					<-slow
				} else {
					time.Sleep(time.Millisecond)
				}
				ran[number(t, r.Payload)].Add(1)
				byRunner[i].Add(1)
				total.Add(1)
				return nil
			}
			run(t, mine, quick, job.Kind{Name: "a", Concurrency: 4, Everywhere: 8, PerQueue: 3, Run: work}, job.Kind{Name: "b", Concurrency: 2, Run: work})
		}
		var all []job.Job
		for i := range jobs {
			j := job.Job{Kind: []string{"a", "b", "a"}[i%3], Payload: payload{i}}
			if j.Kind == "a" {
				j.Queue = []string{"x", "y", "slow", "z"}[i%4]
			}
			all = append(all, j)
		}
		for part := range slices.Chunk(all, 50) {
			write(t, d, func(tx *db.Tx) error { _, err := job.AddAll(tx, part); return err })
		}
		until(t, "all but the slow ones have run", func() bool { return total.Load() == jobs-50 })
		close(slow)
		until(t, "all have run", func() bool { return total.Load() == jobs })
		until(t, "all are done", func() bool { return len(list(t, d, job.Filter{State: job.Done}, 0, jobs+10)) == jobs })
		for i := range ran {
			if n := ran[i].Load(); n != 1 {
				t.Errorf("job %d ran %d times", i, n)
			}
		}
		for i := range runners {
			if byRunner[i].Load() == 0 {
				t.Errorf("runner %d ran nothing", i)
			}
		}
		for name, limit := range map[string]int{"a": 8, "a x": 3, "a slow": 3, "a here 0": 4, "a here 1": 4, "b here 2": 2} {
			if g.most[name] > limit {
				t.Errorf("%s: %d at once, more than %d", name, g.most[name], limit)
			}
		}
		if g.most["a slow"] != 3 {
			t.Errorf("%d of the slow queue at once, want 3", g.most["a slow"])
		}
	})
}

// A process that stops hands back at once what ends when asked to, after the grace what does not, and neither costs an
// attempt.
func TestAStopHandsJobsBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		started, stubborn := make(chan struct{}, 2), make(chan struct{})
		o := quick
		o.Grace = 200 * time.Millisecond
		deaf := make(chan error, 1)
		stop := run(t, d, o, job.Kind{Name: "listens", Run: func(ctx context.Context, _ *job.Run) error {
			started <- struct{}{}
			<-ctx.Done()
			return ctx.Err()
		}}, job.Kind{Name: "deaf", Run: func(_ context.Context, r *job.Run) error {
			started <- struct{}{}
			<-stubborn
			deaf <- r.Finish(func(*db.Tx) error { return nil })
			return nil
		}})
		ids := []int64{add(t, d, job.Job{Kind: "listens"}), add(t, d, job.Job{Kind: "deaf"})}
		<-started
		<-started
		stop()
		for _, id := range ids {
			if r := get(t, d, id); r.State != job.Waiting || r.Attempts != 0 {
				t.Errorf("handed back as %+v", r)
			}
		}
		close(stubborn)
		if err := <-deaf; !errors.Is(err, job.ErrLost) {
			t.Errorf("a job that was handed back was finished: %v", err)
		}
		again := make(chan int, 2)
		work := func(_ context.Context, r *job.Run) error { again <- r.Attempt; return nil }
		run(t, d, quick, job.Kind{Name: "listens", Run: work}, job.Kind{Name: "deaf", Run: work})
		for range ids {
			if attempt := <-again; attempt != 1 {
				t.Errorf("attempt %d after a stop", attempt)
			}
		}
	})
}

// A job's own writes and its end are one transaction; progress is seen on the way; a step of one that was ended by
// somebody else is refused.
func TestProgressStepsAndFinish(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		write(t, d, func(tx *db.Tx) error { _, err := tx.Exec(`CREATE TABLE effect (n BIGINT NOT NULL)`); return err })
		effect := func(tx *db.Tx) error { _, err := tx.Exec(`INSERT INTO effect VALUES (1)`); return err }
		on, said := make(chan struct{}), make(chan struct{})
		run(t, d, quick, job.Kind{Name: "a", First: time.Millisecond, Run: func(ctx context.Context, r *job.Run) error {
			r.Progress(1, 3, "first part")
			said <- struct{}{}
			<-on
			if past := r.Past(); past.Done != 1 || past.Note != "first part" {
				return job.Never(fmt.Errorf("past %+v", past))
			}
			r.Progress(2, 3, "second part") // not written by itself: it is too soon
			if err := r.Step(ctx, effect); err != nil {
				return err
			}
			said <- struct{}{}
			<-on
			if err := r.Finish(func(tx *db.Tx) error { return errors.Join(effect(tx), errors.New("not yet")) }); err == nil {
				return job.Never(errors.New("a finish that failed succeeded"))
			}
			r.Progress(3, 3, "done")
			if err := r.Finish(effect); err != nil {
				return err
			}
			return errors.New("too late to fail")
		}})
		id := add(t, d, job.Job{Kind: "a"})
		<-said
		if r := get(t, d, id); r.Progress != (job.Progress{Done: 1, Total: 3, Note: "first part"}) || r.State != job.Running {
			t.Errorf("on the way it is %+v", r)
		}
		on <- struct{}{}
		<-said
		if r := get(t, d, id); r.Progress.Done != 2 {
			t.Errorf("after a step it is %+v", r)
		}
		on <- struct{}{}
		until(t, "it is done", func() bool { return get(t, d, id).State == job.Done })
		if r := get(t, d, id); r.Progress != (job.Progress{Done: 3, Total: 3, Note: "done"}) || r.Error != "" {
			t.Errorf("in the end it is %+v", r)
		}
		var n int
		if err := d.Read(t.Context(), func(tx *db.Tx) error { return tx.QueryRow("SELECT count(*) FROM effect").Scan(&n) }); err != nil || n != 2 {
			t.Errorf("%d effects, want those of a step and the finish: %v", n, err)
		}
	})
}

func TestSomeKindsLeaveNoTrace(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		run(t, d, quick, job.Kind{Name: "a", Forget: true, Run: func(context.Context, *job.Run) error { return nil }})
		add(t, d, job.Job{Kind: "a"})
		until(t, "it is gone", func() bool { return len(list(t, d, job.Filter{Kind: "a"}, 0, 10)) == 0 })
	})
}
