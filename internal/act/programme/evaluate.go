package programme

import (
	"math"
	"math/big"
	"slices"
	"strings"
	"time"

	"regulars/internal/record/holiday"
)

// Compiled is a document that is ready to be applied.
type Compiled struct {
	Document *Document
	Version  int64
	// Published is from when on it is in force.
	Published time.Time

	zone       *time.Location
	calendar   holiday.Calendar // where a rule looks at one
	rules      []*rule
	off        []*rule // switched off
	challenges []*challenge
	access     []*access
	needsPast  bool
	// needsSegment says that some rule asks in which RFM segment the customer is.
	needsSegment bool
	// needsFavourite says that some rule asks what the customer buys most of.
	needsFavourite bool
}

type rule struct {
	Rule          *Rule
	on            string
	unit          string // of the units that it gives; empty: none
	opens, closes int    // minutes of the day; both 0: all day
	condition     *condition
	lines         *condition
	needsPast     bool
	needsSegment  bool

	needsFavourite bool
}

// Why says why a rule gave nothing, or less.
type Why string

// The reasons.
const (
	Fine         Why = ""
	NotInForce   Why = "not_in_force" // not on this day
	WrongHours   Why = "wrong_hours"  // not at this time of the day, or day of the week
	NotMember    Why = "not_member"
	Unmet        Why = "condition"
	NoLines      Why = "no_lines"   // nothing that counts was bought
	TooLittle    Why = "too_little" // what was bought is not enough for one unit
	LimitReached Why = "limit"
	BudgetSpent  Why = "budget"
	Beaten       Why = "beaten" // another of its group applies
	CardGoesOn   Why = "card"   // the card is not full yet
	TakenBack    Why = "taken_back"
	NoReward     Why = "no_reward"   // it cannot be had at the time
	DrawClosed   Why = "draw_closed" // it takes no entries for this now
)

// Result is what came of a rule.
type Result struct {
	Rule string `json:"rule"`
	Name string `json:"name"`
	Why  Why    `json:"why,omitempty"`
	// Detail is the condition that was not met, the rule that was better, or the hours.
	Detail string `json:"detail,omitempty"`
	Unit   string `json:"unit,omitempty"`
	Units  int64  `json:"units,omitempty"`
	// Trimmed is how many more it would have been without the budget, and Over without the limit of the customer.
	Trimmed   int64   `json:"trimmed,omitempty"`
	Over      int64   `json:"over,omitempty"`
	BaseMinor int64   `json:"base_minor,omitempty"`
	Factor    float64 `json:"factor,omitempty"`
	// Kept is how many of the units the customer has already: an earlier look took them back when they were spent.
	Kept int64 `json:"kept,omitempty"`
	// Of a card: pieces of this order, how far it has come by them, and how many of them are free.
	Pieces  int64 `json:"pieces,omitempty"`
	Counted int64 `json:"counted,omitempty"`
	Every   int64 `json:"every,omitempty"`
	Free    int64 `json:"free,omitempty"`
	// Promotions.
	DiscountMinor int64  `json:"discount_minor,omitempty"`
	Gift          string `json:"gift,omitempty"`
	FreeDelivery  bool   `json:"free_delivery,omitempty"`
	// Entries is how many entries stand in the prize draw.
	Entries int64  `json:"entries,omitempty"`
	Draw    string `json:"draw,omitempty"`
	// Reward is what a reward that was given is called, and Redemption the number of what the customer has of it.
	Reward     string `json:"reward,omitempty"`
	Redemption int64  `json:"redemption,omitempty"`
}

// Gave tells whether the rule gave something.
func (r *Result) Gave() bool {
	return r.Units > 0 || r.DiscountMinor > 0 || r.Free > 0 || r.Gift != "" || r.FreeDelivery || r.Entries > 0 || r.Redemption > 0 && r.Why == Fine || r.Factor > 0 && r.Why == Fine
}

// Allowance is what a rule may still give.
type Allowance struct {
	Uses  int64 // how often this customer may have it yet in the period
	Own   int64 // how many units this customer may have of it yet in the period
	Units int64 // how many units are left of the budget
	Shut  bool  // the prize draw takes no entries
}

// Free is an allowance without bounds.
func Free() Allowance { return Allowance{Uses: 1, Own: endless, Units: endless} }

const endless = math.MaxInt64

