package wire

import "time"

// DrawPrize is something to win.
type DrawPrize struct {
	Name  string `json:"name" minLength:"1" maxLength:"100" example:"Espresso machine"`
	Count int64  `json:"count" minimum:"1" maximum:"10000" doc:"How many of it."`
}

// DrawBought is that entries are sold for units.
type DrawBought struct {
	Unit      string `json:"unit" minLength:"1" maxLength:"60" example:"points"`
	Price     int64  `json:"price" minimum:"1" doc:"Units for one entry."`
	PerMember int64  `json:"per_member" minimum:"1" maximum:"1000000" doc:"How many one person can buy."`
}

// DrawEarned is that orders earn entries.
type DrawEarned struct {
	MinimumMinor int64 `json:"minimum_minor" minimum:"1" doc:"What must be left of an order, placed while the draw is open, for it to count. Minor units."`
	Most         int64 `json:"most" minimum:"1" maximum:"1000000" doc:"Entries that orders give one person at most."`
}

// DrawRules is that rules of the programme put entries in.
type DrawRules struct {
	Most int64 `json:"most" minimum:"1" maximum:"1000000" doc:"Entries that rules give one person at most."`
}

// Draw is a prize draw.
type Draw struct {
	Draw     string      `json:"draw,omitempty" readOnly:"true" example:"summer-2026"`
	Name     string      `json:"name" minLength:"1" maxLength:"100" example:"Summer draw" doc:"As members see it."`
	Prizes   []DrawPrize `json:"prizes" minItems:"1" maxItems:"50" nullable:"false" doc:"In the order in which they are drawn."`
	OpensAt  time.Time   `json:"opens_at"`
	ClosesAt time.Time   `json:"closes_at"`
	Free     bool        `json:"free,omitempty" doc:"A member enters once for nothing."`
	Bought   *DrawBought `json:"bought,omitempty"`
	Earned   *DrawEarned `json:"earned,omitempty"`
	Rules    *DrawRules  `json:"rules,omitempty" doc:"Rules of the programme with the effect entries, and rewards of the kind draw_entry, put entries in."`
	Terms    string      `json:"terms,omitempty" maxLength:"20000" doc:"Beside what the terms say by themselves."`

	Translations map[string]map[string]string `json:"translations,omitempty" doc:"What name, prizes and terms are in other languages: by en, ru, zh, el or mk, and by the text as it is here."`

	State       string       `json:"state,omitempty" readOnly:"true" enum:"draft,published,closing,frozen,drawn,cancelled"`
	Version     int64        `json:"version,omitempty" readOnly:"true"`
	Commitment  string       `json:"commitment,omitempty" readOnly:"true" doc:"SHA-256 of the seed; there once it is published."`
	ListHash    string       `json:"list_hash,omitempty" readOnly:"true" doc:"SHA-256 of the frozen list."`
	Entrants    int64        `json:"entrants,omitempty" readOnly:"true" doc:"On the frozen list."`
	Entries     int64        `json:"entries,omitempty" readOnly:"true" doc:"The sum of their weights."`
	Seed        string       `json:"seed,omitempty" readOnly:"true" doc:"There once it is drawn."`
	Reason      string       `json:"cancelled_because,omitempty" readOnly:"true"`
	PublishedAt *time.Time   `json:"published_at,omitempty" readOnly:"true"`
	FrozenAt    *time.Time   `json:"frozen_at,omitempty" readOnly:"true"`
	EndedAt     *time.Time   `json:"ended_at,omitempty" readOnly:"true" doc:"When it was drawn or cancelled."`
	Winners     []DrawWinner `json:"winners,omitempty" readOnly:"true" doc:"By place."`
	PublicFile  string       `json:"public_file,omitempty" readOnly:"true" doc:"Where anybody gets what the draw can be checked by; without the address of the server before it where that is not known."`
}

// DrawWinner is an entry that won.
type DrawWinner struct {
	Place    int64  `json:"place"`
	Prize    string `json:"prize"`
	Entry    string `json:"entry" doc:"The code on the list."`
	Customer string `json:"customer,omitempty" doc:"Whose it is, where that is asked for."`
}

// NewDrawEntry is that somebody enters.
type NewDrawEntry struct {
	Customer *CustomerRef `json:"customer"`
	Way      string       `json:"way" enum:"free,bought"`
	Entries  int64        `json:"entries,omitempty" minimum:"0" maximum:"1000000" doc:"How many are bought."`
}

// DrawCancel says why a draw is cancelled.
type DrawCancel struct {
	Reason string `json:"reason" minLength:"1" maxLength:"500" doc:"Everybody can read it."`
}

// OwnDraw is how a customer stands in a draw.
type OwnDraw struct {
	Draw    string       `json:"draw"`
	Name    string       `json:"name"`
	State   string       `json:"state"`
	Free    int64        `json:"free"`
	Bought  int64        `json:"bought"`
	Earned  int64        `json:"earned" doc:"By orders: so far, or as they were counted when the list was frozen."`
	ByRules int64        `json:"by_rules,omitempty" doc:"By rules and rewards of the programme."`
	Entries []DrawEntry  `json:"entries,omitempty" doc:"What they are on the frozen list; more than one only of who was merged since."`
	Won     []DrawWinner `json:"won,omitempty"`
}

// DrawEntry is a line of the list.
type DrawEntry struct {
	Code   string `json:"code"`
	Weight int64  `json:"weight"`
}
