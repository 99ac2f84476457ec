package fraud

import (
	"math"
	"time"

	"regulars/internal/act/points"
	"regulars/internal/base/locale"
)

// Name is what a kind is called.
func (k Kind) Name(l *locale.Locale) string { return l.T("fraud.kind." + string(k)) }

// Name is what a state is called.
func (s State) Name(l *locale.Locale) string { return l.T("fraud.state." + string(s)) }

// Words says in a sentence what was found; staff is what the one of staff is called.
func (f *Flag) Words(l *locale.Locale, staff string) string {
	e, key := &f.Evidence, "fraud.says."+string(f.Kind)
	units := func(n int64) string { return l.T("fraud.units", n, points.UnitName(l, e.Unit)) }
	switch f.Kind {
	case ManyOrders:
		return l.T(key, dateOf(l, e.Day), e.Orders, l.Number(e.Usual, 1))
	case ManyUnits:
		return l.T(key, dateOf(l, e.Day), units(e.Units), int64(e.Usual))
	case StaffOwn:
		if e.Orders > 0 {
			return l.T("fraud.says.staff_sales", staff, e.Orders)
		}
		return l.T(key, staff, units(e.Units), e.Times, e.Days)
	case StaffOne:
		return l.T(key, staff, units(e.Units), e.Times, e.Days, e.All)
	case ReturnLoop:
		return l.T(key, e.Times, e.Days, e.Units)
	case Shared:
		return l.T(key, AttributeName(l, e.Attribute), e.Count)
	case Ring:
		if e.Count == 1 {
			return l.T("fraud.says.own_friend")
		}
		return l.T(key, e.Count)
	case FewComeBack:
		return l.T(key, e.Friends, e.Gone, int64(math.Round(e.Usual)))
	case FriendsAlso:
		return l.T(key, AttributeName(l, e.Attribute), e.Gone)
	}
	return ""
}

func dateOf(l *locale.Locale, text string) string {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return text
	}
	return l.Date(at)
}

// AttributeName is what an attribute is called: the usual ones in the reader's language, others as the business calls them.
func AttributeName(l *locale.Locale, name string) string {
	if key := "fraud.attribute." + name; l.Has(key) {
		return l.T(key)
	}
	return name
}
