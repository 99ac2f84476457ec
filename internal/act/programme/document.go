package programme

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"

	"regulars/internal/act/points"
	"regulars/internal/act/reward"
	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
)

// Document is a programme as it is written down.
type Document struct {
	Name string `json:"name"`
	// Starts is the first day of which orders count, such as 2026-12-01; empty: orders placed after it is published.
	Starts string `json:"starts,omitempty"`
	// MembersOnly lets nobody earn who has not joined.
	MembersOnly bool `json:"members_only,omitempty"`
	// FourEyes lets nobody publish a draft that they wrote, once this is in force.
	FourEyes bool   `json:"four_eyes,omitempty"`
	Units    []Unit `json:"units"`
	Rules    []Rule `json:"rules"`
	// Off are rules that are switched off: nobody is asked for them, and they give nothing.
	Off        []Rule          `json:"off,omitempty"`
	Challenges []Challenge     `json:"challenges,omitempty"`
	Access     []Access        `json:"access,omitempty"`
	Tiers      *Tiers          `json:"tiers,omitempty"`
	Referral   *Referral       `json:"referral,omitempty"`
	Rewards    []reward.Reward `json:"rewards,omitempty"`
	// Translations are what names and texts above are in other languages.
	Translations locale.Translations `json:"translations,omitempty"`
}

// Referral says when a friend who was brought counts; what it gives are rules on referral, to who brought them, and on referred,
// to the friend. Without it nobody's code leads anywhere.
type Referral struct {
	// MinimumMinor is what must be left of an order of the friend for it to count; 0: anything.
	MinimumMinor int64 `json:"minimum_minor,omitempty"`
	// WithinDays is by when the friend must have ordered; 0: whenever.
	WithinDays int `json:"within_days,omitempty"`
	// WaitDays is how long it waits for the order to come back before it gives anything.
	WaitDays int `json:"wait_days,omitempty"`
}

func (r *Referral) check() error {
	const mostDays = 3660
	switch {
	case r == nil:
		return nil
	case r.MinimumMinor < 0:
		return fault.In("minimum_minor", fault.Invalidf("a minimum is an amount above 0; leave it out for none"))
	case r.WithinDays < 0 || r.WithinDays > mostDays:
		return fault.In("within_days", fault.Invalidf("a friend orders within 1 to %d days; leave it out for whenever", mostDays))
	case r.WaitDays < 0 || r.WaitDays > mostDays:
		return fault.In("wait_days", fault.Invalidf("it waits 0 to %d days", mostDays))
	}
	return nil
}

// Unit is what is counted.
type Unit struct {
	Unit       string         `json:"unit"`
	Kind       points.Kind    `json:"kind,omitempty"` // empty: spendable
	AllowsDebt bool           `json:"allows_debt,omitempty"`
	Expiry     points.Expiry  `json:"expiry,omitzero"`
	Pending    points.Pending `json:"pending,omitzero"`
}

func (u *Unit) unit() points.Unit {
	kind := u.Kind
	if kind == "" {
		kind = points.Spendable
	}
	return points.Unit{Code: u.Unit, Kind: kind, AllowsDebt: u.AllowsDebt, Expiry: u.Expiry, Pending: u.Pending}
}

// Rule says what customers get for what they do.
type Rule struct {
	Rule string `json:"rule"` // the owner's name for it, such as point-a-euro
	Name string `json:"name"` // as people see it
	// On is what it looks at: order (the usual), or an action: sign_up, birthday, answer ...
	On string `json:"on,omitempty"`
	// Holidays are the keys of those that a rule on holiday is for.
	Holidays []string `json:"holidays,omitempty"`
	// If must be true of the order or the customer, and Lines of a line for it to count; empty: always.
	If    string `json:"if,omitempty"`
	Lines string `json:"lines,omitempty"`
	// From and Until are days between which it is in force, that of Until included; Days of the week (mon ...) and Hours
	// (07:00-10:30) by the clocks of the business.
	From  string   `json:"from,omitempty"`
	Until string   `json:"until,omitempty"`
	Days  []string `json:"days,omitempty"`
	Hours string   `json:"hours,omitempty"`

	Effect Effect `json:"effect"`

	Limit  *Limit `json:"limit,omitempty"`  // how often a customer may have it
	Budget int64  `json:"budget,omitempty"` // units for all customers together; 0: without end
	// Of the rules of one group only one applies, that of the highest priority, of equals the first.
	Group    string `json:"group,omitempty"`
	Priority int    `json:"priority,omitempty"`
	// Include counts what is left out else: tax, shipping, paid_with_units.
	Include []string `json:"include,omitempty"`
}

// Limit is how often a customer may have it in a period, or how many units: one of the two, or both.
type Limit struct {
	Times  int64         `json:"times,omitempty"`
	Units  int64         `json:"units,omitempty"`
	Period reward.Period `json:"period,omitempty"`
}

