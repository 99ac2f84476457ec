package programme

import (
	"fmt"
	"slices"
	"time"

	"regulars/internal/act/points"
	"regulars/internal/base/fault"
)

// Tiers are levels that customers rise to.
type Tiers struct {
	// By is what is counted: spend (in minor units, less returns), orders, visits (days with an order), or units (of the unit,
	// issued and not reversed).
	By   string `json:"by"`
	Unit string `json:"unit,omitempty"`
	// Window is over what: calendar_year, months (N of them, rolling to the day), joining (years from the day of joining, so that
	// who has not joined rises to nothing), or lifetime.
	Window string `json:"window"`
	Months int    `json:"months,omitempty"`
	// GraceDays keeps a level for so many days after it ran out; Drop is how it is lost: one step, or to what is earned (the
	// usual).
	GraceDays int     `json:"grace_days,omitempty"`
	Drop      string  `json:"drop,omitempty"`
	Levels    []Level `json:"levels"`
}

// Level is one of them, the lowest first.
type Level struct {
	Tier string `json:"tier"`
	Name string `json:"name"`
	From int64  `json:"from"` // of what is counted; 0 for one by invitation
	// Invitation makes it one that nobody rises to: a person puts customers into it.
	Invitation bool `json:"invitation,omitempty"`
	// Factor multiplies what rates give; 0: 1.
	Factor float64 `json:"factor,omitempty"`
	// Expiry is, by unit, how what is earned in the tier expires, instead of as the unit says.
	Expiry map[string]points.Expiry `json:"expiry,omitempty"`
	// Gift is units for coming in.
	Gift *Fixed `json:"gift,omitempty"`
}

func (c *Compiled) compileTiers(units []string) error {
	t := c.Document.Tiers
	if t == nil {
		return nil
	}
	switch t.By {
	case "spend", "orders", "visits":
	case "units":
		if !slices.Contains(units, t.Unit) {
			return fault.In("unit", fault.Invalidf("the programme has no unit %q to count for tiers", t.Unit))
		}
	default:
		return fault.In("by", fault.Invalidf("%q is nothing that tiers are by; use spend, orders, visits or units", t.By))
	}
	switch t.Window {
	case "calendar_year", "joining", "lifetime":
	case "months":
		if t.Months < 1 || t.Months > 120 {
			return fault.In("months", fault.Invalidf("a window has 1 to 120 months, not %d", t.Months))
		}
	default:
		return fault.In("window", fault.Invalidf("%q is no window; use calendar_year, months, joining or lifetime", t.Window))
	}
	if t.Drop != "" && t.Drop != "step" && t.Drop != "earned" {
		return fault.In("drop", fault.Invalidf("%q is no way of losing a tier; use step or earned", t.Drop))
	}
	if t.GraceDays < 0 || t.GraceDays > 366 {
		return fault.In("grace_days", fault.Invalidf("grace is 0 to 366 days"))
	}
	if len(t.Levels) == 0 || len(t.Levels) > 20 {
		return fault.In("levels", fault.Invalidf("there are 1 to 20 levels"))
	}
	last := int64(-1)
	for i, l := range t.Levels {
		err := checkName("tier", l.Tier)
		switch {
		case err != nil:
		case l.Name == "":
			err = fault.In("name", fault.Invalidf("tier %s needs a name, as people see it", l.Tier))
		case l.Invitation && l.From != 0:
			err = fault.In("from", fault.Invalidf("tier %s is by invitation: it has no from", l.Tier))
		case !l.Invitation && l.From <= last:
			err = fault.In("from", fault.Invalidf("each level begins above the one before"))
		case slices.ContainsFunc(t.Levels[:i], func(o Level) bool { return o.Tier == l.Tier }):
			err = fault.In("tier", fault.Invalidf("the tier %s is there twice", l.Tier))
		case l.Factor < 0 || l.Factor > 100:
			err = fault.In("factor", fault.Invalidf("a factor is above 0 and 100 at most"))
		case l.Gift != nil && (!slices.Contains(units, l.Gift.Unit) || l.Gift.Units < 1 || l.Gift.Units > mostUnits):
			err = fault.In("gift", fault.Invalidf("a gift is 1 to %d of a unit of the programme", mostUnits))
		}
		if err == nil {
			err = c.checkExpiry(&l)
		}
		if !l.Invitation {
			last = l.From
		}
		if err != nil {
			return fault.In(fmt.Sprintf("levels[%d]", i), err)
		}
	}
	return nil
}

