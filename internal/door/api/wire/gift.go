package wire

import "time"

// GiftSettings say how gifts are told.
type GiftSettings struct {
	Silent bool `json:"silent,omitempty" doc:"No letters are sent about gifts."`
}

// SurpriseWho says who qualifies for a surprise; what is left out chooses nobody out.
type SurpriseWho struct {
	Segment    string `json:"segment,omitempty" maxLength:"40" doc:"RFM segment." example:"champions"`
	Tier       string `json:"tier,omitempty" maxLength:"60" example:"gold"`
	Members    bool   `json:"members,omitempty" doc:"Only who has joined."`
	Orders     int64  `json:"orders,omitempty" minimum:"0" doc:"At least so many orders."`
	SpentMinor int64  `json:"spent_minor,omitempty" minimum:"0" doc:"At least so much paid, in minor units."`
	WithinDays int64  `json:"within_days,omitempty" minimum:"0" maximum:"36600" doc:"Whose last order was in the last so many days."`
	AwayDays   int64  `json:"away_days,omitempty" minimum:"0" maximum:"36600" doc:"Whose last order was before that."`
	Condition  string `json:"condition,omitempty" maxLength:"2000" doc:"A condition on customer and time, as rules of the programme have it." example:"customer.member_years >= 1"`
}

// Surprise is a budget spread at random among those who qualify.
type Surprise struct {
	Surprise string `json:"surprise,omitempty" readOnly:"true" example:"spring-2027"`
	Name     string `json:"name" minLength:"1" maxLength:"100" doc:"As customers see it." example:"A spring surprise"`

	Translations map[string]map[string]string `json:"translations,omitempty" doc:"What the name is in other languages: by en, ru, zh, el or mk, and by the text as it is here."`

	Who     SurpriseWho `json:"who,omitzero"`
	Unit    string      `json:"unit,omitempty" maxLength:"60" doc:"Of what each is given." example:"points"`
	Units   int64       `json:"units,omitempty" minimum:"0" maximum:"1000000" doc:"How many of it each is given."`
	Reward  string      `json:"reward,omitempty" maxLength:"60" doc:"The reward that each is given for nothing, instead of units."`
	Gifts   int64       `json:"gifts,omitempty" minimum:"0" maximum:"1000000" doc:"How many there are."`
	Budget  int64       `json:"budget,omitempty" minimum:"0" doc:"Units for all together, instead of how many there are."`
	HoldOut int64       `json:"hold_out,omitempty" minimum:"0" maximum:"90" doc:"How many in a hundred of those who qualify are kept back, to be compared with." example:"10"`
	GivesAt time.Time   `json:"gives_at" doc:"When it is given."`

	State     string          `json:"state,omitempty" readOnly:"true" enum:"draft,planned,giving,given,cancelled"`
	Version   int64           `json:"version,omitempty" readOnly:"true"`
	Qualified int64           `json:"qualified,omitempty" readOnly:"true" doc:"On the frozen list."`
	Seed      string          `json:"seed,omitempty" readOnly:"true" doc:"What chance was made of; there once the list is frozen."`
	FrozenAt  *time.Time      `json:"frozen_at,omitempty" readOnly:"true"`
	EndedAt   *time.Time      `json:"ended_at,omitempty" readOnly:"true" doc:"When the last was given."`
	Lots      *SurpriseLots   `json:"lots,omitempty" readOnly:"true" doc:"How many were dealt what so far."`
	Effect    *SurpriseEffect `json:"effect,omitempty" readOnly:"true" doc:"What both sides bought since the list was frozen."`
}

// SurpriseLots is how many were dealt what.
type SurpriseLots struct {
	Given    int64 `json:"given"`
	HeldOut  int64 `json:"held_out" doc:"Kept back, to be compared with."`
	NotDrawn int64 `json:"not_drawn"`
	Missed   int64 `json:"missed" doc:"Drawn, and could not be given anything: the reward had run out, or they were erased or merged meanwhile."`
}

// SurpriseSide is what those on one side have bought.
type SurpriseSide struct {
	Customers int64 `json:"customers"`
	Came      int64 `json:"came" doc:"Who bought something."`
	PaidMinor int64 `json:"paid_minor" doc:"Paid less what came back, all together."`
}

// SurpriseChange is a difference between the sides, with its 95 % interval.
type SurpriseChange struct {
	Difference *float64 `json:"difference"`
	Low        *float64 `json:"low"`
	High       *float64 `json:"high"`
	Verdict    string   `json:"verdict" enum:"real,noise,too_few"`
}

// SurpriseEffect is what those who were drawn bought, beside those who were not.
type SurpriseEffect struct {
	With    SurpriseSide   `json:"with"`
	Without SurpriseSide   `json:"without" doc:"Kept back or not drawn."`
	Came    SurpriseChange `json:"came" doc:"Of the shares who bought something, in percentage points."`
	Paid    SurpriseChange `json:"paid" doc:"Of what each has paid in the mean, in minor units."`
}

// SurpriseEstimate is who would qualify now, and what it costs.
type SurpriseEstimate struct {
	Qualified int64  `json:"qualified"`
	AtMost    bool   `json:"at_most,omitempty" doc:"There are too many to ask each of them the condition now: fewer may qualify."`
	Gifts     int64  `json:"gifts" doc:"How many would be given something."`
	HeldOut   int64  `json:"held_out"`
	Units     int64  `json:"units,omitempty" doc:"All together."`
	Left      *int64 `json:"left,omitempty" doc:"Of the reward; left out where there are as many as one likes."`
}

// Gift is what a customer was given on an occasion.
type Gift struct {
	Occasion string     `json:"occasion" enum:"birthday,anniversary,holiday,surprise"`
	About    string     `json:"about,omitempty" doc:"The holiday, or the surprise."`
	Name     string     `json:"name" doc:"The occasion in words."`
	Lot      string     `json:"lot" enum:"given,held_out,not_drawn,missed"`
	Gave     []GiftPart `json:"gave" nullable:"false"`
	At       time.Time  `json:"at"`
	Letter   string     `json:"letter" enum:"none,waiting,sent,skipped" doc:"How the letter about it stands."`
}

// GiftPart is one thing that was given.
type GiftPart struct {
	Unit   string `json:"unit,omitempty"`
	Units  int64  `json:"units,omitempty"`
	Reward string `json:"reward,omitempty" doc:"Its name."`
	// Entries are those that a rule put into a prize draw.
	Draw    string `json:"draw,omitempty" doc:"The name of the prize draw."`
	Entries int64  `json:"entries,omitempty" doc:"How many entries in it."`
}
