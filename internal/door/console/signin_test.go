package console_test

import (
	"html"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"regulars/internal/base/account"
	"regulars/internal/base/account/oidc"
	"regulars/internal/base/account/oidc/oidctest"
	"regulars/internal/base/db"
	"regulars/internal/record/schema/schematest"
)

var recoveryForm = regexp.MustCompile(`<code>([0-9a-z]{4}(?:-[0-9a-z]{4}){3})</code>`)

func TestTheSecondStepOnThePages(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		b := s.owner(t)
		b.post("/account/phone", "current_password", "wrong").wants(t, 422, "/account/phone", "This is not your password.")
		p := b.post("/account/phone", "current_password", good).wants(t, 200, "/account/phone", "Set up your phone", `src="data:image/png;base64,`)
		key := found(t, p)
		if again := found(t, b.post("/account/phone/code", "code", "000000").wants(t, 401, "/account/phone/code", "This code does not fit")); again != key {
			t.Errorf("after a mistake the phone is to be set up anew: %s, %s", key, again)
		}
		code, err := totp.GenerateCode(key, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		p = b.post("/account/phone/code", "code", code).wants(t, 200, "/account/phone/code", "Keep these codes")
		recovery := recoveryForm.FindAllStringSubmatch(p.text, -1)
		if len(recovery) != 10 {
			t.Fatalf("%d codes:\n%s", len(recovery), p.text)
		}
		b.post("/sign-out")
		b.get("/sign-in/code").wants(t, 200, "/sign-in")
		b.post("/sign-in", "email", "olga@example.com", "password", good).wants(t, 200, "/sign-in/code", "One more step")
		b.get("/account").wants(t, 200, "/sign-in")
		b.post("/sign-in", "email", "olga@example.com", "password", good).wants(t, 200, "/sign-in/code")
		b.post("/sign-in/code", "code", code).wants(t, 401, "/sign-in/code", "This code does not fit or has been used.")
		b.post("/sign-in/code", "code", strings.ToUpper(recovery[0][1])).wants(t, 200, "/", "Good to see you, Olga")
		b.get("/account").wants(t, 200, "/account", "After the password, a code from your phone is asked for.")
		b.post("/account/phone/off", "current_password", "wrong").wants(t, 422, "/account/phone/off")
		b.post("/account/phone/off", "current_password", good).wants(t, 200, "/account", "A code from your phone is not asked for.")
	})
}

func TestOnesOwnPasswordAndSessions(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		b, other := s.owner(t), s.reader(t)
		other.post("/sign-in", "email", "olga@example.com", "password", good).wants(t, 200, "/")
		b.post("/account/password", "current_password", good, "password", "short", "again", "short").wants(t, 422, "/account/password", "at least 12 characters")
		b.post("/account/password", "current_password", "wrong", "password", "another four words here", "again", "another four words here").wants(
			t, 422, "/account/password", "This is not your password.")
		other.get("/").wants(t, 200, "/", "Good to see you")
		b.post("/account/password", "current_password", good, "password", "another four words here", "again", "another four words here").wants(t, 200, "/", "Good to see you")
		other.get("/").wants(t, 200, "/sign-in")
		other.post("/sign-in", "email", "olga@example.com", "password", "another four words here").wants(t, 200, "/")
		p := b.get("/account").wants(t, 200, "/account", "Where you are signed in")
		ids := regexp.MustCompile(`name="id" value="(ses_[0-9a-z]+)"`).FindAllStringSubmatch(p.text, -1)
		if len(ids) != 1 {
			t.Fatalf("%d other sessions:\n%s", len(ids), p.text)
		}
		b.post("/account/sessions", "id", "ses_none").wants(t, 404, "/account/sessions")
		b.post("/account/sessions", "id", ids[0][1]).wants(t, 200, "/account")
		other.get("/").wants(t, 200, "/sign-in")
		b.get("/").wants(t, 200, "/", "Good to see you")
	})
}

// provided has people sign in by a provider.
func (s *shop) provided(t *testing.T, roles map[string]account.Role) *oidctest.Provider {
	t.Helper()
	p := oidctest.Start(t)
	s.write(t, func(tx *db.Tx) error {
		return oidc.Save(tx, account.System("test"), box, oidc.Settings{
			Name: "Firm & Co", Issuer: p.URL, ClientID: oidctest.ClientID, ClientSecret: oidctest.ClientSecret, Roles: roles,
		})
	})
	return p
}

func TestSigningInByAProvider(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		s.owner(t)
		b := s.reader(t)
		if p := b.get("/sign-in"); strings.Contains(p.text, "/oidc/start") {
			t.Errorf("a provider is offered where there is none:\n%s", p.text)
		}
		b.get("/oidc/start").wants(t, 404, "/oidc/start")
		p := s.provided(t, map[string]account.Role{"tills": account.Cashier})
		p.SignsIn(map[string]any{"sub": "1", "email": "carl@example.com", "email_verified": true, "name": "Carl", "groups": []string{"tills"}, "locale": "mk"})
		b.get("/sign-in").wants(t, 200, "/sign-in", "Sign in with Firm & Co", `href="/oidc/start"`)
		b.get("/oidc/start").wants(t, 200, "/", "Драго ни е што ве гледаме, Carl", "касиер")
		b.post("/sign-out").wants(t, 200, "/sign-in")
		b.get("/oidc/start").wants(t, 200, "/", "Carl")
		other := s.reader(t)
		p.SignsIn(map[string]any{"sub": "2", "email": "eve@example.com", "email_verified": true, "groups": []string{"visitors"}})
		other.get("/oidc/start").wants(t, 403, "/oidc/callback", "You are in no group that has a role here.")
		other.get("/oidc/callback?code=x&state=y").wants(t, 401, "/oidc/callback", "The provider’s answer cannot be taken.")
		p.Denies("access_denied")
		other.get("/oidc/start").wants(t, 403, "/oidc/callback", "The provider did not let you in.")
		s.write(t, func(tx *db.Tx) error { return oidc.Remove(tx, account.System("test")) })
		b.get("/oidc/start").wants(t, 404, "/oidc/start")
	})
}

// An answer that one browser brought is of no use in another.
func TestAnAnswerOfTheProviderBelongsToOneBrowser(t *testing.T) {
	t.Parallel()
	s := open(t, schematest.Open(t, schematest.SQLite(t)))
	s.owner(t)
	p := s.provided(t, map[string]account.Role{"tills": account.Cashier})
	p.SignsIn(map[string]any{"sub": "1", "email": "eve@example.com", "email_verified": true, "groups": []string{"tills"}})
	crook, victim := s.reader(t), s.reader(t)
	address := crook.stopsAt("/oidc/start", "/oidc/callback")
	victim.get("/oidc/start").wants(t, 200, "/")
	victim.post("/sign-out")
	victim.get(address).wants(t, 401, "/oidc/callback")
	victim.get("/").wants(t, 200, "/sign-in")
}

// stopsAt follows redirects and gives the address that it would go to next.
func (b *reader) stopsAt(from, to string) (address string) {
	b.t.Helper()
	at := b.s.URL + from
	client := *b.Client
	client.CheckRedirect = stay
	for range 5 {
		answer, err := client.Get(at)
		if err != nil {
			b.t.Fatal(err)
		}
		answer.Body.Close()
		next, err := answer.Location()
		if err != nil {
			b.t.Fatal(err)
		}
		if at = next.String(); next.Path == to {
			return strings.TrimPrefix(html.UnescapeString(at), b.s.URL)
		}
	}
	b.t.Fatalf("%s is not come to", to)
	return ""
}
