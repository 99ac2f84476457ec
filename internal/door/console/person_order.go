package console

import (
	"cmp"
	"errors"
	"math"
	"strings"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/intake"
	"regulars/internal/record/business"
	"regulars/internal/record/catalogue"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/order"
)

const (
	clock       = "2006-01-02T15:04" // as browsers send a day and a time
	yearLeast   = 1900
	amountMost  = 1e10 // of the currency: more is a slip of the hand
	choicesMost = 200
	textMost    = 300 // bytes of a name or a reference
)

// orderFields is the form by which an order is typed in.
func (v *visit) orderFields(tx *db.Tx, b business.Business) ([]field, error) {
	fields := []field{
		{Name: "placed_at", Label: v.l.T("person.order.when"), Type: "datetime-local", Value: time.Now().In(b.Zone).Format(clock)},
		{Name: "amount", Label: v.l.T("person.order.amount", b.Currency), Help: v.l.T("person.order.amount.help", v.l.Plain(plainAmount(450*int64(math.Pow10(b.Digits()))/100, b.Digits()))), Mode: "decimal", Complete: "off"},
		{Name: "product", Label: v.l.T("person.order.what"), Complete: "off", Optional: true},
		{Name: "quantity", Label: v.l.T("person.order.quantity"), Value: "1", Mode: "decimal", Complete: "off"},
	}
	products, err := catalogue.List(tx, "", "", choicesMost)
	if err != nil {
		return nil, err
	}
	for i := range products {
		fields[2].List = append(fields[2].List, cmp.Or(products[i].Name, products[i].Reference))
	}
	for _, place := range []struct {
		name string
		list func(tx *db.Tx, after string, limit int) ([]catalogue.Place, error)
	}{{"store", catalogue.Stores}, {"channel", catalogue.Channels}} {
		all, err := place.list(tx, "", choicesMost)
		if err != nil {
			return nil, err
		}
		if len(all) == 0 {
			continue
		}
		f := field{Name: place.name, Label: v.l.T("person.order." + place.name), Type: "select", Choices: []choice{{"", v.l.T("person.order.unsaid"), false}}}
		for _, p := range all {
			f.Choices = append(f.Choices, choice{p.Reference, cmp.Or(p.Name, p.Reference), false})
		}
		fields = append(fields, f)
	}
	return fields, nil
}

const alreadySent = "already_sent"

// sentBefore tells whether a form was sent before, with something else on it: sent again it is another one.
func sentBefore(err error) bool {
	var f *fault.Fault
	return errors.As(err, &f) && f.Code == alreadySent
}

// typeOrder records an order that was typed in, as the API does: points are earned, and everything else follows.
func (v *visit) typeOrder() error {
	return v.with(account.SalesWrite, func(by account.Actor, s *customer.Stored) error {
		facts, err := v.Facts.Intake(v.ctx)
		if err != nil {
			return err
		}
		o, err := v.typedOrder(facts, s)
		if err != nil {
			return err
		}
		fields := []string{"amount_minor", "customer", "placed_at", "reference", "source"}
		for _, more := range []struct {
			name string
			said bool
		}{{"lines", len(o.Lines) > 0}, {"store", o.Store != ""}, {"channel", o.Channel != ""}} {
			if more.said {
				fields = append(fields, more.name)
			}
		}
		err = v.write(func(tx *db.Tx) error {
			one := o
			one.Lines = append([]order.Line(nil), o.Lines...) // intake completes them, and the transaction may be run again
			out, err := facts.Order(tx, one)
			switch {
			case err != nil:
				return err
			case out.Status == fact.Conflict:
				return fault.Coded(alreadySent, fault.Conflictf("this form was sent before, with another order on it"))
			}
			return tookSale(tx, by, facts, s.Customer, out, o.Reference, fields)
		})
		if err != nil {
			return err
		}
		return v.back(s, "#times")
	})
}

func (v *visit) typedOrder(facts *intake.Intake, s *customer.Stored) (o intake.Order, err error) {
	b := facts.Business
	o = intake.Order{Customer: customer.Numbered(s.Customer), Once: true, Order: order.Order{Source: bySource, Catalogued: true}}
	if o.Placed, err = v.typedMoment("placed_at", b.Zone); err != nil {
		return o, err
	}
	if o.AmountMinor, err = v.typedAmount("amount", b.Digits()); err != nil {
		return o, err
	}
	line := order.Line{AmountMinor: o.AmountMinor, Quantity: 1}
	if line.Product, err = v.typedText("product", textMost); err != nil {
		return o, err
	}
	if v.typed("quantity") != "" {
		if line.Quantity, err = v.typedNumber("quantity"); err != nil {
			return o, err
		}
		const most = 1e6
		if line.Quantity <= 0 || line.Quantity > most {
			return o, unfit("quantity", numberOf(line.Quantity))
		}
	}
	for _, text := range []struct {
		name string
		to   *string
	}{{"store", &o.Store}, {"channel", &o.Channel}, {"key", &o.Reference}} {
		if *text.to, err = v.typedText(text.name, textMost); err != nil {
			return o, err
		}
	}
	if o.Reference == "" {
		return o, fault.Coded("required", fault.Invalidf("the form has lost its key"))
	}
	// Short enough to be read out, and long enough to be nobody else's.
	const length = 10
	o.Reference = o.Reference[:min(len(o.Reference), length)]
	if line.Product == "" {
		return o, nil
	}
	err = v.read(func(tx *db.Tx) (err error) {
		line.Product, line.ProductName, err = productOf(tx, line.Product)
		return err
	})
	o.Lines = []order.Line{line}
	return o, err
}

// productOf is the product that was typed by its reference or its name; one that is not in the catalogue yet is called as it
// was typed.
func productOf(tx *db.Tx, typed string) (reference, name string, err error) {
	one, err := catalogue.Load(tx, typed)
	if err == nil {
		return one.Reference, one.Name, nil
	}
	if fault.KindOf(err) != fault.NotFound {
		return "", "", err
	}
	all, err := catalogue.List(tx, "", "", choicesMost)
	if err != nil {
		return "", "", err
	}
	for i := range all {
		if strings.EqualFold(all[i].Name, typed) || strings.EqualFold(all[i].Reference, typed) {
			return all[i].Reference, all[i].Name, nil
		}
	}
	return typed, typed, nil
}

// typedMoment reads a day and a time that were typed on the clock of the business, or a day alone.
func (v *visit) typedMoment(name string, zone *time.Location) (fact.Moment, error) {
	text := strings.TrimSpace(v.typed(name))
	at, err := time.ParseInLocation(clock, text, zone)
	if err != nil {
		at, err = time.ParseInLocation(time.DateOnly, text, zone)
	}
	if err != nil || at.Year() < yearLeast {
		return fact.Moment{}, fault.In(name, fault.Coded("no_day", fault.Invalidf("%.20q is no day", text)))
	}
	return fact.At(at, zone), notAhead(name, at)
}

// typedAmount reads an amount of money, to its last digit.
func (v *visit) typedAmount(name string, digits int) (int64, error) {
	minor, err := moneyIn(name, v.typed(name), digits)
	if err == nil && (minor < 0 || float64(minor) > amountMost*math.Pow10(digits)) {
		err = unfit(name, amountOf(minor))
	}
	return minor, err
}
