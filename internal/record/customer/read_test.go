package customer_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/catalogue"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/schema/schematest"
)

func TestACustomerComesBackWhole(t *testing.T) {
	t.Parallel()
	on(t, func(t *testing.T, tx *db.Tx, number int64) error {
		profile := customer.Profile{Organisation: true, FormOfAddress: "Dr", GivenName: "Ada", MiddleName: "K.", FamilyName: "Lovelace",
			FullName: "'; DROP TABLE customers; --", Birthday: customer.Birthday{Year: 1980, Month: 2, Day: 29}, Language: "el", Channel: "web",
			Referred: fact.No, Household: "7", OrganisationID: 5, Attributes: fact.Attributes{{Name: "City", Value: "Πάτρα"}}}
		if _, err := customer.Update(tx, catalogue.NewNames(), []customer.Entry{{Customer: number, Profile: &profile}}); err != nil {
			return err
		}
		mail := customer.Named{Identity: customer.Identity{Kind: customer.Email, Value: "ada@example.com"}, Written: "Ada@Example.com"}
		if _, _, err := customer.Add(tx, number, []customer.Named{mail}); err != nil {
			return err
		}
		got, err := customer.Get(tx, number)
		if err != nil {
			return err
		}
		if fmt.Sprintf("%+v", got.Profile) != fmt.Sprintf("%+v", profile) {
			t.Errorf("%+v, want %+v", got.Profile, profile)
		}
		if len(got.Identities) != 2 || got.Identities[0].Named != mail || got.Identities[1].Value != "ada" || got.Reference != "ada" {
			t.Errorf("known as %+v, came as %s", got.Identities, got.Reference)
		}
		if got.Merged() || !got.Erased.IsZero() || got.Version != 2 || !got.Created.Equal(tx.Now) || !got.Updated.Equal(tx.Now) {
			t.Errorf("%+v", got)
		}
		if _, err := customer.Get(tx, number+1); fault.KindOf(err) != fault.NotFound {
			t.Errorf("nobody: %v", err)
		}
		return nil
	})
}

func TestConsentsAreListedTheLastFirst(t *testing.T) {
	t.Parallel()
	on(t, func(t *testing.T, tx *db.Tx, number int64) error {
		at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
		all := []customer.Consent{
			{Channel: "email", Purpose: "newsletter", Given: at.Add(time.Hour), Source: "web"},
			{Channel: "email", Purpose: "newsletter", Granted: true, Wording: "Yes, news!", WordingVersion: "2", Source: "till", Proof: "10.0.0.1", Given: at},
			{Channel: "sms", Purpose: "surveys", Granted: true, Wording: "Ναι", Given: at},
		}
		for _, c := range all {
			if _, err := customer.Agree(tx, number, c); err != nil {
				return err
			}
		}
		got, err := customer.Consents(tx, number, number+1)
		if !slices.Equal(got, all) {
			t.Errorf("%+v, want %+v", got, all)
		}
		return err
	})
}

func TestCustomersAreListed(t *testing.T) {
	t.Parallel()
	schematest.Each(t, func(t *testing.T, d *db.DB) {
		write := func(fn func(tx *db.Tx) error) {
			t.Helper()
			if err := d.Write(context.WithoutCancel(t.Context()), fn); err != nil {
				t.Fatal(err)
			}
		}
		var ids fact.IDs
		var numbers []int64 // the newest first
		for n := range 7 {
			write(func(tx *db.Tx) error {
				who := customer.Identity{Kind: customer.OwnID, Value: fmt.Sprint(n)}
				visitor := customer.Identity{Kind: customer.Visitor, Value: fmt.Sprint(n)}
				made, _, err := customer.Make(tx, &ids, []customer.Identity{who, visitor})
				numbers = slices.Insert(numbers, 0, made[who])
				return err
			})
		}
		var changed time.Time
		write(func(tx *db.Tx) error {
			if _, err := customer.Merge(tx, numbers[1], numbers[5]); err != nil {
				return err
			}
			return customer.Erase(tx, numbers[3])
		})
		write(func(tx *db.Tx) error {
			changed = tx.Now
			_, err := customer.Update(tx, catalogue.NewNames(), []customer.Entry{{Customer: numbers[6], Profile: &customer.Profile{GivenName: "Ada"}}})
			return err
		})
		list := func(f customer.Filter) (found []int64) {
			var before int64
			for {
				var page []customer.Stored
				err := d.Read(t.Context(), func(tx *db.Tx) (err error) {
					page, err = customer.List(tx, f, before, 2)
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				for _, s := range page {
					before = s.Customer
					found = append(found, before)
					if s.Merged() != (before == numbers[1]) || s.Merged() && s.Root != numbers[5] || len(s.Identities) != 1 {
						t.Errorf("%+v", s)
					}
				}
				if len(page) < 2 {
					return found
				}
			}
		}
		n := numbers
		for what, c := range map[string]struct {
			filter customer.Filter
			want   []int64
		}{
			"everybody":      {customer.Filter{}, []int64{n[0], n[2], n[4], n[5], n[6]}},
			"the merged too": {customer.Filter{Merged: true}, []int64{n[0], n[1], n[2], n[4], n[5], n[6]}},
			"changed":        {customer.Filter{Updated: changed}, []int64{n[6]}},
			"made later":     {customer.Filter{Created: time.Now().Add(time.Hour)}, nil},
			"made before":    {customer.Filter{CreatedBefore: time.Now().Add(-time.Hour)}, nil},
			"made today":     {customer.Filter{Created: time.Now().Add(-time.Hour), CreatedBefore: time.Now().Add(time.Hour)}, []int64{n[0], n[2], n[4], n[5], n[6]}},
		} {
			if got := list(c.filter); !slices.Equal(got, c.want) {
				t.Errorf("%s: %v, want %v of %v", what, got, c.want, numbers)
			}
		}
		write(func(tx *db.Tx) error {
			aliases, err := customer.Aliases(tx, n[5])
			if len(aliases) != 1 || aliases[0].Customer != n[1] || aliases[0].Into != n[5] || aliases[0].Merged.IsZero() {
				t.Errorf("%+v", aliases)
			}
			return err
		})
	})
}
