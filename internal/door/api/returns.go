package api

import (
	"cmp"
	"context"
	"fmt"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/door/api/wire"
	"regulars/internal/intake"
	"regulars/internal/record/fact"
	"regulars/internal/record/listing"
	"regulars/internal/record/order"
	"regulars/internal/record/reference"
)

var returns = kind[order.StoredReturn, wire.Return]{
	prefix: fact.ReturnPrefix, known: reference.Return, load: order.LoadReturn, list: order.ListReturns,
	kept: func(s *order.StoredReturn) *listing.Kept { return &s.Kept }, show: showReturn,
}

func (a *API) listReturns(ctx context.Context, in *Facts) (*Listed[wire.Return], error) {
	return returns.page(ctx, a, in, "")
}

func showReturn(v view, s *order.StoredReturn) wire.Return {
	r := wire.Return{
		ID: fact.PublicID(fact.ReturnPrefix, s.ID, s.Customer), Source: s.Source, Reference: s.Reference, Customer: shownCustomer(s.Customer),
		OrderReference: s.OrderReference, ReturnedAt: utc(s.Returned), Reason: s.Reason, Currency: v.currency, AmountMinor: &s.AmountMinor,
		Version: s.Version, CreatedAt: &s.Recorded, UpdatedAt: &s.Updated,
	}
	if s.Order != 0 {
		r.OrderID = fact.PublicID(fact.OrderPrefix, s.Order, s.Customer)
	}
	for i := range s.Lines {
		l := &s.Lines[i]
		r.Lines = append(r.Lines, wire.ReturnLine{Line: l.Line, Product: l.Product, Category: l.Category, Quantity: &l.Quantity,
			AmountMinor: &l.AmountMinor, ReturnedAt: shownTime(l.Moment), Attributes: shownAttributes(l.Attributes)})
	}
	return r
}

type returnIn struct {
	Body wire.Return
}

func (a *API) putReturn(ctx context.Context, in *returnIn) (*WrittenOut, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	r, err := returnOf(facts, &in.Body)
	if err != nil {
		return nil, err
	}
	out, err := a.take(ctx, "return", fact.ReturnPrefix, "/v1/returns/", fieldsOf(&in.Body), func(tx *db.Tx) (fact.Outcome, error) {
		return facts.Return(tx, cloned(r))
	})
	return a.earned(ctx, facts, out, err, order.OfReturn, fact.ReturnPrefix)
}

type changeReturnIn struct {
	FactIn
	Matched

	Body wire.Return
}

func (a *API) changeReturn(ctx context.Context, in *changeReturnIn) (*WrittenOut, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	r, err := returnOf(facts, &in.Body)
	if err != nil {
		return nil, err
	}
	return a.take(ctx, "return", fact.ReturnPrefix, "/v1/returns/", fieldsOf(&in.Body), func(tx *db.Tx) (fact.Outcome, error) {
		s, err := returns.forChange(tx, &in.FactIn, &in.Matched, order.HoldReturn)
		if err == nil {
			err = sameName(s.Reference, r.Reference)
		}
		if err != nil {
			return fact.Outcome{}, err
		}
		next := cloned(r)
		next.Source, next.Customer = s.Source, holder(s.Customer)
		return facts.Return(tx, next)
	})
}

// cloned has lines of its own: intake completes them, and the transaction may be run again.
func cloned(r intake.Return) intake.Return {
	r.Lines = append([]order.ReturnLine(nil), r.Lines...)
	return r
}

// returnOf turns what came over the wire into what intake takes.
func returnOf(facts *intake.Intake, w *wire.Return) (r intake.Return, err error) {
	if r.Customer, err = whose(facts, w.Customer); err != nil {
		return r, fault.In("customer", err)
	}
	if err := currency(facts, w.Currency); err != nil {
		return r, err
	}
	r.Bounded = w.OrderReference != ""
	r.Return = order.Return{Source: source(w.Source), Reference: w.Reference, OrderReference: w.OrderReference, Returned: facts.At(w.ReturnedAt),
		Reason: w.Reason}
	if w.AmountMinor != nil {
		r.AmountMinor = *w.AmountMinor
	} else if r.Summed = len(w.Lines) > 0; !r.Summed {
		return r, fault.In("amount_minor", fault.Coded(codeRequired, fault.Invalidf("a return without lines needs an amount_minor")))
	}
	for i := range w.Lines {
		l, err := returnLine(facts, &w.Lines[i])
		if err != nil {
			return r, fault.In("lines", fault.In(fmt.Sprintf("[%d]", i), err))
		}
		r.Lines = append(r.Lines, l)
	}
	return r, moment("returned_at", w.ReturnedAt)
}

func returnLine(facts *intake.Intake, w *wire.ReturnLine) (l order.ReturnLine, err error) {
	l = order.ReturnLine{Line: w.Line, Product: w.Product, Category: w.Category, Priced: w.AmountMinor == nil}
	switch {
	case w.Quantity != nil:
		l.Quantity = *w.Quantity
	case w.Line == 0:
		l.Quantity = 1
	}
	if w.AmountMinor != nil {
		l.AmountMinor = *w.AmountMinor
	}
	return l, cmp.Or(said(w.Attributes, &l.Attributes), optional(facts, "returned_at", w.ReturnedAt, &l.Moment))
}
