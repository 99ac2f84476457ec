package oidc

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"regulars/internal/base/account"
	"regulars/internal/base/fault"
)

// Client speaks with one provider. It is safe for concurrent use.
type Client struct {
	settings Settings
	back     string // where the provider sends people back to
	http     *http.Client

	lock     sync.Mutex
	provider *oidc.Provider
}

// Callback is where the provider sends people back to, below the public address.
const Callback = "/oidc/callback"

// answerTime is how long the provider may take for an answer.
const answerTime = 15 * time.Second

// NewClient makes one for the settings. back is the address, whole, that people come back to.
func NewClient(s Settings, back string) *Client {
	return &Client{settings: s, back: back, http: &http.Client{Timeout: answerTime}}
}

// Flow is what the browser that was sent to the provider has to bring back. It is kept in its session.
type Flow struct {
	State    string `json:"state"`
	Nonce    string `json:"nonce"`
	Verifier string `json:"verifier"`
}

// reach finds out what the provider offers; once, when it is first needed.
func (c *Client) reach(ctx context.Context) (*oidc.Provider, error) {
	c.lock.Lock()
	defer c.lock.Unlock()
	if c.provider != nil {
		return c.provider, nil
	}
	// The provider's keys are fetched later with this context, long after the request that it came with.
	found, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), c.http), c.settings.Issuer)
	if err != nil {
		return nil, &fault.Fault{Kind: fault.Unavailable, Code: "provider_unreachable", Cause: err,
			Message: "the provider " + c.settings.Name + " does not answer as it should; try again in a moment, or sign in with a password"}
	}
	c.provider = found
	return found, nil
}

func (c *Client) config(p *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{
		ClientID: c.settings.ClientID, ClientSecret: c.settings.ClientSecret, Endpoint: p.Endpoint(), RedirectURL: c.back,
		Scopes: append([]string{oidc.ScopeOpenID, "email", "profile"}, c.settings.Scopes...),
	}
}

// Begin gives the address to send the browser to, and what it has to bring back.
func (c *Client) Begin(ctx context.Context) (address string, f Flow, err error) {
	p, err := c.reach(ctx)
	if err != nil {
		return "", f, err
	}
	f = Flow{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier()}
	return c.config(p).AuthCodeURL(f.State, oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier)), f, nil
}

// claims are what a provider says of somebody.
type claims struct {
	Email    string   `json:"email"`
	Verified verified `json:"email_verified"`
	Name     string   `json:"name"`
	Locale   string   `json:"locale"`
}

// verified is true, or the word, as some providers write it.
type verified bool

// UnmarshalJSON reads both.
func (v *verified) UnmarshalJSON(text []byte) error {
	*v = verified(strings.Trim(string(text), `"`) == "true")
	return nil
}

// refuse keeps why for the log: it says something to who runs the provider, and nothing to who wants to sign in.
func refuse(why error) error {
	return &fault.Fault{Kind: fault.Unknown, Code: "sign_in_failed", Cause: why,
		Message: "the provider's answer cannot be taken; begin again at the sign-in page"}
}

// Finish takes the answer that the browser brought, and tells for whom the provider vouches.
func (c *Client) Finish(ctx context.Context, f Flow, answer url.Values) (l account.Login, err error) {
	if f.State == "" || subtle.ConstantTimeCompare([]byte(f.State), []byte(answer.Get("state"))) != 1 {
		return l, refuse(errors.New("the state is not the one that this browser was sent with"))
	}
	if iss := answer.Get("iss"); iss != "" && iss != c.settings.Issuer {
		return l, refuse(errors.New("the answer is of another issuer"))
	}
	if why := answer.Get("error"); why != "" {
		return l, &fault.Fault{Kind: fault.Forbidden, Code: "sign_in_refused", Cause: errors.New(why),
			Message: "the provider " + c.settings.Name + " did not let you in; ask who runs it, or sign in with a password"}
	}
	p, err := c.reach(ctx)
	if err != nil {
		return l, err
	}
	ctx = oidc.ClientContext(ctx, c.http)
	tokens, err := c.config(p).Exchange(ctx, answer.Get("code"), oauth2.VerifierOption(f.Verifier))
	if err != nil {
		return l, refuse(err)
	}
	raw, ok := tokens.Extra("id_token").(string)
	if !ok {
		return l, refuse(errors.New("the answer has no id token"))
	}
	id, err := p.Verifier(&oidc.Config{ClientID: c.settings.ClientID}).Verify(ctx, raw)
	if err != nil {
		return l, refuse(err)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(f.Nonce)) != 1 {
		return l, refuse(errors.New("the id token answers another question"))
	}
	return c.login(ctx, p, id, tokens)
}

// login puts together what the provider says, in the token and, where that is brief, when asked for more.
func (c *Client) login(ctx context.Context, p *oidc.Provider, id *oidc.IDToken, tokens *oauth2.Token) (l account.Login, err error) {
	var said claims
	all := map[string]json.RawMessage{}
	if err := errors.Join(id.Claims(&said), id.Claims(&all)); err != nil {
		return l, refuse(err)
	}
	claim := c.settings.GroupsClaim
	if claim == "" {
		claim = "groups"
	}
	if (said.Email == "" || len(c.settings.Roles) > 0 && all[claim] == nil) && p.UserInfoEndpoint() != "" {
		more, err := p.UserInfo(ctx, oauth2.StaticTokenSource(tokens))
		if err != nil || more.Subject != id.Subject {
			return l, refuse(errors.Join(err, errors.New("what the provider adds is not to be had, or about somebody else")))
		}
		if err := errors.Join(more.Claims(&said), more.Claims(&all)); err != nil {
			return l, refuse(err)
		}
	}
	language, _, _ := strings.Cut(said.Locale, "-")
	return account.Login{
		Issuer: id.Issuer, Subject: id.Subject, Email: said.Email, Verified: bool(said.Verified), Name: said.Name, Language: language,
		ByGroups: len(c.settings.Roles) > 0, Role: c.settings.role(groups(all[claim])),
	}, nil
}

// groups are a list, or one word.
func groups(raw json.RawMessage) (list []string) {
	if json.Unmarshal(raw, &list) == nil {
		return list
	}
	var word string
	if json.Unmarshal(raw, &word) == nil && word != "" {
		return []string{word}
	}
	return nil
}
