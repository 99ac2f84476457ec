package programme_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"regulars/internal/act/programme"
	"regulars/internal/base/locale"
)

// What is another in a draft is said in the words of the terms, new, changed or gone; and nothing of what is the same.
func TestChangesAreSaidInWords(t *testing.T) {
	t.Parallel()
	l, err := locale.Get("en")
	if err != nil {
		t.Fatal(err)
	}
	compile := func(text string) *programme.Compiled {
		d, err := programme.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		c, err := programme.Compile(d, 1, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	const before = `{"name": "Café", "units": [{"unit": "points"}],
		"rules": [{"rule": "rate", "name": "A point a euro", "effect": {"rate": {"unit": "points", "units": 1, "per_minor": 100}}},
			{"rule": "tea", "name": "Tea", "lines": "line.category == 'tea'", "effect": {"discount": {"percent": 10}}},
			{"rule": "hello", "name": "Welcome", "on": "sign_up", "effect": {"fixed": {"unit": "points", "units": 5}}}],
		"tiers": {"by": "spend", "window": "lifetime", "levels": [{"tier": "a", "name": "Bronze", "from": 0}, {"tier": "b", "name": "Silver", "from": 10000}]},
		"rewards": [{"reward": "cake", "name": "A cake", "kind": "gift", "unit": "points", "price": 100}]}`
	const after = `{"name": "Café", "members_only": true, "units": [{"unit": "points", "expiry": {"kind": "after", "n": 6, "every": "months"}}],
		"rules": [{"rule": "hello", "name": "Welcome", "on": "sign_up", "effect": {"fixed": {"unit": "points", "units": 5}}},
			{"rule": "rate", "name": "Two points a euro", "effect": {"rate": {"unit": "points", "units": 2, "per_minor": 100}}},
			{"rule": "new", "name": "Happy birthday", "on": "birthday", "effect": {"fixed": {"unit": "points", "units": 50}}}],
		"off": [{"rule": "tea", "name": "Tea", "lines": "line.category == 'tea'", "effect": {"discount": {"percent": 10}}}],
		"tiers": {"by": "spend", "window": "lifetime", "levels": [{"tier": "a", "name": "Bronze", "from": 0}, {"tier": "b", "name": "Silver", "from": 20000}]}}`
	var got []string
	for _, c := range compile(after).Changes(compile(before), l, "EUR", 2) {
		got = append(got, fmt.Sprintf("%s | %s | %s", c.Name, c.Before, c.After))
	}
	want := []string{
		"Café | Café | Only who has joined earns.",
		"Two points a euro | A point a euro: 1 point for every €1.00 | Two points a euro: 2 points for every €1.00",
		"Happy birthday |  | 50 points, on your birthday",
		"Tea | 10% off, on tea | switched off: 10% off, on tea",
		"Silver | from €100.00 altogether | from €200.00 altogether",
		"points | points | good for 6 months after they were earned",
		"A cake | 100 points | ",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	cafe, err := os.ReadFile("../../../docs/cafe.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{before, after, string(cafe)} {
		if all := compile(text).Changes(compile(text), l, "EUR", 2); len(all) > 0 {
			t.Errorf("beside itself: %+v", all)
		}
	}
}
