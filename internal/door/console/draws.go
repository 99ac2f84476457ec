package console

import (
	"cmp"
	"net/http"
	"strconv"
	"time"

	"regulars/internal/act/draw"
	"regulars/internal/act/points"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/business"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
)

// draws is the page that lists them.
type draws struct {
	Said  string
	List  []listedDraw
	May   bool
	Older string
}

type listedDraw struct {
	To, Name, State, When string
	Live                  bool
}

const drawsMost = 50

func (v *visit) drawWords(b business.Business) draw.Words {
	w := draw.Words{Locale: v.l, Zone: zoneOf(b), Currency: b.Currency, Business: b.Name}
	if w.Business == "" {
		w.Business = "Regulars"
	}
	return w
}

func (v *visit) showDraws() error {
	return v.allowed(account.ProgrammeRead, func(by account.Actor) error {
		b, err := v.business()
		if err != nil {
			return err
		}
		q := v.r.URL.Query()
		closes, err := strconv.ParseInt(q.Get("closes"), 10, 64)
		if err != nil {
			closes = 0
		}
		shown := draws{Said: v.done(), May: by.May(account.ProgrammeWrite)}
		var found []draw.Stored
		var now time.Time
		if err := v.read(func(tx *db.Tx) (err error) {
			now = tx.Now
			found, err = draw.List(tx, true, closes, q.Get("after"), drawsMost+1)
			return err
		}); err != nil {
			return err
		}
		if len(found) > drawsMost {
			found = found[:drawsMost]
			last := &found[drawsMost-1]
			shown.Older = "/draws?closes=" + strconv.FormatInt(last.Closes.UnixMicro(), 10) + "&after=" + last.Draw.Draw
		}
		w := v.drawWords(b)
		for i := range found {
			s := &found[i]
			shown.List = append(shown.List, listedDraw{To: "/draws/" + s.Draw.Draw, Name: s.Name, State: w.State(s, now), Live: s.Open(now),
				When: v.l.T("draws.from_to", w.Moment(s.Opens), w.Moment(s.Closes))})
		}
		return v.show(http.StatusOK, "draws", sheet{Title: v.l.T("console.draws.title"), Lead: v.l.T("draws.lead"), Content: shown})
	})
}

// oneDraw is the page of a draw.
type oneDraw struct {
	At, State, Said string
	Live, May       bool
	About           []said
	Note            string // what is to be done next
	Publish, Close  bool   // what can be done
	Draw, Cancel    bool
	Discard         bool
	Takes           string // what cancelling does
	Form            *form
	Names           *form  // what it is in other languages, of what is published
	Reason          string // for cancelling, as it was typed
	ReasonError     string
	Winners         []drawWinner
	More            string
	Checks          []draw.Said
	Public          string // where everybody finds it
	Proofs          []said
	Terms           []string
}

type drawWinner struct{ Place, Prize, Entry, Name, To string }

const drawWinnersMost = 500

func (v *visit) showDraw() error {
	return v.allowed(account.ProgrammeRead, func(by account.Actor) error { return v.oneDraw(by, nil) })
}

// oneDraw shows a draw; again, where something was wrong with what was typed.
func (v *visit) oneDraw(by account.Actor, wrong error) error {
	b, err := v.business()
	if err != nil {
		return err
	}
	shown := oneDraw{At: "/draws/" + v.r.PathValue("draw"), Said: v.done(), May: by.May(account.ProgrammeWrite)}
	var s draw.Stored
	var sum draw.Sum
	var public draw.Public
	var winners []draw.Held
	var now time.Time
	if err := v.read(func(tx *db.Tx) (err error) {
		now = tx.Now
		if s, err = draw.Load(tx, v.r.PathValue("draw")); err != nil {
			return err
		}
		if s.State == draw.Draft {
			return nil
		}
		if sum, err = draw.SumOf(tx, s.Draw.Draw); err != nil {
			return err
		}
		if public, err = draw.Show(tx, &s, b.Name); err != nil {
			return err
		}
		winners, err = draw.Winners(tx, s.Draw.Draw)
		return err
	}); err != nil {
		return err
	}
	w := v.drawWords(b)
	v.describeDraw(&shown, &s, &sum, w, now)
	if s.State != draw.Draft {
		verdict := draw.Verify(&public, draw.Noted{})
		shown.Checks = w.Verdict(&verdict)
		if err := v.drawWinners(by, &shown, winners); err != nil {
			return err
		}
	}
	page := sheet{Title: s.Name, Content: &shown}
	status := http.StatusOK
	if s.State == draw.Draft && shown.May {
		f, err := v.drawForm(&s.Draw, b, shown.At)
		if err != nil {
			return err
		}
		f.Button, f.Hidden = v.l.T("settings.save"), append(keyed(), hidden{"version", strconv.FormatInt(s.Version, 10)})
		shown.Form = &f
	}
	if s.State != draw.Draft && shown.May {
		if shown.Names, err = v.drawNames(&s); err != nil {
			return err
		}
	}
	if wrong != nil {
		if status = v.status(wrong); fault.KindOf(wrong) == fault.Internal {
			return wrong
		}
		page.Problems = []problem{v.drawWronged(&shown, wrong)}
	}
	for _, f := range []*form{shown.Form, shown.Names} {
		if f != nil {
			v.fillForm(f, false)
		}
	}
	return v.show(status, "draw", page)
}

