package referral_test

import (
	"testing"
	"time"

	"regulars/internal/act/referral"
	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/record/schema"
)

// What counted before the version and the number were kept counts by the programme that was in force when they began to be, and lies with
// the number that was brought.
func TestOldReferralsGoOnByTheProgrammeInForce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		t.Helper()
		if err := d.MigrateTo(t.Context(), schema.Migrations(), 57); err != nil {
			t.Fatal(err)
		}
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			for _, v := range []struct {
				version int64
				state   string
			}{{3, "retired"}, {4, "published"}, {5, "draft"}} {
				if _, err := tx.Exec(`INSERT INTO programme_versions (version, state, document, note, author, created_us, published_us, published_by)
					VALUES ($1, $2, '{}', '', '', 0, 0, '')`, v.version, v.state); err != nil {
					return err
				}
			}
			for _, r := range []struct {
				friend, order int64
				state         string
			}{{11, 0, "pending"}, {12, 102, "qualified"}, {13, 103, "rewarded"}} {
				if _, err := tx.Exec(`INSERT INTO referrals (customer_id, referrer_id, code, state, order_id, due_us, created_us, moved_us) VALUES ($1, 1, 'X', $2, $3, 0, $1, 0)`,
					r.friend, r.state, r.order); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if err := schema.Migrate(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		var all []referral.Referral
		if err := d.Read(t.Context(), func(tx *db.Tx) (err error) { all, err = referral.Brought(tx, 1, time.Time{}, 10); return err }); err != nil || len(all) != 3 {
			t.Fatalf("%+v, %v", all, err)
		}
		for i, want := range []struct{ friend, order, with, version int64 }{{13, 103, 13, 4}, {12, 102, 12, 4}, {11, 0, 0, 0}} {
			if r := all[i]; r.Friend != want.friend || r.Order != want.order || r.OrderCustomer != want.with || r.Version != want.version {
				t.Errorf("%+v, want %+v", r, want)
			}
		}
	})
}
