package api

import (
	"context"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/door/api/wire"
)

func showKey(k account.Key) wire.Key {
	out := wire.Key{
		ID: k.ID, Name: k.Name, Public: k.Public, Hint: k.Hint, Scopes: spoken(k.Scopes), Addresses: make([]string, 0, len(k.Addresses)), CreatedBy: k.CreatedBy,
		Version: k.Version, CreatedAt: k.Created.UTC(), UpdatedAt: k.Updated.UTC(), ExpiresAt: at(k.Expires.V, k.Expires.Valid),
		UsedAt: at(k.Used.V, k.Used.Valid), RevokedAt: at(k.Revoked.V, k.Revoked.Valid),
	}
	for _, network := range k.Addresses {
		out.Addresses = append(out.Addresses, network.String())
	}
	return out
}

// KeyOut is a key.
type KeyOut struct {
	ETag string `header:"ETag"`
	Body wire.Key
}

func keyOut(k account.Key, err error) (*KeyOut, error) {
	if err != nil {
		return nil, err
	}
	return &KeyOut{ETag: etag(k.Version), Body: showKey(k)}, nil
}

// KeysOut is all keys.
type KeysOut struct{ Body wire.Page[wire.Key] }

func (a *API) listKeys(ctx context.Context, _ *none) (*KeysOut, error) {
	out := &KeysOut{}
	err := a.Store.Read(ctx, func(tx *db.Tx) error {
		all, err := account.Keys(tx)
		out.Body.Data = make([]wire.Key, 0, len(all))
		for _, k := range all {
			out.Body.Data = append(out.Body.Data, showKey(k))
		}
		return err
	})
	return out, err
}

func (a *API) getKey(ctx context.Context, in *IDIn) (*KeyOut, error) {
	var k account.Key
	err := a.Store.Read(ctx, func(tx *db.Tx) (err error) { k, err = account.KeyOf(tx, in.ID); return err })
	return keyOut(k, err)
}

type makeKeyIn struct{ Body wire.NewKey }

// MadeKeyOut is a key that was just made.
type MadeKeyOut struct {
	Status   int
	Location string `header:"Location"`
	Body     wire.MadeKey
}

func permissions(words []string) (list []account.Permission) {
	for _, word := range words {
		list = append(list, account.Permission(word))
	}
	return list
}

func (a *API) makeKey(ctx context.Context, in *makeKeyIn) (*MadeKeyOut, error) {
	want := account.NewKey{Name: in.Body.Name, Public: in.Body.Public, Scopes: permissions(in.Body.Scopes)}
	var err error
	if want.Addresses, err = account.ParseAddresses(in.Body.Addresses); err != nil {
		return nil, err
	}
	if in.Body.ExpiresAt != nil {
		want.Expires = *in.Body.ExpiresAt
	}
	out := &MadeKeyOut{Status: http.StatusCreated}
	err = a.Store.Write(ctx, func(tx *db.Tx) error {
		k, text, err := account.CreateKey(tx, actor(ctx), want)
		out.Location, out.Body = "/v1/keys/"+k.ID, wire.MadeKey{Key: showKey(k), Secret: text}
		return err
	})
	return out, err
}

type changeKeyIn struct {
	IDIn
	Matched

	Body wire.KeyChange
}

func (a *API) changeKey(ctx context.Context, in *changeKeyIn) (*KeyOut, error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	change := account.KeyChange{Name: in.Body.Name, Expires: in.Body.ExpiresAt}
	if in.Body.Scopes != nil {
		change.Scopes = new(permissions(in.Body.Scopes))
	}
	if in.Body.Addresses != nil {
		networks, err := account.ParseAddresses(in.Body.Addresses)
		if err != nil {
			return nil, err
		}
		change.Addresses = &networks
	}
	if slices.Contains(in.Body.Clear, "addresses") {
		change.Addresses = &[]netip.Prefix{}
	}
	if slices.Contains(in.Body.Clear, "expires_at") {
		change.Expires = &time.Time{}
	}
	var k account.Key
	err = a.Store.Write(ctx, func(tx *db.Tx) (err error) {
		k, err = account.UpdateKey(tx, actor(ctx), in.ID, version, change)
		return err
	})
	return keyOut(k, err)
}

func (a *API) revokeKey(ctx context.Context, in *IDIn) (*DoneOut, error) {
	return done(a.Store.Write(ctx, func(tx *db.Tx) error { return account.RevokeKey(tx, actor(ctx), in.ID) }))
}
