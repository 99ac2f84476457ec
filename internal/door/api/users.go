package api

import (
	"context"
	"net/http"
	"strings"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/door/api/wire"
)

func showUser(u account.User) wire.User {
	return wire.User{
		ID: u.ID, Email: u.Email, Name: u.Name, Role: string(u.Role), Language: u.Language, State: string(u.State), SecondStep: u.TOTP,
		Version: u.Version, CreatedAt: u.Created.UTC(), UpdatedAt: u.Updated.UTC(), SignedInAt: at(u.SignedIn.V, u.SignedIn.Valid),
	}
}

// UserOut is a user.
type UserOut struct {
	ETag string `header:"ETag"`
	Body wire.User
}

func userOut(u account.User, err error) (*UserOut, error) {
	if err != nil {
		return nil, err
	}
	return &UserOut{ETag: etag(u.Version), Body: showUser(u)}, nil
}

// UsersOut is all users: a business has few.
type UsersOut struct{ Body wire.Page[wire.User] }

func (a *API) listUsers(ctx context.Context, _ *none) (*UsersOut, error) {
	out := &UsersOut{}
	err := a.Store.Read(ctx, func(tx *db.Tx) error {
		all, err := account.Users(tx)
		out.Body.Data = make([]wire.User, 0, len(all))
		for _, u := range all {
			out.Body.Data = append(out.Body.Data, showUser(u))
		}
		return err
	})
	return out, err
}

func (a *API) getUser(ctx context.Context, in *IDIn) (*UserOut, error) {
	var u account.User
	err := a.Store.Read(ctx, func(tx *db.Tx) (err error) { u, err = account.UserOf(tx, in.ID); return err })
	return userOut(u, err)
}

// UserLinkOut is a user for whom a link was made.
type UserLinkOut struct {
	Status int
	Body   wire.UserLink
}

type inviteIn struct{ Body wire.NewUser }

func (a *API) inviteUser(ctx context.Context, in *inviteIn) (*UserLinkOut, error) {
	out := &UserLinkOut{Status: http.StatusCreated}
	err := a.Store.Write(ctx, func(tx *db.Tx) error {
		u, token, err := account.Invite(tx, actor(ctx), account.NewUser{
			Email: in.Body.Email, Name: in.Body.Name, Role: account.Role(in.Body.Role), Language: in.Body.Language,
		})
		if err != nil {
			return err
		}
		return a.deliver(tx, account.Invitation, u, token, &out.Body)
	})
	return out, err
}

// deliver has a link sent, or gives it back to be handed over.
func (a *API) deliver(tx *db.Tx, purpose account.Purpose, u account.User, token string, out *wire.UserLink) error {
	shown, err := a.Post.Deliver(tx, purpose, u.ID, token)
	*out = wire.UserLink{User: showUser(u)}
	if err == nil && shown != "" {
		out.Link = a.publicURL() + account.LinkPath(purpose, shown)
	}
	return err
}

func (a *API) publicURL() string {
	if a.Public == nil {
		return ""
	}
	return strings.TrimSuffix(a.Public(), "/")
}

func (a *API) linkUser(ctx context.Context, in *IDIn) (*UserLinkOut, error) {
	out := &UserLinkOut{Status: http.StatusCreated}
	err := a.Store.Write(ctx, func(tx *db.Tx) error {
		u, err := account.UserOf(tx, in.ID)
		if err != nil {
			return err
		}
		purpose, renew := account.NewSecret, account.PasswordLink
		if u.State == account.Invited {
			purpose, renew = account.Invitation, account.InviteAgain
		}
		u, token, err := renew(tx, actor(ctx), u.ID)
		if err != nil {
			return err
		}
		return a.deliver(tx, purpose, u, token, &out.Body)
	})
	return out, err
}

type changeUserIn struct {
	IDIn
	Matched

	Body wire.UserChange
}

func (a *API) changeUser(ctx context.Context, in *changeUserIn) (*UserOut, error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	change := account.UserChange{Name: in.Body.Name, Language: in.Body.Language, Role: as[account.Role](in.Body.Role), State: as[account.State](in.Body.State)}
	var u account.User
	err = a.Store.Write(ctx, func(tx *db.Tx) (err error) {
		u, err = account.UpdateUser(tx, actor(ctx), in.ID, version, change)
		return err
	})
	return userOut(u, err)
}

// as is a word of another kind.
func as[T ~string](word *string) *T {
	if word == nil {
		return nil
	}
	return new(T(*word))
}

func (a *API) secondStepOff(ctx context.Context, in *IDIn) (*DoneOut, error) {
	return done(a.Store.Write(ctx, func(tx *db.Tx) error { return account.TOTPOff(tx, actor(ctx), in.ID) }))
}

func (a *API) endSessions(ctx context.Context, in *IDIn) (*DoneOut, error) {
	return done(a.Store.Write(ctx, func(tx *db.Tx) error { return account.EndSessions(tx, actor(ctx), in.ID) }))
}
