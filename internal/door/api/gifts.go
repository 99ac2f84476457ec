package api

import (
	"context"
	"math"
	"net/http"
	"time"

	"regulars/internal/act/gift"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/locale"
	"regulars/internal/base/stats"
	"regulars/internal/door/api/wire"
	"regulars/internal/record/holiday"
)

func (a *API) tableOfGifts() {
	const one = "/v1/surprises/{surprise}"
	on(a, get, "/v1/surprises", account.ProgrammeRead, "List surprises", a.listSurprises, says("Those that are given last first."))
	on(a, put, one, account.ProgrammeWrite, "Put a surprise", a.putSurprise, says("Makes a draft, or changes one. What is planned cannot be changed, other than its translations."))
	on(a, put, one+"/translations", account.ProgrammeWrite, "Translate a surprise", a.translateSurprise, says("Says what the name is in other languages, all of them anew, however far the surprise has come."))
	on(a, get, one, account.ProgrammeRead, "Get a surprise", a.getSurprise, says("Once it is given with what those with and without bought since."))
	on(a, remove, one, account.ProgrammeWrite, "Discard a surprise", a.discardSurprise, says("A draft only."))
	on(a, get, one+"/estimate", account.ProgrammeRead, "Estimate a surprise", a.estimateSurprise, says("How many qualify now, and what giving to them costs."))
	on(a, post, one+"/plan", account.ProgrammeWrite, "Plan a surprise", a.planSurprise, says("Has it given by a job when its time has come. Repeated it is the same."))
	on(a, post, one+"/cancel", account.ProgrammeWrite, "Cancel a surprise", a.cancelSurprise, says("A planned one, before its list is frozen. Repeated it is the same."))
	on(a, get, "/v1/customers/{id}/gifts", account.PointsRead, "List the gifts of a customer", a.ownGifts, under("gifts"), says("The newest first, with surprises in which they were kept back or not drawn."))
	on(a, get, "/v1/settings/gifts", account.SettingsRead, "Get how gifts are told", a.getGiftSettings)
	on(a, put, "/v1/settings/gifts", account.SettingsWrite, "Set how gifts are told", a.putGiftSettings)
}

// SurpriseIn names a surprise.
type SurpriseIn struct {
	Surprise string `path:"surprise" maxLength:"40"`
}

// SurpriseOut is a surprise.
type SurpriseOut struct {
	Status int
	ETag   string `header:"ETag"`
	Body   wire.Surprise
}

func showSurprise(s *gift.Stored) wire.Surprise {
	w := &s.Who
	shown := wire.Surprise{Surprise: s.Surprise.Surprise, Name: s.Name, Unit: s.Unit, Units: s.Units, Reward: s.Reward, Gifts: s.Gifts, Budget: s.Budget, HoldOut: s.HoldOut, GivesAt: s.Gives, Translations: s.Translations,
		Who: wire.SurpriseWho{Segment: w.Segment, Tier: w.Tier, Members: w.Members, Orders: w.Orders, SpentMinor: w.Spent, WithinDays: w.Within, AwayDays: w.Away,
			Condition: w.Condition}, State: string(s.State), Version: s.Version, Qualified: s.Qualified, Seed: s.Seed}
	for _, t := range []struct {
		at time.Time
		to **time.Time
	}{{s.Frozen, &shown.FrozenAt}, {s.Ended, &shown.EndedAt}} {
		if !t.at.IsZero() {
			*t.to = &t.at
		}
	}
	return shown
}

func finite(f float64) *float64 {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil
	}
	return &f
}

func showChange(c stats.Change, verdict string) wire.SurpriseChange {
	return wire.SurpriseChange{Difference: finite(c.Difference), Low: finite(c.Low), High: finite(c.High), Verdict: verdict}
}

func showSide(s *gift.Side) wire.SurpriseSide {
	return wire.SurpriseSide{Customers: s.Customers, Came: s.Came, PaidMinor: s.Minor}
}

