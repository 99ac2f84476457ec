package intake_test

import (
	"fmt"
	"testing"
	"time"

	"regulars/internal/act/programme"
	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/intake"
	"regulars/internal/record/business"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/schema/schematest"
)

// BenchmarkHoliday keeps a holiday of two thousand customers, of whom the condition of the rule holds of one in a hundred, or of all.
// Each round is another holiday.
func BenchmarkHoliday(b *testing.B) {
	const customers = 2000
	for _, engine := range []string{"sqlite", "postgres"} {
		for name, condition := range map[string]string{"few": "customer.attributes['town'] == 'Kypseli'", "all": "customer.orders == 0"} {
			b.Run(engine+"/"+name, func(b *testing.B) {
				o := dbtest.SQLite(b)
				if engine == "postgres" {
					o = dbtest.Postgres(b)
				}
				now := time.Date(2026, 12, 25, 9, 0, 0, 0, time.UTC)
				o.Clock = func() time.Time { return now }
				d := schematest.Open(b, o)
				in, err := intake.New(b.Context(), d, business.Business{Currency: "EUR", Zone: time.UTC, Country: "DE"})
				if err != nil {
					b.Fatal(err)
				}
				write := func(fn func(tx *db.Tx) error) {
					if err := d.Write(b.Context(), fn); err != nil {
						b.Fatal(err)
					}
				}
				write(func(tx *db.Tx) error {
					all := make([]intake.Customer, customers)
					for i := range all {
						all[i].Identities = []customer.Identity{own(fmt.Sprint(i))}
						if i%100 == 0 {
							all[i].Profile.Attributes = fact.Attributes{{Name: "town", Value: "Kypseli"}}
						}
					}
					_, err := in.Customers(tx, all)
					return err
				})
				write(func(tx *db.Tx) error {
					v, err := programme.Write(tx, []byte(`{"name": "B", "units": [{"unit": "points"}], "rules": [{"rule": "christmas", "name": "C", "on": "holiday", "holidays": ["christmas"], "if": "`+condition+`",
						"effect": {"fixed": {"unit": "points", "units": 1}}}]}`), "", "usr_1", time.UTC)
					if err == nil {
						_, err = in.Programme().Publish(tx, v.Version, "usr_2", time.UTC)
					}
					return err
				})
				for b.Loop() {
					if err := in.Programme().Holidays(b.Context(), d); err != nil {
						b.Fatal(err)
					}
					now = now.AddDate(1, 0, 0)
				}
			})
		}
	}
}
