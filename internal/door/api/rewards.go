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
	"regulars/internal/intake"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
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
		if s, err = reward.Save(tx, r, in.Body.Left, want); err != nil {
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
		shown, err = offersFor(tx, facts.Rewards(), root, after, in.Limit+1)
		return err
	})
	if err != nil {
		return nil, err
	}
	return listed(ctx, in.Paged, shown, func(o wire.Offer) string { return cursorText(o.Reward.Reward) }, func(o wire.Offer) wire.Offer { return o }), nil
}

// offersFor are rewards by name, from behind one on, each with whether a person can have it now.
func offersFor(tx *db.Tx, desk *reward.Desk, root int64, after string, limit int) ([]wire.Offer, error) {
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
		var f *fault.Fault
		if errors.As(q.Why, &f) {
			offer.Why, offer.Detail = f.Code, f.Message
		}
	}
	return shown, nil
}

func showRedemption(now time.Time, r *reward.Redemption) wire.Redemption {
	shown := wire.Redemption{ID: fact.PublicID(reward.Prefix, r.ID, r.Customer), Customer: publicCustomer(r.Customer), Reward: r.Promise.Reward, Name: r.Promise.Name,
		Kind: string(r.Promise.Kind), Terms: r.Promise.Terms, State: string(r.State), Unit: r.Unit, Units: r.Units, Code: r.Code, OrderReference: r.Order,
		OpenedAt: r.Opened, Version: r.Version}
	if !r.Until.Equal(points.Never) {
		shown.GoodUntil = &r.Until
	}
	if r.Over(now) {
		shown.State = string(reward.Void)
	}
	return shown
}

type redemptionsIn struct {
	Paged

	Customer string `query:"customer" required:"true" maxLength:"400" doc:"An id of ours, your own id, or kind:value such as email:ada@example.com."`
}

func (a *API) listRedemptions(ctx context.Context, in *redemptionsIn) (*Listed[wire.Redemption], error) {
	var before int64
	if _, err := in.after(&before); err != nil {
		return nil, err
	}
	var all []reward.Redemption
	var now time.Time
	err := a.Store.Read(ctx, func(tx *db.Tx) error {
		members, err := a.members(tx, in.Customer)
		if err != nil {
			return err
		}
		now = tx.Now
		all, err = reward.Of(tx, members, before, in.Limit+1)
		return err
	})
	if err != nil {
		return nil, err
	}
	return listed(ctx, in.Paged, all, func(r reward.Redemption) string { return cursor(r.ID) }, func(r reward.Redemption) wire.Redemption { return showRedemption(now, &r) }), nil
}

// RedemptionOut is a redemption.
type RedemptionOut struct {
	Status   int
	Location string `header:"Location"`
	ETag     string `header:"ETag"`
	Body     wire.Redemption
}

func redemptionOut(status int, now time.Time, r *reward.Redemption) *RedemptionOut {
	shown := showRedemption(now, r)
	return &RedemptionOut{Status: status, Location: "/v1/redemptions/" + shown.ID, ETag: etag(r.Version), Body: shown}
}

type redeemIn struct {
	Keyed

	Body wire.NewRedemption
}

func (a *API) redeem(ctx context.Context, in *redeemIn) (*RedemptionOut, error) {
	b := &in.Body
	facts, root, err := a.about(ctx, b.Customer)
	if err != nil {
		return nil, err
	}
	if err := a.gatherFor(ctx, facts, root, b.Reward); err != nil {
		return nil, err
	}
	w := reward.Wish{Customer: root, Reward: b.Reward, Key: operationKey(ctx, in.Key), Order: b.OrderReference, Actor: who(ctx),
		Hold: time.Duration(b.HoldSeconds) * time.Second}
	return a.changeRedemption(ctx, http.StatusCreated, fieldsOf(b), func(tx *db.Tx) (reward.Redemption, error) { return facts.Rewards().Redeem(tx, w) })
}

// gatherFor brings together what a person who is known by several numbers has, where a reward needs it.
func (a *API) gatherFor(ctx context.Context, facts *intake.Intake, root int64, name string) error {
	var s reward.Stored
	many := false
	if err := a.Store.Read(ctx, func(tx *db.Tx) (err error) {
		if s, err = reward.Load(tx, name); err != nil {
			return err
		}
		members, err := customer.Members(tx, root)
		many = len(members) > 1
		return err
	}); err != nil || s.Price == 0 || !many {
		return err
	}
	return facts.Ledger().Gather(ctx, a.Store, root, s.Unit, s.Price)
}

// changeRedemption does something to a redemption and answers with it.
func (a *API) changeRedemption(ctx context.Context, status int, fields []string, change func(tx *db.Tx) (reward.Redemption, error)) (*RedemptionOut, error) {
	var r reward.Redemption
	var now time.Time
	err := a.Store.Write(ctx, func(tx *db.Tx) (err error) {
		now = tx.Now
		if r, err = change(tx); err != nil || r.Repeated {
			return err
		}
		return a.did(ctx, tx, "redemption."+string(r.State), fact.PublicID(reward.Prefix, r.ID, r.Customer), fields, 1)
	})
	if err != nil {
		return nil, err
	}
	if r.Repeated {
		status = http.StatusOK
	}
	return redemptionOut(status, now, &r), nil
}

// RedemptionIn names a redemption.
type RedemptionIn struct {
	ID string `path:"id" maxLength:"60"`
}

func (in *RedemptionIn) parse() (owner, number int64, err error) {
	err = fault.In("id", fact.ParsePublicID(reward.Prefix, in.ID, &number, &owner))
	return owner, number, err
}

