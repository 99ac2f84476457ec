package analysis_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/stats"
	"regulars/internal/measure/metric"
	"regulars/internal/measure/mirror"
	"regulars/internal/measure/mirror/mirrortest"
	"regulars/internal/measure/report"
	"regulars/internal/record/business"
	"regulars/internal/record/schema/schematest"
	"regulars/internal/understand/analysis"
)

func store(t *testing.T) *db.DB {
	t.Helper()
	d := schematest.Open(t, schematest.SQLite(t))
	if err := d.Write(t.Context(), func(tx *db.Tx) error {
		_, err := business.Agree(tx, business.Business{Zone: time.UTC, Currency: "EUR"})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return d
}

// Two questions are worked at and the third waits, whatever they are, until a place is free or whoever asks has gone.
func TestAFewAtATime(t *testing.T) {
	t.Parallel()
	d := store(t)
	desk := analysis.New(d, mirrortest.Facts(t, d))
	first, err := desk.Place(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	second, err := desk.Place(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	impatient, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	if _, err := desk.Draw(impatient); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a third beside two: %v", err)
	}
	if _, err := desk.Members(impatient, report.Options{}, "", nil, 5); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("and a fourth: %v", err)
	}
	var drawn atomic.Bool
	done := make(chan error, 1)
	go func() {
		_, err := desk.Draw(t.Context())
		drawn.Store(true)
		done <- err
	}()
	time.Sleep(30 * time.Millisecond)
	if drawn.Load() {
		t.Error("it did not wait")
	}
	first()
	if err := <-done; err != nil {
		t.Errorf("once there is a place: %v", err)
	}
	second()
	for range 5 { // places come back, whatever became of the questions
		if _, err := desk.Picture(t.Context(), report.Options{Measures: []string{"no_such"}}); err == nil {
			t.Error("a measure that there is not was worked out")
		}
	}
	if _, err := desk.Draw(t.Context()); err != nil {
		t.Error(err)
	}
}

// What floors above bring is in the pictures, and what goes wrong there is told.
func TestMoreMeasures(t *testing.T) {
	t.Parallel()
	d := store(t)
	var broken atomic.Bool
	answer := metric.Given("answer", metric.Percent, metric.Higher, func(*metric.Settings) (stats.Interval, string) {
		return stats.Interval{Value: 42, N: 7}, ""
	})
	desk := analysis.New(d, mirrortest.Facts(t, d), func(tx *db.Tx, store *db.DB) ([]*metric.Definition, error) {
		if tx == nil || store != d {
			t.Error("it is asked of another store")
		}
		if broken.Load() {
			return nil, errors.New("the other floor is closed")
		}
		return []*metric.Definition{answer}, nil
	})
	p, err := desk.Picture(t.Context(), report.Options{Measures: []string{"answer"}})
	if err != nil || len(p.Measures) != 1 || p.Measures[0].Value == nil || *p.Measures[0].Value != 42 {
		t.Errorf("%+v, %v", p, err)
	}
	broken.Store(true)
	if _, err := desk.Draw(t.Context()); err == nil || err.Error() != "the other floor is closed" {
		t.Errorf("%v", err)
	}
	failing := analysis.New(d, func(context.Context, mirror.View) (*mirror.Source, error) { return nil, errors.New("no copy") })
	for range 3 {
		if _, err := failing.Draw(t.Context()); err == nil || err.Error() != "no copy" {
			t.Errorf("%v", err)
		}
	}
}

// Every measure is once in the catalogue.
func TestTheCatalogueIsWhole(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, d := range analysis.Catalogue() {
		if seen[d.Key] {
			t.Errorf("%s is there twice", d.Key)
		}
		seen[d.Key] = true
	}
	for _, key := range []string{"repurchase_rate", "nps", "clv_predicted", "enrolment_rate", "liability", "member_lift_value_matched"} {
		if !seen[key] {
			t.Errorf("%s is missing", key)
		}
	}
}
