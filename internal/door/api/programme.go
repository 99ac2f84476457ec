package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"regulars/internal/act/points"
	"regulars/internal/act/programme"
	"regulars/internal/act/reward"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
	"regulars/internal/door/api/wire"
	"regulars/internal/intake"
	"regulars/internal/record/fact"
)

func (a *API) tableOfProgramme() {
	const one = "/v1/programme/versions/{version}"
	on(a, get, "/v1/programme", account.ProgrammeRead, "Get the programme in force", a.getProgramme)
	on(a, get, "/v1/programme/versions", account.ProgrammeRead, "List versions of the programme", a.listProgrammes, says("The newest first, without their documents."))
	on(a, post, "/v1/programme/versions", account.ProgrammeWrite, "Write a draft of the programme", a.writeProgramme,
		says("The whole programme as one document. It is looked through, and what is wrong is said with its place; nothing is in force before it is published."))
	on(a, get, one, account.ProgrammeRead, "Get a version of the programme", a.getProgrammeVersion)
	on(a, remove, one, account.ProgrammeWrite, "Discard a draft of the programme", a.discardProgramme, says("For good. A version that was in force stays, and no other version has its number again."))
	on(a, post, one+"/publish", account.ProgrammeWrite, "Publish a version of the programme", a.publishProgramme,
		says("Puts a draft in force, or a version of before, which takes back what came after it. Where the programme in force asks for four eyes, somebody else publishes a draft than wrote it, unless there is nobody else who may. Orders that came in before are looked at as they were."))
	on(a, post, one+"/replay", account.ProgrammeWrite, "Rehearse a version of the programme", a.rehearse,
		says("Runs it over the orders of before, in the order of time, and changes nothing: what it would have given to whom, month by month, what that would have cost, what it takes to pay, and who would get more and who less than by the programme in force. It may take a minute for a million orders."))
	on(a, post, "/v1/programme/lint", account.ProgrammeRead, "Look a programme over", a.lintProgramme,
		says("What in a document should be looked at, without storing it: rules that can never apply, what can be had without end, earning above the price, discounts that stack, rewards that earn, tiers and rewards that nobody reaches, and the mistakes of weak programmes. A rehearsal says it too, with what the orders of before show."))
	on(a, get, "/v1/programme/diff", account.ProgrammeRead, "Compare versions of the programme", a.diffProgrammes, says("Rules, challenges, accesses, units, tiers and rewards are compared by their names."))
	on(a, get, "/v1/programme/budgets", account.ProgrammeRead, "List the budgets of rules", a.listBudgets,
		says("Each rule of the programme in force that may give so many units to all customers together, with how many of them are spent and left."))

	on(a, post, "/v1/quotes", account.PointsSpend, "Quote an order", a.quote, under("programme"),
		says("What the order would earn if it were placed now, rule by rule, and which rewards the customer can have. Nothing is stored."))
	on(a, get, "/v1/customers/{id}/explanations", account.PointsRead, "List explanations for a customer", a.listExplanations, under("programme"),
		says("For every order, and whatever else the programme looked at: which rules gave what, and which did not, and why. The newest first."))
	on(a, post, "/v1/customers/{id}/actions", account.FactsWrite, "Tell what a customer did", a.newAction, under("programme"),
		says("A review, a referral or a completed profile: gives what the rules give for it, once, and explains it."))
	on(a, get, "/v1/customers/{id}/tier", account.PointsRead, "Get the tier of a customer", a.getTier, under("programme"),
		says("With what is missing to the next one, and how it came to be."))
	on(a, get, "/v1/customers/{id}/offers", account.PointsRead, "List the offers for a customer", a.listPersonalOffers, under("programme"),
		says("Rules on orders that are for this customer now and not for everybody always: what they ask of the customer, such as a tier, a segment, days since the last order or something that they buy most of, is so, or they end within 60 days. What the customer has had as much of as there is, or whose budget is spent, is left out. The one that ends first stands first."))
	on(a, get, "/v1/customers/{id}/challenges", account.PointsRead, "List the challenges of a customer", a.listChallenges, under("programme"),
		says("How far the customer has come with each challenge of the programme in force, and in words."))
	const access = "/v1/customers/{id}/access"
	on(a, get, access, account.PointsRead, "List the early access of a customer", a.listAccess, under("programme"),
		says("Whether the customer may come in before others, for each access of the programme in force."))
	on(a, get, access+"/{access}", account.PointsRead, "Check the early access of a customer", a.getAccess, under("programme"),
		says("For a shop that asks before it shows something: yes or no, until when, and why."))
	on(a, put, access+"/{access}", account.PointsAdjust, "Give a customer early access", a.putAccess, under("programme"), says("By hand, whatever the programme says who has it."))
	on(a, remove, access+"/{access}", account.PointsAdjust, "Take early access back from a customer", a.removeAccess, under("programme"),
		says("What was given by hand; by the programme they may still have it."))
	on(a, put, "/v1/customers/{id}/tier", account.PointsAdjust, "Put a customer into a tier", a.putTier, under("programme"), says("By invitation: for as long as the tier is kept, whatever was earned."))
}

