package metric

import (
	"fmt"
	"strings"
	"time"

	"regulars/internal/base/fault"
	"regulars/internal/record/fact"
)

// Period is the step of a series.
type Period string

// The periods.
const (
	ByDay     Period = "day"
	ByWeek    Period = "week"
	ByMonth   Period = "month"
	ByQuarter Period = "quarter"
	ByYear    Period = "year"
)

// Periods lists them.
func Periods() []Period { return []Period{ByDay, ByWeek, ByMonth, ByQuarter, ByYear} }

// start is the first day of the period that the day lies in; next that of the one after.
func (p Period) start(t time.Time) time.Time {
	y, m, d := t.Date()
	switch p {
	case ByWeek:
		return time.Date(y, m, d-(int(t.Weekday())+6)%7, 0, 0, 0, 0, time.UTC) // weeks begin on Monday
	case ByMonth:
		return time.Date(y, m, 1, 0, 0, 0, 0, time.UTC)
	case ByQuarter:
		return time.Date(y, m-(m-1)%3, 1, 0, 0, 0, 0, time.UTC)
	case ByYear:
		return time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC)
	default:
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
}

func (p Period) next(start time.Time) time.Time {
	switch p {
	case ByWeek:
		return start.AddDate(0, 0, 7)
	case ByMonth:
		return start.AddDate(0, 1, 0)
	case ByQuarter:
		return start.AddDate(0, 3, 0)
	case ByYear:
		return start.AddDate(1, 0, 0)
	default:
		return start.AddDate(0, 0, 1)
	}
}

// frame is a stretch of local time that figures are computed over: the window, the one before, a year to the end of
// either, a period of the series, or the window of one group. All frames of a run are computed by the same SQL.
type frame struct {
	id       int
	group    int // 0: everybody
	from, to int64
	partial  bool // a period cut off by the window
}

// Numbers of the frames that there always are. Periods are numbered from framePeriods, groups from frameGroups.
const (
	noFrame       = -1
	frameWindow   = 0
	framePrevious = 1
	frameYear     = 2 // the 365 days to the end of the window, for measures that are always yearly
	frameLastYear = 3 // the 365 days to the end of the window before
	framePeriods  = 10
	frameGroups   = 100_000
)

// maxPeriods bounds a series; a longer one is a slip of the hand (--by day over ten years).
const maxPeriods = 4000

func makeFrames(s *Settings, groups int) ([]frame, error) {
	length := s.To - s.From
	year := int64(windowDays * fact.MicrosPerDay)
	frames := []frame{
		{id: frameWindow, from: s.From, to: s.To},
		{id: framePrevious, from: s.before(), to: s.From},
	}
	if length != year || s.From-s.before() != year {
		frames = append(frames,
			frame{id: frameYear, from: s.To - year, to: s.To},
			frame{id: frameLastYear, from: s.From - year, to: s.From})
	}
	if s.Period != "" {
		n := 0
		for start := s.Period.start(wallClock(s.From)); start.UnixMicro() < s.To; start = s.Period.next(start) {
			end := s.Period.next(start)
			f := frame{id: framePeriods + n, from: max(start.UnixMicro(), s.From), to: min(end.UnixMicro(), s.To)}
			f.partial = f.from != start.UnixMicro() || f.to != end.UnixMicro()
			frames = append(frames, f)
			if n++; n > maxPeriods {
				return nil, fault.Invalidf("the window holds more than %d periods of a %s; choose longer periods or a shorter window", maxPeriods, s.Period)
			}
		}
	}
	for g := range groups {
		frames = append(frames, frame{id: frameGroups + g, group: g + 1, from: s.From, to: s.To})
	}
	return frames, nil
}

// before is where the window before begins: as many days earlier, or, where a window of whole calendar months was
// asked for, as many months: the quarter before a quarter, not the 91 days before.
func (s *Settings) before() int64 {
	from, to := wallClock(s.From), wallClock(s.To)
	midnight := s.From%fact.MicrosPerDay == 0 && s.To%fact.MicrosPerDay == 0
	if s.asked && midnight && from.Day() == 1 && to.Day() == 1 {
		months := (to.Year()-from.Year())*12 + int(to.Month()) - int(from.Month())
		return from.AddDate(0, -months, 0).UnixMicro()
	}
	return s.From - (s.To - s.From)
}

// frameTables are the frames as SQL: frame(frame, grp, from_us, to_us), and frame_day(grp, day, frame, lo, hi) with
// a row for each day of each frame that has facts, so that facts find their frames by an equality that every engine
// joins fast. The days of groups are those of the window.
func frameTables(frames []frame, first, last int64) (frame, frameDay string) {
	var f, d strings.Builder
	groups := false
	for i, fr := range frames {
		if i > 0 {
			f.WriteString(", ")
		}
		fmt.Fprintf(&f, "(%d, %d, CAST(%d AS BIGINT), CAST(%d AS BIGINT))", fr.id, fr.group, fr.from, fr.to)
		if fr.group > 0 {
			groups = true
			continue
		}
		for day := max(floorDay(fr.from), first); day <= last && day*fact.MicrosPerDay < fr.to; day++ {
			fmt.Fprintf(&d, "(0, %d, %d, CAST(%d AS BIGINT), CAST(%d AS BIGINT)), ", day, fr.id,
				max(fr.from, day*fact.MicrosPerDay), min(fr.to, (day+1)*fact.MicrosPerDay))
		}
	}
	// A row that no fact is in ends the list, which may be empty otherwise.
	days := "SELECT * FROM (VALUES " + d.String() + fmt.Sprintf("(0, -1000000000, %d, CAST(0 AS BIGINT), CAST(0 AS BIGINT))", noFrame) +
		") AS v(grp, day, frame, lo, hi)"
	if groups {
		days = fmt.Sprintf("WITH days AS (%s) SELECT * FROM days UNION ALL SELECT f.grp, d.day, f.frame, d.lo, d.hi FROM days d JOIN frame f ON f.grp > 0 WHERE d.frame = %d",
			days, frameWindow)
	}
	return "SELECT * FROM (VALUES " + f.String() + ") AS v(frame, grp, from_us, to_us)", days
}

// inFrame is the condition on frame_day f for a fact of a group, which has a day and a time. Where all frames begin and end
// at midnight the day says it all: less to compare, and an engine guesses better how many facts there will be.
func (e *Engine) inFrame(what, group string) string {
	on := "f.grp = " + group + " AND f.day = " + what + ".day"
	for _, f := range e.frames {
		if f.from%fact.MicrosPerDay != 0 || f.to%fact.MicrosPerDay != 0 {
			return on + fmt.Sprintf(" AND %s.local_us >= f.lo AND %s.local_us < f.hi", what, what)
		}
	}
	return on
}

// ofWholeDay is the condition on frame_day f for what has a day but no time: it lies in the frame that its day begins
// in, so that no two frames share it.
func ofWholeDay(day string) string {
	return fmt.Sprintf("f.lo = %s * CAST(%d AS BIGINT)", day, int64(fact.MicrosPerDay))
}

// wallClock shows local microseconds as a time; its zone means nothing.
func wallClock(local int64) time.Time { return time.UnixMicro(local).UTC() }

func dayText(local int64) string {
	t := wallClock(local)
	if local%fact.MicrosPerDay == 0 {
		return t.Format("2006-01-02")
	}
	return t.Format("2006-01-02T15:04:05")
}
