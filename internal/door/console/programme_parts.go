package console

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"regulars/internal/act/points"
	"regulars/internal/act/programme"
	"regulars/internal/base/account"
	"regulars/internal/base/fault"
)

// levelForm is where a tier is written: what it takes, and what one has of it.
func (v *visit) levelForm(e *edit) (title string, f form, err error) {
	level := programme.Level{}
	if there := e.level(); there != nil {
		level = *there
	}
	from := v.numberField("level_from", v.l.T("rules.level_from.help"), level.From, true)
	if t := e.d.Tiers; t == nil || t.By == bySpend {
		from = v.moneyField(e, "level_spend", v.l.T("rules.level_from.help"), level.From, true)
		from.Name = "level_from"
	}
	gift := programme.Fixed{}
	if level.Gift != nil {
		gift = *level.Gift
	}
	choices, unit := v.unitChoices(e, gift.Unit)
	f.Groups = []group{{Fields: []field{
		{Name: "name", Label: v.l.T("rules.level.name"), Help: v.l.T("rules.name.help"), Value: level.Name, Most: 60}, from,
		{Name: "invitation", Label: v.l.T("rules.invitation"), Type: "tick", Value: ticked(level.Invitation), Optional: true},
		{Name: "factor", Label: v.l.T("rules.level.factor"), Help: v.l.T("rules.level.factor.help"), Value: writtenFloat(level.Factor), Mode: "decimal", Optional: true},
		{Name: "units", Label: v.l.T("rules.level.gift"), Value: written(gift.Units), Mode: "numeric", Optional: true},
		{Name: "unit", Label: v.l.T("rules.unit"), Type: "select", Choices: choices, Value: unit},
	}}}
	return v.l.T("rules.level"), f, nil
}

const (
	bySpend    = "spend"
	byUnits    = "units"
	mostFrom   = 1_000_000_000_000
	mostFactor = 100
)

func (v *visit) typedLevel(e *edit) (err error) {
	level := programme.Level{}
	there := e.level()
	if there != nil {
		level = *there
	}
	if level.Name, err = v.typedName(60); err != nil {
		return err
	}
	level.Invitation, level.From, level.Factor, level.Gift = v.typed("invitation") != "", 0, 0, nil
	if text := strings.TrimSpace(v.typed("level_from")); text != "" && text != "0" && !level.Invitation {
		if t := e.d.Tiers; t == nil || t.By == bySpend {
			level.From, err = v.typedMoney("level_from", e.b.Digits())
		} else {
			level.From, err = v.whole("level_from", 0, mostFrom)
		}
		if err != nil {
			return err
		}
	}
	if slices.ContainsFunc(e.levels(), func(l programme.Level) bool {
		return l.Tier != e.name && !l.Invitation && !level.Invitation && l.From == level.From
	}) {
		return fault.In("level_from", fault.Coded("level_taken", fault.Invalidf("another tier begins there")))
	}
	if strings.TrimSpace(v.typed("factor")) != "" {
		if level.Factor, err = v.within("factor", mostFactor); err != nil {
			return err
		}
	}
	if strings.TrimSpace(v.typed("units")) != "" {
		level.Gift = &programme.Fixed{}
		if level.Gift.Units, level.Gift.Unit, err = v.typedUnits(e); err != nil {
			return err
		}
	}
	if there != nil {
		*there = level
	} else {
		if level.Tier, err = programme.FreeName(e.tx, "tier", "tier"); err != nil {
			return err
		}
		if e.d.Tiers == nil {
			const year = 12
			e.d.Tiers = &programme.Tiers{By: bySpend, Window: "months", Months: year, GraceDays: 30}
		}
		e.d.Tiers.Levels = append(e.d.Tiers.Levels, level)
	}
	slices.SortStableFunc(e.d.Tiers.Levels, func(a, b programme.Level) int { // those by invitation stay the highest
		if a.Invitation != b.Invitation {
			return cmp.Compare(len(ticked(a.Invitation)), len(ticked(b.Invitation)))
		}
		return cmp.Compare(a.From, b.From)
	})
	return nil
}

