package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
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
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		schematest.Migrate(t, d)
		box := secret.New(bytes.Repeat([]byte{3}, 32))
		s := openShop(t, d, api.Options{Public: func() string { return "https://loyalty.example.com/" }, Post: account.Post{Box: box}})
		made, _ := asks[wire.UserLink](s, 201, "POST", "/v1/users", `{"email":"Ann@example.com","role":"agent","language":"el"}`)
		if made.User.Email != "ann@example.com" || made.User.State != "invited" || !strings.HasPrefix(made.Link, "https://loyalty.example.com/invitation/") {
			t.Fatalf("%+v", made)
		}
		u, etag := asks[wire.User](s, 200, "GET", "/v1/users/"+made.User.ID, "")
		if u != made.User || etag != `"1"` {
			t.Errorf("%+v %s", u, etag)
		}
		again, _ := asks[wire.UserLink](s, 201, "POST", "/v1/users/"+u.ID+"/link", "")
		if again.Link == made.Link || again.Link == "" {
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
		all, _ := asks[wire.Page[wire.User]](s, 200, "GET", "/v1/users", "")
		if len(all.Data) != 1 || all.Data[0].ID != u.ID {
			t.Errorf("%+v", all)
		}
		asks[struct{}](s, 204, "DELETE", "/v1/users/"+u.ID+"/second-step", "")
		asks[struct{}](s, 204, "DELETE", "/v1/users/"+u.ID+"/sessions", "")
		if u, _ = asks[wire.User](s, 200, "PATCH", "/v1/users/"+u.ID, `{"state":"disabled"}`); u.State != "disabled" {
			t.Errorf("%+v", u)
		}
	})
}

func TestKeysAreMadeChangedAndRevoked(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		made, _ := asks[wire.MadeKey](s, 201, "POST", "/v1/keys", `{"name":"web shop","scopes":["measures.read"],"addresses":["127.0.0.1"],"expires_at":"2100-01-01T00:00:00Z"}`)
		if !account.WellFormed(made.Secret) || made.Key.Hint != made.Secret[len(made.Secret)-4:] || made.Key.Addresses[0] != "127.0.0.1/32" || made.Key.ExpiresAt == nil {
			t.Fatalf("%+v", made)
		}
		who := *s
		who.key = made.Secret
		session, _ := asks[wire.Session](&who, 200, "GET", "/v1/session", "")
		if session.ID != made.Key.ID || session.Kind != "key" || len(session.Permissions) != 1 || session.Permissions[0] != "measures.read" {
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
		asks[struct{}](s, 204, "DELETE", "/v1/keys/"+k.ID, "")
		who.refused("revoked", request{method: "GET", path: "/v1/session"}, 401, "key_revoked", "")
		all, _ := asks[wire.Page[wire.Key]](s, 200, "GET", "/v1/keys", "")
		if len(all.Data) != 3 || strings.Contains(fmt.Sprint(all), made.Secret) {
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
		path := "/v1/audit?limit=2&action=key.create"
		for path != "" {
			page, _ := asks[wire.Page[wire.AuditEntry]](s, 200, "GET", path, "")
			for _, e := range page.Data {
				if seen[e.ID] || e.Action != "key.create" || !strings.HasPrefix(e.Target, "key_") || e.Count != 1 {
					t.Errorf("%+v", e)
				}
				seen[e.ID] = true
			}
			path = ""
			if page.NextCursor != "" {
				path = "/v1/audit?limit=2&action=key.create&cursor=" + page.NextCursor
			}
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
	d := dbtest.Open(t, dbtest.SQLite(t))
	schematest.Migrate(t, d)
	box := secret.New(bytes.Repeat([]byte{3}, 32))
	s := openShop(t, d, api.Options{Public: func() string { return "https://loyalty.example.com" }, Post: account.Post{Box: box}})
	for _, path := range []string{"/v1/settings/mail", "/v1/settings/provider"} {
		s.refused("nothing is set", request{method: "GET", path: path}, 404, "not_set", "")
	}
	asks[wire.MailServer](s, 200, "PUT", "/v1/settings/mail", `{"host":"127.0.0.1","port":1,"security":"none","user":"u","password":"s3cret","from":"shop@example.com"}`)
	asks[wire.Provider](s, 200, "PUT", "/v1/settings/provider", `{"name":"Firm","issuer":"https://login.example.com","client_id":"r","client_secret":"s3cret","roles":{"staff":"agent"}}`)
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
	asks[struct{}](s, 204, "DELETE", "/v1/settings/provider", "")
	few := *s
	few.key = s.newKey(account.SettingsWrite, account.UsersManage)
	few.refused("who may not let in everybody", request{method: "PUT", path: "/v1/settings/mail", body: `{}`}, 403, "not_allowed", "")
}
