package client

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"regulars/internal/door/api/wire"
	"regulars/internal/prove/replay"
)

type (
	// Unit is what is counted.
	Unit = wire.Unit
	// UnitExpiry says when units expire.
	UnitExpiry = wire.UnitExpiry
	// UnitPending says when what is earned can be spent.
	UnitPending = wire.UnitPending
	// Liability is what the units that customers hold will cost.
	Liability = wire.Liability
	// MemberPages is how the pages of members are set up.
	MemberPages = wire.MemberPages
	// Accounts is what a customer has, unit by unit.
	Accounts = wire.Accounts
	// Entry is one thing that moved.
	Entry = wire.Entry
	// NewHold asks for units to be set aside.
	NewHold = wire.NewHold
	// NewPool asks several customers to spend together.
	NewPool = wire.NewPool
	// Pool is a common spending.
	Pool = wire.Pool
	// PoolShare is what one customer gives.
	PoolShare = wire.PoolShare
	// Hold is units that are set aside.
	Hold = wire.Hold
	// NewAdjustment corrects a balance by hand.
	NewAdjustment = wire.NewAdjustment
	// Movement is what moved at once.
	Movement = wire.Movement
	// NewTransfer sends units from one customer to another.
	NewTransfer = wire.NewTransfer
	// Transfer is units on the way.
	Transfer = wire.Transfer
	// Reward is what customers get for their units.
	Reward = wire.Reward
	// RewardCodes says what codes a reward has.
	RewardCodes = wire.RewardCodes
	// AddedCodes is how many codes were new.
	AddedCodes = wire.AddedCodes
	// Offer is a reward, and whether a customer can have it now.
	Offer = wire.Offer
	// NewRedemption is what a customer wants.
	NewRedemption = wire.NewRedemption
	// Redemption is a reward that a customer took.
	Redemption = wire.Redemption
	// UseCode is a code that is taken at the till.
	UseCode = wire.UseCode
	// FoundCode is what a code leads to.
	FoundCode = wire.FoundCode
)

// PutUnit makes a unit, or changes it.
func (c *Client) PutUnit(ctx context.Context, name string, u Unit) (Unit, error) {
	return send[Unit](ctx, c, http.MethodPut, "/v1/units/"+url.PathEscape(name), u)
}

// Liability tells what the outstanding units will cost, where one is worth so much.
func (c *Client) Liability(ctx context.Context, unit string, valueMinor int64) (l Liability, err error) {
	q := url.Values{}
	texts(q, "value_minor", strconv.FormatInt(valueMinor, 10))
	_, err = c.do(ctx, call{method: http.MethodGet, path: "/v1/units/" + url.PathEscape(unit) + "/liability", query: q}, &l)
	return l, err
}

// Account tells what a customer has, who is named by an id of ours, your own id, or kind:value.
func (c *Client) Account(ctx context.Context, customer string) (Accounts, error) {
	return send[Accounts](ctx, c, http.MethodGet, "/v1/customers/"+url.PathEscape(customer)+"/account", nil)
}

// Entries lists what moved of a customer's units, the last first.
func (c *Client) Entries(ctx context.Context, customer, unit string, l Lists) (Page[Entry], error) {
	q := l.query()
	texts(q, "unit", unit)
	return list[Entry](ctx, c, "/v1/customers/"+url.PathEscape(customer)+"/entries", q)
}

// send makes a request and decodes the answer.
func send[T any](ctx context.Context, c *Client, method, path string, body any) (out T, err error) {
	_, err = c.do(ctx, call{method: method, path: path, body: body}, &out)
	return out, err
}

// Hold sets units aside.
func (c *Client) Hold(ctx context.Context, h NewHold) (Hold, error) {
	return send[Hold](ctx, c, http.MethodPost, "/v1/holds", h)
}

// CommitHold spends what is held, or so many units of it; 0: all.
func (c *Client) CommitHold(ctx context.Context, id string, units int64) (Hold, error) {
	return send[Hold](ctx, c, http.MethodPost, "/v1/holds/"+url.PathEscape(id)+"/commit", wire.CommitHold{Units: units})
}

