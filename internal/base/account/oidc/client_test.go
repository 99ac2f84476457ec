package oidc_test

import (
	"bytes"
	"errors"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/account/oidc"
	"regulars/internal/base/account/oidc/oidctest"
	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/base/fault"
	"regulars/internal/base/secret"
)

const back = "http://127.0.0.1/oidc/callback"

func settings(p *oidctest.Provider) oidc.Settings {
	return oidc.Settings{Name: "Firm", Issuer: p.URL, ClientID: oidctest.ClientID, ClientSecret: oidctest.ClientSecret}
}

func person(more map[string]any) map[string]any {
	claims := map[string]any{"sub": "ann-1", "email": "Ann@example.com", "email_verified": true, "name": "Ann", "locale": "el-GR"}
	for key, value := range more {
		claims[key] = value
	}
	return claims
}

// goes sends a browser to the provider and gives what it brings back.
func goes(t *testing.T, c *oidc.Client) (oidc.Flow, url.Values) {
	t.Helper()
	address, flow, err := c.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := browser.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	to, err := answer.Location()
	if err != nil || !strings.HasPrefix(to.String(), back) {
		t.Fatalf("sent to %v (%d): %v", to, answer.StatusCode, err)
	}
	return flow, to.Query()
}

func code(err error) string {
	var f *fault.Fault
	if errors.As(err, &f) {
		return f.Code
	}
	return ""
}

func TestAProviderVouchesForSomebody(t *testing.T) {
	t.Parallel()
	p := oidctest.Start(t)
	p.SignsIn(person(map[string]any{"groups": []string{"staff", "tills"}}))
	for what, c := range map[string]struct {
		settings func(*oidc.Settings)
		later    bool
		want     account.Login
	}{
		"roles are given here": {
			func(*oidc.Settings) {}, false,
			account.Login{Issuer: p.URL, Subject: "ann-1", Email: "Ann@example.com", Verified: true, Name: "Ann", Language: "el"},
		},
		"groups give a role": {
			func(s *oidc.Settings) {
				s.Roles = map[string]account.Role{"tills": account.Cashier, "staff": account.Agent, "bosses": account.Owner}
			}, false,
			account.Login{Issuer: p.URL, Subject: "ann-1", Email: "Ann@example.com", Verified: true, Name: "Ann", Language: "el", ByGroups: true, Role: account.Agent},
		},
		"in no group with a role": {
			func(s *oidc.Settings) {
				s.Roles, s.GroupsClaim = map[string]account.Role{"bosses": account.Owner}, "groups"
			}, true,
			account.Login{Issuer: p.URL, Subject: "ann-1", Email: "Ann@example.com", Verified: true, Name: "Ann", Language: "el", ByGroups: true},
		},
	} {
		if c.later {
			p.SaysLater()
		}
		s := settings(p)
		c.settings(&s)
		client := oidc.NewClient(s, back)
		flow, brought := goes(t, client)
		got, err := client.Finish(t.Context(), flow, brought)
		if err != nil || got != c.want {
			t.Errorf("%s: %+v, %v, want %+v", what, got, err, c.want)
		}
		if _, err := client.Finish(t.Context(), flow, brought); code(err) != "sign_in_failed" {
			t.Errorf("%s: the code is good twice: %v", what, err)
		}
	}
}

func TestAnAnswerThatWasNotAskedForIsRefused(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		bend  func(claims map[string]any)
		tweak func(f *oidc.Flow, q url.Values, s *oidc.Settings)
	}{
		"another state":     {nil, func(_ *oidc.Flow, q url.Values, _ *oidc.Settings) { q.Set("state", "x") }},
		"no state":          {nil, func(f *oidc.Flow, q url.Values, _ *oidc.Settings) { q.Del("state"); f.State = "" }},
		"another verifier":  {nil, func(f *oidc.Flow, _ url.Values, _ *oidc.Settings) { f.Verifier = strings.Repeat("x", 43) }},
		"another question":  {nil, func(f *oidc.Flow, _ url.Values, _ *oidc.Settings) { f.Nonce = "x" }},
		"another provider":  {nil, func(_ *oidc.Flow, q url.Values, _ *oidc.Settings) { q.Set("iss", "https://evil.example.com") }},
		"a made-up code":    {nil, func(_ *oidc.Flow, q url.Values, _ *oidc.Settings) { q.Set("code", "x") }},
		"a wrong secret":    {nil, func(_ *oidc.Flow, _ url.Values, s *oidc.Settings) { s.ClientSecret = "x" }},
		"for somebody else": {func(c map[string]any) { c["aud"] = "other" }, nil},
		"of another issuer": {func(c map[string]any) { c["iss"] = "https://evil.example.com" }, nil},
		"of yesterday":      {func(c map[string]any) { c["exp"] = time.Now().Add(-24 * time.Hour).Unix() }, nil},
		"without a nonce":   {func(c map[string]any) { delete(c, "nonce") }, nil},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			p := oidctest.Start(t)
			p.SignsIn(person(nil))
			p.Bend(c.bend)
			s := settings(p)
			flow, brought := goes(t, oidc.NewClient(s, back))
			if c.tweak != nil {
				c.tweak(&flow, brought, &s)
			}
			got, err := oidc.NewClient(s, back).Finish(t.Context(), flow, brought)
			if code(err) != "sign_in_failed" || got != (account.Login{}) {
				t.Errorf("it is taken: %+v, %v", got, err)
			}
		})
	}
}

