// Package starter proposes a first programme: from what kind of business it is and what it wants to reach, and from what an
// order usually comes to, a document that its owner then changes as they like.
//
// What always holds: what it proposes is without a finding of the linter, gives back no more than was asked for but for what
// serves the goal, and has no more rules than one remembers.
package starter

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"regulars/internal/act/points"
	"regulars/internal/act/programme"
	"regulars/internal/act/reward"
	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
)

// Kind is a kind of business.
type Kind string

// The kinds.
const (
	Cafe         Kind = "cafe"
	Clothes      Kind = "clothes"
	Online       Kind = "online"
	Subscription Kind = "subscription"
)

// Kinds lists them.
func Kinds() []Kind { return []Kind{Cafe, Clothes, Online, Subscription} }

// Goal is what the programme is to bring.
type Goal string

// The goals.
const (
	Visits    Goal = "visits"
	Baskets   Goal = "baskets"
	Newcomers Goal = "newcomers"
	WinBack   Goal = "win_back"
)

// Goals lists them.
func Goals() []Goal { return []Goal{Visits, Baskets, Newcomers, WinBack} }

// Measure is the one that tells whether the goal is reached.
func (g Goal) Measure() string {
	return map[Goal]string{Visits: "purchase_frequency", Baskets: "average_order_value", Newcomers: "new_customers", WinBack: "reactivated_customers"}[g]
}

// Choices are what an owner decides.
type Choices struct {
	Name string
	Kind Kind
	Goal Goal
	// Back is how much of what is paid comes back as points, in percent.
	Back   float64
	Months int    // for which points are good; 0: for ever
	Off    int64  // what the reward takes off, in minor units
	Card   int64  // of so many pieces one is free; 0: none
	Of     string // a category, or a product by its reference
	Called string // what that is called; empty: as it is
	// Second and Third are what must be spent in twelve months for the second and the third tier, in minor units; 0: no tiers.
	Second, Third int64
	Birthday      int64 // points
	Anniversary   int64 // points, on the day of joining
	Extra         int64 // points for what serves the goal
	Basket        int64 // minor units, where that is larger baskets
	Away          int   // days, where that is winning back
	Least         int64 // minor units of which a friend's order counts, where that is new customers
	Month         int64 // visits in a calendar month that give as much again, where that is visits; 0: none do
	// From is the day on which a challenge begins to count, such as 2026-12-01.
	From string
}

// coin is the amount that points are counted by: one of the currency, or a hundred where it has no smaller coin.
func coin(digits int) int64 {
	const hundred = 100
	if digits == 0 {
		return hundred
	}
	return int64(math.Pow10(digits))
}

// Usual is what an order of such a business is taken to come to while nobody knows, in minor units.
func (k Kind) Usual(digits int) int64 {
	return map[Kind]int64{Cafe: 8, Clothes: 60, Online: 50, Subscription: 20}[k] * coin(digits)
}

// wait is for how many days an order may still come back: what is given for a friend waits for them.
func (k Kind) wait() int {
	const cafe, shop = 3, 14
	if k == Cafe {
		return cafe
	}
	return shop
}

// Begins is the first day of a challenge that is made on a day: a month of which a week is gone would be lost before it began.
func Begins(today time.Time) string {
	const week = 7
	if today.Day() > week {
		today = time.Date(today.Year(), today.Month()+1, 1, 0, 0, 0, 0, today.Location())
	}
	return today.Format(time.DateOnly)
}

// Suggest proposes choices for a business whose orders usually come to so much; 0: nobody knows.
func Suggest(kind Kind, goal Goal, averageMinor int64, digits int) Choices {
	if averageMinor <= 0 {
		averageMinor = kind.Usual(digits)
	}
	c := Choices{Kind: kind, Goal: goal, Back: 5, Months: 12, Off: round(averageMinor / 2), Second: round(10 * averageMinor), Third: round(30 * averageMinor), Away: 60,
		Basket: round(averageMinor * 5 / 4), Least: round(averageMinor)}
	switch kind {
	case Cafe:
		c.Back, c.Card, c.Months = 2, 10, 6
	case Clothes:
		c.Away, c.Second, c.Third = 120, round(4*averageMinor), round(10*averageMinor)
	case Online:
		c.Back = 3
	case Subscription:
		c.Back, c.Second, c.Third = 2, round(6*averageMinor), round(12*averageMinor)
	}
	if c.Third <= c.Second {
		c.Third = 2 * c.Second
	}
	// What comes often is worth little of an order, what comes seldom a good part of it.
	part := func(share float64) int64 {
		return min(near(max(int64(math.Round(float64(averageMinor)*share/c.worth(digits))), 1)), mostUnits)
	}
	c.Extra = part(map[Goal]float64{Visits: 0.02, Baskets: 0.05}[goal] + map[Goal]float64{Newcomers: 0.2, WinBack: 0.2}[goal])
	c.Birthday, c.Anniversary = part(0.2), part(0.2)
	if goal == Visits {
		c.Month = map[Kind]int64{Cafe: 8, Clothes: 2, Online: 2, Subscription: 2}[kind]
	}
	return c
}

