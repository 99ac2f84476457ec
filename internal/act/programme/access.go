package programme

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"regulars/internal/act/points"
	"regulars/internal/act/reward"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/measure/metric"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
)

// Access is that some customers may come in before others, which a shop asks for by its name.
type Access struct {
	Access string `json:"access"` // the owner's name for it, such as spring-sale
	Name   string `json:"name"`   // as people see it
	// From and Until are the days on which it is, that of Until included; empty: without bound.
	From  string `json:"from,omitempty"`
	Until string `json:"until,omitempty"`
	// Who has it: those in one of the tiers, or of the segments, or of whom If is true, and whoever has one of the rewards, which are
	// of kind early_access. Where none of them stands here it is given by hand only.
	Tiers    []string `json:"tiers,omitempty"`
	Segments []string `json:"segments,omitempty"`
	If       string   `json:"if,omitempty"`
	Rewards  []string `json:"rewards,omitempty"`
}

type access struct {
	*Access

	condition *condition
}

func (c *Compiled) compileAccess() error {
	seen := map[string]bool{}
	for i := range c.Document.Access {
		a := &c.Document.Access[i]
		err := a.check(c.Document)
		if err == nil && seen[a.Access] {
			err = fault.In("access", fault.Invalidf("the access %s is there twice", a.Access))
		}
		one := &access{Access: a}
		if err == nil {
			if one.condition, err = compile(a.If, onCustomer); err != nil {
				err = fault.In("if", fmt.Errorf("access %s: %w", a.Access, err))
			}
		}
		if err != nil {
			return fault.In(fmt.Sprintf("access[%d]", i), err)
		}
		seen[a.Access] = true
		c.access = append(c.access, one)
		c.needsPast = c.needsPast || one.condition != nil && one.condition.past || len(a.Segments) > 0
		c.needsSegment = c.needsSegment || one.condition != nil && one.condition.segment || len(a.Segments) > 0
		c.needsFavourite = c.needsFavourite || one.condition != nil && one.condition.favourite
	}
	return nil
}

func (a *Access) check(d *Document) error {
	if err := checkName("access", a.Access); err != nil {
		return err
	}
	if n := utf8.RuneCountInString(strings.TrimSpace(a.Name)); n == 0 || n > 200 {
		return fault.In("name", fault.Invalidf("access %s needs a name of 1 to 200 signs, as people see it", a.Access))
	}
	if err := day("from", a.From); err != nil {
		return err
	}
	if err := day("until", a.Until); err != nil {
		return err
	}
	if a.From != "" && a.Until != "" && a.Until < a.From {
		return fault.In("until", fault.Invalidf("access %s ends before it begins", a.Access))
	}
	if strings.Contains(a.If, "order.") {
		return fault.In("if", fault.Invalidf("access %s is asked for without an order; it can speak of the customer and the time", a.Access))
	}
	for i, tier := range a.Tiers {
		if d.Tiers == nil || d.Tiers.place(tier) < 0 {
			return fault.In(fmt.Sprintf("tiers[%d]", i), fault.Invalidf("the programme has no tier %s", tier))
		}
	}
	for i, name := range a.Segments {
		if !slices.Contains(metric.Segments(), name) {
			return fault.In(fmt.Sprintf("segments[%d]", i), fault.Invalidf("there is no segment %s; there are %s", name, strings.Join(metric.Segments(), ", ")))
		}
	}
	for i, name := range a.Rewards {
		if !slices.ContainsFunc(d.Rewards, func(r reward.Reward) bool { return r.Reward == name && r.Kind == reward.EarlyAccess }) {
			return fault.In(fmt.Sprintf("rewards[%d]", i), fault.Invalidf("the programme has no reward %s of kind early_access", name))
		}
	}
	return nil
}

// Ground is why somebody may come in, or why not.
type Ground string

// The grounds.
const (
	ByTier      Ground = "tier"
	BySegment   Ground = "segment"
	ByCondition Ground = "condition"
	ByReward    Ground = "reward"
	ByHand      Ground = "hand"
	NotYet      Ground = "not_yet" // it has not begun
	Ended       Ground = "over"
	NotGranted  Ground = "no" // to this customer
)

// Entry is whether somebody may come in.
type Entry struct {
	*Access

	Granted bool
	Why     Ground
	Detail  string    // what the tier or the reward is called, which segment, or the reason of who gave it by hand
	Until   time.Time // points.Never: without end
}

