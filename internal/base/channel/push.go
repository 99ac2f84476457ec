package channel

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"regulars/internal/base/fault"
)

// PushKey is the pair of keys by which a push service knows who sends (RFC 8292). A browser is given the public one when it
// subscribes, and what was signed with another is not passed on to it.
type PushKey struct{ private *ecdsa.PrivateKey }

// NewPushKey makes a pair.
func NewPushKey() (PushKey, error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return PushKey{}, fmt.Errorf("make a key for push: %w", err)
	}
	return PushKey{private}, nil
}

// ParsePushKey reads a pair that Bytes wrote.
func ParsePushKey(raw []byte) (PushKey, error) {
	private, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), raw)
	if err != nil {
		return PushKey{}, fmt.Errorf("read the key for push: %w", err)
	}
	return PushKey{private}, nil
}

// Bytes is the private key, to be sealed.
func (k PushKey) Bytes() ([]byte, error) {
	raw, err := k.private.Bytes()
	if err != nil {
		return nil, fmt.Errorf("write the key for push: %w", err)
	}
	return raw, nil
}

// Public is the public key as browsers take it.
func (k PushKey) Public() (string, error) {
	raw, err := k.private.PublicKey.Bytes()
	if err != nil {
		return "", fmt.Errorf("write the public key for push: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(raw), nil
}

// PushTo is one browser that wants to be told, as it names itself.
type PushTo struct {
	Endpoint string // of its push service
	Key      []byte // its public key, p256dh: 65 bytes
	Secret   []byte // auth: 16 bytes, which the push service is not given
}

const pushSecretSize = 16

// Check refuses what no browser says of itself, and an endpoint that would not be reached.
func (t *PushTo) Check(allow []netip.Prefix) error {
	if err := CheckURL(t.Endpoint, allow); err != nil {
		return fault.In("endpoint", err)
	}
	if _, err := ecdh.P256().NewPublicKey(t.Key); err != nil {
		return fault.In("p256dh", fault.Coded("no_push_key", fault.Invalidf("the key of the browser is none of those that web push knows")))
	}
	if len(t.Secret) != pushSecretSize {
		return fault.In("auth", fault.Coded("no_push_key", fault.Invalidf("the secret of the browser has %d bytes, not %d", len(t.Secret), pushSecretSize)))
	}
	return nil
}

// Push is what is told.
type Push struct {
	Text   []byte
	Life   time.Duration // how long a push service keeps it for a browser that is away
	Urgent bool          // the phone may be woken for it
	Topic  string        // what waits under the same is replaced; empty: nothing is
}

// PushAnswer is what the push service said.
type PushAnswer struct {
	Status     int
	RetryAfter time.Duration
}

// Taken says that the push service passes it on.
func (a PushAnswer) Taken() bool { return a.Status >= 200 && a.Status < 300 }

// Gone says that the browser does not want to be told any more, or is not there any more.
func (a PushAnswer) Gone() bool {
	return a.Status == http.StatusNotFound || a.Status == http.StatusGone
}

// Passing says that the same may be taken later.
func (a PushAnswer) Passing() bool {
	return a.Status == http.StatusTooManyRequests || a.Status == http.StatusRequestTimeout || a.Status >= http.StatusInternalServerError
}

// Pusher sends to browsers.
type Pusher struct {
	Client *http.Client // a guarded one: endpoints come from browsers
	Key    PushKey
	// Contact is where a push service finds who sends, an address that begins with https: or mailto:. Others are left out.
	Contact string
}

// Send asks the push service of a browser once to pass something on. An error is that there was no answer.
func (p *Pusher) Send(ctx context.Context, to *PushTo, what Push) (a PushAnswer, err error) {
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return a, fmt.Errorf("make a key for a push message: %w", err)
	}
	var salt [pushSalt]byte
	_, _ = rand.Read(salt[:]) // it never fails
	body, err := encrypt(to, key, salt[:], what.Text)
	if err != nil {
		return a, err
	}
	now := time.Now()
	vapid, err := p.Key.authorization(to.Endpoint, p.Contact, now)
	if err != nil {
		return a, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to.Endpoint, bytes.NewReader(body))
	if err != nil {
		return a, fault.In("endpoint", fault.Coded("no_url", fault.Invalidf("the endpoint of the browser is no address: %w", err)))
	}
	r.Header.Set("Authorization", vapid)
	r.Header.Set("Content-Encoding", "aes128gcm")
	r.Header.Set("Content-Type", "application/octet-stream")
	r.Header.Set("TTL", strconv.FormatInt(int64(max(0, what.Life)/time.Second), 10))
	if what.Urgent {
		r.Header.Set("Urgency", "high")
	}
	if what.Topic != "" {
		r.Header.Set("Topic", what.Topic)
	}
	answer, err := p.Client.Do(r)
	if err != nil {
		return a, unanswered(err)
	}
	a = PushAnswer{answer.StatusCode, RetryAfter(answer.Header.Get("Retry-After"), now)}
	_ = answer.Body.Close() // nothing is read from it
	return a, nil
}

// unanswered is why there was no answer, without the endpoint: it is a secret of the browser, and errors are read by staff.
func unanswered(err error) error {
	var f *fault.Fault
	var u *url.Error
	switch {
	case errors.As(err, &f):
		return f
	case errors.As(err, &u):
		err = u.Err
	}
	return fault.Unavailablef("the push service did not answer: %w", err)
}

// RetryAfter reads when whoever answered wants to be asked again: in seconds, or at a date; a day at most.
func RetryAfter(header string, now time.Time) time.Duration {
	const longest = 24 * time.Hour
	after := time.Duration(0)
	if seconds, err := strconv.Atoi(header); err == nil {
		after = longest
		if seconds < int(longest.Seconds()) {
			after = time.Duration(seconds) * time.Second
		}
	} else if at, err := http.ParseTime(header); err == nil {
		after = at.Sub(now)
	}
	return min(max(after, 0), longest)
}

// authorization tells a push service who sends (RFC 8292): a token for its origin alone, signed with ES256.
func (k PushKey) authorization(endpoint, contact string, now time.Time) (string, error) {
	const good = 12 * time.Hour // a day is the most that services take
	at, err := url.Parse(endpoint)
	if err != nil {
		return "", fault.In("endpoint", fault.Coded("no_url", fault.Invalidf("the endpoint of the browser is no address")))
	}
	claims := map[string]any{"aud": at.Scheme + "://" + at.Host, "exp": now.Add(good).Unix()}
	if strings.HasPrefix(contact, "https:") || strings.HasPrefix(contact, "mailto:") {
		claims["sub"] = contact
	}
	said, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("write the token of a push message: %w", err)
	}
	b64 := base64.RawURLEncoding
	token := b64.EncodeToString([]byte(`{"typ":"JWT","alg":"ES256"}`)) + "." + b64.EncodeToString(said)
	hash := sha256.Sum256([]byte(token))
	r, s, err := ecdsa.Sign(rand.Reader, k.private, hash[:])
	if err != nil {
		return "", fmt.Errorf("sign the token of a push message: %w", err)
	}
	const half = 32
	var signature [2 * half]byte
	r.FillBytes(signature[:half])
	s.FillBytes(signature[half:])
	public, err := k.Public()
	if err != nil {
		return "", err
	}
	return "vapid t=" + token + "." + b64.EncodeToString(signature[:]) + ", k=" + public, nil
}

