package portal

import (
	"strconv"

	"regulars/internal/base/fault"
	"regulars/internal/record/customer"
)

// born is a birthday as it is chosen: a day, a month by its name, and the year, which may be left out.
type born struct {
	Days, Months []choice
	Year         string
}

func (v *visit) born(day, month, year string) born {
	const longest = 31
	b := born{Year: year, Days: []choice{{}}, Months: []choice{{}}}
	for d := 1; d <= longest; d++ {
		b.Days = append(b.Days, choice{shown(d), shown(d), shown(d) == day})
	}
	for i, name := range v.l.Months() {
		b.Months = append(b.Months, choice{shown(i + 1), name, shown(i+1) == month})
	}
	return b
}

// shown is a part of a birthday; empty: it is not known.
func shown(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func (v *visit) typedBorn() born {
	return v.born(v.typed("birthday_day"), v.typed("birthday_month"), v.typed("birthday_year"))
}

func (v *visit) typedBirthday() (customer.Birthday, error) {
	b, err := customer.BirthdayOf(v.typed("birthday_day"), v.typed("birthday_month"), v.typed("birthday_year"))
	return b, fault.In("birthday_day", err)
}