// AccessOf tells whether a person may come in, of everything that there is, or of what is named.
func (p *Programme) AccessOf(tx *db.Tx, root int64, name string) ([]Entry, error) {
	c, err := p.Book.Current(tx, p.Ledger.Zone)
	if err != nil {
		return nil, err
	}
	if name != "" && c.accessOf(name) == nil {
		return nil, fault.Coded("access_not_found", fault.NotFoundf("the programme has no access %.60q", name))
	}
	if c == nil || len(c.access) == 0 {
		return nil, nil
	}
	members, err := customer.Members(tx, root)
	if err != nil {
		return nil, err
	}
	s := Sale{Placed: fact.At(tx.Now, p.Ledger.Zone)}
	t := turn{Programme: p, tx: tx, who: root}
	if t.known, err = t.ask(c, onAccess, &s); err != nil {
		return nil, err
	}
	tier, kept, err := TierOf(tx, root)
	if err != nil {
		return nil, err
	}
	var all []Entry
	for _, a := range c.access {
		if name != "" && a.Access.Access != name {
			continue
		}
		e := Entry{Access: a.Access, Why: NotGranted, Until: points.Never}
		switch today := dayText(int64(s.Placed.Day())); {
		case a.From != "" && today < a.From:
			e.Why = NotYet
		case a.Until != "" && today > a.Until:
			e.Why = Ended
		default:
			if err := p.admit(tx, c, a, &e, &t.known, tier, kept, members); err != nil {
				return nil, err
			}
		}
		if last, err := time.ParseInLocation(time.DateOnly, a.Until, p.Ledger.Zone); err == nil && e.Granted {
			if end := last.AddDate(0, 0, 1); end.Before(e.Until) {
				e.Until = end
			}
		}
		all = append(all, e)
	}
	return all, nil
}

const onAccess = "access"

func (c *Compiled) accessOf(name string) *access {
	if c == nil {
		return nil
	}
	if i := slices.IndexFunc(c.access, func(a *access) bool { return a.Access.Access == name }); i >= 0 {
		return c.access[i]
	}
	return nil
}

// admit looks for a ground on which somebody may come in. What lasts longest is asked for first.
func (p *Programme) admit(tx *db.Tx, c *Compiled, a *access, e *Entry, k *Known, tier string, kept time.Time, members []int64) error {
	grant := func(why Ground, detail string, until time.Time) {
		e.Granted, e.Why, e.Detail, e.Until = true, why, detail, until
	}
	reason, until, ok, err := grantedByHand(tx, members, a.Access.Access)
	if err != nil {
		return err
	}
	if ok {
		grant(ByHand, reason, until)
		return nil
	}
	if c.Document.MembersOnly && !k.Member {
		return nil
	}
	s := Sale{Placed: fact.At(tx.Now, p.Ledger.Zone)}
	switch {
	case slices.Contains(a.Tiers, tier):
		grant(ByTier, c.Document.Tiers.Levels[c.Document.Tiers.place(tier)].Name, kept)
	case k.Segment != "" && slices.Contains(a.Segments, k.Segment):
		grant(BySegment, k.Segment, points.Never)
	case a.condition != nil && a.condition.holds(c.values(&s, k, p.Digits)):
		grant(ByCondition, "", points.Never)
	case len(a.Rewards) > 0:
		return a.rewarded(tx, members, grant)
	}
	return nil
}

// rewarded looks for a reward that somebody took, and whose time it is.
func (a *access) rewarded(tx *db.Tx, members []int64, grant func(Ground, string, time.Time)) error {
	const most = 1000
	found, err := reward.Of(tx, members, 0, most)
	if err != nil {
		return err
	}
	var longest time.Time
	for i := range found {
		r := &found[i]
		var w struct{ From, Until time.Time }
		if !slices.Contains(a.Rewards, r.Promise.Reward) || r.State != reward.Issued && r.State != reward.Used || r.Over(tx.Now) || json.Unmarshal(r.Promise.Terms, &w) != nil {
			continue
		}
		if !tx.Now.Before(w.From) && tx.Now.Before(w.Until) && w.Until.After(longest) {
			longest = w.Until
			grant(ByReward, r.Promise.Name, w.Until)
		}
	}
	return nil
}

func grantedByHand(tx *db.Tx, members []int64, name string) (reason string, until time.Time, ok bool, err error) {
	for _, who := range members {
		err = tx.QueryRow("SELECT reason, until_us FROM access_grants WHERE customer_id = $1 AND access = $2 AND until_us > $3", who, name, tx.Now).Scan(&reason, &until)
		if !errors.Is(err, sql.ErrNoRows) {
			return reason, until, err == nil, err
		}
	}
	return "", until, false, nil
}

// Grant lets a person in by hand, until a moment; the zero time: for good.
func (p *Programme) Grant(tx *db.Tx, root int64, name string, until time.Time, actor, reason string) error {
	c, err := p.Book.Current(tx, p.Ledger.Zone)
	if err != nil {
		return err
	}
	switch {
	case c.accessOf(name) == nil:
		return fault.Coded("access_not_found", fault.NotFoundf("the programme has no access %.60q", name))
	case strings.TrimSpace(reason) == "":
		return fault.In("reason", fault.Coded("required", fault.Invalidf("say why")))
	case until.IsZero():
		until = points.Never
	case !until.After(tx.Now):
		return fault.In("until", fault.Coded("in_the_past", fault.Invalidf("it would end in the past")))
	}
	_, err = tx.Exec(`INSERT INTO access_grants (customer_id, access, until_us, actor, reason, granted_us) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (customer_id, access) DO UPDATE SET until_us = excluded.until_us, actor = excluded.actor, reason = excluded.reason, granted_us = excluded.granted_us`,
		root, name, until, actor, reason, tx.Now)
	return err
}

// Revoke takes back what was given by hand; nothing given is nothing taken.
func Revoke(tx *db.Tx, members []int64, name string) (some bool, err error) {
	for _, who := range members {
		n, err := tx.Exec("DELETE FROM access_grants WHERE customer_id = $1 AND access = $2", who, name)
		if err != nil {
			return false, err
		}
		some = some || n > 0
	}
	return some, nil
}
