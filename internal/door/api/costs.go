package api

import (
	"context"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/door/api/wire"
	"regulars/internal/intake"
	"regulars/internal/record/fact"
	"regulars/internal/record/spending"
)

// KeyIn names something by what its source calls it.
type KeyIn struct {
	Reference string `path:"reference" maxLength:"300"`
	Source    string `query:"source" maxLength:"300" default:"api"`
}

func (k *KeyIn) key() spending.Key {
	return spending.Key{Source: source(k.Source), Reference: k.Reference}
}

// KeptOut is the answer to what hands in, or takes back, something that has no id of its own.
type KeptOut struct {
	Status int
	Body   wire.KeptWritten
}

// keep hands something in that is known by source and reference, and answers what became of it.
func (a *API) keep(ctx context.Context, kind string, key spending.Key, fields []string, hand func(tx *db.Tx) (fact.Outcome, error)) (*KeptOut, error) {
	var out fact.Outcome
	err := a.Store.Write(ctx, func(tx *db.Tx) (err error) {
		if out, err = hand(tx); err != nil {
			return err
		}
		if out.Err != nil {
			return out.Err
		}
		return a.did(ctx, tx, kind+"."+string(out.Status), kind, fields, 1)
	})
	if err != nil {
		return nil, err
	}
	return &KeptOut{Status: statusOf(string(out.Status)), Body: wire.KeptWritten{Source: key.Source, Reference: key.Reference, Status: string(out.Status)}}, nil
}

// remove takes something back that was handed in by mistake.
func (a *API) remove(ctx context.Context, kind string, key spending.Key, remove func(*db.Tx, spending.Key) error) (*KeptOut, error) {
	err := a.Store.Write(ctx, func(tx *db.Tx) error {
		if err := remove(tx, key); err != nil {
			return err
		}
		return a.did(ctx, tx, kind+".deleted", kind, nil, 1)
	})
	if err != nil {
		return nil, err
	}
	return &KeptOut{Status: statusOf(""), Body: wire.KeptWritten{Source: key.Source, Reference: key.Reference, Status: "deleted"}}, nil
}

type costsIn struct {
	Paged

	Source       string    `query:"source" maxLength:"300"`
	Channel      string    `query:"channel" maxLength:"300"`
	From         time.Time `query:"from" doc:"Spent at this time or later."`
	To           time.Time `query:"to" doc:"Spent before this time."`
	UpdatedSince time.Time `query:"updated_since" doc:"Handed in or changed at this time or later."`
}

func (a *API) listCosts(ctx context.Context, in *costsIn) (*Listed[wire.Cost], error) {
	after, err := in.afterKey()
	if err != nil {
		return nil, err
	}
	f := spending.CostFilter{Source: in.Source, Channel: in.Channel, From: in.From, To: in.To, Updated: in.UpdatedSince}
	var all []spending.StoredCost
	err = a.Store.Read(ctx, func(tx *db.Tx) (err error) {
		all, err = spending.ListCosts(tx, f, after, in.Limit+1)
		return err
	})
	if err != nil {
		return nil, err
	}
	v := a.view(ctx)
	at := func(c spending.StoredCost) string {
		return cursorKey(spending.Key{Source: c.Source, Reference: c.Reference})
	}
	return listed(ctx, in.Paged, all, at, func(c spending.StoredCost) wire.Cost { return showCost(v, &c) }), nil
}

func showCost(v view, c *spending.StoredCost) wire.Cost {
	return wire.Cost{Source: c.Source, Reference: c.Reference, SpentOn: day(c.Spent), Channel: c.Channel, Retention: c.Retention,
		Currency: v.currency, AmountMinor: c.AmountMinor, Note: c.Note, UpdatedAt: &c.Updated}
}

// CostOut is a cost.
type CostOut struct {
	Body wire.Cost
}

func (a *API) getCost(ctx context.Context, in *KeyIn) (*CostOut, error) {
	var c *spending.StoredCost
	err := a.Store.Read(ctx, func(tx *db.Tx) (err error) {
		c, err = spending.LoadCost(tx, in.key())
		return err
	})
	if err != nil {
		return nil, err
	}
	return &CostOut{Body: showCost(a.view(ctx), c)}, nil
}

type costIn struct {
	Body wire.Cost
}

func (a *API) putCost(ctx context.Context, in *costIn) (*KeptOut, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	c, err := costOf(facts, &in.Body)
	if err != nil {
		return nil, err
	}
	return a.keep(ctx, "cost", spending.Key{Source: c.Source, Reference: c.Reference}, fieldsOf(&in.Body),
		func(tx *db.Tx) (fact.Outcome, error) { return facts.Cost(tx, c) })
}

func (a *API) deleteCost(ctx context.Context, in *KeyIn) (*KeptOut, error) {
	return a.remove(ctx, "cost", in.key(), spending.DeleteCost)
}

// costOf turns what came over the wire into what intake takes.
func costOf(facts *intake.Intake, w *wire.Cost) (c spending.Cost, err error) {
	if err := currency(facts, w.Currency); err != nil {
		return c, err
	}
	c = spending.Cost{Source: source(w.Source), Reference: w.Reference, Channel: w.Channel, Retention: w.Retention, AmountMinor: w.AmountMinor, Note: w.Note}
	c.Spent, err = dayOf(facts, "spent_on", w.SpentOn)
	return c, err
}

// day is the date on the clock of the business.
func day(m fact.Moment) string { return time.UnixMicro(m.Local).UTC().Format(time.DateOnly) }

// dayOf is the moment that a date begins at, on the clock of the business.
func dayOf(facts *intake.Intake, field, text string) (fact.Moment, error) {
	t, err := time.ParseInLocation(time.DateOnly, text, facts.Business.Zone)
	if err != nil {
		return fact.Moment{}, fault.In(field, fault.Invalidf("%.40q is no date; write it as 2026-11-01", text))
	}
	m := facts.At(t)
	return m, moment(field, t)
}
