// Package byhand bounds what people and keys move by hand: units that they give, take, and send from customer to customer.
//
// A limit is of a role, or of API keys, for a unit: how many at once, and how many one person moves on a day of the business, given
// and taken together. What always holds: of two at once the second sees what the first did; what is refused is not counted, and
// what is moved is counted in the same transaction, also where there is no limit yet. What jobs and commands of the program do is
// by nobody's hand.
//
// A Request is what a person asks for beyond their limit. It waits until somebody else, whose own limit lets them move as much,
// approves or declines it; nobody decides about what they asked for themselves. Units move in the transaction that marks it approved,
// once, as the act of who asked, and count against the limit of who approved. It goes with the customer: whoever stands for a merged
// one gets it, and of one who is erased nothing waits. Whoever asked is told by mail what was decided, where there is a mail server, by
// a job of the transaction that decides.
package byhand

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"regulars/internal/act/points"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/setting"
	"regulars/internal/record/fact"
)

// Limit bounds how many units one person gives and takes by hand, and sends from customer to customer.
type Limit struct {
	// Who is the role of the person, or key: of each API key.
	Who  string `json:"who"`
	Unit string `json:"unit"`
	// Once is how many at once at most, and Day how many on a day, given and taken together; 0: as many as they like.
	Once int64 `json:"once"`
	Day  int64 `json:"day"`
}

// Key is whose limits are those of API keys.
const Key = "key"

// Givers are those who have limits: the roles that may give by hand, and keys.
func Givers() (all []string) {
	for _, r := range account.Roles() {
		if slices.Contains(r.Permissions(), account.PointsAdjust) {
			all = append(all, string(r))
		}
	}
	return append(all, Key)
}

// Most is the most that can be moved by hand at once, whoever does it.
const Most = 1_000_000_000

// usual is the limit of whom nobody has set one for: it stops what can only be mistyped. Owners answer for what they do, and
// what a program gives is for who wrote it to bound.
func usual(who, unit string) Limit {
	const once, day = 100_000, 500_000
	l := Limit{Who: who, Unit: unit}
	if who == string(account.Manager) {
		l.Once, l.Day = once, day
	}
	return l
}

const settingsKey = "by_hand"

// Limits are the limits of everybody who gives by hand, for each unit that there is; the usual ones where none were set.
func Limits(tx *db.Tx) (all []Limit, err error) {
	var own []Limit
	if _, err := setting.Load(tx, settingsKey, &own); err != nil {
		return nil, err
	}
	units, err := points.Units(tx)
	if err != nil {
		return nil, err
	}
	for _, who := range Givers() {
		for i := range units {
			all = append(all, limitOf(own, who, units[i].Code))
		}
	}
	return all, nil
}

// limitNow is the limit of somebody for a unit as it stands.
func limitNow(tx *db.Tx, who, unit string) (Limit, error) {
	var own []Limit
	_, err := setting.Load(tx, settingsKey, &own)
	return limitOf(own, who, unit), err
}

func limitOf(own []Limit, who, unit string) Limit {
	if i := slices.IndexFunc(own, func(l Limit) bool { return l.Who == who && l.Unit == unit }); i >= 0 {
		return own[i]
	}
	return usual(who, unit)
}

// Save sets the limits that are named; those that are not stay as they are. It tells whose were changed.
func Save(tx *db.Tx, want []Limit) (changed []string, err error) {
	var own []Limit
	if _, err := setting.Load(tx, settingsKey, &own); err != nil {
		return nil, err
	}
	for i, l := range want {
		if err := l.check(tx); err != nil {
			return nil, fault.In(fmt.Sprintf("limits[%d]", i), err)
		}
		if slices.ContainsFunc(want[:i], func(o Limit) bool { return o.Who == l.Who && o.Unit == l.Unit }) {
			return nil, fault.In(fmt.Sprintf("limits[%d]", i), fault.Invalidf("the limit of %s for %s is there twice", l.Who, l.Unit))
		}
		if limitOf(own, l.Who, l.Unit) == l {
			continue
		}
		changed = append(changed, l.Who)
		own = append(slices.DeleteFunc(own, func(o Limit) bool { return o.Who == l.Who && o.Unit == l.Unit }), l)
	}
	if len(changed) == 0 {
		return nil, nil
	}
	return changed, setting.Save(tx, settingsKey, own)
}

func (l *Limit) check(tx *db.Tx) error {
	if !slices.Contains(Givers(), l.Who) {
		return fault.In("who", fault.Coded("unknown_role", fault.Invalidf("%.40q gives nothing by hand; there are %s", l.Who, strings.Join(Givers(), ", "))))
	}
	if _, err := points.LoadUnit(tx, l.Unit); err != nil {
		return err
	}
	return l.Check()
}

// Check refuses numbers that make no sense.
func (l *Limit) Check() error {
	for _, n := range []struct {
		field string
		units int64
	}{{"once", l.Once}, {"day", l.Day}} {
		if n.units < 0 || n.units > Most {
			return fault.In(n.field, fault.Coded("out_of_range", fault.Invalidf("it is 0, which is as many as they like, or %d at most", Most)))
		}
	}
	if l.Day > 0 && l.Once > l.Day {
		return fault.In("once", fault.Coded("once_above_day", fault.Invalidf("at once there cannot be more than on a whole day")))
	}
	return nil
}

// TooMuch is that somebody would move more by hand than they may.
type TooMuch struct {
	Limit

	Left int64 // of the day; where it was too much at once, 0
	Once bool
}

func (t *TooMuch) Error() string {
	const may = "an owner may move more, and can change the limit"
	if t.Once {
		return fmt.Sprintf("by hand %s may move %d %s at once; %s", t.Who, t.Limit.Once, t.Unit, may)
	}
	return fmt.Sprintf("by hand %s may move %d %s a day, of which %d are left today; %s", t.Who, t.Day, t.Unit, t.Left, may)
}

// Move counts what somebody moves by hand, and refuses what is beyond their limit, in the transaction in which it is moved. Of two
// at once the second sees what the first did.
func Move(tx *db.Tx, zone *time.Location, by account.Actor, unit string, units int64) error {
	if units < 0 {
		units = -units
	}
	who := Key
	switch by.Kind {
	case account.Person:
		u, err := account.UserOf(tx, by.ID)
		if err != nil {
			return err
		}
		who = string(u.Role)
	case account.Program:
	default:
		return nil // the program itself
	}
	limit, err := limitNow(tx, who, unit)
	if err != nil {
		return err
	}
	if limit.Once > 0 && units > limit.Once {
		return fault.Coded("by_hand_once", fault.Forbiddenf("%w", &TooMuch{Limit: limit, Once: true}))
	}
	// It is counted where there is no limit as well: one may be set during the day.
	var sum int64
	day := int64(fact.At(tx.Now, zone).Day())
	if err := tx.QueryRow(`INSERT INTO by_hand_sums (actor, unit, day, units) VALUES ($1, $2, $3, $4)
		ON CONFLICT (actor, unit) DO UPDATE SET units = CASE WHEN excluded.day > by_hand_sums.day THEN excluded.units ELSE by_hand_sums.units + excluded.units END,
			day = CASE WHEN excluded.day > by_hand_sums.day THEN excluded.day ELSE by_hand_sums.day END RETURNING units`, by.ID, unit, day, units).Scan(&sum); err != nil {
		return err
	}
	if limit.Day > 0 && sum > limit.Day {
		return fault.Coded("by_hand_day", fault.Forbiddenf("%w", &TooMuch{Limit: limit, Left: max(limit.Day-(sum-units), 0)}))
	}
	return nil
}
