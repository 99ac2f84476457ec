package programme

import (
	"errors"
	"slices"
	"strconv"
	"time"

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
	// Longer is for how many days more what a customer earns now is pending, while somebody looks at them; nil: none.
	Longer func(tx *db.Tx, who int64) (days int, err error)
	// Gave is told what was given on an occasion, when it is; nil: nobody is.
	Gave func(tx *db.Tx, g Given) error
}

// Given is what a customer was given on an occasion.
type Given struct {
	Customer int64
	On       string // the occasion
	Holiday  string // where it is one
	Cause    string // as the ledger has it
	Results  []Result
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
	s.paid(current, o)
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
	return p.did(tx, who, action, key, "")
}

func (p *Programme) did(tx *db.Tx, who int64, action, key, holiday string) error {
	current, err := p.Book.Current(tx, p.Ledger.Zone)
	if err != nil || current == nil || who <= 0 {
		return err
	}
	if !slices.ContainsFunc(current.rules, func(r *rule) bool { return r.on == action }) {
		return nil
	}
	s := Sale{Placed: fact.At(tx.Now, p.Ledger.Zone), Holiday: holiday}
	return p.settle(tx, current, &turn{who: who, cause: ActionCause(action, key)}, action, &s)
}

// may tells whether there is something to be done for an action: some rule would give something, if limits and budgets let it, or it
// was looked at before.
func (p *Programme) may(tx *db.Tx, who int64, action, key, holiday string) (bool, error) {
	current, err := p.Book.Current(tx, p.Ledger.Zone)
	if err != nil || current == nil {
		return false, err
	}
	if there, err := looked(tx, who, ActionCause(action, key)); err != nil || there {
		return there, err
	}
	s := Sale{Placed: fact.At(tx.Now, p.Ledger.Zone), Holiday: holiday}
	t := turn{Programme: p, tx: tx, who: who}
	known, err := t.ask(current, action, &s)
	if err != nil {
		return false, err
	}
	results := current.Evaluate(action, &s, &known, p.Digits, func(*Rule) Allowance { return Free() })
	return slices.ContainsFunc(results, func(r Result) bool { return r.Gave() }), nil
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
	if err := t.post(c, c.rules, results, &s); err != nil {
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

// take takes off a sale what came back of it.
func (p *Programme) take(tx *db.Tx, who, id int64, s *Sale) error {
	back, err := order.ReturnedOf(tx, who, id)
	if err != nil {
		return err
	}
	s.less(back)
	return nil
}

// cameBack says of rules that gave something, and would give nothing now, that it came back, where that is why: nothing that counts
// for them is left. They would say that nothing which was bought counts.
func (t *turn) cameBack(results []Result, s *Sale) {
	for i := range results {
		r := &results[i]
		if r.Gave() || r.Why != NoLines && len(s.Lines) > 0 {
			continue
		}
		if slices.ContainsFunc(t.before, func(b Result) bool { return b.Rule == r.Rule && (b.Gave() || b.Why == TakenBack) }) {
			r.Why = TakenBack
		}
	}
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
	t.cameBack(results, s)
	if err := t.post(c, c.rules, results, s); err != nil {
		return err
	}
	gave := slices.ContainsFunc(results, func(r Result) bool { return r.Gave() })
	if on == OnHoliday && t.no == 1 && !gave {
		return t.forget()
	}
	if err := t.keep(results); err != nil {
		return err
	}
	if p.Gave != nil && t.no == 1 && slices.Contains(Occasions(), on) && gave {
		if err := p.Gave(tx, Given{t.who, on, s.Holiday, t.cause, results}); err != nil {
			return err
		}
	}
	if on != OnOrder {
		return nil
	}
	if err := t.tellEarned(results, time.UnixMicro(s.Placed.UTC)); err != nil {
		return err
	}
	if c.Document.Tiers != nil {
		if err := p.Retier(tx, c, t.who, t.cause); err != nil {
			return err
		}
	}
	return p.challenge(tx, current, t.who)
}
