package wire

import "time"

// Order is an order: what was sold to whom, when, for how much.
type Order struct {
	ID          string       `json:"id,omitempty" readOnly:"true" doc:"Its id here."`
	Source      string       `json:"source,omitempty" doc:"The system that knows it under its reference." default:"api" maxLength:"300"`
	Reference   string       `json:"reference" doc:"What your shop calls it. The same source and reference are the same order: handed in again, it is changed, not doubled." minLength:"1" maxLength:"300" example:"2026-00017"`
	Customer    *CustomerRef `json:"customer,omitempty" doc:"Whose it is; left out: nobody known."`
	PlacedAt    time.Time    `json:"placed_at" doc:"When it was placed." example:"2026-11-26T10:15:00Z"`
	State       string       `json:"state,omitempty" enum:"placed,paid,fulfilled,cancelled" default:"placed" doc:"A cancelled order does not count."`
	Currency    string       `json:"currency,omitempty" doc:"Must be the currency of the business, where it is given." pattern:"^[A-Z]{3}$" example:"EUR"`
	AmountMinor *int64       `json:"amount_minor,omitempty" doc:"What was paid after discounts. Left out: the sum of the lines. If both are given they must agree." example:"1250"`

	DiscountMinor int64 `json:"discount_minor,omitempty" minimum:"0" doc:"All that was taken off."`
	// ProgrammeDiscountMinor is what a quote said.
	ProgrammeDiscountMinor int64             `json:"programme_discount_minor,omitempty" minimum:"0" doc:"Of discount_minor, what the programme took off: the discount_minor of the quote, and of rewards used with the order. By it rules know what the order was before: one from 25.00 stays one when 5.00 are taken off. Lines may say it each; left out there, it is spread over them."`
	TaxMinor               int64             `json:"tax_minor,omitempty" minimum:"0"`
	ShippingMinor          int64             `json:"shipping_minor,omitempty" minimum:"0"`
	Store                  string            `json:"store,omitempty" doc:"The branch it was sold in." maxLength:"300"`
	Channel                string            `json:"channel,omitempty" doc:"By which it was sold: shop, web, app ..." maxLength:"300"`
	Attributes             map[string]string `json:"attributes,omitempty" doc:"Whatever else you want to break figures down by."`
	Lines                  []OrderLine       `json:"lines,omitempty" maxItems:"10000"`
	Payments               []Payment         `json:"payments,omitempty" maxItems:"100"`

	Version   int64      `json:"version,omitempty" readOnly:"true" doc:"Rises with every change."`
	CreatedAt *time.Time `json:"created_at,omitempty" readOnly:"true"`
	UpdatedAt *time.Time `json:"updated_at,omitempty" readOnly:"true"`
}

// OrderLine is a line of an order.
type OrderLine struct {
	Product                string            `json:"product,omitempty" doc:"Your id of the product." maxLength:"300"`
	ProductName            string            `json:"product_name,omitempty" maxLength:"300"`
	Category               string            `json:"category,omitempty" doc:"Left out: that of the product in the catalogue." maxLength:"300"`
	Quantity               *float64          `json:"quantity,omitempty" default:"1"`
	AmountMinor            int64             `json:"amount_minor" doc:"What was paid for the whole line."`
	ProgrammeDiscountMinor int64             `json:"programme_discount_minor,omitempty" minimum:"0" doc:"What the programme took off the line, which amount_minor is without."`
	SoldAt                 *time.Time        `json:"sold_at,omitempty" doc:"Left out: when the order was placed."`
	Attributes             map[string]string `json:"attributes,omitempty"`
}

// Payment is a payment of an order.
type Payment struct {
	Method      string     `json:"method" maxLength:"300" example:"card"`
	AmountMinor int64      `json:"amount_minor"`
	PaidAt      *time.Time `json:"paid_at,omitempty"`
}
