package account

import (
	"database/sql"
	"errors"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
)

// Purpose is what a link is for.
type Purpose string

// The purposes of links.
const (
	FirstSetup Purpose = "setup"
	Invitation Purpose = "invitation"
	NewSecret  Purpose = "password"
	LookAround Purpose = "look-around" // in a sample
)

// lifetimes are for how long links are good.
var lifetimes = map[Purpose]time.Duration{FirstSetup: 30 * time.Minute, Invitation: 7 * 24 * time.Hour, NewSecret: time.Hour, LookAround: 7 * 24 * time.Hour}

// Lifetime is for how long a link of the purpose is good.
func (p Purpose) Lifetime() time.Duration { return lifetimes[p] }

// linkRandom is how many letters and digits a link has: 190 bits.
const linkRandom = 32

// newLink makes the token of a link that is good once. Another link of the purpose for the same user is not any more.
func newLink(tx *db.Tx, purpose Purpose, user string) (token string, err error) {
	if _, err := tx.Exec(`DELETE FROM one_time_links WHERE kind = $1 AND user_id = $2`, string(purpose), user); err != nil {
		return "", err
	}
	token = randomText(linkRandom)
	return token, keepLink(tx, purpose, user, token)
}

func keepLink(tx *db.Tx, purpose Purpose, user, token string) error {
	_, err := tx.Exec(`INSERT INTO one_time_links (hash, kind, user_id, created_us, expires_us) VALUES ($1, $2, $3, $4, $5)`,
		digestOf(token), string(purpose), user, tx.Now, tx.Now.Add(purpose.Lifetime()))
	return err
}

// NewToken is one for a link, to be told before the link is made.
func NewToken() string { return randomText(linkRandom) }

// LinkOf tells whose link it is, and leaves it good: to show the page that it leads to. A link that was used, replaced
// or has run out is not told from one that never was.
func LinkOf(tx *db.Tx, purpose Purpose, token string) (user string, err error) {
	err = tx.QueryRow(`SELECT user_id FROM one_time_links WHERE hash = $1 AND kind = $2 AND expires_us > $3`,
		digestOf(token), string(purpose), tx.Now).Scan(&user)
	return user, purpose.none(err)
}

// useLink is LinkOf, once.
func useLink(tx *db.Tx, purpose Purpose, token string) (user string, err error) {
	err = tx.QueryRow(`DELETE FROM one_time_links WHERE hash = $1 AND kind = $2 AND expires_us > $3 RETURNING user_id`,
		digestOf(token), string(purpose), tx.Now).Scan(&user)
	return user, purpose.none(err)
}

func (p Purpose) none(err error) error {
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	how := map[Purpose]string{
		FirstSetup: "start the server again for a new one",
		Invitation: "ask whoever invited you for a new one",
		NewSecret:  "ask for a new one",
		LookAround: "start the server again for a new one",
	}[p]
	return fault.Coded("link_used", fault.NotFoundf("this link has been used or has run out; %s", how))
}

