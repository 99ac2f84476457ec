package customer_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"regulars/internal/base/db"
	"regulars/internal/record/catalogue"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/schema/schematest"
)

func TestACustomerIsFoundByWhatIsTyped(t *testing.T) {
	t.Parallel()
	schematest.Each(t, func(t *testing.T, d *db.DB) {
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
				"li": {FullName: "李小龙"}, "jose": {GivenName: "José", FamilyName: "García López"}, "old": {FullName: "Ada Old"}, "gone": {FullName: "Ada Gone"},
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
			" Ada@Example.com ": {"ada"}, "+30 210 123 4567": {"ada"}, "210 1234567": {"ada"}, "old": {"ada"}, "gone": nil, "nobody": nil,
			"LOVEL": {"ada"}, "lovelace ad": {"ada"}, "smith": {"adam"}, "ΠΑΠΑΔΟΠΟΥΛΟΥ": {"eleni"}, "ελενη παπαδ": {"eleni"}, "garcia": {"jose"}, "JOSE GARCÍA": {"jose"}, "lo": {"ada"}, "lopez": nil, "velace": nil, "a_a": nil, "": nil, "  ": nil,
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

// What was kept before names were kept without accents is brought to the same by the migration, on both engines.
func TestOldNamesAreFoundLikeNewOnes(t *testing.T) {
	t.Parallel()
	migration, err := os.ReadFile("../schema/migrations/00057_plain_names.sql")
	if err != nil {
		t.Fatal(err)
	}
	schematest.Each(t, func(t *testing.T, d *db.DB) {
		ids, names := &fact.IDs{}, catalogue.NewNames()
		write := func(fn func(tx *db.Tx) error) {
			t.Helper()
			if err := d.Write(t.Context(), fn); err != nil {
				t.Fatal(err)
			}
		}
		kept := func() (all []string) {
			t.Helper()
			if err := d.Read(t.Context(), func(tx *db.Tx) error {
				all = nil
				rows, err := tx.Query("SELECT plain_name, turned_name FROM customers ORDER BY customer_id")
				if err != nil {
					return err
				}
				for rows.Next() {
					var plain, turned string
					if err := rows.Scan(&plain, &turned); err != nil {
						return err
					}
					all = append(all, plain+" / "+turned)
				}
				return rows.Close()
			}); err != nil {
				t.Fatal(err)
			}
			return all
		}
		write(func(tx *db.Tx) error {
			for i, p := range []customer.Profile{
				{GivenName: "Ελένη", MiddleName: "Άννα", FamilyName: "Παπαδοπούλου"}, {GivenName: "José", FamilyName: "García López"}, {FullName: "Zoë de la Čruz"}, {FullName: "李小龙"}, {FullName: "李 小龙"},
				{FamilyName: "Йорданова"}, {GivenName: "Ёлка", FamilyName: "Йорданова"}, {GivenName: "Łukasz", FullName: "ŁUKASZ ŻÓŁĆ", FamilyName: "Żółć"}, {Language: "el"}, {FullName: "Σοφία Χαραλάμπους"},
			} {
				own := customer.Identity{Kind: customer.OwnID, Value: fmt.Sprint(i)}
				found, _, err := customer.Make(tx, ids, []customer.Identity{own})
				if err != nil {
					return err
				}
				if _, err := customer.Update(tx, names, []customer.Entry{{Customer: found[own], Profile: &p}}); err != nil {
					return err
				}
			}
			return nil
		})
		want := kept()
		if !slices.Contains(want, "jose garcia lopez / garcia lopez jose") || !slices.Contains(want, "елка иорданова / иорданова елка") || !slices.Contains(want, "李小龙 / ") || !slices.Contains(want, "σοφια χαραλαμπουσ / χαραλαμπουσ σοφια") {
			t.Fatalf("%q", want)
		}
		write(func(tx *db.Tx) error {
			if _, err := tx.Exec("UPDATE customers SET plain_name = '', turned_name = ''"); err != nil {
				return err
			}
			for _, statement := range strings.Split(string(migration), ";\n") {
				if at := strings.Index(statement, "UPDATE customers"); at >= 0 {
					if _, err := tx.Exec(statement[at:]); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if got := kept(); !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	})
}