// A key that is not the provider's signs nothing that counts.
func TestASignatureOfSomebodyElseIsRefused(t *testing.T) {
	t.Parallel()
	honest, crook := oidctest.Start(t), oidctest.Start(t)
	for _, p := range []*oidctest.Provider{honest, crook} {
		p.SignsIn(person(nil))
	}
	crook.Bend(func(claims map[string]any) { claims["iss"] = honest.URL })
	s := settings(crook)
	flow, brought := goes(t, oidc.NewClient(s, back))
	brought.Del("iss")
	if _, err := oidc.NewClient(s, back).Finish(t.Context(), flow, brought); code(err) != "sign_in_failed" {
		t.Errorf("%v", err)
	}
}

func TestAProviderThatDoesNotLetInOrIsNotThere(t *testing.T) {
	t.Parallel()
	p := oidctest.Start(t)
	p.Denies("access_denied")
	client := oidc.NewClient(settings(p), back)
	flow, brought := goes(t, client)
	if _, err := client.Finish(t.Context(), flow, brought); code(err) != "sign_in_refused" || fault.KindOf(err) != fault.Forbidden {
		t.Errorf("%v", err)
	}
	s := settings(p)
	s.Issuer = "http://127.0.0.1:1"
	if _, _, err := oidc.NewClient(s, back).Begin(t.Context()); code(err) != "provider_unreachable" {
		t.Errorf("%v", err)
	}
}

func TestSettingsOfAProviderAreKeptWithTheSecretSealed(t *testing.T) {
	t.Parallel()
	box, other := secret.New(bytes.Repeat([]byte{1}, 32)), secret.New(bytes.Repeat([]byte{2}, 32))
	owner := account.As(account.Person, "usr_1", "", account.Owner.Permissions()...)
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if err := d.Migrate(t.Context(), os.DirFS("../../../record/schema/migrations")); err != nil {
			t.Fatal(err)
		}
		write := func(fn func(tx *db.Tx) error) error { return d.Write(t.Context(), fn) }
		good := oidc.Settings{Name: "Firm", Issuer: "https://login.example.com", ClientID: "regulars", ClientSecret: "s3cret",
			Roles: map[string]account.Role{"staff": account.Agent}}
		for _, s := range []oidc.Settings{good, {Name: "Other", Issuer: good.Issuer, ClientID: "r"}} {
			if err := write(func(tx *db.Tx) error { return oidc.Save(tx, owner, box, s) }); err != nil {
				t.Fatal(err)
			}
		}
		err := write(func(tx *db.Tx) error {
			var text string
			if err := tx.QueryRow("SELECT value FROM settings WHERE key = 'oidc'").Scan(&text); err != nil || strings.Contains(text, "s3cret") {
				t.Errorf("kept as %s (%v)", text, err)
			}
			s, known, err := oidc.Load(tx, box)
			if !known || s.Name != "Other" || s.ClientSecret != "s3cret" || len(s.Roles) > 0 {
				t.Errorf("%+v", s)
			}
			if _, _, err := oidc.Load(tx, other); fault.KindOf(err) != fault.Unavailable {
				t.Errorf("with another key: %v", err)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for field, change := range map[string]func(*oidc.Settings){
			"issuer":    func(s *oidc.Settings) { s.Issuer = "http://login.example.com" },
			"client_id": func(s *oidc.Settings) { s.ClientID = "" },
			"name":      func(s *oidc.Settings) { s.Name = " " },
			"roles":     func(s *oidc.Settings) { s.Roles = map[string]account.Role{"a": "king"} },
		} {
			s := good
			change(&s)
			var f *fault.Fault
			if err := write(func(tx *db.Tx) error { return oidc.Save(tx, owner, box, s) }); !errors.As(err, &f) || f.Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		manager := account.As(account.Person, "usr_2", "", account.Manager.Permissions()...)
		good.Roles["bosses"] = account.Owner
		if err := write(func(tx *db.Tx) error { return oidc.Save(tx, manager, box, good) }); code(err) != "not_allowed" {
			t.Errorf("a manager makes owners of a group: %v", err)
		}
		if err := write(func(tx *db.Tx) error { return oidc.Remove(tx, owner) }); err != nil {
			t.Fatal(err)
		}
		if err := write(func(tx *db.Tx) error {
			_, known, err := oidc.Load(tx, box)
			if known {
				t.Error("removed, and still there")
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}
