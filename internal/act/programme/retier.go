package programme

import (
	"database/sql"
	"errors"
	"time"

	"regulars/internal/act/member"
	"regulars/internal/act/points"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/customer"
	"regulars/internal/record/order"
)

// TierOf is the tier of the customer who stands for a person, and until when it is kept; empty: none.
func TierOf(tx *db.Tx, root int64) (tier string, until time.Time, err error) {
	err = tx.QueryRow("SELECT tier, until_us FROM programme_tiers WHERE customer_id = $1", root).Scan(&tier, &until)
	if errors.Is(err, sql.ErrNoRows) {
		return "", until, nil
	}
	return tier, until, err
}

// clock is when the tiers of a person are looked at.
func (p *Programme) clock(tx *db.Tx, t *Tiers, members []int64) (c clock, err error) {
	c = clock{now: tx.Now, zone: p.Ledger.Zone}
	if t.Window != "joining" {
		return c, nil
	}
	m, _, err := member.Of(tx, members)
	c.joined = m.Joined
	return c, err
}

// counted is what tiers go by, of a person, in the window of now.
func (p *Programme) counted(tx *db.Tx, t *Tiers, c clock, members []int64) (int64, error) {
	begins := t.begins(c)
	if t.Window == "joining" && c.joined.IsZero() {
		return -1, nil // not even what begins at nothing
	}
	if t.By == "units" {
		return points.IssuedSince(tx, members, t.Unit, begins)
	}
	from := int64(-1 << 62)
	if !begins.IsZero() {
		from = begins.UnixMicro()
	}
	past, err := order.Since(tx, members, from)
	switch t.By {
	case "orders":
		return past.Orders, err
	case "visits":
		return past.Visits, err
	}
	return past.Minor, err
}

// standing is in which tier somebody is.
type standing struct {
	tier         string
	since, until time.Time
	byHand       bool
}

// Retier brings a customer into the tier that they have earned: up at once, down when what they have has run out, or when
// what it was earned by came back. Somebody who was merged into another is that one's matter: nobody writes facts of two.
func (p *Programme) Retier(tx *db.Tx, c *Compiled, who int64, why string) error {
	t := c.Document.Tiers
	root, err := customer.Root(tx, who)
	if err != nil || root != who || t == nil {
		return err
	}
	members, err := customer.Members(tx, root)
	if err != nil {
		return err
	}
	// The row is held until the transaction ends: of two orders at once, the second sees what the first made of it.
	if _, err := tx.Exec(`INSERT INTO programme_tiers (customer_id, tier, since_us, until_us, by_hand) VALUES ($1, '', $2, $3, $4)
		ON CONFLICT (customer_id) DO UPDATE SET tier = programme_tiers.tier`, root, tx.Now, never, false); err != nil {
		return err
	}
	var now standing
	if err := tx.QueryRow("SELECT tier, since_us, until_us, by_hand FROM programme_tiers WHERE customer_id = $1", root).Scan(&now.tier, &now.since, &now.until, &now.byHand); err != nil {
		return err
	}
	when, err := p.clock(tx, t, members)
	if err != nil {
		return err
	}
	counted, err := p.counted(tx, t, when, members)
	if err != nil {
		return err
	}
	place, renewed, moved := t.decide(&now, counted, when)
	if renewed {
		_, err := tx.Exec("UPDATE programme_tiers SET until_us = $1 WHERE customer_id = $2", t.keeps(when), root)
		return err
	}
	if !moved {
		return nil
	}
	return p.moveTo(tx, c, root, when, now.tier, place, why)
}

