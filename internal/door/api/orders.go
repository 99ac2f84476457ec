package api

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/door/api/wire"
	"regulars/internal/intake"
	"regulars/internal/record/fact"
	"regulars/internal/record/order"
)

// WrittenOut is the answer to what hands a fact in.
type WrittenOut struct {
	Status   int
	Location string `header:"Location"`
	Body     wire.Written
}

type orderIn struct {
	Body wire.Order
}

func (a *API) putOrder(ctx context.Context, in *orderIn) (*WrittenOut, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	o, err := orderOf(facts, &in.Body)
	if err != nil {
		return nil, err
	}
	out, err := a.take(ctx, "order", fact.OrderPrefix, "/v1/orders/", fieldsOf(&in.Body), func(tx *db.Tx) (fact.Outcome, error) {
		return facts.Order(tx, o)
	})
	return a.earned(ctx, facts, out, err, nil, fact.OrderPrefix)
}

// orderOf turns what came over the wire into what intake takes.
func orderOf(facts *intake.Intake, w *wire.Order) (o intake.Order, err error) {
	if o.Customer, err = whose(facts, w.Customer); err != nil {
		return o, fault.In("customer", err)
	}
	if err := currency(facts, w.Currency); err != nil {
		return o, err
	}
	o.Order = order.Order{Source: source(w.Source), Reference: w.Reference, Placed: facts.At(w.PlacedAt), State: order.State(w.State),
		DiscountMinor: w.DiscountMinor, ProgrammeDiscountMinor: w.ProgrammeDiscountMinor, TaxMinor: w.TaxMinor, ShippingMinor: w.ShippingMinor,
		Store: w.Store, Channel: w.Channel, Catalogued: true}
	if err := said(w.Attributes, &o.Attributes); err != nil {
		return o, err
	}
	if w.AmountMinor != nil {
		o.AmountMinor = *w.AmountMinor
	} else if o.Summed = len(w.Lines) > 0; !o.Summed {
		return o, fault.In("amount_minor", fault.Coded(codeRequired, fault.Invalidf("an order without lines needs an amount_minor")))
	}
	for i := range w.Lines {
		l := &w.Lines[i]
		line := order.Line{Product: l.Product, ProductName: l.ProductName, Category: l.Category, Quantity: 1, AmountMinor: l.AmountMinor,
			ProgrammeDiscountMinor: l.ProgrammeDiscountMinor}
		if l.Quantity != nil {
			line.Quantity = *l.Quantity
		}
		if err := cmp.Or(said(l.Attributes, &line.Attributes), optional(facts, "sold_at", l.SoldAt, &line.Moment)); err != nil {
			return o, fault.In("lines", fault.In(fmt.Sprintf("[%d]", i), err))
		}
		o.Lines = append(o.Lines, line)
	}
	for i, p := range w.Payments {
		payment := order.Payment{Method: p.Method, AmountMinor: p.AmountMinor}
		if err := optional(facts, "paid_at", p.PaidAt, &payment.Paid); err != nil {
			return o, fault.In("payments", fault.In(fmt.Sprintf("[%d]", i), err))
		}
		o.Payments = append(o.Payments, payment)
	}
	return o, moment("placed_at", w.PlacedAt)
}

// Years that a moment may lie in: others are slips of the hand, and leave the bounds of numbers.
const (
	yearLeast = 1900
	yearMost  = 2200
)

func moment(field string, t time.Time) error {
	if y := t.UTC().Year(); y < yearLeast || y > yearMost {
		return fault.In(field, fault.Invalidf("the year %d lies too far away", y))
	}
	return nil
}

// optional takes a moment that may be left out.
func optional(facts *intake.Intake, field string, t *time.Time, to *fact.Moment) error {
	if t == nil {
		return nil
	}
	*to = facts.At(*t)
	return moment(field, *t)
}

// source is the system that a fact comes from, as it is said or "api".
func source(s string) string {
	if s == "" {
		return "api"
	}
	return s
}

// currency refuses another one than the business's.
func currency(facts *intake.Intake, code string) error {
	if have := facts.Business.Currency; code != "" && code != have {
		return fault.In("currency", fault.Coded("other_currency",
			fault.Invalidf("amounts are kept in %s here; convert %s first, or leave currency out", have, code)))
	}
	return nil
}

// said takes what is said beyond the fields. Files may hold zero bytes by accident; a program is told.
func said(m map[string]string, to *fact.Attributes) error {
	for name, value := range m {
		if strings.IndexByte(name+value, 0) >= 0 {
			return fault.In("attributes", fault.Invalidf("the attribute %.40q holds a zero byte, which is no character", name))
		}
		*to = append(*to, fact.Attribute{Name: name, Value: value})
	}
	return nil
}

// take hands a fact in and answers what became of it. The prefix is that of its public id.
func (a *API) take(ctx context.Context, kind string, prefix fact.Prefix, at string, fields []string,
	hand func(tx *db.Tx) (fact.Outcome, error)) (*WrittenOut, error) {
	var out fact.Outcome
	err := a.Store.Write(ctx, func(tx *db.Tx) (err error) {
		if out, err = hand(tx); err != nil {
			return err
		}
		return intake.By{Actor: noted(ctx)}.Took(tx, kind, prefix, out, fields)
	})
	if err != nil {
		return nil, err
	}
	return written(prefix, at, out), nil
}

func public(prefix fact.Prefix, out fact.Outcome) string {
	if prefix == fact.CustomerPrefix {
		return fact.PublicID(prefix, out.Customer)
	}
	return fact.PublicID(prefix, out.Fact, out.Customer)
}

func written(prefix fact.Prefix, at string, out fact.Outcome) *WrittenOut {
	w := &WrittenOut{Status: statusOf(string(out.Status)), Body: wire.Written{Status: string(out.Status)}}
	if out.Fact != 0 || prefix == fact.CustomerPrefix && out.Customer != 0 { // but not of what is an erased one's
		w.Body.ID = public(prefix, out)
		w.Location = at + w.Body.ID
	}
	if out.Customer > 0 && prefix != fact.CustomerPrefix {
		w.Body.Customer = fact.PublicID(fact.CustomerPrefix, out.Customer)
	}
	return w
}
