package locale

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func get(tb testing.TB, tag string) *Locale {
	tb.Helper()
	l, err := Get(tag)
	if err != nil {
		tb.Fatal(err)
	}
	return l
}

// expect compares what each language writes; in the wanted texts _ is the space that does not break.
func expect(t *testing.T, want map[string]string, write func(*Locale) string) {
	t.Helper()
	if len(want) != len(Tags()) {
		t.Fatalf("%d languages are expected of %d", len(want), len(Tags()))
	}
	for tag, text := range want {
		if got := write(get(t, tag)); got != strings.ReplaceAll(text, "_", nbsp) {
			t.Errorf("%s: got %q, want %q", tag, got, text)
		}
	}
}

// The wanted texts of this file were compared with ICU (CLDR 48, Intl.NumberFormat), but for the minus sign.

func TestInteger(t *testing.T) {
	t.Parallel()
	expect(t, map[string]string{"en": "541,909", "ru": "541_909", "zh": "541,909", "el": "541.909", "mk": "541.909"},
		func(l *Locale) string { return l.Integer(541909) })
	expect(t, map[string]string{"en": "−1,000", "ru": "−1_000", "zh": "−1,000", "el": "−1.000", "mk": "−1.000"},
		func(l *Locale) string { return l.Integer(-1000) })
	for n, want := range map[int64]string{0: "0", 7: "7", 999: "999", 1000: "1,000", 12345678: "12,345,678",
		math.MinInt64: "−9,223,372,036,854,775,808"} {
		if got := get(t, "en").Integer(n); got != want {
			t.Errorf("%d: got %q, want %q", n, got, want)
		}
	}
}

func TestNumber(t *testing.T) {
	t.Parallel()
	expect(t, map[string]string{"en": "−8,911,407.90", "ru": "−8_911_407,90", "zh": "−8,911,407.90",
		"el": "−8.911.407,90", "mk": "−8.911.407,90"},
		func(l *Locale) string { return l.Number(-8911407.9, 2) })
	cases := []struct {
		v      float64
		digits int
		want   string
	}{
		{0, 0, "0"}, {0, 2, "0.00"}, {1.005, 2, "1.01"}, {12.95, 1, "13.0"}, {-12.25, 1, "−12.3"},
		{2.5, 0, "3"}, {2.4999, 0, "2"}, {5, 0, "5"}, {55, 0, "55"}, {0.5, 0, "1"}, {2.5, 1, "2.5"}, {999.96, 1, "1,000.0"},
		{-0.04, 1, "0.0"}, {math.Copysign(0, -1), 0, "0"}, {-0.06, 1, "−0.1"},
		{math.NaN(), 1, "–"}, {math.Inf(1), 1, "–"}, {math.Inf(-1), 0, "–"},
	}
	for _, c := range cases {
		if got := get(t, "en").Number(c.v, c.digits); got != c.want {
			t.Errorf("%v to %d digits: got %q, want %q", c.v, c.digits, got, c.want)
		}
	}
}

func TestPercent(t *testing.T) {
	t.Parallel()
	expect(t, map[string]string{"en": "36.0%", "ru": "36,0_%", "zh": "36.0%", "el": "36,0%", "mk": "36,0_%"},
		func(l *Locale) string { return l.Percent(36, 1) })
	expect(t, map[string]string{"en": "−2%", "ru": "−2_%", "zh": "−2%", "el": "−2%", "mk": "−2_%"},
		func(l *Locale) string { return l.Percent(-2, 0) })
	expect(t, map[string]string{"en": "–", "ru": "–", "zh": "–", "el": "–", "mk": "–"},
		func(l *Locale) string { return l.Percent(math.NaN(), 1) })
}

// What is written reads back as the number it was, in every language.
func TestNumbersReadBack(t *testing.T) {
	t.Parallel()
	for _, tag := range Tags() {
		l := get(t, tag)
		rapid.Check(t, func(t *rapid.T) {
			n := rapid.Int64().Draw(t, "n")
			text := strings.NewReplacer(minus, "-", l.style.group, "").Replace(l.Integer(n))
			if back, err := strconv.ParseInt(text, 10, 64); err != nil || back != n {
				t.Fatalf("%s: %d is written %q, read back %d, %v", tag, n, l.Integer(n), back, err)
			}
			money := strings.NewReplacer(minus, "-", l.style.group, "", l.style.decimal, "").Replace(l.Money(n, ""))
			if back, err := strconv.ParseInt(money, 10, 64); err != nil || back != n {
				t.Fatalf("%s: %d minor units are written %q, read back %d, %v", tag, n, l.Money(n, ""), back, err)
			}
			v := rapid.Float64Range(-1e9, 1e9).Draw(t, "v")
			text = strings.NewReplacer(minus, "-", l.style.group, "", l.style.decimal, ".").Replace(l.Number(v, 2))
			if back, err := strconv.ParseFloat(text, 64); err != nil || math.Abs(back-v) > 0.005001 {
				t.Fatalf("%s: %v is written %q, read back %v, %v", tag, v, l.Number(v, 2), back, err)
			}
		})
	}
}
