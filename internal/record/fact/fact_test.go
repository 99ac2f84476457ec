package fact_test

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"regulars/internal/base/fault"
	"regulars/internal/record/fact"
)

func TestIDsSortByTimeAndNeverRepeat(t *testing.T) {
	t.Parallel()
	var ids fact.IDs
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	var lock sync.Mutex
	seen := map[int64]bool{}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			last := int64(0)
			for range 2000 {
				id := ids.New(now)
				if id <= last {
					t.Errorf("%d after %d", id, last)
				}
				last = id
				lock.Lock()
				if seen[id] {
					t.Errorf("%d twice", id)
				}
				seen[id] = true
				lock.Unlock()
			}
		})
	}
	all.Wait()
	if back := ids.New(now.Add(-time.Hour)); seen[back] || back <= 0 {
		t.Errorf("a clock that goes back makes %d", back)
	}
	if before, after := ids.New(now), ids.New(now.Add(time.Minute)); after <= before {
		t.Errorf("a minute later than %d is %d", before, after)
	}
}

func TestHashIDTellsPartsApart(t *testing.T) {
	t.Parallel()
	parts := [][]string{{}, {""}, {"a", "b"}, {"ab"}, {"a", "", "b"}, {"b", "a"}}
	seen := map[int64][]string{}
	for _, p := range parts {
		id := fact.HashID(p...)
		if id <= 0 || id != fact.HashID(p...) {
			t.Errorf("%q has the id %d", p, id)
		}
		if other, there := seen[id]; there {
			t.Errorf("%q and %q have the same id", p, other)
		}
		seen[id] = p
	}
	// Kept in databases: it must never be another one.
	if id := fact.HashID("product", "espresso"); id != 4403974502539749209 {
		t.Errorf("espresso has the id %d", id)
	}
}

func TestAMomentOnTheClockOfTheBusiness(t *testing.T) {
	t.Parallel()
	athens, err := time.LoadLocation("Europe/Athens")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		utc, local string
		month      int64
	}{
		{"2026-01-31T22:30:00Z", "2026-02-01T00:30:00Z", 2026*12 + 1},
		{"2026-07-31T20:59:59Z", "2026-07-31T23:59:59Z", 2026*12 + 6},
		{"1969-12-31T21:59:59Z", "1969-12-31T23:59:59Z", 1969*12 + 11},
		{"2026-10-25T00:30:00Z", "2026-10-25T03:30:00Z", 2026*12 + 9}, // the clock shows it twice
		{"2026-10-25T01:30:00Z", "2026-10-25T03:30:00Z", 2026*12 + 9},
	} {
		utc, err := time.Parse(time.RFC3339, c.utc)
		if err != nil {
			t.Fatal(err)
		}
		m := fact.At(utc, athens)
		if got := time.UnixMicro(m.Local).UTC().Format(time.RFC3339); got != c.local || m.UTC != utc.UnixMicro() {
			t.Errorf("%s is %s, want %s", c.utc, got, c.local)
		}
		var months fact.Months
		if m.Month() != c.month || months.Of(m) != c.month || months.Of(m) != c.month {
			t.Errorf("%s is in month %d, want %d", c.utc, m.Month(), c.month)
		}
	}
}

func TestAttributesThereAndBack(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   fact.Attributes
		text string
	}{
		{nil, ""},
		{fact.Attributes{{Name: "a", Value: ""}}, ""},
		{fact.Attributes{{Name: "b", Value: "2"}, {Name: "a", Value: "1"}}, `{"a":"1","b":"2"}`},
		{fact.Attributes{{Name: "a", Value: "1"}, {Name: "a", Value: "2"}}, `{"a":"2"}`},
		{fact.Attributes{{Name: "a", Value: "1"}, {Name: "a", Value: ""}}, ""},
		{fact.Attributes{{Name: `q"\`, Value: "line\nbreak\t\x00"}}, `{"q\"\\":"line\u000abreak\u0009` + "\ufffd" + `"}`},
	} {
		if got := c.in.Text(); got != c.text {
			t.Errorf("%v is written %s, want %s", c.in, got, c.text)
		}
	}
	if err := (fact.Attributes{{Name: " ", Value: "x"}}).Check(); fault.KindOf(err) != fault.Invalid {
		t.Errorf("no name: %v", err)
	}
	if err := (fact.Attributes{{Name: "a", Value: strings.Repeat("x", 5000)}}).Check(); fault.KindOf(err) != fault.Invalid {
		t.Errorf("too long: %v", err)
	}
	for _, bad := range []string{"[]", `{"a":1}`, `{"a":{"b":"c"}}`, `{"a"`} {
		if _, err := fact.ParseAttributes(bad); err == nil {
			t.Errorf("%s is read", bad)
		}
	}
}

func FuzzAttributes(f *testing.F) {
	f.Add("a", "1", "b", "2")
	f.Add("ä\x00", "\"\\\n", "a", "\u2028\U0001F600")
	f.Add("", "x", "\xff", "\xfe")
	f.Fuzz(func(t *testing.T, n1, v1, n2, v2 string) {
		in := fact.Attributes{{Name: n1, Value: v1}, {Name: n2, Value: v2}}
		text := in.Text()
		if text == "" {
			return
		}
		if !json.Valid([]byte(text)) || strings.ContainsRune(text, 0) || !utf8.ValidString(text) {
			t.Fatalf("%q is no JSON that a database keeps", text)
		}
		out, err := fact.ParseAttributes(text)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if again := slices.Clone(out).Text(); again != text && n1 != n2 && utf8.ValidString(n1+n2+v1+v2) && !strings.ContainsRune(n1+n2, 0) {
			t.Fatalf("%q becomes %q", text, again)
		}
	})
}
