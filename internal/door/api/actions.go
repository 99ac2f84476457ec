package api

import (
	"context"
	"slices"
	"strings"

	"regulars/internal/act/programme"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/door/api/wire"
)

type newActionIn struct {
	CustomerIn
	Worded

	Body wire.NewAction
}

// ActionOut is what the programme gave for an action.
type ActionOut struct {
	Body wire.Explanation
}

func (a *API) newAction(ctx context.Context, in *newActionIn) (*ActionOut, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	says, err := in.speaker(facts)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(programme.ToldActions(), in.Body.Action) {
		return nil, fault.In("action", fault.Invalidf("%q is nothing that is told; tell %s", in.Body.Action, strings.Join(programme.ToldActions(), ", ")))
	}
	out := &ActionOut{}
	err = a.Store.Write(ctx, func(tx *db.Tx) error {
		root, err := a.person(tx, in.ID)
		if err != nil {
			return err
		}
		p := facts.Programme()
		if err := p.Did(tx, root, in.Body.Action, in.Body.Key); err != nil {
			return err
		}
		o, there, err := programme.Of(tx, root, programme.ActionCause(in.Body.Action, in.Body.Key))
		if err != nil {
			return err
		}
		if out.Body = (wire.Explanation{Customer: publicCustomer(root), Action: in.Body.Action, Units: map[string]int64{}, Rules: []wire.RuleResult{}, At: tx.Now}); there {
			out.Body, err = says.explanation(tx, &o)
		} else {
			_, out.Body.Words, err = says.results(tx, root, nil)
		}
		if err != nil {
			return err
		}
		return a.did(ctx, tx, "customer.action", publicCustomer(root), fieldsOf(&in.Body), 1)
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}
