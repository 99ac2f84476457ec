package points_test

import (
	"cmp"
	"slices"
	"time"

	"regulars/internal/act/points"
)

// plain is the ledger as one would write it for one reader in memory: lots in a slice, loops, no keys, no sums kept.
// Time goes by in it in steps, each hold and each lot ending at its moment.
type plain struct {
	unit     points.Unit
	accounts map[int64]*plainAccount
	holds    []*plainHold
	takings  map[string]*taking // by key: spendings, and what came back of them
}

type plainAccount struct {
	lots                   []*plainLot
	debt, owed             int64
	issued, received, sent int64
	idle                   time.Time // zero: none
}

type plainLot struct {
	cause                                string
	line                                 int64
	waits                                string
	earned, active, expiry               time.Time // expiry zero: never
	slides, received                     bool
	issued, left, held, transit          int64
	spent, expired, reversed             int64
	called, lapsed, waived, whole, parts int64
}

type piece struct {
	lot   *plainLot
	units int64
	as    plainLot // the lot when it was taken from
}

type plainHold struct {
	id, customer, to int64 // to: a transfer
	pieces           []piece
	until            time.Time
	over             bool
	arrived          bool
}

type taking struct {
	customer int64
	pieces   []piece
	undone   int64
	units    int64
}

func newPlain(u points.Unit) *plain {
	return &plain{unit: u, accounts: map[int64]*plainAccount{}, takings: map[string]*taking{}}
}

func (p *plain) of(customer int64) *plainAccount {
	if p.accounts[customer] == nil {
		p.accounts[customer] = &plainAccount{}
	}
	return p.accounts[customer]
}

func (a *plainAccount) dies(l *plainLot) time.Time {
	switch {
	case l.slides && !a.idle.IsZero():
		return a.idle
	case l.slides || l.expiry.IsZero():
		return points.Never
	}
	return l.expiry
}

// pass lets time do what it does until now: holds first, as of their own moments, then lots.
func (p *plain) pass(now time.Time) {
	due := slices.Clone(p.holds)
	slices.SortStableFunc(due, func(a, b *plainHold) int { return a.until.Compare(b.until) })
	for _, h := range due {
		if !h.over && h.to == 0 && !h.until.After(now) {
			p.resolve(h, 0, h.until)
		}
	}
	for _, a := range p.accounts {
		for _, l := range a.lots {
			if l.left > 0 && !l.active.After(now) && !a.dies(l).After(now) {
				l.expired += l.left
				l.left = 0
			}
		}
		if !a.idle.IsZero() && !a.idle.After(now) {
			for _, l := range a.lots {
				if l.slides && l.active.Before(a.idle) {
					l.slides, l.expiry = false, a.idle
				}
			}
			a.idle = time.Time{}
		}
	}
}

func (p *plain) stir(a *plainAccount, at time.Time) {
	if p.unit.Expiry.Kind == points.Idle {
		if idle, _ := p.unit.Expiry.On(at, zone); a.idle.Before(idle) {
			a.idle = idle
		}
	}
}

func (p *plain) fill(a *plainAccount, l *plainLot, units int64) {
	n := min(units, a.debt)
	l.left -= n
	a.debt -= n
}

func (p *plain) earn(customer int64, cause string, line, units, whole int64, days int, until string, now time.Time) {
	a := p.of(customer)
	l := &plainLot{cause: cause, line: line, waits: until, earned: now, active: now, issued: units, left: units, whole: whole}
	if whole == 0 {
		l.whole = units
	}
	switch {
	case until != "":
		l.active, l.slides = points.Never, p.unit.Expiry.Kind == points.Idle
		p.stir(a, now)
	case days > 0:
		y, m, d := now.In(zone).Date()
		l.active = time.Date(y, m, d+days, 0, 0, 0, 0, zone)
		fallthrough
	default:
		p.live(a, l)
	}
	a.lots = append(a.lots, l)
	a.issued += units
	p.fill(a, l, units)
}

func (p *plain) live(a *plainAccount, l *plainLot) {
	p.stir(a, l.active)
	l.slides = p.unit.Expiry.Kind == points.Idle
	if at, _ := p.unit.Expiry.On(l.active, zone); !l.slides && at.Before(points.Never) {
		l.expiry = at
	}
}

func (p *plain) activate(customer int64, cause, event string, now time.Time) bool {
	a, some := p.of(customer), false
	for _, l := range a.lots {
		if l.cause == cause && l.waits == event {
			l.waits, l.active, some = "", now, true
			p.live(a, l)
		}
	}
	return some
}

// order is what can be spent, in the order in which it is.
func (p *plain) order(a *plainAccount, now time.Time) []*plainLot {
	var can []*plainLot
	for _, l := range a.lots {
		if l.left > 0 && !l.active.After(now) {
			can = append(can, l)
		}
	}
	slices.SortStableFunc(can, func(x, y *plainLot) int {
		return cmp.Or(a.dies(x).Compare(a.dies(y)), x.earned.Compare(y.earned))
	})
	return can
}

func (p *plain) take(customer, units int64, now time.Time, to func(l *plainLot, n int64)) (pieces []piece, rest int64) {
	for _, l := range p.order(p.of(customer), now) {
		if n := min(units, l.left); n > 0 {
			l.left -= n
			to(l, n)
			units -= n
			pieces = append(pieces, piece{l, n, *l})
		}
	}
	return pieces, units
}

func (p *plain) available(customer int64, now time.Time) (sum int64) {
	for _, l := range p.order(p.of(customer), now) {
		sum += l.left
	}
	return sum
}

