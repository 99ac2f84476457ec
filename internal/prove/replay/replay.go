// Package replay rehearses a programme over the orders that a business has had, before anybody is promised anything: what it
// would have given to whom, month by month, what that would have cost, and what it would take for it to pay.
//
// What always holds: nothing is written; the rules are those that the programme has (act/programme), asked in the order of
// time with what would have been known then, and who was merged is one person all along; the same orders and the same document give the same figures. An order counts with
// what is left of it after its returns.
//
// It does not know what customers would have done otherwise because of the programme: what they would have bought more is asked
// for as a question, and answered as one ("if orders rise by 5 %").
package replay

import (
	"cmp"
	"context"
	"slices"
	"time"

	"regulars/internal/act/points"
	"regulars/internal/act/programme"
	"regulars/internal/act/reward"
	"regulars/internal/base/db"
	"regulars/internal/record/catalogue"
	"regulars/internal/record/customer"
	"regulars/internal/record/order"
	"regulars/internal/understand/segment"
)

// Options say how to rehearse.
type Options struct {
	From time.Time // the zero time: the first order
	// ValueMinor is what a unit is worth to whoever uses it, by unit; ValueMinor of those not named is 0.
	ValueMinor map[string]float64
	// Used is the share of units that will be used; 0: all of them.
	Used float64
	// Margin is the share of the price that is left to the business, for what it takes to pay; 0: as the costs of products say,
	// where they are known of half of what was paid or more.
	Margin float64
	// Rise is by how much the orders of those who earn may rise, 0.05 for 5 %; 0: not asked.
	Rise     float64
	Zone     *time.Location
	Today    time.Time // of whoever asks; rules may be over
	Digits   int
	Progress func(done, of int)
	// Beside is what is given beside the programme, for the most that can come back.
	Beside Beside
}

// person is what is known of a customer during a rehearsal.
type person struct {
	orders, spend int64
	climb         programme.Climb
	chase         programme.Chase
	done          map[string]bool // challenges
	factor        float64
	tier          string
	sums          map[string]int64
	uses          map[use]used
	lastDay       string
	bought        []programme.Purchase // where a rule asks what they buy most of
	got           float64              // worth, in minor units
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
	c          *programme.Compiled
	o          *Options
	people     map[int64]*person
	budgets    map[string]int64
	rules      map[string]*Rule
	months     map[string]*Month
	challenges map[string]*Challenge
	expiry     map[string]points.Expiry
	rose       map[string]int64
	firsts     map[string]*reward.Reward // by unit, the cheapest
	cuts       *segment.Cuts             // between RFM segments, as they are now; nil: none are drawn
	side       Side
	cost       float64
}

