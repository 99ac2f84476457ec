package locale

import (
	"fmt"
	"testing"
	"time"
)

func TestDates(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 3, 3, 15, 4, 5, 0, time.FixedZone("", 14*3600))
	expect(t, map[string]string{"en": "3 March 2026", "ru": "3 марта 2026_г.", "zh": "2026年3月3日",
		"el": "3 Μαρτίου 2026", "mk": "3 март 2026"}, func(l *Locale) string { return l.Date(day) })
	expect(t, map[string]string{"en": "3 Mar 2026", "ru": "03.03.2026", "zh": "2026/3/3", "el": "3 Μαρ 2026",
		"mk": "3.3.2026"}, func(l *Locale) string { return l.DateShort(day) })
	expect(t, map[string]string{"en": "March 2026", "ru": "март 2026_г.", "zh": "2026年3月", "el": "Μάρτιος 2026",
		"mk": "март 2026"}, func(l *Locale) string { return l.Month(day) })
	expect(t, map[string]string{"en": "Mar 2026", "ru": "март 2026", "zh": "2026年3月", "el": "Μαρ 2026",
		"mk": "мар. 2026"}, func(l *Locale) string { return l.MonthShort(day) })
	expect(t, map[string]string{"en": "3 March", "ru": "3 марта", "zh": "3月3日", "el": "3 Μαρτίου", "mk": "3 март"}, func(l *Locale) string { return l.DayMonth(day) })

	leap := time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)
	expect(t, map[string]string{"en": "29 February 2024", "ru": "29 февраля 2024_г.", "zh": "2024年2月29日",
		"el": "29 Φεβρουαρίου 2024", "mk": "29 февруари 2024"}, func(l *Locale) string { return l.Date(leap) })
	expect(t, map[string]string{"en": "29 Feb 2024", "ru": "29.02.2024", "zh": "2024/2/29", "el": "29 Φεβ 2024",
		"mk": "29.2.2024"}, func(l *Locale) string { return l.DateShort(leap) })
}

func TestPeriod(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	cases := map[string]map[string]string{
		"day": {"en": "1 May 2026", "ru": "01.05.2026", "zh": "2026/5/1", "el": "1 Μαΐ 2026", "mk": "1.5.2026"},
		"week": {"en": "week of 1 May 2026", "ru": "неделя с 01.05.2026", "zh": "2026/5/1 起的一周",
			"el": "εβδομάδα από 1 Μαΐ 2026", "mk": "недела од 1.5.2026"},
		"month":   {"en": "May 2026", "ru": "май 2026", "zh": "2026年5月", "el": "Μαΐ 2026", "mk": "мај 2026"},
		"quarter": {"en": "Q2 2026", "ru": "2_кв. 2026", "zh": "2026年第2季度", "el": "2ο τρίμ. 2026", "mk": "2. кв. 2026"},
		"year":    {"en": "2026", "ru": "2026", "zh": "2026年", "el": "2026", "mk": "2026"},
	}
	for period, want := range cases {
		expect(t, want, func(l *Locale) string { return l.Period(day, period) })
	}
	for month, quarter := range map[time.Month]string{1: "Q1", 3: "Q1", 4: "Q2", 6: "Q2", 7: "Q3", 9: "Q3", 10: "Q4", 12: "Q4"} {
		got := get(t, "en").Period(time.Date(1999, month, 1, 0, 0, 0, 0, time.UTC), "quarter")
		if got != quarter+" 1999" {
			t.Errorf("%s: got %q", month, got)
		}
	}
}

// Twelve months in twelve different words, in every way of writing them.
func TestMonthsAreTold(t *testing.T) {
	t.Parallel()
	for _, tag := range Tags() {
		l := get(t, tag)
		for name, write := range map[string]func(time.Time) string{"Date": l.Date, "DateShort": l.DateShort,
			"Month": l.Month, "MonthShort": l.MonthShort} {
			seen := make(map[string]bool)
			for m := time.January; m <= time.December; m++ {
				seen[write(time.Date(2026, m, 1, 0, 0, 0, 0, time.UTC))] = true
			}
			if len(seen) != 12 {
				t.Errorf("%s: %s writes only %d different months", tag, name, len(seen))
			}
		}
	}
}

func ExampleLocale_Date() {
	l, err := Get("ru")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(l.Month(time.Date(2026, 3, 3, 0, 0, 0, 0, time.UTC)) == "март 2026\u00a0г.")
	// Output: true
}
