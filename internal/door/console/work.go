package console

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/job"
	"regulars/internal/record/fact"
)

const jobPrefix fact.Prefix = "job"

// works is the page about work in the background: what waits for a person first.
type works struct {
	May   bool
	Jobs  []shownJob
	Only  []choice // states to choose from
	State string
}

type shownJob struct {
	ID, Kind, State, When, Progress, Error, Cause string
	Dead, Waits                                   bool
}

// jobsMost is how many jobs the page shows.
const jobsMost = 100

var jobStates = []job.State{job.Waiting, job.Running, job.Dead, job.Done, job.Discarded}

func (v *visit) showJobs() error {
	return v.allowed(account.JobsRead, func(by account.Actor) error { return v.jobs(by, nil) })
}

func (v *visit) jobs(by account.Actor, wrong error) error {
	asked := job.State(v.r.URL.Query().Get("state"))
	if !slices.Contains(jobStates, asked) {
		asked = ""
	}
	b, err := v.business()
	if err != nil {
		return err
	}
	var list []job.Record
	if err := v.read(func(tx *db.Tx) (err error) {
		list, err = job.List(tx, job.Filter{State: asked}, 0, jobsMost)
		return err
	}); err != nil {
		return err
	}
	page := works{May: by.May(account.JobsManage), State: string(asked)}
	page.Only = append(page.Only, choice{"", v.l.T("console.jobs.all"), asked == ""})
	for _, s := range jobStates {
		page.Only = append(page.Only, choice{string(s), v.l.T("console.jobs.state." + string(s)), s == asked})
	}
	for i := range list {
		r := &list[i]
		shown := shownJob{ID: fact.PublicID(jobPrefix, r.ID), Kind: r.Kind, State: v.l.T("console.jobs.state." + string(r.State)), When: v.l.Date(r.Added.In(zoneOf(b))),
			Error: r.Error, Cause: r.Cause, Dead: r.State == job.Dead || r.State == job.Discarded, Waits: r.State == job.Waiting || r.State == job.Dead}
		if r.Progress.Total > 0 {
			shown.Progress = v.l.Integer(r.Progress.Done) + " / " + v.l.Integer(r.Progress.Total)
		}
		page.Jobs = append(page.Jobs, shown)
	}
	s := sheet{Title: v.l.T("console.jobs.title"), Lead: v.l.T("console.jobs.lead"), Content: page}
	status := http.StatusOK
	if wrong != nil {
		if fault.KindOf(wrong) == fault.Internal {
			return wrong
		}
		status, s.Problems = v.status(wrong), []problem{{"", v.say(wrong)}}
	}
	return v.show(status, "jobs", s)
}

// onJob does something with the job that the address names.
func (v *visit) onJob(action string, do func(tx *db.Tx, id int64) error) error {
	return v.allowed(account.JobsManage, func(by account.Actor) error {
		var id int64
		err := fact.ParsePublicID(jobPrefix, v.r.PathValue("id"), &id)
		if err == nil {
			err = v.write(func(tx *db.Tx) error {
				if err := do(tx, id); err != nil {
					return err
				}
				return account.Record(tx, account.Entry{Actor: by, Action: action, Target: v.r.PathValue("id")})
			})
		}
		if err != nil {
			return v.jobs(by, err)
		}
		return v.leave("/jobs")
	})
}

func (v *visit) replayJob() error  { return v.onJob("job.replayed", job.Replay) }
func (v *visit) discardJob() error { return v.onJob("job.discarded", job.Discard) }

// trail is the page about who did what.
type trail struct {
	Action, Target string
	Entries        []act
	Next           string
}

type act struct{ When, Who, Action, Target, Fields, Count string }

// entriesMost is how many entries a page has.
const entriesMost = 50

func (v *visit) showTrail() error {
	return v.allowed(account.AuditRead, func(account.Actor) error {
		q := v.r.URL.Query()
		page := trail{Action: strings.TrimSpace(q.Get("action")), Target: strings.TrimSpace(q.Get("target"))}
		b, err := v.business()
		if err != nil {
			return err
		}
		var entries []account.Entry
		var names map[string]string
		err = v.read(func(tx *db.Tx) (err error) {
			entries, err = account.Entries(tx, account.EntryFilter{Action: page.Action, Target: page.Target, Before: q.Get("before"), Limit: entriesMost + 1})
			if err == nil {
				names, err = account.Names(tx)
			}
			return err
		})
		if err != nil {
			return err
		}
		if len(entries) > entriesMost {
			entries = entries[:entriesMost]
			page.Next = entries[entriesMost-1].ID
		}
		for i := range entries {
			e := &entries[i]
			shown := act{When: e.At.In(zoneOf(b)).Format("2006-01-02 15:04:05"), Who: e.Actor.ID, Action: e.Action, Target: e.Target, Fields: strings.Join(e.Fields, ", ")}
			if name := names[e.Actor.ID]; name != "" {
				shown.Who = name
			}
			if e.Count > 1 {
				shown.Count = "× " + strconv.FormatInt(e.Count, 10)
			}
			page.Entries = append(page.Entries, shown)
		}
		return v.show(http.StatusOK, "trail", sheet{Title: v.l.T("console.trail.title"), Lead: v.l.T("console.trail.lead"), Content: page})
	})
}
