package wire

// Holidays are those that a business keeps.
type Holidays struct {
	Country string       `json:"country,omitempty" maxLength:"2" doc:"Whose holidays are kept. Left out: those of the business's country." example:"GR"`
	Keeps   string       `json:"keeps,omitempty" readOnly:"true" doc:"Whose holidays are kept; left out where none are known."`
	Off     []string     `json:"off,omitempty" nullable:"false" maxItems:"200" doc:"Holidays that are not kept."`
	Own     []OwnHoliday `json:"own,omitempty" nullable:"false" maxItems:"100" doc:"Days of the business's own."`
	Ahead   []HolidayDay `json:"ahead,omitempty" nullable:"false" readOnly:"true" doc:"The next twelve months, by day."`
}

// OwnHoliday is a day of the business's own.
type OwnHoliday struct {
	Holiday string `json:"holiday" maxLength:"40" doc:"What rules call it." example:"our_day"`
	Name    string `json:"name" maxLength:"100" doc:"As people see it." example:"The day we opened"`
	Month   int    `json:"month" minimum:"1" maximum:"12"`
	Day     int    `json:"day" minimum:"1" maximum:"31" doc:"29 February is the 28th in the years between."`
	Year    int    `json:"year,omitempty" minimum:"0" maximum:"2200" doc:"Of a day that is once. Left out: each year."`
}

// HolidayDay is a holiday on its day.
type HolidayDay struct {
	Holiday string `json:"holiday"`
	Name    string `json:"name"`
	Day     string `json:"day" format:"date"`
	Off     bool   `json:"off,omitempty" doc:"It is not kept."`
}
