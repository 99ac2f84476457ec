package starter_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"regulars/internal/act/programme/starter"
	"regulars/internal/base/fault"
	"regulars/internal/base/locale"
)

// A challenge of a month begins with the month, or while most of it is ahead.
func TestTheFirstDayOfAChallenge(t *testing.T) {
	t.Parallel()
	for today, want := range map[string]string{"2026-11-01": "2026-11-01", "2026-11-07": "2026-11-07", "2026-11-08": "2026-12-01", "2026-12-31": "2027-01-01", "2027-01-31": "2027-02-01"} {
		at, err := time.Parse(time.DateOnly, today)
		if got := starter.Begins(at); err != nil || got != want {
			t.Errorf("on %s it begins on %s, want %s, %v", today, got, want, err)
		}
	}
}

// Where nobody knows what an order comes to, each kind of business has a reward that its customers come to.
func TestWhatIsProposedToWhoHasNoOrders(t *testing.T) {
	t.Parallel()
	for kind, off := range map[starter.Kind]int64{starter.Cafe: 200, starter.Clothes: 2000, starter.Online: 2000, starter.Subscription: 1000} {
		if c := starter.Suggest(kind, starter.Visits, 0, 2); c.Off != off {
			t.Errorf("%s: %d off, want %d", kind, c.Off, off)
		}
	}
}

// Points are given in numbers that one remembers, whatever an order comes to.
func TestPointsProposedAreRoundNumbers(t *testing.T) {
	t.Parallel()
	for minor, want := range map[int64]int64{1034: 100, 770: 75, 1250: 150, 12: 1, 8_777: 900, 123_456: 10_000} {
		if c := starter.Suggest(starter.Cafe, starter.Visits, minor, 2); c.Birthday != want || c.Anniversary != want {
			t.Errorf("orders of %d: %d on birthdays, want %d", minor, c.Birthday, want)
		}
	}
}

// Members who read another language than the owner read the names of what was proposed in theirs.
func TestNamesProposedAreInEveryLanguage(t *testing.T) {
	t.Parallel()
	for _, tag := range locale.Tags() {
		l, err := locale.Get(tag)
		if err != nil {
			t.Fatal(err)
		}
		for _, kind := range starter.Kinds() {
			for _, goal := range starter.Goals() {
				c := starter.Suggest(kind, goal, 1000, 2)
				c.Name, c.Of = "Café", "Coffee"
				d, err := c.Document(l, "EUR", 2)
				if err != nil {
					t.Fatal(err)
				}
				for _, other := range locale.Tags() {
					if n := len(d.Translations[other]); other != tag && n != len(d.Texts()) || other == tag && n != 0 {
						t.Errorf("%s %s in %s: %d names of %d are in %s", kind, goal, tag, n, len(d.Texts()), other)
					}
				}
			}
		}
	}
	l, err := locale.Get("el")
	if err != nil {
		t.Fatal(err)
	}
	c := starter.Suggest(starter.Cafe, starter.Visits, 1000, 2)
	c.Name, c.Of = "Café", "Καφές"
	d, err := c.Document(l, "EUR", 2)
	if err != nil || d.Translations["en"]["Χρόνια πολλά"] != "Happy birthday" || d.Translations["en"]["Έκπτωση 5,00\u00a0€"] != "€5.00 off" {
		t.Errorf("%v, %v", d.Translations["en"], err)
	}
}

func TestChoicesThatMakeNoSense(t *testing.T) {
	t.Parallel()
	l, err := locale.Get("en")
	if err != nil {
		t.Fatal(err)
	}
	for field, change := range map[string]func(*starter.Choices){
		"name":     func(c *starter.Choices) { c.Name = " " },
		"back":     func(c *starter.Choices) { c.Back = math.NaN() },
		"months":   func(c *starter.Choices) { c.Months = -1 },
		"card":     func(c *starter.Choices) { c.Card = 1 },
		"of":       func(c *starter.Choices) { c.Card, c.Of = 10, "" },
		"second":   func(c *starter.Choices) { c.Second = -5 },
		"third":    func(c *starter.Choices) { c.Third = c.Second },
		"birthday": func(c *starter.Choices) { c.Birthday = 1 << 40 },
		"extra":    func(c *starter.Choices) { c.Extra = 0 },
		"basket":   func(c *starter.Choices) { c.Basket = 0 },
		"away":     func(c *starter.Choices) { c.Away = 0 },
		"month":    func(c *starter.Choices) { c.Month = 1 },
		"least":    func(c *starter.Choices) { c.Least = -1 },
		"off":      func(c *starter.Choices) { c.Off = 0 },
	} {
		c := starter.Suggest(starter.Cafe, starter.Visits, 620, 2)
		c.Name, c.Of, c.From = "Shop", "coffee", "2026-12-01"
		if _, err := c.Document(l, "EUR", 2); err != nil {
			t.Fatal(err)
		}
		change(&c)
		_, err := c.Document(l, "EUR", 2)
		var f *fault.Fault
		if !errors.As(err, &f) || f.Kind != fault.Invalid || f.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}
