package api

import (
	"context"

	"regulars/internal/base/db"
	"regulars/internal/door/api/wire"
	"regulars/internal/record/business"
)

type none struct{}

// BusinessOut is the answer about the business.
type BusinessOut struct {
	Body wire.Business
}

func (a *API) getBusiness(ctx context.Context, _ *none) (*BusinessOut, error) {
	var b business.Business
	err := a.Store.Read(ctx, func(tx *db.Tx) (err error) {
		b, err = business.Load(tx)
		return err
	})
	return showBusiness(b), err
}

func showBusiness(b business.Business) *BusinessOut {
	out := &BusinessOut{Body: wire.Business{Name: b.Name, Currency: b.Currency, Country: b.Country}}
	if b.Zone != nil {
		out.Body.TimeZone = b.Zone.String()
	}
	return out
}

type businessIn struct {
	Body wire.Business
}

func (a *API) putBusiness(ctx context.Context, in *businessIn) (*BusinessOut, error) {
	want, err := business.Parse(business.Words{Name: in.Body.Name, Zone: in.Body.TimeZone, Currency: in.Body.Currency, Country: in.Body.Country})
	if err != nil {
		return nil, err
	}
	var have business.Business
	err = a.Store.Write(ctx, func(tx *db.Tx) (err error) {
		if have, err = business.Agree(tx, want); err != nil {
			return err
		}
		return a.did(ctx, tx, "business.updated", "business", fieldsOf(&in.Body), 1)
	})
	if err != nil {
		return nil, err
	}
	a.Facts.Forget()
	return showBusiness(have), nil
}
