package member

import (
	"testing"
	"time"
)

// The day is that on the clocks of the business, and never the day of joining itself.
func TestAnniversaries(t *testing.T) {
	t.Parallel()
	athens, err := time.LoadLocation("Europe/Athens")
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range []struct {
		joined, day string
		is          bool
	}{
		{"2024-03-03T10:00:00Z", "2026-03-03", true}, {"2024-03-03T10:00:00Z", "2026-03-02", false}, {"2024-03-03T10:00:00Z", "2024-03-03", false},
		{"2024-03-03T22:30:00Z", "2025-03-04", true}, {"2024-03-03T22:30:00Z", "2025-03-03", false}, // after midnight in Athens
		{"2024-02-29T10:00:00Z", "2025-02-28", true}, {"2024-02-29T10:00:00Z", "2025-03-01", false}, {"2024-02-29T10:00:00Z", "2028-02-28", false},
		{"2024-02-29T10:00:00Z", "2028-02-29", true}, {"2023-02-28T10:00:00Z", "2024-02-29", false}, {"2027-03-03T10:00:00Z", "2026-03-03", false},
	} {
		joined, err := time.Parse(time.RFC3339, one.joined)
		if err != nil {
			t.Fatal(err)
		}
		day, err := time.ParseInLocation(time.DateOnly, one.day, athens)
		if err != nil {
			t.Fatal(err)
		}
		m := Membership{Joined: joined}
		if is := m.Anniversary(day.Add(8 * time.Hour)); is != one.is {
			t.Errorf("who joined at %s has an anniversary on %s: %v", one.joined, one.day, is)
		}
	}
}
