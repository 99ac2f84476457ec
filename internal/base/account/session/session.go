package session

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
)

// Options say how long sessions last; what is empty has a default.
type Options struct {
	Secure   bool          // the pages are served by HTTPS: the cookie goes nowhere else
	Idle     time.Duration // without a request; 0: 12 hours
	Absolute time.Duration // in any case; 0: 14 days
	// Failed answers a request whose session cannot be read or kept.
	Failed func(http.ResponseWriter, *http.Request, error)
}

const (
	idleUsual     = 12 * time.Hour
	absoluteUsual = 14 * 24 * time.Hour
	// pendingLife is how much time there is between the password and the code of the second step.
	pendingLife = 10 * time.Minute
	agentMost   = 200
)

// The names of what is kept in a session.
const (
	userKey    = "user"
	stampKey   = "stamp"
	pendingKey = "pending"
	untilKey   = "pending_until"
)

// Sessions keeps people signed in.
type Sessions struct {
	d       *db.DB
	manager *scs.SessionManager
}

// New makes the sessions of a server.
func New(d *db.DB, o Options) *Sessions {
	if o.Idle == 0 {
		o.Idle = idleUsual
	}
	if o.Absolute == 0 {
		o.Absolute = absoluteUsual
	}
	m := scs.New()
	m.Store = &store{d: d, idle: o.Idle}
	m.Codec = codec{}
	m.Lifetime = o.Absolute // the idle time is the store's to see to: scs would write with every request
	if o.Failed != nil {
		m.ErrorFunc = o.Failed
	}
	m.Cookie.Name = Cookie(o.Secure)
	m.Cookie.Secure = o.Secure
	m.Cookie.HttpOnly = true
	m.Cookie.SameSite = http.SameSiteLaxMode // a link in a mail and a provider's answer come from elsewhere
	return &Sessions{d: d, manager: m}
}

// Cookie is the name of the cookie. By HTTPS it is one that a browser takes from this very host alone.
func Cookie(secure bool) string {
	if secure {
		return "__Host-regulars"
	}
	return "regulars"
}

type agentKey struct{}

func agentOf(ctx context.Context) string {
	agent, ok := ctx.Value(agentKey{}).(string)
	if !ok {
		return ""
	}
	return agent
}

// Load reads the session of each request, and keeps it with the answer. All other methods need the context that it makes.
func (s *Sessions) Load(next http.Handler) http.Handler {
	inner := s.manager.LoadAndSave(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		agent := strings.ToValidUTF8(strings.ReplaceAll(r.UserAgent(), "\x00", ""), "")
		if len(agent) > agentMost {
			agent = strings.ToValidUTF8(agent[:agentMost], "")
		}
		inner.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), agentKey{}, agent)))
	})
}

// Begin signs the user in, under a new token.
func (s *Sessions) Begin(ctx context.Context, u account.User) error {
	if err := s.renew(ctx); err != nil {
		return err
	}
	s.manager.Put(ctx, userKey, u.ID)
	s.manager.Put(ctx, stampKey, strconv.FormatInt(u.Stamp, 10))
	return nil
}

// Pend remembers that the user's password was right and the code of the second step is still to come.
func (s *Sessions) Pend(ctx context.Context, u account.User) error {
	if err := s.renew(ctx); err != nil {
		return err
	}
	s.manager.Put(ctx, pendingKey, u.ID)
	s.manager.Put(ctx, untilKey, strconv.FormatInt(time.Now().Add(pendingLife).Unix(), 10))
	return nil
}

// renew makes the token another one, so that one that was planted is of no use, and forgets who was signed in.
func (s *Sessions) renew(ctx context.Context) error {
	if err := s.manager.RenewToken(ctx); err != nil {
		return err //nolint:wrapcheck // of the store, which says what failed
	}
	for _, key := range []string{userKey, stampKey, pendingKey, untilKey} {
		s.manager.Remove(ctx, key)
	}
	return nil
}

// Pending is the id of the user whose code is to come; empty: nobody's.
func (s *Sessions) Pending(ctx context.Context) string {
	until, err := strconv.ParseInt(s.manager.GetString(ctx, untilKey), 10, 64)
	if err != nil || time.Now().Unix() > until {
		return ""
	}
	return s.manager.GetString(ctx, pendingKey)
}

// User is who has signed in. One who may not be here any more is not.
func (s *Sessions) User(ctx context.Context) (u account.User, ok bool, err error) {
	id := s.manager.GetString(ctx, userKey)
	if id == "" {
		return u, false, nil
	}
	stamp := s.manager.GetString(ctx, stampKey)
	err = s.d.Read(ctx, func(tx *db.Tx) (err error) {
		if u, err = account.UserOf(tx, id); fault.KindOf(err) == fault.NotFound {
			u, err = account.User{}, nil
		}
		return err
	})
	if err != nil || u.State != account.Active || strconv.FormatInt(u.Stamp, 10) != stamp {
		return account.User{}, false, err
	}
	return u, true, nil
}

// End signs out.
func (s *Sessions) End(ctx context.Context) error {
	return s.manager.Destroy(ctx) //nolint:wrapcheck // of the store, which says what failed
}

// Current is the id under which the session of the request is listed; empty: it is none yet.
func (s *Sessions) Current(tx *db.Tx, ctx context.Context) (id string, err error) { //nolint:revive // the transaction first, as everywhere
	rows, err := tx.Query(`SELECT session_id FROM sessions WHERE hash = $1`, hashOf(s.manager.Token(ctx)))
	if err != nil {
		return "", err
	}
	for rows.Next() {
		if err := rows.Scan(&id); err != nil {
			return "", err
		}
	}
	return id, rows.Close()
}

// Put keeps a word in the session until Pop.
func (s *Sessions) Put(ctx context.Context, key, word string) { s.manager.Put(ctx, "page."+key, word) }

// Pop gives a word that was put there, once.
func (s *Sessions) Pop(ctx context.Context, key string) string {
	return s.manager.PopString(ctx, "page."+key)
}
