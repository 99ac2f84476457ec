package report

import (
	"regulars/internal/measure/metric"
	"regulars/internal/record/importer"
)

// Picture is the loyalty picture: assembled once, rendered as text, HTML, JSON or CSV. Its JSON form is the
// documented, stable answer of `regulars report --format json`; the fields without a JSON name are for the
// renderers.
type Picture struct {
	AsOf string `json:"as_of"` // on the business's clock; a date where it is a midnight, else 2011-12-10T12:00:00
	// FactsAsOf is up to when everything recorded is in the figures, where they are of a store and not of files.
	FactsAsOf string `json:"facts_as_of,omitempty"`
	Window    Window `json:"window"`
	Previous  Window `json:"previous_window"`
	// PreviousComplete says that the facts reach back over the whole window before; without it nothing is compared.
	PreviousComplete bool             `json:"previous_complete"`
	Parameters       Parameters       `json:"parameters"`
	Facts            Facts            `json:"facts"`
	Measures         []metric.Measure `json:"measures"`
	RFM              *RFM             `json:"rfm,omitempty"`
	Cohorts          []Cohort         `json:"cohorts,omitempty"`

	Meaning metric.Meaning `json:"-"` // of the NPS
	Sources []Source       `json:"-"` // the files read, for the data-quality part
	Best    []Customer     `json:"-"` // the best customers, most paid first; at most 10
}

// Window is [From, To) in the business's wall clock; dates where both are midnights.
type Window struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Parameters are the settings that the figures depend on, given or taken from the data.
type Parameters struct {
	Timezone        string    `json:"timezone"`
	Currency        string    `json:"currency"`
	Digits          int       `json:"currency_digits"`
	ActivityDays    int       `json:"activity_days"`
	SecondOrderDays int       `json:"second_order_days"`
	TopShare        float64   `json:"top_share"`
	Returns         string    `json:"returns"`
	ZeroPrice       string    `json:"zero_price"`
	RFM             string    `json:"rfm"`
	NPSBands        string    `json:"nps"`
	CSATScale       int       `json:"csat_scale"`
	By              string    `json:"by,omitempty"`
	Where           string    `json:"where,omitempty"`
	Kind            string    `json:"kind"`                // what counts as a kind of product: category or product
	FromData        []string  `json:"from_data,omitempty"` // names of the parameters that were taken from the data
	IndexWeights    []float64 `json:"loyalty_index_weights,omitempty"`
}

// RowCounts says where every row of every file went.
type RowCounts struct {
	Rows             int64 `json:"rows"`
	UnreadableRows   int64 `json:"unreadable_rows"`
	UnidentifiedRows int64 `json:"unidentified_rows"`
	LaterRows        int64 `json:"later_rows"`
	IgnoredRows      int64 `json:"ignored_rows"`
	RejectedRows     int64 `json:"rejected_rows"`
	RecordedRows     int64 `json:"recorded_rows"`
}

// Facts counts what was read.
type Facts struct {
	*RowCounts               // nil where the facts are of a store
	Lines             int64  `json:"lines"`
	Orders            int64  `json:"orders"`
	Customers         int64  `json:"customers"`
	ReturnsOnly       int64  `json:"returns_only_customers"`
	Returns           int64  `json:"returns"`
	Answers           int64  `json:"answers"`
	SkippedAnswers    int64  `json:"skipped_answers"` // without a score: they enter no n
	RevenueMinor      int64  `json:"revenue_minor"`   // paid for orders, less returned
	ReturnedMinor     int64  `json:"returned_minor"`  // given back
	UnidentifiedMinor int64  `json:"unidentified_minor"`
	Currency          string `json:"currency"`
	First             string `json:"first"` // day of the first fact
	Last              string `json:"last"`
}

// RFM is the segmentation of all customers as of the moment.
type RFM struct {
	Method   string    `json:"method"` // cuts, rank, r-package
	Cuts     Cuts      `json:"cuts"`
	Segments []Segment `json:"segments"`
	Grid     []Cell    `json:"grid"`
	Moves    []Move    `json:"moves,omitempty"`
}

// Move is how many customers went from one segment to another in the month before as-of.
type Move struct {
	From      string `json:"from"`
	To        string `json:"to"`
	Customers int64  `json:"customers"`
}

// Cuts are the four inner edges of the scores; recency in days, frequency in orders, monetary in minor units.
type Cuts struct {
	Recency   []float64 `json:"recency"`
	Frequency []float64 `json:"frequency"`
	Monetary  []float64 `json:"monetary"`
}

// Segment is one named RFM segment: Title as the trade writes it in English (Potential Loyalist), Name its key in
// messages and conditions (potential_loyalist).
type Segment struct {
	Title        string `json:"name"`
	Name         string `json:"key"`
	Customers    int64  `json:"customers"`
	Orders       int64  `json:"orders"`
	RevenueMinor int64  `json:"revenue_minor"`
	Previous     *int64 `json:"previous_customers,omitempty"` // a month before
}

// Cell is one of the 125 cells of scores.
type Cell struct {
	R         int   `json:"r"`
	F         int   `json:"f"`
	M         int   `json:"m"`
	Customers int64 `json:"customers"`
}

// Cohort is the customers whose first order lies in one month, and how many order in it and in each month after.
type Cohort struct {
	Cohort       string  `json:"cohort"` // 2010-12
	Size         int64   `json:"size"`
	Active       []int64 `json:"active"`
	RevenueMinor []int64 `json:"revenue_minor"` // cumulative, of the whole cohort
}

// Customer is one of the best customers.
type Customer struct {
	ID            string
	RecencyDays   int64
	Frequency     int64
	MonetaryMinor int64
	R, F, M       int
	Segment       string
}

// Source is one file and what became of its rows.
type Source struct {
	Plan    *importer.Plan
	Account importer.Account
}
