package api

import (
	"context"
	"net/http"
	"time"

	"regulars/internal/act/draw"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/door/api/wire"
	"regulars/internal/record/customer"
)

func (a *API) tableOfDraws() {
	const one = "/v1/draws/{draw}"
	on(a, get, "/v1/draws", account.ProgrammeRead, "List draws", a.listDraws, says("Those that close last first, drafts too."))
	on(a, put, one, account.ProgrammeWrite, "Put a draw", a.putDraw, says("Makes a draft, or changes one. What is published cannot be changed; translations that are missing are added."))
	on(a, put, one+"/translations", account.ProgrammeWrite, "Translate a draw", a.translateDraw, says("Says what name, prizes and terms are in other languages, all of them, however far the draw has come: list, hash and public file have them as they are written. Of a draw that is published, what is said in a language stays, and what is missing is added."))
	on(a, get, one, account.ProgrammeRead, "Get a draw", a.getDraw)
	on(a, remove, one, account.ProgrammeWrite, "Discard a draw", a.discardDraw, says("A draft only."))
	on(a, post, one+"/publish", account.ProgrammeWrite, "Publish a draw", a.publishDraw, says("Makes the seed, keeps it sealed and tells its commitment. From then on nothing of the draw can be changed; translations that are missing can be added."))
	on(a, post, one+"/close", account.ProgrammeWrite, "Close a draw", a.closeDraw, says("Freezes the list of a draw whose time is over. A job does so too, within a minute. Repeated it is the same."))
	on(a, post, one+"/draw", account.ProgrammeWrite, "Draw the winners of a draw", a.drawDraw, says("Of a frozen list, and reveals the seed. Repeated it is the same."))
	on(a, post, one+"/cancel", account.ProgrammeWrite, "Cancel a draw", a.cancelDraw, says("Before it is drawn. What entries were bought for is given back, with its old expiry."))
	on(a, get, one+"/winners", account.PointsRead, "List the winners of a draw", a.drawWinners, says("By place, with the customers whose entries they are."))
	on(a, post, one+"/entries", account.PointsSpend, "Enter a customer into a draw", a.enterDraw, says("For nothing, or for units. What orders earn is counted when the list is frozen."))
	on(a, get, "/v1/customers/{id}/draws", account.PointsRead, "List the draws of a customer", a.ownDraws, under("draws"), says("Those they take part in."))
}

// DrawIn names a draw.
type DrawIn struct {
	Draw string `path:"draw" maxLength:"40"`
}

// DrawOut is a draw.
type DrawOut struct {
	Status int
	ETag   string `header:"ETag"`
	Body   wire.Draw
}

// draws is what holds them.
func (a *API) draws(ctx context.Context) (*draw.Desk, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	return facts.Draws(a.Box), nil
}

func (a *API) showDraw(s *draw.Stored, winners []draw.Held) wire.Draw {
	d := wire.Draw{Draw: s.Draw.Draw, Name: s.Name, OpensAt: s.Opens, ClosesAt: s.Closes, Free: s.Free, Terms: s.Terms, Translations: s.Translations, State: string(s.State), Version: s.Version,
		Commitment: s.Commitment, ListHash: s.ListHash, Entrants: s.Entrants, Entries: s.Entries, Seed: s.Seed, Reason: s.Reason}
	for _, p := range s.Prizes {
		d.Prizes = append(d.Prizes, wire.DrawPrize(p))
	}
	if s.Bought != nil {
		bought := wire.DrawBought(*s.Bought)
		d.Bought = &bought
	}
	if s.Earned != nil {
		earned := wire.DrawEarned(*s.Earned)
		d.Earned = &earned
	}
	if s.Rules != nil {
		rules := wire.DrawRules(*s.Rules)
		d.Rules = &rules
	}
	for _, t := range []struct {
		at time.Time
		to **time.Time
	}{{s.Published, &d.PublishedAt}, {s.FrozenAt, &d.FrozenAt}, {s.Ended, &d.EndedAt}} {
		if !t.at.IsZero() {
			*t.to = &t.at
		}
	}
	for _, w := range winners {
		d.Winners = append(d.Winners, wire.DrawWinner{Place: w.Place, Prize: w.Prize, Entry: w.Entry})
	}
	if s.State != draw.Draft {
		d.PublicFile = "/my/draws/" + s.Draw.Draw + "/draw.json"
		if a.Public != nil {
			d.PublicFile = a.Public() + d.PublicFile
		}
	}
	return d
}

// drawOut reads a draw with its winners.
func (a *API) drawOut(ctx context.Context, status int, key string) (*DrawOut, error) {
	var s draw.Stored
	var winners []draw.Held
	if err := a.Store.Read(ctx, func(tx *db.Tx) (err error) {
		if s, err = draw.Load(tx, key); err == nil {
			winners, err = draw.Winners(tx, key)
		}
		return err
	}); err != nil {
		return nil, err
	}
	return &DrawOut{Status: status, ETag: etag(s.Version), Body: a.showDraw(&s, winners)}, nil
}

