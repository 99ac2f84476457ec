package intake_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/act/member"
	"regulars/internal/act/programme"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/holiday"
)

const occasions = `{
	"name": "Occasions",
	"units": [{"unit": "points", "allows_debt": true}],
	"rules": [
		{"rule": "year", "name": "Thank you for a year", "on": "anniversary", "effect": {"fixed": {"unit": "points", "units": 10}}},
		{"rule": "second", "name": "Thank you for two years or more", "on": "anniversary", "if": "customer.member_years >= 2", "effect": {"fixed": {"unit": "points", "units": 100}}},
		{"rule": "easter", "name": "Happy Easter", "on": "holiday", "holidays": ["easter"], "if": "customer.member", "effect": {"fixed": {"unit": "points", "units": 3}}},
		{"rule": "ours", "name": "We are open", "on": "holiday", "holidays": ["opening", "christmas"], "effect": {"fixed": {"unit": "points", "units": 7}}},
		{"rule": "third", "name": "Every third order", "if": "(customer.orders + 1) % 3 == 0", "effect": {"fixed": {"unit": "points", "units": 1000}}}
	]
}`

func (c *club) joins(t *testing.T, who int64) {
	t.Helper()
	if err := c.write(func(tx *db.Tx) error { return member.Join(tx, who, "web") }); err != nil {
		t.Fatal(err)
	}
}

