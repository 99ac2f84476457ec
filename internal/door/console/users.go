package console

import (
	"net/http"
	"strings"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
)

// people is the page about who may sign in.
type people struct {
	Users     []colleague
	Roles     []choice
	Languages []choice
	Email     string // as it was typed
	Link      string // to be handed over by who reads this, where no mail server is set
	Whose     string
	Sent      string // to whom a link is on its way
	Errors    map[string]string
	Hidden    []hidden
}

// colleague is a user as others see them.
type colleague struct {
	ID, Name, Email, Role, State, SignedIn string
	Waiting, Off                           bool // invited; disabled
	Ours                                   bool // somebody else, who may no more than whoever looks
	Roles                                  []choice
}

func (v *visit) showUsers() error {
	return v.allowed(account.UsersManage, func(account.Actor) error { return v.users(people{}, nil) })
}

func (v *visit) users(p people, wrong error) error {
	var all []account.User
	if err := v.read(func(tx *db.Tx) (err error) { all, err = account.Users(tx); return err }); err != nil {
		return err
	}
	may, wanted := v.me.Actor(), v.typed("role")
	for _, u := range all {
		c := colleague{
			ID: u.ID, Name: u.Name, Email: u.Email, Role: v.l.T("console.role." + string(u.Role)), State: v.l.T("console.state." + string(u.State)),
			Waiting: u.State == account.Invited, Off: u.State == account.Disabled, Ours: u.ID != v.me.ID && may.MayGrant(u.Role), Roles: v.roles(may, u.Role),
		}
		if u.SignedIn.Valid {
			c.SignedIn = v.l.Date(u.SignedIn.V)
		}
		p.Users = append(p.Users, c)
	}
	if wanted == "" {
		wanted = string(account.Agent)
	}
	p.Roles = v.roles(may, account.Role(wanted))
	p.Hidden, p.Languages = keyed(), v.spoken()
	for i := range p.Languages {
		p.Languages[i].Chosen = p.Languages[i].Value == v.l.Tag()
	}
	s := sheet{Title: v.l.T("console.users.title"), Lead: v.l.T("console.users.lead")}
	status := http.StatusOK
	if wrong != nil {
		status = v.status(wrong)
		if fault.KindOf(wrong) == fault.Internal {
			return wrong
		}
		s.Problems = []problem{{fieldOf(wrong), v.say(wrong)}}
		p.Email, p.Errors = v.typed("email"), map[string]string{fieldOf(wrong): s.Problems[0].Text}
	}
	s.Content = p
	return v.show(status, "users", s)
}

// roles are those that somebody may give, one of them chosen.
func (v *visit) roles(by account.Actor, chosen account.Role) (list []choice) {
	for _, r := range account.Roles() {
		if by.MayGrant(r) {
			list = append(list, choice{string(r), v.l.T("console.role." + string(r)), r == chosen})
		}
	}
	return list
}

func (v *visit) invite() error {
	return v.allowed(account.UsersManage, func(by account.Actor) error {
		return v.once(by, func() error {
			var p people
			err := v.write(func(tx *db.Tx) error {
				u, token, err := account.Invite(tx, by, account.NewUser{Email: v.typed("email"), Role: account.Role(v.typed("role")), Language: v.typed("language")})
				if err != nil {
					return err
				}
				return v.deliver(tx, account.Invitation, u, token, &p)
			})
			return v.users(p, err)
		})
	})
}

// deliver has a link sent, or shows it.
func (v *visit) deliver(tx *db.Tx, purpose account.Purpose, u account.User, token string, p *people) error {
	shown, err := v.Post.Deliver(tx, purpose, u.ID, token)
	*p = people{Whose: u.Email}
	if err == nil && shown == "" {
		p.Sent = u.Email
	} else if err == nil {
		p.Link = strings.TrimSuffix(v.Public(), "/") + account.LinkPath(purpose, shown)
	}
	return err
}

// newLink makes a link for who was invited and did not come, or has forgotten the password.
func (v *visit) newLink() error {
	return v.allowed(account.UsersManage, func(by account.Actor) error {
		return v.once(by, func() error {
			var p people
			err := v.write(func(tx *db.Tx) error {
				u, err := account.UserOf(tx, v.r.PathValue("id"))
				if err != nil {
					return err
				}
				purpose, renew := account.NewSecret, account.PasswordLink
				if u.State == account.Invited {
					purpose, renew = account.Invitation, account.InviteAgain
				}
				u, token, err := renew(tx, by, u.ID)
				if err != nil {
					return err
				}
				return v.deliver(tx, purpose, u, token, &p)
			})
			return v.users(p, err)
		})
	})
}

func (v *visit) setState() error {
	return v.changeUser(account.UserChange{State: new(account.State(v.typed("state")))})
}

func (v *visit) setRole() error {
	return v.changeUser(account.UserChange{Role: new(account.Role(v.typed("role")))})
}

func (v *visit) changeUser(change account.UserChange) error {
	return v.allowed(account.UsersManage, func(by account.Actor) error {
		return v.once(by, func() error {
			err := v.write(func(tx *db.Tx) error {
				_, err := account.UpdateUser(tx, by, v.r.PathValue("id"), 0, change)
				return err
			})
			if err != nil {
				return v.users(people{}, err)
			}
			return v.leave("/users")
		})
	})
}
