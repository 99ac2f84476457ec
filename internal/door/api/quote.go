package api

import (
	"context"
	"slices"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/door/api/wire"
	"regulars/internal/intake"
	"regulars/internal/record/customer"
)

// QuoteOut is a quote.
type QuoteOut struct {
	Body wire.Quote
}

type quoteIn struct {
	Worded

	Body wire.Order
}

func (a *API) quote(ctx context.Context, in *quoteIn) (*QuoteOut, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	o, err := orderOf(facts, &in.Body)
	if err == nil {
		err = o.Order.Check()
	}
	if err != nil {
		return nil, err
	}
	says, err := in.speaker(facts)
	if err != nil {
		return nil, err
	}
	out := &QuoteOut{}
	err = a.Store.Read(ctx, func(tx *db.Tx) error {
		root, err := quotedFor(tx, facts, o.Customer)
		if err != nil {
			return err
		}
		left := o.Order
		left.Lines = slices.Clone(left.Lines)
		if err := left.Complete(tx); err != nil {
			return err
		}
		q, err := facts.Programme().Quote(tx, root, &left)
		if err != nil {
			return err
		}
		out.Body = wire.Quote{Version: q.Version, Units: q.Units(), Gifts: []string{}, Rewards: []wire.Offer{}}
		if out.Body.Rules, out.Body.Words, err = says.results(tx, root, q.Results); err != nil {
			return err
		}
		for i := range q.Results {
			r := &q.Results[i]
			out.Body.FreeDelivery = out.Body.FreeDelivery || r.FreeDelivery
			if r.Gift != "" {
				out.Body.Gifts = append(out.Body.Gifts, r.Gift)
			}
		}
		for _, n := range q.Off {
			out.Body.DiscountMinor += n
		}
		if out.Body.DiscountMinor > 0 && len(o.Lines) > 0 {
			for _, n := range q.Off {
				out.Body.Lines = append(out.Body.Lines, wire.QuotedLine{DiscountMinor: n})
			}
		}
		if root <= 0 {
			return nil
		}
		const most = 200
		out.Body.Rewards, err = offersFor(tx, facts.Rewards(), root, &left, "", most)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// quotedFor is whom an order would be of; 0: nobody, or somebody new.
func quotedFor(tx *db.Tx, facts *intake.Intake, who customer.Identity) (root int64, err error) {
	if who == (customer.Identity{}) {
		return 0, nil
	}
	id, err := who.Normal(facts.Business.Country)
	if err != nil {
		return 0, fault.In("customer", err)
	}
	found, err := customer.Find(tx, []customer.Identity{id})
	if err != nil || found[id] <= 0 {
		return 0, err
	}
	return customer.Root(tx, found[id])
}
