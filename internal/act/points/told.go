package points

import (
	"time"

	"regulars/internal/base/webhook"
	"regulars/internal/record/fact"
)

// Moved is the type of the message that units of a customer moved.
const Moved = "points.moved"

// Prefixes of the public ids of what the ledger keeps.
const (
	OperationPrefix fact.Prefix = "mov" // what moved at once, with its customer
	HoldPrefix      fact.Prefix = "hld" // with its customer
	TransferPrefix  fact.Prefix = "trf" // with the giver
	PoolPrefix      fact.Prefix = "pol" // with who asked
)

// Types is what programs outside are told of the ledger.
func Types() []webhook.Type {
	field := func(name, kind, meaning string) webhook.Field {
		return webhook.Field{Name: name, Kind: kind, Meaning: meaning}
	}
	return []webhook.Type{{Name: Moved, When: "Units of a customer moved: they were earned, held, spent, given back, taken back, sent, received, adjusted, or expired.",
		Fields: []webhook.Field{
			field("id", "string", "The movement."),
			field("customer_id", "string", "Whose they are."),
			field("unit", "string", "Of what, such as points."),
			field("kind", "string", "What was done: earn, activate, spend, hold, commit, cancel, reverse, refund, adjust, transfer, deliver, receive or settle."),
			field("units", "integer", "How many it was about."),
			field("cause", "string", "What it was done for, such as order:123."),
			field("moved_at", "date-time", "When."),
		}}}
}

type toldMove struct {
	ID       string    `json:"id"`
	Customer string    `json:"customer_id"`
	Unit     string    `json:"unit"`
	Kind     string    `json:"kind"`
	Units    int64     `json:"units"`
	Cause    string    `json:"cause"`
	Moved    time.Time `json:"moved_at"`
}

// tell tells of the operation. One that moved nothing, such as a credit that nobody was there to receive, is not told.
func (p *posting) tell() error {
	if wanted, err := p.l.Teller.Wanted(p.tx, Moved); !wanted || err != nil {
		return err
	}
	units := p.receipt.Units
	if units == 0 { // time moved it
		for _, e := range p.entries {
			units += e.units
		}
	}
	if units == 0 {
		return nil
	}
	return p.l.Teller.Tell(p.tx, webhook.Event{Type: Moved, Data: toldMove{ID: fact.PublicID(OperationPrefix, p.receipt.Operation, p.act.Customer),
		Customer: fact.PublicID(fact.CustomerPrefix, p.act.Customer), Unit: p.act.Unit, Kind: p.kind, Units: units, Cause: p.act.Cause, Moved: p.tx.Now}})
}
