package replay

import (
	"math"
	"slices"
	"strings"

	"regulars/internal/act/points"
	"regulars/internal/act/programme"
	"regulars/internal/act/reward"
)

func (l *linter) tiers() {
	t := l.d.Tiers
	if t == nil {
		return
	}
	if t.By == "units" && !l.given(t.Unit) {
		l.found(Mistake, "tier_unit", "tiers", t.Unit)
	}
	for i := range t.Levels {
		level := &t.Levels[i]
		where := "tiers." + at("levels", i)
		if l.rehearsed() && i > 0 && !level.Invitation && i < len(l.past.Draft.Tiers) && l.past.Draft.Tiers[i].Rose == 0 {
			l.found(Warning, "tier_unreached", where, level.Name, l.past.Customers)
		}
		spoken := func(r programme.Rule) bool { return strings.Contains(r.If+r.Lines, "customer.tier") }
		if i > 0 && level.Gift == nil && len(level.Expiry) == 0 && level.Factor == t.Levels[i-1].Factor && !slices.ContainsFunc(l.d.Rules, spoken) {
			l.found(Warning, "tier_empty", where, level.Name, t.Levels[i-1].Name)
		}
	}
}

// given tells whether a rule or a tier gives a unit at all.
func (l *linter) given(unit string) bool {
	for i := range l.d.Rules {
		e := &l.d.Rules[i].Effect
		if e.Rate != nil && e.Rate.Unit == unit || e.Fixed != nil && e.Fixed.Unit == unit || e.Each != nil && e.Each.Unit == unit || e.Card != nil && e.Card.Unit == unit {
			return true
		}
	}
	for i := range l.d.Challenges {
		c := &l.d.Challenges[i]
		if c.Gives != nil && c.Gives.Unit == unit || slices.ContainsFunc(c.Milestones, func(m programme.Milestone) bool { return m.Gives.Unit == unit }) {
			return true
		}
	}
	return l.d.Tiers != nil && slices.ContainsFunc(l.d.Tiers.Levels, func(t programme.Level) bool { return t.Gift != nil && t.Gift.Unit == unit })
}

func (l *linter) rewards() {
	for i := range l.d.Rewards {
		if r := &l.d.Rewards[i]; r.Price > 0 && !l.given(r.Unit) {
			l.found(Mistake, "reward_unit", at("rewards", i), r.Name, r.Unit)
		}
	}
	for i := range l.d.Units {
		u := &l.d.Units[i]
		priced := slices.ContainsFunc(l.d.Rewards, func(r reward.Reward) bool { return r.Unit == u.Unit && r.Price > 0 })
		counted := l.d.Tiers != nil && l.d.Tiers.By == "units" && l.d.Tiers.Unit == u.Unit
		if !priced && !counted && (u.Kind == "" || u.Kind == points.Spendable) && len(l.d.Rewards) > 0 && l.o.ValueMinor[u.Unit] == 0 {
			l.found(Advice, "unit_useless", at("units", i), u.Unit)
		}
	}
	if !l.rehearsed() {
		return
	}
	for _, f := range l.past.Draft.First {
		i := slices.IndexFunc(l.d.Rewards, func(r reward.Reward) bool { return r.Reward == f.Reward })
		where := at("rewards", i)
		if part := float64(f.Customers) / float64(l.past.Customers); part < leastReach {
			l.found(Warning, "reward_unreached", where, l.d.Rewards[i].Name, share(part))
		}
	}
	switch f := l.past.Draft.Any; {
	case f == nil:
	case f.MedianDays == nil:
		l.found(Advice, "reward_far", "rewards")
	case *f.MedianDays > longestToReward:
		l.found(Advice, "reward_late", "rewards", int64(math.Round(*f.MedianDays)))
	}
}