func (a *API) listDraws(ctx context.Context, in *Paged) (*Listed[wire.Draw], error) {
	after, err := in.afterKey() // the moment it closes at and its name
	if err != nil {
		return nil, err
	}
	closes := int64(0)
	if after.Source != "" {
		at, err := time.Parse(time.RFC3339Nano, after.Source)
		if err != nil {
			return nil, badCursor()
		}
		closes = at.UnixMicro()
	}
	var all []draw.Stored
	if err := a.Store.Read(ctx, func(tx *db.Tx) (err error) {
		all, err = draw.List(tx, true, closes, after.Reference, in.Limit+1)
		return err
	}); err != nil {
		return nil, err
	}
	at := func(s draw.Stored) string {
		return cursorText(s.Closes.UTC().Format(time.RFC3339Nano) + "\x00" + s.Draw.Draw)
	}
	return listed(ctx, *in, all, at, func(s draw.Stored) wire.Draw { return a.showDraw(&s, nil) }), nil
}

func (a *API) getDraw(ctx context.Context, in *DrawIn) (*DrawOut, error) {
	return a.drawOut(ctx, http.StatusOK, in.Draw)
}

type putDrawIn struct {
	DrawIn
	Matched

	Body wire.Draw
}

func (a *API) putDraw(ctx context.Context, in *putDrawIn) (*DrawOut, error) {
	want, err := in.version()
	if err != nil {
		return nil, err
	}
	b := &in.Body
	d := draw.Draw{Draw: in.Draw, Name: b.Name, Opens: b.OpensAt, Closes: b.ClosesAt, Free: b.Free, Terms: b.Terms, Translations: b.Translations}
	for _, p := range b.Prizes {
		d.Prizes = append(d.Prizes, draw.Prize(p))
	}
	if b.Bought != nil {
		bought := draw.Bought(*b.Bought)
		d.Bought = &bought
	}
	if b.Earned != nil {
		earned := draw.Earned(*b.Earned)
		d.Earned = &earned
	}
	if b.Rules != nil {
		rules := draw.Rules(*b.Rules)
		d.Rules = &rules
	}
	var s draw.Stored
	if err := a.Store.Write(ctx, func(tx *db.Tx) error {
		if s, err = draw.Save(tx, d, who(ctx), want); err != nil {
			return err
		}
		return a.did(ctx, tx, "draw.saved", "draw:"+in.Draw, fieldsOf(b), 1)
	}); err != nil {
		return nil, err
	}
	status := http.StatusOK
	if s.Version == 1 {
		status = http.StatusCreated
	}
	return &DrawOut{Status: status, ETag: etag(s.Version), Body: a.showDraw(&s, nil)}, nil
}

type translateDrawIn struct {
	DrawIn
	Matched

	Body wire.Translated
}

func (a *API) translateDraw(ctx context.Context, in *translateDrawIn) (*DrawOut, error) {
	want, err := in.version()
	if err != nil {
		return nil, err
	}
	if err := a.Store.Write(ctx, func(tx *db.Tx) error {
		_, languages, err := draw.Translate(tx, in.Draw, in.Body.Translations, who(ctx), want)
		if err != nil || len(languages) == 0 {
			return err
		}
		return a.did(ctx, tx, "draw.translated", "draw:"+in.Draw, languages, 1)
	}); err != nil {
		return nil, err
	}
	return a.drawOut(ctx, http.StatusOK, in.Draw)
}

func (a *API) discardDraw(ctx context.Context, in *DrawIn) (*struct{}, error) {
	return nil, a.Store.Write(ctx, func(tx *db.Tx) error {
		if err := draw.Discard(tx, in.Draw); err != nil {
			return err
		}
		return a.did(ctx, tx, "draw.discarded", "draw:"+in.Draw, nil, 1)
	})
}

func (a *API) publishDraw(ctx context.Context, in *DrawIn) (*DrawOut, error) {
	desk, err := a.draws(ctx)
	if err != nil {
		return nil, err
	}
	if err := a.Store.Write(ctx, func(tx *db.Tx) error {
		s, err := desk.Publish(tx, in.Draw, who(ctx))
		if err != nil || !s.Published.Equal(tx.Now) { // it was before
			return err
		}
		return a.did(ctx, tx, "draw.published", "draw:"+in.Draw, alone(s.Alone), 1)
	}); err != nil {
		return nil, err
	}
	return a.drawOut(ctx, http.StatusOK, in.Draw)
}

// drawDone does something to a draw that writes into the trail what was done.
func (a *API) drawDone(ctx context.Context, key, action string, do func(desk *draw.Desk, record func(tx *db.Tx) error) error) (*DrawOut, error) {
	desk, err := a.draws(ctx)
	if err != nil {
		return nil, err
	}
	if err := do(desk, func(tx *db.Tx) error { return a.did(ctx, tx, action, "draw:"+key, nil, 1) }); err != nil {
		return nil, err
	}
	return a.drawOut(ctx, http.StatusOK, key)
}

