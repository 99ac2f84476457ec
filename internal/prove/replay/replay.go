// Package replay rehearses a programme over the orders that a business has had, before anybody is promised anything: what it
// would have given to whom, month by month, what that would have cost, and what it would take for it to pay.
//
// What always holds: nothing is written; the rules are those that the programme has (act/programme), asked in the order of
// time with what would have been known then; the same orders and the same document give the same figures. An order counts with
// what is left of it after its returns.
//
// It does not know what customers would have done otherwise because of the programme: what they would have bought more is asked
// for as a question, and answered as one ("if orders rise by 5 %").
package replay

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"
	"time"

	"regulars/internal/act/points"
	"regulars/internal/act/programme"
	"regulars/internal/act/reward"
	"regulars/internal/base/db"
	"regulars/internal/record/order"
)

// Options say how to rehearse.
type Options struct {
	From time.Time // the zero time: the first order
	// ValueMinor is what a unit is worth to whoever uses it, by unit; ValueMinor of those not named is 0.
	ValueMinor map[string]float64
	// Used is the share of units that will be used; 0: all of them.
	Used float64
	// Margin is the share of the price that is left to the business, for what it takes to pay; 0: not asked.
	Margin float64
	// Rise is by how much the orders of those who earn may rise, 0.05 for 5 %; 0: not asked.
	Rise     float64
	Zone     *time.Location
	Today    time.Time // of whoever asks; rules may be over
	Digits   int
	Progress func(done, of int)
}

// Result is what came of a rehearsal.
type Result struct {
	Orders       int64    `json:"orders"`
	Customers    int64    `json:"customers"`
	First        string   `json:"first,omitempty"` // days
	Last         string   `json:"last,omitempty"`
	RevenueMinor int64    `json:"revenue_minor"`
	Draft        Side     `json:"draft"`
	Present      *Side    `json:"present,omitempty"` // the programme in force
	Compared     *Contest `json:"compared,omitempty"`
	// Lint is what in the draft should be looked at.
	Lint Lint `json:"lint"`
}

// Side is what one programme gave.
type Side struct {
	Units         []Total `json:"units"`
	Customers     int64   `json:"customers"` // who got anything
	DiscountMinor int64   `json:"discount_minor"`
	Gifts         int64   `json:"gifts"`
	FreeDelivery  int64   `json:"free_deliveries"`
	// CostMinor is discounts, and units at their value and the share that is used.
	CostMinor int64   `json:"cost_minor"`
	CostShare float64 `json:"cost_share"` // of revenue
	// BreakEven is by how much the orders of those who earn must rise for the margin on that to pay the cost.
	BreakEven *float64 `json:"break_even_rise,omitempty"`
	// GainMinor is margin less cost where they rise as asked.
	GainMinor *int64  `json:"gain_minor,omitempty"`
	Months    []Month `json:"months"`
	Rules     []Rule  `json:"rules"`
	Tiers     []Tier  `json:"tiers,omitempty"`
	// First is, for the cheapest reward of each unit, how soon customers could have had it.
	First []First `json:"first_rewards,omitempty"`
	// Any is how soon they could have had any of these.
	Any *First `json:"any_reward,omitempty"`
	// AbovePrice is how many orders gave more than was paid for them.
	AbovePrice int64 `json:"orders_above_price"`
	// FifthsMinor is what went to the fifth of customers who pay least, and so on to those who pay most.
	FifthsMinor [fifths]int64 `json:"fifths_minor"`
}

const fifths = 5

// First is how soon customers could have had a reward, with what had not expired.
type First struct {
	Reward    string `json:"reward,omitempty"`
	Customers int64  `json:"customers"` // who could have had it at all
	// MedianDays is from the first order of those who came more than once; left out where half of them never could have had it.
	MedianDays *float64 `json:"median_days,omitempty"`
}

// Total is the units of one kind.
type Total struct {
	Unit   string `json:"unit"`
	Issued int64  `json:"issued"`
}

