// Package channel is the ways on which something reaches somebody outside: a sender a file.
//
// What always holds: sending calls the outside, so it happens in no transaction; it ends after a stated time; what went
// wrong is said in a sentence that tells what to do, and whether trying again may help. A sender knows nothing of what
// it sends or why, and keeps nothing.
package channel

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"regulars/internal/base/fault"
)

// The ways of protecting the way to a mail server.
const (
	StartTLS = "starttls" // begins in the open and turns to TLS, as port 587 does; refused where the server cannot
	TLS      = "tls"      // from the first byte, as port 465 does
	Plain    = "none"     // for a server on the same machine
)

// SMTP is a mail server that takes mail to send on.
type SMTP struct {
	Host     string `json:"host"`
	Port     int    `json:"port"` // 0: the usual one of its protection
	Security string `json:"security"`
	User     string `json:"user"` // empty: without signing in
	Password string `json:"-"`
	From     string `json:"from"`      // address of the sender
	FromName string `json:"from_name"` // what is shown for it

	// Roots are the authorities that may vouch for the server; nil: those of the machine.
	Roots *x509.CertPool `json:"-"`
}

// Mail is a letter to one person: plain text, and the same as a page where there is one.
type Mail struct {
	To      string
	Subject string
	Text    string
	HTML    string // empty: none; it shows a picture by src="cid:NAME"
	// Pictures go with the page: nothing is fetched to show it.
	Pictures []Picture
}

// Picture is a PNG that goes with a letter.
type Picture struct {
	Name string // such as trend.png
	PNG  []byte
}

// mailTime is how long a server may take for everything.
const mailTime = 30 * time.Second

// ports are the usual ones.
var ports = map[string]int{StartTLS: 587, TLS: 465, Plain: 25}

// Valid says what in the settings is wrong.
func (s *SMTP) Valid() error {
	usual, known := ports[s.Security]
	switch {
	case s.Host == "" || strings.ContainsAny(s.Host, " /:@"):
		return fault.In("host", fault.Coded("no_host", fault.Invalidf("the mail server is a name such as mail.example.com, without port")))
	case !known:
		return fault.In("security", fault.Coded("unknown_security", fault.Invalidf("the way to the mail server is starttls, tls or none")))
	case s.Port < 0 || s.Port > 65535:
		return fault.In("port", fault.Coded("no_port", fault.Invalidf("a port is a number up to 65535; the usual one is %d", usual)))
	case s.Security == Plain && s.User != "" && !local(s.Host):
		return fault.In("security", fault.Coded("password_in_the_open",
			fault.Invalidf("the password would go to %s in the open; use starttls or tls", s.Host)))
	}
	if err := mail.NewMsg().From(s.From); err != nil {
		return fault.In("from", fault.Coded("no_email", fault.Invalidf("the sender is no e-mail address; write it like shop@example.com")))
	}
	return nil
}

func local(host string) bool {
	return slices.Contains([]string{"localhost", "127.0.0.1", "::1"}, host)
}

// Send hands a letter to the server. That it was taken does not say that it arrived.
func (s *SMTP) Send(ctx context.Context, m Mail) error {
	letter := mail.NewMsg()
	if err := letter.FromFormat(s.FromName, s.From); err != nil {
		return s.Valid()
	}
	if err := letter.To(m.To); err != nil {
		return fault.Coded("mail_refused", fault.Invalidf("mail cannot be sent to this address: it is not written as one"))
	}
	letter.Subject(m.Subject)
	letter.SetBodyString(mail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		letter.AddAlternativeString(mail.TypeTextHTML, m.HTML)
	}
	for _, p := range m.Pictures {
		if err := letter.EmbedReader(p.Name, bytes.NewReader(p.PNG), mail.WithFileContentID(p.Name), mail.WithFileContentType("image/png")); err != nil {
			return fmt.Errorf("put the picture %s into a letter: %w", p.Name, err)
		}
	}
	letter.SetDate()
	letter.SetMessageID()
	letter.SetGenHeader("Auto-Submitted", "auto-generated") // no answer of an absent person's mailbox
	return s.with(ctx, func(ctx context.Context, c *mail.Client) error { return c.DialAndSendWithContext(ctx, letter) })
}

