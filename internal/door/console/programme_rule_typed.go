package console

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"regulars/internal/act/programme"
	"regulars/internal/act/reward"
	"regulars/internal/base/fault"
)

// typedRule puts the rule that was typed into the draft.
func (v *visit) typedRule(e *edit) error {
	r, give, err := v.shownRule(e)
	if err != nil {
		return err
	}
	if r.Name, err = v.typedName(200); err != nil {
		return err
	}
	if r.On == programme.OnHoliday {
		if r.Holidays = slices.Clone(v.r.PostForm["holidays"]); len(r.Holidays) == 0 {
			return required("holidays")
		}
	}
	for _, read := range []func() error{
		func() error { return v.typedEffect(e, &r.Effect, give) }, func() error { return v.typedAsked(&r, e.b.Digits()) },
		func() error { return v.typedTimes(&r) }, func() error { return v.typedLimits(&r, give) },
	} {
		if err := read(); err != nil {
			return err
		}
	}
	if there := e.rule(); there != nil {
		*there = r
		return nil
	}
	like := give
	if r.On != "" {
		like = r.On
	}
	if r.Rule, err = programme.FreeName(e.tx, "rule", like); err != nil {
		return err
	}
	e.d.Rules = append(e.d.Rules, r)
	return nil
}

func required(name string) error {
	return fault.In(name, fault.Coded("required", fault.Invalidf("%s must not be empty", name)))
}

// typedName is how a piece is called, of so many signs at most.
func (v *visit) typedName(most int) (string, error) {
	name := strings.TrimSpace(v.typed("name"))
	switch n := utf8.RuneCountInString(name); {
	case n == 0:
		return "", required("name")
	case n > most:
		return "", fault.In("name", fault.Coded("too_long", fault.Invalidf("a name has %d signs at most", most)))
	}
	return name, nil
}

// whole reads a whole number that was typed; 0 where nothing was.
func (v *visit) whole(name string, least, most int64) (int64, error) {
	if strings.TrimSpace(v.typed(name)) == "" {
		if least > 0 {
			return 0, required(name)
		}
		return 0, nil
	}
	n, err := v.typedCount(name)
	if err == nil && (n < least || n > most) {
		err = fault.OutOfRange(name, least, most, n)
	}
	return n, err
}

// mostUnits is how many units a rule may give.
const mostUnits = 1_000_000

// typedUnits reads how many units of what; one that the programme has not is added to it.
func (v *visit) typedUnits(e *edit) (units int64, unit string, err error) {
	units, err = v.whole("units", 1, mostUnits)
	return units, v.typedUnitOf(e), err
}

func (v *visit) typedUnitOf(e *edit) (unit string) {
	unit = v.typed("unit")
	v.needs(e, unit)
	return unit
}

// needs adds a unit that is offered, and that the programme has not yet.
func (v *visit) needs(e *edit, unit string) {
	if known, _ := v.unitChoices(e, ""); named(e.d.Units, unit, unitName) == nil && slices.ContainsFunc(known, func(c choice) bool { return c.Value == unit }) {
		e.d.Units = append(e.d.Units, programme.Unit{Unit: unit})
	}
}

func (v *visit) typedEffect(e *edit, x *programme.Effect, give string) (err error) {
	before := *x
	if give != steps {
		*x = programme.Effect{}
	}
	switch give {
	case "rate":
		x.Rate = &programme.Rate{KeepRemainder: v.typed("keep") != ""}
		if x.Rate.Units, x.Rate.Unit, err = v.typedUnits(e); err == nil {
			x.Rate.Minor, err = v.typedMoney("per", e.b.Digits())
		}
	case "fixed":
		x.Fixed = &programme.Fixed{}
		x.Fixed.Units, x.Fixed.Unit, err = v.typedUnits(e)
	case "each":
		x.Each = &programme.Each{}
		x.Each.Units, x.Each.Unit, err = v.typedUnits(e)
	case "card", "card_units":
		x.Card = &programme.Card{}
		if x.Card.Every, err = v.whole("every", 2, 10_000); err != nil {
			break
		}
		if give == "card_units" {
			if before.Card != nil {
				x.Card.Free = before.Card.Free
			}
			x.Card.Units, x.Card.Unit, err = v.typedUnits(e)
		} else if free := v.typed("free"); free != "last" || before.Card != nil && before.Card.Free == "last" {
			x.Card.Free = free
		}
	case "times":
		x.Times = &programme.Times{Unit: v.typedUnitOf(e)}
		x.Times.Factor, err = v.within("factor", 100)
	case "percent":
		x.Discount = &programme.Discount{}
		x.Discount.Percent, err = v.within("percent", 100)
	case "off":
		x.Discount = &programme.Discount{}
		x.Discount.AmountMinor, err = v.typedMoney("off", e.b.Digits())
	case "gift":
		if x.Gift = (&programme.Gift{Text: strings.TrimSpace(v.typed("gift")), Product: strings.TrimSpace(v.typed("gift_product"))}); *x.Gift == (programme.Gift{}) {
			err = required("gift")
		}
	case "free_delivery":
		x.FreeDelivery = &programme.FreeDelivery{}
	case "entries":
		if x.Entries = (&programme.Entries{Draw: strings.TrimSpace(v.typed("draw"))}); x.Entries.Draw == "" {
			return required("draw")
		}
		x.Entries.Entries, err = v.whole("entries", 1, mostUnits)
	}
	return err
}

// within reads a number above 0 and at most so much.
func (v *visit) within(name string, most float64) (float64, error) {
	if strings.TrimSpace(v.typed(name)) == "" {
		return 0, required(name)
	}
	n, err := v.typedNumber(name)
	switch {
	case err != nil:
	case n <= 0:
		err = unfit(name, aboveZero)
	case n > most:
		err = fault.OutOfRange(name, 0, int64(most), int64(n))
	}
	return n, err
}

