package job_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/base/fault"
	"regulars/internal/base/job"
)

// migrate makes the tables. The migrations lie on a higher floor, of which this one knows only the files.
func migrate(tb testing.TB, d *db.DB) {
	tb.Helper()
	if err := d.Migrate(tb.Context(), os.DirFS("../../record/schema/migrations")); err != nil {
		tb.Fatal(err)
	}
}

// each runs a test on both engines, with the tables.
func each(t *testing.T, test func(t *testing.T, d *db.DB)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		migrate(t, d)
		test(t, d)
	})
}

func write(tb testing.TB, d *db.DB, fn func(tx *db.Tx) error) {
	tb.Helper()
	if err := d.Write(tb.Context(), fn); err != nil {
		tb.Fatal(err)
	}
}

func add(tb testing.TB, d *db.DB, j job.Job) (id int64) {
	tb.Helper()
	write(tb, d, func(tx *db.Tx) (err error) {
		id, err = job.Add(tx, j)
		return err
	})
	return id
}

func get(tb testing.TB, d *db.DB, id int64) (r job.Record) {
	tb.Helper()
	if err := d.Read(tb.Context(), func(tx *db.Tx) (err error) {
		r, err = job.Get(tx, id)
		return err
	}); err != nil {
		tb.Fatal(err)
	}
	return r
}

func list(tb testing.TB, d *db.DB, f job.Filter, after int64, limit int) (all []job.Record) {
	tb.Helper()
	if err := d.Read(tb.Context(), func(tx *db.Tx) (err error) {
		all, err = job.List(tx, f, after, limit)
		return err
	}); err != nil {
		tb.Fatal(err)
	}
	return all
}

func TestAJobIsThereWithItsTransaction(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		changed := errors.New("changed my mind")
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			if _, err := job.Add(tx, job.Job{Kind: "a"}); err != nil {
				return err
			}
			return changed
		}); !errors.Is(err, changed) {
			t.Fatal(err)
		}
		if all := list(t, d, job.Filter{}, 0, 10); len(all) != 0 {
			t.Fatalf("%v is there", all)
		}
		soon := time.Now().Add(time.Hour).UTC().Truncate(time.Microsecond)
		id := add(t, d, job.Job{Kind: "a", Payload: map[string]int{"order": 7}, Queue: "q", Priority: job.High, NotBefore: soon})
		r := get(t, d, id)
		if r.Kind != "a" || r.Queue != "q" || r.State != job.Waiting || r.Priority != job.High || !r.Due.Equal(soon) || string(r.Payload) != `{"order":7}` ||
			r.Added.IsZero() || !r.Started.IsZero() || !r.Finished.IsZero() {
			t.Errorf("kept as %+v", r)
		}
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := job.Add(tx, job.Job{Kind: "a", Payload: func() {}})
			return err
		}); err == nil {
			t.Error("a payload that is no JSON was taken")
		}
	})
}

func TestAKeyIsTakenWhileItsJobIsNotOver(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		first := add(t, d, job.Job{Kind: "a", Key: "k"})
		if again := add(t, d, job.Job{Kind: "a", Key: "k", Payload: "other"}); again != first {
			t.Errorf("a second job %d beside %d", again, first)
		}
		if other := add(t, d, job.Job{Kind: "b", Key: "k"}); other == first {
			t.Error("the key of another kind is taken")
		}
		if a, b := add(t, d, job.Job{Kind: "a"}), add(t, d, job.Job{Kind: "a"}); a == b {
			t.Error("jobs without a key are one")
		}
		write(t, d, func(tx *db.Tx) error { return job.Discard(tx, first) })
		second := add(t, d, job.Job{Kind: "a", Key: "k"})
		if second == first {
			t.Error("a job that is over still has its key")
		}
		err := d.Write(t.Context(), func(tx *db.Tx) error { return job.Replay(tx, first) })
		if fault.KindOf(err) != fault.Conflict {
			t.Errorf("a job was replayed whose key is taken: %v", err)
		}
		write(t, d, func(tx *db.Tx) error { return job.Discard(tx, second) })
		write(t, d, func(tx *db.Tx) error { return job.Replay(tx, first) })
		if r := get(t, d, first); r.State != job.Waiting || !r.Finished.IsZero() {
			t.Errorf("replayed, it is %+v", r)
		}
	})
}

// Many transactions add a job of the same key at once: all are told the same one.
func TestOneJobOfAKeyAmongMany(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		ids := make(chan int64, 16)
		for range cap(ids) {
			go func() {
				var id int64
				if err := d.Write(t.Context(), func(tx *db.Tx) (err error) {
					id, err = job.Add(tx, job.Job{Kind: "a", Key: "k"})
					return err
				}); err != nil {
					t.Error(err)
				}
				ids <- id
			}()
		}
		first := <-ids
		for range cap(ids) - 1 {
			if id := <-ids; id != first {
				t.Errorf("told %d and %d", first, id)
			}
		}
		if all := list(t, d, job.Filter{}, 0, 10); len(all) != 1 {
			t.Errorf("%d jobs", len(all))
		}
	})
}

