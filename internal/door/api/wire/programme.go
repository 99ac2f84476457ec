package wire

import (
	"encoding/json"
	"time"
)

// ProgrammeVersion is a version of the programme.
type ProgrammeVersion struct {
	Version     int64           `json:"version"`
	State       string          `json:"state" enum:"draft,published,retired"`
	Document    json.RawMessage `json:"document,omitempty" doc:"Left out in lists."`
	Note        string          `json:"note,omitempty"`
	Author      string          `json:"author"`
	CreatedAt   time.Time       `json:"created_at"`
	PublishedAt *time.Time      `json:"published_at,omitempty" doc:"Last."`
	PublishedBy string          `json:"published_by,omitempty"`
}

// NewProgramme is a draft.
type NewProgramme struct {
	Document map[string]any `json:"document" doc:"The programme as one document: name, starts, members_only, four_eyes, units, rules, tiers, rewards. See the documentation."`
	Note     string         `json:"note,omitempty" maxLength:"1000" doc:"What is new about it."`
}

// Differences is where two versions differ.
type Differences struct {
	From int64        `json:"from"`
	To   int64        `json:"to"`
	Data []Difference `json:"data" nullable:"false"`
}

// Difference is a place at which two documents differ.
type Difference struct {
	At     string          `json:"at" example:"rules[point-a-euro].effect.rate.units"`
	Before json.RawMessage `json:"before,omitempty"`
	After  json.RawMessage `json:"after,omitempty"`
}

// Budgets is what is left of the budgets of rules.
type Budgets struct {
	Version int64    `json:"version" doc:"Of the programme, which is in force."`
	Data    []Budget `json:"data" nullable:"false"`
}

// Budget is how many units a rule may give to all customers together.
type Budget struct {
	Rule   string `json:"rule"`
	Name   string `json:"name"`
	Unit   string `json:"unit"`
	Budget int64  `json:"budget" doc:"Units, as the programme in force says."`
	Spent  int64  `json:"spent" doc:"Of them, what the rule has given, less what went back, under versions of before too."`
	Left   int64  `json:"left" doc:"0 as well where the budget was made smaller than what is spent."`
}

// RuleResult is what came of a rule.
type RuleResult struct {
	Rule          string  `json:"rule"`
	Name          string  `json:"name"`
	Gave          bool    `json:"gave"`
	Why           string  `json:"why,omitempty" doc:"Where it gave nothing: not_in_force, wrong_hours, not_member, condition, no_lines, too_little, limit, budget, beaten or card (it is not full yet)."`
	Detail        string  `json:"detail,omitempty" doc:"The part of the condition that was not met, the rule that was better, or the days and hours."`
	Unit          string  `json:"unit,omitempty"`
	Units         int64   `json:"units,omitempty"`
	Trimmed       int64   `json:"trimmed,omitempty" doc:"How many more units it would have been, had the budget not been spent."`
	Over          int64   `json:"over,omitempty" doc:"How many more units it would have been without the limit of the customer."`
	Kept          int64   `json:"kept,omitempty" doc:"How many of the units the customer had already: taken back when they were spent, they are not given a second time."`
	BaseMinor     int64   `json:"base_minor,omitempty" doc:"The money that counted."`
	Factor        float64 `json:"factor,omitempty" doc:"By which it was multiplied, or that it multiplies by."`
	Pieces        int64   `json:"pieces,omitempty" doc:"Of a card: the pieces of this order that it counts."`
	Counted       int64   `json:"counted,omitempty" doc:"Of a card: how many pieces are on it now ..."`
	Every         int64   `json:"every,omitempty" doc:"... of so many."`
	Free          int64   `json:"free,omitempty" doc:"Of a card: how many pieces of this order are free; discount_minor is what they cost."`
	DiscountMinor int64   `json:"discount_minor,omitempty"`
	Gift          string  `json:"gift,omitempty"`
	FreeDelivery  bool    `json:"free_delivery,omitempty"`
	Draw          string  `json:"draw,omitempty" doc:"The prize draw that entries went into, by its key."`
	DrawName      string  `json:"draw_name,omitempty" doc:"What it is called, in the language that was asked for, or in English; the key where it is gone."`
	Entries       int64   `json:"entries,omitempty" doc:"How many entries stand in it."`
	Reward        string  `json:"reward,omitempty" doc:"What a reward that was given is called."`
	RedemptionID  string  `json:"redemption_id,omitempty" doc:"What the customer has of it."`
}

