package reward

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"regulars/internal/base/fault"
)

// Kind says what sort of thing a reward is.
type Kind string

// The kinds.
const (
	Discount     Kind = "discount"      // off an order, an amount or a part of it
	Product      Kind = "product"       // a product for nothing
	FreeDelivery Kind = "free_delivery" //
	Gift         Kind = "gift"          // something that is not sold
	EarlyAccess  Kind = "early_access"  // buying before others, in a window
	Occasion     Kind = "event"         // a place at a closed event; used is who came
	Draw         Kind = "draw_entry"    // an entry in a prize draw
	Experience   Kind = "experience"    // something to live through
	Donation     Kind = "donation"      // money for somebody else
	CashBack     Kind = "cash_back"     // money off what is paid, as a means of payment
)

// terms are what a kind of reward promises, as its own settings say.
type terms interface{ check() error }

// kinds lists them. A new kind is a line here and its settings below.
var kinds = []struct {
	kind  Kind
	empty func() terms
}{
	{Discount, func() terms { return &discount{} }},
	{Product, func() terms { return &product{} }},
	{FreeDelivery, func() terms { return &delivery{} }},
	{Gift, func() terms { return &thing{} }},
	{EarlyAccess, func() terms { return &window{} }},
	{Occasion, func() terms { return &occasion{} }},
	{Draw, func() terms { return &entries{} }},
	{Experience, func() terms { return &thing{} }},
	{Donation, func() terms { return &money{} }},
	{CashBack, func() terms { return &money{} }},
}

// Kinds lists the kinds.
func Kinds() (all []Kind) {
	for _, k := range kinds {
		all = append(all, k.kind)
	}
	return all
}

// checkTerms reads the settings of a kind strictly: a name that it does not know is a mistake.
func checkTerms(kind Kind, text json.RawMessage) error {
	i := slices.IndexFunc(kinds, func(k struct {
		kind  Kind
		empty func() terms
	}) bool {
		return k.kind == kind
	})
	if i < 0 {
		return fault.In("kind", fault.Invalidf("%q is no kind of reward; use one of %s", string(kind), listed(Kinds())))
	}
	t := kinds[i].empty()
	if len(bytes.TrimSpace(text)) == 0 {
		text = []byte("{}")
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(t); err != nil {
		return fault.In("terms", fault.Invalidf("the terms of a %s cannot be read: %s", kind, plainly(err)))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fault.In("terms", fault.Invalidf("the terms of a %s are one JSON object", kind))
	}
	return fault.In("terms", t.check())
}

// plainly says what the decoder of JSON found, without its own name.
func plainly(err error) string { return strings.TrimPrefix(err.Error(), "json: ") }

func listed[T ~string](all []T) string {
	var text []string
	for _, one := range all {
		text = append(text, string(one))
	}
	return strings.Join(text, ", ")
}

const hundred = 100

type discount struct {
	AmountMinor  int64   `json:"amount_minor,omitempty"`
	Percent      float64 `json:"percent,omitempty"`
	MinimumMinor int64   `json:"minimum_minor,omitempty"` // of the order
	MostMinor    int64   `json:"most_minor,omitempty"`    // that a percentage takes off
	// Products and Categories are what it is for, a line that is either; both empty: the whole order.
	Products   []string `json:"products,omitempty"`
	Categories []string `json:"categories,omitempty"`
}

func (d *discount) check() error {
	switch {
	case (d.AmountMinor > 0) == (d.Percent > 0):
		return fault.In("amount_minor", fault.Invalidf("a discount has an amount_minor or a percent above 0, one of the two"))
	case d.Percent > hundred:
		return fault.In("percent", fault.Invalidf("a discount of %g %% is more than the price", d.Percent))
	case d.MostMinor != 0 && d.Percent == 0:
		return fault.In("most_minor", fault.Invalidf("most_minor bounds a percentage; an amount is what it is"))
	}
	for i, name := range d.Categories {
		if strings.TrimSpace(name) == "" {
			return fault.In(fmt.Sprintf("categories[%d]", i), fault.Invalidf("a category has a name"))
		}
	}
	return least("minimum_minor", d.MinimumMinor, "most_minor", d.MostMinor)
}

type product struct {
	Product  string `json:"product"`
	Quantity int64  `json:"quantity,omitempty"` // 0: one
}

func (p *product) check() error {
	if strings.TrimSpace(p.Product) == "" {
		return fault.In("product", fault.Invalidf("say which product"))
	}
	return least("quantity", p.Quantity)
}

type delivery struct {
	MinimumMinor int64 `json:"minimum_minor,omitempty"`
}

func (d *delivery) check() error { return least("minimum_minor", d.MinimumMinor) }

type thing struct {
	CostMinor int64 `json:"cost_minor,omitempty"` // what it costs the business
}

func (t *thing) check() error { return least("cost_minor", t.CostMinor) }

type window struct {
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
	What  string    `json:"what,omitempty"`
}

func (w *window) check() error {
	if w.From.IsZero() || !w.Until.After(w.From) {
		return fault.In("until", fault.Invalidf("early access has a from and a later until"))
	}
	return nil
}

type occasion struct {
	Begins time.Time `json:"begins_at"`
	Place  string    `json:"place,omitempty"`
	Places int64     `json:"places,omitempty"` // 0: as many as are asked for
}

func (o *occasion) check() error {
	if o.Begins.IsZero() {
		return fault.In("begins_at", fault.Invalidf("say when the event begins"))
	}
	return least("places", o.Places)
}

type entries struct {
	Draw    string `json:"draw"`
	Entries int64  `json:"entries,omitempty"` // 0: one
}

func (e *entries) check() error {
	if strings.TrimSpace(e.Draw) == "" {
		return fault.In("draw", fault.Invalidf("say which draw"))
	}
	return least("entries", e.Entries)
}

type money struct {
	AmountMinor int64  `json:"amount_minor"`
	To          string `json:"to,omitempty"`
}

func (m *money) check() error {
	if m.AmountMinor <= 0 {
		return fault.In("amount_minor", fault.Invalidf("say how much, above 0"))
	}
	return nil
}

// least refuses numbers below zero; they come with their names before them.
func least(pairs ...any) error {
	for i := 0; i+1 < len(pairs); i += 2 {
		name, _ := pairs[i].(string)
		if n, _ := pairs[i+1].(int64); n < 0 {
			return fault.In(name, fault.Invalidf("%s", fmt.Sprintf("%s is %d, and cannot be below 0", name, n)))
		}
	}
	return nil
}

// WorthMinor is what a reward is worth to who gets it, in minor units; known is false where its terms do not say, as for a
// product, whose price the shop knows.
func (r *Reward) WorthMinor() (minor int64, known bool) {
	var t struct {
		AmountMinor int64 `json:"amount_minor"`
		CostMinor   int64 `json:"cost_minor"`
	}
	if len(r.Terms) == 0 || json.Unmarshal(r.Terms, &t) != nil {
		return 0, false
	}
	minor = t.AmountMinor + t.CostMinor // a kind has one of the two
	return minor, minor > 0
}

// PercentOff is the part of an order that a reward takes off, in percent; 0: none.
func (r *Reward) PercentOff() float64 {
	var t discount
	if r.Kind != Discount || json.Unmarshal(r.Terms, &t) != nil {
		return 0
	}
	return t.Percent
}