func showProgramme(v *programme.Version, whole bool) wire.ProgrammeVersion {
	shown := wire.ProgrammeVersion{Version: v.Version, State: string(v.State), Note: v.Note, Author: v.Author, CreatedAt: v.Created, PublishedBy: v.PublishedBy}
	if whole {
		shown.Document = v.Document
	}
	if !v.Published.IsZero() {
		shown.PublishedAt = &v.Published
	}
	return shown
}

// ProgrammeOut is a version of the programme.
type ProgrammeOut struct {
	Status int
	Body   wire.ProgrammeVersion
}

func (a *API) getProgramme(ctx context.Context, _ *struct{}) (*ProgrammeOut, error) {
	return a.programmeOut(ctx, programme.InForce)
}

func (a *API) programmeOut(ctx context.Context, load func(tx *db.Tx) (programme.Version, error)) (*ProgrammeOut, error) {
	var v programme.Version
	if err := a.Store.Read(ctx, func(tx *db.Tx) (err error) { v, err = load(tx); return err }); err != nil {
		return nil, err
	}
	return &ProgrammeOut{Status: http.StatusOK, Body: showProgramme(&v, true)}, nil
}

// ProgrammeIn names a version.
type ProgrammeIn struct {
	Version int64 `path:"version" minimum:"1"`
}

func (a *API) getProgrammeVersion(ctx context.Context, in *ProgrammeIn) (*ProgrammeOut, error) {
	return a.programmeOut(ctx, func(tx *db.Tx) (programme.Version, error) { return programme.Load(tx, in.Version) })
}

func (a *API) listProgrammes(ctx context.Context, in *Paged) (*Listed[wire.ProgrammeVersion], error) {
	var before int64
	if _, err := in.after(&before); err != nil {
		return nil, err
	}
	var all []programme.Version
	if err := a.Store.Read(ctx, func(tx *db.Tx) (err error) { all, err = programme.Versions(tx, before, in.Limit+1); return err }); err != nil {
		return nil, err
	}
	return listed(ctx, *in, all, func(v programme.Version) string { return cursor(v.Version) }, func(v programme.Version) wire.ProgrammeVersion { return showProgramme(&v, false) }), nil
}

type newProgrammeIn struct {
	Body wire.NewProgramme
}

func (a *API) writeProgramme(ctx context.Context, in *newProgrammeIn) (*ProgrammeOut, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(in.Body.Document)
	if err != nil {
		return nil, fault.In("document", fault.Invalidf("the document cannot be read: %w", err))
	}
	var v programme.Version
	err = a.Store.Write(ctx, func(tx *db.Tx) (err error) {
		if v, err = programme.Write(tx, text, in.Body.Note, who(ctx), facts.Business.Zone); err != nil {
			return fault.In("document", err)
		}
		return a.did(ctx, tx, "programme.written", "programme:"+strconv.FormatInt(v.Version, 10), nil, 1)
	})
	if err != nil {
		return nil, err
	}
	return &ProgrammeOut{Status: http.StatusCreated, Body: showProgramme(&v, true)}, nil
}

func (a *API) publishProgramme(ctx context.Context, in *ProgrammeIn) (*ProgrammeOut, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	var v programme.Version
	err = a.Store.Write(ctx, func(tx *db.Tx) (err error) {
		if v, err = facts.Programme().Publish(tx, in.Version, who(ctx), facts.Business.Zone); err != nil || !v.Published.Equal(tx.Now) { // it was before
			return err
		}
		return a.did(ctx, tx, "programme.published", "programme:"+strconv.FormatInt(v.Version, 10), alone(v.Alone), 1)
	})
	if err != nil {
		return nil, err
	}
	return &ProgrammeOut{Status: http.StatusOK, Body: showProgramme(&v, true)}, nil
}

// alone names for the trail that four eyes were asked for, and nobody else was there.
func alone(so bool) []string {
	if so {
		return []string{"alone"}
	}
	return nil
}

func (a *API) discardProgramme(ctx context.Context, in *ProgrammeIn) (*DoneOut, error) {
	if err := a.Store.Write(ctx, func(tx *db.Tx) error {
		if err := programme.Discard(tx, in.Version); err != nil {
			return err
		}
		return a.did(ctx, tx, "programme.discarded", "programme:"+strconv.FormatInt(in.Version, 10), nil, 1)
	}); err != nil {
		return nil, err
	}
	return &DoneOut{Status: http.StatusNoContent}, nil
}

