package programme

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"regulars/internal/act/reward"
	"regulars/internal/base/fault"
	"regulars/internal/record/fact"
)

// Challenge is something to come to: so much of what counts, in a window of time. With windows in a row it is a streak.
type Challenge struct {
	Challenge string `json:"challenge"` // the owner's name for it, such as five-visits
	Name      string `json:"name"`      // as people see it
	// Count is what counts of what was bought: orders, visits (days with an order), spend (in minor units), pieces, or how many
	// different categories, products or stores.
	Count  string `json:"count"`
	Target int64  `json:"target"`
	// From and Until are the days of which orders count, that of Until included.
	From  string `json:"from"`
	Until string `json:"until,omitempty"`
	// Window is in what time the target must be reached: week, month, or days (so many Days from the first step); empty: from From
	// to Until.
	Window string `json:"window,omitempty"`
	Days   int    `json:"days,omitempty"`
	// If must be true of an order, and Lines of a line for it to count; empty: always.
	If    string `json:"if,omitempty"`
	Lines string `json:"lines,omitempty"`
	// InARow is in how many weeks or months in a row the target must be reached each time; 0: one is enough.
	InARow int64 `json:"in_a_row,omitempty"`
	// Gives is what each time gives, and Milestones what so many windows in a row give beside it, once in a row of them.
	Gives      *Prize      `json:"gives,omitempty"`
	Milestones []Milestone `json:"milestones,omitempty"`
	// Times is how often one customer can have it; 0: in every window.
	Times int64 `json:"times,omitempty"`
}

// Prize is what a challenge gives: units, or a reward for nothing.
type Prize struct {
	Unit   string `json:"unit,omitempty"`
	Units  int64  `json:"units,omitempty"`
	Reward string `json:"reward,omitempty"`
}

// Milestone is what so many windows in a row give.
type Milestone struct {
	At    int64 `json:"at"`
	Gives Prize `json:"gives"`
}

// The windows of challenges.
const (
	Weekly  = "week"
	Monthly = "month"
	Rolling = "days" // from the first step
)

// onChallenge is what the ledger calls that a challenge was done.
const onChallenge = "challenge"

// Counts lists what challenges count.
func Counts() []string { return slices.Clone(counts) }

var counts = []string{"orders", "visits", "spend", "pieces", "categories", "products", "stores"}

// challenge is one that is ready to be asked.
type challenge struct {
	*Challenge

	step        *rule // which orders and lines count
	from, until int64 // days
	prizes      []prize
}

// prize is something that a challenge gives: each time, or at a milestone.
type prize struct {
	*rule

	at     int64 // the milestone; 0: each time
	reward string
}

const (
	mostTarget = 1_000_000_000_000
	mostDays   = 3660
	mostInARow = 1000
	lastDay    = int64(1) << 40 // of what has no end
)

// compileChallenges checks the challenges; names are those of rules and challenges so far.
func (c *Compiled) compileChallenges(units []string, names map[string]bool) error {
	for i := range c.Document.Challenges {
		ch, err := c.compileChallenge(&c.Document.Challenges[i], units)
		if err == nil && names[ch.Challenge.Challenge] {
			err = fault.In("challenge", fault.Invalidf("a rule or a challenge %s is there already", ch.Challenge.Challenge))
		}
		if err != nil {
			return fault.In(fmt.Sprintf("challenges[%d]", i), err)
		}
		names[ch.Challenge.Challenge] = true
		c.challenges = append(c.challenges, ch)
	}
	return nil
}

func (c *Compiled) compileChallenge(d *Challenge, units []string) (*challenge, error) {
	if err := checkName("challenge", d.Challenge); err != nil {
		return nil, err
	}
	if n := utf8.RuneCountInString(strings.TrimSpace(d.Name)); n == 0 || n > 200 {
		return nil, fault.In("name", fault.Invalidf("challenge %s needs a name of 1 to 200 signs, as people see it", d.Challenge))
	}
	ch := &challenge{Challenge: d, until: lastDay, step: &rule{on: OnOrder, Rule: &Rule{Rule: d.Challenge, Name: d.Name, If: d.If, Lines: d.Lines, Effect: Effect{Fixed: &Fixed{}}}}}
	for _, check := range []func() error{d.checkTime, d.checkTarget, ch.step.compileConditions, d.checkConditions} {
		if err := check(); err != nil {
			return nil, err
		}
	}
	ch.from = dayNumber(d.From)
	if d.Until != "" {
		ch.until = dayNumber(d.Until)
	}
	if d.Gives == nil && len(d.Milestones) == 0 {
		return nil, fault.In("gives", fault.Coded("required", fault.Invalidf("say what challenge %s gives", d.Challenge)))
	}
	if d.Gives != nil {
		if err := ch.add(c.Document, "gives", d.Gives, 0, units); err != nil {
			return nil, err
		}
	}
	for i := range d.Milestones {
		m := &d.Milestones[i]
		at := fmt.Sprintf("milestones[%d]", i)
		switch {
		case d.Window != Weekly && d.Window != Monthly:
			return nil, fault.In(at, fault.Invalidf("only weeks or months in a row have milestones"))
		case m.At < 1 || m.At > mostInARow || i > 0 && m.At <= d.Milestones[i-1].At:
			return nil, fault.In(at+".at", fault.Invalidf("milestones rise, from 1 to %d in a row", mostInARow))
		}
		if err := ch.add(c.Document, at+".gives", &m.Gives, m.At, units); err != nil {
			return nil, err
		}
	}
	return ch, nil
}

