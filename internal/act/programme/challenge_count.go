package programme

import (
	"cmp"
	"slices"
)

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
	base, pieces, matched := ch.step.base(s, values)
	if !matched || c.ask(ch.step, s, &k, values, false).Why != Fine {
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
		ch.step.eachLine(s, values, func(_ int, l *SaleLine) { kind(l.Category) })
	case "products":
		ch.step.eachLine(s, values, func(_ int, l *SaleLine) { kind(l.Product) })
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
