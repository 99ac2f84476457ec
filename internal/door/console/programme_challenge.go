package console

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"regulars/internal/act/programme"
	"regulars/internal/act/reward"
	"regulars/internal/base/fault"
	"regulars/internal/measure/metric"
)

const (
	countSpend  = "spend"
	mostInARow  = 1000
	mostTarget  = 1_000_000_000
	mostRolling = 3660
)

// shownChallenge is a challenge as its form has it: as it is, or as a new one begins.
func (v *visit) shownChallenge(e *edit) programme.Challenge {
	if there := e.challenge(); there != nil {
		return *there
	}
	return programme.Challenge{Count: "visits", Window: programme.Monthly, From: time.Now().In(zoneOf(e.b)).Format(time.DateOnly)}
}

// conditions are those of a challenge, as rules have them.
func conditions(condition, lines string) *programme.Rule {
	return &programme.Rule{If: condition, Lines: lines}
}

func (v *visit) challengeForm(e *edit) (title string, f form, err error) {
	ch := v.shownChallenge(e)
	pick := func(name, value string, values ...string) field {
		one := field{Name: name, Label: v.l.T("rules.challenge." + name), Type: "select", Value: value}
		for _, w := range values {
			one.Choices = append(one.Choices, choice{Value: w, Name: v.l.T("rules.challenge." + name + "." + cmp.Or(w, "whole"))})
		}
		return one
	}
	target := field{Name: "target", Label: v.l.T("rules.challenge.target", e.b.Currency), Value: written(ch.Target), Mode: "decimal"}
	if ch.Count == countSpend {
		target.Value = plainAmount(ch.Target, e.b.Digits())
	}
	gives := programme.Prize{}
	if ch.Gives != nil {
		gives = *ch.Gives
	}
	choices, unit := v.unitChoices(e, gives.Unit)
	rewards := field{Name: "reward", Label: v.l.T("rules.challenge.reward"), Type: "select", Value: gives.Reward, Choices: []choice{{Value: "", Name: v.l.T("rules.challenge.no_reward")}}}
	for _, r := range e.d.Rewards {
		rewards.Choices = append(rewards.Choices, choice{Value: r.Reward, Name: r.Name})
	}
	f.Groups = []group{
		{Fields: []field{{Name: "name", Label: v.l.T("rules.name"), Help: v.l.T("rules.name.help"), Value: ch.Name, Most: 200},
			pick("count", ch.Count, programme.Counts()...), target,
			pick("window", ch.Window, programme.Weekly, programme.Monthly, programme.Rolling, ""),
			v.numberField("days_of", v.l.T("rules.days_of.help"), int64(ch.Days), true),
			{Name: "from", Label: v.l.T("rules.from"), Help: v.l.T("rules.challenge.from.help"), Type: "date", Value: ch.From},
			{Name: "until", Label: v.l.T("rules.until"), Type: "date", Value: ch.Until, Optional: true}, v.numberField("times", "", ch.Times, true)}},
		{Legend: v.l.T("rules.challenge.gives"), Fields: []field{v.numberField("units", "", gives.Units, true), {Name: "unit", Label: v.l.T("rules.unit"), Type: "select", Choices: choices, Value: unit}, rewards}},
		{Legend: v.l.T("rules.challenge.row"), Folded: true, Fields: []field{v.numberField("in_a_row", v.l.T("rules.in_a_row.help"), ch.InARow, true),
			{Name: "milestones", Label: v.l.T("rules.milestones"), Help: v.l.T("rules.milestones.help"), Type: "textarea", Value: e.milestoneLines(&ch, unit), Optional: true}}},
	}
	r := conditions(ch.If, ch.Lines)
	asked, err := v.askedFields(e, r, (*programme.Phrase).Lasts)
	if err != nil {
		return "", f, err
	}
	f.Groups = append(f.Groups, asked...)
	f.Groups = append(f.Groups, group{Legend: v.l.T("rules.group.own"), Folded: true, Fields: v.ownFields(r, true, programme.LastingFields())})
	return v.l.T("rules.challenge"), f, nil
}

// milestoneLine is how many in a row, and what they give.
var milestoneLine = regexp.MustCompile(`^(\d{1,4})\s*[:：=]\s*(.+)$`)

// unitsLine is so many units, and which, where they are others than those of the form.
var unitsLine = regexp.MustCompile(`^(\d{1,7})(?:\s+([a-z0-9_]+))?$`)

