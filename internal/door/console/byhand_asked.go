package console

import (
	"cmp"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"time"

	"regulars/internal/act/byhand"
	"regulars/internal/act/points"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/customer"
)

// asked is what somebody asked to give or take by hand beyond their limit.
type asked struct {
	ID, Units, Reason, Whose, State, Decided, Answer string
	Who                                              door
	Waits, May, Mine                                 bool
	Typed, Error                                     string
}

const (
	mostAsked   = 200 // that wait
	latelyAsked = 10  // that were decided, or of one customer
)

// asker is what asking and deciding know of the reader.
func (v *visit) asker(tx *db.Tx, by account.Actor) (u account.User, names map[string]string, err error) {
	if u, err = account.UserOf(tx, by.ID); err != nil {
		return u, nil, err
	}
	names, err = account.Names(tx)
	return u, names, err
}

// requests lists what was asked for, to who may move units by hand.
func (v *visit) requests(tx *db.Tx, by account.Actor, f byhand.Filter, most int, zone *time.Location) (list []asked, err error) {
	if !by.May(account.PointsAdjust) {
		return nil, nil
	}
	all, err := byhand.Requests(tx, f, 0, most)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	me, names, err := v.asker(tx, by)
	if err != nil {
		return nil, err
	}
	day := func(t time.Time) string { return v.l.Date(t.In(zone)) }
	for i := range all {
		r := &all[i]
		one := asked{ID: r.Public(), Units: points.Amount(v.l, r.Unit, r.Units), Reason: r.Reason, State: v.l.T("byhand.state." + string(r.State)), Answer: r.Answer,
			Whose: v.l.T("byhand.asked", cmp.Or(names[r.Asker], r.Asker), day(r.Asked)), Waits: r.State == byhand.Waiting, Mine: r.Asker == by.ID}
		if r.Units > 0 {
			one.Units = "+" + one.Units
		}
		switch {
		case r.State == byhand.Withdrawn && r.By == points.System:
			one.Decided = v.l.T("byhand.erased", day(r.Decided))
		case !one.Waits:
			one.Decided = v.l.T("byhand.decided."+string(r.State), cmp.Or(names[r.By], r.By), day(r.Decided))
		default:
			if one.May, err = r.May(tx, &me); err != nil {
				return nil, err
			}
			switch {
			case one.Mine:
				one.State = v.l.T("eyes.others")
			case one.May:
				one.State = v.l.T("byhand.yours")
			default:
				one.State = v.l.T("byhand.higher")
			}
		}
		if one.Who, err = v.wayTo(tx, by, r.Customer); err != nil {
			return nil, err
		}
		if one.Who.To != "" {
			one.Who.To += "#held"
		}
		list = append(list, one)
	}
	return list, nil
}

// askedOf is how many requests wait that the reader may decide about.
func (v *visit) askedOf(tx *db.Tx, by account.Actor) (n int64, err error) {
	if !by.May(account.PointsAdjust) {
		return 0, nil
	}
	all, err := byhand.Requests(tx, byhand.Filter{States: []byhand.State{byhand.Waiting}}, 0, mostAsked)
	if err != nil || len(all) == 0 {
		return 0, err
	}
	me, err := account.UserOf(tx, by.ID)
	for i := range all {
		may := false
		if err == nil {
			may, err = all[i].May(tx, &me)
		}
		if may {
			n++
		}
	}
	return n, err
}

// mine is what the reader asked for that waits, or was decided lately.
func (v *visit) mine(by account.Actor) (list []asked, err error) {
	if !by.May(account.PointsAdjust) {
		return nil, nil
	}
	b, err := v.business()
	if err != nil {
		return nil, err
	}
	const lately = 14 // days
	err = v.read(func(tx *db.Tx) (err error) {
		list, err = v.requests(tx, by, byhand.Filter{Asker: by.ID, Since: tx.Now.AddDate(0, 0, -lately)}, latelyAsked, zoneOf(b))
		return err
	})
	return list, err
}

