package business_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/business"
	"regulars/internal/record/schema/schematest"
)

func TestABusinessIsAgreedOnOnce(t *testing.T) {
	t.Parallel()
	athens, err := time.LoadLocation("Europe/Athens")
	if err != nil {
		t.Fatal(err)
	}
	schematest.Each(t, func(t *testing.T, d *db.DB) {
		agree := func(want business.Business) (have business.Business, err error) {
			err = d.Write(t.Context(), func(tx *db.Tx) (err error) {
				have, err = business.Agree(tx, want)
				return err
			})
			return have, err
		}
		if have, err := agree(business.Business{}); err != nil || have != (business.Business{}) {
			t.Errorf("nothing is known yet: %+v, %v", have, err)
		}
		if have, err := agree(business.Business{Currency: "JPY", Name: "Kissaten"}); err != nil || have.Zone != nil || have.Digits() != 0 {
			t.Errorf("%+v, %v", have, err)
		}
		if have, err := agree(business.Business{Zone: athens}); err != nil || have.Zone != athens || have.Currency != "JPY" || have.Name != "Kissaten" {
			t.Errorf("%+v, %v", have, err)
		}
		for _, other := range []business.Business{{Zone: time.UTC}, {Currency: "EUR"}} {
			if _, err := agree(other); fault.KindOf(err) != fault.Conflict {
				t.Errorf("%+v: %v", other, err)
			}
		}
		if have, err := agree(business.Business{Zone: athens, Currency: "JPY", Name: "Café"}); err != nil || have.Name != "Café" {
			t.Errorf("%+v, %v", have, err)
		}
	})
}

func TestWhatIsToldOfABusinessIsRead(t *testing.T) {
	t.Parallel()
	for typed, name := range map[string]string{
		"europe/athens": "Europe/Athens", " EUROPE/ATHENS ": "Europe/Athens", "america/new york": "America/New_York", "utc": "UTC",
		"Europe/Kiev": "Europe/Kiev",
	} {
		if b, err := business.Parse(business.Words{Zone: typed}); err != nil || b.Zone.String() != name {
			t.Errorf("%q is %v: %v", typed, b.Zone, err)
		}
	}
	got, err := business.Parse(business.Words{Name: " Café ", Zone: " Europe/Athens", Currency: "eur ", Country: "gr"})
	if err != nil || got.Name != "Café" || got.Zone.String() != "Europe/Athens" || got.Currency != "EUR" || got.Country != "GR" {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := business.Parse(business.Words{}); err != nil || got != (business.Business{}) {
		t.Errorf("of nothing: %+v, %v", got, err)
	}
	for field, wrong := range map[string]business.Words{
		"name": {Name: strings.Repeat("a", 201)}, "time_zone": {Zone: "Local"}, "currency": {Currency: "EURO"}, "country": {Country: "UK"},
	} {
		var f *fault.Fault
		if _, err := business.Parse(wrong); !errors.As(err, &f) || f.Field != field || f.Code == "" {
			t.Errorf("%+v: %+v", wrong, f)
		}
	}
}

func TestOnlyWhatIsNewBecomesASample(t *testing.T) {
	t.Parallel()
	schematest.Each(t, func(t *testing.T, d *db.DB) {
		sample := func() error {
			return d.Write(t.Context(), func(tx *db.Tx) error { return business.BeSample(tx, "Sample café") })
		}
		load := func() (b business.Business) {
			t.Helper()
			if err := d.Read(t.Context(), func(tx *db.Tx) (err error) { b, err = business.Load(tx); return err }); err != nil {
				t.Fatal(err)
			}
			return b
		}
		for range 2 {
			if err := sample(); err != nil || load() != (business.Business{Name: "Sample café", Sample: true}) {
				t.Fatalf("%+v, %v", load(), err)
			}
		}
		// What is agreed on later leaves it one.
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := business.Agree(tx, business.Business{Currency: "EUR"})
			return err
		}); err != nil || !load().Sample {
			t.Errorf("%+v, %v", load(), err)
		}
		if err := d.Write(t.Context(), func(tx *db.Tx) error { _, err := tx.Exec("DELETE FROM settings WHERE key = 'sample'"); return err }); err != nil {
			t.Fatal(err)
		}
		if err := sample(); fault.KindOf(err) != fault.Conflict || load().Sample {
			t.Errorf("a real one becomes a sample: %+v, %v", load(), err)
		}
	})
}
