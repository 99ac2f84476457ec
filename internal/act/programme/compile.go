package programme

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"regulars/internal/act/points"
	"regulars/internal/act/reward"
	"regulars/internal/base/fault"
)

// Compile checks a document and makes it ready to be applied.
func Compile(d *Document, version int64, zone *time.Location) (*Compiled, error) {
	c := &Compiled{Document: d, Version: version, zone: zone}
	if n := utf8.RuneCountInString(strings.TrimSpace(d.Name)); n == 0 || n > 200 {
		return nil, fault.In("name", fault.Invalidf("a programme has a name of 1 to 200 signs"))
	}
	if err := day("starts", d.Starts); err != nil {
		return nil, err
	}
	if err := d.checkTranslations(); err != nil {
		return nil, err
	}
	var units []string
	for i := range d.Units {
		u := d.Units[i].unit()
		if err := u.Check(); err != nil {
			return nil, fault.In(fmt.Sprintf("units[%d]", i), err)
		}
		if slices.Contains(units, u.Code) {
			return nil, fault.In(fmt.Sprintf("units[%d]", i), fault.Invalidf("the unit %s is there twice", u.Code))
		}
		units = append(units, u.Code)
	}
	names := map[string]bool{} // of rules and challenges
	if err := c.compileRules(units, names); err != nil {
		return nil, err
	}
	if err := c.compileChallenges(units, names); err != nil {
		return nil, err
	}
	if err := c.compileTiers(units); err != nil {
		return nil, fault.In("tiers", err)
	}
	if err := d.Referral.check(); err != nil {
		return nil, fault.In("referral", err)
	}
	rewards := map[string]bool{}
	for i := range d.Rewards {
		r := &d.Rewards[i]
		err := r.Check()
		switch {
		case err == nil && rewards[r.Reward]:
			err = fault.In("reward", fault.Invalidf("the reward %s is there twice", r.Reward))
		case err == nil && r.Unit != "" && !slices.Contains(units, r.Unit):
			err = fault.In("unit", fault.Invalidf("the programme has no unit %s", r.Unit))
		}
		if err != nil {
			return nil, fault.In(fmt.Sprintf("rewards[%d]", i), err)
		}
		rewards[r.Reward] = true
	}
	if err := c.compileAccess(); err != nil {
		return nil, err
	}
	return c, nil
}

// compileRules makes the rules ready, those that are switched off too: they can be switched on as they are.
func (c *Compiled) compileRules(units []string, seen map[string]bool) error {
	for _, list := range []struct {
		name  string
		rules []Rule
		to    *[]*rule
	}{{"rules", c.Document.Rules, &c.rules}, {"off", c.Document.Off, &c.off}} {
		for i := range list.rules {
			r, err := compileRule(&list.rules[i], units)
			if err == nil && seen[r.Rule.Rule] {
				err = fault.In("rule", fault.Invalidf("the rule %s is there twice", r.Rule.Rule))
			}
			if err != nil {
				return fault.In(fmt.Sprintf("%s[%d]", list.name, i), err)
			}
			seen[r.Rule.Rule] = true
			*list.to = append(*list.to, r)
		}
	}
	for _, r := range c.rules {
		c.needsPast, c.needsSegment, c.needsFavourite = c.needsPast || r.needsPast, c.needsSegment || r.needsSegment, c.needsFavourite || r.needsFavourite
	}
	return nil
}

func day(field, text string) error {
	if text == "" {
		return nil
	}
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		return fault.In(field, fault.Invalidf("%q is no day such as 2026-12-01", text))
	}
	return nil
}

// names that the owner gives.
func checkName(field, name string) error {
	if name == "" || len(name) > 60 || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") != "" {
		return fault.In(field, fault.Invalidf("%q must be written in small Latin letters, digits, _ and -, 60 at most", name))
	}
	return nil
}

var never = points.Never

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

