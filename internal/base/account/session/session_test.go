package session_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/account/session"
	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
)

// site is a small server with sessions, and the browsers that go there.
type site struct {
	*httptest.Server
	d    *db.DB
	user account.User
}

func open(t *testing.T, d *db.DB, o session.Options) *site {
	t.Helper()
	if err := d.Migrate(t.Context(), os.DirFS("../../../record/schema/migrations")); err != nil {
		t.Fatal(err)
	}
	s := &site{d: d}
	s.write(t, func(tx *db.Tx) (err error) {
		token, err := account.SetupLink(tx)
		if err != nil {
			return err
		}
		s.user, err = account.Setup(tx, token, account.NewUser{Email: "olga@example.com", Name: "Olga"}, password(t))
		return err
	})
	o.Failed = func(w http.ResponseWriter, _ *http.Request, err error) {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
	sessions := session.New(d, o)
	mux := http.NewServeMux()
	do := func(path string, fn func(ctx context.Context) (string, error)) {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			said, err := fn(r.Context())
			if err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			fmt.Fprint(w, said)
		})
	}
	do("/in", func(ctx context.Context) (string, error) { return "in", sessions.Begin(ctx, s.now(ctx, t)) })
	do("/pend", func(ctx context.Context) (string, error) { return "pending", sessions.Pend(ctx, s.now(ctx, t)) })
	do("/pending", func(ctx context.Context) (string, error) { return sessions.Pending(ctx), nil })
	do("/out", func(ctx context.Context) (string, error) { return "out", sessions.End(ctx) })
	do("/who", func(ctx context.Context) (string, error) { u, _, err := sessions.User(ctx); return u.ID, err })
	do("/put", func(ctx context.Context) (string, error) { sessions.Put(ctx, "state", "x"); return "", nil })
	do("/pop", func(ctx context.Context) (string, error) { return sessions.Pop(ctx, "state"), nil })
	do("/current", func(ctx context.Context) (id string, err error) {
		err = d.Read(ctx, func(tx *db.Tx) (err error) { id, err = sessions.Current(tx, ctx); return err })
		return id, err
	})
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
		sessions.Put(r.Context(), "state", "y")
		if err := d.Write(r.Context(), func(tx *db.Tx) error { return account.EndSessions(tx, s.user.Actor(), s.user.ID) }); err != nil {
			t.Error(err)
		}
		fmt.Fprint(w, "done")
	})
	s.Server = httptest.NewServer(sessions.Load(mux))
	t.Cleanup(s.Close)
	return s
}

// password is one that was hashed.
func password(t *testing.T) account.Hashed {
	t.Helper()
	kept, err := hasher.Hash(context.WithoutCancel(t.Context()), "four old wooden chairs")
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

var hasher = account.NewHasher()

// now is the user as they are at the moment.
func (s *site) now(ctx context.Context, t *testing.T) (u account.User) {
	t.Helper()
	if err := s.d.Read(ctx, func(tx *db.Tx) (err error) { u, err = account.UserOf(tx, s.user.ID); return err }); err != nil {
		t.Error(err)
	}
	return u
}

func (s *site) write(t *testing.T, fn func(tx *db.Tx) error) {
	t.Helper()
	if err := s.d.Write(context.WithoutCancel(t.Context()), fn); err != nil {
		t.Error(err)
	}
}

func browser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar}
}

func (s *site) get(t *testing.T, b *http.Client, path string) string {
	t.Helper()
	answer, err := b.Get(s.URL + path)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %s (%v)", path, answer.StatusCode, text, err)
	}
	return string(text)
}

func (s *site) token(b *http.Client) string {
	r, _ := http.NewRequest(http.MethodGet, s.URL, http.NoBody)
	for _, c := range b.Jar.Cookies(r.URL) {
		return c.Value
	}
	return ""
}