func (a *API) closeDraw(ctx context.Context, in *DrawIn) (*DrawOut, error) {
	return a.drawDone(ctx, in.Draw, "draw.closed", func(desk *draw.Desk, record func(tx *db.Tx) error) error {
		_, err := desk.Close(ctx, a.Store, in.Draw, record)
		return err
	})
}

func (a *API) drawDraw(ctx context.Context, in *DrawIn) (*DrawOut, error) {
	return a.drawDone(ctx, in.Draw, "draw.drawn", func(desk *draw.Desk, record func(tx *db.Tx) error) error {
		_, err := desk.Draw(ctx, a.Store, in.Draw, record)
		return err
	})
}

type cancelDrawIn struct {
	DrawIn

	Body wire.DrawCancel
}

func (a *API) cancelDraw(ctx context.Context, in *cancelDrawIn) (*DrawOut, error) {
	return a.drawDone(ctx, in.Draw, "draw.cancelled", func(desk *draw.Desk, record func(tx *db.Tx) error) error {
		_, err := desk.Cancel(ctx, a.Store, in.Draw, in.Body.Reason, record)
		return err
	})
}

// DrawWinnersOut is who won a draw.
type DrawWinnersOut struct {
	Body wire.Page[wire.DrawWinner]
}

func (a *API) drawWinners(ctx context.Context, in *DrawIn) (*DrawWinnersOut, error) {
	out := &DrawWinnersOut{Body: wire.Page[wire.DrawWinner]{Data: []wire.DrawWinner{}}}
	err := a.Store.Read(ctx, func(tx *db.Tx) error {
		if _, err := draw.Load(tx, in.Draw); err != nil {
			return err
		}
		all, err := draw.Winners(tx, in.Draw)
		for _, w := range all {
			out.Body.Data = append(out.Body.Data, wire.DrawWinner{Place: w.Place, Prize: w.Prize, Entry: w.Entry, Customer: publicCustomer(w.Customer)})
		}
		return err
	})
	return out, err
}

type enterDrawIn struct {
	DrawIn
	Keyed

	Body wire.NewDrawEntry
}

// OwnDrawOut is how a customer stands in a draw.
type OwnDrawOut struct {
	Status int
	Body   wire.OwnDraw
}

func (a *API) enterDraw(ctx context.Context, in *enterDrawIn) (*OwnDrawOut, error) {
	b := &in.Body
	facts, root, err := a.about(ctx, b.Customer)
	if err != nil {
		return nil, err
	}
	desk := facts.Draws(a.Box)
	w := draw.Wish{Customer: root, Draw: in.Draw, Way: draw.Way(b.Way), Entries: b.Entries, Key: operationKey(ctx, in.Key), Actor: who(ctx)}
	out := &OwnDrawOut{Status: http.StatusOK}
	if err := desk.Enter(ctx, a.Store, w, func(tx *db.Tx) error {
		out.Status = http.StatusCreated
		return a.did(ctx, tx, "draw.entered", publicCustomer(root), fieldsOf(b), 1)
	}); err != nil {
		return nil, err
	}
	err = a.Store.Read(ctx, func(tx *db.Tx) error {
		s, err := draw.Load(tx, in.Draw)
		if err != nil {
			return err
		}
		members, err := customer.Members(tx, root)
		if err != nil {
			return err
		}
		own, err := desk.Of(tx, &s, members)
		out.Body = showOwnDraw(&own)
		return err
	})
	return out, err
}

func showOwnDraw(o *draw.Own) wire.OwnDraw {
	shown := wire.OwnDraw{Draw: o.Draw, Name: o.Name, State: string(o.State), Free: o.Free, Bought: o.Bought, Earned: o.Earned, ByRules: o.Rules}
	for _, e := range o.Entries {
		shown.Entries = append(shown.Entries, wire.DrawEntry(e))
	}
	for _, w := range o.Won {
		shown.Won = append(shown.Won, wire.DrawWinner{Place: w.Place, Prize: w.Prize, Entry: w.Entry})
	}
	return shown
}

// OwnDrawsOut is the draws of a customer.
type OwnDrawsOut struct {
	Body wire.Page[wire.OwnDraw]
}

func (a *API) ownDraws(ctx context.Context, in *CustomerIn) (*OwnDrawsOut, error) {
	desk, err := a.draws(ctx)
	if err != nil {
		return nil, err
	}
	out := &OwnDrawsOut{Body: wire.Page[wire.OwnDraw]{Data: []wire.OwnDraw{}}}
	err = a.Store.Read(ctx, func(tx *db.Tx) error {
		root, err := a.person(tx, in.ID)
		if err != nil {
			return err
		}
		all, err := desk.OfAll(tx, root)
		for i := range all {
			out.Body.Data = append(out.Body.Data, showOwnDraw(&all[i]))
		}
		return err
	})
	return out, err
}
