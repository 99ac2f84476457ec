package cli

import (
	"context"
	"errors"
	"net/url"
	"os"

	"github.com/alecthomas/kong"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/folder"
	"regulars/internal/door/server"
	"regulars/internal/record/schema"
)

// Place says where facts are kept: embedded in every command that reads or writes them.
type Place struct {
	Data     string `help:"Folder that the data is kept in, on this machine." env:"REGULARS_DATA" placeholder:"DIR"`
	Database string `help:"Address of a PostgreSQL database instead: postgres://user@host/name." env:"REGULARS_DATABASE" placeholder:"URL"`
}

// Names of the variables that stand for the flags.
const (
	dataVariable     = "REGULARS_DATA"
	databaseVariable = "REGULARS_DATABASE"
)

// one is the place with exactly one of its flags. What is typed counts before the environment.
func (p Place) one() (Place, error) {
	if p.Data != "" && p.Database != "" {
		data := p.Data == os.Getenv(dataVariable)
		database := p.Database == os.Getenv(databaseVariable)
		switch {
		case data == database:
			return p, fault.Invalidf("--data and --database both name a place for the data (so do %s and %s); name one",
				dataVariable, databaseVariable)
		case data:
			p.Data = ""
		default:
			p.Database = ""
		}
	}
	if p.Data == "" && p.Database == "" {
		return p, fault.Invalidf("name the place of the data: --data DIR for a folder on this machine, " +
			"or --database URL for a PostgreSQL database")
	}
	if p.Data != "" { // not by kong, which takes an empty variable for the current folder
		p.Data = kong.ExpandPath(p.Data)
	}
	return p, nil
}

// name is what to call the place in a sentence, without a password.
func (p Place) name() string {
	if p.Data != "" {
		return p.Data
	}
	u, err := url.Parse(p.Database)
	if err != nil || u.Scheme == "" {
		return "the database"
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// opened is an open place.
type opened struct {
	DB     *db.DB
	Folder *folder.Folder // nil on PostgreSQL
	// Served is the server that has the place, where the command runs inside of it.
	Served *server.Server
}

// servedKey finds, in the context of a command that came over the local socket, the place that the server has open.
type servedKey struct{}

// servedIn is the place of the server that the command runs in; nil: it runs by itself.
func servedIn(ctx context.Context) *opened {
	served, _ := ctx.Value(servedKey{}).(*opened)
	return served
}

// Close closes the database and lets others have the folder. What a server has open stays so.
func (o *opened) Close() error {
	if o.Served != nil {
		return nil
	}
	var err error
	if o.DB != nil { // nil: it was to be opened anew, and could not
		err = o.DB.Close()
	}
	if o.Folder != nil {
		err = errors.Join(err, o.Folder.Close())
	}
	return err
}

// renew empties the folder and opens it again, without letting go of it. The token is that of the link by which whoever
// asked for it sets their business up: it is good before a server can be asked.
func (o *opened) renew(ctx context.Context, token string) (err error) {
	old := o.DB
	o.DB = nil
	if err := old.Close(); err != nil {
		return err
	}
	if err := o.Folder.Clear(); err != nil {
		return err
	}
	if o.DB, err = schema.Open(ctx, db.Options{Path: o.Folder.Database()}); err != nil {
		return err
	}
	return o.DB.Write(ctx, func(tx *db.Tx) error { return account.KeepSetupLink(tx, token) })
}

// create opens the place for the command that will put facts there, with the newest schema; a folder is made where it
// is not there. Until it is closed, no other command has the folder.
func (p Place) create(ctx context.Context, command string) (*opened, error) {
	return p.openBy(ctx, func(path string) (*folder.Folder, error) { return folder.Make(path, command) })
}

// open opens the place for the command, with the newest schema; there must be data in a folder. Until it is closed, no
// other command has the folder.
func (p Place) open(ctx context.Context, command string) (*opened, error) {
	return p.openBy(ctx, func(path string) (*folder.Folder, error) { return folder.Open(path, command) })
}

func (p Place) openBy(ctx context.Context, hold func(path string) (*folder.Folder, error)) (o *opened, err error) {
	if served := servedIn(ctx); served != nil {
		return served, nil
	}
	at, err := p.one()
	if err != nil {
		return nil, err
	}
	o = &opened{}
	if at.Data == "" {
		if o.DB, err = schema.Open(ctx, db.Options{URL: at.Database}); err != nil {
			return nil, err
		}
		return o, nil
	}
	if o.Folder, err = hold(at.Data); err != nil {
		return nil, err
	}
	if o.DB, err = schema.Open(ctx, db.Options{Path: o.Folder.Database()}); err != nil {
		return nil, errors.Join(err, o.Folder.Close())
	}
	return o, nil
}
