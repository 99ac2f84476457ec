package metric_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"regulars/internal/measure/metric"
)

// TestScripts runs testdata/*.test, by every road from facts to figures. A file holds cases, each under a line "== what it shows":
//
//	zone Europe/Athens                  what the clocks of the business show; UTC where not said
//	asof 2024-01-01                     moments are dates, with a time of day where one follows, in the zone;
//	window 2023-01-01 2024-01-01        with a Z at the end they are UTC
//	activity 90                         settings: also second, top, rfm, nps, csat, unit, by, where, period
//	sale   anna 2023-03-01 10:00 12.50 coffee/drinks order A1 store=north
//	return anna 2023-05-01 20.00 order A1
//	answer anna 2023-03-02 nps 9        or nps skipped; delivered, finished; case replied 5m solved 2h due 1d
//	person anna channel=ads referred=yes country=Greece
//	cost   2023-01-01 ads 100.00        or ads 100.00 retention
//
// A dash for a name is somebody unknown. Any line may end in "x 70": seventy times; a name that ends in * is then
// seventy people. After a line "---" stands what must come out, to the digits written:
//
//	repurchase_rate = 0.0 [0.0 79.3] n 1      the interval and n where they matter; [-]: no interval
//	upsell_ratio = undefined divisor_zero
//	nps before = 10                           of the window before
//	nps change = 48.5 p 0.0000 real           p and verdict
//	nps in 2023-01-01 = 10                    of a period
//	revenue of north = 10.00                  of a group; or: hidden
//	customer anna = 25 2 30.00 r 5 f 1 m 3 champions
//	segment champions = 3
//	cohort 2023-01 = 3 2 1
//	cohort 2023-01 revenue = 10.00 20.00 20.00
//	moved new lost = 2
//	setting activity_days = 90
//	people = 3, orders = 7, returns only = 1
func TestScripts(t *testing.T) {
	t.Parallel()
	from := newShelves(t)
	files, err := filepath.Glob("testdata/*.test")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts in testdata: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".test"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			runScript(t, from, file, string(text))
		})
	}
}

func runScript(t *testing.T, from *shelves, file, text string) {
	t.Helper()
	var s *script
	run := func() {
		if s == nil {
			return
		}
		s.b.pad()
		for _, r := range []road{byFile, byCopy, byDatabase} {
			t.Run(s.title+" by "+string(r), func(t *testing.T) { s.run(t, r, from) })
		}
	}
	for i, line := range strings.Split(text, "\n") {
		if at := strings.Index(line, "#"); at >= 0 {
			line = line[:at]
		}
		line = strings.TrimSpace(line)
		title, isTitle := strings.CutPrefix(line, "== ")
		switch {
		case line == "":
		case isTitle:
			run()
			s = newScript(title)
		case s == nil:
			t.Fatalf("%s:%d: a case begins with == and what it shows", file, i+1)
		case line == "---":
			s.expecting = true
		case s.expecting:
			s.expected = append(s.expected, expectation{fmt.Sprintf("%s:%d", file, i+1), line})
		default:
			if err := s.fact(line); err != nil {
				t.Fatalf("%s:%d: %v", file, i+1, err)
			}
		}
	}
	run()
}

// expectation is one line of what must come out, and where it stands.
type expectation struct{ where, line string }

func (s *script) run(t *testing.T, by road, from *shelves) {
	t.Helper()
	if len(s.expected) == 0 {
		t.Fatal("nothing is expected of the case")
	}
	e, err := metric.New(t.Context(), by.take(t, from, s.b, s.set.AsOf), s.set)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	r := &results{T: t, e: e, measures: map[string]metric.Measure{}}
	r.ask(s)
	for _, x := range s.expected {
		if err := r.expect(x.line); err != nil {
			t.Errorf("%s: %v", x.where, err)
		}
	}
}