// Explanation is what the programme gave for an order, or something else, and why not more.
type Explanation struct {
	Customer  string           `json:"customer"`
	OrderID   string           `json:"order_id,omitempty"`
	Action    string           `json:"action,omitempty" doc:"Where it was no order: sign_up, birthday, answer, challenge ..."`
	Challenge string           `json:"challenge,omitempty" doc:"Which challenge, where it was one."`
	Version   int64            `json:"version" doc:"Of the programme that was in force then."`
	Tier      string           `json:"tier,omitempty" doc:"In which the customer was then."`
	Units     map[string]int64 `json:"units"`
	Rules     []RuleResult     `json:"rules" nullable:"false"`
	Words     []string         `json:"words" nullable:"false" doc:"The same in words, in the language and for the reader that was asked for."`
	At        time.Time        `json:"at"`
}

// Quote is what an order would earn, and what the customer can have.
type Quote struct {
	Version       int64            `json:"version"`
	Units         map[string]int64 `json:"units"`
	DiscountMinor int64            `json:"discount_minor" doc:"What the programme takes off: hand it in with the order as programme_discount_minor. What is earned is of what is left. 0 for an order that says what was taken off."`
	Lines         []QuotedLine     `json:"lines,omitempty" doc:"The same for each line of the order; left out where nothing is taken off."`
	Gifts         []string         `json:"gifts" nullable:"false"`
	FreeDelivery  bool             `json:"free_delivery"`
	Rules         []RuleResult     `json:"rules" nullable:"false"`
	Words         []string         `json:"words" nullable:"false" doc:"The same in words, in the language and for the reader that was asked for."`
	Rewards       []Offer          `json:"rewards" nullable:"false" doc:"Each with whether the customer can have it now, and if not, why and what is missing."`
}

// QuotedLine is a line of an order as it is quoted.
type QuotedLine struct {
	DiscountMinor int64 `json:"discount_minor"`
}

// TierStanding is how a customer stands in the tiers.
type TierStanding struct {
	Customer string     `json:"customer"`
	Tier     string     `json:"tier,omitempty" doc:"Left out: none yet."`
	Name     string     `json:"name,omitempty"`
	Since    *time.Time `json:"since,omitempty"`
	Until    *time.Time `json:"until,omitempty" doc:"Kept until then; left out: for good."`
	Counted  int64      `json:"counted" doc:"What tiers go by, in the window of now: minor units, orders or units."`
	Earned   string     `json:"earned,omitempty" doc:"The tier that this reaches: the one that comes when the present one runs out."`
	Next     string     `json:"next,omitempty"`
	Missing  int64      `json:"missing,omitempty" doc:"To the next one."`
	Moves    []TierMove `json:"moves" nullable:"false" doc:"The last first."`
}

// PersonalOffers is what is for a customer now.
type PersonalOffers struct {
	Data []PersonalOffer `json:"data" nullable:"false"`
}

// PersonalOffer is a rule of the programme that is for a customer now, in words.
type PersonalOffer struct {
	Rule  string   `json:"rule" example:"we-miss-you"`
	Name  string   `json:"name" example:"We miss you"`
	Gives string   `json:"gives" example:"50 points"`
	When  []string `json:"when" nullable:"false" doc:"What an order must be, and how long the offer holds; a category that the customer buys most of by its name." example:"[\"for orders of €20.00 or more\"]"`
	Until string   `json:"until,omitempty" doc:"Its last day, where it has one." example:"2026-12-31"`
}

// Challenges is how far a customer has come with each challenge.
type Challenges struct {
	Data []Challenge `json:"data" nullable:"false"`
}

