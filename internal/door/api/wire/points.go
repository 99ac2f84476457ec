package wire

import "time"

// Accounts is what a customer has, unit by unit.
type Accounts struct {
	Customer string    `json:"customer" doc:"Who stands for the person: units under numbers that were merged are counted in."`
	AsOf     time.Time `json:"as_of"`
	Units    []Balance `json:"units" nullable:"false"`
}

// Balance is what a customer has of one unit.
type Balance struct {
	Unit          string     `json:"unit" example:"points"`
	Kind          string     `json:"kind" enum:"spendable,qualifying" doc:"Qualifying units are counted towards a tier and cannot be spent."`
	Available     int64      `json:"available" doc:"Can be spent now."`
	Pending       int64      `json:"pending" doc:"Will be available on a day, or once something happens."`
	Held          int64      `json:"held" doc:"Set aside for somebody who is paying."`
	Debt          int64      `json:"debt" doc:"Taken back after it was spent; what comes in next fills it."`
	InTransit     int64      `json:"in_transit" doc:"On the way to somebody else."`
	Issued        int64      `json:"issued" doc:"Ever, as everything below."`
	Received      int64      `json:"received"`
	Spent         int64      `json:"spent"`
	Expired       int64      `json:"expired"`
	Reversed      int64      `json:"reversed"`
	Sent          int64      `json:"sent"`
	Expiring      []Expiring `json:"expiring" doc:"When what is available expires, the soonest first. With never_expiring it sums to available." nullable:"false"`
	NeverExpiring int64      `json:"never_expiring"`
}

// Expiring is how much expires when.
type Expiring struct {
	At    time.Time `json:"at"`
	Units int64     `json:"units"`
}

// Entry is one thing that moved.
type Entry struct {
	Movement string    `json:"movement" doc:"What it was a part of: one movement may take from several lots."`
	No       int64     `json:"no" doc:"Its place in the movement."`
	Customer string    `json:"customer"`
	Unit     string    `json:"unit"`
	Kind     string    `json:"kind" doc:"issue, activate, spend, hold, commit, release, expire, reverse, recall, lapse, waive, undo, owe, repay, fill, send, deliver or bring."`
	Units    int64     `json:"units"`
	Lot      string    `json:"lot" doc:"Of what came in at once: the same lot is the same text."`
	Hold     string    `json:"hold,omitempty"`
	Rule     string    `json:"rule,omitempty" doc:"The version of the rule that gave them."`
	Line     int64     `json:"line,omitempty" doc:"Of the order that is the cause."`
	Of       string    `json:"of" doc:"What the movement was: earn, spend, hold, commit, cancel, reverse, refund, adjust, transfer ..."`
	Cause    string    `json:"cause"`
	Actor    string    `json:"actor"`
	Reason   string    `json:"reason,omitempty"`
	At       time.Time `json:"at"`
}

// NewHold asks for units to be set aside.
type NewHold struct {
	Customer *CustomerRef `json:"customer"`
	Unit     string       `json:"unit" maxLength:"40" example:"points"`
	Units    int64        `json:"units" minimum:"1" maximum:"1000000000000"`
	Seconds  int64        `json:"seconds,omitempty" minimum:"1" maximum:"31622400" default:"900" doc:"For how long; then they are available again."`
	Cause    string       `json:"cause,omitempty" maxLength:"120" doc:"What for, such as the id of a basket. No personal data." example:"basket:771"`
}

// Hold is units that are set aside.
type Hold struct {
	ID             string     `json:"id"`
	Customer       string     `json:"customer"`
	Unit           string     `json:"unit"`
	Units          int64      `json:"units"`
	State          string     `json:"state" enum:"open,committed,cancelled,timed_out"`
	CommittedUnits int64      `json:"committed_units" doc:"That were spent of it."`
	Cause          string     `json:"cause"`
	Until          time.Time  `json:"until"`
	OpenedAt       time.Time  `json:"opened_at"`
	ResolvedAt     *time.Time `json:"resolved_at,omitempty"`
}

// CommitHold says how much of a hold is spent.
type CommitHold struct {
	Units int64 `json:"units,omitempty" minimum:"0" doc:"Left out or 0: all of it. The rest is available again."`
}

// NewAdjustment corrects a balance by hand.
type NewAdjustment struct {
	Customer *CustomerRef `json:"customer"`
	Unit     string       `json:"unit" maxLength:"40" example:"points"`
	Units    int64        `json:"units" doc:"Above 0 they are given, below 0 taken." example:"50"`
	Reason   string       `json:"reason" minLength:"1" maxLength:"200" doc:"Why, for whoever asks later." example:"Coffee machine was broken"`
}