const (
	pushSalt   = 16
	pushRecord = 4096 // as large as push services have to take
)

// PushMost is how many bytes a message may have: what is left of a record by its head, the end mark and the tag.
const PushMost = pushRecord - pushSalt - 4 - 1 - 65 - 1 - 16

// encrypt makes a message readable for one browser alone (RFC 8291): one record in the form of RFC 8188, with a key that comes
// of ours for this message, the browser's, and the secret of the browser.
func encrypt(to *PushTo, own *ecdh.PrivateKey, salt, text []byte) ([]byte, error) {
	if len(text) > PushMost {
		return nil, fault.Coded("too_long", fault.Invalidf("a push message has %d bytes at most", PushMost))
	}
	theirs, err := ecdh.P256().NewPublicKey(to.Key)
	if err != nil {
		return nil, fault.In("p256dh", fault.Coded("no_push_key", fault.Invalidf("the key of the browser is none of those that web push knows")))
	}
	shared, err := own.ECDH(theirs)
	if err != nil {
		return nil, fmt.Errorf("agree on a key with a browser: %w", err)
	}
	ours := own.PublicKey().Bytes()
	const secretSize, keySize, nonceSize = 32, 16, 12
	secret, err := hkdf.Key(sha256.New, shared, to.Secret, "WebPush: info\x00"+string(to.Key)+string(ours), secretSize)
	if err != nil {
		return nil, fmt.Errorf("derive the secret of a push message: %w", err)
	}
	key, err := hkdf.Key(sha256.New, secret, salt, "Content-Encoding: aes128gcm\x00", keySize)
	if err != nil {
		return nil, fmt.Errorf("derive the key of a push message: %w", err)
	}
	nonce, err := hkdf.Key(sha256.New, secret, salt, "Content-Encoding: nonce\x00", nonceSize)
	if err != nil {
		return nil, fmt.Errorf("derive the nonce of a push message: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("encrypt a push message: %w", err)
	}
	sealer, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("encrypt a push message: %w", err)
	}
	head := append([]byte(nil), salt...)
	head = binary.BigEndian.AppendUint32(head, pushRecord)
	head = append(append(head, byte(len(ours))), ours...)
	const last = 2 // marks the end of the only record
	return sealer.Seal(head, nonce, append(bytes.Clone(text), last), nil), nil
}
