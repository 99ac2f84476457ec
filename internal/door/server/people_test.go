package server_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/channel/channeltest"
	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/door/server"
	"regulars/internal/record/schema/schematest"
)

const goodPassword = "four old wooden chairs"

var hasher = account.NewHasher()

// written is the table of what each route needs: a permission, known (everybody who is), or anyone.
func written(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("testdata/permissions.txt")
	if err != nil {
		t.Fatal(err)
	}
	table := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] != "#" {
			table[fields[0]+" "+fields[1]] = fields[2]
		} else if len(fields) > 0 && fields[0] != "#" {
			t.Errorf("a line is none of the table: %q", line)
		}
	}
	return table
}

func TestEveryRouteNeedsWhatIsWritten(t *testing.T) {
	t.Parallel()
	r := start(t, server.Options{})
	table := written(t)
	for _, route := range r.API.Routes() {
		name, needs := route.Method+" "+route.Path, string(route.Permission)
		switch {
		case route.Open:
			needs = "anyone"
		case needs == "":
			needs = "known"
		}
		if table[name] != needs {
			t.Errorf("%s needs %s; in testdata/permissions.txt it is %q", name, needs, table[name])
		}
		delete(table, name)
	}
	for name := range table {
		t.Errorf("%s is in testdata/permissions.txt, and there is no such route", name)
	}
}

// caller is somebody who makes requests.
type caller struct {
	*http.Client
	name string
	key  string
	may  []account.Permission
}

// signedIn is a browser in which somebody of the role has signed in, by the pages.
func (r *running) signedIn(role account.Role) *caller {
	r.t.Helper()
	password, err := hasher.Hash(r.t.Context(), goodPassword)
	if err != nil {
		r.t.Fatal(err)
	}
	email := string(role) + "@example.com"
	if err := r.Store.Write(r.t.Context(), func(tx *db.Tx) error {
		_, token, err := account.Invite(tx, account.System("test"), account.NewUser{Email: email, Role: role})
		if err == nil {
			_, err = account.Accept(tx, token, "Somebody", "en", password)
		}
		return err
	}); err != nil {
		r.t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		r.t.Fatal(err)
	}
	c := &caller{Client: &http.Client{Jar: jar}, name: string(role), may: role.Permissions()}
	answer, err := c.PostForm(r.URL()+"/sign-in", url.Values{"email": {email}, "password": {goodPassword}})
	if err != nil || answer.StatusCode != http.StatusOK || answer.Request.URL.Path != "/" {
		r.t.Fatalf("%s cannot sign in: %v, %v", role, answer, err)
	}
	_ = answer.Body.Close() // nothing is read of it
	return c
}

func (r *running) withKey(name string, want account.NewKey, may ...account.Permission) *caller {
	r.t.Helper()
	c := &caller{Client: &http.Client{}, name: name, may: may}
	want.Name = name
	if err := r.Store.Write(r.t.Context(), func(tx *db.Tx) (err error) {
		_, c.key, err = account.CreateKey(tx, account.System("test"), want)
		return err
	}); err != nil {
		r.t.Fatal(err)
	}
	return c
}

