package wire

import (
	"time"

	"regulars/internal/understand/advice"
	"regulars/internal/understand/outlook"
)

// Predictions is what is foretold of all customers together, and how far to trust it.
type Predictions struct {
	Fit      string             `json:"fit" doc:"Id of the fit, which the list of customers takes."`
	AsOf     string             `json:"as_of" doc:"The last day that was known."`
	FittedAt time.Time          `json:"fitted_at"`
	Ready    bool               `json:"ready" doc:"False: there is too little data; the card says what is lacking."`
	Promise  *Promise           `json:"promise,omitempty" doc:"What an earlier fit foretold for the days since, held against what came; left out where none is a month old."`
	Settings PredictionSettings `json:"settings" doc:"For the next fit. Those of this one are on the card."`
	Churn    *LearnedChurn      `json:"churn,omitempty" doc:"What the business's own past taught of who leaves, beside the law; left out where there is no law to compare with."`
	Card     outlook.Card       `json:"card" doc:"The model card, as regulars predict --format json gives it."`
}

// LearnedChurn is a regression learnt from who left before, and how it did beside the law at the same times.
type LearnedChurn struct {
	Used      string        `json:"used" enum:"model,learned" doc:"The one that churn_probability is by: learned where its loss was lower by more than chance."`
	Lacks     string        `json:"lacks,omitempty" enum:"few_customers,short_past,too_good" doc:"Why nothing could be learnt. too_good: it foretold what nobody can know, so some fact is dated before it was known."`
	Words     []string      `json:"words" nullable:"false" doc:"All of this in sentences, in the language asked for."`
	AsOf      string        `json:"learnt_as_of" doc:"Learnt from the customers as they were on the eve of this day, and from who bought nothing in the horizon from it on."`
	Customers int           `json:"customers" doc:"Learnt from."`
	Left      int           `json:"left" doc:"Of them, bought nothing."`
	Learned   *ChurnMark    `json:"learned" doc:"How the regression did over all looks."`
	Model     *ChurnMark    `json:"model" doc:"How the law did on the same customers."`
	Looks     []ChurnLook   `json:"looks" nullable:"false"`
	Weights   []ChurnWeight `json:"weights" nullable:"false" doc:"By how much a feature that is one standard deviation above its mean raises the logarithm of the odds of leaving."`
}

// ChurnMark is how well it was foretold who bought nothing.
type ChurnMark struct {
	AUC     float64 `json:"auc"`
	LogLoss float64 `json:"log_loss"`
	Brier   float64 `json:"brier"`
}

// ChurnLook is one time before.
type ChurnLook struct {
	From      string    `json:"from" doc:"The first day that was foretold; nothing of it or later was known."`
	Customers int       `json:"customers"`
	Left      int       `json:"left"`
	Learned   ChurnMark `json:"learned"`
	Model     ChurnMark `json:"model"`
}

// ChurnWeight is a feature and its weight.
type ChurnWeight struct {
	Feature string  `json:"feature"`
	Weight  float64 `json:"weight"`
}

// Promise is what a fit foretold for the days after it.
type Promise struct {
	AsOf      string  `json:"as_of" doc:"The last day that the fit had seen."`
	Days      int     `json:"days" doc:"How many days after it are compared."`
	Predicted float64 `json:"predicted" doc:"Purchases foretold for them."`
	Low       float64 `json:"low"`
	High      float64 `json:"high"`
	Actual    float64 `json:"actual" doc:"Purchases made, by those who were customers then."`
	Drift     bool    `json:"drift" doc:"What came is outside of the bounds: trust what is foretold less."`
}

// PredictionSettings are how far ahead is looked, and how money to come is counted.
type PredictionSettings struct {
	HorizonDays     int     `json:"horizon_days" minimum:"7" maximum:"730" example:"90"`
	Margin          float64 `json:"margin" minimum:"0" maximum:"1" doc:"Share of revenue that is margin; 1: the lifetime value is revenue." example:"0.3"`
	DiscountPerYear float64 `json:"discount_per_year" minimum:"0" maximum:"10" doc:"What money loses in a year." example:"0.1"`
	ValueMonths     int     `json:"value_months" minimum:"1" maximum:"120" doc:"Months that the lifetime value looks ahead." example:"12"`

	Assumed advice.Assumptions `json:"assumed_gains,omitempty" doc:"What part of what it is about an action of what to do next brings, and between what bounds: for win_back, ask_why, thank, ask_referral and second_purchase. Of one that is left out the usual is assumed."`
}

// Prediction is what a fit foretold of a customer. Money is in minor units; null: no amounts are known.
type Prediction struct {
	Customer     string  `json:"customer_id,omitempty"`
	Reference    string  `json:"reference,omitempty" doc:"Your own id of the customer, for those who may see personal data."`
	AsOf         string  `json:"as_of" doc:"The day at whose end the customer was looked at."`
	State        string  `json:"state" doc:"once: bought once so far; on_time: as usual; late: 19 of 20 of their own gaps were shorter; gone: the chance of being there is below 0.2."`
	Alive        float64 `json:"p_alive" doc:"Chance that the customer has not left for good."`
	None         float64 `json:"churn_probability" doc:"Chance of no purchase within the horizon: by the law, or by what the business's own past taught where that did better when both were tested."`
	ChurnBasis   string  `json:"churn_basis" enum:"model,learned" doc:"model: by the law of all customers; learned: by what the past taught of who leaves."`
	ModelNone    float64 `json:"churn_by_model" doc:"The same chance by the law, for comparison."`
	Expected     float64 `json:"expected_purchases" doc:"Within the horizon."`
	SpendMinor   *int64  `json:"expected_spend_minor" doc:"Within the horizon."`
	ValueMinor   *int64  `json:"clv_minor" doc:"Discounted margin over the months of the lifetime value."`
	AtRiskMinor  *int64  `json:"at_risk_minor" doc:"What they used to spend within the horizon, times the chance of no purchase; 0 for those lost already."`
	Purchases    int     `json:"purchase_days"`
	DaysSince    float64 `json:"days_since_purchase"`
	UsualDays    float64 `json:"usual_gap_days,omitempty" doc:"Days between purchases on average so far; left out after one."`
	NextPurchase string  `json:"next_purchase,omitempty" doc:"Day by which they are as likely as not to have bought again; left out where that is not within two years."`
	FallingSince string  `json:"falling_since,omitempty" doc:"Since which day they stay away longer than usual."`
}

