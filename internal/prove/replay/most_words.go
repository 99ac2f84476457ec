package replay

import (
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"regulars/internal/act/points"
	"regulars/internal/act/reward"
	"regulars/internal/base/locale"
)

// say puts the sums, and how each line was reckoned, into words.
func (w *Worst) say(in *locale.Locale, currency string) {
	for i := range w.Lines {
		w.Lines[i].Words = strings.Join(w.Lines[i].sentences(in, currency), " ")
	}
	w.Words = []string{}
	if w.ShareOfRevenue > 0 {
		w.Words = append(w.Words, in.T("most.sum.share", percent(in, w.ShareOfRevenue)))
	}
	for _, sum := range []struct {
		key string
		of  *Sum
	}{{"most.sum.year", &w.Year}, {"most.sum.once", &w.Once}, {"most.sum.all", &w.All}} {
		if text := sum.of.words(in, currency); text != "" {
			w.Words = append(w.Words, in.T(sum.key, text))
		}
	}
	var units []string
	for _, unit := range w.Unvalued {
		units = append(units, points.UnitName(in, unit))
	}
	for _, open := range []struct {
		key   string
		names []string
	}{{"most.sum.unvalued", units}, {"most.sum.outside", w.Outside}} {
		if len(open.names) > 0 {
			w.Words = append(w.Words, in.T(open.key, strings.Join(open.names, ", ")))
		}
	}
}

func percent(in *locale.Locale, share float64) string { return in.Percent(100*share, 1) }

// words are the units, and what they and all else are worth.
func (s *Sum) words(in *locale.Locale, currency string) string {
	var units []string
	for _, unit := range slices.Sorted(maps.Keys(s.Units)) {
		units = append(units, points.Amount(in, unit, s.Units[unit]))
	}
	return worthy(in, strings.Join(units, ", "), s.Minor, currency)
}

func worthy(in *locale.Locale, text string, minor int64, currency string) string {
	switch {
	case minor == 0:
		return text
	case text == "":
		return in.Money(minor, currency)
	}
	return in.T("most.worth", text, in.Money(minor, currency))
}

func (m *Most) sentences(in *locale.Locale, currency string) []string {
	all := []string{m.gives(in, currency)}
	if m.Factor > 1 {
		all = append(all, in.T("most.factor", trimmed(in, m.Factor)))
	}
	if m.row > 1 && m.Kind == "challenge" {
		all = append(all, in.P("most.row", m.row))
	}
	if m.PaidMinor > 0 && m.Kind != "rate" {
		all = append(all, in.T("most.smallest", in.Money(m.PaidMinor, currency)))
	}
	if m.orders > 0 {
		all = append(all, in.P("most.orders", m.orders))
	}
	if m.friends > 0 {
		all = append(all, in.P("most.friends", m.friends))
	}
	if m.Share != nil && m.Kind != "percent" {
		all = append(all, in.T("most.share", percent(in, *m.Share)))
	}
	if r := m.rule; r != nil && r.Limit != nil && r.Limit.Period != reward.Ever && r.Limit.Period != reward.PerYear {
		if r.Limit.Times > 0 {
			all = append(all, in.P("most.times."+string(r.Limit.Period), r.Limit.Times))
		}
		if r.Limit.Units > 0 {
			all = append(all, in.T("most.units."+string(r.Limit.Period), points.Amount(in, m.Unit, r.Limit.Units)))
		}
	}
	if often := m.oftenWords(in, currency); often != "" {
		all = append(all, often)
	}
	if m.rule != nil && m.AllUnits > 0 {
		all = append(all, in.T("most.budget", points.Amount(in, m.Unit, m.AllUnits)))
	}
	return append(all, m.open(in)...)
}

// gives is what it gives each time.
func (m *Most) gives(in *locale.Locale, currency string) string {
	what := m.called
	if m.Unit != "" {
		what = points.Amount(in, m.Unit, m.Units)
	} else if what == "" {
		what = m.Reward
	}
	key := "most." + m.Kind
	switch m.Kind {
	case "rate":
		return in.T(key, m.Name, what, in.Money(m.PaidMinor, currency))
	case "percent":
		return in.T(key, m.Name, percent(in, *m.Share))
	case "amount":
		return in.T(key, m.Name, in.Money(m.AmountMinor, currency))
	case "card":
		return in.P(key, m.Pieces, m.Name)
	case "card_units":
		return in.P(key, m.Pieces, m.Name, what)
	case "holiday":
		return in.P(key, int64(len(m.rule.Holidays)), m.Name, what)
	case "challenge":
		switch m.window {
		case "":
			return in.T(key+".once", m.Name, what)
		case "days":
			return in.P(key+".days", m.days, m.Name, what)
		}
		return in.T(key+"."+m.window, m.Name, what)
	case "milestone":
		return in.P(key+"."+m.window, m.Pieces, m.Name, what)
	case "surprise", "codes":
		return in.P(key, m.AllTimes, m.Name, what)
	}
	return in.T(key, m.Name, what)
}

// oftenWords is what one customer can have of it, in a year or once for ever.
func (m *Most) oftenWords(in *locale.Locale, currency string) string {
	key, times, units := "most.year", m.YearTimes, m.YearUnits
	if m.EverTimes > 0 && m.EverTimes <= m.YearTimes || m.EverUnits > 0 && m.EverUnits <= m.YearUnits {
		key, times, units = "most.ever", m.EverTimes, m.EverUnits
	}
	if key == "most.ever" && times == 1 && (m.Kind == "once" || m.Kind == "tier" || m.Kind == "challenge") {
		return "" // it is said
	}
	text, of := "", units
	switch {
	case units > 0:
		text = points.Amount(in, m.Unit, units)
	case times == 0:
		return ""
	case m.AmountMinor > 0:
		of = times
	default:
		text, of = in.P("most.had", times), times
	}
	minor := int64(0)
	if m.worth != nil {
		minor = up(new(big.Rat).Mul(m.worth, new(big.Rat).SetInt64(of)))
	}
	return in.T(key, worthy(in, text, minor, currency))
}

// open says what has no bound, or is not known.
func (m *Most) open(in *locale.Locale) []string {
	switch m.Kind {
	case "rate":
		if m.share == nil {
			return []string{in.T("most.open.worth", points.UnitName(in, m.Unit))}
		}
	case "piece", "card_units":
		return []string{in.T("most.open.piece")}
	case "friend", "action", "sale", "amount", "gift":
		if m.bounded() {
			return nil
		}
		if m.Kind == "amount" || m.Kind == "gift" {
			return []string{in.T("most.open.sale")}
		}
		return []string{in.T("most.open." + m.Kind)}
	}
	return nil
}

// trimmed is a factor with the digits that it has, three at most.
func trimmed(in *locale.Locale, v float64) string {
	const most = 3
	_, digits, _ := strings.Cut(strconv.FormatFloat(v, 'f', -1, 64), ".")
	return in.Number(v, min(len(digits), most))
}
