package console

import (
	"crypto/rand"
	"strconv"
	"strings"
	"time"

	"regulars/internal/act/byhand"
	"regulars/internal/act/points"
	"regulars/internal/act/programme"
	"regulars/internal/act/statement"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/intake"
	"regulars/internal/record/business"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
)

// held is what a customer has of the programme: balances, the tier, what was given lately and why, and the form by which
// somebody gives or takes by hand.
type held struct {
	ID         string
	Balances   []heldUnit
	Tier       string
	Stamps     []challengeRow
	Challenges []challengeRow
	Offers     []programme.Offer
	Access     []accessRow
	Draws      []drawRow
	Explained  []explained
	May        bool
	Units      []choice
	Key        string // of what is adjusted from this page: pressed twice is once
	Typed      map[string]string
	Asked      []asked // what is beyond the limit of who asked for it
	Ask        bool    // what was typed is, and can be asked for
}

type heldUnit struct {
	Unit, Units string
	Beside      []string
}

// explained is what came of one thing.
type explained struct {
	When, What, Units string
	Words             []string
}

func (v *visit) explained(l *statement.Line, zone *time.Location) explained {
	e := explained{When: v.l.Date(l.At.In(zone)), What: l.What, Words: l.Why}
	if l.Units != 0 {
		e.Units = points.Amount(v.l, l.Unit, l.Units)
	}
	if l.Units > 0 {
		e.Units = "+" + e.Units
	}
	return e
}

const (
	shownExplained = 10
	shownExpiring  = 3
)

// held is nil where there are no units, or where the reader may not see them.
func (v *visit) held(by account.Actor, b business.Business, number int64) (*held, error) {
	if !by.May(account.PointsRead) || b.Zone == nil || b.Currency == "" {
		return nil, nil //nolint:nilnil // nothing is to be shown
	}
	facts, err := v.Facts.Intake(v.ctx)
	if err != nil {
		return nil, err
	}
	h := &held{ID: fact.PublicID(fact.CustomerPrefix, number), May: by.May(account.PointsAdjust), Key: rand.Text(), Typed: map[string]string{}}
	err = v.read(func(tx *db.Tx) error {
		h.Explained = nil
		if h.Balances, h.Units, err = v.balances(tx, number, b.Zone); err != nil {
			return err
		}
		club, err := inForce(tx, facts)
		if err != nil {
			return err
		}
		s, ok, err := facts.Programme().Standing(tx, number)
		if err != nil {
			return err
		}
		if ok && s.Name != "" {
			h.Tier = club.In(v.l, s.Name)
		}
		if h.Stamps, err = v.stamps(tx, facts, number); err != nil {
			return err
		}
		if h.Challenges, err = v.challenges(tx, facts, number, true); err != nil {
			return err
		}
		if h.Offers, err = facts.Programme().Offers(tx, number, v.l, b.Currency); err != nil {
			return err
		}
		if h.Access, err = v.access(tx, facts, number, true); err != nil {
			return err
		}
		if h.Draws, err = v.drawsOf(tx, facts, number); err != nil {
			return err
		}
		members, err := customer.Members(tx, number)
		if err != nil {
			return err
		}
		if h.Asked, err = v.askedFor(tx, by, members, b.Zone); err != nil {
			return err
		}
		r := statement.Reader{Locale: v.l, Zone: b.Zone, Currency: b.Currency, Programme: facts.Programme(), To: programme.Cashier}
		lines, err := r.Latest(tx, members, shownExplained)
		for i := range lines {
			h.Explained = append(h.Explained, v.explained(&lines[i], b.Zone))
		}
		return err
	})
	if err != nil || len(h.Units) == 0 && len(h.Stamps) == 0 {
		return nil, err
	}
	return h, nil
}

// inForce is the programme in force, for what its names are in the reader's language; nil: there is none, and they are as they are.
func inForce(tx *db.Tx, facts *intake.Intake) (*programme.Compiled, error) {
	return facts.Programme().Book.Current(tx, zoneOf(facts.Business))
}

// drawRow is a prize draw that a customer takes part in.
type drawRow struct {
	To, Name, Says string
	Won            []string
}

func (v *visit) drawsOf(tx *db.Tx, facts *intake.Intake, number int64) (all []drawRow, err error) {
	found, err := facts.Draws(v.Post.Box).OfAll(tx, number)
	for i := range found {
		o := found[i].In(v.l)
		entries := o.Weight() // as they are on the list, and before there is one, as they are so far
		if entries == 0 {
			entries = o.Free + o.Bought + o.Earned + o.Rules
		}
		row := drawRow{To: "/draws/" + o.Draw, Name: o.Name, Says: v.l.P("held.draws.entries", entries)}
		for _, w := range o.Won {
			row.Won = append(row.Won, v.l.T("held.draws.won", w.Prize))
		}
		all = append(all, row)
	}
	return all, err
}