func (a *API) getRedemption(ctx context.Context, in *RedemptionIn) (*RedemptionOut, error) {
	owner, number, err := in.parse()
	if err != nil {
		return nil, err
	}
	var out *RedemptionOut
	err = a.Store.Read(ctx, func(tx *db.Tx) error {
		r, err := reward.Get(tx, owner, number)
		if err != nil {
			return err
		}
		moves, err := r.Moves(tx)
		if err != nil {
			return err
		}
		out = redemptionOut(http.StatusOK, tx.Now, &r)
		for _, m := range moves {
			out.Body.Moves = append(out.Body.Moves, wire.RedemptionMove{State: string(m.State), Actor: m.Actor, Reason: m.Reason, At: m.At})
		}
		return nil
	})
	return out, err
}

// step does the next thing to the redemption of a path.
func (a *API) step(ctx context.Context, in *RedemptionIn, body any, next func(d *reward.Desk, tx *db.Tx, owner, number int64) (reward.Redemption, error)) (*RedemptionOut, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	owner, number, err := in.parse()
	if err != nil {
		return nil, err
	}
	return a.changeRedemption(ctx, http.StatusOK, fieldsOf(body), func(tx *db.Tx) (reward.Redemption, error) {
		return next(facts.Rewards(), tx, owner, number)
	})
}

type becauseIn struct {
	RedemptionIn

	Body *wire.Because
}

// reasoned is a step for which there may be a reason.
func (a *API) reasoned(ctx context.Context, in *becauseIn, next func(d *reward.Desk, tx *db.Tx, owner, number int64, by reward.Who) (reward.Redemption, error)) (*RedemptionOut, error) {
	because := in.Body
	if because == nil {
		because = &wire.Because{}
	}
	by := reward.Who{Actor: who(ctx), Reason: because.Reason}
	return a.step(ctx, &in.RedemptionIn, because, func(d *reward.Desk, tx *db.Tx, owner, number int64) (reward.Redemption, error) {
		return next(d, tx, owner, number, by)
	})
}

func (a *API) issueRedemption(ctx context.Context, in *becauseIn) (*RedemptionOut, error) {
	return a.reasoned(ctx, in, (*reward.Desk).Issue)
}

func (a *API) reopenRedemption(ctx context.Context, in *becauseIn) (*RedemptionOut, error) {
	return a.reasoned(ctx, in, (*reward.Desk).Reopen)
}

func (a *API) refundRedemption(ctx context.Context, in *becauseIn) (*RedemptionOut, error) {
	return a.reasoned(ctx, in, (*reward.Desk).Refund)
}

func (a *API) voidRedemption(ctx context.Context, in *becauseIn) (*RedemptionOut, error) {
	return a.reasoned(ctx, in, (*reward.Desk).Withdraw)
}

type useRedemptionIn struct {
	RedemptionIn

	Body *wire.UseRedemption
}

func (a *API) useRedemption(ctx context.Context, in *useRedemptionIn) (*RedemptionOut, error) {
	use := in.Body
	if use == nil {
		use = &wire.UseRedemption{}
	}
	return a.step(ctx, &in.RedemptionIn, use, func(d *reward.Desk, tx *db.Tx, owner, number int64) (reward.Redemption, error) {
		return d.Use(tx, owner, number, use.OrderReference, reward.Who{Actor: who(ctx)})
	})
}

// Wrong codes that are answered: so many at once, and on the long run.
const (
	wrongCodesBurst  = 20
	wrongCodesSecond = 0.2
)

// guessing refuses whoever has asked for too many codes that are none. The limit is counted where a code is not found.
func (a *API) guessing(ctx context.Context, find func() error) error {
	by := actor(ctx).ID
	if err := a.guesses.any(by); err != nil {
		return err
	}
	err := find()
	if f := (*fault.Fault)(nil); errors.As(err, &f) && f.Code == "code_not_found" {
		_ = a.guesses.take(http.Header{}, by) // that there is none left is for the next one to hear
	}
	return err
}

// CodeIn names a code.
type CodeIn struct {
	Code string `path:"code" maxLength:"80"`
}

// CodeOut is what a code leads to.
type CodeOut struct {
	Body wire.FoundCode
}

func (a *API) findCode(ctx context.Context, in *CodeIn) (*CodeOut, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	out := &CodeOut{}
	err = a.guessing(ctx, func() error {
		return a.Store.Read(ctx, func(tx *db.Tx) error {
			c, err := facts.Rewards().Find(tx, in.Code)
			if err != nil {
				return err
			}
			out.Body = wire.FoundCode{Code: c.Code, Kind: string(c.Kind)}
			if c.Redemption != nil {
				shown := showRedemption(tx.Now, c.Redemption)
				out.Body.Redemption = &shown
			}
			out.Body.Reward, err = showReward(&c.Reward)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

type useCodeIn struct {
	CodeIn
	Keyed

	Body wire.UseCode
}

func (a *API) useCode(ctx context.Context, in *useCodeIn) (out *RedemptionOut, err error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	w := reward.Wish{Key: operationKey(ctx, in.Key), Order: in.Body.OrderReference, Actor: who(ctx)}
	if in.Body.Customer != nil {
		if w.Customer, err = a.someone(ctx, "customer", facts, in.Body.Customer); err != nil {
			return nil, err
		}
	}
	err = a.guessing(ctx, func() error {
		out, err = a.changeRedemption(ctx, http.StatusOK, fieldsOf(&in.Body), func(tx *db.Tx) (reward.Redemption, error) {
			return facts.Rewards().UseCode(tx, in.Code, w)
		})
		return err
	})
	return out, err
}
