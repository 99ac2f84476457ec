package portal

import (
	"net/http"
	"strconv"

	"regulars/internal/act/points"
	"regulars/internal/act/programme"
	"regulars/internal/act/statement"
	"regulars/internal/base/db"
	"regulars/internal/record/customer"
)

// past is what moved.
type past struct {
	Units []choice
	Rows  []moved
	Next  string // the address of what came before
}

type moved struct {
	Day, What, Units string
	Why              []string
	Gain             bool
}

const historyEntries = 100 // that a page reads

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
			r := statement.Reader{Locale: v.l, Zone: facts.Business.Zone, Currency: facts.Business.Currency, Programme: facts.Programme(), To: programme.ForMember}
			lines, next, err := r.Lines(tx, members, wanted, after, historyEntries)
			if err != nil {
				return err
			}
			for i := range lines {
				l := &lines[i]
				row := moved{Day: v.l.Date(l.At.In(facts.Business.Zone)), What: l.What, Why: l.Why, Units: v.l.Integer(l.Units), Gain: l.Units > 0}
				if row.Gain {
					row.Units = "+" + row.Units
				}
				p.Rows = append(p.Rows, row)
			}
			if next != (points.Page{}) {
				p.Next = "/my/history?unit=" + wanted + "&before=" + strconv.FormatInt(next.Operation, 10) + "&no=" + strconv.FormatInt(next.No, 10)
			}
			return nil
		}); err != nil {
			return err
		}
		return v.show(http.StatusOK, "history", sheet{Title: v.l.T("portal.history.title"), Content: p})
	})
}

func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return n
}