func TestWhoSignsInIsKnownUntilTheySignOut(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d, session.Options{})
		b, other := browser(t), browser(t)
		if who := s.get(t, b, "/who"); who != "" || s.token(b) != "" {
			t.Errorf("a visitor is %q with the token %q", who, s.token(b))
		}
		s.get(t, b, "/put")
		planted := s.token(b)
		s.get(t, b, "/in")
		token := s.token(b)
		if planted == "" || token == planted {
			t.Errorf("signing in leaves the token as it was: %s", token)
		}
		if who := s.get(t, b, "/who"); who != s.user.ID {
			t.Errorf("who signed in is %q", who)
		}
		if said := s.get(t, b, "/pop") + s.get(t, b, "/pop"); said != "x" {
			t.Errorf("what was kept for once is given as %q", said)
		}
		s.get(t, other, "/in")
		s.write(t, func(tx *db.Tx) error {
			list, err := account.Sessions(tx, s.user.ID)
			if len(list) != 2 || !strings.Contains(list[0].Agent, "Go-http-client") {
				t.Errorf("signed in at %+v", list)
			}
			rows, failed := tx.Maps("SELECT * FROM sessions")
			for _, row := range rows {
				if strings.Contains(fmt.Sprintf("%s", row), token) {
					t.Errorf("the token can be read: %s", row)
				}
			}
			if failed != nil {
				return failed
			}
			return err
		})
		kept := s.get(t, b, "/current")
		s.get(t, b, "/out")
		if who := s.get(t, b, "/who"); who != "" {
			t.Errorf("signed out and still %q", who)
		}
		replayed := browser(t)
		u, _ := http.NewRequest(http.MethodGet, s.URL, http.NoBody)
		replayed.Jar.SetCookies(u.URL, []*http.Cookie{{Name: session.Cookie(false), Value: token}})
		if who := s.get(t, replayed, "/who"); who != "" || !strings.HasPrefix(kept, "ses_") {
			t.Errorf("the token of %s is still good", kept)
		}
		if who := s.get(t, other, "/who"); who != s.user.ID {
			t.Error("signing out in one browser signs out in the other")
		}
	})
}

func TestWhatEndsAllSessionsEndsThemAtOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d, session.Options{})
		s.write(t, func(tx *db.Tx) error { // so that the first may be disabled
			u, token, err := account.Invite(tx, s.user.Actor(), account.NewUser{Email: "ivan@example.com", Role: account.Owner})
			if err == nil {
				u, err = account.Accept(tx, token, "Ivan", "ru", password(t))
			}
			_ = u
			return err
		})
		manager := account.Manager
		disabled, active := account.Disabled, account.Active
		update := func(change account.UserChange) func(tx *db.Tx) error {
			return func(tx *db.Tx) error {
				_, err := account.UpdateUser(tx, account.System("test"), s.user.ID, 0, change)
				return err
			}
		}
		for _, c := range []struct {
			what string
			do   func(tx *db.Tx) error
		}{
			{"another password", func(tx *db.Tx) error {
				_, err := account.ChangePassword(tx, s.user.Actor(), password(t))
				return err
			}},
			{"another role", update(account.UserChange{Role: &manager})},
			{"being disabled", update(account.UserChange{State: &disabled})},
			{"ending all", func(tx *db.Tx) error {
				if err := update(account.UserChange{State: &active})(tx); err != nil {
					return err
				}
				return account.EndSessions(tx, account.System("test"), s.user.ID)
			}},
		} {
			b := browser(t)
			s.get(t, b, "/in")
			s.write(t, c.do)
			if who := s.get(t, b, "/who"); who != "" {
				t.Errorf("after %s the user is still signed in", c.what)
			}
		}
		s.write(t, func(tx *db.Tx) error {
			if list, err := account.Sessions(tx, s.user.ID); err != nil || len(list) > 0 {
				t.Errorf("%+v, %v", list, err)
			}
			return nil
		})
	})
}

// A request that was under way when all sessions were ended does not bring its own back.
func TestAnEndedSessionIsNotRevived(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d, session.Options{})
		b := browser(t)
		s.get(t, b, "/in")
		s.get(t, b, "/slow")
		if who := s.get(t, b, "/who"); who != "" {
			t.Errorf("%q is signed in again", who)
		}
	})
}

