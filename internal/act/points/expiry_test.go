package points_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/act/points"
)

func TestWhenUnitsExpire(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		e      points.Expiry
		active string
		last   string // the last day on which they are good
	}{
		{"a day", points.Expiry{Kind: points.After, N: 1, Every: points.Days}, "2026-02-28", "2026-03-01"},
		{"a month from the 31st", points.Expiry{Kind: points.After, N: 1, Every: points.Months}, "2026-01-31", "2026-02-28"},
		{"in a leap year", points.Expiry{Kind: points.After, N: 1, Every: points.Months}, "2028-01-31", "2028-02-29"},
		{"13 months", points.Expiry{Kind: points.After, N: 13, Every: points.Months}, "2026-12-31", "2028-01-31"},
		{"a year from 29 February", points.Expiry{Kind: points.After, N: 1, Every: points.Years}, "2028-02-29", "2029-02-28"},
		{"to the end of the month", points.Expiry{Kind: points.After, N: 30, Every: points.Days, Round: points.Months}, "2026-01-05", "2026-02-28"},
		{"of the quarter", points.Expiry{Kind: points.After, N: 6, Every: points.Months, Round: points.Quarters}, "2026-05-01", "2026-12-31"},
		{"of the year", points.Expiry{Kind: points.After, N: 1, Every: points.Years, Round: points.Years}, "2026-01-01", "2027-12-31"},
		{"each year's end, on it", points.Expiry{Kind: points.Fixed, Dates: []string{"12-31"}}, "2026-12-31", "2026-12-31"},
		{"the day after", points.Expiry{Kind: points.Fixed, Dates: []string{"12-31"}}, "2027-01-01", "2027-12-31"},
		{"on 29 February", points.Expiry{Kind: points.Fixed, Dates: []string{"02-29"}}, "2097-03-01", "2104-02-29"},
		{"once, then each year", points.Expiry{Kind: points.Fixed, Dates: []string{"06-30", "2026-05-01"}}, "2026-04-01", "2026-05-01"},
	} {
		if err := c.e.Check(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		for _, clock := range []string{"00:00", "12:00", "23:59"} {
			got, err := c.e.On(must(time.ParseInLocation("2006-01-02 15:04", c.active+" "+clock, zone)), zone)
			if last := got.Add(-time.Microsecond).In(zone).Format("2006-01-02 15:04:05"); err != nil || last != c.last+" 23:59:59" {
				t.Errorf("%s, active at %s: the last second is %s, not of %s (%v)", c.name, clock, last, c.last, err)
			}
		}
	}
	if _, err := (&points.Expiry{Kind: points.Fixed, Dates: []string{"2020-01-01"}}).On(began, zone); code(err) != "expiry_dates_passed" {
		t.Errorf("no date is left: %v", err)
	}
}

// In some zones clocks go forward at midnight: the day begins at one.
func TestADayBeginsWhenTheClocksSay(t *testing.T) {
	t.Parallel()
	beirut := must(time.LoadLocation("Asia/Beirut"))
	e := points.Expiry{Kind: points.After, N: 1, Every: points.Days}
	got := must(e.On(time.Date(2025, 3, 28, 12, 0, 0, 0, beirut), beirut))
	if shown := got.In(beirut).Format("2006-01-02 15:04"); shown != "2025-03-30 01:00" {
		t.Errorf("29 March 2025 ends at %s", shown)
	}
}

func TestExpiryIsAfterActivationAndGrowsWithIt(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		e := points.Expiry{Kind: points.After, N: rapid.IntRange(1, 40).Draw(rt, "n"),
			Every: rapid.SampledFrom([]points.Span{points.Days, points.Months, points.Years}).Draw(rt, "every"),
			Round: rapid.SampledFrom([]points.Span{"", points.Months, points.Quarters, points.Years}).Draw(rt, "round")}
		at := time.Unix(rapid.Int64Range(0, 4_000_000_000).Draw(rt, "at"), 0)
		one, err := e.On(at, zone)
		other, err2 := e.On(at.Add(time.Duration(rapid.Int64Range(0, 1e15).Draw(rt, "later"))), zone)
		if err != nil || err2 != nil || !one.After(at) || other.Before(one) {
			rt.Fatalf("%v: %v, later %v", e, one, other)
		}
	})
}

func TestAnExpiryThatCannotBeIsRefused(t *testing.T) {
	t.Parallel()
	for _, e := range []points.Expiry{
		{N: 1}, {Kind: points.After}, {Kind: points.After, N: 1, Every: points.Quarters}, {Kind: points.After, N: -1, Every: points.Days},
		{Kind: points.Fixed}, {Kind: points.Fixed, Dates: []string{"31.12."}}, {Kind: points.Fixed, Dates: []string{"02-30"}},
		{Kind: points.Idle, N: 1, Every: points.Months, Round: points.Days}, {Kind: "sometime"},
	} {
		if err := e.Check(); err == nil {
			t.Errorf("allowed: %+v", e)
		}
	}
}