// surpriseOut reads a surprise with what came of it.
func (a *API) surpriseOut(ctx context.Context, status int, key string) (*SurpriseOut, error) {
	out := &SurpriseOut{Status: status}
	err := a.Store.Read(ctx, func(tx *db.Tx) error {
		s, err := gift.Load(tx, key)
		if err != nil {
			return err
		}
		out.ETag, out.Body = etag(s.Version), showSurprise(&s)
		if s.Frozen.IsZero() {
			return nil
		}
		sums, err := gift.Sums(tx, key)
		if err != nil {
			return err
		}
		out.Body.Lots = &wire.SurpriseLots{Given: sums[gift.Gifted], HeldOut: sums[gift.HeldOut], NotDrawn: sums[gift.NotDrawn], Missed: sums[gift.Missed]}
		e, err := gift.EffectOf(tx, &s)
		const hundred = 100
		out.Body.Effect = &wire.SurpriseEffect{With: showSide(&e.With), Without: showSide(&e.Without), Came: showChange(e.Came.Scale(hundred), e.CameVerdict),
			Paid: showChange(e.Paid, e.PaidVerdict)}
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (a *API) listSurprises(ctx context.Context, in *Paged) (*Listed[wire.Surprise], error) {
	after, err := in.afterKey() // the moment it is given at and its name
	if err != nil {
		return nil, err
	}
	gives := int64(0)
	if after.Source != "" {
		at, err := time.Parse(time.RFC3339Nano, after.Source)
		if err != nil {
			return nil, badCursor()
		}
		gives = at.UnixMicro()
	}
	var all []gift.Stored
	if err := a.Store.Read(ctx, func(tx *db.Tx) (err error) {
		all, err = gift.List(tx, gives, after.Reference, in.Limit+1)
		return err
	}); err != nil {
		return nil, err
	}
	at := func(s gift.Stored) string {
		return cursorText(s.Gives.UTC().Format(time.RFC3339Nano) + "\x00" + s.Surprise.Surprise)
	}
	return listed(ctx, *in, all, at, func(s gift.Stored) wire.Surprise { return showSurprise(&s) }), nil
}

func (a *API) getSurprise(ctx context.Context, in *SurpriseIn) (*SurpriseOut, error) {
	return a.surpriseOut(ctx, http.StatusOK, in.Surprise)
}

type putSurpriseIn struct {
	SurpriseIn
	Matched

	Body wire.Surprise
}

func (a *API) putSurprise(ctx context.Context, in *putSurpriseIn) (*SurpriseOut, error) {
	want, err := in.version()
	if err != nil {
		return nil, err
	}
	b, w := &in.Body, &in.Body.Who
	s := gift.Surprise{Surprise: in.Surprise, Name: b.Name, Unit: b.Unit, Units: b.Units, Reward: b.Reward, Gifts: b.Gifts, Budget: b.Budget, HoldOut: b.HoldOut, Gives: b.GivesAt, Translations: b.Translations,
		Who: gift.Who{Segment: w.Segment, Tier: w.Tier, Members: w.Members, Orders: w.Orders, Spent: w.SpentMinor, Within: w.WithinDays, Away: w.AwayDays, Condition: w.Condition}}
	status := http.StatusOK
	if err := a.Store.Write(ctx, func(tx *db.Tx) error {
		stored, err := gift.Save(tx, s, who(ctx), want)
		if err != nil {
			return err
		}
		if stored.Version == 1 {
			status = http.StatusCreated
		}
		return a.did(ctx, tx, "surprise.saved", gift.CauseOf(in.Surprise), fieldsOf(b), 1)
	}); err != nil {
		return nil, err
	}
	return a.surpriseOut(ctx, status, in.Surprise)
}

type translateSurpriseIn struct {
	SurpriseIn
	Matched

	Body wire.Translated
}

func (a *API) translateSurprise(ctx context.Context, in *translateSurpriseIn) (*SurpriseOut, error) {
	want, err := in.version()
	if err != nil {
		return nil, err
	}
	if err := a.Store.Write(ctx, func(tx *db.Tx) error {
		_, languages, err := gift.Translate(tx, in.Surprise, in.Body.Translations, who(ctx), want)
		if err != nil || len(languages) == 0 {
			return err
		}
		return a.did(ctx, tx, "surprise.translated", gift.CauseOf(in.Surprise), languages, 1)
	}); err != nil {
		return nil, err
	}
	return a.surpriseOut(ctx, http.StatusOK, in.Surprise)
}

func (a *API) discardSurprise(ctx context.Context, in *SurpriseIn) (*struct{}, error) {
	return nil, a.Store.Write(ctx, func(tx *db.Tx) error {
		if err := gift.Discard(tx, in.Surprise); err != nil {
			return err
		}
		return a.did(ctx, tx, "surprise.discarded", gift.CauseOf(in.Surprise), nil, 1)
	})
}

// SurpriseEstimateOut is who would qualify.
type SurpriseEstimateOut struct{ Body wire.SurpriseEstimate }

func (a *API) estimateSurprise(ctx context.Context, in *SurpriseIn) (*SurpriseEstimateOut, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	var s gift.Stored
	if err := a.Store.Read(ctx, func(tx *db.Tx) (err error) { s, err = gift.Load(tx, in.Surprise); return err }); err != nil {
		return nil, err
	}
	e, err := facts.Gifts().Estimate(ctx, a.Store, &s.Surprise)
	if err != nil {
		return nil, err
	}
	out := &SurpriseEstimateOut{Body: wire.SurpriseEstimate{Qualified: e.Qualified, AtMost: e.AtMost, Gifts: e.Gifts, HeldOut: e.Held, Units: e.Gifts * s.Units}}
	if e.Left >= 0 {
		out.Body.Left = &e.Left
	}
	return out, nil
}

// surpriseMoved moves a surprise on, and writes into the trail that it did, unless it was so before.
func (a *API) surpriseMoved(ctx context.Context, key string, to gift.State, move func(tx *db.Tx, key string) (gift.Stored, bool, error)) (*SurpriseOut, error) {
	if err := a.Store.Write(ctx, func(tx *db.Tx) error {
		if _, moved, err := move(tx, key); err != nil || !moved {
			return err
		}
		return a.did(ctx, tx, "surprise."+string(to), gift.CauseOf(key), nil, 1)
	}); err != nil {
		return nil, err
	}
	return a.surpriseOut(ctx, http.StatusOK, key)
}

func (a *API) planSurprise(ctx context.Context, in *SurpriseIn) (*SurpriseOut, error) {
	return a.surpriseMoved(ctx, in.Surprise, gift.Planned, gift.Plan)
}

func (a *API) cancelSurprise(ctx context.Context, in *SurpriseIn) (*SurpriseOut, error) {
	return a.surpriseMoved(ctx, in.Surprise, gift.Cancelled, gift.Cancel)
}

type ownGiftsIn struct {
	CustomerIn

	Lang string `query:"lang" enum:"en,ru,zh,el,mk" default:"en" doc:"Language of the names."`
}

// OwnGiftsOut is the gifts of a customer.
type OwnGiftsOut struct{ Body wire.Page[wire.Gift] }

func (a *API) ownGifts(ctx context.Context, in *ownGiftsIn) (*OwnGiftsOut, error) {
	l, err := locale.Get(in.Lang)
	if err != nil {
		return nil, err
	}
	out := &OwnGiftsOut{Body: wire.Page[wire.Gift]{Data: []wire.Gift{}}}
	err = a.Store.Read(ctx, func(tx *db.Tx) error {
		members, _, err := a.everybody(tx, in.ID)
		if err != nil {
			return err
		}
		calendar, err := holiday.Load(tx)
		if err != nil {
			return err
		}
		const most = 1000
		all, err := gift.Of(tx, members, time.UnixMicro(0), most)
		w := gift.Words{Locale: l, Calendar: &calendar}
		for i := range all {
			g := &all[i]
			shown := wire.Gift{Occasion: g.Occasion, About: g.About, Name: w.Occasion(g), Lot: string(g.Lot), Gave: []wire.GiftPart{}, At: g.At.UTC(), Letter: g.Greeting}
			for _, part := range g.Gave {
				shown.Gave = append(shown.Gave, wire.GiftPart{Unit: part.Unit, Units: part.Units, Reward: part.Reward, Draw: part.Draw, Entries: part.Entries})
			}
			out.Body.Data = append(out.Body.Data, shown)
		}
		return err
	})
	return out, err
}

// GiftSettingsOut is how gifts are told.
type GiftSettingsOut struct{ Body wire.GiftSettings }

func (a *API) getGiftSettings(ctx context.Context, _ *none) (*GiftSettingsOut, error) {
	out := &GiftSettingsOut{}
	err := a.Store.Read(ctx, func(tx *db.Tx) error {
		s, err := gift.LoadSettings(tx)
		out.Body = wire.GiftSettings(s)
		return err
	})
	return out, err
}

type giftSettingsIn struct{ Body wire.GiftSettings }

func (a *API) putGiftSettings(ctx context.Context, in *giftSettingsIn) (*GiftSettingsOut, error) {
	if err := a.Store.Write(ctx, func(tx *db.Tx) error {
		if err := gift.Settings(in.Body).Save(tx); err != nil {
			return err
		}
		return a.did(ctx, tx, "settings.update", "gifts", []string{"silent"}, 1)
	}); err != nil {
		return nil, err
	}
	return a.getGiftSettings(ctx, nil)
}
