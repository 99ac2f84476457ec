package wire

import (
	"encoding/json"
	"time"
)

// Reward is what customers get for their units, or for nothing.
type Reward struct {
	Reward      string         `json:"reward" readOnly:"true" example:"free-coffee" doc:"Your name for it."`
	Name        string         `json:"name" minLength:"1" maxLength:"200" example:"A coffee on us" doc:"As customers see it."`
	Description string         `json:"description,omitempty" maxLength:"4000"`
	Image       string         `json:"image,omitempty" maxLength:"4000" doc:"An address that begins with https://."`
	Kind        string         `json:"kind" enum:"discount,product,free_delivery,gift,early_access,event,draw_entry,experience,donation,cash_back"`
	Terms       map[string]any `json:"terms,omitempty" doc:"What it is, by its kind. discount: amount_minor or percent, minimum_minor, most_minor, categories, products (a line that is of one of them is lowered; without any the whole order). product: product, quantity. free_delivery: minimum_minor. gift, experience: cost_minor. early_access: from, until, what. event: begins_at, place, places. draw_entry: draw, entries. donation, cash_back: amount_minor, to."`
	Unit        string         `json:"unit,omitempty" maxLength:"40" example:"points" doc:"In which the price is."`
	Price       int64          `json:"price,omitempty" minimum:"0" maximum:"1000000000" example:"100" doc:"0: it costs nothing."`
	From        *time.Time     `json:"from,omitempty" doc:"From when on it can be had."`
	Until       *time.Time     `json:"until,omitempty" doc:"Until when."`
	PerCustomer int64          `json:"per_customer,omitempty" minimum:"0" doc:"How many one customer can have in a period; 0: as many as they like."`
	Period      string         `json:"period,omitempty" enum:"day,week,month,year" doc:"Of per_customer; left out: ever."`
	GoodDays    int            `json:"good_days,omitempty" minimum:"0" maximum:"3660" doc:"How many days after it was issued it can be used; 0: for ever."`
	Codes       *RewardCodes   `json:"codes,omitempty" doc:"Left out: without codes, the till knows the customer."`
	Left        *int64         `json:"left,omitempty" minimum:"0" doc:"How many are left; left out: as many as are asked for. Saving a reward sets it."`

	Archived  bool       `json:"archived,omitempty" readOnly:"true" doc:"It cannot be had any more."`
	PoolLeft  int64      `json:"pool_left,omitempty" readOnly:"true" doc:"Codes of the pool that are left."`
	Version   int64      `json:"version,omitempty" readOnly:"true"`
	UpdatedAt *time.Time `json:"updated_at,omitempty" readOnly:"true"`
}

// RewardCodes says what codes a reward has.
type RewardCodes struct {
	Kind    string `json:"kind" enum:"unique,pool,generic" doc:"unique: made for each customer. pool: handed in before. generic: one for everybody."`
	Pattern string `json:"pattern,omitempty" maxLength:"60" example:"CAFE-#####-#####" doc:"Of unique codes: each # is a random sign, ten at least."`
	Code    string `json:"code,omitempty" maxLength:"60" example:"SUMMER10" doc:"Of generic ones."`
}

// NewCodes are codes for a pool.
type NewCodes struct {
	Codes []string `json:"codes" minItems:"1" maxItems:"10000"`
}

// AddedCodes is how many codes were new.
type AddedCodes struct {
	Added    int64 `json:"added" doc:"Those that were there already are passed over."`
	PoolLeft int64 `json:"pool_left"`
}

// Offer is a reward, and whether a customer can have it now.
type Offer struct {
	Reward    Reward `json:"reward"`
	Available bool   `json:"available"`
	Why       string `json:"why,omitempty" doc:"Where it is not available, why: too_few_units, reward_closed, none_left, no_codes_left, limit_reached, or of entries draw_closed, draw_limit or draw_way."`
	Detail    string `json:"detail,omitempty" doc:"The same in words."`
	Missing   int64  `json:"missing,omitempty" doc:"How many units the customer lacks."`
	// DiscountMinor is said in quotes.
	DiscountMinor int64 `json:"discount_minor,omitempty" doc:"In a quote: what it takes off the order, beside what the rules take off, of a product what its cheapest pieces in the order cost; left out where it takes nothing off, or more than there is."`
}

// NewRedemption is what a customer wants.
type NewRedemption struct {
	Customer       *CustomerRef `json:"customer"`
	Reward         string       `json:"reward" maxLength:"60" example:"free-coffee"`
	OrderReference string       `json:"order_reference,omitempty" maxLength:"200" doc:"What your shop calls the order that it is for."`
	HoldSeconds    int64        `json:"hold_seconds,omitempty" minimum:"0" maximum:"31622400" doc:"For how long it is held until you issue it; left out: it is issued at once."`
}

// Redemption is a reward that a customer took.
type Redemption struct {
	ID             string           `json:"id"`
	Customer       string           `json:"customer"`
	Reward         string           `json:"reward"`
	Name           string           `json:"name" doc:"What was promised, as it was then, and the terms below."`
	Kind           string           `json:"kind"`
	Terms          json.RawMessage  `json:"terms,omitempty"`
	State          string           `json:"state" enum:"held,issued,used,refunded,void"`
	Unit           string           `json:"unit,omitempty"`
	Units          int64            `json:"units" doc:"That it took."`
	Code           string           `json:"code,omitempty"`
	OrderReference string           `json:"order_reference,omitempty"`
	GoodUntil      *time.Time       `json:"good_until,omitempty" doc:"When the hold, or what was issued, runs out; left out: never."`
	OpenedAt       time.Time        `json:"opened_at"`
	Moves          []RedemptionMove `json:"moves,omitempty" doc:"What became of it, where one redemption is asked for."`
	Version        int64            `json:"version"`
}

// RedemptionMove is what became of a redemption once.
type RedemptionMove struct {
	State  string    `json:"state"`
	Actor  string    `json:"actor"`
	Reason string    `json:"reason,omitempty"`
	At     time.Time `json:"at"`
}

// UseRedemption says that a customer got what was promised.
type UseRedemption struct {
	OrderReference string `json:"order_reference,omitempty" maxLength:"200" doc:"What your shop calls the order. Used for the same order again it stays so."`
}

// Because is why a person does something.
type Because struct {
	Reason string `json:"reason,omitempty" maxLength:"200"`
}

// UseCode is a code that is taken at the till.
type UseCode struct {
	Customer       *CustomerRef `json:"customer,omitempty" doc:"Needed where the code is for everybody; else it must be whose it is, where it is given."`
	OrderReference string       `json:"order_reference,omitempty" maxLength:"200"`
}

// FoundCode is what a code leads to.
type FoundCode struct {
	Code       string      `json:"code"`
	Kind       string      `json:"kind" enum:"unique,pool,generic"`
	Reward     Reward      `json:"reward"`
	Redemption *Redemption `json:"redemption,omitempty" doc:"Left out where it is nobody's."`
}
