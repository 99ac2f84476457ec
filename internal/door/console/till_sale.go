package console

import (
	"cmp"
	"fmt"
	"strconv"
	"time"

	"regulars/internal/act/programme"
	"regulars/internal/act/reward"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/intake"
	"regulars/internal/record/catalogue"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/order"
)

// tillLine is a line of the sale form.
type tillLine struct {
	Name                      string
	Product, Quantity, Amount field
}

const linesShown = 4

// tillQuote is what a sale would bring, before it is recorded.
type tillQuote struct {
	Words    []string
	Not      []string // what gives nothing, and why
	Full     string   // where something is taken off, what it would cost otherwise
	Discount string   // what the programme takes off; empty: nothing
	Off      string   // and what the reward takes off
	Pay      string
	Minor    int64 // that the programme takes off
	OffMinor int64 // that the reward takes off
}

// saleFields is the form of a sale.
func (v *visit) saleFields(tx *db.Tx, facts *intake.Intake, m *tillMember) error {
	b := facts.Business
	m.Sale = []field{{Name: "amount", Label: v.l.T("till.amount", b.Currency), Help: v.l.T("till.amount.help"), Mode: "decimal", Complete: "off"}}
	products, err := catalogue.List(tx, "", "", choicesMost)
	if err != nil {
		return err
	}
	m.Lines, m.Products = nil, nil
	for i := range products {
		m.Products = append(m.Products, cmp.Or(products[i].Name, products[i].Reference))
	}
	kinds, err := tillCategories(tx, facts)
	if err != nil {
		return err
	}
	m.Products = append(m.Products, kinds...)
	for i := range linesShown {
		n := strconv.Itoa(i + 1)
		m.Lines = append(m.Lines, tillLine{Name: v.l.T("till.line", n),
			Product:  field{Name: "product" + n, Label: v.l.T("till.line.product"), Complete: "off", Optional: true},
			Quantity: field{Name: "quantity" + n, Label: v.l.T("till.line.quantity"), Complete: "off", Optional: true, Mode: "decimal"},
			Amount:   field{Name: "amount" + n, Label: v.l.T("till.line.amount"), Complete: "off", Optional: true, Mode: "decimal"},
		})
	}
	m.Store = nil
	stores, err := catalogue.Stores(tx, "", choicesMost)
	if err != nil || len(stores) == 0 {
		return err
	}
	f := field{Name: "store", Label: v.l.T("person.order.store"), Type: "select", Value: v.branch(), Choices: []choice{{"", v.l.T("person.order.unsaid"), false}}}
	for _, s := range stores {
		f.Choices = append(f.Choices, choice{s.Reference, cmp.Or(s.Name, s.Reference), false})
	}
	m.Store = []field{f}
	return nil
}

// fillSale puts what was typed back into the form, and what is wrong beside its field.
func (v *visit) fillSale(m *tillMember, wrong error) {
	_, typed := v.r.PostForm["amount"]
	says := ""
	if wrong != nil {
		says = v.say(wrong)
	}
	v.fill(m.Sale, typed)
	v.fill(m.Store, typed)
	v.fill(m.With, typed)
	if take := v.typed("take"); take != "" {
		for i := range m.With {
			m.With[i].choose(take)
		}
		m.Open = m.ofGoods(take)
	}
	m.Open = m.Open || codeOf(wrong) == "reward_not_there" || codeOf(wrong) == "reward_for_goods"
	m.wrong = cmp.Or(besides(m.Sale, wrong, says), besides(m.With, wrong, says), besides(m.Store, wrong, says))
	for i := range m.Lines {
		l := &m.Lines[i]
		one := []field{l.Product, l.Quantity, l.Amount}
		v.fill(one, typed)
		m.wrong = cmp.Or(m.wrong, besides(one, wrong, says))
		l.Product, l.Quantity, l.Amount = one[0], one[1], one[2]
		m.Open = m.Open || l.Product.Value != "" || l.Amount.Value != ""
	}
}

