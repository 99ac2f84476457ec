package account_test

import (
	"context"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/base/fault"
)

// clock is a clock that a test moves.
type clock struct {
	lock sync.Mutex
	at   time.Time
}

func (c *clock) now() time.Time {
	c.lock.Lock()
	defer c.lock.Unlock()
	return c.at
}

func (c *clock) pass(by time.Duration) {
	c.lock.Lock()
	defer c.lock.Unlock()
	c.at = c.at.Add(by)
}

var home = netip.MustParseAddr("192.0.2.7")

func TestAKeyTellsWhoCalls(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		migrated(t, d)
		c := &clock{at: time.Now()}
		a := account.NewAuthenticator(d, c.now)
		shop, text := makeKey(t, d, owner, account.NewKey{
			Name: "shop", Scopes: []account.Permission{account.FactsWrite}, Expires: c.now().Add(time.Hour),
			Addresses: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")},
		})
		public, open := makeKey(t, d, owner, account.NewKey{Name: "page", Public: true})
		_, everything := makeKey(t, d, account.System("cli"), account.NewKey{Name: "all", Scopes: []account.Permission{account.All}})

		who, err := a.Key(t.Context(), text, netip.MustParseAddr("::ffff:192.0.2.9"))
		if err != nil || who.Kind != account.Program || who.ID != shop.ID || who.Name != "shop" || !who.May(account.SalesWrite) || who.May(account.FactsRead) {
			t.Errorf("%+v, %v", who, err)
		}
		who, err = a.Key(t.Context(), open, home)
		if err != nil || who.Kind != account.Public || who.ID != public.ID || len(who.Permissions()) != 1 || !who.May(account.EventsAdd) {
			t.Errorf("%+v, %v", who, err)
		}
		if who, err = a.Key(t.Context(), everything, home); err != nil || len(who.Permissions()) != len(account.Permissions()) {
			t.Errorf("%+v, %v", who, err)
		}
		if !strings.HasPrefix(text, "rk_live_") || !strings.HasPrefix(open, "rk_pub_") {
			t.Errorf("%s and %s cannot be told apart", text, open)
		}
		_, err = a.Key(t.Context(), text, netip.MustParseAddr("198.51.100.1"))
		refused(t, err, fault.Forbidden, "address_not_allowed")
		for _, wrong := range []string{"", "secret", text[:20], text + "x", account.NewKeyText(false)} {
			_, err = a.Key(t.Context(), wrong, home)
			refused(t, err, fault.Unknown, "unknown_key")
			if wrong != "" && strings.Contains(err.Error(), wrong) {
				t.Errorf("the refusal repeats the key: %v", err)
			}
		}
		c.pass(time.Hour)
		_, err = a.Key(t.Context(), text, home)
		refused(t, err, fault.Unknown, "key_expired")
	})
}

func TestAKeyIsRememberedForAWhileAndRevokedAtOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		migrated(t, d)
		c := &clock{at: time.Now()}
		a := account.NewAuthenticator(d, c.now)
		key, text := makeKey(t, d, owner, account.NewKey{Name: "k", Scopes: []account.Permission{account.MeasuresRead}})
		call := func() error { _, err := a.Key(t.Context(), text, home); return err }
		revoked := func(us any) {
			t.Helper()
			must(t, d, func(tx *db.Tx) error { _, err := tx.Exec("UPDATE api_keys SET revoked_us = $1", us); return err })
		}
		ended, stop := context.WithCancel(t.Context())
		stop()
		// As another process would revoke it. A test beside this one may change a key meanwhile, after which nothing is
		// remembered: then once more.
		remembered := false
		for try := 0; try < 100 && !remembered; try++ {
			revoked(nil)
			c.pass(account.KeyMemory)
			if err := call(); err != nil {
				t.Fatal(err)
			}
			revoked(1)
			c.pass(account.KeyMemory - time.Millisecond)
			_, err := a.Key(ended, text, home)
			remembered = err == nil
		}
		if !remembered {
			t.Error("the database is asked for every request")
		}
		c.pass(time.Millisecond)
		refused(t, call(), fault.Unknown, "key_revoked")
		revoked(nil)
		c.pass(account.KeyMemory)
		if err := call(); err != nil {
			t.Fatal(err)
		}
		must(t, d, func(tx *db.Tx) error { return account.RevokeKey(tx, owner, key.ID) })
		refused(t, call(), fault.Unknown, "key_revoked")
	})
}

func TestTheLastUseOfAKeyIsWrittenOnceAMinute(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		migrated(t, d)
		c := &clock{at: time.Now().UTC().Truncate(time.Microsecond)}
		a := account.NewAuthenticator(d, c.now)
		key, text := makeKey(t, d, owner, account.NewKey{Name: "k", Scopes: []account.Permission{account.MeasuresRead}})
		used := func() (at time.Time) {
			t.Helper()
			var all sync.WaitGroup
			for range 20 {
				all.Go(func() {
					if _, err := a.Key(t.Context(), text, home); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if err := a.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
			must(t, d, func(tx *db.Tx) error {
				k, err := account.KeyOf(tx, key.ID)
				if k.Version != 1 {
					t.Errorf("using a key makes it version %d", k.Version)
				}
				at = k.Used.V
				return err
			})
			return at
		}
		first := c.now()
		if at := used(); !at.Equal(first) {
			t.Errorf("used at %v, want %v", at, first)
		}
		c.pass(time.Minute - time.Second)
		if at := used(); !at.Equal(first) {
			t.Errorf("within the minute it is written again: %v", at)
		}
		c.pass(time.Second)
		if at := used(); !at.Equal(c.now()) {
			t.Errorf("after a minute it says %v, want %v", at, c.now())
		}
	})
}

func TestTheLastUseIsWrittenAtTheEnd(t *testing.T) {
	t.Parallel()
	d := migrated(t, dbtest.Open(t, dbtest.SQLite(t)))
	a := account.NewAuthenticator(d, nil)
	key, text := makeKey(t, d, owner, account.NewKey{Name: "k", Scopes: []account.Permission{account.MeasuresRead}})
	if _, err := a.Key(t.Context(), text, home); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	a.Run(ctx, func(err error) { t.Error(err) })
	must(t, d, func(tx *db.Tx) error {
		k, err := account.KeyOf(tx, key.ID)
		if !k.Used.Valid {
			t.Error("the use was forgotten")
		}
		return err
	})
}
