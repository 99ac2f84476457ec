package predict

import (
	"math"
	"time"
)

// Season is how much more, or less, is bought in each month of the year than the law says, on average 1.
type Season struct{ Index [12]float64 }

// seasonDays is how long a business must be known: a month of the year that came once says nothing of the year after.
const seasonDays = 2*365 - 10

// season compares repeat purchases of each month with what the law says of the customers who were there by then, in data
// up to the end of a day; nil where less than two years are known or too few purchases.
func (h *History) season(m Model, end int32) *Season {
	if end-h.First < seasonDays {
		return nil
	}
	newcomers := make([]float64, end-h.First+1) // by first day
	var actual, expected [12]float64
	for i := range h.People {
		p := &h.People[i]
		n := p.Until(end)
		if n == 0 {
			continue
		}
		newcomers[p.Days[0]-h.First]++
		for _, day := range p.Days[1:n] {
			actual[monthOf(day)]++
		}
	}
	grown := make([]float64, end-h.First+1) // repeats of a newcomer by age
	each(len(grown), func(i int) { grown[i] = m.Newcomer(float64(i)) })
	for i, n := range newcomers {
		first := h.First + int32(i)
		for day := first; n > 0 && day < end; {
			next := min(end, nextMonth(day+1)-1) // the last day of the month
			expected[monthOf(next)] += n * (grown[next-first] - grown[day-first])
			day = next
		}
	}
	s := &Season{}
	sum, whole := 0.0, 0.0
	for i := range actual {
		sum, whole = sum+actual[i], whole+expected[i]
	}
	if sum < 240 || !(whole > 0) {
		return nil
	}
	mean := 0.0
	for i := range s.Index {
		// A month with few purchases is drawn towards the year's average: 20 of its own weigh as much as the average.
		ratio := expected[i] * sum / whole
		s.Index[i] = (actual[i] + 20) / (ratio + 20)
		mean += s.Index[i] / 12
	}
	for i := range s.Index {
		s.Index[i] /= mean
	}
	return s
}

func date(day int32) time.Time { return time.Unix(int64(day)*86400, 0).UTC() }

func monthOf(day int32) int { return int(date(day).Month()) - 1 }

// nextMonth is the first day of the month after the day's.
func nextMonth(day int32) int32 {
	y, m, _ := date(day).Date()
	return int32(time.Date(y, m+1, 1, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// ahead is the average index between two distances in days from the end of a day; 1 without a season.
func (s *Season) ahead(end int32, from, to float64) float64 {
	if s == nil || !(to > from) {
		return 1
	}
	sum := 0.0
	first, last := end+int32(math.Floor(from))+1, end+int32(math.Ceil(to))
	for day := first; day <= last; {
		next := min(last+1, nextMonth(day))
		sum += s.Index[monthOf(day)] * float64(next-day)
		day = next
	}
	return sum / float64(last+1-first)
}