// Movement is what moved at once.
type Movement struct {
	ID       string    `json:"id"`
	Customer string    `json:"customer"`
	Unit     string    `json:"unit"`
	Units    int64     `json:"units"`
	Filled   int64     `json:"filled,omitempty" doc:"Of them, what filled a debt."`
	Owed     int64     `json:"owed,omitempty" doc:"Of them, what became a debt."`
	At       time.Time `json:"at"`
}

// NewTransfer sends units from one customer to another.
type NewTransfer struct {
	From  *CustomerRef `json:"from"`
	To    *CustomerRef `json:"to"`
	Unit  string       `json:"unit" maxLength:"40" example:"points"`
	Units int64        `json:"units" minimum:"1" maximum:"1000000000000"`
}

// Transfer is units on the way from one customer to another.
type Transfer struct {
	ID     string     `json:"id"`
	From   string     `json:"from"`
	To     string     `json:"to"`
	Unit   string     `json:"unit"`
	Units  int64      `json:"units"`
	State  string     `json:"state" enum:"in_transit,received,returned" doc:"Returned: whoever was to receive them is not there any more, and the giver has them again."`
	SentAt time.Time  `json:"sent_at"`
	EndsAt *time.Time `json:"ended_at,omitempty"`
}

// Unit is what is counted.
type Unit struct {
	Unit       string       `json:"unit" readOnly:"true" example:"points"`
	Kind       string       `json:"kind" enum:"spendable,qualifying" doc:"Qualifying units are counted towards a tier and cannot be spent. Stays as it is."`
	AllowsDebt bool         `json:"allows_debt,omitempty" doc:"What is taken back and is not there any more becomes a debt. Else it is waived until it comes back."`
	Expiry     *UnitExpiry  `json:"expiry,omitempty" doc:"When units expire; left out: never."`
	Pending    *UnitPending `json:"pending,omitempty" doc:"When what is earned can be spent; left out: at once."`
}

// UnitExpiry says when units expire, counted from when they became active.
type UnitExpiry struct {
	Kind  string   `json:"kind" enum:"after,fixed,idle" doc:"after: n days, months or years later. fixed: on the next of the dates. idle: when the customer has had nothing to do with them for so long; stays as it is."`
	N     int      `json:"n,omitempty" minimum:"0" example:"6"`
	Every string   `json:"every,omitempty" enum:"days,months,years"`
	Round string   `json:"round,omitempty" enum:"months,quarters,years" doc:"To the end of that; left out: of the day."`
	Dates []string `json:"dates,omitempty" maxItems:"50" doc:"Last days on which they are good: 12-31 of each year, or 2027-06-30 once."`
}

// UnitPending says when what is earned can be spent.
type UnitPending struct {
	Days  int    `json:"days,omitempty" minimum:"0" doc:"So many days later."`
	Until string `json:"until,omitempty" maxLength:"60" doc:"Once this happens, such as delivered or approval."`
}

// Units is all units.
type Units struct {
	Data []Unit `json:"data" nullable:"false"`
}

// Liability is what the units that customers hold will cost.
type Liability struct {
	Unit             string            `json:"unit"`
	AsOf             time.Time         `json:"as_of"`
	OutstandingUnits int64             `json:"outstanding_units" doc:"That customers hold, or that are on the way between them."`
	ExpectedUnits    int64             `json:"expected_units" doc:"How many of them will probably be used."`
	CostMinor        int64             `json:"cost_minor" doc:"What those are worth, at value_minor each."`
	Cohorts          []LiabilityCohort `json:"cohorts" doc:"By month of issue." nullable:"false"`
}

// LiabilityCohort is what was issued in one month, and what became of it.
type LiabilityCohort struct {
	Month       string  `json:"month" example:"2026-11"`
	Issued      int64   `json:"issued"`
	Outstanding int64   `json:"outstanding"`
	Used        int64   `json:"used"`
	Gone        int64   `json:"gone" doc:"Expired, reversed, or used up by a debt."`
	UsedByAge   []int64 `json:"used_by_age" doc:"Of used, in the month of issue, the month after, and so on." nullable:"false"`
	Use         float64 `json:"use" doc:"The probability that a unit that is outstanding will be used: by how older cohorts went on from the same age (chain ladder, Mack 1993)."`
}
