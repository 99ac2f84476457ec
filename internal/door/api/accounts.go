package api

import (
	"context"
	"net/http"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/door/api/wire"
)

// tableOfAccounts is who may come in, and what they did.
func (a *API) tableOfAccounts() {
	on(a, get, "/v1/session", "", "Get who asks", a.getSession, says("Who the key or the browser is, and what it may."))
	on(a, get, "/v1/sessions", "", "List own sessions", a.listSessions, under("session"), says("The browsers in which the person who asks is signed in."))
	on(a, remove, "/v1/sessions/{id}", "", "End an own session", a.endSession, under("session"))

	on(a, get, "/v1/users", account.UsersManage, "List users", a.listUsers, says("By name."))
	on(a, post, "/v1/users", account.UsersManage, "Invite a user", a.inviteUser,
		says("The user chooses a password by a link, which is sent, or given back where no mail server is set. Nobody gives a role that may more than they do."))
	on(a, get, "/v1/users/{id}", account.UsersManage, "Get a user", a.getUser)
	on(a, patch, "/v1/users/{id}", account.UsersManage, "Change a user", a.changeUser, says("The last active owner stays one."))
	on(a, post, "/v1/users/{id}/link", account.UsersManage, "Make a link for a user", a.linkUser,
		says("For who was invited and did not come, or has forgotten the password."))
	on(a, remove, "/v1/users/{id}/second-step", account.UsersManage, "Switch off a second step", a.secondStepOff, says("For who has lost the phone and the codes."))
	on(a, remove, "/v1/users/{id}/sessions", account.UsersManage, "Sign a user out everywhere", a.endSessions)

	on(a, get, "/v1/keys", account.KeysManage, "List keys", a.listKeys, says("The newest first, with those that are of no use any more."))
	on(a, post, "/v1/keys", account.KeysManage, "Make a key", a.makeKey, says("Its text is in the answer and nowhere else. Nobody gives a key more than they have."))
	on(a, get, "/v1/keys/{id}", account.KeysManage, "Get a key", a.getKey)
	on(a, patch, "/v1/keys/{id}", account.KeysManage, "Change a key", a.changeKey)
	on(a, remove, "/v1/keys/{id}", account.KeysManage, "Revoke a key", a.revokeKey, says("For good; in other processes of the server within five seconds."))

	on(a, get, "/v1/audit", account.AuditRead, "List the audit trail", a.listAudit, says("Who did what, the newest first. It names fields and holds no values."))

	on(a, get, "/v1/settings/holidays", account.SettingsRead, "Get the holidays", a.getHolidays, says("Those that the business keeps, with the days on which they are in the next twelve months."))
	on(a, put, "/v1/settings/holidays", account.SettingsWrite, "Set the holidays", a.putHolidays, says("In place of what was set before. Rules of the programme on holiday give for those that are kept."))
	on(a, get, "/v1/settings/mail", account.AccessManage, "Get the mail server", a.getMail)
	on(a, put, "/v1/settings/mail", account.AccessManage, "Set the mail server", a.putMail)
	on(a, post, "/v1/settings/mail/check", account.AccessManage, "Check the mail server", a.checkMail, says("Signs in there and leaves."))
	on(a, get, "/v1/settings/measures", account.SettingsRead, "Get how you are measured", a.getMeasureSettings)
	on(a, put, "/v1/settings/measures", account.SettingsWrite, "Set how you are measured", a.putMeasureSettings,
		says("In place of what was set before. It counts for every picture, report, letter and measure from now on, wherever a question does not say otherwise."))
	on(a, get, "/v1/settings/provider", account.AccessManage, "Get the provider of identities", a.getProvider)
	on(a, put, "/v1/settings/provider", account.AccessManage, "Set the provider of identities", a.putProvider,
		says("Nobody maps a group to a role that may more than they do."))
	on(a, remove, "/v1/settings/provider", account.AccessManage, "Remove the provider of identities", a.removeProvider)
}

// IDIn names something by its id.
type IDIn struct {
	ID string `path:"id" maxLength:"64"`
}

// DoneOut is the answer where there is nothing to say.
type DoneOut struct {
	Status int
}

