package holiday

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Every holiday of every country falls into the year that was asked for, on a day without a time.
func TestEveryHolidayIsInItsYear(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		country := rapid.SampledFrom(Countries()).Draw(t, "country")
		year := rapid.IntRange(2000, 2100).Draw(t, "year")
		seen := map[string]bool{}
		for _, k := range countries[country] {
			on := k.On(year)
			if on.Year() != year || on.Hour() != 0 || on.Minute() != 0 || on.Location() != time.UTC {
				t.Fatalf("%s of %s in %d is on %s", k.Key, country, year, on)
			}
			if seen[k.Key] {
				t.Fatalf("%s has %s twice", country, k.Key)
			}
			seen[k.Key] = true
		}
	})
}

// The nth weekday of a month against a plain walk through its days.
func TestNthAgainstDays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		year, month := rapid.IntRange(1990, 2100).Draw(t, "year"), time.Month(rapid.IntRange(1, 12).Draw(t, "month"))
		weekday := time.Weekday(rapid.IntRange(0, 6).Draw(t, "weekday"))
		var days []time.Time
		for d := date(year, month, 1); d.Month() == month; d = d.AddDate(0, 0, 1) {
			if d.Weekday() == weekday {
				days = append(days, d)
			}
		}
		for n := 1; n <= 4; n++ {
			if is := nth(n, weekday, month)(year); !is.Equal(days[n-1]) {
				t.Fatalf("%s no. %d of %s %d is on %s, want %s", weekday, n, month, year, is, days[n-1])
			}
			if is := nth(-n, weekday, month)(year); !is.Equal(days[len(days)-n]) {
				t.Fatalf("%s no. %d from the end of %s %d is on %s, want %s", weekday, n, month, year, is, days[len(days)-n])
			}
		}
	})
}

// The twelve months ahead are in order, have each yearly day once, and agree with what is said day by day.
func TestAheadAgreesWithEachDay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := Calendar{Country: rapid.SampledFrom(Countries()).Draw(t, "country")}
		c.Own = []Own{{Holiday: "our_day", Name: "Our day", Month: 2, Day: rapid.SampledFrom([]int{1, 28, 29}).Draw(t, "own")}}
		c.Off = rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"new_year", "our_day", "easter"}), 0, 3, rapid.ID).Draw(t, "off")
		first := date(rapid.IntRange(2020, 2060).Draw(t, "year"), time.Month(rapid.IntRange(1, 12).Draw(t, "month")), rapid.IntRange(1, 28).Draw(t, "day"))
		var kept, daily []Day
		for _, d := range c.Ahead(first) {
			if d.Off != slices.Contains(c.Off, d.Holiday) {
				t.Fatalf("%+v, where %v are off", d, c.Off)
			}
			if !d.Off {
				kept = append(kept, d)
			}
		}
		for d := first; d.Before(first.AddDate(1, 0, 0)); d = d.AddDate(0, 0, 1) {
			daily = append(daily, c.On(d)...)
		}
		if !slices.Equal(kept, daily) {
			t.Fatalf("from %s on: ahead %v, day by day %v", first, kept, daily)
		}
	})
}
