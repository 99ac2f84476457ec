package api

import (
	"context"

	"regulars/internal/act/member"
	"regulars/internal/base/db"
	"regulars/internal/door/api/wire"
)

// MemberPagesOut is how the pages of members are set up.
type MemberPagesOut struct {
	Body wire.MemberPages
}

func (a *API) getMemberPages(ctx context.Context, _ *struct{}) (*MemberPagesOut, error) {
	var s member.Settings
	if err := a.Store.Read(ctx, func(tx *db.Tx) (err error) { s, err = member.Load(tx); return err }); err != nil {
		return nil, err
	}
	return &MemberPagesOut{Body: wire.MemberPages(s)}, nil
}

type memberPagesIn struct {
	Body wire.MemberPages
}

func (a *API) putMemberPages(ctx context.Context, in *memberPagesIn) (*MemberPagesOut, error) {
	err := a.Store.Write(ctx, func(tx *db.Tx) error {
		s := member.Settings(in.Body)
		if err := member.Save(tx, s); err != nil {
			return err
		}
		return a.did(ctx, tx, "settings.update", "members", s.Set(), 1)
	})
	if err != nil {
		return nil, err
	}
	return &MemberPagesOut{Body: in.Body}, nil
}
