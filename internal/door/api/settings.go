package api

import (
	"context"

	"regulars/internal/base/account"
	"regulars/internal/base/account/oidc"
	"regulars/internal/base/channel"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/door/api/wire"
	"regulars/internal/measure/metric"
	measured "regulars/internal/measure/parameter"
)

// MailOut is the mail server.
type MailOut struct{ Body wire.MailServer }

func (a *API) getMail(ctx context.Context, _ *none) (*MailOut, error) {
	s, err := a.mailServer(ctx)
	if err != nil {
		return nil, err
	}
	return &MailOut{Body: wire.MailServer{Host: s.Host, Port: s.Port, Security: s.Security, User: s.User, From: s.From, FromName: s.FromName}}, nil
}

func (a *API) mailServer(ctx context.Context) (s channel.SMTP, err error) {
	var known bool
	err = a.Store.Read(ctx, func(tx *db.Tx) (err error) { s, known, err = a.Post.Server(tx); return err })
	if err == nil && !known {
		err = fault.Coded("not_set", fault.NotFoundf("no mail server is set: links are shown to be handed over"))
	}
	return s, err
}

type mailIn struct{ Body wire.MailServer }

func (a *API) putMail(ctx context.Context, in *mailIn) (*MailOut, error) {
	if a.Post.Fixed != nil {
		return nil, fault.Coded("named_at_start", fault.Conflictf("the mail server was named when the server was started; change it there"))
	}
	b := in.Body
	err := a.Store.Write(ctx, func(tx *db.Tx) error {
		return account.SetMailServer(tx, actor(ctx), a.Box, channel.SMTP{
			Host: b.Host, Port: b.Port, Security: b.Security, User: b.User, Password: b.Password, From: b.From, FromName: b.FromName,
		})
	})
	if err != nil {
		return nil, err
	}
	return a.getMail(ctx, nil)
}

func (a *API) checkMail(ctx context.Context, _ *none) (*DoneOut, error) {
	s, err := a.mailServer(ctx)
	if err == nil {
		err = s.Check(ctx)
	}
	return done(err)
}

// ProviderOut is the provider of identities.
type ProviderOut struct{ Body wire.Provider }

func (a *API) getProvider(ctx context.Context, _ *none) (*ProviderOut, error) {
	var s oidc.Settings
	var known bool
	if err := a.Store.Read(ctx, func(tx *db.Tx) (err error) { s, known, err = oidc.Load(tx, a.Box); return err }); err != nil {
		return nil, err
	}
	if !known {
		return nil, fault.Coded("not_set", fault.NotFoundf("no provider of identities is set: people sign in with passwords"))
	}
	out := &ProviderOut{Body: wire.Provider{
		Name: s.Name, Issuer: s.Issuer, ClientID: s.ClientID, Scopes: s.Scopes, GroupsClaim: s.GroupsClaim, Callback: a.publicURL() + oidc.Callback,
	}}
	for group, role := range s.Roles {
		if out.Body.Roles == nil {
			out.Body.Roles = map[string]string{}
		}
		out.Body.Roles[group] = string(role)
	}
	return out, nil
}

type providerIn struct{ Body wire.Provider }

func (a *API) putProvider(ctx context.Context, in *providerIn) (*ProviderOut, error) {
	b := in.Body
	s := oidc.Settings{Name: b.Name, Issuer: b.Issuer, ClientID: b.ClientID, ClientSecret: b.ClientSecret, Scopes: b.Scopes, GroupsClaim: b.GroupsClaim}
	for group, role := range b.Roles {
		if s.Roles == nil {
			s.Roles = map[string]account.Role{}
		}
		s.Roles[group] = account.Role(role)
	}
	if err := a.Store.Write(ctx, func(tx *db.Tx) error { return oidc.Save(tx, actor(ctx), a.Box, s) }); err != nil {
		return nil, err
	}
	return a.getProvider(ctx, nil)
}

func (a *API) removeProvider(ctx context.Context, _ *none) (*DoneOut, error) {
	return done(a.Store.Write(ctx, func(tx *db.Tx) error { return oidc.Remove(tx, actor(ctx)) }))
}

// MeasureSettingsOut is how a business wants to be measured.
type MeasureSettingsOut struct{ Body wire.MeasureSettings }

func (a *API) getMeasureSettings(ctx context.Context, _ *none) (*MeasureSettingsOut, error) {
	var p measured.Parameters
	if err := a.Store.Read(ctx, func(tx *db.Tx) (err error) { p, err = measured.Load(tx); return err }); err != nil {
		return nil, err
	}
	out := &MeasureSettingsOut{Body: wire.MeasureSettings{ActivityDays: p.ActivityDays, SecondOrderDays: p.SecondOrderDays, TopShare: p.TopShare,
		NPS: p.NPS, CSATScale: p.CSATScale, IndexWeights: p.IndexWeights}}
	if p.Meaning != (metric.Meaning{}) {
		edges := p.Meaning.Edges()
		out.Body.Meaning = &wire.NPSMeaning{Limits: edges[:], Sentences: p.Meaning.Sentences[:]}
	}
	return out, nil
}

type measureSettingsIn struct{ Body wire.MeasureSettings }

func (a *API) putMeasureSettings(ctx context.Context, in *measureSettingsIn) (*MeasureSettingsOut, error) {
	b := &in.Body
	p := measured.Parameters{ActivityDays: b.ActivityDays, SecondOrderDays: b.SecondOrderDays, TopShare: b.TopShare, NPS: b.NPS, CSATScale: b.CSATScale,
		IndexWeights: b.IndexWeights}
	if b.Meaning != nil {
		copy(p.Meaning.Limits[:], b.Meaning.Limits)
		copy(p.Meaning.Sentences[:], b.Meaning.Sentences)
	}
	err := a.Store.Write(ctx, func(tx *db.Tx) error {
		if err := p.Save(tx); err != nil {
			return err
		}
		return a.did(ctx, tx, "measures.set", "measures", fieldsOf(b), 1)
	})
	if err != nil {
		return nil, err
	}
	return a.getMeasureSettings(ctx, nil)
}