// Check signs in and leaves: whether a letter could be sent.
func (s *SMTP) Check(ctx context.Context) error {
	if err := s.Valid(); err != nil {
		return err
	}
	return s.with(ctx, func(ctx context.Context, c *mail.Client) error {
		if err := c.DialWithContext(ctx); err != nil {
			return err //nolint:wrapcheck // explained below
		}
		return c.Close() //nolint:wrapcheck // explained below
	})
}

func (s *SMTP) with(ctx context.Context, do func(context.Context, *mail.Client) error) error {
	ctx, cancel := context.WithTimeout(ctx, mailTime)
	defer cancel()
	port := s.Port
	if port == 0 {
		port = ports[s.Security]
	}
	options := []mail.Option{
		mail.WithPort(port), mail.WithTimeout(mailTime),
		mail.WithTLSConfig(&tls.Config{ServerName: s.Host, RootCAs: s.Roots, MinVersion: tls.VersionTLS12}),
	}
	switch s.Security {
	case TLS:
		options = append(options, mail.WithSSL())
	case Plain:
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	default:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if s.User != "" {
		kind := mail.SMTPAuthAutoDiscover
		if s.Security == Plain {
			kind = mail.SMTPAuthPlainNoEnc // on this machine alone: Valid sees to it
		}
		options = append(options, mail.WithSMTPAuth(kind), mail.WithUsername(s.User), mail.WithPassword(s.Password))
	}
	client, err := mail.NewClient(s.Host, options...)
	if err == nil {
		err = do(ctx, client)
	}
	return s.explain(net.JoinHostPort(s.Host, strconv.Itoa(port)), err)
}

// Answers of a mail server that tell what is wrong (RFC 5321, RFC 4954).
const (
	needsSignIn = 530
	badSignIn   = 535
	refusals    = 500 // from here on trying again does not help
)

// explain says in a sentence what went wrong.
func (s *SMTP) explain(at string, err error) error {
	var answer *mail.SendError
	var certificate *tls.CertificateVerificationError
	var dial *net.OpError
	code := 0
	if errors.As(err, &answer) {
		code = answer.ErrorCode()
	} else if err != nil {
		code = leading(err.Error())
	}
	switch {
	case err == nil:
		return nil
	case errors.As(err, &certificate):
		return fault.Coded("mail_certificate", fault.Unavailablef("the mail server %s shows a certificate that is not its own or not to be trusted: %w", at, certificate))
	case code == badSignIn || code == needsSignIn:
		return fault.Coded("mail_sign_in", fault.Unavailablef("the mail server %s does not let %q sign in; check user and password", at, s.User))
	case errors.As(err, &dial):
		return fault.Coded("mail_unreachable", fault.Unavailablef("the mail server %s does not answer: %w; check host and port, and whether a firewall is between", at, dial.Err))
	case code >= refusals:
		return coded("mail_refused", err, fault.Invalidf("the mail server %s refuses the letter (%d); check sender and address", at, code))
	}
	return coded("mail_failed", err, fault.Unavailablef("the mail server %s could not take the letter; it may at another time", at))
}

// coded keeps the cause for the log: what a server says may repeat addresses.
func coded(word string, cause, err error) error {
	err = fault.Coded(word, err)
	var f *fault.Fault
	if errors.As(err, &f) {
		f.Cause = cause
	}
	return err
}

// leading finds the number that an answer of a server begins with, inside a sentence of the library.
func leading(text string) int {
	for _, word := range strings.Fields(text) {
		const digits = 3
		if len(word) == digits {
			if n, err := strconv.Atoi(word); err == nil && n >= 400 && n < 600 {
				return n
			}
		}
	}
	return 0
}
