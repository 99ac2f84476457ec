package api

import (
	"context"
	"encoding/json"
	"time"

	"regulars/internal/act/programme"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
	"regulars/internal/door/api/wire"
	"regulars/internal/prove/replay"
)

type rehearseIn struct {
	ProgrammeIn
	Spoken

	Body wire.Rehearse
}

// RehearsalOut is what came of a rehearsal.
type RehearsalOut struct {
	Body replay.Result
}

type lintIn struct {
	Spoken

	Body wire.LintProgramme
}

// LintOut is what in a programme should be looked at.
type LintOut struct {
	Body replay.Lint
}

// lintProgramme looks a document over; nothing is stored.
func (a *API) lintProgramme(ctx context.Context, in *lintIn) (*LintOut, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(in.Body.Document)
	if err != nil {
		return nil, fault.In("document", fault.Invalidf("the document cannot be read: %w", err))
	}
	document, err := programme.Parse(text)
	if err == nil {
		_, err = programme.Compile(document, 0, facts.Business.Zone)
	}
	if err != nil {
		return nil, fault.In("document", err)
	}
	l, err := locale.Get(in.Lang)
	if err != nil {
		return nil, err
	}
	o := replay.Options{ValueMinor: in.Body.ValueMinor, Margin: in.Body.Margin, Digits: facts.Business.Digits()}
	if err := a.Store.Read(ctx, func(tx *db.Tx) (err error) { o.Beside, err = replay.LoadBeside(tx); return err }); err != nil {
		return nil, err
	}
	out := &LintOut{Body: replay.Check(document, nil, &o, time.Now().In(facts.Business.Zone))}
	out.Body.Say(l, facts.Business.Currency)
	return out, nil
}

// rehearse runs a version over the orders of before, beside the one in force. It may take a while, so only a few do at once.
func (a *API) rehearse(ctx context.Context, in *rehearseIn) (*RehearsalOut, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	free, err := a.Analyses.Place(ctx)
	if err != nil {
		return nil, err
	}
	defer free()
	b := &in.Body
	o := replay.Options{ValueMinor: b.ValueMinor, Used: b.Used, Margin: b.Margin, Rise: b.Rise, Zone: facts.Business.Zone, Digits: facts.Business.Digits(), Today: time.Now().In(facts.Business.Zone)}
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
		if draft, err = book.Version(tx, in.Version, o.Zone); err != nil {
			return err
		}
		o.Beside, err = replay.LoadBeside(tx)
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
	l, err := locale.Get(in.Lang)
	if err != nil {
		return nil, err
	}
	out.Lint.Say(l, facts.Business.Currency)
	return &RehearsalOut{Body: *out}, nil
}
