package wire

import "time"

// FraudFlag is what may be misuse, and waits for a person or was decided about by one.
type FraudFlag struct {
	ID        string        `json:"id"`
	Kind      string        `json:"kind" enum:"staff_own,staff_one,return_loop,referral_ring,friends_alike,friends_gone,shared,many_orders,many_units"`
	Customer  string        `json:"customer" doc:"Whom it is about."`
	State     string        `json:"state" enum:"open,cleared,confirmed"`
	High      bool          `json:"high" doc:"While it is open, what the customer earns is pending for longer."`
	Evidence  FraudEvidence `json:"evidence"`
	FoundAt   time.Time     `json:"found_at"`
	DecidedAt *time.Time    `json:"decided_at,omitempty"`
	DecidedBy string        `json:"decided_by,omitempty"`
	Reason    string        `json:"reason,omitempty" doc:"Why it was decided so."`
}

// FraudEvidence is what was found, in numbers; a kind leaves out what it has nothing to say of.
type FraudEvidence struct {
	Day       string   `json:"day,omitempty" doc:"On which it happened."`
	Days      int64    `json:"days,omitempty" doc:"Over how many days was looked."`
	Orders    int64    `json:"orders,omitempty" doc:"Orders on that day, or those that the person of staff entered for themselves."`
	Usual     float64  `json:"usual,omitempty" doc:"What is usual: orders or units in a day, or percent of the friends of others who did not buy again."`
	Units     int64    `json:"units,omitempty"`
	Unit      string   `json:"unit,omitempty"`
	Times     int64    `json:"times,omitempty" doc:"How often."`
	All       int64    `json:"all,omitempty" doc:"Units that the person of staff gave by hand to everybody together."`
	Staff     string   `json:"staff,omitempty" doc:"The user who gave the units, or entered the orders."`
	Attribute string   `json:"attribute,omitempty" doc:"What is the same; mailbox where e-mail addresses lead to one."`
	Customers []string `json:"customers,omitempty" doc:"Who is part of it, up to 200."`
	Count     int64    `json:"count,omitempty" doc:"How many customers those are."`
	Friends   int64    `json:"friends,omitempty" doc:"How many friends were brought."`
	Gone      int64    `json:"gone,omitempty" doc:"How many of them did not buy again, or are alike."`
	OrderIDs  []string `json:"order_ids,omitempty" doc:"Orders that came back, or were entered, up to 20; of those that were entered the newest."`
}

// FraudDecision is why a flag is cleared or confirmed.
type FraudDecision struct {
	Reason string `json:"reason" minLength:"1" maxLength:"1000" example:"Buys for the whole office."`
}
