package customer_test

import (
	"fmt"
	"slices"
	"testing"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/record/catalogue"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/schema/schematest"
)

func TestACustomerIsFoundByWhatIsTyped(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		schematest.Migrate(t, d)
		ids, names := &fact.IDs{}, catalogue.NewNames()
		number := map[string]int64{}
		write := func(fn func(tx *db.Tx) error) {
			t.Helper()
			if err := d.Write(t.Context(), fn); err != nil {
				t.Fatal(err)
			}
		}
		write(func(tx *db.Tx) error {
			for who, p := range map[string]customer.Profile{
				"ada": {GivenName: "Ada", FamilyName: "Lovelace"}, "adam": {FullName: "ADAM Smith"}, "eleni": {GivenName: "Ελένη", FamilyName: "Παπαδοπούλου"},
				"li": {FullName: "李小龙"}, "old": {FullName: "Ada Old"}, "gone": {FullName: "Ada Gone"},
			} {
				own := customer.Identity{Kind: customer.OwnID, Value: who}
				found, _, err := customer.Make(tx, ids, []customer.Identity{own})
				if err != nil {
					return err
				}
				number[who] = found[own]
				if _, err := customer.Update(tx, names, []customer.Entry{{Customer: number[who], Profile: &p}}); err != nil {
					return err
				}
			}
			for _, i := range []customer.Identity{{Kind: customer.Email, Value: "ada@example.com"}, {Kind: customer.Phone, Value: "2101234567"}} {
				n, err := i.Normal("GR")
				if err != nil {
					return err
				}
				if _, _, err := customer.Add(tx, number["ada"], []customer.Named{{Identity: n, Written: i.Value}}); err != nil {
					return err
				}
			}
			_, err := customer.Merge(tx, number["old"], number["ada"])
			return err
		})
		write(func(tx *db.Tx) error { return customer.Erase(tx, number["gone"]) })
		for text, want := range map[string][]string{
			"ada": {"ada", "adam"}, "ADA  love": {"ada"}, "Ada Old": {"ada"}, "adam": {"adam"}, "ελέ": {"eleni"}, "ΕΛΈΝΗ": {"eleni"}, "李": {"li"},
			" Ada@Example.com ": {"ada"}, "+30 210 123 4567": {"ada"}, "210 1234567": {"ada"}, "old": {"ada"}, "gone": nil, "nobody": nil, "LOVEL": {"ada"}, "smith": {"adam"}, "ΠΑΠΑΔΟΠΟΎ": {"eleni"}, "lo": nil, "velace": nil, "a_a": nil, "": nil, "  ": nil,
			"%": nil, "_": nil, "' OR 1=1 --": nil, "\x00": nil,
		} {
			var got []string
			if err := d.Read(t.Context(), func(tx *db.Tx) error {
				got = nil
				found, err := customer.Search(tx, text, "GR", 10)
				for _, s := range found {
					for who, n := range number {
						if n == s.Customer {
							got = append(got, who)
						}
					}
				}
				return err
			}); err != nil {
				t.Errorf("%q: %v", text, err)
			}
			slices.Sort(got)
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%q: %v, want %v", text, got, want)
			}
		}
	})
}
