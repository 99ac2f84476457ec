package account_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/base/fault"
)

const goodPassword = "four old wooden chairs"

var cheap = account.CheapHasher(4, 64)

func hashed(t *testing.T, password string) account.Hashed {
	t.Helper()
	kept, err := cheap.Hash(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

// setUp makes the first owner.
func setUp(t *testing.T, d *db.DB) (u account.User) {
	t.Helper()
	must(t, d, func(tx *db.Tx) error {
		token, err := account.SetupLink(tx)
		if err != nil {
			return err
		}
		u, err = account.Setup(tx, token, account.NewUser{Email: " Olga@Example.com", Name: "Olga", Language: "ru"}, hashed(t, goodPassword))
		return err
	})
	return u
}

// join invites somebody, who accepts.
func join(t *testing.T, d *db.DB, by account.Actor, email string, role account.Role) (u account.User) {
	t.Helper()
	must(t, d, func(tx *db.Tx) error {
		_, token, err := account.Invite(tx, by, account.NewUser{Email: email, Role: role})
		if err == nil {
			u, err = account.Accept(tx, token, "Somebody", "en", hashed(t, goodPassword))
		}
		return err
	})
	return u
}

func TestTheFirstOwnerSetsUpByALinkForOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		migrated(t, d)
		var first, second string
		for _, token := range []*string{&first, &second} {
			must(t, d, func(tx *db.Tx) (err error) { *token, err = account.SetupLink(tx); return err })
		}
		setup := func(token, email string) (u account.User, err error) {
			err = write(t, d, func(tx *db.Tx) (err error) {
				u, err = account.Setup(tx, token, account.NewUser{Email: email, Name: "Olga"}, hashed(t, goodPassword))
				return err
			})
			return u, err
		}
		_, err := setup(first, "olga@example.com")
		refused(t, err, fault.NotFound, "link_used") // a newer one was printed
		_, err = setup(second, "olga")
		refused(t, err, fault.Invalid, "no_email")
		u, err := setup(second, "Olga@Example.com ") // a mistake does not use the link up
		if err != nil || u.Email != "olga@example.com" || u.Role != account.Owner || u.State != account.Active || u.Language != "en" {
			t.Fatalf("%+v, %v", u, err)
		}
		_, err = setup(second, "other@example.com")
		refused(t, err, fault.Conflict, "already_set_up")
		refused(t, write(t, d, func(tx *db.Tx) error { _, err := account.SetupLink(tx); return err }), fault.Conflict, "already_set_up")
	})
}

