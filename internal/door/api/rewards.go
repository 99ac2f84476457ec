package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"regulars/internal/act/points"
	"regulars/internal/act/reward"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/door/api/wire"
	"regulars/internal/record/order"
)

func (a *API) tableOfRewards() {
	const one = "/v1/rewards/{reward}"
	on(a, get, "/v1/rewards", account.ProgrammeRead, "List rewards", a.listRewards, says("By name. Archived ones are left out unless asked for."))
	on(a, get, one, account.ProgrammeRead, "Get a reward", a.getReward)
	on(a, put, one, account.ProgrammeWrite, "Put a reward", a.putReward, says("Makes a reward or replaces it. What customers took before stays as it was promised to them."))
	on(a, remove, one, account.ProgrammeWrite, "Archive a reward", a.archiveReward, says("It cannot be had any more. Putting it again brings it back."))
	on(a, post, one+"/codes", account.ProgrammeWrite, "Add codes to a reward", a.addCodes, atMost(eventsMost), says("To its pool, up to 10,000 at once. A list may be handed in again: what is there already is passed over."))
	on(a, get, "/v1/customers/{id}/rewards", account.PointsRead, "List the rewards for a customer", a.listOffers, under("rewards"),
		says("Each with whether the customer can have it now, and if not, why and what is missing."))

	const taken = "/v1/redemptions/{id}"
	on(a, get, "/v1/redemptions", account.PointsRead, "List redemptions", a.listRedemptions, says("Of one customer, the newest first."))
	on(a, post, "/v1/redemptions", account.PointsSpend, "Redeem a reward", a.redeem, says("Spends the units and gives the code, in one. With hold_seconds the units are held until you issue it."))
	on(a, get, taken, account.PointsRead, "Get a redemption", a.getRedemption, says("With what became of it."))
	on(a, post, taken+"/issue", account.PointsSpend, "Issue a redemption", a.issueRedemption, says("Spends what is held."))
	on(a, post, taken+"/use", account.PointsSpend, "Use a redemption", a.useRedemption, says("The customer got what was promised."))
	on(a, post, taken+"/reopen", account.PointsSpend, "Reopen a redemption", a.reopenRedemption, says("It was used by mistake: it is issued again. Needs a reason."))
	on(a, post, taken+"/refund", account.PointsSpend, "Refund a redemption", a.refundRedemption, says("Gives the units back with their old expiry, and what was limited to others. One that was used is reopened first."))
	on(a, post, taken+"/void", account.PointsAdjust, "Void a redemption", a.voidRedemption, says("Takes it back without giving units back. Needs a reason."))

	on(a, get, "/v1/member-pages", account.ProgrammeRead, "Get the pages of members", a.getMemberPages, under("members"))
	on(a, put, "/v1/member-pages", account.ProgrammeWrite, "Set the pages of members", a.putMemberPages, under("members"),
		says("Members join and come in under /my/ by a link that is mailed to them, so a mail server must be set up."))
	on(a, get, "/v1/member-pages/logo", account.ProgrammeRead, "Get the logo of the business", a.getLogo, answersPNG, under("members"),
		says("As the pages of members show it."))
	on(a, put, "/v1/member-pages/logo", account.ProgrammeWrite, "Set the logo of the business", a.putLogo, streams("image/png", "image/jpeg", "image/webp", "multipart/form-data"), under("members"),
		says("The picture is the body, or the file of a form: PNG, JPEG or WebP, 2 MB and 8 million dots at most. It is drawn anew, so that nothing else in the file is kept."))
	on(a, remove, "/v1/member-pages/logo", account.ProgrammeWrite, "Remove the logo of the business", a.removeLogo, under("members"), says("Repeated it is the same."))

	on(a, get, "/v1/codes/{code}", account.PointsSpend, "Look a code up", a.findCode, says("Only a few wrong codes a minute are answered."))
	on(a, post, "/v1/codes/{code}/use", account.PointsSpend, "Use a code", a.useCode, says("What POST /v1/redemptions/{id}/use does, by the code. One for everybody is redeemed for the customer and used at once."))
}