// challengeRow is how far a customer has come with a challenge.
type challengeRow struct {
	Name, Says, Streak, Times string
	So, Target                int64 // no target: there is no bar
}

// challenges are those of the programme, also what is over where all are asked for.
func (v *visit) challenges(tx *db.Tx, facts *intake.Intake, number int64, all bool) (rows []challengeRow, err error) {
	club, err := inForce(tx, facts)
	if err != nil {
		return nil, err
	}
	found, err := facts.Programme().Challenges(tx, number)
	for i := range found {
		p := &found[i]
		if p.State == programme.Over && !all {
			continue
		}
		row := challengeRow{Name: club.In(v.l, p.Name), Says: p.Words(v.l, facts.Business.Currency), Streak: p.Streak(v.l), So: min(p.So, p.Target), Target: p.Target}
		if p.Done > 0 && p.State != programme.Over {
			row.Times = v.l.P("challenge.times", p.Done)
		}
		if p.State == programme.Over {
			row.Target = 0
		}
		rows = append(rows, row)
	}
	return rows, err
}

// stamps are how far a customer has come with the stamp cards, as rows of challenges.
func (v *visit) stamps(tx *db.Tx, facts *intake.Intake, number int64) (rows []challengeRow, err error) {
	club, err := inForce(tx, facts)
	if err != nil {
		return nil, err
	}
	found, err := facts.Programme().Stamps(tx, number)
	for i := range found {
		s := &found[i]
		rows = append(rows, challengeRow{Name: club.In(v.l, s.Name), Says: s.Words(v.l), So: s.Counted, Target: s.Of})
	}
	return rows, err
}

// accessRow is whether a customer may come in before others.
type accessRow struct {
	Access, Name, Says, Why string
	ByHand                  bool
}

func (v *visit) access(tx *db.Tx, facts *intake.Intake, number int64, all bool) (rows []accessRow, err error) {
	club, err := inForce(tx, facts)
	if err != nil {
		return nil, err
	}
	found, err := facts.Programme().AccessOf(tx, number, "")
	for i := range found {
		e := &found[i]
		if !e.Granted && !all {
			continue
		}
		row := accessRow{e.Access.Access, club.In(v.l, e.Name), v.l.T("access.no"), e.Words(v.l), e.Why == programme.ByHand}
		if e.Granted {
			row.Says = v.l.T("access.yes")
		}
		if e.Granted && !e.Until.Equal(points.Never) {
			row.Says += ", " + v.l.T("access.until", v.l.Date(e.Until.Add(-time.Microsecond).In(facts.Business.Zone)))
		}
		rows = append(rows, row)
	}
	return rows, err
}

// balances is what a customer has of each unit, and the units to choose from.
func (v *visit) balances(tx *db.Tx, number int64, zone *time.Location) (all []heldUnit, codes []choice, err error) {
	units, err := points.Units(tx)
	if err != nil {
		return nil, nil, err
	}
	for i := range units {
		u := &units[i]
		balance, err := points.BalanceOf(tx, number, u.Code, tx.Now)
		if err != nil {
			return nil, nil, err
		}
		all = append(all, v.heldUnit(u, &balance, zone))
		codes = append(codes, choice{u.Code, points.UnitName(v.l, u.Code), v.r.PostForm.Get("unit") == u.Code})
	}
	return all, codes, nil
}

func (v *visit) heldUnit(u *points.Unit, b *points.Balance, zone *time.Location) heldUnit {
	h := heldUnit{Unit: points.UnitName(v.l, u.Code), Units: v.l.Integer(b.Available)}
	for _, other := range []struct {
		key   string
		units int64
	}{{"pending", b.Pending}, {"held", b.Held}, {"debt", b.Debt}} {
		if other.units > 0 {
			h.Beside = append(h.Beside, v.l.T("held."+other.key, v.l.Integer(other.units)))
		}
	}
	for i, e := range b.Expiring {
		if i == shownExpiring {
			break
		}
		h.Beside = append(h.Beside, v.l.T("held.expires", v.l.Integer(e.Units), v.l.Date(e.At.Add(-time.Microsecond).In(zone))))
	}
	return h
}