// Two processes each print a link, and two people use them at the same moment.
func TestTwoCannotBothSetUp(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		migrated(t, d)
		var token string
		must(t, d, func(tx *db.Tx) (err error) { token, err = account.SetupLink(tx); return err })
		must(t, d, func(tx *db.Tx) error {
			_, err := tx.Exec(`INSERT INTO one_time_links SELECT 'other', kind, user_id, created_us, expires_us FROM one_time_links`)
			return err
		})
		password := hashed(t, goodPassword)
		var all sync.WaitGroup
		done := make(chan account.User, 8)
		for i := range 8 {
			all.Go(func() {
				err := d.Write(context.WithoutCancel(t.Context()), func(tx *db.Tx) error {
					u, err := account.Setup(tx, token, account.NewUser{Email: string(rune('a'+i)) + "@example.com"}, password)
					if err == nil {
						tx.AfterCommit(func() { done <- u })
					}
					return err
				})
				if err != nil && code(err) != "already_set_up" && code(err) != "link_used" {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if len(done) != 1 {
			t.Errorf("%d have set up, want one", len(done))
		}
	})
}

func TestAnInvitationIsAcceptedOnce(t *testing.T) {
	t.Parallel()
	dbtest.EachOptions(t, func(t *testing.T, o db.Options) {
		c := &clock{at: time.Now()}
		o.Clock = c.now
		d := migrated(t, dbtest.Open(t, o))
		boss := setUp(t, d)
		var token, again string
		var ann account.User
		must(t, d, func(tx *db.Tx) (err error) {
			ann, token, err = account.Invite(tx, boss.Actor(), account.NewUser{Email: "Ann@example.com", Role: account.Agent, Language: "el"})
			return err
		})
		if ann.State != account.Invited || ann.Name != "ann" || ann.HasPassword || ann.Actor().May(account.CustomersRead) {
			t.Errorf("%+v", ann)
		}
		refused(t, write(t, d, func(tx *db.Tx) error {
			_, _, err := account.Invite(tx, boss.Actor(), account.NewUser{Email: "ann@EXAMPLE.com", Role: account.Agent})
			return err
		}), fault.Conflict, "email_taken")
		accept := func(token string) error {
			return write(t, d, func(tx *db.Tx) (err error) {
				if user, err := account.LinkOf(tx, account.Invitation, token); err != nil || user != ann.ID {
					return errors.Join(err, errors.New("the link is of "+user))
				}
				ann, err = account.Accept(tx, token, "Ann", "el", hashed(t, goodPassword))
				return err
			})
		}
		must(t, d, func(tx *db.Tx) (err error) { _, again, err = account.InviteAgain(tx, boss.Actor(), ann.ID); return err })
		refused(t, accept(token), fault.NotFound, "link_used")
		c.pass(7*24*time.Hour + time.Second)
		refused(t, accept(again), fault.NotFound, "link_used")
		must(t, d, func(tx *db.Tx) (err error) { _, again, err = account.InviteAgain(tx, boss.Actor(), ann.ID); return err })
		if err := accept(again); err != nil || ann.State != account.Active || ann.Name != "Ann" || !ann.HasPassword || !ann.Actor().May(account.CustomersRead) {
			t.Errorf("%+v, %v", ann, err)
		}
		refused(t, accept(again), fault.NotFound, "link_used")
		refused(t, write(t, d, func(tx *db.Tx) error { _, _, err := account.InviteAgain(tx, boss.Actor(), ann.ID); return err }),
			fault.Conflict, "not_invited")
	})
}

func TestNobodyRaisesOthersAboveThemselves(t *testing.T) {
	t.Parallel()
	d := migrated(t, dbtest.Open(t, dbtest.SQLite(t)))
	boss := setUp(t, d)
	mary, carl := join(t, d, boss.Actor(), "mary@example.com", account.Manager), join(t, d, boss.Actor(), "carl@example.com", account.Cashier)
	invite := func(by account.Actor, role account.Role) error {
		return write(t, d, func(tx *db.Tx) error {
			_, _, err := account.Invite(tx, by, account.NewUser{Email: string(role) + "@example.com", Role: role})
			return err
		})
	}
	update := func(by account.Actor, whom account.User, change account.UserChange) error {
		return write(t, d, func(tx *db.Tx) error { _, err := account.UpdateUser(tx, by, whom.ID, 0, change); return err })
	}
	name, disabled := "Other", account.Disabled
	refused(t, invite(mary.Actor(), account.Owner), fault.Forbidden, "not_allowed")
	refused(t, invite(mary.Actor(), account.Developer), fault.Forbidden, "not_allowed")
	refused(t, invite(carl.Actor(), account.Cashier), fault.Forbidden, "not_allowed")
	refused(t, invite(boss.Actor(), "king"), fault.Invalid, "unknown_role")
	refused(t, update(mary.Actor(), boss, account.UserChange{Name: &name}), fault.Forbidden, "not_allowed")
	refused(t, update(carl.Actor(), mary, account.UserChange{State: &disabled}), fault.Forbidden, "not_allowed")
	for _, role := range account.Roles() {
		if err := update(mary.Actor(), carl, account.UserChange{Role: &role}); (err == nil) != (invite(mary.Actor(), role) == nil) {
			t.Errorf("a manager may invite a %s or make one, and not the other (%v)", role, err)
		}
	}
	if err := write(t, d, func(tx *db.Tx) error {
		_, err := account.UpdateSelf(tx, carl.Actor(), 0, account.UserChange{Name: &name, Role: new(account.Owner)})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	must(t, d, func(tx *db.Tx) error {
		if u, err := account.UserOf(tx, carl.ID); err != nil || u.Role == account.Owner || u.Name != "Other" {
			t.Errorf("a cashier made themselves %+v, %v", u, err)
		}
		return nil
	})
}

func TestAChangeOfAUser(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		migrated(t, d)
		boss := setUp(t, d)
		ann := join(t, d, boss.Actor(), "ann@example.com", account.Agent)
		update := func(version int64, change account.UserChange) (u account.User, err error) {
			err = write(t, d, func(tx *db.Tx) (err error) {
				u, err = account.UpdateUser(tx, boss.Actor(), ann.ID, version, change)
				return err
			})
			return u, err
		}
		u, err := update(ann.Version, account.UserChange{Role: new(account.Manager), Name: new("Anna"), Language: new("zh")})
		if err != nil || u.Role != account.Manager || u.Name != "Anna" || u.Version != ann.Version+1 || u.Stamp == ann.Stamp {
			t.Fatalf("%+v, %v", u, err)
		}
		_, err = update(ann.Version, account.UserChange{Name: new("Anne")})
		refused(t, err, fault.Conflict, "changed_meanwhile")
		_, err = update(0, account.UserChange{Language: new("tlh")})
		refused(t, err, fault.Invalid, "unknown_language")
		_, err = update(0, account.UserChange{State: new(account.Invited)})
		refused(t, err, fault.Invalid, "unknown_state")
		if u, err = update(0, account.UserChange{State: new(account.Disabled)}); err != nil || u.Actor().May(account.CustomersRead) {
			t.Errorf("%+v, %v", u, err)
		}
		if u, err = update(0, account.UserChange{State: new(account.Active)}); err != nil || u.State != account.Active {
			t.Errorf("%+v, %v", u, err)
		}
		err = write(t, d, func(tx *db.Tx) error {
			_, err := account.UpdateUser(tx, boss.Actor(), "usr_none", 0, account.UserChange{})
			return err
		})
		refused(t, err, fault.NotFound, "not_found")
	})
}

func TestTheLastOwnerStays(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		migrated(t, d)
		boss := setUp(t, d)
		change := func(by account.Actor, id string, c account.UserChange) error {
			return d.Write(context.WithoutCancel(t.Context()), func(tx *db.Tx) error { _, err := account.UpdateUser(tx, by, id, 0, c); return err })
		}
		refused(t, change(boss.Actor(), boss.ID, account.UserChange{State: new(account.Disabled)}), fault.Conflict, "last_owner")
		refused(t, change(boss.Actor(), boss.ID, account.UserChange{Role: new(account.Manager)}), fault.Conflict, "last_owner")
		// One who has not come yet is no owner who could act.
		must(t, d, func(tx *db.Tx) error {
			_, _, err := account.Invite(tx, boss.Actor(), account.NewUser{Email: "late@example.com", Role: account.Owner})
			return err
		})
		refused(t, change(boss.Actor(), boss.ID, account.UserChange{State: new(account.Disabled)}), fault.Conflict, "last_owner")
		// Of several who disable each other at the same moment one stays.
		owners := []account.User{boss}
		for _, email := range []string{"a@example.com", "b@example.com", "c@example.com"} {
			owners = append(owners, join(t, d, boss.Actor(), email, account.Owner))
		}
		var all sync.WaitGroup
		for i, o := range owners {
			all.Go(func() {
				next := owners[(i+1)%len(owners)]
				if err := change(o.Actor(), next.ID, account.UserChange{State: new(account.Disabled)}); err != nil && code(err) != "last_owner" {
					t.Error(err)
				}
			})
		}
		all.Wait()
		must(t, d, func(tx *db.Tx) error {
			active := 0
			users, err := account.Users(tx)
			for _, u := range users {
				if u.State == account.Active && u.Role == account.Owner {
					active++
				}
			}
			if active != 1 {
				t.Errorf("%d owners are left, want one", active)
			}
			return err
		})
	})
}