// Evaluate asks every rule that looks at the kind of thing. It is a function of what it is given and nothing else.
func (c *Compiled) Evaluate(on string, s *Sale, k *Known, digits int, allowance func(r *Rule) Allowance) []Result {
	results, _ := c.evaluate(on, s, k, digits, allowance)
	return results
}

// evaluate tells also what rules take off each line, as it is before anything was taken off.
func (c *Compiled) evaluate(on string, s *Sale, k *Known, digits int, allowance func(r *Rule) Allowance) (results []Result, off []int64) {
	var asked []*rule
	values := c.values(s, k, digits)
	full, before := s.full(), values
	if full != s {
		before = c.values(full, k, digits)
	}
	for _, r := range c.rules {
		if r.on != on || on == OnHoliday && !slices.Contains(r.Rule.Holidays, s.Holiday) {
			continue
		}
		asked = append(asked, r)
		if r.Rule.Effect.takesOff() {
			results = append(results, c.ask(r, full, k, before, on == OnOrder))
		} else {
			results = append(results, c.ask(r, s, k, values, on == OnOrder))
		}
	}
	may := make([]Allowance, len(asked))
	for i, r := range asked {
		if results[i].Why == Fine {
			may[i] = allowance(r.Rule)
		}
	}
	c.contest(asked, results, may)
	c.multiply(asked, results, k)
	for i := range asked {
		res, left := &results[i], &may[i]
		switch {
		case res.Why != Fine:
		case left.Shut:
			*res = Result{Rule: res.Rule, Name: res.Name, Why: DrawClosed, Detail: res.Draw}
		case left.Uses <= 0 || res.Units > 0 && left.Own <= 0:
			*res = Result{Rule: res.Rule, Name: res.Name, Why: LimitReached, BaseMinor: res.BaseMinor}
		case res.Units > min(left.Own, left.Units):
			if left.Own < left.Units {
				res.Over, res.Units = res.Units-left.Own, left.Own
				break
			}
			if res.Trimmed = res.Units - max(left.Units, 0); left.Units <= 0 {
				*res = Result{Rule: res.Rule, Name: res.Name, Why: BudgetSpent, Trimmed: res.Trimmed, BaseMinor: res.BaseMinor}
			} else {
				res.Units = left.Units
			}
		}
	}
	return results, c.takeOff(asked, results, full, before)
}

// major is an amount in units of the currency.
func major(minor int64, digits int) float64 {
	return float64(minor) / math.Pow10(digits)
}

func (c *Compiled) values(s *Sale, k *Known, digits int) map[string]any {
	at := time.UnixMicro(s.Placed.Local).UTC() // as the clock on the wall shows it
	var items float64
	products, categories := []string{}, []string{}
	for i := range s.Lines {
		l := &s.Lines[i]
		if l.Quantity <= 0 && l.AmountMinor <= 0 {
			continue // it all came back
		}
		items += l.Quantity
		products, categories = append(products, l.Product), append(categories, l.Category)
	}
	return map[string]any{
		"order.amount": major(s.amount(), digits), "order.discount": major(s.DiscountMinor, digits), "order.items": items, "order.store": s.Store,
		"order.channel": s.Channel, "order.attributes": some(s.Attributes), "order.products": products, "order.categories": categories,
		"time.hour": int64(at.Hour()), "time.weekday": weekdays[at.Weekday()], "time.day": at.Format(time.DateOnly),
		"time.month": int64(at.Month()), "customer.member_days": since(k.Joined, at), "customer.member_years": years(k.Joined, at), "customer.days_away": since(k.LastDay, at),
		"customer.tier": k.Tier, "customer.member": k.Member, "customer.orders": k.Orders, "customer.spend": major(k.SpendMinor, digits),
		"customer.first_order": k.Orders == 0, "customer.friends": k.Friends, segmentField: k.Segment, favouriteField: k.Favourite, "customer.attributes": some(k.Attributes), "digits": digits,
		"line.product": "", "line.category": "", "line.amount": 0.0, "line.quantity": 0.0, "line.attributes": nil, // there is room for them: a map that grows is made anew
	}
}

// since is how many days ago a day was; -1: it is none.
func since(day string, now time.Time) int64 {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return -1
	}
	const hours = 24
	return int64(now.Truncate(hours*time.Hour).Sub(t).Hours()) / hours
}