func showReward(s *reward.Stored) (wire.Reward, error) {
	shown := wire.Reward{Reward: s.Reward.Reward, Name: s.Name, Description: s.Description, Image: s.Image, Kind: string(s.Kind), Unit: s.Unit, Price: s.Price,
		PerCustomer: s.PerCustomer, Period: string(s.Period), GoodDays: s.GoodDays, Left: s.Left, Archived: s.Archived, PoolLeft: s.PoolLeft,
		Version: s.Version, UpdatedAt: &s.Updated}
	if s.Coding.Kind != reward.NoCode {
		shown.Codes = &wire.RewardCodes{Kind: string(s.Coding.Kind), Pattern: s.Coding.Pattern, Code: s.Coding.Code}
	}
	for _, t := range []struct {
		from time.Time
		to   **time.Time
	}{{s.From, &shown.From}, {s.Until, &shown.Until}} {
		if !t.from.IsZero() {
			*t.to = &t.from
		}
	}
	if len(s.Terms) > 0 {
		if err := json.Unmarshal(s.Terms, &shown.Terms); err != nil {
			return shown, fmt.Errorf("the terms of reward %s: %w", s.Reward.Reward, err)
		}
	}
	return shown, nil
}

// rewardOf turns what came over the wire into what is kept.
func rewardOf(name string, w *wire.Reward) (r reward.Reward, err error) {
	r = reward.Reward{Reward: name, Name: w.Name, Description: w.Description, Image: w.Image, Kind: reward.Kind(w.Kind), Unit: w.Unit, Price: w.Price,
		PerCustomer: w.PerCustomer, Period: reward.Period(w.Period), GoodDays: w.GoodDays}
	if w.Codes != nil {
		r.Coding = reward.Coding{Kind: reward.CodeKind(w.Codes.Kind), Pattern: w.Codes.Pattern, Code: w.Codes.Code}
	}
	if w.From != nil {
		r.From = *w.From
	}
	if w.Until != nil {
		r.Until = *w.Until
	}
	if w.Terms != nil {
		if r.Terms, err = json.Marshal(w.Terms); err != nil {
			return r, fault.In("terms", fault.Invalidf("the terms cannot be kept: %w", err))
		}
	}
	return r, nil
}

type rewardsIn struct {
	Paged

	Archived bool `query:"archived" doc:"Archived ones too."`
}

func (a *API) listRewards(ctx context.Context, in *rewardsIn) (*Listed[wire.Reward], error) {
	after, err := in.afterText()
	if err != nil {
		return nil, err
	}
	var shown []wire.Reward
	err = a.Store.Read(ctx, func(tx *db.Tx) error {
		all, err := reward.List(tx, in.Archived, after, in.Limit+1)
		if err != nil {
			return err
		}
		shown, err = showRewards(all)
		return err
	})
	if err != nil {
		return nil, err
	}
	return listed(ctx, in.Paged, shown, func(r wire.Reward) string { return cursorText(r.Reward) }, func(r wire.Reward) wire.Reward { return r }), nil
}

func showRewards(all []reward.Stored) ([]wire.Reward, error) {
	shown := make([]wire.Reward, len(all))
	for i := range all {
		var err error
		if shown[i], err = showReward(&all[i]); err != nil {
			return nil, err
		}
	}
	return shown, nil
}

// RewardIn names a reward.
type RewardIn struct {
	Reward string `path:"reward" maxLength:"60"`
}

// RewardOut is a reward.
type RewardOut struct {
	Status int
	ETag   string `header:"ETag"`
	Body   wire.Reward
}

func rewardOut(status int, s *reward.Stored) (*RewardOut, error) {
	shown, err := showReward(s)
	return &RewardOut{Status: status, ETag: etag(s.Version), Body: shown}, err
}

func (a *API) getReward(ctx context.Context, in *RewardIn) (*RewardOut, error) {
	var s reward.Stored
	err := a.Store.Read(ctx, func(tx *db.Tx) (err error) {
		s, err = reward.Load(tx, in.Reward)
		return err
	})
	if err != nil {
		return nil, err
	}
	return rewardOut(http.StatusOK, &s)
}

type putRewardIn struct {
	RewardIn
	Matched

	Body wire.Reward
}