func (p *plain) spend(customer, units int64, key string, now time.Time) bool {
	if p.available(customer, now) < units {
		return false
	}
	pieces, _ := p.take(customer, units, now, func(l *plainLot, n int64) { l.spent += n })
	p.takings[key] = &taking{customer: customer, pieces: pieces, units: units}
	p.stir(p.of(customer), now)
	return true
}

func (p *plain) hold(customer, units, to int64, until, now time.Time) *plainHold {
	if p.available(customer, now) < units {
		return nil
	}
	h := &plainHold{customer: customer, to: to, until: until}
	h.pieces, _ = p.take(customer, units, now, func(l *plainLot, n int64) {
		if to != 0 {
			l.transit += n
		} else {
			l.held += n
		}
	})
	p.holds = append(p.holds, h)
	return h
}

// resolve commits the first units of a hold and gives the rest back.
func (p *plain) resolve(h *plainHold, units int64, at time.Time) (gone []piece) {
	h.over = true
	a := p.of(h.customer)
	for _, c := range h.pieces {
		n := min(units, c.units)
		units -= n
		from := &c.lot.held
		if h.to != 0 {
			from = &c.lot.transit
		}
		*from -= c.units
		if h.to != 0 {
			a.sent += n
		} else {
			c.lot.spent += n
		}
		if n > 0 {
			gone = append(gone, piece{c.lot, n, c.as})
		}
		p.back(a, c.lot, c.units-n, at)
	}
	return gone
}

func (p *plain) back(a *plainAccount, l *plainLot, units int64, at time.Time) {
	n := min(units, l.waived)
	l.waived -= n
	l.reversed += n
	l.left += units - n
	if a.dies(l).After(at) {
		p.fill(a, l, units-n)
	}
}

func (p *plain) arrive(h *plainHold, now time.Time) {
	h.arrived = true
	a := p.of(h.to)
	p.stir(a, now)
	for _, c := range h.pieces {
		l := &plainLot{earned: c.lot.earned, active: now, expiry: c.as.expiry, slides: c.as.slides, received: true, issued: c.units, left: c.units}
		a.lots = append(a.lots, l)
		a.received += c.units
		if a.dies(l).After(now) {
			p.fill(a, l, c.units)
		}
	}
}

// reverse returns parts of a line, 0 for what is left of it; false where that is more than is left, or nothing.
func (p *plain) reverse(customer int64, cause string, line, parts int64, now time.Time) bool {
	a := p.of(customer)
	var of []*plainLot
	some := false
	for _, l := range a.lots {
		if l.cause == cause && l.line == line && !l.received {
			of = append(of, l)
			some = some || l.parts < l.whole
			if l.parts+parts > l.whole {
				return false
			}
		}
	}
	if !some {
		return false
	}
	for _, l := range of {
		n := parts
		if n == 0 {
			n = l.whole - l.parts
		}
		l.parts += n
		units := l.issued*l.parts/l.whole - l.called
		l.called += units
		own := min(units, l.left)
		l.left -= own
		l.reversed += own
		units -= own
		gone := min(units, l.expired-l.lapsed)
		l.lapsed += gone
		_, units = p.take(customer, units-gone, now, func(l *plainLot, n int64) { l.reversed += n })
		if p.unit.AllowsDebt {
			a.debt += units
			a.owed += units
		} else {
			l.waived += units
		}
	}
	return true
}

func (p *plain) refund(key string, units int64, now time.Time) bool {
	t := p.takings[key]
	if t == nil || t.undone+units > t.units || t.undone == t.units {
		return false
	}
	if units == 0 {
		units = t.units - t.undone
	}
	skip := t.undone
	t.undone += units
	for _, c := range slices.Backward(t.pieces) {
		s := min(skip, c.units)
		skip -= s
		n := min(units, c.units-s)
		units -= n
		c.lot.spent -= n
		p.back(p.of(t.customer), c.lot, n, now)
	}
	return true
}

func (p *plain) adjust(customer, units int64, now time.Time) bool {
	a := p.of(customer)
	if units > 0 {
		p.earn(customer, "", 0, units, 0, 0, "", now)
		return true
	}
	if !p.unit.AllowsDebt && p.available(customer, now) < -units {
		return false
	}
	_, rest := p.take(customer, -units, now, func(l *plainLot, n int64) { l.reversed += n })
	a.debt += rest
	a.owed += rest
	return true
}

// balance is what the ledger should say.
func (p *plain) balance(customer int64, now time.Time) points.Balance {
	a := p.of(customer)
	b := points.Balance{Debt: a.debt, Issued: a.issued, Received: a.received, Sent: a.sent, Reversed: a.owed}
	dates := map[time.Time]int64{}
	for _, l := range a.lots {
		b.Held += l.held
		b.InTransit += l.transit
		b.Spent += l.spent
		b.Expired += l.expired
		b.Reversed += l.reversed
		if l.active.After(now) {
			b.Pending += l.left
			continue
		}
		b.Available += l.left
		if dies := a.dies(l); dies.Equal(points.Never) {
			b.NeverExpiring += l.left
		} else if l.left > 0 {
			dates[dies.UTC()] += l.left
		}
	}
	for at, n := range dates {
		b.Expiring = append(b.Expiring, points.Expiring{At: at, Units: n})
	}
	slices.SortFunc(b.Expiring, func(x, y points.Expiring) int { return x.At.Compare(y.At) })
	return b
}
