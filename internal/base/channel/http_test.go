package channel_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"regulars/internal/base/channel"
	"regulars/internal/base/fault"
)

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

// get asks for the address and gives what came back.
func get(t *testing.T, c *http.Client, at string) (string, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, at, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := c.Do(r)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return answer.Status + " " + string(body), err
}

func coded(err error) string {
	var f *fault.Fault
	if errors.As(err, &f) {
		return f.Code
	}
	return ""
}

// A server on this machine is behind a number, a name, and a redirect: none of them leads there unless it is allowed.
func TestPrivateNetworksAreRefusedWhenDialled(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		_, _ = io.WriteString(w, "inside")
	}))
	defer server.Close()
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0"} {
		for _, scheme := range []string{"http", "https"} {
			at := scheme + "://" + host + ":" + port
			if got, err := get(t, channel.Guarded(channel.HTTPOptions{}), at); coded(err) != "address_private" {
				t.Errorf("%s: %q, %v", at, got, err)
			}
		}
	}
	if asked.Load() != 0 {
		t.Errorf("asked %d times", asked.Load())
	}
	for _, host := range []string{"127.0.0.1", "localhost"} {
		if got, err := get(t, channel.Guarded(channel.HTTPOptions{Allow: loopback}), "http://"+host+":"+port); err != nil || got != "200 OK inside" {
			t.Errorf("allowed, yet %q, %v", got, err)
		}
	}
}

func TestRedirects(t *testing.T) {
	t.Parallel()
	var to atomic.Value
	to.Store("")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/end" {
			_, _ = io.WriteString(w, "the end")
			return
		}
		http.Redirect(w, r, to.Load().(string), http.StatusFound) //nolint:forcetypeassert // stored here
	}))
	defer server.Close()
	follow := channel.Guarded(channel.HTTPOptions{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, Redirects: 2})
	to.Store(server.URL + "/end")
	if got, err := get(t, follow, server.URL); err != nil || got != "200 OK the end" {
		t.Errorf("followed: %q, %v", got, err)
	}
	if got, err := get(t, channel.Guarded(channel.HTTPOptions{Allow: loopback}), server.URL); err != nil || !strings.HasPrefix(got, "302 Found") {
		t.Errorf("not to be followed: %q, %v", got, err)
	}
	for _, inside := range []string{"http://10.1.2.3/", "http://127.0.0.2/", "http://[fd00:ec2::254]/"} {
		to.Store(inside)
		if got, err := get(t, follow, server.URL); coded(err) != "address_private" {
			t.Errorf("to %s: %q, %v", inside, got, err)
		}
	}
	to.Store(server.URL)
	if got, err := get(t, follow, server.URL); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("round and round: %q, %v", got, err)
	}
}

func TestAnswersAreBoundedInLengthAndTime(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/slow":
			select {
			case <-release:
			case <-r.Context().Done():
			}
		case "/just":
			_, _ = io.WriteString(w, strings.Repeat("a", 1000))
		default:
			_, _ = io.WriteString(w, strings.Repeat("a", 1001))
		}
	}))
	defer server.Close()
	defer close(release)
	c := channel.Guarded(channel.HTTPOptions{Allow: loopback, Most: 1000, Timeout: 5 * time.Second})
	if got, err := get(t, c, server.URL+"/just"); err != nil || len(got) != len("200 OK ")+1000 {
		t.Errorf("1,000 bytes: %d, %v", len(got), err)
	}
	if got, err := get(t, c, server.URL+"/more"); !errors.Is(err, channel.ErrTooLong) || len(got) != len("200 OK ")+1000 {
		t.Errorf("1,001 bytes: %d, %v", len(got), err)
	}
	c = channel.Guarded(channel.HTTPOptions{Allow: loopback, Timeout: 50 * time.Millisecond})
	if _, err := get(t, c, server.URL+"/slow"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("one that does not answer: %v", err)
	}
}

func TestAddressesAreJudgedByTheirText(t *testing.T) {
	t.Parallel()
	cases := []struct {
		at    string
		allow string
		ok    bool
	}{
		{"https://shop.example/hooks?a=b", "", true},
		{"https://shop.example:8443/", "", true},
		{"https://1.1.1.1/", "", true},
		{"https://[2606:4700:4700::1111]/", "", true},
		{"http://shop.example/", "", false},
		{"http://1.1.1.1/", "10.0.0.0/8", false},
		{"http://10.2.3.4/", "10.0.0.0/8", true},
		{"https://10.2.3.4/", "10.0.0.0/8", true},
		{"https://11.2.3.4/", "10.0.0.0/8", true},
		{"http://inside.example/", "10.0.0.0/8", true}, // judged when dialled
		{"ftp://shop.example/", "10.0.0.0/8", false},
		{"shop.example", "", false},
		{"https://", "", false},
		{"https:shop.example", "", false},
		{"https://user:word@shop.example/", "", false},
		{"https://shop.example/#part", "", false},
		{"https://shop.example/" + strings.Repeat("a", 2000), "", false},
		{"https://2130706433/", "", false},
		{"https://0x7f.0.0.1/", "", false},
		{"https://127.1/", "", false},
		{"https://0x7f000001/", "", false},
		{"https://10.0.0.1./", "", false},
	}
	for _, private := range []string{"0.0.0.0", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255",
		"192.168.1.1", "192.0.0.192", "198.18.0.1", "224.0.0.1", "255.255.255.255", "168.63.129.16", "[::]", "[::1]", "[fe80::1]", "[fe80::1%25eth0]", "[fc00::1]",
		"[fd00:ec2::254]", "[ff02::1]", "[::ffff:10.0.0.1]", "[64:ff9b::a00:1]", "[2002:a00:1::]", "[2001::1]", "[::7f00:1]"} {
		cases = append(cases, struct {
			at    string
			allow string
			ok    bool
		}{"https://" + private + "/", "", false})
	}
	for _, c := range cases {
		var allow []netip.Prefix
		if c.allow != "" {
			allow = append(allow, netip.MustParsePrefix(c.allow))
		}
		if err := channel.CheckURL(c.at, allow); (err == nil) != c.ok || err != nil && fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s with %q allowed: %v", c.at, c.allow, err)
		}
	}
}