func compileRule(r *Rule, units []string) (*rule, error) {
	if err := checkName("rule", r.Rule); err != nil {
		return nil, err
	}
	if n := utf8.RuneCountInString(strings.TrimSpace(r.Name)); n == 0 || n > 200 {
		return nil, fault.In("name", fault.Invalidf("rule %s needs a name of 1 to 200 signs, as people see it", r.Rule))
	}
	c := &rule{Rule: r, on: r.On}
	if c.on == "" {
		c.on = OnOrder
	}
	if c.on != OnOrder && !slices.Contains(Actions(), c.on) {
		return nil, fault.In("on", fault.Invalidf("%q is nothing that a rule looks at; use order, or one of %s", r.On, strings.Join(Actions(), ", ")))
	}
	for _, check := range []func() error{
		func() error { return day("from", r.From) }, func() error { return day("until", r.Until) },
		c.checkHolidays, c.compileHours, c.checkLimits, func() error { return c.compileEffect(units) }, c.compileConditions,
	} {
		if err := check(); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// checkHolidays looks at how holidays are named; whether there are such is for the calendar to say.
func (c *rule) checkHolidays() error {
	named := c.Rule.Holidays
	switch {
	case c.on == OnHoliday && len(named) == 0:
		return fault.In("holidays", fault.Coded("required", fault.Invalidf("rule %s looks at holidays; say which, such as [\"easter\"]", c.Rule.Rule)))
	case c.on != OnHoliday && len(named) > 0:
		return fault.In("holidays", fault.Invalidf("rule %s does not look at holidays; with \"on\": \"holiday\" it does", c.Rule.Rule))
	}
	for i, key := range named {
		if err := checkName(fmt.Sprintf("holidays[%d]", i), key); err != nil {
			return err
		}
		if slices.Contains(named[:i], key) {
			return fault.In(fmt.Sprintf("holidays[%d]", i), fault.Invalidf("the holiday %s is there twice", key))
		}
	}
	return nil
}

func (c *rule) checkLimits() error {
	for i, d := range c.Rule.Days {
		if !slices.Contains(weekdays, d) {
			return fault.In(fmt.Sprintf("days[%d]", i), fault.Invalidf("%q is no day; use %s", d, strings.Join(weekdays, ", ")))
		}
	}
	for i, w := range c.Rule.Include {
		if !slices.Contains([]string{"tax", "shipping", "paid_with_units"}, w) {
			return fault.In(fmt.Sprintf("include[%d]", i), fault.Invalidf("%q is nothing that is left out; use tax, shipping or paid_with_units", w))
		}
	}
	if l := c.Rule.Limit; l != nil {
		if l.Times < 0 || l.Units < 0 || l.Times == 0 && l.Units == 0 {
			return fault.In("limit", fault.Invalidf("a limit has times, units, or both, above 0"))
		}
		e := &c.Rule.Effect
		if l.Units > 0 && e.Rate == nil && e.Fixed == nil && e.Each == nil && (e.Card == nil || e.Card.Unit == "") {
			return fault.In("limit.units", fault.Invalidf("rule %s gives no units that could be limited; use times", c.Rule.Rule))
		}
		if !slices.Contains([]reward.Period{reward.Ever, reward.PerDay, reward.PerWeek, reward.PerMonth, reward.PerYear}, l.Period) {
			return fault.In("limit", fault.Invalidf("%q is no period; use day, week, month or year, or leave it out", l.Period))
		}
	}
	if c.Rule.Budget < 0 {
		return fault.In("budget", fault.Invalidf("a budget is units above 0; leave it out for none"))
	}
	return nil
}

func (c *rule) compileHours() (err error) {
	if c.Rule.Hours == "" {
		return nil
	}
	from, until, ok := strings.Cut(c.Rule.Hours, "-")
	a, errA := time.Parse("15:04", from)
	b, errB := time.Parse("15:04", until)
	if !ok || errA != nil || errB != nil || !a.Before(b) {
		return fault.In("hours", fault.Invalidf("%q are no hours such as 07:00-10:30", c.Rule.Hours))
	}
	const minutes = 60
	c.opens, c.closes = a.Hour()*minutes+a.Minute(), b.Hour()*minutes+b.Minute()
	return nil
}

const mostUnits = 1_000_000

func (c *rule) compileEffect(units []string) error {
	e := &c.Rule.Effect
	n := 0
	for _, there := range []bool{e.Rate != nil, e.Fixed != nil, e.Each != nil, e.Times != nil, e.Card != nil, e.Discount != nil, e.Gift != nil, e.FreeDelivery != nil, e.Entries != nil} {
		if there {
			n++
		}
	}
	if n != 1 {
		return fault.In("effect", fault.Invalidf("rule %s gives exactly one of rate, fixed, each, times, card, discount, gift, free_delivery and entries", c.Rule.Rule))
	}
	if c.on != OnOrder && e.Fixed == nil && e.Entries == nil {
		return fault.In("effect", fault.Invalidf("for %s a rule gives a fixed number of units, or entries", c.on))
	}
	var amount int64 = 1
	switch {
	case e.Entries != nil:
		if err := checkName("effect.entries.draw", e.Entries.Draw); err != nil {
			return err
		}
		if e.Entries.Entries < 1 || e.Entries.Entries > mostUnits {
			return fault.In("effect.entries", fault.Invalidf("rule %s puts in 1 to %d entries, not %d", c.Rule.Rule, mostUnits, e.Entries.Entries))
		}
		return nil
	case e.Rate != nil:
		c.unit, amount = e.Rate.Unit, e.Rate.Units
		if e.Rate.Minor < 1 {
			return fault.In("effect.rate", fault.Invalidf("per_minor is how much money the units are for, above 0"))
		}
	case e.Fixed != nil:
		c.unit, amount = e.Fixed.Unit, e.Fixed.Units
	case e.Each != nil:
		c.unit, amount = e.Each.Unit, e.Each.Units
	case e.Times != nil:
		c.unit = e.Times.Unit
		if e.Times.Factor <= 0 || e.Times.Factor > 100 {
			return fault.In("effect.times", fault.Invalidf("a factor is above 0 and 100 at most"))
		}
	case e.Card != nil:
		if err := e.Card.check(c.on); err != nil || e.Card.Unit == "" {
			return fault.In("effect.card", err)
		}
		c.unit, amount = e.Card.Unit, e.Card.Units
	case e.Discount != nil:
		return fault.In("effect.discount", e.Discount.check())
	default:
		return nil
	}
	if !slices.Contains(units, c.unit) {
		return fault.In("effect", fault.Invalidf("rule %s gives %q, which is not among the units", c.Rule.Rule, c.unit))
	}
	if amount < 1 || amount > mostUnits {
		return fault.In("effect", fault.Invalidf("rule %s gives 1 to %d units, not %d", c.Rule.Rule, mostUnits, amount))
	}
	return nil
}

func (d *Discount) check() error {
	n := 0
	for _, there := range []bool{d.Percent != 0, d.AmountMinor != 0, len(d.Steps) > 0} {
		if there {
			n++
		}
	}
	if n != 1 || d.Percent < 0 || d.Percent > 100 || d.AmountMinor < 0 {
		return fault.Invalidf("a discount has one of percent, amount_minor and steps, above 0 and at most the price")
	}
	for i, s := range d.Steps {
		if s.Percent <= 0 || s.Percent > 100 || i > 0 && (s.SpendMinor <= d.Steps[i-1].SpendMinor || s.Percent <= d.Steps[i-1].Percent) {
			return fault.In(fmt.Sprintf("steps[%d]", i), fault.Invalidf("steps rise, in spend and in percent"))
		}
	}
	return nil
}