// Month is what happened in a month, and how much was outstanding at its end if nothing was used.
type Month struct {
	Month       string           `json:"month"`
	Issued      map[string]int64 `json:"issued"`
	Expired     map[string]int64 `json:"expired"`
	Outstanding map[string]int64 `json:"outstanding"`
	CostMinor   int64            `json:"cost_minor"`
}

// Rule is what one rule gave.
type Rule struct {
	Rule          string `json:"rule"`
	Name          string `json:"name"`
	Orders        int64  `json:"orders"`
	Units         int64  `json:"units"`
	Unit          string `json:"unit,omitempty"`
	DiscountMinor int64  `json:"discount_minor,omitempty"`
	BudgetLeft    *int64 `json:"budget_left,omitempty"`
	SpentOn       string `json:"budget_spent_on,omitempty"` // the day on which there was nothing left of it
}

// Tier is how many customers stood in it in the end, and how many ever came into it.
type Tier struct {
	Tier      string `json:"tier"`
	Name      string `json:"name"`
	Customers int64  `json:"customers"`
	Rose      int64  `json:"rose"`
}

// Contest is how the draft does beside the programme in force.
type Contest struct {
	Winners int64 `json:"winners"` // customers who get more
	Losers  int64 `json:"losers"`
	Same    int64 `json:"same"`
	// MostLostMinor is what the one who loses most loses.
	MostLostMinor int64 `json:"most_lost_minor"`
}

// person is what is known of a customer during a rehearsal.
type person struct {
	orders, spend int64
	climb         programme.Climb
	factor        float64
	tier          string
	sums          map[string]int64
	uses          map[use]used
	lastDay       string
	got           float64 // worth, in minor units
	first         time.Time
	saved         map[string][]lot // until the first reward could be had
	could         map[string]float64
}

// lot is units that are good until some time.
type lot struct {
	until time.Time
	units int64
}

type use struct {
	rule string
	day  int64
}

type used struct{ times, units int64 }

// stage is a programme that is rehearsed.
type stage struct {
	c       *programme.Compiled
	o       *Options
	people  map[int64]*person
	budgets map[string]int64
	rules   map[string]*Rule
	months  map[string]*Month
	expiry  map[string]points.Expiry
	rose    map[string]int64
	firsts  map[string]*reward.Reward // by unit, the cheapest
	side    Side
	cost    float64
}

func newStage(c *programme.Compiled, o *Options) *stage {
	s := &stage{c: c, o: o, people: map[int64]*person{}, budgets: map[string]int64{}, rules: map[string]*Rule{}, months: map[string]*Month{}, expiry: map[string]points.Expiry{}, rose: map[string]int64{}, firsts: map[string]*reward.Reward{}}
	for i := range c.Document.Rewards {
		r := &c.Document.Rewards[i]
		if f := s.firsts[r.Unit]; r.Price > 0 && (f == nil || r.Price < f.Price) {
			s.firsts[r.Unit] = r
		}
	}
	for i := range c.Document.Units {
		s.expiry[c.Document.Units[i].Unit] = c.Document.Units[i].Expiry
	}
	for i := range c.Document.Rules {
		r := &c.Document.Rules[i]
		s.rules[r.Rule] = &Rule{Rule: r.Rule, Name: r.Name}
		if r.Budget > 0 {
			s.budgets[r.Rule] = r.Budget
		}
	}
	return s
}