// Effect is what a rule gives: exactly one of these.
type Effect struct {
	Rate         *Rate         `json:"rate,omitempty"`
	Fixed        *Fixed        `json:"fixed,omitempty"`
	Each         *Each         `json:"each,omitempty"`
	Times        *Times        `json:"times,omitempty"`
	Card         *Card         `json:"card,omitempty"`
	Discount     *Discount     `json:"discount,omitempty"`
	Gift         *Gift         `json:"gift,omitempty"`
	FreeDelivery *FreeDelivery `json:"free_delivery,omitempty"`
	Entries      *Entries      `json:"entries,omitempty"`
}

// Rate is units for money, rounded down for an order.
type Rate struct {
	Unit  string `json:"unit"`
	Units int64  `json:"units"`
	Minor int64  `json:"per_minor"`
	// KeepRemainder adds what is left over to the next order's.
	KeepRemainder bool `json:"keep_remainder,omitempty"`
}

// Fixed is units for an order, a visit or an action.
type Fixed struct {
	Unit  string `json:"unit"`
	Units int64  `json:"units"`
}

// Each is units for each piece that is bought, such as stamps for cups of coffee.
type Each struct {
	Unit  string `json:"unit"`
	Units int64  `json:"units"`
}

// Times multiplies what rates and pieces of a unit give for the order.
type Times struct {
	Unit   string  `json:"unit"`
	Factor float64 `json:"factor"`
}

// Discount takes something off the order; it gives no units.
type Discount struct {
	Percent     float64 `json:"percent,omitempty"`
	AmountMinor int64   `json:"amount_minor,omitempty"`
	// Steps is a ladder instead: the percentage of the highest spend that the customer has reached so far.
	Steps []Step `json:"steps,omitempty"`
}

// Step is a step of a ladder of discounts.
type Step struct {
	SpendMinor int64   `json:"spend_minor"`
	Percent    float64 `json:"percent"`
}

// Gift goes with the order; it gives no units.
type Gift struct {
	Product string `json:"product,omitempty"`
	Text    string `json:"text,omitempty"`
}

// Entries puts entries into a prize draw while it is open; it gives no units. The draw says how many one person may have.
type Entries struct {
	Draw    string `json:"draw"`
	Entries int64  `json:"entries"`
}

// FreeDelivery takes what is paid for sending off the order; it gives no units.
type FreeDelivery struct{}

// OnOrder is what rules look at that say nothing else.
const OnOrder = "order"

// The occasions: days on which customers are given something without having done anything.
const (
	OnBirthday    = "birthday"
	OnAnniversary = "anniversary" // of joining, each year
	OnHoliday     = "holiday"     // of the business's calendar
)

// Occasions lists them.
func Occasions() []string { return []string{OnBirthday, OnAnniversary, OnHoliday} }

// Actions are the other things that rules may look at.
func Actions() []string {
	return append([]string{"sign_up", OnBirthday, OnAnniversary, OnHoliday, "answer", "referred"}, ToldActions()...)
}

// ToldActions are those that nobody knows of unless they are told.
func ToldActions() []string { return []string{"review", "referral", "profile_completed"} }

// Parse reads a document strictly: a name that nobody knows is a mistake, and is said by name.
func Parse(text []byte) (*Document, error) {
	var d Document
	in := json.NewDecoder(bytes.NewReader(text))
	in.DisallowUnknownFields()
	if err := in.Decode(&d); err != nil {
		return nil, fault.Invalidf("the programme cannot be read: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return nil, fault.Invalidf("the programme is one JSON object, and something follows it")
	}
	return &d, nil
}

// Worth is what the units of a programme are worth by the rewards that give most for one, in minor units.
func (d *Document) Worth() map[string]float64 {
	worth := map[string]float64{}
	for i := range d.Rewards {
		r := &d.Rewards[i]
		if minor, known := r.WorthMinor(); known && r.Price > 0 {
			worth[r.Unit] = max(worth[r.Unit], float64(minor)/float64(r.Price))
		}
	}
	return worth
}

// Uses tells whether anything but the unit itself speaks of it.
func (d *Document) Uses(unit string) bool {
	for _, r := range slices.Concat(d.Rules, d.Off) {
		e := &r.Effect
		if e.Rate != nil && e.Rate.Unit == unit || e.Fixed != nil && e.Fixed.Unit == unit || e.Each != nil && e.Each.Unit == unit ||
			e.Times != nil && e.Times.Unit == unit || e.Card != nil && e.Card.Unit == unit {
			return true
		}
	}
	if slices.ContainsFunc(d.Rewards, func(r reward.Reward) bool { return r.Unit == unit }) {
		return true
	}
	for i := range d.Challenges {
		ch := &d.Challenges[i]
		if ch.Gives != nil && ch.Gives.Unit == unit || slices.ContainsFunc(ch.Milestones, func(m Milestone) bool { return m.Gives.Unit == unit }) {
			return true
		}
	}
	return d.Tiers != nil && (d.Tiers.Unit == unit || slices.ContainsFunc(d.Tiers.Levels, func(l Level) bool {
		_, expires := l.Expiry[unit]
		return expires || l.Gift != nil && l.Gift.Unit == unit
	}))
}
