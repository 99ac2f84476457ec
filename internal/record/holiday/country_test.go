package holiday

import (
	"strings"
	"testing"
	"time"
)

// The whole year 2026 of each country, written out by hand.
func TestTheYearOfEachCountry(t *testing.T) {
	t.Parallel()
	for country, want := range map[string]string{
		"CY": "01-01 new_year, 02-14 valentines_day, 03-08 womens_day, 04-12 easter, 05-10 mothers_day, 06-21 fathers_day, 08-15 assumption, 10-01 national_day, 12-25 christmas",
		"GR": "01-01 new_year, 02-14 valentines_day, 03-08 womens_day, 03-25 national_day, 04-12 easter, 05-10 mothers_day, 06-21 fathers_day, 08-15 assumption, 12-25 christmas",
		"DE": "01-01 new_year, 02-14 valentines_day, 03-08 womens_day, 04-05 easter, 05-10 mothers_day, 05-14 fathers_day, 10-03 national_day, 12-06 saint_nicholas, 12-25 christmas",
		"GB": "01-01 new_year, 02-14 valentines_day, 03-15 mothers_day, 04-05 easter, 06-21 fathers_day, 10-31 halloween, 12-25 christmas",
		"MK": "01-01 new_year, 01-07 orthodox_christmas, 02-14 valentines_day, 03-08 womens_day, 04-12 easter, 06-01 childrens_day, 09-08 national_day",
		"US": "01-01 new_year, 02-14 valentines_day, 04-05 easter, 05-10 mothers_day, 06-21 fathers_day, 07-04 national_day, 10-31 halloween, 11-26 thanksgiving, 12-25 christmas",
		"CN": "01-01 new_year, 02-17 lunar_new_year, 03-03 lantern_festival, 03-08 womens_day, 05-10 mothers_day, 06-01 childrens_day, 06-19 dragon_boat, 06-21 fathers_day, " +
			"08-19 qixi, 09-10 teachers_day, 09-25 mid_autumn, 10-01 national_day",
		"RU": "01-01 new_year, 01-07 orthodox_christmas, 02-14 valentines_day, 02-23 defenders_day, 03-08 womens_day, 04-12 easter, 06-01 childrens_day, 06-12 national_day, " +
			"09-01 knowledge_day, 10-05 teachers_day, 10-18 fathers_day, 11-29 mothers_day",
	} {
		c := Calendar{Country: country}
		var is []string
		for _, d := range c.Year(2026) {
			is = append(is, d.On.Format("01-02")+" "+d.Holiday)
		}
		if got := strings.Join(is, ", "); got != want {
			t.Errorf("%s:\n%s, want\n%s", country, got, want)
		}
	}
	if days := (&Calendar{Country: "GR"}).On(time.Date(2026, time.April, 12, 23, 59, 0, 0, time.FixedZone("", 3*60*60))); len(days) != 1 || days[0].Holiday != "easter" {
		t.Errorf("late on Easter Sunday there is %v", days)
	}
}

// A leap day of one's own is on the 28th in the years between, also at the turn of a century; one of a year is in that year alone.
func TestDaysOfOnesOwn(t *testing.T) {
	t.Parallel()
	for year, want := range map[int]string{2026: "02-28", 2028: "02-29", 2096: "02-29", 2100: "02-28"} {
		if is := (Own{Month: 2, Day: 29}).In(year).Format("01-02"); is != want {
			t.Errorf("in %d it is on %s, want %s", year, is, want)
		}
	}
	c := Calendar{Own: []Own{{Holiday: "once", Name: "Once", Month: 5, Day: 4, Year: 2027}}}
	for year, want := range map[int]int{2026: 0, 2027: 1, 2028: 0} {
		if is := len(c.Year(year)); is != want {
			t.Errorf("in %d there are %d days, want %d", year, is, want)
		}
	}
}
