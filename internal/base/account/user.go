package account

import (
	"database/sql"
	"errors"
	"net/mail"
	"slices"
	"strings"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
)

// State is how far somebody has come as a user.
type State string

// The states.
const (
	Invited  State = "invited" // has a link, and no password yet
	Active   State = "active"
	Disabled State = "disabled" // may not sign in; nothing of theirs is lost
)

// User is a person who signs in.
type User struct {
	ID          string
	Email       string // in small letters
	Name        string
	Role        Role
	Language    string // of the pages and mails, as in locale.Tags
	State       State
	HasPassword bool // otherwise they come by a provider of identities
	TOTP        bool // a second step is asked for
	Created     time.Time
	Updated     time.Time
	SignedIn    sql.Null[time.Time] // the last time
	Version     int64

	// Stamp changes with whatever ends all sessions: one that was begun under another is over.
	Stamp int64

	password Hashed
	totp     []byte
	totpStep int64
}

// Actor is the user as who acts. One who is not active may nothing.
func (u *User) Actor() Actor {
	if u.State != Active {
		return Actor{}
	}
	return As(Person, u.ID, u.Name, u.Role.Permissions()...)
}

const userColumns = `user_id, email, name, role, language, state, password, totp, totp_on, totp_step, stamp, created_us, updated_us,
	signed_in_us, version`

// Users lists all, by name.
func Users(tx *db.Tx) ([]User, error) {
	users, err := readUsers(tx, "")
	slices.SortFunc(users, func(a, b User) int {
		return strings.Compare(strings.ToLower(a.Name+a.ID), strings.ToLower(b.Name+b.ID))
	})
	return users, err
}

// UserOf gives one user.
func UserOf(tx *db.Tx, id string) (User, error) {
	return one(tx, "user_id", id, fault.Coded("not_found", fault.NotFoundf("there is no user %.40s", id)))
}

// UserByEmail gives the user with the e-mail, for who may know which there are.
func UserByEmail(tx *db.Tx, email string) (User, error) {
	return one(tx, "email", email, fault.Coded("not_found", fault.NotFoundf("there is no user with this e-mail")))
}

// errNobody is for callers inside who say themselves what it means.
var errNobody = errors.New("there is no such user")

func userByEmail(tx *db.Tx, email string) (User, error) { return one(tx, "email", email, errNobody) }

func one(tx *db.Tx, column, value string, none error) (User, error) {
	users, err := readUsers(tx, " WHERE "+column+" = $1", value)
	if err != nil {
		return User{}, err
	}
	if len(users) == 0 {
		return User{}, none
	}
	return users[0], nil
}

func readUsers(tx *db.Tx, where string, args ...any) (users []User, err error) {
	rows, err := tx.Query(`SELECT `+userColumns+` FROM users`+where, args...)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var u User
		if err := rows.Scan(&u.ID, &u.Email, &u.Name, &u.Role, &u.Language, &u.State, &u.password.text, &u.totp, &u.TOTP, &u.totpStep,
			&u.Stamp, &u.Created, &u.Updated, &u.SignedIn, &u.Version); err != nil {
			return nil, err
		}
		u.HasPassword = u.password.text != ""
		users = append(users, u)
	}
	return users, rows.Close()
}

// Another tells whether somebody active beside one may do something.
func Another(tx *db.Tx, than string, p Permission) (yes bool, err error) {
	all, err := readUsers(tx, " WHERE state = $1 AND user_id <> $2", string(Active), than)
	return slices.ContainsFunc(all, func(u User) bool { return slices.Contains(u.Role.Permissions(), p) }), err
}

// add writes a new user.
func (u *User) add(tx *db.Tx) error {
	u.ID, u.Created, u.Updated, u.Version, u.Stamp = newID("usr", tx.Now), tx.Now, tx.Now, 1, 1
	_, err := tx.Exec(`INSERT INTO users (user_id, email, name, role, language, state, password, totp, totp_on, totp_step, stamp, created_us,
		updated_us, signed_in_us, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, FALSE, 0, 1, $9, $9, NULL, 1)`,
		u.ID, u.Email, u.Name, string(u.Role), u.Language, string(u.State), u.password.text, []byte{}, tx.Now)
	if db.Violates(err, "users_email") {
		return fault.In("email", fault.Coded("email_taken", fault.Conflictf("there is a user with this e-mail already")))
	}
	return err
}

