package fraud

import (
	"math"
	"slices"
	"time"

	"regulars/internal/act/referral"
	"regulars/internal/base/db"
	"regulars/internal/record/order"
)

const (
	friendsAbout = "friends"
	ringAbout    = "ring"
	yearly       = 365
)

// brought is who was brought by whom, as the persons that they are by now.
type brought struct {
	friend, referrer int64
	referral.Referral
}

// referrals finds customers who brought each other, friends who are the same as who brought them, and friends who took what
// there was to be had and never came back.
func (l *look) referrals(tx *db.Tx) (all []finding, err error) {
	var list []brought
	if err := referral.Each(tx, func(r referral.Referral) {
		if r.State != referral.Void && r.State != referral.Voiding {
			list = append(list, brought{l.root(r.Friend), l.root(r.Referrer), r})
		}
	}); err != nil {
		return nil, err
	}
	if l.settings.Rings {
		all = append(all, l.rings(list)...)
		all = append(all, l.alikeFriends(list)...)
	}
	gone, err := l.gone(tx, list)
	return append(all, gone...), err
}

// rings are customers each of whom was brought by another of them. Nobody can make one; a merge can show it.
func (l *look) rings(list []brought) (all []finding) {
	left, newest := list, map[int64]time.Time{}
	for again := true; again; {
		friends, referrers := map[int64]bool{}, map[int64]bool{}
		for _, b := range left {
			friends[b.friend], referrers[b.referrer] = true, true
		}
		n := len(left)
		left = slices.DeleteFunc(slices.Clone(left), func(b brought) bool { return !referrers[b.friend] || !friends[b.referrer] }) // where nobody comes from, or goes to
		again = len(left) < n
	}
	ring := union{}
	for _, b := range left {
		ring.join(b.friend, b.referrer)
		if b.Created.After(newest[b.friend]) {
			newest[b.friend] = b.Created
		}
	}
	for _, g := range ring.groups() {
		var last time.Time
		for _, c := range g {
			if newest[c].After(last) {
				last = newest[c]
			}
		}
		if f, ok := l.group(Ring, ringAbout, g, last, Evidence{}); ok {
			all = append(all, f)
		}
	}
	return all
}

// alikeFriends are friends who have the same phone, card, device, address or mailbox as who brought them.
func (l *look) alikeFriends(list []brought) (all []finding) {
	const least = 2 // one may be at home with them
	type of struct {
		friends []int64
		what    string
		newest  time.Time
	}
	found := map[int64]*of{}
	for _, b := range list {
		if b.friend == b.referrer || !b.Created.After(l.since(b.referrer, FriendsAlso, friendsAbout)) {
			continue
		}
		for what, groups := range l.alike {
			if a, there := groups[b.friend]; !there || a != groups[b.referrer] {
				continue
			}
			if found[b.referrer] == nil {
				found[b.referrer] = &of{what: what}
			}
			f := found[b.referrer]
			f.what = min(f.what, what)
			if !slices.Contains(f.friends, b.friend) {
				f.friends = append(f.friends, b.friend)
			}
			if b.Created.After(f.newest) {
				f.newest = b.Created
			}
		}
	}
	for referrer, f := range found {
		if n := int64(len(f.friends)); n >= least {
			slices.Sort(f.friends)
			all = append(all, finding{customer: referrer, kind: FriendsAlso, about: friendsAbout, through: f.newest,
				evidence: Evidence{Gone: n, Attribute: f.what, Customers: f.friends[:min(len(f.friends), mostShown)], Count: n}})
		}
	}
	return inOrder(all)
}

// came is how the friends of a customer did.
type came struct {
	friends, gone int64
	newest        time.Time
	who           []int64
}

// gone finds who brought friends of whom hardly any bought again, far beyond what is usual for friends here.
func (l *look) gone(tx *db.Tx, list []brought) (all []finding, err error) {
	if l.settings.Friends == 0 {
		return nil, nil
	}
	const ripe = 30 // days, before it is said that a friend did not come back
	each, everybody := map[int64]*came{}, came{}
	for _, b := range list {
		if b.State == referral.Pending || b.friend == b.referrer || l.now.Sub(b.Created) < ripe*day || l.now.Sub(b.Created) > yearly*day {
			continue
		}
		past, err := order.Before(tx, l.members(b.friend), l.now.UnixMicro(), 0)
		if err != nil {
			return nil, err
		}
		away := int64(0)
		if past.Orders < 2 {
			away = 1
		}
		everybody.friends, everybody.gone = everybody.friends+1, everybody.gone+away
		if !b.Created.After(l.since(b.referrer, FewComeBack, friendsAbout)) {
			continue
		}
		c := each[b.referrer]
		if c == nil {
			c = &came{}
			each[b.referrer] = c
		}
		c.friends, c.gone, c.who = c.friends+1, c.gone+away, append(c.who, b.friend)
		if b.Created.After(c.newest) {
			c.newest = b.Created
		}
	}
	for referrer, c := range each {
		usual := l.usuallyGone(everybody.friends-c.friends, everybody.gone-c.gone)
		if c.friends < l.settings.Friends || !unlikely(c.friends, c.gone, usual) {
			continue
		}
		slices.Sort(c.who)
		all = append(all, finding{customer: referrer, kind: FewComeBack, about: friendsAbout, through: c.newest,
			evidence: Evidence{Friends: c.friends, Gone: c.gone, Usual: 100 * usual, Customers: c.who[:min(len(c.who), mostShown)], Count: c.friends}})
	}
	return inOrder(all), nil
}

// usuallyGone is which share of friends does not buy again: of those whom others brought, or a half where those are few.
func (l *look) usuallyGone(friends, gone int64) float64 {
	const few, half = 20, 0.5
	if friends < few {
		return half
	}
	return min(float64(gone+1)/float64(friends+2), 0.95) //nolint:mnd // never quite certain
}

// unlikely tells whether so many of so many being gone has a chance below one in a thousand, where each is with chance p.
func unlikely(n, gone int64, p float64) bool {
	const chance = 0.001
	tail := 0.0
	for k := gone; k <= n; k++ {
		a, _ := math.Lgamma(float64(n + 1))
		b, _ := math.Lgamma(float64(k + 1))
		c, _ := math.Lgamma(float64(n - k + 1))
		tail += math.Exp(a - b - c + float64(k)*math.Log(p) + float64(n-k)*math.Log1p(-p))
	}
	return tail < chance
}