// tiersForm is how tiers are reached and lost.
func (v *visit) tiersForm(e *edit) (title string, f form, err error) {
	t := e.d.Tiers
	if t == nil {
		return "", f, fault.Coded("no_page", fault.NotFoundf("the draft has no tiers"))
	}
	pick := func(name, value string, values ...string) field {
		one := field{Name: name, Label: v.l.T("rules.tiers." + name), Type: "select", Value: value}
		for _, w := range values {
			one.Choices = append(one.Choices, choice{Value: w, Name: v.l.T("rules.tiers." + name + "." + w)})
		}
		return one
	}
	choices, unit := v.unitChoices(e, t.Unit)
	f.Groups = []group{{Fields: []field{
		pick("by", t.By, bySpend, "orders", "visits", byUnits),
		{Name: "unit", Label: v.l.T("rules.tiers.unit"), Type: "select", Choices: choices, Value: unit},
		pick("window", t.Window, "months", "calendar_year", "joining", "lifetime"),
		v.numberField("months", "", int64(t.Months), true), v.numberField("grace", "", int64(t.GraceDays), true),
		pick("drop", cmp.Or(t.Drop, "earned"), "earned", "step"),
	}}}
	return v.l.T("rules.tiers.how"), f, nil
}

func (v *visit) typedTiers(e *edit) error {
	if e.d.Tiers == nil {
		return fault.Coded("no_page", fault.NotFoundf("the draft has no tiers"))
	}
	t := *e.d.Tiers
	months, err := v.whole("months", 0, 120)
	if err != nil {
		return err
	}
	grace, err := v.whole("grace", 0, 366)
	if err != nil {
		return err
	}
	t.By, t.Window, t.Months, t.GraceDays, t.Unit = v.typed("by"), v.typed("window"), 0, int(grace), ""
	if t.Window == "months" {
		if t.Months = int(months); months == 0 {
			return required("months")
		}
	}
	if t.By == byUnits {
		t.Unit = v.typedUnitOf(e)
	}
	if drop := v.typed("drop"); drop != "earned" || t.Drop != "" {
		t.Drop = drop
	}
	counts(t.Levels, e.d.Tiers.By, t.By, int64(math.Pow10(e.b.Digits())))
	*e.d.Tiers = t
	return nil
}

// counts changes what tiers are counted by: 200.00 spent become 200 orders, and back, so that nobody is asked for 20,000 of them.
func counts(levels []programme.Level, before, now string, coin int64) {
	last := int64(-1)
	for i := range levels {
		l := &levels[i]
		switch {
		case l.Invitation:
			continue
		case before == bySpend && now != bySpend:
			l.From = max(l.From/coin, last+1)
		case before != bySpend && now == bySpend:
			l.From = min(l.From, mostFrom/coin) * coin
		}
		last = l.From
	}
}

func (v *visit) unitForm(e *edit) (title string, f form, err error) {
	u := programme.Unit{}
	there := e.unit()
	if there != nil {
		u = *there
	}
	expires := field{Name: "expires", Label: v.l.T("rules.expires"), Type: "select", Value: string(u.Expiry.Kind)}
	for _, kind := range []points.ExpiryKind{points.NoExpiry, points.After, points.Idle, points.Fixed} {
		if kind != points.Fixed || u.Expiry.Kind == points.Fixed { // on dates of one's own, which are kept
			expires.Choices = append(expires.Choices, choice{Value: string(kind), Name: v.l.T("rules.expires." + cmp.Or(string(kind), "never"))})
		}
	}
	every := field{Name: "span", Label: v.l.T("rules.span"), Type: "select", Value: cmp.Or(string(u.Expiry.Every), string(points.Months))}
	for _, span := range []points.Span{points.Days, points.Months, points.Years} {
		every.Choices = append(every.Choices, choice{Value: string(span), Name: v.l.T("rules.span." + string(span))})
	}
	f.Groups = []group{{Fields: []field{
		{Name: "code", Label: v.l.T("rules.code"), Help: v.l.T("rules.code.help", "points, stamps, stars"), Value: u.Unit, Most: 40, Fixed: there != nil},
		expires, v.numberField("n", "", int64(u.Expiry.N), true), every, v.numberField("pending", v.l.T("rules.pending.help"), int64(u.Pending.Days), true),
		{Name: "debt", Label: v.l.T("rules.debt"), Help: v.l.T("rules.debt.help"), Type: "tick", Value: ticked(u.AllowsDebt), Optional: true},
	}}}
	return v.l.T("rules.unit.title"), f, nil
}

