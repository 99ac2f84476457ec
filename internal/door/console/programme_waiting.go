package console

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"regulars/internal/act/byhand"
	"regulars/internal/act/programme"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
)

// eyes is what somebody who looks at a draft is to know of four eyes.
type eyes struct {
	Waits  string // why the reader does not put it in force; empty: they may
	Warns  string // that there is nobody else to approve
	Invite bool   // whether the reader may do something about that
}

// eyesOn tells what four eyes mean for a version and its reader.
func (v *visit) eyesOn(tx *db.Tx, by account.Actor, p *programme.Version, d *programme.Document) (e eyes, err error) {
	if p.State != programme.Draft || !by.May(account.ProgrammeWrite) {
		return e, nil
	}
	e.Invite = by.May(account.UsersManage)
	switch on, err := programme.EyesOn(tx, by.ID); {
	case err != nil:
		return e, err
	case on == programme.Alone && p.Author == by.ID:
		e.Warns = v.l.T("eyes.alone")
	case on == programme.Four && p.Author == by.ID:
		e.Waits = v.l.T("eyes.waits")
	case on == programme.Own && d.FourEyes:
		another, err := account.Another(tx, by.ID, account.ProgrammeWrite)
		if err == nil && !another {
			e.Warns = v.l.T("eyes.nobody")
		}
		return e, err
	}
	return e, nil
}

// waiting is the page of what waits for somebody else: drafts that are to be put in force, and what was asked for by hand.
type waiting struct {
	Said   string
	Lead   string
	Drafts []waitingDraft
	Asked  []asked
	Lately []asked // that were decided
}

type waitingDraft struct {
	Version                 int64
	Name, Note, Says, Whose string
	Mine                    bool // it waits for somebody else than the reader
}

const mostDrafts = 200

func (v *visit) showWaiting() error {
	return v.allowed(account.ProgrammeWrite, func(by account.Actor) error { return v.whatWaits(by, nil) })
}

// whatWaits shows what waits; wrong is what was wrong with a decision about something that was asked for.
func (v *visit) whatWaits(by account.Actor, wrong error) error {
	if fault.KindOf(wrong) == fault.Internal && wrong != nil {
		return wrong
	}
	b, err := v.business()
	if err != nil {
		return err
	}
	shown := waiting{Said: v.done()}
	if word := v.r.URL.Query().Get("done"); slices.Contains(byhand.States(), byhand.State(word)) {
		shown.Said = v.l.T("byhand.done." + word)
	}
	if err := v.read(func(tx *db.Tx) error {
		if err := v.showAsked(tx, by, &shown, zoneOf(b), wrong); err != nil || !by.May(account.ProgrammeWrite) {
			return err
		}
		return v.showDrafts(tx, by, &shown, zoneOf(b))
	}); err != nil {
		return err
	}
	s, status := sheet{Title: v.l.T("eyes.title"), Lead: v.l.T("eyes.lead"), Content: &shown}, http.StatusOK
	if wrong != nil {
		status = v.status(wrong)
		s.Problems = []problem{{Text: v.say(wrong)}}
		if fieldOf(wrong) == "answer" {
			s.Problems[0].Field = "answer-" + v.r.PathValue("id")
		}
	}
	return v.show(status, "waiting", s)
}

func (v *visit) showDrafts(tx *db.Tx, by account.Actor, shown *waiting, zone *time.Location) error {
	shown.Drafts = nil
	on, err := programme.EyesOn(tx, by.ID)
	if err != nil {
		return err
	}
	shown.Lead = v.l.T("eyes.lead." + string(on))
	all, err := programme.Drafts(tx, mostDrafts)
	for i := range all {
		p := &all[i]
		who, err := v.author(tx, p.Author)
		if err != nil {
			return err
		}
		one := waitingDraft{Version: p.Version, Note: p.Note, Whose: v.l.T("eyes.by", who, v.l.Date(p.Created.In(zone))), Mine: p.Author == by.ID && on == programme.Four}
		if d, err := programme.Parse(p.Document); err == nil {
			one.Name = d.Name
		}
		if one.Says = v.l.T("eyes.yours"); one.Mine {
			one.Says = v.l.T("eyes.others")
		}
		shown.Drafts = append(shown.Drafts, one)
	}
	return err
}

// author is what whoever wrote something is called.
func (v *visit) author(tx *db.Tx, id string) (string, error) {
	if !strings.HasPrefix(id, "usr_") {
		return v.l.T("eyes.key"), nil
	}
	u, err := account.UserOf(tx, id)
	if fault.KindOf(err) == fault.NotFound {
		return id, nil
	}
	return u.Name, err
}

// waits is how many drafts the reader may put in force that another wrote, where that is asked for; of one's own one knows.
func (v *visit) waits(tx *db.Tx, by account.Actor) (n int64, err error) {
	if !by.May(account.ProgrammeWrite) {
		return 0, nil
	}
	on, err := programme.EyesOn(tx, by.ID)
	if err != nil || on != programme.Four {
		return 0, err
	}
	all, err := programme.Drafts(tx, mostDrafts)
	for i := range all {
		if all[i].Author != by.ID {
			n++
		}
	}
	return n, err
}

// discardProgramme removes a draft for good.
func (v *visit) discardProgramme() error {
	return v.allowed(account.ProgrammeWrite, func(by account.Actor) error {
		n, err := v.versionOf()
		if err != nil {
			return err
		}
		return v.once(by, func() error {
			err := v.write(func(tx *db.Tx) error {
				p, err := programme.Load(tx, n)
				if err != nil {
					return err
				}
				if err := v.unchanged(p.Document); err != nil { // nobody discards what they have not seen
					return err
				}
				if err := programme.Discard(tx, n); err != nil {
					return err
				}
				return account.Record(tx, account.Entry{Actor: by, Action: "programme.discarded", Target: "programme:" + strconv.FormatInt(n, 10), Count: 1, Request: by.Request})
			})
			if fault.KindOf(err) == fault.Conflict {
				return v.version(by, "", err)
			}
			if err != nil {
				return err
			}
			return v.leave("/programme?done=deleted")
		})
	})
}
