package api_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"regulars/client"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/job"
)

// until waits for the condition, for as long as a busy machine may need.
func until(t *testing.T, what string, met func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !met(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

func (s *shop) job(id string) client.Job {
	s.t.Helper()
	j, err := s.Job(s.t.Context(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	return j
}

func TestJobsAreSeenReplayedAndDiscarded(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		for i := range 3 {
			if err := s.d.Write(t.Context(), func(tx *db.Tx) error {
				_, err := job.Add(tx, job.Job{Kind: "try", Payload: map[string]int{"n": i}, Key: "k" + string(rune('0'+i))})
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		var ids []string
		for cursor := ""; ; {
			p, err := s.Jobs(t.Context(), "try", "waiting", client.Lists{Limit: 2, Cursor: cursor})
			if err != nil {
				t.Fatal(err)
			}
			for _, j := range p.Data {
				ids = append(ids, j.ID)
			}
			if cursor = p.NextCursor; cursor == "" {
				break
			}
		}
		if len(ids) != 3 || ids[0] < ids[1] || !strings.HasPrefix(ids[0], "job_") {
			t.Fatalf("listed %v", ids)
		}
		if j := s.job(ids[2]); string(j.Payload) != `{"n":0}` || j.Key != "k0" || j.StartedAt != nil || j.Progress != nil {
			t.Errorf("%+v", j)
		}
		if j, err := s.DiscardJob(t.Context(), ids[0]); err != nil || j.State != "discarded" || j.FinishedAt == nil {
			t.Errorf("%+v, %v", j, err)
		}
		var mended atomic.Bool
		s.works(job.Kind{Name: "try", Attempts: 1, Run: func(_ context.Context, r *job.Run) error {
			if !mended.Load() {
				return fault.Unavailablef("the shop is closed: %w", errors.New("dial tcp"))
			}
			r.Progress(7, 9, "lines")
			return nil
		}})
		until(t, "it is dead", func() bool { return s.job(ids[2]).State == "dead" })
		if j := s.job(ids[2]); j.Error != "the shop is closed: dial tcp" || j.Cause != "dial tcp" || j.Attempts != 1 {
			t.Errorf("%+v", j)
		}
		mended.Store(true)
		if _, err := s.ReplayJob(t.Context(), ids[2]); err != nil {
			t.Error(err)
		}
		until(t, "it is done", func() bool { return s.job(ids[2]).State == "done" })
		if j := s.job(ids[2]); j.Progress == nil || j.Progress.Done != 7 || j.Progress.Total != 9 || j.Progress.Note != "lines" {
			t.Errorf("%+v", j.Progress)
		}
		counts, err := s.JobCounts(t.Context())
		if err != nil || counts.Processes != 1 || len(counts.Schedules) == 0 || counts.Schedules[0].Rule != "every 60 minutes UTC" {
			t.Errorf("%+v, %v", counts, err)
		}
		for _, c := range counts.Counts {
			if c.Kind == "try" && c.Jobs != 1 {
				t.Errorf("%+v", c)
			}
		}
		s.refused("replay what is done", request{method: "POST", path: "/v1/jobs/" + ids[2] + "/replay"}, 409, "job_not_over", "")
		s.refused("discard what is done", request{method: "POST", path: "/v1/jobs/" + ids[2] + "/discard"}, 409, "job_not_waiting", "")
		entries := s.number("SELECT count(*) FROM audit_fresh WHERE action LIKE 'job.%'") + s.number("SELECT count(*) FROM audit_entries WHERE action LIKE 'job.%'")
		if entries != 2 {
			t.Errorf("%d entries of the audit trail", entries)
		}
	})
}

func TestJobsAreForThoseWhoMay(t *testing.T) {
	t.Parallel()
	s := onSQLite(t)
	s.refused("no such job", request{method: "GET", path: "/v1/jobs/job_8000000000001"}, 404, "job_not_found", "")
	s.refused("another kind of id", request{method: "GET", path: "/v1/jobs/cus_8000000000001"}, 422, "bad_id", "")
	s.refused("a state that is none", request{method: "GET", path: "/v1/jobs?state=lost"}, 422, "invalid", "state")
	s.refused("a cursor that is none", request{method: "GET", path: "/v1/jobs?cursor=x"}, 422, "bad_cursor", "cursor")
	s.key = s.newKey(account.JobsRead)
	if status, _, _ := s.call(request{method: "GET", path: "/v1/jobs"}); status != 200 {
		t.Errorf("who may read them is answered %d", status)
	}
	s.refused("who may only read", request{method: "POST", path: "/v1/jobs/job_8000000000001/replay"}, 403, "not_allowed", "")
}
