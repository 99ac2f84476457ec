package programme

import (
	"cmp"
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

// counts are what challenges count.
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
			if (f.past || f.name == "customer.tier") && strings.Contains(text, f.name) {
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

// tally is how far somebody came in a window.
type tally struct {
	begins, ends int64 // days, that of ends included
	count        int64
	run          int64 // windows in a row in which the target was reached, this one included; 0: it was not
	last         int64 // the day of the newest step
	kinds        map[string]bool
}

// tallies adds up what was bought, window by window. It is a function of what was bought alone, in whichever order it is told.
func (c *Compiled) tallies(ch *challenge, sales []Sale, joined string, digits int) (all []tally) {
	if order := func(a, b Sale) int { return cmp.Compare(a.Placed.Local, b.Placed.Local) }; !slices.IsSortedFunc(sales, order) {
		sales = slices.SortedFunc(slices.Values(sales), order)
	}
	for i := range sales {
		c.advance(ch, &all, &sales[i], joined, digits)
	}
	return all
}

// advance adds what counts of a sale, which is newer than those before, and tells whether the target is reached by it.
func (c *Compiled) advance(ch *challenge, all *[]tally, s *Sale, joined string, digits int) bool {
	on := int64(s.Placed.Day())
	if on < ch.from || on > ch.until {
		return false
	}
	k := Known{Member: joined != "" && joined <= dayText(on), Joined: joined}
	var values map[string]any
	if ch.step.condition != nil || ch.step.lines != nil { // what nobody asks for is not put together
		values = c.values(s, &k, digits)
	}
	base, pieces, matched := ch.step.base(s, values, s.amount())
	if !matched || c.ask(ch.step, s, &k, values, s.amount(), false).Why != Fine {
		return false
	}
	n := len(*all)
	if n == 0 || on > (*all)[n-1].ends {
		first := tally{last: -1}
		if first.add(ch, s, values, base, pieces); first.count == 0 {
			return false // nothing of it counts, so that it is no first step
		}
		if n > 0 {
			(*all)[n-1].kinds = nil
		}
		begins, ends := ch.window(on)
		*all = append(*all, tally{begins: begins, ends: ends, last: -1})
		n++
	}
	t := &(*all)[n-1]
	t.add(ch, s, values, base, pieces)
	if t.run > 0 || t.count < ch.Target {
		return false
	}
	if t.run = 1; n > 1 && (*all)[n-2].ends+1 == t.begins {
		t.run += (*all)[n-2].run
	}
	return true
}

// add adds what counts of a sale.
func (t *tally) add(ch *challenge, s *Sale, values map[string]any, base int64, pieces float64) {
	kind := func(name string) {
		if t.kinds == nil {
			t.kinds = map[string]bool{}
		}
		if name != "" && !t.kinds[name] {
			t.kinds[name] = true
			t.count++
		}
	}
	on := int64(s.Placed.Day())
	switch ch.Count {
	case "orders":
		t.count++
	case "visits":
		if on != t.last {
			t.count++
		}
	case "spend":
		t.count += base
	case "pieces":
		t.count += int64(pieces + 1e-9)
	case "stores":
		kind(s.Store)
	case "categories":
		ch.step.eachLine(s, values, func(l *SaleLine) { kind(l.Category) })
	case "products":
		ch.step.eachLine(s, values, func(l *SaleLine) { kind(l.Product) })
	}
	t.last = on
}

// due tells whether a prize is due for so many windows in a row.
func (ch *challenge) due(p *prize, run int64) bool {
	return run > 0 && (p.at == 0 && run%max(ch.InARow, 1) == 0 || p.at > 0 && run == p.at)
}

// reached is how often each prize of a challenge is due.
func (ch *challenge) reached(all []tally) []int64 {
	n := make([]int64, len(ch.prizes))
	for i := range all {
		for j := range ch.prizes {
			if ch.due(&ch.prizes[j], all[i].run) {
				n[j]++
			}
		}
	}
	if ch.Times > 0 {
		for j := range n {
			n[j] = min(n[j], ch.Times)
		}
	}
	return n
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

// ProgressState is how a challenge stands for somebody.
type ProgressState string

// The states.
const (
	Coming  ProgressState = "coming"  // it has not begun
	Running ProgressState = "running" // something is missing
	Reached ProgressState = "reached" // in this window
	Over    ProgressState = "over"    // it has ended, or they have had it as often as one may
)

// Progress is how far somebody has come with a challenge.
type Progress struct {
	*Challenge

	State ProgressState
	So    int64 // of Target, in the window of now
	// Begins and Ends are the days of that window; empty: it begins with the first step, or does not end.
	Begins, Ends string
	// Row is how many windows in a row were reached and are not broken off yet; 0 where it does not matter.
	Row int64
	// Done is how often it was reached altogether, with windows in a row where they are asked for.
	Done int64
	// Next is the milestone that comes next; nil: none.
	Next *Milestone

	c *Compiled
}

// progress tells how somebody stands on a day.
func (ch *challenge) progress(all []tally, today int64) Progress {
	p := Progress{Challenge: ch.Challenge, State: Running}
	begins, ends := ch.window(today)
	if ch.Window == Rolling { // it begins with the next step
		begins, ends = lastDay, ch.until
	}
	for i := range all {
		t := &all[i]
		if t.begins <= today && today <= t.ends {
			begins, ends, p.So = t.begins, t.ends, t.count
		}
		if t.run > 0 && t.ends >= begins-1 && t.begins <= today { // this window, or the one before
			p.Row = t.run
		}
	}
	p.Done = ch.reached(all)[0] // what each time gives comes first, and else the first milestone
	p.Begins, p.Ends = dayText(max(begins, ch.from)), dayText(min(ends, ch.until))
	if ch.InARow <= 1 && len(ch.Milestones) == 0 {
		p.Row = 0
	}
	for i := range ch.Milestones {
		if ch.Milestones[i].At > p.Row {
			p.Next = &ch.Milestones[i]
			break
		}
	}
	switch {
	case today < ch.from:
		p.State = Coming
	case today > ch.until, ch.Times > 0 && p.Done >= ch.Times && len(ch.Milestones) == 0:
		p.State = Over
	case p.So >= ch.Target:
		p.State = Reached
	}
	return p
}

// Chase is how far somebody has come with challenges, for rehearsals.
type Chase struct {
	tallies [][]tally
	won     [][]int64
}

// Win is a prize that somebody has won.
type Win struct {
	Challenge *Challenge
	Prize
}

// Chase adds an order that is newer than those before, and gives what is won by it.
func (c *Compiled) Chase(k *Chase, s *Sale, joined string, digits int) (all []Win) {
	for i, ch := range c.challenges {
		if len(k.tallies) == i {
			k.tallies, k.won = append(k.tallies, nil), append(k.won, make([]int64, len(ch.prizes)))
		}
		if !c.advance(ch, &k.tallies[i], s, joined, digits) {
			continue
		}
		run := k.tallies[i][len(k.tallies[i])-1].run
		for j := range ch.prizes {
			p := &ch.prizes[j]
			if !ch.due(p, run) || ch.Times > 0 && k.won[i][j] >= ch.Times {
				continue
			}
			k.won[i][j]++
			all = append(all, Win{ch.Challenge, Prize{p.unit, p.Rule.Effect.Fixed.Units, p.reward}})
		}
	}
	return all
}

// Within is the programme with the challenges that begin only after a past brought into it, as if they had begun with it; those
// that end, as if they ended with it.
func (c *Compiled) Within(first, last int64) *Compiled {
	moved := *c
	moved.challenges = nil
	for _, old := range c.challenges {
		ch := *old
		switch lasts := ch.until - ch.from; {
		case ch.from <= last:
		case ch.until == lastDay:
			ch.from = first
		default:
			ch.from, ch.until = last-lasts, last
		}
		moved.challenges = append(moved.challenges, &ch)
	}
	return &moved
}