// CancelHold makes what is held available again.
func (c *Client) CancelHold(ctx context.Context, id string) (Hold, error) {
	return send[Hold](ctx, c, http.MethodDelete, "/v1/holds/"+url.PathEscape(id), nil)
}

// OpenPool sets units of several customers aside.
func (c *Client) OpenPool(ctx context.Context, p NewPool) (Pool, error) {
	return send[Pool](ctx, c, http.MethodPost, "/v1/pools", p)
}

// Pool reads a common spending.
func (c *Client) Pool(ctx context.Context, id string) (Pool, error) {
	return send[Pool](ctx, c, http.MethodGet, "/v1/pools/"+url.PathEscape(id), nil)
}

// GrantPool spends what several customers set aside.
func (c *Client) GrantPool(ctx context.Context, id string) (Pool, error) {
	return send[Pool](ctx, c, http.MethodPost, "/v1/pools/"+url.PathEscape(id)+"/grant", nil)
}

// CancelPool gives everybody back what they set aside.
func (c *Client) CancelPool(ctx context.Context, id string) (Pool, error) {
	return send[Pool](ctx, c, http.MethodDelete, "/v1/pools/"+url.PathEscape(id), nil)
}

// Adjust gives or takes units by hand.
func (c *Client) Adjust(ctx context.Context, a NewAdjustment) (Movement, error) {
	return send[Movement](ctx, c, http.MethodPost, "/v1/adjustments", a)
}

// SendUnits sends units from one customer to another.
func (c *Client) SendUnits(ctx context.Context, t NewTransfer) (Transfer, error) {
	return send[Transfer](ctx, c, http.MethodPost, "/v1/transfers", t)
}

// Transfer tells how a transfer stands.
func (c *Client) Transfer(ctx context.Context, id string) (Transfer, error) {
	return get[Transfer](ctx, c, "/v1/transfers/", id)
}

// PutReward makes a reward, or replaces it.
func (c *Client) PutReward(ctx context.Context, name string, r Reward) (Reward, error) {
	return send[Reward](ctx, c, http.MethodPut, "/v1/rewards/"+url.PathEscape(name), r)
}

// Rewards lists rewards by name.
func (c *Client) Rewards(ctx context.Context, l Lists) (Page[Reward], error) {
	return list[Reward](ctx, c, "/v1/rewards", l.query())
}

// AddCodes puts codes into the pool of a reward.
func (c *Client) AddCodes(ctx context.Context, name string, codes []string) (AddedCodes, error) {
	return send[AddedCodes](ctx, c, http.MethodPost, "/v1/rewards/"+url.PathEscape(name)+"/codes", wire.NewCodes{Codes: codes})
}

// Offers lists the rewards with whether the customer can have each.
func (c *Client) Offers(ctx context.Context, customer string, l Lists) (Page[Offer], error) {
	return list[Offer](ctx, c, "/v1/customers/"+url.PathEscape(customer)+"/rewards", l.query())
}

// Redeem gives a customer a reward.
func (c *Client) Redeem(ctx context.Context, r NewRedemption) (Redemption, error) {
	return send[Redemption](ctx, c, http.MethodPost, "/v1/redemptions", r)
}

// Redemption gets one, with what became of it.
func (c *Client) Redemption(ctx context.Context, id string) (Redemption, error) {
	return get[Redemption](ctx, c, "/v1/redemptions/", id)
}

// Redemptions lists those of a customer, the newest first.
func (c *Client) Redemptions(ctx context.Context, customer string, l Lists) (Page[Redemption], error) {
	q := l.query()
	texts(q, "customer", customer)
	return list[Redemption](ctx, c, "/v1/redemptions", q)
}

// IssueRedemption spends what is held.
func (c *Client) IssueRedemption(ctx context.Context, id string) (Redemption, error) {
	return send[Redemption](ctx, c, http.MethodPost, "/v1/redemptions/"+url.PathEscape(id)+"/issue", wire.Because{})
}

