package job_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/base/job"
)

// clock is a clock that a test sets.
type clock struct{ at atomic.Int64 }

func (c *clock) now() time.Time    { return time.UnixMicro(c.at.Load()).UTC() }
func (c *clock) set(now time.Time) { c.at.Store(now.UnixMicro()) }

// eachWithClock is each, with a clock of the test's.
func eachWithClock(t *testing.T, test func(t *testing.T, d *db.DB, c *clock)) {
	t.Helper()
	dbtest.EachOptions(t, func(t *testing.T, o db.Options) {
		c := &clock{}
		c.set(moment(t, "2026-03-01T12:00:00Z"))
		o.Clock = c.now
		d := dbtest.Open(t, o)
		migrate(t, d)
		test(t, d, c)
	})
}

// Three processes watch the clock go through the night in which Athens skips an hour: each tick adds one job, and those
// that were missed while all were stopped add one together.
func TestEachTickAddsOneJob(t *testing.T) {
	t.Parallel()
	athens := zone(t, "Europe/Athens")
	eachWithClock(t, func(t *testing.T, d *db.DB, c *clock) {
		t.Helper()
		o := job.Options{Zone: func() *time.Location { return athens }, Schedules: []job.Schedule{
			{Name: "night", Kind: "a", Spec: job.Daily(3, 30)}, {Name: "often", Kind: "a", Spec: job.Every(20 * time.Minute)},
		}}
		var runners []*job.Runner
		for range 3 {
			r, err := job.New(d, []job.Kind{idle}, o)
			if err != nil {
				t.Fatal(err)
			}
			if err := r.Join(t.Context()); err != nil {
				t.Fatal(err)
			}
			runners = append(runners, r)
		}
		var ticks []string
		step := func(at string) {
			c.set(moment(t, at))
			done := make(chan error, len(runners))
			for _, r := range runners {
				go func() { done <- r.Tick(t.Context()) }()
			}
			for range runners {
				if err := <-done; err != nil {
					t.Error(err)
				}
			}
			for _, r := range runners {
				for _, run := range take(t, r) {
					var tick job.Tick
					if err := json.Unmarshal(run.Payload, &tick); err != nil {
						t.Error(err)
					}
					if run.Kind == "a" {
						ticks = append(ticks, tick.Schedule+" "+tick.At.In(athens).Format("02 15:04"))
					}
					r.Settle(t.Context(), run, nil)
				}
			}
		}
		expect := func(what string, want ...string) {
			t.Helper()
			if fmt.Sprint(ticks) != fmt.Sprint(want) {
				t.Errorf("%s: %v, want %v", what, ticks, want)
			}
			ticks = nil
		}
		step("2026-03-29T02:50:00+02:00")
		expect("a schedule does not begin with a tick")
		step("2026-03-29T02:59:59+02:00")
		expect("nothing is due")
		step("2026-03-29T04:00:00+03:00")
		expect("the skipped time, and the hour", "night 29 04:00", "often 29 04:00")
		step("2026-03-29T04:00:01+03:00")
		expect("nothing twice")
		step("2026-03-29T04:20:00+03:00")
		expect("every 20 minutes", "often 29 04:20")
		step("2026-04-05T12:34:00+03:00")
		expect("what was missed comes once, as the last of it", "night 05 03:30", "often 05 12:20")
		step("2026-04-05T12:40:00+03:00")
		expect("and then goes on", "often 05 12:40")
		// The business moves: the next tick is by the new clock.
		for _, r := range runners {
			if err := r.Leave(t.Context()); err != nil {
				t.Error(err)
			}
		}
		o.Zone = func() *time.Location { return time.UTC }
		runners = runners[:0]
		for range 2 {
			r, err := job.New(d, []job.Kind{idle}, o)
			if err != nil {
				t.Fatal(err)
			}
			if err := r.Join(t.Context()); err != nil {
				t.Fatal(err)
			}
			runners = append(runners, r)
		}
		step("2026-04-05T12:50:00+03:00")
		expect("nothing is due in the new zone")
		var plan []job.Planned
		if err := d.Read(t.Context(), func(tx *db.Tx) (err error) { plan, err = job.Plan(tx); return err }); err != nil {
			t.Fatal(err)
		}
		for _, p := range plan {
			if p.Name == "night" && (!p.Next.Equal(moment(t, "2026-04-06T03:30:00Z")) || p.Rule != "daily at 03:30 UTC" || p.Last.IsZero()) {
				t.Errorf("planned %+v", p)
			}
		}
	})
}

