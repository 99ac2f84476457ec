package programme

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"regulars/internal/act/member"
	"regulars/internal/act/points"
	"regulars/internal/base/db"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/order"
)

// Programme is the programme of a business at work. It is safe for concurrent use.
type Programme struct {
	Book   *Book
	Ledger *points.Ledger
	Digits int // of the currency
	// Friends counts whom a person, by all numbers of theirs, has brought; nil: nobody.
	Friends func(tx *db.Tx, members []int64) (int64, error)
}

// Outcome is what a programme gave for an order, or something else, and why not more.
type Outcome struct {
	Customer int64
	Cause    string // such as order:123
	Version  int64
	Known    Known
	Results  []Result
	At       time.Time
}

// Units is what was given altogether, unit by unit.
func (o *Outcome) Units() map[string]int64 {
	sum := map[string]int64{}
	for i := range o.Results {
		if r := &o.Results[i]; r.Units > 0 {
			sum[r.Unit] += r.Units
		}
	}
	return sum
}

// OrderCause is what the ledger calls an order.
func OrderCause(id int64) string { return "order:" + strconv.FormatInt(id, 10) }

// ActionCause is what the ledger calls something else that was done.
func ActionCause(action, key string) string { return action + ":" + key }

// Order looks at an order as it is now, less its returns, and posts the difference to what it has given. It gives nothing for
// who is not known, and for orders from before the programme.
func (p *Programme) Order(tx *db.Tx, who, id int64, o *order.Order, fresh bool) error {
	if who <= 0 {
		return nil
	}
	current, err := p.Book.Current(tx, p.Ledger.Zone)
	if err != nil || fresh && (current == nil || current.before(o.Placed)) { // of a past that is imported nothing is looked up
		return err
	}
	s := saleOf(o)
	if !fresh {
		if err := p.take(tx, who, id, &s); err != nil {
			return err
		}
	}
	if o.State == order.Cancelled {
		s.Lines = nil
	}
	for _, pay := range o.Payments {
		if paidWithUnits(current, pay.Method) {
			s.UnitsMinor += pay.AmountMinor
		}
	}
	return p.settle(tx, current, &turn{who: who, cause: OrderCause(id), order: id}, OnOrder, &s)
}

// Returned looks at the order that something was returned of.
func (p *Programme) Returned(tx *db.Tx, who, id int64) error {
	if who <= 0 || id == 0 {
		return nil
	}
	current, err := p.Book.Current(tx, p.Ledger.Zone)
	if err != nil {
		return err
	}
	if current == nil {
		if there, err := looked(tx, who, OrderCause(id)); err != nil || !there {
			return err
		}
	}
	stored, err := order.Load(tx, who, id)
	if err != nil {
		return err
	}
	return p.Order(tx, who, id, &stored.Order, false)
}

// Did looks at something else that a customer did: one of Actions. key tells it from another of its kind.
func (p *Programme) Did(tx *db.Tx, who int64, action, key string) error {
	current, err := p.Book.Current(tx, p.Ledger.Zone)
	if err != nil || current == nil || who <= 0 {
		return err
	}
	if !slices.ContainsFunc(current.rules, func(r *rule) bool { return r.on == action }) {
		return nil
	}
	s := Sale{Placed: fact.At(tx.Now, p.Ledger.Zone)}
	return p.settle(tx, current, &turn{who: who, cause: ActionCause(action, key)}, action, &s)
}

// Undid takes back what was given for something else that a customer did, which turned out not to be so.
func (p *Programme) Undid(tx *db.Tx, who int64, action, key string) error {
	cause := ActionCause(action, key)
	if there, err := looked(tx, who, cause); err != nil || !there {
		return err
	}
	s := Sale{Placed: fact.At(tx.Now, p.Ledger.Zone)}
	t := &turn{Programme: p, tx: tx, who: who, cause: cause}
	c, err := t.begin(nil, action, &s)
	if err != nil || c == nil {
		return err
	}
	if err := t.read(); err != nil {
		return err
	}
	var results []Result
	for _, r := range c.rules {
		if r.on == action {
			results = append(results, Result{Rule: r.Rule.Rule, Name: r.Rule.Name, Why: TakenBack})
		}
	}
	if err := t.post(c, results, &s); err != nil {
		return err
	}
	return t.keep(results)
}