// Challenge is how far a customer has come with a challenge.
type Challenge struct {
	Challenge string `json:"challenge" example:"five-visits"`
	Name      string `json:"name"`
	State     string `json:"state" enum:"coming,running,reached,over" doc:"reached: in the window of now. over: it has ended, or the customer has had it as often as one may."`
	Count     string `json:"count" enum:"orders,visits,spend,pieces,categories,products,stores"`
	Counted   int64  `json:"counted" doc:"In the window of now; spend in minor units."`
	Target    int64  `json:"target"`
	Begins    string `json:"begins,omitempty" format:"date" doc:"Of the window; left out: it begins with the first step."`
	Ends      string `json:"ends,omitempty" format:"date" doc:"The last day of the window; left out: it does not end, or has not begun."`
	Row       int64  `json:"row,omitempty" doc:"How many windows in a row, of a streak."`
	InARow    int64  `json:"in_a_row,omitempty" doc:"How many are asked for."`
	Milestone int64  `json:"next_milestone,omitempty" doc:"The next number in a row that gives something."`
	Times     int64  `json:"times" doc:"How often it was done."`
	Gives     string `json:"gives" doc:"In words."`
	Words     string `json:"words" doc:"How far the customer has come, in words."`
	Streak    string `json:"streak,omitempty" doc:"The same of a streak."`
}

// Access is whether a customer may come in before others.
type Access struct {
	Customer string     `json:"customer"`
	Access   string     `json:"access" example:"spring-sale"`
	Name     string     `json:"name"`
	Granted  bool       `json:"granted"`
	Until    *time.Time `json:"until,omitempty" doc:"As things stand; left out: without end, or not granted."`
	Why      string     `json:"why" enum:"tier,segment,condition,reward,hand,not_yet,over,no" doc:"no: not to this customer."`
	Detail   string     `json:"detail,omitempty" doc:"The tier, segment or reward, or the reason of who gave it by hand."`
}

// Accesses is whether a customer may come in, by access.
type Accesses struct {
	Data []Access `json:"data" nullable:"false"`
}

// GrantAccess lets a customer in by hand.
type GrantAccess struct {
	Until  *time.Time `json:"until,omitempty" doc:"Left out: for good."`
	Reason string     `json:"reason" minLength:"1" maxLength:"200"`
}

// TierMove is that a customer came into a tier.
type TierMove struct {
	Tier   string    `json:"tier"`
	Before string    `json:"before"`
	Why    string    `json:"why"`
	At     time.Time `json:"at"`
}

// InviteToTier puts a customer into a tier by hand.
type InviteToTier struct {
	Tier   string `json:"tier" maxLength:"60"`
	Reason string `json:"reason" minLength:"1" maxLength:"200"`
}

// Rehearse says how to rehearse a version of the programme.
type Rehearse struct {
	From       string             `json:"from,omitempty" format:"date" doc:"First day of the orders to take; left out: all."`
	ValueMinor map[string]float64 `json:"value_minor,omitempty" doc:"What a unit is worth to whoever uses it, by unit, in minor units of the currency."`
	Used       float64            `json:"used,omitempty" minimum:"0" maximum:"1" default:"1" doc:"Share of the units that will be used."`
	Margin     float64            `json:"margin,omitempty" minimum:"0" maximum:"1" doc:"Share of the price that is left to the business, to see what it takes to pay."`
	Rise       float64            `json:"rise,omitempty" minimum:"0" maximum:"10" doc:"By how much the orders of those who earn rise, such as 0.05."`
}

// LintProgramme is a programme to be looked over.
type LintProgramme struct {
	Document   map[string]any     `json:"document" doc:"The programme as one document."`
	ValueMinor map[string]float64 `json:"value_minor,omitempty" doc:"What a unit is worth to whoever uses it, by unit, in minor units of the currency; left out: by the reward that gives most for one."`
	Margin     float64            `json:"margin,omitempty" minimum:"0" maximum:"1" doc:"Share of the price that is left to the business, below which nothing should go."`
}

// NewAction is what a customer did, other than ordering.
type NewAction struct {
	Action string `json:"action" maxLength:"60" example:"review" doc:"review, referral or profile_completed. Joining, birthdays and answers are known by themselves."`
	Key    string `json:"key" minLength:"1" maxLength:"100" example:"17" doc:"What tells it from others of the customer, such as your id of the review. Told again it is the same, and gives nothing more."`
}
