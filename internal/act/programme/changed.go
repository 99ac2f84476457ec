package programme

import (
	"strings"

	"regulars/internal/base/locale"
)

// Changed is a piece of a programme that says something else than before, in words.
type Changed struct {
	Name          string
	Before, After string // empty: there was none, or is none any more
}

// spoken is a piece of a programme in a sentence, by what it is and its key.
type spoken struct{ key, name, says string }

// spoken says all pieces of a programme, in their order.
func (c *Compiled) spoken(l *locale.Locale, currency string, digits int) (all []spoken) {
	t := c.Terms(l, currency, digits)
	d := c.Document
	say := func(key string, term *Term, off bool) {
		var parts []string
		if term.Gives != "" {
			parts = append(parts, term.Gives)
		}
		text := strings.Join(append(parts, term.When...), ", ")
		if off {
			text = l.T("terms.off", text)
		}
		all = append(all, spoken{key, term.Name, text})
	}
	all = append(all, spoken{"about", d.Name, strings.Join(append(append([]string{}, t.Intro...), t.Friends...), " ")})
	for i := range t.Rules {
		say("rule "+c.rules[i].Rule.Rule, &t.Rules[i], false)
	}
	for i := range t.Off {
		say("rule "+c.off[i].Rule.Rule, &t.Off[i], true)
	}
	for i := range t.Challenges {
		say("challenge "+c.challenges[i].Challenge.Challenge, &t.Challenges[i], false)
	}
	for i := range t.Access {
		say("access "+c.access[i].Access.Access, &t.Access[i], false)
	}
	for i := range t.Tiers {
		say("tier "+d.Tiers.Levels[i].Tier, &t.Tiers[i], false)
	}
	for i := range t.Rewards {
		say("reward "+d.Rewards[i].Reward, &t.Rewards[i], false)
	}
	for i := range t.Units {
		say("unit "+d.Units[i].Unit, &t.Units[i], false)
	}
	return all
}

// Changes says in words what of a programme is new, another or gone beside what was before: first what is there, in its order, then
// what is gone. What no words tell, such as which of two rules comes first, is not among it; Diff has it.
func (c *Compiled) Changes(before *Compiled, l *locale.Locale, currency string, digits int) (all []Changed) {
	was := map[string]spoken{}
	old := before.spoken(l, currency, digits)
	for _, s := range old {
		was[s.key] = s
	}
	there := map[string]bool{}
	for _, s := range c.spoken(l, currency, digits) {
		there[s.key] = true
		b, known := was[s.key]
		switch {
		case !known:
			all = append(all, Changed{Name: s.name, After: orName(s)})
		case b.name != s.name:
			all = append(all, Changed{Name: s.name, Before: l.T("programme.line", b.name, b.says), After: l.T("programme.line", s.name, s.says)})
		case b.says != s.says:
			all = append(all, Changed{Name: s.name, Before: orName(b), After: orName(s)})
		}
	}
	for _, s := range old {
		if !there[s.key] {
			all = append(all, Changed{Name: s.name, Before: orName(s)})
		}
	}
	return all
}

// orName is the sentence of a piece; its name where there is nothing to say.
func orName(s spoken) string {
	if s.says == "" {
		return s.name
	}
	return s.says
}
