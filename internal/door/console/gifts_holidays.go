package console

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/holiday"
)

func (v *visit) showHolidays() error {
	return v.allowed(account.SettingsRead, func(by account.Actor) error { return v.askHolidays(by, nil) })
}

func (v *visit) askHolidays(by account.Actor, wrong error) error {
	b, err := v.business()
	if err != nil {
		return err
	}
	var now holiday.Calendar
	var ahead []holiday.Day
	if err := v.read(func(tx *db.Tx) (err error) {
		now, err = holiday.Load(tx)
		ahead = now.Ahead(tx.Now.In(zoneOf(b)))
		return err
	}); err != nil {
		return err
	}
	may := by.May(account.SettingsWrite)
	countries := []choice{{Name: v.l.T("gifts.country.own"), Chosen: now.Country == ""}}
	for _, c := range holiday.Countries() {
		countries = append(countries, choice{c, v.l.T("gifts.country." + c), c == now.Country})
	}
	kept := field{Name: "kept", Label: v.l.T("gifts.holidays.kept"), Help: v.l.T("gifts.holidays.kept.help"), Type: "ticks", Open: true, Optional: true, Fixed: !may}
	for i := range ahead {
		d := &ahead[i]
		if d.Name == "" && !slices.ContainsFunc(kept.Choices, func(c choice) bool { return c.Value == d.Holiday }) {
			kept.Choices = append(kept.Choices, choice{d.Holiday, v.l.T("gifts.holidays.on", now.Name(v.l, d.Holiday), v.l.Date(d.On), d.Holiday), !d.Off})
		}
	}
	fields := []field{{Name: "country", Label: v.l.T("gifts.holidays.country"), Help: v.l.T("gifts.holidays.country.help"), Type: "select", Choices: countries, Value: now.Country, Fixed: !may}}
	if len(kept.Choices) > 0 && may {
		fields = append(fields, kept)
	}
	fields = append(fields, field{Name: "own", Label: v.l.T("gifts.holidays.own"), Help: v.l.T("gifts.holidays.own.help"), Type: "textarea", Value: ownLines(now.Own), Optional: true, Fixed: !may})
	f := form{Action: "/gifts/holidays", Link: v.l.T("nav.gifts"), To: "/gifts", Groups: []group{{Fields: fields}}}
	p := setting{}
	if err := v.saves(&f, &p, now, may); err != nil {
		return err
	}
	// Which were shown: of another country there were others, of which nothing was said.
	for _, c := range kept.Choices {
		f.Hidden = append(f.Hidden, hidden{"shown", c.Value})
	}
	p.Forms = []form{f}
	return v.setting(v.l.T("gifts.holidays"), v.l.T("gifts.holidays.lead"), p, wrong)
}

// ownLines are days of one's own as they are typed: the day, the name, and what rules call it.
func ownLines(all []holiday.Own) string {
	var b strings.Builder
	for _, o := range all {
		if o.Year != 0 {
			fmt.Fprintf(&b, "%04d-", o.Year)
		}
		fmt.Fprintf(&b, "%02d-%02d %s (%s)\n", o.Month, o.Day, o.Name, o.Holiday)
	}
	return b.String()
}

// ownLine is a day with a year or without, a name, and in brackets what rules call it: left out where the line is new.
var ownLine = regexp.MustCompile(`^(?:(\d{4})-)?(\d{1,2})-(\d{1,2})\s+(.*?)(?:\s*\(([a-z0-9_-]{1,40})\))?$`)

// typedOwn reads the lines. A new one is called by its place where nothing else is said.
func typedOwn(text string) (all []holiday.Own, err error) {
	number := func(text string) int {
		n, err := strconv.Atoi(text)
		if err != nil {
			return 0
		}
		return n
	}
	for line := range strings.Lines(strings.ReplaceAll(text, "\r\n", "\n")) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		m := ownLine.FindStringSubmatch(line)
		if m == nil {
			return nil, fault.In("own", fault.Coded("holiday_line", fault.Invalidf("%.60q is no day with a name, such as 05-17 The day we opened", line)))
		}
		all = append(all, holiday.Own{Holiday: m[5], Name: m[4], Month: number(m[2]), Day: number(m[3]), Year: number(m[1])})
	}
	for i := range all {
		for n := 1; all[i].Holiday == ""; n++ {
			key := "own_" + strconv.Itoa(n)
			if !slices.ContainsFunc(all, func(o holiday.Own) bool { return o.Holiday == key }) {
				all[i].Holiday = key
			}
		}
	}
	return all, nil
}

func (v *visit) saveHolidays() error {
	return v.allowed(account.SettingsWrite, func(by account.Actor) error {
		return v.once(by, func() error {
			if err := v.savedHolidays(by); err != nil {
				var f *fault.Fault
				if errors.As(err, &f) && strings.HasPrefix(f.Field, "own[") { // it was typed into one field
					moved := *f
					moved.Field, err = "own", &moved
				}
				return v.askHolidays(by, err)
			}
			return v.leave("/gifts/holidays?done=saved")
		})
	})
}

func (v *visit) savedHolidays(by account.Actor) error {
	own, err := typedOwn(v.typed("own"))
	if err != nil {
		return err
	}
	return v.write(func(tx *db.Tx) error {
		now, err := holiday.Load(tx)
		if err != nil {
			return err
		}
		if err := v.unchanged(now); err != nil {
			return err
		}
		want := holiday.Calendar{Country: v.typed("country"), Own: own}
		shown := v.r.PostForm["shown"]
		for _, key := range now.Off { // of what was not shown it stays as it was
			if !slices.Contains(shown, key) && slices.Contains(holiday.Keys(), key) {
				want.Off = append(want.Off, key)
			}
		}
		for _, key := range shown {
			if !slices.Contains(v.r.PostForm["kept"], key) && !slices.Contains(want.Off, key) {
				want.Off = append(want.Off, key)
			}
		}
		if err := want.Save(tx); err != nil {
			return err
		}
		return account.Record(tx, account.Entry{Actor: by, Action: "settings.update", Target: "holidays", Fields: []string{"country", "off", "own"}, Count: 1, Request: by.Request})
	})
}
