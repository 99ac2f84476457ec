package api

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/act/member"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
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

// answersPNG says that a route answers with a picture.
func answersPNG(op *huma.Operation) {
	op.Responses = map[string]*huma.Response{"200": {Description: "The picture.",
		Content: map[string]*huma.MediaType{"image/png": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}}}
}

func (a *API) getLogo(ctx context.Context, _ *none) (*Document, error) {
	var p member.Picture
	if err := a.Store.Read(ctx, func(tx *db.Tx) (err error) { p, err = member.LoadPicture(tx, member.Logo); return err }); err != nil {
		if fault.KindOf(err) == fault.NotFound {
			err = fault.Coded("not_set", fault.NotFoundf("there is no logo"))
		}
		return nil, err
	}
	return &Document{ContentType: "image/png", CacheControl: "no-store", Body: p.Content}, nil
}

// putLogo takes a logo as the body, or as the file of a form, with the checks of the page.
func (a *API) putLogo(ctx context.Context, _ *none) (*DoneOut, error) {
	r := streamed(ctx)
	if r == nil {
		return nil, errors.New("the route does not stream")
	}
	_ = r.control.SetReadDeadline(time.Now().Add(bodyTime)) // where it cannot be set, the usual one holds
	_, body, err := fileOf(r.Request, "logo")
	if err != nil {
		return nil, err
	}
	file, err := io.ReadAll(io.LimitReader(body, member.LogoMost+1))
	if err != nil {
		return nil, fault.Coded(codeBroken, fault.Invalidf("the picture cannot be read: %w", err))
	}
	all, err := member.DrawLogo(file)
	if err != nil {
		return nil, err
	}
	return done(a.Store.Write(ctx, func(tx *db.Tx) error {
		if err := member.SaveLogo(tx, all); err != nil {
			return err
		}
		return a.did(ctx, tx, "settings.update", "members", []string{"logo"}, 1)
	}))
}

func (a *API) removeLogo(ctx context.Context, _ *none) (*DoneOut, error) {
	return done(a.Store.Write(ctx, func(tx *db.Tx) error {
		if some, err := member.RemoveLogo(tx); err != nil || !some {
			return err
		}
		return a.did(ctx, tx, "settings.update", "members", []string{"logo"}, 1)
	}))
}
