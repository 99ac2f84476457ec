package programme

import (
	"fmt"
	"testing"

	"regulars/internal/act/member"
	"regulars/internal/base/db"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/schema/schematest"
	"regulars/internal/understand/roster"
)

// Members, under any of their numbers, and those in a tier are chosen from the list of customers.
func TestMembersAndTiersAreChosen(t *testing.T) {
	t.Parallel()
	schematest.Each(t, func(t *testing.T, d *db.DB) {
		ids := &fact.IDs{}
		number := map[string]int64{}
		name := map[int64]string{}
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			for _, who := range []string{"gold", "silver", "left", "merged", "under", "nothing"} {
				_, made, err := customer.Make(tx, ids, []customer.Identity{{Kind: customer.OwnID, Value: who}})
				if err != nil {
					return err
				}
				number[who], name[made[0]] = made[0], who
			}
			for _, who := range []string{"gold", "under", "left"} {
				if err := member.Join(tx, number[who], "web"); err != nil {
					return err
				}
			}
			for who, tier := range map[string]string{"gold": "gold", "silver": "silver", "left": ""} {
				if _, err := tx.Exec("INSERT INTO programme_tiers (customer_id, tier, since_us, until_us, by_hand) VALUES ($1, $2, 0, 0, $3)", number[who], tier, false); err != nil {
					return err
				}
			}
			if _, err := tx.Exec("UPDATE memberships SET left_us = 5 WHERE customer_id = $1", number["left"]); err != nil {
				return err
			}
			_, err := customer.Merge(tx, number["under"], number["merged"])
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := (&roster.Keeper{DB: d}).Fresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			condition roster.Condition
			want      string
		}{
			{member.Chosen(true), "[merged gold]"}, {member.Chosen(false), "[nothing left silver]"}, {InTier("gold"), "[gold]"}, {InTier("silver"), "[silver]"}, {InTier("tin"), "[]"},
			{InTier(""), "[nothing merged left]"},
		} {
			var got []string
			if err := d.Read(t.Context(), func(tx *db.Tx) error {
				list, err := roster.List(tx, &roster.Filter{More: []roster.Condition{c.condition}}, roster.Newest, roster.Place{}, 10)
				for _, e := range list {
					got = append(got, name[e.Customer])
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
			if fmt.Sprint(got) != c.want {
				t.Errorf("%s: %v, want %s", c.condition.Text, got, c.want)
			}
		}
	})
	if got := (*Compiled)(nil).TierNames(); got != nil {
		t.Errorf("of no programme: %v", got)
	}
	c := &Compiled{Document: &Document{Tiers: &Tiers{Levels: []Level{{Tier: "tin"}, {Tier: "gold", Name: "Golden"}}}}}
	if got := fmt.Sprint(c.TierNames()); got != "[[tin tin] [gold Golden]]" {
		t.Errorf("%s", got)
	}
}
