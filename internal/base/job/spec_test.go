package job_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/base/job"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// The clocks of Athens went forward on 2026-03-29 at 03:00 (+2 to +3) and back on 2026-10-25 at 04:00; those of New York
// forward on 2026-03-08 at 02:00 (-5 to -4) and back on 2026-11-01 at 02:00.
func TestSchedulesReadTheClockOnTheWall(t *testing.T) {
	t.Parallel()
	const athens, newYork = "Europe/Athens", "America/New_York"
	cases := []struct {
		name  string
		spec  job.Spec
		zone  string
		after string
		want  []string // the ticks that follow one another
	}{
		{"each day", job.Daily(7, 30), athens, "2026-01-10T00:00:00+02:00",
			[]string{"2026-01-10T07:30:00+02:00", "2026-01-11T07:30:00+02:00"}},
		{"never at the moment itself", job.Daily(7, 30), athens, "2026-01-10T07:30:00+02:00", []string{"2026-01-11T07:30:00+02:00"}},
		{"skipped in Athens", job.Daily(3, 30), athens, "2026-03-28T12:00:00+02:00",
			[]string{"2026-03-29T04:00:00+03:00", "2026-03-30T03:30:00+03:00"}},
		{"skipped in New York", job.Daily(2, 15), newYork, "2026-03-07T12:00:00-05:00",
			[]string{"2026-03-08T03:00:00-04:00", "2026-03-09T02:15:00-04:00"}},
		{"twice in Athens", job.Daily(3, 30), athens, "2026-10-24T12:00:00+03:00",
			[]string{"2026-10-25T03:30:00+03:00", "2026-10-26T03:30:00+02:00"}},
		{"twice in New York", job.Daily(1, 30), newYork, "2026-10-31T12:00:00-04:00",
			[]string{"2026-11-01T01:30:00-04:00", "2026-11-02T01:30:00-05:00"}},
		{"between the two of New York", job.Daily(1, 30), newYork, "2026-11-01T01:45:00-04:00", []string{"2026-11-02T01:30:00-05:00"}},
		{"after the change of the same night", job.Daily(5, 0), athens, "2026-10-25T00:00:00+03:00", []string{"2026-10-25T05:00:00+02:00"}},
		{"each week", job.Weekly(time.Sunday, 3, 0), athens, "2026-03-20T00:00:00+02:00",
			[]string{"2026-03-22T03:00:00+02:00", "2026-03-29T04:00:00+03:00", "2026-04-05T03:00:00+03:00"}},
		{"the 31st", job.Monthly(31, 23, 59), newYork, "2026-01-15T00:00:00-05:00", []string{"2026-01-31T23:59:00-05:00",
			"2026-02-28T23:59:00-05:00", "2026-03-31T23:59:00-04:00", "2026-04-30T23:59:00-04:00"}},
		{"the 29th of a leap year", job.Monthly(29, 0, 0), athens, "2028-02-01T00:00:00+02:00",
			[]string{"2028-02-29T00:00:00+02:00", "2028-03-29T00:00:00+03:00"}},
		{"the first, over the year", job.Monthly(1, 6, 0), athens, "2026-12-02T00:00:00+02:00", []string{"2027-01-01T06:00:00+02:00"}},
		{"every quarter of an hour, over the change", job.Every(15 * time.Minute), athens, "2026-10-25T03:50:00+03:00",
			[]string{"2026-10-25T03:00:00+02:00", "2026-10-25T03:15:00+02:00"}},
		{"a day that a zone skipped", job.Daily(12, 0), "Pacific/Apia", "2011-12-29T13:00:00-10:00",
			[]string{"2011-12-31T00:00:00+14:00", "2011-12-31T12:00:00+14:00"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			at := moment(t, c.after)
			for _, want := range c.want {
				next := c.spec.Next(at, zone(t, c.zone))
				if !next.Equal(moment(t, want)) {
					t.Fatalf("after %s comes %s, want %s", at, next.In(zone(t, c.zone)), want)
				}
				if last := c.spec.Last(next, zone(t, c.zone)); !last.Equal(next) {
					t.Errorf("at %s the last tick was %s", next, last)
				}
				if last := c.spec.Last(next.Add(-time.Second), zone(t, c.zone)); !last.Before(next) {
					t.Errorf("before %s the last tick was %s", next, last)
				}
				at = next
			}
		})
	}
}

func moment(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// Whatever the zone and the time of day, each day has one tick, on that day, and no tick is passed over.
func TestEachDayHasOneTick(t *testing.T) {
	t.Parallel()
	zones := []*time.Location{zone(t, "Europe/Athens"), zone(t, "America/New_York"), zone(t, "Australia/Lord_Howe"), zone(t, "America/Santiago"),
		zone(t, "Africa/Cairo"), time.UTC}
	rapid.Check(t, func(r *rapid.T) {
		z := rapid.SampledFrom(zones).Draw(r, "zone")
		spec := job.Daily(rapid.IntRange(0, 23).Draw(r, "hour"), rapid.IntRange(0, 59).Draw(r, "minute"))
		at := time.Date(rapid.IntRange(2015, 2035).Draw(r, "year"), 1, 1, 0, 0, 0, 0, time.UTC)
		at = spec.Next(at, z)
		for range 366 {
			next := spec.Next(at, z)
			y, m, d := at.In(z).Date()
			if ny, nm, nd := next.In(z).Date(); !time.Date(y, m, d+1, 0, 0, 0, 0, time.UTC).Equal(time.Date(ny, nm, nd, 0, 0, 0, 0, time.UTC)) {
				r.Fatalf("%s: after %s comes %s", spec, at.In(z), next.In(z))
			}
			between := at.Add(time.Duration(rapid.Int64Range(0, int64(next.Sub(at))-1).Draw(r, "between")))
			if n, l := spec.Next(between, z), spec.Last(between, z); !n.Equal(next) || !l.Equal(at) {
				r.Fatalf("%s: at %s the last is %s and the next %s, want %s and %s", spec, between, l, n, at, next)
			}
			at = next
		}
	})
}
