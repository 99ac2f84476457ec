package programme

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"regulars/internal/act/draw"
	"regulars/internal/act/points"
	"regulars/internal/act/reward"
	"regulars/internal/base/locale"
)

// Terms are what a programme promises, in words for those who take part.
type Terms struct {
	Intro      []string
	Rules      []Term
	Off        []Term // rules that are switched off: nothing of it is promised
	Challenges []Term
	Access     []Term
	Tiers      []Term
	Rewards    []Term
	Units      []Term   // how they expire
	Friends    []string // when one who was brought counts
}

// Term is one promise: its name, what it gives, and when. CEL is what of it had no words, or all of it for who asks.
type Term struct {
	Name, Gives string
	When        []string
	CEL         []string
}

// Terms writes the terms of a programme.
func (c *Compiled) Terms(l *locale.Locale, currency string, digits int) Terms {
	return c.terms(l, currency, digits, nil)
}

// terms does, and called is what a prize draw is called.
func (c *Compiled) terms(l *locale.Locale, currency string, digits int, called func(key string) string) Terms {
	w := &writer{c: c, l: l, currency: currency, digits: digits}
	d := c.Document
	t := Terms{}
	if d.MembersOnly {
		t.Intro = append(t.Intro, l.T("terms.members_only"))
	}
	if day, err := time.Parse(time.DateOnly, d.Starts); err == nil {
		t.Intro = append(t.Intro, l.T("terms.starts", l.Date(day)))
	}
	if r := d.Referral; r != nil && r.MinimumMinor > 0 {
		t.Friends = append(t.Friends, l.T("terms.referral", w.money(r.MinimumMinor)))
	}
	if r := d.Referral; r != nil && r.WaitDays > 0 {
		t.Friends = append(t.Friends, l.P("terms.referral.wait", int64(r.WaitDays)))
	}
	for _, r := range c.rules {
		t.Rules = append(t.Rules, w.rule(r))
	}
	for _, r := range c.off {
		t.Off = append(t.Off, w.rule(r))
	}
	for _, ch := range c.challenges {
		t.Challenges = append(t.Challenges, w.challenge(ch))
	}
	for _, a := range c.access {
		t.Access = append(t.Access, w.access(a))
	}
	if d.Tiers != nil {
		t.Tiers = w.tiers(d.Tiers)
	}
	rewards := &RewardWords{Words: draw.Words{Locale: l, Zone: c.zone, Currency: currency}, Called: called}
	for i := range d.Rewards {
		term := rewards.Term(&d.Rewards[i])
		term.Name = c.In(l, term.Name)
		t.Rewards = append(t.Rewards, term)
	}
	for i := range d.Units {
		u := &d.Units[i]
		term := Term{Name: points.UnitName(w.l, u.Unit)}
		if text := w.expiry(&u.Expiry); text != "" {
			term.When = append(term.When, text)
		}
		if u.Pending.Days > 0 {
			term.When = append(term.When, l.P("terms.pending", int64(u.Pending.Days)))
		}
		t.Units = append(t.Units, term)
	}
	return t
}

// Promises writes what of a programme those who take part may count on, for pages that anybody reads: nothing that is switched off or
// over, nothing for customers of one segment, who need not know how they are seen, and no condition as it is written.
// called is what a prize draw is called.
func (c *Compiled) Promises(l *locale.Locale, currency string, digits int, today string, called func(key string) string) Terms {
	w := &writer{c: c, l: l, currency: currency, digits: digits, public: true, called: called}
	t := c.terms(l, currency, digits, called)
	t.Off, t.Rules, t.Challenges, t.Access = nil, nil, nil, nil
	over := func(until string) bool { return until != "" && until < today }
	for _, r := range c.rules {
		if !over(r.Rule.Until) && !r.condition.ofSegment() && !r.lines.ofSegment() {
			t.Rules = append(t.Rules, w.rule(r))
		}
	}
	for _, ch := range c.challenges {
		if !over(ch.Until) {
			t.Challenges = append(t.Challenges, w.challenge(ch))
		}
	}
	for _, a := range c.access {
		if !over(a.Until) && len(a.Segments) == 0 && !a.condition.ofSegment() {
			t.Access = append(t.Access, w.access(a))
		}
	}
	return t
}