// milestoneLines are the milestones as one types them: "4: 100", or "8: a reward's name".
func (e *edit) milestoneLines(ch *programme.Challenge, unit string) string {
	var b strings.Builder
	for i := range ch.Milestones {
		m := &ch.Milestones[i]
		b.WriteString(strconv.FormatInt(m.At, 10) + ": ")
		switch {
		case m.Gives.Reward != "":
			b.WriteString(e.rewardCalled(m.Gives.Reward))
		case m.Gives.Unit == unit:
			b.WriteString(strconv.FormatInt(m.Gives.Units, 10))
		default:
			b.WriteString(strconv.FormatInt(m.Gives.Units, 10) + " " + m.Gives.Unit)
		}
		b.WriteString("\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// rewardCalled is the name of a reward, where it is found again by it.
func (e *edit) rewardCalled(key string) string {
	r := named(e.d.Rewards, key, rewardName)
	if r != nil && r.Name == strings.Join(strings.Fields(r.Name), " ") && !unitsLine.MatchString(r.Name) && e.rewardSaid(r.Name) == key {
		return r.Name
	}
	return key
}

// rewardSaid finds a reward by its name, or by the one that it has in the document; empty: there is none.
func (e *edit) rewardSaid(text string) string {
	for i := range e.d.Rewards {
		if r := &e.d.Rewards[i]; r.Name == text || r.Reward == text {
			return r.Reward
		}
	}
	return ""
}

func (v *visit) typedChallenge(e *edit) (err error) {
	ch := v.shownChallenge(e)
	if ch.Name, err = v.typedName(200); err != nil {
		return err
	}
	for _, read := range []func(*edit, *programme.Challenge) error{v.typedTarget, v.typedWindow, v.typedPrizes} {
		if err := read(e, &ch); err != nil {
			return err
		}
	}
	r := conditions(ch.If, ch.Lines)
	if err := v.typedAsked(r, e.b.Digits()); err != nil {
		return err
	}
	ch.If, ch.Lines = r.If, r.Lines
	if there := e.challenge(); there != nil {
		*there = ch
		return nil
	}
	if ch.Challenge, err = programme.FreeName(e.tx, "challenge", "challenge"); err != nil {
		return err
	}
	e.d.Challenges = append(e.d.Challenges, ch)
	return nil
}

func (v *visit) typedTarget(e *edit, ch *programme.Challenge) (err error) {
	if ch.Count = v.typed("count"); !slices.Contains(programme.Counts(), ch.Count) {
		return required("count")
	}
	if ch.Count != countSpend {
		ch.Target, err = v.whole("target", 1, mostTarget)
		return err
	}
	ch.Target, err = v.typedMoney("target", e.b.Digits())
	return err
}

func (v *visit) typedWindow(_ *edit, ch *programme.Challenge) (err error) {
	if err := v.typedBetween(&ch.From, &ch.Until); err != nil {
		return err
	}
	if ch.From == "" {
		return required("from")
	}
	ch.Window, ch.Days, ch.InARow = v.typed("window"), 0, 0
	switch ch.Window {
	case programme.Rolling:
		var days int64
		days, err = v.whole("days_of", 1, mostRolling)
		ch.Days = int(days)
	case programme.Weekly, programme.Monthly:
		ch.InARow, err = v.whole("in_a_row", 0, mostInARow)
	case "":
	default:
		err = required("window")
	}
	if err == nil {
		ch.Times, err = v.whole("times", 0, mostUnits)
	}
	return err
}

// typedPrizes reads what it gives each time, and what so many in a row give.
func (v *visit) typedPrizes(e *edit, ch *programme.Challenge) error {
	units, key := strings.TrimSpace(v.typed("units")), v.typed("reward")
	ch.Gives, ch.Milestones = nil, nil
	switch {
	case units != "" && units != "0" && key != "":
		return fault.In("units", fault.Coded("one_prize", fault.Invalidf("a challenge gives units or a reward, one of the two")))
	case key != "":
		ch.Gives = &programme.Prize{Reward: key}
	case units != "" && units != "0":
		ch.Gives = &programme.Prize{}
		var err error
		if ch.Gives.Units, ch.Gives.Unit, err = v.typedUnits(e); err != nil {
			return err
		}
	}
	for line := range strings.Lines(strings.ReplaceAll(v.typed("milestones"), "\r\n", "\n")) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		m, ok := v.typedMilestone(e, line)
		if !ok {
			return fault.In("milestones", fault.Coded("milestone_line", fault.Invalidf("%.60q does not say how many in a row, and what they give", line)))
		}
		ch.Milestones = append(ch.Milestones, m)
	}
	slices.SortStableFunc(ch.Milestones, func(a, b programme.Milestone) int { return cmp.Compare(a.At, b.At) })
	for i := range ch.Milestones {
		if i > 0 && ch.Milestones[i].At == ch.Milestones[i-1].At {
			return fault.In("milestones", fault.Coded("milestone_twice", fault.Invalidf("%d in a row stand there twice", ch.Milestones[i].At)))
		}
	}
	if len(ch.Milestones) > 0 && ch.Window != programme.Weekly && ch.Window != programme.Monthly {
		return fault.In("milestones", fault.Coded("milestone_window", fault.Invalidf("only weeks or months are in a row")))
	}
	if ch.Gives == nil && len(ch.Milestones) == 0 {
		return required("units")
	}
	return nil
}

func (v *visit) typedMilestone(e *edit, line string) (m programme.Milestone, ok bool) {
	parts := milestoneLine.FindStringSubmatch(line)
	if parts == nil {
		return m, false
	}
	at, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil || at < 1 || at > mostInARow {
		return m, false
	}
	m.At = at
	what := strings.TrimSpace(parts[2])
	if u := unitsLine.FindStringSubmatch(what); u != nil {
		n, err := strconv.ParseInt(u[1], 10, 64)
		m.Gives = programme.Prize{Unit: cmp.Or(u[2], v.typed("unit")), Units: n}
		v.needs(e, m.Gives.Unit)
		return m, err == nil && n > 0 && n <= mostUnits && named(e.d.Units, m.Gives.Unit, unitName) != nil
	}
	m.Gives.Reward = e.rewardSaid(strings.Join(strings.Fields(what), " "))
	return m, m.Gives.Reward != ""
}

func (v *visit) accessForm(e *edit) (title string, f form, err error) {
	a := programme.Access{}
	if there := e.access(); there != nil {
		a = *there
	}
	ticks := func(name string, all []choice, chosen []string) field {
		one := field{Name: name, Label: v.l.T("rules.access." + name), Type: ticksType, Optional: true, Open: true}
		for _, c := range all {
			c.Chosen = slices.Contains(chosen, c.Value)
			one.Choices = append(one.Choices, c)
		}
		return one
	}
	var who []field
	for _, of := range []struct {
		name   string
		all    []choice
		chosen []string
	}{{"tiers", e.tierChoices(), a.Tiers}, {"rewards", e.early(), a.Rewards}, {"segments", v.segmentChoices(), a.Segments}} {
		if len(of.all) > 0 {
			who = append(who, ticks(of.name, of.all, of.chosen))
		}
	}
	r := conditions(a.If, "")
	asked, err := v.askedFields(e, r, func(p *programme.Phrase) bool {
		return !p.Order && p.Kind != programme.PhraseTier && p.Kind != programme.PhraseSegment
	})
	if err != nil {
		return "", f, err
	}
	f.Groups = append([]group{
		{Fields: []field{{Name: "name", Label: v.l.T("rules.name"), Help: v.l.T("rules.name.help"), Value: a.Name, Most: 200},
			{Name: "from", Label: v.l.T("rules.from"), Type: "date", Value: a.From, Optional: true}, {Name: "until", Label: v.l.T("rules.until"), Type: "date", Value: a.Until, Optional: true}}},
		{Legend: v.l.T("rules.access.who"), Fields: who},
	}, asked...)
	own := v.ownFields(r, false, programme.CustomerFields())
	own[0].Label = v.l.T("rules.access.own", "CEL")
	f.Groups = append(f.Groups, group{Legend: v.l.T("rules.group.own"), Folded: true, Fields: own})
	return v.l.T("rules.access"), f, nil
}

// early are the rewards with which one comes in before others.
func (e *edit) early() (all []choice) {
	for _, r := range e.d.Rewards {
		if r.Kind == reward.EarlyAccess {
			all = append(all, choice{Value: r.Reward, Name: r.Name})
		}
	}
	return all
}

func (v *visit) typedAccess(e *edit) (err error) {
	a := programme.Access{}
	there := e.access()
	if there != nil {
		a = *there
	}
	if a.Name, err = v.typedName(200); err != nil {
		return err
	}
	if err := v.typedBetween(&a.From, &a.Until); err != nil {
		return err
	}
	values := func(all []choice) (values []string) {
		for _, c := range all {
			values = append(values, c.Value)
		}
		return values
	}
	a.Tiers, a.Segments, a.Rewards = v.tickedOf("tiers", values(e.tierChoices()), a.Tiers), v.tickedOf("segments", metric.Segments(), a.Segments), v.tickedOf("rewards", values(e.early()), a.Rewards)
	r := conditions(a.If, "")
	if err := v.typedAsked(r, e.b.Digits()); err != nil {
		return err
	}
	if a.If = r.If; there != nil {
		*there = a
		return nil
	}
	if a.Access, err = programme.FreeName(e.tx, "access", "early"); err != nil {
		return err
	}
	e.d.Access = append(e.d.Access, a)
	return nil
}
