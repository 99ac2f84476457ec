package api

import (
	"context"

	"regulars/internal/act/programme"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/door/api/wire"
	"regulars/internal/prove/replay"
)

type rehearseIn struct {
	ProgrammeIn

	Body wire.Rehearse
}

// RehearsalOut is what came of a rehearsal.
type RehearsalOut struct {
	Body replay.Result
}

// rehearse runs a version over the orders of before, beside the one in force. It may take a while, so only a few do at once.
func (a *API) rehearse(ctx context.Context, in *rehearseIn) (*RehearsalOut, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	select {
	case a.analyses <- struct{}{}:
		defer func() { <-a.analyses }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	b := &in.Body
	o := replay.Options{ValueMinor: b.ValueMinor, Used: b.Used, Margin: b.Margin, Rise: b.Rise, Zone: facts.Business.Zone, Digits: facts.Business.Digits()}
	if b.From != "" {
		if o.From, err = replay.Day(b.From, o.Zone); err != nil {
			return nil, fault.In("from", fault.Invalidf("%q is no day such as 2026-01-31", b.From))
		}
	}
	var draft, present *programme.Compiled
	if err := a.Store.Read(ctx, func(tx *db.Tx) (err error) {
		book := facts.Programme().Book
		if present, err = book.Current(tx, o.Zone); err != nil {
			return err
		}
		draft, err = book.Version(tx, in.Version, o.Zone)
		return err
	}); err != nil {
		return nil, err
	}
	if present != nil && present.Version == draft.Version {
		present = nil // with itself it need not be compared
	}
	out, err := replay.Run(ctx, a.Store, draft, present, o)
	if err != nil {
		return nil, err
	}
	return &RehearsalOut{Body: *out}, nil
}
