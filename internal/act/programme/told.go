package programme

import (
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/webhook"
	"regulars/internal/record/fact"
	"regulars/internal/understand/segment"
)

// The types of messages.
const (
	ProgrammePublished = "programme.published"
	TierChanged        = "tier.changed"
	ChallengeCompleted = "challenge.completed"
	ChallengeUndone    = "challenge.undone"
)

// Types is what programs outside are told of the programme.
func Types() []webhook.Type {
	field := func(name, kind, meaning string) webhook.Field {
		return webhook.Field{Name: name, Kind: kind, Meaning: meaning}
	}
	challenge := []webhook.Field{
		field("customer_id", "string", "The customer."),
		field("challenge", "string", "What the owner calls the challenge."),
		field("name", "string", "As people see it."),
		field("milestone", "integer", "How many windows in a row the milestone is for; 0: it is none."),
		field("times", "integer", "Which time it is."),
		field("at", "date-time", "When."),
	}
	return []webhook.Type{
		{Name: ProgrammePublished, When: "A version of the programme was put in force, a new one or one of before.", Fields: []webhook.Field{
			field("version", "integer", "Its number."),
			field("published_at", "date-time", "When."),
		}},
		{Name: TierChanged, When: "A customer came into another tier, or has none any more.", Fields: []webhook.Field{
			field("customer_id", "string", "The customer."),
			field("tier", "string", "The tier from now on; empty: none."),
			field("before", "string", "The one before; empty: none."),
			field("moved_at", "date-time", "When."),
		}},
		{Name: ChallengeCompleted, When: "A customer has done what a challenge asks for, or come to a milestone of it.", Fields: challenge},
		{Name: ChallengeUndone, When: "What counted for a challenge came back, and with it what it gave.", Fields: challenge},
	}
}

type toldPublished struct {
	Version   int64     `json:"version"`
	Published time.Time `json:"published_at"`
}

type toldTier struct {
	Customer string    `json:"customer_id"`
	Tier     string    `json:"tier"`
	Before   string    `json:"before"`
	Moved    time.Time `json:"moved_at"`
}

// Publish puts a version in force, and tells so, unless it was before.
func (p *Programme) Publish(tx *db.Tx, version int64, by string, zone *time.Location) (Version, error) {
	v, err := p.Book.Publish(tx, version, by, zone)
	if err != nil || !v.Published.Equal(tx.Now) {
		return v, err
	}
	c, err := p.Book.Version(tx, version, zone)
	if err != nil {
		return v, err
	}
	if c.needsSegment { // the cuts may never have been drawn
		if err := segment.Ask(tx); err != nil {
			return v, err
		}
	}
	return v, p.tell(tx, webhook.Event{Type: ProgrammePublished, Data: toldPublished{v.Version, v.Published}})
}

func (p *Programme) tell(tx *db.Tx, e webhook.Event) error {
	if wanted, err := p.Ledger.Teller.Wanted(tx, e.Type); !wanted || err != nil {
		return err
	}
	return p.Ledger.Teller.Tell(tx, e)
}

func (p *Programme) tellTier(tx *db.Tx, root int64, tier, before string) error {
	return p.tell(tx, webhook.Event{Type: TierChanged, Data: toldTier{fact.PublicID(fact.CustomerPrefix, root), tier, before, tx.Now}})
}

type toldChallenge struct {
	Customer  string    `json:"customer_id"`
	Challenge string    `json:"challenge"`
	Name      string    `json:"name"`
	Milestone int64     `json:"milestone"`
	Times     int64     `json:"times"`
	At        time.Time `json:"at"`
}

func (p *Programme) tellChallenge(tx *db.Tx, who int64, ch *challenge, pr *prize, n int64, due bool) error {
	kind := ChallengeUndone
	if due {
		kind = ChallengeCompleted
	}
	return p.tell(tx, webhook.Event{Type: kind, Data: toldChallenge{fact.PublicID(fact.CustomerPrefix, who), ch.Challenge.Challenge, ch.Name, pr.at, n, tx.Now}})
}