func TestAForgottenPasswordIsSetByALink(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		migrated(t, d)
		boss := setUp(t, d)
		forgot := func(id string) (token string, err error) {
			err = write(t, d, func(tx *db.Tx) (err error) { _, token, err = account.PasswordLink(tx, boss.Actor(), id); return err })
			return token, err
		}
		first, _ := forgot(boss.ID)
		second, _ := forgot(boss.ID)
		reset := func(token string) (u account.User, err error) {
			err = write(t, d, func(tx *db.Tx) (err error) {
				u, err = account.ResetPassword(tx, token, hashed(t, "another four words here"))
				return err
			})
			return u, err
		}
		_, err := reset(first)
		refused(t, err, fault.NotFound, "link_used")
		u, err := reset(second)
		if err != nil || u.Stamp == boss.Stamp {
			t.Errorf("%+v, %v", u, err)
		}
		_, err = reset(second)
		refused(t, err, fault.NotFound, "link_used")
		ann := join(t, d, boss.Actor(), "ann@example.com", account.Agent)
		token, _ := forgot(ann.ID)
		must(t, d, func(tx *db.Tx) error {
			_, err := account.UpdateUser(tx, boss.Actor(), ann.ID, 0, account.UserChange{State: new(account.Disabled)})
			return err
		})
		_, err = reset(token)
		refused(t, err, fault.Forbidden, "user_disabled")
		_, err = forgot(ann.ID)
		refused(t, err, fault.Conflict, "not_active")
		_, err = forgot("usr_none")
		refused(t, err, fault.NotFound, "not_found")
	})
}

