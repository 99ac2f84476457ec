package programme

import (
	"strings"
	"time"

	"regulars/internal/act/points"
	"regulars/internal/base/db"
	"regulars/internal/base/locale"
)

// Words says how far somebody has come, such as "3 of 5 visits, until 30 November 2026".
func (p *Progress) Words(l *locale.Locale, currency string) string {
	if p.State == Over {
		if p.Done > 0 {
			return l.T("challenge.done", l.P("challenge.times", p.Done))
		}
		return l.T("challenge.over")
	}
	so := min(p.So, p.Target)
	text := l.P("challenge.so."+p.Count, p.Target, l.Integer(so))
	if p.Count == "spend" {
		text = l.T("challenge.so.spend", l.Money(p.Target, currency), l.Money(so, currency))
	}
	switch begins, ends := p.day(p.Begins), p.day(p.Ends); {
	case p.State == Coming:
		text = l.T("challenge.coming", text, l.Date(begins))
	case p.Window == Rolling && p.Begins == "":
		text = l.P("challenge.within", int64(p.Days), text)
	case p.State == Reached:
		text = l.T("challenge.done", text)
	case !ends.IsZero():
		text = l.T("challenge.until", text, l.Date(ends))
	}
	return text
}

// Streak says how many windows in a row there are, and what comes next; empty: it is no streak.
func (p *Progress) Streak(l *locale.Locale) string {
	if p.InARow <= 1 && len(p.Milestones) == 0 || p.State == Over || p.State == Coming {
		return ""
	}
	text := l.P("challenge.row."+p.Window, p.Row)
	at, prize := int64(0), ""
	if row := max(p.InARow, 1); p.Gives != nil {
		at, prize = (p.Row/row+1)*row, p.c.prizeWords(l, p.Gives)
	}
	if m := p.Next; m != nil && (at == 0 || m.At < at) {
		at, prize = m.At, p.c.prizeWords(l, &m.Gives)
	}
	if at == 0 {
		return text
	}
	return l.T("challenge.row.next", text, l.Integer(at), prize)
}

// Prize says what it gives each time, or at its milestones.
func (p *Progress) Prize(l *locale.Locale) string {
	if p.Gives != nil {
		return p.c.prizeWords(l, p.Gives)
	}
	var all []string
	for i := range p.Milestones {
		m := &p.Milestones[i]
		all = append(all, l.T("terms.challenge.milestone", l.P("challenge.row."+p.Window, m.At), p.c.prizeWords(l, &m.Gives)))
	}
	return strings.Join(all, "; ")
}

// Share is how far the bar goes, of 100.
func (p *Progress) Share() int64 {
	const whole = 100
	return min(p.So, p.Target) * whole / p.Target
}

func (*Progress) day(text string) time.Time {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return time.Time{}
	}
	return t
}

// prizeWords says what is given.
func (c *Compiled) prizeWords(l *locale.Locale, p *Prize) string {
	if p.Unit != "" {
		return points.Amount(l, p.Unit, p.Units)
	}
	for i := range c.Document.Rewards {
		if r := &c.Document.Rewards[i]; r.Reward == p.Reward {
			return c.In(l, r.Name)
		}
	}
	return p.Reward
}

// Words says on which ground somebody may come in, or why not.
func (e *Entry) Words(l *locale.Locale) string {
	detail := e.Detail
	if e.Why == BySegment {
		detail = l.T("segment." + e.Detail + ".name")
	}
	return l.T("access.why."+string(e.Why), detail)
}

// ChallengeOf is the name of the challenge that a cause speaks of, as the programme in force has it; empty: it speaks of none that
// there still is.
func (p *Programme) ChallengeOf(tx *db.Tx, cause string) (string, error) {
	about, is := strings.CutPrefix(cause, onChallenge+":")
	if !is {
		return "", nil
	}
	c, err := p.Book.Current(tx, p.Ledger.Zone)
	if err != nil || c == nil {
		return "", err
	}
	name, _, _ := strings.Cut(about, ":")
	for _, ch := range c.challenges {
		if ch.Challenge.Challenge == name {
			return ch.Name, nil
		}
	}
	return "", nil
}

// challenge is the terms of a challenge.
func (w *writer) challenge(ch *challenge) Term {
	l := w.l
	t := Term{Name: w.c.In(l, ch.Name)}
	if ch.Gives != nil {
		t.Gives = w.c.prizeWords(l, ch.Gives)
	}
	for i := range ch.Milestones {
		m := &ch.Milestones[i]
		text := l.T("terms.challenge.milestone", l.P("challenge.row."+ch.Window, m.At), w.c.prizeWords(l, &m.Gives))
		if t.Gives != "" {
			text = t.Gives + "; " + text
		}
		t.Gives = text
	}
	what := l.P("terms.challenge."+ch.Count, ch.Target)
	if ch.Count == "spend" {
		what = l.T("terms.challenge.spend", w.money(ch.Target))
	}
	t.When = append(t.When, what)
	switch ch.Window {
	case Weekly, Monthly:
		t.When = append(t.When, l.T("terms.challenge."+ch.Window))
	case Rolling:
		t.When = append(t.When, l.P("terms.challenge.days", int64(ch.Days)))
	}
	if ch.InARow > 1 {
		t.When = append(t.When, l.P("challenge.row."+ch.Window, ch.InARow))
	}
	w.conditions(&t, ch.step.condition, ch.step.lines)
	w.between(&t, ch.From, ch.Until)
	if ch.Times > 0 {
		t.When = append(t.When, w.often(ch.Times, ""))
	}
	return t
}

// access is who may come in, and when.
func (w *writer) access(a *access) Term {
	l := w.l
	var who []string
	var t Term
	for _, tier := range a.Tiers {
		who = append(who, l.T("terms.when.tier", w.c.In(l, w.c.TierName(tier))))
	}
	for _, name := range a.Segments {
		who = append(who, l.T("terms.when.segment", l.T("segment."+name+".name")))
	}
	if a.condition != nil {
		w.conditions(&t, a.condition)
		who = append(who, strings.Join(t.When, ", "))
	}
	for _, name := range a.Rewards {
		who = append(who, l.T("terms.access.reward", w.c.prizeWords(l, &Prize{Reward: name})))
	}
	if len(who) == 0 {
		who = []string{l.T("terms.tier.invitation")}
	}
	text := who[0]
	for _, other := range who[1:] {
		text = l.T("terms.or", text, other)
	}
	t.Name, t.Gives, t.When = w.c.In(l, a.Name), l.T("terms.access"), []string{text}
	w.between(&t, a.From, a.Until)
	return t
}
