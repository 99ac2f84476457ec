package programme

import (
	"slices"
	"strconv"
	"strings"

	"regulars/internal/act/points"
	"regulars/internal/base/locale"
)

// Reader is whom an explanation is for.
type Reader string

// The readers.
const (
	Cashier   Reader = "cashier"   // what applied, and what did not and why, by the names of the rules
	ForMember Reader = "member"    // what applied, and how far cards have come
	Developer Reader = "developer" // everything, by the ids of the rules, with conditions as they are written
)

// Words says what came of a rule in a sentence; empty: it is nothing for this reader.
func (r *Result) Words(l *locale.Locale, to Reader, currency string) string {
	name := r.Name
	if to == Developer {
		name = r.Rule
	}
	switch {
	case r.Gave():
		text := r.gives(l, currency)
		if r.Kept > 0 {
			text = l.T("programme.and", text, l.T("programme.gives.kept", r.Kept))
		}
		if r.Over > 0 {
			text = l.T("programme.and", text, l.T("programme.gives.over", r.Over))
		}
		if r.Trimmed > 0 {
			text = l.T("programme.and", text, l.T("programme.gives.trimmed", r.Trimmed))
		}
		return l.T("programme.line", name, text)
	case to == ForMember && r.Why != CardGoesOn:
		return ""
	}
	return l.T("programme.line", name, r.whyNot(l, to))
}

func (r *Result) whyNot(l *locale.Locale, to Reader) string {
	key := "programme.why." + string(r.Why)
	switch r.Why {
	case CardGoesOn:
		return l.T(key, r.Counted, r.Every)
	case WrongHours:
		return l.T(key, dayNames(l, strings.Split(r.Detail, ", ")))
	case Beaten, NoReward:
		return l.T(key, r.Detail)
	case Unmet:
		if to == Developer {
			return l.T("programme.why.condition_part", r.Detail)
		}
	}
	return l.T(key)
}

func (r *Result) gives(l *locale.Locale, currency string) string {
	switch {
	case r.Units > 0:
		return l.T("programme.gives.units", points.Amount(l, r.Unit, r.Units))
	case r.Redemption > 0:
		return l.T("programme.gives.reward", r.Reward)
	case r.Entries > 0:
		return l.P("programme.gives.entries", r.Entries, r.Draw)
	case r.FreeDelivery:
		return l.T("programme.gives.free_delivery")
	case r.Gift != "":
		return l.T("programme.gives.gift", r.Gift)
	case r.Free > 0:
		return l.T("programme.gives.free", r.Free, l.Money(r.DiscountMinor, currency))
	case r.DiscountMinor > 0:
		return l.T("programme.gives.discount", l.Money(r.DiscountMinor, currency))
	}
	return l.T("programme.gives.factor", strconv.FormatFloat(r.Factor, 'f', -1, 64))
}

// Words says what came of everything, a sentence a rule.
func Words(l *locale.Locale, to Reader, currency string, results []Result) []string {
	var all []string
	for i := range results {
		if text := results[i].Words(l, to, currency); text != "" {
			all = append(all, text)
		}
	}
	if !slices.ContainsFunc(results, func(r Result) bool { return r.Gave() }) {
		all = append([]string{l.T("programme.nothing")}, all...)
	}
	return all
}
