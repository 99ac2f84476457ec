package account_test

import (
	"net/netip"
	"os"
	"testing"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
)

// BenchmarkKey is what finding out who calls costs a request.
func BenchmarkKey(b *testing.B) {
	d := dbtest.Open(b, dbtest.SQLite(b))
	if err := d.Migrate(b.Context(), os.DirFS("../../record/schema/migrations")); err != nil {
		b.Fatal(err)
	}
	var text string
	if err := d.Write(b.Context(), func(tx *db.Tx) (err error) {
		_, text, err = account.CreateKey(tx, owner, account.NewKey{Name: "k", Scopes: []account.Permission{account.All}})
		return err
	}); err != nil {
		b.Fatal(err)
	}
	a := account.NewAuthenticator(d, nil)
	from := netip.MustParseAddr("192.0.2.7")
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := a.Key(b.Context(), text, from); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

// BenchmarkSeal is what an entry of the trail costs: being recorded, with many in one transaction, and being sealed.
func BenchmarkSeal(b *testing.B) {
	for name, options := range map[string]func(testing.TB) db.Options{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		b.Run(name, func(b *testing.B) {
			d := dbtest.Open(b, options(b))
			if err := d.Migrate(b.Context(), os.DirFS("../../record/schema/migrations")); err != nil {
				b.Fatal(err)
			}
			for range b.N {
				if err := d.Write(b.Context(), func(tx *db.Tx) error {
					for range account.SealBatch {
						if err := account.Record(tx, account.Entry{Actor: owner, Action: "order.add", Target: "ord_0000000000000"}); err != nil {
							return err
						}
					}
					return nil
				}); err != nil {
					b.Fatal(err)
				}
				if _, err := account.Seal(b.Context(), d); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/account.SealBatch, "us/entry")
		})
	}
}
