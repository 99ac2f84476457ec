package api

import (
	"context"

	"regulars/internal/base/db"
	"regulars/internal/door/api/wire"
	"regulars/internal/intake"
	"regulars/internal/record/fact"
	"regulars/internal/record/spending"
)

func (a *API) listInitiatives(ctx context.Context, in *Paged) (*Listed[wire.Initiative], error) {
	after, err := in.afterKey()
	if err != nil {
		return nil, err
	}
	var all []spending.StoredInitiative
	err = a.Store.Read(ctx, func(tx *db.Tx) (err error) {
		all, err = spending.ListInitiatives(tx, after, in.Limit+1)
		return err
	})
	if err != nil {
		return nil, err
	}
	at := func(i spending.StoredInitiative) string {
		return cursorKey(spending.Key{Source: i.Source, Reference: i.Reference})
	}
	return listed(ctx, *in, all, at, func(i spending.StoredInitiative) wire.Initiative { return showInitiative(&i) }), nil
}

func showInitiative(i *spending.StoredInitiative) wire.Initiative {
	out := wire.Initiative{Source: i.Source, Reference: i.Reference, Name: i.Name, Description: i.Description, StartedOn: day(i.Started),
		Measures: i.Measures, UpdatedAt: &i.Updated}
	if !i.Ended.IsZero() {
		out.EndedOn = day(i.Ended)
	}
	return out
}

// InitiativeOut is an initiative.
type InitiativeOut struct {
	Body wire.Initiative
}

func (a *API) getInitiative(ctx context.Context, in *KeyIn) (*InitiativeOut, error) {
	var i *spending.StoredInitiative
	err := a.Store.Read(ctx, func(tx *db.Tx) (err error) {
		i, err = spending.LoadInitiative(tx, in.key())
		return err
	})
	if err != nil {
		return nil, err
	}
	return &InitiativeOut{Body: showInitiative(i)}, nil
}

type initiativeIn struct {
	Body wire.Initiative
}

func (a *API) putInitiative(ctx context.Context, in *initiativeIn) (*KeptOut, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	i, err := initiativeOf(facts, &in.Body)
	if err != nil {
		return nil, err
	}
	return a.keep(ctx, "initiative", spending.Key{Source: i.Source, Reference: i.Reference}, fieldsOf(&in.Body),
		func(tx *db.Tx) (fact.Outcome, error) { return facts.Initiative(tx, i) })
}

func (a *API) deleteInitiative(ctx context.Context, in *KeyIn) (*KeptOut, error) {
	return a.remove(ctx, "initiative", in.key(), spending.DeleteInitiative)
}

// initiativeOf turns what came over the wire into what intake takes.
func initiativeOf(facts *intake.Intake, w *wire.Initiative) (i spending.Initiative, err error) {
	i = spending.Initiative{Source: source(w.Source), Reference: w.Reference, Name: w.Name, Description: w.Description, Measures: w.Measures}
	if i.Started, err = dayOf(facts, "started_on", w.StartedOn); err != nil {
		return i, err
	}
	if w.EndedOn != "" {
		i.Ended, err = dayOf(facts, "ended_on", w.EndedOn)
	}
	return i, err
}
