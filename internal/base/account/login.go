package account

import (
	"database/sql"
	"errors"
	"strings"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
)

// Login is somebody for whom an outside provider of identities vouches.
type Login struct {
	Issuer   string
	Subject  string // who it is at the provider; it never changes, other than the e-mail
	Email    string
	Verified bool // the provider has made sure that the e-mail is theirs
	Name     string
	Language string

	// ByGroups says that the provider's groups decide on the role: Role is then the one for this person, and empty for
	// who is in none. Otherwise roles are given here, to those who were invited.
	ByGroups bool
	Role     Role
}

// SignInBy finds the user whom a provider vouches for: known by issuer and subject; else, at the first time, by a
// verified e-mail; else made anew, where groups give a role.
func SignInBy(tx *db.Tx, l Login) (u User, err error) {
	if l.ByGroups && l.Role == "" {
		return u, fault.Coded("no_role", fault.Forbiddenf("you are in none of the groups that have a role here; ask who manages them"))
	}
	var id string
	err = tx.QueryRow(`SELECT user_id FROM user_logins WHERE issuer = $1 AND subject = $2`, l.Issuer, l.Subject).Scan(&id)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		if u, err = l.first(tx); err != nil {
			return u, err
		}
	case err != nil:
		return u, err
	default:
		if u, err = UserOf(tx, id); err != nil {
			return u, err
		}
	}
	if u.State == Disabled {
		return u, fault.Coded("user_disabled", fault.Forbiddenf("this user may not sign in; ask an owner"))
	}
	if err := l.bring(tx, &u); err != nil {
		return u, err
	}
	return u, signedIn(tx, u)
}

// first links who comes for the first time to a user.
func (l *Login) first(tx *db.Tx) (u User, err error) {
	email, err := Email(l.Email)
	if err != nil || !l.Verified {
		return u, fault.Coded("email_not_verified", fault.Forbiddenf("the provider does not vouch for your e-mail; verify it there, and come again"))
	}
	u, err = userByEmail(tx, email)
	if errors.Is(err, errNobody) {
		if !l.ByGroups {
			return u, fault.Coded("not_invited", fault.Forbiddenf("there is no user with your e-mail; ask an owner to invite you"))
		}
		want := NewUser{Email: email, Name: shortened(l.Name), Role: l.Role, Language: l.Language}
		if spoken(want.Language) != nil {
			want.Language = ""
		}
		if u, err = want.user(Active); err == nil {
			err = u.add(tx)
		}
	}
	if err != nil || u.State == Disabled {
		return u, err
	}
	if _, err := tx.Exec(`INSERT INTO user_logins (issuer, subject, user_id, added_us) VALUES ($1, $2, $3, $4)`, l.Issuer, l.Subject, u.ID, tx.Now); err != nil {
		return u, err
	}
	return u, Record(tx, Entry{Actor: System("sign_in"), Action: "user.link_login", Target: u.ID})
}

// bring makes the user what the provider says: active, who was invited; of the role that the groups give, unless that
// would leave nobody who may everything.
func (l *Login) bring(tx *db.Tx, u *User) error {
	by := System("sign_in")
	if u.State == Invited {
		n, err := tx.Exec(`UPDATE users SET state = $1, version = version + 1, updated_us = $2 WHERE user_id = $3 AND state = $4`,
			string(Active), tx.Now, u.ID, string(Invited))
		if err != nil {
			return err
		}
		if n == 0 {
			return meanwhile("user", u.ID)
		}
		if _, err := tx.Exec(`DELETE FROM one_time_links WHERE kind = $1 AND user_id = $2`, string(Invitation), u.ID); err != nil {
			return err
		}
		u.State = Active
		u.Version++
	}
	if !l.ByGroups || l.Role == u.Role {
		return nil
	}
	if u.Role == Owner {
		if err := guard(tx); err != nil {
			return err
		}
		var others int64
		if err := tx.QueryRow(`SELECT count(*) FROM users WHERE role = $1 AND state = $2 AND user_id <> $3`,
			string(Owner), string(Active), u.ID).Scan(&others); err != nil || others == 0 {
			return err
		}
	}
	return u.change(tx, by, 0, UserChange{Role: &l.Role})
}

// shortened is a name that somebody else made up, as far as one is kept.
func shortened(name string) string {
	letters := []rune(strings.ToValidUTF8(strings.ReplaceAll(name, "\x00", ""), ""))
	return string(letters[:min(len(letters), nameMost)])
}
