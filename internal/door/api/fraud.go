package api

import (
	"context"

	"regulars/internal/act/fraud"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/door/api/wire"
	"regulars/internal/record/fact"
)

func (a *API) tableOfFraud() {
	on(a, get, "/v1/fraud/flags", account.PointsAdjust, "List what may be misuse", a.listFlags, says("The newest first. It is looked for each night; a flag takes nothing away."))
	on(a, post, "/v1/fraud/flags/{id}/clear", account.PointsAdjust, "Clear a flag", a.clearFlag, says("It is nothing. What was found is not flagged again for the same evidence."))
	on(a, post, "/v1/fraud/flags/{id}/confirm", account.PointsAdjust, "Confirm a flag", a.confirmFlag, says("It is misuse. Nothing is done by itself: a person takes back what is to be taken back."))
}

type flagsIn struct {
	Paged

	Kind     string `query:"kind" enum:"staff_own,staff_one,return_loop,referral_ring,friends_alike,friends_gone,shared,many_orders,many_units" doc:"Only those of the kind."`
	State    string `query:"state" enum:"open,cleared,confirmed" doc:"Only those in the state."`
	Customer string `query:"customer" maxLength:"40" doc:"Only those about the customer."`
}

func (a *API) listFlags(ctx context.Context, in *flagsIn) (*Listed[wire.FraudFlag], error) {
	var before int64
	if _, err := in.after(&before); err != nil {
		return nil, err
	}
	var list []fraud.Flag
	err := a.Store.Read(ctx, func(tx *db.Tx) error {
		f := fraud.Filter{Kind: fraud.Kind(in.Kind), State: fraud.State(in.State)}
		var err error
		if in.Customer != "" {
			if f.Whose, _, err = a.everybody(tx, in.Customer); err != nil {
				return err
			}
		}
		list, err = fraud.List(tx, f, before, in.Limit+1)
		return err
	})
	if err != nil {
		return nil, err
	}
	return listed(ctx, in.Paged, list, func(f fraud.Flag) string { return cursor(f.ID) }, func(f fraud.Flag) wire.FraudFlag { return showFlag(&f) }), nil
}

func showFlag(f *fraud.Flag) wire.FraudFlag {
	e := &f.Evidence
	shown := wire.FraudFlag{ID: fact.PublicID(fraud.Prefix, f.ID, f.Customer), Kind: string(f.Kind), Customer: publicCustomer(f.Customer), State: string(f.State),
		High: f.Kind.High(), FoundAt: f.Found.UTC(), DecidedAt: unlessZero(f.Decided), DecidedBy: f.By, Reason: f.Reason,
		Evidence: wire.FraudEvidence{Day: e.Day, Days: e.Days, Orders: e.Orders, Usual: e.Usual, Units: e.Units, Unit: e.Unit, Times: e.Times, All: e.All, Staff: e.Staff,
			Attribute: e.Attribute, Count: e.Count, Friends: e.Friends, Gone: e.Gone}}
	for _, c := range e.Customers {
		shown.Evidence.Customers = append(shown.Evidence.Customers, publicCustomer(c))
	}
	for i, id := range e.OrderIDs {
		shown.Evidence.OrderIDs = append(shown.Evidence.OrderIDs, fact.PublicID(fact.OrderPrefix, id, e.Owners[i]))
	}
	return shown
}

// FlagOut is a flag.
type FlagOut struct{ Body wire.FraudFlag }

type decideIn struct {
	ID   string `path:"id" maxLength:"60" doc:"Id of the flag."`
	Body wire.FraudDecision
}

func (a *API) clearFlag(ctx context.Context, in *decideIn) (*FlagOut, error) {
	return a.decideFlag(ctx, in, fraud.Cleared)
}

func (a *API) confirmFlag(ctx context.Context, in *decideIn) (*FlagOut, error) {
	return a.decideFlag(ctx, in, fraud.Confirmed)
}

func (a *API) decideFlag(ctx context.Context, in *decideIn, to fraud.State) (*FlagOut, error) {
	var number, id int64
	if err := fact.ParsePublicID(fraud.Prefix, in.ID, &id, &number); err != nil {
		return nil, err
	}
	out := &FlagOut{}
	err := a.Store.Write(ctx, func(tx *db.Tx) error {
		f, err := fraud.Decide(tx, number, id, to, who(ctx), in.Body.Reason)
		if err != nil {
			return err
		}
		out.Body = showFlag(&f)
		return a.did(ctx, tx, "flag."+string(to), in.ID, []string{"state", "reason"}, 1)
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}
