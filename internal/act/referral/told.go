package referral

import (
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/webhook"
	"regulars/internal/record/fact"
)

// The types of messages.
const (
	Created       = "referral.created"
	QualifiedTold = "referral.qualified"
	RewardedTold  = "referral.rewarded"
	VoidedTold    = "referral.voided"
)

// Types is what programs outside are told of referrals.
func Types() []webhook.Type {
	field := func(name, kind, meaning string) webhook.Field {
		return webhook.Field{Name: name, Kind: kind, Meaning: meaning}
	}
	fields := []webhook.Field{
		field("customer_id", "string", "The friend who was brought."), field("referrer_id", "string", "Who brought them."), field("code", "string", "The code they came with."),
		field("state", "string", "pending, qualified, rewarded or void."), field("moved_at", "date-time", "When."),
	}
	return []webhook.Type{
		{Name: Created, When: "A customer was brought by another.", Fields: fields},
		{Name: QualifiedTold, When: "An order of a friend counts for who brought them; what it gives is given after the waiting time.", Fields: fields},
		{Name: RewardedTold, When: "Both have what the programme gives for it.", Fields: fields},
		{Name: VoidedTold, When: "The order came back, and what was given for it with it.", Fields: fields},
	}
}

type told struct {
	Customer string    `json:"customer_id"`
	Referrer string    `json:"referrer_id"`
	Code     string    `json:"code"`
	State    State     `json:"state"`
	Moved    time.Time `json:"moved_at"`
}

func (d *Desk) tell(tx *db.Tx, kind string, r *Referral) error {
	teller := d.Programme.Ledger.Teller
	if wanted, err := teller.Wanted(tx, kind); !wanted || err != nil {
		return err
	}
	return teller.Tell(tx, webhook.Event{Type: kind, Data: told{fact.PublicID(fact.CustomerPrefix, r.Friend), fact.PublicID(fact.CustomerPrefix, r.Referrer), r.Code, r.State, tx.Now}})
}