// request asks for what is beyond the reader's limit.
func (v *visit) request(by account.Actor, number int64) error {
	units, err := v.unitsByHand()
	if err != nil {
		return err
	}
	facts, err := v.Facts.Intake(v.ctx)
	if err != nil {
		return err
	}
	return v.write(func(tx *db.Tx) error {
		root, err := customer.Root(tx, number)
		if err != nil {
			return err
		}
		_, _, err = byhand.Ask(tx, facts.Ledger().IDs, by, byhand.Request{Customer: root, Unit: v.typed("unit"), Units: units, Reason: v.typed("reason"),
			Key: "console/" + by.ID + "/" + cmp.Or(v.typed("key"), rand.Text())})
		return err
	})
}

// offers tells whether the form by which units are moved by hand is to offer asking for them: they were too many for the reader, and
// there is somebody who may approve them.
func (v *visit) offers(by account.Actor, wrong error) (yes bool, err error) {
	var much *byhand.TooMuch
	if !errors.As(wrong, &much) && v.typed("ask") == "" {
		return false, nil
	}
	units, err := v.unitsByHand()
	if err != nil {
		return v.typed("ask") != "", nil //nolint:nilerr // it is what was wrong, and is said
	}
	err = v.read(func(tx *db.Tx) (err error) { yes, err = byhand.Askable(tx, by, v.typed("unit"), units); return err })
	return yes, err
}

// decideAsked approves, declines or takes back what somebody asked for.
func (v *visit) decideAsked() error {
	return v.allowed(account.PointsAdjust, func(by account.Actor) error {
		var err error
		to := byhand.State(v.typed("to"))
		switch id, answer := v.r.PathValue("id"), v.typed("answer"); to {
		case byhand.Approved:
			facts, failed := v.Facts.Intake(v.ctx)
			if failed != nil {
				return failed
			}
			_, err = facts.ByHand().Approve(v.ctx, v.Store, by, id, answer)
		case byhand.Declined:
			err = v.write(func(tx *db.Tx) error { _, err := byhand.Decline(tx, by, id, answer); return err })
		case byhand.Withdrawn:
			err = v.write(func(tx *db.Tx) error { _, err := byhand.Withdraw(tx, by, id); return err })
		default:
			err = fault.Invalidf("a request is approved, declined or withdrawn, not %.20q", string(to))
		}
		if err != nil {
			return v.whatWaits(by, err)
		}
		return v.leave("/programme/waiting?done=" + string(to))
	})
}

// showAsked fills in what was asked for on the page of what waits; wrong is what was wrong with a decision.
func (v *visit) showAsked(tx *db.Tx, by account.Actor, shown *waiting, zone *time.Location, wrong error) (err error) {
	if shown.Asked, err = v.requests(tx, by, byhand.Filter{States: []byhand.State{byhand.Waiting}}, mostAsked, zone); err != nil {
		return err
	}
	shown.Lately, err = v.requests(tx, by, byhand.Filter{States: []byhand.State{byhand.Approved, byhand.Declined, byhand.Withdrawn}}, latelyAsked, zone)
	if at := slices.IndexFunc(shown.Asked, func(a asked) bool { return a.ID == v.r.PathValue("id") }); wrong != nil && at >= 0 {
		shown.Asked[at].Typed = strings.TrimSpace(v.typed("answer"))
		if fieldOf(wrong) == "answer" {
			shown.Asked[at].Error = v.say(wrong)
		}
	}
	return err
}

// askedFor is what was asked for of a person, under all their numbers.
func (v *visit) askedFor(tx *db.Tx, by account.Actor, members []int64, zone *time.Location) ([]asked, error) {
	list, err := v.requests(tx, by, byhand.Filter{Whose: members}, latelyAsked, zone)
	for i := range list {
		list[i].Who = door{} // whose page it is
	}
	return list, err
}
