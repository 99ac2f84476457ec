package api_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"regulars/client"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/secret"
	"regulars/internal/door/api"
	"regulars/internal/door/api/wire"
	"regulars/internal/record/schema/schematest"
)

// asks makes a request and reads the answer, which must be of the status.
func asks[T any](s *shop, want int, method, path, body string, head ...string) (out T, etag string) {
	s.t.Helper()
	r := request{method: method, path: path, body: body, head: map[string]string{}}
	for i := 0; i < len(head); i += 2 {
		r.head[head[i]] = head[i+1]
	}
	status, h, text := s.call(r)
	if status != want {
		s.t.Fatalf("%s %s: %d %s, want %d", method, path, status, text, want)
	}
	if len(text) > 0 {
		if err := json.Unmarshal(text, &out); err != nil {
			s.t.Fatalf("%s %s: %s: %v", method, path, text, err)
		}
	}
	return out, h.Get("ETag")
}

func TestUsersAreInvitedAndChanged(t *testing.T) {
	t.Parallel()
	schematest.Each(t, func(t *testing.T, d *db.DB) {
		box := secret.New(bytes.Repeat([]byte{3}, 32))
		s := openShop(t, d, api.Options{Public: func() string { return "https://loyalty.example.com/" }, Post: account.Post{Box: box}})
		ctx := t.Context()
		made, err := s.InviteUser(ctx, client.NewUser{Email: "Ann@example.com", Role: "agent", Language: "el"})
		if err != nil || made.User.Email != "ann@example.com" || made.User.State != "invited" || !strings.HasPrefix(made.Link, "https://loyalty.example.com/invitation/") {
			t.Fatalf("%+v, %v", made, err)
		}
		u, etag := asks[wire.User](s, 200, "GET", "/v1/users/"+made.User.ID, "")
		if u != made.User || etag != `"1"` {
			t.Errorf("%+v %s", u, etag)
		}
		again, err := s.LinkUser(ctx, u.ID)
		if err != nil || again.Link == made.Link || again.Link == "" {
			t.Errorf("%+v", again)
		}
		u, etag = asks[wire.User](s, 200, "PATCH", "/v1/users/"+u.ID, `{"role":"manager","name":"Anna"}`, "If-Match", etag)
		if u.Role != "manager" || u.Name != "Anna" || etag != `"2"` {
			t.Errorf("%+v %s", u, etag)
		}
		s.refused("an old version", request{method: "PATCH", path: "/v1/users/" + u.ID, body: `{"name":"x"}`, head: map[string]string{"If-Match": `"1"`}}, 412, "changed_meanwhile", "")
		s.refused("twice", request{method: "POST", path: "/v1/users", body: `{"email":"ann@example.com","role":"agent"}`}, 409, "email_taken", "email")
		s.refused("no role", request{method: "POST", path: "/v1/users", body: `{"email":"bo@example.com","role":"king"}`}, 422, "invalid", "role")
		s.refused("nobody", request{method: "GET", path: "/v1/users/usr_none"}, 404, "not_found", "")
		s.refused("a key has no sessions", request{method: "GET", path: "/v1/sessions"}, 403, "people_only", "")
		all, err := s.Users(ctx)
		if err != nil || len(all) != 1 || all[0].ID != u.ID {
			t.Errorf("%+v, %v", all, err)
		}
		if err := errors.Join(s.SwitchOffSecondStep(ctx, u.ID), s.EndUserSessions(ctx, u.ID)); err != nil {
			t.Error(err)
		}
		if u, err = s.ChangeUser(ctx, u.ID, 0, client.UserChange{State: new("disabled")}); err != nil || u.State != "disabled" {
			t.Errorf("%+v, %v", u, err)
		}
		if got, err := s.User(ctx, u.ID); err != nil || got != u {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

func TestKeysAreMadeChangedAndRevoked(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		expires := time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
		made, err := s.MakeKey(t.Context(), client.NewKey{Name: "web shop", Scopes: []string{"measures.read"}, Addresses: []string{"127.0.0.1"}, ExpiresAt: &expires})
		if err != nil || !account.WellFormed(made.Secret) || made.Key.Hint != made.Secret[len(made.Secret)-4:] || made.Key.Addresses[0] != "127.0.0.1/32" || made.Key.ExpiresAt == nil {
			t.Fatalf("%+v, %v", made, err)
		}
		who := *s
		who.key, who.Client = made.Secret, client.New(s.url, made.Secret)
		session, err := who.Session(t.Context())
		if err != nil || session.ID != made.Key.ID || session.Kind != "key" || len(session.Permissions) != 1 || session.Permissions[0] != "measures.read" {
			t.Errorf("%+v", session)
		}
		who.refused("a permission that it has not", request{method: "GET", path: "/v1/keys"}, 403, "not_allowed", "")
		k, etag := asks[wire.Key](s, 200, "PATCH", "/v1/keys/"+made.Key.ID, `{"name":"other","scopes":["facts.read"],"clear":["addresses","expires_at"]}`, "If-Match", `"1"`)
		if k.Name != "other" || len(k.Addresses) != 0 || k.ExpiresAt != nil || etag != `"2"` || k.Scopes[0] != "facts.read" {
			t.Errorf("%+v %s", k, etag)
		}
		if session, _ = asks[wire.Session](&who, 200, "GET", "/v1/session", ""); session.Permissions[0] != "facts.read" {
			t.Errorf("%+v", session)
		}
		s.refused("an old version", request{method: "PATCH", path: "/v1/keys/" + k.ID, body: `{"name":"x"}`, head: map[string]string{"If-Match": `"1"`}}, 412, "changed_meanwhile", "")
		s.refused("no scopes", request{method: "POST", path: "/v1/keys", body: `{"name":"x"}`}, 422, "no_scopes", "scopes")
		s.refused("no address", request{method: "POST", path: "/v1/keys", body: `{"name":"x","scopes":["all"],"addresses":["shop"]}`}, 422, "no_address", "addresses")
		few := *s
		few.key = s.newKey(account.KeysManage)
		few.refused("more than it has", request{method: "POST", path: "/v1/keys", body: `{"name":"x","scopes":["all"]}`}, 403, "not_allowed", "scopes")
		if err := s.RevokeKey(t.Context(), k.ID); err != nil {
			t.Error(err)
		}
		if k, err := s.KeyOf(t.Context(), k.ID); err != nil || k.RevokedAt == nil {
			t.Errorf("%+v, %v", k, err)
		}
		if _, err := s.ChangeKey(t.Context(), k.ID, 0, client.KeyChange{Name: new("x")}); client.Code(err) != "key_revoked" {
			t.Errorf("what was revoked is changed: %v", err)
		}
		who.refused("revoked", request{method: "GET", path: "/v1/session"}, 401, "key_revoked", "")
		all, err := s.Keys(t.Context())
		if err != nil || len(all) != 3 || strings.Contains(fmt.Sprint(all), made.Secret) {
			t.Errorf("%+v", all)
		}
	})
}

func TestTheTrailIsTurnedOver(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		for range 5 {
			asks[wire.MadeKey](s, 201, "POST", "/v1/keys", `{"name":"k","scopes":["measures.read"]}`, "X-Request-Id", "x")
		}
		seen := map[string]bool{}
		f := client.AuditFilter{Lists: client.Lists{Limit: 2}, Action: "key.create"}
		for more := true; more; more = f.Cursor != "" {
			page, err := s.Audit(t.Context(), f)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range page.Data {
				if seen[e.ID] || e.Action != "key.create" || !strings.HasPrefix(e.Target, "key_") || e.Count != 1 {
					t.Errorf("%+v", e)
				}
				seen[e.ID] = true
			}
			f.Cursor = page.NextCursor
		}
		if len(seen) != 6 { // and the key of the test
			t.Errorf("%d entries, want 6", len(seen))
		}
		me, _ := asks[wire.Session](s, 200, "GET", "/v1/session", "")
		mine, _ := asks[wire.Page[wire.AuditEntry]](s, 200, "GET", "/v1/audit?actor="+me.ID, "")
		if len(mine.Data) != 5 || mine.Data[0].ActorName != "test" || mine.Data[0].ActorKind != "key" {
			t.Errorf("%+v", mine)
		}
		s.refused("another cursor", request{method: "GET", path: "/v1/audit?cursor=eHg"}, 422, "unknown_cursor", "cursor")
	})
}