// CustomerPrediction is what is foretold of one customer now: from the purchases of this moment, by the law of the last
// night.
type CustomerPrediction struct {
	Prediction
	Fit         string           `json:"fit"`
	HorizonDays int              `json:"horizon_days"`
	Intervals   CustomerInterval `json:"intervals" doc:"95 % intervals. Those of chances say how well the law is known; the others what one customer may do."`
	Reason      string           `json:"reason" doc:"In the language asked for."`
	Second      *float64         `json:"second_purchase,omitempty" doc:"Of who bought once: the chance of a second purchase within the horizon."`
	NextTier    string           `json:"next_tier,omitempty" doc:"The tier above, for those who may see points; left out where there is none, or tiers go by units."`
	// What it takes is money or orders.
	NextTierChance *float64     `json:"next_tier_chance,omitempty" doc:"Chance of reaching it within the horizon; what leaves the window of the tiers meanwhile is not taken off."`
	Reasons        []string     `json:"churn_reasons" nullable:"false" doc:"What speaks for their leaving, in words, the loudest first; empty where the chance is the law's, or below the average customer's."`
	History        []Prediction `json:"history" nullable:"false" doc:"What earlier fits foretold, the earliest first: the newest two, and the first of each month for a year."`
}

// CustomerInterval is the intervals of a customer's figures.
type CustomerInterval struct {
	Alive      Interval  `json:"p_alive"`
	None       Interval  `json:"churn_probability"`
	Expected   Interval  `json:"expected_purchases"`
	SpendMinor *Interval `json:"expected_spend_minor"`
	ValueMinor *Interval `json:"clv_minor"`
}

// Interval is the bounds of a figure; null: they cannot be known.
type Interval struct {
	Low  *float64 `json:"low"`
	High *float64 `json:"high"`
}

// NextAction is what to do next with a customer. Money is in minor units where amounts are known, and null otherwise.
type NextAction struct {
	Customer   string   `json:"customer_id"`
	Reference  string   `json:"reference,omitempty" doc:"Your own id of the customer, for those who may see personal data."`
	Action     string   `json:"action" doc:"win_back, ask_why, thank, ask_referral, offer_product or second_purchase."`
	Reason     string   `json:"reason" doc:"In the language asked for."`
	SizeMinor  *int64   `json:"size_minor" doc:"What it is about: what may be lost, or is still to come."`
	GainMinor  *int64   `json:"gain_minor" doc:"What is expected of it."`
	LowMinor   *int64   `json:"gain_low_minor"`
	HighMinor  *int64   `json:"gain_high_minor"`
	Size       *float64 `json:"size_purchases,omitempty" doc:"In purchases, where no amounts are known."`
	Gain       *float64 `json:"gain_purchases,omitempty"`
	Basis      string   `json:"basis" doc:"observed: a share counted in your own orders; assumed: a careful guess, until a campaign has measured it."`
	BasisWords string   `json:"basis_in_words"`
	Product    string   `json:"product,omitempty" doc:"What is offered."`
	With       string   `json:"with_product,omitempty" doc:"What of theirs speaks for it."`
	Together   int64    `json:"customers_with_both,omitempty"`
}

// Recommendations are suggestions for a customer: what they buy again, and what they have never bought. They are two lists
// with two scores.
type Recommendations struct {
	Customer string           `json:"customer_id"`
	Category string           `json:"favourite_category,omitempty" doc:"Of most lines ever. Rules go by what was spent in the year before: customer.favourite_category."`
	Again    []Recommendation `json:"again" nullable:"false"`
	New      []Recommendation `json:"new" nullable:"false"`
	Viewed   []Recommendation `json:"viewed" nullable:"false" doc:"Looked at lately and not bought since, the last one first."`
}

// Recommendation is a product, and why it is suggested.
type Recommendation struct {
	Product      string  `json:"product"`
	Name         string  `json:"name,omitempty"`
	Category     string  `json:"category,omitempty"`
	Score        float64 `json:"score" doc:"Of again: orders with it. Of new: how alike it is to what they buy."`
	Orders       int32   `json:"orders,omitempty" doc:"Of the customer, with it."`
	UsualDays    float64 `json:"usual_gap_days,omitempty" doc:"Between their purchases of it, on average."`
	NextPurchase string  `json:"next_purchase,omitempty" doc:"The day by which it is due, going by that."`
	With         string  `json:"with_product,omitempty" doc:"The product of theirs that speaks loudest for it."`
	Together     int32   `json:"customers_with_both,omitempty"`
	Reason       string  `json:"reason,omitempty" doc:"In the language asked for."`
}
