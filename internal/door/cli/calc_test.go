package cli

import (
	"context"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"regulars/internal/base/locale"
)

// calculate runs regulars calc with these arguments, apart by spaces.
func calculate(args string) (code int, out, problem string) {
	var stdout, stderr strings.Builder
	code = run(&Context{Stdout: &stdout, Stderr: &stderr, Ctx: context.Background()}, append([]string{"calc"}, strings.Fields(args)...))
	return code, stdout.String(), stderr.String()
}

// figures gives the figures of a calculation by key.
func figures(t *testing.T, args string) map[string]calcResult {
	t.Helper()
	code, out, problem := calculate(args + " --format json")
	if code != 0 {
		t.Fatalf("calc %s: %s", args, problem)
	}
	var all struct{ Figures []calcResult }
	if err := json.Unmarshal([]byte(out), &all); err != nil {
		t.Fatalf("calc %s: %v in %s", args, err, out)
	}
	byKey := map[string]calcResult{}
	for _, f := range all.Figures {
		byKey[f.Key] = f
	}
	return byKey
}

func TestCalcCheckValues(t *testing.T) {
	t.Parallel()
	none := math.NaN()
	for _, c := range []struct {
		args, key        string
		value, low, high float64
		formula          string
	}{
		// NPS, retention, CSAT, CES and Wilson: the check values of the design page of measures.
		{"nps --promoters 70 --passives 20 --detractors 10", "nps", 60, 45.27, 71.24, "(70 − 10) / 100 × 100 = 60.0"},
		{"nps --promoters 40 --passives 30 --detractors 30", "nps", 10, -6.27, 25.69, "(40 − 30) / 100 × 100 = 10.0"},
		{"nps --promoters 15 --passives 3 --detractors 2", "nps", 65, 26.95, 84.66, ""}, // under 30: the score interval
		{"nps --promoters 5 --passives 0 --detractors 0", "nps", 100, 13.10, 100, ""},
		{"nps --promoters 819 --passives 677 --detractors 456", "nps", 18.596, 15.08, 22.05, ""},
		{"nps --promoters 70 --passives 20 --detractors 10 --variant", "nps_with_passives", 80, 65.13, 88.95, ""},
		{"nps --promoters 40 --passives 30 --detractors 30 --variant", "nps_with_passives", 40, 20.83, 56.21, ""},
		{"nps --answers 6,6,9,9,10,3,8,7,5,10", "nps", 0, none, none, ""},
		{"nps --answers 6,6,9,9,10,3,8,7,5,10,,- --bands 1-10", "nps", 20, none, none, "(4 − 2) / 10 × 100 = 20.0"},
		{"nps --answers 1,2,3,4,5 --bands 1,2,3,5", "nps", 0, none, none, ""},
		{"retention --start 100 --kept 70 --end 95 --new 30", "retention_rate", 70, none, none, "70 / 100 × 100 = 70.0"},
		{"retention --start 100 --kept 70 --end 95 --new 30", "retention_rate_formula", 65, none, none, "(95 − 30) / 100 × 100 = 65.0"},
		{"retention --start 10 --end 5 --new 8", "retention_rate_formula", -30, none, none, "(5 − 8) / 10 × 100 = −30.0"},
		{"retention --start 10 --kept 8", "retention_rate", 80, 49.02, 94.33, ""},
		{"churn --start 100 --kept 70", "churn_rate", 30, none, none, "(100 − 70) / 100 × 100 = 30.0"},
		{"churn --start 100 --lost 80", "churn_rate", 80, 71.12, 86.66, ""},
		{"repurchase --again 0 --customers 10", "repurchase_rate", 0, 0, 27.75, ""},
		{"upsell --several 40 --one 60", "upsell_ratio", 0.6667, none, none, "40 / 60 = 0.67"},
		{"upsell --several 80 --one 20", "multi_kind_share", 80, 71.12, 86.66, ""},
		{"csat --counts 10,5,5,30,50", "csat_top", 80, 71.12, 86.66, ""},
		{"csat --counts 10,5,5,30,50", "csat_mean", 4.05, none, none, "405 / 100 = 4.05"},
		{"csat --answers 10,9,8,1 --scale 10", "csat_top", 50, none, none, ""},
		{"csat --counts 0,0,0,0,0,0,0,2,1,1", "csat_top", 50, none, none, ""},
		{"ces --counts 2,3,5,10,20,35,25", "ces_mean", 5.48, none, none, ""},
		{"ces --counts 2,3,5,10,20,35,25", "ces_easy", 80, 71.12, 86.66, ""},
		{"clv --order-value 12.50 --frequency 8 --years 2.5 --currency EUR", "clv_historic", 25_000, none, none, "€12.50 × 8 × 2.5 = €250.00"},
		{"clv --order-value 1000 --frequency 8 --years 2 --margin 25 --cac 500 --currency JPY", "clv_to_cac", 8, none, none, ""},
		{"cac --cost 1200 --customers 80 --clv 60 --currency eur", "acquisition_cost", 1_500, none, none, "€1,200.00 / 80 = €15.00"},
		{"cac --cost 1200 --customers 80 --clv 60", "clv_to_cac", 4, none, none, ""},
	} {
		f, ok := figures(t, c.args)[c.key]
		if !ok || f.Value == nil {
			t.Errorf("calc %s: no %s", c.args, c.key)
			continue
		}
		if math.Abs(*f.Value-c.value) > 0.0005 {
			t.Errorf("calc %s: %s is %g, want %g", c.args, c.key, *f.Value, c.value)
		}
		if !math.IsNaN(c.low) && (f.Low == nil || math.Abs(*f.Low-c.low) > 0.005 || math.Abs(*f.High-c.high) > 0.005) {
			t.Errorf("calc %s: %s has interval %v..%v, want %g..%g", c.args, c.key, f.Low, f.High, c.low, c.high)
		}
		if c.formula != "" && f.Formula != c.formula {
			t.Errorf("calc %s: formula %q, want %q", c.args, f.Formula, c.formula)
		}
	}
}

