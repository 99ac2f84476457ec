package cli

import (
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
)

// KeyCmd is about API keys.
type KeyCmd struct {
	Create CreateKeyCmd `cmd:"" help:"Make an API key and print it, alone on a line. It is not shown again."`
	List   ListKeysCmd  `cmd:"" help:"List the keys."`
	Revoke RevokeKeyCmd `cmd:"" help:"Take a key back: it opens nothing any more."`
}

// CreateKeyCmd makes a key.
type CreateKeyCmd struct {
	Place

	Scope   []string      `help:"What it may do: all, or permissions such as facts.write,measures.read." placeholder:"SCOPE"`
	Name    string        `help:"What it is for." default:"made on the command line"`
	Public  bool          `help:"A key for web pages and apps, which everybody can read there: it can only add events."`
	Expires time.Duration `help:"After what time it ends, such as 720h. Default: never." placeholder:"TIME"`
	Address []string      `help:"Addresses or networks it may be used from. Default: any." placeholder:"NETWORK"`
}

// actorCommand is who acts on the command line: whoever can read the folder or knows the database's password.
func actorCommand() account.Actor { return account.System("command") }

// Run makes it.
func (k *CreateKeyCmd) Run(c *Context) (err error) {
	want := account.NewKey{Name: k.Name, Public: k.Public}
	switch {
	case k.Public && len(k.Scope) > 0:
		return fault.Invalidf("a public key can add events and nothing else; leave --scope out")
	case !k.Public && len(k.Scope) == 0:
		return fault.Invalidf("say what the key may do: --scope all, or permissions such as --scope facts.write,measures.read; there are: %s",
			list(account.Permissions()))
	case k.Expires < 0:
		return fault.Invalidf("--expires must be above 0, such as 720h")
	}
	for _, scope := range k.Scope {
		want.Scopes = append(want.Scopes, account.Permission(scope))
	}
	if want.Addresses, err = account.ParseAddresses(k.Address); err != nil {
		return err
	}
	at, err := k.create(c.Ctx, "key create")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, at.Close()) }()
	var text string
	err = at.DB.Write(c.Ctx, func(tx *db.Tx) (err error) {
		if k.Expires > 0 {
			want.Expires = tx.Now.Add(k.Expires)
		}
		_, text, err = account.CreateKey(tx, actorCommand(), want)
		return err
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(c.Stdout, text)
	return err
}

func list[T ~string](all []T) string {
	words := make([]string, len(all))
	for i, w := range all {
		words[i] = string(w)
	}
	return strings.Join(words, ", ")
}

// ListKeysCmd lists keys.
type ListKeysCmd struct {
	Place
}

// Run lists them.
func (k *ListKeysCmd) Run(c *Context) (err error) {
	at, err := k.open(c.Ctx, "key list")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, at.Close()) }()
	var keys []account.Key
	err = at.DB.Read(c.Ctx, func(tx *db.Tx) (err error) {
		keys, err = account.Keys(tx)
		return err
	})
	if err != nil {
		return err
	}
	const gap = 2
	w := tabwriter.NewWriter(c.Stdout, 0, 0, gap, ' ', 0)
	for _, key := range keys {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", key.ID, "…"+key.Hint, harmless(key.Name), list(key.Scopes))
	}
	return w.Flush()
}

// RevokeKeyCmd takes a key back.
type RevokeKeyCmd struct {
	Place

	ID string `arg:"" help:"Id of the key: key_..."`
}

// Run takes it back.
func (k *RevokeKeyCmd) Run(c *Context) (err error) {
	at, err := k.open(c.Ctx, "key revoke")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, at.Close()) }()
	return at.DB.Write(c.Ctx, func(tx *db.Tx) error { return account.RevokeKey(tx, actorCommand(), k.ID) })
}