// Run rehearses a draft, and the programme in force beside it, where there is one.
func Run(ctx context.Context, d *db.DB, draft, present *programme.Compiled, o Options) (*Result, error) {
	if o.Used == 0 {
		o.Used = 1
	}
	if o.Progress == nil {
		o.Progress = func(int, int) {}
	}
	stages := []*stage{newStage(draft, &o)}
	if present != nil {
		stages = append(stages, newStage(present, &o))
	}
	out := &Result{}
	from := int64(-1 << 62)
	if !o.From.IsZero() {
		from = o.From.UnixMicro()
	}
	spend := map[int64]int64{}
	all, done := 0, 0
	err := order.EachPlaced(func(fn func(tx *db.Tx) error) error { return d.Read(ctx, fn) }, from, func(n int) { all = n }, func(s *order.Stored, back []order.Back) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		sale := programme.SaleOf(&s.Order, back)
		amount := sale.AmountMinor()
		out.Orders++
		out.RevenueMinor += amount
		spend[s.Customer] += amount
		day := time.UnixMicro(s.Placed.Local).UTC().Format(time.DateOnly)
		if out.First == "" {
			out.First = day
		}
		out.Last = day
		for _, st := range stages {
			if err := st.take(s, &sale, amount); err != nil {
				return err
			}
		}
		const often = 5000
		if done++; done%often == 0 || done == all {
			o.Progress(done, all)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out.Customers = int64(len(spend))
	out.Draft = stages[0].end(out, spend)
	if present != nil {
		side := stages[1].end(out, spend)
		out.Present = &side
		out.Compared = contest(stages[0], stages[1], spend)
	}
	out.Lint = Check(draft.Document, out, &o, o.Today)
	return out, nil
}

// take lets the programme look at an order.
func (s *stage) take(o *order.Stored, sale *programme.Sale, amount int64) error {
	p := s.people[o.Customer]
	if p == nil {
		p = &person{sums: map[string]int64{}, uses: map[use]used{}, first: time.UnixMicro(o.Placed.UTC), saved: map[string][]lot{}, could: map[string]float64{}}
		s.people[o.Customer] = p
	}
	known := programme.Known{Orders: p.orders, SpendMinor: p.spend, Tier: p.tier, Factor: p.factor, Member: true, Sums: p.sums,
		Joined: p.first.In(s.o.Zone).Format(time.DateOnly), LastDay: p.lastDay}
	results := s.c.Evaluate(programme.OnOrder, sale, &known, s.o.Digits, func(r *programme.Rule) programme.Allowance {
		a := programme.Free()
		if r.Limit != nil {
			had := p.uses[use{r.Rule, r.Limit.Period.Begins(o.Placed)}]
			if r.Limit.Times > 0 {
				a.Uses = r.Limit.Times - had.times
			}
			if r.Limit.Units > 0 {
				a.Own = r.Limit.Units - had.units
			}
		}
		if r.Budget > 0 {
			a.Units = s.budgets[r.Rule]
		}
		return a
	})
	day := time.UnixMicro(o.Placed.Local).UTC()
	month := s.month(day)
	before := p.got
	for i := range results {
		res := &results[i]
		rule := s.c.Document.Rules[slices.IndexFunc(s.c.Document.Rules, func(r programme.Rule) bool { return r.Rule == res.Rule })]
		p.sums[res.Rule] += res.Onward(&rule)
		if !res.Gave() {
			continue
		}
		if rule.Limit != nil {
			key := use{res.Rule, rule.Limit.Period.Begins(o.Placed)}
			had := p.uses[key]
			p.uses[key] = used{had.times + 1, had.units + res.Units}
		}
		s.gave(p, res, month, day)
		if res.Units > 0 {
			if err := s.issue(p, o, res, month, day); err != nil {
				return err
			}
		}
	}
	if amount > 0 && p.got-before > float64(amount) {
		s.side.AbovePrice++
	}
	p.orders++
	p.spend += amount
	visit := p.lastDay != day.Format(time.DateOnly)
	p.lastDay = day.Format(time.DateOnly)
	return s.climb(p, o, amount, visit, results, month, day)
}

func (s *stage) month(day time.Time) *Month {
	key := day.Format("2006-01")
	m := s.months[key]
	if m == nil {
		m = &Month{Month: key, Issued: map[string]int64{}, Expired: map[string]int64{}, Outstanding: map[string]int64{}}
		s.months[key] = m
	}
	return m
}

// gave counts what a rule gave.
func (s *stage) gave(p *person, res *programme.Result, month *Month, day time.Time) {
	rule := s.rules[res.Rule]
	rule.Orders++
	rule.DiscountMinor += res.DiscountMinor
	s.side.DiscountMinor += res.DiscountMinor
	if res.Gift != "" {
		s.side.Gifts++
	}
	if res.FreeDelivery {
		s.side.FreeDelivery++
	}
	if left, bounded := s.budgets[res.Rule]; bounded {
		s.budgets[res.Rule] = left - res.Units
		if left-res.Units == 0 && rule.SpentOn == "" {
			rule.SpentOn = day.Format(time.DateOnly)
		}
	}
	worth := float64(res.DiscountMinor)
	if res.Units > 0 {
		rule.Units, rule.Unit = rule.Units+res.Units, res.Unit
		worth += float64(res.Units) * s.o.ValueMinor[res.Unit] * s.o.Used
	}
	p.got += worth
	s.cost += worth
	month.CostMinor += int64(worth)
}

// issue counts units into the month in which they come, and the one in which they would expire.
func (s *stage) issue(p *person, o *order.Stored, res *programme.Result, month *Month, day time.Time) error {
	month.Issued[res.Unit] += res.Units
	e := s.expiry[res.Unit]
	ends, err := e.On(time.UnixMicro(o.Placed.UTC), s.o.Zone)
	if err != nil {
		return err
	}
	s.save(p, time.UnixMicro(o.Placed.UTC), res, ends)
	if ends.Equal(points.Never) {
		return nil
	}
	last := ends.Add(-time.Microsecond).In(s.o.Zone)
	if last.Before(day) {
		last = day
	}
	s.month(last).Expired[res.Unit] += res.Units
	return nil
}

// save adds units to what a customer has, and sees whether that is enough for the first reward.
func (s *stage) save(p *person, now time.Time, res *programme.Result, until time.Time) {
	first := s.firsts[res.Unit]
	if _, could := p.could[res.Unit]; first == nil || could {
		return
	}
	lots := append(p.saved[res.Unit], lot{until, res.Units})
	has := int64(0)
	lots = slices.DeleteFunc(lots, func(l lot) bool { return !l.until.After(now) })
	for _, l := range lots {
		has += l.units
	}
	p.saved[res.Unit] = lots
	if has >= first.Price {
		const day = 24
		p.could[res.Unit] = now.Sub(p.first).Hours() / day
		delete(p.saved, res.Unit)
	}
}

// soonest tells how soon the first reward of each unit could be had, and how soon any.
func (s *stage) soonest(side *Side) {
	units := slices.Sorted(maps.Keys(s.firsts))
	for _, unit := range units {
		side.First = append(side.First, s.reached(s.firsts[unit].Reward, unit))
	}
	if len(units) > 0 {
		all := s.reached("", units...)
		side.Any = &all
	}
}

// reached tells how soon what costs the first of some units could be had.
func (s *stage) reached(name string, units ...string) First {
	f := First{Reward: name}
	var days []float64
	again := 0
	for _, p := range s.people {
		took, could := math.Inf(1), false
		for _, unit := range units {
			if d, there := p.could[unit]; there {
				took, could = min(took, d), true
			}
		}
		if could {
			f.Customers++
		}
		if p.orders < 2 {
			continue
		}
		if again++; could {
			days = append(days, took)
		}
	}
	if middle := (again - 1) / 2; again > 0 && middle < len(days) {
		slices.Sort(days)
		f.MedianDays = &days[middle]
	}
	return f
}

// climb lets the customer rise and fall in the tiers.
func (s *stage) climb(p *person, o *order.Stored, amount int64, visit bool, results []programme.Result, month *Month, day time.Time) error {
	t := s.c.Document.Tiers
	if t == nil {
		return nil
	}
	counts := amount
	switch t.By {
	case "orders":
		counts = 1
	case "visits":
		if counts = 0; visit {
			counts = 1
		}
	case "units":
		counts = 0
		for i := range results {
			if results[i].Unit == t.Unit {
				counts += results[i].Units
			}
		}
	}
	level, rose := s.c.Step(&p.climb, time.UnixMicro(o.Placed.UTC).UTC(), counts)
	if level == nil {
		p.tier, p.factor = "", 0
		return nil
	}
	p.tier, p.factor = level.Tier, level.Factor
	if !rose {
		return nil
	}
	s.rose[level.Tier]++
	if level.Gift == nil {
		return nil
	}
	worth := float64(level.Gift.Units) * s.o.ValueMinor[level.Gift.Unit] * s.o.Used
	p.got += worth
	s.cost += worth
	month.CostMinor += int64(worth)
	return s.issue(p, o, &programme.Result{Unit: level.Gift.Unit, Units: level.Gift.Units}, month, day)
}

// end adds up.
func (s *stage) end(out *Result, spend map[int64]int64) Side {
	side := &s.side
	side.Units, side.Months, side.Rules = []Total{}, []Month{}, []Rule{}
	totals := map[string]int64{}
	outstanding := map[string]int64{}
	lastMonth := ""
	if len(out.Last) >= len("2006-01") {
		lastMonth = out.Last[:len("2006-01")]
	}
	for _, key := range slices.Sorted(maps.Keys(s.months)) {
		m := s.months[key]
		for unit, n := range m.Issued {
			totals[unit] += n
			outstanding[unit] += n
		}
		for unit, n := range m.Expired {
			outstanding[unit] -= n
		}
		maps.Copy(m.Outstanding, outstanding)
		if key <= lastMonth { // what expires later has not happened yet
			side.Months = append(side.Months, *m)
		}
	}
	for _, unit := range slices.Sorted(maps.Keys(totals)) {
		side.Units = append(side.Units, Total{unit, totals[unit]})
	}
	for i := range s.c.Document.Rules {
		r := s.rules[s.c.Document.Rules[i].Rule]
		if left, bounded := s.budgets[r.Rule]; bounded {
			r.BudgetLeft = &left
		}
		side.Rules = append(side.Rules, *r)
	}
	side.CostMinor = int64(s.cost + 0.5)
	if out.RevenueMinor > 0 {
		side.CostShare = s.cost / float64(out.RevenueMinor)
	}
	earners := int64(0)
	standing := map[string]int64{}
	for who, p := range s.people {
		if p.got > 0 {
			side.Customers++
			earners += spend[who]
		}
		standing[p.tier]++
	}
	if t := s.c.Document.Tiers; t != nil {
		for _, l := range t.Levels {
			side.Tiers = append(side.Tiers, Tier{l.Tier, l.Name, standing[l.Tier], s.rose[l.Tier]})
		}
	}
	s.soonest(side)
	s.pays(side, earners)
	s.share(side, spend)
	return *side
}

// pays works out what it takes for the programme to pay.
func (s *stage) pays(side *Side, earners int64) {
	if s.o.Margin <= 0 || earners == 0 {
		return
	}
	// What is bought more earns as well: its margin is less by the share that goes back.
	back := s.cost / float64(earners)
	if net := s.o.Margin - back; net > 0 {
		rise := back / net
		side.BreakEven = &rise
	}
	if s.o.Rise > 0 {
		gain := int64(float64(earners)*s.o.Rise*(s.o.Margin-back) - s.cost)
		side.GainMinor = &gain
	}
}

// share divides what was given among fifths of the customers, by what they paid.
func (s *stage) share(side *Side, spend map[int64]int64) {
	who := slices.SortedFunc(maps.Keys(spend), func(a, b int64) int { return cmp.Or(cmp.Compare(spend[a], spend[b]), cmp.Compare(a, b)) })
	for i, id := range who {
		if p := s.people[id]; p != nil {
			side.FifthsMinor[i*fifths/len(who)] += int64(p.got + 0.5)
		}
	}
}

// contest compares what customers get from both.
func contest(draft, present *stage, spend map[int64]int64) *Contest {
	c := &Contest{}
	for who := range spend {
		var a, b float64
		if p := draft.people[who]; p != nil {
			a = p.got
		}
		if p := present.people[who]; p != nil {
			b = p.got
		}
		const cent = 0.5
		switch {
		case a > b+cent:
			c.Winners++
		case a < b-cent:
			c.Losers++
			c.MostLostMinor = max(c.MostLostMinor, int64(b-a+0.5))
		default:
			c.Same++
		}
	}
	return c
}

// Day is the beginning of a day on the clocks of the business, for Options.From.
func Day(text string, zone *time.Location) (time.Time, error) {
	return time.ParseInLocation(time.DateOnly, text, zone) //nolint:wrapcheck // the caller says what it was for
}
