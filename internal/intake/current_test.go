package intake_test

import (
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/intake"
	"regulars/internal/record/business"
	"regulars/internal/record/schema/schematest"
)

func TestFactsWaitForTheBusinessToBeSetUp(t *testing.T) {
	t.Parallel()
	athens, err := time.LoadLocation("Europe/Athens")
	if err != nil {
		t.Fatal(err)
	}
	schematest.Each(t, func(t *testing.T, d *db.DB) {
		c := &intake.Current{DB: d}
		agree := func(want business.Business) {
			t.Helper()
			if err := d.Write(t.Context(), func(tx *db.Tx) error {
				_, err := business.Agree(tx, want)
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		for _, want := range []business.Business{{}, {Currency: "EUR"}} {
			agree(want)
			if _, err := c.Intake(t.Context()); fault.KindOf(err) != fault.Conflict {
				t.Fatalf("after %+v: %v", want, err)
			}
		}
		agree(business.Business{Zone: athens})
		first, err := c.Intake(t.Context())
		if err != nil || first.Business.Zone.String() != "Europe/Athens" || first.Business.Currency != "EUR" {
			t.Fatalf("%+v, %v", first, err)
		}
		agree(business.Business{Country: "GR"})
		if again, err := c.Intake(t.Context()); err != nil || again != first {
			t.Errorf("it was looked up again at once: %v", err)
		}
		c.Forget()
		if changed, err := c.Intake(t.Context()); err != nil || changed.Business.Country != "GR" || first.Business.Country != "" {
			t.Errorf("%+v, %v", changed, err)
		}
	})
}