// Joined looks at somebody who has become a member: what joining gives, and the tier that they begin in.
func (p *Programme) Joined(tx *db.Tx, who int64) error {
	if err := p.Did(tx, who, "sign_up", "1"); err != nil {
		return err
	}
	current, err := p.Book.Current(tx, p.Ledger.Zone)
	if err != nil || current == nil || who <= 0 {
		return err
	}
	root, err := customer.Root(tx, who)
	if err != nil {
		return err
	}
	return p.Retier(tx, current, root, "sign_up")
}

// paidWithUnits tells whether a payment was made with what the programme gives: its method is called like a unit, or units.
func paidWithUnits(c *Compiled, method string) bool {
	if method == "units" {
		return true
	}
	return c != nil && slices.ContainsFunc(c.Document.Units, func(u Unit) bool { return u.Unit == method })
}

// AmountMinor is what is left of the order's amount.
func (s *Sale) AmountMinor() int64 { return s.amount() }

// saleOf is an order as rules look at it.
func saleOf(o *order.Order) Sale {
	s := Sale{Placed: o.Placed, DiscountMinor: o.DiscountMinor, TaxMinor: o.TaxMinor, ShippingMinor: o.ShippingMinor, Store: o.Store, Channel: o.Channel,
		Attributes: texts(o.Attributes)}
	for i := range o.Lines {
		l := &o.Lines[i]
		s.Lines = append(s.Lines, SaleLine{Product: l.Product, Category: l.Category, Quantity: l.Quantity, AmountMinor: l.AmountMinor, Attributes: texts(l.Attributes)})
	}
	if len(o.Lines) == 0 { // an amount alone, with the shipping in it
		goods := o.AmountMinor - o.ShippingMinor
		s.Lines = []SaleLine{{Quantity: 1, AmountMinor: max(goods, 0)}}
	}
	return s
}

func texts(a fact.Attributes) map[string]string {
	m := make(map[string]string, len(a))
	for _, one := range a {
		m[one.Name] = one.Value
	}
	return m
}

// take takes off a sale what came back of it.
func (p *Programme) take(tx *db.Tx, who, id int64, s *Sale) error {
	back, err := order.ReturnedOf(tx, who, id)
	if err != nil {
		return err
	}
	s.less(back)
	return nil
}

// SaleOf is what is left of an order, as rules look at it.
func SaleOf(o *order.Order, back []order.Back) Sale {
	s := saleOf(o)
	s.less(back)
	return s
}

// less takes off what came back: from the line that a return names, and what names none from all lines in proportion.
func (s *Sale) less(back []order.Back) {
	if len(back) == 0 {
		return
	}
	whole := s.amount()
	var rest int64
	for _, r := range back {
		if r.Line < 1 || r.Line > len(s.Lines) {
			rest += r.AmountMinor
			continue
		}
		l := &s.Lines[r.Line-1]
		l.AmountMinor -= r.AmountMinor
		l.Quantity -= r.Quantity
	}
	left := s.amount()
	for i := range s.Lines {
		l := &s.Lines[i]
		if rest > 0 && left > 0 {
			share := scaled(l.AmountMinor, max(left-rest, 0), left)
			if l.AmountMinor > 0 && share == 0 {
				l.Quantity = 0
			}
			l.AmountMinor = share
		}
		l.AmountMinor, l.Quantity = max(l.AmountMinor, 0), max(l.Quantity, 0)
	}
	if whole > 0 { // tax and discounts go down with the goods
		now := s.amount()
		s.TaxMinor, s.DiscountMinor = scaled(s.TaxMinor, now, whole), scaled(s.DiscountMinor, now, whole)
	}
}