// typedNames are the lines of a field, each once.
func (v *visit) typedNames(name string) (all []string) {
	for line := range strings.Lines(strings.ToValidUTF8(v.typed(name), "")) {
		if line = strings.TrimSpace(line); line != "" && !slices.Contains(all, line) {
			all = append(all, line)
		}
	}
	return all
}

// typedAsked reads the conditions. One that asks for the same as before stays as it was written.
func (v *visit) typedAsked(r *programme.Rule, digits int) error {
	order, lines, err := askedOf(r)
	if err != nil {
		return err
	}
	for _, part := range []struct {
		own    string
		line   bool
		before *programme.Asked
		to     *string
	}{{"own", false, &order, &r.If}, {"own_lines", true, &lines, &r.Lines}} {
		asked := programme.Asked{Filled: map[string][]string{}, Own: strings.TrimSpace(strings.ReplaceAll(v.typed(part.own), "\r\n", "\n"))}
		for _, p := range programme.Phrases() {
			if p.Line != part.line {
				continue
			}
			filled, err := v.typedPhrase(&p, digits)
			if err != nil {
				return err
			}
			if len(filled) > 0 {
				asked.Filled[p.Name] = filled
			}
		}
		if asked.Same(part.before) {
			continue
		}
		if *part.to, err = asked.Write(part.line); err != nil {
			return fault.In(part.own, fault.Coded("own_condition", err))
		}
	}
	return nil
}

// typedPhrase reads what was filled into a phrase.
func (v *visit) typedPhrase(p *programme.Phrase, digits int) ([]string, error) {
	name := "if_" + p.Name
	if strings.TrimSpace(v.typed(name)) == "" {
		return nil, nil
	}
	switch p.Kind {
	case programme.PhraseFlag:
		return []string{yesValue}, nil
	case programme.PhraseWhole:
		n, err := v.whole(name, 0, 999_999_999)
		return []string{strconv.FormatInt(n, 10)}, err
	case programme.PhraseAmount:
		n, err := moneyIn(name, v.typed(name), digits)
		if err == nil && n < 0 {
			err = unfit(name, zeroOrMore)
		}
		return []string{strconv.FormatFloat(float64(n)/math.Pow10(digits), 'f', -1, 64)}, err
	}
	if all := v.r.PostForm[name]; len(all) > 1 || p.Kind != programme.PhraseTexts {
		return all, nil
	}
	return v.typedNames(name), nil
}

// tickedOf are those of all that are ticked: as they stood before, where they are the same.
func (v *visit) tickedOf(name string, all, before []string) (ticked []string) {
	for _, one := range all {
		if slices.Contains(v.r.PostForm[name], one) {
			ticked = append(ticked, one)
		}
	}
	if len(ticked) == len(before) && !slices.ContainsFunc(before, func(one string) bool { return !slices.Contains(ticked, one) }) {
		return before
	}
	return ticked
}

func (v *visit) typedTimes(r *programme.Rule) error {
	r.Days = v.tickedOf("days", weekdays, r.Days)
	opens, closes := v.typed("opens"), v.typed("closes")
	switch {
	case opens == "" && closes == "":
		r.Hours = ""
	case opens == "":
		return required("opens")
	case closes == "":
		return required("closes")
	default:
		if r.Hours = fmt.Sprintf("%.5s-%.5s", opens, closes); opens >= closes {
			return fault.In("closes", fault.Coded("rule_hours", fault.Invalidf("it ends before it begins")))
		}
	}
	return v.typedBetween(&r.From, &r.Until)
}

// typedBetween reads a first and a last day, which may be left out.
func (v *visit) typedBetween(from, until *string) (err error) {
	if *from, err = v.typedDate("from"); err != nil {
		return err
	}
	if *until, err = v.typedDate("until"); err != nil {
		return err
	}
	if *from != "" && *until != "" && *until < *from {
		return fault.In("until", fault.Coded("rule_until", fault.Invalidf("it ends before it begins")))
	}
	return nil
}

func (v *visit) typedLimits(r *programme.Rule, give string) error {
	const most = 1_000_000_000
	var limit programme.Limit
	var err error
	if limit.Times, err = v.whole("times", 0, most); err != nil {
		return err
	}
	if slices.Contains(unitGives, give) {
		if limit.Units, err = v.whole("most", 0, most); err != nil {
			return err
		}
		if r.Budget, err = v.whole("budget", 0, most); err != nil {
			return err
		}
	} else {
		r.Budget = 0
	}
	limit.Period = reward.Period(v.typed("period"))
	if r.Limit = &limit; limit.Times == 0 && limit.Units == 0 {
		r.Limit = nil
	}
	r.Include = v.tickedOf("include", []string{"tax", "shipping", "paid_with_units"}, r.Include)
	r.Group = strings.TrimSpace(v.typed("group"))
	if strings.TrimSpace(v.typed("priority")) == "" {
		r.Priority = 0
		return nil
	}
	n, err := v.typedCount("priority")
	if err == nil && (n < -most || n > most) {
		err = fault.OutOfRange("priority", -most, most, n)
	}
	r.Priority = int(n)
	return err
}

// typedDate reads a day that may be left out.
func (v *visit) typedDate(name string) (string, error) {
	text := strings.TrimSpace(v.typed(name))
	if text == "" {
		return "", nil
	}
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		return "", fault.In(name, fault.Coded("no_day", fault.Invalidf("%.20q is no day", text)))
	}
	return text, nil
}