func TestCalcSaysHowTheFormulasDiffer(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"retention --start 100 --kept 70 --end 95 --new 30":  "−5.0 percentage points",
		"retention --start 100 --kept 70 --end 100 --new 30": "both formulas agree",
		"retention --start 100 --end 95 --new 30":            "--kept",
		"nps --answers 9,9,,1":                               "1 question left out",
		"nps --answers 9,9,1":                                "Fewer than 30",
		"clv --order-value 10 --frequency 2 --years 1":       "not profit",
		"cac --cost 0 --customers 3 --clv 10":                "divide by zero",
		"upsell --several 40 --one 60":                       "66.7",
	} {
		code, out, problem := calculate(args)
		if code != 0 || !strings.Contains(strings.ReplaceAll(out, "\u00a0", " "), want) {
			t.Errorf("calc %s: no %q in %s%s", args, want, out, problem)
		}
	}
}

func TestCalcSpeaksFiveLanguages(t *testing.T) {
	t.Parallel()
	for _, tag := range locale.Tags() {
		for _, args := range []string{
			"nps --answers 9,,3 --variant", "retention --start 9 --kept 7 --end 9 --new 3", "retention --start 9 --kept 6 --end 9 --new 3",
			"retention --start 9 --end 9 --new 3", "churn --start 9 --lost 3", "repurchase --again 1 --customers 7",
			"upsell --several 2 --one 3", "csat --answers 5,4", "ces --answers 7,1", "clv --order-value 1 --frequency 2 --years 3 --cac 1",
			"cac --cost 10 --customers 3 --clv 9",
		} {
			code, out, problem := calculate(args + " --lang " + tag)
			if code != 0 || strings.ContainsAny(out, "⟦{") || !strings.Contains(out, "=") {
				t.Errorf("calc %s in %s: %s%s", args, tag, out, problem)
			}
		}
	}
}

func TestCalcRefusesInOneSentence(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"nps --promoters 70 --passives 20":                          "--detractors is missing",
		"nps --promoters=-1 --passives 20 --detractors 10":          "--promoters is -1",
		"nps --promoters 0 --passives 0 --detractors 0":             "no answers",
		"nps --promoters NaN --passives 0 --detractors 0":           "--promoters is not a number",
		"nps --promoters 1.5 --passives 0 --detractors 0":           "whole number",
		"nps --promoters 1e300 --passives 0 --detractors 0":         "too large",
		"nps --answers 9,11":                                        "outside the scale",
		"nps --answers 9,x":                                         `"x" is not a number`,
		"nps --answers ,,":                                          "no answers",
		"nps --answers 9 --promoters 3":                             "not both",
		"nps --answers 9 --bands 3,2,1,0":                           "must rise",
		"retention --kept 70":                                       "--start is missing",
		"retention --start 100":                                     "give --kept",
		"retention --start 100 --kept 101":                          "cannot be larger",
		"retention --start 100 --kept 70 --end 60 --new 1":          "cannot be larger",
		"retention --start 100 --end 95":                            "--new is missing",
		"retention --start 0 --kept 0":                              "nothing to divide by",
		"churn --start 10":                                          "give --lost",
		"churn --start 10 --lost 11":                                "cannot be larger",
		"repurchase --again 5 --customers 4":                        "cannot be larger",
		"upsell --several 5 --one 0":                                "nothing to divide by",
		"csat --counts 1,2,3":                                       "needs 5",
		"csat --counts 1,2,x,4,5":                                   `"x"`,
		"csat --counts 0,0,0,0,0":                                   "no answers",
		"csat --answers 3.5":                                        "3.5",
		"csat":                                                      "--counts is missing",
		"csat --scale 6 --answers 5":                                "--scale is 6",
		"ces --answers 8":                                           "outside the scale",
		"clv --order-value 10 --frequency 2":                        "--years is missing",
		"clv --order-value 10 --frequency 2 --years 1 --margin 120": "0 to 100",
		"clv --order-value 9e15 --frequency 9e15 --years 1":         "too large",
		"cac --cost 10 --customers 0":                               "nothing to divide by",
		"cac --cost Inf --customers 1":                              "not a number",
		"nps --promoters 1 --passives 1 --detractors 1 --lang tlh":  "tlh",
		"happiness --promoters 1":                                   "happiness",
	} {
		code, out, problem := calculate(args)
		if code == 0 || out != "" && !strings.HasPrefix(out, "Usage") || !strings.Contains(problem, want) {
			t.Errorf("calc %s: code %d, said %q, want %q", args, code, problem, want)
		}
	}
}