func (a *API) putReward(ctx context.Context, in *putRewardIn) (*RewardOut, error) {
	want, err := in.version()
	if err != nil {
		return nil, err
	}
	r, err := rewardOf(in.Reward, &in.Body)
	if err != nil {
		return nil, err
	}
	var s reward.Stored
	err = a.Store.Write(ctx, func(tx *db.Tx) (err error) {
		if r.Unit != "" {
			if _, err := points.LoadUnit(tx, r.Unit); err != nil {
				return err
			}
		}
		left := in.Body.Left
		if left == nil {
			if left, err = places(tx, &r); err != nil {
				return err
			}
		}
		if s, err = reward.Save(tx, r, left, want); err != nil {
			return err
		}
		return a.did(ctx, tx, "reward.saved", "reward:"+in.Reward, fieldsOf(&in.Body), 1)
	})
	if err != nil {
		return nil, err
	}
	status := http.StatusOK
	if s.Version == 1 {
		status = http.StatusCreated
	}
	return rewardOut(status, &s)
}

func (a *API) archiveReward(ctx context.Context, in *RewardIn) (*RewardOut, error) {
	var s reward.Stored
	err := a.Store.Write(ctx, func(tx *db.Tx) (err error) {
		if err := reward.Archive(tx, in.Reward); err != nil {
			return err
		}
		if s, err = reward.Load(tx, in.Reward); err != nil {
			return err
		}
		return a.did(ctx, tx, "reward.archived", "reward:"+in.Reward, nil, 1)
	})
	if err != nil {
		return nil, err
	}
	return rewardOut(http.StatusOK, &s)
}

type addCodesIn struct {
	RewardIn

	Body wire.NewCodes
}

// AddedCodesOut is how many codes were new.
type AddedCodesOut struct {
	Body wire.AddedCodes
}

func (a *API) addCodes(ctx context.Context, in *addCodesIn) (*AddedCodesOut, error) {
	out := &AddedCodesOut{}
	err := a.Store.Write(ctx, func(tx *db.Tx) error {
		added, err := reward.AddCodes(tx, in.Reward, in.Body.Codes)
		if err != nil {
			return err
		}
		s, err := reward.Load(tx, in.Reward)
		if err != nil {
			return err
		}
		out.Body = wire.AddedCodes{Added: added, PoolLeft: s.PoolLeft}
		return a.did(ctx, tx, "reward.codes_added", "reward:"+in.Reward, nil, added)
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

type offersIn struct {
	CustomerIn
	Paged
}

func (a *API) listOffers(ctx context.Context, in *offersIn) (*Listed[wire.Offer], error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	after, err := in.afterText()
	if err != nil {
		return nil, err
	}
	var shown []wire.Offer
	err = a.Store.Read(ctx, func(tx *db.Tx) error {
		root, err := a.person(tx, in.ID)
		if err != nil {
			return err
		}
		shown, err = offersFor(tx, facts.Rewards(), root, nil, after, in.Limit+1)
		return err
	})
	if err != nil {
		return nil, err
	}
	return listed(ctx, in.Paged, shown, func(o wire.Offer) string { return cursorText(o.Reward.Reward) }, func(o wire.Offer) wire.Offer { return o }), nil
}

// offersFor are rewards by name, from behind one on, each with whether a person can have it now, and what it takes off an order,
// if one is asked about.
func offersFor(tx *db.Tx, desk *reward.Desk, root int64, of *order.Order, after string, limit int) ([]wire.Offer, error) {
	all, err := reward.List(tx, false, after, limit)
	if err != nil {
		return nil, err
	}
	shown := make([]wire.Offer, len(all))
	for i := range all {
		offer := &shown[i]
		if offer.Reward, err = showReward(&all[i]); err != nil {
			return nil, err
		}
		q, err := desk.Quote(tx, root, &all[i])
		if err != nil {
			return nil, err
		}
		offer.Available, offer.Missing = q.Why == nil, q.Missing
		if of != nil && all[i].TakesOff() {
			if offer.DiscountMinor, err = all[i].Off(of); err != nil && fault.KindOf(err) != fault.Conflict {
				return nil, err
			}
		}
		var f *fault.Fault
		if errors.As(q.Why, &f) {
			offer.Why, offer.Detail = f.Code, f.Message
		}
	}
	return shown, nil
}

// places is how many are left of an event that has so many places, where nobody says how many are left; nil: as many as are asked for.
func places(tx *db.Tx, r *reward.Reward) (*int64, error) {
	e, err := r.Event()
	if err != nil || e.Places == 0 {
		return nil, err
	}
	return r.LeftNow(tx)
}
