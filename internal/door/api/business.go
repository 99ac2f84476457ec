package api

import (
	"context"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
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
	want := business.Business{Name: in.Body.Name, Currency: in.Body.Currency, Country: in.Body.Country}
	if in.Body.TimeZone != "" {
		var err error
		if want.Zone, err = time.LoadLocation(in.Body.TimeZone); err != nil || in.Body.TimeZone == "Local" {
			return nil, fault.In("time_zone", fault.Invalidf("the time zone %q is not known; use a name such as Europe/Athens", in.Body.TimeZone))
		}
	}
	if want.Currency != "" && !locale.KnownCurrency(want.Currency) {
		return nil, fault.In("currency", fault.Invalidf("the currency %q is not known; use an ISO code such as EUR", want.Currency))
	}
	var have business.Business
	err := a.Store.Write(ctx, func(tx *db.Tx) (err error) {
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
