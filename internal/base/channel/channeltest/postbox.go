// Package channeltest is a mail server and a push service for tests: real ones on this machine, which keep what they take.
//
// What always holds: they end with the test. The mail server takes letters from anybody to anybody, in the open, and sends none
// on; what one refuses, and how, is for the tests of package channel, which have one of their own. The push service believes a
// notice only as a browser's would: by its signature, and by what one phone alone can read.
package channeltest

import (
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/textproto"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"regulars/internal/base/channel"
)

// Postbox is where the letters lie.
type Postbox struct {
	lock    sync.Mutex
	letters []Letter
}

// Letter is one as it was taken.
type Letter struct {
	To, Subject, Text string
	HTML              string            // of one that is a page too
	Pictures          map[string][]byte // by the names by which the page shows them
}

// Serve starts a server, and gives settings by which letters reach it.
func Serve(tb testing.TB) (*Postbox, channel.SMTP) {
	tb.Helper()
	p := &Postbox{}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{box: p}, nil }))
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it does not wait
	if err != nil {
		tb.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener) // it ends by Close
	}()
	tb.Cleanup(func() {
		_ = server.Close() // nothing is kept
		<-done
	})
	at, ok := listener.Addr().(*net.TCPAddr)
	if !ok {
		tb.Fatal("no port")
	}
	return p, channel.SMTP{Host: "127.0.0.1", Port: at.Port, Security: channel.Plain, From: "shop@example.com"}
}

// Letters are those that were taken so far.
func (p *Postbox) Letters() []Letter {
	p.lock.Lock()
	defer p.lock.Unlock()
	return slices.Clone(p.letters)
}

// Wait waits for so many letters, and gives all that are there then.
func (p *Postbox) Wait(tb testing.TB, n int) []Letter {
	tb.Helper()
	const patience = 30 * time.Second
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if all := p.Letters(); len(all) >= n {
			return all
		}
	}
	tb.Fatalf("%d letters did not arrive: there are %d", n, len(p.Letters()))
	return nil
}

// session is a visit of somebody with a letter.
type session struct {
	box *Postbox
	to  string
}

// Mail takes the sender.
func (s *session) Mail(string, *smtp.MailOptions) error { return nil }

// Rcpt takes the addressee.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	return nil
}

// Data takes the letter.
func (s *session) Data(r io.Reader) error {
	read, err := mail.ReadMessage(r)
	if err != nil {
		return err //nolint:wrapcheck // the server answers with it
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(read.Header.Get("Subject"))
	if err != nil {
		return err //nolint:wrapcheck // the server answers with it
	}
	letter := Letter{To: s.to, Subject: subject, Pictures: map[string][]byte{}}
	if err := letter.part(textproto.MIMEHeader(read.Header), read.Body); err != nil {
		return err
	}
	s.box.lock.Lock()
	defer s.box.lock.Unlock()
	s.box.letters = append(s.box.letters, letter)
	return nil
}

// part takes a part of a letter, or the whole.
func (l *Letter) part(head textproto.MIMEHeader, body io.Reader) error {
	kind, more, err := mime.ParseMediaType(head.Get("Content-Type"))
	if err != nil {
		return err //nolint:wrapcheck // the server answers with it
	}
	if strings.HasPrefix(kind, "multipart/") {
		parts := multipart.NewReader(body, more["boundary"])
		for {
			p, err := parts.NextRawPart()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err //nolint:wrapcheck // the server answers with it
			}
			if err := l.part(p.Header, p); err != nil {
				return err
			}
		}
	}
	switch strings.ToLower(head.Get("Content-Transfer-Encoding")) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	raw, err := io.ReadAll(body)
	if err != nil {
		return err //nolint:wrapcheck // the server answers with it
	}
	switch text := strings.ReplaceAll(string(raw), "\r\n", "\n"); kind {
	case "text/plain":
		l.Text = text
	case "text/html":
		l.HTML = text
	default:
		l.Pictures[strings.Trim(head.Get("Content-Id"), "<>")] = raw
	}
	return nil
}

// Reset forgets what was said.
func (s *session) Reset() { s.to = "" }

// Logout ends the visit.
func (s *session) Logout() error { return nil }
