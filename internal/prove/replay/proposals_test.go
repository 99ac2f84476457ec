package replay_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/act/programme"
	"regulars/internal/act/programme/starter"
	"regulars/internal/base/locale"
	"regulars/internal/prove/replay"
)

// What is proposed to whomever can be kept as it is: it is read back, compiles, has no finding, is said in words throughout,
// and gives back about what was asked for.
func TestEveryProposalIsSound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		money := rapid.SampledFrom([]struct {
			currency string
			digits   int
		}{{"EUR", 2}, {"JPY", 0}, {"KWD", 3}, {"MKD", 2}}).Draw(t, "currency")
		c := starter.Suggest(rapid.SampledFrom(starter.Kinds()).Draw(t, "kind"), rapid.SampledFrom(starter.Goals()).Draw(t, "goal"),
			rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(200, 50_000_000)).Draw(t, "average"), money.digits)
		c.From = "2026-11-26"
		c.Name, c.Of = "Shop", rapid.SampledFrom([]string{"coffee", "Crêpes d'été", `a\b`}).Draw(t, "of")
		l, err := locale.Get(rapid.SampledFrom(locale.Tags()).Draw(t, "language"))
		if err != nil {
			t.Fatal(err)
		}
		made, err := c.Document(l, money.currency, money.digits)
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(made)
		if err != nil {
			t.Fatal(err)
		}
		d, err := programme.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		compiled, err := programme.Compile(d, 1, time.UTC)
		if err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		found := replay.Check(d, nil, &replay.Options{Digits: money.digits}, time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC))
		if len(found.Findings) > 0 {
			t.Errorf("%+v: %s", found.Findings, text)
		}
		for _, m := range found.Worst.Lines {
			if most := c.Back / 100 * 2 * 1.2; m.Kind == "rate" && m.Share != nil && *m.Share > most && d.Rewards[0].Price > 5 {
				t.Errorf("%g goes back, and %g is asked for: %s", *m.Share, most, text)
			}
		}
		if len(found.Worst.Unbounded) > 0 {
			t.Errorf("nothing limits %q: %s", found.Worst.Unbounded, text)
		}
		terms := compiled.Terms(l, money.currency, money.digits)
		for _, r := range append(terms.Rules, terms.Challenges...) {
			for _, when := range r.When {
				if strings.Contains(when, "customer.") || strings.Contains(when, "order.") || strings.Contains(when, "line.") && !strings.Contains(c.Of, `\`) {
					t.Errorf("%q is not in words: %+v", when, r)
				}
			}
		}
		if c.Second >= c.Third || c.Off < 1 || math.IsNaN(c.Back) || c.Goal.Measure() == "" {
			t.Errorf("%+v", c)
		}
	})
}