func newStage(c *programme.Compiled, o *Options) *stage {
	s := &stage{c: c, o: o, people: map[int64]*person{}, budgets: map[string]int64{}, rules: map[string]*Rule{}, months: map[string]*Month{}, expiry: map[string]points.Expiry{}, rose: map[string]int64{}, firsts: map[string]*reward.Reward{}}
	for i := range c.Document.Rewards {
		r := &c.Document.Rewards[i]
		if f := s.firsts[r.Unit]; r.Price > 0 && (f == nil || r.Price < f.Price) {
			s.firsts[r.Unit] = r
		}
	}
	s.challenges = map[string]*Challenge{}
	for i := range c.Document.Challenges {
		d := &c.Document.Challenges[i]
		s.challenges[d.Challenge] = &Challenge{Challenge: d.Challenge, Name: d.Name}
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

// rehearsal is one on its way.
type rehearsal struct {
	o      *Options
	stages []*stage // the draft's first
	goods  goods
	merged map[int64]int64
	from   int64 // microseconds
	spend  map[int64]int64
	out    *Result
}

// Run rehearses a draft, and the programme in force beside it, where there is one.
func Run(ctx context.Context, d *db.DB, draft, present *programme.Compiled, o Options) (*Result, error) {
	ctx = db.Background(ctx)
	if o.Used == 0 {
		o.Used = 1
	}
	if o.Progress == nil {
		o.Progress = func(int, int) {}
	}
	r := &rehearsal{o: &o, stages: []*stage{newStage(draft, &o)}, from: -1 << 62, spend: map[int64]int64{}, out: &Result{}}
	if present != nil {
		r.stages = append(r.stages, newStage(present, &o))
	}
	if !o.From.IsZero() {
		r.from = o.From.UnixMicro()
	}
	if err := d.Read(ctx, r.read); err != nil {
		return nil, err
	}
	all, done := 0, 0
	err := order.EachPlaced(func(fn func(tx *db.Tx) error) error { return d.Read(ctx, fn) }, r.from, func(n int) { all = n }, func(s *order.Stored, back []order.Back) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		const often = 5000
		if done++; done%often == 0 || done == all {
			o.Progress(done, all)
		}
		return r.order(s, back)
	})
	if err != nil {
		return nil, err
	}
	r.end()
	r.out.Lint = Check(draft.Document, r.out, &o, o.Today)
	return r.out, nil
}

// read reads what is asked of each order, and moves challenges that are yet to come into the past.
func (r *rehearsal) read(tx *db.Tx) (err error) {
	if r.goods.costs, err = catalogue.Costs(tx); err != nil {
		return err
	}
	if r.merged, err = customer.Merged(tx); err != nil {
		return err
	}
	cuts, err := segment.Load(tx)
	if err != nil {
		return err
	}
	first, last, ok, err := order.Span(tx, r.from)
	for _, s := range r.stages {
		s.cuts = cuts
		if ok && len(s.challenges) > 0 {
			s.c = s.c.Within(first, last)
		}
	}
	return err
}

// order has each programme look at an order.
func (r *rehearsal) order(s *order.Stored, back []order.Back) error {
	if root, is := r.merged[s.Customer]; is {
		s.Customer = root
	}
	sale := programme.SaleOf(&s.Order, back)
	amount := sale.AmountMinor()
	r.out.Orders++
	r.out.RevenueMinor += amount
	r.spend[s.Customer] += amount
	r.out.Last = time.UnixMicro(s.Placed.Local).UTC().Format(time.DateOnly)
	r.out.First = cmp.Or(r.out.First, r.out.Last)
	left := r.goods.left(&sale)
	for _, st := range r.stages {
		if err := st.take(s, back, &sale, amount, left); err != nil {
			return err
		}
	}
	return nil
}

// end adds up.
func (r *rehearsal) end() {
	r.out.Customers = int64(len(r.spend))
	r.out.Margin = r.goods.margin(r.out.RevenueMinor)
	const enough = 0.5
	if m := r.out.Margin; r.o.Margin == 0 && m != nil && m.Covered >= enough {
		r.o.Margin = max(m.Share, 0)
	}
	r.out.Draft = r.stages[0].end(r.out, r.spend)
	if len(r.stages) > 1 {
		side := r.stages[1].end(r.out, r.spend)
		r.out.Present = &side
		r.out.Compared = contest(r.stages[0], r.stages[1], r.spend)
	}
}

// take lets the programme look at an order, of which so much is left after what its goods cost; nil: nobody knows.
func (s *stage) take(o *order.Stored, back []order.Back, sale *programme.Sale, amount int64, left *int64) error {
	p := s.people[o.Customer]
	if p == nil {
		p = &person{sums: map[string]int64{}, uses: map[use]used{}, first: time.UnixMicro(o.Placed.UTC), saved: map[string][]lot{}, could: map[string]float64{}, done: map[string]bool{}}
		s.people[o.Customer] = p
	}
	known := programme.Known{Orders: p.orders, SpendMinor: p.spend, Tier: p.tier, Factor: p.factor, Member: true, Sums: p.sums,
		Joined: p.first.In(s.o.Zone).Format(time.DateOnly), LastDay: p.lastDay}
	if last, err := time.Parse(time.DateOnly, p.lastDay); err == nil {
		known.Segment = s.cuts.Of(int64(time.UnixMicro(o.Placed.Local).UTC().Sub(last)/(24*time.Hour)), p.orders, p.spend)
	}
	if s.c.AsksFavourite() {
		known.Favourite = p.favourite(o, back)
	}
	results, _ := s.c.Quote(sale, &known, s.o.Digits, func(r *programme.Rule) programme.Allowance {
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
	for _, w := range s.c.Chase(&p.chase, sale, known.Joined, s.o.Digits) {
		if err := s.won(p, o, &w, month, day); err != nil {
			return err
		}
	}
	if amount > 0 && p.got-before > float64(amount) {
		s.side.AbovePrice++
	}
	if left != nil && *left >= 0 && p.got-before > float64(*left) {
		s.side.BelowCost++
	}
	p.orders++
	p.spend += amount
	visit := p.lastDay != day.Format(time.DateOnly)
	p.lastDay = day.Format(time.DateOnly)
	return s.climb(p, o, amount, visit, results, month, day)
}

// favourite is what they bought most of before an order, which will tell what they do after it.
func (p *person) favourite(o *order.Stored, back []order.Back) string {
	p.bought = slices.DeleteFunc(p.bought, func(b programme.Purchase) bool { return b.Forgotten(o.Placed.UTC) })
	is := programme.Favourite(p.bought, o.Placed.UTC)
	if now, ok := programme.PurchaseOf(&o.Order, back); ok {
		p.bought = append(p.bought, now)
	}
	return is
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

// won counts what a challenge gave.
func (s *stage) won(p *person, o *order.Stored, w *programme.Win, month *Month, day time.Time) error {
	c := s.challenges[w.Challenge.Challenge]
	c.Times++
	if !p.done[c.Challenge] {
		p.done[c.Challenge] = true
		c.Customers++
	}
	worth := float64(w.Units) * s.o.ValueMinor[w.Unit] * s.o.Used
	if i := slices.IndexFunc(s.c.Document.Rewards, func(r reward.Reward) bool { return r.Reward == w.Reward }); i >= 0 {
		minor, _ := s.c.Document.Rewards[i].WorthMinor()
		worth = float64(minor)
	}
	c.cost += worth
	p.got += worth
	s.cost += worth
	month.CostMinor += int64(worth)
	if w.Units == 0 {
		return nil
	}
	return s.issue(p, o, &programme.Result{Unit: w.Unit, Units: w.Units}, month, day)
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

// Day is the beginning of a day on the clocks of the business, for Options.From.
func Day(text string, zone *time.Location) (time.Time, error) {
	return time.ParseInLocation(time.DateOnly, text, zone) //nolint:wrapcheck // the caller says what it was for
}
