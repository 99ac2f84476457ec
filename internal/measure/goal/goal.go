// Package goal keeps what a business wants its measures to come to, and says how far each has come.
//
// What always holds: a measure has one goal at most; a goal is reached for sure only where the whole interval has passed it.
//
// It works out no figures, and knows no pages.
package goal

import (
	"math"
	"slices"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/setting"
	"regulars/internal/measure/metric"
)

// Goal is what a measure is to come to, in its unit.
type Goal struct {
	Measure string  `json:"measure"`
	Value   float64 `json:"value"`
	Until   string  `json:"until,omitempty"` // the day, 2026-12-31; empty: some day
}

const (
	settingsKey = "goals"
	most        = 50
	valueMost   = 1e15
)

// All reads the goals, in the order in which they were set.
func All(tx *db.Tx) (all []Goal, err error) {
	_, err = setting.Load(tx, settingsKey, &all)
	return all, err
}

// Set sets the goal of a measure, in place of the one that it had.
func Set(tx *db.Tx, g Goal) error {
	if math.IsNaN(g.Value) || math.Abs(g.Value) > valueMost {
		return fault.In("value", fault.Coded("out_of_range", fault.Invalidf("a goal is a number, and not %g", g.Value)))
	}
	if _, err := time.Parse(time.DateOnly, g.Until); g.Until != "" && err != nil {
		return fault.In("until", fault.Coded("no_day", fault.Invalidf("%.20q is no day", g.Until)))
	}
	all, err := without(tx, g.Measure)
	if err != nil {
		return err
	}
	if len(all) >= most {
		return fault.Coded("goals_most", fault.Conflictf("there are %d goals, which are the most; remove one first", most))
	}
	return save(tx, append(all, g))
}

// Remove removes the goal of a measure, where it has one.
func Remove(tx *db.Tx, measure string) error {
	all, err := without(tx, measure)
	if err != nil {
		return err
	}
	return save(tx, all)
}

func without(tx *db.Tx, measure string) ([]Goal, error) {
	all, err := All(tx)
	return slices.DeleteFunc(all, func(g Goal) bool { return g.Measure == measure }), err
}

func save(tx *db.Tx, all []Goal) error {
	return setting.Save(tx, settingsKey, all)
}

// State is how far a measure has come.
type State string

// The states.
const (
	Reached State = "reached" // and it is no chance
	Just    State = "just"    // the figure has passed it, and its interval not wholly
	Close   State = "close"   // the interval holds it
	Away    State = "away"
	Unknown State = "unknown" // there is no figure
)

// Stands says how far the measure has come. Less is better where the measure says so.
func (g Goal) Stands(m *metric.Measure) State {
	if m.Value == nil {
		return Unknown
	}
	passed := func(v float64) bool { return v >= g.Value }
	worst, best := m.Low, m.High
	if m.Better == metric.Lower {
		passed = func(v float64) bool { return v <= g.Value }
		worst, best = m.High, m.Low
	}
	switch {
	case passed(*m.Value) && (worst == nil || passed(*worst)):
		return Reached
	case passed(*m.Value):
		return Just
	case best != nil && passed(*best):
		return Close
	}
	return Away
}
