package api_test

import (
	"encoding/json"
	"slices"
	"testing"

	"regulars/client"
)

// What customers do beside ordering is told once, however often it is told, and read in words afterwards.
func TestActionsEarnOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		t.Helper()
		const path = "/v1/customers/C-1/actions"
		s.refused("of nobody", request{method: "POST", path: path, body: `{"action": "review", "key": "17"}`}, 404, "not_found", "")
		if _, err := s.PutOrder(t.Context(), coffee("1", "C-1", 1)); err != nil {
			t.Fatal(err)
		}
		// Before there is a programme it gives nothing.
		if got, err := s.Did(t.Context(), "C-1", "review", "16"); err != nil || len(got.Units) != 0 || got.Version != 0 {
			t.Errorf("%+v, %v", got, err)
		}
		s.publishes(`{"name": "Talk", "units": [{"unit": "points"}], "rules": [
			{"rule": "review", "name": "Thanks for the review", "on": "review", "limit": {"times": 2}, "effect": {"fixed": {"unit": "points", "units": 15}}}]}`)
		for range 2 {
			got, err := s.Did(t.Context(), "C-1", "review", "17")
			if err != nil || got.Units["points"] != 15 || got.Action != "review" || !slices.Equal(got.Words, []string{"Thanks for the review: +15 points"}) {
				t.Errorf("%+v, %v", got, err)
			}
		}
		if _, err := s.Did(t.Context(), "C-1", "review", "18"); err != nil {
			t.Error(err)
		}
		got, err := s.Did(t.Context(), "C-1", "review", "19")
		if err != nil || got.Units["points"] != 0 || len(got.Rules) != 1 || got.Rules[0].Why != "limit" {
			t.Errorf("a third review: %+v, %v", got, err)
		}
		account, err := s.Account(t.Context(), "C-1")
		if err != nil || len(account.Units) != 1 || account.Units[0].Available != 30 {
			t.Errorf("%+v, %v", account, err)
		}
		var page client.Page[client.Explanation]
		status, _, body := s.call(request{method: "GET", path: "/v1/customers/C-1/explanations?lang=ru&for=developer"})
		if err := json.Unmarshal(body, &page); err != nil || status != 200 || len(page.Data) != 3 {
			t.Fatalf("%d %s, %v", status, body, err)
		}
		var words []string
		for _, e := range page.Data {
			words = append(words, e.Words...)
		}
		if !slices.Contains(words, "review: +15 баллов") || !slices.Contains(words, "review: покупатель уже получил всё, что положено на этот срок") {
			t.Errorf("%q", words)
		}
		s.refused("a birthday", request{method: "POST", path: path, body: `{"action": "birthday", "key": "1"}`}, 422, "invalid", "action")
		s.refused("without a key", request{method: "POST", path: path, body: `{"action": "review"}`}, 422, "invalid", "key")
	})
}
