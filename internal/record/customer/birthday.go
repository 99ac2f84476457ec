package customer

import (
	"fmt"
	"strings"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
)

// ParseBirthday reads a day as people type it, with a year or without; nothing is none.
func ParseBirthday(text string) (b Birthday, err error) {
	if text = strings.TrimSpace(text); text == "" {
		return b, nil
	}
	day, err := time.Parse(time.DateOnly, text)
	if err == nil {
		b.Year = day.Year()
	} else {
		const leapYear = "2000-"
		day, err = time.Parse(time.DateOnly, leapYear+text)
	}
	b.Month, b.Day = int(day.Month()), day.Day()
	if err == nil {
		err = (&Profile{Birthday: b}).Check()
	}
	if err != nil { // whose words repeat what was typed, and would be kept in the log as a cause
		return b, fault.Coded("no_date", fault.Invalidf("a birthday is written like 1980-05-17, or 05-17"))
	}
	return b, nil
}

// BirthdayOf reads a birthday of its parts, as they are chosen on a page: none at all, day and month, or the year besides.
func BirthdayOf(day, month, year string) (Birthday, error) {
	day, month, year = strings.TrimSpace(day), strings.TrimSpace(month), strings.TrimSpace(year)
	if day == "" && month == "" && year == "" {
		return Birthday{}, nil
	}
	const two, four = 2, 4
	text := fmt.Sprintf("%0*s-%0*s", two, month, two, day)
	if year != "" {
		text = year + "-" + text
	}
	if day == "" || month == "" || year != "" && len(year) != four {
		text = "-" // which is none
	}
	return ParseBirthday(text)
}

// String is the birthday as ParseBirthday reads it; empty where there is none.
func (b Birthday) String() string {
	switch {
	case b == Birthday{}:
		return ""
	case b.Year == 0:
		return fmt.Sprintf("%02d-%02d", b.Month, b.Day)
	}
	return fmt.Sprintf("%04d-%02d-%02d", b.Year, b.Month, b.Day)
}

// BornOn are the customers whose birthday is the day, behind a number, in order, at most so many. Who was born on 29 February
// has the 28th in the years between. Those who were merged into others are left out.
func BornOn(tx *db.Tx, day time.Time, after int64, most int) (numbers []int64, err error) {
	also := day.Day()
	if day.Month() == time.February && day.Day() == 28 && day.AddDate(0, 0, 1).Month() == time.March {
		also = 29
	}
	rows, err := tx.Query(`SELECT c.customer_id FROM customers c LEFT JOIN aliases a ON a.customer_id = c.customer_id
		WHERE c.birth_month = $1 AND (c.birth_day = $2 OR c.birth_day = $3) AND c.customer_id > $4 AND c.erased_us IS NULL AND a.customer_id IS NULL
		ORDER BY c.customer_id LIMIT $5`, int(day.Month()), day.Day(), also, after, most)
	return numbersOf(rows, err)
}
