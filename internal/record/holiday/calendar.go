package holiday

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/setting"
	"regulars/internal/record/business"
)

// Calendar is what a business keeps.
type Calendar struct {
	// Country is whose holidays are kept; empty: those of the business's own, where they are known.
	Country string `json:"country,omitempty"`
	// Off are the keys of holidays that are not kept.
	Off []string `json:"off,omitempty"`
	Own []Own    `json:"own,omitempty"`

	home string // the country of the business
}

// Own is a day of the business's own.
type Own struct {
	Holiday string `json:"holiday"` // its key, such as our_day
	Name    string `json:"name"`    // as people see it
	Month   int    `json:"month"`
	Day     int    `json:"day"`
	Year    int    `json:"year,omitempty"` // 0: each year
}

// Day is a holiday on its day.
type Day struct {
	Holiday string
	Name    string // of one of the business's own; empty: it has a name in every language
	On      time.Time
	Off     bool
}

const (
	settingsKey = "holidays"
	mostOwn     = 100
	longestKey  = 40
	longestName = 100
)

// Load reads the calendar; that of the business's country where nobody has set any.
func Load(tx *db.Tx) (c Calendar, err error) {
	b, err := business.Load(tx)
	if err != nil {
		return c, err
	}
	c.home = b.Country
	_, err = setting.Load(tx, settingsKey, &c)
	return c, err
}

// Keeps is the country whose holidays are kept; empty: none that is known.
func (c *Calendar) Keeps() string {
	country := cmp.Or(c.Country, c.home)
	if _, ok := countries[country]; !ok {
		return ""
	}
	return country
}

// Check refuses what cannot be.
func (c *Calendar) Check() error {
	if _, ok := countries[c.Country]; !ok && c.Country != "" {
		return fault.In("country", fault.Coded("unknown_country", fault.Invalidf("the holidays of %.20q are not known; use one of %s, or add days of your own",
			c.Country, strings.Join(Countries(), ", "))))
	}
	for i, key := range c.Off {
		if !slices.Contains(Keys(), key) && !slices.ContainsFunc(c.Own, func(o Own) bool { return o.Holiday == key }) {
			return fault.In(fmt.Sprintf("off[%d]", i), unknown(key, c))
		}
	}
	if len(c.Own) > mostOwn {
		return fault.In("own", fault.Coded("out_of_range", fault.Invalidf("there are at most %d days of one's own", mostOwn)))
	}
	for i := range c.Own {
		if err := c.Own[i].check(fmt.Sprintf("own[%d]", i)); err != nil {
			return err
		}
		key := c.Own[i].Holiday
		if slices.Contains(Keys(), key) || slices.ContainsFunc(c.Own[:i], func(o Own) bool { return o.Holiday == key }) {
			return fault.In(fmt.Sprintf("own[%d].holiday", i), fault.Coded("holiday_taken", fault.Invalidf("there is a holiday %s already", key)))
		}
	}
	return nil
}

// In is its day in a year.
func (o Own) In(year int) time.Time { return fixed(time.Month(o.Month), o.Day)(year) }

func (o Own) check(at string) error {
	if o.Holiday == "" || len(o.Holiday) > longestKey || strings.Trim(o.Holiday, "abcdefghijklmnopqrstuvwxyz0123456789_-") != "" {
		return fault.In(at+".holiday", fault.Coded("holiday_key", fault.Invalidf("a holiday is called by small Latin letters, digits, _ and -, %d at most, such as our_day", longestKey)))
	}
	n := utf8.RuneCountInString(o.Name)
	if n == 0 || n > longestName || o.Name != strings.TrimSpace(o.Name) || strings.ContainsFunc(o.Name, unicode.IsControl) || !utf8.ValidString(o.Name) {
		return fault.In(at+".name", fault.Coded("name_length", fault.Invalidf("a name has 1 to %d signs, on one line, and no space around it", longestName)))
	}
	const leap, first, last = 2000, 2000, 2200
	d := date(cmp.Or(o.Year, leap), time.Month(o.Month), o.Day)
	if int(d.Month()) != o.Month || d.Day() != o.Day || o.Year != 0 && (o.Year < first || o.Year > last) {
		return fault.In(at+".day", fault.Coded("no_day", fault.Invalidf("%04d-%02d-%02d is no day", o.Year, o.Month, o.Day)))
	}
	return nil
}

// Save keeps the calendar.
func (c *Calendar) Save(tx *db.Tx) error {
	if err := c.Check(); err != nil {
		return err
	}
	return setting.Save(tx, settingsKey, c)
}

// Year are the holidays of a year in order, those that are switched off too.
func (c *Calendar) Year(year int) (all []Day) {
	for _, k := range countries[c.Keeps()] {
		all = append(all, Day{Holiday: k.Key, On: k.On(year)})
	}
	for i := range c.Own {
		if o := &c.Own[i]; o.Year == 0 || o.Year == year {
			all = append(all, Day{Holiday: o.Holiday, Name: o.Name, On: o.In(year)})
		}
	}
	for i := range all {
		all[i].Off = slices.Contains(c.Off, all[i].Holiday)
	}
	slices.SortFunc(all, func(a, b Day) int { return cmp.Or(a.On.Compare(b.On), cmp.Compare(a.Holiday, b.Holiday)) })
	return all
}

// Ahead are the holidays of the twelve months from a day on.
func (c *Calendar) Ahead(from time.Time) (all []Day) {
	year, month, day := from.Date()
	first, end := date(year, month, day), date(year+1, month, day)
	for _, d := range append(c.Year(year), c.Year(year+1)...) {
		if !d.On.Before(first) && d.On.Before(end) {
			all = append(all, d)
		}
	}
	return all
}

// On are the holidays that are kept on a day.
func (c *Calendar) On(day time.Time) (all []Day) {
	is := day.Format(time.DateOnly)
	for _, d := range c.Year(day.Year()) {
		if !d.Off && d.On.Format(time.DateOnly) == is {
			all = append(all, d)
		}
	}
	return all
}

// Known refuses what is neither a holiday of some country nor a day of the business's own.
func (c *Calendar) Known(key string) error {
	if slices.Contains(Keys(), key) || slices.ContainsFunc(c.Own, func(o Own) bool { return o.Holiday == key }) {
		return nil
	}
	return unknown(key, c)
}

func unknown(key string, c *Calendar) error {
	names := Keys()
	for i := range c.Own {
		names = append(names, c.Own[i].Holiday)
	}
	return fault.Coded("unknown_holiday", fault.Invalidf("there is no holiday %.60q; there are %s", key, strings.Join(names, ", ")))
}
