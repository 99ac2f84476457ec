package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"regulars/internal/base/db"
	"regulars/internal/base/locale"
	"regulars/internal/intake"
	"regulars/internal/measure/mirror"
	"regulars/internal/record/business"
	"regulars/internal/record/customer"
)

// CustomerCmd is what a customer may ask for by law: to see everything that is known, and to be forgotten.
type CustomerCmd struct {
	Export ExportCustomerCmd `cmd:"" help:"Write everything that is known about a customer, as JSON, for the business to answer with."`
	Erase  EraseCustomerCmd  `cmd:"" help:"Forget who a customer is. What was bought stays, under a number that leads nowhere."`
}

// Who names a customer.
type Who struct {
	Place

	Customer string `arg:"" help:"The customer's own id, or kind:value, such as email:ada@example.com."`
}

// identity is the customer as named: an own id where no kind is.
func (w *Who) identity() customer.Identity {
	if kind, value, ok := strings.Cut(w.Customer, ":"); ok && value != "" {
		return customer.Identity{Kind: kind, Value: value}
	}
	return customer.Identity{Kind: customer.OwnID, Value: w.Customer}
}

// ExportCustomerCmd writes what is known about one customer.
type ExportCustomerCmd struct {
	Who

	Out string `help:"File to write to, for its owner alone. Default: standard output." placeholder:"PATH" type:"path"`
}

// Run writes it.
func (e *ExportCustomerCmd) Run(c *Context) (err error) {
	at, in, err := e.known(c, "customer export")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, at.Close()) }()
	var text []byte
	err = at.DB.Read(c.Ctx, func(tx *db.Tx) (err error) {
		root, err := in.Person(tx, e.identity())
		if err == nil {
			text, err = customer.Export(tx, root)
		}
		return err
	})
	if err != nil {
		return err
	}
	text = append(text, '\n')
	if e.Out != "" {
		return writeFile(e.Out, text)
	}
	_, err = c.Stdout.Write(text)
	return err
}

// known opens the place for a command on a customer who is there.
func (w *Who) known(c *Context, command string) (*opened, *intake.Intake, error) {
	at, err := w.open(c.Ctx, command)
	if err != nil {
		return nil, nil, err
	}
	in, err := intake.New(c.Ctx, at.DB, business.Business{})
	if err != nil {
		return nil, nil, errors.Join(err, at.Close())
	}
	return at, in, nil
}

// forget has the columnar copy forget at once, and not with the next report.
func (o *opened) forget(ctx context.Context) error {
	switch {
	case o.Served != nil && o.Served.Follower != nil:
		return o.Served.Follower.Renew(ctx)
	case o.Folder != nil && o.Served == nil:
		return mirror.Remove(o.Folder.Mirror())
	}
	return nil
}

// EraseCustomerCmd forgets who a customer is.
type EraseCustomerCmd struct {
	Who

	Yes  bool   `help:"Do it. Without, it is only said what would be."`
	Lang string `help:"Language: en, ru, zh, el or mk." default:"en" placeholder:"LANG"`
}

// Run says what is forgotten and what stays, and with --yes does it.
func (e *EraseCustomerCmd) Run(c *Context) (err error) {
	l, err := locale.Get(e.Lang)
	if err != nil {
		return err
	}
	at, in, err := e.known(c, "customer erase")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, at.Close()) }()
	var known, orders int64
	err = at.DB.Read(c.Ctx, func(tx *db.Tx) (err error) {
		root, err := in.Person(tx, e.identity())
		if err == nil {
			known, orders, err = customer.Extent(tx, root)
		}
		return err
	})
	if err != nil {
		return err
	}
	said := "cli.erase.would"
	if e.Yes {
		if _, err := in.Erase(c.Ctx, at.DB, e.identity()); err != nil {
			return err
		}
		if err := at.forget(c.Ctx); err != nil {
			return err
		}
		said = "cli.erase.done"
	}
	_, err = fmt.Fprintln(c.Stdout, l.T(said, harmless(e.Customer), l.P("cli.erase.known", known), l.P("cli.erase.orders", orders)))
	return err
}