// decide says where somebody belongs who stands so and has so much: up at once; down when what they have has run out, or when
// what it was earned by came back.
func (t *Tiers) decide(s *standing, counted int64, c clock) (place int, renewed, moved bool) {
	earned, have := t.earned(counted), t.place(s.tier)
	over := !s.until.After(c.now)
	switch {
	case earned > have:
		return earned, false, true
	case have < 0 || earned == have && !over:
		return have, false, false
	case earned == have:
		return have, true, false
	case over && t.Drop == "step":
		return max(earned, t.below(have)), false, true
	case over:
		return earned, false, true
	case !s.byHand && !s.since.Before(t.begins(c)): // it was reached within what is counted now
		return earned, false, true
	}
	return have, false, false // it is kept until it runs out
}

// Climb is how somebody would stand who did not, before there were tiers: for rehearsals.
type Climb struct {
	stands  standing
	joined  time.Time // with the first step: all are taken for members
	counted []climbed
	sum     int64
}

type climbed struct {
	at    time.Time
	count int64
}

// Step adds what counts towards tiers at a moment, and gives the level then, nil for none, and whether it is a new and higher
// one.
func (c *Compiled) Step(k *Climb, at time.Time, count int64) (level *Level, rose bool) {
	t := c.Document.Tiers
	if t == nil {
		return nil, false
	}
	if k.stands.until.IsZero() {
		k.stands.until, k.joined = never, at
	}
	when := clock{at, c.zone, k.joined}
	k.counted = append(k.counted, climbed{at, count})
	k.sum += count
	begins := t.begins(when)
	for len(k.counted) > 0 && k.counted[0].at.Before(begins) {
		k.sum -= k.counted[0].count
		k.counted = k.counted[1:]
	}
	before := t.place(k.stands.tier)
	place, renewed, moved := t.decide(&k.stands, k.sum, when)
	if moved {
		k.stands = standing{since: at, until: never}
		if place >= 0 {
			k.stands.tier = t.Levels[place].Tier
		}
	}
	if (moved || renewed) && place >= 0 {
		k.stands.until = t.keeps(when)
	}
	if place < 0 {
		return nil, false
	}
	return &t.Levels[place], place > before
}

// moveTo puts a customer into the tier at a place, -1: none.
func (p *Programme) moveTo(tx *db.Tx, c *Compiled, root int64, when clock, before string, place int, why string) error {
	t := c.Document.Tiers
	tier, until := "", never
	if place >= 0 {
		tier, until = t.Levels[place].Tier, t.keeps(when)
	}
	if err := one(tx.Exec("UPDATE programme_tiers SET tier = $1, since_us = $2, until_us = $3, by_hand = $4 WHERE customer_id = $5", tier, tx.Now, until, false, root)); err != nil {
		return err
	}
	var no int64
	if err := tx.QueryRow(`INSERT INTO programme_tier_moves (customer_id, move_no, tier, before, why, at_us)
		SELECT $1, coalesce(max(move_no), 0) + 1, $2, $3, $4, $5 FROM programme_tier_moves WHERE customer_id = $1 RETURNING move_no`, root, tier, before, why, tx.Now).Scan(&no); err != nil {
		return err
	}
	if err := p.tellTier(tx, root, tier, before); err != nil {
		return err
	}
	if place <= t.place(before) || t.Levels[place].Gift == nil {
		return nil
	}
	var had bool
	if err := tx.QueryRow("SELECT EXISTS (SELECT 1 FROM programme_tier_moves WHERE customer_id = $1 AND tier = $2 AND move_no < $3)", root, tier, no).Scan(&had); err != nil || had {
		return err // the gift is for coming in, once
	}
	g := t.Levels[place].Gift
	cause := "tier:" + tier
	_, err := p.Ledger.Earn(tx, points.Act{Customer: root, Unit: g.Unit, Key: cause, Cause: cause, Actor: "programme"}, points.Grant{Units: g.Units})
	return err
}