func looked(tx *db.Tx, who int64, cause string) (there bool, err error) {
	err = tx.QueryRow("SELECT EXISTS (SELECT 1 FROM programme_outcomes WHERE customer_id = $1 AND cause = $2)", who, cause).Scan(&there)
	return there, err
}

// settle works out what a thing should have given, and posts the difference.
func (p *Programme) settle(tx *db.Tx, current *Compiled, t *turn, on string, s *Sale) error {
	t.Programme, t.tx = p, tx
	c, err := t.begin(current, on, s)
	if err != nil || c == nil {
		return err
	}
	if err := t.read(); err != nil {
		return err
	}
	var failed error
	results := c.Evaluate(on, s, &t.known, p.Digits, func(r *Rule) Allowance {
		a, err := t.allowance(r, s)
		failed = errors.Join(failed, err)
		return a
	})
	if failed != nil {
		return failed
	}
	if err := t.post(c, results, s); err != nil {
		return err
	}
	if err := t.keep(results); err != nil {
		return err
	}
	if c.Document.Tiers == nil || on != OnOrder {
		return nil
	}
	return p.Retier(tx, c, t.who, t.cause)
}

// turn is one look at one thing.
type turn struct {
	*Programme

	tx    *db.Tx
	who   int64
	cause string
	order int64 // where it is one
	no    int64 // how often it was looked at
	known Known
	// what it has given so far, and what came of each rule when it was looked at last
	awards []award
	next   int64
	before []Result
}

type award struct {
	no    int64
	rule  string
	unit  string
	units int64
}

// begin finds the version and what was known: of the first look, if there was one. The version is nil where the thing is
// none of the programme's.
func (t *turn) begin(current *Compiled, on string, s *Sale) (*Compiled, error) {
	var version int64
	var known, before string
	err := t.tx.QueryRow(`UPDATE programme_outcomes SET turns = turns + 1 WHERE customer_id = $1 AND cause = $2 RETURNING version, known, turns, outcome`, t.who, t.cause).
		Scan(&version, &known, &t.no, &before)
	if err == nil {
		if err := errors.Join(json.Unmarshal([]byte(known), &t.known), json.Unmarshal([]byte(before), &t.before)); err != nil {
			return nil, fmt.Errorf("what was known at %s: %w", t.cause, err)
		}
		return t.Book.Version(t.tx, version, t.Ledger.Zone)
	}
	if !errors.Is(err, sql.ErrNoRows) || current == nil || on == OnOrder && current.before(s.Placed) {
		if errors.Is(err, sql.ErrNoRows) {
			err = nil
		}
		return nil, err
	}
	if t.known, err = t.ask(current, on, s); err != nil {
		return nil, err
	}
	text, err := json.Marshal(t.known)
	if err != nil {
		return nil, fmt.Errorf("keep what is known at %s: %w", t.cause, err)
	}
	n, err := t.tx.Exec(`INSERT INTO programme_outcomes (customer_id, cause, version, known, outcome, turns, at_us) VALUES ($1, $2, $3, $4, '[]', 1, $5)
		ON CONFLICT (customer_id, cause) DO NOTHING`, t.who, t.cause, current.Version, string(text), t.tx.Now)
	if err == nil && n == 0 {
		err = db.ErrRestart // at the same time
	}
	t.no = 1
	return current, err
}

// before tells whether an order is from before the programme.
func (c *Compiled) before(placed fact.Moment) bool {
	if c.Document.Starts != "" {
		return time.UnixMicro(placed.Local).UTC().Format(time.DateOnly) < c.Document.Starts
	}
	// A till may hand in an order a little after it was placed.
	const late = 24 * time.Hour
	return placed.UTC < c.Published.Add(-late).UnixMicro()
}

