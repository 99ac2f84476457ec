package forecast

import (
	"math"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/setting"
	"regulars/internal/understand/advice"
	"regulars/internal/understand/predict"
)

// Settings are how far ahead is looked, and how money to come is counted.
type Settings struct {
	HorizonDays     int     `json:"horizon_days"`
	Margin          float64 `json:"margin"`            // of revenue, for the lifetime value
	DiscountPerYear float64 `json:"discount_per_year"` // what money loses in a year
	ValueMonths     int     `json:"value_months"`

	Assumed advice.Assumptions `json:"assumed_gains,omitempty"` // of what to do next
}

// Defaults are those that hold until others are set.
func Defaults() Settings {
	return Settings{HorizonDays: 90, Margin: 1, DiscountPerYear: 0.1, ValueMonths: 12}
}

const settingsKey = "predictions"

// LoadSettings reads them.
func LoadSettings(tx *db.Tx) (Settings, error) {
	s := Defaults()
	_, err := setting.Load(tx, settingsKey, &s)
	return s, err
}

// Save sets them; they count from the next fit on.
func (s Settings) Save(tx *db.Tx) error {
	const longest, months = 730, 120
	switch {
	case s.HorizonDays < 7 || s.HorizonDays > longest:
		return fault.In("horizon_days", fault.Coded("out_of_range", fault.Invalidf("the horizon must be from 7 to %d days, not %d", longest, s.HorizonDays)))
	case !(s.Margin > 0 && s.Margin <= 1):
		return fault.In("margin", fault.Coded("out_of_range", fault.Invalidf("the margin must be above 0 and at most 1, for example 0.3, not %g", s.Margin)))
	case !(s.DiscountPerYear >= 0 && s.DiscountPerYear <= 10):
		return fault.In("discount_per_year", fault.Coded("out_of_range", fault.Invalidf("the discount is what money loses in a year, for example 0.1, not %g", s.DiscountPerYear)))
	case s.ValueMonths < 1 || s.ValueMonths > months:
		return fault.In("value_months", fault.Coded("out_of_range", fault.Invalidf("the months of the lifetime value must be from 1 to %d, not %d", months, s.ValueMonths)))
	}
	if err := s.Assumed.Check(); err != nil {
		return err
	}
	return setting.Save(tx, settingsKey, s)
}

// options are what they ask of predict.
func (s Settings) options(end int32) predict.Options {
	terms := predict.DefaultTerms()
	const monthsAYear = 12
	terms.Margin, terms.Months, terms.Discount = s.Margin, s.ValueMonths, math.Pow(1+s.DiscountPerYear, 1.0/monthsAYear)-1
	return predict.Options{End: end, Days: s.HorizonDays, Model: "auto", Terms: terms}
}
