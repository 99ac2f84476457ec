package metric

import (
	"context"
	"math"

	"regulars/internal/base/stats"
	"regulars/internal/measure/mirror"
)

// Definition is one entry of the catalogue. Its name, question and definition in words are messages of the locale under
// measure.KEY; the rest is here.
//
// Most measures are a smooth function of totals over customers: Columns say what is added up (SQL over a relation),
// Value makes the figure of the totals, and interval and verdict follow from the sums of squares and products, one
// customer one observation. The others have Compute.
type Definition struct {
	Key    string
	Unit   string
	Better string // higher, lower, none
	// Needs names what must be among the facts, else the figure is undefined for that reason; nil: orders.
	Needs func(f *mirror.Facts) (reason string)
	// Variant marks text-book formulas that are shown only when asked for.
	Variant bool

	Columns  []Column
	Value    func(t []float64) float64
	N        func(t []float64) float64                        // what the figure rests on
	Interval func(s stats.Sums, value float64) stats.Interval // nil: none
	// Within are bounds that the figure cannot pass by its nature, such as 1 order a buyer; an interval that does is cut
	// off there. Returns can carry a share of revenue past them: then the interval stays as it is.
	Within *[2]float64
	// Change compares two frames of the same customers; nil: the linearised difference of Value. It is in the unit of
	// the figure.
	Change func(a, b stats.Sums, cross [][]float64) stats.Change
	// Total is set where the figure is a plain total, which grows with the customers: its change is judged as a sum
	// over customers who came or not, its own interval is not shown.
	Total bool
	// Yearly measures always read the 365 days to the end of the window.
	Yearly bool
	// Single measures have no series: window and comparison only.
	Single bool
	// Empty names the reason when Value is not a number.
	Empty string

	Compute func(ctx context.Context, e *Engine, frames []int) (map[int]Estimate, error)

	// ofProgramme says of what a measure of a loyalty programme can be asked; club knows of it, nil: there is none.
	ofProgramme int
	club        *Club

	// Formula has {0} {1} ... for the operands; Operands gives them from the totals.
	Formula  string
	Operands func(e *Engine, t []float64) []Operand
	// Parameter names a parameter that belongs in the measure's name, e.g. the days of second_order_rate.
	Parameter func(s *Settings) float64
}

// Column is something to add up: SQL over a relation that has frame and customer_id. Names are the relation's.
type Column struct {
	Relation string
	SQL      string
}

// Estimate is a figure of one frame, before it is compared.
type Estimate struct {
	stats.Interval
	Reason    string // why there is no figure
	Quartiles *[2]float64
	Operands  []Operand
}

func noEstimate(reason string) Estimate {
	nan := math.NaN()
	return Estimate{Interval: stats.Interval{Value: nan, Low: nan, High: nan, SE: nan}, Reason: reason}
}

// Units.
const (
	percent = "percent"
	minor   = "minor"
	count   = "count"
	days    = "days"
	years   = "years"
	minutes = "minutes"
	ratio   = "ratio"
	points  = "points"
	score   = "score"
)

const (
	higher = "higher"
	lower  = "lower"
	none   = "none"
)

// Relations of columns, for the measures' files.
func bought(sql string) Column  { return Column{"bought", sql} }
func current(sql string) Column { return Column{"current_customer", sql} }
func voice(subject, sql string) Column {
	return Column{"voice:" + subject, sql}
}

// Columns that several measures share.
var (
	activeCustomers = bought("CASE WHEN orders > 0 THEN 1 ELSE 0 END")
	orderCount      = bought("orders")
	netRevenue      = bought("paid - returned")
	boughtAgain     = bought("CASE WHEN orders > 1 THEN 1 ELSE 0 END")
	severalKinds    = bought("CASE WHEN kind_min <> kind_max THEN 1 ELSE 0 END")
	oneKind         = bought("CASE WHEN kind_min = kind_max THEN 1 ELSE 0 END")
)

// within gives bounds to Definition.Within.
func within(low, high float64) *[2]float64 { return &[2]float64{low, high} }

// quotient is the value of a ratio of the totals i and j, times scale.
func quotient(i, j int, scale float64) func(t []float64) float64 {
	return func(t []float64) float64 { return t[i] / t[j] * scale }
}

// total is the value of a plain total.
func total(t []float64) float64 { return t[0] }

func nth(i int) func(t []float64) float64 { return func(t []float64) float64 { return t[i] } }

// wilson is the interval of t[i] successes among t[j], in percent.
func wilson(i, j int) func(stats.Sums, float64) stats.Interval {
	return func(s stats.Sums, _ float64) stats.Interval { return stats.Wilson(s.T[i], s.T[j]).Scale(100) }
}

// shareChange compares the shares t[i] of t[j] of two frames, in percent.
func shareChange(i, j int) func(a, b stats.Sums, cross [][]float64) stats.Change {
	return func(a, b stats.Sums, cross [][]float64) stats.Change {
		return stats.ShareChange(a, b, cross, i, j).Scale(100)
	}
}

// delta is the interval of t[i] / t[j] clustered by customer.
func delta(i, j int, scale float64) func(stats.Sums, float64) stats.Interval {
	return func(s stats.Sums, _ float64) stats.Interval { return stats.Ratio(s, i, j).Scale(scale) }
}

// operands shows totals in the given units.
func operands(units ...string) func(*Engine, []float64) []Operand {
	return func(_ *Engine, t []float64) []Operand {
		out := make([]Operand, len(units))
		for i, u := range units {
			out[i] = Operand{Value: t[i], Unit: u}
		}
		return out
	}
}
