package metric

// Status of a figure.
const (
	OK        = "ok"
	TooFew    = "too_few"
	Undefined = "undefined"
)

// Verdict on a change.
const (
	Real  = "real"
	Noise = "noise"
	Few   = "too_few"
)

// Measure is one figure with everything that makes it trustworthy.
type Measure struct {
	Key    string `json:"key"`
	Status string `json:"status"`           // ok, too_few, undefined
	Reason string `json:"reason,omitempty"` // message key: why it is not ok, e.g. reason.no_answers
	Figure        // value null unless ok; low and high, the 95 % interval, null where the measure has none
	Unit   string `json:"unit"`      // percent, minor (money), count, days, years, minutes, ratio, points, score
	Better string `json:"direction"` // higher, lower, none

	// Parameter is the setting that belongs in the measure's name: days, or a percentage.
	Parameter *float64 `json:"parameter,omitempty"`
	// Quartiles are the 25th and 75th percentile beside a median.
	Quartiles *[2]float64 `json:"quartiles,omitempty"`

	Previous *Figure `json:"previous,omitempty"`
	Change   *Change `json:"change,omitempty"`
	Verdict  string  `json:"verdict,omitempty"` // real, noise, too_few

	Series []Point `json:"series,omitempty"` // by period
	Groups []Group `json:"groups,omitempty"` // by attribute

	// Formula is the formula with this business's own numbers: {0} {1} ... stand for the operands.
	Formula *Formula `json:"formula,omitempty"`
}

// Figure is a value with its interval.
type Figure struct {
	Value *float64 `json:"value"`
	Low   *float64 `json:"low"`
	High  *float64 `json:"high"`
	N     int64    `json:"n"`
}

// Change is current less previous, in the measure's own unit and relative (0.15 is +15 %).
type Change struct {
	Difference   float64  `json:"difference"`
	Low          float64  `json:"low"`
	High         float64  `json:"high"`
	Relative     *float64 `json:"relative"`
	RelativeLow  *float64 `json:"relative_low"`
	RelativeHigh *float64 `json:"relative_high"`
	P            float64  `json:"p"`
}

// Point is one period of a series. Partial periods are cut off by the window.
type Point struct {
	From    string `json:"from"` // first day
	To      string `json:"to"`   // first day after
	Partial bool   `json:"partial,omitempty"`
	Figure
}

// Group is one value of the attribute of --by; its verdict is against everybody, after Benjamini-Hochberg.
type Group struct {
	Group string `json:"group"`
	Figure
	Verdict string `json:"verdict,omitempty"`
}

// Formula is, e.g., Text "({0} - {1}) / {2}", Operands 412, 88, 900: "(412 - 88) / 900 = 36.0".
type Formula struct {
	Text     string    `json:"text"`
	Operands []Operand `json:"operands"`
}

// Operand is one number in a formula with the unit it is shown in.
type Operand struct {
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
}
