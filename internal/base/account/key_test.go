package account_test

import (
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/base/fault"
)

var owner = account.As(account.Person, "usr_owner", "Olga", account.Owner.Permissions()...)

// migrated makes the tables of every store.
func migrated(t *testing.T, d *db.DB) *db.DB {
	t.Helper()
	if err := d.Migrate(t.Context(), os.DirFS("../../record/schema/migrations")); err != nil {
		t.Fatal(err)
	}
	return d
}

// write runs the function in a transaction, and gives its error.
func write(t *testing.T, d *db.DB, fn func(tx *db.Tx) error) error {
	t.Helper()
	return d.Write(t.Context(), fn)
}

// must is write where nothing may fail.
func must(t *testing.T, d *db.DB, fn func(tx *db.Tx) error) {
	t.Helper()
	if err := write(t, d, fn); err != nil {
		t.Fatal(err)
	}
}

// makeKey makes a key and gives its text.
func makeKey(t *testing.T, d *db.DB, by account.Actor, want account.NewKey) (key account.Key, text string) {
	t.Helper()
	must(t, d, func(tx *db.Tx) (err error) { key, text, err = account.CreateKey(tx, by, want); return err })
	return key, text
}

func TestAKeyIsKeptWithoutItsText(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		migrated(t, d)
		addresses, err := account.ParseAddresses([]string{"192.0.2.7", "2001:db8::5/32"})
		if err != nil {
			t.Fatal(err)
		}
		expires := time.Now().Add(time.Hour).UTC().Truncate(time.Microsecond)
		made, text := makeKey(t, d, owner, account.NewKey{
			Name: " Shop ", Scopes: []account.Permission{account.FactsWrite, account.CustomersRead, account.FactsWrite}, Addresses: addresses, Expires: expires,
		})
		must(t, d, func(tx *db.Tx) error {
			rows, err := tx.Maps("SELECT * FROM api_keys")
			if err != nil {
				return err
			}
			for column, value := range rows[0] {
				if s, ok := value.(string); ok && len(s) > 4 && strings.Contains(text, s) {
					t.Errorf("the column %s gives the key away: %s", column, s)
				}
			}
			keys, err := account.Keys(tx)
			if err != nil {
				return err
			}
			k := keys[0]
			if len(keys) != 1 || k.ID != made.ID || k.Name != "Shop" || !strings.HasSuffix(text, k.Hint) || k.CreatedBy != "usr_owner" || k.Version != 1 ||
				k.Revoked.Valid || k.Used.Valid || !k.Expires.V.Equal(expires) || !slices.Equal(k.Addresses, addresses) ||
				!slices.Equal(k.Scopes, []account.Permission{account.CustomersRead, account.FactsWrite}) {
				t.Errorf("%+v", keys)
			}
			return nil
		})
	})
}

func TestNobodyGivesAKeyMoreThanTheyHave(t *testing.T) {
	t.Parallel()
	d := migrated(t, dbtest.Open(t, dbtest.SQLite(t)))
	developer := account.As(account.Person, "usr_dev", "Dan", account.Developer.Permissions()...)
	create := func(by account.Actor, want account.NewKey) error {
		return write(t, d, func(tx *db.Tx) error { _, _, err := account.CreateKey(tx, by, want); return err })
	}
	personal := []account.Permission{account.PersonalRead}
	refused(t, create(developer, account.NewKey{Name: "k", Scopes: personal}), fault.Forbidden, "not_allowed")
	refused(t, create(developer, account.NewKey{Name: "k", Scopes: []account.Permission{account.All}}), fault.Forbidden, "not_allowed")
	refused(t, create(account.As(account.Person, "usr_m", "", account.Manager.Permissions()...), account.NewKey{Name: "k", Scopes: personal}),
		fault.Forbidden, "not_allowed")
	refused(t, create(account.Actor{}, account.NewKey{Name: "k", Scopes: personal}), fault.Unknown, "not_signed_in")
	if err := create(developer, account.NewKey{Name: "k", Scopes: []account.Permission{account.SalesWrite}}); err != nil {
		t.Errorf("who may write facts may not let a key write sales: %v", err)
	}
	// What a key has cannot be widened by whoever has less, nor a wider one be changed to look harmless.
	wide, _ := makeKey(t, d, owner, account.NewKey{Name: "wide", Scopes: personal})
	name := "other"
	for _, change := range []account.KeyChange{{Scopes: &personal}, {Name: &name}} {
		refused(t, write(t, d, func(tx *db.Tx) error { _, err := account.UpdateKey(tx, developer, wide.ID, 0, change); return err }),
			fault.Forbidden, "not_allowed")
	}
}

