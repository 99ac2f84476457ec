package job

import (
	"fmt"
	"time"
)

// Spec says when a schedule comes due: by the clock on the wall, or in steps.
type Spec struct {
	unit         string // every, daily, weekly, monthly
	step         time.Duration
	hour, minute int
	weekday      time.Weekday
	day          int // of the month
}

// Every comes due in even steps of whole minutes, counted in UTC, which no change of the clocks touches.
func Every(step time.Duration) Spec {
	return Spec{unit: "every", step: max(step.Truncate(time.Minute), time.Minute)}
}

// Daily comes due each day at the time on the wall. A time that is skipped when clocks go forward is the moment at which
// they do; one that comes twice is the first of both.
func Daily(hour, minute int) Spec { return Spec{unit: "daily", hour: hour, minute: minute} }

// Weekly comes due on one day of the week.
func Weekly(on time.Weekday, hour, minute int) Spec {
	return Spec{unit: "weekly", weekday: on, hour: hour, minute: minute}
}

// Monthly comes due on one day of the month, or on its last where the month is shorter.
func Monthly(day, hour, minute int) Spec {
	return Spec{unit: "monthly", day: day, hour: hour, minute: minute}
}

// sound says whether there are such times.
func (s Spec) sound() bool {
	return s.unit != "" && s.hour >= 0 && s.hour < 24 && s.minute >= 0 && s.minute < 60 && (s.unit != "monthly" || s.day >= 1 && s.day <= 31)
}

// String tells specs apart, and says what they are.
func (s Spec) String() string {
	switch s.unit {
	case "every":
		return fmt.Sprintf("every %d minutes", int(s.step.Minutes()))
	case "weekly":
		return fmt.Sprintf("weekly on %s at %02d:%02d", s.weekday, s.hour, s.minute)
	case "monthly":
		return fmt.Sprintf("monthly on day %d at %02d:%02d", s.day, s.hour, s.minute)
	}
	return fmt.Sprintf("%s at %02d:%02d", s.unit, s.hour, s.minute)
}

// farthest is over how many days a tick is looked for: two of them are at most a month apart.
const farthest = 64

// Next is the first tick after the moment.
func (s Spec) Next(after time.Time, zone *time.Location) time.Time {
	if s.unit == "every" {
		return after.UTC().Truncate(s.step).Add(s.step)
	}
	year, month, day := after.In(zone).Date()
	for d := -1; d < farthest; d++ {
		if at, ok := s.on(year, month, day+d, zone); ok && at.After(after) {
			return at
		}
	}
	return after.AddDate(0, 1, 0) // not reached: a month has each of its days
}

// Last is the newest tick that is not after the moment.
func (s Spec) Last(until time.Time, zone *time.Location) time.Time {
	if s.unit == "every" {
		return until.UTC().Truncate(s.step)
	}
	year, month, day := until.In(zone).Date()
	for d := 1; d > -farthest; d-- {
		if at, ok := s.on(year, month, day+d, zone); ok && !at.After(until) {
			return at
		}
	}
	return until // not reached
}

// on is the tick on a day of the calendar, if there is one; days beyond the month are of the next.
func (s Spec) on(year int, month time.Month, day int, zone *time.Location) (time.Time, bool) {
	date := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	switch s.unit {
	case "weekly":
		if date.Weekday() != s.weekday {
			return time.Time{}, false
		}
	case "monthly":
		last := time.Date(date.Year(), date.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
		if date.Day() != min(s.day, last) {
			return time.Time{}, false
		}
	}
	return wall(date.Add(time.Duration(s.hour)*time.Hour+time.Duration(s.minute)*time.Minute), zone), true
}

// wall is the moment at which clocks in the zone show what the given one shows in UTC: the first of two, and where they
// skip it, the moment at which they do.
func wall(shown time.Time, zone *time.Location) time.Time {
	year, month, day := shown.Date()
	at := time.Date(year, month, day, shown.Hour(), shown.Minute(), 0, 0, zone)
	begin, end := at.ZoneBounds()
	switch have := clock(at); {
	case have.After(shown):
		return begin.UTC()
	case have.Before(shown):
		return end.UTC()
	}
	if !begin.IsZero() {
		_, offset := begin.Add(-time.Nanosecond).Zone()
		if first := shown.Add(-time.Duration(offset) * time.Second); first.Before(begin) {
			return first.UTC()
		}
	}
	return at.UTC()
}

// clock is what clocks show at the moment, as if it were UTC.
func clock(at time.Time) time.Time {
	_, offset := at.Zone()
	return at.UTC().Add(time.Duration(offset) * time.Second)
}