// keeps lets days go by, on each of which every job of occasions is run twice.
func (c *club) keeps(t *testing.T, days int) {
	t.Helper()
	for range days {
		c.pass(24 * time.Hour)
		p := c.Programme()
		for range 2 {
			if err := errors.Join(p.Birthdays(t.Context(), c.d), p.Anniversaries(t.Context(), c.d), p.Holidays(t.Context(), c.d)); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestOccasionsAreKeptOnceAYear(t *testing.T) {
	t.Parallel()
	eachClub(t, strings.ReplaceAll(occasions, `"opening", `, ""), func(t *testing.T, c *club) {
		t.Helper()
		if err := c.write(func(tx *db.Tx) error {
			calendar := holiday.Calendar{Own: []holiday.Own{{Holiday: "opening", Name: "The day we opened", Month: 3, Day: 10}}}
			return calendar.Save(tx)
		}); err != nil {
			t.Fatal(err)
		}
		c.publish(occasions)
		ada := c.buys("ada", "1", nil, line("cake", "food", 1, 100)).Customer
		bob := c.buys("bob", "2", nil, line("cake", "food", 1, 100)).Customer
		c.joins(t, ada) // on 3 March 2026, a Tuesday
		c.keeps(t, 7)   // to the 10th
		c.wants(ada, "points", 7)
		c.wants(bob, "points", 7)
		c.keeps(t, 33) // past Orthodox Easter on 12 April
		c.wants(ada, "points", 10)
		c.wants(bob, "points", 7) // is no member
		if n := c.number("SELECT count(*) FROM programme_outcomes WHERE cause LIKE 'anniversary:%'"); n != 0 {
			t.Errorf("%d anniversaries on the day of joining", n)
		}
		c.keeps(t, 324)            // to 2 March 2027, with Christmas
		c.wants(ada, "points", 17) //
		c.keeps(t, 1)
		c.wants(ada, "points", 27)
		c.keeps(t, 366) // 2028 is a leap year: to 3 March 2028, with the opening, Easter, Christmas and the second year
		c.wants(ada, "points", 27+7+3+7+110)
		var said []string
		c.explains(t, ada, func(o *programme.Outcome) {
			for i := range o.Results {
				if o.Results[i].Gave() {
					said = append(said, o.Cause+" "+o.Results[i].Rule)
				}
			}
		})
		if want := "anniversary:2028 second"; !slices.Contains(said, want) || !slices.Contains(said, "holiday:easter/2026 easter") || len(said) != 9 {
			t.Errorf("why: %q", said)
		}
		for _, reference := range []string{"3", "4"} {
			c.buys("ada", reference, nil, line("cake", "food", 1, 100))
		}
		c.wants(ada, "points", 27+7+3+7+110+1000) // thanks for loyalty: the third order
	})
}

// explains goes through what was given to somebody, and why.
func (c *club) explains(t *testing.T, who int64, take func(o *programme.Outcome)) {
	t.Helper()
	if err := c.d.Read(t.Context(), func(tx *db.Tx) error {
		all, err := programme.Explanations(tx, []int64{who}, time.Time{}, 100)
		for i := range all {
			take(&all[i])
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

func TestWhoJoinedOnALeapDayHasTheTwentyEighth(t *testing.T) {
	t.Parallel()
	eachClub(t, occasions2, func(t *testing.T, c *club) {
		t.Helper()
		c.us.Store(time.Date(2028, 2, 29, 9, 0, 0, 0, time.UTC).UnixMicro())
		c.publish(occasions2)
		ada := c.buys("ada", "1", nil, line("cake", "food", 1, 100)).Customer
		eve := c.buys("eve", "2", nil, line("cake", "food", 1, 100)).Customer
		c.joins(t, ada)
		c.pass(24 * time.Hour)
		c.joins(t, eve) // one person with two numbers: the first of them joined on the leap day
		c.merges(ada, eve)
		c.us.Store(time.Date(2029, 2, 26, 9, 0, 0, 0, time.UTC).UnixMicro())
		c.keeps(t, 1)
		c.wants(ada, "points", 0)
		c.keeps(t, 5) // the 28th, and the day on which the other number joined
		if n := c.number("SELECT count(*) FROM programme_outcomes WHERE cause = 'anniversary:2029'"); n != 1 {
			t.Errorf("%d anniversaries", n)
		}
		c.us.Store(time.Date(2032, 2, 27, 9, 0, 0, 0, time.UTC).UnixMicro())
		c.keeps(t, 1)
		if n := c.number("SELECT count(*) FROM programme_outcomes WHERE cause = 'anniversary:2032'"); n != 0 {
			t.Errorf("on the 28th of a leap year: %d", n)
		}
		c.keeps(t, 2)
		if n := c.number("SELECT count(*) FROM programme_outcomes WHERE cause = 'anniversary:2032'"); n != 1 {
			t.Errorf("on the 29th: %d", n)
		}
	})
}

const occasions2 = `{"name": "Years", "units": [{"unit": "points"}], "rules": [{"rule": "year", "name": "A year", "on": "anniversary", "effect": {"fixed": {"unit": "points", "units": 10}}}]}`

func TestARuleOnAHolidayThatThereIsNotIsRefused(t *testing.T) {
	t.Parallel()
	eachClub(t, occasions2, func(t *testing.T, c *club) {
		t.Helper()
		for name, one := range map[string]struct{ from, to, at, says string }{
			"none":        {`"holidays": ["easter"], `, "", "rules[0].holidays", "say which"},
			"unknown":     {`["easter"]`, `["esater"]`, "rules[0].holidays[0]", "orthodox_christmas"},
			"twice":       {`["easter"]`, `["easter", "easter"]`, "rules[0].holidays[1]", "twice"},
			"no name":     {`["easter"]`, `["Easter Sunday"]`, "rules[0].holidays[0]", "small Latin"},
			"no holiday":  {`"on": "holiday"`, `"on": "birthday"`, "rules[0].holidays", "does not look at holidays"},
			"with a rate": {`"fixed": {"unit": "points", "units": 3}`, `"rate": {"unit": "points", "units": 1, "per_minor": 100}`, "rules[0].effect", "fixed number"},
		} {
			text := `{"name": "H", "units": [{"unit": "points"}], "rules": [{"rule": "h", "name": "H", "on": "holiday", "holidays": ["easter"], "effect": {"fixed": {"unit": "points", "units": 3}}}]}`
			err := c.write(func(tx *db.Tx) error {
				_, err := programme.Write(tx, []byte(strings.Replace(text, one.from, one.to, 1)), "", "test", time.UTC)
				return err
			})
			var f *fault.Fault
			if !errors.As(err, &f) || f.Field != one.at || !strings.Contains(err.Error(), one.says) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
