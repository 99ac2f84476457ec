package locale

import (
	"math"
	"strings"
	"testing"
)

func TestUnit(t *testing.T) {
	t.Parallel()
	cases := []struct {
		unit               string
		v                  float64
		en, ru, zh, el, mk string
	}{
		{"percent", 36, "36.0%", "36,0_%", "36.0%", "36,0%", "36,0_%"},
		{"minor", 123450.4, "€1,234.50", "1_234,50_€", "€1,234.50", "1.234,50_€", "1.234,50_€"},
		{"count", 4338, "4,338", "4_338", "4,338", "4.338", "4.338"},
		{"count", 4338.5, "4,338.5", "4_338,5", "4,338.5", "4.338,5", "4.338,5"},
		{"days", 1, "1_day", "1_день", "1_天", "1_ημέρα", "1_ден"},
		{"days", 2, "2_days", "2_дня", "2_天", "2_ημέρες", "2_дена"},
		{"days", 11, "11_days", "11_дней", "11_天", "11_ημέρες", "11_дена"},
		{"days", 21, "21_days", "21_день", "21_天", "21_ημέρες", "21_ден"},
		{"days", 34.5, "34.5_days", "34,5_дня", "34.5_天", "34,5_ημέρες", "34,5_дена"},
		{"years", 1.24, "1.24_years", "1,24_года", "1.24_年", "1,24_έτη", "1,24_години"},
		{"years", 1, "1.00_years", "1,00_года", "1.00_年", "1,00_έτος", "1,00_години"},
		{"minutes", 45, "45_minutes", "45_минут", "45_分钟", "45_λεπτά", "45_минути"},
		{"minutes", 210, "3.5_hours", "3,5_часа", "3.5_小时", "3,5_ώρες", "3,5_часа"},
		{"minutes", 4320, "3.0_days", "3,0_дня", "3.0_天", "3,0_ημέρες", "3,0_дена"},
		{"ratio", 0.356, "0.36", "0,36", "0.36", "0,36", "0,36"},
		{"score", 4.05, "4.05", "4,05", "4.05", "4,05", "4,05"},
		{"points", -18.596, "−18.6_points", "−18,6_пункта", "−18.6_分", "−18,6_μονάδες", "−18,6_поени"},
		{"points", 60, "60.0_points", "60,0_пункта", "60.0_分", "60,0_μονάδες", "60,0_поени"},
		{"percent", math.NaN(), "–", "–", "–", "–", "–"},
	}
	for _, c := range cases {
		expect(t, map[string]string{"en": c.en, "ru": c.ru, "zh": c.zh, "el": c.el, "mk": c.mk},
			func(l *Locale) string { return l.Unit(c.unit, c.v, "EUR") })
	}
}

func TestChange(t *testing.T) {
	t.Parallel()
	expect(t, map[string]string{"en": "+6.0_percentage_points", "ru": "+6,0_п._п.", "zh": "+6.0_个百分点",
		"el": "+6,0_ποσοστιαίες_μονάδες", "mk": "+6,0_процентни_поени"},
		func(l *Locale) string { return strings.ReplaceAll(l.Change("percent", 6, ""), " ", nbsp) })
	cases := []struct {
		unit string
		v    float64
		want string
	}{
		{"percent", -2, "−2.0_percentage points"}, {"minor", -52, "−€0.52"}, {"minor", 52, "+€0.52"},
		{"days", 1, "+1_day"}, {"points", 22.64, "+22.6_points"}, {"count", 0, "0"}, {"ratio", -0.001, "0.00"},
		{"percent", 0.01, "0.0_percentage points"}, {"points", math.Inf(1), "–"}, {"percent", math.NaN(), "–"},
	}
	for _, c := range cases {
		if got := get(t, "en").Change(c.unit, c.v, "EUR"); got != strings.ReplaceAll(c.want, "_", nbsp) {
			t.Errorf("%s %v: got %q, want %q", c.unit, c.v, got, c.want)
		}
	}
}
