package account

import (
	"strings"

	"regulars/internal/base/fault"
)

// Kind is what sort of actor somebody is.
type Kind string

// The kinds of actors.
const (
	Person  Kind = "user"       // has signed in
	Program Kind = "key"        // calls with a secret key
	Public  Kind = "public_key" // calls with a key that everybody can read, from a web page or an app
	Machine Kind = "system"     // the program itself: jobs, and commands on the machine it runs on
)

// Actor is who acts. The zero Actor is nobody and may nothing.
type Actor struct {
	Kind Kind
	ID   string // usr_..., key_..., or the name of a part of the program
	Name string // for people to see; never kept in the trail
	// Request is the id of the request that the actor makes, for the trail and the log.
	Request string

	may permissions
}

// System is the program itself, or a command on the machine it runs on: it may everything. The name says which part.
func System(name string) Actor {
	return Actor{Kind: Machine, ID: name, Name: name, may: all(Permissions())}
}

// As is an actor who may what is listed. It is for those who know whom they have before them, and for tests.
func As(kind Kind, id, name string, listed ...Permission) Actor {
	return Actor{Kind: kind, ID: id, Name: name, may: all(listed)}
}

// May tells whether the actor may do it.
func (a Actor) May(p Permission) bool { return a.may[p] }

// Permissions lists what the actor may.
func (a Actor) Permissions() []Permission { return a.may.list() }

// Require refuses an actor who may not do it.
func (a Actor) Require(p Permission) error {
	switch {
	case a.May(p):
		return nil
	case a.Kind == "":
		return fault.Coded("not_signed_in", fault.Unknownf("sign in, or send an API key"))
	case a.Kind == Person:
		return fault.Coded("not_allowed", fault.Forbiddenf("your role does not include the permission %s; an owner can give you another role", p))
	}
	return fault.Coded("not_allowed", fault.Forbiddenf("this key does not have the permission %s; use a key that has it among its scopes", p))
}

// MayGrant tells whether the actor may make somebody one of the role: who has all that it allows may.
func (a Actor) MayGrant(r Role) bool {
	return a.May(UsersManage) && a.grants(all(r.Permissions())) == nil
}

// grants refuses to pass on more than the actor has.
func (a Actor) grants(listed permissions) error {
	if p := listed.beyond(a.may); p != "" {
		return fault.Coded("not_allowed", fault.Forbiddenf("you cannot give the permission %s, because you do not have it yourself", p))
	}
	return nil
}

// words joins the words of a list for a sentence.
func words[T ~string](list []T) string {
	var text []string
	for _, word := range list {
		text = append(text, string(word))
	}
	return strings.Join(text, ", ")
}
