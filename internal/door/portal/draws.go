package portal

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"regulars/internal/act/draw"
	"regulars/internal/act/points"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
)

// drawsAt is where draws are found: by everybody, also where members have no pages.
const drawsAt = "/my/draws"

// public tells whether a page is for everybody.
func public(path string) bool { return path == drawsAt || strings.HasPrefix(path, drawsAt+"/") }

func (v *visit) words() draw.Words {
	w := draw.Words{Locale: v.l, Zone: v.business.Zone, Currency: v.business.Currency, Business: v.name()}
	if w.Zone == nil {
		w.Zone = time.UTC
	}
	return w
}

// listedDraw is a draw among others.
type listedDraw struct {
	Path, Name, State, When string
	Open                    bool
	Prizes                  []string
	Own                     string
}

type listedDraws struct {
	Open, Others []listedDraw
	SignIn       bool // there is something to enter, and nobody has signed in
}

const shownDraws = 50

// drawsOf lists draws, or those that are open, with how the member stands in them.
func (v *visit) drawsOf(tx *db.Tx, open bool) (all []listedDraw, err error) {
	found, err := draw.List(tx, false, 0, "", shownDraws)
	if err != nil {
		return nil, err
	}
	var members []int64
	if v.me != 0 {
		if members, err = customer.Members(tx, v.me); err != nil {
			return nil, err
		}
	}
	desk, w := &draw.Desk{Box: v.Post.Box}, v.words()
	for i := range found {
		s := &found[i]
		if open && !s.Open(tx.Now) {
			continue
		}
		told := s.In(v.l)
		one := listedDraw{Path: drawsAt + "/" + s.Draw.Draw, Name: told.Name, State: w.State(s, tx.Now), Open: s.Open(tx.Now)}
		for _, p := range told.Prizes {
			one.Prizes = append(one.Prizes, w.Prize(p))
		}
		switch {
		case s.State == draw.Drawn || s.State == draw.Cancelled:
			one.When = v.l.Date(s.Ended.In(w.Zone))
		case tx.Now.Before(s.Opens):
			one.When = v.l.T("portal.draws.opens", w.Moment(s.Opens))
		default:
			one.When = v.l.T("portal.draws.closes", w.Moment(s.Closes))
		}
		if members != nil {
			o, err := desk.Of(tx, s, members)
			if err != nil {
				return nil, err
			}
			one.Own = v.stands(o.In(v.l))
		}
		all = append(all, one)
	}
	return all, nil
}

// stands says in a few words how somebody stands in a draw.
func (v *visit) stands(o *draw.Own) string {
	switch {
	case len(o.Won) > 0:
		return v.l.T("portal.draws.won", o.Won[0].Prize)
	case o.Weight() > 0:
		return v.l.P("portal.draws.entries", o.Weight())
	case o.Any():
		return v.l.P("portal.draws.entries", o.Free+o.Bought+o.Earned+o.Rules)
	}
	return ""
}

func (v *visit) showDraws() error {
	var shown listedDraws
	if err := v.read(func(tx *db.Tx) error {
		all, err := v.drawsOf(tx, false)
		if err != nil {
			return err
		}
		shown = listedDraws{}
		for _, one := range all {
			if one.Open {
				shown.Open = append(shown.Open, one)
			} else {
				shown.Others = append(shown.Others, one)
			}
		}
		return nil
	}); err != nil {
		return err
	}
	shown.SignIn = len(shown.Open) > 0 && v.me == 0 && v.settings.Open
	return v.show(http.StatusOK, "draws", sheet{Title: v.l.T("portal.draws.title"), Lead: v.l.T("portal.draws.lead"), Content: shown})
}

// oneDraw is the page of a draw.
type oneDraw struct {
	Path, State    string
	Facts          []string
	Reason         string
	Prizes         []string
	Enter          *entry
	SignIn         bool
	Won, Own       []string
	Codes          []string
	Winners        []winner
	More           string
	Commitment     string
	ListHash, Seed string
	Entrants       string
	Checks         []draw.Said
	Verdict        string
	Wrong, Long    bool // something does not agree; the list is too long to be worked out here
	Noted          draw.Noted
	Terms          []string
}

// entry is how a member enters.
type entry struct {
	Free, Freely bool // one can for nothing, and has
	Price        string
	Key          string // of what is bought from this page, and from another that shows the same: pressed in each of two tabs it is once
	Most         int64  // that can be bought still
	Typed        string
	Have         string
}

