package setting_test

import (
	"os"
	"strings"
	"testing"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
	"regulars/internal/base/setting"
)

type hours struct {
	Open  string   `json:"open,omitempty"`
	Days  []string `json:"days,omitempty"`
	Close int      `json:"close"`
}

// What is kept is what is read, over what there is without it; a later version's names and broken text are told apart.
func TestASettingIsKept(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if err := d.Migrate(t.Context(), os.DirFS("../../record/schema/migrations")); err != nil {
			t.Fatal(err)
		}
		write := func(text string) {
			t.Helper()
			if err := d.Write(t.Context(), func(tx *db.Tx) error {
				_, err := tx.Exec("UPDATE settings SET value = $1 WHERE key = 'hours'", text)
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		read := func() (h hours, found bool, err error) {
			h = hours{Open: "09:00", Close: 18}
			err = d.Read(t.Context(), func(tx *db.Tx) (err error) {
				found, err = setting.Load(tx, "hours", &h)
				return err
			})
			return h, found, err
		}
		if h, found, err := read(); err != nil || found || h.Open != "09:00" {
			t.Errorf("before it was set: %+v, %t, %v", h, found, err)
		}
		for _, want := range []hours{{Open: "10:00", Close: 20}, {Open: "08:30 «é»", Days: []string{"mon"}}} {
			if err := d.Write(t.Context(), func(tx *db.Tx) error { return setting.Save(tx, "hours", want) }); err != nil {
				t.Fatal(err)
			}
			if h, found, err := read(); err != nil || !found || h.Open != want.Open || h.Close != want.Close || len(h.Days) != len(want.Days) {
				t.Errorf("%+v is read as %+v, %t, %v", want, h, found, err)
			}
		}
		write(`{"close": 7, "lunch": "13:00"}`)
		if h, found, err := read(); err != nil || !found || h.Open != "09:00" || h.Close != 7 {
			t.Errorf("of a later version: %+v, %t, %v", h, found, err)
		}
		write("half pa")
		if _, found, err := read(); err == nil || found || !strings.Contains(err.Error(), "hours") {
			t.Errorf("broken: %t, %v", found, err)
		}
		if err := d.Write(t.Context(), func(tx *db.Tx) error { return setting.Save(tx, "hours", func() {}) }); err == nil {
			t.Error("what cannot be written was kept")
		}
	})
}