func (c *condition) ofSegment() bool { return c != nil && c.segment }

// RewardWords tell what a reward is.
type RewardWords struct {
	draw.Words

	Called func(key string) string // what a prize draw is called; nil: by its key
}

// For says for what a reward is, and for which orders, or when and where: empty for what is for anything at any time.
func (w *RewardWords) For(r *reward.Reward) string {
	var all []string
	if goods := r.Only(); len(goods) > 0 {
		all = append(all, w.T("terms.reward.goods", listed(goods)))
	}
	if least := r.MinimumMinor(); least > 0 {
		all = append(all, w.T("terms.reward.minimum", w.Money(least, w.Currency)))
	}
	if e, err := r.Event(); err == nil && !e.Begins.IsZero() {
		all = append(all, w.Moment(e.Begins), e.Place)
	}
	if t, err := r.Window(); err == nil && !t.Until.IsZero() {
		all = append(all, t.What, w.T("rewards.between", w.Moment(t.From), w.Moment(t.Until)))
	}
	if key, n, err := r.Entries(); err == nil && n > 0 {
		if w.Called != nil {
			key = w.Called(key)
		}
		all = append(all, w.P("terms.gives.entries", n, key))
	}
	return strings.Join(slices.DeleteFunc(all, func(text string) bool { return text == "" }), ", ")
}

// Price is what a reward costs.
func (w *RewardWords) Price(r *reward.Reward) string {
	if r.Price > 0 {
		return points.Amount(w.Locale, r.Unit, r.Price)
	}
	return w.T("terms.reward.free")
}

// Term is what a reward costs, for what and for which orders it is, how long it is good and how often one may have it.
func (w *RewardWords) Term(r *reward.Reward) Term {
	term := Term{Name: r.Name, Gives: w.Price(r)}
	if of := w.For(r); of != "" {
		term.When = append(term.When, of)
	}
	if r.GoodDays > 0 && !r.Kind.Dated() {
		term.When = append(term.When, w.P("terms.reward.good", int64(r.GoodDays)))
	}
	if r.PerCustomer > 0 {
		term.When = append(term.When, (&writer{l: w.Locale}).often(r.PerCustomer, string(r.Period)))
	}
	return term
}

// writer writes terms in a language.
type writer struct {
	c        *Compiled
	l        *locale.Locale
	currency string
	digits   int
	public   bool                    // for who is not to read conditions as they are written
	called   func(key string) string // what a prize draw is called; nil: by its key
	// favourite is what the reader buys most of; empty: nobody knows.
	favourite string
}

func (w *writer) money(minor int64) string { return w.l.Money(minor, w.currency) }

func (w *writer) major(text string) string {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text
	}
	return w.money(int64(math.Round(v * math.Pow10(w.digits))))
}