// UseRedemption says that the customer got what was promised.
func (c *Client) UseRedemption(ctx context.Context, id, order string) (Redemption, error) {
	return send[Redemption](ctx, c, http.MethodPost, "/v1/redemptions/"+url.PathEscape(id)+"/use", wire.UseRedemption{OrderReference: order})
}

// ReopenRedemption makes one that was used by mistake issued again.
func (c *Client) ReopenRedemption(ctx context.Context, id, reason string) (Redemption, error) {
	return send[Redemption](ctx, c, http.MethodPost, "/v1/redemptions/"+url.PathEscape(id)+"/reopen", wire.Because{Reason: reason})
}

// RefundRedemption gives the units back.
func (c *Client) RefundRedemption(ctx context.Context, id, reason string) (Redemption, error) {
	return send[Redemption](ctx, c, http.MethodPost, "/v1/redemptions/"+url.PathEscape(id)+"/refund", wire.Because{Reason: reason})
}

// VoidRedemption takes one back without giving units back.
func (c *Client) VoidRedemption(ctx context.Context, id, reason string) (Redemption, error) {
	return send[Redemption](ctx, c, http.MethodPost, "/v1/redemptions/"+url.PathEscape(id)+"/void", wire.Because{Reason: reason})
}

// FindCode tells what a code leads to.
func (c *Client) FindCode(ctx context.Context, code string) (FoundCode, error) {
	return get[FoundCode](ctx, c, "/v1/codes/", code)
}

// UseCode takes a code at the till.
func (c *Client) UseCode(ctx context.Context, code string, u UseCode) (Redemption, error) {
	return send[Redemption](ctx, c, http.MethodPost, "/v1/codes/"+url.PathEscape(code)+"/use", u)
}

// SetMemberPages sets up the pages of members.
func (c *Client) SetMemberPages(ctx context.Context, p MemberPages) (MemberPages, error) {
	return send[MemberPages](ctx, c, http.MethodPut, "/v1/member-pages", p)
}

// Logo gets the logo of the business as the pages of members show it, as PNG.
func (c *Client) Logo(ctx context.Context) ([]byte, error) {
	a, err := c.do(ctx, call{method: http.MethodGet, path: logoPath}, nil)
	return bytes.Clone(a.body), err
}

// SetLogo sets the logo of the business: a picture as PNG, JPEG or WebP. It is not sent again by itself.
func (c *Client) SetLogo(ctx context.Context, picture io.Reader) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPut, c.base+logoPath, picture)
	if err != nil {
		return fmt.Errorf("send the logo: %w", err)
	}
	request.Header.Set("Content-Type", "application/octet-stream")
	_, _, err = c.send(request)
	return err
}

// RemoveLogo takes the logo of the business away.
func (c *Client) RemoveLogo(ctx context.Context) error {
	_, err := c.do(ctx, call{method: http.MethodDelete, path: logoPath}, nil)
	return err
}

const logoPath = "/v1/member-pages/logo"

type (
	// ProgrammeVersion is a version of the programme.
	ProgrammeVersion = wire.ProgrammeVersion
	// Differences is where two versions differ.
	Differences = wire.Differences
	// Budgets is what is left of the budgets of rules.
	Budgets = wire.Budgets
	// Budget is how many units a rule may give to all customers together.
	Budget = wire.Budget
	// Rehearse says how to rehearse a version of the programme.
	Rehearse = wire.Rehearse
	// Rehearsal is what came of it.
	Rehearsal = replay.Result
	// ReferralCode is what a customer gives to friends.
	ReferralCode = wire.ReferralCode
	// NewReferral is that a customer was brought.
	NewReferral = wire.NewReferral
	// Referral is a friend who was brought.
	Referral = wire.Referral
	// ReferralSummary is how referrals do altogether.
	ReferralSummary = wire.ReferralSummary
	// PersonalOffer is a rule of the programme that is for a customer now, in words.
	PersonalOffer = wire.PersonalOffer
	// Lint is what in a programme should be looked at.
	Lint = replay.Lint
	// Explanation is what the programme gave for an order, and why not more.
	Explanation = wire.Explanation
	// RuleResult is what came of a rule.
	RuleResult = wire.RuleResult
	// Quote is what an order would earn.
	Quote = wire.Quote
	// Challenge is how far a customer has come with a challenge.
	Challenge = wire.Challenge
	// Access is whether a customer may come in before others.
	Access = wire.Access
	// GrantAccess lets a customer in by hand.
	GrantAccess = wire.GrantAccess
	// TierStanding is how a customer stands in the tiers.
	TierStanding = wire.TierStanding
)

