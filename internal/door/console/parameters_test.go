package console_test

import (
	"net/http"
	"strings"
	"testing"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/measure/parameter"
	"regulars/internal/understand/advice"
	"regulars/internal/understand/forecast"
)

func TestHowTheBusinessIsMeasuredIsSetOnAPage(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		s.sold(t, coffees())
		owner, analyst := s.signedIn(t, nil, account.Owner), s.signedIn(t, nil, account.Analyst)
		page := owner.get("/parameters").wants(t, http.StatusOK, "/parameters", "How you are measured", "0–6 detractors", "Empty: Some customers are content, some critical.")
		usual := []string{"seen", between(page.text, `name="seen" value="`, `"`), "limit_1", "0", "limit_2", "30", "limit_3", "50", "limit_4", "70"}
		// What is wrong is said beside its field, and what was typed stays.
		for _, wrong := range [][]string{{"activity_days", "soon", "no whole number"}, {"top_share", "0", "Write a number above zero."}, {"limit_2", "60", "The limits rise"},
			{"weight_2", "-1", "Write zero, or a number above it."}, {"csat_scale", "7", "outside what makes sense"}, {"nps", "9-7", "no such scale"}} {
			owner.post("/parameters", append(usual, wrong[0], wrong[1])...).wants(t, http.StatusUnprocessableEntity, "/parameters", wrong[2])
		}
		owner.post("/parameters", append(usual, "activity_days", "7", "top_share", "12,5", "weight_1", "2", "sentence_2", "So lala.", "nps", "1-10")...).
			wants(t, http.StatusOK, "/parameters", "Saved.", `value="12.5"`, "So lala.")
		var p parameter.Parameters
		var ahead forecast.Settings
		load := func() {
			t.Helper()
			s.write(t, func(tx *db.Tx) (err error) {
				if p, err = parameter.Load(tx); err == nil {
					ahead, err = forecast.LoadSettings(tx)
				}
				return err
			})
		}
		if load(); p.ActivityDays != 7 || p.TopShare != .125 || p.NPS != "1-10" || p.Meaning.Sentences[1] != "So lala." || p.Meaning.Limits != [4]float64{} || len(p.IndexWeights) != 3 {
			t.Fatalf("%+v", p)
		}
		// It counts for the figures: a week of silence, not what the gaps say.
		drawn, err := s.analyses.Draw(t.Context())
		if err != nil || drawn.Parameters.ActivityDays != 7 || drawn.Parameters.NPSBands != "1-10" || drawn.Parameters.IndexWeights[0] != 2 || drawn.Meaning != p.Meaning {
			t.Errorf("%+v, %v", drawn.Parameters, err)
		}
		// Somebody who opened the form before is told what it is by now.
		owner.post("/parameters", append(usual, "activity_days", "9")...).wants(t, http.StatusConflict, "/parameters", "By now it is: 7")
		// The other form keeps its own.
		seen := between(owner.get("/parameters").text[strings.Index(owner.get("/parameters").text, "Predictions</h2>"):], `name="seen" value="`, `"`)
		owner.post("/parameters/predictions", "seen", seen, "horizon_days", "3", "margin", "30", "discount_per_year", "10", "value_months", "24",
			"gain_win_back", "5", "gain_ask_why", "10", "gain_thank", "2", "gain_ask_referral", "5", "gain_second_purchase", "3").
			wants(t, http.StatusUnprocessableEntity, "/parameters/predictions", "outside what makes sense", `value="3"`, "So lala.")
		owner.post("/parameters/predictions", "seen", seen, "horizon_days", "60", "margin", "30", "discount_per_year", "10", "value_months", "24",
			"gain_win_back", "5", "gain_ask_why", "10", "gain_thank", "2", "gain_ask_referral", "5", "gain_second_purchase", "3").
			wants(t, http.StatusOK, "/parameters", "Saved.", `value="60"`)
		if load(); ahead.HorizonDays != 60 || ahead.Margin != .3 || ahead.DiscountPerYear != .1 || ahead.ValueMonths != 24 || len(ahead.Assumed) != 1 ||
			ahead.Assumed[advice.Thank] != (advice.Effect{Low: 0, Value: .02, High: .06}) {
			t.Errorf("%+v", ahead)
		}
		// Who may look may not change.
		if page := analyst.get("/parameters"); page.status == http.StatusOK && strings.Contains(page.text, `>Save<`) {
			t.Error("an analyst is shown a button")
		}
		analyst.post("/parameters", usual...).wants(t, http.StatusForbidden, "/parameters")
		analyst.post("/parameters/predictions", usual...).wants(t, http.StatusForbidden, "/parameters/predictions")
	})
}

// between is what stands between two texts, the first time.
func between(text, before, after string) string {
	_, rest, _ := strings.Cut(text, before)
	inner, _, _ := strings.Cut(rest, after)
	return inner
}
