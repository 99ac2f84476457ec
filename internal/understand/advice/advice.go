// Package advice says what to do next with a customer, and what is expected of it.
//
// Nouns. An Action is one thing that somebody can do: win back, ask why, thank, ask for a referral, offer a product, bring
// about the second purchase. Its Size is what it is about: what may be lost, or is still to come. Its Gain is the part of
// the Size that the action is expected to bring, with an interval.
//
// What always holds: a customer gets one action, the one with the highest expected gain; whoever said lately that they are
// unhappy is asked why, and is not thanked, asked for a referral or offered anything; a Gain says on what it rests. Observed
// is a share counted in the business's own orders: it says what goes together, not yet what an offer changes. Assumed is a
// careful guess with a wide interval, the same for everybody, so that the order of customers does not depend on it; a
// campaign with a hold-out turns it into a measured one.
//
// What it does not do: send anything, find the facts (forecast does), choose words.
package advice

import (
	"slices"

	"regulars/internal/base/fault"
	"regulars/internal/base/stats"
	"regulars/internal/understand/predict"
)

// Kind is what is done.
type Kind string

// The kinds.
const (
	WinBack        Kind = "win_back"
	AskWhy         Kind = "ask_why"
	Thank          Kind = "thank"
	AskReferral    Kind = "ask_referral"
	OfferProduct   Kind = "offer_product"
	SecondPurchase Kind = "second_purchase"
)

// Kinds lists them.
func Kinds() []Kind {
	return []Kind{WinBack, AskWhy, Thank, AskReferral, OfferProduct, SecondPurchase}
}

// Basis is what a gain rests on.
type Basis string

// What it may rest on.
const (
	Assumed  Basis = "assumed"
	Observed Basis = "observed"
)

// Customer is what is known of one.
type Customer struct {
	*predict.Score
	Worth, AtRisk float64  // money, or purchases where no amounts are known
	Typical       float64  // worth of a customer on average
	Best          bool     // among the tenth of whom most is to come
	NPS           *float64 // the last answer of a year, from 0 to 10; nil: none
	OpenCase      bool     // a complaint that is not solved
	Offer         *Offer   // a product that others like them bought; nil: none stands out
}

// Offer is a product that the customer has never bought.
type Offer struct {
	Product, With    int64
	Together, Buyers int64   // customers who bought both, and who bought With
	Price            float64 // on average
}

// Action is what to do, and what is expected of it.
type Action struct {
	Kind  Kind
	Size  float64
	Gain  stats.Interval
	Basis Basis
	Offer *Offer
	NPS   *float64
}

// Effect is what part of the size an action brings, and between what bounds.
type Effect struct {
	Low   float64 `json:"low" minimum:"0" maximum:"1"`
	Value float64 `json:"value" minimum:"0" maximum:"1" example:"0.05"`
	High  float64 `json:"high" minimum:"0" maximum:"1"`
}

// Assumptions are what is assumed of actions; of one that is not among them the usual is.
type Assumptions map[Kind]Effect

// What is assumed until a business has measured its own. Reactivation campaigns bring back a few of a hundred who would
// not have come by themselves; a word of thanks changes little; one of some promoters who are asked brings a friend.
var usual = Assumptions{
	WinBack:        {0.01, 0.05, 0.10},
	AskWhy:         {0.02, 0.10, 0.20},
	Thank:          {0, 0.01, 0.03},
	AskReferral:    {0.01, 0.05, 0.12},
	SecondPurchase: {0, 0.03, 0.06},
}

// Assumed tells whether the gain of the kind is assumed; that of the others is observed.
func (k Kind) Assumed() bool {
	_, is := usual[k]
	return is
}

// Of is what is assumed of a kind.
func (a Assumptions) Of(k Kind) Effect {
	if e, said := a[k]; said {
		return e
	}
	return usual[k]
}

// Check refuses what cannot be.
func (a Assumptions) Check() error {
	for k, e := range a {
		if !k.Assumed() {
			return fault.In("assumed_gains", fault.Coded("unknown_action", fault.Invalidf("nothing is assumed of the action %.40q; of these something is: %v", string(k), slices.DeleteFunc(Kinds(), func(k Kind) bool { return !k.Assumed() }))))
		}
		if !(0 <= e.Low && e.Low <= e.Value && e.Value <= e.High && e.High <= 1) {
			return fault.In("assumed_gains", fault.Coded("out_of_range", fault.Invalidf("what %s brings is a share from 0 to 1, its bounds around it", k)))
		}
	}
	return nil
}

// Answers to the question of recommendation: up to Detractor unhappy, from promoter on happy.
const (
	Detractor = 6
	promoter  = 9
)

// leastTogether is how many customers must have bought both products for one to be offered to who has the other.
const leastTogether = 5

// Choose takes the action of which most is expected, as far as that is assumed by what is assumed here; false where nothing
// is worth doing.
func Choose(c Customer, by Assumptions) (best Action, found bool) {
	take := func(k Kind, size float64, fits bool) {
		e := by.Of(k)
		if fits && size*e.Value > 0 && (!found || size*e.Value > best.Gain.Value) {
			best = Action{Kind: k, Size: size, Basis: Assumed, NPS: c.NPS, Gain: stats.Interval{Value: size * e.Value, Low: size * e.Low, High: size * e.High}}
			found = true
		}
	}
	if c.OpenCase || c.NPS != nil && *c.NPS <= Detractor {
		take(AskWhy, c.Worth+c.AtRisk, true)
		return best, found
	}
	staysAway := c.State == predict.Late || c.State == predict.Gone
	happy := c.NPS != nil && *c.NPS >= promoter
	take(WinBack, c.AtRisk, staysAway)
	take(Thank, c.Worth, c.Best && !staysAway)
	take(AskReferral, c.Typical, happy && !staysAway)
	take(SecondPurchase, c.second(), c.State == predict.OnceOnly)
	if o := c.Offer; o != nil && !staysAway && o.Together >= leastTogether && o.Price > 0 {
		share := stats.Wilson(float64(o.Together), float64(o.Buyers))
		// They have to come in the first place.
		if gain := share.Scale(o.Price * (1 - c.None)); !found || gain.Value > best.Gain.Value {
			best, found = Action{Kind: OfferProduct, Size: o.Price, Basis: Observed, Offer: o, NPS: c.NPS, Gain: gain}, true
		}
	}
	return best, found
}

// second is what a second purchase is about: what a customer of whom nothing is known is worth.
func (c *Customer) second() float64 {
	if c.None <= 0 {
		return 0
	}
	return c.Typical * c.None
}
