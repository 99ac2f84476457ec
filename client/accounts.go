package client

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"regulars/internal/door/api/wire"
)

type (
	// Session is who asks.
	Session = wire.Session
	// User is a person who signs in.
	User = wire.User
	// NewUser is somebody to invite.
	NewUser = wire.NewUser
	// UserChange is what is to be changed of a user.
	UserChange = wire.UserChange
	// UserLink is a user for whom a link was made.
	UserLink = wire.UserLink
	// Key is an API key, without its text.
	Key = wire.Key
	// NewKey is a key to make.
	NewKey = wire.NewKey
	// KeyChange is what is to be changed of a key.
	KeyChange = wire.KeyChange
	// MadeKey is a key that was just made, with its text.
	MadeKey = wire.MadeKey
	// AuditEntry is an act of somebody.
	AuditEntry = wire.AuditEntry
	// MailServer is the server that letters go by.
	MailServer = wire.MailServer
	// Provider is a provider of identities.
	Provider = wire.Provider
)

// Session tells who the key is, and what it may.
func (c *Client) Session(ctx context.Context) (s Session, err error) {
	_, err = c.do(ctx, call{method: http.MethodGet, path: "/v1/session"}, &s)
	return s, err
}

func userPath(id string, more ...string) string {
	path := "/v1/users/" + url.PathEscape(id)
	for _, part := range more {
		path += "/" + part
	}
	return path
}

// Users lists all users, by name.
func (c *Client) Users(ctx context.Context) ([]User, error) {
	var p Page[User]
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/users"}, &p)
	return p.Data, err
}

// User gets a user.
func (c *Client) User(ctx context.Context, id string) (u User, err error) {
	_, err = c.do(ctx, call{method: http.MethodGet, path: userPath(id)}, &u)
	return u, err
}

// InviteUser invites somebody. Where no mail server is set, the link is in this answer only.
func (c *Client) InviteUser(ctx context.Context, n NewUser) (l UserLink, err error) {
	_, err = c.do(ctx, call{method: http.MethodPost, path: "/v1/users", body: n}, &l)
	return l, err
}

// LinkUser makes another link: for who was invited and did not come, or has forgotten the password.
func (c *Client) LinkUser(ctx context.Context, id string) (l UserLink, err error) {
	_, err = c.do(ctx, call{method: http.MethodPost, path: userPath(id, "link")}, &l)
	return l, err
}

// ChangeUser changes a user who is still the version; 0: whatever it is.
func (c *Client) ChangeUser(ctx context.Context, id string, version int64, change UserChange) (u User, err error) {
	_, err = c.do(ctx, call{method: http.MethodPatch, path: userPath(id), body: change, ifMatch: tag(version)}, &u)
	return u, err
}

// EndUserSessions signs a user out everywhere.
func (c *Client) EndUserSessions(ctx context.Context, id string) error {
	_, err := c.do(ctx, call{method: http.MethodDelete, path: userPath(id, "sessions")}, nil)
	return err
}

// SwitchOffSecondStep is for a user who has lost the phone and the codes.
func (c *Client) SwitchOffSecondStep(ctx context.Context, id string) error {
	_, err := c.do(ctx, call{method: http.MethodDelete, path: userPath(id, "second-step")}, nil)
	return err
}

func keyPath(id string) string { return "/v1/keys/" + url.PathEscape(id) }

// Keys lists all keys, the newest first.
func (c *Client) Keys(ctx context.Context) ([]Key, error) {
	var p Page[Key]
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/keys"}, &p)
	return p.Data, err
}

// KeyOf gets a key.
func (c *Client) KeyOf(ctx context.Context, id string) (k Key, err error) {
	_, err = c.do(ctx, call{method: http.MethodGet, path: keyPath(id)}, &k)
	return k, err
}

// MakeKey makes a key, whose text is in this answer only.
func (c *Client) MakeKey(ctx context.Context, n NewKey) (k MadeKey, err error) {
	_, err = c.do(ctx, call{method: http.MethodPost, path: "/v1/keys", body: n}, &k)
	return k, err
}

// ChangeKey changes a key that is still the version; 0: whatever it is.
func (c *Client) ChangeKey(ctx context.Context, id string, version int64, change KeyChange) (k Key, err error) {
	_, err = c.do(ctx, call{method: http.MethodPatch, path: keyPath(id), body: change, ifMatch: tag(version)}, &k)
	return k, err
}

// RevokeKey takes a key back for good.
func (c *Client) RevokeKey(ctx context.Context, id string) error {
	_, err := c.do(ctx, call{method: http.MethodDelete, path: keyPath(id)}, nil)
	return err
}

// AuditFilter chooses entries of the audit trail; what is zero chooses nothing out.
type AuditFilter struct {
	Lists

	Actor, Action, Target string
	From, To              time.Time
}

// Audit lists the audit trail, the newest first.
func (c *Client) Audit(ctx context.Context, f AuditFilter) (Page[AuditEntry], error) {
	q := f.query()
	texts(q, "actor", f.Actor, "action", f.Action, "target", f.Target)
	moments(q, "from", f.From, "to", f.To)
	return list[AuditEntry](ctx, c, "/v1/audit", q)
}

// SetMailServer sets the server that letters go by.
func (c *Client) SetMailServer(ctx context.Context, s MailServer) (kept MailServer, err error) {
	_, err = c.do(ctx, call{method: http.MethodPut, path: "/v1/settings/mail", body: s}, &kept)
	return kept, err
}

// CheckMailServer signs in there and leaves.
func (c *Client) CheckMailServer(ctx context.Context) error {
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/settings/mail/check"}, nil)
	return err
}

// SetProvider sets the provider of identities.
func (c *Client) SetProvider(ctx context.Context, p Provider) (kept Provider, err error) {
	_, err = c.do(ctx, call{method: http.MethodPut, path: "/v1/settings/provider", body: p}, &kept)
	return kept, err
}

// RemoveProvider has people sign in with passwords only.
func (c *Client) RemoveProvider(ctx context.Context) error {
	_, err := c.do(ctx, call{method: http.MethodDelete, path: "/v1/settings/provider"}, nil)
	return err
}