func done(err error) (*DoneOut, error) {
	if err != nil {
		return nil, err
	}
	return &DoneOut{Status: http.StatusNoContent}, nil
}

func at(t time.Time, known bool) *time.Time {
	if !known {
		return nil
	}
	t = t.UTC()
	return &t
}

func spoken[T ~string](list []T) []string {
	out := make([]string, 0, len(list))
	for _, word := range list {
		out = append(out, string(word))
	}
	return out
}

// SessionOut is the answer to who asks.
type SessionOut struct{ Body wire.Session }

func (a *API) getSession(ctx context.Context, _ *none) (*SessionOut, error) {
	who := actor(ctx)
	out := &SessionOut{Body: wire.Session{Kind: string(who.Kind), ID: who.ID, Name: who.Name, Permissions: spoken(who.Permissions())}}
	if who.Kind != account.Person {
		return out, nil
	}
	err := a.Store.Read(ctx, func(tx *db.Tx) error {
		u, err := account.UserOf(tx, who.ID)
		out.Body.Email, out.Body.Role, out.Body.Language = u.Email, string(u.Role), u.Language
		return err
	})
	return out, err
}

// person refuses who is no person: a key has no sessions.
func person(ctx context.Context) (account.Actor, error) {
	who := actor(ctx)
	if who.Kind != account.Person {
		return who, fault.Coded("people_only", fault.Forbiddenf("this is for people who are signed in with a browser, not for keys"))
	}
	return who, nil
}

// SessionsOut are the sessions of a person.
type SessionsOut struct{ Body wire.Page[wire.SignedIn] }

func (a *API) listSessions(ctx context.Context, _ *none) (*SessionsOut, error) {
	who, err := person(ctx)
	if err != nil {
		return nil, err
	}
	out := &SessionsOut{}
	err = a.Store.Read(ctx, func(tx *db.Tx) error {
		all, err := account.Sessions(tx, who.ID)
		out.Body.Data = make([]wire.SignedIn, 0, len(all))
		for _, s := range all {
			out.Body.Data = append(out.Body.Data, wire.SignedIn{
				ID: s.ID, Agent: s.Agent, BeganAt: s.Began.UTC(), SeenAt: s.Seen.UTC(), ExpiresAt: s.Expires.UTC(),
			})
		}
		return err
	})
	return out, err
}

func (a *API) endSession(ctx context.Context, in *IDIn) (*DoneOut, error) {
	who, err := person(ctx)
	if err != nil {
		return nil, err
	}
	return done(a.Store.Write(ctx, func(tx *db.Tx) error { return account.EndSession(tx, who, in.ID) }))
}

type auditIn struct {
	Paged

	Actor  string    `query:"actor" maxLength:"64" doc:"Id of a user or key."`
	Action string    `query:"action" maxLength:"64" doc:"Whole, or up to a dot: customer. is everything that was done to customers."`
	Target string    `query:"target" maxLength:"80" doc:"The id of what it was done to."`
	From   time.Time `query:"from"`
	To     time.Time `query:"to" doc:"Before this time."`
}

func (a *API) listAudit(ctx context.Context, in *auditIn) (*Listed[wire.AuditEntry], error) {
	before, err := in.afterText()
	if err != nil {
		return nil, err
	}
	f := account.EntryFilter{Actor: in.Actor, Action: in.Action, Target: in.Target, From: in.From, Until: in.To, Before: before, Limit: in.Limit + 1}
	var entries []account.Entry
	names := map[string]string{}
	err = a.Store.Read(ctx, func(tx *db.Tx) (err error) {
		if entries, err = account.Entries(tx, f); err != nil {
			return err
		}
		names, err = account.Names(tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	id := func(e account.Entry) string { return cursorText(e.ID) }
	return listed(ctx, in.Paged, entries, id, func(e account.Entry) wire.AuditEntry {
		return wire.AuditEntry{
			ID: e.ID, At: e.At.UTC(), ActorKind: string(e.Actor.Kind), Actor: e.Actor.ID, ActorName: names[e.Actor.ID], Action: e.Action,
			Target: e.Target, Fields: e.Fields, Count: e.Count, Request: e.Request,
		}
	}), nil
}
