package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"sync"
	"time"

	"regulars/internal/act/club"
	"regulars/internal/base/account"
	"regulars/internal/base/account/session"
	"regulars/internal/base/channel"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/job"
	"regulars/internal/base/secret"
	"regulars/internal/base/webhook"
	"regulars/internal/door/api"
	"regulars/internal/door/console"
	"regulars/internal/door/portal"
	"regulars/internal/intake"
	"regulars/internal/measure/mirror"
	"regulars/internal/understand/analysis"
	"regulars/internal/understand/forecast"
)

// Options say how to serve.
type Options struct {
	Listen    string // address and port; port 0: any free one
	PublicURL string // how others reach it; empty: http://Listen
	TLSCert   string // certificate and key in PEM files; empty: plain HTTP
	TLSKey    string
	Trusted   []netip.Prefix // proxies whose word counts on whom they speak for
	Rate      api.Rate
	Mirror    mirror.Options // of the columnar copy
	Copy      bool           // figures come from a columnar copy, not from the database itself
	Box       *secret.Box
	Mail      *channel.SMTP // by which letters go; nil: the one among the settings
	Log       *slog.Logger
	Version   string
	Refresh   time.Duration // how often the copy is refreshed when nobody asks; 0: 10 s
	Alone     bool          // no other process can have the store open
	Traces    bool          // send traces to where the OTEL_ variables say
	// Inside are private networks to which webhooks may be sent, and in which push services may be.
	Inside []netip.Prefix
	// Backups is the folder in which backups are kept; empty: none are made.
	Backups string
	// Listener is one that listens already, from a server before this one; nil: Listen says where.
	Listener net.Listener
	// Renewable says that whoever started the server can begin again with an empty store, where this one is a sample.
	Renewable bool
}

// Server serves one store.
type Server struct {
	Store    *db.DB
	Facts    *intake.Current
	Keys     *account.Authenticator
	API      *api.API
	Console  *console.Console
	Follower *mirror.Follower // nil: figures come from the database itself

	portal   *portal.Portal
	analyses *analysis.Desk
	o        Options
	jobs     *job.Runner
	hooks    *webhook.Webhooks
	listener net.Listener
	bare     net.Listener // beneath TLS
	http     *http.Server
	metrics  *metrics
	ready    readiness
	sessions *session.Sessions
	cookie   string // its name
	origins  *http.CrossOriginProtection

	renewal chan Renewal       // one at most
	unheard chan struct{}      // closed when it does not take new requests any more
	stop    context.CancelFunc // ends the work behind the doors
	work    sync.WaitGroup
	end     []func() error // closed last, in reverse
	done    chan error
}

// Times that a caller may take.
const (
	headerTime = 10 * time.Second
	idleTime   = 2 * time.Minute
	answerTime = 10 * time.Minute // a report on ten million orders, read over a slow line
	headerMost = 32 << 10
	usualFresh = 10 * time.Second
	jobGrace   = time.Second // to end when asked to; what has not is handed back all the same
)

// Start opens the doors. The store stays its caller's to close, after the server.
func Start(ctx context.Context, store *db.DB, o Options) (started *Server, err error) {
	if o.Refresh == 0 {
		o.Refresh = usualFresh
	}
	s := &Server{Store: store, o: o, Facts: &intake.Current{DB: store}, Keys: account.NewAuthenticator(store, nil), metrics: newMetrics(store), done: make(chan error, 1),
		renewal: make(chan Renewal, 1), unheard: make(chan struct{})}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.release())
		}
	}()
	if o.Traces {
		if err := s.sendTraces(ctx); err != nil {
			return nil, err
		}
	}
	if o.Copy && !store.Distributed() {
		if s.Follower, err = mirror.Follow(ctx, store, o.Mirror); err != nil {
			return nil, err
		}
		s.end = append(s.end, s.Follower.Close)
	}
	s.analyses = analysis.New(store, s.source, club.LoadMeasures)
	if s.Facts.Teller, err = webhook.NewTeller(slices.Concat(intake.Types(), forecast.Types())); err != nil {
		return nil, err
	}
	s.hooks = webhook.New(store, o.Box, s.Facts.Teller, webhook.Options{Allow: o.Inside, Log: o.Log, Agent: "Regulars/" + o.Version})
	if s.jobs, err = job.New(store, s.kinds(), job.Options{Log: o.Log, Schedules: s.schedules(), Zone: s.zone, Alone: o.Alone, Grace: jobGrace}); err != nil {
		return nil, err
	}
	if err := s.listen(ctx); err != nil {
		return nil, err
	}
	if err := s.people(); err != nil {
		return nil, err
	}
	s.API = api.New(api.Options{Store: store, Facts: s.Facts, Keys: s.Keys, Box: o.Box, Hooks: s.hooks, Log: o.Log, Address: s.client, Rate: o.Rate,
		Shares: s.jobs.Processes, Session: s.session, Public: s.URL, Post: s.post(), Analyses: s.analyses, Version: o.Version})
	s.http = &http.Server{Handler: s.handler(), ReadHeaderTimeout: headerTime, IdleTimeout: idleTime, WriteTimeout: answerTime,
		MaxHeaderBytes: headerMost, ErrorLog: slog.NewLogLogger(o.Log.Handler(), slog.LevelDebug)}
	s.http.RegisterOnShutdown(func() { close(s.unheard) })
	working, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	s.background(working)
	go func() {
		err := s.http.Serve(s.listener)
		if errors.Is(err, http.ErrServerClosed) {
			err = nil
		}
		s.done <- err
	}()
	return s, nil
}