func (w *writer) rule(r *rule) Term {
	l := w.l
	t := Term{Name: w.c.In(l, r.Rule.Name), Gives: w.gives(&r.Rule.Effect)}
	switch r.on {
	case OnOrder:
	case OnHoliday:
		var names []string
		for _, key := range r.Rule.Holidays {
			names = append(names, w.c.calendar.Name(l, key))
		}
		t.When = append(t.When, l.T("terms.on.holiday", strings.Join(names, ", ")))
	default:
		t.When = append(t.When, l.T("terms.on."+r.on))
	}
	w.conditions(&t, r.condition, r.lines)
	if len(r.Rule.Days) > 0 {
		t.When = append(t.When, l.T("terms.days", dayNames(l, r.Rule.Days)))
	}
	if r.Rule.Hours != "" {
		t.When = append(t.When, l.T("terms.hours", strings.ReplaceAll(r.Rule.Hours, "-", "–")))
	}
	w.between(&t, r.Rule.From, r.Rule.Until)
	if lim := r.Rule.Limit; lim != nil {
		if lim.Times > 0 {
			t.When = append(t.When, w.often(lim.Times, string(lim.Period)))
		}
		if lim.Units > 0 {
			t.When = append(t.When, l.T("terms.most."+orEver(string(lim.Period)), l.Integer(lim.Units), points.UnitName(w.l, r.unit)))
		}
	}
	if r.Rule.Budget > 0 {
		t.When = append(t.When, l.T("terms.budget", points.Amount(l, r.unit, r.Rule.Budget)))
	}
	if r.Rule.Group != "" && slices.ContainsFunc(w.c.rules, func(o *rule) bool { return o.Rule.Rule != r.Rule.Rule && o.Rule.Group == r.Rule.Group }) {
		t.When = append(t.When, l.T("terms.group"))
	}
	return t
}

// conditions adds what conditions say, in words and as they are written.
func (w *writer) conditions(t *Term, all ...*condition) {
	for _, c := range all {
		if c == nil {
			continue
		}
		for _, p := range c.parts {
			if !w.public {
				t.CEL = append(t.CEL, p.text)
			}
			if text := w.condition(p.text); text != "" && !slices.Contains(t.When, text) {
				t.When = append(t.When, text)
			}
		}
	}
}

// between adds the days on which something is in force.
func (w *writer) between(t *Term, from, until string) {
	for _, end := range [2][2]string{{"terms.from", from}, {"terms.until", until}} {
		if day, err := time.Parse(time.DateOnly, end[1]); err == nil {
			t.When = append(t.When, w.l.T(end[0], w.l.Date(day)))
		}
	}
}

func orEver(period string) string {
	if period == "" {
		return "ever"
	}
	return period
}

func (w *writer) often(times int64, period string) string {
	if times == 1 {
		return w.l.T("terms.once." + orEver(period))
	}
	return w.l.P("terms.often."+orEver(period), times)
}

// dayNames are days of the week in words; what is none stays, such as hours.
func dayNames(l *locale.Locale, all []string) string {
	var names []string
	for _, d := range all {
		if slices.Contains(weekdays, d) {
			d = l.T("terms.day." + d)
		}
		names = append(names, d)
	}
	return strings.Join(names, ", ")
}

// factor is a factor with as many decimals as it needs, two at most.
func (w *writer) factor(v float64) string {
	const ten, hundred = 10, 100
	switch {
	case v == math.Trunc(v):
		return w.l.Number(v, 0)
	case v*ten == math.Trunc(v*ten):
		return w.l.Number(v, 1)
	}
	return w.l.Number(math.Round(v*hundred)/hundred, 2)
}

// gives is what an effect gives.
func (w *writer) gives(e *Effect) string {
	l := w.l
	switch {
	case e.Rate != nil:
		return l.T("terms.gives.rate", points.Amount(l, e.Rate.Unit, e.Rate.Units), w.money(e.Rate.Minor))
	case e.Fixed != nil:
		return points.Amount(l, e.Fixed.Unit, e.Fixed.Units)
	case e.Each != nil:
		return l.T("terms.gives.each", points.Amount(l, e.Each.Unit, e.Each.Units))
	case e.Times != nil:
		return l.T("terms.gives.times", points.UnitName(w.l, e.Times.Unit), w.factor(e.Times.Factor))
	case e.Card != nil && e.Card.Unit != "":
		return l.T("terms.gives.card_units", l.Integer(e.Card.Every), points.Amount(l, e.Card.Unit, e.Card.Units))
	case e.Card != nil && e.Card.Free == freeAfter:
		return l.T("terms.gives.card_after", l.Integer(e.Card.Every))
	case e.Card != nil:
		return l.T("terms.gives.card", l.Integer(e.Card.Every))
	case e.Discount != nil && len(e.Discount.Steps) > 0:
		var steps []string
		for _, s := range e.Discount.Steps {
			steps = append(steps, l.T("terms.gives.step", l.Percent(s.Percent, 0), w.money(s.SpendMinor)))
		}
		return strings.Join(steps, "; ")
	case e.Discount != nil && e.Discount.Percent > 0:
		return l.T("terms.gives.off", l.Percent(e.Discount.Percent, 0))
	case e.Discount != nil:
		return l.T("terms.gives.off", w.money(e.Discount.AmountMinor))
	case e.Entries != nil:
		called := e.Entries.Draw
		if w.called != nil {
			called = w.called(called)
		}
		return l.P("terms.gives.entries", e.Entries.Entries, called)
	case e.Gift != nil:
		return l.T("terms.gives.gift", strings.TrimSpace(w.c.In(l, e.Gift.Text)+" "+e.Gift.Product))
	}
	return l.T("terms.gives.free_delivery")
}