func TestASessionIsOverAfterAWhile(t *testing.T) {
	t.Parallel()
	dbtest.EachOptions(t, func(t *testing.T, o db.Options) {
		var lock sync.Mutex
		ahead := time.Duration(0)
		o.Clock = func() time.Time { lock.Lock(); defer lock.Unlock(); return time.Now().Add(ahead) }
		pass := func(by time.Duration) { lock.Lock(); defer lock.Unlock(); ahead += by }
		s := open(t, dbtest.Open(t, o), session.Options{Idle: time.Hour, Absolute: 3 * time.Hour})
		b := browser(t)
		s.get(t, b, "/in")
		pass(61 * time.Minute)
		if who := s.get(t, b, "/who"); who != "" {
			t.Error("a session that is not used goes on")
		}
		s.get(t, b, "/in")
		for range 2 {
			pass(59 * time.Minute)
			if who := s.get(t, b, "/who"); who != s.user.ID {
				t.Fatal("a session that is used ends")
			}
		}
		s.swept(t, 2)
		pass(2 * time.Minute)
		if who := s.get(t, b, "/who"); who != "" {
			t.Error("a session goes on for ever")
		}
		s.swept(t, 0)
	})
}

// swept forgets what has run out, and counts what is left.
func (s *site) swept(t *testing.T, want int) {
	t.Helper()
	if err := account.Sweep(t.Context(), s.d); err != nil {
		t.Fatal(err)
	}
	s.write(t, func(tx *db.Tx) error {
		var left int
		err := tx.QueryRow("SELECT count(*) FROM sessions").Scan(&left)
		if left != want {
			t.Errorf("%d sessions are kept, want %d", left, want)
		}
		return err
	})
}

// Everybody can have a session made; those of nobody do not lie about.
func TestASessionOfNobodyIsShort(t *testing.T) {
	t.Parallel()
	dbtest.EachOptions(t, func(t *testing.T, o db.Options) {
		var lock sync.Mutex
		ahead := time.Duration(0)
		o.Clock = func() time.Time { lock.Lock(); defer lock.Unlock(); return time.Now().Add(ahead) }
		s := open(t, dbtest.Open(t, o), session.Options{})
		visitor, user := browser(t), browser(t)
		s.get(t, visitor, "/put")
		s.get(t, user, "/put")
		s.get(t, user, "/in")
		lock.Lock()
		ahead = 31 * time.Minute
		lock.Unlock()
		if said, who := s.get(t, visitor, "/pop"), s.get(t, user, "/who"); said != "" || who != s.user.ID {
			t.Errorf("after half an hour a visitor has %q, and %q is signed in", said, who)
		}
	})
}

func TestACodeIsWaitedForByWhomThePasswordWasRight(t *testing.T) {
	t.Parallel()
	s := open(t, dbtest.Open(t, dbtest.SQLite(t)), session.Options{})
	b := browser(t)
	if who := s.get(t, b, "/pending"); who != "" {
		t.Errorf("the code of %q is waited for", who)
	}
	s.get(t, b, "/pend")
	if who, in := s.get(t, b, "/pending"), s.get(t, b, "/who"); who != s.user.ID || in != "" {
		t.Errorf("the code of %q is waited for, and %q is signed in", who, in)
	}
	s.get(t, b, "/in")
	if who, in := s.get(t, b, "/pending"), s.get(t, b, "/who"); who != "" || in != s.user.ID {
		t.Errorf("the code of %q is waited for, and %q is signed in", who, in)
	}
}

func TestTheCookieGoesToThisHostAlone(t *testing.T) {
	t.Parallel()
	s := open(t, dbtest.Open(t, dbtest.SQLite(t)), session.Options{Secure: true})
	answer, err := http.Get(s.URL + "/in")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	cookie := answer.Header.Get("Set-Cookie")
	for _, want := range []string{"__Host-regulars=", "; Path=/", "; HttpOnly", "; Secure", "; SameSite=Lax"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("%q has no %s", cookie, want)
		}
	}
	if strings.Contains(cookie, "Domain") {
		t.Errorf("%q names a domain", cookie)
	}
}