// ask makes a request as a page of the site would, or a program, and gives status and code of the answer.
func (c *caller) ask(t *testing.T, method, address string, head ...string) (status int, code string) {
	t.Helper()
	h, err := http.NewRequestWithContext(t.Context(), method, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if c.key != "" {
		h.Header.Set("Authorization", "Bearer "+c.key)
	}
	for i := 0; i < len(head); i += 2 {
		h.Header.Set(head[i], head[i+1])
	}
	answer, err := c.Do(h)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.Body.Close() != nil {
		t.Fatal(err)
	}
	var problem struct {
		Code string `json:"code"`
	}
	_ = json.Unmarshal(text, &problem) // most answers are none
	return answer.StatusCode, problem.Code
}

var parameter = regexp.MustCompile(`\{[^}]+\}`)

// TestEveryRouteWithEveryRole walks through all routes as everybody there is, and as nobody, and compares with the tables
// of what routes need and what roles have.
func TestEveryRouteWithEveryRole(t *testing.T) {
	t.Parallel()
	r := start(t, server.Options{})
	callers := []*caller{
		{Client: &http.Client{}, name: "nobody"},
		{Client: &http.Client{}, name: "a key that is none", key: "rk_live_" + strings.Repeat("x", 38)},
		r.withKey("public key", account.NewKey{Public: true}, account.EventsAdd),
		r.withKey("measures key", account.NewKey{Scopes: []account.Permission{account.MeasuresRead}}, account.MeasuresRead),
		r.withKey("all key", account.NewKey{Scopes: []account.Permission{account.All}}, account.Permissions()...),
	}
	for _, role := range account.Roles() {
		callers = append(callers, r.signedIn(role))
	}
	table := written(t)
	for _, c := range callers {
		for name, needs := range table {
			method, path, _ := strings.Cut(name, " ")
			status, code := c.ask(t, method, r.URL()+parameter.ReplaceAllString(path, "none_0000000000000"))
			isKnown := len(c.may) > 0
			switch allowed := needs == "anyone" || isKnown && (needs == "known" || slices.Contains(c.may, account.Permission(needs))); {
			case !isKnown && needs != "anyone":
				if status != http.StatusUnauthorized {
					t.Errorf("%s: %s is answered with %d %s", c.name, name, status, code)
				}
			case !allowed:
				if status != http.StatusForbidden || code != "not_allowed" {
					t.Errorf("%s: %s, which needs %s, is answered with %d %s", c.name, name, needs, status, code)
				}
			case status == http.StatusUnauthorized, status == http.StatusForbidden && code != "people_only", status >= http.StatusInternalServerError:
				t.Errorf("%s: %s, which needs %s, is refused with %d %s", c.name, name, needs, status, code)
			}
		}
	}
}

func TestACookieAloneChangesNothing(t *testing.T) {
	t.Parallel()
	r := start(t, server.Options{})
	boss := r.signedIn(account.Owner)
	users := r.URL() + "/v1/users"
	for _, head := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example.com"}, {"Origin", "null"}} {
		if status, code := boss.ask(t, http.MethodPost, users, head...); status != http.StatusForbidden || code != "other_site" {
			t.Errorf("from elsewhere (%v): %d %s", head, status, code)
		}
	}
	for _, head := range [][]string{{"Sec-Fetch-Site", "same-origin"}, {"Origin", r.URL()}, nil} {
		if status, code := boss.ask(t, http.MethodPost, users, head...); status == http.StatusForbidden || status == http.StatusUnauthorized {
			t.Errorf("from here (%v): %d %s", head, status, code)
		}
	}
	if status, _ := boss.ask(t, http.MethodGet, users, "Sec-Fetch-Site", "cross-site"); status != http.StatusOK {
		t.Errorf("reading: %d", status)
	}
	// With a key it does not matter which page a request comes from; and a key that is none is not mended by a cookie.
	if status, code := boss.ask(t, http.MethodGet, users, "Authorization", "Bearer rk_live_x"); status != http.StatusUnauthorized {
		t.Errorf("a wrong key and a good cookie: %d %s", status, code)
	}
	if status, _ := r.withKey("all", account.NewKey{Scopes: []account.Permission{account.All}}).ask(t, http.MethodPost, users, "Origin", "https://evil.example.com"); status == http.StatusForbidden {
		t.Error("a key is refused for the page it comes from")
	}
	// Who is disabled is not let in from the next request on.
	carl := r.signedIn(account.Cashier)
	if status, _ := carl.ask(t, http.MethodGet, r.URL()+"/v1/session"); status != http.StatusOK {
		t.Fatalf("%d", status)
	}
	if err := r.Store.Write(t.Context(), func(tx *db.Tx) error {
		all, err := account.Users(tx)
		for _, u := range all {
			if u.Role == account.Cashier && err == nil {
				_, err = account.UpdateUser(tx, account.System("test"), u.ID, 0, account.UserChange{State: new(account.Disabled)})
			}
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if status, code := carl.ask(t, http.MethodGet, r.URL()+"/v1/session"); status != http.StatusUnauthorized {
		t.Errorf("disabled, and still in: %d %s", status, code)
	}
}

func TestTheSetupLinkIsForTheFirstOwner(t *testing.T) {
	t.Parallel()
	r := start(t, server.Options{})
	link, err := r.SetupLink(t.Context())
	if err != nil || !strings.HasPrefix(link, r.URL()+"/setup/") {
		t.Fatalf("%q, %v", link, err)
	}
	answer, text := r.ask(http.DefaultClient, http.MethodGet, link, nil, nil)
	if answer.StatusCode != http.StatusOK || !strings.Contains(string(text), "Welcome to Regulars") {
		t.Errorf("%d %s", answer.StatusCode, text)
	}
	for name, want := range map[string]string{"Content-Security-Policy": "default-src 'none'", "X-Frame-Options": "DENY", "Cache-Control": "no-store"} {
		if got := answer.Header.Get(name); !strings.Contains(got, want) {
			t.Errorf("%s is %q", name, got)
		}
	}
	r.signedIn(account.Owner)
	if link, err := r.SetupLink(t.Context()); err != nil || link != "" {
		t.Errorf("with an owner there, %q, %v", link, err)
	}
	if text := r.log.String(); strings.Contains(text, link[strings.LastIndexByte(link, '/')+1:]) && link != "" {
		t.Error("the link is in the log")
	}
	if text := fmt.Sprint(r.log); strings.Contains(text, "owner@example.com") || strings.Contains(text, goodPassword) {
		t.Error("who signs in is in the log")
	}
}

var linkForm = regexp.MustCompile(`https?://\S+/(invitation|password)/[0-9A-Za-z]{32}`)

// TestAnInvitationGoesByMail has the server send what it is asked to: by the server named at the start, in the background.
func TestAnInvitationGoesByMail(t *testing.T) {
	t.Parallel()
	post, settings := channeltest.Serve(t)
	r := start(t, server.Options{Mail: &settings})
	answer, text := r.ask(http.DefaultClient, http.MethodPost, r.URL()+"/v1/users", strings.NewReader(`{"email":"ann@example.com","role":"agent","language":"ru"}`), nil)
	if answer.StatusCode != http.StatusCreated || strings.Contains(string(text), "/invitation/") {
		t.Fatalf("%d %s", answer.StatusCode, text)
	}
	letter := post.Wait(t, 1)[0]
	link := linkForm.FindString(letter.Text)
	if letter.To != "ann@example.com" || !strings.HasPrefix(link, r.URL()+"/invitation/") || !strings.Contains(letter.Text, "Вас пригласили") {
		t.Fatalf("%+v", letter)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	ann := &http.Client{Jar: jar}
	came, err := ann.PostForm(link, url.Values{"name": {"Ann"}, "language": {"en"}, "password": {goodPassword}, "again": {goodPassword}})
	if err != nil || came.Body.Close() != nil || came.Request.URL.Path != "/" {
		t.Fatalf("%v, %v", came, err)
	}
	came, err = ann.PostForm(r.URL()+"/forgot", url.Values{"email": {"ann@example.com"}})
	if err != nil || came.Body.Close() != nil || came.StatusCode != http.StatusOK {
		t.Fatalf("%v, %v", came, err)
	}
	if again := post.Wait(t, 2)[1]; !strings.Contains(linkForm.FindString(again.Text), "/password/") || !strings.Contains(again.Text, "Hello Ann,") {
		t.Errorf("%+v", again)
	}
}

// TestTwoProcessesShareWhoIsSignedIn serves one database twice: what one of them ends is over in the other.
func TestTwoProcessesShareWhoIsSignedIn(t *testing.T) {
	t.Parallel()
	o := dbtest.Postgres(t)
	first, second := dbtest.Open(t, o), dbtest.Open(t, o)
	schematest.Migrate(t, first)
	one, other := startOn(t, first, server.Options{}), startOn(t, second, server.Options{})
	boss, key := one.signedIn(account.Owner), one.withKey("k", account.NewKey{Scopes: []account.Permission{account.All}})
	for _, r := range []*running{one, other} {
		for _, c := range []*caller{boss, key} {
			if status, code := c.ask(t, http.MethodGet, r.URL()+"/v1/session"); status != http.StatusOK {
				t.Errorf("%s: %d %s", c.name, status, code)
			}
		}
	}
	// Tries to guess are counted over both.
	guess := func(r *running) int {
		answer, err := http.PostForm(r.URL()+"/sign-in", url.Values{"email": {"owner@example.com"}, "password": {"something else"}})
		if err != nil || answer.Body.Close() != nil {
			t.Fatal(err)
		}
		return answer.StatusCode
	}
	let := 0
	for i := range 20 {
		if guess([]*running{one, other}[i%2]) == http.StatusUnauthorized {
			let++
		}
	}
	if let > 7 { // five are free, the sixth makes the next one wait a second, and twenty take a little while
		t.Errorf("%d of 20 guesses at two processes were looked at", let)
	}
	if err := second.Write(t.Context(), func(tx *db.Tx) error {
		users, err := account.Users(tx)
		if err != nil {
			return err
		}
		keys, err := account.Keys(tx)
		for _, k := range keys {
			if err == nil {
				err = account.RevokeKey(tx, account.System("test"), k.ID)
			}
		}
		return errors.Join(err, account.EndSessions(tx, account.System("test"), users[0].ID))
	}); err != nil {
		t.Fatal(err)
	}
	for _, r := range []*running{one, other} {
		if status, _ := boss.ask(t, http.MethodGet, r.URL()+"/v1/session"); status != http.StatusUnauthorized {
			t.Errorf("signed out at one, and %d at %s", status, r.URL())
		}
	}
	for deadline := time.Now().Add(2 * account.KeyMemory); ; time.Sleep(50 * time.Millisecond) {
		if status, _ := key.ask(t, http.MethodGet, one.URL()+"/v1/session"); status == http.StatusUnauthorized {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("a key that was revoked at one is good at the other")
		}
	}
}