// quoted is a text as conditions have it.
const quoted = `"(?:[^"\\]|\\.)*"`

// phrase is what a condition is like; § stands for a text.
func phrase(like string) *regexp.Regexp {
	return regexp.MustCompile(strings.ReplaceAll(like, "§", quoted))
}

var quotedTexts = regexp.MustCompile(quoted)

// loose are what is said in the words of a phrase although it is not quite that.
var loose = []struct {
	like *regexp.Regexp
	as   string
}{
	{regexp.MustCompile(`^order\.amount > (\d+(?:\.\d+)?(?:e\+\d+)?)$`), "order.amount >= $1"},
	{regexp.MustCompile(`^customer\.member_days < (\d+)$`), "customer.member_days <= $1"},
	{regexp.MustCompile(`^customer\.favourite_category == line\.category$`), "line.category == customer.favourite_category"},
	{regexp.MustCompile(`^customer\.favourite_category != line\.category$`), "line.category != customer.favourite_category"},
	{regexp.MustCompile(`^(".*") == customer\.favourite_category$`), "customer.favourite_category == $1"},
}

// worded are conditions that have words, and that no form asks for: thanks for loyalty.
var worded = []struct {
	like *regexp.Regexp
	key  string
}{
	{regexp.MustCompile(`^customer\.member_days >= (\d+)$`), "terms.when.member_days"},
	{regexp.MustCompile(`^customer\.member_years >= (\d+)$`), "terms.when.member_years"},
	{regexp.MustCompile(`^customer\.member_years == (\d+)$`), "terms.when.member_year"},
	{regexp.MustCompile(`^customer\.member_years % (\d+) == 0$`), "terms.when.every_years"},
	{regexp.MustCompile(`^line\.category != customer\.favourite_category$`), "terms.when.favourite_not"},
	{regexp.MustCompile(`^customer\.favourite_category in order\.categories$`), "terms.when.favourite_in"},
	{regexp.MustCompile(`^\(customer\.orders \+ 1\) % (\d+) == 0$`), "terms.when.every_orders"},
}

var weekdayPhrase = regexp.MustCompile(`^time\.weekday == "([a-z]{3})"$`)

// condition is a part of a condition in words; as it is written where there are none.
func (w *writer) condition(text string) string {
	if m := weekdayPhrase.FindStringSubmatch(text); m != nil {
		return w.l.T("terms.days", dayNames(w.l, m[1:]))
	}
	for _, o := range loose {
		text = o.like.ReplaceAllString(text, o.as)
	}
	for _, o := range worded {
		if m := o.like.FindStringSubmatch(text); m != nil {
			if len(m) < 2 {
				return w.l.T(o.key)
			}
			return w.l.T(o.key, m[1])
		}
	}
	said := asks(text)
	if goods := slices.Concat(said["category"], said["product"]); len(goods) > 0 {
		return w.l.T("terms.when.goods", listed(goods))
	}
	for name, filled := range said {
		switch p := phraseOf(name); {
		case name == "paid":
			return "" // it goes without saying
		case name == "favourite" && w.favourite != "":
			return w.l.T("terms.when.favourite_is", w.favourite)
		case p.Kind == PhraseFlag:
			return w.l.T("terms.when." + name)
		case p.Kind == PhraseWhole:
			if n, err := strconv.ParseInt(filled[0], 10, 64); err == nil {
				return w.l.P("terms.when."+name, n)
			}
			return w.l.T("terms.when.written", text)
		default:
			return w.l.T("terms.when."+name, w.filled(p, filled))
		}
	}
	if w.public {
		return w.l.T("terms.when.more")
	}
	return w.l.T("terms.when.written", text)
}

