package holiday

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/business"
	"regulars/internal/record/schema/schematest"
)

// dayOf is the day of a holiday in a country.
func dayOf(t *testing.T, country, key string, year int) string {
	t.Helper()
	at := slices.IndexFunc(countries[country], func(k Known) bool { return k.Key == key })
	if at < 0 {
		t.Fatalf("%s has no %s", country, key)
	}
	return countries[country][at].On(year).Format(time.DateOnly)
}

// The dates are those that churches, observatories and calendars of the countries printed.
func TestHolidaysFallOnTheDaysThatTheyFellOn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		country, key string
		days         string
	}{
		{"GB", "easter", "2000-04-23 2008-03-23 2011-04-24 2016-03-27 2018-04-01 2019-04-21 2020-04-12 2021-04-04 2022-04-17 2023-04-09 2024-03-31 2025-04-20 2026-04-05 2027-03-28 2028-04-16 2038-04-25"},
		{"GR", "easter", "2000-04-30 2008-04-27 2011-04-24 2016-05-01 2018-04-08 2019-04-28 2020-04-19 2021-05-02 2022-04-24 2023-04-16 2024-05-05 2025-04-20 2026-04-12 2027-05-02 2028-04-16 2029-04-08 2030-04-28"},
		{"CN", "lunar_new_year", "2000-02-05 2001-01-24 2004-01-22 2007-02-18 2012-01-23 2015-02-19 2016-02-08 2017-01-28 2018-02-16 2019-02-05 2020-01-25 2021-02-12 2022-02-01 2023-01-22 2024-02-10 " +
			"2025-01-29 2026-02-17 2027-02-06 2028-01-26 2029-02-13 2030-02-03 2031-01-23 2032-02-11 2033-01-31 2034-02-19 2035-02-08 2036-01-28 2037-02-15 2038-02-04 2039-01-24 2040-02-12 " +
			"2041-02-01 2042-01-22 2043-02-10 2044-01-30 2045-02-17 2046-02-06 2047-01-26 2048-02-14 2049-02-02 2050-01-23"},
		{"CN", "mid_autumn", "2015-09-27 2016-09-15 2017-10-04 2018-09-24 2019-09-13 2020-10-01 2021-09-21 2022-09-10 2023-09-29 2024-09-17 2025-10-06 2026-09-25"},
		{"CN", "dragon_boat", "2017-05-30 2018-06-18 2019-06-07 2020-06-25 2021-06-14 2022-06-03 2023-06-22 2024-06-10 2025-05-31 2026-06-19"},
		{"CN", "qixi", "2019-08-07 2020-08-25 2021-08-14 2022-08-04 2023-08-22 2024-08-10 2025-08-29"},
		{"CN", "lantern_festival", "2024-02-24 2025-02-12 2026-03-03"},
		{"GB", "mothers_day", "2023-03-19 2024-03-10 2025-03-30 2026-03-15"},
		{"US", "mothers_day", "2024-05-12 2025-05-11 2026-05-10"},
		{"RU", "mothers_day", "2024-11-24 2025-11-30 2026-11-29"},
		{"DE", "fathers_day", "2024-05-09 2025-05-29 2026-05-14"},
		{"RU", "fathers_day", "2024-10-20 2025-10-19 2026-10-18"},
		{"US", "fathers_day", "2024-06-16 2025-06-15 2026-06-21"},
		{"US", "thanksgiving", "2023-11-23 2024-11-28 2025-11-27 2026-11-26"},
		{"CY", "national_day", "2026-10-01"}, {"GR", "national_day", "2026-03-25"}, {"MK", "orthodox_christmas", "2026-01-07"},
	} {
		for _, want := range strings.Fields(c.days) {
			day, err := time.Parse(time.DateOnly, want)
			if err != nil {
				t.Fatal(err)
			}
			if is := dayOf(t, c.country, c.key, day.Year()); is != want {
				t.Errorf("%s %s %d is on %s, not %s", c.country, c.key, day.Year(), is, want)
			}
		}
	}
}

// Easter is a Sunday of spring, the Orthodox one never before the Western one; each Chinese month is of 29 or 30 days, and no
// year is without one.
func TestMovableDaysStayWithinTheirBounds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		year := rapid.IntRange(1900, 2100).Draw(t, "year")
		w, o := western(year), orthodox(year)
		if w.Weekday() != time.Sunday || o.Weekday() != time.Sunday || o.Before(w) {
			t.Fatalf("Easter of %d is on %s, and on %s", year, w, o)
		}
		if w.Before(date(year, time.March, 22)) || w.After(date(year, time.April, 25)) || o.After(date(year, time.May, 8)) {
			t.Fatalf("Easter of %d is on %s, and on %s", year, w, o)
		}
		spring, next := chinese(1, 1)(year), chinese(1, 1)(year+1)
		if spring.Before(date(year, time.January, 20)) || spring.After(date(year, time.February, 21)) {
			t.Fatalf("the Chinese year of %d begins on %s", year, spring)
		}
		switch days := int(next.Sub(spring).Hours() / 24); days {
		case 353, 354, 355, 383, 384, 385:
		default:
			t.Fatalf("the Chinese year of %d has %d days", year, days)
		}
		last := spring
		for month := 2; month <= 10; month++ {
			begins := chinese(month, 1)(year)
			if days := int(begins.Sub(last).Hours() / 24); days != 29 && days != 30 && days != 58 && days != 59 && days != 60 {
				t.Fatalf("month %d of %d has %d days", month-1, year, days)
			}
			last = begins
		}
	})
}