// NewUser is who a user is to be.
type NewUser struct {
	Email    string
	Name     string // empty: what stands before the @, until they say
	Role     Role
	Language string // empty: en
}

// user checks what was asked for.
func (n *NewUser) user(state State) (u User, err error) {
	u = User{Role: n.Role, Language: n.Language, State: state}
	if u.Email, err = Email(n.Email); err != nil {
		return u, err
	}
	if err := n.Role.check(); err != nil {
		return u, err
	}
	name := n.Name
	if strings.TrimSpace(name) == "" {
		name, _, _ = strings.Cut(u.Email, "@")
	}
	if u.Name, err = named(name); err != nil {
		return u, err
	}
	if u.Language == "" {
		u.Language = locale.Tags()[0]
	}
	return u, spoken(u.Language)
}

// emailMost is the longest address that mail can be sent to.
const emailMost = 254

// Email is an address as users are known by it, or a fault.
func Email(text string) (string, error) {
	email := strings.ToLower(strings.TrimSpace(text))
	parsed, err := mail.ParseAddress(email)
	if err != nil || parsed.Address != email || len(email) > emailMost || strings.ContainsAny(email, " \"<>") {
		return "", fault.In("email", fault.Coded("no_email", fault.Invalidf("this is no e-mail address; write it like name@example.com")))
	}
	return email, nil
}

func spoken(language string) error {
	if !slices.Contains(locale.Tags(), language) {
		return fault.In("language", fault.Coded("unknown_language", fault.Invalidf("the language %.20q is none of %s", language, words(locale.Tags()))))
	}
	return nil
}

// Invite makes a user who is yet to choose a password, and the token of the link by which they do.
func Invite(tx *db.Tx, by Actor, want NewUser) (u User, token string, err error) {
	if err := by.Require(UsersManage); err != nil {
		return u, "", err
	}
	if u, err = want.user(Invited); err != nil {
		return u, "", err
	}
	if err := by.grants(all(u.Role.Permissions())); err != nil {
		return u, "", fault.In("role", err)
	}
	if err := u.add(tx); err != nil {
		return u, "", err
	}
	if token, err = newLink(tx, Invitation, u.ID); err != nil {
		return u, "", err
	}
	return u, token, Record(tx, Entry{Actor: by, Action: "user.invite", Target: u.ID})
}

// InviteAgain makes another link for who was invited and did not come; the one before is of no use any more.
func InviteAgain(tx *db.Tx, by Actor, id string) (u User, token string, err error) {
	if u, err = managed(tx, by, id); err != nil {
		return u, "", err
	}
	if u.State != Invited {
		return u, "", fault.Coded("not_invited", fault.Conflictf("%s has accepted the invitation already, or is disabled", u.Email))
	}
	if token, err = newLink(tx, Invitation, u.ID); err != nil {
		return u, "", err
	}
	return u, token, Record(tx, Entry{Actor: by, Action: "user.invite", Target: u.ID})
}

// managed gives a user whom the actor may manage: one who may no more than the actor.
func managed(tx *db.Tx, by Actor, id string) (u User, err error) {
	if err := by.Require(UsersManage); err != nil {
		return u, err
	}
	if u, err = UserOf(tx, id); err != nil {
		return u, err
	}
	if p := all(u.Role.Permissions()).beyond(by.may); p != "" {
		return u, fault.Coded("not_allowed", fault.Forbiddenf("%s is %s and may more than you (%s); only somebody who may as much can change that",
			u.Email, u.Role, p))
	}
	return u, nil
}

// UserChange is what is to be other; nil stays as it is.
type UserChange struct {
	Name     *string
	Language *string
	Role     *Role
	State    *State // Active or Disabled
}