// filled is what is filled into a phrase, as people read it.
func (w *writer) filled(p *Phrase, filled []string) string {
	var names []string
	for _, one := range filled {
		switch p.Kind {
		case PhraseAmount:
			one = w.major(one)
		case PhraseSegment:
			one = w.l.T("segment." + one + ".name")
		case PhraseTier:
			if t := w.c.Document.Tiers; t != nil && t.place(one) >= 0 {
				one = w.c.In(w.l, t.Levels[t.place(one)].Name)
			}
		}
		names = append(names, one)
	}
	return listed(names)
}

// unquoted is a text without its marks; what is none stays.
func unquoted(text string) string {
	if said, err := strconv.Unquote(text); err == nil {
		return said
	}
	return text
}

// listed is names, each once whatever its capitals.
func listed(all []string) string {
	var names []string
	for _, name := range all {
		if !slices.ContainsFunc(names, func(o string) bool { return strings.EqualFold(o, name) }) {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

func (w *writer) tiers(t *Tiers) (all []Term) {
	l := w.l
	for i := range t.Levels {
		level := &t.Levels[i]
		term := Term{Name: w.c.In(l, level.Name)}
		switch {
		case level.Invitation:
			term.Gives = l.T("terms.tier.invitation")
		case level.From == 0:
			term.Gives = l.T("terms.tier.start")
		case t.By == "spend":
			term.Gives = l.T("terms.tier.from", w.money(level.From), w.window(t))
		default:
			what := l.T("terms.tier." + t.By)
			if t.By == "units" {
				what = points.UnitName(l, t.Unit)
			}
			term.Gives = l.T("terms.tier.from", l.T("terms.tier.count", l.Integer(level.From), what), w.window(t))
		}
		if level.Factor > 0 && level.Factor != 1 {
			term.When = append(term.When, l.T("terms.tier.factor", w.factor(level.Factor)))
		}
		if level.Gift != nil {
			term.When = append(term.When, l.T("terms.tier.gift", points.Amount(l, level.Gift.Unit, level.Gift.Units)))
		}
		all = append(all, term)
	}
	return all
}

func (w *writer) window(t *Tiers) string {
	if t.Window == "months" {
		return w.l.P("terms.window.months", int64(t.Months))
	}
	return w.l.T("terms.window." + t.Window)
}

func (w *writer) expiry(e *points.Expiry) string {
	switch e.Kind {
	case points.After:
		return w.l.P("terms.expiry.after."+string(e.Every), int64(e.N))
	case points.Idle:
		return w.l.P("terms.expiry.idle."+string(e.Every), int64(e.N))
	case points.Fixed:
		return w.l.T("terms.expiry.fixed", strings.Join(e.Dates, ", "))
	}
	return ""
}

// OccasionTerm is a rule on an occasion in words, and the holidays that it is for.
type OccasionTerm struct {
	Term

	On       string
	Holidays []string
}

// OnOccasions are the rules on occasions.
func (c *Compiled) OnOccasions(l *locale.Locale, currency string, digits int) (all []OccasionTerm) {
	w := &writer{c: c, l: l, currency: currency, digits: digits}
	for _, r := range c.rules {
		if slices.Contains(Occasions(), r.on) {
			all = append(all, OccasionTerm{w.rule(r), r.on, r.Rule.Holidays})
		}
	}
	return all
}
