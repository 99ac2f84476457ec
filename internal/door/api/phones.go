package api

import (
	"context"

	"regulars/internal/act/notice"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/door/api/wire"
	"regulars/internal/record/fact"
)

func (a *API) listPhones(ctx context.Context, in *CustomerIn) (*Listed[wire.Phone], error) {
	var all []notice.Phone
	err := a.Store.Read(ctx, func(tx *db.Tx) error {
		members, _, err := a.everybody(tx, in.ID)
		if err != nil {
			return err
		}
		all, err = notice.Phones(tx, members)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := &Listed[wire.Phone]{Body: wire.Page[wire.Phone]{Data: make([]wire.Phone, 0, len(all))}}
	for i := range all {
		p := &all[i]
		one := wire.Phone{ID: p.PublicID(), Device: p.Device, Language: p.Language, AddedAt: p.Made.UTC(), Failures: p.Failures}
		if !p.Told.IsZero() {
			one.ToldAt = p.Told.UTC()
		}
		out.Body.Data = append(out.Body.Data, one)
	}
	return out, nil
}

type phoneOfIn struct {
	CustomerIn

	Phone string `path:"phone" maxLength:"60" doc:"Id of the phone."`
}

func (a *API) removePhone(ctx context.Context, in *phoneOfIn) (*DoneOut, error) {
	return done(a.Store.Write(ctx, func(tx *db.Tx) error {
		members, root, err := a.everybody(tx, in.ID)
		if err != nil {
			return err
		}
		gone, _, err := notice.Remove(tx, members, func(p notice.Phone) bool { return p.PublicID() == in.Phone })
		if err == nil && gone == 0 {
			err = fault.Coded("not_found", fault.NotFoundf("there is no such phone"))
		}
		if err != nil {
			return err
		}
		return a.did(ctx, tx, "customer.phone_removed", fact.PublicID(fact.CustomerPrefix, root), nil, 1)
	}))
}