// typedSale reads the sale that was typed, as it stands before the programme takes anything off.
func (v *visit) typedSale(facts *intake.Intake, root int64) (o intake.Order, err error) {
	o = intake.Order{Customer: customer.Numbered(root), Once: true, Order: order.Order{Source: bySource, Catalogued: true}}
	if o.Reference, err = v.key(); err != nil {
		return o, err
	}
	if o.Store, err = v.typedText("store", textMost); err != nil {
		return o, err
	}
	digits := facts.Business.Digits()
	if o.Lines, err = v.typedLines(facts); err != nil {
		return o, err
	}
	var sum int64
	for i := range o.Lines {
		sum += o.Lines[i].AmountMinor
	}
	if v.typed("amount") == "" && sum > 0 {
		o.AmountMinor = sum
		return o, nil
	}
	if o.AmountMinor, err = v.typedAmount("amount", digits); err != nil {
		return o, err
	}
	if len(o.Lines) == 1 && sum == 0 {
		o.Lines[0].AmountMinor, sum = o.AmountMinor, o.AmountMinor
	}
	if len(o.Lines) > 0 && sum != o.AmountMinor {
		err = fault.In("amount", fault.Coded("lines_differ", fault.Invalidf("the lines add up to %d, and the amount is %d, in minor units", sum, o.AmountMinor)))
	}
	return o, err
}

// sum is what is taken off a sale, and what comes of what is left.
type sum struct {
	rules int64   // that the programme takes off, in minor units
	lines []int64 // the same for each line; nil: nobody knows, and it is spread over them
	off   int64   // and that the reward takes off what is left
	with  *reward.Reward
	gives programme.Outcome
}

// from takes it off an order.
func (s *sum) from(o *order.Order) error {
	if s.lines != nil {
		o.TakeOffLines(s.lines)
	} else {
		o.TakeOff(s.rules, nil)
	}
	if s.with == nil {
		return nil
	}
	return s.with.TakeOff(o, s.off)
}

// quoted is what the programme and the reward take off a sale. Where no programme is in force it takes nothing.
func quoted(tx *db.Tx, facts *intake.Intake, root int64, o *order.Order, with *reward.Reward) (s sum, err error) {
	p := facts.Programme()
	one := *o
	one.Lines = append([]order.Line(nil), o.Lines...)
	if err := one.Check(); err != nil {
		return s, err
	}
	if s.gives, err = p.Quote(tx, root, &one); err != nil && codeOf(err) != noProgramme {
		return s, err
	}
	s.lines, s.rules = s.gives.Off, one.ProgrammeDiscountMinor
	if s.with = with; with == nil {
		return s, nil
	}
	if s.off, err = with.Off(&one); err == nil {
		err = with.TakeOff(&one, s.off)
	}
	if err != nil || s.gives.Version == 0 {
		return s, err
	}
	s.gives, err = p.Quote(tx, root, &one)
	return s, err
}

const noProgramme = "no_programme"

