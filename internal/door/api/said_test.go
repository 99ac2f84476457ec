package api_test

import (
	"strings"
	"testing"

	"regulars/client"
	"regulars/internal/understand/advice"
)

func TestNotesStayWithThePersonUntilTheyAreErased(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		ctx := t.Context()
		must(s.PutCustomer(ctx, fullCustomer()))
		must(s.PutCustomer(ctx, client.Customer{Reference: "bob", GivenName: "Bob"}))
		first := must(s.AddNote(ctx, "ada", " Likes the table\r\nby the window. "))
		if !strings.HasPrefix(first.ID, "note_") || first.WrittenBy == "" || first.WrittenAt.IsZero() {
			t.Errorf("%+v", first)
		}
		must(s.AddNote(ctx, "bob", "Called twice"))
		for _, wrong := range []string{" ", strings.Repeat("я", 4001), "a\x00b"} {
			if _, err := s.AddNote(ctx, "ada", wrong); err == nil {
				t.Errorf("%.10q is kept", wrong)
			}
		}
		if _, err := s.AddNote(ctx, "nobody", "x"); client.Code(err) != "not_found" && client.Code(err) != "customer_not_found" {
			t.Errorf("of nobody: %v", err)
		}
		// Whoever is merged brings theirs, and takes them along again.
		must(s.MergeCustomer(ctx, "bob", client.CustomerRef{Reference: "ada"}))
		all := must(s.Notes(ctx, "ada"))
		if len(all) != 2 || all[0].Text != "Called twice" || all[1].Text != "Likes the table\nby the window." {
			t.Fatalf("%+v", all)
		}
		if export := string(must(s.ExportCustomer(ctx, "ada"))); !strings.Contains(export, "by the window") || !strings.Contains(export, "Called twice") {
			t.Error("notes are not in the customer's own data")
		}
		if err := s.RemoveNote(ctx, "ada", all[0].ID); err != nil {
			t.Error(err)
		}
		if err := s.RemoveNote(ctx, "ada", all[0].ID); client.Code(err) != "not_found" {
			t.Errorf("removed twice: %v", err)
		}
		if left := must(s.Notes(ctx, "ada")); len(left) != 1 || left[0].ID != first.ID {
			t.Errorf("%+v", left)
		}
		must(s.EraseCustomer(ctx, "ada"))
		if _, err := s.Notes(ctx, "ada"); err == nil {
			t.Error("the notes of somebody erased are shown")
		}
		if _, err := s.AddNote(ctx, "ada", "back"); err == nil {
			t.Error("a note about somebody erased is kept")
		}
	})
}

func TestHowTheBusinessIsMeasuredIsSet(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		ctx := t.Context()
		if now := must(s.HowMeasured(ctx)); now.ActivityDays != 0 || now.Meaning != nil {
			t.Errorf("nothing was said: %+v", now)
		}
		want := client.MeasureSettings{ActivityDays: 45, TopShare: .1, NPS: "1-10", CSATScale: 10, IndexWeights: []float64{1, 2, 0}}
		if got := must(s.SetHowMeasured(ctx, want)); got.ActivityDays != 45 || got.NPS != "1-10" || len(got.IndexWeights) != 3 {
			t.Errorf("%+v", got)
		}
		for _, wrong := range []client.MeasureSettings{{ActivityDays: -1}, {TopShare: 2}, {NPS: "0-7"}, {CSATScale: 7}, {IndexWeights: []float64{1}}, {IndexWeights: []float64{0, 0, 0}}} {
			if _, err := s.SetHowMeasured(ctx, wrong); err == nil {
				t.Errorf("%+v is taken", wrong)
			}
		}
		if got := must(s.HowMeasured(ctx)); got.ActivityDays != 45 {
			t.Errorf("what was refused counts: %+v", got)
		}
	})
}

func TestWhatIsExpectedOfActionsIsSet(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		ctx := t.Context()
		want := client.PredictionSettings{HorizonDays: 60, Margin: .3, DiscountPerYear: .1, ValueMonths: 12,
			Assumed: advice.Assumptions{advice.WinBack: {Low: .02, Value: .08, High: .2}}}
		if got := must(s.SetPredictions(ctx, want)); got.Assumed[advice.WinBack] != want.Assumed[advice.WinBack] || len(got.Assumed) != 1 {
			t.Errorf("%+v", got)
		}
		for code, wrong := range map[string]advice.Assumptions{
			"unknown_action": {advice.OfferProduct: {Low: 0, Value: .1, High: .2}}, "out_of_range": {advice.Thank: {Low: .2, Value: .1, High: .3}},
		} {
			bad := want
			bad.Assumed = wrong
			if _, err := s.SetPredictions(ctx, bad); client.Code(err) != code {
				t.Errorf("%+v: %v, want %s", wrong, err, code)
			}
		}
	})
}