// worth is what a point is worth, in minor units.
func (c *Choices) worth(digits int) float64 { return max(c.Back, 0.1) / 100 * float64(coin(digits)) }

// round makes a number one that people remember: one, two or five, and noughts.
func round(n int64) int64 {
	best := int64(1)
	for base := int64(1); base <= n; base *= 10 {
		for _, m := range []int64{1, 2, 5} {
			if base*m <= n+n/5 {
				best = base * m
			}
		}
	}
	return best
}

// near makes a number a plain one close to it: 103 is 100, 77 is 75.
func near(n int64) int64 {
	step := int64(1)
	for n/step >= 100 {
		step *= 10
	}
	if n >= 10 {
		step *= 5
	}
	return (n + step/2) / step * step
}

// Bounds of what can be chosen.
const (
	mostBack   = 50
	mostMonths = 120
	mostCard   = 100
	mostUnits  = 100_000
	mostAway   = 3650
	mostMonth  = 28
	mostName   = 200
	mostGoods  = 100 // they stand in the name of a rule
	mostMinor  = 1_000_000_000_000
)

// Check refuses choices that make no sense, each by its name.
func (c *Choices) Check() error {
	within := func(field string, n, least, most int64) error {
		if n < least || n > most {
			return fault.In(field, fault.Coded("out_of_range", fault.Invalidf("it is %d to %d, not %d", least, most, n)))
		}
		return nil
	}
	if strings.TrimSpace(c.Name) == "" {
		return fault.In("name", fault.Coded("required", fault.Invalidf("the programme needs a name")))
	}
	for _, one := range []struct {
		field, text string
		most        int
	}{{"name", c.Name, mostName}, {"of", c.Of, mostGoods}} {
		if n := utf8.RuneCountInString(one.text); n > one.most {
			return fault.In(one.field, fault.Coded("too_long", fault.Invalidf("it has %d signs; %d are the most", n, one.most)))
		}
	}
	if math.IsNaN(c.Back) || c.Back <= 0 || c.Back > mostBack {
		return fault.In("back", fault.Coded("out_of_range", fault.Invalidf("what comes back is above 0 and %d %% at most", mostBack)))
	}
	for _, one := range []struct {
		field          string
		n, least, most int64
	}{{"months", int64(c.Months), 0, mostMonths}, {"card", c.Card, 0, mostCard}, {"birthday", c.Birthday, 0, mostUnits}, {"anniversary", c.Anniversary, 0, mostUnits}, {"extra", c.Extra, 1, mostUnits},
		{"away", int64(c.Away), 1, mostAway}, {"month", c.Month, 0, mostMonth}, {"basket", c.Basket, 1, mostMinor}, {"least", c.Least, 0, mostMinor}, {"second", c.Second, 0, mostMinor}, {"third", c.Third, 0, mostMinor}, {"off", c.Off, 1, mostMinor}} {
		if err := within(one.field, one.n, one.least, one.most); err != nil {
			return err
		}
	}
	switch {
	case c.Card == 1:
		return within("card", 1, 2, mostCard)
	case c.Month == 1:
		return within("month", 1, 2, mostMonth)
	case c.Card > 0 && strings.TrimSpace(c.Of) == "":
		return fault.In("of", fault.Coded("required", fault.Invalidf("say what the card is for")))
	case c.Second > 0 && c.Third > 0 && c.Third <= c.Second:
		return fault.In("third", fault.Coded("tier_order", fault.Invalidf("the third tier begins above the second")))
	}
	return nil
}

// Document writes the programme; people read the names in the language, and members who read another one in theirs.
func (c *Choices) Document(l *locale.Locale, currency string, digits int) (*programme.Document, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	d, err := c.document(l, currency, digits)
	if err != nil {
		return nil, err
	}
	texts := d.Texts()
	for _, tag := range locale.Tags() {
		other, err := locale.Get(tag)
		if err != nil {
			return nil, fmt.Errorf("name a proposed programme: %w", err)
		}
		same, err := c.document(other, currency, digits)
		if err != nil {
			return nil, err
		}
		theirs := same.Texts()
		if tag == l.Tag() || len(theirs) != len(texts) { // two names that are one in a language leave it untranslated
			continue
		}
		as := map[string]string{}
		for i, text := range texts {
			as[text] = theirs[i]
		}
		d.Translate(tag, as)
	}
	return d, nil
}

