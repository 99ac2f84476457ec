package points

import (
	"math"
	"strings"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
)

// Grant is units for one reason: they become a lot.
type Grant struct {
	Units int64
	Line  int64  // of the order that is the cause; 0: of no line
	Rule  string // version of the rule that gives them
	// Whole is how many parts the reason has, such as the line's pieces or its amount in minor units, for reversals of a part;
	// 0: the units themselves.
	Whole   int64
	Pending *Pending // nil: as the unit says
	Expiry  *Expiry  // nil: as the unit says; Idle only where the unit's is
}

// MostUnits bounds what one operation moves, so that no sum overflows.
const MostUnits = 1_000_000_000_000

func checkUnits(field string, units int64) error {
	if units < 1 || units > MostUnits {
		return fault.In(field, fault.Invalidf("the number of units must be from 1 to %d, not %d", int64(MostUnits), units))
	}
	return nil
}

// Earn gives units, each grant a lot. A debt is filled at once, also with what is still pending.
func (l *Ledger) Earn(tx *db.Tx, act Act, grants ...Grant) (Receipt, error) {
	p, done, err := l.begin(tx, "earn", act, grants)
	if p == nil || err != nil {
		return done, err
	}
	if len(grants) == 0 {
		return done, fault.In("grants", fault.Invalidf("there is nothing to earn"))
	}
	for i := range grants {
		if err := p.grant("earn", &grants[i]); err != nil {
			return done, err
		}
	}
	return p.finish()
}

// grant makes the lot of a grant.
func (p *posting) grant(source string, g *Grant) error {
	if err := checkUnits("units", g.Units); err != nil {
		return err
	}
	if g.Whole < 0 || g.Line < 0 || len(g.Rule) > longestText {
		return fault.Invalidf("a grant's line and whole are not below zero, and its rule is %d bytes at most", longestText)
	}
	lot := &lot{source: source, cause: p.act.Cause, line: g.Line, rule: g.Rule, issued: g.Units, whole: g.Whole}
	if lot.rule == "" {
		lot.rule = p.act.Rule
	}
	if lot.whole == 0 {
		lot.whole = g.Units
	}
	expiry, pending := p.unit.Expiry, p.unit.Pending
	if g.Expiry != nil {
		expiry = *g.Expiry
		if err := expiry.Check(); err != nil {
			return fault.In("expiry", err)
		}
		if expiry.Kind == Idle && p.unit.Expiry.Kind != Idle {
			return fault.In("expiry", fault.Invalidf("unit %s does not expire by idleness, so neither does a grant of it", p.unit.Code))
		}
	}
	if g.Pending != nil {
		pending = *g.Pending
		if err := pending.check(); err != nil {
			return fault.In("pending", err)
		}
	}
	if pending.Until != "" && g.Expiry != nil {
		return fault.In("expiry", fault.Invalidf("units that wait for an event expire as their unit says, counted from that event"))
	}
	if err := p.dates(lot, pending, expiry); err != nil {
		return err
	}
	lot.in[left] = g.Units
	p.add(lot)
	p.account.issued += g.Units
	p.account.in[left] += g.Units
	if p.account.issued > math.MaxInt64/4 {
		return fault.Conflictf("the account holds as many units as can be counted")
	}
	p.account.wake(p.account.expires(lot.expiry))
	p.note(lot, Issue, g.Units, 0)
	p.receipt.Units += g.Units
	p.receipt.Lots = append(p.receipt.Lots, lot.id)
	return p.repay(lot, g.Units)
}

// dates sets when a new lot becomes active and when it expires. Of one that waits for an event only the way is known.
func (p *posting) dates(l *lot, pending Pending, expiry Expiry) error {
	l.active, l.expiry = p.tx.Now, Never
	switch {
	case pending.Until != "":
		l.waits, l.active = pending.Until, Never
		if expiry.Kind == Idle {
			l.expiry = slides
		}
		return p.active(p.tx.Now)
	case pending.Days > 0:
		year, month, day := p.tx.Now.In(p.l.Zone).Date()
		l.active = dayStart(year, month, day+pending.Days, p.l.Zone)
	}
	return p.expire(l, expiry)
}

// expire sets when an active lot expires. A unit that slides counts its becoming active as activity.
func (p *posting) expire(l *lot, expiry Expiry) error {
	if err := p.active(l.active); err != nil {
		return err
	}
	if expiry.Kind == Idle {
		l.expiry = slides
		return nil
	}
	var err error
	l.expiry, err = expiry.On(l.active, p.l.Zone)
	return err
}

// Waiting names lots that wait for an event, by what they were earned for.
type Waiting struct {
	For  string // the event: as Pending.Until said
	Of   string // the cause of the lots
	Line int64  // of the cause; 0: all its lines
}

// Activate makes what waits for an event, or for an approval, active from now on. It expires by the policy that the unit
// has now, counted from now.
func (l *Ledger) Activate(tx *db.Tx, act Act, w Waiting) (Receipt, error) {
	p, done, err := l.begin(tx, "activate", act, w)
	if p == nil || err != nil {
		return done, err
	}
	lots, err := p.read("cause = $3 AND ($4 = 0 OR line_no = $4) AND waits_for = $5 ORDER BY lot_id", w.Of, w.Line, w.For)
	if err != nil {
		return done, err
	}
	if w.For == "" || len(lots) == 0 {
		return done, fault.Coded("nothing_waits", fault.NotFoundf("no units of %s wait for %q", w.Of, w.For))
	}
	for _, lot := range lots {
		lot.waits, lot.active = "", p.tx.Now
		if err := p.expire(lot, p.unit.Expiry); err != nil {
			return done, err
		}
		p.touch(lot)
		if lot.in[left] > 0 {
			p.account.wake(p.account.expires(lot.expiry))
			p.note(lot, Activate, lot.in[left], 0)
			p.receipt.Units += lot.in[left]
		}
	}
	return p.finish()
}

// Adjust corrects a balance by hand, upwards or downwards; Act.Reason says why. Downwards it takes what can be spent, and
// makes a debt of the rest where the unit allows it.
func (l *Ledger) Adjust(tx *db.Tx, act Act, units int64) (Receipt, error) {
	p, done, err := l.begin(tx, "adjust", act, units)
	if p == nil || err != nil {
		return done, err
	}
	if strings.TrimSpace(act.Reason) == "" {
		return done, fault.In("reason", fault.Invalidf("a correction needs a reason"))
	}
	if units > 0 {
		if err := p.grant("adjust", &Grant{Units: units, Pending: &Pending{}}); err != nil {
			return done, err
		}
		return p.finish()
	}
	if err := checkUnits("units", -units); err != nil {
		return done, err
	}
	taken, err := p.take(-units, Reversed, 0, nil)
	if err != nil {
		return done, err
	}
	if rest := -units - taken; rest > 0 {
		if !p.unit.AllowsDebt {
			return done, tooFew(p.unit.Code, taken, -units)
		}
		p.owe(rest, act.Cause, 0)
	}
	p.receipt.Units = -units
	return p.finish()
}

func tooFew(unit string, there, wanted int64) error {
	return fault.Coded("too_few_units", fault.In("units", fault.Conflictf("there are %d of %s available, not %d", there, unit, wanted)))
}
