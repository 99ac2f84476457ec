package programme

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"regulars/internal/act/draw"
	"regulars/internal/act/points"
	"regulars/internal/base/db"
	"regulars/internal/record/fact"
)

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
	if r.Effect.Entries != nil {
		stands, open, err := draw.Awarded(t.tx, t.award(r, s))
		if err != nil {
			return a, err
		}
		a.Shut = !open && stands == 0
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
func (t *turn) post(c *Compiled, rules []*rule, results []Result, s *Sale) error {
	due := map[string]*Result{}
	for i := range results {
		due[results[i].Rule] = &results[i]
	}
	stands := map[string]*stand{}
	less := map[*rule]int64{}
	earned := map[string][]points.Grant{}
	var units []string
	for _, r := range rules {
		res := due[r.Rule.Rule]
		if res == nil {
			continue
		}
		more, err := t.more(r, res, stands)
		if err != nil {
			return err
		}
		if r.Rule.Effect.Entries != nil {
			continue // last, because others wait for it
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
	if err := t.later(c, units, earned); err != nil {
		return err
	}
	for _, unit := range units {
		if _, err := t.Ledger.Earn(t.tx, t.act(unit, "earn"), earned[unit]...); err != nil {
			return err
		}
	}
	for _, r := range rules {
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
	if err := t.sums(rules, results); err != nil {
		return err
	}
	return t.enter(rules, due, s)
}

// award is what a rule puts into a draw.
func (t *turn) award(r *Rule, s *Sale) draw.Award {
	return draw.Award{Customer: t.who, Draw: r.Effect.Entries.Draw, Cause: t.cause, Rule: r.Rule, Placed: s.Placed}
}

// enter brings the entries in draws to what they should be, as far as the draws allow.
func (t *turn) enter(rules []*rule, due map[string]*Result, s *Sale) (err error) {
	for _, r := range rules {
		res := due[r.Rule.Rule]
		if res == nil || r.Rule.Effect.Entries == nil {
			continue
		}
		if res.Entries, err = draw.Put(t.tx, t.award(r.Rule, s), res.Entries); err != nil {
			return err
		}
		if res.Entries > 0 {
			res.Draw = r.Rule.Effect.Entries.Draw
		}
		if err := t.use(r.Rule, s, res.Gave(), 0); err != nil {
			return err
		}
	}
	return nil
}

// later lets what is given be pending for longer, where somebody looks at the customer. What counts for a tier does not wait,
// and what waits for an event waits for that.
func (t *turn) later(c *Compiled, units []string, earned map[string][]points.Grant) error {
	if t.Longer == nil || len(units) == 0 {
		return nil
	}
	days, err := t.Longer(t.tx, t.who)
	if err != nil || days == 0 {
		return err
	}
	for i := range c.Document.Units {
		u := c.Document.Units[i].unit()
		if u.Kind != points.Spendable || u.Pending.Until != "" {
			continue
		}
		for at := range earned[u.Code] {
			earned[u.Code][at].Pending = &points.Pending{Days: u.Pending.Days + days}
		}
	}
	return nil
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
func (t *turn) sums(rules []*rule, results []Result) error {
	counted := func(all []Result, r *Rule) int64 {
		if i := slices.IndexFunc(all, func(one Result) bool { return one.Rule == r.Rule }); i >= 0 {
			return all[i].Onward(r)
		}
		return 0
	}
	for _, r := range rules {
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

// forget lets go of a look that gave nothing, so that a holiday does not leave a line on everybody whom no rule was for. Asked again
// on that day, who has come to qualify meanwhile is given what they are due.
func (t *turn) forget() error {
	return one(t.tx.Exec("DELETE FROM programme_outcomes WHERE customer_id = $1 AND cause = $2", t.who, t.cause))
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
