package console_test

import (
	"net/http"
	"strings"
	"testing"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/job"
	"regulars/internal/record/fact"
)

func TestAJobIsRunAgainOrDiscarded(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		owner.get("/jobs").wants(t, http.StatusOK, "/jobs", "Background work", "Nothing.")
		var id int64
		s.write(t, func(tx *db.Tx) (err error) {
			if id, err = job.Add(tx, job.Job{Kind: "letter"}); err != nil {
				return err
			}
			return job.Discard(tx, id)
		})
		path := "/jobs/" + fact.PublicID("job", id)
		owner.get("/jobs").wants(t, http.StatusOK, "/jobs", "letter", "discarded", path+"/replay")
		owner.post(path+"/replay").wants(t, http.StatusOK, "/jobs", "letter", "waiting", path+"/discard")
		owner.post(path+"/replay").wants(t, http.StatusConflict, path+"/replay", "only a job that was given up or discarded can be replayed")
		owner.post(path+"/discard").wants(t, http.StatusOK, "/jobs", "discarded")
		owner.get("/jobs?state=dead").wants(t, http.StatusOK, "/jobs", "Nothing.")
		owner.get("/jobs?state=<b>").wants(t, http.StatusOK, "/jobs", "letter")
		owner.post("/jobs/job_1/replay").wants(t, http.StatusUnprocessableEntity, "/jobs/job_1/replay")
		owner.get("/trail?action=job.").wants(t, http.StatusOK, "/trail", "job.replayed", "job.discarded", "Olga", fact.PublicID("job", id))
		for _, role := range account.Roles() {
			who, may := s.signedIn(t, owner, role), account.As(account.Person, "x", "x", role.Permissions()...)
			for path, need := range map[string]account.Permission{"/jobs": account.JobsRead, "/trail": account.AuditRead} {
				if page := who.get(path); (page.status == http.StatusOK) != may.May(need) {
					t.Errorf("%s at %s: %d", role, path, page.status)
				}
			}
			if page := who.post(path + "/replay"); page.status == http.StatusForbidden && may.May(account.JobsManage) || page.status < http.StatusBadRequest && !may.May(account.JobsManage) {
				t.Errorf("%s replays: %d", role, page.status)
			}
		}
	})
}

func TestTheTrailIsReadPageByPage(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		s.write(t, func(tx *db.Tx) error {
			for range 60 {
				if err := account.Record(tx, account.Entry{Actor: account.System("test"), Action: "thing.done", Target: "settings", Fields: []string{"name"}, Count: 3}); err != nil {
					return err
				}
			}
			return nil
		})
		first := owner.get("/trail?action=thing.done").wants(t, http.StatusOK, "/trail", "thing.done", "× 3", "settings", "Older")
		if n := strings.Count(first.text, "<li><div>"); n != 50 {
			t.Errorf("%d entries on the first page", n)
		}
		_, rest, _ := strings.Cut(first.text, `<a href="/trail?before=`)
		next, _, _ := strings.Cut(rest, `"`)
		second := owner.get("/trail?before="+strings.ReplaceAll(next, "&amp;", "&")).wants(t, http.StatusOK, "/trail", "thing.done")
		if n := strings.Count(second.text, "<li><div>"); n != 10 || strings.Contains(second.text, "Older") {
			t.Errorf("%d entries on the second page", n)
		}
		owner.get("/trail?target=nothing").wants(t, http.StatusOK, "/trail", "Nothing.")
	})
}
