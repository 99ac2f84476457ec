package programme_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/act/programme"
	"regulars/internal/record/fact"
)

const streak = `"count": "orders", "target": 1, "from": "2023-01-01", "in_a_row": 2, "gives": {"unit": "points", "units": 1}}`

// Windows in a row go over the borders of months and years: the week in which a year ends and begins is one, December is before
// January, and February is a month like the others, in leap years too.
func TestStreaksGoOverBorders(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what, window, on string
		days             []string
		row, done        int64
	}{
		{"a week over the turn of the year", "week", "2027-01-02", []string{"2026-12-28", "2027-01-01"}, 1, 0},
		{"the week after the turn", "week", "2027-01-04", []string{"2026-12-28", "2027-01-04"}, 2, 1},
		{"a week of 53", "week", "2027-01-10", []string{"2026-12-21", "2027-01-03", "2027-01-10"}, 3, 1},
		{"Sunday and Monday are two weeks", "week", "2026-03-02", []string{"2026-03-01", "2026-03-02"}, 2, 1},
		{"a week left out", "week", "2027-01-11", []string{"2026-12-28", "2027-01-11"}, 1, 0},
		{"December and January", "month", "2027-01-31", []string{"2026-12-01", "2027-01-31"}, 2, 1},
		{"the last and the first day", "month", "2027-01-01", []string{"2026-12-31", "2027-01-01"}, 2, 1},
		{"over a February", "month", "2026-03-31", []string{"2026-01-31", "2026-02-28", "2026-03-31"}, 3, 1},
		{"over a leap February", "month", "2028-03-01", []string{"2028-01-31", "2028-02-29", "2028-03-01"}, 3, 1},
		{"a February left out", "month", "2026-03-01", []string{"2026-01-31", "2026-03-01"}, 1, 0},
		{"the same month of two years", "month", "2027-05-05", []string{"2026-05-05", "2027-05-05"}, 1, 0},
	} {
		doc := whole(t, challenged(`{"challenge": "c", "name": "C", "window": "`+c.window+`", `+streak))
		var sales []programme.Sale
		for _, day := range c.days {
			sales = append(sales, sold(t, day, "", "food cake 1 100"))
		}
		if p := doc.Progress(sales, "", 2, number(t, c.on))[0]; p.Row != c.row || p.Done != c.done {
			t.Errorf("%s: %d in a row, done %d times; want %d and %d", c.what, p.Row, p.Done, c.row, c.done)
		}
	}
}

// Months in a row against a plain count of months.
func TestMonthsInARowAgainstACount(t *testing.T) {
	t.Parallel()
	doc := whole(t, challenged(`{"challenge": "c", "name": "C", "window": "month", `+streak))
	rapid.Check(t, func(rt *rapid.T) {
		came := rapid.SliceOfN(rapid.Bool(), 40, 40).Draw(rt, "months")
		var sales []programme.Sale
		var row, done int64
		for i, yes := range came {
			if !yes {
				row = 0
				continue
			}
			day := time.Date(2023, time.Month(1+i), rapid.IntRange(1, 28).Draw(rt, "day"), 0, 0, 0, 0, time.UTC)
			sales = append(sales, sold(t, day.Format(time.DateOnly), "", "food cake 1 100"))
			if row++; row%2 == 0 {
				done++
			}
		}
		last := time.Date(2023, time.Month(1+len(came)), 0, 0, 0, 0, 0, time.UTC) // the last day of the last month
		p := doc.Progress(sales, "", 2, number(t, last.Format(time.DateOnly)))[0]
		if p.Done != done || came[len(came)-1] && p.Row != row {
			rt.Errorf("done %d and %d in a row, want %d and %d", p.Done, p.Row, done, row)
		}
	})
}

// An order counts on the day on the clocks of the business: what is Sunday night in London is Monday in Athens.
func TestStreaksGoByTheClocksOfTheBusiness(t *testing.T) {
	t.Parallel()
	moment := time.Date(2027, 1, 3, 22, 30, 0, 0, time.UTC) // a Sunday
	for zone, want := range map[string]int64{"Europe/London": 1, "Europe/Athens": 2, "Asia/Shanghai": 2, "America/New_York": 1} {
		where, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		doc := whole(t, challenged(`{"challenge": "c", "name": "C", "window": "week", `+streak))
		first := sold(t, "2026-12-30", "", "food cake 1 100")
		second := sold(t, "2027-01-03", "", "food cake 1 100")
		second.Placed = fact.At(moment, where)
		if p := doc.Progress([]programme.Sale{first, second}, "", 2, int64(second.Placed.Day()))[0]; p.Row != want {
			t.Errorf("%s: %d in a row, want %d", zone, p.Row, want)
		}
	}
}

// Told sale by sale, a challenge gives as often as it is told to have been done.
func TestChasesGiveWhatProgressSays(t *testing.T) {
	t.Parallel()
	for _, window := range []string{"week", "month"} {
		doc := whole(t, challenged(fmt.Sprintf(`{"challenge": "c", "name": "C", "window": %q, `, window)+streak))
		rapid.Check(t, func(rt *rapid.T) {
			day := time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC)
			var sales []programme.Sale
			var k programme.Chase
			var won int64
			for _, days := range rapid.SliceOfN(rapid.IntRange(0, 20), 1, 40).Draw(rt, "pauses") {
				day = day.AddDate(0, 0, days)
				sales = append(sales, sold(t, day.Format(time.DateOnly), "", "food cake 1 100"))
				won += int64(len(doc.Chase(&k, &sales[len(sales)-1], "", 2)))
			}
			if p := doc.Progress(sales, "", 2, number(t, day.Format(time.DateOnly)))[0]; p.Done != won {
				rt.Errorf("won %d times, and done %d times", won, p.Done)
			}
		})
	}
}

// So many days begin with what counts: something of which nothing counts is no first step.
func TestDaysBeginWithWhatCounts(t *testing.T) {
	t.Parallel()
	doc := whole(t, challenged(`{"challenge": "c", "name": "C", "window": "days", "days": 10, "count": "categories", "target": 2, "from": "2026-01-01", "gives": {"unit": "points", "units": 1}}`))
	sales := []programme.Sale{sold(t, "2026-03-01", "", "- box 1 100"), sold(t, "2026-03-08", "", "food cake 1 100"), sold(t, "2026-03-15", "", "drink tea 1 100")}
	sales[0].Lines[0].Category = ""
	if p := doc.Progress(sales, "", 2, number(t, "2026-03-15"))[0]; p.Done != 1 || p.Begins != "2026-03-08" {
		t.Errorf("%+v", p)
	}
}
