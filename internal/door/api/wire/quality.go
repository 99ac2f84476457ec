package wire

import "time"

// CustomerSummary is what a customer did, as lists are chosen and sorted by it.
type CustomerSummary struct {
	Orders     int64  `json:"orders" doc:"That were not cancelled."`
	SpentMinor int64  `json:"spent_minor" doc:"Paid, less what came back, in minor units."`
	LastOrder  string `json:"last_order,omitempty" doc:"Day of the last order." format:"date"`
	Segment    string `json:"segment,omitempty" doc:"RFM segment."`
}

// DataQuality is how far the data can be trusted.
type DataQuality struct {
	CheckedAt time.Time     `json:"checked_at" doc:"When it was last looked at."`
	Checking  bool          `json:"checking" doc:"It is being looked at again."`
	Lines     []QualityLine `json:"lines"`
	Sources   []DataSource  `json:"sources"`
}

// QualityLine is one thing that was looked at.
type QualityLine struct {
	Key     string   `json:"key" enum:"identified,duplicates,sources,rejected,future,free,contact,consent"`
	Verdict string   `json:"verdict" enum:"good,look,none" doc:"look: there is something to do; none: there is nothing to judge by."`
	Count   int64    `json:"count"`
	Of      int64    `json:"of"`
	Percent *float64 `json:"percent,omitempty" doc:"Where the line is about a share."`
	Name    string   `json:"name"`
	Means   string   `json:"means" doc:"What it means, in words."`
	Do      string   `json:"do,omitempty" doc:"What to do, where there is something."`
}

// DataSource is who brings facts of one kind.
type DataSource struct {
	Kind        string    `json:"kind" enum:"order,return,answer,subscription,event"`
	Source      string    `json:"source"`
	Facts       int64     `json:"facts"`
	LastAt      time.Time `json:"last_at" doc:"When it last brought something."`
	NewestAt    time.Time `json:"newest_at" doc:"The moment of the newest fact."`
	UsualDays   int64     `json:"usual_days,omitempty" doc:"Days between two on which it brought something, in the middle case; left out where too few are known."`
	LongestDays int64     `json:"longest_days,omitempty" doc:"The same, in all but one of twenty cases."`
	SilentDays  int64     `json:"silent_days" doc:"For how many days it has brought nothing."`
	Late        bool      `json:"late" doc:"That is longer than usual."`
}

// Duplicate is two customers who may be one person.
type Duplicate struct {
	First      DuplicateOne `json:"first"`
	Second     DuplicateOne `json:"second"`
	Likelihood float64      `json:"likelihood" doc:"From 0 to 1: a judgement by the reasons, and not learnt."`
	Reasons    []string     `json:"reasons" doc:"What both have: email, phone, card in differing form; or the name with name_birthday, name_day, name_household, name_postcode, name_phone."`
}

// DuplicateOne is one of them.
type DuplicateOne struct {
	ID        string `json:"id"`
	Reference string `json:"reference,omitempty" doc:"Your own id, for who may read personal data."`
}

// DuplicateApart names two customers who are not one person.
type DuplicateApart struct {
	First  string `json:"first" maxLength:"40" doc:"Id of the one."`
	Second string `json:"second" maxLength:"40" doc:"Id of the other."`
}
