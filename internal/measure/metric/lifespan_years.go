package metric

import (
	"fmt"
	"math"

	"regulars/internal/record/fact"
)

// lived is from a customer's first order ever to the last one in the frame, in mean Gregorian years, in SQL. A number with a
// point is a NUMERIC to PostgreSQL, which is divided ten times slower.
var lived = fmt.Sprintf("CAST(lived_us AS DOUBLE PRECISION) / CAST(%f AS DOUBLE PRECISION)", 365.2425*fact.MicrosPerDay)

var lifespan = bought("CASE WHEN orders > 0 THEN " + lived + " ELSE 0 END")

// lifespanYears is the mean lifespan of all customers with an order in the window.
func lifespanYears() *Definition {
	return &Definition{
		Key: "lifespan_years", Unit: years, Better: higher, Within: within(0, math.Inf(1)), Empty: reasonNoOrders,
		Columns: []Column{lifespan, activeCustomers}, Value: quotient(0, 1, 1), N: nth(1), Interval: delta(0, 1, 1),
		Formula: "{0} / {1}", Operands: operands(years, count),
	}
}

// lifespanYearsRepeaters is the same over those who have bought on two days or more.
func lifespanYearsRepeaters() *Definition {
	repeater := bought("CASE WHEN repeat_orders > 0 THEN 1 ELSE 0 END")
	of := bought("CASE WHEN repeat_orders > 0 THEN " + lived + " ELSE 0 END")
	return &Definition{
		Key: "lifespan_years_repeaters", Unit: years, Better: higher, Within: within(0, math.Inf(1)), Empty: reasonNoRepeaters,
		Columns: []Column{of, repeater}, Value: quotient(0, 1, 1), N: nth(1), Interval: delta(0, 1, 1),
		Formula: "{0} / {1}", Operands: operands(years, count),
	}
}