// adjust gives or takes units by hand, with a reason; or asks for it, where that is more than the reader may.
func (v *visit) adjust() error {
	return v.allowed(account.PointsAdjust, func(by account.Actor) error {
		var number int64
		if err := fact.ParsePublicID(fact.CustomerPrefix, v.r.PathValue("id"), &number); err != nil {
			return fault.NotFoundf("there is no such customer")
		}
		do := v.adjusted
		if v.typed("ask") != "" {
			do = v.request
		}
		err := do(by, number)
		if err == nil {
			return v.leave("/customers/" + v.r.PathValue("id") + "#held")
		}
		if k := fault.KindOf(err); k == fault.Invalid || k == fault.Conflict || k == fault.Forbidden {
			return v.customer(by, number, err)
		}
		return err
	})
}

// unitsByHand is how many units are to be given, or taken where they are below zero.
func (v *visit) unitsByHand() (int64, error) {
	units, err := strconv.ParseInt(strings.TrimSpace(strings.ReplaceAll(v.typed("units"), "−", "-")), 10, 64)
	switch {
	case err != nil:
		return 0, fault.In("units", fault.Coded("no_whole_number", fault.Invalidf("%.20q is no whole number", v.typed("units"))))
	case units == 0:
		return 0, unfit("units", notZero)
	case units > byhand.Most || units < -byhand.Most:
		return 0, unfit("units", tooMuch)
	}
	return units, nil
}

func (v *visit) adjusted(by account.Actor, number int64) error {
	units, err := v.unitsByHand()
	if err != nil {
		return err
	}
	if strings.TrimSpace(v.typed("reason")) == "" {
		return fault.In("reason", fault.Coded("required", fault.Invalidf("say why")))
	}
	facts, err := v.Facts.Intake(v.ctx)
	if err != nil {
		return err
	}
	var root int64
	if err := v.read(func(tx *db.Tx) (err error) { root, err = customer.Root(tx, number); return err }); err != nil {
		return err
	}
	if root <= 0 {
		return fault.NotFoundf("there is no such customer")
	}
	key := v.typed("key")
	if key == "" {
		key = rand.Text()
	}
	act := points.Act{Customer: root, Unit: v.typed("unit"), Key: "console/" + by.ID + "/" + key, Cause: "adjustment", Actor: by.ID, Reason: strings.TrimSpace(v.typed("reason"))}
	_, err = facts.Ledger().AdjustPerson(v.ctx, v.Store, act, units, func(tx *db.Tx, operation int64) error {
		if err := byhand.Move(tx, facts.Business.Zone, by, act.Unit, units); err != nil {
			return err
		}
		if err := facts.Fraud().Given(tx, root, by.ID, act.Unit, units); err != nil {
			return err
		}
		return account.Record(tx, account.Entry{Actor: by, Action: "points.adjusted", Target: fact.PublicID(points.OperationPrefix, operation, root),
			Fields: []string{"unit", "units", "reason"}, Count: 1, Request: by.Request})
	})
	return err
}

// admit gives a customer early access by hand, or takes it back.
func (v *visit) admit() error {
	return v.allowed(account.PointsAdjust, func(by account.Actor) error {
		var number int64
		if err := fact.ParsePublicID(fact.CustomerPrefix, v.r.PathValue("id"), &number); err != nil {
			return fault.NotFoundf("there is no such customer")
		}
		return v.once(by, func() error {
			err := v.admitted(by, number)
			if err == nil {
				return v.leave("/customers/" + v.r.PathValue("id") + "#held")
			}
			if k := fault.KindOf(err); k == fault.Invalid || k == fault.Conflict {
				return v.customer(by, number, err)
			}
			return err
		})
	})
}

// admitted gives or takes early access by hand. Of nothing that was taken the trail has nothing.
func (v *visit) admitted(by account.Actor, number int64) error {
	facts, err := v.Facts.Intake(v.ctx)
	if err != nil {
		return err
	}
	return v.write(func(tx *db.Tx) error {
		root, err := customer.Root(tx, number)
		if err != nil {
			return err
		}
		members, err := customer.Members(tx, root)
		if err != nil {
			return err
		}
		entry := account.Entry{Actor: by, Action: "customer.access_given", Target: fact.PublicID(fact.CustomerPrefix, root), Fields: []string{"reason"}, Count: 1, Request: by.Request}
		if v.typed("back") != "" {
			entry.Action, entry.Fields = "customer.access_taken", nil
			some, err := programme.Revoke(tx, members, v.typed("access"))
			if err != nil || !some {
				return err
			}
		} else if err := facts.Programme().Grant(tx, root, v.typed("access"), time.Time{}, by.ID, strings.TrimSpace(v.typed("reason"))); err != nil {
			return err
		}
		if err := account.Record(tx, entry); err != nil {
			return err
		}
		entry.Target, entry.Fields = "access:"+v.typed("access"), nil
		return account.Record(tx, entry)
	})
}
