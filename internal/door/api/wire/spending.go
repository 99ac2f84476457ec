package wire

import "time"

// Cost is money spent on winning or keeping customers.
type Cost struct {
	Source      string     `json:"source,omitempty" doc:"The system that knows it under its reference." default:"api" maxLength:"300"`
	Reference   string     `json:"reference" doc:"The same source and reference are the same cost." minLength:"1" maxLength:"300"`
	SpentOn     string     `json:"spent_on" doc:"The day; of a month's cost, its first day." format:"date" example:"2026-11-01"`
	Channel     string     `json:"channel,omitempty" doc:"Left out: none in particular." maxLength:"300"`
	Retention   bool       `json:"retention,omitempty" doc:"Spent on keeping customers, not on winning them."`
	Currency    string     `json:"currency,omitempty" doc:"Must be the currency of the business, where it is given." pattern:"^[A-Z]{3}$" example:"EUR"`
	AmountMinor int64      `json:"amount_minor"`
	Note        string     `json:"note,omitempty" maxLength:"4000"`
	UpdatedAt   *time.Time `json:"updated_at,omitempty" readOnly:"true"`
}

// Initiative is something that the business changed: measures are looked at before and after.
type Initiative struct {
	Source      string     `json:"source,omitempty" doc:"The system that knows it under its reference." default:"api" maxLength:"300"`
	Reference   string     `json:"reference" doc:"The same source and reference are the same initiative." minLength:"1" maxLength:"300"`
	Name        string     `json:"name" minLength:"1" maxLength:"300" example:"Free delivery"`
	Description string     `json:"description,omitempty" maxLength:"4000"`
	StartedOn   string     `json:"started_on" format:"date" example:"2026-11-01"`
	EndedOn     string     `json:"ended_on,omitempty" doc:"Left out: it goes on, or was a moment." format:"date"`
	Measures    []string   `json:"measures,omitempty" doc:"Keys of the measures that it is meant to move." maxItems:"50"`
	UpdatedAt   *time.Time `json:"updated_at,omitempty" readOnly:"true"`
}

// Product is a product of the catalogue. Facts keep the category that they were recorded with.
type Product struct {
	Reference string     `json:"reference" doc:"Your id of the product." minLength:"1" maxLength:"300" example:"beans-250"`
	Name      string     `json:"name,omitempty" maxLength:"300"`
	Category  string     `json:"category,omitempty" maxLength:"300"`
	CostMinor *int64     `json:"cost_minor,omitempty" minimum:"0" maximum:"1000000000000" doc:"What a piece costs you, in minor units of the currency: a rehearsal of the programme sets what it gives beside what is left, and suggestions can be held to a least margin."`
	SoldOut   bool       `json:"sold_out,omitempty" doc:"It is not suggested to anybody. Put it again without this once it is back."`
	UpdatedAt *time.Time `json:"updated_at,omitempty" readOnly:"true"`
}

// Place is a store, or a sales channel, as orders name it.
type Place struct {
	Reference string `json:"reference"`
	Name      string `json:"name"`
}

// KeptWritten is what became of something that is known by source and reference alone.
type KeptWritten struct {
	Source    string `json:"source,omitempty"`
	Reference string `json:"reference"`
	Status    string `json:"status" enum:"created,updated,unchanged,deleted"`
}
