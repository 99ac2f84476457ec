package server

import (
	"context"
	"errors"
	"net"
	"strings"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/business"
)

// A sample is taken away whole: everything that holds a piece of it in memory ends with the server, its files go, and
// another server begins on an empty store behind the same socket. Whoever asked is sent to the page that sets up a
// business of their own; their browser waits in the queue of the socket meanwhile.

// Renewal is what the next server is given.
type Renewal struct {
	Listener net.Listener // it queues who comes meanwhile
	Token    string       // of the link by which the business is set up; a browser is on its way with it
}

// renew has the server end and another begin, and gives the way to the first page of that one. It returns once this
// server takes no requests any more, so that the next one is asked of the other.
func (s *Server) renew(ctx context.Context) (way string, err error) {
	err = s.Store.Read(ctx, func(tx *db.Tx) error {
		b, err := business.Load(tx)
		if err == nil && !b.Sample {
			err = fault.Coded("no_sample", fault.Conflictf("this is no sample: it is not taken away in a click"))
		}
		return err
	})
	if err != nil {
		return "", err
	}
	listener, err := s.queue()
	if err != nil {
		return "", err
	}
	token := account.NewToken()
	select {
	case s.renewal <- Renewal{Listener: listener, Token: token}:
	default: // somebody else was first
		return "/", listener.Close() //nolint:wrapcheck // it says what it was
	}
	s.http.SetKeepAlivesEnabled(false)
	select {
	case <-s.unheard:
	case <-ctx.Done():
	}
	return account.LinkPath(account.FirstSetup, token), nil
}

// queue is the socket once more, so that it goes on queueing when this server closes its own.
func (s *Server) queue() (net.Listener, error) {
	tcp, ok := s.bare.(*net.TCPListener)
	if !ok {
		return nil, errors.New("the server does not listen on TCP")
	}
	file, err := tcp.File()
	if err != nil {
		return nil, fault.Unavailablef("the socket cannot be handed on: %w; stop the server, remove the folder and start again", err)
	}
	listener, err := net.FileListener(file)
	return listener, errors.Join(err, file.Close())
}

// LookAroundLink is where whoever started a sample looks around in it; empty where this is none.
func (s *Server) LookAroundLink(ctx context.Context) (link string, err error) {
	err = s.Store.Write(ctx, func(tx *db.Tx) error {
		link = ""
		b, err := business.Load(tx)
		if err != nil || !b.Sample {
			return err
		}
		token, err := account.LookAroundLink(tx)
		switch {
		case err == nil:
			link = strings.TrimSuffix(s.URL(), "/") + account.LinkPath(account.LookAround, token)
		case fault.KindOf(err) == fault.Conflict: // somebody has made it theirs
			err = nil
		}
		return err
	})
	return link, err
}
