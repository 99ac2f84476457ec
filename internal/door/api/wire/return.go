package wire

import "time"

// Return is what came back of an order, or of none that is named.
type Return struct {
	ID             string       `json:"id,omitempty" readOnly:"true" doc:"Its id here."`
	Source         string       `json:"source,omitempty" doc:"The system that knows it under its reference." default:"api" maxLength:"300"`
	Reference      string       `json:"reference" doc:"What your shop calls it. The same source and reference are the same return." minLength:"1" maxLength:"300" example:"R-2026-0004"`
	Customer       *CustomerRef `json:"customer,omitempty" doc:"Whose it is; left out: whose the order is."`
	OrderReference string       `json:"order_reference,omitempty" doc:"What your shop calls the order, in the same source. No more comes back than was paid for it." maxLength:"300"`
	OrderID        string       `json:"order_id,omitempty" readOnly:"true" doc:"The id of the order, where it is known."`
	ReturnedAt     time.Time    `json:"returned_at"`
	Reason         string       `json:"reason,omitempty" maxLength:"300"`
	Currency       string       `json:"currency,omitempty" doc:"Must be the currency of the business, where it is given." pattern:"^[A-Z]{3}$" example:"EUR"`
	AmountMinor    *int64       `json:"amount_minor,omitempty" doc:"What was given back, above 0. Left out: the sum of the lines." minimum:"0"`
	Lines          []ReturnLine `json:"lines,omitempty" maxItems:"10000"`

	Version   int64      `json:"version,omitempty" readOnly:"true"`
	CreatedAt *time.Time `json:"created_at,omitempty" readOnly:"true"`
	UpdatedAt *time.Time `json:"updated_at,omitempty" readOnly:"true"`
}

// ReturnLine is what came back of one line.
type ReturnLine struct {
	Line        int               `json:"line,omitempty" doc:"The line of the order, counted from 1; product and category are then that line's." minimum:"0" maximum:"10000"`
	Product     string            `json:"product,omitempty" maxLength:"300"`
	Category    string            `json:"category,omitempty" maxLength:"300"`
	Quantity    *float64          `json:"quantity,omitempty" doc:"Left out: all of the line, or 1." minimum:"0"`
	AmountMinor *int64            `json:"amount_minor,omitempty" doc:"Left out where a line is named: by the price of the line." minimum:"0"`
	ReturnedAt  *time.Time        `json:"returned_at,omitempty" doc:"Left out: when the return was."`
	Attributes  map[string]string `json:"attributes,omitempty"`
}
