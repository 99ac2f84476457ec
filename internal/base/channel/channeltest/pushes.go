package channeltest

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"regulars/internal/base/channel"
)

// Pushes is a push service, and the browsers behind it: it looks at who sends as RFC 8292 says, and opens what came with the
// private key of the browser, as RFC 8291 says. It works both out anew, and shares nothing with what sends.
type Pushes struct {
	*httptest.Server

	t       *testing.T
	lock    sync.Mutex
	phones  map[string]*Phone // by path
	answers []Answer          // that are given next
	taken   []Pushed
}

// Phone is a browser that subscribed.
type Phone struct {
	channel.PushTo

	private *ecdh.PrivateKey
}

// Answer is one of the push service.
type Answer struct {
	Status     int
	RetryAfter string
}

// Pushed is a message as a phone shows it, or as it was refused.
type Pushed struct {
	To      *Phone
	Text    string
	Header  http.Header
	Key     string // who sent it
	Claims  map[string]any
	Answer  int
	Arrived time.Time
}

// ServePushes starts a push service, which is gone with the test.
func ServePushes(t *testing.T) *Pushes {
	t.Helper()
	p := &Pushes{t: t, phones: map[string]*Phone{}}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	return p
}

// Subscribe makes a phone.
func (p *Pushes) Subscribe() *Phone {
	p.t.Helper()
	private, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		p.t.Fatal(err)
	}
	phone := &Phone{private: private}
	phone.Key, phone.Secret = private.PublicKey().Bytes(), make([]byte, 16)
	_, _ = rand.Read(phone.Secret)
	path := "/push/" + rand.Text()
	phone.Endpoint = p.URL + path
	p.lock.Lock()
	defer p.lock.Unlock()
	p.phones[path] = phone
	return phone
}

// Next are the answers that are given first; then everything is taken again.
func (p *Pushes) Next(answers ...Answer) {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.answers = append(p.answers, answers...)
}

// Taken are the messages that came so far.
func (p *Pushes) Taken() []Pushed {
	p.lock.Lock()
	defer p.lock.Unlock()
	return append([]Pushed(nil), p.taken...)
}

// Wait waits for so many messages.
func (p *Pushes) Wait(n int) []Pushed {
	p.t.Helper()
	for until := time.Now().Add(time.Minute); time.Now().Before(until); time.Sleep(5 * time.Millisecond) {
		if all := p.Taken(); len(all) >= n {
			return all
		}
	}
	p.t.Fatalf("%d messages came, not %d", len(p.Taken()), n)
	return nil
}

// ServeHTTP takes a message.
func (p *Pushes) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.lock.Lock()
	defer p.lock.Unlock()
	phone := p.phones[r.URL.Path]
	if phone == nil || r.Method != http.MethodPost {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	got := Pushed{To: phone, Header: r.Header, Answer: http.StatusCreated, Arrived: time.Now()}
	if got.Claims, got.Key, err = claims(r.Header.Get("Authorization")); err != nil || got.Claims["aud"] != p.URL {
		p.t.Errorf("who sends: %v %v, %v", got.Claims, r.Header.Get("Authorization"), err)
	}
	if got.Text, err = phone.open(body); err != nil || r.Header.Get("Content-Encoding") != "aes128gcm" || r.Header.Get("TTL") == "" {
		p.t.Errorf("what came does not open: %v; %v", err, r.Header)
	}
	if len(p.answers) > 0 {
		got.Answer = p.answers[0].Status
		if after := p.answers[0].RetryAfter; after != "" {
			w.Header().Set("Retry-After", after)
		}
		p.answers = p.answers[1:]
	}
	p.taken = append(p.taken, got)
	w.WriteHeader(got.Answer)
}

// open decrypts a message with the key of the phone.
func (b *Phone) open(body []byte) (string, error) {
	const head = 16 + 4 + 1
	if len(body) < head || len(body) < head+int(body[head-1]) {
		return "", errors.New("no whole head")
	}
	salt, size := body[:16], binary.BigEndian.Uint32(body[16:20])
	theirs, record := body[head:head+int(body[head-1])], body[head+int(body[head-1]):]
	if uint64(size) < uint64(len(record)) {
		return "", fmt.Errorf("a record of %d in %d", len(record), size)
	}
	sender, err := ecdh.P256().NewPublicKey(theirs)
	if err != nil {
		return "", err //nolint:wrapcheck // it is shown as it is
	}
	shared, err := b.private.ECDH(sender)
	if err != nil {
		return "", err //nolint:wrapcheck // it is shown as it is
	}
	mac := func(key []byte, parts ...[]byte) []byte {
		m := hmac.New(sha256.New, key)
		for _, part := range parts {
			m.Write(part)
		}
		return m.Sum(nil)
	}
	one := []byte{1} // the first and only step of expanding
	secret := mac(mac(b.Secret, shared), []byte("WebPush: info\x00"), b.Key, theirs, one)
	base := mac(salt, secret)
	block, err := aes.NewCipher(mac(base, []byte("Content-Encoding: aes128gcm\x00"), one)[:16])
	if err != nil {
		return "", err //nolint:wrapcheck // it is shown as it is
	}
	sealer, err := cipher.NewGCM(block)
	if err != nil {
		return "", err //nolint:wrapcheck // it is shown as it is
	}
	plain, err := sealer.Open(nil, mac(base, []byte("Content-Encoding: nonce\x00"), one)[:12], record, nil)
	if err != nil {
		return "", err //nolint:wrapcheck // it is shown as it is
	}
	text := strings.TrimRight(string(plain), "\x00")
	if !strings.HasSuffix(text, "\x02") {
		return "", errors.New("the record is not the last")
	}
	return strings.TrimSuffix(text, "\x02"), nil
}

// claims reads who sends, and looks at the signature.
func claims(header string) (said map[string]any, key string, err error) {
	rest, found := strings.CutPrefix(header, "vapid t=")
	token, key, both := strings.Cut(rest, ", k=")
	parts := strings.Split(token, ".")
	if !found || !both || len(parts) != 3 {
		return nil, "", fmt.Errorf("no token: %s", header)
	}
	b64 := base64.RawURLEncoding
	public, err := b64.DecodeString(key)
	if err != nil || len(public) != 65 {
		return nil, "", fmt.Errorf("no key: %s", header)
	}
	signature, err := b64.DecodeString(parts[2])
	if err != nil || len(signature) != 64 {
		return nil, "", fmt.Errorf("no signature: %s", header)
	}
	sender, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), public)
	if err != nil {
		return nil, "", err //nolint:wrapcheck // it is shown as it is
	}
	hash := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if !ecdsa.Verify(sender, hash[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])) {
		return nil, "", errors.New("the signature is another's")
	}
	text, err := b64.DecodeString(parts[1])
	if err != nil {
		return nil, "", err //nolint:wrapcheck // it is shown as it is
	}
	if err := json.Unmarshal(text, &said); err != nil {
		return nil, "", err //nolint:wrapcheck // it is shown as it is
	}
	if exp, ok := said["exp"].(float64); !ok || time.Until(time.Unix(int64(exp), 0)) > 24*time.Hour || time.Now().After(time.Unix(int64(exp), 0)) {
		return nil, "", fmt.Errorf("good until %v", said["exp"])
	}
	return said, key, nil
}
