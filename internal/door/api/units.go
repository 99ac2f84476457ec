package api

import (
	"context"

	"regulars/internal/act/points"
	"regulars/internal/base/db"
	"regulars/internal/door/api/wire"
)

// UnitsOut is all units.
type UnitsOut struct {
	Body wire.Units
}

func (a *API) listUnits(ctx context.Context, _ *struct{}) (*UnitsOut, error) {
	out := &UnitsOut{Body: wire.Units{Data: []wire.Unit{}}}
	err := a.Store.Read(ctx, func(tx *db.Tx) error {
		all, err := points.Units(tx)
		for i := range all {
			out.Body.Data = append(out.Body.Data, showUnit(&all[i]))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func showUnit(u *points.Unit) wire.Unit {
	shown := wire.Unit{Unit: u.Code, Kind: string(u.Kind), AllowsDebt: u.AllowsDebt}
	if e := u.Expiry; e.Kind != points.NoExpiry {
		shown.Expiry = &wire.UnitExpiry{Kind: string(e.Kind), N: e.N, Every: string(e.Every), Round: string(e.Round), Dates: e.Dates}
	}
	if p := u.Pending; p != (points.Pending{}) {
		shown.Pending = &wire.UnitPending{Days: p.Days, Until: p.Until}
	}
	return shown
}

type putUnitIn struct {
	Unit string `path:"unit" maxLength:"40" example:"points"`
	Body wire.Unit
}

// UnitOut is a unit.
type UnitOut struct {
	Body wire.Unit
}

func (a *API) putUnit(ctx context.Context, in *putUnitIn) (*UnitOut, error) {
	b := &in.Body
	u := points.Unit{Code: in.Unit, Kind: points.Kind(b.Kind), AllowsDebt: b.AllowsDebt}
	if e := b.Expiry; e != nil {
		u.Expiry = points.Expiry{Kind: points.ExpiryKind(e.Kind), N: e.N, Every: points.Span(e.Every), Round: points.Span(e.Round), Dates: e.Dates}
	}
	if p := b.Pending; p != nil {
		u.Pending = points.Pending{Days: p.Days, Until: p.Until}
	}
	err := a.Store.Write(ctx, func(tx *db.Tx) error {
		if err := points.SaveUnit(tx, u); err != nil {
			return err
		}
		return a.did(ctx, tx, "unit.saved", "unit:"+in.Unit, fieldsOf(b), 1)
	})
	if err != nil {
		return nil, err
	}
	return &UnitOut{Body: showUnit(&u)}, nil
}
