package api_test

import (
	"fmt"
	"testing"
	"time"

	"regulars/client"
)

func TestWhatIsLeftOfBudgets(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		if _, err := s.Budgets(t.Context()); client.Code(err) != "no_programme" {
			t.Errorf("before there is a programme: %v", err)
		}
		const document = `{"name": "Café", "units": [{"unit": "points", "allows_debt": true}], "rules": [
			{"rule": "rate", "name": "A point a euro", "effect": {"rate": {"unit": "points", "units": 1, "per_minor": 100}}},
			{"rule": "welcome", "name": "Welcome", "budget": %d, "effect": {"fixed": {"unit": "points", "units": 30}}}]}`
		wants := func(version, budget, spent, left int64) {
			t.Helper()
			b, err := s.Budgets(t.Context())
			if want := (client.Budget{Rule: "welcome", Name: "Welcome", Unit: "points", Budget: budget, Spent: spent, Left: left}); err != nil || b.Version != version || len(b.Data) != 1 || b.Data[0] != want {
				t.Errorf("%+v, %v, want %+v of version %d", b, err, want, version)
			}
		}
		s.publishes(fmt.Sprintf(document, 50))
		wants(1, 50, 0, 50)
		for i, customer := range []string{"ada", "bob"} {
			if _, err := s.PutOrder(t.Context(), coffee(fmt.Sprint("o", i), customer, 2)); err != nil {
				t.Fatal(err)
			}
		}
		wants(1, 50, 50, 0) // the second was given what was left
		all := int64(950)
		if _, err := s.PutReturn(t.Context(), client.Return{Reference: "r", OrderReference: "o0", ReturnedAt: time.Now(), AmountMinor: &all}); err != nil {
			t.Fatal(err)
		}
		wants(1, 50, 20, 30)
		s.publishes(fmt.Sprintf(document, 10))
		wants(2, 10, 20, 0)
		s.publishes(`{"name": "Café", "units": [{"unit": "points"}], "rules": []}`)
		if b, err := s.Budgets(t.Context()); err != nil || len(b.Data) != 0 {
			t.Errorf("without budgets: %+v, %v", b, err)
		}
	})
}