func (s *Server) listen(ctx context.Context) error {
	var config net.ListenConfig
	l, err := s.o.Listener, error(nil)
	if l == nil {
		l, err = config.Listen(ctx, "tcp", s.o.Listen)
	}
	if err != nil {
		return fault.Unavailablef("cannot listen on %s: %w; choose another address with --listen, or stop what listens there", s.o.Listen, cause(err))
	}
	s.listener, s.bare = l, l
	s.end = append(s.end, func() error {
		if err := l.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			return fmt.Errorf("close the listener: %w", err)
		}
		return nil
	})
	if s.o.TLSCert == "" {
		return nil
	}
	certificate, err := tls.LoadX509KeyPair(s.o.TLSCert, s.o.TLSKey)
	if err != nil {
		return fault.Invalidf("the certificate %s with the key %s cannot be used: %w", s.o.TLSCert, s.o.TLSKey, err)
	}
	s.listener = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}})
	return nil
}

func cause(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err
	}
	return err
}

// background starts the work that goes on when nobody asks.
func (s *Server) background(ctx context.Context) {
	failed := func(what string) func(error) {
		return func(err error) { s.o.Log.Error(what, "error", err.Error()) }
	}
	s.goes(func() { s.Keys.Run(ctx, failed("the use of keys could not be noted")) })
	s.goes(func() { account.RunSealer(ctx, s.Store, s.noted, failed("the audit trail could not be sealed")) })
	if s.Follower != nil {
		s.goes(func() { s.Follower.Run(ctx, s.o.Refresh, failed("the columnar copy could not be refreshed")) })
	}
	s.goes(func() {
		if err := s.askFirst(ctx); err != nil && ctx.Err() == nil {
			failed("what is reckoned by the clock could not be asked for the first time")(err)
		}
	})
	s.goes(func() {
		if err := s.jobs.Run(ctx); err != nil && ctx.Err() == nil {
			failed("jobs are not run any more")(err)
		}
	})
}

func (s *Server) goes(run func()) { s.work.Go(run) }

// Address is where it listens.
func (s *Server) Address() string { return s.listener.Addr().String() }

// URL is how others reach it.
func (s *Server) URL() string {
	if s.o.PublicURL != "" {
		return s.o.PublicURL
	}
	u := url.URL{Scheme: "http", Host: s.Address()}
	if s.o.TLSCert != "" {
		u.Scheme = "https"
	}
	return u.String()
}

// Wait returns when the context ends, or with the error that ended the serving, or when the sample is to be taken away:
// then with what to begin again with.
func (s *Server) Wait(ctx context.Context) (*Renewal, error) {
	select {
	case <-ctx.Done():
		return nil, nil
	case err := <-s.done:
		s.done <- err
		return nil, err
	case r := <-s.renewal:
		return &r, nil
	}
}

// Close ends it: no new requests; those being answered may finish while the context lasts; then the work behind the
// doors is stopped, and everything is closed.
func (s *Server) Close(ctx context.Context) error {
	s.ready.stopping.Store(true)
	err := s.http.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		s.o.Log.Warn("requests were cut off: they took too long to finish")
		err = s.http.Close()
	}
	err = errors.Join(err, <-s.done)
	s.stop()
	s.work.Wait()
	return errors.Join(err, s.release())
}

// release closes what was opened, the last first.
func (s *Server) release() (err error) {
	for i := len(s.end) - 1; i >= 0; i-- {
		err = errors.Join(err, s.end[i]())
	}
	s.end = nil
	return err
}

// noted writes to the log how far the audit trail is sealed: kept elsewhere, the log tells if its end was cut off.
func (s *Server) noted(m account.Mark) {
	s.o.Log.Info("audit trail sealed", "seal", m.Seal, "entries", m.Entries, "hash", m.Hash)
}

// source shows the facts as they are now: the copy, brought up to date first, or the database itself.
func (s *Server) source(ctx context.Context, v mirror.View) (*mirror.Source, error) {
	if s.Follower == nil {
		return mirror.Direct(ctx, s.Store, v)
	}
	if _, err := s.Follower.Refresh(ctx); err != nil {
		return nil, err
	}
	return s.Follower.Source(ctx, v)
}
