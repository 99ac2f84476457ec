package parse

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func zone(tb testing.TB, name string) *time.Location {
	tb.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		tb.Fatal(err)
	}
	return z
}

func TestClock(t *testing.T) {
	t.Parallel()
	tests := []struct{ zone, text, utc, local string }{
		{"UTC", "2011-12-01 08:26", "2011-12-01 08:26", "2011-12-01 08:26"},
		{"Europe/Skopje", "2011-12-01 08:26", "2011-12-01 07:26", "2011-12-01 08:26"},
		{"Europe/Skopje", "2011-12-01 08:26 +03:00", "2011-12-01 05:26", "2011-12-01 06:26"},
		{"Europe/Skopje", "2011-12-01T23:30:00Z", "2011-12-01 23:30", "2011-12-02 00:30"},
		// The hour skipped in spring: the offset before the change, and what the clocks showed at that instant.
		{"Europe/Athens", "2024-03-31 02:59", "2024-03-31 00:59", "2024-03-31 02:59"},
		{"Europe/Athens", "2024-03-31 03:30", "2024-03-31 01:30", "2024-03-31 04:30"},
		{"Europe/Athens", "2024-03-31 04:00", "2024-03-31 01:00", "2024-03-31 04:00"},
		// The hour repeated in autumn: the first of the two.
		{"Europe/Athens", "2024-10-27 03:30", "2024-10-27 00:30", "2024-10-27 03:30"},
		{"Europe/Athens", "2024-10-27 04:00", "2024-10-27 02:00", "2024-10-27 04:00"},
		{"America/New_York", "2024-03-10 02:30", "2024-03-10 07:30", "2024-03-10 03:30"},
		{"America/New_York", "2024-11-03 01:30", "2024-11-03 05:30", "2024-11-03 01:30"},
		// Midnight itself skipped, and a whole day.
		{"America/Sao_Paulo", "2018-11-04", "2018-11-04 03:00", "2018-11-04 01:00"},
		{"Pacific/Apia", "2011-12-30 12:00", "2011-12-30 22:00", "2011-12-31 12:00"},
		{"Pacific/Kiritimati", "2024-06-01", "2024-05-31 10:00", "2024-06-01 00:00"},
		{"Pacific/Pago_Pago", "2024-06-01", "2024-06-01 11:00", "2024-06-01 00:00"},
		{"Asia/Kolkata", "2024-06-01 00:00", "2024-05-31 18:30", "2024-06-01 00:00"},
	}
	for _, tt := range tests {
		st, ok := DateStyle{}.Parse([]byte(tt.text))
		if !ok {
			t.Fatalf("%q cannot be read", tt.text)
		}
		utc, local := NewClock(zone(t, tt.zone)).Resolve(st)
		show := func(v int64) string { return time.UnixMicro(v).UTC().Format("2006-01-02 15:04") }
		if show(utc) != tt.utc || show(local) != tt.local {
			t.Errorf("%s in %s = %s, %s; want %s, %s", tt.text, tt.zone, show(utc), show(local), tt.utc, tt.local)
		}
	}
}

// TestClockAgainstTime resolves random times with one clock, so that what it remembers is tried too.
func TestClockAgainstTime(t *testing.T) {
	t.Parallel()
	names := []string{"UTC", "Europe/Athens", "America/New_York", "Pacific/Apia", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kathmandu", "Europe/Moscow", "Africa/Casablanca"}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(names).Draw(t, "zone")
		loc, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		c := NewClock(loc)
		for range rapid.IntRange(1, 20).Draw(t, "n") {
			wall := rapid.Int64Range(0, 60*365*86_400).Draw(t, "wall")
			utc, local := c.Resolve(Stamp{Wall: wall * microsPerSecond})
			_, offset := time.UnixMicro(utc).In(loc).Zone()
			if local != utc+int64(offset)*microsPerSecond {
				t.Fatalf("%d in %s: local time and instant disagree", wall, name)
			}
			w := time.Unix(wall, 0).UTC()
			want := time.Date(w.Year(), w.Month(), w.Day(), w.Hour(), w.Minute(), w.Second(), 0, loc)
			if _, o := want.Zone(); want.Unix()+int64(o) != wall {
				continue // skipped by a clock change
			}
			earlier := want.Add(-3 * time.Hour)
			for ; earlier.Before(want); earlier = earlier.Add(30 * time.Minute) {
				if _, o := earlier.Zone(); earlier.Unix()+int64(o) == wall {
					want = earlier // repeated: the first
					break
				}
			}
			if utc != want.UnixMicro() {
				t.Fatalf("%s in %s = %s, want %s", w, name, time.UnixMicro(utc).UTC(), want.UTC())
			}
			if u, l := c.Resolve(Stamp{Wall: utc, Zoned: true}); u != utc || l != local {
				t.Fatalf("%s in %s does not come back", w, name)
			}
		}
	})
}

func TestChineseTimes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"8时26分": 8*3600 + 26*60, "8点26分30秒": 8*3600 + 26*60 + 30, "下午8时": 20 * 3600, "上午12点5分": 5 * 60, "23时59分59秒": 86_399,
		"24时": -1, "8时61分": -1, "8时123分": -1, "8时26": -1, "时26分": -1, "8分": -1, "8时26分30": -1, "8时26分30秒9": -1,
	} {
		micros, ok := TimeOfDay([]byte(text))
		if ok != (want >= 0) || ok && micros != want*microsPerSecond {
			t.Errorf("%s = %d, %v, want %d", text, micros, ok, want)
		}
	}
}