// drawWronged says what is wrong where it was typed.
func (v *visit) drawWronged(shown *oneDraw, wrong error) problem {
	if fieldOf(wrong) == "reason" && shown.Cancel {
		shown.Reason, shown.ReasonError = v.typed("reason"), v.say(wrong)
		return problem{Field: "reason", Text: shown.ReasonError}
	}
	if f := cmp.Or(shown.Form, shown.Names); f != nil {
		return v.wronged(f, wrong)
	}
	return problem{Text: v.say(wrong)}
}

// describeDraw is what is told of a draw, and what can be done with it.
func (v *visit) describeDraw(shown *oneDraw, s *draw.Stored, sum *draw.Sum, w draw.Words, now time.Time) {
	shown.State, shown.Live, shown.Terms = w.State(s, now), s.Open(now), w.Terms(&s.Draw)
	say := func(key, text string) {
		if text != "" {
			shown.About = append(shown.About, said{v.l.T("draws." + key), text})
		}
	}
	say("time", v.l.T("draws.from_to", w.Moment(s.Opens), w.Moment(s.Closes)))
	say("in", v.toldIn(s.Translations))
	say("cancelled_because", s.Reason)
	if s.State != draw.Draft && s.ListHash == "" {
		so := v.l.T("draws.sum", v.l.Integer(sum.People), v.l.Integer(sum.Free), v.l.Integer(sum.Bought))
		if sum.Rules > 0 {
			so += " " + v.l.T("draws.sum.rules", v.l.Integer(sum.Rules))
		}
		say("so_far", so)
	}
	if s.Bought != nil && sum.Units > 0 {
		say("paid", points.Amount(v.l, s.Bought.Unit, sum.Units))
	}
	if s.ListHash != "" {
		say("list_of", v.l.T("draws.frozen", v.l.Integer(s.Entrants), v.l.Integer(s.Entries), w.Moment(s.FrozenAt)))
	}
	if s.State == draw.Drawn {
		say("drawn_at", w.Moment(s.Ended))
	}
	undone := s.State == draw.Published || s.State == draw.Closing || s.State == draw.Frozen
	if shown.May {
		shown.Publish, shown.Discard, shown.Close, shown.Draw, shown.Cancel = s.State == draw.Draft, s.State == draw.Draft, s.Over(now), s.State == draw.Frozen, undone
	}
	switch {
	case s.State == draw.Draft:
		shown.Note = v.l.T("draws.note.draft")
	case s.Over(now):
		shown.Note = v.l.T("draws.note.over")
	case s.State == draw.Published:
		shown.Note = v.l.T("draws.note.open")
	case s.State == draw.Frozen:
		shown.Note = v.l.T("draws.note.frozen")
	}
	shown.Takes = v.l.T("draws.cancel.says")
	if sum.Units > 0 && s.Bought != nil {
		shown.Takes += " " + v.l.T("draws.cancel.back", points.Amount(v.l, s.Bought.Unit, sum.Units), v.l.Integer(sum.Bought))
	}
	if s.State == draw.Draft {
		return
	}
	shown.Public = "/my/draws/" + s.Draw.Draw
	for _, p := range []struct{ key, text string }{{"commitment", s.Commitment}, {"list_hash", s.ListHash}, {"seed", s.Seed}} {
		if p.text != "" {
			shown.Proofs = append(shown.Proofs, said{v.l.T("draws."+p.key, "SHA-256"), p.text})
		}
	}
}

// drawWinners are those who won, with their names for who may know them.
func (v *visit) drawWinners(by account.Actor, shown *oneDraw, all []draw.Held) error {
	who := by.May(account.CustomersRead)
	return v.read(func(tx *db.Tx) error {
		shown.Winners, shown.More = nil, ""
		for i, h := range all {
			if i == drawWinnersMost {
				shown.More = v.l.P("portal.draw.more", int64(len(all)-i))
				break
			}
			one := drawWinner{Place: v.l.Integer(h.Place), Prize: h.Prize, Entry: h.Entry}
			if who {
				root, err := customer.Root(tx, h.Customer)
				if err != nil {
					return err
				}
				s, err := customer.Get(tx, root)
				if err != nil {
					return err
				}
				if one.Name = v.l.T("draws.winner.erased"); s.Erased.IsZero() {
					one.Name, one.To = v.nameOf(by, s), "/customers/"+fact.PublicID(fact.CustomerPrefix, root)
				}
			}
			shown.Winners = append(shown.Winners, one)
		}
		return nil
	})
}
