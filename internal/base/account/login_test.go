package account_test

import (
	"testing"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/base/fault"
)

func signsIn(t *testing.T, d *db.DB, l account.Login) (u account.User, err error) {
	t.Helper()
	err = write(t, d, func(tx *db.Tx) (err error) { u, err = account.SignInBy(tx, l); return err })
	return u, err
}

func TestWhomAProviderVouchesForIsKnownByTheSubject(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		migrated(t, d)
		boss := setUp(t, d)
		login := account.Login{Issuer: "https://login.example.com", Subject: "ann-1", Email: "Ann@example.com", Verified: true, Name: "Ann", Language: "tlh"}
		_, err := signsIn(t, d, login)
		refused(t, err, fault.Forbidden, "not_invited")
		var invited account.User
		must(t, d, func(tx *db.Tx) (err error) {
			invited, _, err = account.Invite(tx, boss.Actor(), account.NewUser{Email: "ann@example.com", Role: account.Agent})
			return err
		})
		unverified := login
		unverified.Verified = false
		_, err = signsIn(t, d, unverified)
		refused(t, err, fault.Forbidden, "email_not_verified")
		u, err := signsIn(t, d, login)
		if err != nil || u.ID != invited.ID || u.State != account.Active || u.Role != account.Agent || u.HasPassword {
			t.Errorf("%+v, %v", u, err)
		}
		// From now on the e-mail does not matter; and one at another provider with the same subject is somebody else.
		login.Email, login.Verified = "married@example.com", false
		if u, err = signsIn(t, d, login); err != nil || u.ID != invited.ID {
			t.Errorf("%+v, %v", u, err)
		}
		login.Issuer = "https://evil.example.com"
		_, err = signsIn(t, d, login)
		refused(t, err, fault.Forbidden, "email_not_verified")
		must(t, d, func(tx *db.Tx) error {
			_, err := account.UpdateUser(tx, boss.Actor(), u.ID, 0, account.UserChange{State: new(account.Disabled)})
			return err
		})
		login.Issuer = "https://login.example.com"
		_, err = signsIn(t, d, login)
		refused(t, err, fault.Forbidden, "user_disabled")
	})
}

func TestGroupsDecideOnTheRole(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		migrated(t, d)
		boss := setUp(t, d)
		login := account.Login{
			Issuer: "https://login.example.com", Subject: "ann-1", Email: "ann@example.com", Verified: true, Name: "Ann", Language: "mk",
			ByGroups: true, Role: account.Cashier,
		}
		ann, err := signsIn(t, d, login)
		if err != nil || ann.Role != account.Cashier || ann.State != account.Active || ann.Language != "mk" || ann.Name != "Ann" {
			t.Fatalf("%+v, %v", ann, err)
		}
		login.Role = account.Manager
		if u, err := signsIn(t, d, login); err != nil || u.ID != ann.ID || u.Role != account.Manager || u.Stamp == ann.Stamp {
			t.Errorf("%+v, %v", u, err)
		}
		login.Role = ""
		_, err = signsIn(t, d, login)
		refused(t, err, fault.Forbidden, "no_role")
		// The last owner stays one, whatever the groups say, and comes in.
		own := account.Login{Issuer: login.Issuer, Subject: "olga-1", Email: boss.Email, Verified: true, ByGroups: true, Role: account.Analyst}
		if u, err := signsIn(t, d, own); err != nil || u.ID != boss.ID || u.Role != account.Owner {
			t.Errorf("%+v, %v", u, err)
		}
		join(t, d, boss.Actor(), "second@example.com", account.Owner)
		if u, err := signsIn(t, d, own); err != nil || u.Role != account.Analyst {
			t.Errorf("%+v, %v", u, err)
		}
	})
}