// NeedsSetup tells whether there is no user yet.
func NeedsSetup(tx *db.Tx) (bool, error) {
	var somebody bool
	err := tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM users)`).Scan(&somebody)
	return !somebody, err
}

// SetupLink makes the token of the link by which the first owner sets the business up, as long as there is no user.
func SetupLink(tx *db.Tx) (token string, err error) {
	if err := unowned(tx); err != nil {
		return "", err
	}
	return newLink(tx, FirstSetup, "")
}

// KeepSetupLink is SetupLink with a token that somebody has been told already.
func KeepSetupLink(tx *db.Tx, token string) error {
	if err := unowned(tx); err != nil {
		return err
	}
	return keepLink(tx, FirstSetup, "", token)
}

// guideName and guideEmail are those of the owner of a sample, whom nobody is.
const (
	guideName  = "Sample owner"
	guideEmail = "owner@sample.example"
)

// LookAroundLink makes the token of the link by which whoever started a sample looks around in it, as an owner. It is
// good more than once, until another is made. Where there is a person by now, there is none: they have a password.
func LookAroundLink(tx *db.Tx) (token string, err error) {
	if err := guard(tx); err != nil {
		return "", err
	}
	users, err := Users(tx)
	if err != nil {
		return "", err
	}
	var guide *User
	for i := range users {
		if users[i].Email == guideEmail && users[i].State == Active && users[i].Role == Owner {
			guide = &users[i]
		}
	}
	switch {
	case len(users) == 0:
		want := NewUser{Email: guideEmail, Name: guideName, Role: Owner}
		made, err := want.user(Active)
		if err != nil {
			return "", err
		}
		if err := made.add(tx); err != nil {
			return "", err
		}
		if err := Record(tx, Entry{Actor: made.Actor(), Action: "user.set_up", Target: made.ID}); err != nil {
			return "", err
		}
		guide = &made
	case guide == nil:
		return "", fault.Coded("already_set_up", fault.Conflictf("this is set up already; sign in"))
	}
	return newLink(tx, LookAround, guide.ID)
}

// LooksAround is who comes with the token of LookAroundLink.
func LooksAround(tx *db.Tx, token string) (u User, err error) {
	id, err := LinkOf(tx, LookAround, token)
	if err != nil {
		return u, err
	}
	if u, err = UserOf(tx, id); err == nil && u.State != Active {
		err = LookAround.none(sql.ErrNoRows)
	}
	return u, err
}

// unowned refuses to set up what was set up, one at a time.
func unowned(tx *db.Tx) error {
	if err := guard(tx); err != nil {
		return err
	}
	needed, err := NeedsSetup(tx)
	if err == nil && !needed {
		err = fault.Coded("already_set_up", fault.Conflictf("this is set up already; sign in"))
	}
	return err
}

// Setup makes the first user, an owner, by the token of a link.
func Setup(tx *db.Tx, token string, want NewUser, password Hashed) (u User, err error) {
	if err := unowned(tx); err != nil {
		return u, err
	}
	if _, err := useLink(tx, FirstSetup, token); err != nil {
		return u, err
	}
	want.Role = Owner
	if u, err = want.user(Active); err != nil {
		return u, err
	}
	if u.password = password; password.text == "" {
		return u, errNoPassword
	}
	u.HasPassword = true
	if err := u.add(tx); err != nil {
		return u, err
	}
	return u, Record(tx, Entry{Actor: u.Actor(), Action: "user.set_up", Target: u.ID})
}

var errNoPassword = errors.New("a password was not hashed before it was to be kept")

// Accept has an invited user choose a password, and a name, by the token of the link.
func Accept(tx *db.Tx, token, name, language string, password Hashed) (u User, err error) {
	id, err := useLink(tx, Invitation, token)
	if err != nil {
		return u, err
	}
	if u, err = UserOf(tx, id); err != nil {
		return u, err
	}
	if u.State != Invited {
		return u, Invitation.none(sql.ErrNoRows)
	}
	if u.Name, err = named(name); err != nil {
		return u, err
	}
	if u.Language = language; spoken(language) != nil {
		return u, spoken(language)
	}
	if password.text == "" {
		return u, errNoPassword
	}
	n, err := tx.Exec(`UPDATE users SET state = $1, name = $2, language = $3, password = $4, stamp = stamp + 1, version = version + 1, updated_us = $5
		WHERE user_id = $6 AND state = $7`, string(Active), u.Name, u.Language, password.text, tx.Now, u.ID, string(Invited))
	if err != nil {
		return u, err
	}
	if n == 0 {
		return u, meanwhile("user", u.ID)
	}
	if u, err = UserOf(tx, id); err != nil {
		return u, err
	}
	return u, Record(tx, Entry{Actor: u.Actor(), Action: "user.accept", Target: u.ID})
}

// PasswordLink makes the token of a link by which a user sets a new password: to be handed over, or sent, by who manages
// users.
func PasswordLink(tx *db.Tx, by Actor, id string) (u User, token string, err error) {
	if u, err = managed(tx, by, id); err != nil {
		return u, "", err
	}
	if u.State != Active {
		return u, "", fault.Coded("not_active", fault.Conflictf("%s is not active: invite them again, or enable them first", u.Email))
	}
	if token, err = newLink(tx, NewSecret, u.ID); err != nil {
		return u, "", err
	}
	return u, token, Record(tx, Entry{Actor: by, Action: "user.password_link", Target: u.ID})
}

// ResetPassword sets a new password by the token of a link, and ends all sessions of the user. A second step that is on
// stays on.
func ResetPassword(tx *db.Tx, token string, password Hashed) (u User, err error) {
	id, err := useLink(tx, NewSecret, token)
	if err != nil {
		return u, err
	}
	return setPassword(tx, id, password, "user.reset_password")
}

// ChangePassword sets a new password for who has shown that they know the old one (Gate.Again), and ends all of their
// sessions.
func ChangePassword(tx *db.Tx, by Actor, password Hashed) (u User, err error) {
	if by.Kind != Person {
		return u, fault.Coded("not_signed_in", fault.Unknownf("sign in first: a key has no password"))
	}
	return setPassword(tx, by.ID, password, "user.change_password")
}

func setPassword(tx *db.Tx, id string, password Hashed, action string) (u User, err error) {
	if password.text == "" {
		return u, errNoPassword
	}
	n, err := tx.Exec(`UPDATE users SET password = $1, stamp = stamp + 1, version = version + 1, updated_us = $2
		WHERE user_id = $3 AND state = $4`, password.text, tx.Now, id, string(Active))
	if err != nil {
		return u, err
	}
	if n == 0 {
		return u, fault.Coded("user_disabled", fault.Forbiddenf("this user may not sign in; ask an owner"))
	}
	if _, err := tx.Exec(`DELETE FROM one_time_links WHERE kind = $1 AND user_id = $2`, string(NewSecret), id); err != nil {
		return u, err
	}
	if err := endSessions(tx, id); err != nil {
		return u, err
	}
	if u, err = UserOf(tx, id); err != nil {
		return u, err
	}
	return u, Record(tx, Entry{Actor: u.Actor(), Action: action, Target: id})
}