// Invite puts a customer into a tier by hand, for as long as it is kept.
func (p *Programme) Invite(tx *db.Tx, who int64, tier, reason string) error {
	c, err := p.Book.Current(tx, p.Ledger.Zone)
	if err != nil {
		return err
	}
	if c == nil || c.Document.Tiers == nil || c.Document.Tiers.place(tier) < 0 {
		return fault.Coded("tier_not_found", fault.In("tier", fault.NotFoundf("the programme has no tier %q", tier)))
	}
	if reason == "" {
		return fault.In("reason", fault.Coded("required", fault.Invalidf("say why")))
	}
	root, err := customer.Root(tx, who)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`INSERT INTO programme_tiers (customer_id, tier, since_us, until_us, by_hand) VALUES ($1, '', $2, $3, $4)
		ON CONFLICT (customer_id) DO UPDATE SET tier = programme_tiers.tier`, root, tx.Now, never, false); err != nil {
		return err
	}
	before, _, err := TierOf(tx, root)
	if err != nil {
		return err
	}
	members, err := customer.Members(tx, root)
	if err != nil {
		return err
	}
	when, err := p.clock(tx, c.Document.Tiers, members)
	if err != nil {
		return err
	}
	if err := p.moveTo(tx, c, root, when, before, c.Document.Tiers.place(tier), reason); err != nil {
		return err
	}
	_, err = tx.Exec("UPDATE programme_tiers SET by_hand = $1 WHERE customer_id = $2", true, root)
	return err
}

// Standing is how somebody stands in the tiers.
type Standing struct {
	Tier    string // empty: none
	Name    string
	Since   time.Time
	Until   time.Time // kept until then; points.Never: for good
	Counted int64     // in the window of now
	Earned  string    // what that reaches
	Next    string    // the tier above; empty: there is none
	Missing int64     // to it
	By      string    // what is counted
	// NextName is what people call the tier above.
	NextName string
	Moves    []TierMove
}

// TierMove is that somebody came into a tier.
type TierMove struct {
	Tier, Before, Why string
	At                time.Time
}

// Standing tells how a person stands in the tiers; ok is false where there are none.
func (p *Programme) Standing(tx *db.Tx, root int64) (s Standing, ok bool, err error) {
	c, err := p.Book.Current(tx, p.Ledger.Zone)
	if err != nil || c == nil || c.Document.Tiers == nil {
		return s, false, err
	}
	t := c.Document.Tiers
	s.By = t.By
	members, err := customer.Members(tx, root)
	if err != nil {
		return s, false, err
	}
	err = tx.QueryRow("SELECT tier, since_us, until_us FROM programme_tiers WHERE customer_id = $1", root).Scan(&s.Tier, &s.Since, &s.Until)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return s, false, err
	}
	if at := t.place(s.Tier); at >= 0 {
		s.Name = t.Levels[at].Name
		if l := &t.Levels[at]; l.From == 0 && !l.Invitation {
			s.Until = points.Never // there is nothing below to fall to
		}
	}
	when, err := p.clock(tx, t, members)
	if err != nil {
		return s, false, err
	}
	if s.Counted, err = p.counted(tx, t, when, members); err != nil {
		return s, false, err
	}
	if at := t.earned(s.Counted); at >= 0 {
		s.Earned = t.Levels[at].Tier
	}
	if next := t.above(max(t.place(s.Tier), t.earned(s.Counted))); next >= 0 {
		s.Next, s.NextName, s.Missing = t.Levels[next].Tier, t.Levels[next].Name, t.Levels[next].From-max(s.Counted, 0)
	}
	s.Counted = max(s.Counted, 0)
	rows, err := tx.Query("SELECT tier, before, why, at_us FROM programme_tier_moves WHERE customer_id = $1 ORDER BY move_no DESC LIMIT 100", root)
	if err != nil {
		return s, false, err
	}
	for rows.Next() {
		var m TierMove
		if err := rows.Scan(&m.Tier, &m.Before, &m.Why, &m.At); err != nil {
			return s, false, err
		}
		s.Moves = append(s.Moves, m)
	}
	return s, true, rows.Close()
}