type winner struct {
	Place, Prize, Entry string
	Mine                bool
}

const (
	shownWinners = 200
	workedOut    = 100_000 // entrants: longer lists take too long to be worked out for everybody who comes by
)

func (v *visit) showDraw() error { return v.oneDraw(nil) }

// drawOf reads the draw of the address; a draft is nobody's.
func (v *visit) drawOf(tx *db.Tx) (s draw.Stored, err error) {
	s, err = draw.Load(tx, v.r.PathValue("draw"))
	if err == nil && s.State == draw.Draft || fault.KindOf(err) == fault.NotFound && err != nil {
		err = fault.Coded("no_page", fault.NotFoundf("there is no such draw"))
	}
	return s, err
}

// oneDraw shows a draw; wrong is why one could not enter.
func (v *visit) oneDraw(wrong error) error {
	q := v.r.URL.Query()
	shown := oneDraw{Noted: draw.Noted{Commitment: noted(q.Get("commitment")), ListHash: noted(q.Get("list_hash")), Entry: strings.ToUpper(noted(q.Get("entry")))}}
	var s draw.Stored
	if err := v.read(func(tx *db.Tx) (err error) {
		if s, err = v.drawOf(tx); err != nil {
			return err
		}
		show := draw.Show
		if s.Entrants > workedOut {
			show = draw.Brief
		}
		p, err := show(tx, &s, v.name())
		if err != nil {
			return err
		}
		v.describe(&shown, &s, &p, tx.Now)
		if v.me == 0 {
			shown.SignIn = s.Open(tx.Now) && v.settings.Open
			return nil
		}
		return v.ofMember(tx, &shown, &s)
	}); err != nil {
		return err
	}
	return v.again("draw", sheet{Title: s.In(v.l).Name, Content: shown}, wrong)
}

// noted is what somebody typed off from somewhere, or pasted.
func noted(text string) string {
	const most = 100
	text = strings.Join(strings.Fields(text), "")
	return text[:min(len(text), most)]
}

// describe is what everybody sees of a draw.
func (v *visit) describe(shown *oneDraw, s *draw.Stored, p *draw.Public, now time.Time) {
	w := v.words()
	shown.Path, shown.State, shown.Reason = drawsAt+"/"+s.Draw.Draw, w.State(s, now), s.Reason
	shown.Facts = []string{v.l.T("portal.draw.time", w.Moment(s.Opens), w.Moment(s.Closes))}
	if s.ListHash != "" {
		shown.Entrants = v.l.T("portal.draw.entrants", v.l.Integer(s.Entrants), v.l.Integer(s.Entries))
	}
	shown.Prizes = nil
	for _, prize := range s.In(v.l).Prizes {
		shown.Prizes = append(shown.Prizes, w.Prize(prize))
	}
	shown.Commitment, shown.ListHash, shown.Seed, shown.Terms = s.Commitment, s.ListHash, s.Seed, w.Terms(&s.Draw)
	for i, one := range p.Winners {
		if i == shownWinners {
			shown.More = v.l.P("portal.draw.more", int64(len(p.Winners)-shownWinners))
			break
		}
		shown.Winners = append(shown.Winners, winner{Place: v.l.Integer(one.Place), Prize: s.Translations.In(v.l, one.Prize), Entry: one.Entry})
	}
	if s.Entrants > workedOut {
		shown.Long = true
		return
	}
	verdict := draw.Verify(p, shown.Noted)
	shown.Checks, shown.Wrong = w.Verdict(&verdict), verdict.Wrong()
	switch {
	case shown.Wrong:
		shown.Verdict = v.l.T("portal.draw.wrong")
	case verdict.Drawn:
		shown.Verdict = v.l.T("draw.verify.right")
	case len(shown.Checks) > 0:
		shown.Verdict = v.l.T("draw.verify.early")
	}
}