func (v *visit) tillQuote(by account.Actor, facts *intake.Intake, root int64, o intake.Order) (q *tillQuote, err error) {
	currency := facts.Business.Currency
	o.Placed = facts.At(time.Now())
	return q, v.read(func(tx *db.Tx) error {
		with, err := v.chosenFor(tx, by, facts, root)
		if err != nil {
			return err
		}
		s, err := quoted(tx, facts, root, &o.Order, with.promise())
		if err != nil {
			return v.rewardRefused(with.promise(), err, currency)
		}
		club, err := inForce(tx, facts)
		if err != nil {
			return err
		}
		q = &tillQuote{Pay: v.l.Money(o.AmountMinor-s.rules-s.off, currency), Minor: s.rules, OffMinor: s.off}
		// How far a stamp card has come is no reason why something gave nothing.
		results, err := club.ResultsIn(tx, v.l, s.gives.Results)
		if err != nil {
			return err
		}
		gives, not := given(results, func(r *programme.Result) bool { return r.Gave() || r.Why == programme.CardGoesOn })
		if s.rules > 0 {
			q.Discount = v.l.Money(s.rules, currency)
		}
		if with != nil {
			q.Off = v.l.T("till.quote.reward", club.In(v.l, with.Name), v.l.Money(s.off, currency))
		}
		if s.rules+s.off > 0 {
			q.Full = v.l.Money(o.AmountMinor, currency)
		}
		if len(gives) > 0 || len(not) > 0 {
			q.Words = programme.Words(v.l, programme.Cashier, currency, gives)
		}
		for i := range not {
			q.Not = append(q.Not, not[i].Words(v.l, programme.Cashier, currency))
		}
		return nil
	})
}

// given parts results into those that hold and the others.
func given(all []programme.Result, holds func(*programme.Result) bool) (yes, no []programme.Result) {
	for i := range all {
		if holds(&all[i]) {
			yes = append(yes, all[i])
		} else {
			no = append(no, all[i])
		}
	}
	return yes, no
}

// someSale reads the sale that was typed, which is for something: what a visit gives is not given for nothing.
func (v *visit) someSale(facts *intake.Intake, root int64) (intake.Order, error) {
	o, err := v.typedSale(facts, root)
	if err == nil && o.AmountMinor == 0 {
		err = unfit("amount", aboveZero) // before anything is taken off
	}
	return o, err
}

func (v *visit) quoteSale() error {
	return v.atCustomer(func(by account.Actor, facts *intake.Intake, s *customer.Stored) error {
		if v.typed("take") != "" && v.typed("amount") == "" && !v.typedAnyLine() { // the reward first, and then the amount
			return v.tillCustomer(by, facts, s, tillAsked{})
		}
		o, err := v.someSale(facts, s.Customer)
		if err != nil {
			return v.retry(by, facts, s, err)
		}
		q, err := v.tillQuote(by, facts, s.Customer, o)
		if err != nil {
			return v.retry(by, facts, s, err)
		}
		return v.tillCustomer(by, facts, s, tillAsked{quote: q})
	})
}

const quoteChanged = "quote_changed"

// sell records the sale as the API does. Where something is taken off that the cashier was not shown, it is shown first: the
// customer pays less.
func (v *visit) sell() error {
	return v.atCustomer(func(by account.Actor, facts *intake.Intake, s *customer.Stored) error {
		o, err := v.someSale(facts, s.Customer)
		if err != nil {
			return v.retry(by, facts, s, err)
		}
		shown, err := v.shownOff()
		if err != nil {
			return v.retry(by, facts, s, err)
		}
		if err := v.gatherChosen(by, facts, s.Customer); err != nil {
			return v.retry(by, facts, s, err)
		}
		out, _, err := v.recordSale(by, facts, s.Customer, o, func(tx *db.Tx) (fact.Moment, sum, error) {
			at := facts.At(tx.Now)
			with, err := v.chosenFor(tx, by, facts, s.Customer)
			if err != nil {
				return at, sum{}, err
			}
			off, err := quoted(tx, facts, s.Customer, withMoment(o.Order, at), with.promise())
			if err != nil {
				return at, off, v.rewardRefused(with.promise(), err, facts.Business.Currency)
			}
			if off.rules != shown.rules || off.off != shown.off {
				return at, off, fault.Coded(quoteChanged, fault.Conflictf("%d and %d are taken off, and %d and %d were shown, in minor units", off.rules, off.off, shown.rules, shown.off))
			}
			return at, off, v.useWith(tx, by, facts, with, o.Reference)
		})
		if codeOf(err) == quoteChanged {
			q, quoting := v.tillQuote(by, facts, s.Customer, o)
			if quoting != nil {
				return v.retry(by, facts, s, quoting)
			}
			return v.tillCustomer(by, facts, s, tillAsked{wrong: err, quote: q})
		}
		if err != nil {
			return v.retry(by, facts, s, err)
		}
		v.remember(o.Store)
		return v.leave("/till/" + fact.PublicID(fact.CustomerPrefix, s.Customer) + "?sold=" + fact.PublicID(fact.OrderPrefix, out.Fact, out.Customer))
	})
}

