package replay

import (
	"cmp"
	"fmt"
	"math"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"regulars/internal/act/points"
	"regulars/internal/act/programme"
	"regulars/internal/act/reward"
	"regulars/internal/base/locale"
)

// Severity is how bad a finding is.
type Severity string

// The severities.
const (
	Mistake Severity = "mistake" // it cannot be meant
	Warning Severity = "warning" // it loses money, or nobody gets anything
	Advice  Severity = "advice"  // programmes that do so do worse
)

// Finding is something about a programme that its owner should look at.
type Finding struct {
	Code     string   `json:"code"`
	Severity Severity `json:"severity"`
	// Where is the place in the document, such as rules[2]; empty: the whole of it.
	Where string `json:"where,omitempty"`
	// Words say it, in the language that was asked for.
	Words string `json:"words"`

	args []any
}

// Lint is what was found, the worst first, and what the programme may come to.
type Lint struct {
	Findings []Finding `json:"findings"`
	Worst    Worst     `json:"worst_case"`
}

// Say puts the findings, and how the most was reckoned, into words; currency is that of the business.
func (l *Lint) Say(in *locale.Locale, currency string) {
	for i := range l.Findings {
		f := &l.Findings[i]
		args := slices.Clone(f.args)
		for j, arg := range args {
			switch a := arg.(type) {
			case share:
				args[j] = in.Percent(100*float64(a), 1)
			case int64:
				args[j] = in.Integer(a)
			case amount:
				args[j] = points.Amount(in, a.unit, a.units)
			}
		}
		f.Words = in.T("lint."+f.Code, args...)
	}
	l.Worst.say(in, currency)
}

// Bounds that findings go by; the sources of the advice are what studies of programmes agree on rather than laws.
const (
	mostRules       = 12
	longestReading  = 55.0 // LIX, of long and difficult text
	leastBack       = 0.01 // of what is paid
	mostStacked     = 100.0
	longestToReward = 180  // days
	leastReach      = 0.05 // of customers
	enoughOrders    = 100  // for the past to say something
)

// linter gathers findings about a document; past is nil where it was not rehearsed.
type linter struct {
	d     *programme.Document
	past  *Result
	o     *Options
	worth map[string]float64  // of a unit, in minor units
	exact map[string]*big.Rat // the same
	times map[string]*big.Rat // the most that multipliers make of what rates and pieces give of a unit
	top   *big.Rat            // the most that a tier makes of what rates give
	out   Lint
}

// Check looks a programme over, and with what a rehearsal gave at what it does, where there is one. Today tells which rules are
// over.
func Check(d *programme.Document, past *Result, o *Options, today time.Time) Lint {
	l := &linter{d: d, past: past, o: o, exact: map[string]*big.Rat{}, times: map[string]*big.Rat{}, top: big.NewRat(1, 1)}
	l.out.Findings, l.out.Worst = []Finding{}, newWorst()
	l.value()
	l.rules(today.Format(time.DateOnly))
	l.unsold()
	l.challenges(today.Format(time.DateOnly))
	l.discounts()
	l.tiers()
	l.rewards()
	l.most(today)
	l.money()
	l.weak()
	slices.SortStableFunc(l.out.Findings, func(a, b Finding) int {
		return slices.Index([]Severity{Mistake, Warning, Advice}, a.Severity) - slices.Index([]Severity{Mistake, Warning, Advice}, b.Severity)
	})
	return l.out
}

func (l *linter) found(s Severity, code, where string, args ...any) {
	l.out.Findings = append(l.out.Findings, Finding{Code: code, Severity: s, Where: where, args: args})
}

// rehearsed tells whether there is enough of a past to go by.
func (l *linter) rehearsed() bool { return l.past != nil && l.past.Orders >= enoughOrders }

// value works out what units are worth: as was said, or else by the reward that gives most for one; and by how much tiers and
// multipliers make more of what rates give. Of the multipliers of a group one applies.
func (l *linter) value() {
	l.worth = l.d.Worth()
	for i := range l.d.Rewards {
		r := &l.d.Rewards[i]
		if minor, known := r.WorthMinor(); known && r.Price > 0 {
			if worth := big.NewRat(minor, r.Price); l.exact[r.Unit] == nil || l.exact[r.Unit].Cmp(worth) < 0 {
				l.exact[r.Unit] = worth
			}
		}
	}
	for unit, minor := range l.o.ValueMinor {
		l.worth[unit], l.exact[unit] = minor, decimal(minor)
	}
	if l.d.Tiers != nil {
		for _, level := range l.d.Tiers.Levels {
			if factor := decimal(level.Factor); factor.Cmp(l.top) > 0 {
				l.top = factor
			}
		}
	}
	groups := map[[2]string]float64{}
	for i := range l.d.Rules {
		r := &l.d.Rules[i]
		t := r.Effect.Times
		if t == nil {
			continue
		}
		group := [2]string{t.Unit, r.Group}
		if r.Group == "" {
			group[1] = "\x00" + r.Rule
		}
		groups[group] = max(groups[group], t.Factor)
	}
	for group, factor := range groups {
		if factor > 1 {
			l.times[group[0]] = new(big.Rat).Mul(decimal(factor), l.timesOf(group[0]))
		}
	}
}

