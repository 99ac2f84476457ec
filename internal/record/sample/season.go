package sample

import (
	"sort"
	"time"
)

// season turns the time of the process, in which visits are evenly spread, into days of the calendar and back.
type season struct {
	upTo []float64 // upTo[d] is how much of the process's time has passed when day d begins
}

func newSeason(start time.Time, days int, p *Process) *season {
	s := &season{upTo: make([]float64, days+1)}
	for d := range days {
		t := start.AddDate(0, 0, d)
		s.upTo[d+1] = s.upTo[d] + p.Months[t.Month()-1]*p.Weekdays[t.Weekday()]
	}
	return s
}

// days is the length of the calendar.
func (s *season) days() int { return len(s.upTo) - 1 }

// process is the time of the process at moment t of the calendar (in days since the start).
func (s *season) process(t float64) float64 {
	d := int(t)
	if d >= s.days() {
		return s.upTo[s.days()]
	}
	return s.upTo[d] + (t-float64(d))*(s.upTo[d+1]-s.upTo[d])
}

// calendar is the inverse of process; at the end of the calendar and after it, the number of days.
func (s *season) calendar(u float64) float64 {
	d := sort.SearchFloat64s(s.upTo, u) - 1
	switch {
	case d < 0:
		return 0
	case d >= s.days():
		return float64(s.days())
	}
	return float64(d) + (u-s.upTo[d])/(s.upTo[d+1]-s.upTo[d])
}