func (v *visit) typedUnit(e *edit) error {
	u := programme.Unit{Unit: strings.ToLower(strings.TrimSpace(v.typed("code")))}
	there := e.unit()
	if there != nil {
		u = *there
	}
	if u.Unit == "" {
		return required("code")
	}
	if len(u.Unit) > 40 || strings.Trim(u.Unit, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
		return fault.In("code", fault.Coded("plain_name", fault.Invalidf("%.40q is not of small Latin letters, digits and _", u.Unit)))
	}
	if there == nil && named(e.d.Units, u.Unit, unitName) != nil {
		return fault.In("code", fault.Coded("unit_taken", fault.Invalidf("the programme has such a unit")))
	}
	kind := points.ExpiryKind(v.typed("expires"))
	switch kind {
	case points.Fixed:
		if u.Expiry.Kind != points.Fixed {
			return required("expires")
		}
	case points.NoExpiry:
		u.Expiry = points.Expiry{}
	default:
		n, err := v.whole("n", 1, 1000)
		if err != nil {
			return err
		}
		round := u.Expiry.Round
		u.Expiry = points.Expiry{Kind: kind, N: int(n), Every: points.Span(v.typed("span")), Round: round}
	}
	days, err := v.whole("pending", 0, 3660)
	if err != nil {
		return err
	}
	if u.Pending.Until == "" {
		u.Pending = points.Pending{Days: int(days)}
	}
	if u.AllowsDebt = v.typed("debt") != ""; there != nil {
		*there = u
		return nil
	}
	e.d.Units = append(e.d.Units, u)
	return nil
}

// about is what is said of the programme as a whole.
type about struct {
	Name, Starts          string
	MembersOnly, FourEyes bool
	Referral              *programme.Referral
}

func aboutOf(d *programme.Document) about {
	return about{d.Name, d.Starts, d.MembersOnly, d.FourEyes, d.Referral}
}

func (v *visit) aboutForm(e *edit) (title string, f form, err error) {
	d, r := e.d, programme.Referral{}
	if d.Referral != nil {
		r = *d.Referral
	}
	another, err := account.Another(e.tx, v.me.ID, account.ProgrammeWrite)
	if err != nil {
		return "", f, err
	}
	four := v.l.T("rules.four_eyes.help")
	if !another {
		four += " " + v.l.T("eyes.nobody")
		if v.me.Actor().May(account.UsersManage) {
			f.Beside, f.BesideTo = v.l.T("eyes.invite"), "/users"
		}
	}
	f.Groups = []group{{Fields: []field{
		{Name: "name", Label: v.l.T("programmes.field.name"), Value: d.Name, Most: 200},
		{Name: "starts", Label: v.l.T("rules.starts"), Help: v.l.T("rules.starts.help"), Type: "date", Value: d.Starts, Optional: true},
		{Name: "members_only", Label: v.l.T("rules.members_only"), Type: "tick", Value: ticked(d.MembersOnly), Optional: true},
		{Name: "four_eyes", Label: v.l.T("rules.four_eyes"), Help: four, Type: "tick", Value: ticked(d.FourEyes), Optional: true},
	}}, {Legend: v.l.T("rules.group.friends"), Fields: []field{
		{Name: "referral", Label: v.l.T("rules.referral"), Help: v.l.T("rules.referral.help"), Type: "tick", Value: ticked(d.Referral != nil), Optional: true},
		v.moneyField(e, "friend_minimum", "", r.MinimumMinor, true), v.numberField("within", "", int64(r.WithinDays), true), v.numberField("wait", "", int64(r.WaitDays), true),
	}}}
	return v.l.T("rules.about"), f, nil
}

func (v *visit) typedAbout(e *edit) (err error) {
	d := e.d
	if d.Name, err = v.typedName(200); err != nil {
		return err
	}
	if d.Starts, err = v.typedDate("starts"); err != nil {
		return err
	}
	d.MembersOnly, d.FourEyes = v.typed("members_only") != "", v.typed("four_eyes") != ""
	if d.Referral = nil; v.typed("referral") == "" {
		return nil
	}
	d.Referral = &programme.Referral{}
	if strings.TrimSpace(v.typed("friend_minimum")) != "" {
		if d.Referral.MinimumMinor, err = v.typedMoney("friend_minimum", e.b.Digits()); err != nil {
			return err
		}
	}
	within, err := v.whole("within", 0, 3660)
	if err != nil {
		return err
	}
	wait, err := v.whole("wait", 0, 3660)
	d.Referral.WithinDays, d.Referral.WaitDays = int(within), int(wait)
	return err
}
