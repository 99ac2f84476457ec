package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"strings"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/folder"
	"regulars/internal/base/secret"
	"regulars/internal/door/api"
	"regulars/internal/door/server"
	"regulars/internal/measure/mirror"
	"regulars/internal/record/business"
)

// ServeCmd serves the data over HTTP.
type ServeCmd struct {
	Place
	Mailing

	Listen    string         `help:"Address and port to listen on." default:"127.0.0.1:8080" env:"REGULARS_LISTEN" placeholder:"ADDR"`
	PublicURL string         `help:"How others reach the server, for links: https://loyalty.example.com." name:"public-url" env:"REGULARS_PUBLIC_URL" placeholder:"URL"`
	TLSCert   string         `help:"File of the certificate, for HTTPS without a proxy." name:"tls-cert" env:"REGULARS_TLS_CERT" placeholder:"FILE" type:"path"`
	TLSKey    string         `help:"File of its key." name:"tls-key" env:"REGULARS_TLS_KEY" placeholder:"FILE" type:"path"`
	KeyFile   string         `help:"File of the key that secrets are sealed with; made if it is not there. Default: secret.key in the folder; for a database, regulars.key here." name:"key-file" env:"REGULARS_KEY_FILE" placeholder:"FILE" type:"path"`
	Forget    bool           `help:"Go on with another key file than before: secrets that were sealed with the lost one are to be set up anew." name:"forget-secrets"`
	Engine    string         `help:"Where figures come from: mirror (a columnar copy) or database. Default: mirror for a folder, database for PostgreSQL." default:"" enum:",mirror,database" env:"REGULARS_ENGINE" placeholder:"ENGINE"`
	Backups   string         `help:"Folder in which backups are kept, one each night unless the settings say otherwise. Default: backups in the folder; for a database, none are made." env:"REGULARS_BACKUPS" placeholder:"DIR" type:"path"`
	Rate      float64        `help:"Requests a second that one key or person may make on the long run." default:"1000" env:"REGULARS_RATE"`
	Trust     []netip.Prefix `help:"Proxies that are believed on whom they speak for (X-Forwarded-For)." default:"127.0.0.0/8,::1/128" env:"REGULARS_TRUST_PROXY" name:"trust-proxy" placeholder:"NETWORK"`
	Inside    []netip.Prefix `help:"Private networks that webhooks may be sent to." env:"REGULARS_WEBHOOK_NETWORKS" name:"webhook-network" placeholder:"NETWORK"`
	LogFormat string         `help:"How to log: text or json." default:"text" enum:"text,json" env:"REGULARS_LOG_FORMAT" name:"log-format"`
	LogLevel  string         `help:"What to log: debug, info, warn or error." default:"info" enum:"debug,info,warn,error" env:"REGULARS_LOG_LEVEL" name:"log-level"`
}

// closeTime is how long running requests may take to finish when the server is told to stop.
const closeTime = 8 * time.Second

// Run serves until it is told to stop.
func (s *ServeCmd) Run(c *Context) (err error) {
	if s.Data == "" && s.Database == "" {
		s.Data = folder.Default
	}
	if (s.TLSCert == "") != (s.TLSKey == "") {
		return fault.Invalidf("--tls-cert and --tls-key belong together; name both or none")
	}
	if s.Rate <= 0 {
		return fault.Invalidf("--rate must be above 0")
	}
	at, err := s.create(c.Ctx, serveCommand)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, at.Close()) }()
	var next *server.Renewal
	for {
		if next, err = s.serve(c, at, next); err != nil || next == nil {
			return err
		}
		if err := at.renew(c.Ctx, next.Token); err != nil {
			return err
		}
	}
}

