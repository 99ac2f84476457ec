package cli

import (
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
)

// UserCmd is about people who sign in.
type UserCmd struct {
	List ListUsersCmd `cmd:"" help:"List who may sign in."`
	Link LinkUserCmd  `cmd:"" help:"Make a link by which somebody sets a new password: for an owner who has forgotten it and gets no mail."`
}

// ListUsersCmd lists users.
type ListUsersCmd struct {
	Place
}

// Run lists them.
func (u *ListUsersCmd) Run(c *Context) (err error) {
	at, err := u.open(c.Ctx, "user list")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, at.Close()) }()
	var users []account.User
	if err := at.DB.Read(c.Ctx, func(tx *db.Tx) (err error) { users, err = account.Users(tx); return err }); err != nil {
		return err
	}
	const gap = 2
	w := tabwriter.NewWriter(c.Stdout, 0, 0, gap, ' ', 0)
	for _, user := range users {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", user.ID, harmless(user.Email), harmless(user.Name), user.Role, user.State)
	}
	return w.Flush()
}

// LinkUserCmd makes a link for a user.
type LinkUserCmd struct {
	Place

	Email     string `arg:"" help:"E-mail of the user."`
	NoPhone   bool   `help:"Switch the second step off as well: for who has lost phone and codes." name:"second-step-off"`
	PublicURL string `help:"How others reach the server. Default: as the server that has the folder says, else http://127.0.0.1:8080." name:"public-url" env:"REGULARS_PUBLIC_URL" placeholder:"URL"`
}

// Run makes it and prints it, alone on a line.
func (u *LinkUserCmd) Run(c *Context) (err error) {
	at, err := u.open(c.Ctx, "user link")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, at.Close()) }()
	email, err := account.Email(u.Email)
	if err != nil {
		return err
	}
	base := u.PublicURL
	switch {
	case base != "":
	case at.Served != nil:
		base = at.Served.URL()
	default:
		base = "http://127.0.0.1:8080"
	}
	var link string
	err = at.DB.Write(c.Ctx, func(tx *db.Tx) error {
		user, err := account.UserByEmail(tx, email)
		if err != nil {
			return err
		}
		purpose, renew := account.NewSecret, account.PasswordLink
		switch user.State {
		case account.Invited:
			purpose, renew = account.Invitation, account.InviteAgain
		case account.Disabled:
			return fault.Conflictf("%s is disabled; have another owner let them in again", email)
		case account.Active:
		}
		if u.NoPhone {
			if err := account.TOTPOff(tx, actorCommand(), user.ID); err != nil {
				return err
			}
		}
		_, token, err := renew(tx, actorCommand(), user.ID)
		link = strings.TrimSuffix(base, "/") + account.LinkPath(purpose, token)
		return err
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(c.Stdout, link)
	return err
}