// ask finds out what the rules need to know of the customer.
func (t *turn) ask(c *Compiled, on string, s *Sale) (k Known, err error) {
	root, err := customer.Root(t.tx, t.who)
	if err != nil {
		return k, err
	}
	members, err := customer.Members(t.tx, root)
	if err != nil {
		return k, err
	}
	if c.Document.Tiers != nil {
		if k.Tier, _, err = TierOf(t.tx, root); err != nil {
			return k, err
		}
		if at := c.Document.Tiers.place(k.Tier); at >= 0 {
			k.Factor = c.Document.Tiers.Levels[at].Factor
		}
	}
	m, joined, err := member.Of(t.tx, members)
	if err != nil {
		return k, err
	}
	if joined {
		k.Member, k.Joined = true, m.Joined.In(t.Ledger.Zone).Format(time.DateOnly)
	}
	if c.needsPast {
		past, err := order.Before(t.tx, members, s.Placed.UTC, t.order)
		if err != nil {
			return k, err
		}
		k.Orders, k.SpendMinor = past.Orders, past.Minor
		if past.Orders > 0 {
			const day = 24 * time.Hour
			k.LastDay = time.UnixMicro(past.LastDay * day.Microseconds()).UTC().Format(time.DateOnly)
		}
		if t.Friends != nil {
			if k.Friends, err = t.Friends(t.tx, members); err != nil {
				return k, err
			}
		}
		p, _, _, err := customer.Load(t.tx, root)
		if err != nil {
			return k, err
		}
		k.Attributes = texts(p.Attributes)
	}
	for _, r := range c.rules {
		if r.on != on || !r.Rule.keepsSum() {
			continue
		}
		base, err := t.sum(r.Rule.Rule)
		if err != nil {
			return k, err
		}
		if k.Sums == nil {
			k.Sums = map[string]int64{}
		}
		k.Sums[r.Rule.Rule] = base
	}
	return k, nil
}

// keepsSum tells whether a rule goes on from order to order: a card, or a rate that keeps what is left over.
func (r *Rule) keepsSum() bool {
	return r.Effect.Card != nil || r.Effect.Rate != nil && r.Effect.Rate.KeepRemainder
}

// Onward is what a result of a rule adds to its sum, with which the next order goes on: pieces on a card, or money.
func (r *Result) Onward(of *Rule) int64 {
	switch {
	case !of.keepsSum() || r.Why != Fine && r.Why != TooLittle && r.Why != CardGoesOn:
		return 0
	case of.Effect.Card != nil:
		return r.Pieces
	}
	return r.BaseMinor
}

// sum is how far a rule has come before. Where it is going on, others that go on with it wait.
func (t *turn) sum(rule string) (base int64, err error) {
	if t.cause == "" { // a quote
		return t.count("SELECT base_minor FROM programme_sums WHERE customer_id = $1 AND rule = $2", t.who, rule)
	}
	err = t.tx.QueryRow(`INSERT INTO programme_sums (customer_id, rule, base_minor) VALUES ($1, $2, 0)
		ON CONFLICT (customer_id, rule) DO UPDATE SET base_minor = programme_sums.base_minor RETURNING base_minor`, t.who, rule).Scan(&base)
	return base, err
}

// read reads what the thing has given so far.
func (t *turn) read() error {
	rows, err := t.tx.Query("SELECT award_no, rule, unit, units FROM programme_awards WHERE customer_id = $1 AND cause = $2 ORDER BY award_no", t.who, t.cause)
	if err != nil {
		return err
	}
	for rows.Next() {
		var a award
		if err := rows.Scan(&a.no, &a.rule, &a.unit, &a.units); err != nil {
			return err
		}
		t.awards = append(t.awards, a)
		t.next = a.no
	}
	return rows.Close()
}

// given is how many units a rule has given for the thing.
func (t *turn) given(rule string) (sum int64) {
	for _, a := range t.awards {
		if a.rule == rule {
			sum += a.units
		}
	}
	return sum
}

