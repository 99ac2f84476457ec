package holiday

import (
	"math"
	"time"
)

func date(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// fixed is a day of each year; 29 February is the 28th in the years between.
func fixed(month time.Month, day int) func(year int) time.Time {
	return func(year int) time.Time {
		if d := date(year, month, day); d.Month() == month {
			return d
		}
		return date(year, month, day-1)
	}
}

// nth is the nth of a day of the week in a month; below zero it is counted from the end of the month.
func nth(n int, weekday time.Weekday, month time.Month) func(year int) time.Time {
	const week = 7
	return func(year int) time.Time {
		if n < 0 {
			last := date(year, month+1, 0)
			return last.AddDate(0, 0, (n+1)*week-(int(last.Weekday())-int(weekday)+week)%week)
		}
		first := date(year, month, 1)
		return first.AddDate(0, 0, (n-1)*week+(int(weekday)-int(first.Weekday())+week)%week)
	}
}

// after is so many days after another day.
func after(day func(year int) time.Time, days int) func(year int) time.Time {
	return func(year int) time.Time { return day(year).AddDate(0, 0, days) }
}

// western is Easter Sunday of the Western churches: the Sunday after the first full moon of spring by Gregory's tables, as Butcher
// reckoned it in 1876.
func western(year int) time.Time {
	golden, century, rest := year%19, year/100, year%100
	moved := (century - (century+8)/25 + 1) / 3
	moon := (19*golden + century - century/4 - moved + 15) % 30
	sunday := (32 + 2*(century%4) + 2*(rest/4) - moon - rest%4) % 7
	late := (golden + 11*moon + 22*sunday) / 451
	sum := moon + sunday - 7*late + 114
	return date(year, time.Month(sum/31), sum%31+1)
}

// orthodox is Easter Sunday of the Orthodox churches: the same by the tables of Julius, which are behind by some days.
func orthodox(year int) time.Time {
	moon := (19*(year%19) + 15) % 30
	sunday := (2*(year%4) + 4*(year%7) - moon + 34) % 7
	sum := moon + sunday + 114
	behind := year/100 - year/400 - 2
	return date(year, time.Month(sum/31), sum%31+1+behind)
}

// julianDay is the number of the day on which Unix's time begins at midnight, as astronomers count.
const julianDay = 2440587.5

// beijing is the day over Beijing on which an astronomical moment falls, counted from 1970. Dynamical time runs ahead of the
// clocks by somewhat more than a minute in this century.
func beijing(moment float64) int64 {
	const hours, ahead = 8.0 / 24, 70.0 / 86400
	return int64(math.Floor(moment - julianDay - ahead + hours))
}

func sin(degrees float64) float64 { return math.Sin(degrees * math.Pi / 180) }

// newMoon is the moment of the kth new moon since that of 6 January 2000 (Meeus, Astronomical Algorithms, chapter 49, the terms
// of more than a few seconds).
func newMoon(k float64) float64 {
	const perCentury = 1236.85
	t := k / perCentury
	sun, moon := 2.5534+29.10535670*k, 201.5643+385.81693528*k
	node, ascending := 160.7108+390.67050284*k, 124.7746-1.56375588*k
	e := 1 - 0.002516*t
	return 2451550.09766 + 29.530588861*k + 0.00015437*t*t -
		0.40720*sin(moon) + 0.17241*e*sin(sun) + 0.01608*sin(2*moon) + 0.01039*sin(2*node) + 0.00739*e*sin(moon-sun) - 0.00514*e*sin(moon+sun) +
		0.00208*e*e*sin(2*sun) - 0.00111*sin(moon-2*node) - 0.00057*sin(moon+2*node) + 0.00056*e*sin(2*moon+sun) - 0.00042*sin(3*moon) +
		0.00042*e*sin(sun+2*node) + 0.00038*e*sin(sun-2*node) - 0.00024*e*sin(2*moon-sun) - 0.00017*sin(ascending)
}

// sunAt is how far the sun has come in its year, in degrees from the beginning of spring (the same book, chapter 25: to a hundredth
// of a degree, a quarter of an hour).
func sunAt(moment float64) float64 {
	const century, epoch = 36525, 2451545.0
	t := (moment - epoch) / century
	mean := 357.52911 + 35999.05029*t
	is := 280.46646 + 36000.76983*t + (1.914602-0.004817*t)*sin(mean) + (0.019993-0.000101*t)*sin(2*mean) + 0.000289*sin(3*mean) -
		0.00569 - 0.00478*sin(125.04-1934.136*t)
	return math.Mod(math.Mod(is, 360)+360, 360)
}

// sign is the twelfth of its year in which the sun is when a day over Beijing begins.
func sign(day int64) int64 {
	const hours, part = 8.0 / 24, 30
	return int64(sunAt(float64(day)+julianDay-hours) / part)
}

// solstice is the day over Beijing of the winter solstice of a year.
func solstice(year int) int64 {
	const before, winter = 10, 9
	day := date(year, time.December, before).Unix() / int64(24*time.Hour/time.Second)
	for sign(day+1) < winter {
		day++
	}
	return day
}

// moonOn is the number of the new moon that is on a day, or the last one before it.
func moonOn(day int64) float64 {
	const month = 29.530588861
	k := math.Ceil((float64(day) + julianDay - 2451550) / month)
	for beijing(newMoon(k)) > day {
		k--
	}
	return k
}

// chinese is a day of a Chinese month that begins in the year. Months are counted from the one of the winter solstice, which is the
// eleventh; of thirteen between two solstices the first in which the sun enters no new twelfth is left out of the count.
func chinese(month, day int) func(year int) time.Time {
	return func(year int) time.Time {
		first, next := moonOn(solstice(year-1)), moonOn(solstice(year))
		const twelve = 12
		count, leap := 11, next-first <= twelve
		for k := first + 1; ; k++ {
			begins, ends := beijing(newMoon(k)), beijing(newMoon(k+1))
			if !leap && sign(begins) == sign(ends) {
				leap = true
				continue
			}
			if count = count%twelve + 1; count == month {
				return time.Unix(0, 0).UTC().AddDate(0, 0, int(begins)+day-1)
			}
		}
	}
}