func TestJobsAreListedPageByPage(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		var want []int64
		for i := range 25 {
			id := add(t, d, job.Job{Kind: []string{"a", "b"}[i%2]})
			want = append([]int64{id}, want...)
		}
		write(t, d, func(tx *db.Tx) error { return job.Discard(tx, want[0]) })
		for _, c := range []struct {
			name   string
			filter job.Filter
			pick   func(i int) bool
		}{
			{"all", job.Filter{}, func(int) bool { return true }},
			{"of a kind", job.Filter{Kind: "a"}, func(i int) bool { return i%2 == 0 }},
			{"of a state", job.Filter{State: job.Waiting}, func(i int) bool { return i != 0 }},
			{"of both", job.Filter{Kind: "a", State: job.Waiting}, func(i int) bool { return i%2 == 0 && i != 0 }},
			{"of none", job.Filter{Kind: "c"}, func(int) bool { return false }},
		} {
			var expect, found []int64
			for i, id := range want {
				if c.pick(i) {
					expect = append(expect, id)
				}
			}
			for after := int64(0); ; {
				page := list(t, d, c.filter, after, 4)
				for _, r := range page {
					found = append(found, r.ID)
				}
				if len(page) < 4 {
					break
				}
				after = page[3].ID
			}
			if fmt.Sprint(found) != fmt.Sprint(expect) {
				t.Errorf("%s: found %v, want %v", c.name, found, expect)
			}
		}
		var counts []job.Count
		if err := d.Read(t.Context(), func(tx *db.Tx) (err error) {
			counts, err = job.Counts(tx)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		got := map[string]int64{}
		for _, c := range counts {
			got[c.Kind+" "+string(c.State)] = c.Jobs
			if c.State == job.Waiting == c.Oldest.IsZero() {
				t.Errorf("%+v", c)
			}
		}
		if fmt.Sprint(got) != "map[a discarded:1 a waiting:12 b waiting:12]" {
			t.Errorf("counted %v", got)
		}
	})
}

func TestWhatIsNotThereOrNotOverIsNotReplayed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		id := add(t, d, job.Job{Kind: "a"})
		for name, c := range map[string]struct {
			do   func(tx *db.Tx) error
			want fault.Kind
		}{
			"get":     {func(tx *db.Tx) error { _, err := job.Get(tx, 1); return err }, fault.NotFound},
			"replay":  {func(tx *db.Tx) error { return job.Replay(tx, 1) }, fault.NotFound},
			"discard": {func(tx *db.Tx) error { return job.Discard(tx, 1) }, fault.NotFound},
			"waiting": {func(tx *db.Tx) error { return job.Replay(tx, id) }, fault.Conflict},
		} {
			if err := d.Write(t.Context(), c.do); fault.KindOf(err) != c.want {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestKindsAndSchedulesAreChecked(t *testing.T) {
	t.Parallel()
	run := func(context.Context, *job.Run) error { return nil }
	for name, c := range map[string]struct {
		kinds     []job.Kind
		schedules []job.Schedule
	}{
		"no name":                 {kinds: []job.Kind{{Run: run}}},
		"nothing to run":          {kinds: []job.Kind{{Name: "a"}}},
		"twice":                   {kinds: []job.Kind{{Name: "a", Run: run}, {Name: "a", Run: run}}},
		"a schedule of no kind":   {schedules: []job.Schedule{{Name: "s", Kind: "a", Spec: job.Daily(1, 0)}}},
		"a schedule without name": {[]job.Kind{{Name: "a", Run: run}}, []job.Schedule{{Kind: "a", Spec: job.Daily(1, 0)}}},
		"a schedule never":        {[]job.Kind{{Name: "a", Run: run}}, []job.Schedule{{Name: "s", Kind: "a"}}},
		"on the 32nd":             {[]job.Kind{{Name: "a", Run: run}}, []job.Schedule{{Name: "s", Kind: "a", Spec: job.Monthly(32, 1, 0)}}},
		"at 24:00":                {[]job.Kind{{Name: "a", Run: run}}, []job.Schedule{{Name: "s", Kind: "a", Spec: job.Daily(24, 0)}}},
	} {
		if _, err := job.New(nil, c.kinds, job.Options{Schedules: c.schedules}); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func TestPausesDoubleUpToTheMost(t *testing.T) {
	t.Parallel()
	k := job.Kind{First: time.Second, Most: time.Hour}
	for attempt := 1; attempt < 100; attempt++ {
		whole := time.Hour
		if attempt <= 12 {
			whole = time.Second << (attempt - 1) // 2,048 s at last
		}
		for range 20 {
			if p := k.Pause(attempt); p < whole/2 || p > whole {
				t.Errorf("after attempt %d comes a pause of %v", attempt, p)
			}
		}
	}
}

// payload is what tests put in.
type payload struct {
	N int `json:"n"`
}

func number(tb testing.TB, raw json.RawMessage) int {
	tb.Helper()
	var p payload
	if err := json.Unmarshal(raw, &p); err != nil {
		tb.Error(err)
	}
	return p.N
}