func TestEMails(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		" Ann@Example.com ": "ann@example.com", "a+b@example.com": "a+b@example.com", "ж@пример.рф": "ж@пример.рф",
		"": "", "ann": "", "ann@": "", "Ann <ann@example.com>": "", "a b@example.com": "", "\"a b\"@example.com": "", "a@b@c": "",
		"ann@example.com\r\nBcc: x@example.com": "",
	} {
		got, err := account.Email(text)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q is %q, %v", text, got, err)
		}
	}
}

func TestWhoStartsASampleLooksAroundInIt(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		migrated(t, d)
		var first, second string
		for _, token := range []*string{&first, &second} {
			must(t, d, func(tx *db.Tx) (err error) { *token, err = account.LookAroundLink(tx); return err })
		}
		comes := func(token string) (u account.User, err error) {
			err = write(t, d, func(tx *db.Tx) (err error) { u, err = account.LooksAround(tx, token); return err })
			return u, err
		}
		_, err := comes(first)
		refused(t, err, fault.NotFound, "link_used")
		var guide account.User
		for range 2 {
			if guide, err = comes(second); err != nil || guide.Role != account.Owner || guide.HasPassword || guide.State != account.Active {
				t.Fatalf("%+v, %v", guide, err)
			}
		}
		// It is nobody's way in by another door, and once people have made the place theirs there is no such link.
		refused(t, write(t, d, func(tx *db.Tx) error { _, err := account.LinkOf(tx, account.FirstSetup, second); return err }), fault.NotFound, "link_used")
		refused(t, write(t, d, func(tx *db.Tx) error { return account.KeepSetupLink(tx, account.NewToken()) }), fault.Conflict, "already_set_up")
		join(t, d, guide.Actor(), "olga@example.com", account.Owner)
		must(t, d, func(tx *db.Tx) error {
			_, err := account.UpdateUser(tx, account.System("test"), guide.ID, 0, account.UserChange{State: new(account.Disabled)})
			return err
		})
		_, err = comes(second)
		refused(t, err, fault.NotFound, "link_used")
		refused(t, write(t, d, func(tx *db.Tx) error { _, err := account.LookAroundLink(tx); return err }), fault.Conflict, "already_set_up")
	})
}

func TestATokenMayBeToldBeforeItsLinkIsKept(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		migrated(t, d)
		token := account.NewToken()
		must(t, d, func(tx *db.Tx) error { return account.KeepSetupLink(tx, token) })
		must(t, d, func(tx *db.Tx) error { _, err := account.LinkOf(tx, account.FirstSetup, token); return err })
	})
}
