package intake_test

import (
	"strings"
	"testing"

	"regulars/internal/act/programme"
	"regulars/internal/base/db"
	"regulars/internal/base/locale"
	"regulars/internal/prove/replay"
	"regulars/internal/record/catalogue"
)

// What a rule is for, and nobody sells, is named beside the rule; while nothing was sold nobody can tell.
func TestARuleForWhatNobodySells(t *testing.T) {
	t.Parallel()
	eachClub(t, watched, func(t *testing.T, c *club) {
		t.Helper()
		en, err := locale.Get("en")
		if err != nil {
			t.Fatal(err)
		}
		d, err := programme.Parse([]byte(`{"name":"P","units":[{"unit":"points"}],"rules":[
			{"rule":"a","name":"Tea time","lines":"line.category in ['tea', 'Coffee']","effect":{"each":{"unit":"points","units":1}}},
			{"rule":"b","name":"Scones","if":"'scone' in order.products || 'espresso' in order.products","effect":{"each":{"unit":"points","units":1}}},
			{"rule":"c","name":"All else","lines":"line.category == 'coffee' && line.product == 'lungo'","effect":{"each":{"unit":"points","units":1}}}]}`))
		if err != nil {
			t.Fatal(err)
		}
		finds := func(want ...string) {
			t.Helper()
			o := replay.Options{Digits: 2}
			if err := c.d.Read(t.Context(), func(tx *db.Tx) (err error) { o.Beside, err = replay.LoadBeside(tx, d); return err }); err != nil {
				t.Fatal(err)
			}
			lint := replay.Check(d, nil, &o, c.now())
			lint.Say(en, "EUR")
			var got []string
			for _, f := range lint.Findings {
				if f.Code == "goods_unsold" && f.Severity == replay.Warning {
					got = append(got, f.Where+" "+f.Words)
				}
			}
			if len(got) != len(want) {
				t.Fatalf("found %q, want %q", got, want)
			}
			for i := range want {
				if !strings.HasPrefix(got[i], want[i]) {
					t.Errorf("found %q, want %q", got[i], want[i])
				}
			}
		}
		finds()
		c.buys("ada", "1", nil, line("espresso", "coffee", 1, 250))
		finds("rules[0] Tea time is for goods that nobody sells: no order and no product of the catalogue has Coffee, tea.", "rules[1] Scones is for goods that nobody sells: no order and no product of the catalogue has scone.",
			"rules[2] All else is for goods that nobody sells: no order and no product of the catalogue has lungo.")
		if err := c.write(func(tx *db.Tx) error {
			_, err := catalogue.NewNames().Products(tx, []catalogue.Product{{Reference: "lungo", Category: "Coffee"}, {Reference: "scone", Category: "tea"}})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		finds()
	})
}
