package replay

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"time"

	"regulars/internal/measure/metric"
)

// soonest tells how soon the first reward of each unit could be had, and how soon any.
func (s *stage) soonest(side *Side) {
	units := slices.Sorted(maps.Keys(s.firsts))
	for _, unit := range units {
		side.First = append(side.First, s.reached(s.firsts[unit].Reward, unit))
	}
	if len(units) > 0 {
		all := s.reached("", units...)
		side.Any = &all
	}
}

// reached tells how soon what costs the first of some units could be had.
func (s *stage) reached(name string, units ...string) First {
	f := First{Reward: name}
	var days []float64
	again := 0
	for _, p := range s.people {
		took, could := math.Inf(1), false
		for _, unit := range units {
			if d, there := p.could[unit]; there {
				took, could = min(took, d), true
			}
		}
		if could {
			f.Customers++
		}
		if p.orders < 2 {
			continue
		}
		if again++; could {
			days = append(days, took)
		}
	}
	if middle := (again - 1) / 2; again > 0 && middle < len(days) {
		slices.Sort(days)
		f.MedianDays = &days[middle]
	}
	return f
}

// end adds up.
func (s *stage) end(out *Result, spend map[int64]int64) Side {
	side := &s.side
	side.Units, side.Months, side.Rules = []Total{}, []Month{}, []Rule{}
	totals := map[string]int64{}
	outstanding := map[string]int64{}
	lastMonth := ""
	if len(out.Last) >= len("2006-01") {
		lastMonth = out.Last[:len("2006-01")]
	}
	for _, key := range slices.Sorted(maps.Keys(s.months)) {
		m := s.months[key]
		for unit, n := range m.Issued {
			totals[unit] += n
			outstanding[unit] += n
		}
		for unit, n := range m.Expired {
			outstanding[unit] -= n
		}
		maps.Copy(m.Outstanding, outstanding)
		if key <= lastMonth { // what expires later has not happened yet
			side.Months = append(side.Months, *m)
		}
	}
	for _, unit := range slices.Sorted(maps.Keys(totals)) {
		side.Units = append(side.Units, Total{unit, totals[unit]})
	}
	for i := range s.c.Document.Rules {
		r := s.rules[s.c.Document.Rules[i].Rule]
		if left, bounded := s.budgets[r.Rule]; bounded {
			r.BudgetLeft = &left
		}
		side.Rules = append(side.Rules, *r)
	}
	for i := range s.c.Document.Challenges {
		c := s.challenges[s.c.Document.Challenges[i].Challenge]
		c.CostMinor = int64(c.cost + 0.5)
		side.Challenges = append(side.Challenges, *c)
	}
	side.CostMinor = int64(s.cost + 0.5)
	if out.RevenueMinor > 0 {
		side.CostShare = s.cost / float64(out.RevenueMinor)
	}
	earners := int64(0)
	standing := map[string]int64{}
	for who, p := range s.people {
		if p.got > 0 {
			side.Customers++
			earners += spend[who]
		}
		standing[p.tier]++
	}
	if t := s.c.Document.Tiers; t != nil {
		for _, l := range t.Levels {
			side.Tiers = append(side.Tiers, Tier{l.Tier, l.Name, standing[l.Tier], s.rose[l.Tier]})
		}
	}
	s.soonest(side)
	s.pays(side, earners)
	s.share(side, spend)
	s.bySegment(side, out.Last)
	return *side
}

// pays works out what it takes for the programme to pay.
func (s *stage) pays(side *Side, earners int64) {
	if s.o.Margin <= 0 || earners == 0 {
		return
	}
	// What is bought more earns as well: its margin is less by the share that goes back.
	back := s.cost / float64(earners)
	if net := s.o.Margin - back; net > 0 {
		rise := back / net
		side.BreakEven = &rise
	}
	if s.o.Rise > 0 {
		gain := int64(float64(earners)*s.o.Rise*(s.o.Margin-back) - s.cost)
		side.GainMinor = &gain
	}
}

// share divides what was given among fifths of the customers, by what they paid.
func (s *stage) share(side *Side, spend map[int64]int64) {
	who := slices.SortedFunc(maps.Keys(spend), func(a, b int64) int { return cmp.Or(cmp.Compare(spend[a], spend[b]), cmp.Compare(a, b)) })
	for i, id := range who {
		if p := s.people[id]; p != nil {
			side.FifthsMinor[i*fifths/len(who)] += int64(p.got + 0.5)
		}
	}
}

// bySegment adds up what went to the customers of each RFM segment, as they stood on the last day; nothing where no cuts between
// segments are drawn.
func (s *stage) bySegment(side *Side, last string) {
	end, err := time.Parse(time.DateOnly, last)
	if s.cuts == nil || err != nil {
		return
	}
	all := map[string]*SegmentShare{}
	for _, p := range s.people {
		day, err := time.Parse(time.DateOnly, p.lastDay)
		if err != nil {
			continue
		}
		name := s.cuts.Of(int64(end.Sub(day)/(24*time.Hour)), p.orders, p.spend)
		if all[name] == nil {
			all[name] = &SegmentShare{Segment: name}
		}
		all[name].Customers++
		all[name].SpendMinor += p.spend
		all[name].got += p.got
	}
	for _, name := range metric.Segments() {
		if one := all[name]; one != nil {
			one.CostMinor = int64(one.got + 0.5)
			side.Segments = append(side.Segments, *one)
		}
	}
}

// contest compares what customers get from both.
func contest(draft, present *stage, spend map[int64]int64) *Contest {
	c := &Contest{}
	for who := range spend {
		var a, b float64
		if p := draft.people[who]; p != nil {
			a = p.got
		}
		if p := present.people[who]; p != nil {
			b = p.got
		}
		const cent = 0.5
		switch {
		case a > b+cent:
			c.Winners++
		case a < b-cent:
			c.Losers++
			c.MostLostMinor = max(c.MostLostMinor, int64(b-a+0.5))
		default:
			c.Same++
		}
	}
	return c
}