func TestTheCalendarIsThatOfTheCountryWithOnesOwnDays(t *testing.T) {
	t.Parallel()
	schematest.Each(t, func(t *testing.T, d *db.DB) {
		write := func(fn func(tx *db.Tx) error) error { return d.Write(t.Context(), fn) }
		var c Calendar
		if err := write(func(tx *db.Tx) (err error) { c, err = Load(tx); return err }); err != nil || c.Keeps() != "" || len(c.Ahead(date(2026, 1, 1))) != 0 {
			t.Fatalf("without a country there are %v, %v", c.Ahead(date(2026, 1, 1)), err)
		}
		if err := write(func(tx *db.Tx) error {
			if _, err := business.Agree(tx, business.Business{Country: "GR"}); err != nil {
				return err
			}
			c = Calendar{Off: []string{"womens_day"}, Own: []Own{{"our_day", "Our day", 2, 29, 0}, {"opening", "The opening", 4, 12, 2026}}}
			if err := c.Save(tx); err != nil {
				return err
			}
			var err error
			c, err = Load(tx)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		on := func(year int, month time.Month, day int) (keys []string) {
			for _, d := range c.On(date(year, month, day)) {
				keys = append(keys, d.Holiday)
			}
			return keys
		}
		for _, one := range []struct {
			year  int
			month time.Month
			day   int
			want  string
		}{
			{2026, time.April, 12, "easter opening"}, {2027, time.April, 12, ""}, {2026, time.March, 8, ""}, {2026, time.March, 25, "national_day"},
			{2026, time.February, 28, "our_day"}, {2028, time.February, 28, ""}, {2028, time.February, 29, "our_day"}, {2026, time.December, 25, "christmas"},
		} {
			if is := strings.Join(on(one.year, one.month, one.day), " "); is != one.want {
				t.Errorf("on %d-%d-%d there is %q, not %q", one.year, one.month, one.day, is, one.want)
			}
		}
		ahead := c.Ahead(date(2026, time.March, 8))
		if first, last := ahead[0], ahead[len(ahead)-1]; first.Holiday != "womens_day" || !first.Off || last.Holiday != "our_day" || last.On.Year() != 2027 || len(ahead) != 11 {
			t.Errorf("ahead are %+v", ahead)
		}
		c.Country = "CN"
		if keys := on(2026, time.February, 17); c.Keeps() != "CN" || !slices.Equal(keys, []string{"lunar_new_year"}) {
			t.Errorf("in China there is %v", keys)
		}
		if err := c.Known("easter"); err != nil {
			t.Error(err)
		}
		if err := c.Known("no_such_day"); !strings.Contains(err.Error(), "our_day") {
			t.Error(err)
		}
	})
}

func TestACalendarThatCannotBeIsRefused(t *testing.T) {
	t.Parallel()
	own := func(o Own) Calendar { return Calendar{Own: []Own{o}} }
	for name, c := range map[string]struct {
		c    Calendar
		at   string
		code string
	}{
		"country":   {Calendar{Country: "XX"}, "country", "unknown_country"},
		"off":       {Calendar{Off: []string{"nothing"}}, "off[0]", "unknown_holiday"},
		"key":       {own(Own{"Our Day", "Our day", 1, 2, 0}), "own[0].holiday", "holiday_key"},
		"taken":     {own(Own{"easter", "Easter", 1, 2, 0}), "own[0].holiday", "holiday_taken"},
		"twice":     {Calendar{Own: []Own{{"a", "A", 1, 2, 0}, {"a", "B", 1, 3, 0}}}, "own[1].holiday", "holiday_taken"},
		"name":      {own(Own{"a", " ", 1, 2, 0}), "own[0].name", "name_length"},
		"lines":     {own(Own{"a", "a\nb", 1, 2, 0}), "own[0].name", "name_length"},
		"day":       {own(Own{"a", "A", 4, 31, 0}), "own[0].day", "no_day"},
		"no month":  {own(Own{"a", "A", 0, 1, 0}), "own[0].day", "no_day"},
		"leap":      {own(Own{"a", "A", 2, 29, 2026}), "own[0].day", "no_day"},
		"long ago":  {own(Own{"a", "A", 2, 2, 20}), "own[0].day", "no_day"},
		"very many": {Calendar{Own: make([]Own, 101)}, "own", "out_of_range"},
	} {
		var f *fault.Fault
		if err := c.c.Check(); !errors.As(err, &f) || f.Field != c.at || f.Code != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
}