// used tells whether the rule gave something when it was looked at last: then its limit counts it already.
func (t *turn) used(rule string) bool {
	return slices.ContainsFunc(t.before, func(r Result) bool { return r.Rule == rule && r.Gave() })
}

// allowance is what the rule may give for this thing, with what it has given for it already.
func (t *turn) allowance(r *Rule, s *Sale) (a Allowance, err error) {
	a = Free()
	have := t.given(r.Rule)
	if r.Limit != nil {
		var uses, units int64
		err := t.tx.QueryRow("SELECT uses, units FROM programme_uses WHERE customer_id = $1 AND rule = $2 AND period_day = $3", t.who, r.Rule, periodDay(r, s)).Scan(&uses, &units)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return a, err
		}
		if r.Limit.Times > 0 && !t.used(r.Rule) {
			a.Uses = r.Limit.Times - uses
		}
		if r.Limit.Units > 0 {
			a.Own = r.Limit.Units - units + have
		}
	}
	if r.Budget > 0 {
		spent, err := t.count("SELECT spent_units FROM programme_budgets WHERE rule = $1", r.Rule)
		if err != nil {
			return a, err
		}
		a.Units = r.Budget - spent + have
	}
	return a, nil
}

func (t *turn) count(query string, args ...any) (n int64, err error) {
	err = t.tx.QueryRow(query, args...).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return n, err
}

func periodDay(r *Rule, s *Sale) int64 { return r.Limit.Period.Begins(s.Placed) }

// post posts the difference of each rule, and moves limits, budgets and sums with it. What is given comes first, so that what
// is taken back of units that were spent is found in it.
func (t *turn) post(c *Compiled, results []Result, s *Sale) error {
	due := map[string]*Result{}
	for i := range results {
		due[results[i].Rule] = &results[i]
	}
	stands := map[string]*stand{}
	less := map[*rule]int64{}
	earned := map[string][]points.Grant{}
	var units []string
	for _, r := range c.rules {
		res := due[r.Rule.Rule]
		if res == nil {
			continue
		}
		more, err := t.more(r, res, stands)
		if err != nil {
			return err
		}
		if err := t.use(r.Rule, s, res.Gave(), more); err != nil {
			return err
		}
		if more <= 0 {
			less[r] = -more
			continue
		}
		if err := t.budget(r.Rule, more); err != nil {
			return err
		}
		t.next++
		if len(earned[r.unit]) == 0 {
			units = append(units, r.unit)
		}
		earned[r.unit] = append(earned[r.unit], points.Grant{Units: more, Line: t.next, Rule: r.Rule.Rule + "@" + strconv.FormatInt(c.Version, 10),
			Expiry: c.Document.Tiers.expiry(t.known.Tier, r.unit)})
		if _, err := t.tx.Exec("INSERT INTO programme_awards (customer_id, cause, award_no, rule, unit, units) VALUES ($1, $2, $3, $4, $5, $6)",
			t.who, t.cause, t.next, r.Rule.Rule, r.unit, more); err != nil {
			return err
		}
	}
	for _, unit := range units {
		if _, err := t.Ledger.Earn(t.tx, t.act(unit, "earn"), earned[unit]...); err != nil {
			return err
		}
	}
	for _, r := range c.rules {
		if less[r] == 0 {
			continue
		}
		if err := t.back(r, c.Version, less[r]); err != nil {
			return err
		}
		if err := t.budget(r.Rule, -less[r]); err != nil {
			return err
		}
	}
	return t.sums(c, results)
}

// stand is how what a thing gave of a unit stands: what of it is left to be spent, and what the customer kept.
type stand struct{ left, kept int64 }

