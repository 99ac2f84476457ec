package intake_test

import (
	"testing"
	"time"

	"regulars/internal/act/gift"
	"regulars/internal/base/db"
	"regulars/internal/base/locale"
	"regulars/internal/record/holiday"
)

const lucky = `{"name": "L", "starts": "2026-01-01", "units": [{"unit": "points", "allows_debt": true}], "rules": [
	{"rule": "luck", "name": "Luck on our day", "on": "holiday", "holidays": ["opening"], "if": "customer.member", "effect": {"entries": {"draw": "may", "entries": 2}}},
	{"rule": "more", "name": "And for those who come often", "on": "holiday", "holidays": ["opening"], "if": "customer.orders >= 2", "effect": {"fixed": {"unit": "points", "units": 5}}}]}`

// Entries on a holiday are a gift like units, told once by the name of the draw; whom no rule gives anything leaves no line behind,
// and is given what is due when they come to qualify on the same day.
func TestEntriesOnAHolidayAreAGift(t *testing.T) {
	t.Parallel()
	eachClub(t, `{"name": "L", "units": [{"unit": "points"}], "rules": []}`, func(t *testing.T, c *club) {
		t.Helper()
		ada := c.buys("ada", "1", nil, line("cake", "food", 1, 100)).Customer
		bob := c.buys("bob", "2", nil, line("cake", "food", 1, 100)).Customer
		c.joins(t, ada)
		c.pass(time.Hour)
		desk := c.drawn("may", 5)
		tomorrow := c.now().Add(24 * time.Hour)
		if err := c.write(func(tx *db.Tx) error {
			calendar := holiday.Calendar{Own: []holiday.Own{{Holiday: "opening", Name: "Our day", Month: int(tomorrow.Month()), Day: tomorrow.Day()}}}
			return calendar.Save(tx)
		}); err != nil {
			t.Fatal(err)
		}
		c.publish(lucky)
		c.keeps(t, 1)
		given := func(who int64) (all []gift.Gift) {
			if err := c.d.Read(t.Context(), func(tx *db.Tx) (err error) {
				all, err = gift.GivenTo(tx, []int64{who}, time.UnixMicro(0), 10)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return all
		}
		if o := c.stood(desk, "may", ada); o.Rules != 2 {
			t.Errorf("ada has %d entries, want 2", o.Rules)
		}
		all := given(ada)
		if len(all) != 1 || all[0].About != "opening" || all[0].Greeting != "waiting" || len(all[0].Gave) != 1 || all[0].Gave[0].Draw != "A draw" || all[0].Gave[0].Entries != 2 {
			t.Errorf("ada was given %+v", all)
		}
		mk, err := locale.Get("mk")
		if err != nil {
			t.Fatal(err)
		}
		if said := (gift.Words{Locale: mk}).Gave(&all[0]); said != "2 учества во извлекувањето Извлекување" {
			t.Errorf("in Macedonian it is %q", said)
		}
		if all := given(bob); len(all) != 0 {
			t.Errorf("bob, who is no member, was given %+v", all)
		}
		kept := func() int64 { return c.number("SELECT count(*) FROM programme_outcomes WHERE cause LIKE 'holiday:%'") }
		if n := kept(); n != 1 {
			t.Errorf("%d lines are kept of the holiday, want the one of ada", n)
		}
		c.joins(t, bob)
		if err := c.Programme().Holidays(t.Context(), c.d); err != nil {
			t.Fatal(err)
		}
		if all := given(bob); len(all) != 1 || kept() != 2 {
			t.Errorf("bob joined on the day and was given %+v; %d lines", all, kept())
		}
		if o := c.stood(desk, "may", ada); o.Rules != 2 {
			t.Errorf("asked again ada has %d entries, want 2", o.Rules)
		}
	})
}
