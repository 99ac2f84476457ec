package fraud

import (
	"slices"
	"time"

	"regulars/internal/act/points"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/customer"
)

// byHand finds staff who give units to themselves, or mostly to one customer. What programs give by their keys is not looked
// at: they act for somebody else.
func (l *look) byHand(tx *db.Tx) (all []finding, err error) {
	units, err := points.Units(tx)
	if err != nil {
		return nil, err
	}
	for _, u := range units {
		var given []points.ByHand
		if err := points.EachByHand(tx, u.Code, l.now.Add(-window*day), func(b points.ByHand) {
			if _, person := l.staff[b.Actor]; person {
				b.Customer = l.root(b.Customer)
				given = append(given, b)
			}
		}); err != nil {
			return nil, err
		}
		all = append(all, l.toOne(u.Code, given)...)
		all = append(all, l.toThemselves(u.Code, given)...)
	}
	return all, nil
}

// pair is one of staff and a customer.
type pair struct {
	actor    string
	customer int64
}

// gifts is what one of staff gave to a customer.
type gifts struct {
	times, units int64
	last         time.Time
}

func (g *gifts) add(b *points.ByHand) {
	g.times++
	g.units += b.Units
	g.last = b.At
}

func (l *look) toOne(unit string, given []points.ByHand) (all []finding) {
	if l.settings.StaffTimes == 0 {
		return nil
	}
	const mostly = 2 // half of it, or more
	altogether, each := map[string]int64{}, map[pair]*gifts{}
	for i := range given {
		b := &given[i]
		altogether[b.Actor] += b.Units
		k := pair{b.Actor, b.Customer}
		if !b.At.After(l.since(b.Customer, StaffOne, b.Actor+"/"+unit)) {
			continue
		}
		if each[k] == nil {
			each[k] = &gifts{}
		}
		each[k].add(b)
	}
	for k, g := range each {
		if g.times >= l.settings.StaffTimes && g.units*mostly >= altogether[k.actor] {
			all = append(all, finding{customer: k.customer, kind: StaffOne, about: k.actor + "/" + unit, through: g.last,
				evidence: Evidence{Days: window, Times: g.times, Units: g.units, Unit: unit, All: altogether[k.actor], Staff: k.actor}})
		}
	}
	return inOrder(all)
}

func (l *look) toThemselves(unit string, given []points.ByHand) (all []finding) {
	if !l.settings.StaffOwn {
		return nil
	}
	each := map[pair]*gifts{}
	for i := range given {
		b := &given[i]
		if l.mailbox[b.Customer] != b.Actor || !b.At.After(l.since(b.Customer, StaffOwn, b.Actor+"/"+unit)) {
			continue
		}
		k := pair{b.Actor, b.Customer}
		if each[k] == nil {
			each[k] = &gifts{}
		}
		each[k].add(b)
	}
	for k, g := range each {
		all = append(all, finding{customer: k.customer, kind: StaffOwn, about: k.actor + "/" + unit, through: g.last,
			evidence: Evidence{Days: window, Times: g.times, Units: g.units, Unit: unit, Staff: k.actor}})
	}
	return inOrder(all)
}

// Given looks at units that somebody gave by hand just now, in the same transaction: those given to oneself need no night to be
// found.
func (d *Desk) Given(tx *db.Tx, root int64, actor, unit string, units int64) error {
	if units <= 0 {
		return nil
	}
	return d.toOneself(tx, root, actor, actor+"/"+unit, func(e *Evidence) {
		e.Days, e.Unit = window, unit
		e.Times++
		e.Units += units
	})
}

// Entered looks at an order that somebody entered just now, at the till or on the page of a customer, in the same transaction.
// Who entered an order stands in the trail alone, so nothing is found at night: an open flag grows with each order.
func (d *Desk) Entered(tx *db.Tx, root int64, actor string, owner, id int64, reference string) error {
	return d.toOneself(tx, root, actor, actor, func(e *Evidence) {
		e.Orders++
		e.OrderIDs, e.Owners, e.References = newest(e.OrderIDs, id), newest(e.Owners, owner), newest(e.References, reference)
	})
}

// newest is a list with one more, and no more than are shown.
func newest[T any](list []T, one T) []T {
	list = append(list, one)
	return list[max(0, len(list)-shownOrders):]
}

// toOneself flags somebody of staff who has just done something for themselves, or adds it to the flag about it that is open.
func (d *Desk) toOneself(tx *db.Tx, root int64, actor, about string, add func(*Evidence)) error {
	s, err := LoadSettings(tx)
	if err != nil || !s.StaffOwn {
		return err
	}
	members, own, err := ownOf(tx, root, actor)
	if err != nil || !own {
		return err
	}
	f := finding{customer: root, kind: StaffOwn, about: about, through: tx.Now}
	open, err := List(tx, Filter{Kind: StaffOwn, State: Open, Whose: members}, 0, mostOfOne)
	if err != nil {
		return err
	}
	for i := range open {
		if o := &open[i]; o.About == about {
			f.evidence = o.Evidence
		}
	}
	f.evidence.Staff = actor
	add(&f.evidence)
	_, err = (&look{Desk: d, now: tx.Now}).keep(tx, &f)
	return err
}

// ownOf tells whether a customer, by any number of theirs, is somebody of staff: both have the same mailbox. A program is nobody.
func ownOf(tx *db.Tx, root int64, actor string) (members []int64, own bool, err error) {
	user, err := account.UserOf(tx, actor)
	if fault.KindOf(err) == fault.NotFound {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	if members, err = customer.Members(tx, root); err != nil {
		return nil, false, err
	}
	for _, m := range members {
		who, err := customer.Get(tx, m)
		if err != nil {
			return nil, false, err
		}
		own = own || slices.ContainsFunc(who.Identities, func(i customer.Known) bool {
			return i.Kind == customer.Email && mailboxOf(i.Value) == mailboxOf(user.Email)
		})
	}
	return members, own, nil
}
