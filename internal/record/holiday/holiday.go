package holiday

import (
	"slices"
	"time"
)

// Known is a holiday of a country.
type Known struct {
	Key string
	On  func(year int) time.Time
}

// countries are the holidays of each, in no order.
var countries = map[string][]Known{
	"CN": {
		{"new_year", fixed(time.January, 1)}, {"lunar_new_year", chinese(1, 1)}, {"lantern_festival", chinese(1, 15)}, {"womens_day", fixed(time.March, 8)},
		{"mothers_day", nth(2, time.Sunday, time.May)}, {"childrens_day", fixed(time.June, 1)}, {"dragon_boat", chinese(5, 5)}, {"fathers_day", nth(3, time.Sunday, time.June)},
		{"qixi", chinese(7, 7)}, {"teachers_day", fixed(time.September, 10)}, {"mid_autumn", chinese(8, 15)}, {"national_day", fixed(time.October, 1)},
	},
	"CY": greek(fixed(time.October, 1)),
	"DE": {
		{"new_year", fixed(time.January, 1)}, {"valentines_day", fixed(time.February, 14)}, {"womens_day", fixed(time.March, 8)}, {"easter", western},
		{"mothers_day", nth(2, time.Sunday, time.May)}, {"fathers_day", after(western, 39)}, {"national_day", fixed(time.October, 3)},
		{"saint_nicholas", fixed(time.December, 6)}, {"christmas", fixed(time.December, 25)},
	},
	"GB": {
		{"new_year", fixed(time.January, 1)}, {"valentines_day", fixed(time.February, 14)}, {"mothers_day", after(western, -21)}, {"easter", western},
		{"fathers_day", nth(3, time.Sunday, time.June)}, {"halloween", fixed(time.October, 31)}, {"christmas", fixed(time.December, 25)},
	},
	"GR": greek(fixed(time.March, 25)),
	"MK": {
		{"new_year", fixed(time.January, 1)}, {"orthodox_christmas", fixed(time.January, 7)}, {"valentines_day", fixed(time.February, 14)},
		{"womens_day", fixed(time.March, 8)}, {"easter", orthodox}, {"childrens_day", fixed(time.June, 1)}, {"national_day", fixed(time.September, 8)},
	},
	"RU": {
		{"new_year", fixed(time.January, 1)}, {"orthodox_christmas", fixed(time.January, 7)}, {"valentines_day", fixed(time.February, 14)},
		{"defenders_day", fixed(time.February, 23)}, {"womens_day", fixed(time.March, 8)}, {"easter", orthodox}, {"childrens_day", fixed(time.June, 1)},
		{"national_day", fixed(time.June, 12)}, {"knowledge_day", fixed(time.September, 1)}, {"teachers_day", fixed(time.October, 5)},
		{"fathers_day", nth(3, time.Sunday, time.October)}, {"mothers_day", nth(-1, time.Sunday, time.November)},
	},
	"US": {
		{"new_year", fixed(time.January, 1)}, {"valentines_day", fixed(time.February, 14)}, {"easter", western}, {"mothers_day", nth(2, time.Sunday, time.May)},
		{"fathers_day", nth(3, time.Sunday, time.June)}, {"national_day", fixed(time.July, 4)}, {"halloween", fixed(time.October, 31)},
		{"thanksgiving", nth(4, time.Thursday, time.November)}, {"christmas", fixed(time.December, 25)},
	},
}

// greek are the holidays of Greece and Cyprus, which differ in the national day.
func greek(national func(year int) time.Time) []Known {
	return []Known{
		{"new_year", fixed(time.January, 1)}, {"valentines_day", fixed(time.February, 14)}, {"womens_day", fixed(time.March, 8)}, {"national_day", national},
		{"easter", orthodox}, {"mothers_day", nth(2, time.Sunday, time.May)}, {"fathers_day", nth(3, time.Sunday, time.June)},
		{"assumption", fixed(time.August, 15)}, {"christmas", fixed(time.December, 25)},
	}
}

// Countries are those whose holidays are known, by their codes.
func Countries() (all []string) {
	for c := range countries {
		all = append(all, c)
	}
	slices.Sort(all)
	return all
}

// Keys are those of all holidays that are known anywhere.
func Keys() (all []string) {
	for _, known := range countries {
		for _, k := range known {
			all = append(all, k.Key)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