func (l *linter) timesOf(unit string) *big.Rat { return cmp.Or(l.times[unit], big.NewRat(1, 1)) }

func at(what string, i int) string { return fmt.Sprintf("%s[%d]", what, i) }

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

// share is a part of one, which texts show in percent.
type share float64

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

// money looks at how much goes back of what is paid.
func (l *linter) money() {
	back := l.out.Worst.ShareOfRevenue
	stacked := slices.ContainsFunc(l.out.Findings, func(f Finding) bool { return f.Code == "stacked" }) // says it already
	switch {
	case back >= 1 && !stacked:
		l.found(Mistake, "earns_above_price", "rules", share(back))
	case l.o.Margin > 0 && back > l.o.Margin && !stacked:
		l.found(Warning, "earns_above_margin", "rules", share(back), share(l.o.Margin))
	}
	if !l.rehearsed() {
		return
	}
	d := &l.past.Draft
	if d.AbovePrice > 0 {
		l.found(Warning, "orders_above_price", "", d.AbovePrice, l.past.Orders)
	}
	if d.BelowCost > 0 {
		l.found(Warning, "orders_below_cost", "", d.BelowCost, l.past.Orders)
	}
	if l.o.Margin > 0 && d.CostShare > l.o.Margin {
		l.found(Warning, "costs_above_margin", "", share(d.CostShare), share(l.o.Margin))
	}
}

// weak are the five mistakes of programmes that do not work: terms that nobody understands, too little, nothing for the one who
// is meant, no answer to what people say, and other terms for the same customer elsewhere.
func (l *linter) weak() {
	if n := len(l.d.Rules); n > mostRules {
		l.found(Advice, "many_rules", "rules", int64(n), int64(mostRules))
	}
	if reads := lix(l.terms()); reads > longestReading {
		l.found(Advice, "hard_to_read", "", int64(math.Round(reads)), int64(longestReading))
	}
	if back, known := l.returned(); known && back < leastBack {
		l.found(Advice, "too_small", "rewards", share(back), share(leastBack))
	}
	personal := len(l.d.Challenges) > 0 || l.d.Tiers != nil || slices.ContainsFunc(l.d.Rules, func(r programme.Rule) bool {
		return r.On == programme.OnBirthday || r.On == programme.OnAnniversary || r.On == "sign_up" || strings.Contains(r.If+r.Lines, "customer.")
	})
	if !personal && len(l.d.Rules) > 0 {
		l.found(Advice, "nothing_personal", "rules")
	}
	if !slices.ContainsFunc(l.d.Rules, func(r programme.Rule) bool { return r.On == "answer" || r.On == "review" }) {
		l.found(Advice, "no_answer", "rules")
	}
	for i := range l.d.Rules {
		if r := &l.d.Rules[i]; strings.Contains(r.If, "order.store") || strings.Contains(r.If, "order.channel") {
			l.found(Advice, "uneven", at("rules", i), r.Name)
		}
	}
}

// returned is what rates give back without tiers and multipliers, of what is paid; unknown where no unit has a worth, or where
// something else than rates gives it.
func (l *linter) returned() (back float64, known bool) {
	for i := range l.d.Rules {
		r := &l.d.Rules[i]
		if r.Effect.Discount != nil || r.Effect.Card != nil || r.Effect.Each != nil {
			return 0, false
		}
		if rate := r.Effect.Rate; rate != nil && l.worth[rate.Unit] > 0 {
			back, known = back+float64(rate.Units)/float64(rate.Minor)*l.worth[rate.Unit], true
		}
	}
	return back, known
}

// terms are the words of a programme that customers read.
func (l *linter) terms() string {
	var all []string
	for i := range l.d.Rules {
		all = append(all, l.d.Rules[i].Name)
	}
	for i := range l.d.Rewards {
		all = append(all, l.d.Rewards[i].Name, l.d.Rewards[i].Description)
	}
	return strings.Join(slices.DeleteFunc(all, func(s string) bool { return strings.TrimSpace(s) == "" }), ". ")
}

// lix is the readability index of Björnsson (1968): words to a sentence, and the percentage of words of more than six letters. It
// holds for any language that puts spaces between words; of few words it says nothing.
func lix(text string) float64 {
	const few, long = 40, 6
	words, lengthy, sentences := 0, 0, 0
	for _, w := range strings.Fields(text) {
		letters := strings.TrimFunc(w, func(r rune) bool { return !unicode.IsLetter(r) })
		if letters == "" {
			continue
		}
		words++
		if utf8.RuneCountInString(letters) > long {
			lengthy++
		}
		if strings.ContainsAny(w[len(w)-1:], ".:!?") {
			sentences++
		}
	}
	if words < few {
		return 0
	}
	const hundred = 100
	return float64(words)/float64(max(sentences, 1)) + hundred*float64(lengthy)/float64(words)
}