// A tick that comes while the job of an earlier one is not over adds no second.
func TestTicksDoNotPileUp(t *testing.T) {
	t.Parallel()
	eachWithClock(t, func(t *testing.T, d *db.DB, c *clock) {
		t.Helper()
		r, err := job.New(d, []job.Kind{idle}, job.Options{Schedules: []job.Schedule{{Name: "s", Kind: "a", Spec: job.Every(time.Minute)}}})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 5 {
			c.set(moment(t, "2026-03-01T12:00:30Z").Add(time.Duration(i) * time.Minute))
			if err := r.Tick(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if all := list(t, d, job.Filter{Kind: "a"}, 0, 10); len(all) != 1 {
			t.Errorf("%d jobs", len(all))
		}
	})
}

// The runner's own loop fires schedules, by the database's clock.
func TestTheRunnerFiresSchedules(t *testing.T) {
	t.Parallel()
	eachWithClock(t, func(t *testing.T, d *db.DB, c *clock) {
		t.Helper()
		ticks := make(chan job.Tick, 1)
		o := quick
		o.Schedules = []job.Schedule{{Name: "s", Kind: "a", Spec: job.Daily(13, 0)}}
		run(t, d, o, job.Kind{Name: "a", Run: func(_ context.Context, r *job.Run) error {
			var tick job.Tick
			err := r.Decode(&tick)
			ticks <- tick
			return err
		}})
		until(t, "the schedule is known", func() bool {
			var n int
			err := d.Read(t.Context(), func(tx *db.Tx) error {
				return tx.QueryRow("SELECT count(*) FROM job_schedules WHERE name = 's'").Scan(&n)
			})
			return err == nil && n == 1
		})
		c.set(moment(t, "2026-03-01T13:00:00Z"))
		if tick := <-ticks; tick.Schedule != "s" || !tick.At.Equal(moment(t, "2026-03-01T13:00:00Z")) {
			t.Errorf("%+v", tick)
		}
	})
}

// Old jobs go, by the built-in schedule; those that were given up stay longer, and those that wait stay.
func TestOldJobsGo(t *testing.T) {
	t.Parallel()
	eachWithClock(t, func(t *testing.T, d *db.DB, c *clock) {
		t.Helper()
		r := runner(t, d, time.Hour, idle)
		ids := map[string]int64{}
		for _, name := range []string{"done", "dead", "discarded", "waiting"} {
			ids[name] = add(t, d, job.Job{Kind: "a", NotBefore: c.now().Add(map[string]time.Duration{"waiting": 1000 * time.Hour}[name])})
			if name == "discarded" {
				write(t, d, func(tx *db.Tx) error { return job.Discard(tx, ids[name]) })
				continue
			}
			for _, run := range take(t, r) {
				r.Settle(t.Context(), run, map[string]error{"dead": job.Never(fmt.Errorf("no"))}[name])
			}
		}
		left := func() (names []string) {
			for _, name := range []string{"done", "dead", "discarded", "waiting"} {
				for _, record := range list(t, d, job.Filter{Kind: "a"}, 0, 10) {
					if record.ID == ids[name] {
						names = append(names, name)
					}
				}
			}
			return names
		}
		for _, s := range []struct {
			days int
			want string
		}{{6, "[done dead discarded waiting]"}, {8, "[dead waiting]"}, {89, "[dead waiting]"}, {91, "[waiting]"}} {
			c.set(moment(t, "2026-03-01T12:00:00Z").AddDate(0, 0, s.days))
			add(t, d, job.Job{Kind: "job.purge"})
			stop := run(t, d, quick)
			until(t, "it is purged", func() bool { return len(list(t, d, job.Filter{Kind: "job.purge"}, 0, 1)) == 0 })
			stop()
			if got := fmt.Sprint(left()); got != s.want {
				t.Errorf("after %d days %s are left, want %s", s.days, got, s.want)
			}
		}
	})
}