func TestMailServerAndProviderAreSetWithoutShowingSecrets(t *testing.T) {
	t.Parallel()
	d := schematest.Open(t, schematest.SQLite(t))
	box := secret.New(bytes.Repeat([]byte{3}, 32))
	s := openShop(t, d, api.Options{Public: func() string { return "https://loyalty.example.com" }, Post: account.Post{Box: box}})
	for _, path := range []string{"/v1/settings/mail", "/v1/settings/provider"} {
		s.refused("nothing is set", request{method: "GET", path: path}, 404, "not_set", "")
	}
	_, one := s.SetMailServer(t.Context(), client.MailServer{Host: "127.0.0.1", Port: 1, Security: "none", User: "u", Password: "s3cret", From: "shop@example.com"})
	_, two := s.SetProvider(t.Context(), client.Provider{Name: "Firm", Issuer: "https://login.example.com", ClientID: "r", ClientSecret: "s3cret", Roles: map[string]string{"staff": "agent"}})
	if err := errors.Join(one, two); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/v1/settings/mail", "/v1/settings/provider"} {
		if status, _, text := s.call(request{method: "GET", path: path}); status != http.StatusOK || strings.Contains(string(text), "s3cret") {
			t.Errorf("%s: %d %s", path, status, text)
		}
	}
	p, _ := asks[wire.Provider](s, 200, "GET", "/v1/settings/provider", "")
	if p.Callback != "https://loyalty.example.com/oidc/callback" || p.Roles["staff"] != "agent" {
		t.Errorf("%+v", p)
	}
	s.refused("a server that is not there", request{method: "POST", path: "/v1/settings/mail/check"}, 503, "mail_unreachable", "")
	s.refused("no issuer", request{method: "PUT", path: "/v1/settings/provider", body: `{"name":"Firm","issuer":"http://x","client_id":"r"}`}, 422, "no_issuer", "issuer")
	s.refused("a port of none", request{method: "PUT", path: "/v1/settings/mail", body: `{"host":"x y","security":"tls","from":"a@b.example"}`}, 422, "no_host", "host")
	if err := s.RemoveProvider(t.Context()); err != nil {
		t.Error(err)
	}
	s.Attempts = 1
	if err := s.CheckMailServer(t.Context()); client.Code(err) != "mail_unreachable" {
		t.Errorf("%v", err)
	}
	few := *s
	few.key = s.newKey(account.SettingsWrite, account.UsersManage)
	few.refused("who may not let in everybody", request{method: "PUT", path: "/v1/settings/mail", body: `{}`}, 403, "not_allowed", "")
}
