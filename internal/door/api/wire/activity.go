package wire

import (
	"encoding/json"
	"time"
)

// Subscription is one that began, and may have been cancelled.
type Subscription struct {
	ID          string       `json:"id,omitempty" readOnly:"true" doc:"Its id here."`
	Source      string       `json:"source,omitempty" doc:"The system that knows it under its reference." default:"api" maxLength:"300"`
	Reference   string       `json:"reference" doc:"What your shop calls it. The same source and reference are the same subscription." minLength:"1" maxLength:"300"`
	Customer    *CustomerRef `json:"customer" doc:"Whose it is."`
	Plan        string       `json:"plan,omitempty" maxLength:"300"`
	AmountMinor int64        `json:"amount_minor,omitempty" doc:"What is paid a period." minimum:"0"`
	Currency    string       `json:"currency,omitempty" doc:"Must be the currency of the business, where it is given." pattern:"^[A-Z]{3}$" example:"EUR"`
	StartedAt   time.Time    `json:"started_at"`
	CancelledAt *time.Time   `json:"cancelled_at,omitempty" doc:"Left out: it goes on."`
	Reason      string       `json:"reason,omitempty" doc:"Of the cancellation." maxLength:"4000"`

	Version   int64      `json:"version,omitempty" readOnly:"true"`
	CreatedAt *time.Time `json:"created_at,omitempty" readOnly:"true"`
	UpdatedAt *time.Time `json:"updated_at,omitempty" readOnly:"true"`
}

// Event is something that a customer or a visitor did. It is never changed.
type Event struct {
	ID         string          `json:"id,omitempty" readOnly:"true" doc:"Its id here."`
	Source     string          `json:"source,omitempty" doc:"The system that knows it under its reference." default:"api" maxLength:"300"`
	Reference  string          `json:"reference,omitempty" doc:"By which a repeated one is known; it is not shown again. Left out: one is made up, and what is sent twice happened twice." maxLength:"300"`
	Customer   *CustomerRef    `json:"customer" doc:"Who did it; a public key names a visitor."`
	Name       string          `json:"name" doc:"By the e-commerce specification of Segment, where it has a name for it." minLength:"1" maxLength:"200" example:"Product Viewed"`
	HappenedAt time.Time       `json:"happened_at"`
	Session    string          `json:"session,omitempty" maxLength:"300"`
	DurationMS int64           `json:"duration_ms,omitempty" minimum:"0" maximum:"1000000000000"`
	Product    string          `json:"product,omitempty" doc:"Your id of the product that it is about." maxLength:"300"`
	Properties json.RawMessage `json:"properties,omitempty" doc:"A JSON object of up to 32 KiB."`
	CreatedAt  *time.Time      `json:"created_at,omitempty" readOnly:"true"`
}

// Events are several at once.
type Events struct {
	Events []Event `json:"events" minItems:"1" maxItems:"1000" nullable:"false"`
}

// Result is what became of one of several that were handed in together.
type Result struct {
	ID       string   `json:"id,omitempty" doc:"Its id."`
	Customer string   `json:"customer,omitempty" doc:"The id of the customer whose it is."`
	Status   string   `json:"status" enum:"created,updated,unchanged,conflict,refused" doc:"Nothing is kept of what is refused or a conflict."`
	Problem  *Problem `json:"problem,omitempty" doc:"Why it was refused, or the conflict."`
}

// Results are in the order of what was handed in.
type Results struct {
	Results []Result `json:"results" nullable:"false"`
}