// BudgetsOut is what is left of the budgets of rules.
type BudgetsOut struct {
	Body wire.Budgets
}

func (a *API) listBudgets(ctx context.Context, _ *struct{}) (*BudgetsOut, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	out := &BudgetsOut{}
	err = a.Store.Read(ctx, func(tx *db.Tx) error {
		v, err := programme.InForce(tx)
		if err != nil {
			return err
		}
		c, err := facts.Programme().Book.Version(tx, v.Version, facts.Business.Zone)
		if err != nil {
			return err
		}
		all, err := c.Budgets(tx)
		if err != nil {
			return err
		}
		out.Body = wire.Budgets{Version: v.Version, Data: make([]wire.Budget, len(all))}
		for i := range all {
			b := &all[i]
			out.Body.Data[i] = wire.Budget{Rule: b.Rule, Name: b.Name, Unit: b.Unit, Budget: b.Units, Spent: b.Spent, Left: b.Left()}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

type diffIn struct {
	From int64 `query:"from" minimum:"1" doc:"Left out: the version in force."`
	To   int64 `query:"to" minimum:"1" required:"true"`
}

// DifferencesOut is where two versions differ.
type DifferencesOut struct {
	Body wire.Differences
}

func (a *API) diffProgrammes(ctx context.Context, in *diffIn) (*DifferencesOut, error) {
	out := &DifferencesOut{}
	err := a.Store.Read(ctx, func(tx *db.Tx) error {
		from, err := programme.InForce(tx)
		if in.From != 0 {
			from, err = programme.Load(tx, in.From)
		}
		if err != nil {
			return err
		}
		to, err := programme.Load(tx, in.To)
		if err != nil {
			return err
		}
		found, err := programme.Diff(from.Document, to.Document)
		if err != nil {
			return err
		}
		out.Body = wire.Differences{From: from.Version, To: to.Version, Data: make([]wire.Difference, len(found))}
		for i, d := range found {
			out.Body.Data[i] = wire.Difference{At: d.At, Before: json.RawMessage(d.Before), After: json.RawMessage(d.After)}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// showResults shows results; named are the same with the names of prize draws.
func showResults(who int64, results, named []programme.Result) []wire.RuleResult {
	shown := make([]wire.RuleResult, len(results))
	for i := range results {
		r := &results[i]
		shown[i] = wire.RuleResult{Rule: r.Rule, Name: r.Name, Gave: r.Gave(), Why: string(r.Why), Detail: r.Detail, Unit: r.Unit, Units: r.Units, Trimmed: r.Trimmed, Over: r.Over,
			Kept: r.Kept, Reward: r.Reward, Draw: r.Draw, Entries: r.Entries, Pieces: r.Pieces, Counted: r.Counted, Every: r.Every, Free: r.Free, BaseMinor: r.BaseMinor, Factor: r.Factor, DiscountMinor: r.DiscountMinor, Gift: r.Gift, FreeDelivery: r.FreeDelivery}
	}
	for i := range results {
		if r := &results[i]; r.Redemption > 0 {
			shown[i].RedemptionID = fact.PublicID(reward.Prefix, r.Redemption, who)
		}
		shown[i].DrawName = named[i].Draw
	}
	return shown
}

// speaker says results in the language, and for the reader, that was asked for.
type speaker struct {
	facts *intake.Intake
	l     *locale.Locale
	to    programme.Reader
}

func (s *speaker) explanation(tx *db.Tx, o *programme.Outcome) (shown wire.Explanation, err error) {
	shown = wire.Explanation{Customer: publicCustomer(o.Customer), Version: o.Version, Tier: o.Known.Tier, Units: o.Units(), At: o.At}
	kind, key, _ := strings.Cut(o.Cause, ":")
	if number, err := strconv.ParseInt(key, 10, 64); err == nil && kind == "order" {
		shown.OrderID = fact.PublicID(fact.OrderPrefix, number, o.Customer)
	} else {
		shown.Action = kind
		if kind == "challenge" {
			shown.Challenge, _, _ = strings.Cut(key, ":")
		}
	}
	shown.Rules, shown.Words, err = s.results(tx, o.Customer, o.Results)
	return shown, err
}

// Spoken is embedded in what answers in words.
type Spoken struct {
	Lang string `query:"lang" enum:"en,ru,zh,el,mk" default:"en" doc:"Language of the words, and of the names of prize draws."`
}

// Worded is embedded in what asks for explanations in words.
type Worded struct {
	Spoken

	For string `query:"for" enum:"cashier,member,developer" default:"cashier" doc:"Whom the words are for: a member reads what was given, a developer the conditions as they are written."`
}

func (w *Worded) speaker(facts *intake.Intake) (*speaker, error) {
	l, err := locale.Get(w.Lang)
	return &speaker{facts, l, programme.Reader(w.For)}, err
}

// results are those of a customer, and the same in words.
func (s *speaker) results(tx *db.Tx, who int64, results []programme.Result) (shown []wire.RuleResult, words []string, err error) {
	c, err := s.facts.Programme().Book.Current(tx, s.facts.Business.Zone)
	if err != nil {
		return nil, nil, err
	}
	named, err := c.ResultsIn(tx, s.l, results)
	if err != nil {
		return nil, nil, err
	}
	return showResults(who, results, named), programme.Words(s.l, s.to, s.facts.Business.Currency, named), nil
}

type explanationsIn struct {
	CustomerIn
	Paged
	Worded
}

func (a *API) listExplanations(ctx context.Context, in *explanationsIn) (*Listed[wire.Explanation], error) {
	var before int64
	if _, err := in.after(&before); err != nil {
		return nil, err
	}
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	says, err := in.speaker(facts)
	if err != nil {
		return nil, err
	}
	var all []wire.Explanation
	err = a.Store.Read(ctx, func(tx *db.Tx) error {
		members, _, err := a.everybody(tx, in.ID)
		if err != nil {
			return err
		}
		var at time.Time
		if before != 0 {
			at = time.UnixMicro(before)
		}
		outcomes, err := programme.Explanations(tx, members, at, in.Limit+1)
		if err != nil {
			return err
		}
		all = make([]wire.Explanation, len(outcomes))
		for i := range outcomes {
			if all[i], err = says.explanation(tx, &outcomes[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return listed(ctx, in.Paged, all, func(e wire.Explanation) string { return cursor(e.At.UnixMicro()) }, func(e wire.Explanation) wire.Explanation { return e }), nil
}

// TierOut is how a customer stands in the tiers.
type TierOut struct {
	Body wire.TierStanding
}

func (a *API) getTier(ctx context.Context, in *CustomerIn) (*TierOut, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	out := &TierOut{}
	err = a.Store.Read(ctx, func(tx *db.Tx) error {
		root, err := a.person(tx, in.ID)
		if err != nil {
			return err
		}
		s, ok, err := facts.Programme().Standing(tx, root)
		if err != nil {
			return err
		}
		if !ok {
			return fault.Coded("no_tiers", fault.NotFoundf("there is no programme with tiers"))
		}
		out.Body = wire.TierStanding{Customer: publicCustomer(root), Tier: s.Tier, Name: s.Name, Counted: s.Counted, Earned: s.Earned, Next: s.Next, Missing: s.Missing, Moves: []wire.TierMove{}}
		if s.Tier != "" {
			out.Body.Since = &s.Since
			if !s.Until.Equal(points.Never) {
				out.Body.Until = &s.Until
			}
		}
		for _, m := range s.Moves {
			out.Body.Moves = append(out.Body.Moves, wire.TierMove{Tier: m.Tier, Before: m.Before, Why: m.Why, At: m.At})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

type putTierIn struct {
	CustomerIn

	Body wire.InviteToTier
}

func (a *API) putTier(ctx context.Context, in *putTierIn) (*TierOut, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	err = a.Store.Write(ctx, func(tx *db.Tx) error {
		root, err := a.person(tx, in.ID)
		if err != nil {
			return err
		}
		if err := facts.Programme().Invite(tx, root, in.Body.Tier, in.Body.Reason); err != nil {
			return err
		}
		return a.did(ctx, tx, "customer.tier_set", publicCustomer(root), fieldsOf(&in.Body), 1)
	})
	if err != nil {
		return nil, err
	}
	return a.getTier(ctx, &in.CustomerIn)
}

// earned adds what the programme gave to the answer to an order or a return.
func (a *API) earned(ctx context.Context, facts *intake.Intake, out *WrittenOut, err error, of func(tx *db.Tx, owner, number int64) (int64, error), prefix fact.Prefix) (*WrittenOut, error) {
	if err != nil || out.Body.ID == "" || out.Body.Customer == "" {
		return out, err
	}
	var number, owner int64
	if err := fact.ParsePublicID(prefix, out.Body.ID, &number, &owner); err != nil {
		return nil, fmt.Errorf("what was earned: %w", err)
	}
	english, err := locale.Get("en")
	if err != nil {
		return nil, err
	}
	return out, a.Store.Read(ctx, func(tx *db.Tx) error {
		c, err := facts.Programme().Book.Current(tx, facts.Business.Zone)
		if err != nil || c == nil {
			return err
		}
		order := number
		if of != nil {
			if order, err = of(tx, owner, number); err != nil || order == 0 {
				return err
			}
		}
		o, ok, err := programme.Of(tx, owner, programme.OrderCause(order))
		if err != nil || !ok {
			return err
		}
		named, err := c.ResultsIn(tx, english, o.Results)
		out.Body.Units, out.Body.Rules = o.Units(), showResults(o.Customer, o.Results, named)
		return err
	})
}