func TestWhatAKeyCannotBeIsToldByField(t *testing.T) {
	t.Parallel()
	d := migrated(t, dbtest.Open(t, dbtest.SQLite(t)))
	read := []account.Permission{account.MeasuresRead}
	for _, c := range []struct {
		want        account.NewKey
		field, code string
	}{
		{account.NewKey{Name: "  ", Scopes: read}, "name", "name_length"},
		{account.NewKey{Name: strings.Repeat("é", 101), Scopes: read}, "name", "name_length"},
		{account.NewKey{Name: "k"}, "scopes", "no_scopes"},
		{account.NewKey{Name: "k", Scopes: []account.Permission{"root"}}, "scopes", "unknown_scope"},
		{account.NewKey{Name: "k", Scopes: []account.Permission{account.All, account.MeasuresRead}}, "scopes", "unknown_scope"},
		{account.NewKey{Name: "k", Public: true, Scopes: read}, "scopes", "public_key_scopes"},
		{account.NewKey{Name: "k", Scopes: read, Expires: time.Now().Add(-time.Second)}, "expires_at", "in_the_past"},
	} {
		err := write(t, d, func(tx *db.Tx) error { _, _, err := account.CreateKey(tx, owner, c.want); return err })
		refused(t, err, fault.Invalid, c.code)
		if f, ok := err.(*fault.Fault); !ok || f.Field != c.field { //nolint:errorlint // the very one
			t.Errorf("%v is not about %s", err, c.field)
		}
	}
	for _, wrong := range []string{"", "shop", "192.0.2.0/33", "fe80::1%eth0"} {
		if _, err := account.ParseAddresses([]string{wrong}); code(err) != "no_address" {
			t.Errorf("%q is an address: %v", wrong, err)
		}
	}
	if got, err := account.ParseAddresses([]string{"::ffff:192.0.2.7", "10.1.2.3/8"}); err != nil ||
		!slices.Equal(got, []netip.Prefix{netip.MustParsePrefix("192.0.2.7/32"), netip.MustParsePrefix("10.0.0.0/8")}) {
		t.Errorf("%v, %v", got, err)
	}
}

func TestAKeyIsChangedFromTheVersionThatWasSeen(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		migrated(t, d)
		key, _ := makeKey(t, d, owner, account.NewKey{Name: "one", Scopes: []account.Permission{account.MeasuresRead}})
		update := func(version int64, name string) (got account.Key, err error) {
			err = write(t, d, func(tx *db.Tx) (err error) {
				got, err = account.UpdateKey(tx, owner, key.ID, version, account.KeyChange{Name: &name})
				return err
			})
			return got, err
		}
		if got, err := update(1, "two"); err != nil || got.Name != "two" || got.Version != 2 {
			t.Fatalf("%+v, %v", got, err)
		}
		_, err := update(1, "three")
		refused(t, err, fault.Conflict, "changed_meanwhile")
		if got, err := update(0, "four"); err != nil || got.Version != 3 {
			t.Errorf("%+v, %v", got, err)
		}
		revoke := func(id string) error {
			return write(t, d, func(tx *db.Tx) error { return account.RevokeKey(tx, owner, id) })
		}
		if err := revoke(key.ID); err != nil {
			t.Fatal(err)
		}
		if err := revoke(key.ID); err != nil {
			t.Errorf("revoking twice: %v", err)
		}
		refused(t, revoke("key_none"), fault.NotFound, "not_found")
		_, err = update(0, "five")
		refused(t, err, fault.Conflict, "key_revoked")
		var trail []string
		must(t, d, func(tx *db.Tx) error {
			entries, err := account.Entries(tx, account.EntryFilter{Target: key.ID})
			trail = nil
			for _, e := range entries {
				trail = append(trail, e.Action+" "+strings.Join(e.Fields, ","))
			}
			return err
		})
		if want := []string{"key.revoke ", "key.update name", "key.update name", "key.create "}; !slices.Equal(trail, want) {
			t.Errorf("the trail says %q, want %q", trail, want)
		}
	})
}
