package portal

import (
	"net/http"
	"strconv"

	"regulars/internal/act/gift"
	"regulars/internal/act/points"
	"regulars/internal/act/programme"
	"regulars/internal/base/db"
	"regulars/internal/record/customer"
	"regulars/internal/record/holiday"
)

// past is what moved.
type past struct {
	Units []choice
	Rows  []moved
	Next  string // the address of what came before
}

type moved struct {
	Day, What, Units string
	Gain             bool
}

// signs are of the kinds of entries that members see: those that change what they have. What is held, and comes back, does
// not.
var signs = map[points.EntryKind]int64{
	points.Issue: 1, points.Undo: 1, points.Bring: 1, points.Spent: -1, points.Commit: -1, points.Expired: -1, points.Reversed: -1, points.Recall: -1,
	points.Send: -1, points.Owe: -1, points.Repay: -1,
}

const historyRows = 50

func (v *visit) showHistory() error {
	return v.signedIn(func() error {
		facts, err := v.Facts.Intake(v.ctx)
		if err != nil {
			return err
		}
		var p past
		q := v.r.URL.Query()
		if err := v.read(func(tx *db.Tx) error {
			units, err := points.Units(tx)
			if err != nil {
				return err
			}
			wanted := ""
			for _, u := range units {
				if u.Kind == points.Spendable {
					if wanted == "" || q.Get("unit") == u.Code {
						wanted = u.Code
					}
					p.Units = append(p.Units, choice{Value: u.Code, Name: points.UnitName(v.l, u.Code)})
				}
			}
			if wanted == "" {
				return nil
			}
			for i := range p.Units {
				p.Units[i].Chosen = p.Units[i].Value == wanted
			}
			members, err := customer.Members(tx, v.me)
			if err != nil {
				return err
			}
			after := points.Page{Operation: number(q.Get("before")), No: number(q.Get("no"))}
			entries, next, err := points.Entries(tx, members, wanted, after, historyRows)
			if err != nil {
				return err
			}
			occasions, err := v.occasions(tx, facts.Programme(), members, entries)
			if err != nil {
				return err
			}
			for i := range entries {
				e := &entries[i]
				sign, seen := signs[e.Kind]
				if !seen {
					continue
				}
				row := moved{Day: v.l.Date(e.At.In(facts.Business.Zone)), What: v.what(e, occasions[e.Cause]), Units: v.l.Integer(sign * e.Units), Gain: sign > 0}
				if sign > 0 {
					row.Units = "+" + row.Units
				}
				p.Rows = append(p.Rows, row)
			}
			if len(entries) == historyRows {
				p.Next = "/my/history?unit=" + wanted + "&before=" + strconv.FormatInt(next.Operation, 10) + "&no=" + strconv.FormatInt(next.No, 10)
			}
			return nil
		}); err != nil {
			return err
		}
		return v.show(http.StatusOK, "history", sheet{Title: v.l.T("portal.history.title"), Content: p})
	})
}

// occasions say what gifts and prizes of challenges among the entries were for, by their causes.
func (v *visit) occasions(tx *db.Tx, p *programme.Programme, members []int64, entries []points.Entry) (map[string]string, error) {
	if len(entries) == 0 {
		return nil, nil
	}
	calendar, err := holiday.Load(tx)
	if err != nil {
		return nil, err
	}
	w := gift.Words{Locale: v.l, Calendar: &calendar}
	const most = 2 * historyRows
	found, err := gift.GivenTo(tx, members, entries[len(entries)-1].At, most)
	names := map[string]string{}
	for i := range found {
		names[found[i].Cause] = v.l.T("portal.moved.gift", w.Occasion(&found[i]))
	}
	if err != nil {
		return nil, err
	}
	for i := range entries {
		cause := entries[i].Cause
		if names[cause] != "" {
			continue
		}
		name, err := p.ChallengeOf(tx, cause)
		if err != nil {
			return nil, err
		}
		if name != "" {
			names[cause] = v.l.T("portal.moved.challenge", name)
		}
	}
	return names, nil
}

// what says what an entry was, in a word or two; by what the operation was, or what was given for, where that says more.
func (v *visit) what(e *points.Entry, occasion string) string {
	if occasion != "" && e.Kind == points.Issue {
		return occasion
	}
	for _, key := range []string{"portal.moved." + e.Of + "." + string(e.Kind), "portal.moved." + string(e.Kind)} {
		if v.l.Has(key) {
			return v.l.T(key)
		}
	}
	return string(e.Kind)
}

func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return n
}
