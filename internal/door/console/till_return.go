package console

import (
	"fmt"
	"slices"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/intake"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/order"
	"regulars/internal/record/reference"
)

// bringBack records that a sale came back, whole or in part; the programme takes its part back as it does for the API.
func (v *visit) bringBack() error {
	return v.atCustomer(func(by account.Actor, facts *intake.Intake, s *customer.Stored) error {
		key, err := v.key()
		if err != nil {
			return v.retry(by, facts, s, err)
		}
		var out fact.Outcome
		for range 2 { // as for a sale
			err = v.write(func(tx *db.Tx) error {
				r, known, err := v.typedReturn(tx, facts, s, key)
				if out = known; err != nil || known.Fact != 0 {
					return err
				}
				if out, err = facts.Return(tx, r); err != nil {
					return err
				}
				if out.Status == fact.Conflict {
					return fault.Coded(alreadySent, fault.Conflictf("this form was sent before, with another return on it"))
				}
				return facts.By(by).Took(tx, "return", fact.ReturnPrefix, out, []string{"amount_minor", "order_reference", "reference", "returned_at", "source"})
			})
			if !sentBefore(err) {
				break
			}
		}
		if err != nil {
			return v.retry(by, facts, s, err)
		}
		return v.leave("/till/" + fact.PublicID(fact.CustomerPrefix, s.Customer) + "?back=" + fact.PublicID(fact.ReturnPrefix, out.Fact, out.Customer))
	})
}

// typedReturn reads what was typed about an order of the customer's; known is the return that was recorded by the form before.
func (v *visit) typedReturn(tx *db.Tx, facts *intake.Intake, s *customer.Stored, key string) (r intake.Return, known fact.Outcome, err error) {
	o, err := v.pastOrder(tx, s)
	if err != nil {
		return r, known, err
	}
	r = intake.Return{Customer: customer.Numbered(o.Customer), Once: true, Bounded: true, Return: order.Return{
		Source: o.Source, Reference: key, OrderReference: o.Reference, Returned: facts.At(tx.Now)}}
	if r.Reason, err = v.typedText("why", textMost); err != nil {
		return r, known, err
	}
	typed := v.typed("given") != ""
	if typed {
		if r.AmountMinor, err = v.typedAmount("given", facts.Business.Digits()); err != nil {
			return r, known, err
		}
	}
	if known, err = returnedBefore(tx, &r, typed); err != nil || known.Fact != 0 {
		return r, known, err
	}
	back, none, err := returned(tx, o)
	left := o.AmountMinor - back
	switch {
	case err != nil:
		return r, known, err
	case left == 0 && none && o.DiscountMinor > 0 && !typed:
	case left <= 0, typed && r.AmountMinor > left, typed && r.AmountMinor == 0:
		return r, known, fault.In("given", fault.Coded("too_much_back", fault.Invalidf("%w", &leftOfSale{left, facts.Business.Currency})))
	case typed && r.AmountMinor < left:
		return r, known, nil
	}
	whole(&r.Return, o, left)
	return r, known, nil
}

// leftOfSale is how much of a sale could still come back, where more was asked for, or nothing.
type leftOfSale struct {
	minor    int64
	currency string
}

func (l *leftOfSale) Error() string {
	return fmt.Sprintf("%d of the sale is left, in minor units", l.minor)
}

func (v *visit) leftToReturn(l *leftOfSale) string {
	if l.minor <= 0 {
		return v.l.T("console.error.too_much_back.none")
	}
	return v.l.T("console.error.too_much_back", v.l.Money(l.minor, l.currency))
}

// fillReturn shows a return that was refused as it was typed, beside its sale.
func (v *visit) fillReturn(m *tillMember, wrong error) {
	for i := range m.Past {
		if p := &m.Past[i]; wrong != nil && p.ID == v.typed("order") {
			p.Returning = v.again(wrong, "given", "why")
			for name := range p.Returning.Errors {
				m.wrong = name + "-" + p.ID
			}
		}
	}
}

// fillSpend shows units that were not taken as they were typed.
func (v *visit) fillSpend(m *tillMember, wrong error) {
	if wrong == nil || v.typed("unit") == "" {
		return
	}
	m.Spending = v.again(wrong, "units", "reason")
	for name := range m.Spending.Errors {
		m.wrong = name
	}
}

// again keeps what was typed into a form, with what is wrong beside the field that it is about.
func (v *visit) again(wrong error, names ...string) typedAgain {
	a := typedAgain{Open: true, Typed: map[string]string{}, Errors: map[string]string{}}
	for _, name := range names {
		a.Typed[name] = v.typed(name)
		if fieldOf(wrong) == name {
			a.Errors[name] = v.say(wrong)
		}
	}
	return a
}

// whole names every line where nothing of the sale came back yet, so that pieces are counted back as well as money.
func whole(r *order.Return, o *order.Stored, left int64) {
	r.AmountMinor = left
	if left != o.AmountMinor {
		return
	}
	for i := range o.Lines {
		if l := &o.Lines[i]; l.AmountMinor < 0 || l.Quantity <= 0 {
			r.Lines = nil
			return
		}
		r.Lines = append(r.Lines, order.ReturnLine{Line: i + 1, Priced: true})
	}
}

// pastOrder is the order that the form names, of this customer.
func (v *visit) pastOrder(tx *db.Tx, s *customer.Stored) (*order.Stored, error) {
	none := fault.Coded("order_not_found", fault.NotFoundf("this customer has no such order"))
	var id, owner int64
	if err := fact.ParsePublicID(fact.OrderPrefix, v.typed("order"), &id, &owner); err != nil {
		return nil, none
	}
	members, err := customer.Members(tx, s.Customer)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(members, owner) {
		return nil, none
	}
	o, err := order.Load(tx, owner, id)
	if err != nil && fault.KindOf(err) == fault.NotFound {
		return nil, none
	}
	return o, err
}

// returnedBefore is the return that was recorded under the key, if it is this one.
func returnedBefore(tx *db.Tx, r *intake.Return, typed bool) (out fact.Outcome, err error) {
	key := reference.Key{Source: r.Source, Reference: r.Reference}
	found, err := reference.Find(tx, reference.Return, []reference.Key{key})
	if err != nil {
		return out, err
	}
	owner, ok := found[key]
	if !ok || owner.Erased() {
		return out, nil
	}
	was, err := order.LoadReturn(tx, owner.Customer, owner.Fact)
	if err != nil {
		return out, err
	}
	if was.OrderReference != r.OrderReference || typed && was.AmountMinor != r.AmountMinor {
		return out, fault.Coded(alreadySent, fault.Conflictf("this form was sent before, with another return on it"))
	}
	return fact.Outcome{Status: fact.Unchanged, Customer: owner.Customer, Fact: owner.Fact}, nil
}