// ofMember is what a member sees besides: how they stand, and how to enter.
func (v *visit) ofMember(tx *db.Tx, shown *oneDraw, s *draw.Stored) error {
	members, err := customer.Members(tx, v.me)
	if err != nil {
		return err
	}
	o, err := (&draw.Desk{Box: v.Post.Box}).Of(tx, s, members)
	if err != nil {
		return err
	}
	shown.Won, shown.Own, shown.Codes = nil, nil, nil
	for _, won := range o.In(v.l).Won {
		shown.Won = append(shown.Won, v.l.T("portal.draws.won", won.Prize))
		for i := range shown.Winners {
			shown.Winners[i].Mine = shown.Winners[i].Mine || shown.Winners[i].Entry == won.Entry
		}
	}
	for _, one := range []struct {
		key string
		n   int64
	}{{"free", o.Free}, {"bought", o.Bought}, {"earned", o.Earned}, {"rules", o.Rules}} {
		if one.n > 0 {
			shown.Own = append(shown.Own, v.l.P("portal.draw.own."+one.key, one.n))
		}
	}
	for _, e := range o.Entries {
		shown.Codes = append(shown.Codes, e.Code)
	}
	if shown.Enter = nil; !s.Open(tx.Now) {
		return nil
	}
	e := &entry{Free: s.Free, Freely: o.Free > 0, Typed: v.typed("entries")}
	if s.Bought != nil {
		last, err := draw.LastPurchase(tx, s.Draw.Draw, members)
		if err != nil {
			return err
		}
		e.Key = "after-" + strconv.FormatInt(last, 36)
		if e.Most = s.Bought.PerMember - o.Bought; e.Most > 0 {
			e.Price = v.l.T("portal.draw.price", points.Amount(v.l, s.Bought.Unit, s.Bought.Price), v.l.Integer(e.Most))
			b, err := points.BalanceOf(tx, v.me, s.Bought.Unit, tx.Now)
			if err != nil {
				return err
			}
			e.Have = v.l.T("portal.draw.have", points.Amount(v.l, s.Bought.Unit, b.Available))
		}
	}
	shown.Enter = e
	return nil
}

// enterDraw enters the member.
func (v *visit) enterDraw() error {
	return v.signedIn(func() error {
		facts, err := v.Facts.Intake(v.ctx)
		if err != nil {
			return err
		}
		if err := v.read(func(tx *db.Tx) error { _, err := v.drawOf(tx); return err }); err != nil {
			return err
		}
		w := draw.Wish{Customer: v.me, Draw: v.r.PathValue("draw"), Way: draw.Way(v.typed("way")), Actor: v.actor()}
		if w.Way == draw.ByBought {
			if w.Entries, err = strconv.ParseInt(strings.TrimSpace(v.typed("entries")), 10, 64); err != nil {
				return v.oneDraw(fault.In("entries", fault.Coded("no_whole_number", fault.Invalidf("say how many entries"))))
			}
			w.Key = v.wish(strconv.FormatInt(w.Entries, 10))
		}
		err = facts.Draws(v.Post.Box).Enter(v.ctx, v.Store, w, func(tx *db.Tx) error {
			return account.Record(tx, account.Entry{Actor: v.noted(), Action: "draw.entered", Target: fact.PublicID(fact.CustomerPrefix, v.me), Fields: []string{string(w.Way)}, Count: 1})
		})
		if k := fault.KindOf(err); err != nil && (k == fault.Conflict || k == fault.Invalid) {
			return v.oneDraw(err)
		}
		if err != nil {
			return err
		}
		return v.to(drawsAt + "/" + w.Draw + "#own")
	})
}

// drawFile gives the public file of a draw.
func (v *visit) drawFile() error {
	p, err := v.publicDraw()
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "application/json")
	v.w.Header().Set("Content-Disposition", `attachment; filename="draw.json"`)
	_ = p.Write(v.w) // who has gone needs no answer
	return nil
}

// drawList gives the frozen list, byte by byte as it is hashed.
func (v *visit) drawList() error {
	p, err := v.publicDraw()
	if err != nil {
		return err
	}
	if p.List == "" {
		return fault.Coded("no_page", fault.NotFoundf("the list is not frozen yet"))
	}
	v.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	v.w.Header().Set("Content-Disposition", `attachment; filename="list.txt"`)
	_, _ = v.w.Write([]byte(p.List)) // who has gone needs no answer
	return nil
}

func (v *visit) publicDraw() (p draw.Public, err error) {
	err = v.read(func(tx *db.Tx) error {
		s, err := v.drawOf(tx)
		if err == nil {
			p, err = draw.Show(tx, &s, v.name())
		}
		return err
	})
	return p, err
}
