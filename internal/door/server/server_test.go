package server_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"regulars/client"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/secret"
	"regulars/internal/door/server"
	"regulars/internal/record/schema/schematest"
)

// running is a server on a new SQLite database.
type running struct {
	*server.Server

	t   *testing.T
	log *log
	key string
}

type log struct {
	lock sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(b []byte) (int, error) {
	l.lock.Lock()
	defer l.lock.Unlock()
	return l.text.Write(b)
}

func (l *log) String() string {
	l.lock.Lock()
	defer l.lock.Unlock()
	return l.text.String()
}

func start(t *testing.T, o server.Options) *running {
	t.Helper()
	d := schematest.Open(t, schematest.SQLite(t))
	return startOn(t, d, o)
}

// startOn is a server on a database that is there.
func startOn(t *testing.T, d *db.DB, o server.Options) *running {
	t.Helper()
	r := &running{t: t, log: &log{}}
	o.Listen, o.Box = "127.0.0.1:0", secret.New(bytes.Repeat([]byte{5}, 32))
	o.Log = slog.New(slog.NewJSONHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	var err error
	if r.Server, err = server.Start(t.Context(), d, o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := r.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	err = d.Write(t.Context(), func(tx *db.Tx) (err error) {
		_, r.key, err = account.CreateKey(tx, account.System("test"), account.NewKey{Name: "test", Scopes: []account.Permission{account.All}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.New("http://"+r.Address(), r.key).SetBusiness(t.Context(), client.Business{TimeZone: "UTC", Currency: "EUR"}); err != nil && o.TLSCert == "" {
		t.Fatal(err)
	}
	return r
}

// answered is an answer without its body.
type answered struct {
	StatusCode int
	Header     http.Header
}

// ask makes a request and gives the answer with its body.
func (r *running) ask(c *http.Client, method, url string, body io.Reader, head map[string]string) (answered, []byte) {
	r.t.Helper()
	h, err := http.NewRequestWithContext(r.t.Context(), method, url, body)
	if err != nil {
		r.t.Fatal(err)
	}
	h.Header.Set("Authorization", "Bearer "+r.key)
	h.Header.Set("Content-Type", "application/json")
	for name, value := range head {
		h.Header.Set(name, value)
	}
	answer, err := c.Do(h)
	if err != nil {
		r.t.Fatal(err)
	}
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.Body.Close() != nil {
		r.t.Fatal(err)
	}
	return answered{answer.StatusCode, answer.Header}, text
}

const anOrder = `{"reference":"1","placed_at":"2026-11-02T10:15:00Z","amount_minor":100}`

func packed(t *testing.T, how string, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser = gzip.NewWriter(&b)
	if how == "zstd" {
		var err error
		if w, err = zstd.NewWriter(&b); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Write(text); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestBodiesMayBePackedAndBombsAreNot(t *testing.T) {
	t.Parallel()
	r := start(t, server.Options{})
	orders := r.URL() + "/v1/orders"
	for _, how := range []string{"gzip", "zstd"} {
		head := map[string]string{"Content-Encoding": how}
		if answer, text := r.ask(http.DefaultClient, "POST", orders, bytes.NewReader(packed(t, how, []byte(anOrder))), head); answer.StatusCode > 201 {
			t.Errorf("%s: %d %s", how, answer.StatusCode, text)
		}
		// Fifty megabytes of blanks pack to almost nothing.
		bomb := packed(t, how, append(bytes.Repeat([]byte{' '}, 50<<20), anOrder...))
		if answer, text := r.ask(http.DefaultClient, "POST", orders, bytes.NewReader(bomb), head); answer.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("a bomb of %s: %d %s", how, answer.StatusCode, text)
		}
		if answer, text := r.ask(http.DefaultClient, "POST", orders, strings.NewReader("not packed"), head); answer.StatusCode != http.StatusBadRequest {
			t.Errorf("not %s: %d %s", how, answer.StatusCode, text)
		}
	}
	if answer, _ := r.ask(http.DefaultClient, "POST", orders, strings.NewReader(anOrder), map[string]string{"Content-Encoding": "br"}); answer.StatusCode != http.StatusUnsupportedMediaType {
		t.Errorf("another packing: %d", answer.StatusCode)
	}
	if answer, _ := r.ask(http.DefaultClient, "POST", orders, io.MultiReader(strings.NewReader(`{"reference":"`), io.LimitReader(zeros{}, 50<<20)), nil); answer.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("fifty megabytes: %d", answer.StatusCode)
	}
	for _, how := range []string{"gzip", "zstd"} {
		answer, _ := r.ask(http.DefaultClient, "GET", r.URL()+"/v1/openapi.json", nil, map[string]string{"Accept-Encoding": how})
		if answer.Header.Get("Content-Encoding") != how {
			t.Errorf("accepting %s, the answer is %q", how, answer.Header.Get("Content-Encoding"))
		}
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = '0'
	}
	return len(b), nil
}

func TestTheLogKnowsNobody(t *testing.T) {
	t.Parallel()
	r := start(t, server.Options{})
	r.ask(http.DefaultClient, "GET", r.URL()+"/v1/customers/email:ada@example.com?limit=1&secret=hidden", nil, nil)
	r.ask(http.DefaultClient, "POST", r.URL()+"/v1/customers", strings.NewReader(`{"reference":"Ada Lovelace","given_name":5}`), nil)
	answer, _ := r.ask(http.DefaultClient, "GET", r.URL()+"/v1/ada@example.com", nil, map[string]string{"X-Request-Id": "asked-for-this-one"})
	if answer.Header.Get("X-Request-Id") != "asked-for-this-one" {
		t.Errorf("%v", answer.Header)
	}
	answer, _ = r.ask(http.DefaultClient, "GET", r.URL()+"/v1/nothing", nil, map[string]string{"X-Request-Id": "ada@example.com\n"[:15]})
	if answer.Header.Get("X-Request-Id") == "ada@example.com" {
		t.Error("a caller writes into the log what it likes")
	}
	for deadline := time.Now().Add(5 * time.Second); !strings.Contains(r.log.String(), "asked-for-this-one") && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	text := strings.ToLower(r.log.String())
	for _, secret := range []string{"ada", "lovelace", "hidden", strings.ToLower(r.key)} {
		if strings.Contains(text, secret) {
			t.Errorf("%q is in the log: %s", secret, text)
		}
	}
	if !strings.Contains(text, "/v1/customers/{id}") {
		t.Errorf("the route is not: %s", text)
	}
}

func TestOddPathsAndMethodsLeadNowhere(t *testing.T) {
	t.Parallel()
	r := start(t, server.Options{})
	follow := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, path := range []string{"/v1/../../etc/passwd", "/v1/%2e%2e/%2e%2e/etc/passwd", "/v1//orders", "/v1/orders/%00", "/v1/orders/..%2f..%2f", "/.env", "/v1/orders/" + strings.Repeat("x", 8000)} {
		answer, text := r.ask(follow, "GET", r.URL()+path, nil, nil)
		if answer.StatusCode < 300 || answer.StatusCode >= 500 || bytes.Contains(text, []byte("root:")) {
			t.Errorf("%s: %d %.100s", path, answer.StatusCode, text)
		}
	}
	for _, method := range []string{"TRACE", "CONNECT", "PROPFIND", "ADA"} {
		answer, text := r.ask(follow, method, r.URL()+"/v1/orders", nil, nil)
		if answer.StatusCode < 400 || answer.StatusCode >= 500 {
			t.Errorf("%s: %d %s", method, answer.StatusCode, text)
		}
	}
	if answer, _ := r.ask(follow, "GET", r.URL()+"/v1/business", nil, map[string]string{"X-Long": strings.Repeat("x", 64<<10)}); answer.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("a long header: %d", answer.StatusCode)
	}
}

// Who sends headers a byte at a time, or a body that never comes, is cut off, and nobody else waits for that.
func TestSlowClientsAreCutOff(t *testing.T) {
	t.Parallel()
	r := start(t, server.Options{})
	var dialer net.Dialer
	silent := map[string]net.Conn{}
	for what, sent := range map[string]string{
		"a header that does not end": "POST /v1/orders HTTP/1.1\r\nHost: x\r\nX-A: ",
		"a body that does not come": "POST /v1/orders HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + r.key +
			"\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{",
	} {
		c, err := dialer.DialContext(t.Context(), "tcp", r.Address())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := io.WriteString(c, sent); err != nil {
			t.Fatal(err)
		}
		silent[what] = c
	}
	if answer, _ := r.ask(http.DefaultClient, "GET", r.URL()+"/v1/business", nil, nil); answer.StatusCode != http.StatusOK {
		t.Errorf("another waits: %d", answer.StatusCode)
	}
	for what, c := range silent {
		if err := c.SetReadDeadline(time.Now().Add(40 * time.Second)); err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(c)
		if err != nil {
			t.Errorf("%s: it is not cut off: %v", what, err)
		}
		if what == "a body that does not come" && !bytes.Contains(text, []byte("408")) {
			t.Errorf("%s: %s", what, text)
		}
	}
}

func TestATrustedProxyIsBelieved(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		trusted, forwarded string
		allowed            bool
	}{
		{"127.0.0.0/8", "203.0.113.7", true},
		{"127.0.0.0/8", "203.0.113.8", false},
		{"127.0.0.0/8", "203.0.113.7, 198.51.100.1", false}, // the last one is whom the proxy spoke to
		{"127.0.0.0/8", "198.51.100.1, 203.0.113.7", true},
		{"127.0.0.0/8", "", false},
		{"10.0.0.0/8", "203.0.113.7", false}, // nobody is believed
	} {
		r := start(t, server.Options{Trusted: []netip.Prefix{netip.MustParsePrefix(c.trusted)}})
		var key string
		err := r.Store.Write(t.Context(), func(tx *db.Tx) (err error) {
			_, key, err = account.CreateKey(tx, account.System("test"), account.NewKey{Name: "there", Scopes: []account.Permission{account.All},
				Addresses: []netip.Prefix{netip.MustParsePrefix("203.0.113.7/32")}})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		answer, text := r.ask(http.DefaultClient, "GET", r.URL()+"/v1/business", nil, map[string]string{"Authorization": "Bearer " + key, "X-Forwarded-For": c.forwarded})
		if (answer.StatusCode == http.StatusOK) != c.allowed {
			t.Errorf("%+v: %d %s", c, answer.StatusCode, text)
		}
	}
}

func TestMetricsAreForThisNetwork(t *testing.T) {
	t.Parallel()
	r := start(t, server.Options{Trusted: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	r.ask(http.DefaultClient, "GET", r.URL()+"/v1/business", nil, nil)
	answer, text := r.ask(http.DefaultClient, "GET", r.URL()+"/metrics", nil, map[string]string{"Authorization": ""})
	for _, want := range []string{`regulars_http_request_seconds_count{method="GET",route="/v1/business",status="200"} 1`, "regulars_db_writes_total", "process_resident_memory_bytes"} {
		if answer.StatusCode != http.StatusOK || !bytes.Contains(text, []byte(want)) {
			t.Errorf("%d, without %s", answer.StatusCode, want)
		}
	}
	far := map[string]string{"X-Forwarded-For": "203.0.113.7", "Authorization": ""}
	if answer, _ := r.ask(http.DefaultClient, "GET", r.URL()+"/metrics", nil, far); answer.StatusCode != http.StatusForbidden {
		t.Errorf("from far away: %d", answer.StatusCode)
	}
	delete(far, "Authorization")
	if answer, _ := r.ask(http.DefaultClient, "GET", r.URL()+"/metrics", nil, far); answer.StatusCode != http.StatusOK {
		t.Errorf("from far away, with a key: %d", answer.StatusCode)
	}
}

func TestItSpeaksTLS(t *testing.T) {
	t.Parallel()
	certificate, key, pool := selfSigned(t)
	r := start(t, server.Options{TLSCert: certificate, TLSKey: key})
	c := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true}}
	defer c.CloseIdleConnections()
	answer, _ := r.ask(c, "GET", r.URL()+"/v1/openapi.json", nil, nil)
	if answer.StatusCode != http.StatusOK || !strings.HasPrefix(r.URL(), "https://") || answer.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("%s: %d %v", r.URL(), answer.StatusCode, answer.Header)
	}
	if plain := start(t, server.Options{}); strings.HasPrefix(plain.URL(), "https") {
		t.Error(plain.URL())
	} else if answer, _ := plain.ask(http.DefaultClient, "GET", plain.URL()+"/v1/reference", nil, nil); answer.Header.Get("Strict-Transport-Security") != "" {
		t.Error("without TLS it demands TLS")
	}
	d := schematest.Open(t, schematest.SQLite(t))
	broken := server.Options{Listen: "127.0.0.1:0", TLSCert: key, TLSKey: key, Log: slog.New(slog.DiscardHandler), Box: secret.New(make([]byte, 32))}
	if _, err := server.Start(t.Context(), d, broken); err == nil || !strings.Contains(err.Error(), "cannot be used") {
		t.Errorf("a certificate that is none: %v", err)
	}
}

func selfSigned(t *testing.T) (certificate, key string, pool *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "regulars"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secretDER, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	certificate, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for path, block := range map[string]*pem.Block{certificate: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: secretDER}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pool = x509.NewCertPool()
	pool.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	return certificate, key, pool
}

// Traces go to a collector, which here is a server of the test.
//
//nolint:paralleltest // the collector is named by the environment
func TestTracesAreSent(t *testing.T) {
	got := make(chan string, 100)
	collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got <- fmt.Sprint(r.URL.Path, " ", len(body) > 0)
		w.WriteHeader(http.StatusOK)
	}))
	defer collector.Close()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.URL)
	t.Setenv("OTEL_BSP_SCHEDULE_DELAY", "50")
	r := start(t, server.Options{Traces: true})
	r.ask(http.DefaultClient, "GET", r.URL()+"/v1/business", nil, nil)
	select {
	case sent := <-got:
		if sent != "/v1/traces true" {
			t.Error(sent)
		}
	case <-time.After(20 * time.Second):
		t.Error("no trace has come")
	}
}
