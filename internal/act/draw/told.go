package draw

import (
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/webhook"
	"regulars/internal/record/fact"
)

// The types of messages.
const (
	PublishedTold = "draw.published"
	FrozenTold    = "draw.frozen"
	DrawnTold     = "draw.drawn"
	CancelledTold = "draw.cancelled"
	WonTold       = "draw.won"
)

// Types is what programs outside are told of draws.
func Types() []webhook.Type {
	field := func(name, kind, meaning string) webhook.Field {
		return webhook.Field{Name: name, Kind: kind, Meaning: meaning}
	}
	stands := []webhook.Field{
		field("draw", "string", "Which draw."), field("name", "string", "What it is called."), field("state", "string", "How it stands now."),
		field("entrants", "integer", "How many are on the frozen list; 0 before."), field("entries", "integer", "How many entries they have."),
		field("moved_at", "date-time", "When."),
	}
	return []webhook.Type{
		{Name: PublishedTold, When: "A prize draw can be entered.", Fields: stands},
		{Name: FrozenTold, When: "The list of entries is frozen.", Fields: stands},
		{Name: DrawnTold, When: "The winners are drawn, and the seed is revealed.", Fields: stands},
		{Name: CancelledTold, When: "A draw was cancelled; what entries were bought for is given back.", Fields: stands},
		{Name: WonTold, When: "A customer has won; one message a prize.", Fields: []webhook.Field{
			field("draw", "string", "Which draw."), field("name", "string", "What it is called."), field("customer_id", "string", "Who has won."),
			field("place", "integer", "The place, from 1 on."), field("prize", "string", "What is won."), field("entry", "string", "The code of the entry, as it stands on the list."),
			field("won_at", "date-time", "When."),
		}},
	}
}

type toldDraw struct {
	Draw     string    `json:"draw"`
	Name     string    `json:"name"`
	State    State     `json:"state"`
	Entrants int64     `json:"entrants"`
	Entries  int64     `json:"entries"`
	Moved    time.Time `json:"moved_at"`
}

type toldWin struct {
	Draw     string    `json:"draw"`
	Name     string    `json:"name"`
	Customer string    `json:"customer_id"`
	Place    int64     `json:"place"`
	Prize    string    `json:"prize"`
	Entry    string    `json:"entry"`
	Won      time.Time `json:"won_at"`
}

// tell tells how a draw stands now.
func (d *Desk) tell(tx *db.Tx, kind string, s *Stored) error {
	if wanted, err := d.Ledger.Teller.Wanted(tx, kind); !wanted || err != nil {
		return err
	}
	return d.Ledger.Teller.Tell(tx, webhook.Event{Type: kind, Data: toldDraw{s.Draw.Draw, s.Name, s.State, s.Entrants, s.Entries, tx.Now}})
}

func (d *Desk) tellWinners(tx *db.Tx, s *Stored, winners []Held) error {
	if wanted, err := d.Ledger.Teller.Wanted(tx, WonTold); !wanted || err != nil {
		return err
	}
	events := make([]webhook.Event, len(winners))
	for i, w := range winners {
		events[i] = webhook.Event{Type: WonTold, Data: toldWin{s.Draw.Draw, s.Name, fact.PublicID(fact.CustomerPrefix, w.Customer), w.Place, w.Prize, w.Entry, tx.Now}}
	}
	return d.Ledger.Teller.Tell(tx, events...)
}