// checkExpiry refuses an expiry that the ledger would refuse with each order.
func (c *Compiled) checkExpiry(l *Level) error {
	for unit, e := range l.Expiry {
		at := slices.IndexFunc(c.Document.Units, func(u Unit) bool { return u.Unit == unit })
		switch err := e.Check(); {
		case err != nil:
			return fault.In("expiry", fault.Invalidf("tier %s: %w", l.Tier, err))
		case at < 0:
			return fault.In("expiry", fault.Invalidf("tier %s: the programme has no unit %q", l.Tier, unit))
		case c.Document.Units[at].Pending.Until != "" || (e.Kind == points.Idle) != (c.Document.Units[at].Expiry.Kind == points.Idle):
			return fault.In("expiry", fault.Invalidf("tier %s: units that wait for an event, or expire by idleness, do so in all tiers", l.Tier))
		}
	}
	return nil
}

// expiry is how units expire that are earned in a tier; nil: as the unit says.
func (t *Tiers) expiry(tier, unit string) *points.Expiry {
	if t == nil {
		return nil
	}
	at := t.place(tier)
	if at < 0 {
		return nil
	}
	if e, there := t.Levels[at].Expiry[unit]; there {
		return &e
	}
	return nil
}

// earned is the place of the level that so much reaches; -1: none.
func (t *Tiers) earned(counted int64) int {
	at := -1
	for i, l := range t.Levels {
		if !l.Invitation && counted >= l.From {
			at = i
		}
	}
	return at
}

// place is that of a tier; -1 where there is none of that name.
func (t *Tiers) place(tier string) int {
	return slices.IndexFunc(t.Levels, func(l Level) bool { return l.Tier == tier })
}

// TierName is what a tier is called; empty where there is none of that name any more.
func (c *Compiled) TierName(tier string) string {
	if t := c.Document.Tiers; t != nil && t.place(tier) >= 0 {
		return t.Levels[t.place(tier)].Name
	}
	return ""
}

// below is the place of the next level under one that is risen to; -1: none.
func (t *Tiers) below(place int) int {
	for i := place - 1; i >= 0; i-- {
		if !t.Levels[i].Invitation {
			return i
		}
	}
	return -1
}

// above is the place of the next level over one that is risen to; -1: none.
func (t *Tiers) above(place int) int {
	for i := place + 1; i < len(t.Levels); i++ {
		if !t.Levels[i].Invitation {
			return i
		}
	}
	return -1
}

// clock is when tiers are looked at, and since when the customer is a member; the zero time: they are none.
type clock struct {
	now    time.Time
	zone   *time.Location
	joined time.Time
}

// year is the day on which the present year of membership begins, and the one some years later.
func (c clock) year(later int) time.Time {
	y, m, d := c.joined.In(c.zone).Date()
	on := func(year int) time.Time { // who joined on 29 February begins on the 1st of March where there is none
		return time.Date(year, m, d, 0, 0, 0, 0, c.zone)
	}
	now := c.now.In(c.zone).Year()
	if on(now).After(c.now) {
		now--
	}
	return on(max(now, y) + later)
}

// begins is the first moment that is counted now; the zero time: all.
func (t *Tiers) begins(c clock) time.Time {
	zone := c.zone
	local := c.now.In(zone)
	switch t.Window {
	case "calendar_year":
		return time.Date(local.Year(), 1, 1, 0, 0, 0, 0, zone)
	case "joining":
		if c.joined.IsZero() {
			return never
		}
		return c.year(0)
	case "months":
		y, m, d := local.Date()
		first := time.Date(y, m-time.Month(t.Months), 1, 0, 0, 0, 0, zone)
		last := first.AddDate(0, 1, -1).Day()
		return time.Date(first.Year(), first.Month(), min(d, last), 0, 0, 0, 0, zone).AddDate(0, 0, 1)
	}
	return time.Time{}
}

// keeps is until when a level that is reached now is kept, grace and all.
func (t *Tiers) keeps(c clock) time.Time {
	zone := c.zone
	local := c.now.In(zone)
	var end time.Time
	switch t.Window {
	case "calendar_year": // this year and the next
		end = time.Date(local.Year()+2, 1, 1, 0, 0, 0, 0, zone)
	case "joining": // as long
		if c.joined.IsZero() {
			return never
		}
		end = c.year(2)
	case "months":
		y, m, d := local.Date()
		first := time.Date(y, m+time.Month(t.Months), 1, 0, 0, 0, 0, zone)
		last := first.AddDate(0, 1, -1).Day()
		end = time.Date(first.Year(), first.Month(), min(d, last)+1, 0, 0, 0, 0, zone)
	default:
		return never
	}
	return end.AddDate(0, 0, t.GraceDays)
}
