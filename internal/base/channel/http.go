package channel

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"

	"regulars/internal/base/fault"
)

// HTTPOptions say what a guarded client may do; all have defaults.
type HTTPOptions struct {
	Allow     []netip.Prefix // networks that are not of the open internet and may be reached all the same
	Timeout   time.Duration  // of a request, with reading the answer; 0: 15 s
	Most      int64          // bytes of an answer; 0: 1 MiB
	Redirects int            // that are followed; 0: none, the answer is the redirect
}

// unencrypted marks the context of a request that goes without TLS.
type unencrypted struct{}

// Guarded makes the client.
func Guarded(o HTTPOptions) *http.Client {
	const (
		timeout   = 15 * time.Second
		handshake = 5 * time.Second
		most      = 1 << 20
		headers   = 64 << 10
		idle      = 30 * time.Second
		idleEach  = 4
	)
	if o.Timeout == 0 {
		o.Timeout = timeout
	}
	if o.Most == 0 {
		o.Most = most
	}
	dialer := &net.Dialer{Timeout: handshake, ControlContext: func(ctx context.Context, _, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("dial %s: %w", address, err)
		}
		return permit(at.Addr(), "the host", o.Allow, ctx.Value(unencrypted{}) != nil)
	}}
	transport := &http.Transport{
		DialContext:            dialer.DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    handshake,
		ForceAttemptHTTP2:      true,
		MaxResponseHeaderBytes: headers,
		MaxIdleConnsPerHost:    idleEach,
		IdleConnTimeout:        idle,
	}
	return &http.Client{Timeout: o.Timeout, Transport: &guard{transport, o.Most}, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		switch {
		case len(via) > o.Redirects && o.Redirects == 0:
			return http.ErrUseLastResponse
		case len(via) > o.Redirects:
			return fault.Unavailablef("more than %d redirects", o.Redirects)
		}
		return CheckURL(r.URL.String(), o.Allow)
	}}
}

// guard marks requests and bounds answers.
type guard struct {
	*http.Transport
	most int64
}

func (g *guard) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != "https" {
		r = r.WithContext(context.WithValue(r.Context(), unencrypted{}, true))
	}
	answer, err := g.Transport.RoundTrip(r)
	if err != nil {
		return nil, err //nolint:wrapcheck // the client says what was asked for
	}
	answer.Body = &bounded{answer.Body, g.most}
	return answer, nil
}

// bounded is a body that ends in an error where it is longer than it may be.
type bounded struct {
	io.ReadCloser
	left int64
}

// ErrTooLong says that an answer was longer than is read.
var ErrTooLong = errors.New("the answer is too long")

func (b *bounded) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, ErrTooLong
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1] // one more than may be: then there is more
	}
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return n - 1, ErrTooLong
	}
	return n, err //nolint:wrapcheck // a reader's own
}

// CheckURL refuses an address that a guarded client would not reach, as far as its text tells. A name may still lead
// where the client does not go.
func CheckURL(text string, allow []netip.Prefix) error {
	const longest = 2000
	u, err := url.Parse(text)
	switch {
	case len(text) > longest:
		return fault.Coded("too_long", fault.Invalidf("the address has more than %d characters", longest))
	case err != nil || u.Hostname() == "" || u.Opaque != "":
		return fault.Coded("no_url", fault.Invalidf("the address is not of the form https://host/path"))
	case u.User != nil:
		return fault.Coded("url_user", fault.Invalidf("the address holds a user or a password; leave them out"))
	case u.Fragment != "":
		return fault.Coded("url_fragment", fault.Invalidf("the address has a part behind #, which is never sent; leave it out"))
	case u.Scheme != "https" && (u.Scheme != "http" || len(allow) == 0):
		return fault.Coded("address_plain", fault.Invalidf("the address must begin with https://"))
	}
	if at, err := netip.ParseAddr(u.Hostname()); err == nil {
		return permit(at, u.Hostname(), allow, u.Scheme == "http")
	}
	// A name whose last part is a number is an address in a form of its own, such as 0x7f.1 or 2130706433.
	if labels := strings.Split(strings.TrimSuffix(u.Hostname(), "."), "."); labels[len(labels)-1] == "" || strings.Trim(labels[len(labels)-1], "0123456789") == "" ||
		strings.HasPrefix(strings.ToLower(labels[len(labels)-1]), "0x") {
		return fault.Coded("no_url", fault.Invalidf("the host of the address is neither a name nor an address in its usual form"))
	}
	return nil
}

// permit refuses an address that is not of the open internet, unless its network is let through. It is called as it was
// written: what a name leads to inside is nobody's business.
func permit(at netip.Addr, called string, allow []netip.Prefix, plain bool) error {
	at = at.Unmap().WithZone("")
	within := func(p netip.Prefix) bool { return p.Contains(at) }
	switch {
	case slices.ContainsFunc(allow, within):
		return nil
	case at.Is4() && slices.ContainsFunc(special, within), at.Is6() && (!global.Contains(at) || slices.ContainsFunc(special, within)):
		return fault.Coded("address_private", fault.Invalidf("%s is in a private or special network, where nothing is sent; "+
			"an operator can allow the network when the server is started", called))
	case plain:
		return fault.Coded("address_plain", fault.Invalidf("%s is reached without encryption; give an address that begins with https://", called))
	}
	return nil
}

// global are the addresses of version 6 that the internet routes.
var global = netip.MustParsePrefix("2000::/3")

// special are addresses that lead elsewhere than to a host of the open internet, from the registries of special-purpose
// addresses (iana-ipv4-special-registry, iana-ipv6-special-registry), and those at which clouds serve secrets.
var special = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
	"192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	"168.63.129.16/32", // Azure's
	"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
)

func prefixes(all ...string) (parsed []netip.Prefix) {
	for _, p := range all {
		parsed = append(parsed, netip.MustParsePrefix(p))
	}
	return parsed
}