// WriteProgramme keeps a document, which is JSON, as a draft of the programme.
func (c *Client) WriteProgramme(ctx context.Context, document []byte, note string) (ProgrammeVersion, error) {
	return send[ProgrammeVersion](ctx, c, http.MethodPost, "/v1/programme/versions", struct {
		Document json.RawMessage `json:"document"`
		Note     string          `json:"note,omitempty"`
	}{document, note})
}

// DiscardProgramme removes a draft for good.
func (c *Client) DiscardProgramme(ctx context.Context, version int64) error {
	_, err := c.do(ctx, call{method: http.MethodDelete, path: "/v1/programme/versions/" + strconv.FormatInt(version, 10)}, nil)
	return err
}

// PublishProgramme puts a version in force.
func (c *Client) PublishProgramme(ctx context.Context, version int64) (ProgrammeVersion, error) {
	return send[ProgrammeVersion](ctx, c, http.MethodPost, "/v1/programme/versions/"+strconv.FormatInt(version, 10)+"/publish", nil)
}

// Programme gets the version in force.
func (c *Client) Programme(ctx context.Context) (ProgrammeVersion, error) {
	return send[ProgrammeVersion](ctx, c, http.MethodGet, "/v1/programme", nil)
}

// ProgrammeVersions lists versions, the newest first.
func (c *Client) ProgrammeVersions(ctx context.Context, l Lists) (Page[ProgrammeVersion], error) {
	return list[ProgrammeVersion](ctx, c, "/v1/programme/versions", l.query())
}

// Budgets tells what is left of the budgets of rules in the programme in force.
func (c *Client) Budgets(ctx context.Context) (Budgets, error) {
	return send[Budgets](ctx, c, http.MethodGet, "/v1/programme/budgets", nil)
}

// CompareProgrammes tells where a version differs from another; from 0: from the one in force.
func (c *Client) CompareProgrammes(ctx context.Context, from, to int64) (d Differences, err error) {
	q := url.Values{}
	texts(q, "to", strconv.FormatInt(to, 10))
	if from != 0 {
		texts(q, "from", strconv.FormatInt(from, 10))
	}
	_, err = c.do(ctx, call{method: http.MethodGet, path: "/v1/programme/diff", query: q}, &d)
	return d, err
}

// Replay rehearses a version over the orders of before.
func (c *Client) Replay(ctx context.Context, version int64, r Rehearse) (Rehearsal, error) {
	return send[Rehearsal](ctx, c, http.MethodPost, "/v1/programme/versions/"+strconv.FormatInt(version, 10)+"/replay", r)
}

// LintProgramme looks a document over, without storing it; value and margin may be left out, and the language, which is English
// then.
func (c *Client) LintProgramme(ctx context.Context, document []byte, value map[string]float64, margin float64, lang string) (Lint, error) {
	return send[Lint](ctx, c, http.MethodPost, "/v1/programme/lint?lang="+url.QueryEscape(cmp.Or(lang, "en")), struct {
		Document json.RawMessage    `json:"document"`
		Value    map[string]float64 `json:"value_minor,omitempty"`
		Margin   float64            `json:"margin,omitempty"`
	}{document, value, margin})
}

// ReferralCode gets the code of a customer, and makes it where there is none yet.
func (c *Client) ReferralCode(ctx context.Context, customer string) (r ReferralCode, err error) {
	_, err = c.do(ctx, call{method: http.MethodGet, path: "/v1/customers/" + url.PathEscape(customer) + "/referral-code"}, &r)
	return r, err
}

// Refer tells that a customer was brought.
func (c *Client) Refer(ctx context.Context, r NewReferral) (Referral, error) {
	return send[Referral](ctx, c, http.MethodPost, "/v1/referrals", r)
}

