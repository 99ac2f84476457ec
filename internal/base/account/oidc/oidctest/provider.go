// Package oidctest is a small provider of identities for tests: a real server with real keys that speaks the code flow
// of OpenID Connect with PKCE.
//
// What always holds: a code is good once, for the client and the challenge it was asked for; tokens are signed with the
// key that the provider shows. Everybody who comes is signed in at once as the Person that the test set. What the
// provider says can be bent, to try who believes it.
package oidctest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	upstream "github.com/coreos/go-oidc/v3/oidc/oidctest"
)

// The client that the provider knows.
const (
	ClientID     = "regulars"
	ClientSecret = "shared-secret"
)

// Provider is one.
type Provider struct {
	URL string

	lock   sync.Mutex
	key    *ecdsa.PrivateKey
	codes  map[string]url.Values // code -> what it was asked with
	tokens map[string]map[string]any
	person map[string]any
	brief  map[string]any
	bend   func(claims map[string]any)
	denies string
}

// Start starts one, which ends with the test.
func Start(tb testing.TB) *Provider {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	p := &Provider{key: key, codes: map[string]url.Values{}, tokens: map[string]map[string]any{}}
	keys := &upstream.Server{PublicKeys: []upstream.PublicKey{{PublicKey: key.Public(), KeyID: "one", Algorithm: "ES256"}}}
	mux := http.NewServeMux()
	mux.Handle("/keys", keys)
	mux.HandleFunc("/.well-known/openid-configuration", p.discovery)
	mux.HandleFunc("/auth", p.authorise)
	mux.HandleFunc("/token", p.exchange)
	mux.HandleFunc("/userinfo", p.userinfo)
	server := httptest.NewServer(mux)
	tb.Cleanup(server.Close)
	p.URL = server.URL
	return p
}

// SignsIn says as whom everybody is signed in from now on: claims such as sub, email, email_verified, name, groups.
func (p *Provider) SignsIn(claims map[string]any) { p.set(func() { p.person, p.brief = claims, nil }) }

// SaysLater has the token name the subject alone; the rest is told to who asks for more.
func (p *Provider) SaysLater() {
	p.set(func() { p.brief = map[string]any{"sub": p.person["sub"]} })
}

// Bend has the function change the claims of every token before it is signed; nil: no more.
func (p *Provider) Bend(change func(claims map[string]any)) { p.set(func() { p.bend = change }) }

// Denies has the provider answer with an error; empty: no more.
func (p *Provider) Denies(why string) { p.set(func() { p.denies = why }) }

func (p *Provider) set(change func()) {
	p.lock.Lock()
	defer p.lock.Unlock()
	change()
}

func (p *Provider) discovery(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]any{
		"issuer": p.URL, "authorization_endpoint": p.URL + "/auth", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
		"userinfo_endpoint": p.URL + "/userinfo", "id_token_signing_alg_values_supported": []string{"ES256"},
		"code_challenge_methods_supported": []string{"S256"},
	})
}

// authorise sends the browser back with a code.
func (p *Provider) authorise(w http.ResponseWriter, r *http.Request) {
	p.lock.Lock()
	defer p.lock.Unlock()
	q := r.URL.Query()
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || q.Get("client_id") != ClientID || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" ||
		q.Get("state") == "" || q.Get("nonce") == "" {
		http.Error(w, "this is not how the code flow begins", http.StatusBadRequest)
		return
	}
	say := url.Values{"state": {q.Get("state")}, "iss": {p.URL}}
	if p.denies != "" {
		say.Set("error", p.denies)
	} else {
		code := rand.Text()
		p.codes[code] = q
		say.Set("code", code)
	}
	back.RawQuery = say.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}

// exchange gives tokens for a code.
func (p *Provider) exchange(w http.ResponseWriter, r *http.Request) {
	p.lock.Lock()
	defer p.lock.Unlock()
	id, secret, _ := r.BasicAuth()
	asked, ok := p.codes[r.FormValue("code")]
	delete(p.codes, r.FormValue("code"))
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	if !ok || id != ClientID || secret != ClientSecret || r.FormValue("redirect_uri") != asked.Get("redirect_uri") ||
		base64.RawURLEncoding.EncodeToString(sum[:]) != asked.Get("code_challenge") {
		answer(w, http.StatusBadRequest, map[string]any{"error": "invalid_grant"})
		return
	}
	claims := maps.Clone(p.person)
	if p.brief != nil {
		claims = maps.Clone(p.brief)
	}
	maps.Copy(claims, map[string]any{
		"iss": p.URL, "aud": ClientID, "nonce": asked.Get("nonce"), "iat": time.Now().Unix(), "exp": time.Now().Add(time.Minute).Unix(),
	})
	if p.bend != nil {
		p.bend(claims)
	}
	text, err := json.Marshal(claims)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	token := rand.Text()
	p.tokens[token] = maps.Clone(p.person)
	answer(w, http.StatusOK, map[string]any{
		"access_token": token, "token_type": "Bearer", "expires_in": 60, "id_token": upstream.SignIDToken(p.key, "one", "ES256", string(text)),
	})
}

// userinfo says all that is known.
func (p *Provider) userinfo(w http.ResponseWriter, r *http.Request) {
	p.lock.Lock()
	defer p.lock.Unlock()
	const bearer = len("Bearer ")
	head := r.Header.Get("Authorization")
	claims, ok := p.tokens[head[min(bearer, len(head)):]]
	if !ok {
		answer(w, http.StatusUnauthorized, map[string]any{"error": "invalid_token"})
		return
	}
	answer(w, http.StatusOK, claims)
}

func answer(w http.ResponseWriter, status int, what map[string]any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(what) // who has gone needs no answer
}