// UpdateUser changes a user who is still at the version given; 0: at whichever. Another role or state ends all of the
// user's sessions. The last owner stays one.
func UpdateUser(tx *db.Tx, by Actor, id string, version int64, change UserChange) (u User, err error) {
	if u, err = managed(tx, by, id); err != nil {
		return u, err
	}
	if change.Role != nil {
		if err := change.Role.check(); err != nil {
			return u, err
		}
		if err := by.grants(all(change.Role.Permissions())); err != nil {
			return u, fault.In("role", err)
		}
	}
	return u, u.change(tx, by, version, change)
}

// UpdateSelf changes what everybody may change of themselves: name and language.
func UpdateSelf(tx *db.Tx, by Actor, version int64, change UserChange) (u User, err error) {
	if by.Kind != Person {
		return u, fault.Coded("not_signed_in", fault.Unknownf("sign in first: a key has no name or language"))
	}
	if u, err = UserOf(tx, by.ID); err != nil {
		return u, err
	}
	return u, u.change(tx, by, version, UserChange{Name: change.Name, Language: change.Language})
}

func (u *User) change(tx *db.Tx, by Actor, version int64, change UserChange) (err error) {
	was := *u
	var fields []string
	if change.Name != nil {
		fields = append(fields, "name")
		if u.Name, err = named(*change.Name); err != nil {
			return err
		}
	}
	if change.Language != nil {
		fields = append(fields, "language")
		if u.Language = *change.Language; spoken(u.Language) != nil {
			return spoken(u.Language)
		}
	}
	if change.Role != nil {
		fields = append(fields, "role")
		u.Role = *change.Role
	}
	if change.State != nil {
		fields = append(fields, "state")
		if u.State, err = was.next(*change.State); err != nil {
			return err
		}
	}
	ends := u.Role != was.Role || u.State != was.State
	if ends {
		if err := guard(tx); err != nil {
			return err
		}
		u.Stamp++
	}
	if version == 0 {
		version = was.Version
	}
	n, err := tx.Exec(`UPDATE users SET name = $1, language = $2, role = $3, state = $4, stamp = $5, updated_us = $6, version = version + 1
		WHERE user_id = $7 AND version = $8`, u.Name, u.Language, string(u.Role), string(u.State), u.Stamp, tx.Now, u.ID, version)
	if err != nil {
		return err
	}
	if n == 0 {
		return meanwhile("user", u.ID)
	}
	u.Version, u.Updated = version+1, tx.Now
	if ends {
		if err := endSessions(tx, u.ID); err != nil {
			return err
		}
	}
	if ends && was.Role == Owner && was.State == Active {
		if err := owned(tx); err != nil {
			return err
		}
	}
	return Record(tx, Entry{Actor: by, Action: "user.update", Target: u.ID, Fields: fields})
}

// next is the state after a change: a user who never accepted the invitation goes back to being invited.
func (u *User) next(to State) (State, error) {
	switch {
	case to == Disabled:
		return Disabled, nil
	case to != Active:
		return "", fault.In("state", fault.Coded("unknown_state", fault.Invalidf("%.20q is no state to set; use active or disabled", string(to))))
	case u.State == Disabled && !u.HasPassword && !u.SignedIn.Valid:
		return Invited, nil
	case u.State == Invited:
		return "", fault.In("state", fault.Coded("not_accepted", fault.Conflictf("%s becomes active by accepting the invitation", u.Email)))
	}
	return Active, nil
}

// guard makes changes of who owns the business wait for each other: of two owners who disable one another at the same
// moment, one is to fail.
func guard(tx *db.Tx) error {
	_, err := tx.Exec(`INSERT INTO settings (key, value, updated_us) VALUES ('users_guard', '', $1)
		ON CONFLICT (key) DO UPDATE SET updated_us = excluded.updated_us`, tx.Now)
	return err
}

// owned refuses what left nobody who may everything.
func owned(tx *db.Tx) error {
	var owners int64
	if err := tx.QueryRow(`SELECT count(*) FROM users WHERE role = $1 AND state = $2`, string(Owner), string(Active)).Scan(&owners); err != nil {
		return err
	}
	if owners == 0 {
		return fault.Coded("last_owner", fault.Conflictf("this is the last active owner; make somebody else an owner first"))
	}
	return nil
}
