package wire

import "regulars/internal/measure/metric"

// Definition explains a measure.
type Definition struct {
	Key        string `json:"key" example:"repurchase_rate"`
	Name       string `json:"name"`
	Question   string `json:"question" doc:"The question of an owner that it answers."`
	Definition string `json:"definition" doc:"What is counted, and how."`
	Note       string `json:"note,omitempty" doc:"What to beware of."`
	Unit       string `json:"unit" doc:"percent, minor (money), count, days, years, minutes, ratio, points or score."`
	Direction  string `json:"direction" doc:"higher, lower or none: which way is good."`
	Formula    string `json:"formula,omitempty"`
	Variant    bool   `json:"variant,omitempty" doc:"A text-book formula, shown only when asked for."`
}

// Measured is a measure with everything that makes it trustworthy.
type Measured struct {
	AsOf             string         `json:"as_of" doc:"Facts before this moment count."`
	FactsAsOf        string         `json:"facts_as_of,omitempty" doc:"Everything recorded up to then is in the figure."`
	From             string         `json:"from" doc:"First day of the window."`
	To               string         `json:"to" doc:"The day after its last."`
	PreviousFrom     string         `json:"previous_from"`
	PreviousTo       string         `json:"previous_to"`
	PreviousComplete bool           `json:"previous_complete" doc:"The facts reach back over the whole window before; else nothing is compared."`
	Currency         string         `json:"currency"`
	TimeZone         string         `json:"time_zone"`
	Measure          metric.Measure `json:"measure"`
}

// Member is a customer with scores and segment.
type Member struct {
	ID            string `json:"id" doc:"The customer's id."`
	Reference     string `json:"reference,omitempty" doc:"Your own id of the customer, for those who may see personal data."`
	RecencyDays   int64  `json:"recency_days" doc:"Days since the last order."`
	Frequency     int64  `json:"frequency" doc:"Orders."`
	MonetaryMinor int64  `json:"monetary_minor" doc:"What was paid, less what came back."`
	R             int    `json:"r"`
	F             int    `json:"f"`
	M             int    `json:"m"`
	Segment       string `json:"segment"`
}