// years is how many whole years ago a day was, as anniversaries are kept: of 29 February on the 28th in the years between. -1: it
// is none.
func years(day string, now time.Time) int64 {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return -1
	}
	full := now.Year() - t.Year()
	if (holiday.Own{Month: int(t.Month()), Day: t.Day()}).In(now.Year()).After(now) {
		full--
	}
	return int64(full)
}

func some(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}

// ask asks one rule, without regard for others, limits and budgets.
func (c *Compiled) ask(r *rule, s *Sale, k *Known, values map[string]any, order bool) Result {
	res := Result{Rule: r.Rule.Rule, Name: r.Rule.Name}
	at := time.UnixMicro(s.Placed.Local).UTC()
	today := at.Format(time.DateOnly)
	const minutes = 60
	clock := at.Hour()*minutes + at.Minute()
	if all, _ := values["order.categories"].([]string); r.condition != nil && r.condition.favourite {
		values["order.categories"] = k.spelled(all)
		defer func() { values["order.categories"] = all }()
	}
	switch {
	case r.Rule.otherDay(today):
		res.Why, res.Detail = NotInForce, strings.Trim(r.Rule.From+" – "+r.Rule.Until, " ")
	case len(r.Rule.Days) > 0 && !slices.Contains(r.Rule.Days, weekdays[at.Weekday()]):
		res.Why, res.Detail = WrongHours, strings.Join(r.Rule.Days, ", ")
	case r.closes > 0 && (clock < r.opens || clock >= r.closes):
		res.Why, res.Detail = WrongHours, r.Rule.Hours
	case c.Document.MembersOnly && !k.Member:
		res.Why = NotMember
	case !r.condition.holds(values):
		res.Why, res.Detail = Unmet, r.condition.unmet(values)
	case order:
		c.measure(r, s, k, values, &res)
	case r.Rule.Effect.Entries != nil:
		res.Draw, res.Entries = r.Rule.Effect.Entries.Draw, r.Rule.Effect.Entries.Entries
	default:
		res.Unit, res.Units = r.unit, r.Rule.Effect.Fixed.Units
	}
	return res
}

// measure works out what a rule gives for an order.
func (c *Compiled) measure(r *rule, s *Sale, k *Known, values map[string]any, res *Result) {
	base, pieces, matched := r.base(s, values)
	res.BaseMinor = base
	if !matched {
		res.Why, res.Detail = NoLines, r.Rule.Lines
		return
	}
	e := &r.Rule.Effect
	res.Unit = r.unit
	switch {
	case e.Rate != nil:
		before := k.Sums[r.Rule.Rule] // 0 where nothing is kept
		res.Units = scaled(before+base, e.Rate.Units, e.Rate.Minor) - scaled(before, e.Rate.Units, e.Rate.Minor)
	case e.Each != nil:
		res.Units = int64(math.Floor(pieces+1e-9)) * e.Each.Units
	case e.Fixed != nil:
		res.Units = e.Fixed.Units
	case e.Card != nil:
		e.Card.stamp(r, s, values, k.Sums[r.Rule.Rule], res)
		return
	case e.Times != nil:
		res.Factor = e.Times.Factor
		return
	case e.Discount != nil:
		res.DiscountMinor = e.Discount.off(base, k.SpendMinor)
		if res.DiscountMinor == 0 {
			res.Why = TooLittle
		}
		return
	case e.Entries != nil:
		res.Draw, res.Entries = e.Entries.Draw, e.Entries.Entries
		return
	case e.Gift != nil:
		if res.Gift = e.Gift.Text; res.Gift == "" {
			res.Gift = e.Gift.Product
		}
		return
	default:
		res.FreeDelivery = true
		return
	}
	if res.Units <= 0 {
		res.Why, res.Units = TooLittle, 0
	}
}

// scaled is amount × units / per, rounded down, without overflow.
func scaled(amount, units, per int64) int64 {
	if amount <= 0 {
		return 0
	}
	n := new(big.Int).Mul(big.NewInt(amount), big.NewInt(units))
	n.Div(n, big.NewInt(per))
	if !n.IsInt64() {
		return math.MaxInt32
	}
	return n.Int64()
}

