package cli

import (
	"cmp"
	"context"
	"errors"
	"os"
	"slices"

	"github.com/alecthomas/kong"

	"regulars/internal/act/club"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/measure/mirror"
	"regulars/internal/measure/parameter"
	"regulars/internal/measure/report"
	"regulars/internal/record/business"
	"regulars/internal/understand/forecast"
)

// Engines of reports on kept facts.
const (
	engineMirror   = "mirror"
	engineDatabase = "database"
)

// ofKept says whether the report is on facts that are kept, and refuses options that belong to the other kind. Files
// that are named count before a place that only the environment names.
func (r *ReportCmd) ofKept() (bool, error) {
	typed := r.Data != "" && r.Data != kong.ExpandPath(os.Getenv(dataVariable)) || r.Database != "" && r.Database != os.Getenv(databaseVariable)
	switch {
	case len(r.Files) > 0 && typed:
		return false, fault.Invalidf("name either files, or a place of facts with --data or --database, not both")
	case len(r.Files) > 0:
		return false, nil
	case r.Data == "" && r.Database == "":
		return false, fault.Invalidf("name the files to report on, or the place of facts that are kept with --data or --database")
	}
	for _, o := range []struct {
		given bool
		flag  string
	}{
		{len(r.Map) > 0, "--map"}, {r.Kind != "", "--kind"}, {r.Encoding != "", "--encoding"}, {r.DryRun, "--dry-run"},
		{r.ZeroPrice == "reject", "--zero-price"},
	} {
		if o.given {
			return false, fault.Invalidf("%s says how to read files; kept facts have been read when they were imported", o.flag)
		}
	}
	return true, nil
}

// fromStore assembles the picture of kept facts.
func (r *ReportCmd) fromStore(c *Context, o report.Options) (p *report.Picture, err error) {
	if err := checkOutputs(nil, r.Out, r.CustomersOut); err != nil {
		return nil, err
	}
	place, err := r.open(c.Ctx, "report")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, place.Close()) }()
	b, err := r.business(c, place.DB, o)
	if err != nil {
		return nil, err
	}
	if err := place.DB.Read(c.Ctx, func(tx *db.Tx) error {
		said, err := parameter.Load(tx)
		if err != nil {
			return err
		}
		said.Settle(&o.Settings)
		foretold, err := forecast.LoadMeasures(tx)
		if err != nil {
			return err
		}
		members, err := club.LoadMeasures(tx, place.DB)
		o.More = slices.Concat(foretold, members)
		return err
	}); err != nil {
		return nil, err
	}
	view := mirror.View{Kind: o.Kind, AsOf: o.Settings.AsOf, WithoutReturns: o.Import.IgnoreReturns}
	if r.Engine == engineDatabase || r.Engine != engineMirror && place.Folder == nil {
		source, err := mirror.Direct(c.Ctx, place.DB, view)
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, source.Close()) }()
		return report.FromStore(c.Ctx, source, b, o)
	}
	return r.fromCopy(c, place, view, b, o)
}

func (r *ReportCmd) fromCopy(c *Context, place *opened, view mirror.View, b business.Business, o report.Options) (p *report.Picture, err error) {
	follower, done, err := place.follow(c.Ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, done()) }()
	if _, err := follower.Refresh(c.Ctx); err != nil {
		return nil, err
	}
	source, err := follower.Source(c.Ctx, view)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	return report.FromStore(c.Ctx, source, b, o)
}

// follow is the columnar copy of the place: the server's, where one has it.
func (o *opened) follow(ctx context.Context) (f *mirror.Follower, done func() error, err error) {
	if o.Served != nil && o.Served.Follower != nil {
		return o.Served.Follower, func() error { return nil }, nil
	}
	where := mirror.Options{} // in memory, where there is no folder
	if o.Folder != nil && o.Served == nil {
		where.Path = o.Folder.Mirror()
	}
	if f, err = mirror.Follow(ctx, o.DB, where); err != nil {
		return nil, nil, err
	}
	return f, f.Close, nil
}

// business is whose facts they are. What the options say of it must be so.
func (r *ReportCmd) business(c *Context, d *db.DB, o report.Options) (b business.Business, err error) {
	err = d.Read(c.Ctx, func(tx *db.Tx) (err error) {
		b, err = business.Load(tx)
		return err
	})
	if err != nil {
		return b, err
	}
	zone := "UTC"
	if b.Zone != nil {
		zone = b.Zone.String()
	}
	if r.Timezone != "" && r.Timezone != zone {
		return b, fault.Invalidf("the facts in %s are kept in the time zone %s, not %s; leave --timezone out", r.name(), zone, r.Timezone)
	}
	if o.Currency != "" && o.Currency != b.Currency {
		return b, fault.Invalidf("the facts in %s are kept in %s, not %s; leave --currency out", r.name(), cmp.Or(b.Currency, "no currency that was said"), o.Currency)
	}
	return b, nil
}
