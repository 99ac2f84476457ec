package replay

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"regulars/internal/act/programme"
	"regulars/internal/act/reward"
)

// quoted finds the tiers that a condition speaks of.
var tierNamed = regexp.MustCompile(`customer\.tier\s*(?:==|!=)\s*["']([^"']*)["']`)

func (l *linter) rules(today string) {
	if l.d.Referral != nil && !slices.ContainsFunc(l.d.Rules, func(r programme.Rule) bool { return r.On == "referral" || r.On == "referred" }) {
		l.found(Warning, "referral_empty", "referral")
	}
	for i := range l.d.Rules {
		r, where := &l.d.Rules[i], at("rules", i)
		switch {
		case r.Until != "" && r.From != "" && r.Until < r.From:
			l.found(Mistake, "rule_never", where, r.Name)
			continue
		case r.Until != "" && r.Until < today:
			l.found(Warning, "rule_over", where, r.Name, r.Until)
		}
		for j := range l.d.Rules {
			o := &l.d.Rules[j]
			if i == j {
				continue
			}
			switch {
			case r.Group != "" && r.Group == o.Group && covers(o, r) && (o.Priority > r.Priority || o.Priority == r.Priority && j < i):
				l.found(Mistake, "rule_shadowed", where, r.Name, o.Name)
			case i > j && r.Group == "" && o.Group == "" && covers(o, r) && covers(r, o) && sameEffect(&o.Effect, &r.Effect):
				l.found(Warning, "rule_twice", where, r.Name, o.Name)
			}
		}
		for _, m := range tierNamed.FindAllStringSubmatch(r.If+" "+r.Lines, -1) {
			if m[1] != "" && (l.d.Tiers == nil || !slices.ContainsFunc(l.d.Tiers.Levels, func(t programme.Level) bool { return t.Tier == m[1] })) {
				l.found(Mistake, "tier_unknown", where, r.Name, m[1])
			}
		}
		if l.d.Referral == nil && (r.On == "referral" || r.On == "referred") {
			l.found(Mistake, "rule_no_referral", where, r.Name)
		}
		l.endless(r, where)
		l.dead(r, where)
		l.earnsOnFree(r, where)
	}
}

// challenges looks for those that nobody can do, or nobody did.
func (l *linter) challenges(today string) {
	for i := range l.d.Challenges {
		c, where := &l.d.Challenges[i], at("challenges", i)
		switch {
		case c.Never():
			l.found(Mistake, "challenge_never", where, c.Name)
			continue
		case c.Until != "" && c.Until < today:
			l.found(Warning, "challenge_over", where, c.Name, c.Until)
			continue
		case c.From < today && l.newChallenge(c.Challenge):
			l.found(Advice, "challenge_past", where, c.Name, c.From)
		}
		if l.rehearsed() && i < len(l.past.Draft.Challenges) && l.past.Draft.Challenges[i].Customers == 0 {
			l.found(Warning, "challenge_unreached", where, c.Name, l.past.Customers)
		}
	}
	for i := range l.d.Access {
		if a := &l.d.Access[i]; a.Until != "" && a.Until < today {
			l.found(Warning, "access_over", at("access", i), a.Name, a.Until)
		}
	}
}

// newChallenge tells whether the programme in force has no such challenge, as far as that is known.
func (l *linter) newChallenge(name string) bool {
	return l.past != nil && (l.past.Present == nil || !slices.ContainsFunc(l.past.Present.Challenges, func(c Challenge) bool { return c.Challenge == name }))
}

// endless are rules that anybody can use as often as they like.
func (l *linter) endless(r *programme.Rule, where string) {
	once := r.On == "sign_up" || r.On == "referred" || slices.Contains(programme.Occasions(), r.On)
	narrow := programme.NarrowOf(r.If)
	if r.Limit != nil || r.Budget > 0 || once {
		return
	}
	each := r.Effect.Fixed != nil || r.Effect.Gift != nil || r.Effect.Discount != nil && r.Effect.Discount.AmountMinor > 0
	switch {
	case r.On == "referral" && narrow.Friends == 0 && r.Effect.Fixed != nil:
		l.found(Warning, "friend_endless", where, r.Name, amount{r.Effect.Fixed.Unit, r.Effect.Fixed.Units}, "customer.friends < 12")
	case r.On == "referral":
	case r.On != "" && r.On != programme.OnOrder:
		if r.Effect.Fixed != nil {
			l.found(Warning, "action_endless", where, r.Name)
		}
	case each && narrow.Amount == "" && narrow.Orders == 0:
		// Ten orders of a cent give ten times what one of ten cents does.
		l.found(Warning, "order_endless", where, r.Name)
	}
}