// Referrals lists whom a customer brought.
func (c *Client) Referrals(ctx context.Context, customer string, l Lists) (Page[Referral], error) {
	return list[Referral](ctx, c, "/v1/customers/"+url.PathEscape(customer)+"/referrals", l.query())
}

// ReferralSummary gets how referrals do altogether.
func (c *Client) ReferralSummary(ctx context.Context) (r ReferralSummary, err error) {
	_, err = c.do(ctx, call{method: http.MethodGet, path: "/v1/referrals/summary"}, &r)
	return r, err
}

// Quote tells what an order would earn. It stores nothing.
func (c *Client) Quote(ctx context.Context, o Order) (Quote, error) {
	return send[Quote](ctx, c, http.MethodPost, "/v1/quotes", o)
}

// Did tells what a customer did, such as a review, and gets what the programme gave for it.
func (c *Client) Did(ctx context.Context, customer, action, key string) (Explanation, error) {
	return send[Explanation](ctx, c, http.MethodPost, "/v1/customers/"+url.PathEscape(customer)+"/actions", wire.NewAction{Action: action, Key: key})
}

// Explanations lists what the programme gave for what a customer did, and why not more.
func (c *Client) Explanations(ctx context.Context, customer string, l Lists) (Page[Explanation], error) {
	return list[Explanation](ctx, c, "/v1/customers/"+url.PathEscape(customer)+"/explanations", l.query())
}

// Tier tells how a customer stands in the tiers.
func (c *Client) Tier(ctx context.Context, customer string) (TierStanding, error) {
	return send[TierStanding](ctx, c, http.MethodGet, "/v1/customers/"+url.PathEscape(customer)+"/tier", nil)
}

// PersonalOffers tells what is for a customer now and not for everybody always, in words of a language such as en.
func (c *Client) PersonalOffers(ctx context.Context, customer, lang string) ([]PersonalOffer, error) {
	all, err := send[wire.PersonalOffers](ctx, c, http.MethodGet, "/v1/customers/"+url.PathEscape(customer)+"/offers?lang="+url.QueryEscape(lang), nil)
	return all.Data, err
}

// Challenges tells how far a customer has come with each challenge, in words of a language such as en.
func (c *Client) Challenges(ctx context.Context, customer, lang string) ([]Challenge, error) {
	all, err := send[wire.Challenges](ctx, c, http.MethodGet, "/v1/customers/"+url.PathEscape(customer)+"/challenges?lang="+url.QueryEscape(lang), nil)
	return all.Data, err
}

// Accesses tells whether a customer may come in before others, by access.
func (c *Client) Accesses(ctx context.Context, customer string) ([]Access, error) {
	all, err := send[wire.Accesses](ctx, c, http.MethodGet, "/v1/customers/"+url.PathEscape(customer)+"/access", nil)
	return all.Data, err
}

func accessPath(customer, access string) string {
	return "/v1/customers/" + url.PathEscape(customer) + "/access/" + url.PathEscape(access)
}

// Access tells whether a customer may come in before others.
func (c *Client) Access(ctx context.Context, customer, access string) (Access, error) {
	return send[Access](ctx, c, http.MethodGet, accessPath(customer, access), nil)
}

// PutAccess lets a customer in by hand.
func (c *Client) PutAccess(ctx context.Context, customer, access string, grant GrantAccess) (Access, error) {
	return send[Access](ctx, c, http.MethodPut, accessPath(customer, access), grant)
}

// DeleteAccess takes back what was given by hand, and tells what is left.
func (c *Client) DeleteAccess(ctx context.Context, customer, access string) (Access, error) {
	return send[Access](ctx, c, http.MethodDelete, accessPath(customer, access), nil)
}

// PutTier puts a customer into a tier by invitation.
func (c *Client) PutTier(ctx context.Context, customer, tier, reason string) (TierStanding, error) {
	return send[TierStanding](ctx, c, http.MethodPut, "/v1/customers/"+url.PathEscape(customer)+"/tier", wire.InviteToTier{Tier: tier, Reason: reason})
}