// more is how many units a rule still has to give, or below zero to take back. What the customer kept, because it was spent
// when it was taken back, counts as given: else an order that is cancelled and placed again would give it a second time.
func (t *turn) more(r *rule, res *Result, stands map[string]*stand) (int64, error) {
	have := t.given(r.Rule.Rule)
	if t.no == 1 || r.unit == "" {
		return res.Units - have, nil
	}
	s := stands[r.unit]
	if s == nil {
		s = &stand{}
		var err error
		if s.left, s.kept, err = points.StandingOf(t.tx, t.who, r.unit, t.cause); err != nil {
			return 0, err
		}
		stands[r.unit] = s
	}
	res.Kept = min(res.Units, s.kept)
	s.kept -= res.Kept
	more := res.Units - res.Kept - have
	if more >= 0 {
		return more, nil
	}
	// What is not due any more goes back, wherever it is; what was kept, only as far as it can be found.
	must := max(have-res.Units, 0)
	found := min(-more-must, max(s.left-must, 0))
	s.left = max(s.left-must-found, 0)
	return -must - found, nil
}

// act is an operation of this look.
func (t *turn) act(unit, what string) points.Act {
	return points.Act{Customer: t.who, Unit: unit, Key: fmt.Sprintf("%s/%d/%s/%s", t.cause, t.no, unit, what), Cause: t.cause, Actor: "programme"}
}

// back takes units back, out of the last awards first.
func (t *turn) back(r *rule, version, units int64) error {
	for i := len(t.awards) - 1; i >= 0 && units > 0; i-- {
		a := t.awards[i]
		n := min(a.units, units)
		if a.rule != r.Rule.Rule || n == 0 {
			continue
		}
		act := t.act(a.unit, "back/"+strconv.FormatInt(a.no, 10))
		act.Rule = r.Rule.Rule + "@" + strconv.FormatInt(version, 10)
		if _, err := t.Ledger.Reverse(t.tx, act, points.Return{Of: t.cause, Line: a.no, Parts: n}); err != nil {
			return err
		}
		if err := one(t.tx.Exec("UPDATE programme_awards SET units = units - $1 WHERE customer_id = $2 AND cause = $3 AND award_no = $4", n, t.who, t.cause, a.no)); err != nil {
			return err
		}
		units -= n
	}
	if units > 0 {
		return fmt.Errorf("the awards for %s do not add up: %d units too few", t.cause, units)
	}
	return nil
}

// budget moves what is spent of a rule's budget.
func (t *turn) budget(r *Rule, units int64) error {
	if r.Budget == 0 {
		return nil
	}
	if _, err := t.tx.Exec("INSERT INTO programme_budgets (rule, spent_units) VALUES ($1, 0) ON CONFLICT (rule) DO NOTHING", r.Rule); err != nil {
		return err
	}
	n, err := t.tx.Exec("UPDATE programme_budgets SET spent_units = spent_units + $1 WHERE rule = $2 AND (spent_units + $1 <= $3 OR $1 < 0)", units, r.Rule, r.Budget)
	if err == nil && n == 0 {
		err = db.ErrRestart // somebody else has had it meanwhile
	}
	return err
}

// use counts that a rule gave something, or does not any more, and how many units more or less.
func (t *turn) use(r *Rule, s *Sale, gave bool, units int64) error {
	if r.Limit == nil {
		return nil
	}
	uses := int64(0)
	switch had := t.used(r.Rule); {
	case gave && !had:
		uses = 1
	case had && !gave:
		uses = -1
	}
	if uses == 0 && units == 0 {
		return nil
	}
	day := periodDay(r, s)
	if _, err := t.tx.Exec(`INSERT INTO programme_uses (customer_id, rule, period_day, uses, units) VALUES ($1, $2, $3, 0, 0)
		ON CONFLICT (customer_id, rule, period_day) DO NOTHING`, t.who, r.Rule, day); err != nil {
		return err
	}
	most := func(n int64) int64 {
		if n == 0 {
			return endless
		}
		return n
	}
	// What goes back of a period goes back in any case; of two at once that would go over a limit, one asks again.
	n, err := t.tx.Exec(`UPDATE programme_uses SET uses = CASE WHEN uses + $1 < 0 THEN 0 ELSE uses + $1 END, units = CASE WHEN units + $2 < 0 THEN 0 ELSE units + $2 END
		WHERE customer_id = $3 AND rule = $4 AND period_day = $5 AND ($1 <= 0 OR uses + $1 <= $6) AND ($2 <= 0 OR units + $2 <= $7)`,
		uses, units, t.who, r.Rule, day, most(r.Limit.Times), most(r.Limit.Units))
	if err == nil && n == 0 {
		err = db.ErrRestart
	}
	return err
}

