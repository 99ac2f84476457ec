package notice_test

import (
	"testing"
	"time"

	"regulars/internal/act/member"
	"regulars/internal/act/notice"
	"regulars/internal/base/db"
)

func TestWhenSomebodyMayBeWoken(t *testing.T) {
	t.Parallel()
	athens, err := time.LoadLocation("Europe/Athens")
	if err != nil {
		t.Fatal(err)
	}
	at := func(text string) time.Time {
		t.Helper()
		now, err := time.ParseInLocation("2006-01-02 15:04", text, athens)
		if err != nil {
			t.Fatal(err)
		}
		return now
	}
	for _, c := range []struct{ from, until, now, woken string }{
		{"", "", "2026-03-03 20:59", "2026-03-03 20:59"},
		{"", "", "2026-03-03 21:00", "2026-03-04 08:00"},
		{"", "", "2026-03-31 23:59", "2026-04-01 08:00"},
		{"", "", "2026-03-04 07:59", "2026-03-04 08:00"},
		{"", "", "2026-03-04 08:00", "2026-03-04 08:00"},
		{"", "", "2026-03-28 22:00", "2026-03-29 08:00"}, // the clocks go on an hour in between
		{"", "", "2026-10-24 22:00", "2026-10-25 08:00"}, // and back
		{"21:00", "21:00", "2026-03-03 21:00", "2026-03-03 21:00"},
		{"00:00", "00:00", "2026-03-03 00:00", "2026-03-03 00:00"},
		{"13:30", "15:15", "2026-03-03 13:29", "2026-03-03 13:29"},
		{"13:30", "15:15", "2026-03-03 13:30", "2026-03-03 15:15"},
		{"13:30", "15:15", "2026-03-03 15:15", "2026-03-03 15:15"},
		{"13:30", "15:15", "2026-03-03 23:00", "2026-03-03 23:00"},
		{"20:00", "00:00", "2026-12-31 23:00", "2027-01-01 00:00"},
		{"00:00", "08:00", "2026-03-03 23:59", "2026-03-03 23:59"},
		{"08:00", "07:59", "2026-03-03 08:00", "2026-03-04 07:59"},
	} {
		from, until := (&member.Settings{QuietFrom: c.from, QuietUntil: c.until}).Quiet()
		now, want := at(c.now), at(c.woken)
		if got := now.Add(notice.Woken(now, athens, from, until)); !got.Equal(want) {
			t.Errorf("%s, quiet from %s until %s: %s, want %s", c.now, c.from, c.until, got.In(athens), want)
		}
	}
	// Whatever the hours and the clocks, who waits so long is woken at most once more too early.
	for day := at("2026-03-28 00:00"); day.Before(at("2026-03-31 00:00")); day = day.Add(7 * time.Minute) {
		for from := time.Duration(0); from < 24*time.Hour; from += 97 * time.Minute {
			for until := time.Duration(0); until < 24*time.Hour; until += 83 * time.Minute {
				wait := notice.Woken(day, athens, from, until)
				if again := notice.Woken(day.Add(wait), athens, from, until); wait < 0 || wait > 25*time.Hour || again != 0 {
					t.Fatalf("%s, from %s until %s: %s, and then %s", day, from, until, wait, again)
				}
			}
		}
	}
}

func TestTheHoursAreTheBusinesss(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		ada := s.person("ada")
		s.has(ada)
		s.agrees(ada, member.NewsChannel, member.NewsPurpose, true)
		quiet := func(from, until string) {
			t.Helper()
			s.write(func(tx *db.Tx) error {
				return member.Save(tx, member.Settings{Open: true, QuietFrom: from, QuietUntil: until})
			})
		}
		told := func(n int) {
			t.Helper()
			s.idle()
			if got := s.pushes.Taken(); len(got) != n {
				t.Fatalf("%d were told, want %d", len(got), n)
			}
		}
		s.us.Store(time.Date(2026, 3, 3, 12, 30, 0, 0, time.UTC).UnixMicro()) // half past two in Athens
		quiet("14:00", "16:30")
		s.tell(ada, "news", "at lunch")
		told(0)
		// The hours are others by the time that it would be told: it waits on.
		quiet("14:00", "17:00")
		s.us.Store(time.Date(2026, 3, 3, 14, 31, 0, 0, time.UTC).UnixMicro())
		told(0)
		s.us.Store(time.Date(2026, 3, 3, 15, 1, 0, 0, time.UTC).UnixMicro())
		told(1)
		quiet("21:00", "21:00")
		s.us.Store(time.Date(2026, 3, 3, 21, 30, 0, 0, time.UTC).UnixMicro())
		s.tell(ada, "news", "at night")
		told(2)
	})
}