func withMoment(o order.Order, at fact.Moment) *order.Order {
	o.Placed = at
	return &o
}

// shownOff is what the quote on the page took off, in minor units; none was shown: 0.
func (v *visit) shownOff() (s sum, err error) {
	for name, to := range map[string]*int64{"discount": &s.rules, "off": &s.off} {
		text := v.typed(name)
		if text == "" {
			continue
		}
		if *to, err = strconv.ParseInt(text, 10, 64); err != nil || *to < 0 || *to > amountMost {
			return s, fault.Coded("out_of_range", fault.Invalidf("%.20q is no discount", text))
		}
	}
	return s, nil
}

// recordSale takes a sale in once, whatever is pressed or sent again: one that is there under its key keeps its moment and
// what was taken off it. Fresh tells both for one that is not, and spends the reward.
func (v *visit) recordSale(by account.Actor, facts *intake.Intake, root int64, o intake.Order, fresh func(tx *db.Tx) (fact.Moment, sum, error)) (out fact.Outcome, again bool, err error) {
	for range 2 { // two at the same time: the second finds the first one's then, and that it took the reward
		err = v.write(func(tx *db.Tx) (err error) {
			one := o
			one.Lines = append([]order.Line(nil), o.Lines...) // intake completes them, and the transaction may be run again
			known, err := soldBefore(tx, o.Reference)
			if err != nil {
				return err
			}
			if again = known != nil; again {
				err = cmp.Or(v.withSame(tx, root, known), asSold(&one.Order, known))
			} else {
				err = v.lowered(tx, &one.Order, facts.Business.Currency, fresh)
			}
			if err != nil {
				return err
			}
			if out, err = facts.Order(tx, one); err != nil {
				return err
			}
			if out.Status == fact.Conflict {
				return otherSale()
			}
			fields := []string{"amount_minor", "customer", "placed_at", "reference", "source"}
			if len(o.Lines) > 0 {
				fields = append(fields, "lines")
			}
			return tookSale(tx, by, facts, root, out, o.Reference, fields)
		})
		if fault.KindOf(err) != fault.Conflict {
			break
		}
	}
	if err == nil && out.Fact == 0 {
		err = fmt.Errorf("the sale %s of customer %d was recorded as nothing", o.Reference, root)
	}
	return out, again, err
}

// tookSale is into the trail that a sale was entered, and has it looked at whether it was for the one who did: once, when it is new.
func tookSale(tx *db.Tx, by account.Actor, facts *intake.Intake, root int64, out fact.Outcome, reference string, fields []string) error {
	if out.Status == fact.Created {
		if err := facts.Fraud().Entered(tx, root, by.ID, out.Customer, out.Fact, reference); err != nil {
			return err
		}
	}
	return facts.By(by).Took(tx, "order", fact.OrderPrefix, out, fields)
}

// lowered takes off a sale that is new what is taken off it.
func (v *visit) lowered(tx *db.Tx, o *order.Order, currency string, fresh func(tx *db.Tx) (fact.Moment, sum, error)) error {
	at, off, err := fresh(tx)
	if o.Placed = at; err != nil {
		return err
	}
	if taken := off.rules + off.off; taken > o.AmountMinor {
		return fault.Coded("out_of_range", fault.Invalidf("%d is taken off, of %d", taken, o.AmountMinor))
	}
	if err := off.from(o); err != nil {
		return v.rewardRefused(off.with, err, currency)
	}
	return nil
}
