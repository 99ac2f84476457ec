package customer_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"regulars/internal/base/db"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/schema/schematest"
)

// A person is given one number to say, which finds them however it is grouped, and nobody once a digit is wrong.
func TestAPersonHasANumberToSay(t *testing.T) {
	t.Parallel()
	schematest.Each(t, func(t *testing.T, d *db.DB) {
		ids := &fact.IDs{}
		number := map[string]int64{}
		write := func(fn func(tx *db.Tx) error) {
			t.Helper()
			if err := d.Write(t.Context(), fn); err != nil {
				t.Fatal(err)
			}
		}
		write(func(tx *db.Tx) error {
			for _, who := range []string{"ada", "bob", "old"} {
				own := customer.Identity{Kind: customer.OwnID, Value: who}
				found, _, err := customer.Make(tx, ids, []customer.Identity{own})
				if err != nil {
					return err
				}
				number[who] = found[own]
			}
			return nil
		})
		said := map[string]string{}
		for range 2 { // the second time it is the same one
			for _, who := range []string{"ada", "bob", "old"} {
				write(func(tx *db.Tx) error {
					got, err := customer.GiveNumber(tx, number[who])
					if before := said[who]; err == nil && (before != "" && got != before || !regexp.MustCompile(`^[1-9]\d\d \d{3} \d{3}$`).MatchString(got)) {
						t.Errorf("%s says %q, and %q before", who, got, before)
					}
					said[who] = got
					return err
				})
			}
		}
		if said["ada"] == said["bob"] {
			t.Fatalf("two say %s", said["ada"])
		}
		finds := func(text string, want ...int64) {
			t.Helper()
			if err := d.Read(t.Context(), func(tx *db.Tx) error {
				got, err := customer.Exactly(tx, text, "GR")
				if !slices.Equal(got, want) {
					t.Errorf("%q finds %v, want %v", text, got, want)
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		plain := strings.ReplaceAll(said["ada"], " ", "")
		for _, text := range []string{said["ada"], plain, plain[:3] + "-" + plain[3:], " " + said["ada"] + " "} {
			finds(text, number["ada"])
		}
		for at := range plain {
			for digit := range 10 {
				if wrong := plain[:at] + fmt.Sprint(digit) + plain[at+1:]; wrong != plain {
					finds(wrong)
				}
			}
		}

		// Who was merged says what the one says who stands for them; a card of the business's own is said rather than the number.
		write(func(tx *db.Tx) error {
			_, err := customer.Merge(tx, number["old"], number["bob"])
			return err
		})
		write(func(tx *db.Tx) error {
			members, err := customer.Members(tx, number["bob"])
			if err != nil {
				return err
			}
			if got, err := customer.Spoken(tx, members); err != nil || got != said["old"] && got != said["bob"] {
				t.Errorf("two that are one say %q (%v)", got, err)
			}
			card, err := customer.Identity{Kind: customer.Card, Value: "4000-1"}.Normal("GR")
			if err != nil {
				return err
			}
			if _, _, err := customer.Add(tx, number["bob"], []customer.Named{{Identity: card, Written: "4000-1"}}); err != nil {
				return err
			}
			if got, err := customer.Spoken(tx, members); err != nil || got != "4000-1" {
				t.Errorf("who has a card says %q (%v)", got, err)
			}
			return nil
		})

		write(func(tx *db.Tx) error { return customer.Erase(tx, number["ada"]) })
		finds(said["ada"])
		if err := d.Write(t.Context(), func(tx *db.Tx) error { _, err := customer.GiveNumber(tx, number["ada"]); return err }); err == nil {
			t.Error("who is erased is given a number")
		}
	})
}