// base is how much money counts, and how many pieces. Tax, shipping and what was paid with units are left out, unless the rule
// says otherwise; they are taken off the lines in proportion.
func (c *rule) base(s *Sale, values map[string]any) (minor int64, pieces float64, matched bool) {
	var counts int64
	amount := s.amount()
	c.eachLine(s, values, func(_ int, l *SaleLine) {
		matched = true
		counts += l.AmountMinor
		pieces += l.Quantity
	})
	if amount <= 0 || counts <= 0 {
		return 0, pieces, matched
	}
	out := int64(0)
	for _, beside := range []struct {
		what string
		n    int64
	}{{"tax", s.TaxMinor}, {"paid_with_units", s.UnitsMinor}} {
		if !slices.Contains(c.Rule.Include, beside.what) {
			out += beside.n
		}
	}
	minor = scaled(counts, max(amount-out, 0), amount)
	if slices.Contains(c.Rule.Include, "shipping") && c.lines == nil {
		minor += s.ShippingMinor
	}
	return minor, pieces, matched
}

// eachLine goes over the lines that count for a rule.
func (c *rule) eachLine(s *Sale, values map[string]any, take func(at int, l *SaleLine)) {
	digits, _ := values["digits"].(int)
	favourite, _ := values[favouriteField].(string)
	if c.lines != nil && c.lines.favourite {
		defer func() { values[favouriteField] = favourite }()
	}
	for i := range s.Lines {
		l := &s.Lines[i]
		if l.Quantity <= 0 && l.AmountMinor <= 0 {
			continue // it all came back
		}
		if c.lines != nil {
			values["line.product"], values["line.category"], values["line.amount"] = l.Product, l.Category, major(l.AmountMinor, digits)
			values["line.quantity"], values["line.attributes"] = l.Quantity, some(l.Attributes)
			if c.lines.favourite {
				compared(values, l.Category, favourite)
			}
			if !c.lines.holds(values) {
				continue
			}
		}
		take(i, l)
	}
}

func (d *Discount) off(base, spent int64) int64 {
	percent := d.Percent
	for _, s := range d.Steps {
		if spent >= s.SpendMinor {
			percent = s.Percent
		}
	}
	if percent > 0 {
		const hundred = 100
		return int64(math.Floor(float64(base)*percent/hundred + 1e-6))
	}
	return min(d.AmountMinor, base)
}

// none tells whether nothing of what a rule gives is left.
func (a *Allowance) none(of *Result) bool {
	return a.Shut || a.Uses <= 0 || of.Units > 0 && min(a.Own, a.Units) <= 0
}

// contest lets one rule of each group apply. One of which nothing is left keeps no other from it.
func (c *Compiled) contest(asked []*rule, results []Result, may []Allowance) {
	best := map[string]int{}
	for i, r := range asked {
		if r.Rule.Group == "" || results[i].Why != Fine || may[i].none(&results[i]) {
			continue
		}
		if b, there := best[r.Rule.Group]; !there || r.Rule.Priority > asked[b].Rule.Priority {
			best[r.Rule.Group] = i
		}
	}
	for i, r := range asked {
		if b, there := best[r.Rule.Group]; r.Rule.Group != "" && there && b != i && results[i].Why == Fine && !may[i].none(&results[i]) {
			results[i] = Result{Rule: r.Rule.Rule, Name: r.Rule.Name, Why: Beaten, Detail: results[b].Name, BaseMinor: results[i].BaseMinor}
		}
	}
}

// multiply applies the multipliers of a unit, and that of the tier, to what rates and pieces give of it.
func (c *Compiled) multiply(asked []*rule, results []Result, k *Known) {
	factor := map[string]float64{}
	for i, r := range asked {
		if r.Rule.Effect.Times != nil && results[i].Why == Fine {
			if factor[r.unit] == 0 {
				factor[r.unit] = 1
			}
			factor[r.unit] *= results[i].Factor
		}
	}
	for i, r := range asked {
		e := &r.Rule.Effect
		if results[i].Why != Fine || e.Rate == nil && e.Each == nil {
			continue
		}
		f := factor[r.unit]
		if f == 0 {
			f = 1
		}
		if k.Factor > 0 && e.Rate != nil {
			f *= k.Factor
		}
		if f != 1 {
			results[i].Factor = f
			results[i].Units = int64(math.Floor(float64(results[i].Units)*f + 1e-9))
			if results[i].Units == 0 {
				results[i].Why = TooLittle
			}
		}
	}
}

// otherDay tells whether a rule is not in force on a day.
func (r *Rule) otherDay(today string) bool {
	return r.From != "" && today < r.From || r.Until != "" && today > r.Until
}