// serve serves what is open until it is told to stop, or to begin again with nothing.
func (s *ServeCmd) serve(c *Context, at *opened, by *server.Renewal) (next *server.Renewal, err error) {
	log, err := s.log(c)
	if err != nil {
		return nil, err
	}
	o, err := s.options(c, at)
	if err != nil {
		return nil, err
	}
	o.Log = log
	if by != nil {
		o.Listener = by.Listener
	}
	running, err := server.Start(c.Ctx, at.DB, o)
	if err != nil {
		return nil, err
	}
	shared := &opened{DB: at.DB, Folder: at.Folder, Served: running}
	var socket *local
	if at.Folder != nil {
		if socket, err = takeCommands(shared); err != nil {
			return nil, errors.Join(err, running.Close(c.Ctx))
		}
	}
	if err = s.greet(c, running, by); err == nil {
		next, err = running.Wait(c.Ctx)
	}
	if next != nil {
		log.Info("the sample is taken away")
	} else {
		log.Info("stopping")
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Ctx), closeTime)
	defer cancel()
	if socket != nil {
		err = errors.Join(err, socket.Close(ctx))
	}
	return next, errors.Join(err, running.Close(ctx))
}

func (s *ServeCmd) options(c *Context, at *opened) (o server.Options, err error) {
	box, err := s.box(at)
	if err != nil {
		return o, err
	}
	if err := at.DB.Write(c.Ctx, func(tx *db.Tx) error { return business.SameKey(tx, box, s.Forget) }); err != nil {
		return o, err
	}
	mail, err := s.server()
	if err != nil {
		return o, err
	}
	o = server.Options{Mail: mail, Listen: s.Listen, PublicURL: s.PublicURL, TLSCert: s.TLSCert, TLSKey: s.TLSKey, Trusted: s.Trust, Rate: api.Rate{PerSecond: s.Rate},
		Copy: s.Engine == engineMirror || s.Engine == "" && at.Folder != nil, Alone: at.Folder != nil, Renewable: at.Folder != nil, Box: box, Inside: s.Inside,
		Version: programVersion(),
		Traces:  os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT") != "" || os.Getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") != ""}
	if o.Backups = s.Backups; at.Folder != nil {
		o.Backups = cmp.Or(o.Backups, at.Folder.Backups())
		o.Mirror = mirror.Options{Path: at.Folder.Mirror()}
	}
	return o, nil
}

// greet says where the server is, and how to come in where nobody has yet.
func (s *ServeCmd) greet(c *Context, running *server.Server, by *server.Renewal) error {
	look, err := running.LookAroundLink(c.Ctx) // first: it makes the owner, after whom there is nothing to set up
	if err != nil {
		return err
	}
	var setup string
	if by != nil { // somebody has come with it, or is about to: another would end it
		setup = strings.TrimSuffix(running.URL(), "/") + account.LinkPath(account.FirstSetup, by.Token)
	} else if setup, err = running.SetupLink(c.Ctx); err != nil {
		return err
	}
	says := fmt.Sprintf("Regulars serves %s at %s\nThe API is explained at %s/v1/reference\n", s.name(), running.URL(), running.URL())
	switch {
	case look != "":
		says += fmt.Sprintf("This is a sample business. Look around at %s\nThe link signs you in for %d days; starting again makes a new one\n",
			look, int(account.LookAround.Lifetime().Hours())/24)
	case setup != "":
		says += fmt.Sprintf("Set it up at %s\nThe link is good once, for %d minutes; starting again makes a new one\n",
			setup, int(account.FirstSetup.Lifetime().Minutes()))
	}
	_, err = io.WriteString(c.Stdout, says)
	return err //nolint:wrapcheck // the stream explains itself
}

func (s *ServeCmd) log(c *Context) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(s.LogLevel)); err != nil {
		return nil, fault.Invalidf("--log-level %s is none of debug, info, warn, error", s.LogLevel)
	}
	o := &slog.HandlerOptions{Level: level}
	if s.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(c.Stderr, o)), nil
	}
	return slog.New(slog.NewTextHandler(c.Stderr, o)), nil
}

// box opens the key file.
func (s *ServeCmd) box(at *opened) (*secret.Box, error) {
	p := Place{}
	if at.Folder != nil {
		p.Data = at.Folder.Path
	}
	return secret.Load(keyFile(s.KeyFile, p))
}
