package server

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"regulars/internal/base/account"
	"regulars/internal/base/account/session"
	"regulars/internal/base/chart"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/trace"
	"regulars/internal/door/console"
	"regulars/internal/door/portal"
)

// people opens the door for people: pages, and their sessions, which the API takes as well.
func (s *Server) people() (err error) {
	secure := s.o.TLSCert != "" || strings.HasPrefix(s.o.PublicURL, "https://")
	s.sessions = session.New(s.Store, session.Options{Secure: secure, Failed: func(w http.ResponseWriter, r *http.Request, err error) {
		trace.Failed(r.Context(), err)
		http.Error(w, "The session cannot be read now. Try again in a moment.", http.StatusServiceUnavailable)
	}})
	s.cookie = session.Cookie(secure)
	s.origins = http.NewCrossOriginProtection()
	if u, err := url.Parse(s.URL()); err == nil && u.Host != "" {
		// Behind a proxy the host of a request may be another one.
		if err := s.origins.AddTrustedOrigin(u.Scheme + "://" + u.Host); err != nil {
			return fault.Invalidf("--public-url %s is no address: %w; write it like https://loyalty.example.com", s.o.PublicURL, err)
		}
	}
	charts, err := chart.New()
	if err != nil && !errors.Is(err, chart.ErrMissing) { // without charts the page says so, and has its tables
		return err
	}
	var renew func(context.Context) (string, error)
	if s.o.Renewable {
		renew = s.renew
	}
	s.Console, err = console.New(console.Options{
		Renew: renew, Backups: s.shelf(),
		Store: s.Store, Facts: s.Facts, Post: s.post(), Sessions: s.sessions, Origins: s.origins, Hasher: account.NewHasher(), Public: s.URL, Secure: secure,
		Address: s.client, Changed: s.Facts.Forget, Analyses: s.analyses, Charts: charts, Hooks: s.hooks,
	})
	if err != nil {
		return err
	}
	s.portal, err = portal.New(portal.Options{Store: s.Store, Facts: s.Facts, Post: s.post(), Public: s.URL, Origins: s.origins, Secure: secure, Address: s.client,
		Inside: s.o.Inside})
	return err
}

// post is how letters go.
func (s *Server) post() account.Post { return account.Post{Box: s.o.Box, Fixed: s.o.Mail} }

type sessionKey struct{}

// withSession reads the session of who comes with a browser, and not of who comes with a key.
func (s *Server) withSession(next http.Handler) http.Handler {
	loaded := s.sessions.Load(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), sessionKey{}, true)))
	}))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := r.Cookie(s.cookie); err != nil || r.Header.Get("Authorization") != "" {
			next.ServeHTTP(w, r)
			return
		}
		loaded.ServeHTTP(w, r)
	})
}

// session is who is signed in with the browser that the request comes from. What changes something must come from a page
// of this site: the cookie alone says only which browser it is.
func (s *Server) session(r *http.Request) (who account.Actor, ok bool, err error) {
	if r.Context().Value(sessionKey{}) == nil {
		return who, false, nil
	}
	u, ok, err := s.sessions.User(r.Context())
	if err != nil || !ok {
		return who, false, err
	}
	if err := s.origins.Check(r); err != nil {
		return who, false, fault.Coded("other_site", fault.Forbiddenf("this request was sent from another site; send it from a page of this one, or with a key"))
	}
	who = u.Actor()
	who.Request = trace.ID(r.Context())
	return who, true, nil
}

// SetupLink is where the first owner sets the server up, once and soon; empty where there is one already.
func (s *Server) SetupLink(ctx context.Context) (link string, err error) {
	err = s.Store.Write(ctx, func(tx *db.Tx) error {
		link = ""
		needed, err := account.NeedsSetup(tx)
		if err != nil || !needed {
			return err
		}
		token, err := account.SetupLink(tx)
		link = strings.TrimSuffix(s.URL(), "/") + account.LinkPath(account.FirstSetup, token)
		return err
	})
	return link, err
}