// amount is so many of a unit, which texts show with the name of the unit.
type amount struct {
	unit  string
	units int64
}

// dead are rules that gave nothing in all of the past, though they could have.
func (l *linter) dead(r *programme.Rule, where string) {
	if !l.rehearsed() || r.On != "" && r.On != programme.OnOrder || r.From != "" && r.From > l.past.Last || r.Until != "" && r.Until < l.past.First {
		return
	}
	if i := slices.IndexFunc(l.past.Draft.Rules, func(p Rule) bool { return p.Rule == r.Rule }); i >= 0 && l.past.Draft.Rules[i].Orders == 0 {
		l.found(Warning, "rule_unused", where, r.Name, l.past.Orders)
	}
}

// earnsOnFree are rules that give for what was itself had for nothing.
func (l *linter) earnsOnFree(r *programme.Rule, where string) {
	free := func(k reward.Kind) bool { return k == reward.Product || k == reward.Gift }
	pieces := r.Effect.Each != nil || r.Effect.Card != nil
	for i := range l.d.Rewards {
		if pieces && free(l.d.Rewards[i].Kind) && !strings.Contains(r.Lines, "line.amount") {
			l.found(Warning, "free_earns", where, r.Name, l.d.Rewards[i].Name, "line.amount > 0.0")
			break
		}
	}
	if slices.Contains(r.Include, "paid_with_units") {
		l.found(Warning, "units_earn", where, r.Name)
	}
}

// covers tells whether a rule applies wherever the other does, and as long.
func covers(wide, narrow *programme.Rule) bool {
	on := func(r *programme.Rule) string {
		return cmp.Or(r.On, programme.OnOrder) + strings.Join(slices.Sorted(slices.Values(r.Holidays)), " ")
	}
	same := func(a, b string) bool {
		return strings.TrimSpace(a) == "" || strings.TrimSpace(a) == strings.TrimSpace(b)
	}
	return on(wide) == on(narrow) && wide.Limit == nil && wide.Budget == 0 && same(wide.If, narrow.If) && same(wide.Lines, narrow.Lines) && same(wide.Hours, narrow.Hours) &&
		(wide.From == "" || narrow.From != "" && wide.From <= narrow.From) && (wide.Until == "" || narrow.Until != "" && wide.Until >= narrow.Until) &&
		(len(wide.Days) == 0 || len(narrow.Days) > 0 && !slices.ContainsFunc(narrow.Days, func(d string) bool { return !slices.Contains(wide.Days, d) }))
}

func sameEffect(a, b *programme.Effect) bool {
	switch {
	case a.Rate != nil && b.Rate != nil:
		return *a.Rate == *b.Rate
	case a.Fixed != nil && b.Fixed != nil:
		return *a.Fixed == *b.Fixed
	case a.Each != nil && b.Each != nil:
		return *a.Each == *b.Each
	case a.Discount != nil && b.Discount != nil:
		return a.Discount.Percent == b.Discount.Percent && a.Discount.AmountMinor == b.Discount.AmountMinor && len(a.Discount.Steps)+len(b.Discount.Steps) == 0
	}
	return false
}

// discounts adds up what may come off one order.
func (l *linter) discounts() {
	sum, groups, names := 0.0, map[string]float64{}, []string{}
	for i := range l.d.Rules {
		r := &l.d.Rules[i]
		d := r.Effect.Discount
		if d == nil {
			continue
		}
		most := d.Percent
		for _, s := range d.Steps {
			most = max(most, s.Percent)
		}
		if most == 0 {
			continue
		}
		names = append(names, r.Name)
		if r.Group == "" {
			sum += most
			continue
		}
		groups[r.Group] = max(groups[r.Group], most)
	}
	for _, most := range groups {
		sum += most
	}
	top := 0.0
	for i := range l.d.Rewards {
		if p := l.d.Rewards[i].PercentOff(); p > top {
			top = p
			names = append(names, l.d.Rewards[i].Name)
		}
	}
	if sum += top; len(names) > 1 && sum > mostStacked {
		l.found(Mistake, "stacked", "rules", strings.Join(names, ", "), share(sum/mostStacked))
	}
}