func (d *Challenge) checkTime() error {
	if d.From == "" {
		return fault.In("from", fault.Coded("required", fault.Invalidf("say from which day on challenge %s counts, such as 2026-12-01", d.Challenge)))
	}
	if err := day("from", d.From); err != nil {
		return err
	}
	if err := day("until", d.Until); err != nil {
		return err
	}
	switch d.Window {
	case "", Weekly, Monthly, Rolling:
	default:
		return fault.In("window", fault.Invalidf("%q is no window; use week, month or days, or leave it out for all the time from from to until", d.Window))
	}
	switch {
	case (d.Window == Rolling) != (d.Days != 0), d.Days < 0, d.Days > mostDays:
		return fault.In("days", fault.Invalidf("a window of days has 1 to %d days, and no other window has any", mostDays))
	case d.InARow != 0 && d.Window != Weekly && d.Window != Monthly:
		return fault.In("in_a_row", fault.Invalidf("only weeks or months can be in a row: say window"))
	case d.InARow < 0 || d.InARow > mostInARow:
		return fault.In("in_a_row", fault.Invalidf("it is 1 to %d in a row", mostInARow))
	case d.Times < 0:
		return fault.In("times", fault.Invalidf("times is 1 or more; leave it out for every window"))
	}
	return nil
}

func (d *Challenge) checkTarget() error {
	if !slices.Contains(counts, d.Count) {
		return fault.In("count", fault.Invalidf("%q is nothing that a challenge counts; use %s", d.Count, strings.Join(counts, ", ")))
	}
	if d.Target < 1 || d.Target > mostTarget {
		return fault.In("target", fault.Invalidf("a target is how many, above 0"))
	}
	return nil
}

// checkConditions refuses what was known of a customer at one time only: how far somebody has come would depend on when it is
// looked at.
func (d *Challenge) checkConditions() error {
	for field, text := range map[string]string{"if": d.If, "lines": d.Lines} {
		for _, f := range fields {
			if f.changes() && strings.Contains(text, f.name) {
				return fault.In(field, fault.Invalidf("challenge %s counts what was bought, of whichever day; it cannot speak of %s, which changes", d.Challenge, f.name))
			}
		}
	}
	return nil
}

// add adds something that the challenge gives.
func (ch *challenge) add(d *Document, field string, p *Prize, at int64, units []string) error {
	switch {
	case (p.Unit == "") == (p.Reward == "") || (p.Unit == "") != (p.Units == 0):
		return fault.In(field, fault.Invalidf("a challenge gives so many units of a unit, or a reward: one of the two"))
	case p.Reward != "" && !slices.ContainsFunc(d.Rewards, func(r reward.Reward) bool { return r.Reward == p.Reward }):
		return fault.In(field+".reward", fault.Invalidf("the programme has no reward %s", p.Reward))
	case p.Unit != "" && !slices.Contains(units, p.Unit):
		return fault.In(field+".unit", fault.Invalidf("the programme has no unit %s", p.Unit))
	case p.Units < 0 || p.Units > mostUnits:
		return fault.In(field+".units", fault.Invalidf("it gives 1 to %d units", mostUnits))
	}
	ch.prizes = append(ch.prizes, prize{&rule{Rule: &Rule{Rule: ch.Challenge.Challenge, Name: ch.Name, Effect: Effect{Fixed: &Fixed{p.Unit, p.Units}}}, on: onChallenge, unit: p.Unit}, at, p.Reward})
	return nil
}

// dayNumber is the number of a day that is written down, as facts carry it.
func dayNumber(text string) int64 {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return 0
	}
	return int64((fact.Moment{Local: t.UnixMicro()}).Day())
}

// dayText is the day of a number; empty: it is none.
func dayText(day int64) string {
	if day <= 0 || day >= lastDay {
		return ""
	}
	return time.UnixMicro(day * fact.MicrosPerDay).UTC().Format(time.DateOnly)
}

func dayMoment(day int64) fact.Moment { return fact.Moment{Local: day * fact.MicrosPerDay} }

// window is the first and the last day of the window that a day is in, if that is the first step of it.
func (ch *challenge) window(day int64) (begins, ends int64) {
	const week, longMonth = 7, 31
	switch ch.Window {
	case Weekly:
		begins = reward.PerWeek.Begins(dayMoment(day))
		return begins, begins + week - 1
	case Monthly:
		begins = reward.PerMonth.Begins(dayMoment(day))
		return begins, reward.PerMonth.Begins(dayMoment(begins+longMonth)) - 1
	case Rolling:
		return day, day + int64(ch.Days) - 1
	}
	return ch.from, ch.until
}

// Never tells whether nobody can do it, because there is not time enough: it ends before it begins, more days are asked for than a
// window has, or more windows in a row than there are.
func (d *Challenge) Never() bool {
	first, last := dayNumber(d.From), dayNumber(d.Until)
	if d.Until == "" {
		last = first + mostDays*mostInARow
	}
	days := last - first + 1
	if days < 1 {
		return true
	}
	ch := &challenge{Challenge: d, from: first, until: last}
	windows, most := int64(0), int64(0)
	for on := first; on <= last && windows < mostInARow; windows++ {
		_, ends := ch.window(on)
		most = max(most, min(ends, last)-on+1)
		on = ends + 1
	}
	asked := max(d.InARow, 1)
	if d.Gives == nil && len(d.Milestones) > 0 {
		asked = d.Milestones[0].At
	}
	return d.Count == "visits" && d.Target > most || asked > windows
}
