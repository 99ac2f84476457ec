package customer_test

import (
	"slices"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/record/catalogue"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/feed"
	"regulars/internal/record/schema/schematest"
)

// A brief has what lists choose by, with the last word on each consent, whichever was recorded first; and a consent is told to
// whoever follows the feed.
func TestCustomersInBrief(t *testing.T) {
	t.Parallel()
	schematest.Each(t, func(t *testing.T, d *db.DB) {
		ids := &fact.IDs{}
		var who [3]int64
		write := func(fn func(tx *db.Tx) error) {
			t.Helper()
			if err := d.Write(t.Context(), fn); err != nil {
				t.Fatal(err)
			}
		}
		write(func(tx *db.Tx) error {
			for i := range who {
				_, made, err := customer.Make(tx, ids, []customer.Identity{{Kind: customer.OwnID, Value: string(rune('a' + i))}})
				if err != nil {
					return err
				}
				who[i] = made[0]
			}
			_, err := customer.Update(tx, catalogue.NewNames(), []customer.Entry{{Customer: who[0], Profile: &customer.Profile{GivenName: "ANNA", FamilyName: "Pappa", Birthday: customer.Birthday{Month: 2, Day: 3},
				Household: "5", Organisation: true, Attributes: fact.Attributes{{Name: "City", Value: "Leeds"}}}}})
			return err
		})
		now := time.Now()
		var from feed.Position
		write(func(tx *db.Tx) (err error) { from, err = feed.Now(tx); return err })
		write(func(tx *db.Tx) error {
			for _, c := range []customer.Consent{{Channel: "email", Purpose: "offers", Given: now}, {Channel: "email", Purpose: "offers", Granted: true, Wording: "?", Given: now.Add(-time.Hour)}, {Channel: "email", Purpose: "news", Granted: true, Wording: "?", Given: now}} {
				if _, err := customer.Agree(tx, who[0], c); err != nil {
					return err
				}
			}
			return nil
		})
		told := 0
		write(func(tx *db.Tx) error {
			_, known, err := feed.Since(tx, from, func(c feed.Change) error {
				if c.Customer == who[0] && c.Kind == feed.Customer {
					told++
				}
				return nil
			})
			if !known {
				t.Error("the feed does not reach back")
			}
			return err
		})
		if told != 1 {
			t.Errorf("consents are told %d times", told)
		}
		write(func(tx *db.Tx) error {
			if _, err := customer.Merge(tx, who[1], who[2]); err != nil {
				return err
			}
			return nil
		})
		write(func(tx *db.Tx) error {
			all, err := customer.Briefs(tx, who[0], who[1])
			if err != nil {
				return err
			}
			b := all[who[0]]
			if len(all) != 2 || b == nil || b.FoldedName != "anna pappa" || b.Birthday != (customer.Birthday{Month: 2, Day: 3}) || b.Household != "5" || !b.Organisation || len(b.Attributes) != 1 || len(b.Known) != 1 || b.Reference != "a" || b.Erased {
				t.Errorf("%+v", b)
			}
			if b.Consents[[2]string{"email", "offers"}].Granted || !b.Consents[[2]string{"email", "news"}].Granted || len(b.Consents) != 2 {
				t.Errorf("%+v", b.Consents)
			}
			if all[who[1]].Root != who[2] {
				t.Errorf("%+v", all[who[1]])
			}
			some, err := customer.Numbers(tx, who[0], 5)
			if err != nil || !slices.Equal(some, []int64{who[1], who[2]}) {
				t.Errorf("%v, %v", some, err)
			}
			roots, err := customer.RootsBetween(tx, who[0], who[2])
			if err != nil || !slices.Equal(roots, []int64{who[2]}) {
				t.Errorf("%v, %v", roots, err)
			}
			several, err := customer.Several(tx, []int64{who[2], 5, who[0]})
			if err != nil || len(several) != 2 || several[0].Customer != who[2] || several[1].Profile.GivenName != "ANNA" {
				t.Errorf("%+v, %v", several, err)
			}
			return nil
		})
		write(func(tx *db.Tx) error { return customer.Erase(tx, who[0]) })
		write(func(tx *db.Tx) error {
			all, err := customer.Briefs(tx, who[0], who[0])
			if b := all[who[0]]; err != nil || !b.Erased || b.FoldedName != "" || len(b.Consents)+len(b.Known) > 0 {
				t.Errorf("of somebody erased: %+v, %v", b, err)
			}
			return nil
		})
	})
}
