package channel_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"regulars/internal/base/channel"
	"regulars/internal/base/fault"
)

// postman is a mail server that keeps what it takes.
type postman struct {
	lock  sync.Mutex
	taken []letter
}

type letter struct{ user, from, to, text string }

type visit struct {
	p *postman
	letter
}

func (v *visit) AuthMechanisms() []string { return []string{sasl.Plain} }

func (v *visit) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "shop" || password != "right" {
			return smtp.ErrAuthFailed
		}
		v.user = user
		return nil
	}), nil
}

func (v *visit) Mail(from string, _ *smtp.MailOptions) error {
	if v.user == "" && from == "shop@example.com" {
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "authentication required"}
	}
	v.from = from
	return nil
}

func (v *visit) Rcpt(to string, _ *smtp.RcptOptions) error {
	switch to {
	case "nobody@example.com":
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user: nobody@example.com"}
	case "busy@example.com":
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "later"}
	}
	v.to = to
	return nil
}

func (v *visit) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	v.text = string(text)
	v.p.lock.Lock()
	defer v.p.lock.Unlock()
	v.p.taken = append(v.p.taken, v.letter)
	return err
}

func (v *visit) Reset()        {}
func (v *visit) Logout() error { return nil }

// certificate is for a server at 127.0.0.1 and for those who trust it.
func certificate(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{raw}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}, pool
}

// serve starts a server with the protection, and gives settings with which it takes letters.
func serve(t *testing.T, security string) (*postman, channel.SMTP) {
	t.Helper()
	p := &postman{}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &visit{p: p}, nil }))
	config, roots := certificate(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	settings := channel.SMTP{
		Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port, Security: security, User: "shop", Password: "right",
		From: "shop@example.com", FromName: "Café Ελλάδα", Roots: roots,
	}
	switch security {
	case channel.TLS:
		listener = tls.NewListener(listener, config)
	case channel.StartTLS:
		server.TLSConfig = config
	default:
		server.AllowInsecureAuth = true
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(listener) }() // it ends by Close
	t.Cleanup(func() { _ = server.Close(); <-done })
	return p, settings
}

func TestALetterArrives(t *testing.T) {
	t.Parallel()
	for _, security := range []string{channel.StartTLS, channel.TLS, channel.Plain} {
		t.Run(security, func(t *testing.T) {
			t.Parallel()
			p, s := serve(t, security)
			if err := s.Check(t.Context()); err != nil {
				t.Fatal(err)
			}
			text := "Καλημέρα!\n\n. a line that begins with a dot\n" + strings.Repeat("long ", 400) + "\nhttps://example.com/invitation/abc=123"
			if err := s.Send(t.Context(), channel.Mail{To: "ann@example.com", Subject: "Приглашение 邀请", Text: text}); err != nil {
				t.Fatal(err)
			}
			if len(p.taken) != 1 {
				t.Fatalf("%d letters", len(p.taken))
			}
			l := p.taken[0]
			read, err := mail.ReadMessage(strings.NewReader(l.text))
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(quotedprintable.NewReader(read.Body))
			if err != nil {
				t.Fatal(err)
			}
			from, err := read.Header.AddressList("From")
			subject, failed := new(mime.WordDecoder).DecodeHeader(read.Header.Get("Subject"))
			if err != nil || failed != nil || from[0].Name != "Café Ελλάδα" || subject != "Приглашение 邀请" || l.from != "shop@example.com" || l.to != "ann@example.com" {
				t.Errorf("%q %q %q %v", from, subject, l, errors.Join(err, failed))
			}
			if got := strings.ReplaceAll(string(body), "\r\n", "\n"); strings.TrimSpace(got) != text {
				t.Errorf("the text arrives as %q", got)
			}
			if read.Header.Get("Auto-Submitted") != "auto-generated" || read.Header.Get("Message-ID") == "" || read.Header.Get("Date") == "" {
				t.Errorf("%v", read.Header)
			}
		})
	}
}

func TestWhatGoesWrongWithMailIsExplained(t *testing.T) {
	t.Parallel()
	_, good := serve(t, channel.StartTLS)
	p, open := serve(t, channel.Plain)
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := gone.Addr().(*net.TCPAddr).Port
	gone.Close()
	for what, c := range map[string]struct {
		change func(*channel.SMTP)
		from   channel.SMTP
		to     string
		kind   fault.Kind
		code   string
	}{
		"wrong password":      {func(s *channel.SMTP) { s.Password = "wrong" }, good, "", fault.Unavailable, "mail_sign_in"},
		"no user":             {func(s *channel.SMTP) { s.User = "" }, good, "", fault.Unavailable, "mail_sign_in"},
		"foreign certificate": {func(s *channel.SMTP) { s.Roots = nil }, good, "", fault.Unavailable, "mail_certificate"},
		"nobody listens":      {func(s *channel.SMTP) { s.Port = port }, good, "", fault.Unavailable, "mail_unreachable"},
		"no TLS there":        {func(s *channel.SMTP) { s.Security = channel.StartTLS }, open, "", fault.Unavailable, "mail_failed"},
		"no such address":     {func(*channel.SMTP) {}, good, "nobody@example.com", fault.Invalid, "mail_refused"},
		"later":               {func(*channel.SMTP) {}, good, "busy@example.com", fault.Unavailable, "mail_failed"},
		"no address at all":   {func(*channel.SMTP) {}, good, "ann", fault.Invalid, "mail_refused"},
		"a second header":     {func(*channel.SMTP) {}, good, "ann@example.com\r\nBcc: x@example.com", fault.Invalid, "mail_refused"},
	} {
		s := c.from
		c.change(&s)
		to := c.to
		if to == "" {
			to = "ann@example.com"
		}
		err := s.Send(t.Context(), channel.Mail{To: to, Subject: "s", Text: "t"})
		var f *fault.Fault
		if !errors.As(err, &f) || f.Kind != c.kind || f.Code != c.code {
			t.Errorf("%s: %v, want %q", what, err, c.code)
		}
		if err != nil && (strings.Contains(err.Error(), "wrong") && what == "wrong password" || strings.Contains(err.Error(), "@")) {
			t.Errorf("%s: the sentence gives away too much: %v", what, err)
		}
	}
	if len(p.taken) > 0 {
		t.Errorf("sent in the open: %q", p.taken)
	}
}

func TestSettingsOfAMailServer(t *testing.T) {
	t.Parallel()
	good := channel.SMTP{Host: "mail.example.com", Security: channel.StartTLS, From: "shop@example.com"}
	if err := good.Valid(); err != nil {
		t.Fatal(err)
	}
	for field, change := range map[string]func(*channel.SMTP){
		"host":     func(s *channel.SMTP) { s.Host = "mail.example.com:587" },
		"port":     func(s *channel.SMTP) { s.Port = 70_000 },
		"security": func(s *channel.SMTP) { s.Security = "ssl" },
		"from":     func(s *channel.SMTP) { s.From = "shop" },
	} {
		s := good
		change(&s)
		var f *fault.Fault
		if err := s.Valid(); !errors.As(err, &f) || f.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	open := good
	open.Security, open.User = channel.Plain, "shop"
	if err := open.Valid(); err == nil {
		t.Error("the password may go in the open")
	}
}
