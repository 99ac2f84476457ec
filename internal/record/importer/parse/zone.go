package parse

import (
	"math"
	"time"
)

// Clock turns wall-clock times into instants in one zone, remembering the last stretch between two clock changes.
// It is not safe for use by several goroutines at once.
type Clock struct {
	zone *time.Location
	// Local seconds from lo up to hi have the offset; from skipped up to hi they were skipped by the clock change at
	// the end of the stretch, and next is the offset after it.
	lo, hi, skipped int64
	offset, next    int64
	// The same for instants.
	utcLo, utcHi, utcOffset int64
}

// NewClock makes a clock of the zone; nil is UTC.
func NewClock(zone *time.Location) *Clock {
	if zone == nil {
		zone = time.UTC
	}
	return &Clock{zone: zone}
}

// Resolve gives the instant and the local time of a stamp, in microseconds.
func (c *Clock) Resolve(st Stamp) (utc, local int64) {
	if st.Zoned {
		utc = st.Wall - int64(st.Offset)*microsPerSecond
		return utc, c.localOf(utc)
	}
	s := floorSeconds(st.Wall)
	if s < c.lo || s >= c.hi {
		c.find(s)
	}
	utc = st.Wall - c.offset*microsPerSecond
	if s >= c.skipped {
		return utc, utc + c.next*microsPerSecond
	}
	return utc, st.Wall
}

// localOf is the wall clock at an instant.
func (c *Clock) localOf(utc int64) int64 {
	s := floorSeconds(utc)
	if s < c.utcLo || s >= c.utcHi {
		t := time.Unix(s, 0).In(c.zone)
		start, end := t.ZoneBounds()
		_, offset := t.Zone()
		c.utcLo, c.utcHi, c.utcOffset = bound(start, math.MinInt64), bound(end, math.MaxInt64), int64(offset)
	}
	return utc + c.utcOffset*microsPerSecond
}

// find looks for the stretch that local second s belongs to: the last one that began, seen from the offset before
// each change, no later than s.
func (c *Clock) find(s int64) {
	t := time.Unix(s-26*3600, 0).In(c.zone) // surely before s, whatever the offset
	start, end := t.ZoneBounds()
	_, off := t.Zone()
	c.lo, c.offset = math.MinInt64, int64(off)
	if !start.IsZero() {
		_, before := start.Add(-time.Second).In(c.zone).Zone()
		c.lo = start.Unix() + max(int64(before), c.offset)
	}
	for {
		if end.IsZero() {
			c.hi, c.skipped = math.MaxInt64, math.MaxInt64
			return
		}
		change := end.Unix()
		_, next := end.In(c.zone).Zone()
		c.next = int64(next)
		c.hi, c.skipped = change+max(c.offset, c.next), change+c.offset
		if s < c.hi {
			return
		}
		_, end = end.In(c.zone).ZoneBounds()
		c.lo, c.offset = c.hi, c.next
	}
}

func bound(t time.Time, none int64) int64 {
	if t.IsZero() {
		return none
	}
	return t.Unix()
}

func floorSeconds(micros int64) int64 {
	s := micros / microsPerSecond
	if micros%microsPerSecond < 0 {
		s--
	}
	return s
}