// sums keeps the money of rules that keep what is left over: what counted of this thing now, less what counted before.
func (t *turn) sums(c *Compiled, results []Result) error {
	counted := func(all []Result, r *Rule) int64 {
		if i := slices.IndexFunc(all, func(one Result) bool { return one.Rule == r.Rule }); i >= 0 {
			return all[i].Onward(r)
		}
		return 0
	}
	for _, r := range c.rules {
		if !r.Rule.keepsSum() {
			continue
		}
		delta := counted(results, r.Rule) - counted(t.before, r.Rule)
		if delta == 0 {
			continue
		}
		if _, err := t.tx.Exec(`INSERT INTO programme_sums (customer_id, rule, base_minor) VALUES ($1, $2, $3)
			ON CONFLICT (customer_id, rule) DO UPDATE SET base_minor = programme_sums.base_minor + excluded.base_minor`, t.who, r.Rule.Rule, delta); err != nil {
			return err
		}
	}
	return nil
}

// keep keeps the explanation.
func (t *turn) keep(results []Result) error {
	if results == nil {
		results = []Result{}
	}
	text, err := json.Marshal(results)
	if err != nil {
		return fmt.Errorf("keep the outcome of %s: %w", t.cause, err)
	}
	return one(t.tx.Exec("UPDATE programme_outcomes SET outcome = $1, at_us = $2 WHERE customer_id = $3 AND cause = $4", string(text), t.tx.Now, t.who, t.cause))
}

// Of reads what came of a thing; ok is false where the programme has not looked at it.
func Of(tx *db.Tx, who int64, cause string) (o Outcome, ok bool, err error) {
	err = o.scan(tx.QueryRow(outcomeColumns+" WHERE customer_id = $1 AND cause = $2", who, cause))
	if errors.Is(err, sql.ErrNoRows) {
		return o, false, nil
	}
	return o, err == nil, err
}

// Explanations lists what came of what customers, who are one person, did: the newest first, from before a moment on; zero:
// from the newest on.
func Explanations(tx *db.Tx, customers []int64, before time.Time, limit int) (all []Outcome, err error) {
	if before.IsZero() {
		before = never
	}
	args, list := []any{before, limit}, ""
	for _, c := range customers {
		args = append(args, c)
		list += ", $" + strconv.Itoa(len(args))
	}
	if list == "" {
		return nil, nil
	}
	rows, err := tx.Query(outcomeColumns+" WHERE customer_id IN ("+list[2:]+") AND at_us < $1 ORDER BY at_us DESC, cause LIMIT $2", args...)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var o Outcome
		if err := o.scan(rows); err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	return all, rows.Close()
}

const outcomeColumns = "SELECT customer_id, cause, version, known, outcome, at_us FROM programme_outcomes"

func (o *Outcome) scan(r interface{ Scan(targets ...any) error }) error {
	var known, results string
	if err := r.Scan(&o.Customer, &o.Cause, &o.Version, &known, &results, &o.At); err != nil {
		return err
	}
	if err := errors.Join(json.Unmarshal([]byte(known), &o.Known), json.Unmarshal([]byte(results), &o.Results)); err != nil {
		return fmt.Errorf("the outcome of %s: %w", o.Cause, err)
	}
	return nil
}
