package api

import (
	"context"

	"regulars/internal/base/db"
	"regulars/internal/door/api/wire"
	"regulars/internal/record/fact"
	"regulars/internal/record/listing"
	"regulars/internal/record/order"
	"regulars/internal/record/reference"
)

var orders = kind[order.Stored, wire.Order]{
	prefix: fact.OrderPrefix, known: reference.Order, load: order.Load, list: order.List,
	kept: func(s *order.Stored) *listing.Kept { return &s.Kept }, show: showOrder,
}

type ordersIn struct {
	Facts

	State string `query:"state" enum:"placed,paid,fulfilled,cancelled"`
}

func (a *API) listOrders(ctx context.Context, in *ordersIn) (*Listed[wire.Order], error) {
	return orders.page(ctx, a, &in.Facts, in.State)
}

func showOrder(v view, s *order.Stored) wire.Order {
	o := wire.Order{
		ID: fact.PublicID(fact.OrderPrefix, s.ID, s.Customer), Source: s.Source, Reference: s.Reference, Customer: shownCustomer(s.Customer),
		PlacedAt: utc(s.Placed), State: string(s.State), Currency: v.currency, AmountMinor: &s.AmountMinor, DiscountMinor: s.DiscountMinor,
		ProgrammeDiscountMinor: s.ProgrammeDiscountMinor, TaxMinor: s.TaxMinor, ShippingMinor: s.ShippingMinor, Store: s.Store, Channel: s.Channel, Attributes: shownAttributes(s.Attributes),
		Version: s.Version, CreatedAt: &s.Recorded, UpdatedAt: &s.Updated,
	}
	for i := range s.Lines {
		l := &s.Lines[i]
		o.Lines = append(o.Lines, wire.OrderLine{Product: l.Product, ProductName: l.ProductName, Category: l.Category, Quantity: &l.Quantity,
			AmountMinor: l.AmountMinor, ProgrammeDiscountMinor: l.ProgrammeDiscountMinor, SoldAt: shownTime(l.Moment), Attributes: shownAttributes(l.Attributes)})
	}
	for _, p := range s.Payments {
		o.Payments = append(o.Payments, wire.Payment{Method: p.Method, AmountMinor: p.AmountMinor, PaidAt: shownTime(p.Paid)})
	}
	return o
}

type changeOrderIn struct {
	FactIn
	Matched

	Body wire.Order
}

func (a *API) changeOrder(ctx context.Context, in *changeOrderIn) (*WrittenOut, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	o, err := orderOf(facts, &in.Body)
	if err != nil {
		return nil, err
	}
	return a.take(ctx, "order", fact.OrderPrefix, "/v1/orders/", fieldsOf(&in.Body), func(tx *db.Tx) (fact.Outcome, error) {
		s, err := orders.forChange(tx, &in.FactIn, &in.Matched, order.Hold)
		if err != nil {
			return fact.Outcome{}, err
		}
		if err := sameName(s.Reference, o.Reference); err != nil {
			return fact.Outcome{}, err
		}
		o.Source, o.Customer = s.Source, holder(s.Customer)
		return facts.Order(tx, o)
	})
}