// document is the programme in one language.
func (c *Choices) document(l *locale.Locale, currency string, digits int) (*programme.Document, error) {
	const unit = "points"
	t := func(key string, args ...any) string { return l.T("starter."+key, args...) }
	fixed := func(n int64) programme.Effect { return programme.Effect{Fixed: &programme.Fixed{Unit: unit, Units: n}} }
	price := max(int64(math.Round(float64(c.Off)/c.worth(digits))), 1)
	off := l.Money(c.Off, currency)
	d := &programme.Document{
		Name:  strings.TrimSpace(c.Name),
		Units: []programme.Unit{{Unit: unit, AllowsDebt: true}},
		Rules: []programme.Rule{{Rule: "rate", Name: t("rate"), Effect: programme.Effect{Rate: &programme.Rate{Unit: unit, Units: 1, Minor: coin(digits)}}}},
		Rewards: []reward.Reward{{Reward: "off", Name: t("reward.off", off), Kind: reward.Discount, Unit: unit, Price: price, GoodDays: 90,
			Terms: json.RawMessage(fmt.Sprintf(`{"amount_minor":%d}`, c.Off)), Coding: reward.Coding{Kind: reward.Unique}}},
	}
	if c.Months > 0 {
		d.Units[0].Expiry = points.Expiry{Kind: points.After, N: c.Months, Every: points.Months}
	}
	if c.Card > 0 {
		of := strings.TrimSpace(c.Of)
		goods := programme.Asked{Filled: map[string][]string{"category": {of}, "product": {of}, "paid": {"yes"}}}
		lines, err := goods.Write(true)
		if err != nil {
			return nil, err
		}
		d.Rules = append(d.Rules, programme.Rule{Rule: "card", Name: t("card", l.Integer(c.Card), cmp.Or(c.Called, of)), Lines: lines, Effect: programme.Effect{Card: &programme.Card{Every: c.Card}}})
	}
	d.Rules = append(d.Rules, c.serve(t, l, currency, digits, fixed)...)
	if c.Month > 0 && c.Goal == Visits {
		d.Challenges = []programme.Challenge{{Challenge: "month", Name: t("month", l.Integer(c.Month)), Count: "visits", Target: c.Month, Window: programme.Monthly, From: c.From,
			Gives: &programme.Prize{Unit: unit, Units: min(c.Extra*c.Month, mostUnits)}}}
	}
	if c.Goal == Newcomers {
		d.Referral = &programme.Referral{MinimumMinor: c.Least, WaitDays: c.Kind.wait()}
	}
	if c.Birthday > 0 {
		d.Rules = append(d.Rules, programme.Rule{Rule: "birthday", Name: t("birthday"), On: "birthday", Effect: fixed(c.Birthday)})
	}
	if c.Anniversary > 0 {
		d.Rules = append(d.Rules, programme.Rule{Rule: "anniversary", Name: t("anniversary"), On: programme.OnAnniversary, Effect: fixed(c.Anniversary)})
	}
	d.Rules = append(d.Rules, programme.Rule{Rule: "thanks", Name: t("thanks"), On: "answer", Limit: &programme.Limit{Times: 1, Period: reward.PerMonth}, Effect: fixed(near(max(c.Extra/2, 1)))})
	if c.Second > 0 {
		d.Tiers = &programme.Tiers{By: "spend", Window: "months", Months: 12, GraceDays: 30, Levels: []programme.Level{
			{Tier: "first", Name: t("tier.first")}, {Tier: "second", Name: t("tier.second"), From: c.Second, Factor: 1.5},
		}}
		if c.Third > 0 {
			d.Tiers.Levels = append(d.Tiers.Levels, programme.Level{Tier: "third", Name: t("tier.third"), From: c.Third, Factor: 2})
		}
	}
	if c.Kind == Online {
		d.Rewards = append(d.Rewards, reward.Reward{Reward: "delivery", Name: t("reward.delivery"), Kind: reward.FreeDelivery, Unit: unit, Price: max(price/2, 1), GoodDays: 90,
			Coding: reward.Coding{Kind: reward.Unique}})
	}
	return d, nil
}

// serve is the rules for the goal.
func (c *Choices) serve(t func(string, ...any) string, l *locale.Locale, currency string, digits int, fixed func(int64) programme.Effect) []programme.Rule {
	switch c.Goal {
	case Baskets:
		return []programme.Rule{{Rule: "basket", Name: t("basket", l.Money(c.Basket, currency)), If: fmt.Sprintf("order.amount >= %.*f", max(digits, 1), float64(c.Basket)/math.Pow10(digits)), Effect: fixed(c.Extra)}}
	case Newcomers:
		return []programme.Rule{
			{Rule: "welcome", Name: t("welcome"), On: "sign_up", Effect: fixed(c.Extra)},
			{Rule: "friend", Name: t("friend"), On: "referral", Limit: &programme.Limit{Times: 5, Period: reward.PerMonth}, Effect: fixed(c.Extra)},
			{Rule: "came", Name: t("came"), On: "referred", Effect: fixed(c.Extra)},
		}
	case WinBack:
		return []programme.Rule{{Rule: "back", Name: t("back"), If: fmt.Sprintf("customer.days_away >= %d", c.Away), Limit: &programme.Limit{Times: 1, Period: reward.PerMonth}, Effect: fixed(c.Extra)}}
	}
	return []programme.Rule{{Rule: "visit", Name: t("visit"), Limit: &programme.Limit{Times: 1, Period: reward.PerDay}, Effect: fixed(c.Extra)}}
}
