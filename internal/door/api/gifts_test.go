package api_test

import (
	"testing"
	"time"

	"regulars/client"
	"regulars/internal/base/account"
)

func TestHolidaysAreSetOverTheWire(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		t.Helper()
		h, err := s.SetHolidays(t.Context(), client.Holidays{Country: "MK", Off: []string{"womens_day"},
			Own: []client.OwnHoliday{{Holiday: "our_day", Name: "Our day", Month: 5, Day: 17}}})
		if err != nil || h.Keeps != "MK" || len(h.Own) != 1 || len(h.Ahead) != 8 {
			t.Fatalf("%+v, %v", h, err)
		}
		if h, err = s.Holidays(t.Context(), "mk"); err != nil {
			t.Fatal(err)
		}
		found := 0
		for i, d := range h.Ahead {
			switch {
			case i > 0 && d.Day < h.Ahead[i-1].Day:
				t.Errorf("%s comes after %s", d.Day, h.Ahead[i-1].Day)
			case d.Holiday == "easter" && d.Name == "Велигден" && !d.Off, d.Holiday == "our_day" && d.Name == "Our day", d.Holiday == "womens_day" && d.Off:
				found++
			}
		}
		if found != 3 {
			t.Errorf("%+v", h.Ahead)
		}
		for name, one := range map[string]struct{ body, code, field string }{
			"country": {`{"country":"ZZ"}`, "unknown_country", "country"}, "off": {`{"off":["nothing"]}`, "unknown_holiday", "off[0]"},
			"key": {`{"own":[{"holiday":"A b","name":"x","month":1,"day":1}]}`, "holiday_key", "own[0].holiday"}, "day": {`{"own":[{"holiday":"a","name":"x","month":2,"day":30}]}`, "no_day", "own[0].day"},
			"taken": {`{"own":[{"holiday":"easter","name":"x","month":2,"day":3}]}`, "holiday_taken", "own[0].holiday"},
		} {
			s.refused(name, request{method: "PUT", path: "/v1/settings/holidays", body: one.body}, 422, one.code, one.field)
		}
		if h, err = s.Holidays(t.Context(), ""); err != nil || h.Country != "MK" {
			t.Errorf("after what was refused: %+v, %v", h, err)
		}
		few := *s
		few.key = s.newKey(account.SettingsRead)
		few.refused("who may only read", request{method: "PUT", path: "/v1/settings/holidays", body: `{}`}, 403, "not_allowed", "")
		if _, err := time.Parse(time.DateOnly, h.Ahead[0].Day); err != nil {
			t.Error(err)
		}
	})
}
