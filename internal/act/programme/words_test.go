package programme_test

import (
	"testing"

	"regulars/internal/act/programme"
	"regulars/internal/base/locale"
)

// A cashier is told on which days a rule holds by the names of the days, and at which hours as they are written.
func TestDaysOfARuleInWords(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string]string{"en": "Morning: not at this time; it holds: Tuesday, Sunday", "ru": "Morning: не в это время; действует: вторник, воскресенье"} {
		l, err := locale.Get(tag)
		if err != nil {
			t.Fatal(err)
		}
		r := programme.Result{Name: "Morning", Why: programme.WrongHours, Detail: "tue, sun"}
		if got := r.Words(l, programme.Cashier, "EUR"); got != want {
			t.Errorf("%s: %q, want %q", tag, got, want)
		}
		if r.Detail = "07:00-10:30"; tag == "en" {
			if got := r.Words(l, programme.Cashier, "EUR"); got != "Morning: not at this time; it holds: 07:00-10:30" {
				t.Error(got)
			}
		}
	}
}
